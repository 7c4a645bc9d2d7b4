"""Row events: which keys they touch, and whether an update changed anything that can matter. Amounts are not decoded.

A row image is a bitmap of NULLs and then the values that are not NULL, one behind the other. For each pattern of NULLs
a plan says how to step over the values: runs of fixed width are one addition, only values with a length of their own
need a look. The key is read; everything else is compared as bytes.
"""

from __future__ import annotations

import codecs
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cdc.binlog_events import CRC_LENGTH, HEADER_LENGTH, INSERTS, ROWS_V2, UPDATES
from cdc.binlog_tables import (
    ENUM,
    INTEGERS,
    NEWDECIMAL,
    NUMBERS,
    OLD_TIMES,
    TEXTS,
    Column,
    TableMap,
    UnknownLayout,
    length_encoded,
)
from cdc.errors import UnreadableEvent
from cdc.watch import WatchedTable

INSERTED, DELETED = 1, 2
MAX_PLANS = 512

RowKey = int | str


@dataclass(slots=True)
class RowsSeen:
    """What the rows of one event say.

    `touches`: key as in the row -> INSERTED | DELETED of the key's own row. `raised`: keys whose stock rose.
    `memos`: (order, credit memo) of inserted credit memos. `rows` counts all, `unchanged` the updates that changed
    nothing outside the ignorable columns.
    """

    table: WatchedTable
    touches: dict[RowKey, int] = field(default_factory=dict)
    raised: list[RowKey] = field(default_factory=list)
    memos: list[tuple[int, int]] = field(default_factory=list)
    rows: int = 0
    unchanged: int = 0


class _Spot(NamedTuple):
    """Where a value lies: `offset` bytes behind the start of run number `run`; the rest is as in `Column`."""

    run: int
    offset: int
    width: int | None
    prefix: int
    signed: bool


@dataclass(frozen=True, slots=True)
class _Plan:
    """How to step over an image with one pattern of NULLs; spots are None for NULL.

    `steps`: (bytes of fixed width, bytes of the length that follows) for each value with a length; `tail`: the fixed
    bytes behind the last one. `cuts`: the ignorable values. `nulls`: the pattern without the ignorable columns.
    """

    steps: tuple[tuple[int, int], ...]
    tail: int
    key: _Spot | None
    memo: _Spot | None
    amount: _Spot | None
    cuts: tuple[_Spot, ...]
    nulls: int


class _Images:
    """Row images that hold `columns`: how to step over each, by its NULLs.

    `wanted` are the places in `columns` of key, memo and amount (None: nobody asks for it), `ignorable` those of
    columns whose change changes nothing.
    """

    def __init__(
        self, columns: Sequence[Column], wanted: tuple[int | None, int | None, int | None], ignorable: frozenset[int]
    ) -> None:
        self._columns = columns
        self._wanted = wanted
        self._ignorable = ignorable
        self._mask = sum(1 << i for i in range(len(columns)) if i not in ignorable)
        self._size = (len(columns) + 7) // 8
        self._plans: dict[bytes, _Plan] = {}

    def at(self, event: bytes, at: int) -> tuple[_Plan, list[int]]:
        """The plan of the image at `at`; where its values begin, where each one with a length ends, and its end."""
        begin = at + self._size
        bitmap = event[at:begin]
        plan = self._plans.get(bitmap)
        if plan is None:
            if len(self._plans) >= MAX_PLANS:
                self._plans.clear()
            plan = self._plans[bitmap] = self._plan(bitmap)
        at = begin
        starts = [at]
        for skip, prefix in plan.steps:
            at += skip
            if prefix == 1:
                at += 1 + event[at]
            elif prefix == 2:
                at += 2 + event[at] + (event[at + 1] << 8)
            else:
                at += prefix + int.from_bytes(event[at : at + prefix], "little")
            starts.append(at)
        starts.append(at + plan.tail)
        return plan, starts

    def _plan(self, bitmap: bytes) -> _Plan:
        nulls = int.from_bytes(bitmap, "little")
        steps: list[tuple[int, int]] = []
        spots: dict[int, _Spot] = {}
        run = 0
        for i, column in enumerate(self._columns):
            if nulls >> i & 1:
                continue
            spots[i] = _Spot(len(steps), run, column.width, column.prefix, not column.unsigned)
            if column.width is None:
                steps.append((run, column.prefix))
                run = 0
            else:
                run += column.width
        key, memo, amount = (None if i is None else spots.get(i) for i in self._wanted)
        return _Plan(
            tuple(steps),
            run,
            key,
            memo,
            amount,
            tuple(spots[i] for i in sorted(self._ignorable) if i in spots),
            nulls & self._mask,
        )


class Projection:
    """Reads the row events of one watched table as one TABLE_MAP describes it.

    Raises `UnreadableEvent` when the key's column is missing or cannot be one, and `UnknownLayout` where a column that
    has to be read is of a type that only mysql-replication reads.
    """

    def __init__(self, table: WatchedTable, layout: TableMap) -> None:
        self.table = table
        self._where = f"{layout.schema}.{layout.name}"
        self._columns = layout.columns
        self._size = (len(layout.columns) + 7) // 8
        self._heads: dict[bytes, _Images] = {}
        numbers = {column.name: i for i, column in enumerate(layout.columns)}
        if table.key not in numbers:
            raise UnreadableEvent(
                f"The table {self._where} has no column {table.key} in the binlog",
                hint="Is it Magento's own table? `magento-economic check` compares the layout.",
            )
        self._key = numbers[table.key]
        self._memo = numbers.get(table.memo or "")
        self._amount = numbers.get(table.quantity or table.signed_quantity or "")
        if table.text:
            self._needs(self._key, TEXTS, {ENUM}, "text")
            self._encoding = self._codec()
        else:
            self._needs(self._key, INTEGERS, NUMBERS | TEXTS, "an integer")
        if self._memo is not None:
            self._needs(self._memo, INTEGERS, NUMBERS | TEXTS, "an integer")
        if self._amount is not None:
            self._needs(self._amount, {NEWDECIMAL}, NUMBERS | TEXTS, "a number")
        self._ignorable = frozenset(numbers[name] for name in table.ignorable if name in numbers)

    def _needs(self, number: int, here: Collection[int], library: Collection[int], what: str) -> None:
        column = self._columns[number]
        if column.type in here:
            return
        error = UnknownLayout if column.type in library else UnreadableEvent
        raise error(f"The column {self._where}.{column.name} is not {what} (its type in the binlog is {column.type})")

    def _codec(self) -> str:
        column = self._columns[self._key]
        try:
            return codecs.lookup(column.charset).name
        except LookupError:
            raise UnreadableEvent(
                f"The column {self._where}.{column.name} has the character set {column.charset}, which Python lacks",
                hint="ALTER TABLE ... MODIFY it to utf8mb4, as Magento has it.",
            ) from None

    def read(self, event_type: int, event: bytes) -> RowsSeen:
        """The rows of an event, given from its header to its CRC, which fits.

        Raises `UnreadableEvent` when images are not complete, and `UnknownLayout` when they do not add up to the
        event's length.
        """
        seen = RowsSeen(self.table, {}, [], [])
        at = HEADER_LENGTH + 8  # behind table id and flags
        if event_type in ROWS_V2:
            at += event[at] | event[at + 1] << 8
        count = 2 if event_type in UPDATES else 1
        begin = at + (1 if event[at] < 251 else 3) + count * self._size
        head = event[at:begin]
        found = self._heads.get(head)
        if found is None:
            found = self._heads[head] = self._images(head)
        try:
            if count == 2:
                self._updates(found, event, begin, seen)
            else:
                self._others(found, event, begin, seen, event_type in INSERTS)
        except IndexError:
            raise self._torn() from None
        return seen

    def _images(self, head: bytes) -> _Images:
        """What the images hold: `head` is the number of columns, then a bit for each of them and image.

        MariaDB 11 leaves generated columns out of a FULL image. What both images of an update lack did not change.
        """
        count, at = length_encoded(head, 0)
        if count != len(self._columns):
            raise UnreadableEvent(f"A row event of {self._where} has {count} columns instead of {len(self._columns)}")
        bits = [
            int.from_bytes(head[begin : begin + self._size], "little") & (1 << count) - 1
            for begin in range(at, len(head), self._size)
        ]
        places = {number: place for place, number in enumerate(i for i in range(count) if bits[0] >> i & 1)}
        wanted = (self._key, self._memo, self._amount)
        if len(set(bits)) > 1 or any(number is not None and number not in places for number in wanted):
            raise UnreadableEvent(
                f"A row event of {self._where} lacks columns (binlog_row_image was not FULL)",
                hint="Set binlog_row_image=FULL, also in the sessions of applications that set it themselves.",
            )
        key, memo, amount = (None if number is None else places[number] for number in wanted)
        return _Images(
            [self._columns[number] for number in places],
            (key, memo, amount),
            frozenset(places[number] for number in self._ignorable if number in places),
        )

    def _torn(self) -> UnknownLayout:
        old = ", ".join(column.name for column in self._columns if column.type in OLD_TIMES)
        return UnknownLayout(
            f"A row event of {self._where} does not add up: a column takes other space than its type says"
            + (f" (of an old temporal type: {old})" if old else ""),
            hint="Temporal columns from before MySQL 5.6 or MariaDB 10.1 with fractions? ALTER TABLE ... FORCE them.",
        )

    def _others(self, images: _Images, event: bytes, at: int, seen: RowsSeen, inserted: bool) -> None:
        table, touches, end = self.table, seen.touches, len(event) - CRC_LENGTH
        flag = (INSERTED if inserted else DELETED) if table.own else 0
        while at < end:
            plan, starts = images.at(event, at)
            at = starts[-1]
            seen.rows += 1
            key = self._key_of(event, plan, starts)
            if key is None:
                continue
            if table.kind is not None:
                touches[key] = touches.get(key, 0) | flag
            if not inserted:
                continue
            if table.memo:
                memo = _integer(event, plan.memo, starts)
                if memo is not None and isinstance(key, int):
                    seen.memos.append((key, memo))
            elif table.raises and _positive(_bytes(event, plan.amount, starts)):
                seen.raised.append(key)
        if at != end:
            raise self._torn()

    def _updates(self, images: _Images, event: bytes, at: int, seen: RowsSeen) -> None:
        table, touches, end = self.table, seen.touches, len(event) - CRC_LENGTH
        while at < end:
            before, old_starts = images.at(event, at)
            after, new_starts = images.at(event, old_starts[-1])
            at = new_starts[-1]
            seen.rows += 1
            old, new = self._key_of(event, before, old_starts), self._key_of(event, after, new_starts)
            if table.quantity and new is not None:
                was, now = _bytes(event, before.amount, old_starts), _bytes(event, after.amount, new_starts)
                if _positive(now) if was is None else (now is not None and now > was):
                    seen.raised.append(new)
            if before.nulls == after.nulls and _kept(event, before, old_starts) == _kept(event, after, new_starts):
                seen.unchanged += 1
                continue
            if table.kind is None:
                continue
            if new is not None:
                touches.setdefault(new, 0)
            if old is not None and old != new:
                touches.setdefault(old, 0)
        if at != end:
            raise self._torn()

    def _key_of(self, event: bytes, plan: _Plan, starts: list[int]) -> RowKey | None:
        if not self.table.text:
            return _integer(event, plan.key, starts)
        value = _bytes(event, plan.key, starts)
        return None if value is None else value.decode(self._encoding, "replace")


def _bytes(event: bytes, spot: _Spot | None, starts: list[int]) -> bytes | None:
    if spot is None:
        return None
    run, offset, width, prefix, _ = spot
    begin = starts[run] + offset
    return event[begin + prefix : starts[run + 1]] if width is None else event[begin : begin + width]


def _integer(event: bytes, spot: _Spot | None, starts: list[int]) -> int | None:
    if spot is None:
        return None
    begin = starts[spot.run] + spot.offset
    return int.from_bytes(event[begin : begin + spot.width], "little", signed=spot.signed)  # type: ignore[operator]


def _kept(event: bytes, plan: _Plan, starts: list[int]) -> bytes:
    """An image's values without the ignorable ones."""
    at = starts[0]
    if not plan.cuts:
        return event[at : starts[-1]]
    pieces = []
    for cut in plan.cuts:
        begin = starts[cut.run] + cut.offset
        pieces.append(event[at:begin])
        at = starts[cut.run + 1] if cut.width is None else begin + cut.width
    pieces.append(event[at : starts[-1]])
    return b"".join(pieces)


def _positive(decimal: bytes | None) -> bool:
    """Whether a DECIMAL's bytes are above zero: its first bit is set for positive numbers; zero is that bit alone."""
    return decimal is not None and decimal[0] >= 0x80 and (decimal[0] > 0x80 or any(decimal[1:]))
