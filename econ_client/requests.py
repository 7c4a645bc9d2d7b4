"""Writes as values: method, path and the exact bytes, so that an intent can be stored before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from econ_client import paths, wire
from econ_client.documents import Booking, Customer, Draft, Product

Method = Literal["POST", "PUT", "DELETE"]

SERVER_ONLY = frozenset(
    {
        "metaData", "self", "balance", "dueAmount", "lastUpdated", "contacts", "deliveryLocations", "templates",
        "totals", "invoices", "pricing", "pdf", "soap", "attachment",
    }
)  # fmt: skip
"""Properties that e-conomic computes or links; it ignores them in a request."""


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """A write that has not been sent. `path` is relative to the API's root; `body` is empty for DELETE.

    Raises:
        ValueError: a DELETE that would empty a collection. e-conomic takes ``DELETE /invoices/drafts`` without a
            number as "delete every draft".
    """

    method: Method
    path: str
    body: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not self.path.startswith("/") or "?" in self.path:
            raise ValueError(f"{self.path!r} is not a path below the API's root")
        if self.method == "DELETE" and not self.path.startswith(
            ("/customers/", "/products/", "/orders/drafts/", "/orders/sent/", "/invoices/drafts/")
        ):
            raise ValueError(f"DELETE {self.path} is refused: only single documents are deleted")
        if self.path.endswith("/"):
            raise ValueError(f"{self.method} {self.path} names no document")


def create_customer(customer: Customer) -> WriteRequest:
    """e-conomic assigns the number when `customer_number` is None."""
    return WriteRequest("POST", "/customers", wire.encode(customer))


def update_customer(number: int, customer: Customer | Mapping[str, Any]) -> WriteRequest:
    """Replace a customer. What the body leaves out is cleared: start from `merged` and what was read."""
    return WriteRequest("PUT", f"/customers/{paths.number(number)}", wire.encode(customer))


def create_product(product: Product) -> WriteRequest:
    """Refused with E06010 when the number is taken."""
    return WriteRequest("POST", "/products", wire.encode(product))


def update_product(number: str, product: Product | Mapping[str, Any]) -> WriteRequest:
    """Replace a product. What the body leaves out is cleared; a number that does not exist is created."""
    return WriteRequest("PUT", f"/products/{paths.segment(number)}", wire.encode(product))


def create_order_draft(draft: Draft) -> WriteRequest:
    """Create a draft order."""
    return WriteRequest("POST", "/orders/drafts", wire.encode(draft))


def update_order_draft(number: int, draft: Draft, unit_names: Mapping[int, str] | None = None) -> WriteRequest:
    """Replace a draft order, lines included.

    e-conomic's published schema asks for the name of each line's unit here, and nowhere else; `unit_names` (name by
    unit number, from `Lists.units`) supplies it. Units that it does not hold are sent by number alone.
    """
    body = wire.decode(wire.encode(draft))
    for line in body.get("lines", ()):
        name = (unit_names or {}).get(line.get("unit", {}).get("unitNumber"))
        if name:
            line["unit"]["name"] = name
    return WriteRequest("PUT", f"/orders/drafts/{paths.number(number)}", wire.encode(body))


def delete_order_draft(number: int) -> WriteRequest:
    """Delete one draft order."""
    return WriteRequest("DELETE", f"/orders/drafts/{paths.number(number)}", b"")


def create_invoice_draft(draft: Draft) -> WriteRequest:
    """Create a draft invoice; negative lines make a credit note."""
    return WriteRequest("POST", "/invoices/drafts", wire.encode(draft))


def update_invoice_draft(number: int, draft: Draft) -> WriteRequest:
    """Replace a draft invoice, lines included."""
    return WriteRequest("PUT", f"/invoices/drafts/{paths.number(number)}", wire.encode(draft))


def delete_invoice_draft(number: int) -> WriteRequest:
    """Delete one draft invoice."""
    return WriteRequest("DELETE", f"/invoices/drafts/{paths.number(number)}", b"")


def book(booking: Booking) -> WriteRequest:
    """Book a draft invoice: final. The draft is gone afterwards."""
    paths.number(booking.draft_invoice.draft_invoice_number)
    return WriteRequest("POST", "/invoices/booked", wire.encode(booking))


def merged(current: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A PUT body that changes some properties of a document and keeps the others.

    Args:
        current: the document as e-conomic answered it, camelCase (`Answer.data`).
        changes: camelCase property -> new value; None clears. Values replace whole, also objects.
    """
    kept = {name: value for name, value in current.items() if name not in SERVER_ONLY}
    return {name: value for name, value in {**kept, **changes}.items() if value is not None}
