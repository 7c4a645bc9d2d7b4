"""`pull stock` below its command line: where it may not write, beside a service, and what a dry run leaves behind."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cdc.connect import Database, connect
from cdc.lock import ShopLock, lock_name
from sync.books import read_books
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.people import random_person
from sync.parts import Parts
from sync.pull import command
from sync.pull.acceptance import accepted
from sync.pull.asked import NotNow, Wish, carry_out
from sync.pull.build import build, build_fields, open_tables
from sync.pull.command import Options, PullFailed, pull_products, pull_stock
from sync.pull.since import SinceUnknown
from sync.settings import Settings, from_environment
from sync.state.schema import metadata
from sync.status import forget_service, note_service
from tests.acceptance.test_pull import MUG, SCREWS, cart, held, line, order, product, stock
from tests.world import World, a_schema, a_world, until


@pytest.fixture
def world(mariadb: PrivateMariaDB, tmp_path: Path) -> Iterator[World]:
    with a_schema(mariadb) as schema, a_world(mariadb, schema, tmp_path) as made:
        product(made, MUG, "40")
        product(made, SCREWS, "100")
        yield made


def settings(world: World, **environment: str) -> Settings:
    return from_environment({**world.environment, **environment})


def pull(world: World, *skus: str, **options: Any) -> dict[str, Any]:
    return pull_stock(settings(world), Options(skus=skus, by="a test", **options), lambda _: None)


@contextmanager
def a_service(world: World, *, observe: bool = False, **environment: str) -> Iterator[Parts]:
    """What a running service does for requests, and nothing else."""
    parts, stop = Parts(settings(world, **environment), observe=observe), threading.Event()
    parts.use(read_books(parts.economic, parts.profile))
    tables = open_tables(parts)
    engine, budget = build(parts, tables)
    fields = build_fields(parts)
    note_service(parts.state, connected=True, lag_seconds=0, standby=False)

    def serve() -> None:
        while not stop.wait(0.02):
            for request in parts.state.open_requests():
                carry_out(engine, budget, request, fields=fields, stop=stop)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield parts
    finally:
        stop.set()
        thread.join()
        engine.close()
        fields.tables.close()
        tables.close()
        parts.close()


def rows(world: World) -> dict[str, list[Any]]:
    """All that the state holds, but the calls that were made and how a service is."""
    with world.state() as state, state.database.read() as transaction:
        return {
            name: sorted(map(repr, transaction.connection.execute(table.select()).all()))
            for name, table in metadata.tables.items()
            if name not in ("delivery", "call_count")
        }


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"accept": True, "dry_run": True}, "--accept writes, and --dry-run and --stocktake never do"),
        ({"accept": True, "stocktake": True}, "give one of them"),
    ],
)
def test_what_contradicts_itself_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(NotNow, match=said):
        Options(**options).check()


def test_nothing_is_written_while_it_is_paused_and_looking_goes_on(world: World) -> None:
    with world.state() as state:
        state.pause("pull", by="a test")
    with pytest.raises(NotNow, match="the pull is paused") as caught:
        pull(world, accept=True)
    assert "resume --pull" in caught.value.hint
    assert line(pull(world), MUG)[:3] == ("differs", "1000", "40")
    with world.state() as state:
        assert not accepted(state)


def test_without_the_module_there_is_nothing_to_pull(world: World) -> None:
    world.http.put("/_sandbox/agreement", json={"inventory": "off"}).raise_for_status()
    for options in ({}, {"accept": True}, {"stocktake": True}):
        with pytest.raises(NotNow, match="has no inventory module"):
            pull(world, **options)


def test_from_when_orders_count_has_to_be_told_and_to_have_begun(world: World) -> None:
    path = world.folder / "shop.yaml"
    path.write_text('extends: sandbox\norders: {since: {default: "000000001"}}\n')
    with pytest.raises(SinceUnknown, match=r"`stock.since` is not set in the profile"):
        pull_stock(settings(world, PROFILE=str(path)), Options(), lambda _: None)
    path.write_text("extends: sandbox\nstock: {since: 2999-01-01}\n")
    with pytest.raises(NotNow, match="begins at 2998-12-31 23:00 UTC"):
        pull_stock(settings(world, PROFILE=str(path)), Options(accept=True), lambda _: None)


def test_a_dry_run_leaves_no_trace_and_acceptance_counts_what_came_after_it(world: World) -> None:
    order(world, MUG, 3)
    pull(world, MUG)
    before = rows(world)
    assert line(pull(world, MUG), MUG)[:3] == ("differs", "1000", "40")
    pull(world, stocktake=True)
    assert rows(world) == before
    assert before["stock"] == before["stock_line"] == []

    late = order(world, MUG, 2)
    pull(world, accept=True)
    later = order(world, MUG, 1)
    before = rows(world)
    [one] = pull(world, MUG, dry_run=True)["lines"]
    assert [taken["taken_off"] for taken in one["sum"]["orders"]] == ["3", "2", "1"]
    assert {late.increment_id, later.increment_id} < {taken["order"] for taken in one["sum"]["orders"]}
    assert (one["outcome"], one["sum"]["offer"], held(world, MUG)) == ("same", "34", "40")
    assert rows(world) == before


def test_orders_that_capture_never_told_of_are_counted(mariadb: PrivateMariaDB, tmp_path: Path) -> None:
    """Placed after acceptance and before capture's first start, in a shop whose reservations do not name them."""
    with a_schema(mariadb) as schema, a_world(mariadb, schema, tmp_path, msi=False) as world:
        product(world, MUG, "40")
        pull(world, accept=True)
        with world.shop(msi=False) as shop:
            placed = [shop.place_order(cart(MUG, pieces), random_person(random.Random(7))) for pieces in (2, 1)]
        with world.state() as state:
            state.mark_orders([placed[1].entity_id])
        [one] = pull(world, MUG)["lines"]
        assert [taken["order"] for taken in one["sum"]["orders"]] == [order.increment_id for order in placed]
        assert (one["outcome"], one["new"]) == ("same", "37")
        with world.state() as state:
            assert {line.order_id for line in state.lines_of([1])[1]} == {order.entity_id for order in placed}


def test_beside_a_service_it_asks_and_follows(world: World) -> None:
    with a_service(world) as parts:
        said = pull(world, accept=True)
        assert (line(said, MUG)[:3], said["products"]["written"]) == (("written", "1000", "40"), 2)
        assert said["message"].startswith("From now on the service keeps")
        stock(world, SCREWS, "90")
        [one] = pull(world, SCREWS)["lines"]
        assert (one["outcome"], one["new"], one["sum"]["economic"]["in_stock"]) == ("written", "90", "90")
        assert parts.state.open_requests() == []
    assert held(world, SCREWS) == "90"


def test_product_fields_are_pulled_beside_a_service_and_without_one(world: World) -> None:
    path = world.folder / "shop.yaml"
    path.write_text("extends: sandbox\nowners: {name: economic}\n")
    at = settings(world, PROFILE=str(path))

    def fields(settings: Settings, **options: Any) -> tuple[str, str | None, str | None]:
        [one] = pull_products(settings, Options(skus=(MUG,), by="a test", **options), lambda _: None)["lines"]
        return one["outcome"], one["old"], one["new"]

    assert fields(at, dry_run=True) == ("differs", "Kaffekrus, hvid", MUG)
    assert fields(at) == ("written", "Kaffekrus, hvid", MUG)
    world.sql("UPDATE catalog_product_entity_varchar SET value = 'Krus' WHERE entity_id = 1 AND store_id = 0")
    with a_service(world, PROFILE=str(path)):
        assert fields(at) == ("written", "Krus", MUG)
    with world.state() as state:
        forget_service(state)
        state.pause("pull", by="a test")
    with pytest.raises(NotNow, match="the pull is paused"):
        fields(at)


def test_what_goes_wrong_in_the_service_is_told_to_who_asked(world: World) -> None:
    with a_service(world, observe=True), pytest.raises(NotNow, match="nothing is written under --observe"):
        pull(world, accept=True)
    with a_service(world) as parts:
        world.faults({"method": "GET", "path": "/products*", "fault": "500_before", "times": 100})
        with pytest.raises(PullFailed, match="500"):
            pull(world, accept=True)
        assert parts.state.open_requests() == []
        world.faults()
        assert pull(world)["products"]["written"] == 2, "it was accepted all the same"


def test_a_service_that_is_gone_or_deaf_does_not_keep_the_command(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "GONE_AFTER", 0.3)
    monkeypatch.setattr(command, "TAKEN_WITHIN", 0.3)
    told: list[Mapping[str, Any]] = []
    with world.state() as state:
        note_service(state, connected=True, lag_seconds=0, standby=False)
        with pytest.raises(NotNow, match="has not taken this up within"):
            pull(world, accept=True)
        number = Wish(accept=True).ask(state)
        state.tell(number, {"stage": "products", "done": 1, "of": 2, "written": 1})
        forget_service(state)
        with pytest.raises(PullFailed, match="the service has stopped before it was done") as caught:
            command.follow(state, number, told.append)
        assert [one["done"] for one in told] == [1]
        assert "What was written stays" in caught.value.hint
        assert state.open_requests() == []
        assert not accepted(state)


def test_whoever_interrupts_it_is_told_what_becomes_of_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "perform", interrupted)
    with pytest.raises(PullFailed, match="interrupted") as told:
        pull(world, accept=True)
    assert "What was written stays" in told.value.hint
    monkeypatch.undo()
    assert pull(world, accept=True)["products"]["written"] == 2  # and the lock is free


def test_a_process_that_holds_the_lock_elsewhere_is_not_written_beside(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "LOCKED_FOR", 0.3)
    database = Database.parse(world.environment["MAGENTO_DATABASE_URL"])
    other = ShopLock(lambda: connect(database), lock_name(database.database, "default"))
    assert other.acquire(threading.Event(), lambda _: None)
    with world.state() as state:
        with pytest.raises(NotNow, match="another process holds the shop's lock"):
            pull(world, accept=True)
        assert not accepted(state)
    other.release()
    assert pull(world, accept=True)["products"]["written"] == 2
    assert until("the lock is given back", lambda: other.acquire(threading.Event(), lambda _: None))
    other.release()
