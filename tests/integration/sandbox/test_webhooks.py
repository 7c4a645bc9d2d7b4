"""Webhooks: one POST for each change, filled in, repeated when it fails."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from tests.integration.sandbox.conftest import Doc, book, line, new_customer, new_draft, new_product


@dataclass
class Listener:
    """A server that notes what it is sent, and refuses as often as `refuse` says."""

    url: str
    seen: list[tuple[str, str, str]] = field(default_factory=list)
    refuse: int = 0

    def wait(self, count: int) -> list[tuple[str, str, str]]:
        """(path, content type, body) of everything, once `count` have come."""
        deadline = time.monotonic() + 10
        while len(self.seen) < count:
            assert time.monotonic() < deadline, self.seen
            time.sleep(0.005)
        return self.seen


@pytest.fixture
def listener() -> Iterator[Listener]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            heard.seen.append((self.path, self.headers["Content-Type"], body))
            refused, heard.refuse = heard.refuse > 0, heard.refuse - 1
            self.send_response(500 if refused else 204)
            self.end_headers()

        def log_message(self, *parts: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        heard = Listener(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield heard
        server.shutdown()
        thread.join()


def register(api: httpx.Client, listener: Listener, *types: str, **more: Any) -> None:
    data = '{"old":"[OLDNUMBER]","new":"[NEWNUMBER]","n":"[NUMBER][INVOICENO]"}'
    hooks: list[Doc] = [{"type": kind, "url": f"{listener.url}/{kind}", "data": data, **more} for kind in types]
    api.put("/_sandbox/webhooks", json=hooks).raise_for_status()


def bodies(listener: Listener, count: int) -> list[tuple[str, Doc]]:
    return [(path, json.loads(body)) for path, _, body in listener.wait(count)]


def test_a_product_with_an_awkward_number(api: httpx.Client, listener: Listener) -> None:
    register(api, listener, "product_updated")
    api.post("/products", json=new_product('a"b\\c'))
    url = api.get("/products?filter=name$eq:Taske").json()["collection"][0]["self"]
    api.put(url, json=new_product('a"b\\c', name="Ny"))
    api.delete(url)
    fields = [(body["old"], body["new"]) for _, body in bodies(listener, 3)]
    assert fields == [("", 'a"b\\c'), ('a"b\\c', 'a"b\\c'), ('a"b\\c', "")]


def test_booking_tells_of_the_invoice_and_the_stock(api: httpx.Client, listener: Listener, customer: Doc) -> None:
    api.post("/products", json=new_product("24-MB01"))
    register(api, listener, "invoice_booked", "stock_updated", "product_updated")
    book(api, line("24-MB01", 2)).raise_for_status()
    api.put("/_sandbox/stock/24-MB01", json={"inStock": 5})
    found = sorted((path, body["n"]) for path, body in bodies(listener, 3))
    assert found == [
        ("/invoice_booked", "[NUMBER]10001"),
        ("/stock_updated", "24-MB01[INVOICENO]"),
        ("/stock_updated", "24-MB01[INVOICENO]"),
    ]


def test_booking_a_journal_is_one_call(api: httpx.Client, listener: Listener, customer: Doc) -> None:
    fields = '{"book":"[DAYBOOKNO]","from":"[FROMSERIALNO]","to":"[TOSERIALNO]"}'
    register(api, listener, "day_book_booked", data=fields)
    payment = {"amount": -1, "customer": {"customerNumber": 1}}
    payments = [{**payment, "date": "2026-03-31"}, {**payment, "date": "2026-04-01"}]
    body = {"accountingYear": {"year": "2026"}, "entries": {"customerPayments": payments}}
    api.post("/journals/2/vouchers", json=body).raise_for_status()
    api.post("/_sandbox/journals/1/book").raise_for_status()
    api.post("/_sandbox/journals/2/book").raise_for_status()
    assert bodies(listener, 1) == [("/day_book_booked", {"book": "2", "from": "1", "to": "2"})]


def test_an_order_that_is_sent_is_one_change(api: httpx.Client, listener: Listener, customer: Doc) -> None:
    register(api, listener, "order_updated")
    api.post("/orders/drafts", json=new_draft())
    api.post("/orders/sent", json=api.get("/orders/drafts/1").json())
    assert [(body["old"], body["new"]) for _, body in bodies(listener, 2)] == [("", "1"), ("1", "1")]


def test_a_form_is_encoded(api: httpx.Client, listener: Listener) -> None:
    form = "application/x-www-form-urlencoded"
    register(api, listener, "product_updated", contentType=form, data="n=[NEWNUMBER]&s=1")
    hook = {
        "type": "product_updated",
        "url": f"{listener.url}/p?n=[NEWNUMBER]",
        "contentType": form,
        "data": "n=[NEWNUMBER]&x=[OTHER]",
    }
    api.put("/_sandbox/webhooks", json=[hook]).raise_for_status()
    api.post("/products", json=new_product("a&b=ø"))
    assert listener.wait(1) == [("/p?n=a%26b%3D%C3%B8", form, "n=a%26b%3D%C3%B8&x=[OTHER]")]


def test_a_failed_call_is_repeated(api: httpx.Client, listener: Listener) -> None:
    listener.refuse = 2
    register(api, listener, "customer_updated", retries=3, wait=0.01)
    api.post("/customers", json=new_customer())
    listener.wait(3)
    deadline = time.monotonic() + 10
    while len(api.get("/_sandbox/webhooks/deliveries").json()) < 3:
        assert time.monotonic() < deadline
    sent = api.get("/_sandbox/webhooks/deliveries").json()
    assert [(entry["attempt"], entry["status"]) for entry in sent] == [(1, 500), (2, 500), (3, 204)]


def test_deletions_can_be_silent(api: httpx.Client, listener: Listener) -> None:
    api.put("/_sandbox/agreement", json={"webhook_deletes": "off"})
    register(api, listener, "customer_updated")
    api.post("/customers", json=new_customer())
    api.delete("/customers/1")
    api.post("/customers", json=new_customer())
    assert [body["new"] for _, body in bodies(listener, 2)] == ["1", "1"]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        [{"type": "x", "url": "http://x"}],
        [{"type": "order_updated", "url": "ftp://x"}],
        [{"type": "order_updated", "url": "http://x", "contentType": "text/plain"}],
        [{"type": "order_updated", "url": "http://x", "colour": "red"}],
        [{"type": "order_updated", "url": "http://x", "retries": -1}],
        [{"type": "order_updated", "url": "http://x", "wait": "soon"}],
        [{"type": "order_updated", "url": "http://x", "data": 7}],
    ],
)
def test_wrong_webhooks_are_told(api: httpx.Client, wrong: Any) -> None:
    answer = api.put("/_sandbox/webhooks", json=wrong)
    assert answer.status_code == 400
    assert "ebhook" in answer.json()["message"]
