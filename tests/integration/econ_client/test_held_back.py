"""A write that is held back when its connection is there already: nothing of it has an effect."""

from __future__ import annotations

import uuid

import pytest

from econ_client import requests
from econ_client.client import Economic
from tests.integration.econ_client.test_client_on_sandbox import CUSTOMER


class _Held(Exception):
    pass


@pytest.mark.parametrize(("asked", "part"), [(1, "head"), (2, "body")])
def test_a_write_is_asked_for_before_its_head_and_before_its_body(client: Economic, asked: int, part: str) -> None:
    left = [asked]

    def may() -> None:
        left[0] -= 1
        if not left[0]:
            raise _Held

    before = len(list(client.collection("/customers")))
    client.before_bytes = may
    with pytest.raises(_Held):
        client.send(requests.create_customer(CUSTOMER), str(uuid.uuid4()))
    assert len(list(client.collection("/customers"))) == before, f"a write without its {part}"  # reads are not asked
    client.before_bytes = None
    client.send(requests.create_customer(CUSTOMER), str(uuid.uuid4()))
    assert len(list(client.collection("/customers"))) == before + 1
