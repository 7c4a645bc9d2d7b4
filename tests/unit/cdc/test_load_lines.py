from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cdc.load_lines import build_lines, parse_options

DYNAMIC, FIXED = '{"product_calculations":0}', '{"product_calculations":"1"}'


def _row(item: int, parent: int | None = None, kind: str = "simple", total: str = "10", **more: Any) -> dict[str, Any]:
    return {
        "item_id": item,
        "parent_item_id": parent,
        "product_type": kind,
        "product_id": item * 10,
        "row_total": Decimal(total),
        **more,
    }


def _shape(*rows: dict[str, Any]) -> list[tuple[str, bool, bool, int | None]]:
    return [(x.role, x.carries_money, x.carries_stock, x.stock_product_id) for x in build_lines(rows, ())]


@pytest.mark.parametrize("kind", ["simple", "virtual", "downloadable", "grouped", "giftcard", None, "thirdparty"])
def test_a_row_of_its_own_is_plain(kind: str | None) -> None:
    assert _shape(_row(1) | {"product_type": kind}) == [("plain", True, True, 10)]


def test_a_configurable_has_the_money_and_the_childs_stock() -> None:
    assert _shape(_row(1, kind="configurable"), _row(2, 1, total="0")) == [
        ("configurable", True, True, 20),
        ("configurable_child", False, False, None),
    ]


def test_a_configurable_whose_child_row_is_gone_has_no_stock_product() -> None:
    assert _shape(_row(1, kind="configurable")) == [("configurable", True, True, None)]


def test_a_dynamic_bundle_repeats_what_its_children_carry() -> None:
    assert _shape(_row(1, kind="bundle", total="30", product_options=DYNAMIC), _row(2, 1), _row(3, 1, total="20")) == [
        ("bundle_dynamic", False, False, None),
        ("bundle_child", True, True, 20),
        ("bundle_child", True, True, 30),
    ]


def test_a_fixed_bundle_carries_the_money_itself() -> None:
    assert _shape(_row(1, kind="bundle", product_options=FIXED), _row(2, 1, total="0")) == [
        ("bundle_fixed", True, False, None),
        ("bundle_child", False, True, 20),
    ]


@pytest.mark.parametrize("options", [None, 'a:1:{s:20:"product_calculations";i:', "{broken", "[]"])
@pytest.mark.parametrize(("child", "role"), [("10", "bundle_dynamic"), ("0", "bundle_fixed")])
def test_a_bundle_that_does_not_say_is_told_by_its_money(options: str | None, child: str, role: str) -> None:
    assert _shape(_row(1, kind="bundle", product_options=options), _row(2, 1, total=child))[0][0] == role


def test_a_bundle_without_children_keeps_its_money() -> None:
    assert _shape(_row(1, kind="bundle", product_options=DYNAMIC)) == [("bundle_fixed", True, False, None)]


def test_a_configurable_inside_a_dynamic_bundle() -> None:
    assert _shape(
        _row(1, kind="bundle", product_options=DYNAMIC), _row(2, 1, kind="configurable"), _row(3, 2, total="0")
    ) == [
        ("bundle_dynamic", False, False, None),
        ("bundle_child", True, True, 30),
        ("configurable_child", False, False, None),
    ]


def test_a_paid_extra_below_a_simple_product_is_a_line_of_its_own() -> None:
    assert _shape(_row(1), _row(2, 1, total="5")) == [("plain", True, True, 10), ("plain", True, True, 20)]


def test_children_before_their_parent_orphans_and_rings() -> None:
    assert _shape(_row(2, 9, total="0"), _row(9, kind="configurable"))[1][3] == 20
    assert _shape(_row(1, 99)) == [("plain", True, True, 10)]
    assert _shape(_row(1, 1)) == [("plain", True, True, 10)]
    assert [shape[0] for shape in _shape(_row(1, 2), _row(2, 1))] == ["plain", "plain"]


def test_options_are_exact_and_without_secrets() -> None:
    stored = (
        '{"options":[{"label":"Længde","value":"1,5 m","price":0.1}],"info_buyRequest":{"qty":2,"form_key":"x"},'
        '"giftcard_created_codes":["CODE"]}'
    )
    assert parse_options(stored) == {
        "options": [{"label": "Længde", "value": "1,5 m", "price": Decimal("0.1")}],
        "info_buyRequest": {"qty": 2},
    }


@pytest.mark.parametrize("stored", [None, "", "null", "[]", "a:0:{}", '{"a":', b"{}", 7, '{"a":' * 5000])
def test_options_that_cannot_be_read_are_left_out(stored: object) -> None:
    assert parse_options(stored) == {}


def test_net_is_never_price_times_quantity() -> None:
    row = _row(
        1, total="26.6600", discount_amount=Decimal("3.3300"), discount_tax_compensation_amount=Decimal("0.6700")
    )
    assert build_lines([row], ())[0].net == Decimal("24.0000")
