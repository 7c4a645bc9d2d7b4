"""What the servers beside the followed one mean for its binlog: primaries, Galera, group replication, Amazon RDS."""

from __future__ import annotations

from collections.abc import Iterator

import pymysql

from cdc.connect import Connection
from cdc.server import Finding, ServerFacts


def check_topology(connection: Connection, facts: ServerFacts) -> list[Finding]:
    """What would keep changes that were made on another server out of this one's binlog, or its log too short.

    Facts: a replica, and a node of a Galera cluster, writes what it gets from the others into its own binlog only with
    `log_slave_updates` (MariaDB's default is OFF); group replication demands it. A lock (GET_LOCK) is one node's own.
    """
    return [*_updates(connection, facts), *_cluster(facts), *_rds(facts)]


def _updates(connection: Connection, facts: ServerFacts) -> Iterator[Finding]:
    name = "log_slave_updates" if facts.mariadb else "log_replica_updates"
    found = facts.variables.get(name) or facts.variables.get("log_slave_updates", "")
    galera = _on(facts, "wsrep_on")
    replica = galera or _is_replica(connection, facts)
    if replica is False:
        return
    logged = found.upper() in ("ON", "1")
    role = "a node of a Galera cluster" if galera else "a replica" if replica else "a replica, or was one"
    yield Finding(
        name=name,
        ok=logged,
        found=f"{found or 'unknown'} on {role}",
        wanted="ON: else what other servers wrote is not in this one's binlog",
        fix=f"In my.cnf, section [mysqld]: {name}=ON, then restart.",
        level="warn" if replica is None else "refuse",
    )


def _is_replica(connection: Connection, facts: ServerFacts) -> bool | None:
    """Whether it follows another server; None when it once did, and the right to see whether it still does is missing.

    MariaDB wants SLAVE MONITOR for that, which nothing else needs.
    """
    with connection.cursor() as cursor:
        for statement in ("SHOW SLAVE STATUS", "SHOW REPLICA STATUS"):
            try:
                cursor.execute(statement)
            except pymysql.err.ProgrammingError:
                continue  # MySQL 8.4 dropped the first, MariaDB before 10.5 and MySQL before 8.0.22 lack the second
            except pymysql.err.OperationalError:
                break
            return cursor.fetchone() is not None
    return None if facts.variables.get("gtid_slave_pos") else False


def _cluster(facts: ServerFacts) -> Iterator[Finding]:
    if _on(facts, "wsrep_on"):
        yield Finding(
            name="wsrep_gtid_mode",
            ok=_on(facts, "wsrep_gtid_mode"),
            found=facts.variables.get("wsrep_gtid_mode", "unknown"),
            wanted="ON: else each node gives a transaction another GTID, and none can take over for another",
            fix="In every node's my.cnf, section [mysqld]: wsrep_gtid_mode=ON and one wsrep_gtid_domain_id; restart.",
            level="warn",
        )
    several = facts.variables.get("group_replication_single_primary_mode", "").upper() == "OFF"
    if _on(facts, "wsrep_on") or (facts.variables.get("group_replication_group_name") and several):
        yield Finding(
            name="cluster",
            ok=None,
            found="a server of a cluster in which every node may write",
            wanted="MAGENTO_DATABASE_URL with the address of one node, never of a balancer",
            fix="The lock that keeps a second service out is that node's own: all services must name the same.",
            level="warn",
        )


def _rds(facts: ServerFacts) -> Iterator[Finding]:
    if "rdsdbbin" in facts.variables.get("basedir", ""):
        yield Finding(
            name="binlog retention hours",
            ok=None,
            found="Amazon RDS or Aurora, which purges the binlog by a setting of its own",
            wanted="at least 168 hours",
            fix="CALL mysql.rds_set_configuration('binlog retention hours', 168);",
            level="warn",
        )


def _on(facts: ServerFacts, variable: str) -> bool:
    return facts.variables.get(variable, "").upper() in ("ON", "1")
