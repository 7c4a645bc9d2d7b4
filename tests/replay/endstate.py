"""What stands in e-conomic, without what depends on when it was made: numbers, links, times of change."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

import httpx

ORDERS = ("/orders/drafts", "/orders/sent")
INVOICES = ("/invoices/drafts", "/invoices/booked")
_NUMBER = re.compile(r"\b[0-9]{5}\b")
"""A booked invoice's number in a text; e-conomic gives them out in the order of booking."""
_OWN = {
    "self", "pdf", "soap", "templates", "attachment", "metaData", "lastUpdated", "orderNumber", "draftInvoiceNumber",
    "bookedInvoiceNumber", "customerNumber", "customerContactNumber", "deliveryLocationNumber", "totals", "invoices",
    "contacts", "deliveryLocations", "defaultDeliveryLocation", "balance", "dueAmount", "lines", "sent",
}  # fmt: skip
"""Of a document's lines only what is sent is compared; see `as_sent`."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Documents by their own reference, and the debtors and products that they name by e-mail and by number."""

    documents: dict[str, list[dict[str, Any]]]
    debtors: dict[str, dict[str, Any]]
    products: dict[str, dict[str, Any]]

    def by_name(self) -> Standing:
        """Which debtors and products there are, and not what they hold."""
        return replace(self, debtors={name: {} for name in self.debtors}, products={name: {} for name in self.products})

    def lines(self, reference: str) -> list[dict[str, Any]]:
        """The lines of the one document with a reference."""
        ((document),) = self.documents[reference]
        found: list[dict[str, Any]] = document["lines"]
        return found


def standing(http: httpx.Client, gone: Collection[str], catalog: Collection[str]) -> Standing:
    """Read it all. What the shop has deleted is asked for by no row any more, and counts by name only.

    `gone` are orders whose accounts were deleted, `catalog` the SKUs of all products that were not.

    Fails when one person is two debtors: no later look would take that away.
    """
    debtors = {row["customerNumber"]: row for row in rows(http, "/customers")}
    twice = [email for email, n in Counter(row.get("email", row["name"]) for row in debtors.values()).items() if n > 1]
    assert not twice, f"{twice} are two debtors each"
    documents: dict[str, list[dict[str, Any]]] = {}
    numbers: dict[str, str] = {}
    named: set[int] = set()
    sold: set[str] = set()
    for path in (*ORDERS, *INVOICES):
        for row in rows(http, path):
            whole = http.get(row["self"]).raise_for_status().json()
            number = whole["customer"]["customerNumber"]
            lines = [as_sent(line) for line in whole["lines"]]
            reference = whole["references"]["other"].rpartition(" ")[2]
            if reference.partition("/")[0] in gone:
                person = debtors[number]["name"]
            else:
                person = debtors[number].get("email", debtors[number]["name"])
                named.add(number)
            sold |= {line["product"] for line in lines if line["product"]}
            documents.setdefault(reference, []).append({"at": path, "debtor": person, "lines": lines, **_plain(whole)})
            if "bookedInvoiceNumber" in whole:
                numbers[str(whole["bookedInvoiceNumber"])] = reference
    for one in (one for some in documents.values() for one in some):
        notes = one.get("notes", {})
        for name, text in notes.items():
            notes[name] = _NUMBER.sub(lambda found: numbers.get(found[0], found[0]), text)
    return Standing(
        {reference: documents[reference] for reference in sorted(documents)},
        {row.get("email", row["name"]): _plain(row) for number, row in debtors.items() if number in named},
        {
            row["productNumber"]: _plain(row) if row["productNumber"] in catalog else {}
            for row in rows(http, "/products")
            if row["productNumber"] in sold
        },
    )


def rows(http: httpx.Client, path: str) -> list[dict[str, Any]]:
    """A whole collection of at most 1,000 rows."""
    answer = http.get(path, params={"pagesize": 1000}).raise_for_status().json()
    assert not answer["pagination"].get("nextPage")
    collection: list[dict[str, Any]] = answer["collection"]
    return collection


def as_sent(line: dict[str, Any]) -> dict[str, Any]:
    """What a document's line says, whether it is about to be sent or was answered."""
    return {
        "product": line.get("product", {}).get("productNumber"),
        "description": line.get("description"),
        **{name: Decimal(str(line.get(name) or 0)) for name in ("quantity", "unitNetPrice", "discountPercentage")},
    }


def differences(before: Any, after: Any, at: str = "") -> list[str]:
    """Where two end states differ, one line each."""
    if isinstance(before, Standing) and isinstance(after, Standing):
        return differences(asdict(before), asdict(after))
    if isinstance(before, dict) and isinstance(after, dict):
        names = sorted({*before, *after})
        return [one for name in names for one in differences(before.get(name), after.get(name), f"{at}/{name}")]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [one for number, (a, b) in pairs for one in differences(a, b, f"{at}/{number}")]
    return [] if before == after else [f"{at} is {after}, not {before}"]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items() if name not in _OWN and name != "references"}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value
