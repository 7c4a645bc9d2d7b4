"""Editing a product as the admin saves it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sync.demo.tables import Tables, Value

PRODUCT = 4


def edit(tables: Tables, sku: str, store_id: int, attributes: Mapping[str, str | int | Decimal]) -> None:
    """One transaction: updated_at is touched always, then the changed values; then the price index churns by itself."""
    with tables.transaction():
        product = tables.row("catalog_product_entity", sku=sku)
        entity_id = product["entity_id"]
        tables.execute(
            f"UPDATE {tables.name('catalog_product_entity')} SET updated_at = NOW() WHERE entity_id = %s", [entity_id]
        )
        for code, value in attributes.items():
            _write(tables, code, value, entity_id=entity_id, store_id=store_id)
        tables.execute(
            f"UPDATE {tables.name('quote')} q JOIN {tables.name('quote_item')} i ON i.quote_id = q.entity_id "
            "SET q.trigger_recollect = 1 WHERE i.product_id = %s AND q.is_active = 1",
            [entity_id],
        )
    tables.delete("catalog_product_index_price", entity_id=entity_id)


def _write(tables: Tables, code: str, value: str | int | Decimal, **key: Value) -> None:
    attribute = tables.row("eav_attribute", entity_type_id=PRODUCT, attribute_code=code)
    where = key | {"attribute_id": attribute["attribute_id"]}
    table = f"catalog_product_entity_{attribute['backend_type']}"
    if tables.rows(table, **where):
        tables.update(table, {"value": value}, **where)
    else:
        tables.insert(table, where | {"value": value})
