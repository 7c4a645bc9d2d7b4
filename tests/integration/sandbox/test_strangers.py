"""What clients written by others do: HTTP's smaller print, demo reading, paging by links, references by link."""

from __future__ import annotations

import json
import socket
import urllib.request
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import httpx
import pytest

from econ_client.sandbox import SandboxServer
from tests.integration.sandbox.conftest import Doc, line, new_customer, new_draft, new_product, problems
from tests.plain import TOKENS, plain_client


def speak(sandbox: SandboxServer, *messages: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(head, body) of each answer on one connection, each with a Content-Length."""
    where = urlsplit(sandbox.url)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=10) as connection:
        stream = connection.makefile("rb")
        for message in messages:
            connection.sendall(message)
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += stream.readline()
            length = next((int(h[15:]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length:")), 0)
            yield head, stream.read(length)


HEAD = b"Host: x\r\nX-AppSecretToken: demo\r\nX-AgreementGrantToken: demo\r\n"


def test_expect_continue(sandbox: SandboxServer) -> None:
    body = b'{"name":"sk"}'
    head = b"POST /units HTTP/1.1\r\n" + HEAD + b"Content-Type: application/json\r\nExpect: 100-continue\r\n"
    head += b"Content-Length: %d\r\n\r\n" % len(body)
    first, second = speak(sandbox, head, body)
    assert first[0].startswith(b"HTTP/1.1 100 ")
    assert second[0].startswith(b"HTTP/1.1 201 ")


def test_chunked_and_one_connection_for_many(sandbox: SandboxServer) -> None:
    chunked = (
        b"POST /units HTTP/1.1\r\n" + HEAD + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunked += b'5\r\n{"nam\r\n8\r\ne":"sk"}\r\n0\r\n\r\n'
    read = b"GET /units/4 HTTP/1.1\r\n" + HEAD + b"\r\n"
    answers = list(speak(sandbox, chunked, read, read))
    assert [head[9:12] for head, _ in answers] == [b"201", b"200", b"200"]
    assert answers[1][1] == answers[2][1]


def test_the_standard_library(sandbox: SandboxServer) -> None:
    request = urllib.request.Request(f"{sandbox.url}/self", headers={**TOKENS, "Accept-Encoding": "gzip, deflate"})  # noqa: S310 -- an address of this test
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        assert answer.status == 200
        assert "content-encoding" not in {name.lower() for name in answer.headers}


def test_a_byte_order_mark_and_small_letters_of_a_currency(api: httpx.Client) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(new_customer(currency="dkk")).encode()
    made = api.post("/customers", content=body, headers={"Content-Type": "Application/JSON; charset=UTF-8"})
    assert (made.status_code, made.json()["currency"]) == (201, "DKK")
    draft = api.post("/invoices/drafts", json=new_draft(currency="eur")).json()
    assert (draft["currency"], draft["exchangeRate"]) == ("EUR", 746.05)
    assert problems(api.post("/invoices/drafts", json=new_draft(currency="dk1"))) == [("currency", "E04300")]
    assert problems(api.post("/invoices/drafts", json=new_draft(currency="xyz"))) == [("currency", "E07120")]


@pytest.mark.parametrize("path", ["/CUSTOMERS/1", "/Customers/1/", "/customers/1?x=y", "//customers/1"])
def test_addresses_in_other_spellings(api: httpx.Client, customer: Doc, path: str) -> None:
    assert api.get(f"{api.base_url}".rstrip("/") + path).json()["customerNumber"] == 1


def test_a_target_that_names_the_host(sandbox: SandboxServer) -> None:
    [(head, body)] = speak(sandbox, b"GET http://somewhere/units/1 HTTP/1.1\r\n" + HEAD + b"\r\n")
    assert (head[9:12], json.loads(body)["unitNumber"]) == (b"200", 1)


def test_the_older_protocol(sandbox: SandboxServer) -> None:
    [(head, body)] = speak(sandbox, b"GET /units/1 HTTP/1.0\r\n" + HEAD + b"\r\n")
    assert (head[9:12], json.loads(body)["unitNumber"]) == (b"200", 1)


def test_extra_headers_do_no_harm(api: httpx.Client) -> None:
    headers = {"Accept": "application/json", "User-Agent": "x", "X-Whatever": "1"}
    assert api.get("/self", headers={**headers, "Content-Type": "application/json"}).status_code == 200


def test_reading_the_demo_without_tokens(sandbox: SandboxServer) -> None:
    with plain_client(sandbox.url, tokens=False) as anybody:
        refused = anybody.get("/products")
        assert refused.status_code == 401
        [link] = [word for word in refused.json()["developerHint"].split() if word.startswith("http")]
        assert (link, anybody.get(link).status_code) == (f"{sandbox.url}/products?demo=true", 200)
        page = anybody.get("/products?demo=true&pagesize=2&filter=name$like:a").json()
        assert "demo=true" in page["pagination"]["nextPage"]
        assert anybody.get(page["pagination"]["nextPage"]).status_code == 200
        one = anybody.get(page["collection"][0]["self"]).json()
        assert one["productGroup"]["self"].endswith("?demo=true")
        assert anybody.post("/units?demo=true", json={"name": "x"}).status_code == 405
        assert anybody.head("/units?demo=TRUE").status_code == 200
        other = {"X-AppSecretToken": "other"}
        assert anybody.get("/units?demo=true", headers=other).status_code == 401
    with plain_client(sandbox.url) as known:
        assert known.post("/units?demo=true", json={"name": "x"}).json()["self"].endswith("/units/4?demo=true")


def test_pages_by_their_links(api: httpx.Client) -> None:
    for number in range(45):
        api.post("/products", json=new_product(f"p-{number:02}"))
    seen: list[str] = []
    url: str | None = "/products?pagesize=10&sort=-productNumber&filter=productNumber$like:p-*"
    while url:
        page = api.get(url).json()
        seen += [row["productNumber"] for row in page["collection"]]
        url = page["pagination"].get("nextPage")
    assert seen == [f"p-{number:02}" for number in range(44, -1, -1)]
    assert len(api.get("/products?pagesize=1000").json()["collection"]) == 51
    assert len(api.get("/products?PageSize=1000&SkipPages=0").json()["collection"]) == 51


@pytest.mark.parametrize(
    "value", ["name$eq:Åse & Co. 100% +1", "name$like:*& co. 100%*", "name$eq:åse & co. 100% +1$and:zip$null:"]
)
def test_filters_encoded_in_every_way(api: httpx.Client, value: str) -> None:
    api.post("/customers", json=new_customer(name="Åse & Co. 100% +1"))
    api.post("/customers", json=new_customer(name="Bo"))
    filtering = value.replace("$null:", "$eq:$null:") if "zip" in value else value
    base = str(api.base_url).rstrip("/")
    spellings = (
        quote(filtering, safe=""),
        quote(filtering, safe="$:,()*"),
        quote(filtering, safe="").replace("%20", "+").replace("%24", "$").lower().replace("%c3%85", "%C3%85"),
    )
    for spelling in spellings:
        found = api.get(httpx.URL(f"{base}/customers", query=f"filter={spelling}".encode())).json()
        assert [row["customerNumber"] for row in found["collection"]] == [1], spelling


@pytest.mark.usefixtures("customer")
def test_names_in_queries_may_be_in_any_case(api: httpx.Client) -> None:
    api.post("/orders/drafts", json=new_draft()).raise_for_status()
    for query in ("filter=customer.customernumber$eq:1", "filter=Currency$eq:dkk&sort=-ORDERNUMBER"):
        assert api.get(f"/orders/drafts?{query}").json()["pagination"]["results"] == 1
    assert api.get("/customers?filter=barred$eq:False").json()["pagination"]["results"] == 1


def test_references_by_link_alone(api: httpx.Client) -> None:
    number = "a.b/c_d 1+2"
    api.post("/products", json=new_product(number)).raise_for_status()
    product = api.get("/products?filter=name$eq:Taske").json()["collection"][0]

    def by_link(path: str) -> Doc:
        return {"self": api.get(path).json()["self"]}

    body: Doc = {
        "currency": "DKK",
        "name": "Bo",
        "customerGroup": {"self": "https://restapi.e-conomic.com/customer-groups/1/"},
        "vatZone": by_link("/vat-zones/1"),
        "paymentTerms": by_link("/payment-terms/1"),
    }
    customer = api.post("/customers", json=body).json()
    draft = new_draft(line())
    draft |= {"customer": {"self": customer["self"]}, "layout": by_link("/layouts/1")}
    draft |= {"paymentTerms": by_link("/payment-terms/1")}
    draft["recipient"]["vatZone"] = by_link("/vat-zones/1")
    draft["lines"][0] |= {"product": {"self": product["self"]}, "unit": by_link("/units/2")}
    made = api.post("/invoices/drafts", json=draft)
    assert made.status_code == 201, made.text
    assert made.json()["lines"][0]["product"]["productNumber"] == number
    booked = api.post("/invoices/booked", json={"draftInvoice": {"self": made.json()["self"]}})
    assert booked.status_code == 201
    assert api.get(booked.json()["self"]).json()["customer"]["customerNumber"] == customer["customerNumber"]


def test_what_was_read_can_be_put_back(api: httpx.Client, customer: Doc, goods: Doc) -> None:
    api.post("/invoices/drafts", json=new_draft(line("24-MB01"), notes={"heading": "h"}))
    api.post("/orders/drafts", json=new_draft(line("24-MB01")))
    for path in ("/customers/1", "/products/24-MB01", "/invoices/drafts/1", "/orders/drafts/1", "/units/1"):
        before = api.get(path).json()
        answer = api.put(path, json=before)
        assert answer.status_code == 200, (path, answer.text)
        after = answer.json()
        assert {**after, "lastUpdated": 0} == {**before, "lastUpdated": 0}


def test_the_window_is_used_up(api: httpx.Client, sandbox: SandboxServer) -> None:
    api.put("/_sandbox/agreement", json={"rate_limit": "on"})
    sandbox.clock.ahead = 60 - sandbox.clock.monotonic() % 60 + 1
    api.get("/self")
    sandbox.app.budget._used = 9_994
    assert api.get("/self").headers["x-ratelimiting"].endswith(": 9997/10000")
    assert api.get("/self").status_code == 200
    refused = api.post("/units", json={"name": "x"}, headers={"Idempotency-Key": "k"})
    assert refused.status_code == 429
    assert 55 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["x-ratelimiting"].endswith(": 10000/10000")
    assert api.get("/self").status_code == 429
    sandbox.clock.ahead += 60
    assert api.post("/units", json={"name": "x"}, headers={"Idempotency-Key": "k"}).status_code == 201
