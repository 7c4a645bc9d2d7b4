"""What changed during a request, as webhooks tell it: one event per thing, however often it was written."""

from __future__ import annotations

from dataclasses import dataclass

from econ_client.sandbox.wire import Doc

KINDS = ("customer_updated", "product_updated", "stock_updated", "order_updated", "invoice_booked", "day_book_booked")


@dataclass(frozen=True, slots=True)
class Change:
    """One event. `old` is empty for something new, `new` for something deleted."""

    kind: str
    old: str
    new: str

    @property
    def deleted(self) -> bool:
        """Whether the thing is gone."""
        return not self.new

    @property
    def fields(self) -> dict[str, str]:
        """The merge fields of the event's type."""
        if self.kind == "invoice_booked":
            return {"INVOICENO": self.new}
        if self.kind == "day_book_booked":
            journal, first, last = self.new.split("/")
            return {"DAYBOOKNO": journal, "FROMSERIALNO": first, "TOSERIALNO": last}
        if self.kind == "stock_updated":
            return {"NUMBER": self.new}
        return {"OLDNUMBER": self.old, "NEWNUMBER": self.new}


class Changes:
    """Collects what the tables report until it is taken."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], tuple[bool, bool]] = {}

    def customer(self, key: int, before: Doc | None, after: Doc | None) -> None:
        """A customer was written or deleted."""
        self._note("customer_updated", key, before, after)

    def product(self, key: str, before: Doc | None, after: Doc | None) -> None:
        """A product, or only its stock."""
        if before and after and before["inventory"] != after["inventory"]:
            self._note("stock_updated", key, before, after)
            moved = {"inventory", "lastUpdated"}
            if all(before.get(name) == after.get(name) for name in (before.keys() | after.keys()) - moved):
                return
        self._note("product_updated", key, before, after)

    def order(self, key: int, before: Doc | None, after: Doc | None) -> None:
        """An order; one that moves from drafts to sent is one change."""
        self._note("order_updated", key, before, after)

    def invoice(self, key: int, before: Doc | None, after: Doc | None) -> None:
        """A booked invoice; payments of it are no event."""
        if before is None:
            self._note("invoice_booked", key, before, after)

    def day_book(self, journal: int, vouchers: list[int]) -> None:
        """A journal was booked, with vouchers of these numbers."""
        if vouchers:
            self._seen["day_book_booked", f"{journal}/{min(vouchers)}/{max(vouchers)}"] = (False, True)

    def _note(self, kind: str, key: int | str, before: Doc | None, after: Doc | None) -> None:
        earlier = self._seen.get((kind, str(key)))
        existed = earlier[0] if earlier else before is not None
        self._seen[kind, str(key)] = (existed, after is not None)

    def taken(self) -> list[Change]:
        """What was collected, oldest first; nothing stays."""
        found = [
            Change(kind, key if existed else "", key if exists else "")
            for (kind, key), (existed, exists) in self._seen.items()
            if existed or exists
        ]
        self._seen.clear()
        return found

    def clear(self) -> None:
        """Forget all."""
        self._seen.clear()
