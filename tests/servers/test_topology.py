"""Servers beside the followed one, as `check` sees them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from cdc.server import Finding, ServerFacts, server_facts
from cdc.topology import check_topology
from sync.demo.mariadb import PrivateMariaDB
from tests.servers import IS_MYSQL, by_gtid, dialect, private_server, thorough

UPDATES = "log_replica_updates" if IS_MYSQL else "log_slave_updates"


def found(server: PrivateMariaDB, **variables: str) -> dict[str, Finding]:
    with closing(server.connect()) as connection:
        facts: ServerFacts = server_facts(connection)
        facts = replace(facts, variables={**facts.variables, **variables})
        return {finding.name: finding for finding in check_topology(connection, facts)}


def test_a_server_alone_needs_nothing(mariadb: PrivateMariaDB) -> None:
    assert found(mariadb) == {}


def test_a_galera_node_must_log_what_others_write(mariadb: PrivateMariaDB) -> None:
    said = found(mariadb, wsrep_on="ON", wsrep_gtid_mode="OFF", **{UPDATES: "OFF"})
    assert {name: (one.ok, one.level) for name, one in said.items()} == {
        UPDATES: (False, "refuse"),
        "wsrep_gtid_mode": (False, "warn"),
        "cluster": (None, "warn"),
    }
    assert found(mariadb, wsrep_on="ON", wsrep_gtid_mode="ON", **{UPDATES: "ON"})[UPDATES].ok


def test_a_group_of_several_primaries_wants_one_named(mariadb: PrivateMariaDB) -> None:
    group = {"group_replication_group_name": "a-group", "group_replication_single_primary_mode": "OFF"}
    assert list(found(mariadb, **group)) == ["cluster"]
    assert found(mariadb, **{**group, "group_replication_single_primary_mode": "ON"}) == {}


def test_rds_keeps_its_log_by_a_setting_of_its_own(mariadb: PrivateMariaDB) -> None:
    said = found(mariadb, basedir="/rdsdbbin/mysql/")
    assert "rds_set_configuration" in said["binlog retention hours"].fix


@thorough
@by_gtid
def test_a_replica_that_does_not_log_what_it_executes_is_refused() -> None:
    with private_server() as primary, private_server(["--server-id=2", "--log-slave-updates=OFF"]) as replica:
        with closing(replica.connect()) as follower:
            dialect.follow(follower, primary.port)
        finding = found(replica)[UPDATES]
        assert (finding.ok, finding.level) == (False, "refuse")
        assert "a replica" in finding.found
