"""What stands in the grand total beside goods and shipping: fees, wrapping, cards, credit and points."""

from __future__ import annotations

from tests.unit.mapping.books60.case import Case, D, doc, sold, with_more
from tests.unit.mapping.builders import line

A = sold(line("A", row="100", vat="25"))
FEE = "totals: [{name: Gebyr, column: fee, vat_column: fee_tax, product: [fee, fee_untaxed]}]"

CASES = (
    Case("a fee, its VAT in Magento's", "20 + 5: the tax amount is 30, so 20 is left over",
         with_more(A, "25", "5", fee=D("20"), fee_tax=D("5")),
         (doc("120.00", "30.00", "150.00", ("A", "1.00", "100.00"), ("fee", "1.00", "20.00")),), FEE),
    Case("a fee, its VAT beside", "the tax amount is 25 and 25 is left over: the fee's 20 and its 5 of VAT",
         with_more(A, "25", "0", fee=D("20"), fee_tax=D("5")),
         (doc("120.00", "30.00", "150.00", ("A", "1.00", "100.00"), ("fee", "1.00", "20.00")),), FEE),
    Case("a fee kept with its VAT", "25 in the column holds the 5",
         with_more(A, "25", "5", fee=D("25"), fee_tax=D("5")),
         (doc("120.00", "30.00", "150.00", ("A", "1.00", "100.00"), ("fee", "1.00", "20.00")),),
         FEE.replace("vat_column", "includes_vat: on, vat_column")),
    Case("a fee without VAT", "a bank's fee that is passed on", with_more(A, "20", "0", fee=D("20"), fee_tax=D("0")),
         (doc("120.00", "25.00", "145.00", ("A", "1.00", "100.00"), ("fee-untaxed", "1.00", "20.00")),), FEE),
    Case("a fee that is taken off", "a bonus for paying early: -20 and -5", with_more(A, "-25", "-5", fee=D("-20"),
         fee_tax=D("-5")), (doc("80.00", "20.00", "100.00", ("A", "1.00", "100.00"), ("fee", "1.00", "-20.00")),), FEE),
    Case("a fee that nobody named", "29 that no row explains", with_more(A, "29"), parks="totals_residue"),
    Case("a redeemed gift card", "125 of goods, 50 by card: VAT stays 25, the card's 50 leave the liability",
         with_more(A, "-50", gift_cards_amount=D("50")),
         (doc("50.00", "25.00", "75.00", ("A", "1.00", "100.00"), ("gift-card", "1.00", "-50.00")),)),
    Case("store credit and points", "125 - 30 - 10 = 85", with_more(A, "-40", customer_balance_amount=D("30"),
         reward_currency_amount=D("10")),
         (doc("60.00", "25.00", "85.00", ("A", "1.00", "100.00"), ("store-credit", "1.00", "-30.00"),
              ("reward-points", "1.00", "-10.00")),)),
    Case("all by card", "nothing is left to pay, and the invoice still states 25 of VAT",
         with_more(A, "-125", gift_cards_amount=D("125")),
         (doc("-25.00", "25.00", "0.00", ("A", "1.00", "100.00"), ("gift-card", "1.00", "-125.00")),)),
    Case("more card than goods", "-5 would be booked as a credit note",
         with_more(A, "-130", gift_cards_amount=D("130")), parks="negative_total"),
    Case("wrapped", "16 + 4 for the order, 8 + 2 for its items", with_more(A, "30", "6", gw_price=D("16"),
         gw_tax_amount=D("4"), gw_items_price=D("8"), gw_items_tax_amount=D("2")),
         (doc("124.00", "31.00", "155.00", ("A", "1.00", "100.00"), ("fee", "1.00", "16.00"),
              ("fee", "1.00", "8.00")),)),
    Case("a gift card is sold", "500 without VAT: VAT falls due when it is redeemed",
         sold(line("CARD", row="500", vat="0", rate="0", product_type="giftcard", is_virtual=True), is_virtual=True),
         (doc("500.00", "0.00", "500.00", ("CARD", "1.00", "500.00")),)),
    Case("a voucher for one thing is sold", "only for things at 25%: its VAT is due at the sale, 400 + 100",
         sold(line("SPA", row="400", vat="100", product_type="giftcard", is_virtual=True), is_virtual=True),
         (doc("400.00", "100.00", "500.00", ("SPA", "1.00", "400.00")),)),
)  # fmt: skip
