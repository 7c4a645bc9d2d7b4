"""What goes wrong on the way: before the effect, after it, in the middle of the answer."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from econ_client.sandbox import SandboxServer
from tests.integration.sandbox.conftest import Doc, new_customer
from tests.plain import TOKENS


def put(api: httpx.Client, *faults: Doc) -> None:
    answer = api.put("/_sandbox/faults", json=list(faults))
    assert answer.status_code == 200, answer.text


def count(api: httpx.Client) -> int:
    return int(api.get("/customers").json()["pagination"]["results"])


def journal(api: httpx.Client) -> list[tuple[str, int | None]]:
    return [(entry["method"], entry["status"]) for entry in api.get("/_sandbox/requests").json()]


@pytest.mark.parametrize(("kind", "made"), [("drop_before", 0), ("drop_after", 1), ("drop_mid", 1)])
def test_a_dropped_connection(api: httpx.Client, kind: str, made: int) -> None:
    put(api, {"fault": kind, "method": "POST", "path": "/customers", "times": 1})
    with pytest.raises(httpx.TransportError):
        api.post("/customers", json=new_customer())
    assert journal(api) == [("POST", None)]
    assert count(api) == made
    assert api.post("/customers", json=new_customer()).json()["customerNumber"] == made + 1


def test_a_delete_dropped_in_the_middle(api: httpx.Client, customer: Doc) -> None:
    put(api, {"fault": "drop_mid", "method": "DELETE"})
    with pytest.raises(httpx.TransportError):
        api.delete("/customers/1")
    assert count(api) == 0


def test_half_an_answer_has_arrived_when_it_breaks(api: httpx.Client) -> None:
    put(api, {"fault": "drop_mid", "path": "/self"})
    with api.stream("GET", "/self") as answer:
        assert answer.status_code == 200
        parts: list[bytes] = []
        with pytest.raises(httpx.RemoteProtocolError):
            parts.extend(answer.iter_bytes())
    arrived = b"".join(parts)
    assert arrived.startswith(b'{"agreementNumber"')
    assert len(arrived) == int(answer.headers["content-length"]) // 2


@pytest.mark.parametrize(("kind", "made"), [("500_before", 0), ("500_after", 1)])
def test_an_internal_error(api: httpx.Client, kind: str, made: int) -> None:
    put(api, {"fault": kind, "times": 1})
    answer = api.post("/customers", json=new_customer())
    assert (answer.status_code, answer.json()["httpStatusCode"]) == (500, 500)
    assert count(api) == made
    assert journal(api)[0] == ("POST", 500)


def test_too_many_requests(api: httpx.Client) -> None:
    put(api, {"fault": "429", "seconds": 2.5, "times": 2})
    answers = [api.get("/self") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["retry-after"] == "3"
    assert answers[0].headers["x-callcost"]


def test_latency_comes_before_the_effect(api: httpx.Client) -> None:
    put(api, {"fault": "latency", "seconds": 0.2, "method": "POST"}, {"fault": "500_after", "path": "/customers"})
    with pytest.raises(httpx.ReadTimeout):
        api.post("/customers", json=new_customer(), timeout=0.05)
    put(api)
    assert count(api) == 0
    deadline = time.monotonic() + 5
    while count(api) == 0:
        assert time.monotonic() < deadline


def test_path_globs_methods_and_times(api: httpx.Client) -> None:
    put(
        api,
        {"fault": "500_before", "method": "get", "path": "/orders/*", "times": 1},
        {"fault": "429", "path": "/orders/drafts/*"},
    )
    assert api.get("/orders").status_code == 200
    assert api.get("/orders/drafts/1").status_code == 500
    assert api.get("/orders/drafts/1").status_code == 429
    assert api.get("/orders/sent").status_code == 200
    assert [fault["times"] for fault in api.get("/_sandbox/faults").json()] == [0, None]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        [{"fault": "explode"}],
        [{"fault": "429", "times": -1}],
        [{"fault": "429", "when": "now"}],
        [{"fault": "latency", "seconds": "1"}],
        [{"fault": "429", "path": 7}],
        ["429"],
    ],
)
def test_wrong_faults_are_told(api: httpx.Client, wrong: Any) -> None:
    answer = api.put("/_sandbox/faults", json=wrong)
    assert answer.status_code == 400
    assert answer.json()["message"]


def test_the_journal_tells_all_but_the_tokens(sandbox: SandboxServer, api: httpx.Client) -> None:
    before = time.monotonic()
    api.post("/customers", json=new_customer(creditLimit=10.5), headers={"Idempotency-Key": "k-1"})
    api.get("/customers", params={"filter": "name$like:Åse", "pagesize": 5})
    api.get("/self", headers={"X-AppSecretToken": "very-secret"})
    api.post("/customers", content=b"{", headers={"Content-Type": "application/json"})
    after = time.monotonic()
    answer = api.get("/_sandbox/requests")
    assert "very-secret" not in answer.text
    first, second, third, fourth = answer.json()
    assert first["body"]["creditLimit"] == 10.5
    assert (first["method"], first["path"], first["status"]) == ("POST", "/customers", 201)
    assert first["idempotency_key"] == "k-1"
    assert (second["body"], second["idempotency_key"]) == (None, None)
    assert second["query"] == "filter=name%24like%3A%C3%85se&pagesize=5"
    assert third["status"] == 401
    assert (fourth["status"], fourth["body"]) == (400, "{")
    assert before <= first["at_monotonic"] <= fourth["at_monotonic"] <= after
    assert len(first["at"]) == len("2026-11-24T04:15:34.123456Z")
    assert httpx.delete(f"{sandbox.url}/_sandbox/requests", trust_env=False).status_code == 204
    assert api.get("/_sandbox/requests").json() == []


def test_reset(api: httpx.Client, customer: Doc) -> None:
    put(api, {"fault": "500_before"})
    api.put("/_sandbox/agreement", json={"list_delay": 5})
    assert api.post("/_sandbox/reset").status_code == 204
    assert api.get("/customers/1").status_code == 404
    assert api.get("/_sandbox/agreement").json()["list_delay"] == 0
    assert TOKENS["X-AppSecretToken"] == "demo"


@pytest.mark.parametrize("kind", ["401", "403"])
def test_rights_that_are_taken_away(api: httpx.Client, kind: str) -> None:
    api.put("/_sandbox/faults", json=[{"fault": kind, "path": "/customers*", "times": 1}])
    refused = api.post("/customers", json=new_customer(), headers={"Idempotency-Key": "k"})
    assert (refused.status_code, refused.json()["httpStatusCode"]) == (int(kind), int(kind))
    again = api.post("/customers", json=new_customer(), headers={"Idempotency-Key": "k"})
    assert (again.status_code, again.json()["customerNumber"]) == (201, 1)
