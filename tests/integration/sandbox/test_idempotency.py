from __future__ import annotations

import httpx
import pytest

from econ_client.sandbox import SandboxServer
from tests.integration.sandbox.conftest import Doc, new_customer, new_draft

KEY = {"Idempotency-Key": "0190-a"}


def test_the_same_key_gives_the_same_answer(api: httpx.Client) -> None:
    first = api.post("/customers", json=new_customer(), headers=KEY)
    again = api.post("/customers", json=new_customer(name="Anden"), headers=KEY)
    assert "x-resultfromcache" not in first.headers
    assert again.headers["x-resultfromcache"] == "true"
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["location"] == first.headers["location"]
    assert api.get("/customers").json()["pagination"]["results"] == 1


@pytest.mark.usefixtures("customer")
def test_put_delete_and_booking(api: httpx.Client) -> None:
    api.post("/invoices/drafts", json=new_draft())
    api.put("/invoices/drafts/1", json=new_draft(), headers={"Idempotency-Key": "p"})
    assert (
        "x-resultfromcache" in api.put("/invoices/drafts/1", json=new_draft(), headers={"Idempotency-Key": "p"}).headers
    )
    booking = {"draftInvoice": {"draftInvoiceNumber": 1}}
    booked = [api.post("/invoices/booked", json=booking, headers={"Idempotency-Key": "b"}) for _ in range(2)]
    assert booked[0].json()["bookedInvoiceNumber"] == booked[1].json()["bookedInvoiceNumber"]
    api.post("/orders/drafts", json=new_draft())
    deleted = [api.delete("/orders/drafts/1", headers={"Idempotency-Key": "d"}) for _ in range(2)]
    assert [answer.status_code for answer in deleted] == [204, 204]
    assert deleted[1].headers["x-resultfromcache"] == "true"


def test_another_url_is_refused(api: httpx.Client, customer: Doc) -> None:
    api.post("/customers", json=new_customer(), headers=KEY)
    for answer in (
        api.post("/customers/1/contacts", json={"name": "Bo"}, headers=KEY),
        api.post("/customers?x=1", json=new_customer(), headers=KEY),
    ):
        assert (answer.status_code, answer.json()["errorCode"]) == (400, "URLChanged")


def test_get_takes_no_key(api: httpx.Client) -> None:
    assert [api.get("/self", headers=KEY).headers.get("x-resultfromcache") for _ in range(2)] == [None, None]


def test_a_key_lasts_an_hour(api: httpx.Client, sandbox: SandboxServer) -> None:
    numbers = []
    for minutes in (0, 59, 61):
        sandbox.clock.ahead = minutes * 60
        numbers.append(api.post("/customers", json=new_customer(), headers=KEY).json()["customerNumber"])
    assert numbers == [1, 1, 2]


def test_errors_are_kept_only_with_the_switch(api: httpx.Client) -> None:
    bad, good = new_customer(name=None), new_customer()
    assert api.post("/customers", json=bad, headers=KEY).status_code == 400
    assert api.post("/customers", json=good, headers=KEY).status_code == 201
    api.put("/_sandbox/agreement", json={"cache_errors": "on"})
    other = {"Idempotency-Key": "other"}
    assert api.post("/customers", json=bad, headers=other).status_code == 400
    kept = api.post("/customers", json=good, headers=other)
    assert (kept.status_code, kept.headers["x-resultfromcache"]) == (400, "true")


@pytest.mark.parametrize("kind", ["drop_after", "drop_mid", "500_after"])
def test_a_lost_answer_is_given_again(api: httpx.Client, kind: str) -> None:
    api.put("/_sandbox/faults", json=[{"fault": kind, "times": 1}])
    try:
        assert api.post("/customers", json=new_customer(), headers=KEY).status_code == 500
    except httpx.TransportError:
        assert kind.startswith("drop")
    again = api.post("/customers", json=new_customer(), headers=KEY)
    assert (again.status_code, again.headers["x-resultfromcache"]) == (201, "true")
    assert api.get("/customers").json()["pagination"]["results"] == 1


@pytest.mark.parametrize(("kind", "made"), [("500_before", 0), ("500_after", 1)])
def test_a_kept_internal_error_hides_what_happened(api: httpx.Client, kind: str, made: int) -> None:
    api.put("/_sandbox/agreement", json={"cache_errors": "on"})
    api.put("/_sandbox/faults", json=[{"fault": kind, "times": 1}])
    api.post("/customers", json=new_customer(), headers=KEY)
    again = api.post("/customers", json=new_customer(), headers=KEY)
    assert (again.status_code, again.headers["x-resultfromcache"]) == (500, "true")
    assert api.get("/customers").json()["pagination"]["results"] == made


def test_a_429_is_never_kept(api: httpx.Client) -> None:
    api.put("/_sandbox/agreement", json={"cache_errors": "on"})
    api.put("/_sandbox/faults", json=[{"fault": "429", "times": 1}])
    assert api.post("/customers", json=new_customer(), headers=KEY).status_code == 429
    assert api.post("/customers", json=new_customer(), headers=KEY).status_code == 201
