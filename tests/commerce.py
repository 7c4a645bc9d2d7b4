"""Adobe Commerce's shapes over the demo's tables: products by version, and sales in a database of their own.

Facts: docs of content staging. `catalog_product_entity` has a row for each version of a product, in force from
`created_in` to `updated_in` (epoch seconds; 1 and 2147483647 for always); values and parents hang on `row_id`,
everything else on `entity_id`. A scheduled update is a row with all values, and so is what follows when it ends.
"""

from __future__ import annotations

from typing import Any

import pymysql
import pymysql.cursors

from sync.demo.tables import Tables, Value

SHIFT = 1000
"""What row ids are ahead of entity ids by, so that one taken for the other finds nothing."""

ALWAYS = 2147483647

_KINDS = ("varchar", "int", "decimal", "text", "datetime")
_BY_PARENT = {
    "catalog_product_super_link": "parent_id",
    "catalog_product_relation": "parent_id",
    "catalog_product_link": "product_id",
    "catalog_product_super_attribute": "product_id",
    "catalog_product_bundle_option": "parent_id",
    "catalog_product_bundle_selection": "parent_product_id",
}
_COPIED = {
    "catalog_product_super_link": ("parent_id", "product_id"),
    "catalog_product_relation": ("parent_id", "child_id"),
    "catalog_product_bundle_option": ("parent_id", "option_id, required, type"),
    "catalog_product_bundle_selection": ("parent_product_id", "selection_id, option_id, product_id, selection_qty"),
}
"""What a new version takes over from the old one."""

_STAY = tuple(
    f"sales_{one}"
    for one in ("order_status", "order_status_label", "order_status_state", "sequence_meta", "sequence_profile")
)
"""What stays where the rest is."""


def make_commerce(tables: Tables) -> None:
    """Turn an installed Magento 2 into Commerce: each product has one version, in force for ever."""
    entity = tables.name("catalog_product_entity")
    tables.execute("SET foreign_key_checks = 0")
    drop_foreign_keys(tables, "catalog_product_entity")
    tables.execute(
        f"ALTER TABLE {entity} MODIFY entity_id INT UNSIGNED NOT NULL, DROP PRIMARY KEY,"
        " ADD row_id INT UNSIGNED NOT NULL AUTO_INCREMENT FIRST, ADD created_in BIGINT UNSIGNED NOT NULL DEFAULT 1,"
        f" ADD updated_in BIGINT UNSIGNED NOT NULL DEFAULT {ALWAYS}, ADD PRIMARY KEY (row_id), ADD KEY (entity_id),"
        " ADD KEY (created_in), ADD KEY (updated_in)"
    )
    tables.execute(f"UPDATE {entity} SET row_id = entity_id + {SHIFT} ORDER BY row_id DESC")
    for kind in _KINDS:
        name = tables.name(f"catalog_product_entity_{kind}")
        tables.execute(f"ALTER TABLE {name} CHANGE entity_id row_id INT UNSIGNED NOT NULL")
        tables.execute(f"UPDATE {name} SET row_id = row_id + {SHIFT} ORDER BY row_id DESC")
    for table, column in _BY_PARENT.items():
        tables.execute(f"UPDATE {tables.name(table)} SET {column} = {column} + {SHIFT} ORDER BY {column} DESC")
    for table, number in (("option", "option_id"), ("selection", "selection_id")):
        name, column = tables.name(f"catalog_product_bundle_{table}"), _BY_PARENT[f"catalog_product_bundle_{table}"]
        tables.execute(f"ALTER TABLE {name} DROP PRIMARY KEY, ADD PRIMARY KEY ({number}, {column})")
    tables.execute("SET foreign_key_checks = 1")


def schedule(tables: Tables, product_id: int, begins: int, ends: int = ALWAYS, **values: Value) -> int:
    """A scheduled update of a product in force for ever, as the admin saves it; the row id of its version.

    From `begins` to `ends` (epoch seconds) it holds `values`, by attribute code, and before and after what it holds
    now. `updated_at` is that of the save.
    """
    with tables.transaction():
        now = tables.row("catalog_product_entity", entity_id=product_id, updated_in=ALWAYS)
        update = copy_version(tables, now, begins, ends)
        if ends != ALWAYS:
            copy_version(tables, now, ends, ALWAYS)
        tables.update("catalog_product_entity", {"updated_in": begins}, row_id=now["row_id"])
        set_values(tables, update, **values)
    return update


def set_values(tables: Tables, row_id: int, **values: Value) -> None:
    """Change values of one version, by attribute code, in the default scope."""
    for code, value in values.items():
        attribute = tables.row("eav_attribute", entity_type_id=4, attribute_code=code)
        table = f"catalog_product_entity_{attribute['backend_type']}"
        tables.update(table, {"value": value}, row_id=row_id, attribute_id=attribute["attribute_id"], store_id=0)


def copy_version(tables: Tables, version: dict[str, Any], begins: int, ends: int) -> int:
    """Another version of a product, with what the given row holds; its row id."""
    row = {k: v for k, v in version.items() if k not in ("row_id", "updated_at")}
    copy = tables.insert("catalog_product_entity", row | {"created_in": begins, "updated_in": ends})
    for kind in _KINDS:
        name = tables.name(f"catalog_product_entity_{kind}")
        tables.execute(
            f"INSERT INTO {name} (row_id, attribute_id, store_id, value)"
            f" SELECT %s, attribute_id, store_id, value FROM {name} WHERE row_id = %s",
            (copy, version["row_id"]),
        )
    for table, (column, others) in _COPIED.items():
        tables.execute(
            f"INSERT INTO {tables.name(table)} ({column}, {others})"
            f" SELECT %s, {others} FROM {tables.name(table)} WHERE {column} = %s",
            (copy, version["row_id"]),
        )
    return copy


def _sales_tables(tables: Tables) -> list[str]:
    with tables.connection.cursor() as cursor:
        cursor.execute("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'")
        names = [str(row[0]).removeprefix(tables.prefix) for row in cursor.fetchall()]
    return [f"{tables.prefix}{one}" for one in names if one.startswith("sales_") and one not in _STAY]


def drop_foreign_keys(tables: Tables, referenced: str) -> None:
    """Let no table refer to this one any more."""
    with tables.connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, constraint_name FROM information_schema.key_column_usage"
            " WHERE table_schema = DATABASE() AND referenced_table_name = %s",
            (f"{tables.prefix}{referenced}",),
        )
        for table, key in cursor.fetchall():
            cursor.execute(f"ALTER TABLE `{table}` DROP FOREIGN KEY `{key}`")


def split_sales(tables: Tables, database: str) -> None:
    """Move the sales tables into a database of their own, as Commerce's split database has them; statuses stay."""
    tables.execute("SET foreign_key_checks = 0")
    for table in _sales_tables(tables):
        tables.execute(f"RENAME TABLE `{table}` TO `{database}`.`{table}`")
    tables.execute("SET foreign_key_checks = 1")


class SplitTables(Tables):
    """A connection to a shop whose sales tables are in another database."""

    def __init__(self, connection: pymysql.Connection[pymysql.cursors.Cursor], prefix: str, sales: str) -> None:
        super().__init__(connection, prefix)
        self.sales = sales

    def name(self, table: str) -> str:
        """With the database in front, where that is another."""
        name = super().name(table)
        return f"`{self.sales}`.{name}" if table.startswith("sales_") and table not in _STAY else name
