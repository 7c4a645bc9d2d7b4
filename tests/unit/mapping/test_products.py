"""Products as they are made in e-conomic."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from cdc.models import Product
from mapping.order import plan_order
from mapping.problems import CannotMap
from mapping.product import plan_product
from mapping.profile import Profile
from tests.unit.mapping.builders import AGREEMENT, Shop, line, order

AT = datetime(2026, 1, 1, tzinfo=UTC)
PRODUCT = Product(
    id=7,
    sku="000123",
    type="simple",
    attribute_set_id=4,
    created_at=AT,
    updated_at=AT,
    website_ids=(1,),
    stock=None,
    parent_ids=(),
    tax_class="Taxable Goods",
    attributes={"name": "Tørklæde", "price": Decimal("99.950000"), "barcode": "5701234567899"},
)


def group(product: Product, profile: Profile) -> int:
    body = plan_product(product, profile, AGREEMENT).body
    assert body is not None
    return body.product_group.product_group_number


def test_number_name_group_and_unit(sandbox: Profile) -> None:
    wanted = plan_product(PRODUCT, sandbox, AGREEMENT)
    assert (wanted.number, wanted.magento_id) == ("000123", 7)
    assert wanted.body is not None
    assert wanted.body.model_dump(by_alias=True, exclude_none=True) == {
        "productNumber": "000123",
        "name": "Tørklæde",
        "productGroup": {"productGroupNumber": 1},
        "unit": {"unitNumber": 1},
    }


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({}, 1),
        ({"type": "virtual"}, 2),
        ({"type": "downloadable"}, 2),
        ({"type": "bundle"}, 2),
        ({"tax_class": ""}, 3),
    ],
)
def test_groups(sandbox: Profile, changes: dict[str, str], number: int) -> None:
    assert group(replace(PRODUCT, **changes), sandbox) == number  # type: ignore[arg-type]


def test_fields_come_from_attributes(shop: Shop) -> None:
    profile = shop(
        "fields:\n  product:\n"
        "    sales_price: {expr: 'product.attributes.price * 0.8'}\n"
        '    bar_code: "{{ product.attributes.barcode }}"\n'
        '    description: "{{ product.attributes.name }}"\n'
    )
    body = plan_product(PRODUCT, profile, AGREEMENT).body
    assert body is not None
    assert (body.sales_price, body.bar_code, body.description) == (Decimal("79.96"), "5701234567899", "Tørklæde")


def test_texts_are_cut_and_identifiers_are_not(sandbox: Profile) -> None:
    long = replace(PRODUCT, attributes={"name": "x" * 400})
    body = plan_product(long, sandbox, AGREEMENT).body
    assert body is not None
    assert body.name == "x" * 299 + "…"
    with pytest.raises(CannotMap, match="has 64 characters and e-conomic's product numbers have at most 25"):
        plan_product(replace(PRODUCT, sku="L" * 64), sandbox, AGREEMENT)


def test_a_group_that_the_agreement_lacks(sandbox: Profile) -> None:
    with pytest.raises(CannotMap, match="product group 1 does not exist"):
        plan_product(PRODUCT, sandbox, replace(AGREEMENT, product_groups={9: "Andet"}))


def test_products_may_have_to_exist_already(shop: Shop) -> None:
    profile = shop("products: {create: off}")
    assert not plan_product(PRODUCT, profile, AGREEMENT).create
    (document,) = plan_order(order(line(row="100", vat="25")), profile, AGREEMENT).documents
    assert [p.body for p in document.products] == [None]


def test_what_the_profile_names_is_never_made(sandbox: Profile) -> None:
    (document,) = plan_order(order(line(row="39.98", vat="9.99"), ship=("40", "10")), sandbox, AGREEMENT).documents
    made = {p.number: p.body is not None for p in document.products}
    assert made == {"A-1": True, "shipping": False, "rounding-vat": False, "rounding": False}
