"""One product with its attribute values, stock, websites and parents, from an open snapshot."""

from __future__ import annotations

from decimal import Decimal

from cdc.columns import columns_to_read
from cdc.eav import Eav
from cdc.layout import Layout, Reader, quote
from cdc.models import Product, Scalar, Stock
from cdc.rows import Row, matching, moment, money, text, whole
from cdc.stores import References

CURRENT_VERSION = "created_in <= UNIX_TIMESTAMP() AND updated_in > UNIX_TIMESTAMP()"
"""Commerce keeps a row for each scheduled version; this is the one in force."""


def load_product(reader: Reader, layout: Layout, references: References, eav: Eav, product_id: int) -> Product | None:
    """The product with this entity id, None when there is no such row."""
    own, _ = columns_to_read("catalog_product_entity", layout.tables.get("catalog_product_entity", {}))
    versions = f" AND {CURRENT_VERSION}" if layout.row_id else ""
    rows = reader.rows(
        f"SELECT {', '.join(map(quote, own))} FROM {layout.quoted('catalog_product_entity')}"
        f" WHERE entity_id = %s{versions}",
        (product_id,),
    )
    if not rows:
        return None
    row = rows[0]
    key = int(row[layout.product_key])
    by_store = eav.values(reader, layout, "catalog_product", [key]).get(key, {})
    default = by_store.get(0, {})
    return Product(
        id=product_id,
        sku=text(row, "sku"),
        type=text(row, "type_id"),
        attribute_set_id=whole(row, "attribute_set_id"),
        created_at=moment(row, "created_at"),
        updated_at=moment(row, "updated_at"),
        website_ids=_websites(reader, layout, product_id),
        stock=_stock(reader, layout, references, product_id, text(row, "sku")),
        parent_ids=_parents(reader, layout, product_id),
        tax_class=_tax_class(references, default.get("tax_class_id")),
        attributes=default,
        store_attributes={
            store_id: different
            for store_id, values in sorted(by_store.items())
            if store_id and (different := _different(values, default))
        },
    )


def _different(values: dict[str, Scalar], default: dict[str, Scalar]) -> dict[str, Scalar]:
    return {code: value for code, value in values.items() if code not in default or default[code] != value}


def _tax_class(references: References, class_id: Scalar) -> str:
    return references.tax_classes.get(class_id, "") if isinstance(class_id, int) else ""


def _websites(reader: Reader, layout: Layout, product_id: int) -> tuple[int, ...]:
    rows = reader.rows(
        f"SELECT website_id FROM {layout.quoted('catalog_product_website')} WHERE product_id = %s ORDER BY website_id",
        (product_id,),
    )
    return tuple(int(row["website_id"]) for row in rows)


def _parents(reader: Reader, layout: Layout, product_id: int) -> tuple[int, ...]:
    relation = layout.quoted("catalog_product_relation")
    if layout.row_id:
        sql = (
            f"SELECT DISTINCT p.entity_id AS parent FROM {relation} r"
            f" JOIN {layout.quoted('catalog_product_entity')} p ON p.row_id = r.parent_id"
            " WHERE r.child_id = %s ORDER BY 1"
        )
    else:
        sql = f"SELECT parent_id AS parent FROM {relation} WHERE child_id = %s ORDER BY 1"
    return tuple(int(row["parent"]) for row in reader.rows(sql, (product_id,)))


def _stock(reader: Reader, layout: Layout, references: References, product_id: int, sku: str) -> Stock | None:
    own, _ = columns_to_read("cataloginventory_stock_item", layout.tables.get("cataloginventory_stock_item", {}))
    sort = " ORDER BY stock_id" if "stock_id" in own else ""
    rows = reader.rows(
        f"SELECT {', '.join(map(quote, own))} FROM {layout.quoted('cataloginventory_stock_item')}"
        f" WHERE product_id = %s{sort}",
        (product_id,),
    )
    sources = _sources(reader, layout, sku)
    if not rows and not sources:
        return None
    row: Row = rows[0] if rows else {}
    configured = references.config.flag("cataloginventory/item_options/manage_stock")
    return Stock(
        qty=money(row, "qty") if row.get("qty") is not None else None,
        is_in_stock=bool(whole(row, "is_in_stock")),
        manage_stock=configured if whole(row, "use_config_manage_stock", 1) else bool(whole(row, "manage_stock")),
        sources=sources,
    )


def _sources(reader: Reader, layout: Layout, sku: str) -> dict[str, Decimal]:
    if not layout.msi:
        return {}
    rows = matching(
        reader,
        f"SELECT source_code, sku, quantity FROM {layout.quoted('inventory_source_item')}"
        " WHERE sku = %s ORDER BY source_code",
        sku,
    )
    # The column's collation also finds other cases and trailing spaces
    return {text(row, "source_code"): money(row, "quantity") for row in rows if row["sku"] == sku}
