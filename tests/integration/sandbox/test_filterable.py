"""What may be filtered and sorted by, list by list: as published, corrected by what is known of the live service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.sandbox.conftest import Doc
from tests.integration.sandbox.test_schemas import ADDRESSES

SCHEMAS = Path(__file__).resolve().parents[4] / "shared" / "economic" / "schemas"
pytestmark = pytest.mark.skipif(not SCHEMAS.is_dir(), reason=f"e-conomic's schemas are not at {SCHEMAS}")

NOT_LIVE = (
    *(f"inventory.{name}" for name in ("packageVolume", "grossWeight", "netWeight", "recommendedCostPrice")),
    "references.customerContact.customer.customerNumber",
    *("email", "phone"),
    *(
        f"account.{name}"
        for name in ("accountNumber", "accountType", "balance", "blockDirectEntries", "debitCredit", "name")
    ),
)
"""Published, but refused live; e-mail and phone of employees, the account of customer groups."""
LIVE_ELSEWHERE = {
    "email": ("/customers", "/customer-groups/1/customers", "/employees/1/customers", "/customers/1/contacts"),
    "phone": ("/customers/1/contacts",),
    "account.accountNumber": ("/journals/1/entries",),
}
LISTS = [
    path
    for path, name in ADDRESSES.items()
    if path not in ("/customers/1/invoices/drafts", "/customer-groups/1/customers", "/product-groups/1/products")
]


def published(name: str) -> Iterator[tuple[str, bool]]:
    """(property, filterable) of everything below a collection's items."""

    def walk(schema: Doc, at: str) -> Iterator[tuple[str, bool]]:
        for step, below in schema.get("properties", {}).items():
            yield f"{at}{step}", bool(below.get("filterable"))
            yield from walk(below, f"{at}{step}.")

    schema = json.loads((SCHEMAS / f"{name}.get.schema.json").read_text(encoding="utf-8"))
    collection = schema["properties"].get("collection")
    if collection:
        yield from walk(collection["items"], "")


def live(path: str, name: str) -> bool:
    return name not in NOT_LIVE or path in LIVE_ELSEWHERE.get(name, ())


@pytest.mark.parametrize("path", LISTS)
def test_a_list_filters_by_what_is_published(full: httpx.Client, path: str) -> None:
    wrong = []
    for name, filterable in published(ADDRESSES[path]):
        answer = full.get(path, params={"filter": f"{name}$eq:$null:"})
        expected = (200, 500) if filterable and live(path, name) else (400,)
        if answer.status_code not in expected and name != "pNumber":
            wrong.append((name, answer.status_code))
    assert not wrong
