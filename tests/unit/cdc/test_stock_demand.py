from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from cdc.models_stock import Demand
from cdc.stock_demand import build_demands

PLACED = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def _row(item: int, parent: int | None = None, kind: str = "simple", ordered: str = "1", **more: Any) -> dict[str, Any]:
    quantities = {f"qty_{name}": Decimal(more.pop(name, "0")) for name in ("canceled", "invoiced", "shipped")}
    return {
        "entity_id": 7,
        "increment_id": "000000007",
        "store_id": 1,
        "created_at": PLACED.replace(tzinfo=None),
        "state": "processing",
        "item_id": item,
        "parent_item_id": parent,
        "product_type": kind,
        "product_id": item * 10,
        "sku": f"S{item}",
        "qty_ordered": Decimal(ordered),
        **quantities,
        **more,
    }


def _taken(*rows: dict[str, Any]) -> dict[int, tuple[str, str, str]]:
    """By product: ordered, cancelled, sent."""
    return {one.product_id: (_bare(one.ordered), _bare(one.cancelled), _bare(one.shipped)) for one in build(*rows)}


def _bare(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"


def build(*rows: dict[str, Any]) -> list[Demand]:
    return build_demands(rows)


def _cancelled(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return [row | {"state": "canceled"} for row in rows]


def test_lines_of_one_product_count_together() -> None:
    assert build(
        _row(1, ordered="2", product_id=5, sku="MUG", canceled="1", shipped="1"),
        _row(2, ordered="1.5", product_id=5, sku="MUG-engraved"),
    ) == [
        Demand(
            order_id=7,
            increment_id="000000007",
            store_id=1,
            created_at=PLACED,
            state="processing",
            product_id=5,
            skus=frozenset({"MUG", "MUG-engraved"}),
            ordered=Decimal("3.5000"),
            cancelled=Decimal("1.0000"),
            shipped=Decimal("1.0000"),
        )
    ]


@pytest.mark.parametrize("kind", ["simple", "virtual", "downloadable", "grouped", "giftcard", None, "vendor"])
def test_a_row_of_its_own_takes_its_product(kind: str | None) -> None:
    assert _taken(_row(1, ordered="3", canceled="1", shipped="2") | {"product_type": kind}) == {10: ("3", "1", "2")}


def test_a_configurable_counts_by_its_parent_row_for_its_child() -> None:
    rows = (
        _row(1, kind="configurable", ordered="3", canceled="1", shipped="2", sku="TSHIRT-M"),
        _row(2, 1, ordered="3", sku="tshirt-m"),
    )
    (demand,) = build(*rows)
    assert demand.product_id == 20
    assert demand.skus == {"TSHIRT-M", "tshirt-m"}
    assert _taken(*rows) == {20: ("3", "1", "2")}


def test_a_configurable_without_its_child_says_nothing() -> None:
    assert build(_row(1, kind="configurable", ordered="3")) == []


def test_a_line_without_product_says_nothing() -> None:
    assert build(_row(1, product_id=None), _row(2, product_id=0)) == []


def test_children_whose_parent_is_gone_stand_by_themselves() -> None:
    assert _taken(_row(2, 99, ordered="4", canceled="1")) == {20: ("4", "1", "0")}


def test_an_extra_below_a_simple_product_keeps_its_own_quantities() -> None:
    assert _taken(_row(1, ordered="2", canceled="2"), _row(2, 1, ordered="2")) == {
        10: ("2", "2", "0"),
        20: ("2", "0", "0"),
    }


def test_a_bundle_counts_by_its_components() -> None:
    assert _taken(_row(1, kind="bundle", ordered="2"), _row(2, 1, ordered="2"), _row(3, 1, ordered="6")) == {
        20: ("2", "0", "0"),
        30: ("6", "0", "0"),
    }


def test_a_bundle_cancelled_or_sent_in_its_parents_columns_only() -> None:
    assert _taken(
        _row(1, kind="bundle", ordered="3", canceled="1", shipped="2"),
        _row(2, 1, ordered="3"),
        _row(3, 1, ordered="9"),
    ) == {20: ("3", "1", "2"), 30: ("9", "3", "6")}


def test_a_bundle_whose_components_are_sent_and_cancelled_by_themselves() -> None:
    assert _taken(
        _row(1, kind="bundle", ordered="2"),
        _row(2, 1, ordered="2", shipped="2"),
        _row(3, 1, ordered="4", shipped="1", canceled="3"),
    ) == {20: ("2", "0", "2"), 30: ("4", "3", "1")}


def test_what_a_component_and_its_parent_both_say_counts_once() -> None:
    assert _taken(
        _row(1, kind="bundle", ordered="2", canceled="1", shipped="1"),
        _row(2, 1, ordered="4", canceled="2", shipped="2"),
    ) == {20: ("4", "2", "2")}


def test_a_cancelled_order_has_cancelled_what_it_had_not_invoiced() -> None:
    assert _taken(*_cancelled(_row(1, ordered="5", invoiced="2"))) == {10: ("5", "3", "0")}
    assert _taken(*_cancelled(_row(1, ordered="5", canceled="5"))) == {10: ("5", "5", "0")}
    assert _taken(*_cancelled(_row(1, kind="configurable", ordered="2"), _row(2, 1, ordered="2"))) == {
        20: ("2", "2", "0")
    }


def test_a_cancelled_bundle_of_which_no_column_tells() -> None:
    rows = (_row(1, kind="bundle", ordered="2"), _row(2, 1, ordered="6"))
    assert _taken(*rows) == {20: ("6", "0", "0")}
    assert _taken(*_cancelled(*rows)) == {20: ("6", "6", "0")}


def test_a_cancelled_bundle_that_was_invoiced_in_part() -> None:
    """A bundle with a price of its own is invoiced by its parent row, one without by its components."""
    assert _taken(*_cancelled(_row(1, kind="bundle", ordered="2", invoiced="1"), _row(2, 1, ordered="6"))) == {
        20: ("6", "3", "0")
    }
    assert _taken(*_cancelled(_row(1, kind="bundle", ordered="2"), _row(2, 1, ordered="6", invoiced="3"))) == {
        20: ("6", "3", "0")
    }


def test_a_closed_order_has_cancelled_nothing_by_that() -> None:
    assert _taken(_row(1, ordered="2", invoiced="1", state="closed")) == {10: ("2", "0", "0")}


def test_a_configurable_in_a_bundle_takes_its_child_by_the_bundles_columns() -> None:
    assert _taken(
        _row(1, kind="bundle", ordered="2", canceled="1"),
        _row(2, 1, kind="configurable", ordered="4"),
        _row(3, 2, ordered="4"),
    ) == {30: ("4", "2", "0")}


def test_a_bundle_in_a_bundle_counts_by_the_innermost_components() -> None:
    assert _taken(
        _row(1, kind="bundle", ordered="2", canceled="1"),
        _row(2, 1, kind="bundle", ordered="4"),
        _row(3, 2, ordered="12", shipped="3"),
    ) == {30: ("12", "6", "3")}


def test_a_share_that_does_not_divide_leaves_the_more_to_be_taken() -> None:
    assert build(_row(1, kind="bundle", ordered="3", canceled="1"), _row(2, 1, ordered="1"))[0].cancelled == Decimal(
        "0.3333"
    )
    assert build(_row(1, kind="bundle", ordered="3", canceled="3"), _row(2, 1, ordered="1"))[0].cancelled == 1


def test_more_is_never_cancelled_than_ordered() -> None:
    assert _taken(_row(1, ordered="2", canceled="3", shipped="9")) == {10: ("2", "2", "2")}
    assert _taken(_row(1, kind="bundle", ordered="0", canceled="1"), _row(2, 1, ordered="2")) == {20: ("2", "0", "0")}


def test_only_the_products_that_are_asked_for() -> None:
    rows = (_row(1, kind="configurable"), _row(2, 1), _row(3), _row(4, kind="bundle"), _row(5, 4))
    assert [one.product_id for one in build_demands(rows)] == [20, 30, 50]
    assert [one.product_id for one in build_demands(rows, {20, 50, 10})] == [20, 50]
    assert build_demands(rows, ()) == []
    assert build_demands([]) == []


def test_a_store_view_that_is_gone_and_a_state_that_is_not_set_yet() -> None:
    (demand,) = build(_row(1, store_id=None, state=None, created_at=None, increment_id=None))
    assert (demand.store_id, demand.state, demand.increment_id) == (None, "", "")
    assert demand.created_at == datetime(1970, 1, 1, tzinfo=UTC)
