"""What `pull stock` says of each product, and whether there are words for every reason."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from cdc.models_stock import Demand, Reservation, Stocked, StockProduct, Written
from mapping.stock import Booked, Known, Memory, Seen, Since, decide
from sync.pull.printing import print_stock, print_stocktake
from sync.pull.report import Report, Sight, line_of, quantity, sum_of
from sync.pull.stocktake import Shelf, part_of, shelf_line
from sync.pull.words import BY_HAND, UNKNOWN, WORDS

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
SINCE = Since(otherwise=datetime(2026, 1, 1, tzinfo=UTC))

ROWS = Stocked(
    product=StockProduct(id=7, sku="MUG", type="simple"),
    quantity=Decimal("10.0000"),
    reserves=True,
    managed=True,
    decimals=False,
    backorders=False,
    min_quantity=Decimal(0),
    in_stock=True,
    by_hand=False,
    demands=(
        Demand(
            order_id=1,
            increment_id="000000001",
            store_id=1,
            created_at=NOW,
            state="processing",
            product_id=7,
            skus=frozenset({"MUG"}),
            ordered=Decimal("5.0000"),
            cancelled=Decimal("1.0000"),
            shipped=Decimal(0),
        ),
    ),
    reservations=(Reservation(stock_id=1, increment_id="000000001", order_ids=(1,), quantity=Decimal("-4.0000")),),
    stocks=(1,),
)
KNOWN = {1: Known(booked=(Booked(quantity=Decimal(1), known_at=datetime(2026, 12, 1, 11, tzinfo=UTC)),))}


def sight(rows: Stocked = ROWS, in_stock: str = "20", standing: str = "") -> Sight:
    seen = Seen(quantity=Decimal(in_stock), asked_at=NOW)
    decision = decide(rows, seen, Memory(), KNOWN, SINCE, NOW)
    return Sight(
        number="MUG",
        sku="MUG",
        in_stock=Decimal(in_stock),
        available=Decimal(in_stock),
        asked_at=NOW,
        rows=rows,
        known=KNOWN,
        decision=decision,
        standing=standing or decision.refused,
    )


def test_a_line_says_what_was_and_what_should_be() -> None:
    line = line_of(sight())
    assert (line["outcome"], line["old"], line["new"], line["why"]) == ("differs", "10", "21", "")
    assert line_of(sight(in_stock="9"))["outcome"] == "same"
    written = Written(before=Decimal(10), after=Decimal(21), was_in_stock=True, in_stock=True, held=0.01)
    line = line_of(replace(sight(rows=replace(ROWS, quantity=Decimal(21))), written=written))
    assert (line["outcome"], line["old"], line["new"]) == ("written", "10", "21")
    line = line_of(sight(in_stock="-1"))
    assert (line["outcome"], line["new"], line["why"]) == ("skipped", None, "negative")
    line = line_of(sight(rows=replace(ROWS, by_hand=True)))
    assert (line["outcome"], line["why"]) == ("differs", BY_HAND)


def test_the_sum_adds_up_and_says_what_each_order_is_made_of() -> None:
    said = sum_of(sight(), "in_stock")
    assert said["economic"] == {
        "basis": "in_stock",
        "in_stock": "20",
        "available": "20",
        "asked_at": "2026-12-01T12:00:00.000+00:00",
    }
    [order] = said["orders"]
    assert order == {
        "order": "000000001",
        "id": 1,
        "ordered": "5",
        "cancelled": "1",
        "refunded": "0",
        "booked": "1",
        "on_open_orders": "0",
        "taken_off": "3",
    }
    assert (said["offer"], said["reserved"], said["in_flight"], said["quantity"]) == ("17", "4", "0", "21")


def test_a_report_keeps_what_is_to_be_looked_at() -> None:
    report = Report(dry_run=True, accepted=False, most=2)
    for one in (
        sight(),
        sight(in_stock="9"),
        Sight(number="X", standing="only_economic"),
        Sight(number="Y", sku="Y", standing="only_magento"),
        sight(in_stock="-1"),
    ):
        report.add(one)
    said = report.as_json()
    assert said["products"] == {"written": 0, "differs": 1, "skipped": 1, "absent": 2, "same": 1}
    assert said["left"] == {"negative": 1, "only_economic": 1, "only_magento": 1}
    assert ([line["sku"] for line in said["lines"]], said["left_out"]) == (["MUG", "Y"], 1)


def test_people_read_the_sum_and_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(dry_run=True, accepted=True, sums=True)
    report.add(sight())
    report.add(sight(in_stock="0.5"))
    print_stock(report.as_json())
    said = capsys.readouterr().out
    for words in (
        "asked at 2026-12-01 12:00:00 UTC: in stock 20, available 20; `in stock` counts",
        "- 3 for order 000000001: ordered 5, cancelled 1, booked so far 1",
        "= 17 may be offered",
        "+ 4 that Magento's reservations",
        "= 21 should stand in Magento's row",
        "21 would be written.",
        "Nothing is written. The number has a fraction, and the product is sold in whole pieces. Set Qty Uses Decimals",
        "products: 1 differ, 1 left as they are",
    ):
        assert words in said


def test_people_read_the_stocktake(capsys: pytest.CaptureFixture[str]) -> None:
    since, demand = SINCE, replace(ROWS.demands[0], shipped=Decimal(3))
    shelf = Shelf([part for part in [part_of(demand, KNOWN[1], since)] if part is not None])
    assert [shelf.unshipped, shelf.unbooked] == [0, 2]
    waits = replace(demand, shipped=Decimal(0))
    assert Shelf([part for part in [part_of(waits, KNOWN[1], since)] if part is not None]).unshipped == 1
    assert part_of(replace(waits, state="complete"), KNOWN[1], since) is None, "nothing more leaves the shelf for it"
    assert part_of(demand, Known(skipped=True), since) is None
    print_stocktake({"lines": [shelf_line("MUG", "MUG", Decimal(20), NOW, shelf)]})
    said = " ".join(capsys.readouterr().out.split())
    assert "MUG 18 20 0 2 000000001 (1/3)" in said


@pytest.mark.parametrize(
    ("value", "text"), [("5.0000", "5"), ("2.50", "2.5"), ("0", "0"), ("-3.000", "-3"), ("100", "100"), ("1E+2", "100")]
)
def test_quantities_are_texts_without_zeros_behind_them(value: str, text: str) -> None:
    assert quantity(Decimal(value)) == text


def test_there_are_words_for_every_reason_and_the_docs_know_them() -> None:
    used = {BY_HAND, UNKNOWN}
    for path in ("mapping/stock.py", "sync/pull/stock.py", "sync/pull/apply.py", "sync/pull/matching.py"):
        text = (ROOT / path).read_text(encoding="utf-8")
        used |= set(re.findall(r'(?:return|else|if not why and|standing\(\w+(?:\.\w+)?,) "([a-z_]+)"', text))
        used |= set(re.findall(r'"([a-z]+_[a-z]+|composite|negative|fractional)"', text)) & set(WORDS)
    used -= {"written", "unchanged", "differs", "again", "in_stock", "available", "refused"}
    page = (ROOT / "docs/how-to/stock.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `([a-z_]+)`", page, re.MULTILINE))
    assert used - set(WORDS) == set()
    assert len(used) > 10, "the reasons in the sources were not recognised"
    assert explained == set(WORDS)


def test_what_would_be_sold_out_is_counted() -> None:
    report = Report(dry_run=True, accepted=False)
    for in_stock in ("20", "4", "3", "2"):  # three are sold and not booked
        report.add(sight(in_stock=in_stock))
    assert report.sold_out == 2
