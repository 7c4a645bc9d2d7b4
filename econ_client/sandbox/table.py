"""A table of documents by number, with a slower second view for collections."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from econ_client.sandbox.clock import Clock
from econ_client.sandbox.textindex import TextIndex
from econ_client.sandbox.wire import Doc, getter

K = TypeVar("K", int, str, tuple[int, int], tuple[int, str], tuple[str, str])
Watch = Callable[[K, Doc | None, Doc | None], None]


class Table(Generic[K]):
    """Documents by key. A stored document is never changed in place: `put` replaces it.

    Single look-ups see every write at once; `listed` sees it after `delay()` seconds.
    `version` counts the writes. `watch` is called with (key, before, after) of each. `searched` names text properties
    that collections are often searched by.
    """

    def __init__(
        self,
        clock: Clock,
        delay: Callable[[], float],
        watch: Watch[K] | None = None,
        searched: tuple[str, ...] = (),
    ) -> None:
        self._clock = clock
        self._delay = delay
        self._watch: Watch[K] | None = watch
        self.version = 0
        self._rows: dict[K, Doc] = {}
        self._listed: dict[K, Doc] = {}
        self._indexes: dict[str, TextIndex[K]] = {name: TextIndex(getter(name)) for name in searched}
        self._in_order: list[tuple[K, Doc]] | None = None
        self._unseen: deque[tuple[float, K, Doc | None]] = deque()

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, key: K) -> Doc | None:
        """The document, or None."""
        return self._rows.get(key)

    def put(self, key: K, doc: Doc) -> None:
        """Store or replace."""
        before = self._rows.get(key)
        self._rows[key] = doc
        self._note(key, doc)
        if self._watch:
            self._watch(key, before, doc)

    def remove(self, key: K) -> Doc:
        """Take out and return. Raises KeyError."""
        doc = self._rows.pop(key)
        self._note(key, None)
        if self._watch:
            self._watch(key, doc, None)
        return doc

    def rows(self) -> list[tuple[K, Doc]]:
        """All as they are now."""
        return list(self._rows.items())

    def listed(self) -> list[tuple[K, Doc]]:
        """All as a collection shows them."""
        self._reveal()
        return list(self._listed.items())

    def ordered(self) -> list[tuple[K, Doc]]:
        """All as a collection shows them, by key. The list is shared: it must not be changed."""
        self._reveal()
        if self._in_order is None:
            self._in_order = sorted(self._listed.items(), key=lambda row: row[0])
        return self._in_order

    def narrowed(self, name: str, needle: str) -> list[tuple[K, Doc]] | None:
        """Of what a collection shows, by key, what may hold `needle` (case folded) in `name`; None without an index."""
        self._reveal()
        index = self._indexes.get(name)
        keys = index.candidates(needle) if index else None
        return None if keys is None else [(key, self._listed[key]) for key in sorted(keys)]

    def listed_count(self) -> int:
        """How many a collection shows."""
        self._reveal()
        return len(self._listed)

    def free_number(self: Table[int], first: int = 1) -> int:
        """One above the highest, so that the highest number is given again after its document was deleted."""
        number = max(self._rows, default=first - 1) + 1
        if number <= 999_999_999:
            return number
        return next(n for n in range(first, 1_000_000_000) if n not in self._rows)

    def _note(self, key: K, doc: Doc | None) -> None:
        self.version += 1
        self._unseen.append((self._clock.monotonic(), key, doc))
        if not self._delay():
            self._reveal()

    def _reveal(self) -> None:
        before = self._clock.monotonic() - self._delay()
        while self._unseen and self._unseen[0][0] <= before:
            _, key, doc = self._unseen.popleft()
            self._in_order = None
            before_doc = self._listed.pop(key, None) if doc is None else self._listed.get(key)
            if doc is not None:
                self._listed[key] = doc
            for index in self._indexes.values():
                if before_doc is not None:
                    index.remove(key, before_doc)
                if doc is not None:
                    index.add(key, doc)
