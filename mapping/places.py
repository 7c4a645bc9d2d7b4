"""Where the profile's fields go in e-conomic: each field's kind, its longest text, and what happens to longer ones.

Lengths are those of `econ_client.documents`; nothing here repeats a figure of theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from econ_client import documents
from econ_client.limits import longest
from mapping.fields import Long

Kind = Literal["text", "number", "date", "price", "flag", "choice", "value"]

NEM_HANDEL_TYPES = ("ean", "corporateIdentificationNumber", "pNumber", "peppol")
NOTE_LINES = ("heading", "text1", "text2")
LINES = ("line", "shipping", "fee", "discount", "rounding", "refund")
DEPARTMENTS, PROJECTS = 14, 4
"""Numbers of e-conomic's modules, as `/self` lists them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One field of a document.

    `attribute` is its name in the model. Of a text, `most` is its length and `long` what happens to a longer one. Of a
    number, `ref` wraps it, `key` is its name in there, and `names` the list of the agreement that it comes from
    ('' for numbers that no list of the agreement holds). A `value` may be of any kind: whoever reads it says.
    """

    kind: Kind
    attribute: str = ""
    most: int | None = None
    long: Long = "cut"
    wraps: bool = False
    choices: tuple[str, ...] = ()
    ref: type[BaseModel] | None = None
    key: str = ""
    names: str = ""
    module: int | None = None


def _texts(
    model: type[BaseModel], *names: str, long: Long = "cut", wraps: bool = False, **named: str
) -> dict[str, Place]:
    attributes = {**{name: name for name in names}, **named}
    return {
        name: Place(kind="text", attribute=attribute, most=longest(model, attribute), long=long, wraps=wraps)
        for name, attribute in attributes.items()
    }


def _number(attribute: str, ref: type[BaseModel], key: str, names: str = "", module: int | None = None) -> Place:
    return Place(kind="number", attribute=attribute, ref=ref, key=key, names=names, module=module)


def _department(attribute: str = "departmental_distribution") -> Place:
    key = "departmental_distribution_number"
    return _number(attribute, documents.DistributionRef, key, "department", DEPARTMENTS)


def _employee(attribute: str) -> Place:
    return _number(attribute, documents.EmployeeRef, "employee_number", "employee")


_LAYOUT = _number("layout", documents.LayoutRef, "layout_number", "layout")
_TERMS = _number("payment_terms", documents.PaymentTermsRef, "payment_terms_number", "payment_terms")
_UNIT = _number("unit", documents.UnitRef, "unit_number", "unit")
_LOCATION = _number("delivery_location", documents.DeliveryLocationRef, "delivery_location_number")
_CONTACT = _number("customer_contact", documents.ContactRef, "customer_contact_number")

_TYPED = 255
"""What a buyer can type at most where a company number or EAN is looked for; what is no number there is left out."""

_SECTIONS: Mapping[tuple[str, ...], Mapping[str, Place]] = {
    ("numbers",): {"layout": _LAYOUT, "payment_terms": _TERMS},
    (): {"exchange_rate": Place(kind="value")},
    ("attachments",): {"invoice": Place(kind="value")},
    ("credit_notes",): {**_texts(documents.Notes, "heading"), "fee": Place(kind="value")},
    ("dates",): _texts(documents.Notes, note="text_line2"),
    ("payments",): {"accounts": Place(kind="number"), "text": Place(kind="text", attribute="text", most=250)},
    ("products",): _texts(documents.Product, number="product_number", long="stop"),
    ("totals",): _texts(documents.Line, "description"),
    ("when",): {"send": Place(kind="value")},
    ("reference",): _texts(documents.References, text="other", long="stop"),
    ("customers",): {
        "cvr": Place(kind="text", attribute="corporate_identification_number", most=_TYPED, long="stop"),
        "ean": Place(kind="text", attribute="ean", most=_TYPED, long="stop"),
        "number": Place(kind="number"),
    },
    ("fields", "customer"): {
        **_texts(documents.Customer, "name", "address", "city", "country"),
        **_texts(
            documents.Customer, "zip", "email", "website", "p_number", "public_entry_number", "vat_number", long="stop",
            phone="telephone_and_fax_number", mobile="mobile_phone",
        ),
        "credit_limit": Place(kind="price", attribute="credit_limit"),
        "barred": Place(kind="flag", attribute="barred"),
        "e_invoicing_disabled": Place(kind="flag", attribute="e_invoicing_disabled_by_default"),
        "layout": _LAYOUT,
        "payment_terms": _TERMS,
        "salesperson": _employee("sales_person"),
    },
    ("fields", "contact"): {
        **_texts(documents.Contact, "name", "notes"),
        **_texts(documents.Contact, "email", "phone", long="stop"),
    },
    ("fields", "delivery_location"): {
        **_texts(documents.DeliveryLocation, "address", "city", "country", terms="terms_of_delivery"),
        **_texts(documents.DeliveryLocation, zip="postal_code", long="stop"),
    },
    ("fields", "recipient"): {
        **_texts(documents.Recipient, "name", "address", "city", "country"),
        **_texts(documents.Recipient, "zip", "ean", "public_entry_number", long="stop"),
        "mobile": Place(kind="text", attribute="mobile_phone", most=50, long="stop"),
        "nem_handel_type": Place(kind="choice", attribute="nem_handel_type", choices=NEM_HANDEL_TYPES),
        "attention": _number("attention", documents.ContactRef, "customer_contact_number"),
    },
    ("fields", "delivery"): {
        **_texts(documents.Delivery, "address", "city", "country", terms="delivery_terms"),
        **_texts(documents.Delivery, "zip", long="stop"),
        "date": Place(kind="date", attribute="delivery_date"),
        "location": _LOCATION,
    },
    ("fields", "document"): {
        **_texts(documents.Notes, "heading", text1="text_line1", text2="text_line2", wraps=True),
        "due_date": Place(kind="date", attribute="due_date"),
        "project": _number("project", documents.ProjectRef, "project_number", module=PROJECTS),
        "salesperson": _employee("sales_person"),
        "vendor_reference": _employee("vendor_reference"),
        "contact": _CONTACT,
        "department": _department(),
    },
    **{
        ("fields", section): {
            **_texts(documents.Line, "description"),
            "unit": _UNIT,
            "cost_price": Place(kind="price", attribute="unit_cost_price"),
            "department": _department(),
            "accrual_start": Place(kind="date"),
            "accrual_end": Place(kind="date"),
        }
        for section in LINES
    },
    ("fields", "product"): {
        **_texts(documents.Product, "name", "description"),
        **_texts(documents.Product, "bar_code", long="stop"),
        "sales_price": Place(kind="price", attribute="sales_price"),
        "cost_price": Place(kind="price", attribute="cost_price"),
        "recommended_price": Place(kind="price", attribute="recommended_price"),
        "barred": Place(kind="flag", attribute="barred"),
        "unit": _UNIT,
        "department": _department(),
        "package_volume": Place(kind="price"),
        "recommended_cost_price": Place(kind="price"),
    },
}  # fmt: skip

PLACES: Mapping[tuple[str, ...], Place] = {
    (*section, name): place for section, places in _SECTIONS.items() for name, place in places.items()
}
"""Every field by its place in the profile."""


def place_of(where: tuple[str | int, ...]) -> Place | None:
    """What stands at a place of the profile, rows of lists by their list's name; None when it is no field."""
    return PLACES.get(tuple(step for step in where if isinstance(step, str)))
