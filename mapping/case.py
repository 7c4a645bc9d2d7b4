"""What all documents of one order share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from cdc.models import Order, Product
from mapping.agreement import Agreement
from mapping.compiled import Rules
from mapping.customer import identified, order_buyer
from mapping.views import Buyer


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What all documents of one order share; `catalog` and `missing` are as in `mapping.setting.Setting`."""

    order: Order
    rules: Rules
    agreement: Agreement
    product_groups: Mapping[str, int]
    scope: Mapping[str, object]
    buyer: Buyer
    missing: Collection[str] = ()
    catalog: Mapping[int, Product] = field(default_factory=dict)


def case_of(
    order: Order,
    rules: Rules,
    agreement: Agreement,
    product_groups: Mapping[str, int],
    *,
    missing: Collection[str] = (),
    catalog: Mapping[int, Product] | None = None,
) -> Case:
    """The case of an order under the rules of its store view. Raises `CannotMap`."""
    buyer, address = order_buyer(order)
    scope: dict[str, object] = {"order": order, "customer": buyer, "address": address, "store": order.store}
    buyer = scope["customer"] = identified(buyer, rules, scope, address)
    return Case(
        order=order,
        rules=rules,
        agreement=agreement,
        product_groups=product_groups,
        scope=scope,
        buyer=buyer,
        missing=missing,
        catalog=catalog or {},
    )
