"""A row of the tables: an order, why its document is what it is, and the document, all written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from cdc.models import Address, Order, OrderLine, Scalar
from tests.unit.mapping import builders

D = Decimal
Line = tuple[str, str, str] | tuple[str, str, str, str]
"""Product number, quantity, net price of one, and the discount in percent where the line has one."""


@dataclass(frozen=True)
class Document:
    """What a document must come to, its lines in order, and fields by their path in e-conomic's body."""

    net: str
    vat: str
    gross: str
    lines: tuple[Line, ...]
    kind: str = "invoice_draft"
    suffix: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """An order under the lines that a shop adds to `sandbox`; `parks` is the reason where no document may be made.

    `why` is the reasoning. `local` cases need an agreement that the sandbox's is not, and are not delivered to it.
    """

    name: str
    why: str
    order: Order
    documents: tuple[Document, ...] = ()
    profile: str = ""
    parks: str = ""
    local: bool = False


def doc(net: str, vat: str, gross: str, *lines: Line, **more: Any) -> Document:
    """A document with these amounts and lines."""
    return Document(net, vat, gross, lines, **more)


def sold(*lines: OrderLine, state: str = "complete", **changes: Any) -> Order:
    """A complete order of a guest in Denmark, so that its invoice is booked."""
    return builders.order(*lines, state=state, **changes)


def abroad(one: Order, country: str, **changes: Any) -> Order:
    """The order with both of its addresses in another country."""
    address: Address = builders.address(country=country, **changes)
    return replace(one, billing=address, shipping=address)


def with_more(one: Order, gross: str, vat: str = "0", **columns: Scalar) -> Order:
    """The order with more in its grand total, `vat` of it in its tax amount, and columns of another module."""
    totals = replace(one.totals, grand_total=one.totals.grand_total + D(gross), tax=one.totals.tax + D(vat))
    return replace(one, totals=totals, attributes={**one.attributes, **columns})
