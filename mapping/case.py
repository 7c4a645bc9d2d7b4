"""What all documents of one order share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cdc.models import Order
from mapping.agreement import Agreement
from mapping.compiled import Rules
from mapping.customer import identified, order_buyer
from mapping.views import Buyer


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What all documents of one order share."""

    order: Order
    rules: Rules
    agreement: Agreement
    product_groups: Mapping[str, int]
    scope: Mapping[str, object]
    buyer: Buyer


def case_of(order: Order, rules: Rules, agreement: Agreement, product_groups: Mapping[str, int]) -> Case:
    """The case of an order under the rules of its store view. Raises `CannotMap`."""
    buyer, address = order_buyer(order)
    scope: dict[str, object] = {"order": order, "customer": buyer, "address": address, "store": order.store}
    buyer = scope["customer"] = identified(buyer, rules, scope, address)
    return Case(order=order, rules=rules, agreement=agreement, product_groups=product_groups, scope=scope, buyer=buyer)
