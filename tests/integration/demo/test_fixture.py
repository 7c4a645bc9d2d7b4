"""The installed tables are Magento's, and quickly there."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path
from typing import Any

import pymysql.cursors
import pytest

from sync.demo import fixture
from sync.demo.catalog import ARTICLES
from sync.demo.mariadb import PrivateMariaDB

_DDL_TABLE = re.compile(r"^CREATE TABLE `(\w+)`", re.MULTILINE)


def _query(server: PrivateMariaDB, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with server.connect() as connection, connection.cursor(pymysql.cursors.Cursor) as cursor:
        cursor.execute(sql, values or None)
        return list(cursor.fetchall())


def _tables(server: PrivateMariaDB, schema: str) -> set[str]:
    return {row[0] for row in _query(server, f"SHOW TABLES FROM {schema}")}


def test_installing_takes_under_two_seconds(mariadb: PrivateMariaDB, schema: str) -> None:
    taken: list[float] = []
    while not taken or (len(taken) < 4 and min(taken) >= 2):  # a busy machine gets another try
        _query(mariadb, f"DROP DATABASE {schema}")
        _query(mariadb, f"CREATE DATABASE {schema} CHARACTER SET utf8mb4")
        started = time.monotonic()
        fixture.install(mariadb, schema)
        taken.append(time.monotonic() - started)
    assert min(taken) < 2
    assert _query(mariadb, f"SELECT COUNT(*) FROM {schema}.catalog_product_entity") == [(len(ARTICLES),)]
    assert _query(mariadb, f"SELECT store_id, code FROM {schema}.store ORDER BY 1") == [
        (0, "admin"),
        (1, "default"),
        (2, "en"),
        (3, "se_sv"),
    ]


def test_a_prefix_stands_before_every_table(mariadb: PrivateMariaDB, schema: str) -> None:
    fixture.install(mariadb, schema, "mg_")
    assert all(name.startswith("mg_") for name in _tables(mariadb, schema))
    assert _query(mariadb, f"SELECT COUNT(*) FROM {schema}.mg_inventory_stock_1")[0][0] == len(ARTICLES)


def test_without_multi_source_inventory_its_tables_are_missing(mariadb: PrivateMariaDB, schema: str) -> None:
    fixture.install(mariadb, schema, msi=False)
    tables = _tables(mariadb, schema)
    assert "cataloginventory_stock_item" in tables
    assert not [name for name in tables if name.startswith("inventory_")]


def test_awkward_skus_arrive_as_they_are(mariadb: PrivateMariaDB, schema: str) -> None:
    fixture.install(mariadb, schema)
    rows = _query(mariadb, f"SELECT sku FROM {schema}.catalog_product_entity ORDER BY entity_id")
    assert [row[0] for row in rows] == [article.sku for article in ARTICLES]


_COLUMNS = """
SELECT table_name, column_name, ordinal_position, column_type, is_nullable, column_default, extra, collation_name
FROM information_schema.columns WHERE table_schema = %s ORDER BY table_name, ordinal_position
"""
_INDEXES = """
SELECT table_name, GROUP_CONCAT(column_name ORDER BY seq_in_index) AS columns, index_name = 'PRIMARY', non_unique
FROM information_schema.statistics WHERE table_schema = %s AND index_type <> 'FULLTEXT' GROUP BY table_name, index_name
"""
_FOREIGN_KEYS = """
SELECT k.table_name, k.column_name, k.referenced_table_name, k.referenced_column_name, r.delete_rule
FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r
  ON r.constraint_schema = k.table_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
WHERE k.table_schema = %s AND k.referenced_table_name IS NOT NULL
"""


@pytest.fixture
def real(mariadb: PrivateMariaDB, schema: str, shared: Path) -> str:
    """A second schema with the tables of a real shop."""
    name = f"{schema}_real"
    ours = fixture.statements("magento2.sql")
    wanted = {match[1] for statement in ours if (match := _DDL_TABLE.search(statement))}
    text = (shared / "magento2.sql").read_text(encoding="utf-8")
    parts = re.split(r";\s*\n", text)
    chosen = [part for part in parts if (match := _DDL_TABLE.search(part)) and match[1] in wanted]
    script = f"DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name} CHARACTER SET utf8mb4; USE {name};\n"
    script += "SET FOREIGN_KEY_CHECKS=0; SET SQL_MODE='NO_AUTO_VALUE_ON_ZERO';\n" + ";\n".join(chosen) + ";\n"
    # foreign keys of a dump may stand in ALTER statements of their own
    script += "".join(f"{part};\n" for part in parts if re.match(r"\s*ALTER TABLE `(\w+)`", part))
    login = ["mariadb", "--no-defaults", "--force", "-uroot", "-h127.0.0.1", f"-P{mariadb.port}"]
    subprocess.run(login, input=script.encode(), check=False, capture_output=True)
    return name


def test_columns_keys_and_foreign_keys_are_those_of_a_real_shop(
    mariadb: PrivateMariaDB, schema: str, real: str
) -> None:
    fixture.install(mariadb, schema)
    try:
        theirs = {row[0] for row in _query(mariadb, f"SHOW TABLES FROM {real}")}
        for table in ("sales_order", "customer_entity", "catalog_product_entity", "inventory_reservation", "quote"):
            assert table in theirs

        def compare(sql: str) -> None:
            left = [row for row in _query(mariadb, sql, schema) if row[0] in theirs]
            right = _query(mariadb, sql, real)
            if "referenced" in sql:
                known = _tables(mariadb, schema)
                right = [row for row in right if row[2] in known]
            assert sorted(map(repr, left)) == sorted(map(repr, right))

        for sql in (_COLUMNS, _INDEXES, _FOREIGN_KEYS):
            compare(sql)
    finally:
        _query(mariadb, f"DROP DATABASE {real}")
