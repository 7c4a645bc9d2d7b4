"""Which product a number in e-conomic stands for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cdc.models_stock import StockProduct
from mapping.profile import load_profile
from sync.pull.matching import KEPT, LEAST, Matcher, Scalars

AT = datetime(2026, 1, 1, tzinfo=UTC)


class Shop:
    """A catalog in memory whose server takes SKUs as Magento's does: any case, trailing spaces or not."""

    def __init__(self, *skus: str, **colours: str) -> None:
        self.products = [StockProduct(id=i, sku=sku, type="simple") for i, sku in enumerate(skus, 1)]
        self.colours = colours
        self.pages = 0
        self.loaded = 0
        self.now = 1000.0

    def find(self, skus: Collection[str]) -> dict[str, list[StockProduct]]:
        """As `StockTables.find`."""
        alike = {sku: [p for p in self.products if p.sku.rstrip().lower() == sku.rstrip().lower()] for sku in skus}
        return {sku: products for sku, products in alike.items() if products}

    def catalog(self, after_id: int, limit: int) -> list[StockProduct]:
        """As `StockTables.catalog`, two products a page."""
        self.pages += 1
        return [p for p in self.products if p.id > after_id][:2]

    def load(self, ids: Collection[int]) -> dict[int, Scalars]:
        """As the attributes of `Shop.products`."""
        self.loaded += 1
        return {p.id: {"colour": self.colours.get(p.sku, "")} for p in self.products if p.id in ids}


def matcher(tmp_path: Path, shop: Shop, lines: str = "") -> Matcher:
    path = tmp_path / "profile.yaml"
    path.write_text("extends: sandbox\n" + lines)
    return Matcher(shop, load_profile(path).for_store(""), shop.load, clock=lambda: shop.now)


def test_a_number_is_the_sku_and_the_catalog_is_not_read(tmp_path: Path) -> None:
    shop = Shop("007", "1E5 ", "Cup")
    found = matcher(tmp_path, shop).match(["007", "7", "1E5", "CUP", "Cup"])
    assert found == {
        "007": shop.products[0],
        "7": "only_economic",
        "1E5": shop.products[1],
        "CUP": "only_economic",
        "Cup": shop.products[2],
    }
    assert shop.pages == 0


@pytest.mark.parametrize("other", ["mug", "MUG "])
def test_two_products_that_the_database_takes_for_one_are_ambiguous(tmp_path: Path, other: str) -> None:
    assert matcher(tmp_path, Shop("MUG", other)).match(["MUG"]) == {"MUG": "ambiguous_sku"}


def test_a_rule_is_followed_through_the_whole_catalog(tmp_path: Path) -> None:
    shop = Shop("a", "b", "c", "d", "D", b="red")
    rule = """products: {number: {expr: "'W-' ~ product.sku|upper ~ product.attributes.colour|default('')"}}"""
    one = matcher(tmp_path, shop, rule)
    assert one.match(["W-A", "W-Bred", "a", "W-D"]) == {
        "W-A": shop.products[0],
        "W-Bred": shop.products[1],
        "a": "only_economic",
        "W-D": "ambiguous_sku",
    }
    assert one.number_of(["a", "b", "gone"]) == {"a": "W-A", "b": "W-Bred", "gone": "W-GONE"}
    assert [number for page in one.pages() for number, _ in page] == ["W-A", "W-Bred", "W-C", "W-D", "W-D"]


def test_numbers_given_by_name_belong_to_one_sku_or_to_none(tmp_path: Path) -> None:
    shop = Shop("a", "b", "c")
    rule = 'products: {number: {map: product.sku, to: {a: "100", b: "200", c: "200"}}}'
    assert matcher(tmp_path, shop, rule).match(["100", "200"]) == {"100": shop.products[0], "200": "ambiguous_sku"}


def test_shortened_numbers_are_found_and_long_ones_have_none(tmp_path: Path) -> None:
    long = "A-very-long-sku-that-e-conomic-has-no-room-for"
    shop = Shop("short", long)
    shortening = matcher(tmp_path, shop, "products: {long_number: shorten}")
    number = shortening.number_of([long])[long]
    assert number is not None
    assert len(number) == 25
    assert shortening.match([number, "short"]) == {number: shop.products[1], "short": shop.products[0]}
    assert matcher(tmp_path, shop).number_of([long, "short"]) == {long: None, "short": "short"}


def test_what_is_made_or_renamed_later_is_found_without_reading_the_catalog_again_and_again(tmp_path: Path) -> None:
    shop = Shop("a", "b", "c")
    one = matcher(tmp_path, shop, """products: {number: "W-{{ product.sku }}"}""")
    assert one.match(["W-d"]) == {"W-d": "only_economic"}
    shop.products.append(StockProduct(id=9, sku="d", type="simple"))
    shop.now += 1
    assert one.match(["W-d"]) == {"W-d": shop.products[-1]}
    shop.products[0] = StockProduct(id=1, sku="e", type="simple")
    assert one.match(["W-e", "W-a"]) == {"W-e": "only_economic", "W-a": "only_economic"}
    shop.now += LEAST
    assert one.match(["W-e"]) == {"W-e": shop.products[0]}
    read = shop.pages
    shop.now += LEAST + 1
    assert one.match(["W-a"]) == {"W-a": "only_economic"}
    shop.now += LEAST + 1
    assert one.match(["W-a"]) == {"W-a": "only_economic"}
    # the second time only what came after the last id was asked for
    assert shop.pages - read == (1 + 3) + 1


def test_the_numbers_are_read_again_after_an_hour(tmp_path: Path) -> None:
    shop = Shop("a")
    one = matcher(tmp_path, shop, """products: {number: "W-{{ product.sku }}"}""")
    assert one.match(["W-a"]) == {"W-a": shop.products[0]}
    shop.products[0] = StockProduct(id=1, sku="b", type="simple")
    shop.products.append(StockProduct(id=2, sku="a", type="simple"))
    shop.now += KEPT + 1
    assert one.match(["W-a", "W-b"]) == {"W-a": shop.products[1], "W-b": shop.products[0]}


def test_a_number_that_another_product_has_by_now_is_not_looked_for_at_the_old_one(tmp_path: Path) -> None:
    shop = Shop("a", "b", a="1", b="2")
    one = matcher(tmp_path, shop, """products: {number: {expr: "product.attributes.colour"}}""")
    assert one.match(["1", "2"]) == {"1": shop.products[0], "2": shop.products[1]}
    shop.colours = {"a": "3", "b": "1"}
    assert one.match(["1"]) == {"1": "only_economic"}
    shop.now += LEAST + 1
    assert one.match(["1"]) == {"1": shop.products[1]}
    assert one.match(["2", "3"]) == {"2": "only_economic", "3": shop.products[0]}
