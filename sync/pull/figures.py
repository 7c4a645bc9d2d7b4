"""How the pull stands: for `status`, from the state alone, and for the service's metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sync.metrics import Metrics
from sync.pull.acceptance import accepted
from sync.pull.budget import used_today
from sync.pull.report import quantity
from sync.pull.seeing import POLLED
from sync.pull.sweep import read_note
from sync.state.state import State
from sync.state.stock import StockRow

TOLD = 10
"""Of so many of the latest writes `status` tells."""

FOLLOWED = 100
"""Of so many of them the metrics tell: a label for each of a shop's products would be too many."""

STANDINGS = ("only_economic", "only_magento")
"""Those that are always told, also when there is none."""


def pull_status(state: State, said: Mapping[str, Any]) -> dict[str, Any]:
    """The part `pull` of `status --json`. `said` is what the running service says of its pull, empty when none runs."""
    note = read_note(state)
    waiting, _ = state.stock_waiting()
    return {
        "last_poll": _iso(state.since(POLLED)),
        "last_sweep": _iso(note.ended),
        "applied": state.stock_applied(),
        "accepted": accepted(state),
        "resting": said.get("resting", "no service runs"),
        "waiting": {"orders": state.orders_waiting(), "products": waiting, "webhooks": said.get("waiting", 0)},
        "next_sweep": said.get("next_sweep"),
        "unannounced": note.unannounced,
        "calls": {"today": used_today(state, state.now()), "limit": said.get("limit")},
        "standings": standings(state),
        "latest": [product(row) for row in state.stock_latest(TOLD)],
    }


def product(row: StockRow) -> dict[str, Any]:
    """What was last seen of a product's stock in e-conomic, and what the last write found in Magento and left there."""
    return {
        "sku": row.sku,
        "number": row.number,
        "standing": row.standing,
        "in_stock": quantity(row.in_stock),
        "available": quantity(row.available),
        "seen_at": _iso(row.seen_at),
        "from": quantity(row.before),
        "to": quantity(row.quantity),
        "written_at": _iso(row.written_at),
        "writes": row.writes,
    }


def products_called(state: State, ref: str) -> list[dict[str, Any]]:
    """The same of the products with this SKU, or this number in e-conomic; none where nothing is known."""
    return [product(row) for row in state.stock_rows(skus=[ref]) or state.stock_rows(numbers=[ref])]


def standings(state: State) -> dict[str, int]:
    """How many products are written (`fine`), in one system only, or refused, by reason."""
    counts = state.stock_counts()
    fine = counts.pop("", 0)
    return {"fine": fine, **dict.fromkeys(STANDINGS, 0), **counts}


class PullFigures:
    """Keeps the metrics of the pull. The counts of standings read every row, so they are taken now and then."""

    EVERY = 15

    def __init__(self, state: State, metrics: Metrics) -> None:
        self._state = state
        self._metrics = metrics
        self._rounds = 0
        self._received = 0
        self._told: set[str] = set()

    def take(self, received: int, named: int) -> None:
        """Read the figures. `received` webhooks so far, and `named` products of them wait."""
        state, metrics = self._state, self._metrics
        metrics.webhooks.inc(received - self._received)
        self._received = received
        if not accepted(state):
            return
        note, now = read_note(state), state.now()
        for gauge, at in ((metrics.pull_poll_age, state.since(POLLED)), (metrics.pull_sweep_age, note.ended)):
            if at is not None:
                gauge.set(max(0.0, (now - at).total_seconds()))
        metrics.pull_calls.set(used_today(state, now))
        metrics.pull_unannounced.set(note.unannounced)
        metrics.pull_waiting.labels("webhooks").set(named)
        metrics.pull_waiting.labels("products").set(state.stock_waiting()[0])
        metrics.pull_waiting.labels("orders").set(state.orders_waiting())
        if self._rounds % self.EVERY == 0:
            counts = standings(state)
            self._told |= counts.keys()
            for standing in self._told:
                metrics.pull_products.labels(standing).set(counts.get(standing, 0))
        self._follow(state.stock_latest(FOLLOWED))
        self._rounds += 1

    def _follow(self, rows: Sequence[StockRow]) -> None:
        """What was seen and written of the products that were written last."""
        gauges = (self._metrics.pull_seen, self._metrics.pull_written, self._metrics.pull_written_at)
        for gauge in gauges:
            gauge.clear()
        for row in rows:
            if row.seen is not None and row.quantity is not None and row.written_at is not None:
                seen, written, at = gauges
                seen.labels(row.sku).set(float(row.seen))
                written.labels(row.sku).set(float(row.quantity))
                at.labels(row.sku).set(row.written_at.timestamp())


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds")
