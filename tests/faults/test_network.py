"""A side is cut off or falls silent: it is said, nothing is lost, nothing twice, well again by itself."""

from __future__ import annotations

import time

import pytest

from tests.faults.health import Watch
from tests.faults.proxy import Mode
from tests.faults.traffic import Traffic
from tests.faults.wires import WELL_WITHIN, Side, Wires
from tests.world import until

SAID_WITHIN = 16.0
"""Seconds after which a side that does not answer must be on the health page: the binlog's time-out is 5 s, the lock's
10; of e-conomic five calls in a row go without an answer before it counts as gone."""
SAYS: dict[Side, tuple[str, ...]] = {"magento": ("binlog", "lock"), "economic": ("e-conomic",)}


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
    wires.well(service, 12)


def _names(side: Side, reasons: tuple[str, ...]) -> bool:
    return any(word in why for why in reasons for word in SAYS[side])
