from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cdc.stock_layout import StockDefaults
from cdc.stock_parents import Parent, following
from cdc.stock_reservations import holder_of
from cdc.stock_state import Rules, Shelf, SourceShelf, in_custom_stock, rules_of, salable

DEFAULTS = StockDefaults(
    manage_stock=True,
    backorders=False,
    min_qty=Decimal(2),
    notify_stock_qty=Decimal(4),
    subtracts=True,
)
IN, OUT = Shelf(in_stock=True, by_itself=False), Shelf(in_stock=False, by_itself=False)
SOLD_OUT, BACK = Shelf(in_stock=False, by_itself=True), Shelf(in_stock=True, by_itself=True)


def _rules(**settings: Any) -> Rules:
    own = {f"use_config_{name}": 0 for name in settings if name != "is_qty_decimal"}
    return rules_of({**own, **settings}, DEFAULTS)


PLAIN = _rules(min_qty=Decimal(0))


def test_settings_of_the_shop_count_unless_the_product_has_its_own() -> None:
    assert rules_of({}, DEFAULTS) == Rules(
        managed=True, decimals=False, backorders=False, min_quantity=Decimal(2), notify_below=Decimal(4)
    )
    hidden = {"manage_stock": 0, "backorders": 2, "min_qty": Decimal(9), "notify_stock_qty": Decimal(9)}
    assert rules_of(hidden, DEFAULTS) == rules_of({}, DEFAULTS)
    assert _rules(**hidden) == Rules(
        managed=False, decimals=False, backorders=True, min_quantity=Decimal(9), notify_below=Decimal(9)
    )
    assert rules_of({"use_config_notify_stock_qty": 0, "notify_stock_qty": None}, DEFAULTS).notify_below == 4


@pytest.mark.parametrize(
    ("settings", "quantity", "sells"),
    [
        ({"min_qty": Decimal(0)}, "0.0001", True),
        ({"min_qty": Decimal(0)}, "0", False),
        ({"min_qty": Decimal(3)}, "3", False),
        ({}, "2", False),  # the shop's own threshold
        ({"backorders": 1}, "-7", True),
        ({"backorders": 1, "min_qty": Decimal(-5)}, "-4", True),
        ({"backorders": 1, "min_qty": Decimal(-5)}, "-5", False),
        ({"manage_stock": 0}, "-7", True),
    ],
)
def test_when_a_product_may_be_in_stock(settings: dict[str, Any], quantity: str, sells: bool) -> None:
    assert _rules(**settings).sells(Decimal(quantity)) is sells
    assert _rules(**settings).sells(None) is bool(settings.get("manage_stock") == 0)


@pytest.mark.parametrize(
    ("before", "quantity", "after"),
    [
        (IN, 5, IN),
        (IN, 0, SOLD_OUT),
        (SOLD_OUT, 0, SOLD_OUT),
        (SOLD_OUT, 5, BACK),
        (BACK, 5, BACK),
        (BACK, 0, SOLD_OUT),
        (OUT, 5, OUT),
        (OUT, 0, OUT),
    ],
)
def test_a_quantity_moves_the_flags_but_not_against_a_person(before: Shelf, quantity: int, after: Shelf) -> None:
    assert before.holding(Decimal(quantity), PLAIN) == after
    assert before.by_hand(PLAIN) == (before == OUT)


def test_an_unmanaged_product_keeps_its_status() -> None:
    unmanaged = _rules(manage_stock=0)
    assert SOLD_OUT.holding(Decimal(5), unmanaged) == OUT
    assert IN.holding(Decimal(0), unmanaged) == IN
    assert not OUT.by_hand(unmanaged)


def test_another_source_is_out_by_hand_when_there_was_enough() -> None:
    def holding(quantity: int, in_stock: bool, new: int) -> bool:
        return SourceShelf(quantity=Decimal(quantity), in_stock=in_stock).holding(Decimal(new), PLAIN)

    assert holding(0, False, 5)
    assert not holding(5, False, 9)
    assert holding(5, True, 9)
    assert not holding(5, True, 0)


def test_low_stock() -> None:
    assert rules_of({}, DEFAULTS).runs_low(Decimal("3.9999"))
    assert not rules_of({}, DEFAULTS).runs_low(Decimal(4))


def test_reservations_may_leave_nothing_to_sell() -> None:
    assert salable(Decimal(3), Decimal(-2), PLAIN)
    assert not salable(Decimal(3), Decimal(-3), PLAIN)
    assert salable(Decimal(3), Decimal(-9), _rules(backorders=1, min_qty=Decimal(0)))
    assert salable(Decimal(0), Decimal(-9), _rules(manage_stock=0))


@pytest.mark.parametrize(
    ("quantity", "reserved", "any_in", "settings", "sells"),
    [
        (3, -2, True, {"min_qty": Decimal(0)}, True),
        (3, -3, True, {"min_qty": Decimal(0)}, False),
        (3, 0, True, {"min_qty": Decimal(3)}, False),
        (0, 0, False, {"manage_stock": 0}, True),
        (0, -4, True, {"backorders": 1, "min_qty": Decimal(0)}, True),
        (0, -4, False, {"backorders": 1, "min_qty": Decimal(0)}, False),
        (-5, 0, True, {"backorders": 1, "min_qty": Decimal(-5)}, False),
    ],
)
def test_stocks_other_than_the_default(
    quantity: int, reserved: int, any_in: bool, settings: dict[str, Any], sells: bool
) -> None:
    rules = _rules(**settings)
    found = in_custom_stock(Decimal(quantity), Decimal(reserved), any_source_in_stock=any_in, rules=rules)
    assert found is sells


def test_a_parent_follows_unless_a_person_took_it_out() -> None:
    managed, unmanaged = _rules(), _rules(manage_stock=0)
    assert following(IN, managed, has_stock=False) == SOLD_OUT
    assert following(SOLD_OUT, managed, has_stock=True) == BACK
    assert following(OUT, managed, has_stock=True) == OUT
    assert following(OUT, managed, has_stock=False) == OUT
    assert following(IN, managed, has_stock=True) == IN
    assert following(IN, unmanaged, has_stock=False) == IN


def test_a_bundle_needs_something_for_every_choice() -> None:
    bundle = Parent(id=1, sku="B", item_id=1, choices=(frozenset({1, 2}), frozenset({3})))
    assert bundle.has_stock({2, 3})
    assert not bundle.has_stock({1, 2})


@pytest.mark.parametrize(
    ("metadata", "holder"),
    [
        ('{"object_type":"order","object_id":"","object_increment_id":"000000007"}', ("000000007", 0)),
        ('{"object_type":"order","object_id":"12","object_increment_id":"7-1"}', ("7-1", 0)),
        ('{"event_type":"order_placed","object_type":"order","object_id":"12"}', ("", 12)),
        ('{"event_type":"order_placed","object_type":"order","object_id":12,"object_increment_id":null}', ("", 12)),
        ('{"event_type":"order_placed","object_type":"order","object_id":"","object_increment_id":""}', ("", 0)),
        ('{"object_type":"pos_receipt","object_id":"12","object_increment_id":"7"}', ("", 0)),
        ('{"object_type":"order","object_id":"12x"}', ("", 0)),
        ('{"object_type":"order","object_id":["1"],"object_increment_id":{}}', ("", 0)),
        ('{"event_type":"order_placed","object_type":"order","object_incre', ("", 0)),
        ("[1]", ("", 0)),
        ("[" * 5000, ("", 0)),
        ("", ("", 0)),
        (None, ("", 0)),
    ],
)
def test_whom_a_reservation_is_for(metadata: str | None, holder: tuple[str, int]) -> None:
    assert holder_of(metadata) == holder
