"""Which documents: draft orders, invoices of all or of parts, cancellations, and their dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from tests.unit.mapping.books60.case import Case, D, doc, sold
from tests.unit.mapping.builders import invoice, line, order, row

THREE = line("A", qty="3", row="2400", vat="600")
TWO_OF_THREE = invoice(row(THREE, qty="2", net="1600", vat="400"), ship=("39.20", "9.80"))
ONE = invoice(row(THREE, qty="1", net="800", vat="200"), id=2)
SHIPPED = ("39.20", "9.80")
EVE = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)

CASES = (
    Case("placed", "pending: a draft order, dated the day it was placed", order(THREE, ship=("39.20", "9.80")),
         (doc("2439.20", "609.80", "3049.00", ("A", "3.00", "800.00"), ("shipping", "1.00", "39.20"),
              kind="order_draft", fields={"date": "2026-03-02", "notes.heading": "Webordre {increment_id}"}),)),
    Case("complete without an invoice", "the whole order, on the day of its last change to this status",
         order(THREE, state="complete", ship=("39.20", "9.80")),
         (doc("2439.20", "609.80", "3049.00", ("A", "3.00", "800.00"), ("shipping", "1.00", "39.20"),
              fields={"date": "2026-03-02"}),)),
    Case("three ordered, two invoiced, one cancelled", "grand_total says 3049 and 2049 was charged: 1600 + 39.20 net, "
         "400 + 9.80 VAT",
         order(replace(THREE, qty_canceled=D(1)), state="complete", invoices=(TWO_OF_THREE,), ship=SHIPPED),
         (doc("1639.20", "409.80", "2049.00", ("A", "2.00", "800.00"), ("shipping", "1.00", "39.20"),
              fields={"date": "2026-03-05"}),)),
    Case("in two deliveries, one invoice", "the sum of Magento's invoices: 2 + 1 pieces",
         order(THREE, state="complete", invoices=(TWO_OF_THREE, ONE), ship=SHIPPED),
         (doc("2439.20", "609.80", "3049.00", ("A", "3.00", "800.00"), ("shipping", "1.00", "39.20")),)),
    Case("in two deliveries, two invoices", "each of Magento's invoices is one; shipping is on the first",
         order(THREE, state="complete", invoices=(TWO_OF_THREE, ONE), ship=SHIPPED),
         (doc("1639.20", "409.80", "2049.00", ("A", "2.00", "800.00"), ("shipping", "1.00", "39.20"),
              suffix="/F000000101"),
          doc("800.00", "200.00", "1000.00", ("A", "1.00", "800.00"), suffix="/F000000102")),
         profile="invoices: per_magento_invoice"),
    Case("one of the invoices was cancelled", "a cancelled invoice charged nothing",
         order(THREE, state="complete", invoices=(replace(ONE, state="canceled"), TWO_OF_THREE), ship=SHIPPED),
         (doc("1639.20", "409.80", "2049.00", ("A", "2.00", "800.00"), ("shipping", "1.00", "39.20")),)),
    Case("one of three cancelled before it was invoiced", "two thirds of 2400 and 600",
         order(replace(THREE, qty_canceled=D(1))),
         (doc("1600.00", "400.00", "2000.00", ("A", "2.00", "800.00"), kind="order_draft"),)),
    Case("all cancelled", "nothing is left, so there is no document", order(replace(THREE, qty_canceled=D(3)),
         state="complete")),
    Case("cancelled", "a cancelled order has no document", order(THREE, state="canceled")),
    Case("on hold", "an order on hold waits", order(THREE, state="holded")),
    Case("the fee is on the first of two invoices", "each has what its own column says: 20 + 5, and nothing",
         replace(order(line("A", qty="2", row="200", vat="50"), state="complete"),
                 attributes={"fee": D("20"), "fee_tax": D("5")},
                 invoices=tuple(
                     replace(one, attributes={"fee": D(fee), "fee_tax": D(vat)},
                             totals=replace(one.totals, grand_total=one.totals.grand_total + D(fee) + D(vat),
                                            tax=one.totals.tax + D(vat)))
                     for one, fee, vat in (
                         (invoice(row(line("A"), qty="1", net="100", vat="25")), "20", "5"),
                         (invoice(row(line("A"), qty="1", net="100", vat="25"), id=2), "0", "0"),
                     ))),
         (doc("120.00", "30.00", "150.00", ("A", "1.00", "100.00"), ("fee", "1.00", "20.00"), suffix="/F000000101"),
          doc("100.00", "25.00", "125.00", ("A", "1.00", "100.00"), suffix="/F000000102")),
         profile="invoices: per_magento_invoice\n"
         "totals: [{name: Gebyr, column: fee, vat_column: fee_tax, product: [fee, fee_untaxed]}]"),
    Case("New Year's Eve", "23:30 UTC is 00:30 on New Year's Day in Copenhagen: the next year's VAT",
         order(THREE, created_at=EVE),
         (doc("2400.00", "600.00", "3000.00", ("A", "3.00", "800.00"), kind="order_draft",
              fields={"date": "2026-01-01"}),)),
    Case("another shop's order", "two shops in one agreement: the prefix tells them apart, and the text stands before",
         sold(THREE),
         (doc("2400.00", "600.00", "3000.00", ("A", "3.00", "800.00"),
              fields={"references.other": "Butik Nord · B-{increment_id}"}),),
         profile='reference: {prefix: B-, text: "Butik Nord"}'),
)  # fmt: skip
