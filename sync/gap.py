"""After a gap in the binlog: whatever may have changed meanwhile is looked at again, and so compared with the books.

Three nets, for each alone has holes:

* rows that say by their own time that they changed since the last good moment, and documents of orders likewise;
* ids beyond the greatest known one: what came into being, whatever the clocks said;
* every known key: an edited address, a base price, a deleted row leave no time behind. Of orders whose documents are
  all final it is compared in bulk whether they are there, and are the same, still.

A look costs no call where nothing changed. The gap is noted in the commit that moves the position, and the note says
when all of it was enqueued: a process that dies meanwhile begins anew.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cdc.gap import Who
from cdc.keys import Key, Kind
from cdc.shop import Shop
from sync.state.changes import SKIPPED_BY_HAND, Klass
from sync.state.links import Link
from sync.state.positions import StoredPosition
from sync.state.state import State
from sync.state.tasks import TaskRow

log = logging.getLogger("magento_economic.capture")

MARGIN = timedelta(minutes=10)
_FINAL = frozenset({"invoice_booked", "credit_note_booked", "order_archived", "voucher"})
_CLOCKS = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One gap. Times are aware UTC by this machine's clock.

    Everything up to `since` was read. `other_log`: people adopted another server, whose ids may be other entities'.
    `doubted`: a clock was wrong when the position was stored, so `since` proves nothing and no order is spared its
    look. `looked_at` counts the enqueued keys by kind; `done_at` is None until all are.
    """

    found_at: datetime
    since: datetime
    why: str
    other_log: bool = False
    doubted: bool = False
    done_at: datetime | None = None
    looked_at: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def after(cls, stored: StoredPosition, now: datetime, why: str, *, other_log: bool = False) -> Gap:
        """The gap after a stored position."""
        committed_at = stored.committed_at or stored.stored_at
        return cls(
            found_at=now,
            since=min(committed_at, stored.stored_at, now) - MARGIN,
            why=why,
            other_log=other_log,
            doubted=max(committed_at, stored.stored_at) > now + _CLOCKS,
        )

    @classmethod
    def load(cls, note: str) -> Gap | None:
        """The gap of a note; None for an empty one."""
        if not note:
            return None
        told: dict[str, Any] = json.loads(note)
        for name in ("found_at", "since", "done_at"):
            told[name] = datetime.fromisoformat(told[name]) if told[name] else None
        return cls(**told)

    def dump(self) -> str:
        """As a note."""
        told = asdict(self)
        return json.dumps({k: v.isoformat() if isinstance(v, datetime) else v for k, v in told.items()})

    def as_json(self) -> dict[str, Any]:
        """As `status` says it."""
        return {
            "found_at": self.found_at.isoformat(),
            "since": self.since.isoformat(),
            "why": self.why,
            "done_at": self.done_at.isoformat() if self.done_at else None,
            "looked_at": dict(self.looked_at),
        }


def look_at(state: State, shop: Shop, kinds: Collection[Kind], gap: Gap, may_go_on: Callable[[], bool]) -> Gap | None:
    """Enqueue everything that a gap may have changed, and note it; None when `may_go_on` said no.

    Nothing is admitted: what is from before the go-live line stays out. Raises the errors of `cdc.errors` and
    `sync.state.errors`.
    """
    entities = [kind for kind in kinds if kind != "stock"]
    # before anything is enqueued, for that would be known too
    highest: dict[Kind, int | None] = {kind: state.highest_id(kind) for kind in entities}
    told: dict[Kind, set[int]] = {kind: set() for kind in entities}
    for keys, klass in _found(state, shop, entities, gap, highest):
        if not may_go_on():
            return None
        new = [key for key in keys if int(key.id) not in told[key.kind]]
        state.enqueue(new, klass, reason="gap")
        for key in new:
            told[key.kind].add(int(key.id))
    if "stock" in kinds:
        state.look_at_all("stock")
    done = replace(gap, done_at=datetime.now(UTC), looked_at={kind: len(ids) for kind, ids in told.items() if ids})
    state.note_gap(done.dump())
    return done


def _found(
    state: State, shop: Shop, kinds: Collection[Kind], gap: Gap, highest: Mapping[Kind, int | None]
) -> Iterator[tuple[list[Key], Klass]]:
    for page in shop.changed_since(gap.since, kinds):
        yield page, _class(page)
    for kind, known in highest.items():
        if known is not None:
            for page in shop.newer_than(kind, known):
                yield page, _class(page)
    for kind in kinds:
        for page in state.known_keys(kind):
            known_page = [key for key in page if key.id.isdecimal()]
            if kind == "order":
                known_page = _orders(state, shop, known_page, gap)
            if known_page:
                yield known_page, Klass.BACKFILL


def _class(page: list[Key]) -> Klass:
    """Orders that changed are as urgent as ever; debtors and products may be the whole catalog."""
    return Klass.ORDER if page[0].kind == "order" else Klass.BACKFILL


def _orders(state: State, shop: Shop, page: list[Key], gap: Gap) -> list[Key]:
    """The known orders that need a look: all but those that are the same still and whose documents are final."""
    links = state.links_of(page)
    tasks = {task.key: task for task in state.tasks(keys=page, limit=len(page))}
    there = shop.orders_there([int(key.id) for key in page])
    if gap.other_log:
        _let_go(state, tasks, there)
    if gap.other_log or gap.doubted:
        return page
    return [
        key
        for key in page
        if key in tasks
        or any(link.document not in _FINAL for link in links.get(key, {}).values())
        or not _same(links.get(key, {}), there.get(int(key.id)))
    ]


def _same(links: Mapping[str, Link], who: Who | None) -> bool:
    if who is None:
        return False
    identities = [link.identity for link in links.values() if link.identity]
    now = {"increment_id": who.increment_id, "created_at": who.created_at.isoformat()}
    return all(identity.get(name) == value for identity in identities for name, value in now.items())


def _let_go(state: State, tasks: Mapping[Key, TaskRow], there: Mapping[int, Who]) -> None:
    """What a person skipped was another order, when the one that has its id now was placed after it was seen."""
    others = [
        key
        for key, task in tasks.items()
        if (task.state, task.reason) == ("skipped", SKIPPED_BY_HAND)
        and (who := there.get(int(key.id))) is not None
        and (who.created_at > task.first_seen + _CLOCKS or task.reference not in ("", who.increment_id))
    ]
    if others:
        state.retry(others)
        log.warning("%d orders that were skipped by hand are others now, and are looked at", len(others))
