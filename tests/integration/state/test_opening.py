"""Opening a state: clear words for what is wrong, and a restored or copied file is noticed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event

from cdc.keys import Key
from sync.state import (
    Klass,
    Link,
    State,
    StateBusy,
    StateDamaged,
    StateError,
    StateFull,
    StateNewer,
    StateRefused,
    StateUnreachable,
    StockRow,
)
from sync.state.engine import Database
from sync.state.migrate import MIGRATIONS, migrate, upgrade
from sync.state.schema import REVISIONS, metadata
from tests.integration.state.given import POST, Clock, at, changed, committed, order, taken


@pytest.fixture
def url(file: Path) -> str:
    """Files are what this is about."""
    return f"sqlite:///{file}"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "not a URL"),
        ("state.db", "not a URL"),
        ("mysql://root@127.0.0.1/state", "begins with `mysql`"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:////nowhere/at/all/state.db", "/nowhere/at/all"),
    ],
)
def test_a_wrong_url_says_what_is_wrong(url: str, says: str) -> None:
    with pytest.raises(StateRefused, match=says) as caught:
        State.open(url)
    assert caught.value.hint
    assert not caught.value.retryable


def test_a_password_is_never_shown() -> None:
    with pytest.raises(StateError) as caught:
        State.open("postgresql://shop:geheim@127.0.0.1:1/state")
    assert "geheim" not in str(caught.value)


def test_every_error_knows_whether_trying_again_helps() -> None:
    facts = {error: error.retryable for error in (StateBusy, StateFull, StateUnreachable, StateDamaged, StateNewer)}
    assert facts == {
        StateBusy: True,
        StateFull: True,
        StateUnreachable: True,
        StateDamaged: False,
        StateNewer: False,
    }


def test_it_commits_durably(state: State) -> None:
    with state.database.write() as transaction:
        assert transaction.connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert transaction.connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2


def test_another_process_that_locks_it_is_named_as_the_cause(state: State, url: str, file: Path) -> None:
    changed(state, order(1))
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with State.open(url, "shop", busy_timeout=0.05) as second, pytest.raises(StateBusy, match="another process"):
            changed(second, order(2), offset=20)
        assert state.position() == at(10)
        other.execute("ROLLBACK")
    changed(state, order(2), offset=20)
    assert state.counts()["waiting"] == 2


def test_a_full_disk_stores_nothing_and_loses_nothing(state: State) -> None:
    changed(state, order(1))
    engine = state.database.engine
    engine.dispose()
    limits: list[int] = []

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        if limits:
            connection.execute(f"PRAGMA max_page_count={limits[0]}")

    event.listen(engine, "connect", limit)
    with state.database.read() as transaction:
        limits.append(int(transaction.connection.exec_driver_sql("PRAGMA page_count").scalar_one()))
    engine.dispose()
    with pytest.raises(StateFull, match="full"):
        state.record([committed(20, *(order(number) for number in range(1_000)))], at(20))
    assert state.position() == at(10)
    assert state.counts()["waiting"] == 1
    limits[0] = 1_000_000
    engine.dispose()
    state.record([committed(20, *(order(number) for number in range(1_000)))], at(20))
    assert state.position() == at(20)
    assert state.counts()["waiting"] == 1_000


def _fill(file: Path) -> None:
    with suppress(OSError), file.open("wb", 0) as fill:
        while True:
            fill.write(bytes(512))


def _record_for_long(state: State) -> None:
    for offset in range(11, 1_000):
        state.record([committed(offset, *(order(number) for number in range(offset)))], at(offset))


def test_a_disk_that_is_full_to_the_last_byte(tmp_path: Path) -> None:
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1M", "tmpfs", tmp_path], capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here: it takes root")
    try:
        url = f"sqlite:///{tmp_path}/state.db"
        with State.open(url, "shop") as state:
            changed(state, order(1))
            _fill(tmp_path / "fill")
            with pytest.raises(StateFull):
                _record_for_long(state)
            stored = state.position()
            assert stored is not None
        with State.open(url, "shop") as state:
            assert state.position() == stored
        (tmp_path / "fill").unlink()
        with State.open(url, "shop") as state:
            assert not state.restored
            changed(state, order(2), offset=2_000)
            assert state.position() == at(2_000)
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_a_file_that_is_no_state_is_left_alone(url: str, file: Path) -> None:
    file.write_bytes(b"not a database, but somebody's letters " * 100)
    before = file.read_bytes()
    with pytest.raises(StateDamaged, match=str(file)) as caught:
        State.open(url)
    assert "move it away" in caught.value.hint
    assert file.read_bytes() == before


def test_somebody_elses_tables_are_left_alone(url: str, file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE letters (id INTEGER)")
    with pytest.raises(StateDamaged, match="not this program's"):
        State.open(url)


def test_damaged_pages_are_noticed(url: str, file: Path) -> None:
    with State.open(url) as state:
        changed(state, *(order(number) for number in range(500)))
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 8_192] = os.urandom(8_192)
    file.write_bytes(content)
    with pytest.raises(StateDamaged):
        State.open(url)


@pytest.mark.parametrize("size", [0, 20_000])
def test_a_truncated_file_is_not_taken_for_a_new_one(url: str, file: Path, size: int) -> None:
    with State.open(url) as state:
        changed(state, *(order(number) for number in range(500)))
    os.truncate(file, size)
    with pytest.raises(StateDamaged):
        State.open(url)


def test_tables_of_a_newer_program_are_left_alone(url: str, file: Path) -> None:
    State.open(url).close()
    with closing(sqlite3.connect(file)) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.commit()
    with pytest.raises(StateNewer, match="9999") as caught:
        State.open(url)
    assert "newer version" in caught.value.hint


def test_the_migrations_make_what_the_tables_say(url: str) -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert [script.revision for script in scripts.walk_revisions()][::-1] == list(REVISIONS)
    database = Database(url, "shop")
    with database.write() as transaction:
        upgrade(transaction.connection)
        differences = compare_metadata(MigrationContext.configure(transaction.connection), metadata)
    assert differences == []
    with State.open(f"{url}.made", "shop") as made, database.read() as migrated:
        for table in metadata.tables:
            with made.database.read() as created:
                question = f"PRAGMA table_info({table})"
                assert (
                    created.connection.exec_driver_sql(question).all()
                    == migrated.connection.exec_driver_sql(question).all()
                )
    assert migrate(database) is False
    database.close()
    with State.open(url) as state:
        changed(state, order(1))
        intent = state.open_intent(taken(state), "order", POST, "key", order(1))
        state.save_link(None, Link(entity=order(1), role="order", document="order_draft", number="1"))
        assert state.open_intents() == [intent]


def test_a_state_of_the_first_version_keeps_its_links(url: str) -> None:
    _made_by(
        url,
        "0001",
        "INSERT INTO link (shop, entity_kind, entity_id, role, document, number, created_at, updated_at)"
        " VALUES ('default', 'order', '1', 'order', 'order_draft', '1', 0, 0)",
    )
    with State.open(url) as state:
        link = state.link(order(1), "order")
        assert link is not None
        assert (link.number, link.self_) == ("1", "")
        state.save_link(None, replace(link, self_="https://restapi.e-conomic.com/customers/1"))
        found = state.link(order(1), "order")
        assert found is not None
        assert found.self_ == "https://restapi.e-conomic.com/customers/1"


def test_a_state_from_before_the_stock_keeps_its_tasks_and_open_writes(url: str) -> None:
    body = b'{"lines":[{"product":{"productNumber":"P-1"},"quantity":2.00}]}'
    _made_by(
        url,
        "0002",
        "INSERT INTO task (shop, kind, key, klass, generation, state, due_at, admitted, first_seen, changed_at)"
        " VALUES ('default', 'order', '17', 0, 3, 'waiting', 0, false, 0, 0)",
        "INSERT INTO intent (shop, entity_kind, entity_id, role, method, path, body, idempotency_key, opened_at,"
        " first_sent_at, last_sent_at) VALUES ('default', 'order', '17', 'order', 'POST', '/orders/drafts',"
        f" CAST('{body.decode()}' AS BLOB), 'key', 0, 0, 0)",
    )
    with State.open(url) as state:
        assert [intent.request.body for intent in state.open_intents()] == [body]
        # what was stored before products were noted with a write is read out of its body
        assert state.writes_touching(state.now()) == {"P-1": None}
        claim = taken(state)
        assert (claim.key, claim.generation) == (order(17), 3)
        state.save_stock([StockRow(number="P-1")])
        state.enqueue([Key("stock", "P-1")], Klass.ENTITY)
        assert [one.sku for one in state.due_stock()] == ["P-1"]
        state.mark_orders([17])
        assert state.changed_orders() == [(17, 1)]


def _made_by(url: str, revision: str, *statements: str) -> None:
    """A state as an older version left it."""
    database = Database(url, "default")
    with database.write() as transaction:
        upgrade(transaction.connection, revision)
        for statement in statements:
            transaction.connection.exec_driver_sql(statement)
    database.close()


def test_an_ordinary_start_imports_no_alembic(url: str) -> None:
    code = (
        "import sys; from sync.state import State; State.open(sys.argv[1]).close(); State.open(sys.argv[1]).close();"
        "print('alembic' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code, url], capture_output=True, text=True, check=True, timeout=30)
    assert ran.stdout.strip() == "False"


def test_the_first_opening_and_an_ordinary_one_are_no_restore(url: str) -> None:
    with State.open(url) as first:
        assert not first.restored
        epoch = first.epoch
        changed(first, order(1))
        first.open_intent(taken(first), "order", POST, "key", order(1))
        with State.open(url) as beside:
            assert (beside.restored, beside.epoch) == (False, epoch)
    with State.open(url) as second:
        assert (second.restored, second.epoch) == (False, epoch)


def _used(url: str, clock: Clock) -> str:
    with State.open(url, "shop", clock=clock) as state:
        changed(state, order(1), inserted=True)
        return state.epoch


def _is_noticed(url: str, clock: Clock, epoch: str) -> None:
    clock.move(60)
    with State.open(url, "shop", clock=clock) as state:
        assert state.restored
        assert state.epoch != epoch
        assert not taken(state).captured_insert
        # the log is read again from the older position: the same INSERT comes by once more
        state.set_position(at(5))
        state.record([committed(10, order(2), inserted=True)], at(10))
        assert not taken(state).captured_insert
        # what is inserted from now on counts again
        state.record([committed(20, order(3), inserted=True, seconds=100)], at(20))
        assert taken(state).captured_insert
    with State.open(url, "shop", clock=clock) as again:
        assert not again.restored


def test_an_older_copy_put_back_is_noticed(url: str, file: Path, clock: Clock) -> None:
    epoch = _used(url, clock)
    backup = file.read_bytes()
    with State.open(url, "shop", clock=clock) as state:
        claim = taken(state, lease=30)
        state.close_intent(claim, state.open_intent(claim, "order", POST, "key", order(1)))
    file.write_bytes(backup)  # in place: the inode stays
    _is_noticed(url, clock, epoch)


def test_a_copy_is_noticed(url: str, file: Path, clock: Clock, tmp_path: Path) -> None:
    epoch = _used(url, clock)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(file, elsewhere / "state.db")
    _is_noticed(f"sqlite:///{elsewhere}/state.db", clock, epoch)


def test_a_copy_with_its_epoch_is_noticed(url: str, file: Path, clock: Clock, tmp_path: Path) -> None:
    epoch = _used(url, clock)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(file, elsewhere / "state.db")
    shutil.copy(f"{file}.epoch", elsewhere / "state.db.epoch")
    _is_noticed(f"sqlite:///{elsewhere}/state.db", clock, epoch)


def test_a_state_made_anew_is_noticed(url: str, file: Path, clock: Clock) -> None:
    epoch = _used(url, clock)
    file.unlink()
    with State.open(url, "shop", clock=clock) as state:
        assert state.restored
        assert state.epoch != epoch


def test_a_garbled_epoch_file_costs_only_look_ups(url: str, file: Path, clock: Clock) -> None:
    epoch = _used(url, clock)
    Path(f"{file}.epoch").write_bytes(b"\xff\xfe")
    _is_noticed(url, clock, epoch)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_without_rights_is_refused(url: str, file: Path) -> None:
    State.open(url).close()
    file.chmod(0o400)
    with pytest.raises(StateRefused, match="right"):
        State.open(url)
