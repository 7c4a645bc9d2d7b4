"""Goods: quantities, prices that do not divide, VAT that e-conomic would round otherwise, families of lines."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.mapping.books60.case import Case, D, doc, sold
from tests.unit.mapping.builders import line

A = line("A", row="100", vat="25")

CASES = (
    Case("one mug", "100 incl. = 80 + 20", sold(line("MUG", row="80", vat="20")),
         (doc("80.00", "20.00", "100.00", ("MUG", "1.00", "80.00")),)),
    Case("49.97 incl.", "Magento 39.98 + 9.99; 25% of 39.98 is 9.995 -> 10.00. 25% of 39.96 is 9.99: -0.02 at 25%, "
         "+0.02 without VAT",
         sold(line("A", row="39.98", vat="9.99")),
         (doc("39.98", "9.99", "49.97", ("A", "1.00", "39.98"), ("rounding-vat", "1.00", "-0.02"),
              ("rounding", "1.00", "0.02")),)),
    Case("three for 99.99", "79.99 / 3 does not divide: 2 x 26.66 + 26.67; 25% of 79.99 = 19.9975 -> 20.00",
         sold(line("A", qty="3", row="79.99", vat="20.00")),
         (doc("79.99", "20.00", "99.99", ("A", "2.00", "26.66"), ("A", "1.00", "26.67")),)),
    Case("seven at 12.95", "90.65 incl.; VAT 18.13; 72.52 / 7 = 10.36 exactly", sold(line("A", qty="7", row="72.52",
         vat="18.13")), (doc("72.52", "18.13", "90.65", ("A", "7.00", "10.36")),)),
    Case("unit calculation", "5 x 4.97 incl., VAT of one 0.994 -> 0.99, of five 4.95; net 19.90 = 5 x 3.98. 25% of "
         "19.90 = 4.975 -> 4.98; 4.95 is 25% of 19.80: -0.10 and +0.10",
         sold(line("A", qty="5", row="19.90", vat="4.95")),
         (doc("19.90", "4.95", "24.85", ("A", "5.00", "3.98"), ("rounding-vat", "1.00", "-0.10"),
              ("rounding", "1.00", "0.10")),)),
    Case("metres of cloth", "2.5 m for 79.99 net: no price of two decimals times 2.5 makes it; 1.5 x 32.00 = 48.00 and "
         "1 x 31.99. The quantity stays 2.5",
         sold(line("A", qty="2.5", row="79.99", vat="20.00")),
         (doc("79.99", "20.00", "99.99", ("A", "1.50", "32.00"), ("A", "1.00", "31.99")),)),
    Case("a thousand screws", "1000 x 0.10 = 100", sold(line("A", qty="1000", row="100", vat="25")),
         (doc("100.00", "25.00", "125.00", ("A", "1000.00", "0.10")),)),
    Case("a gift in the box", "an item at nothing keeps its line: it leaves the shelf",
         sold(A, line("GIFT", id=2, row="0", vat="0")),
         (doc("100.00", "25.00", "125.00", ("A", "1.00", "100.00"), ("GIFT", "1.00", "0.00")),)),
    Case("a newspaper without VAT", "0% goes to the group without VAT: VAT is 25% of 100 alone",
         sold(A, line("NEWS", id=2, row="50", vat="0", rate="0")),
         (doc("150.00", "25.00", "175.00", ("A", "1.00", "100.00"), ("NEWS", "1.00", "50.00")),)),
    Case("a course", "virtual: a service, 200 + 50",
         sold(line("COURSE", row="200", vat="50", product_type="virtual", is_virtual=True), is_virtual=True),
         (doc("200.00", "50.00", "250.00", ("COURSE", "1.00", "200.00")),)),
    Case("a file", "downloadable: a service, 40 + 10",
         sold(line("FILE", row="40", vat="10", product_type="downloadable", is_virtual=True), is_virtual=True),
         (doc("40.00", "10.00", "50.00", ("FILE", "1.00", "40.00")),)),
    Case("an eighth of an hour", "0.125 has three decimals and e-conomic two; a service has no stock, so the line is "
         "one of 10.00 and its text tells the quantity",
         sold(line("HOUR", qty="0.125", row="10", vat="2.50", product_type="virtual", is_virtual=True)),
         (doc("10.00", "2.50", "12.50", ("HOUR", "1.00", "10.00"),
              fields={"lines.0.description": "0.125 × Vare HOUR"}),)),
    Case("an eighth of a cheese", "the same on the shelf: stock would be wrong", sold(line("CHEESE", qty="0.125",
         row="10", vat="2.50")), parks="quantity_decimals"),
    Case("trade-in", "a negative row: 100 - 20 = 80 net, 25 - 5 = 20 VAT",
         sold(A, line("OLD", id=2, row="-20", vat="-5")),
         (doc("80.00", "20.00", "100.00", ("A", "1.00", "100.00"), ("OLD", "1.00", "-20.00")),)),
    Case("a SKU that looks like a number", "007 stays 007", sold(line("007", row="100", vat="25")),
         (doc("100.00", "25.00", "125.00", ("007", "1.00", "100.00")),)),
    Case("a SKU with everything", "slash, space, percent sign and letters of Danish are allowed",
         sold(line("50%_æ/Ø å", row="100", vat="25")),
         (doc("100.00", "25.00", "125.00", ("50%_æ/Ø å", "1.00", "100.00")),)),
    Case("a SKU of 26 characters", "e-conomic takes 25, and an identifier is never cut",
         sold(line("X" * 26, row="100", vat="25")), parks="sku_too_long"),
    Case("a T-shirt, red, M", "configurable: the parent's row has the money, the child's is not a line of its own",
         sold(replace(line("T-RED-M", qty="2", row="160", vat="40", product_type="configurable", role="configurable"),
                      stock_product_id=77),
              line("T-RED-M", id=2, parent_id=1, qty="2", role="configurable_child", carries_money=False,
                   carries_stock=False)),
         (doc("160.00", "40.00", "200.00", ("T-RED-M", "2.00", "80.00")),)),
    Case("a set at the prices of its parts", "dynamic bundle: the parts have the money: 193.60 + 15.96 = 209.56; VAT "
         "48.40 + 3.99 = 52.39 = 25% of 209.56",
         sold(replace(line("SET", row="209.56", vat="52.39", product_type="bundle", role="bundle_dynamic"),
                      carries_money=False, carries_stock=False),
              line("LAMP", id=2, parent_id=1, row="193.60", vat="48.40", role="bundle_child"),
              line("BULB", id=3, parent_id=1, row="15.96", vat="3.99", role="bundle_child")),
         (doc("209.56", "52.39", "261.95", ("LAMP", "1.00", "193.60"), ("BULB", "1.00", "15.96")),)),
    Case("a set at its own price", "fixed bundle: the parent has the money, its parts leave the shelf at 0.00",
         sold(replace(line("BOX", qty="2", row="200", vat="50", product_type="bundle", role="bundle_fixed"),
                      carries_stock=False),
              line("CUP", id=2, parent_id=1, qty="12", rate="0", role="bundle_child", carries_money=False)),
         (doc("200.00", "50.00", "250.00", ("BOX", "2.00", "100.00"), ("CUP", "12.00", "0.00")),)),
    Case("a dinner service", "grouped: each member is a row of its own",
         sold(line("PLATE", qty="4", row="400", vat="100", product_type="grouped"),
              line("BOWL", id=2, qty="4", row="239.96", vat="59.99", product_type="grouped")),
         (doc("639.96", "159.99", "799.95", ("PLATE", "4.00", "100.00"), ("BOWL", "4.00", "59.99")),)),
    Case("a fridge with a charge that has VAT", "100 + charge 10, VAT 27.50 on both: one price of 110",
         sold(line("FRIDGE", row="100", vat="27.50", weee_amount=D(10))),
         (doc("110.00", "27.50", "137.50", ("FRIDGE", "1.00", "110.00")),)),
    Case("a fridge with a charge without VAT", "VAT 25 is on 100 alone: the charge is a line without VAT",
         sold(line("FRIDGE", row="100", vat="25", weee_amount=D(10))),
         (doc("110.00", "25.00", "135.00", ("FRIDGE", "1.00", "100.00"), ("rounding", "1.00", "10.00")),),
         profile="numbers: {products: {weee: rounding}}"),
)  # fmt: skip
