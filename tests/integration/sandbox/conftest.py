"""One sandbox per test process, as on its first day for every test; spoken to over real HTTP."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from econ_client.sandbox import SandboxServer

TOKENS = {"X-AppSecretToken": "demo", "X-AgreementGrantToken": "demo"}
Doc = dict[str, Any]


@pytest.fixture(scope="session")
def running() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


@pytest.fixture
def sandbox(running: SandboxServer) -> SandboxServer:
    running.clock.ahead = 0
    running.app.reset()
    return running


@pytest.fixture
def api(sandbox: SandboxServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox.url, headers=TOKENS, timeout=10, trust_env=False) as client:
        yield client


@pytest.fixture
def customer(api: httpx.Client) -> Doc:
    """A customer of the first group."""
    answer: Doc = api.post("/customers", json=new_customer()).json()
    return answer


@pytest.fixture
def goods(api: httpx.Client) -> Doc:
    """A product that is kept in stock."""
    answer: Doc = api.post("/products", json=new_product("24-MB01")).json()
    return answer


def new_customer(**more: Any) -> Doc:
    return {
        "currency": "DKK",
        "customerGroup": {"customerGroupNumber": 1},
        "vatZone": {"vatZoneNumber": 1},
        "name": "Åse Nørgård",
        "paymentTerms": {"paymentTermsNumber": 1},
        **more,
    }


def new_product(number: str, group: int = 1, **more: Any) -> Doc:
    return {"productNumber": number, "name": "Taske", "productGroup": {"productGroupNumber": group}, **more}


def line(product: str = "shipping", quantity: float = 1, price: float = 100, **more: Any) -> Doc:
    return {
        "product": {"productNumber": product},
        "description": "En linje",
        "quantity": quantity,
        "unitNetPrice": price,
        **more,
    }


def new_draft(*lines: Doc, zone: int = 1, **more: Any) -> Doc:
    return {
        "date": "2026-03-31",
        "currency": "DKK",
        "layout": {"layoutNumber": 1},
        "paymentTerms": {"paymentTermsNumber": 1},
        "customer": {"customerNumber": 1},
        "recipient": {"name": "Åse Nørgård", "vatZone": {"vatZoneNumber": zone}},
        "lines": list(lines) or [line()],
        **more,
    }


def today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def problems(answer: httpx.Response) -> list[tuple[str, str]]:
    """(property, code) of every error, wherever it stands in the tree."""
    assert answer.status_code == 400, answer.text

    def walk(node: Any) -> Iterator[tuple[str, str]]:
        if isinstance(node, dict):
            if "errorMessage" in node:
                yield node["propertyName"], node["errorCode"]
            for value in node.values():
                yield from walk(value)
        elif isinstance(node, list):
            for value in node:
                yield from walk(value)

    return list(walk(answer.json()["errors"]))


def book(api: httpx.Client, *lines: Doc, **more: Any) -> httpx.Response:
    """A draft invoice, booked."""
    made = api.post("/invoices/drafts", json=new_draft(*lines, **more))
    assert made.status_code == 201, made.text
    return api.post(
        "/invoices/booked", json={"draftInvoice": {"draftInvoiceNumber": made.json()["draftInvoiceNumber"]}}
    )
