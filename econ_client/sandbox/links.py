"""Addresses: e-conomic's own encoding of path segments, and the `self` links of references.

Encoding from e-conomic's documentation ("Custom resource self-link encoding"): underscore first, the rest is
percent-encoded.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, unquote

from econ_client.sandbox.wire import Doc

_CODES = {
    "_": "_8_",
    "<": "_0_",
    ">": "_1_",
    "*": "_2_",
    "%": "_3_",
    ":": "_4_",
    "&": "_5_",
    "/": "_6_",
    "\\": "_7_",
    " ": "_9_",
    "?": "_10_",
    ".": "_11_",
    "#": "_12_",
    "+": "_13_",
}
_CHARACTERS = {code: character for character, code in _CODES.items()}
_CODE = re.compile(r"_(?:1[0-3]|[0-9])_")
_UNENCODED = frozenset(_CODES) - {"_"}

_HOMES = {
    "customerNumber": "/customers/",
    "customerGroupNumber": "/customer-groups/",
    "vatZoneNumber": "/vat-zones/",
    "paymentTermsNumber": "/payment-terms/",
    "layoutNumber": "/layouts/",
    "productGroupNumber": "/product-groups/",
    "unitNumber": "/units/",
    "productNumber": "/products/",
    "employeeNumber": "/employees/",
    "accountNumber": "/accounts/",
    "vatCode": "/vat-accounts/",
    "departmentNumber": "/departments/",
    "employeeGroupNumber": "/employee-groups/",
    "vatTypeNumber": "/vat-types/",
    "code": "/currencies/",
    "journalNumber": "/journals/",
    "year": "/accounting-years/",
    "departmentalDistributionNumber": "/departmental-distributions/departments/",
}


def encode_segment(value: str) -> str:
    """A product number (or any identifier) as a path segment."""
    return quote("".join(_CODES.get(character, character) for character in value), safe="")


def decode_segment(raw: str) -> str | None:
    """The identifier behind a path segment; None when it holds a character that had to be encoded."""
    text = unquote(raw)
    if _UNENCODED.intersection(text):
        return None
    return _CODE.sub(lambda match: _CHARACTERS[match[0]], text)


def last_segment(url: str) -> str:
    """The identifier at the end of a `self` link; empty when it has none."""
    return decode_segment(url.partition("?")[0].rstrip("/").rpartition("/")[2]) or ""


def linked(value: Any, base: str, customer: int | None = None) -> Any:
    """A copy of a stored value in which every reference has its `self` link.

    `customer` is the document's customer: contacts and delivery locations live below it.
    """
    if isinstance(value, list):
        return [linked(item, base, customer) for item in value]
    if not isinstance(value, dict):
        return value
    copy: Doc = {}
    link: str | None = None
    for name, item in value.items():
        copy[name] = linked(item, base, customer) if isinstance(item, dict | list) else item
        if link is None:
            if name in _HOMES:
                link = f"{base}{_HOMES[name]}{encode_segment(str(item))}"
            elif name == "customerContactNumber":
                link = f"{base}/customers/{customer}/contacts/{item}"
            elif name == "deliveryLocationNumber":
                link = f"{base}/customers/{customer}/delivery-locations/{item}"
    if link is not None:
        copy["self"] = link
    return copy


def linked_parts(doc: Doc, base: str, customer: int | None = None) -> Doc:
    """`linked` for a whole document: its references get links, the document itself does not."""
    return {
        name: linked(value, base, customer) if isinstance(value, dict | list) else value for name, value in doc.items()
    }
