"""A whole sale with trouble on the way: no token in any file or log, and nobody's data in logs or the delivery log."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import httpx
import pytest

from econ_client.answers import Call
from econ_client.client import Economic
from sync.outcome import Done
from sync.state.deliverylog import Delivery
from tests.integration.sync.desk import Desk
from tests.unit.mapping.builders import address

TOKENS = ("s3cret-of-the-app", "s3cret-of-the-grant")


PEOPLE = ("anna", "åberg", "example.dk")


class Door(httpx.HTTPTransport):
    """Lets the secret tokens in as the sandbox's own, and the wrong ones not."""

    def __init__(self, *, opens: bool) -> None:
        super().__init__()
        self.opens = opens

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert [request.headers["X-AppSecretToken"], request.headers["X-AgreementGrantToken"]] == list(TOKENS)
        if self.opens:
            request.headers.update({"X-AppSecretToken": "demo", "X-AgreementGrantToken": "demo"})
        return super().handle_request(request)


def through(desk: Desk, door: Door) -> None:
    """Ask through the door from now on, with the calls in the delivery log as the service has them."""

    def log(call: Call) -> None:
        desk.state.log_call(
            Delivery(
                at=datetime.now(UTC),
                method=call.method,
                path=call.path,
                status=call.status,
                milliseconds=round(call.ms),
                log_id=call.log_id,
                error_code=call.error_code,
            )
        )

    desk.economic.close()
    desk.economic = desk.context.economic = Economic(desk.sandbox.url, *TOKENS, transport=door, on_call=log)


@pytest.mark.parametrize("opens", [True, False], ids=["accepted", "refused"])
def test_a_sale_leaves_no_secret_behind(desk: Desk, caplog: pytest.LogCaptureFixture, opens: bool) -> None:
    caplog.set_level(logging.DEBUG)
    through(desk, Door(opens=opens))
    faults = ("500_after", "drop_mid", "429")
    desk.faults(*({"method": "POST", "path": "*", "fault": fault, "times": 1} for fault in faults))
    desk.touch(inserted=True)
    if opens:
        desk.deliver_until(Done)
        desk.change(shipping=address(city="Odense"))
        desk.deliver_until(Done)
        desk.change(state="complete", status="complete")
        desk.deliver_until(Done)
    else:
        desk.deliver()
        assert desk.deliverer.gate.closed is not None
    desk.state.flush_calls()
    rows = desk.state.deliveries()
    assert rows
    said = [caplog.text, *(repr(row) for row in rows), repr(desk.deliverer.gate.closed)]
    assert not [secret for secret in (*TOKENS, *PEOPLE) for text in said if secret in text.casefold()]
    desk.close_state()
    stored = {file.name: file.read_bytes() for file in desk.folder.iterdir() if file.is_file()}
    assert any(name.startswith("state.db") for name in stored)
    assert not [name for name, content in stored.items() if any(token.encode() in content for token in TOKENS)]
