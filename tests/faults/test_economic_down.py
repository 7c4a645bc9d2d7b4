"""e-conomic is down for the whole run: the shop is untouched, tasks wait, everything arrives when it is back."""

from __future__ import annotations

from tests.faults.books import assert_equal
from tests.faults.traffic import Traffic
from tests.world import World, until


def test_economic_down_for_the_whole_run(world: World) -> None:
    world.sandbox.stop()
    service = world.service().start(ready=False)
    until("it reads the log", lambda: reading(world), 30)
    with Traffic(world, 40, seed=1):
        pass
    shop = checksums(world)
    until("every order waits", lambda: len(world.tasks("waiting", "retry")) == 40, 30)
    assert any("e-conomic" in why or "agreement" in why for why in service.reasons())
    service.kill()
    service.start(ready=False)
    until("it reads the log", lambda: reading(world), 30)
    assert len(world.tasks("waiting", "retry")) == 40
    assert {task.attempts for task in world.tasks()} == {0}
    assert checksums(world) == shop, "the shop was touched"

    world.sandbox.start()
    until("everything has arrived", world.settled, 90, every=0.2)
    assert assert_equal(world) == 40

    # and down again while it runs, with a service that was up before
    world.sandbox.stop()
    with Traffic(world, 20, seed=2):
        pass
    until("it says so", lambda: any("e-conomic" in why for why in service.reasons()), 30)
    assert not world.tasks("parked")
    world.sandbox.start()
    until("everything has arrived", world.settled, 90, every=0.2)
    until("it is ready", service.ready, 30)
    assert service.stop() == 0
    assert assert_equal(world) == 60


def reading(world: World) -> bool:
    """Whether the service has stored a position, the log's end of now."""
    with world.state() as state:
        return world.read(state.position())


def checksums(world: World) -> dict[str, int]:
    """What stands in every table of the shop."""
    tables = [row[0] for row in world.sql("SHOW TABLES")]
    return {name.partition(".")[2]: value for name, value in world.sql(f"CHECKSUM TABLE {', '.join(tables)}")}
