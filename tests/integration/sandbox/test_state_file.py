"""The state in a file: there again after a stop, a kill and a cut-off line."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from econ_client.sandbox import SandboxServer
from tests.integration.sandbox.conftest import book, line, new_customer, new_draft, new_product
from tests.plain import plain_client

LISTS = ("/customers", "/products", "/invoices/drafts", "/invoices/booked", "/orders/sent", "/journals/1/vouchers")


def client(server: SandboxServer) -> httpx.Client:
    return plain_client(server.url, timeout=10)


def fill(api: httpx.Client) -> None:
    api.post("/customers", json=new_customer())
    api.post("/products", json=new_product("Æ/1")).raise_for_status()
    api.put("/_sandbox/agreement", json={"vat_rounding": "line/half_up"}).raise_for_status()
    api.put("/_sandbox/stock/%C3%86%2F1", json={"inStock": 7}).raise_for_status()
    api.post("/orders/drafts", json=new_draft())
    api.post("/orders/sent", json=api.get("/orders/drafts/1").json())
    book(api, line("Æ/1", 2)).raise_for_status()
    api.post("/invoices/drafts", json=new_draft(), headers={"Idempotency-Key": "k"}).raise_for_status()
    files = {"file": ("a.pdf", b"%PDF-\xff\xfe", "application/pdf")}
    api.post("/invoices/drafts/2/attachment/file", files=files).raise_for_status()
    payment = {"date": "2026-03-31", "amount": -1, "customer": {"customerNumber": 1}}
    body = {"accountingYear": {"year": "2026"}, "entries": {"customerPayments": [payment]}}
    api.post("/journals/1/vouchers", json=body).raise_for_status()
    assert api.post("/customers", json={}).status_code == 400
    assert api.delete("/customers/1").status_code == 400


def held(api: httpx.Client) -> list[str]:
    port = str(api.base_url).rstrip("/").rpartition(":")[2]
    return [api.get(path).text.replace(f":{port}/", ":0/") for path in LISTS]


def test_everything_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "books.jsonl"
    with SandboxServer(file=path) as server, client(server) as api:
        fill(api)
        before = held(api)
        stock = api.get("/products/%C3%86_6_1").json()["inventory"]["inStock"]
        assert stock == 5
    for _ in range(2):
        with SandboxServer(file=path) as server, client(server) as api:
            assert held(api) == before
            assert api.get("/_sandbox/agreement").json()["vat_rounding"] == "line/half_up"
            assert api.get("/invoices/drafts/2/attachment/file").content == b"%PDF-\xff\xfe"
            assert api.get("/products/%C3%86_6_1").json()["inventory"]["inStock"] == 5
            again = api.post("/invoices/drafts", json=new_draft(), headers={"Idempotency-Key": "k"})
            assert (again.headers["x-resultfromcache"], again.json()["draftInvoiceNumber"]) == ("true", 2)
    with SandboxServer(file=path) as server, client(server) as api:
        assert api.post("/invoices/drafts", json=new_draft()).json()["draftInvoiceNumber"] == 3
        api.post("/_sandbox/reset")
    with SandboxServer(file=path) as server, client(server) as api:
        assert api.get("/customers").json()["collection"] == []


def test_a_line_that_was_cut_off_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "books.jsonl"
    with SandboxServer(file=path) as server, client(server) as api:
        api.post("/customers", json=new_customer())
        api.post("/customers", json=new_customer())
    path.write_bytes(path.read_bytes()[:-30])
    with SandboxServer(file=path) as server, client(server) as api:
        assert len(api.get("/customers").json()["collection"]) == 1
        api.post("/customers", json=new_customer())
    with SandboxServer(file=path) as server, client(server) as api:
        assert len(api.get("/customers").json()["collection"]) == 2


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "books.jsonl"
    with SandboxServer(file=path), pytest.raises(ValueError, match="in use"):
        SandboxServer(file=path)
    with pytest.raises(ValueError, match="seed `demo`"):
        SandboxServer("empty", file=path)
    path.write_text("no state\n")
    with pytest.raises(ValueError, match="not a state"):
        SandboxServer(file=path)
    with pytest.raises(OSError, match="directory"):
        SandboxServer(file=tmp_path / "nowhere" / "x")


def test_a_killed_sandbox_has_lost_nothing(tmp_path: Path) -> None:
    path = tmp_path / "books.jsonl"
    code = (
        "import sys, time; from econ_client.sandbox import SandboxServer\n"
        f"s = SandboxServer(file={str(path)!r}); print(s.url, flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        with plain_client(process.stdout.readline().strip()) as api:
            for _ in range(20):
                assert api.post("/customers", json=new_customer()).status_code == 201
            process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.communicate()
    with SandboxServer(file=path) as server, client(server) as api:
        assert api.get("/customers").json()["pagination"]["results"] == 20


def test_kept_errors_are_there_again(tmp_path: Path) -> None:
    path, keys = tmp_path / "books.jsonl", ("refused", "before", "after")

    def post(api: httpx.Client, key: str, name: str | None) -> httpx.Response:
        return api.post("/customers", json=new_customer(name=name), headers={"Idempotency-Key": key})

    with SandboxServer(file=path, cache_errors="on") as server, client(server) as api:
        first = [post(api, "refused", None)]
        for key in keys[1:]:
            api.put("/_sandbox/faults", json=[{"fault": f"500_{key}", "times": 1}])
            first.append(post(api, key, "Bo"))
        assert [answer.status_code for answer in first] == [400, 500, 500]
    for _ in range(2):
        with SandboxServer(file=path, cache_errors="on") as server, client(server) as api:
            again = [post(api, key, "Bo") for key in keys]
            assert [answer.json() for answer in again] == [answer.json() for answer in first]
            assert {answer.headers["x-resultfromcache"] for answer in again} == {"true"}
            assert api.get("/customers").json()["pagination"]["results"] == 1


def test_booked_journals_are_there_again(tmp_path: Path) -> None:
    path = tmp_path / "books.jsonl"
    with SandboxServer(file=path) as server, client(server) as api:
        api.post("/customers", json=new_customer())
        book(api, line(price=80)).raise_for_status()
        payment = {"date": "2026-03-31", "amount": -100, "customer": {"customerNumber": 1}, "customerInvoice": 10001}
        body = {"accountingYear": {"year": "2026"}, "entries": {"customerPayments": [payment]}}
        api.post("/journals/1/vouchers", json=body).raise_for_status()
        api.post("/_sandbox/journals/1/book").raise_for_status()
    with SandboxServer(file=path) as server, client(server) as api:
        assert api.get("/invoices/booked/10001").json()["remainder"] == 0
        assert api.get("/customers/1").json()["balance"] == 0
