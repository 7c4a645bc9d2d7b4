"""What MySQL and MariaDB spell differently, told by the server that answers."""

from __future__ import annotations

import time
from typing import Any

from cdc.position import LogPlace, Position
from cdc.server import master_status

Connected = Any
"""A PyMySQL connection."""


def is_mysql(connection: Connected) -> bool:
    """Whether the server is a MySQL."""
    return "MariaDB" not in str(connection.get_server_info())


def one(connection: Connected, sql: str, args: object = ()) -> Any:
    """The first value of a query's first row; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(sql, args)
        row = cursor.fetchone()
    return row[0] if row else None


def run(connection: Connected, *statements: str) -> None:
    """Execute statements one after the other."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def end_of_log(connection: Connected) -> LogPlace:
    """Where the binlog ends."""
    return master_status(connection)[0]


def executed(connection: Connected) -> str:
    """Every GTID that is in the log, as `Position.gtid_set` spells it; empty where there are none."""
    if is_mysql(connection):
        return str(one(connection, "SELECT LOWER(@@global.gtid_executed)")).replace("\n", "").replace(" ", "")
    return str(one(connection, "SELECT @@global.gtid_binlog_pos"))


def at_end(connection: Connected, position: Position | None) -> bool:
    """Whether a stored position is the log's end."""
    if position is None:
        return False
    if position.gtid_set is None:
        return position.place == end_of_log(connection)
    return position.gtid_set == executed(connection)


def reset_log(connection: Connected) -> None:
    """Delete every binlog and begin at 1 again."""
    run(connection, "RESET BINARY LOGS AND GTIDS" if is_mysql(connection) else "RESET MASTER")


def purge(connection: Connected, *, flush: bool = True) -> None:
    """Leave one file, a new one with `flush`. The server keeps those that are being read or not synced for a moment."""
    if flush:
        run(connection, "FLUSH BINARY LOGS")
    current = end_of_log(connection).file
    deadline = time.monotonic() + 10
    while one(connection, "SHOW BINARY LOGS") != current:
        assert time.monotonic() < deadline, "the server keeps its binlog files"
        run(connection, f"PURGE BINARY LOGS TO '{current}'")


def new_database(connection: Connected, name: str) -> None:
    """An empty database, in place of one of that name."""
    run(connection, f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} CHARACTER SET utf8mb4")


def numbers(connection: Connected, last: int) -> str:
    """A derived table ``seq`` with the numbers from 1; behind SELECT ... FROM."""
    if is_mysql(connection):
        return (
            f"(WITH RECURSIVE n AS (SELECT 1 AS seq UNION ALL SELECT seq+1 FROM n WHERE seq<{last}) SELECT * FROM n) s"
        )
    return f"(SELECT seq FROM seq_1_to_{last}) s"


def default_role(connection: Connected, role: str, user: str) -> str:
    """The statement that makes a granted role active at each login."""
    return f"SET DEFAULT ROLE {role} {'TO' if is_mysql(connection) else 'FOR'} {user}"


def explain(connection: Connected) -> str:
    """EXPLAIN as one row for each table."""
    return "EXPLAIN FORMAT=TRADITIONAL" if is_mysql(connection) else "EXPLAIN"


def follow(replica: Connected, port: int, *, user: str = "root", password: str = "") -> None:
    """Make a server the replica of another one on this machine, by GTID, and start it."""
    if is_mysql(replica):
        run(
            replica,
            f"CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT={port}, SOURCE_USER='{user}',"
            f" SOURCE_PASSWORD='{password}', SOURCE_AUTO_POSITION=1, SOURCE_SSL=1, GET_SOURCE_PUBLIC_KEY=1,"
            " SOURCE_CONNECT_RETRY=1",
            "START REPLICA",
        )
    else:
        verify = ", MASTER_SSL_VERIFY_SERVER_CERT=0"
        run(
            replica,
            f"CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT={port}, MASTER_USER='{user}',"
            f" MASTER_PASSWORD='{password}', MASTER_USE_GTID=slave_pos, MASTER_CONNECT_RETRY=1{verify}",
            "START SLAVE",
        )


def pause(replica: Connected) -> None:
    """Let a replica fetch but not execute."""
    run(replica, "STOP REPLICA SQL_THREAD" if is_mysql(replica) else "STOP SLAVE SQL_THREAD")


def go_on(replica: Connected) -> None:
    """Let it execute again."""
    run(replica, "START REPLICA SQL_THREAD" if is_mysql(replica) else "START SLAVE SQL_THREAD")


def last(connection: Connected) -> str:
    """The GTID of the last transaction of a server on which nobody else writes."""
    if is_mysql(connection):
        own = str(one(connection, "SELECT @@server_uuid"))
        mine = next(part for part in executed(connection).split(",") if part.startswith(own))
        return f"{own}:{mine.rpartition(':')[2].rpartition('-')[2]}"
    return str(one(connection, "SELECT @@last_gtid"))


def unfollow(replica: Connected) -> None:
    """Stop a replica and forget its primary: what a promotion does."""
    if is_mysql(replica):
        run(replica, "STOP REPLICA", "RESET REPLICA ALL")
    else:
        run(replica, "STOP SLAVE", "RESET SLAVE ALL")


def wait_executed(connection: Connected, gtids: str, timeout: float = 20) -> None:
    """Wait until a replica has executed these GTIDs."""
    if is_mysql(connection):
        done = one(connection, "SELECT WAIT_FOR_EXECUTED_GTID_SET(%s, %s)", (gtids, timeout)) == 0
    else:
        done = one(connection, "SELECT MASTER_GTID_WAIT(%s, %s)", (gtids, timeout)) == 0
    assert done, f"{gtids} was not executed within {timeout} s"


def tables(connection: Connected) -> list[str]:
    """The tables of the connection's database."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW TABLES")
        return [str(name) for (name,) in cursor.fetchall()]
