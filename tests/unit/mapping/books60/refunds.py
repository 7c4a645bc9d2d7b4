"""Refunds: each case is the booked invoice and the credit notes on it, with negative quantities and positive prices."""

from __future__ import annotations

from dataclasses import replace

from cdc.models import CreditMemo, Order
from tests.unit.mapping.books60.case import Case, D, Document, doc, sold
from tests.unit.mapping.builders import line, row
from tests.unit.mapping.memos import memo

MUG = line("MUG", qty="2", row="160", vat="40")
ONE_MUG = row(MUG, qty="1", net="80", vat="20")
SHIP = ("39.20", "9.80")
INVOICE = doc("199.20", "49.80", "249.00", ("MUG", "2.00", "80.00"), ("shipping", "1.00", "39.20"))


def refunded(*memos: CreditMemo, state: str = "complete") -> Order:
    """Two mugs with shipping, 249.00, and what was refunded."""
    return sold(MUG, ship=SHIP, state=state, credit_memos=memos)


def note(net: str, vat: str, gross: str, *lines: tuple[str, str, str], number: int = 1) -> Document:
    """A credit note with these amounts and lines."""
    return doc(net, vat, gross, *lines, kind="credit_note_draft", suffix=f"/K00000020{number}")


def with_columns(one: CreditMemo, gross: str, vat: str = "0", **columns: str) -> CreditMemo:
    """The memo with more in its grand total and columns of another module."""
    totals = replace(one.totals, grand_total=one.totals.grand_total + D(gross), tax=one.totals.tax + D(vat))
    return replace(one, totals=totals, attributes={name: D(amount) for name, amount in columns.items()})


FEE = "totals: [{name: Gebyr, column: fee, vat_column: fee_tax, product: [fee, fee_untaxed]}]"
BOUGHT = sold(MUG, ship=SHIP)
WITH_FEE = replace(
    BOUGHT, attributes={"fee": D(20), "fee_tax": D(5)},
    totals=replace(BOUGHT.totals, grand_total=D("274"), tax=D("54.80")),
    credit_memos=(with_columns(memo(ONE_MUG), "25", "5", fee="20", fee_tax="5"),),
)  # fmt: skip
BY_CARD = replace(
    BOUGHT, attributes={"gift_cards_amount": D(100)}, totals=replace(BOUGHT.totals, grand_total=D("149")),
    credit_memos=(with_columns(memo(ONE_MUG), "-50", gift_cards_amount="50"),),
)  # fmt: skip
ODD = line("A", row="39.98", vat="9.99")

CASES = (
    Case("a mug that broke", "it did not come back: 80 + 20 on the refund product, which has no stock",
         refunded(memo(ONE_MUG)),
         (INVOICE, note("-80.00", "-20.00", "-100.00", ("refund", "-1.00", "80.00")))),
    Case("a mug that came back", "the profile says that what is refunded came back: its own product",
         refunded(memo(ONE_MUG)),
         (INVOICE, note("-80.00", "-20.00", "-100.00", ("MUG", "-1.00", "80.00"))),
         profile="credit_notes: {restock: always}"),
    Case("all of it", "goods and shipping: 249.00 back, and the order is closed",
         refunded(memo(row(MUG, qty="2", net="160", vat="40"), ship=SHIP), state="closed"),
         (INVOICE, note("-199.20", "-49.80", "-249.00", ("refund", "-2.00", "80.00"), ("refund", "-1.00", "39.20")))),
    Case("in two steps", "a mug, then the other with shipping: 100 + 149 = 249",
         refunded(memo(ONE_MUG), memo(ONE_MUG, ship=SHIP, id=2), state="closed"),
         (INVOICE, note("-80.00", "-20.00", "-100.00", ("refund", "-1.00", "80.00")),
          note("-119.20", "-29.80", "-149.00", ("refund", "-1.00", "80.00"), ("refund", "-1.00", "39.20"), number=2))),
    Case("for the trouble", "50 back as a lower price: VAT lies in it, 40 + 10", refunded(memo(plus="50")),
         (INVOICE, note("-40.00", "-10.00", "-50.00", ("refund", "-1.00", "40.00")))),
    Case("a compensation", "the same 50 without VAT", refunded(memo(plus="50")),
         (INVOICE, note("-50.00", "0.00", "-50.00", ("refund-untaxed", "-1.00", "50.00"))),
         profile="credit_notes: {adjustments: compensation}"),
    Case("less a fee for the return", "a mug, 100, less 30 that the shop keeps: 24 + 6 of it VAT",
         refunded(memo(ONE_MUG, minus="30")),
         (INVOICE, note("-56.00", "-14.00", "-70.00", ("refund", "-1.00", "80.00"), ("refund", "1.00", "24.00")))),
    Case("with the fee for paying", "the memo's own column says that 20 + 5 go back too", WITH_FEE,
         (doc("219.20", "54.80", "274.00", ("MUG", "2.00", "80.00"), ("shipping", "1.00", "39.20"),
              ("fee", "1.00", "20.00")),
          note("-100.00", "-25.00", "-125.00", ("refund", "-1.00", "80.00"), ("fee", "-1.00", "20.00"))), FEE),
    Case("half of it to the gift card", "100 for a mug, of which 50 go back on the card",  BY_CARD,
         (doc("99.20", "49.80", "149.00", ("MUG", "2.00", "80.00"), ("shipping", "1.00", "39.20"),
              ("gift-card", "1.00", "-100.00")),
          note("-30.00", "-20.00", "-50.00", ("refund", "-1.00", "80.00"), ("gift-card", "1.00", "50.00")))),
    Case("49.97 back", "the pair that the invoice has, turned: 9.99 of VAT again",
         sold(ODD, credit_memos=(memo(row(ODD, qty="1", net="39.98", vat="9.99")),)),
         (doc("39.98", "9.99", "49.97", ("A", "1.00", "39.98"), ("rounding-vat", "1.00", "-0.02"),
              ("rounding", "1.00", "0.02")),
          note("-39.98", "-9.99", "-49.97", ("refund", "-1.00", "39.98"), ("rounding-vat", "1.00", "0.02"),
               ("rounding", "-1.00", "0.02")))),
    Case("a memo that was cancelled", "it gave nothing back", refunded(replace(memo(ONE_MUG), state="canceled")),
         (INVOICE,)),
)  # fmt: skip
