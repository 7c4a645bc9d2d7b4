"""The gate's probes: soon after an outage, seldom when people have to change something first."""

from __future__ import annotations

from sync.gate import Gate


def test_an_outage_is_probed_soon_and_then_less_often() -> None:
    gate = Gate()
    gate.close("economic_unreachable", "away")
    assert (gate.probe_in() or 0) <= 1
    for _ in range(8):
        gate.probe_failed("economic_unreachable", "away")
    assert 20 < (gate.probe_in() or 0) <= 30


def test_what_people_have_to_change_is_looked_at_seldom() -> None:
    gate = Gate()
    gate.probe_failed("economic_unreachable", "no such layout", after=600)
    assert 400 < (gate.probe_in() or 0) <= 600
    gate.open()
    assert gate.probe_in() is None
