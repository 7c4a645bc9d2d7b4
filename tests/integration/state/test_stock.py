"""Stock rows: what is known of each product, remembered to the last decimal, in pages and in bulk."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from mapping.inflight import InFlight, Piece
from mapping.stock import Memory, Seen
from sync.state import State, StockRow
from tests.integration.state.given import NOW

D = Decimal
SOON = NOW + timedelta(microseconds=1)

FULL = StockRow(
    number="P-1",
    sku="p-1 ",
    product_id=17,
    standing="negative",
    told=True,
    seen=D("7.50"),
    seen_at=NOW,
    in_stock=D("7.50"),
    available=D("-3"),
    applied=D("6"),
    applied_at=NOW - timedelta(hours=1),
    applying=D("7.50"),
    applying_at=SOON,
    open=D("2.0000"),
    pieces=(Piece(quantity=D("1.0000"), since=NOW), Piece(quantity=D("0.5"), since=SOON)),
    before=D("4.0000"),
    quantity=D("5.5000"),
    written_at=SOON,
    writes=3,
)


def test_a_row_is_kept_to_the_last_decimal_and_microsecond(state: State) -> None:
    state.save_stock([StockRow(number="bare"), FULL])
    bare, full = state.stock_rows(["P-1", "bare", "p-1", "P-1"])[::-1]
    assert (full, str(full.open), str(full.pieces[0].quantity)) == (FULL, "2.0000", "1.0000")
    assert bare == StockRow(number="bare")
    state.save_stock([replace(FULL, seen=None, seen_at=None, pieces=(), told=False, product_id=None)])
    assert state.stock_rows(["P-1"]) == [replace(FULL, seen=None, seen_at=None, pieces=(), told=False, product_id=None)]


def test_rows_are_found_by_what_they_are_called_to_the_letter(state: State) -> None:
    rows = [
        StockRow(number="1", sku="ab", product_id=1),
        StockRow(number="2", sku="AB", product_id=2),
        StockRow(number="3", sku="ab ", product_id=2),
        StockRow(number="4", sku="🎁'\"%_", product_id=None),
    ]
    state.save_stock(rows)
    assert state.stock_rows(skus=["ab", "🎁'\"%_", "nowhere"]) == [rows[0], rows[3]]
    assert state.stock_rows(skus=["ab "]) == [rows[2]]
    assert state.stock_rows(product_ids={2}) == rows[1:3]
    assert state.stock_rows([]) == []
    with pytest.raises(ValueError):
        state.stock_rows()


def test_the_memory_goes_there_and_back() -> None:
    memory = FULL.memory
    assert memory == Memory(
        applied=Seen(quantity=D("6"), asked_at=NOW - timedelta(hours=1)),
        applying=Seen(quantity=D("7.50"), asked_at=SOON),
        in_flight=InFlight(FULL.pieces),
        open=D("2"),
    )
    assert StockRow(number="x").memory == Memory()
    assert StockRow(number="P-1").with_memory(memory).memory == memory
    assert FULL.with_memory(Memory()) == replace(
        FULL, applied=None, applied_at=None, applying=None, applying_at=None, open=D(0), pieces=()
    )


def test_standings_are_counted_and_writes_summed(state: State) -> None:
    assert (state.stock_counts(), state.stock_applied()) == ({}, 0)
    rows = [StockRow(number=f"{n}", standing="only_magento" if n % 2 else "", writes=n) for n in range(6)]
    state.save_stock(rows)
    assert state.stock_counts() == {"": 3, "only_magento": 3}
    assert state.stock_applied() == 15


def test_another_shop_in_the_same_state_sees_nothing_of_it(state: State, url: str) -> None:
    state.save_stock([FULL])
    state.mark_orders([17])
    with State.open(url, "other") as other:
        assert (other.stock_rows(["P-1"]), other.stock_pages(), other.stock_counts()) == ([], [], {})
        assert (other.stock_applied(), other.changed_orders()) == (0, [])
    assert state.stock_pages() == [FULL]


def test_a_thousand_rows_are_one_quick_commit_and_pages_do_not_slow_down(state: State) -> None:
    rows = [replace(FULL, number=f"P-{n:06d}", sku=f"S-{n}", product_id=n) for n in range(10_000)]
    slowest = 0.0
    for start in range(0, len(rows), 1_000):
        began = time.perf_counter()
        state.save_stock(rows[start : start + 1_000])
        slowest = max(slowest, time.perf_counter() - began)
    assert slowest < 2  # far above what it takes; what grows with the table would be slower still
    after, read = "", []
    while page := state.stock_pages(after, 4_000):
        read += page
        after = page[-1].number
    assert read == rows
