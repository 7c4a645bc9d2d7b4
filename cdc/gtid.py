"""GTID sets: what has been read, whole, merged transaction by transaction.

A single GTID is never a position: handed to a server it says "I have this one and nothing before it" (MySQL), or
drops every other replication domain (MariaDB).
"""

from __future__ import annotations

import re

from cdc.errors import CaptureError, UnreadableEvent

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class MariaDbGtids:
    """MariaDB's position: the last GTID of each replication domain, ``domain-server-sequence``.

    Raises `CaptureError` for text that is none.
    """

    def __init__(self, text: str = "") -> None:
        self._last: dict[int, tuple[int, int]] = {}
        for gtid in text.replace("\n", "").split(","):
            if gtid.strip():
                self.add(gtid.strip())

    def add(self, gtid: str) -> None:
        """Merge one GTID; within a domain the later one stands, whatever its number (gtid_strict_mode may be off)."""
        try:
            domain, server, sequence = map(int, gtid.split("-"))
        except ValueError:
            raise CaptureError(f"`{gtid}` is no MariaDB GTID (domain-server-sequence)") from None
        self._last[domain] = (server, sequence)

    def sequence(self, domain: int) -> int:
        """The last sequence number of a domain; 0 when the domain is not in the set."""
        return self._last.get(domain, (0, 0))[1]

    def latest(self) -> list[str]:
        """The last GTID of each domain."""
        return str(self).split(",") if self._last else []

    def contains(self, other: MariaDbGtids) -> bool:
        """Whether each of the other's domains has got at least as far here."""
        return all(self.sequence(domain) >= sequence for domain, (_, sequence) in other._last.items())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MariaDbGtids) and self._last == other._last

    def __hash__(self) -> int:
        return hash(str(self))

    def __str__(self) -> str:
        return ",".join([f"{domain}-{server}-{seq}" for domain, (server, seq) in sorted(self._last.items())])


class MySqlGtids:
    """MySQL's set: intervals of transaction numbers for each server's UUID, ``uuid:1-5:8,uuid:1-3``.

    Tagged GTIDs (8.3 and later, ``uuid:tag:1-5``) raise `UnreadableEvent`: mysql-replication cannot send them to the
    server. Other text raises `CaptureError`.
    """

    def __init__(self, text: str = "") -> None:
        self._ranges: dict[str, list[list[int]]] = {}
        for part in re.sub(r"\s", "", text).lower().split(","):
            if part:
                self.add(part)

    def add(self, gtid: str) -> None:
        """Merge one GTID, or one UUID with its intervals."""
        uuid, _, rest = gtid.lower().partition(":")
        if not _UUID.fullmatch(uuid) or not rest:
            raise CaptureError(f"`{gtid}` is no MySQL GTID (uuid:number)")
        for interval in rest.split(":"):
            first, _, last = interval.partition("-")
            if not first.isdigit() or (last and not last.isdigit()):
                raise UnreadableEvent(
                    f"GTIDs with tags cannot be followed: {gtid}",
                    hint="Leave gtid_next at AUTOMATIC (no tag) for everything that writes to the shop's database.",
                )
            self._merge(uuid, int(first), int(last or first))

    def _merge(self, uuid: str, first: int, last: int) -> None:
        ranges = self._ranges.setdefault(uuid, [])
        if ranges and ranges[-1][1] + 1 == first:  # the usual case: the next transaction
            ranges[-1][1] = last
            return
        merged: list[list[int]] = []
        for low, high in sorted([*ranges, [first, last]]):
            if merged and low <= merged[-1][1] + 1:
                merged[-1][1] = max(merged[-1][1], high)
            else:
                merged.append([low, high])
        self._ranges[uuid] = merged

    def contains(self, other: MySqlGtids) -> bool:
        """Whether every interval of the other lies inside one of this set's."""
        return all(
            any(mine[0] <= low and high <= mine[1] for mine in self._ranges.get(uuid, ()))
            for uuid, ranges in other._ranges.items()
            for low, high in ranges
        )

    def latest(self) -> list[str]:
        """The highest GTID of each server."""
        return [f"{uuid}:{ranges[-1][1]}" for uuid, ranges in sorted(self._ranges.items())]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MySqlGtids) and self._ranges == other._ranges

    def __hash__(self) -> int:
        return hash(str(self))

    def __str__(self) -> str:
        return ",".join(
            ":".join([uuid, *(f"{low}" if low == high else f"{low}-{high}" for low, high in ranges)])
            for uuid, ranges in sorted(self._ranges.items())
        )


GtidSet = MariaDbGtids | MySqlGtids


def contains(have: GtidSet, wanted: GtidSet) -> bool:
    """Whether one set holds all of the other; sets of different servers' kinds never do."""
    if isinstance(have, MariaDbGtids) and isinstance(wanted, MariaDbGtids):
        return have.contains(wanted)
    return isinstance(have, MySqlGtids) and isinstance(wanted, MySqlGtids) and have.contains(wanted)


def has_tags(executed: str) -> bool:
    """Whether a set of MySQL holds GTIDs with tags (8.3 and later), ``uuid:1-5:tag:1``.

    mysql-replication cannot ask by such a set: a server that has one is followed by file and offset.
    """
    return any(
        part[:1].isalpha() or part[:1] == "_" for one in executed.split(",") for part in one.strip().split(":")[1:]
    )


def gtid_set(text: str, *, mariadb: bool) -> GtidSet:
    """The set that a text names. Raises `CaptureError` for text that is none."""
    return MariaDbGtids(text) if mariadb else MySqlGtids(text)
