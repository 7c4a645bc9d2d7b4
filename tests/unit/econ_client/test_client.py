from __future__ import annotations

import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import httpx
import pytest

from econ_client import requests
from econ_client.answers import Answer, Call
from econ_client.client import Economic, Timeouts
from econ_client.documents import CustomerAnswer, DraftAnswer
from econ_client.errors import (
    Ambiguous,
    EconomicError,
    Forbidden,
    Interrupted,
    NotAuthorised,
    NotFound,
    RateLimited,
    Unavailable,
)
from econ_client.filters import field
from econ_client.pace import Pace
from tests.unit.econ_client.fake import URL, Table, economic, refused

CUSTOMER = {
    "customerNumber": 7,
    "currency": "DKK",
    "customerGroup": {"customerGroupNumber": 1, "self": "x"},
    "vatZone": {"vatZoneNumber": 1},
    "paymentTerms": {"paymentTermsNumber": 1},
    "name": "Jens Hemmelig",
    "email": "jens@example.dk",
    "balance": 0.0,
}
DRAFT = {
    "date": "2026-12-01",
    "currency": "DKK",
    "exchangeRate": 100.000000,
    "paymentTerms": {"paymentTermsNumber": 1},
    "customer": {"customerNumber": 7},
    "recipient": {"name": "Jens", "vatZone": {"vatZoneNumber": 1}},
    "layout": {"layoutNumber": 1},
    "lines": [{"lineNumber": 1, "quantity": 1.00, "unitNetPrice": 79.20, "totalNetAmount": 79.20}],
    "netAmount": 79.20,
    "vatAmount": 19.80,
    "grossAmount": 99.00,
    "references": {"other": "DK-1"},
}
WRITE = requests.WriteRequest("POST", "/customers", b'{"name":"A"}')


def test_a_call_carries_both_tokens_and_the_exact_bytes() -> None:
    table = Table({"/customers": httpx.Response(201, json=CUSTOMER, headers={"CF-RAY": "8a1-CPH"})})
    answer = economic(table).send(WRITE, "key-1")
    sent = table.requests[0]
    assert (sent.method, str(sent.url), sent.content) == ("POST", f"{URL}/customers", b'{"name":"A"}')
    assert sent.headers["x-appsecrettoken"] == "secret-app-token"
    assert sent.headers["x-agreementgranttoken"] == "secret-grant-token"
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["idempotency-key"] == "key-1"
    assert (answer.status, answer.log_id, answer.from_cache) == (201, "8a1-CPH", False)
    assert answer.parse(CustomerAnswer).customer_number == 7


def test_reads_carry_no_idempotency_key() -> None:
    table = Table({"/customers/7": CUSTOMER})
    assert economic(table).customer(7) == CustomerAnswer.model_validate(CUSTOMER)
    assert "idempotency-key" not in table.requests[0].headers


def test_a_delete_has_no_body_and_its_answer_may_be_empty() -> None:
    table = Table({"/orders/drafts/3": httpx.Response(204)})
    answer = economic(table).send(requests.delete_order_draft(3), "k")
    assert (answer.status, answer.data, table.requests[0].content) == (204, None, b"")


def test_replayed_answers_are_marked() -> None:
    replayed = {"X-ResultFromCache": "true"}
    table = Table({"/customers": httpx.Response(201, json=CUSTOMER, headers=replayed)})
    assert economic(table).send(WRITE, "k").from_cache
    table.answers["/customers"] = refused(400, replayed, errorCode="E04300")
    with pytest.raises(EconomicError) as caught:
        economic(table).send(WRITE, "k")
    assert caught.value.from_cache


def test_amounts_are_exact() -> None:
    body = json.dumps(DRAFT).replace("79.2", "79.200000")
    table = Table({"/invoices/drafts/9": httpx.Response(200, content=body)})
    draft = economic(table).invoice_draft(9)
    assert draft is not None
    assert str(draft.net_amount) == "79.200000"
    assert draft.lines[0].unit_net_price == Decimal("79.2")


@pytest.mark.parametrize(
    ("read", "path"),
    [
        (lambda e: e.customer(5), "/customers/5"),
        (lambda e: e.product("a_b:c"), "/products/a_8_b_4_c"),
        (lambda e: e.order_draft(5), "/orders/drafts/5"),
        (lambda e: e.order_sent(5), "/orders/sent/5"),
        (lambda e: e.order_archived(5), "/orders/archived/5"),
        (lambda e: e.invoice_draft(5), "/invoices/drafts/5"),
        (lambda e: e.booked(5), "/invoices/booked/5"),
    ],
)
def test_what_is_not_there_is_none(read: Any, path: str) -> None:
    table = Table({})
    assert read(economic(table)) is None
    assert table.asked == [path]


def test_a_404_that_is_not_e_conomics_proves_nothing() -> None:
    table = Table({"/customers/5": httpx.Response(404, html="<h1>Not here</h1>")})
    with pytest.raises(Ambiguous):
        economic(table).customer(5)


def test_writing_to_what_is_gone_is_not_found() -> None:
    with pytest.raises(NotFound) as caught:
        economic(Table({})).send(requests.delete_invoice_draft(5), "k")
    assert caught.value.code == "E06000"


def test_self_tells_which_agreement() -> None:
    table = Table(
        {"/self": {"agreementNumber": 1, "settings": {"baseCurrency": "DKK"}, "modules": [{"moduleNumber": 15}]}}
    )
    me = economic(table).self_()
    assert (me.agreement_number, me.settings.base_currency, me.has_inventory) == (1, "DKK", True)


def test_forbidden_depends_on_where() -> None:
    table = Table({"/self": refused(403), "/customers/1": refused(403)})
    client = economic(table)
    with pytest.raises(NotAuthorised):
        client.self_()
    with pytest.raises(Forbidden):
        client.customer(1)


def test_pages_are_fetched_as_they_are_needed() -> None:
    table = Table({"/customers": [{"customerNumber": n} for n in range(5)]})
    rows = economic(table).collection("/customers", page_size=2)
    assert table.requests == []
    assert [next(rows)["customerNumber"] for _ in range(3)] == [0, 1, 2]
    assert len(table.requests) == 2
    assert [row["customerNumber"] for row in rows] == [3, 4]
    assert [request.url.params["skippages"] for request in table.requests] == ["0", "1", "2"]
    assert {request.url.host for request in table.requests} == {"api.example"}


def test_an_empty_page_ends_a_collection_that_promises_more() -> None:
    endless = {"collection": [], "pagination": {"nextPage": "x"}}
    table = Table({"/customers": httpx.Response(200, json=endless)})
    assert list(economic(table).collection("/customers")) == []


def test_filters_and_sorting_are_encoded() -> None:
    table = Table({"/customers": []})
    where = field("/customers", "name").eq("A&B=C$ #+")
    assert list(economic(table).collection("/customers", where, sort="-name")) == []
    query = table.requests[0].url.query.decode()
    assert query == "skippages=0&pagesize=1000&filter=name%24eq%3AA%26B%3DC%24%24%20%23%2B&sort=-name"


def test_a_filter_must_fit_its_collection() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        next(economic(Table({})).collection("/products", field("/customers", "name").eq("A")))


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"collection":7}', b'{"collection":[7]}', b""])
def test_what_is_no_collection_is_said(body: bytes) -> None:
    table = Table({"/customers": httpx.Response(200, content=body)})
    with pytest.raises(Ambiguous):
        list(economic(table).collection("/customers"))


def test_an_answer_that_cannot_be_read_is_ambiguous_and_tells_no_names() -> None:
    broken = {**CUSTOMER, "customerNumber": "Jens Hemmelig", "currency": None}
    with pytest.raises(Ambiguous) as caught:
        economic(Table({"/customers/7": broken})).customer(7)
    assert "customerNumber (int_parsing)" in str(caught.value)
    assert "Hemmelig" not in f"{caught.value!s} {caught.value!r} {caught.value.__context__!r}"
    with pytest.raises(Ambiguous, match="is not JSON"):
        Answer(201, b"<html>").parse(DraftAnswer)


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (httpx.ConnectError("refused"), Unavailable),
        (httpx.ConnectTimeout("slow"), Unavailable),
        (httpx.PoolTimeout("busy"), Unavailable),
        (httpx.ProxyError("407"), Unavailable),
        (httpx.ReadTimeout("slow"), Ambiguous),
        (httpx.WriteTimeout("slow"), Ambiguous),
        (httpx.ReadError("reset"), Ambiguous),
        (httpx.WriteError("pipe"), Ambiguous),
        (httpx.RemoteProtocolError("closed"), Ambiguous),
        (httpx.LocalProtocolError("odd"), Ambiguous),
        (httpx.DecodingError("gzip"), Ambiguous),
        (httpx.CloseError("odd"), Ambiguous),
    ],
)
def test_never_sent_and_unknown_are_told_apart(problem: httpx.RequestError, kind: type[EconomicError]) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise problem

    calls: list[Call] = []
    client = economic(broken, on_call=calls.append)
    with pytest.raises(EconomicError) as caught:
        client.send(WRITE, "k")
    assert type(caught.value) is kind
    assert "POST /customers" in str(caught.value)
    assert [(call.status, call.error_code) for call in calls] == [(None, type(problem).__name__)]
    assert client.pace.calls_today == (0 if kind is Unavailable else 1)


def test_a_refused_certificate_has_its_own_advice() -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")

    with pytest.raises(Unavailable, match="CA certificates"):
        economic(broken).self_()


def test_429_holds_the_pace_for_everyone() -> None:
    pace = Pace()
    table = Table({"/self": refused(429, {"Retry-After": "120"})})
    with pytest.raises(RateLimited) as caught:
        economic(table, pace=pace).self_()
    assert caught.value.retry_after == 120
    with pytest.raises(RateLimited):
        economic(table, pace=pace).customer(1)
    assert len(table.requests) == 1


def test_a_stopped_pace_sends_nothing() -> None:
    stop = threading.Event()
    stop.set()
    table = Table({})
    with pytest.raises(Interrupted):
        economic(table, pace=Pace(stop=stop)).customer(1)
    assert table.requests == []


def test_a_closed_client_sends_nothing() -> None:
    with economic(Table({})) as client:
        pass
    with pytest.raises(Interrupted):
        client.customer(1)


def test_the_log_of_calls_holds_no_query_and_no_body() -> None:
    calls: list[Call] = []
    table = Table({"/customers": [CUSTOMER], "/invoices/booked": refused(400, errorCode="E06820")})
    client = economic(table, on_call=calls.append)
    client.customers_by_email("jens@example.dk")
    with pytest.raises(EconomicError):
        client.send(requests.WriteRequest("POST", "/invoices/booked", b"{}"), "k")
    assert [(c.method, c.path, c.status, c.error_code, c.log_id) for c in calls] == [
        ("GET", "/customers", 200, "", ""),
        ("POST", "/invoices/booked", 400, "E06820", "1f2e-CPH"),
    ]
    assert all(0 <= call.ms < 5000 for call in calls)


def test_nothing_secret_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = economic(Table({"/customers": [CUSTOMER]}))
    client.customers_by_email("jens@example.dk")
    write = requests.update_customer(7, {"name": "Jens Hemmelig"})
    with pytest.raises(NotFound) as caught:
        client.send(write, "k")
    shown = f"{client!r} {caught.value!s} {caught.value!r} {write!r} {caplog.text}"
    for secret in ("secret-app-token", "secret-grant-token", "jens", "Hemmelig"):
        assert secret not in shown


@pytest.mark.parametrize("token", ["", " ", "a b", "a\nb", "ø"])
def test_tokens_that_cannot_be_are_refused_without_showing_them(token: str) -> None:
    with pytest.raises(ValueError, match="grant token") as caught:
        Economic(URL, "demo", token)
    assert token.strip() == "" or token not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        *("", "ftp://x", "http://[::1", "restapi.e-conomic.com"),
        *("http://restapi.e-conomic.com", "http://restapi.e-conomic.com.", "https://a:b@x"),
    ],
)
def test_addresses_that_cannot_be_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="ECONOMIC_API_URL"):
        Economic(url, "demo", "demo")


def test_threads_share_one_client() -> None:
    table = Table({f"/customers/{n}": {**CUSTOMER, "customerNumber": n} for n in range(1, 51)})
    client = economic(table, timeout=Timeouts())
    with ThreadPoolExecutor(8) as pool:
        customers = list(pool.map(client.customer, range(1, 51)))
    assert [c.customer_number for c in customers if c] == list(range(1, 51))
    assert client.pace.calls_today == 50
