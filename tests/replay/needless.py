"""Writes that leave e-conomic as it was: every one that reaches the sandbox is held against what stood before it."""

from __future__ import annotations

from typing import Any

from econ_client.sandbox import SandboxServer
from econ_client.sandbox.agreement import Agreement
from econ_client.sandbox.answers import Reply
from econ_client.sandbox.journal import Entry
from econ_client.sandbox.table import Table

READS = ("GET", "HEAD", "OPTIONS")
_OF_THE_MOMENT = ("lastUpdated", "metaData")


class Writes:
    """Counts a sandbox's writes from now on. `needless` names those after which everything was as before.

    A write that goes out again under the key of one before is counted in `repeated` only: its first answer was lost.
    """

    def __init__(self, sandbox: SandboxServer, keys: set[str] | None = None) -> None:
        self.all: list[str] = []
        self.needless: list[str] = []
        self.repeated: list[str] = []
        self.keys: set[str] = set() if keys is None else set(keys)
        agreement, answer = sandbox.agreement, sandbox.app._answer

        def watched(entry: Entry, headers: dict[bytes, str], base: str) -> Reply:
            if entry.method in READS:
                return answer(entry, headers, base)
            before = picture(agreement)
            reply = answer(entry, headers, base)
            self._note(f"{entry.method} {entry.path} {reply.status}", entry, same(before, picture(agreement)))
            return reply

        sandbox.app._answer = watched  # type: ignore[method-assign]

    def _note(self, what: str, entry: Entry, unchanged: bool) -> None:
        key = entry.idempotency_key or ""
        self.all.append(what)
        if key in self.keys:
            self.repeated.append(what)
        elif unchanged:
            self.needless.append(f"{what} {entry.raw.decode(errors='replace')[:300]}")
        self.keys.add(key)


def picture(agreement: Agreement) -> dict[str, dict[Any, Any]]:
    """Everything that writes can change. Documents are replaced and never changed, so that a shallow copy will do."""
    tables: dict[str, Table[Any]] = {
        "customers": agreement.customers, "contacts": agreement.contacts, "locations": agreement.locations,
        "products": agreement.products, "prices": agreement.prices, "drafts": agreement.drafts,
        "booked": agreement.booked, "sent": agreement.sent, "vouchers": agreement.vouchers,
        "entries": agreement.entries, **{f"orders {name}": table for name, table in agreement.orders.items()},
    }  # fmt: skip
    return {**{name: dict(table.rows()) for name, table in tables.items()}, "files": dict(agreement.files)}


def same(before: dict[str, dict[Any, Any]], after: dict[str, dict[Any, Any]]) -> bool:
    """Whether nothing but times of change differs."""
    for name, rows in before.items():
        now = after[name]
        if rows.keys() != now.keys():
            return False
        if any(rows[key] is not now[key] and _lasting(rows[key]) != _lasting(now[key]) for key in rows):
            return False
    return True


def _lasting(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _lasting(part) for name, part in value.items() if name not in _OF_THE_MOMENT}
    if isinstance(value, list):
        return [_lasting(part) for part in value]
    return value
