"""What happens to the stream happens here on a server of its own: restarts, resets, purges, lost rights."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from cdc.binlog import BinlogReader
from cdc.errors import BadServerSettings, LoginRefused, PositionLost, WrongServer
from cdc.position import Heartbeat, Position
from sync.demo.mariadb import PrivateMariaDB, free_port
from tests.integration.cdc.binlog_world import Follower, Shop, small_shop
from tests.servers import dialect, private_server


@pytest.fixture(scope="module")
def server() -> Iterator[PrivateMariaDB]:
    with private_server() as private:
        yield private


@pytest.fixture
def shop(server: PrivateMariaDB) -> Iterator[Shop]:
    with closing(server.connect()) as connection:
        dialect.new_database(connection, "shop")
    with small_shop(server, "shop") as made:
        yield made


def insert(shop: Shop, first: int, last: int) -> None:
    shop.run(
        *(f"INSERT INTO sales_order (entity_id, state) VALUES ({number}, 'new')" for number in range(first, last + 1))
    )


def numbers(follower: Follower) -> list[int]:
    return [int(key.id) for key in follower.keys]


def earlier(position: Position) -> Position:
    """The same position as if it had been reached a minute and a half ago."""
    assert position.anchor is not None
    return replace(position, anchor=replace(position.anchor, timestamp=position.anchor.timestamp - 90))


def revived(server: PrivateMariaDB, shop: Shop) -> Shop:
    return replace(shop, connection=server.connect("shop"))


@pytest.mark.parametrize("kill", [False, True], ids=["restart", "crash"])
def test_a_server_restart_loses_and_doubles_nothing(server: PrivateMariaDB, shop: Shop, kill: bool) -> None:
    with shop.following() as follower:
        insert(shop, 1, 20)
        follower.until(lambda: len(follower.committed) == 20)
        server.stop(kill=kill)
        follower.until(lambda: not follower.reader.status.connected)
        down = len(follower.items)
        follower.until(lambda: len(follower.items) > down + 1)
        beat = follower.items[-1]
        assert isinstance(beat, Heartbeat)
        assert not beat.connected
        assert beat.error
        assert not beat.caught_up
        server.start()
        again = revived(server, shop)
        with closing(again.connection):
            insert(again, 21, 40)
            follower.until(lambda: len(follower.committed) >= 40)
        assert numbers(follower) == list(range(1, 41))


def test_a_killed_dump_connection_and_a_new_log_file_lose_nothing(shop: Shop) -> None:
    with shop.following() as follower:
        for first in range(1, 60, 10):
            insert(shop, first, first + 4)
            if first % 20 == 1:
                follower.until(shop.dump_threads)
                shop.cut()
            else:
                shop.run("FLUSH BINARY LOGS")
            insert(shop, first + 5, first + 9)
        follower.until(lambda: len(follower.committed) >= 60)
        assert numbers(follower) == list(range(1, 61))
        assert follower.reader.status.counters.reconnects >= 1


def test_a_new_reader_goes_on_from_any_stored_position(shop: Shop) -> None:
    position = shop.reader().position()
    seen: list[int] = []
    insert(shop, 1, 30)
    shop.run("FLUSH BINARY LOGS")
    insert(shop, 31, 50)
    while len(seen) < 50:
        with shop.following(position) as follower:
            wanted = min(7, 50 - len(seen))
            follower.until(lambda: len(follower.committed) >= wanted)  # noqa: B023
        some = follower.committed[:wanted]
        seen += [int(key.id) for item in some for key in item.touches]
        assert some[-1].position is not None
        position = some[-1].position
    assert seen == list(range(1, 51))


def test_a_position_of_an_idle_shop_moves_into_the_next_file(shop: Shop) -> None:
    insert(shop, 1, 1)
    with shop.following() as follower:
        follower.until(lambda: follower.reader.status.connected)
        shop.run("FLUSH BINARY LOGS")
        file = dialect.end_of_log(shop.connection).file
        follower.until(lambda: follower.last_position().place.file == file)
    stored = follower.last_position()
    dialect.purge(shop.connection, flush=stored.gtid_set is not None)
    with shop.following(stored) as follower:
        insert(shop, 2, 2)
        follower.until(lambda: follower.committed)
        assert numbers(follower) == [2]


def test_a_reset_log_is_noticed(shop: Shop) -> None:
    with shop.following() as follower:
        insert(shop, 1, 10)
        follower.until(lambda: len(follower.committed) == 10)
    stored = follower.last_position()
    dialect.reset_log(shop.connection)
    insert(shop, 11, 15)
    assert isinstance(_fails(shop, stored), WrongServer)
    insert(shop, 16, 80)
    assert isinstance(_fails(shop, stored), WrongServer)


def test_a_reset_log_is_noticed_when_our_file_is_not_there_again(shop: Shop) -> None:
    shop.run("FLUSH BINARY LOGS", "FLUSH BINARY LOGS", "FLUSH BINARY LOGS")
    with shop.following() as follower:
        insert(shop, 1, 10)
        follower.until(lambda: len(follower.committed) == 10)
    stored = follower.last_position()
    sequence = int(re.split("[-:]", stored.gtid_set or "-0")[-1])
    dialect.reset_log(shop.connection)
    error = _fails(shop, stored)
    assert isinstance(error, WrongServer)
    assert "adopt" in error.hint
    shop.run("FLUSH BINARY LOGS", *("INSERT INTO noise (v) VALUES ('x')" for _ in range(sequence + 5)))
    assert isinstance(_fails(shop, earlier(stored)), WrongServer)


def test_a_reset_while_connected_is_noticed(shop: Shop) -> None:
    with shop.following() as follower:
        insert(shop, 1, 3)
        follower.until(lambda: len(follower.committed) == 3)
        dialect.reset_log(shop.connection)
        insert(shop, 4, 6)
        assert isinstance(follower.ended(), WrongServer | PositionLost)


@pytest.mark.parametrize("more", [0, 40], ids=["shorter", "longer"])
def test_a_reset_of_the_first_file_while_connected_is_noticed(shop: Shop, more: int) -> None:
    """The new file has the old one's name: a server may go on reading the deleted one."""
    dialect.reset_log(shop.connection)
    with shop.following(watchdog=0.3, heartbeat=0.1) as follower:
        insert(shop, 1, 3)
        follower.until(lambda: len(follower.committed) == 3)
        dialect.reset_log(shop.connection)
        insert(shop, 4, 4 + more)
        assert isinstance(follower.ended(), WrongServer | PositionLost)


def test_a_purged_log_is_noticed(shop: Shop) -> None:
    with shop.following() as follower:
        insert(shop, 1, 2)
        follower.until(lambda: len(follower.committed) == 2)
    stored = follower.last_position()
    dialect.purge(shop.connection)
    if stored.gtid_set is None:  # nobody can tell whether something was lost
        assert isinstance(_fails(shop, stored), PositionLost)
    else:
        with shop.following(stored) as follower:  # nothing was lost: the next file begins where we stopped
            insert(shop, 3, 3)
            follower.until(lambda: follower.committed)
            assert numbers(follower) == [3]
    insert(shop, 4, 4)
    dialect.purge(shop.connection)
    error = _fails(shop, stored)
    assert isinstance(error, PositionLost)
    assert "on_gap" in error.hint


def test_another_server_is_not_taken_for_the_shop(shop: Shop) -> None:
    with shop.following() as follower:
        insert(shop, 1, 5)
        follower.until(lambda: len(follower.committed) == 5)
    stored = earlier(follower.last_position())
    with private_server() as other, closing(other.connect()) as connection:
        dialect.new_database(connection, "shop")
        with small_shop(other, "shop") as copy:
            insert(copy, 1, 60)
            assert isinstance(_fails(copy, stored), WrongServer)


@pytest.mark.parametrize(
    ("variable", "bad", "good"),
    [
        ("binlog_row_metadata", "MINIMAL", "FULL"),
        ("binlog_row_image", "MINIMAL", "FULL"),
        ("binlog_row_image", "NOBLOB", "FULL"),
        ("binlog_format", "MIXED", "ROW"),
        ("binlog_checksum", "NONE", "CRC32"),
    ],
)
def test_wrong_settings_are_refused_at_every_connect(shop: Shop, variable: str, bad: str, good: str) -> None:
    with shop.following() as follower:
        follower.until(lambda: follower.reader.status.connected)
        shop.run(f"SET GLOBAL {variable}='{bad}'")
        try:
            shop.cut()
            error = follower.ended()
        finally:
            shop.run(f"SET GLOBAL {variable}='{good}'")
        assert isinstance(error, BadServerSettings)
        assert variable in str(error)
        assert follower.reader.status.last_error == str(error)
        assert f"{variable}={good}" in error.hint or f"{variable}='{good}'" in error.hint


def test_a_table_logged_without_names_stops_capture(shop: Shop) -> None:
    stored = shop.reader().position()
    shop.run("SET GLOBAL binlog_row_metadata='MINIMAL'")
    shop.run("INSERT INTO sales_order (state) VALUES ('new')")
    shop.run("SET GLOBAL binlog_row_metadata='FULL'")
    assert "binlog_row_metadata=FULL" in getattr(_fails(shop, stored), "hint", "")


def test_a_refused_login_is_raised_and_names_no_password(shop: Shop) -> None:
    shop.run(
        "DROP USER IF EXISTS reader@'127.0.0.1'",
        "CREATE USER reader@'127.0.0.1' IDENTIFIED BY 'first-secret'",
        "GRANT ALL ON *.* TO reader@'127.0.0.1'",
    )
    with shop.following(url=shop.server.url("shop", "reader", "first-secret")) as follower:
        follower.until(lambda: follower.reader.status.connected)
        shop.run("ALTER USER reader@'127.0.0.1' IDENTIFIED BY 'other'")
        shop.cut()
        error = follower.ended()
        assert isinstance(error, LoginRefused)
        assert "first-secret" not in f"{error!r} {error} {error.hint}"


def test_an_unreachable_server_is_retried_with_heartbeats(shop: Shop) -> None:
    stored = shop.reader().position()
    nowhere = shop.server.url("shop").replace(str(shop.server.port), str(free_port()))
    with shop.following(stored, url=nowhere) as follower:
        follower.until(lambda: len(follower.items) >= 4)
        beat = follower.items[-1]
        assert isinstance(beat, Heartbeat)
        assert beat.position == stored
        assert not beat.connected
        assert "does not answer" in beat.error


def test_two_readers_get_along(shop: Shop) -> None:
    with shop.following() as first, shop.following() as second:
        insert(shop, 1, 5)
        first.until(lambda: len(first.committed) == 5)
        second.until(lambda: len(second.committed) == 5)


def _fails(shop: Shop, position: Position) -> Exception:
    follower = Follower(BinlogReader(shop.server.url("shop"), shop.watch), position)
    try:
        return follower.ended()
    finally:
        follower.close()
