"""Orders delivered to the sandbox one after another, and what stands there afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import simplejson

from cdc.keys import Key
from cdc.models import Order
from econ_client.sandbox import SandboxServer
from sync.outcome import ParkedFor, Retry
from tests.integration.sync.desk import Desk

KINDS = {"order_draft": "/orders/drafts", "invoice_draft": "/invoices/drafts", "invoice_booked": "/invoices/booked"}
TRIES = 12


@dataclass(frozen=True)
class Standing:
    """A document in the sandbox: its kind and, as the sandbox computed them, net, VAT and gross; its lines."""

    kind: str
    amounts: tuple[Decimal, Decimal, Decimal]
    lines: tuple[tuple[str, Decimal, Decimal], ...]
    body: dict[str, Any]


@dataclass
class Delivered:
    """What became of an order: its documents by reference, or why it parked."""

    documents: dict[str, Standing] = field(default_factory=dict)
    parked: str = ""
    advice: str = ""


def deliver(orders: Iterable[Order], folder: Path, profile: str = "", **switches: Any) -> dict[int, Delivered]:
    """Deliver orders through a profile to a sandbox of their own; what became of them by their ids.

    Their ids differ, and their increment ids, which have one length.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sandbox = SandboxServer("demo", **switches)
    try:
        with closing(Desk(folder, sandbox, profile)) as desk:
            found = {order.id: _one(desk, order) for order in orders}
            for reference, standing in _standing(desk):
                owner = reference.rpartition(" ")[2].partition("/")[0]
                for order in desk.orders.by_id.values():
                    if owner.endswith(order.increment_id):
                        found[order.id].documents[reference] = standing
            return found
    finally:
        sandbox.stop()


def _one(desk: Desk, order: Order) -> Delivered:
    desk.orders.by_id[order.id] = order
    desk.touch(Key("order", str(order.id)), inserted=True)
    for _ in range(TRIES):
        outcome = desk.deliver()
        if not isinstance(outcome, Retry):
            break
        desk.pass_time(61)
    assert not isinstance(outcome, Retry), outcome
    if isinstance(outcome, ParkedFor):
        return Delivered(parked=outcome.reason, advice=outcome.advice)
    return Delivered()


def _standing(desk: Desk) -> Iterable[tuple[str, Standing]]:
    for kind, path in KINDS.items():
        answer = desk.http.get(path, params={"pagesize": 1000})
        for row in simplejson.loads(answer.text, use_decimal=True)["collection"]:
            body = simplejson.loads(desk.http.get(row["self"]).text, use_decimal=True)
            lines = tuple(
                (one["product"]["productNumber"], Decimal(one["quantity"]), Decimal(one["unitNetPrice"]))
                for one in body["lines"]
                if "product" in one
            )
            amounts = tuple(Decimal(body[name]) for name in ("netAmount", "vatAmount", "grossAmount"))
            yield body["references"]["other"], Standing(kind, (amounts[0], amounts[1], amounts[2]), lines, body)
