"""Currencies: the order's, the base currency, rates of exchange, currencies without decimals."""

from __future__ import annotations

from dataclasses import replace

from cdc.models import Order
from tests.unit.mapping.books60.case import Case, D, doc, sold
from tests.unit.mapping.builders import line
from tests.unit.mapping.test_currency import in_euro

EURO = replace(in_euro(), state="complete", status="complete")


def yen(row: str, vat: str, qty: str = "1") -> Order:
    """An order in JPY."""
    return sold(line("A", qty=qty, row=row, vat=vat), currency="JPY", base_to_order_rate=D("21.5"))


CASES = (
    Case("in euro", "10.73 / 3: 3.57 + 2 x 3.58; VAT 2.68 + 1.31 = 3.99, but 25% of 15.98 = 3.995 -> 4.00: 3.99 is 25% "
         "of 15.96: -0.02 and +0.02. 100 / 0.1340 = 746.268657",
         EURO,
         (doc("15.98", "3.99", "19.97", ("A", "1.00", "3.57"), ("A", "2.00", "3.58"), ("shipping", "1.00", "5.25"),
              ("rounding-vat", "1.00", "-0.02"), ("rounding", "1.00", "0.02"),
              fields={"currency": "EUR", "exchangeRate": D("746.268657")}),)),
    Case("in euro, booked in kroner", "Magento's base side, rounded by itself: 79.99 + 39.20 net, 20.00 + 9.80 VAT",
         EURO,
         (doc("119.19", "29.80", "148.99", ("A", "2.00", "26.66"), ("A", "1.00", "26.67"),
              ("shipping", "1.00", "39.20"),
              fields={"currency": "DKK", "exchangeRate": D("100")}),),
         profile="amounts: base"),
    Case("in Swedish kronor at the profile's rate", "100 SEK cost 65.20 DKK, says the profile",
         sold(line("A", row="100", vat="25"), currency="SEK", base_to_order_rate=D("1.5")),
         (doc("100.00", "25.00", "125.00", ("A", "1.00", "100.00"),
              fields={"currency": "SEK", "exchangeRate": D("65.20")}),),
         profile="exchange_rate: {map: order.currency, to: {SEK: 65.20, EUR: 746.05}}"),
    Case("a base currency that is not the agreement's", "Magento's rate is against SEK and says nothing about DKK",
         sold(line("A", row="100", vat="25"), currency="EUR", base_currency="SEK", base_to_order_rate=D("0.09")),
         parks="exchange_rate"),
    Case("in francs", "the agreement has no CHF", sold(line("A", row="100", vat="25"), currency="CHF",
         base_to_order_rate=D("0.13")), parks="currency"),
    Case("in yen", "1250 incl. is 1000 + 250; 100 / 21.5 = 4.651163", yen("1000", "250"),
         (doc("1000.00", "250.00", "1250.00", ("A", "1.00", "1000.00"), fields={"exchangeRate": D("4.651163")}),),
         local=True),
    Case("999 yen", "a whole price is no whole net: 799.20 + 199.80, which both sides keep", yen("799.20", "199.80"),
         (doc("799.20", "199.80", "999.00", ("A", "1.00", "799.20")),), local=True),
)  # fmt: skip
