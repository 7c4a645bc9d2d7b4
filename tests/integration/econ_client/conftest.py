"""One sandbox for the tests of a file, with a client."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from econ_client import requests
from econ_client.answers import Answer
from econ_client.client import Economic
from econ_client.documents import CustomerAnswer
from econ_client.requests import WriteRequest
from econ_client.sandbox import SandboxServer
from tests.integration.econ_client.test_client_on_sandbox import CUSTOMER


@pytest.fixture(scope="module")
def client() -> Iterator[Economic]:
    with SandboxServer(seed="demo") as server, Economic(server.url, "demo", "demo") as economic:
        yield economic


def send(client: Economic, request: WriteRequest) -> Answer:
    return client.send(request, str(uuid.uuid4()))


@pytest.fixture
def customer(client: Economic) -> int:
    return send(client, requests.create_customer(CUSTOMER)).parse(CustomerAnswer).customer_number
