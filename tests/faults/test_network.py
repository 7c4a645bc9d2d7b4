"""Both connections are cut, stalled, slowed and garbled: nothing lost, nothing twice, well again by itself."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest

from sync.demo.mariadb import PrivateMariaDB
from tests.faults.books import assert_equal
from tests.faults.health import Watch
from tests.faults.proxy import MODES, Mode, Proxy
from tests.faults.scale import SOAK, of
from tests.faults.traffic import Traffic
from tests.world import Service, World, a_schema, a_world, until

Side = Literal["magento", "economic"]

SHORT = "import econ_client.client as it; it.Timeouts.__init__.__defaults__ = (1.0, 2.0, 2.0, 2.0, 4.0)"
"""A call waits half a minute for e-conomic; here two seconds."""
SAID_WITHIN = 16.0
"""Seconds after which a side that does not answer must be on the health page: the binlog's time-out is 5 s, the lock's
10; of e-conomic five calls in a row go without an answer before it counts as gone."""
WELL_WITHIN = 60.0
SAYS: dict[Side, tuple[str, ...]] = {"magento": ("binlog", "lock"), "economic": ("e-conomic",)}
STORM = of(60.0, 8.0)
"""Seconds of random weather on each side."""


@dataclass
class Wires:
    """A world whose service reaches both sides through proxies."""

    world: World
    magento: Proxy
    economic: Proxy

    def of(self, side: Side) -> Proxy:
        """The proxy before a side."""
        return self.magento if side == "magento" else self.economic

    def service(self) -> Service:
        """A service behind them."""
        url = self.world.environment["MAGENTO_DATABASE_URL"].replace(
            f":{self.world.server.port}/", f":{self.magento.port}/"
        )
        return self.world.service(
            before=SHORT, MAGENTO_DATABASE_URL=url, ECONOMIC_API_URL=f"http://127.0.0.1:{self.economic.port}"
        )


@pytest.fixture
def wires(mariadb: PrivateMariaDB, tmp_path: Path) -> Iterator[Wires]:
    """A world for each test."""
    with a_schema(mariadb) as schema, a_world(mariadb, schema, tmp_path) as world:
        port = urlsplit(world.sandbox.url).port
        assert port is not None
        with Proxy(mariadb.port, seed=1) as magento, Proxy(port, seed=2) as economic:
            yield Wires(world, magento, economic)


@pytest.mark.parametrize("side", ["magento", "economic"])
@pytest.mark.parametrize("mode", ["cut", "stall"])
def test_a_side_that_is_gone_is_said_and_met_again(wires: Wires, side: Side, mode: Mode) -> None:
    service = wires.service().start()
    with Watch(service) as watch, Traffic(wires.world, 12, seed=1) as traffic:
        traffic.allow(8)
        wires.of(side).be(mode)
        traffic.allow(10)
        began = time.monotonic()
        until("it is said", lambda: any(_names(side, one.reasons) for one in watch.samples[-1:]), SAID_WITHIN)
        said = time.monotonic()
        traffic.finish()
        time.sleep(1)  # how long it stays away is nobody's to know
        back = time.monotonic()
        assert not [one for one in watch.between(said, back) if one.ready], "it said ready while a side was gone"
        wires.of(side).be("open")
        until("everything is delivered", wires.world.settled, WELL_WITHIN, every=0.2)
        until("it is ready", service.ready, WELL_WITHIN)
    assert not [one for one in watch.samples if one.at < began and not one.ready]
    _well(wires, service, 12)


@pytest.mark.slow
@pytest.mark.timeout(600 + SOAK * 60)
@pytest.mark.parametrize("side", ["magento", "economic", "both"])
def test_random_weather(wires: Wires, side: str) -> None:
    rng = random.Random(3)
    sides = (
        [wires.magento, wires.economic]
        if side == "both"
        else [wires.of("magento" if side == "magento" else "economic")]
    )
    service = wires.service().start()
    orders = 0
    ends = time.monotonic() + (SOAK * 60 or STORM)
    with Watch(service) as watch:
        while time.monotonic() < ends:
            with Traffic(wires.world, 10, seed=orders) as traffic:
                for _ in range(8):
                    traffic.allow(4)
                    rng.choice(sides).be(rng.choice(MODES))
                    time.sleep(rng.uniform(0.05, 1))  # a moment that nobody chose is what this test tries
                    if rng.random() < 0.5:
                        for one in sides:
                            one.be("open")
            orders += 10
        for one in sides:
            one.be("open")
        until("everything is delivered", wires.world.settled, WELL_WITHIN + orders, every=0.2)
        until("it is ready", service.ready, WELL_WITHIN)
    assert watch.samples[-1].ready
    _well(wires, service, orders)


def _names(side: Side, reasons: tuple[str, ...]) -> bool:
    return any(word in why for why in reasons for word in SAYS[side])


def _well(wires: Wires, service: Service, orders: int) -> None:
    log = service.log.read_text()
    assert "Traceback" not in log
    assert "internal error" not in log
    assert not wires.world.tasks("parked")
    assert service.stop() == 0
    assert assert_equal(wires.world) == orders
