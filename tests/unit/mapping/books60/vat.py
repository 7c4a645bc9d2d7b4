"""VAT zones as the shipped table has them, and whom the document is made out to."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.mapping.books60.case import Case, abroad, doc, sold
from tests.unit.mapping.builders import address, line

A = line("A", row="100", vat="25")
FREE = line("A", row="100", vat="0", rate="0")
LINE = ("A", "1.00", "100.00")
ZONE = "recipient.vatZone.vatZoneNumber"

CASES = (
    Case("at home", "Denmark: zone 1, 25%", sold(A), (doc("100.00", "25.00", "125.00", LINE, fields={ZONE: 1}),)),
    Case("a German company", "valid prefixed VAT number: reverse charge, zone 2, and the note that the law wants",
         abroad(sold(FREE), "DE", company="Müller GmbH", vat_id="DE123456789", vat_is_valid=True, postcode="10115"),
         (doc("100.00", "0.00", "100.00", LINE,
              fields={ZONE: 2, "notes.textLine1": "Omvendt betalingspligt / reverse charge"}),)),
    Case("a German consumer", "below the threshold: Danish VAT", abroad(sold(A), "DE", postcode="10115"),
         (doc("100.00", "25.00", "125.00", LINE, fields={ZONE: 1}),)),
    Case("a German consumer at 19%", "the agreement has 25% for them: neither is booked",
         abroad(sold(line("A", row="100", vat="19", rate="19")), "DE", postcode="10115"), parks="vat_rate"),
    Case("a German company without a valid number", "Magento did not validate it: Danish VAT, and it charged none",
         abroad(sold(FREE), "DE", company="Müller GmbH", vat_id="DE123456789", vat_is_valid=False, postcode="10115"),
         parks="vat_rate"),
    Case("Nuuk", "Greenland is outside the EU's VAT area", abroad(sold(FREE), "GL", postcode="3900"),
         (doc("100.00", "0.00", "100.00", LINE, fields={ZONE: 3}),)),
    Case("Tórshavn", "so are the Faroe Islands", abroad(sold(FREE), "FO", postcode="100"),
         (doc("100.00", "0.00", "100.00", LINE, fields={ZONE: 3}),)),
    Case("Oslo", "export", abroad(sold(FREE), "NO", postcode="0150"),
         (doc("100.00", "0.00", "100.00", LINE, fields={ZONE: 3}),)),
    Case("Las Palmas", "Spain, but not its VAT", abroad(sold(FREE), "ES", postcode="35001"),
         (doc("100.00", "0.00", "100.00", LINE, fields={ZONE: 3}),)),
    Case("Boston, with freight", "export: goods and freight without VAT, on the products that they always have",
         abroad(sold(FREE, ship=("40", "0")), "US", postcode="02108"),
         (doc("140.00", "0.00", "140.00", LINE, ("shipping", "1.00", "40.00"), fields={ZONE: 3}),)),
    Case("a Danish company", "a CVR number makes a business debtor; the company is whom it is made out to",
         replace(sold(A), billing=address(company="Åberg ApS", vat_id="DK 12 34 56 78"),
                 shipping=address(company="Åberg ApS")),
         (doc("100.00", "25.00", "125.00", LINE,
              fields={"recipient.name": "Åberg ApS", "recipient.zip": "8000", "recipient.city": "Aarhus C"}),)),
    Case("sent to somebody else", "delivery has the other address",
         replace(sold(A), shipping=address(street=("Havnegade 7",), postcode="5000", city="Odense C")),
         (doc("100.00", "25.00", "125.00", LINE,
              fields={"recipient.zip": "8000", "delivery.address": "Havnegade 7", "delivery.zip": "5000"}),)),
    Case("terms by payment method", "an invoice on account has 14 days, cards have the first terms",
         sold(A),
         (doc("100.00", "25.00", "125.00", LINE,
              fields={"paymentTerms.paymentTermsNumber": 2, "layout.layoutNumber": 2}),),
         profile="numbers:\n  payment_terms: {map: order.payment.method, to: {checkmo: 2}, default: 1}\n"
         "  layout: {expr: '2 if order.currency == \"DKK\" else 1'}"),
    Case("the buyer's own words", "fields are texts over the order", sold(A),
         (doc("100.00", "25.00", "125.00", LINE,
              fields={"notes.heading": "Ordre {increment_id} fra Butik", "notes.textLine1": "GLS pakkeshop",
                      "lines.0.description": "Vare A (A)"}),),
         profile="fields:\n  document: {heading: 'Ordre {{ order.increment_id }} fra {{ store.name }}', "
         "text1: '{{ order.shipping_description }}'}\n  line: {description: '{{ line.name }} ({{ line.sku }})'}"),
)  # fmt: skip
