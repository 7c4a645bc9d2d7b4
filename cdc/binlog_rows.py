"""Row events: which keys they touch, and whether an update changed anything that can matter. Amounts are not decoded.

A row image is a bitmap of NULLs and then the values that are not NULL, one behind the other. For each pattern of NULLs
a plan says how to step over the values: runs of fixed width are one addition, only values with a length of their own
need a look. The key is read; everything else is compared as bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cdc.binlog_events import INSERTS, ROWS_V2, UPDATES
from cdc.binlog_tables import INTEGERS, NEWDECIMAL, Column, TableMap, length_encoded
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


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a value lies: `offset` bytes behind the start of run number `run`."""

    run: int
    offset: int
    column: Column


@dataclass(frozen=True, slots=True)
class _Plan:
    """How to step over an image with one pattern of NULLs; spots are None for NULL.

    `steps`: (bytes of fixed width, bytes of the length that follows) for each value with a length; `tail`: the fixed
    bytes behind the last one. `cuts`: the ignorable values. `nulls`: the pattern without the ignorable columns.
    """

    steps: tuple[tuple[int, int], ...]
    tail: int
    spots: tuple[_Spot | None, ...]
    cuts: tuple[_Spot, ...]
    nulls: int


@dataclass(slots=True)
class _Image:
    begin: int
    starts: list[int]
    end: int
    plan: _Plan


class Projection:
    """Reads the row events of one watched table as one TABLE_MAP describes it.

    Raises `UnreadableEvent` when the key's column is missing or of another type.
    """

    def __init__(self, table: WatchedTable, layout: TableMap) -> None:
        self.table = table
        self._layout = layout
        self._plans: dict[bytes, _Plan] = {}
        self._columns = layout.columns
        numbers = {column.name: i for i, column in enumerate(layout.columns)}
        self._where = f"{layout.schema}.{layout.name}"
        key = numbers.get(table.key)
        if key is None:
            raise UnreadableEvent(
                f"The table {self._where} has no column {table.key} in the binlog",
                hint="Is it Magento's own table? `magento-economic check` compares the layout.",
            )
        column = layout.columns[key]
        if (column.width is not None) if table.text else (column.type not in INTEGERS):
            raise UnreadableEvent(
                f"The column {self._where}.{table.key} is not {'text' if table.text else 'an integer'}"
            )
        amount = numbers.get(table.quantity or table.signed_quantity or "")
        if amount is not None and layout.columns[amount].type != NEWDECIMAL:
            amount = None
        self._wanted = (key, numbers.get(table.memo or ""), amount)
        self._ignorable = frozenset(numbers[name] for name in table.ignorable if name in numbers)
        self._mask = (1 << len(layout.columns)) - 1
        for i in self._ignorable:
            self._mask &= ~(1 << i)

    def read(self, event_type: int, body: bytes) -> RowsSeen:
        """The rows of an event; `body` is the whole body without CRC.

        Raises `UnreadableEvent` when an image is not complete or does not add up to the event's length.
        """
        seen = RowsSeen(self.table)
        at = 8
        if event_type in ROWS_V2:
            at += int.from_bytes(body[8:10], "little")
        count, at = length_encoded(body, at)
        size = (count + 7) // 8
        images = 2 if event_type in UPDATES else 1
        if count != len(self._columns):
            raise UnreadableEvent(f"A row event of {self._where} has {count} columns instead of {len(self._columns)}")
        for _ in range(images):
            if int.from_bytes(body[at : at + size], "little") & ((1 << count) - 1) != (1 << count) - 1:
                raise UnreadableEvent(
                    f"A row event of {self._where} lacks columns (binlog_row_image was not FULL)",
                    hint="Set binlog_row_image=FULL, also in the sessions of applications that set it themselves.",
                )
            at += size
        try:
            if event_type in UPDATES:
                self._updates(body, at, size, seen)
            else:
                self._others(body, at, size, seen, event_type in INSERTS)
        except IndexError:
            raise self._torn() from None
        return seen

    def _torn(self) -> UnreadableEvent:
        return UnreadableEvent(
            f"A row event of {self._where} does not add up: a column takes other space than its type says",
            hint="Temporal columns from before MySQL 5.6 or MariaDB 10.1 with fractions? ALTER TABLE ... FORCE them.",
        )

    def _others(self, body: bytes, at: int, size: int, seen: RowsSeen, inserted: bool) -> None:
        table, touches = self.table, seen.touches
        flag = (INSERTED if inserted else DELETED) if table.own else 0
        while at < len(body):
            image = self._image(body, at, size)
            at = image.end
            seen.rows += 1
            key = self._key(body, image)
            if key is None:
                continue
            if table.kind is not None:
                touches[key] = touches.get(key, 0) | flag
            if not inserted:
                continue
            if table.memo:
                memo = self._integer(body, image, 1)
                if memo is not None and isinstance(key, int):
                    seen.memos.append((key, memo))
            elif table.raises and _positive(self._bytes(body, image, 2)):
                seen.raised.append(key)
        if at != len(body):
            raise self._torn()

    def _updates(self, body: bytes, at: int, size: int, seen: RowsSeen) -> None:
        table, touches = self.table, seen.touches
        while at < len(body):
            before = self._image(body, at, size)
            after = self._image(body, before.end, size)
            at = after.end
            seen.rows += 1
            old, new = self._key(body, before), self._key(body, after)
            if table.quantity and new is not None:
                was, now = self._bytes(body, before, 2), self._bytes(body, after, 2)
                if _positive(now) if was is None else (now is not None and now > was):
                    seen.raised.append(new)
            if self._same(body, before, after):
                seen.unchanged += 1
                continue
            if table.kind is None:
                continue
            if new is not None:
                touches.setdefault(new, 0)
            if old is not None and old != new:
                touches.setdefault(old, 0)
        if at != len(body):
            raise self._torn()

    def _image(self, body: bytes, at: int, size: int) -> _Image:
        bitmap = body[at : at + size]
        plan = self._plans.get(bitmap)
        if plan is None:
            if len(self._plans) >= MAX_PLANS:
                self._plans.clear()
            plan = self._plans[bitmap] = self._plan(bitmap)
        begin = at = at + size
        starts = [at]
        for skip, prefix in plan.steps:
            at += skip
            if prefix == 1:
                at += 1 + body[at]
            elif prefix == 2:
                at += 2 + body[at] + (body[at + 1] << 8)
            else:
                at += prefix + int.from_bytes(body[at : at + prefix], "little")
            starts.append(at)
        return _Image(begin, starts, at + plan.tail, plan)

    def _plan(self, bitmap: bytes) -> _Plan:
        nulls = int.from_bytes(bitmap, "little")
        steps: list[tuple[int, int]] = []
        spots: dict[int, _Spot] = {}
        run = 0
        for i, column in enumerate(self._columns):
            if nulls >> i & 1:
                continue
            spots[i] = _Spot(len(steps), run, column)
            if column.width is None:
                steps.append((run, column.prefix))
                run = 0
            else:
                run += column.width
        return _Plan(
            tuple(steps),
            run,
            tuple(None if i is None else spots.get(i) for i in self._wanted),
            tuple(spots[i] for i in sorted(self._ignorable) if i in spots),
            nulls & self._mask,
        )

    def _bytes(self, body: bytes, image: _Image, which: int) -> bytes | None:
        spot = image.plan.spots[which]
        if spot is None:
            return None
        begin = image.starts[spot.run] + spot.offset
        if spot.column.width is None:
            return body[begin + spot.column.prefix : image.starts[spot.run + 1]]
        return body[begin : begin + spot.column.width]

    def _integer(self, body: bytes, image: _Image, which: int) -> int | None:
        value = self._bytes(body, image, which)
        spot = image.plan.spots[which]
        return (
            None if value is None or spot is None else int.from_bytes(value, "little", signed=not spot.column.unsigned)
        )

    def _key(self, body: bytes, image: _Image) -> RowKey | None:
        if not self.table.text:
            return self._integer(body, image, 0)
        value = self._bytes(body, image, 0)
        spot = image.plan.spots[0]
        return None if value is None or spot is None else value.decode(spot.column.charset, "replace")

    def _same(self, body: bytes, before: _Image, after: _Image) -> bool:
        if before.plan.nulls != after.plan.nulls:
            return False
        if not self._ignorable:
            return body[before.begin : before.end] == body[after.begin : after.end]
        return _without_cuts(body, before) == _without_cuts(body, after)


def _without_cuts(body: bytes, image: _Image) -> bytes:
    pieces = []
    at = image.begin
    for cut in image.plan.cuts:
        begin = image.starts[cut.run] + cut.offset
        pieces.append(body[at:begin])
        at = image.starts[cut.run + 1] if cut.column.width is None else begin + cut.column.width
    pieces.append(body[at : image.end])
    return b"".join(pieces)


def _positive(decimal: bytes | None) -> bool:
    """Whether a DECIMAL's bytes are above zero: its first bit is set for positive numbers; zero is that bit alone."""
    return decimal is not None and decimal[0] >= 0x80 and (decimal[0] > 0x80 or any(decimal[1:]))
