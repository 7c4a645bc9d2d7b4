"""The state as a dry run uses it: what is there is read, what would be written stays in memory.

So a dry run needs no lock, runs beside the service, and leaves no trace that acceptance would build on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, cast

from sync.pull.acceptance import accepted
from sync.pull.ledger import FILLED, NEWEST
from sync.state.state import State
from sync.state.stocklines import StockLine

_MOST = 100_000


def dry(state: State, orders_after: Callable[[int], Iterable[int]]) -> State:
    """The state without writes of stock. Before acceptance, orders count as not read yet.

    After it, what capture has not told the state yet (it may not run) is looked at too: `orders_after` gives the ids of
    the orders beyond an id.
    """
    return cast(State, _Dry(state, orders_after))


class _Dry:
    """Everything that is not named here is the state's own."""

    def __init__(self, state: State, orders_after: Callable[[int], Iterable[int]]) -> None:
        self._state = state
        self._orders_after = orders_after
        self._kept = accepted(state)
        self._notes: dict[str, str] = {} if self._kept else {FILLED: "0", NEWEST: "0"}
        self._lines: dict[int, dict[int, StockLine]] = defaultdict(dict)
        self._replaced: set[int] = set()
        self._changed: list[tuple[int, int]] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._state, name)

    def get(self, name: str) -> str | None:
        return self._notes.get(name) or self._state.get(name)

    def put(self, name: str, value: str, by: str = "") -> None:
        self._notes[name] = value

    def changed_orders(self, limit: int) -> list[tuple[int, int]]:
        if self._changed is None:
            told = dict(self._state.changed_orders(_MOST)) if self._kept else {}
            newer = self._orders_after(int(self.get(NEWEST) or 0))
            self._changed = sorted({**dict.fromkeys(newer, 0), **told}.items())
        some, self._changed = self._changed[:limit], self._changed[limit:]
        return some

    def mark_ledger(self) -> None:
        self._notes[FILLED] = "0"

    def look_at_all(self, kind: str) -> None:
        return

    def forget_seen(self, *, rows: bool = False) -> None:
        return

    def orders_done(self, processed: Sequence[tuple[int, int]]) -> None:
        return

    def settle_orders(self, processed: Sequence[tuple[int, int]], lines: Sequence[StockLine], *_tasks: object) -> None:
        self._replaced |= {order for order, _ in processed}
        for line in lines:
            self._lines[line.product_id][line.order_id] = line

    def lines_of(self, product_ids: Collection[int]) -> dict[int, list[StockLine]]:
        stored = self._state.lines_of(product_ids) if self._kept else {}
        return {
            product: [
                *(line for line in stored.get(product, ()) if line.order_id not in self._replaced),
                *self._lines.get(product, {}).values(),
            ]
            for product in product_ids
        }

    def products_of(self, order_ids: Collection[int]) -> set[int]:
        return set()

    def drop_lines(self, gone: Sequence[tuple[int, int]]) -> None:
        return

    def save_stock(self, rows: Sequence[object]) -> None:
        return
