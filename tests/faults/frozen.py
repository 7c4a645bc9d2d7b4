"""A service that stops itself (SIGSTOP) at a place in its code that is otherwise met by luck, and is woken later."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Literal

from tests.world import Service, World, until

Place = Literal["a capture commit", "a stock write", "a stock row's lock", "a POST that goes out", "a link's commit"]

_FREEZE = """
import os, signal, time
def freeze(place):
    try:
        os.unlink("freeze at " + place)
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(0.5)  # it takes effect some time after it was sent, and here nothing may go on meanwhile
def after(place, owner, name):
    whole = getattr(owner, name)
    def wrapped(*args, **kwargs):
        try:
            return whole(*args, **kwargs)
        finally:
            freeze(place)
    setattr(owner, name, wrapped)
def before(place, owner, name):
    whole = getattr(owner, name)
    def wrapped(*args, **kwargs):
        freeze(place)
        return whole(*args, **kwargs)
    setattr(owner, name, wrapped)
"""

_PLACES: dict[Place, str] = {
    # the rows are stored, and not committed
    "a capture commit": "import sync.state.positions as it; after({!r}, it, 'store')",
    # the server has said that the lock is ours, every row is written, and COMMIT is the next that it hears
    "a stock write": "import pymysql.connections as it; before({!r}, it.Connection, 'commit')",
    "a stock row's lock": "import cdc.stock_write as it; after({!r}, it.Session, 'lock')",
    # the intent is stored, and not a byte is sent
    "a POST that goes out": "import econ_client.client as it; before({!r}, it._Exchange, 'run')",
    # the answer is here, and its link is not committed
    "a link's commit": "import sync.state.work as it; after({!r}, it.Work, 'save_link')",
}


def freezing(place: Place) -> str:
    """What is to be run before a service that shall stop there, once `arm` allowed it."""
    return _FREEZE + _PLACES[place].format(place)


def arm(world: World, place: Place) -> None:
    """Let it stop the next time that it comes there."""
    (world.folder / f"freeze at {place}").touch()


def has_stopped(service: Service) -> bool:
    """Whether SIGSTOP has reached every thread: it takes effect some time after it was sent."""
    assert service.process is not None
    threads = Path(f"/proc/{service.process.pid}/task").iterdir()
    return all("State:\tT" in (thread / "status").read_text() for thread in threads)


def until_stopped(service: Service) -> None:
    """Wait until every thread of it has stopped."""
    until("every thread has stopped", lambda: has_stopped(service), 20, every=0.01)


def send(service: Service, number: signal.Signals) -> None:
    """Send a signal."""
    assert service.process is not None
    service.process.send_signal(number)
