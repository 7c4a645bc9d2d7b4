"""The checks before the service begins: what refuses a start, what is waited for, and what is only said."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from dataclasses import replace
from typing import TypeVar

from sync import checks
from sync.books import Books
from sync.check import Check
from sync.errors import ConfigError
from sync.gate import Gate
from sync.parts import Parts
from sync.pull import checks as stock_checks
from sync.pull.acceptance import accepted, agreed_way
from sync.threads import started

log = logging.getLogger("magento_economic.service")

T = TypeVar("T")

FIRST_START_PATIENCE = 60.0
STATE_PATIENCE = 60.0
"""Seconds for which a start waits for Magento's database, the very first time, and for the state, each time."""

LOOK_EVERY = 0.1
"""Seconds between two looks whether the service shall stop, while a check waits for its answer."""


TURN = 0.001
"""Seconds for which a busy thread keeps the interpreter, at most."""


def take_short_turns() -> None:
    """Let threads go on soon: one that holds a row of Magento's locked waits a turn before each of its statements."""
    sys.setswitchinterval(TURN)


class Refused(ConfigError):
    """A check found something definitely wrong; nothing was started."""

    def __init__(self, wrong: list[Check]) -> None:
        super().__init__("\n".join(str(check) for check in wrong))


def check_magento(parts: Parts, stop: threading.Event) -> None:
    """Refuse what is definitely wrong; at the very first start also what cannot be reached for a minute.

    Returns as soon as `stop` is set, and says nothing then. Raises `Refused`.
    """
    first = parts.state.position() is None
    ran = parts.state.get("profile") == parts.profile.fingerprint
    deadline = time.monotonic() + FIRST_START_PATIENCE
    while True:
        found = unless(
            stop,
            lambda: [
                *checks.check_magento(parts.settings, parts.shop, parts.profile, ran=ran),
                *_stock(parts),
            ],
        )
        if found is None:
            return
        wrong = [check for check in found if check.verdict == "wrong"]
        if wrong:
            raise Refused(wrong)
        unknown = [check for check in found if check.verdict == "unknown"]
        for check in found:
            if check.verdict == "warning":
                log.warning("%s", check)
        if not unknown:
            return
        if not first:
            log.warning("%s; the service starts and goes on trying", unknown[0])
            return
        if time.monotonic() > deadline:
            raise Refused(unknown)
        log.warning("%s; trying again", unknown[0])
        stop.wait(2)


def check_economic(parts: Parts, gate: Gate, stop: threading.Event) -> bool:
    """Use the agreement's numbers; whether they could be read. Closes the gate when e-conomic does not answer.

    Returns as soon as `stop` is set, and says nothing then. Raises `Refused`.
    """
    answer = unless(stop, lambda: _agreement(parts))
    if answer is None:
        return False
    found, books = answer
    wrong = [check for check in found if check.verdict == "wrong"]
    if wrong:
        raise Refused(wrong)
    if books is None:
        said = found[0].found
        log.warning("%s; the service starts, captures, and sends nothing until it is answered", said)
        gate.close("economic_unreachable", said)
        return False
    parts.use(books)
    return True


def _stock(parts: Parts) -> Iterator[Check]:
    """How the shop keeps stock, once it was accepted that stock is written; while that is paused, only a warning."""
    if accepted(parts.state):
        way, paused = agreed_way(parts.state), "pull" in parts.state.paused()
        for check in stock_checks.check_shop_stock(parts.settings, parts.shop, parts.profile, accepted=True, way=way):
            yield replace(check, verdict="warning") if paused and check.verdict == "wrong" else check


def _agreement(parts: Parts) -> tuple[list[Check], Books | None]:
    found, books = checks.check_economic(parts.economic, parts.profile)
    about_stock = stock_checks.check_agreement(parts.economic, parts.profile, books, parts.state)
    return [*found, *about_stock], books


def unless(stop: threading.Event, work: Callable[[], T]) -> T | None:
    """What `work` gives or raises; None as soon as `stop` is set.

    What then still waits for a server is left behind in its own thread, which does not hold up the process's end.
    """
    if stop.is_set():
        return None
    answer: Future[T] = Future()

    def answering() -> None:
        try:
            answer.set_result(work())
        except BaseException as error:  # noqa: BLE001  (raised again by the thread that waits)
            answer.set_exception(error)

    started("startup", answering)
    while not wait([answer], timeout=LOOK_EVERY).done:
        if stop.is_set():
            return None
    return None if stop.is_set() else answer.result()
