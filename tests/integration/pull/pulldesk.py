"""The pull's engine on a real database and the sandbox, one step at a time, with a clock of the test's own."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from cdc.keys import Key
from cdc.models_stock import StockProduct, Written
from cdc.shop import Shop
from cdc.stock import StockTables
from cdc.stock_write import Decide, Prepare
from econ_client import requests
from econ_client.client import Economic
from econ_client.documents import Booking, DraftInvoiceRef
from econ_client.sandbox import SandboxServer
from mapping.stock import Basis, Since
from sync.compare import dump
from sync.context import Context
from sync.pull.apply import Applier
from sync.pull.ledger import Ledger
from sync.pull.matching import Matcher
from sync.pull.outcomes import StockOutcome
from sync.pull.seeing import product_of
from sync.pull.seen import SeenProduct
from sync.pull.stock import StockPull
from sync.state import State
from sync.state.changes import Klass
from sync.state.intents import Intent
from sync.state.links import Link
from tests.fresh import fresh_settings
from tests.plain import plain_client

SINCE = Since(otherwise=datetime(2026, 12, 1, tzinfo=UTC))


class Crash(Exception):
    """The process ends here."""


class PullDesk:
    """One shop's pull. `crash_before` and `crash_after` end the process at a product's commit in Magento."""

    def __init__(
        self,
        folder: Path,
        url: str,
        sandbox: SandboxServer,
        *,
        source: str | None = None,
        basis: Basis = "in_stock",
        profile: str = "extends: sandbox\n",
        state_url: str = "",
    ) -> None:
        self.folder, self.url, self.sandbox = folder, url, sandbox
        self.source, self.basis = source, basis
        self.state_url = state_url or f"sqlite:///{folder / 'state.db'}"
        self.ahead = timedelta()
        self.crash_before = self.crash_after = False
        self.written: list[Written] = []
        (folder / "profile.yaml").write_text(profile)
        self.http = plain_client(sandbox.url)
        self.economic = Economic(sandbox.url, "demo", "demo", timeout=10)
        self.profile, books = fresh_settings(folder / "profile.yaml", sandbox, self.economic)
        self.agreement = books.agreement
        self.shop = Shop(url)
        self.open()

    def now(self) -> datetime:
        """The state's clock."""
        return datetime.now(UTC) + self.ahead

    def open(self) -> None:
        """As a start does."""
        self.state = State.open(self.state_url, clock=self.now)
        self.context = Context(self.state, self.shop, self.economic, self.profile, self.agreement)
        self.tables = Tripping(self, self.url, source=self.source)
        matcher = Matcher(self.tables, self.profile.for_store(""), lambda ids: {})
        self.ledger = Ledger(self.context, self.tables, matcher, lambda: SINCE)
        applier = Applier(
            self.context, self.tables, self.ledger, lambda: SINCE, self.basis, 1, on_written=self.written.append
        )
        self.engine = StockPull(self.context, self.tables, matcher, applier, self.basis)
        self.ledger.fill()
        self.engine.resume()

    def restart(self) -> None:
        """What a crash leaves: the state file, nothing else."""
        self.crash_before = self.crash_after = False
        self.close_state()
        self.open()

    def close_state(self) -> None:
        """Close what a start opens."""
        self.engine.close()
        self.tables.close()
        self.state.close()

    def close(self) -> None:
        """Close everything."""
        self.close_state()
        self.shop.close()
        self.economic.close()
        self.http.close()

    def product(self, number: str, in_stock: int | str, *, group: int = 1) -> None:
        """A product in e-conomic."""
        body = {"productNumber": number, "name": number, "productGroup": {"productGroupNumber": group}}
        self.http.post("/products", json=body).raise_for_status()
        self.stock(number, in_stock)

    def stock(self, number: str, in_stock: int | str) -> None:
        """Set e-conomic's number."""
        path = f"/_sandbox/stock/{number}"
        self.http.put(path, json={"inStock": float(in_stock)}).raise_for_status()

    def in_stock(self, number: str) -> Decimal:
        """e-conomic's number."""
        return Decimal(str(self.http.get(f"/products/{number}").json()["inventory"]["inStock"]))

    def ask(self, number: str) -> SeenProduct:
        """e-conomic's answer."""
        asked_at = self.context.now()
        seen = product_of(self.economic.get(f"/products/{number}").data, asked_at)
        assert seen is not None
        return seen

    def take(self, *answers: SeenProduct) -> list[StockOutcome]:
        """Work on answers; a crash ends it and starts anew."""
        with suppress(Crash):
            return self.engine.take(answers)
        self.restart()
        return []

    def changed(self, *orders: int, skus: tuple[str, ...] = ()) -> None:
        """What capture tells."""
        self.state.mark_orders(orders)
        self.state.enqueue([Key("stock", sku) for sku in skus], Klass.ENTITY)

    def drain(self) -> None:
        """Work on what capture told."""
        try:
            while self.engine.drain():
                pass
        except Crash:
            self.restart()

    def poll(self, number: str) -> list[StockOutcome]:
        """One look at a product with all that follows, until nothing is in doubt."""
        for _ in range(10):
            self.drain()
            outcomes = self.take(self.ask(number))
            if outcomes and outcomes[0].action != "again":
                return outcomes
            self.ahead += timedelta(seconds=1)
        raise AssertionError("the product is in doubt for ever")


class Tripping(StockTables):
    """The tables, with a process that may end around a commit."""

    def __init__(self, desk: PullDesk, url: str, **options: Any) -> None:
        super().__init__(url, **options)
        self._desk = desk

    def apply(
        self, product: StockProduct, orders: Any, after: int, decide: Decide, prepare: Prepare = lambda _: None
    ) -> Written | None:
        """As the tables', or not at all, or with nobody left to hear of it."""
        if self._desk.crash_before:
            raise Crash
        written = super().apply(product, orders, after, decide, prepare)
        if self._desk.crash_after:
            raise Crash
        return written


class Bookkeeping:
    """Bookings of ours in three steps: under way, carried out in e-conomic, answered."""

    def __init__(self, desk: PullDesk, number: str) -> None:
        self.desk, self.number = desk, number
        self._drafts = 0

    @staticmethod
    def key(order_id: int) -> Key:
        """The order's key."""
        return Key("order", str(order_id))

    def begin(self, order_id: int, quantity: Decimal, role: str) -> tuple[Intent, Link]:
        """The write is stored and sent."""
        self._drafts += 1
        key, state = self.key(order_id), self.desk.state
        lines = [{"product": {"product_number": self.number}, "quantity": f"{quantity.normalize():f}"}]
        draft = Link(
            entity=key,
            role=role,
            document="invoice_draft",
            number=str(self._drafts),
            answer=dump({"lines": lines}),
            fingerprint="x",
        )
        request = requests.book(Booking(draft_invoice=DraftInvoiceRef(draft_invoice_number=self._drafts)))
        with state.work(None) as work:
            work.save_link(draft)
        with state.work(None) as work:
            intent = work.open_intent(role, request, uuid.uuid4().hex, key, sent=True)
        return intent, draft

    def effect(self, quantity: Decimal) -> None:
        """e-conomic books."""
        self.desk.stock(self.number, str(self.desk.in_stock(self.number) - quantity))

    def answered(self, intent: Intent, draft: Link) -> None:
        """The answer is stored."""
        with self.desk.state.work(None) as work:
            work.close_intent(intent)
            work.save_link(replace(draft, document="invoice_booked"))

    def book(self, order_id: int, quantity: Decimal, role: str) -> None:
        """All of it at once."""
        intent, draft = self.begin(order_id, quantity, role)
        self.effect(quantity)
        self.answered(intent, draft)

    def credit(self, order_id: int, quantity: Decimal) -> None:
        """A credit note of ours is booked, and the goods stand in stock again."""
        self.effect(-quantity)
        lines = [{"product": {"product_number": self.number}, "quantity": f"-{quantity.normalize():f}"}]
        with self.desk.state.work(None) as work:
            work.save_link(
                Link(
                    entity=self.key(order_id),
                    role="creditmemo:1",
                    document="credit_note_booked",
                    number="77",
                    answer=dump({"lines": lines}),
                    fingerprint="x",
                )
            )
