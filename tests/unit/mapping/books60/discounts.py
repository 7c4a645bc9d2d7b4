"""Discounts and shipping: on the line, on shipping, before and after VAT, and those that belong to no line."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.mapping.books60.case import Case, D, doc, sold
from tests.unit.mapping.builders import line

A = line("A", row="100", vat="25")
NOBODYS = sold(A)

CASES = (
    Case("10% of two", "200 - 20 = 180; the percentage stands on the line, for it is exact",
         sold(line("A", qty="2", row="200", vat="45", discount="20", percent="10")),
         (doc("180.00", "45.00", "225.00", ("A", "2.00", "100.00", "10.00")),)),
    Case("10% of 33.33 incl.", "26.66 - 3.33 + 0.67 = 24.00; 10% of 26.66 would be 23.99: a net price instead",
         sold(line("A", row="26.66", vat="6.00", discount="3.33", comp="0.67", percent="10")),
         (doc("24.00", "6.00", "30.00", ("A", "1.00", "24.00")),)),
    Case("15% of 3 x 9.99", "29.97 x 0.85 = 25.4745 -> 25.47 on both sides; VAT 6.3675 -> 6.37",
         sold(line("A", qty="3", row="29.97", vat="6.37", discount="4.50", percent="15")),
         (doc("25.47", "6.37", "31.84", ("A", "3.00", "9.99", "15.00")),)),
    Case("10% of three for 99.99", "79.99 - 8.00 = 71.99; no price of one has two decimals, so 23.99 + 2 x 24.00; VAT "
         "17.9975 -> 18.00",
         sold(line("A", qty="3", row="79.99", vat="18.00", discount="8.00", percent="10")),
         (doc("71.99", "18.00", "89.99", ("A", "1.00", "23.99"), ("A", "2.00", "24.00")),)),
    Case("50 off", "an amount, not a percentage: 250 - 50 = 200",
         sold(line("A", row="250", vat="50", discount="50")),
         (doc("200.00", "50.00", "250.00", ("A", "1.00", "200.00")),)),
    Case("everything free", "100% with shipping: 136 - 170 + 34 = 0, shipping 39.20 - 49 + 9.80 = 0; the goods go",
         sold(line("A", row="136", vat="0", discount="170", comp="34", percent="100"),
              ship=("39.20", "0", "49", "9.80")),
         (doc("0.00", "0.00", "0.00", ("A", "1.00", "0.00")),)),
    Case("VAT before the discount", "80 + 20, then 10 off the price with VAT: 90 is paid, of which 20 is VAT: 80 at "
         "25% and -10 without VAT",
         sold(line("A", row="80", vat="20", discount="10", percent="10")),
         (doc("70.00", "20.00", "90.00", ("A", "1.00", "80.00"), ("discount-untaxed", "1.00", "-10.00")),)),
    Case("a discount on the order", "a module takes 40 and its VAT of 10 off the order and off no row: 60 + 15",
         replace(NOBODYS, totals=replace(NOBODYS.totals, discount=D("-40"), tax=D("15"), grand_total=D("75"))),
         (doc("60.00", "15.00", "75.00", ("A", "1.00", "100.00"), ("discount", "1.00", "-40.00")),)),
    Case("a discount on the order after VAT", "the same module leaves VAT at 25: 85 is paid",
         replace(NOBODYS, totals=replace(NOBODYS.totals, discount=D("-40"), grand_total=D("85"))),
         (doc("60.00", "25.00", "85.00", ("A", "1.00", "100.00"), ("discount-untaxed", "1.00", "-40.00")),)),
    Case("parcel", "49 incl. = 39.20 + 9.80", sold(A, ship=("39.20", "9.80")),
         (doc("139.20", "34.80", "174.00", ("A", "1.00", "100.00"), ("shipping", "1.00", "39.20")),)),
    Case("parcel at half price", "49 less 24.50: 39.20 - 24.50 + 4.90 = 19.60, VAT 4.90",
         sold(A, ship=("39.20", "4.90", "24.50", "4.90")),
         (doc("119.60", "29.90", "149.50", ("A", "1.00", "100.00"), ("shipping", "1.00", "19.60")),)),
    Case("stamps", "40 for postage without VAT goes to the product without VAT", sold(A, ship=("40", "0")),
         (doc("140.00", "25.00", "165.00", ("A", "1.00", "100.00"), ("shipping-untaxed", "1.00", "40.00")),)),
    Case("a lost øre", "rows of 99.99 against a total of 100.00: within rounding.net_gap, closed without VAT",
         replace(sold(line("A", row="99.99", vat="25")), totals=NOBODYS.totals),
         (doc("100.00", "25.00", "125.00", ("A", "1.00", "99.99"), ("rounding", "1.00", "0.01")),)),
    Case("VAT that is a krone short", "24.00 on 100: a gap of 1.00 is more than rounding closes",
         sold(line("A", row="100", vat="24.00")), parks="vat_gap"),
)  # fmt: skip
