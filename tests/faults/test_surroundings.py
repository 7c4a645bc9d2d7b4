"""What a machine and an agreement do to a service: names that do not resolve, tokens revoked, a clock set back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sync.demo.mariadb import PrivateMariaDB
from tests.faults.books import assert_equal
from tests.faults.health import Watch
from tests.faults.proxy import Proxy
from tests.faults.scale import FULL
from tests.faults.traffic import Traffic
from tests.world import Service, World, a_schema, a_world, until

NAMES = """
import os, socket
known = socket.getaddrinfo
def found(host, *more, **named):
    if isinstance(host, bytes):
        host = host.decode()
    if host and host.endswith(".test"):
        if os.path.exists("names are gone"):
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        host = "127.0.0.1"
    return known(host, *more, **named)
socket.getaddrinfo = found
"""
SOON = "import sync.gate; sync.gate.REFUSED_PROBE = 2.0"
"""Refused tokens are tried again each minute; here every two seconds."""
CLOCK = """
import datetime, time
real, whole = time.time, datetime.datetime
def ahead():
    try:
        with open("clock") as file:
            return float(file.read() or 0)
    except OSError:
        return 0.0
class AnyTime(type):
    def __instancecheck__(cls, one):
        return isinstance(one, whole)
class Moved(whole, metaclass=AnyTime):
    @classmethod
    def now(cls, tz=None):
        return whole.now(tz) + datetime.timedelta(seconds=ahead())
time.time = lambda: real() + ahead()
datetime.datetime = Moved
"""
"""The machine's clock is as many seconds ahead as a file says; what runs by the monotonic one knows nothing of it."""


@pytest.fixture
def world(mariadb: PrivateMariaDB, tmp_path: Path) -> Iterator[World]:
    """A world for each test."""
    with a_schema(mariadb) as schema, a_world(mariadb, schema, tmp_path) as made:
        yield made


def test_names_that_do_not_resolve_are_said_and_everything_arrives_when_they_do(world: World) -> None:
    economic = urlsplit(world.sandbox.url).port
    assert economic is not None
    with Proxy(world.server.port) as one, Proxy(economic) as other:
        url = f"mysql+pymysql://root@magento.test:{one.port}/{world.schema}"
        service = world.service(
            before=NAMES, MAGENTO_DATABASE_URL=url, ECONOMIC_API_URL=f"http://economic.test:{other.port}"
        ).start()
        with Watch(service) as watch, Traffic(world, 10, seed=1) as traffic:
            traffic.allow(8)
            (world.folder / "names are gone").touch()
            for proxy in (one, other):  # what is connected already asks for no name
                proxy.be("cut")
                proxy.be("open")
            traffic.finish()
            watch.until_said("binlog", 20)
            (world.folder / "names are gone").unlink()
            well(world, service)
    assert service.stop() == 0
    assert assert_equal(world) == 10


def test_revoked_tokens_are_said_and_everything_arrives_when_they_are_granted_again(world: World) -> None:
    service = world.service(before=SOON).start()
    with Watch(service) as watch, Traffic(world, 12, seed=2) as traffic:
        traffic.allow(8)
        world.faults({"fault": "401"})
        traffic.finish()
        said = watch.until_said("e-conomic", 20)
        until("everything was captured", lambda: len(world.tasks()) > 0, 20)
        now = time.monotonic()
        assert not [one for one in watch.between(said, now) if one.ready]
        world.faults()
        well(world, service)
    assert service.stop() == 0
    assert not world.tasks("parked")
    assert assert_equal(world) == 12


@pytest.mark.parametrize("hours", [-2, 2] if FULL else [-2])
def test_a_clock_that_is_set_loses_nothing_and_holds_nothing_up(world: World, hours: int) -> None:
    clock = world.folder / "clock"
    service = world.service(before=CLOCK)
    service.cold = True  # nothing may have taken the true clock before it is exchanged
    service.start()
    world.faults({"fault": "500_before", "method": "POST"})
    with Traffic(world, 20, seed=3):
        pass
    until("keys have to wait, and nothing else will wake them", lambda: len(world.tasks("retry")) > 3, 30)
    clock.write_text(str(hours * 3600))
    world.faults()
    well(world, service)
    clock.write_text("0")
    with Traffic(world, 5, seed=4):
        pass
    well(world, service)
    assert service.stop() == 0
    assert not world.tasks("parked")
    assert assert_equal(world) == 25


def well(world: World, service: Service) -> None:
    """Everything is delivered and the service is ready."""
    until("everything is delivered", world.settled, 60, every=0.2)
    until("it is ready again", service.ready, 60)
