"""A signal that arrives while the main thread waits."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

from sync.service import Service, _Session


def test_a_signal_in_the_middle_of_a_wait_does_not_lock_the_service_up() -> None:
    service = Service.__new__(Service)
    service.stop, service._turn = threading.Event(), threading.Event()
    parts: Any = SimpleNamespace(
        pace=SimpleNamespace(stop=threading.Event()), interrupt=lambda: None, state=SimpleNamespace(wake=lambda: None)
    )
    service.parts = parts
    lock: Any = SimpleNamespace(interrupt=lambda after: None)
    service.lock = lock
    held = service.stop._cond  # type: ignore[attr-defined]
    with held:  # as Event.wait does for a moment
        service.on_signal(15, None)
        assert not service.stop.is_set()
    assert service.stop.wait(5)


def test_capture_is_told_to_stop_before_its_reader_is_woken() -> None:
    """Else the reader takes its closed connection for a loss, and says so."""
    service = Service.__new__(Service)
    service.stop, service._turn = threading.Event(), threading.Event()
    session = service._session = _Session()
    told: list[bool] = []
    parts: Any = SimpleNamespace(
        pace=SimpleNamespace(stop=threading.Event()),
        interrupt=lambda: told.append(session.stop.is_set()),
        state=SimpleNamespace(wake=lambda: None),
    )
    service.parts = parts
    service.shut_down()
    assert told == [True]
