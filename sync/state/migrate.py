"""Bring the state's tables to this program's version.

A fresh state is created from the tables' definition; alembic is imported only when an older state has to be changed.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Table, inspect, select

from sync.state.engine import Database, Transaction, damaged
from sync.state.errors import StateNewer
from sync.state.schema import REVISIONS, alembic_version, metadata

MIGRATIONS = Path(__file__).parent / "migrations"

# any number will do; it only has to be the same in every version of this program
_POSTGRESQL_LOCK = 6_871_532_091


def migrate(database: Database) -> bool:
    """Create or upgrade the tables in one transaction; True when they were created.

    Raises:
        StateNewer: the tables are from a newer program.
        StateDamaged: the file holds somebody else's tables.
    """
    with database.read() as transaction:
        if _version(transaction.connection, database) == REVISIONS[-1]:
            return False
    with database.write() as transaction:
        if transaction.postgresql:
            transaction.connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_POSTGRESQL_LOCK})")
        version = _version(transaction.connection, database)
        if version is None:
            _create(transaction)
            return True
        if version != REVISIONS[-1]:
            upgrade(transaction.connection)
        return False


def _version(connection: Connection, database: Database) -> str | None:
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    if alembic_version.name not in tables:
        ours = {table.name for table in metadata.tables.values()}
        if database.sqlite or tables & ours:
            raise damaged(database.name, "it holds tables that are not this program's")
        return None
    version = connection.execute(select(alembic_version.c.version_num)).scalar_one_or_none()
    if version is None:
        raise damaged(database.name, "the version of its tables is missing")
    if version not in REVISIONS:
        raise StateNewer(
            f"the state {database.name} has tables of version {version}; this program knows up to {REVISIONS[-1]}",
            hint="run the newer version of magento-economic again, or restore the copy from before its upgrade",
        )
    return str(version)


def _create(transaction: Transaction) -> None:
    metadata.create_all(transaction.connection)
    _stamp(transaction.connection, alembic_version)


def _stamp(connection: Connection, table: Table) -> None:
    connection.execute(table.insert().values(version_num=REVISIONS[-1]))


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run alembic on a connection, within its transaction, up to a revision."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
