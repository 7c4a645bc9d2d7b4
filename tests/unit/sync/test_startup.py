"""The checks before the service begins give way to a stop."""

from __future__ import annotations

import threading

import pytest

from sync.errors import ConfigError
from sync.startup import unless


def test_what_is_answered_is_given() -> None:
    assert unless(threading.Event(), lambda: 7) == 7


def test_what_is_raised_is_raised() -> None:
    def refuse() -> int:
        raise ConfigError("wrong")

    with pytest.raises(ConfigError, match="wrong"):
        unless(threading.Event(), refuse)


def test_a_stop_does_not_wait_for_the_answer() -> None:
    stop, never = threading.Event(), threading.Event()
    threading.Timer(0.05, stop.set).start()
    assert unless(stop, lambda: never.wait(60)) is None
    never.set()


def test_what_breaks_off_because_of_the_stop_says_nothing() -> None:
    stop = threading.Event()

    def interrupted() -> int:
        stop.set()
        raise ConfigError("the pace has ended")

    assert unless(stop, interrupted) is None
