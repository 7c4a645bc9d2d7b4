"""What `pull stock` shows: each product as both systems have it, what is written, and what is left and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from cdc.models_stock import Stocked, Written
from mapping.money import ZERO
from mapping.stock import NOTHING_KNOWN, Basis, Decision, Known
from sync.pull.words import ABSENT, BY_HAND, advice_of, said_of

Outcome = Literal["written", "differs", "skipped", "absent", "same"]
"""`differs`: it would be written. `absent`: it is in one system only, which says that nothing is wrong."""

OUTCOMES: tuple[Outcome, ...] = ("written", "differs", "skipped", "absent", "same")

MOST_LINES = 2000
"""Lines that a request keeps in the state for the command that follows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One product in both systems. `standing` names why nothing is written, else it is empty; see `sync.pull.words`.

    `in_stock` and `available` are e-conomic's numbers, `asked_at` when their request was sent (aware UTC). `rows` and
    `decision` are None where Magento was not looked at, or e-conomic has no number. `known` goes by order id. `written`
    is what was written.
    """

    number: str
    sku: str = ""
    in_stock: Decimal | None = None
    available: Decimal | None = None
    asked_at: datetime | None = None
    rows: Stocked | None = None
    known: Mapping[int, Known] = field(default_factory=dict)
    decision: Decision | None = None
    standing: str = ""
    written: Written | None = None

    @property
    def outcome(self) -> Outcome:
        """What became of it, or would."""
        if self.written is not None:
            return "written"
        if self.standing:
            return "absent" if self.standing in ABSENT else "skipped"
        return "differs" if self.decision is not None and self.old != self.new else "same"

    @property
    def old(self) -> Decimal | None:
        """What Magento's row held."""
        if self.written is not None:
            return self.written.before
        return self.rows.quantity if self.rows is not None else None

    @property
    def new(self) -> Decimal | None:
        """What it holds now, or should hold; None where nothing can be written."""
        if self.written is not None:
            return self.written.after
        return self.decision.sum.quantity if self.decision is not None and not self.standing else None


def line_of(sight: Sight) -> dict[str, Any]:
    """A product in one line of `--json`. Quantities are texts, and null where there is none."""
    why = sight.standing or (BY_HAND if sight.rows is not None and sight.rows.by_hand else "")
    return {
        "sku": sight.sku,
        "number": sight.number,
        "outcome": sight.outcome,
        "old": quantity(sight.old),
        "new": quantity(sight.new),
        "why": why,
        "advice": f"{said_of(why)} {advice_of(why)}".strip() if why else "",
    }


def sum_of(sight: Sight, basis: Basis) -> dict[str, Any]:
    """How a product's number comes about, part by part; what is not known is null."""
    rows = sight.rows
    parts = None if sight.decision is None else sight.decision.sum
    return {
        "economic": {
            "basis": basis,
            "in_stock": quantity(sight.in_stock),
            "available": quantity(sight.available),
            "asked_at": None if sight.asked_at is None else sight.asked_at.isoformat(timespec="milliseconds"),
        },
        "orders": list(_orders(sight)),
        "offer": None if parts is None else quantity(parts.offer),
        "reserved": None if parts is None else quantity(parts.reserved),
        "in_flight": None if parts is None else quantity(parts.held),
        "quantity": None if parts is None else quantity(parts.quantity),
        "row": None
        if rows is None
        else {
            "quantity": quantity(rows.quantity),
            "in_stock": rows.in_stock,
            "by_hand": rows.by_hand,
            "managed": rows.managed,
            "decimals": rows.decimals,
            "backorders": rows.backorders,
            "min_quantity": quantity(rows.min_quantity),
        },
    }


def _orders(sight: Sight) -> Iterator[dict[str, Any]]:
    """The orders that are taken off, and what each of them is made of."""
    if sight.rows is None or sight.decision is None:
        return
    demands = {demand.order_id: demand for demand in sight.rows.demands}
    asked_at = sight.decision.sum.seen.asked_at
    for taken in sight.decision.sum.taken:
        demand, known = demands[taken.order_id], sight.known.get(taken.order_id, NOTHING_KNOWN)
        yield {
            "order": taken.increment_id,
            "id": taken.order_id,
            "ordered": quantity(demand.ordered),
            "cancelled": quantity(demand.cancelled),
            "refunded": quantity(known.taken_off),
            "booked": quantity(sum((one.quantity for one in known.booked if one.known_at < asked_at), ZERO)),
            "on_open_orders": quantity(known.on_open_orders),
            "taken_off": quantity(taken.quantity),
        }


def quantity(value: Decimal | None) -> str | None:
    """A quantity as text without zeros behind it: 5, 2.5; None stays."""
    if value is None:
        return None
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


@dataclass(slots=True)
class Report:
    """What one pull saw and did.

    `lines` are the shop's products that differ, were written or were left, and all where `sums` are asked for; see
    `line_of`. `left_out` counts lines beyond `most`, `sold_out` products that differ and would have nothing left to
    sell. `message` says what to do now.
    """

    dry_run: bool
    accepted: bool
    basis: Basis = "in_stock"
    sums: bool = False
    most: int = 10_000_000
    counts: Counter[str] = field(default_factory=Counter)
    standings: Counter[str] = field(default_factory=Counter)
    lines: list[dict[str, Any]] = field(default_factory=list)
    left_out: int = 0
    sold_out: int = 0
    message: str = ""

    def add(self, sight: Sight) -> None:
        """Take a product in."""
        self.counts[sight.outcome] += 1
        if sight.outcome == "differs" and sight.decision is not None and sight.old is not None and sight.old > 0:
            self.sold_out += sight.decision.sum.offer <= sight.decision.sum.held
        if sight.standing:
            self.standings[sight.standing] += 1
        if not self.sums and (sight.outcome == "same" or sight.standing == "only_economic"):
            return
        if len(self.lines) >= self.most:
            self.left_out += 1
            return
        line = line_of(sight)
        self.lines.append({**line, "sum": sum_of(sight, self.basis)} if self.sums else line)

    def as_json(self) -> dict[str, Any]:
        """The contract of `pull stock --json`."""
        return {
            "what": "stock",
            "dry_run": self.dry_run,
            "accepted": self.accepted,
            "products": {outcome: self.counts[outcome] for outcome in OUTCOMES},
            "left": dict(sorted(self.standings.items())),
            "lines": self.lines,
            "left_out": self.left_out,
            "message": self.message,
        }
