from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pymysql
import pytest

from cdc.connect import connect
from cdc.errors import BadServerSettings, LoginRefused, SchemaMissing
from cdc.grants import grants_sql, prefixed
from cdc.server import Finding, check_rights, check_server, refuse_bad_settings, server_facts
from cdc.write_rights import merged
from sync.demo.mariadb import PrivateMariaDB
from tests.integration.cdc.binlog_world import Shop, small_shop
from tests.servers import IS_MYSQL, dialect, mariadb_only, mysql_only, private_server

READ = ("sales_order", "sales_order_item", "catalog_product_entity")
MONITOR = "REPLICATION CLIENT" if IS_MYSQL else "BINLOG MONITOR"
WRITE = {"cataloginventory_stock_item": "INSERT, UPDATE"}


@pytest.fixture
def shop(mariadb: PrivateMariaDB, schema: str) -> Iterator[Shop]:
    with small_shop(mariadb, schema) as made:
        yield made


@pytest.fixture
def least(shop: Shop) -> Iterator[str]:
    """The URL of a user with exactly the printed rights."""
    rights = merged(dict.fromkeys(READ, "SELECT"), WRITE)
    sql = grants_sql(
        user=f"u_{shop.schema}",
        host="127.0.0.1",
        rights=rights,
        place=prefixed(shop.schema),
        password="pw",
        mariadb=not IS_MYSQL,
    )
    shop.run(*(statement for statement in sql.split(";\n") if statement))
    yield shop.server.url(shop.schema, f"u_{shop.schema}", "pw")
    shop.run(f"DROP USER u_{shop.schema}@'127.0.0.1'")


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings}


def test_the_printed_rights_are_enough_for_checks_and_capture(shop: Shop, least: str) -> None:
    with closing(connect(least)) as connection:
        findings = check_server(connection, tables=READ, writes=WRITE)
    assert [f for f in findings if not f.ok] == []
    assert {
        "version",
        "log_bin",
        "binlog_row_metadata",
        "REPLICATION SLAVE",
        "rights to read",
        "rights to write stock",
    } <= (set(by_name(findings)))
    with shop.following(url=least) as follower:
        shop.run("INSERT INTO sales_order (entity_id) VALUES (1)", "INSERT INTO catalog_product_entity VALUES (4, 'S')")
        shop.run("INSERT INTO cataloginventory_stock_item (product_id, qty) VALUES (4, 1)")
        follower.until(lambda: len(follower.committed) == 3)
        assert [list(touched) for touched in follower.touched] == [["order 1"], ["product 4"], ["stock S"]]
    with shop.following(follower.last_position(), url=least) as again:
        shop.run("INSERT INTO sales_order (entity_id) VALUES (2)")
        again.until(lambda: again.committed)


def test_each_missing_right_comes_with_its_grant(shop: Shop) -> None:
    user = f"n_{shop.schema}"
    shop.run(
        f"CREATE USER {user}@'127.0.0.1' IDENTIFIED BY 'pw'",
        f"GRANT SELECT ON {shop.schema}.sales_order TO {user}@'127.0.0.1'",
    )
    try:
        with closing(connect(shop.server.url(shop.schema, user, "pw"))) as connection:
            found = by_name(check_server(connection, tables=READ, writes=WRITE))
        with pytest.raises(BadServerSettings) as caught:
            shop.reader(url=shop.server.url(shop.schema, user, "pw")).position()
        assert "grants" in caught.value.hint
    finally:
        shop.run(f"DROP USER {user}@'127.0.0.1'")
    account = f"'{user}'@'127.0.0.1'"
    assert found["REPLICATION SLAVE"].fix == f"GRANT REPLICATION SLAVE ON *.* TO {account};"
    assert found[MONITOR].fix == f"GRANT {MONITOR} ON *.* TO {account};"
    assert found["rights to read"].found == "missing: sales_order_item, catalog_product_entity"
    assert f"GRANT SELECT ON `{shop.schema}`.`sales_order_item` TO {account};" in found["rights to read"].fix
    assert found["rights to write stock"].level == "warn"
    assert found["rights to write stock"].ok is False
    assert found["rights to write stock"].found == "missing: cataloginventory_stock_item"
    assert (
        f"GRANT INSERT, UPDATE ON `{shop.schema}`.`cataloginventory_stock_item`" in found["rights to write stock"].fix
    )


def test_of_several_rights_those_that_are_missing_are_named(shop: Shop) -> None:
    user = f"w_{shop.schema}"
    shop.run(
        f"CREATE USER {user}@'127.0.0.1' IDENTIFIED BY 'pw'",
        f"GRANT SELECT, INSERT ON {shop.schema}.cataloginventory_stock_item TO {user}@'127.0.0.1'",
    )
    writes = {"cataloginventory_stock_item": "INSERT, UPDATE", "sales_order": "UPDATE"}
    try:
        with closing(connect(shop.server.url(shop.schema, user, "pw"))) as connection:
            (found,) = check_rights(connection, writes=writes, purpose="write all", level="refuse")
    finally:
        shop.run(f"DROP USER {user}@'127.0.0.1'")
    assert (found.name, found.level, found.ok) == ("rights to write all", "refuse", False)
    assert found.found == "missing: UPDATE on cataloginventory_stock_item, UPDATE on sales_order"
    assert found.fix.startswith(f"GRANT UPDATE ON `{shop.schema}`.`cataloginventory_stock_item` TO ")


def test_rights_that_come_from_a_role_count(shop: Shop) -> None:
    user, role = f"r_{shop.schema}", f"role_{shop.schema}"
    shop.run(
        f"CREATE ROLE {role}",
        f"GRANT REPLICATION SLAVE, {MONITOR} ON *.* TO {role}",
        f"GRANT SELECT ON {shop.schema}.* TO {role}",
        f"CREATE USER {user}@'127.0.0.1' IDENTIFIED BY 'pw'",
        f"GRANT {role} TO {user}@'127.0.0.1'",
        dialect.default_role(shop.connection, role, f"{user}@'127.0.0.1'"),
    )
    try:
        with closing(connect(shop.server.url(shop.schema, user, "pw"))) as connection:
            findings = check_rights(connection, replication=True, tables=READ)
    finally:
        shop.run(f"DROP USER {user}@'127.0.0.1'", f"DROP ROLE {role}")
    assert [f for f in findings if not f.ok] == []


@pytest.mark.parametrize(
    ("variable", "bad", "good"),
    [
        ("binlog_format", "MIXED", "ROW"),
        ("binlog_row_image", "NOBLOB", "FULL"),
        ("binlog_row_metadata", "MINIMAL", "FULL"),
        pytest.param("binlog_row_metadata", "NO_LOG", "FULL", marks=mariadb_only),
        ("binlog_checksum", "NONE", "CRC32"),
        pytest.param("binlog_row_value_options", "PARTIAL_JSON", "", marks=mysql_only),
    ],
)
def test_each_wrong_setting_is_found_with_its_fix(shop: Shop, variable: str, bad: str, good: str) -> None:
    shop.run(f"SET GLOBAL {variable}='{bad}'")
    try:
        facts = server_facts(shop.connection)
        found = by_name(check_server(shop.connection))
    finally:
        shop.run(f"SET GLOBAL {variable}='{good}'")
    assert found[variable].ok is False
    assert found[variable].found == bad
    assert f"SET GLOBAL {variable}='{good}'" in found[variable].fix
    assert f"{variable}={good}" in found[variable].fix
    with pytest.raises(BadServerSettings, match=variable):
        refuse_bad_settings(facts)
    shop.run(found[variable].fix.partition(";")[0])
    assert by_name(check_server(shop.connection))[variable].ok


def test_a_short_retention_is_a_warning(shop: Shop) -> None:
    before = shop.one("SELECT @@global.binlog_expire_logs_seconds")[0]
    shop.run("SET GLOBAL binlog_expire_logs_seconds=86400")
    try:
        found = by_name(check_server(shop.connection))["binlog_expire_logs_seconds"]
    finally:
        shop.run(f"SET GLOBAL binlog_expire_logs_seconds={before}")
    assert (found.ok, found.level, found.found) == (False, "warn", "1 days")


def test_the_clock_difference_is_measured(shop: Shop) -> None:
    assert abs(server_facts(shop.connection).clock_offset) < 1


def test_the_servers_own_id_is_refused(shop: Shop) -> None:
    own = int(shop.one("SELECT @@server_id")[0])
    found = by_name(check_server(shop.connection, server_id=own))["BINLOG_SERVER_ID"]
    assert (found.ok, found.level) == (False, "refuse")
    assert "unset it" in found.fix
    assert by_name(check_server(shop.connection, server_id=own + 1))["BINLOG_SERVER_ID"].ok
    assert "BINLOG_SERVER_ID" not in by_name(check_server(shop.connection))


def test_a_server_without_a_binlog_is_refused() -> None:
    with private_server(["--skip-log-bin"]) as server, closing(server.connect()) as connection:
        assert by_name(check_server(connection))["log_bin"].ok is False


def test_wrong_logins_and_schemas_are_told_apart(shop: Shop) -> None:
    with pytest.raises(LoginRefused):
        connect(shop.server.url(shop.schema, "nobody", "x"))
    with pytest.raises(SchemaMissing):
        connect(shop.server.url("not_there"))
    with pytest.raises(pymysql.err.ProgrammingError), closing(connect(shop.server.url(shop.schema))) as connection:
        connection.cursor().execute("SELEC 1")
