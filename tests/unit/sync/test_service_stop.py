"""A signal that arrives while the main thread waits."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

from sync.service import Service
from sync.state.bell import Bell


def test_a_signal_in_the_middle_of_a_wait_does_not_lock_the_service_up() -> None:
    service = Service.__new__(Service)
    service.stop = threading.Event()
    parts: Any = SimpleNamespace(
        pace=SimpleNamespace(stop=threading.Event()), interrupt=lambda: None, state=SimpleNamespace(bell=Bell())
    )
    service.parts = parts
    lock: Any = SimpleNamespace(interrupt=lambda after: None)
    service.lock = lock
    held = service.stop._cond  # type: ignore[attr-defined]
    with held:  # as Event.wait does for a moment
        service.on_signal(15, None)
        assert not service.stop.is_set()
    assert service.stop.wait(5)
