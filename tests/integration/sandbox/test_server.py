"""The server around the application: start, stop, addresses that do not exist, tokens, headers, speed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Any

import httpx
import pytest

from econ_client.sandbox import SandboxServer
from tests.integration.sandbox.conftest import Doc, new_customer
from tests.plain import TOKENS, plain_client


def test_the_state_survives_a_time_away() -> None:
    server = SandboxServer()
    try:
        with plain_client(server.url) as api:
            api.post("/customers", json=new_customer())
            server.stop()
            with pytest.raises(httpx.ConnectError):
                api.get("/customers/1")
            server.start()
            assert api.get("/customers/1").status_code == 200
    finally:
        server.stop()
        server.stop()


@pytest.mark.parametrize(
    "wrong",
    [
        {"seed": "big"},
        {"inventory": "yes"},
        {"orders": "on"},
        {"vat_rounding": "half_up"},
        {"list_delay": -1},
        {"list_delay": "soon"},
        {"colour": "red"},
    ],
)
def test_wrong_switches_are_told(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        SandboxServer(**wrong)


def test_a_port_in_use_is_told(sandbox: SandboxServer) -> None:
    with pytest.raises(OSError, match="in use"):
        SandboxServer(port=int(sandbox.url.rpartition(":")[2]))


def test_switches_and_seed_at_the_start() -> None:
    with SandboxServer("empty", inventory=False, vat_rounding="line/half_even", list_delay=1) as server:
        shown = httpx.get(f"{server.url}/_sandbox/agreement", trust_env=False).json()
        assert shown == {
            "inventory": "off",
            "orders": "allowed",
            "orders_reserve": "off",
            "stock_moves_last_updated": "on",
            "stock_delay": 0,
            "vat_rounding": "line/half_even",
            "cache_errors": "off",
            "list_delay": 1,
            "rate_limit": "off",
            "webhook_deletes": "on",
            "descriptions_required": "off",
            "payment_sign": "minus",
        }
        products = httpx.get(f"{server.url}/products", headers=TOKENS, trust_env=False).json()
        assert products["collection"] == []


def test_the_command_line_ends_cleanly_on_sigterm() -> None:
    code = "import sys; from econ_client.sandbox import serve; serve(int(sys.argv[1]), 'demo', {'inventory': 'off'})"
    port = 20000 + os.getpid() % 20000
    process = subprocess.Popen([sys.executable, "-c", code, str(port)])
    try:
        deadline = time.monotonic() + 10
        while True:
            try:
                answer = httpx.get(f"http://127.0.0.1:{port}/self", headers=TOKENS, trust_env=False)
                break
            except httpx.ConnectError:
                assert time.monotonic() < deadline
                assert process.poll() is None
        assert answer.status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("tokens", "code"),
    [
        ({}, "E02200"),
        ({"X-AppSecretToken": "demo"}, "E02200"),
        ({"X-AppSecretToken": "demo", "X-AgreementGrantToken": "other"}, "E02250"),
        ({"X-AppSecretToken": "other", "X-AgreementGrantToken": "demo"}, "E02250"),
        ({"X-AppSecretToken": "a", "X-AgreementGrantToken": "b"}, "E02200"),
    ],
)
def test_tokens(sandbox: SandboxServer, tokens: dict[str, str], code: str) -> None:
    answer = httpx.get(f"{sandbox.url}/self", headers=tokens, trust_env=False)
    assert (answer.status_code, answer.json()["errorCode"]) == (401, code)


@pytest.mark.parametrize("path", ["/nothing", "/customers/1/nothing", "/customers/x", "/customers/9999999999"])
def test_unknown_addresses(api: httpx.Client, path: str) -> None:
    answer = api.get(path)
    assert answer.status_code == 404
    error = answer.json()
    assert (error["message"], error["httpStatusCode"]) == ("Resource not found.", 404)
    assert error["logId"].endswith("-CPH")


def test_methods(api: httpx.Client) -> None:
    answer = api.head("/customers")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(api.get("/customers").content))
    answer = api.options("/customers/1")
    assert (answer.status_code, answer.headers["allow"]) == (204, "DELETE, GET, PATCH, PUT")
    for method, path in (
        ("PATCH", "/customers"),
        ("POST", "/self"),
        ("DELETE", "/invoices/booked/1"),
        ("HEAD", "/self/company"),
    ):
        assert api.request(method, path).status_code == 405


def test_media_types_and_broken_json(api: httpx.Client) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        assert api.post("/customers", content=b"{}", headers={"Content-Type": kind}).status_code == 415
    assert api.post("/customers", content=b"{}").status_code == 415
    json_type = {"Content-Type": "application/json; charset=utf-8"}
    for body in (b"", b"{", b"\xff", b'{"a": NaN}', b"[]", b"null", b'"x"'):
        assert api.post("/customers", content=body, headers=json_type).status_code == 400
    deep = b'{"name":' * 100_000
    assert api.post("/customers", content=deep, headers=json_type).status_code in (400, 500)
    assert api.get("/_sandbox/requests").status_code == 200


def test_every_answer_carries_the_budget(api: httpx.Client) -> None:
    for path in ("/self", "/nothing"):
        answer = api.get(path)
        assert answer.headers["x-callcost"] == "3"
        assert answer.headers["x-ratelimiting"].startswith("token-limit-10000-per-60-seconds: ")
        assert answer.headers["x-ratelimiting"].endswith("/10000")


def test_links_lead_back_here(api: httpx.Client, sandbox: SandboxServer, customer: Doc) -> None:
    assert customer["self"] == f"{sandbox.url}/customers/1"
    for link in (customer["paymentTerms"]["self"], customer["vatZone"]["self"], customer["contacts"]):
        assert api.get(link).status_code == 200


def test_wrong_calls_of_the_sandbox_itself(api: httpx.Client) -> None:
    assert api.get("/_sandbox/nothing").status_code == 404
    assert api.put("/_sandbox/agreement", json=[]).status_code == 400
    assert api.put("/_sandbox/agreement", content=b"{").status_code == 400
    answer = api.put("/_sandbox/agreement", json={"inventory": "off", "colour": "red"})
    assert "colour" in answer.json()["message"]
    assert api.get("/_sandbox/agreement").json()["inventory"] == "on"
    assert api.put("/_sandbox/stock/shipping", json={"inStock": "7"}).status_code == 400
