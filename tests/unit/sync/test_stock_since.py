"""From when orders count for stock: `stock.since`, per store view."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mapping.profile import Profile, load_profile
from sync.pull.since import SinceUnknown, not_begun, stock_since
from tests.unit.mapping.builders import STORE

DANISH = STORE
HAWAII = replace(STORE, id=2, code="en", timezone="Pacific/Honolulu")


def profile(folder: Path, lines: str) -> Profile:
    (folder / "shop.yaml").write_text(f"extends: sandbox\n{lines}\n")
    return load_profile(folder / "shop.yaml")


def test_a_day_begins_in_each_store_views_own_time_zone(tmp_path: Path) -> None:
    since = stock_since(profile(tmp_path, "stock: {since: 2026-12-01}"), [DANISH, HAWAII])
    assert since.by_store == {
        1: datetime(2026, 11, 30, 23, tzinfo=UTC),
        2: datetime(2026, 12, 1, 10, tzinfo=UTC),
    }
    assert since.otherwise == datetime(2026, 11, 30, 23, tzinfo=UTC), "orders of views that are gone all count"


def test_the_go_live_date_is_the_default_in_each_store_view(tmp_path: Path) -> None:
    lines = "orders: {since: 2026-07-01}\nstores: {en: {orders: {since: 2026-12-24}}}"
    since = stock_since(profile(tmp_path, lines), [DANISH, HAWAII])
    assert since.by_store == {1: datetime(2026, 6, 30, 22, tzinfo=UTC), 2: datetime(2026, 12, 24, 10, tzinfo=UTC)}
    assert stock_since(profile(tmp_path, f"{lines}\nstock: {{since: 2026-01-01}}"), [HAWAII]).by_store == {
        2: datetime(2026, 1, 1, 10, tzinfo=UTC)
    }


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('orders: {since: {default: "000000123"}}', "`orders.since` names increment ids"),
        ('stores: {en: {orders: {since: {en: "100"}}}}', "names increment ids for the store view en"),
    ],
)
def test_increment_ids_need_a_date_beside_them(tmp_path: Path, lines: str, said: str) -> None:
    with pytest.raises(SinceUnknown) as caught:
        stock_since(profile(tmp_path, lines), [DANISH, HAWAII])
    assert "`stock.since` is not set" in str(caught.value)
    assert said in str(caught.value)
    assert "stock: {since: " in caught.value.hint
    stock_since(profile(tmp_path, f"{lines}\nstock: {{since: 2026-01-01}}"), [DANISH, HAWAII])


def test_an_unknown_time_zone_is_named(tmp_path: Path) -> None:
    with pytest.raises(SinceUnknown, match="store view default has the time zone `Mars`, which is not known"):
        stock_since(profile(tmp_path, ""), [replace(STORE, timezone="Mars")])


def test_nothing_is_written_before_every_views_orders_count(tmp_path: Path) -> None:
    since = stock_since(profile(tmp_path, "stock: {since: 2026-12-01}"), [DANISH, HAWAII])
    assert "2026-12-01 10:00 UTC" in not_begun(since, datetime(2026, 12, 1, 9, 59, tzinfo=UTC))
    assert not_begun(since, datetime(2026, 12, 1, 10, tzinfo=UTC)) == ""
