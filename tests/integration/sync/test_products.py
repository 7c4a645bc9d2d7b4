"""Products: their group in e-conomic is the bookkeeper's, and decides the VAT."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from sync.outcome import Done, ParkedFor
from tests.integration.sync.desk import GROSS, ORDER, Desk
from tests.integration.sync.test_catalog import MUG
from tests.unit.mapping.builders import address, line, order

DeskWith = Callable[..., Desk]


def put(desk: Desk, number: str, group: int) -> None:
    """Put a product into a group, as the bookkeeper does."""
    body = {"productNumber": number, "name": number, "productGroup": {"productGroupNumber": group}}
    desk.http.put(f"/products/{number}", json=body).raise_for_status()


def test_a_product_group_that_was_corrected_is_seen_by_the_next_try(desk: Desk) -> None:
    put(desk, "MUG-1", 3)
    outcome = desk.place()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "vat_rate"
    put(desk, "MUG-1", 1)
    desk.state.retry([ORDER])
    assert desk.deliver() == Done()
    (draft,) = desk.all("/orders/drafts")
    assert Decimal(str(draft["grossAmount"])) == GROSS


def test_a_product_that_e_conomic_has_in_another_group_than_the_profile_says_is_mapped_with_that(desk: Desk) -> None:
    put(desk, "BOOK", 3)
    abroad = address(country="DE")
    desk.orders.by_id[17] = order(
        line("BOOK", id=1, row="100", vat="0", rate="0"), ship=(), billing=abroad, shipping=abroad
    )
    assert desk.place() == Done()
    (draft,) = desk.all("/orders/drafts")
    assert Decimal(str(draft["grossAmount"])) == 100


def lines(desk: Desk) -> list[tuple[str, str]]:
    """Product and description of the draft order's lines, without shipping."""
    (draft,) = desk.all("/orders/drafts")
    whole = desk.http.get(f"/orders/drafts/{draft['orderNumber']}").json()
    rows = [(row["product"]["productNumber"], row["description"]) for row in whole["lines"]]
    return [row for row in rows if not row[0].startswith(("shipping", "rounding"))]


def test_a_product_stands_in_for_what_e_conomic_does_not_have(desk_with: DeskWith) -> None:
    desk = desk_with("products: {missing: fee}")
    put(desk, "TEA", 1)
    assert desk.place() == Done()
    assert {number for number, _ in lines(desk)} == {"fee", "TEA"}
    assert ("fee", "Vare MUG-1") in lines(desk)
    put(desk, "MUG-1", 1)
    desk.touch()
    assert desk.deliver() == Done()
    assert {number for number, _ in lines(desk)} == {"MUG-1", "TEA"}
    assert [w for w in desk.writes() if w == "POST /products"] == []


def test_a_line_without_a_sku_stands_on_the_stand_in(desk_with: DeskWith) -> None:
    desk = desk_with("products: {missing: fee}")
    desk.orders.by_id[17] = order(line("", id=1, row="100", vat="25", name="Gavekort"))
    assert desk.place() == Done()
    assert lines(desk) == [("fee", "Gavekort")]


@pytest.mark.parametrize("keys", ["missing: stop", "create: off", "which: [{sku: ['MUG-*'], then: leave}]"])
def test_an_order_stops_at_a_product_that_may_not_be_made(desk_with: DeskWith, keys: str) -> None:
    desk = desk_with(f"products: {{{keys}}}")
    desk.orders.catalog = {101: replace(MUG, id=101, sku="MUG-1"), 102: replace(MUG, id=102, sku="TEA")}
    put(desk, "TEA", 1)
    parked = desk.place()
    assert isinstance(parked, ParkedFor)
    assert parked.reason == "product_missing"
    assert "no product MUG-1 (SKU `MUG-1`)" in parked.advice
    put(desk, "MUG-1", 1)
    desk.state.retry([ORDER])
    assert desk.deliver() == Done()


def test_a_barred_product_is_told_before_a_document_is_made(desk: Desk) -> None:
    desk.http.put(
        "/products/MUG-1",
        json={"productNumber": "MUG-1", "name": "Krus", "productGroup": {"productGroupNumber": 1}, "barred": True},
    ).raise_for_status()
    parked = desk.place()
    assert isinstance(parked, ParkedFor)
    assert parked.reason == "product_barred"
    assert desk.all("/orders/drafts") == []


def test_the_catalog_is_read_for_new_products_only(desk_with: DeskWith) -> None:
    desk = desk_with(
        "fields: {product: {name: '{{ product.name }}', bar_code: '{{ product.attributes.ean|default }}'}}"
    )
    desk.orders.catalog = {101: replace(MUG, id=101, sku="MUG-1", attributes={"name": "Krus", "ean": "57012"})}
    assert desk.place() == Done()
    assert desk.orders.asked == [(101, 102)]
    found = {p["productNumber"]: p for p in desk.all("/products")}
    assert (found["MUG-1"]["name"], found["MUG-1"]["barCode"]) == ("Krus", "57012")
    assert (found["TEA"]["name"], "barCode" in found["TEA"]) == ("Vare TEA", False)
    desk.change(id=17, shipping=address(city="Odense"))
    assert desk.deliver() == Done()
    assert len(desk.orders.asked) == 1


@pytest.mark.parametrize(("line_sku", "numbers"), [("line", {"KRUS-rød", "KRUS-stor"}), ("product", {"KRUS"})])
def test_custom_options(desk_with: DeskWith, line_sku: str, numbers: set[str]) -> None:
    desk = desk_with(f"products: {{line_sku: {line_sku}}}")
    told: dict[str, Any] = {"product_id": 101, "stock_product_id": 101, "product_sku": "KRUS"}
    desk.orders.by_id[17] = order(
        line("KRUS-rød", id=1, row="100", vat="25", **told), line("KRUS-stor", id=2, row="80", vat="20", **told)
    )
    assert desk.place() == Done()
    assert {number for number, _ in lines(desk)} == numbers


def test_two_skus_of_one_number_park_every_order_until_they_differ(desk_with: DeskWith) -> None:
    desk = desk_with("products: {number: {expr: \"product.sku|replace(' ', '')\"}}")
    first, second = replace(MUG, id=101, sku="KRUS 1"), replace(MUG, id=102, sku="KRUS1")
    desk.orders.catalog = {101: first, 102: second}
    desk.orders.by_id[17] = order(line("KRUS 1", id=1, row="100", vat="25"))
    assert desk.place() == Done()
    desk.orders.by_id[17] = order(line("KRUS1", id=2, row="100", vat="25"))
    for sold in (order(line("KRUS1", id=2, row="100", vat="25")), order(line("KRUS 1", id=1, row="90", vat="22.50"))):
        desk.orders.by_id[17] = sold
        desk.touch()
        parked = desk.deliver()
        assert isinstance(parked, ParkedFor)
        assert parked.reason == "number_taken"
        assert "`KRUS 1` and `KRUS1`" in parked.advice
    desk.orders.catalog[102] = replace(second, sku="KRUS2")
    desk.touch()
    assert desk.deliver() == Done()


def test_two_skus_of_one_number_on_one_order(desk_with: DeskWith) -> None:
    desk = desk_with("products: {number: {expr: \"product.sku|replace(' ', '')\"}}")
    desk.orders.by_id[17] = order(line("KRUS 1", id=1, row="100", vat="25"), line("KRUS1", id=2, row="10", vat="2.50"))
    parked = desk.place()
    assert isinstance(parked, ParkedFor)
    assert parked.reason == "number_taken"
    assert desk.writes() == []


def test_a_number_that_the_profile_names_itself_may_be_shared(desk_with: DeskWith) -> None:
    desk = desk_with(
        "products: {number: {map: product.sku, to: {MUG-1: VARE, TEA: VARE}, default: {expr: product.sku}}}"
    )
    assert desk.place() == Done()
    assert {number for number, _ in lines(desk)} == {"VARE"}


def test_a_long_sku_is_shortened_the_same_way_every_time(desk_with: DeskWith) -> None:
    desk = desk_with("products: {long_number: shorten}")
    longer = "DAMEJAKKE-VINTER-2026-BLÅ-XL"
    desk.orders.by_id[17] = order(line(longer, id=1, row="100", vat="25"), line(longer + "L", id=2, row="80", vat="20"))
    assert desk.place() == Done()
    numbers = [number for number, _ in lines(desk)]
    assert [number[:17] for number in numbers] == ["DAMEJAKKE-VINTER-"] * 2
    assert len(set(numbers)) == 2
    assert {len(number) for number in numbers} == {25}
