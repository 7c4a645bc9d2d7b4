from __future__ import annotations

import pytest

from cdc.grants import Grants, grants_sql, missing_grants, prefixed


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("GRANT ALL PRIVILEGES ON *.* TO `root`@`%` WITH GRANT OPTION", True),
        ("GRANT SELECT, INSERT ON `mag_ento`.* TO `u`@`%`", True),
        (r"GRANT SELECT ON `mag\_ento`.* TO `u`@`%`", True),
        ("GRANT SELECT ON `mag%`.* TO `u`@`%`", True),
        ("GRANT ALL PRIVILEGES ON `mag_ento`.* TO `u`@`%`", True),
        ("GRANT SELECT, UPDATE ON `mag_ento`.`sales_order` TO `u`@`%`", True),
        ("GRANT SELECT (`entity_id`) ON `mag_ento`.`sales_order` TO `u`@`%`", False),
        ("GRANT SELECT (`a`, `b`), INSERT ON `mag_ento`.`sales_order` TO `u`@`%`", False),
        ("GRANT SELECT ON `mag_ento`.`sales_order_item` TO `u`@`%`", False),
        (r"GRANT SELECT ON `mag\_other`.* TO `u`@`%`", False),
        ("GRANT INSERT ON *.* TO `u`@`%`", False),
        ("GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*X'", False),
    ],
)
def test_a_right_on_a_table_is_found_in_whatever_grant_gives_it(line: str, expected: bool) -> None:
    assert Grants([line]).has("SELECT", "mag_ento", "sales_order") is expected


def test_an_escaped_wildcard_is_no_wildcard() -> None:
    assert not Grants([r"GRANT SELECT ON `mag\_ento`.* TO `u`@`%`"]).has("SELECT", "magXento", "t")


def test_replication_rights_are_global() -> None:
    grants = Grants(["GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*X'"])
    assert grants.has_global("REPLICATION SLAVE")
    assert grants.has_global("BINLOG MONITOR")
    assert not grants.has_global("SUPER")


def test_roles_are_named_and_partial_revokes_take_away() -> None:
    grants = Grants(
        [
            "GRANT `reader`@`%`,`writer`@`%` TO `u`@`%`",
            "GRANT SELECT ON *.* TO `u`@`%`",
            "REVOKE SELECT ON `shop`.* FROM `u`@`%`",
        ]
    )
    assert grants.roles == ("`reader`@`%`", "`writer`@`%`")
    assert not grants.has("SELECT", "shop", "t")
    assert grants.has("SELECT", "other", "t")


def test_missing_grants_names_tables_and_rights() -> None:
    grants = Grants(["GRANT SELECT ON `s`.`a` TO `u`@`%`", "GRANT UPDATE ON `s`.* TO `u`@`%`"])
    wanted = {"a": "SELECT, UPDATE", "b": "SELECT, UPDATE", "c": "INSERT, UPDATE, DELETE"}
    assert missing_grants(grants, wanted, prefixed("s")) == {"b": "SELECT", "c": "INSERT, DELETE"}


def test_the_printed_sql_asks_for_the_least() -> None:
    rights = {"sales_order": "SELECT", "stock": "SELECT, UPDATE"}
    sql = grants_sql(user="o'neil", rights=rights, place=prefixed("mag_ento", "p_"), mariadb=False)
    assert sql.splitlines() == [
        "CREATE USER IF NOT EXISTS 'o''neil'@'%' IDENTIFIED BY 'change-me';",
        "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'o''neil'@'%';",
        "GRANT SELECT ON `mag_ento`.`p_sales_order` TO 'o''neil'@'%';",
        "GRANT SELECT, UPDATE ON `mag_ento`.`p_stock` TO 'o''neil'@'%';",
    ]
