"""The product that a line needs in e-conomic, and the product group that gives its VAT."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from cdc.models import Category, Product, Store
from econ_client import documents
from mapping.agreement import Agreement
from mapping.compiled import Rules
from mapping.goods import Goods, goods_from, priced
from mapping.plan import Skipped, WantedProduct
from mapping.problems import CannotMap
from mapping.productnumbers import ProductNumber, number_of
from mapping.profile import Profile
from mapping.settings.products import WhichRule
from mapping.values import filled, one

_SECTION = ("fields", "product")
_OF_STOCK = ("package_volume", "recommended_cost_price")


OPTIONAL_GROUPS = frozenset({"liability"})
"""Names of product groups that may stay without a number: rows that name them are passed over then."""


def product_group(goods: Goods, rules: Rules, store: Store | None) -> int:
    """The group that the profile's rules give. Raises `CannotMap` (``product_group``)."""
    for i, row in enumerate(rules.settings.products.groups):
        if row.untaxed is not None and row.untaxed != goods.untaxed:
            continue
        if row.group in OPTIONAL_GROUPS and rules.settings.numbers.product_groups.get(str(row.group)) is None:
            continue
        if not (_among(goods.type, row.type) and _among(goods.tax_class, row.tax_class)):
            continue
        if not (_among(goods.attribute_set, row.attribute_set) and _in_category(goods.categories, row.category)):
            continue
        if rules.holds(("products", "groups", i), {"product": goods, "store": store}):
            return group_number(rules, row.group)
    raise CannotMap(
        "product_group", f"no row of products.groups matches {goods.sku}; add a last row without conditions"
    )


def group_number(rules: Rules, group: str | int) -> int:
    """The number that a name in `numbers.product_groups` stands for. Raises `CannotMap`."""
    found = group if isinstance(group, int) else rules.settings.numbers.product_groups.get(group)
    if found is None:
        raise CannotMap("product_group", f"numbers.product_groups.{group} is not set")
    return found


def left_alone(goods: Goods, rules: Rules, store: Store | None) -> Skipped | None:
    """Why the profile leaves a catalog product alone; None when it is sent. Raises `CannotMap`.

    Without a row that matches, what is only ever sold as its parts is left alone: it stands on no line.
    """
    then = _which(goods, rules, store)
    if then is None:
        return Skipped("product", "sold_as_parts") if goods.is_parts else None
    return None if then == "send" else Skipped("product", "left_by_profile")


def sold_product(
    goods: Goods, number: ProductNumber, group: int, rules: Rules, agreement: Agreement, store: Store | None
) -> WantedProduct:
    """The product of an order line; without a body where the profile wants it to exist. Raises `CannotMap`."""
    made = rules.settings.products.made_at_need and _which(goods, rules, store) != "leave"
    body = _body(goods, number.number, group, rules, agreement, store) if made else None
    return WantedProduct(number=number.number, magento_id=goods.id, body=body, sku=number.sku, create=made)


def existing_product(number: str) -> WantedProduct:
    """A product that the profile names and that must exist already."""
    return WantedProduct(number=number, magento_id=None, body=None, create=False)


def plan_product(product: Product, profile: Profile, agreement: Agreement, group: int | None = None) -> WantedProduct:
    """The product that a catalog product asks for; `group` is its group where e-conomic, not the profile, decides it.

    Raises:
        CannotMap: with reason and advice, when it cannot be a product in e-conomic.
    """
    rules, goods = profile.for_store(""), goods_from(product)
    identity = {"sku": goods.sku, "created_at": product.created_at.isoformat()}
    left = left_alone(goods, rules, None)
    if left is not None:
        return WantedProduct(
            number="", magento_id=product.id, body=None, create=False, left=left.reason, identity=identity
        )
    number = number_of(product.sku, rules, product.attributes)
    group = product_group(goods, rules, None) if group is None else group
    if agreement.product_groups and group not in agreement.product_groups:
        raise CannotMap(
            "product_group", f"product group {group} does not exist in the agreement; correct numbers.product_groups"
        )
    return WantedProduct(
        number=number.number,
        magento_id=product.id,
        body=_body(goods, number.number, group, rules, agreement, None),
        sku=number.sku,
        create=rules.settings.products.create,
        identity=identity,
    )


def _body(
    goods: Goods, number: str, group: int, rules: Rules, agreement: Agreement, store: Store | None
) -> documents.Product:
    goods = priced(goods, domestic_rate(group, rules, agreement), agreement.base_currency)
    scope: Mapping[str, object] = {"product": goods, "store": store}
    fields: dict[str, Any] = filled(rules, _SECTION, scope, but=_OF_STOCK, agreement=agreement)
    if rules.settings.products.barred and goods.in_catalog:
        fields.setdefault("barred", not goods.enabled)
    unit = rules.settings.numbers.unit
    if unit is not None:
        fields.setdefault("unit", documents.UnitRef(unit_number=unit))
    packing = {name: one(rules, (*_SECTION, name), scope) for name in _OF_STOCK} if agreement.has_inventory else {}
    if any(value is not None for value in packing.values()):
        fields["inventory"] = documents.Packing(**packing)
    fields["name"] = fields.get("name") or number
    group_ref = documents.ProductGroupRef(product_group_number=group)
    return documents.Product(product_number=number, product_group=group_ref, **fields)


def domestic_rate(group: int, rules: Rules, agreement: Agreement) -> Decimal | None:
    """The percent of a product group on domestic sales; None where the agreement does not tell."""
    zone = rules.settings.numbers.vat_zones.get("domestic")
    return None if zone is None else agreement.vat_rates.get((group, zone))


def _which(goods: Goods, rules: Rules, store: Store | None) -> Literal["send", "leave"] | None:
    for i, row in enumerate(rules.settings.products.which):
        if _chosen(row, goods) and rules.holds(("products", "which", i), {"product": goods, "store": store}):
            return row.then
    return None


def _chosen(row: WhichRule, goods: Goods) -> bool:
    return (
        _among(goods.type, row.type)
        and _among(goods.attribute_set, row.attribute_set)
        and _in_category(goods.categories, row.category)
        and _among("enabled" if goods.enabled else "disabled", row.status)
        and (row.website is None or any(website in row.website for website in goods.websites))
        and (row.sku is None or any(_like(goods.sku, pattern) for pattern in row.sku))
    )


def _among(value: str, allowed: Sequence[str] | None) -> bool:
    return allowed is None or value in allowed


def _in_category(categories: Sequence[Category], wanted: Sequence[str] | None) -> bool:
    """Whether the product is in, or somewhere below, one of the categories: by id, by name, or by its path of names."""
    if wanted is None:
        return True
    for category in categories:
        named = {str(category.id), category.name}
        for depth, (number, name) in enumerate(category.lineage, 1):
            named |= {str(number), name, "/".join(step for _, step in category.lineage[:depth])}
        if named & set(wanted):
            return True
    return False


def _like(text: str, pattern: str) -> bool:
    """Whether the whole text is the pattern, whose ``*`` is any text and ``?`` any character."""
    wild = "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern)
    return re.fullmatch(wild, text, re.DOTALL) is not None
