"""Settings that only the stream shows, because a session or an application makes them for itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cdc.errors import UnreadableEvent
from cdc.position import Touch
from sync.demo.mariadb import PrivateMariaDB
from tests.integration.cdc.binlog_world import Shop, small_shop
from tests.servers import CHOSEN, by_gtid, dialect, mariadb_only, mysql_only, private_server


@pytest.fixture
def shop(mariadb: PrivateMariaDB, schema: str) -> Iterator[Shop]:
    with small_shop(mariadb, schema) as made:
        made.run("ALTER TABLE sales_order ADD data json, ADD comment text", "ALTER TABLE noise ADD data json")
        made.run("INSERT INTO sales_order (data, comment) VALUES (JSON_OBJECT('a', REPEAT('x', 2000)), 'c')")
        made.run("INSERT INTO noise (data) VALUES (JSON_OBJECT('a', REPEAT('x', 2000)))")
        yield made


def test_an_image_without_its_blobs_is_refused_by_name_where_one_changed(shop: Shop) -> None:
    with shop.following() as follower:
        shop.run("SET SESSION binlog_row_image=NOBLOB", "UPDATE sales_order SET state='held'")
        follower.until(lambda: follower.touched == [{"order 1": Touch()}])
        shop.run("UPDATE sales_order SET comment='d'")
        error = follower.ended()
    assert isinstance(error, UnreadableEvent)
    assert "binlog_row_image" in f"{error} {error.hint}"


def test_an_image_without_its_blobs_of_a_table_that_nobody_watches_does_not_matter(shop: Shop) -> None:
    with shop.following() as follower:
        shop.run("SET SESSION binlog_row_image=MINIMAL", "UPDATE noise SET v='z'", "SET SESSION binlog_row_image=FULL")
        shop.run("UPDATE sales_order SET state='held'")
        follower.until(lambda: follower.committed)


@mysql_only
def test_a_difference_of_json_is_refused_where_it_is_watched_only(shop: Shop) -> None:
    with shop.following() as follower:
        shop.run("SET SESSION binlog_row_value_options=PARTIAL_JSON")
        shop.run("UPDATE noise SET data=JSON_SET(data, '$.a', 'y')", "INSERT INTO sales_order (state) VALUES ('new')")
        follower.until(lambda: follower.committed)
        shop.run("UPDATE sales_order SET data=JSON_SET(data, '$.a', 'y')")
        error = follower.ended()
    assert isinstance(error, UnreadableEvent)
    assert "PARTIAL_UPDATE_ROWS" in str(error)
    assert "binlog_row_value_options=''" in error.hint


@mysql_only
@by_gtid
def test_from_a_gtid_with_a_tag_on_a_server_is_followed_by_file(server: PrivateMariaDB) -> None:
    with closing(server.connect()) as connection:
        dialect.new_database(connection, "tagged")
    with small_shop(server, "tagged") as shop, shop.following() as follower:
        shop.run("INSERT INTO sales_order (entity_id) VALUES (1)")
        follower.until(lambda: len(follower.committed) == 1)
        assert follower.last_position().gtid_set is not None
        shop.run("SET SESSION gtid_next='AUTOMATIC:shop'", "INSERT INTO sales_order (entity_id) VALUES (2)")
        shop.run("SET SESSION gtid_next='AUTOMATIC'", "INSERT INTO sales_order (entity_id) VALUES (3)")
        follower.until(lambda: len(follower.committed) == 3)
        assert follower.last_position().gtid_set is None
        follower.until(shop.dump_threads)
        shop.cut()
        shop.run("INSERT INTO sales_order (entity_id) VALUES (4)")
        follower.until(lambda: len(follower.committed) == 4)
        assert [key.id for key in follower.keys] == ["1", "2", "3", "4"]
        assert shop.reader().position().gtid_set is None


@mariadb_only
@pytest.mark.skipif(CHOSEN.startswith("docker:"), reason="needs a file beside the server")
def test_an_encrypted_log_is_read(tmp_path: Path) -> None:
    key = tmp_path / "keys"
    key.write_text("1;770A8A65DA156D24EE2A093277530142770A8A65DA156D24EE2A093277530142\n")
    options = ("--plugin-load-add=file_key_management", f"--file-key-management-filename={key}", "--encrypt-binlog=ON")
    with private_server(options) as server, closing(server.connect()) as connection:
        assert dialect.one(connection, "SELECT @@encrypt_binlog") == 1
        dialect.new_database(connection, "shop")
        with small_shop(server, "shop") as shop, shop.following() as follower:
            shop.run("INSERT INTO sales_order (entity_id) VALUES (1)", "FLUSH BINARY LOGS")
            shop.run("INSERT INTO sales_order (entity_id) VALUES (2)")
            follower.until(lambda: len(follower.committed) == 2)
            with shop.following(follower.committed[0].position) as again:
                again.until(lambda: [key.id for key in again.keys] == ["2"])


@pytest.fixture(scope="module")
def server() -> Iterator[PrivateMariaDB]:
    with private_server() as private:
        yield private
