"""A reconcile's world without a database server: orders from memory, a real state, the sandbox over real HTTP."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from cdc.keys import Key
from cdc.models import Customer, Order, Product
from cdc.position import Committed, LogPlace, Position, Touch, TransactionStart
from cdc.shop import Shop
from econ_client.client import Economic
from econ_client.sandbox import SandboxServer
from mapping.profile import Profile
from sync.books import Books
from sync.context import Context
from sync.deliver import Deliverer
from sync.gate import Gate
from sync.metrics import Metrics
from sync.outcome import Outcome
from sync.state import State
from tests.fresh import fresh_settings, settings
from tests.plain import plain_client
from tests.unit.mapping.builders import line, order

PLACED = order(
    line("MUG-1", id=1, qty="2", row="160", vat="40"),
    line("TEA", id=2, qty="3", row="79.99", vat="20"),
    ship=("39.20", "9.80"),
)


ORDER = Key("order", "17")


class Orders:
    """What Magento holds, by order id, and its catalog by product id."""

    def __init__(self, *orders: Order) -> None:
        self.by_id = {one.id: one for one in orders}
        self.accounts: dict[int, Customer] = {}
        self.catalog: dict[int, Product] = {}
        self.asked: list[tuple[int, ...]] = []

    def products(self, entity_ids: Collection[int]) -> dict[int, Product]:
        """As `Shop.products`."""
        self.asked.append(tuple(sorted(entity_ids)))
        return {one: replace(self.catalog[one], stock=None) for one in sorted(entity_ids) if one in self.catalog}

    def product(self, entity_id: int | str, reached: Sequence[TransactionStart] = ()) -> Product | None:
        """As `Shop.product`."""
        return self.catalog.get(int(entity_id))

    def find_product(self, ref: str) -> int | None:
        """As `Shop.find_product`."""
        if ref.startswith("id:"):
            return int(ref.removeprefix("id:"))
        return next((one.id for one in self.catalog.values() if one.sku == ref), None)

    def order(self, entity_id: int | str, reached: Sequence[TransactionStart] = ()) -> Order | None:
        """As `Shop.order`."""
        return self.by_id.get(int(entity_id))

    def customer(self, entity_id: int | str, reached: Sequence[TransactionStart] = ()) -> Customer | None:
        """As `Shop.customer`."""
        return self.accounts.get(int(entity_id))

    def find_customer(self, ref: str) -> int | None:
        """As `Shop.find_customer`, for ``id:N``."""
        return int(ref.removeprefix("id:"))

    def find_order(self, ref: str) -> int | None:
        """As `Shop.find_order`, for ``id:N``."""
        return int(ref.removeprefix("id:"))


class Desk:
    """One shop's delivery, one key at a time.

    The agreement's lists are read once for the same profile, see `tests.fresh`. Without `fresh` the sandbox holds
    something else than on its first day.
    """

    def __init__(
        self, folder: Path, sandbox: SandboxServer, profile: str = "", *, observe: bool = False, fresh: bool = True
    ) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self.orders = Orders(PLACED)
        self.path = folder / "profile.yaml"
        self.path.write_text("extends: sandbox\n" + profile)
        self.ahead = timedelta()
        self.http = plain_client(sandbox.url)
        self.observe = observe
        self._tick = 0
        self._read: dict[str, tuple[Profile, Books]] = {}
        self._fresh = fresh
        self.open()

    def now(self) -> datetime:
        """The state's clock: the real one, moved ahead by what a test says."""
        return datetime.now(UTC) + self.ahead

    def open(self) -> None:
        """Open (again), as a restart does."""
        self.state = State.open(f"sqlite:///{self.folder / 'state.db'}", clock=self.now)
        self.economic = Economic(self.sandbox.url, "demo", "demo", timeout=5)
        profile, books = self._settings()
        assert books.problems == ()
        self.context = Context(
            self.state, cast(Shop, self.orders), self.economic, profile, books.agreement, observe=self.observe
        )
        self.economic.before_write = self.context.fence
        self.deliverer = Deliverer(self.context, Gate(), Metrics(), lambda: None)

    def _settings(self) -> tuple[Profile, Books]:
        lines = self.path.read_text()
        if lines not in self._read:
            fresh = self._fresh
            self._read[lines] = (
                fresh_settings(self.path, self.sandbox, self.economic) if fresh else settings(self.path, self.economic)
            )
        self._fresh = False
        return self._read[lines]

    def forget_books(self) -> None:
        """Let the next restart read the agreement's lists again."""
        self._read.clear()

    def restart(self) -> None:
        """What a crash leaves: the state file, nothing else."""
        self.close_state()
        self.open()
        self.state.take_over()

    def lose_state(self) -> None:
        """The state file is gone; e-conomic's lists have caught up."""
        self.close_state()
        (self.folder / "state.db").unlink()
        self.open()
        self.pass_time(300)

    def close_state(self) -> None:
        """Close what is open."""
        self.economic.close()
        self.state.close()

    def close(self) -> None:
        """Close everything."""
        self.close_state()
        self.http.close()

    def change(self, **changes: Any) -> None:
        """The order changes in Magento, and capture tells."""
        self.orders.by_id[17] = replace(self.orders.by_id[17], **changes)
        self.touch()

    def touch(self, key: Key = ORDER, *, inserted: bool = False, ago: float = -5) -> None:
        """Capture tells that a key changed, `ago` seconds back."""
        self._tick += 1
        place = LogPlace("bin.000001", 1000 + self._tick)
        position = Position(f"0-1-{self._tick}", place)
        self.state.record(
            [
                Committed(
                    position=position,
                    start=TransactionStart(position.gtid_set, place),
                    committed_at=self.now() - timedelta(seconds=ago),
                    touches={key: Touch(inserted=inserted)},
                )
            ],
            position,
        )

    def place(self) -> Outcome | None:
        """The order is placed before our eyes, and delivered."""
        self.touch(inserted=True)
        return self.deliver()

    def deliver(self) -> Outcome | None:
        """Reconcile the one key that is due; None when none is."""
        claim = self.state.claim("desk", 60)
        return None if claim is None else self.deliverer.one(claim)

    def deliver_until(self, wanted: type[Outcome], tries: int = 12) -> Outcome:
        """Reconcile again and again, with time moving on between the tries."""
        for _ in range(tries):
            outcome = self.deliver()
            if isinstance(outcome, wanted):
                return outcome
            self.pass_time(61)
        raise AssertionError(f"never ended as {wanted.__name__}; last {outcome}")

    def pass_time(self, seconds: float) -> None:
        """Time passes on both sides."""
        self.ahead += timedelta(seconds=seconds)
        self.sandbox.clock.ahead += seconds

    def all(self, path: str) -> list[dict[str, Any]]:
        """A whole collection, as it is now, without the sandbox's delay of lists."""
        rows: list[dict[str, Any]] = self.http.get(path, params={"pagesize": 1000}).json()["collection"]
        return rows

    def faults(self, *faults: dict[str, Any]) -> None:
        """Set the sandbox's faults."""
        self.http.put("/_sandbox/faults", json=list(faults)).raise_for_status()

    def writes(self) -> list[str]:
        """The writes that reached the sandbox, in order."""
        return [f"{r['method']} {r['path']}" for r in self.journal() if r["method"] != "GET"]

    def journal(self) -> list[dict[str, Any]]:
        """The sandbox's journal."""
        rows: list[dict[str, Any]] = self.http.get("/_sandbox/requests").json()
        return rows

    def forget_journal(self) -> None:
        """Empty the journal."""
        self.http.delete("/_sandbox/requests")


GROSS = Decimal("348.99")
