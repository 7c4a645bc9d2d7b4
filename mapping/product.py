"""The product that a line needs in e-conomic, and the product group that gives its VAT."""

from __future__ import annotations

from collections.abc import Mapping

from cdc.models import Product, Store
from econ_client import documents
from mapping.agreement import Agreement
from mapping.compiled import Rules
from mapping.plan import WantedProduct
from mapping.problems import CannotMap
from mapping.profile import Profile
from mapping.values import filled, one
from mapping.views import Goods, goods_from

LONGEST_NUMBER = 25


def product_number(sku: str) -> str:
    """The product number that a SKU is, never cut.

    Raises:
        CannotMap: ``sku_missing`` or ``sku_too_long``.
    """
    if not sku.strip():
        raise CannotMap(
            "sku_missing", "a line has no SKU, so no product in e-conomic can be named; give the product a SKU"
        )
    if len(sku.strip()) > LONGEST_NUMBER:
        raise CannotMap(
            "sku_too_long",
            f"the SKU `{sku.strip()}` has {len(sku.strip())} characters and e-conomic's product numbers have at most "
            f"{LONGEST_NUMBER}; give the product a shorter SKU",
        )
    return sku.strip()


def product_group(goods: Goods, rules: Rules, store: Store | None) -> int:
    """The group that the profile's rules give. Raises `CannotMap` (``product_group``)."""
    for i, row in enumerate(rules.settings.products.groups):
        if row.untaxed is not None and row.untaxed != goods.untaxed:
            continue
        if row.type is not None and goods.type not in row.type:
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


def wanted_product(goods: Goods, group: int, rules: Rules, store: Store | None) -> WantedProduct:
    """The product, with the body that creates it unless the profile wants it to exist. Raises `CannotMap`."""
    number = product_number(goods.sku)
    if not rules.settings.products.create:
        return WantedProduct(number=number, magento_id=goods.id, body=None)
    scope: Mapping[str, object] = {"product": goods, "store": store}

    found = filled(rules, ("fields", "product"), scope)
    found.setdefault("name", number)
    unit = rules.settings.numbers.unit
    if unit is not None:
        found.setdefault("unit", documents.UnitRef(unit_number=unit))
    packing = {
        key: one(rules, ("fields", "product", key), scope) for key in ("package_volume", "recommended_cost_price")
    }
    if any(value is not None for value in packing.values()):
        found["inventory"] = documents.Packing(**packing)
    body = documents.Product(
        product_number=number, product_group=documents.ProductGroupRef(product_group_number=group), **found
    )
    return WantedProduct(number=number, magento_id=goods.id, body=body)


def existing_product(number: str) -> WantedProduct:
    """A product that the profile names and that must exist already."""
    return WantedProduct(number=number, magento_id=None, body=None)


def plan_product(product: Product, profile: Profile, agreement: Agreement) -> WantedProduct:
    """The product that a catalog product asks for.

    Raises:
        CannotMap: with reason and advice, when it cannot be a product in e-conomic.
    """
    rules = profile.for_store("")
    goods = goods_from(product)
    group = product_group(goods, rules, None)
    if agreement.product_groups and group not in agreement.product_groups:
        raise CannotMap(
            "product_group", f"product group {group} does not exist in the agreement; correct numbers.product_groups"
        )
    return wanted_product(goods, group, rules, None)
