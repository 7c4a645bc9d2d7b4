"""Magento 2's tables with a small Danish shop in them, installed into an empty database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from importlib import resources

from sync.demo.catalog import ARTICLES, BY_SKU, COUPONS, Article
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.tables import Row, Tables

_STATEMENT_END = re.compile(r";\s*\n")
_TABLE = re.compile(r"`(\w+)`")

# eav_attribute ids of a fresh install
_NAME, _DESCRIPTION, _PRICE, _COST, _WEIGHT, _STATUS, _VISIBILITY, _TAX_CLASS = 73, 75, 77, 81, 82, 97, 99, 136
_PRICE_TYPE, _SHIPMENT_TYPE, _URL_KEY, _SIZE = 129, 133, 123, 137
_NOT_VISIBLE, _CATALOG_AND_SEARCH = 1, 4
_TAXED, _UNTAXED = 2, 4


def install(server: PrivateMariaDB, database: str, prefix: str = "", msi: bool = True) -> None:
    """Create the tables and the shop's settings and products in `database`, which exists and is empty.

    `prefix` is put before every table name (Magento's db.table_prefix). Without `msi` the inventory_* tables do not
    exist, as in a shop whose multi source inventory was removed: stock is taken at checkout. Takes under two seconds.
    """
    connection = server.connect(database)
    try:
        tables = Tables(connection, prefix)
        tables.execute("SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO', foreign_key_checks = 0, unique_checks = 0")
        for statement in statements("magento2.sql", prefix, msi=msi):
            tables.execute(statement)
        with tables.transaction():
            for statement in statements("magento2_seed.sql", prefix, msi=msi):
                tables.execute(statement)
            if not msi:
                for state, name in (("indexer_state", "indexer_id"), ("mview_state", "view_id")):
                    tables.execute(f"DELETE FROM {tables.name(state)} WHERE {name} = 'inventory'")
            _coupons(tables)
            _products(tables, msi=msi)
    finally:
        connection.close()


def statements(file: str, prefix: str = "", *, msi: bool = True) -> Iterator[str]:
    """The statements of one of this folder's SQL files, table names prefixed; without `msi` none on inventory_*."""
    text = resources.files("sync.demo").joinpath(file).read_text(encoding="utf-8")
    bare = "\n".join(line for line in text.splitlines() if not line.startswith("--")) + "\n"
    for statement in _STATEMENT_END.split(bare):
        first = _TABLE.search(statement)
        if first is None or (not msi and first[1].startswith("inventory_")):
            continue
        yield _TABLE.sub(lambda match: f"`{prefix}{match[1]}`", statement.strip())


def _coupons(tables: Tables) -> None:
    for coupon in COUPONS.values():
        tables.insert(
            "salesrule",
            {
                "rule_id": coupon.rule_id,
                "name": coupon.name,
                "is_active": 1,
                "coupon_type": 2,
                "simple_action": "by_percent" if coupon.percent else "cart_fixed",
                "discount_amount": coupon.percent or coupon.amount,
                "apply_to_shipping": int(coupon.on_shipping),
            },
        )
        tables.insert("salesrule_coupon", {"rule_id": coupon.rule_id, "code": coupon.code, "is_primary": 1})


def _products(tables: Tables, *, msi: bool) -> None:
    values: dict[str, list[Row]] = {kind: [] for kind in ("varchar", "text", "decimal", "int")}
    for article in ARTICLES:
        tables.insert(
            "catalog_product_entity",
            {
                "entity_id": article.id,
                "attribute_set_id": 4,
                "type_id": article.type,
                "sku": article.sku,
                "has_options": int(bool(article.parts)),
                "required_options": int(bool(article.parts)),
            },
        )
        for kind, attribute_id, store_id, value in _attributes(article):
            values[kind].append(
                {"attribute_id": attribute_id, "store_id": store_id, "entity_id": article.id, "value": value}
            )
        tables.insert_many(
            "catalog_product_website", [{"product_id": article.id, "website_id": site} for site in (1, 2)]
        )
        _stock(tables, article, msi=msi)
        _parts(tables, article)
    for kind, rows in values.items():
        tables.insert_many(f"catalog_product_entity_{kind}", rows)


def _attributes(article: Article) -> Iterator[tuple[str, int, int, str | int | Decimal]]:
    yield "varchar", _NAME, 0, article.name
    yield "varchar", _URL_KEY, 0, f"vare-{article.id}"
    yield "text", _DESCRIPTION, 0, f"<p>{article.name}: fra vores eget lager.</p>"
    yield "int", _STATUS, 0, 1
    yield "int", _VISIBILITY, 0, _CATALOG_AND_SEARCH if article.visible else _NOT_VISIBLE
    yield "int", _TAX_CLASS, 0, _TAXED if article.taxed else _UNTAXED
    yield "decimal", _WEIGHT, 0, article.weight
    if article.english:
        yield "varchar", _NAME, 2, article.english
    if article.price is not None:
        yield "decimal", _PRICE, 0, article.price
    if article.cost is not None:
        yield "decimal", _COST, 0, article.cost
    if article.type == "bundle":
        yield "int", _PRICE_TYPE, 0, 0 if article.dynamic else 1
        yield "int", _SHIPMENT_TYPE, 0, 0
    if article.sku.startswith("TSHIRT-"):
        yield "int", _SIZE, 0, ["S", "M", "L"].index(article.sku[-1]) + 1


def _stock(tables: Tables, article: Article, *, msi: bool) -> None:
    quantity = article.stock if article.stocked else Decimal(0)
    tables.insert(
        "cataloginventory_stock_item",
        {
            "product_id": article.id,
            "stock_id": 1,
            "qty": quantity,
            "is_in_stock": 1,
            "is_qty_decimal": int(article.decimal_qty),
            "manage_stock": int(article.type == "simple"),
            "use_config_manage_stock": int(article.type == "simple"),
        },
    )
    tables.insert(
        "cataloginventory_stock_status",
        {"product_id": article.id, "website_id": 0, "stock_id": 1, "qty": quantity, "stock_status": 1},
    )
    if msi and article.stocked:
        tables.insert(
            "inventory_source_item",
            {"source_code": "default", "sku": article.sku, "quantity": quantity, "status": 1},
        )


def _parts(tables: Tables, article: Article) -> None:
    for position, (sku, quantity) in enumerate(article.parts.items(), start=1):
        child = BY_SKU[sku].id
        tables.insert("catalog_product_relation", {"parent_id": article.id, "child_id": child})
        if article.type == "configurable":
            tables.insert("catalog_product_super_link", {"product_id": child, "parent_id": article.id})
            continue
        option = tables.insert(
            "catalog_product_bundle_option",
            {"parent_id": article.id, "required": 1, "position": position, "type": "select"},
        )
        tables.insert(
            "catalog_product_bundle_selection",
            {
                "option_id": option,
                "parent_product_id": article.id,
                "product_id": child,
                "position": position,
                "is_default": 1,
                "selection_qty": quantity,
            },
        )
    if article.type == "configurable":
        tables.insert("catalog_product_super_attribute", {"product_id": article.id, "attribute_id": _SIZE})
