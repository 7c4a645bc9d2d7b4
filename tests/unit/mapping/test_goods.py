"""Which products are sent, in which group, under which number, and at which price."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdc.models import Category, Product
from mapping.compiled import Rules
from mapping.goods import goods_from, goods_of, priced
from mapping.html import plain_text
from mapping.order import plan_order
from mapping.plan import WantedProduct
from mapping.problems import CannotMap
from mapping.product import plan_product
from mapping.productnumbers import LONGEST_NUMBER, line_sku, number_of
from mapping.profile import Profile, ProfileError, load_profile
from tests.unit.mapping.builders import AGREEMENT, Shop, line, order
from tests.unit.mapping.test_products import PRODUCT

SHIRTS = Category(id=9, name="Skjorter", lineage=((5, "Herre"), (9, "Skjorter")))
CATALOG = replace(
    PRODUCT,
    attribute_set="Tøj",
    tax_class="Varer 25%",
    websites=("base",),
    categories=(SHIRTS,),
    currency="DKK",
    prices_include_tax=True,
    attributes={"name": "Skjorte", "price": Decimal("99.950000"), "status": 1},
)


def group(shop: Shop, rows: str, product: Product = CATALOG) -> int:
    body = plan_product(product, shop(f"products: {{groups: [{rows}, {{group: goods}}]}}"), AGREEMENT).body
    assert body is not None
    return body.product_group.product_group_number


@pytest.mark.parametrize(
    ("row", "matches"),
    [
        ("tax_class: ['Varer 25%']", True),
        ("tax_class: [Momsfri]", False),
        ("attribute_set: [Sko, Tøj]", True),
        ("attribute_set: [Sko]", False),
        ("category: ['9']", True),
        ("category: [Skjorter]", True),
        ("category: [Herre]", True),
        ("category: ['Herre/Skjorter']", True),
        ("category: ['5']", True),
        ("category: ['Dame/Skjorter', Bukser]", False),
        ("type: [simple]", True),
        ("type: [virtual]", False),
        ("untaxed: on", False),
        ("if: \"product.categories|map('name')|first == 'Skjorter'\"", True),
        ("if: \"'base' in product.websites and product.enabled\"", True),
        ("if: \"product.attributes.name == 'Sko'\"", False),
    ],
)
def test_groups(shop: Shop, row: str, matches: bool) -> None:
    assert group(shop, f"{{{row}, group: services}}") == (2 if matches else 1)


@pytest.mark.parametrize(
    ("field", "include", "expected"),
    [
        ("net_price", True, "79.96"),
        ("net_price", False, "99.95"),
        ("net_special_price", True, "40.00"),
        ("net_msrp", True, "96.00"),
        ("cost", True, "31.50"),
    ],
)
def test_net_prices(shop: Shop, field: str, include: bool, expected: str) -> None:
    attributes = {
        **CATALOG.attributes, "special_price": Decimal(50), "msrp": Decimal(120), "cost": Decimal("31.500000"),
    }  # fmt: skip
    product = replace(CATALOG, prices_include_tax=include, attributes=attributes)
    body = plan_product(
        product, shop(f"fields: {{product: {{sales_price: {{expr: product.{field}}}}}}}"), AGREEMENT
    ).body
    assert body is not None
    assert body.sales_price == Decimal(expected)


def test_a_price_in_another_currency_is_left_out(shop: Shop) -> None:
    profile = shop("fields: {product: {sales_price: {expr: product.net_price}}}")
    body = plan_product(replace(CATALOG, currency="EUR"), profile, AGREEMENT).body
    assert body is not None
    assert body.sales_price is None


def test_an_untaxed_groups_price_is_what_the_catalog_says(shop: Shop) -> None:
    profile = shop("fields: {product: {sales_price: {expr: product.net_price}}}")
    body = plan_product(replace(CATALOG, tax_class=""), profile, AGREEMENT).body
    assert body is not None
    assert (body.product_group.product_group_number, body.sales_price) == (3, Decimal("99.95"))


def test_a_price_is_never_computed_without_its_rate() -> None:
    assert priced(goods_from(CATALOG), None, "DKK").net_price is None


def test_a_description_is_text_of_500_characters(shop: Shop) -> None:
    html = (
        "<style>p {color: red}</style><p>Blød &amp; varm&nbsp;trøje</p>\n<ul><li>100% uld<li>Str. M</ul>{{widget x=1}}"
    )
    product = replace(CATALOG, attributes={**CATALOG.attributes, "description": html + "<p>" + "æ" * 800})
    body = plan_product(product, shop('fields: {product: {description: "{{ product.description }}"}}'), AGREEMENT).body
    assert body is not None
    assert body.description is not None
    assert body.description.startswith("Blød & varm trøje\n100% uld\nStr. M\nææ")
    assert len(body.description) == 500
    assert body.description.endswith("…")


@given(st.text())
def test_any_text_can_be_read_as_html(text: str) -> None:
    assert len(plain_text(text)) <= len(text) + 10
    assert plain_text(text) == plain_text(text).strip()


@pytest.fixture(scope="session")
def shortening(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    path = tmp_path_factory.mktemp("profile") / "shop.yaml"
    path.write_text("extends: sandbox\nproducts: {long_number: shorten}\n")
    return load_profile(path).for_store("")


@given(sku=st.text(alphabet=st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=64))
def test_shortened_numbers_fit_and_stay(shortening: Rules, sku: str) -> None:
    number = number_of(sku, shortening)
    assert 1 <= len(number.number) <= LONGEST_NUMBER
    assert number_of(sku, shortening) == number
    assert (number.number == sku) == (len(sku) <= LONGEST_NUMBER)


def test_skus_that_begin_alike_stay_apart(shortening: Rules) -> None:
    skus = [f"DAMEJAKKE-VINTER-2026-BLÅ-{n:05}" for n in range(3000)]
    assert len({number_of(sku, shortening).number for sku in skus}) == len(skus)


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        (
            "number: {expr: \"product.sku|replace('0', '')|replace('1', '')|replace('2', '')|replace('3', '')\"}",
            "product_number",
        ),
        ('number: "{{ product.sku }}-{{ product.sku }}-{{ product.sku }}-{{ product.sku }}"', "sku_too_long"),
        ("number: {expr: product.attributes.erp}", "profile_expression"),
    ],
)
def test_numbers_that_cannot_be(shop: Shop, keys: str, reason: str) -> None:
    with pytest.raises(CannotMap) as caught:
        plan_product(PRODUCT, shop(f"products:\n  {keys}\n"), AGREEMENT)
    assert caught.value.reason == reason


@pytest.mark.parametrize("seen", ["product.name", "store.code", "product.price"])
def test_a_number_is_made_of_nothing_that_changes(shop: Shop, seen: str) -> None:
    with pytest.raises(ProfileError, match=r"products\.number"):
        shop(f"products: {{number: {{expr: {seen}}}}}")


def test_a_catalog_number_may_be_the_erps_own(shop: Shop) -> None:
    profile = shop("products: {number: {expr: 'product.attributes.erp or product.sku'}}")
    product = replace(CATALOG, attributes={**CATALOG.attributes, "erp": "E-77"})
    assert plan_product(product, profile, AGREEMENT).number == "E-77"
    sold = order(line("000123", row="100", vat="25", product_id=7, stock_product_id=7))
    (document,) = plan_order(sold, profile, AGREEMENT, catalog={7: product}).documents
    assert document.products[0].number == "E-77"


@pytest.mark.parametrize(
    ("changes", "sku"),
    [
        ({"product_sku": "MUG"}, "MUG"),
        ({"product_sku": "CUP"}, "MUG-red"),
        ({"product_sku": ""}, "MUG-red"),
        ({"product_sku": "MUG-r"}, "MUG-red"),
        ({"product_sku": "MUG", "role": "configurable", "product_type": "configurable"}, "MUG"),
    ],
)
def test_lines_are_booked_on_the_catalogs_sku(shop: Shop, changes: dict[str, Any], sku: str) -> None:
    sold = line("MUG-red", **changes)
    assert line_sku(sold, shop("products: {line_sku: product}").for_store("")) == sku
    assert line_sku(sold, shop("").for_store("")) == "MUG-red"


def test_a_variant_is_what_the_catalog_says_of_the_child() -> None:
    """The parent's row has the child's SKU; its own product id is not what is sold."""
    sold = line("SHIRT-M", product_type="configurable", role="configurable", product_id=1, stock_product_id=2)
    assert sold.catalog_id == 2
    assert replace(sold, stock_product_id=None).catalog_id is None
    child = replace(CATALOG, id=2, sku="SHIRT-M")
    goods = goods_of(sold, child)
    assert (goods.id, goods.type, goods.sku, goods.in_catalog) == (2, "simple", "SHIRT-M", True)
    gone = goods_of(sold)
    assert (gone.type, gone.name, gone.in_catalog) == ("simple", "Vare SHIRT-M", False)


def made(shop: Shop, keys: str, catalog: dict[int, Product]) -> WantedProduct:
    sold = order(line("000123", row="100", vat="25", product_id=7, stock_product_id=7))
    (document,) = plan_order(sold, shop(keys), AGREEMENT, catalog=catalog).documents
    return document.products[0]


def test_a_line_and_the_catalog_ask_for_the_same_product(shop: Shop) -> None:
    keys = (
        "products: {barred: on, groups: [{category: [Herre], group: services}, {group: goods}]}\n"
        "fields: {product: {sales_price: {expr: product.net_price}, name: '{{ product.attributes.name }}'}}"
    )
    ordered, planned = made(shop, keys, {7: CATALOG}), plan_product(CATALOG, shop(keys), AGREEMENT)
    assert (ordered.number, ordered.body, ordered.sku) == (planned.number, planned.body, planned.sku)
    assert ordered.body is not None
    assert ordered.body.product_group.product_group_number == 2


@pytest.mark.parametrize(
    ("row", "left"),
    [
        ("sku: ['000*']", True),
        ("sku: ['0?0123']", True),
        ("sku: ['000.23', '00012']", False),
        ("website: [base, se]", True),
        ("website: [se]", False),
        ("status: [disabled]", False),
        ("attribute_set: [Tøj]", True),
        ("category: [Herre]", True),
        ('if: "product.price > 50"', True),
    ],
)
def test_rows_of_which(shop: Shop, row: str, left: bool) -> None:
    profile = shop(f"products: {{which: [{{{row}, then: leave}}]}}")
    assert bool(plan_product(CATALOG, profile, AGREEMENT).left) is left


def test_bundles_and_parents_stand_on_no_line(sandbox: Profile) -> None:
    for changes in ({"type": "configurable"}, {"type": "grouped"}, {"type": "bundle", "attributes": {"price_type": 0}}):
        assert plan_product(replace(CATALOG, **changes), sandbox, AGREEMENT).left == "sold_as_parts"
    fixed = replace(CATALOG, type="bundle", attributes={"price_type": 1})
    assert plan_product(fixed, sandbox, AGREEMENT).left == ""


def test_what_is_sold_is_made_whatever_the_catalog_calls_it_by_now(shop: Shop) -> None:
    """A fixed bundle that was made dynamic after the order, a product that became a configurable's parent."""
    for changes in ({"type": "bundle", "attributes": {"price_type": 0}}, {"type": "configurable"}):
        assert made(shop, "", {7: replace(CATALOG, **changes)}).body is not None


@pytest.mark.parametrize("catalog", [{7: CATALOG}, {}], ids=["there", "gone"])
def test_what_the_profile_leaves_is_not_made_for_an_order(shop: Shop, catalog: dict[int, Product]) -> None:
    product = made(shop, "products: {which: [{sku: ['0*'], then: leave}]}", catalog)
    assert (product.body, product.sku) == (None, "000123")
