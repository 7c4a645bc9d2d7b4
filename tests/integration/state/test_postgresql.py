"""What only PostgreSQL can do: refuse a login, lose a connection, lock single rows, be restored elsewhere."""

from __future__ import annotations

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from cdc.keys import Key
from sync.demo.mariadb import free_port
from sync.state import Klass, State, StateError, StateRefused, StateUnreachable
from sync.state.engine import Database
from sync.state.migrate import upgrade
from sync.state.schema import metadata
from tests.integration.state.given import Clock, at, changed, order, taken
from tests.integration.state.postgresql import PrivatePostgreSQL


@pytest.fixture
def url(postgresql: PrivatePostgreSQL) -> str:
    postgresql.empty()
    return postgresql.url


@pytest.mark.parametrize(("wrong", "says"), [("nobody@127.0.0.1", "nobody"), ("state@127.0.0.1", "does not exist")])
def test_a_refused_login_and_a_missing_database_are_refused(
    postgresql: PrivatePostgreSQL, wrong: str, says: str
) -> None:
    database = "state" if "nobody" in wrong else "nowhere"
    with pytest.raises(StateRefused, match=says) as caught:
        State.open(f"postgresql://{wrong}:{postgresql.port}/{database}")
    assert "STATE_DATABASE_URL" in caught.value.hint


def test_a_server_that_does_not_answer_is_tried_again() -> None:
    with pytest.raises(StateUnreachable) as caught:
        State.open(f"postgresql://state:geheim@127.0.0.1:{free_port()}/state")
    assert caught.value.retryable
    assert "geheim" not in str(caught.value)


def _end_connections(postgresql: PrivatePostgreSQL) -> None:
    with postgresql.connect() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'state'"
        )


def test_a_lost_connection_stores_nothing_and_the_next_call_goes_on(
    state: State, postgresql: PrivatePostgreSQL
) -> None:
    changed(state, order(1))
    claim = taken(state)

    def cut() -> None:
        with state.work(claim) as work:
            work.enqueue([order(2)], Klass.ORDER)
            _end_connections(postgresql)
            work.enqueue([order(3)], Klass.ORDER)

    with pytest.raises(StateError) as caught:
        cut()
    assert caught.value.retryable
    assert state.position() == at(10)
    assert state.counts() == {"waiting": 0, "running": 1, "retry": 0, "parked": 0, "skipped": 0}


def test_a_locked_row_is_passed_over(state: State) -> None:
    changed(state, order(1), order(2))
    with state.database.write() as transaction:
        transaction.connection.execute(text("SELECT 1 FROM task WHERE key = '1' FOR UPDATE"))
        assert taken(state).key == order(2)
        assert state.claim("worker", 60) is None
    assert taken(state).key == order(1)


def test_two_writers_in_opposite_orders_do_not_deadlock(url: str) -> None:
    keys = [order(number) for number in range(200)]
    failures: list[BaseException] = []

    def write(some: list[Key]) -> None:
        try:
            with State.open(url, "shop") as state:
                for _ in range(5):
                    state.enqueue(some, Klass.BACKFILL)
        except BaseException as error:  # noqa: BLE001  (looked at below)
            failures.append(error)

    threads = [threading.Thread(target=write, args=(some,)) for some in (keys, keys[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []


def test_capture_and_the_pull_do_not_deadlock(url: str) -> None:
    skus = [Key("stock", str(number)) for number in range(200)]
    failures: list[BaseException] = []

    def capture() -> None:
        try:
            with State.open(url, "shop") as state:
                state.follow_stock = True
                for round_ in range(8):
                    state.enqueue([*skus[:: 1 - 2 * (round_ % 2)], *map(order, range(200))], Klass.BACKFILL)
        except BaseException as error:  # noqa: BLE001  (looked at below)
            failures.append(error)

    def pull() -> None:
        try:
            with State.open(url, "shop") as state:
                for round_ in range(8):
                    state.stock_done(state.due_stock()[:: 1 - 2 * (round_ % 2)])
                    step = 1 - 2 * (round_ % 2)
                    state.settle_orders(state.changed_orders()[::step], [], [sku.id for sku in skus[::step]])
        except BaseException as error:  # noqa: BLE001  (looked at below)
            failures.append(error)

    threads = [threading.Thread(target=one) for one in (capture, pull)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []


def test_another_cluster_is_a_restore(url: str, clock: Clock) -> None:
    with State.open(url, "shop", clock=clock) as state:
        changed(state, order(1), inserted=True)
        epoch = state.epoch
    with State.open(url, "other", clock=clock) as state:
        assert (state.restored, state.epoch) == (False, epoch)
        with state.database.write() as transaction:
            transaction.connection.execute(text("UPDATE control SET value = '1/1/1' WHERE name = 'epoch_beside'"))
    with State.open(url, "shop", clock=clock) as state:
        assert state.restored
        assert state.epoch != epoch
        assert not taken(state).captured_insert


def test_the_migrations_run(postgresql: PrivatePostgreSQL) -> None:
    with postgresql.connect() as connection:
        connection.execute("DROP DATABASE IF EXISTS migrated")
        connection.execute("CREATE DATABASE migrated")
    url = postgresql.url.removesuffix("/state") + "/migrated"
    database = Database(url, "shop")
    with database.write() as transaction:
        upgrade(transaction.connection)
        context = MigrationContext.configure(transaction.connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []
    database.close()
    with State.open(url, "shop") as state:
        changed(state, order(1))
        taken(state)
