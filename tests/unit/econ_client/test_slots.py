from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from econ_client.client import Economic
from econ_client.errors import Interrupted, Unavailable
from econ_client.pace import Pace
from econ_client.slots import Slots


def test_no_more_calls_in_flight_than_allowed_and_all_are_made() -> None:
    together: list[int] = []
    now = 0
    counting = threading.Lock()
    both = threading.Barrier(2)

    def answer(_: httpx.Request) -> httpx.Response:
        nonlocal now
        with counting:
            now += 1
            together.append(now)
        both.wait(5)  # two at once are needed for anybody to go on
        with counting:
            now -= 1
        return httpx.Response(200, json={})

    with (
        Economic("http://127.0.0.1:1", "a", "b", transport=httpx.MockTransport(answer), at_once=2) as economic,
        ThreadPoolExecutor(8) as many,
    ):
        answers = list(many.map(lambda _: economic.get("/self"), range(12)))
    assert len(answers) == 12
    assert max(together) == 2


def test_a_stop_ends_the_wait() -> None:
    stop = threading.Event()
    slots = Slots(1, stop)
    with slots.one():
        threading.Timer(0.05, stop.set).start()
        with pytest.raises(Interrupted), slots.one():
            pytest.fail("there was no slot")


def test_calls_that_never_end_are_an_outage() -> None:
    slots = Slots(1, threading.Event(), longest_wait=0)
    with slots.one():
        before = time.monotonic()
        with pytest.raises(Unavailable, match="1 calls without an answer"), slots.one():
            pytest.fail("there was no slot")
        assert time.monotonic() - before < 5
    with slots.one():
        pass


def test_a_refused_call_gives_its_slot_back() -> None:
    stop = threading.Event()
    pace = Pace(stop=stop)
    transport = httpx.MockTransport(lambda _: httpx.Response(500))
    with Economic("http://127.0.0.1:1", "a", "b", transport=transport, at_once=1, pace=pace) as economic:
        for _ in range(3):
            with pytest.raises(Exception, match="500"):
                economic.get("/self")
