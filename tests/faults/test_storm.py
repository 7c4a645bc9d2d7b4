"""Random weather on both connections: cut, stalled, slowed and garbled, in both directions, at any moment."""

from __future__ import annotations

import random
import time

import pytest

from tests.faults.health import Watch
from tests.faults.proxy import MODES
from tests.faults.scale import FULL, SOAK, of
from tests.faults.traffic import Traffic
from tests.faults.wires import WELL_WITHIN, Wires
from tests.world import until

STORM = of(60.0, 8.0)
"""Seconds of random weather on each side."""


@pytest.mark.slow
@pytest.mark.timeout(600 + SOAK * 60)
@pytest.mark.parametrize("side", ["magento", "economic", "both"] if FULL or SOAK else ["both"])
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
    wires.well(service, orders)
