"""Products with their attribute values, stock, websites, categories and parents, from an open snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from cdc.columns import columns_to_read
from cdc.eav import Eav
from cdc.layout import Layout, Reader
from cdc.load_categories import load_categories
from cdc.models import Category, Product, Scalar, Stock
from cdc.rows import Row, matching, moment, money, text, whole
from cdc.stores import References

CURRENT_VERSION = "created_in <= UNIX_TIMESTAMP() AND updated_in > UNIX_TIMESTAMP()"
"""Commerce keeps a row for each scheduled version; this is the one in force."""


def load_product(reader: Reader, layout: Layout, references: References, eav: Eav, product_id: int) -> Product | None:
    """The product with this entity id, None when there is no such row."""
    return load_products(reader, layout, references, eav, [product_id]).get(product_id)


def load_products(
    reader: Reader,
    layout: Layout,
    references: References,
    eav: Eav,
    product_ids: Sequence[int],
    *,
    with_stock: bool = True,
) -> dict[int, Product]:
    """The products with these entity ids, by id; those that are gone are left out.

    Without stock, which costs a SELECT for each, the number of SELECTs does not grow with that of the products.
    """
    own, _ = columns_to_read("catalog_product_entity", layout.tables.get("catalog_product_entity", {}))
    versions = f" AND {CURRENT_VERSION}" if layout.row_id else ""
    rows = _among(
        reader,
        f"SELECT {layout.selected(own)} FROM {layout.quoted('catalog_product_entity')} WHERE entity_id",
        product_ids,
        f"{versions} ORDER BY entity_id",
    )
    if not rows:
        return {}
    ids = [int(row["entity_id"]) for row in rows]
    values = eav.values(reader, layout, "catalog_product", [int(row[layout.product_key]) for row in rows])
    websites, parents = _websites(reader, layout, ids), _parents(reader, layout, ids)
    categories = _categories(reader, layout, ids, parents)
    stocks, sets = _stock_rows(reader, layout, ids if with_stock else ()), _attribute_sets(reader, layout, rows)
    products = {}
    for row in rows:
        product_id, by_store = int(row["entity_id"]), values.get(int(row[layout.product_key]), {})
        default, website_ids = by_store.get(0, {}), websites.get(product_id, ())
        website = website_ids[0] if website_ids else None
        products[product_id] = Product(
            id=product_id,
            sku=text(row, "sku"),
            type=text(row, "type_id"),
            attribute_set_id=whole(row, "attribute_set_id"),
            attribute_set=sets.get(whole(row, "attribute_set_id"), ""),
            created_at=moment(row, "created_at"),
            updated_at=moment(row, "updated_at"),
            website_ids=website_ids,
            websites=tuple(references.website_codes.get(one, "") for one in website_ids),
            stock=_stock(reader, layout, references, stocks.get(product_id), text(row, "sku")) if with_stock else None,
            parent_ids=parents.get(product_id, ()),
            categories=categories.get(product_id, ()),
            tax_class=_tax_class(references, default.get("tax_class_id")),
            currency=references.config.value("currency/options/base"),
            prices_include_tax=references.config.flag("tax/calculation/price_includes_tax", website_id=website),
            attributes=default,
            store_attributes={
                store_id: different
                for store_id, values_there in sorted(by_store.items())
                if store_id and (different := _different(values_there, default))
            },
        )
    return products


def load_skus(reader: Reader, layout: Layout, product_ids: Sequence[int]) -> dict[int, str]:
    """The SKUs that products have now, by entity id; those that are gone are left out."""
    versions = f" AND {CURRENT_VERSION}" if layout.row_id else ""
    select = f"SELECT entity_id, sku FROM {layout.quoted('catalog_product_entity')} WHERE entity_id"
    return {int(row["entity_id"]): text(row, "sku") for row in _among(reader, select, product_ids, versions)}


def _among(reader: Reader, select: str, ids: Sequence[int], rest: str = "") -> list[Row]:
    if not ids:
        return []
    marks = ", ".join(["%s"] * len(ids))
    return list(reader.rows(f"{select} IN ({marks}){rest}", tuple(ids)))


def _different(values: Mapping[str, Scalar], default: Mapping[str, Scalar]) -> dict[str, Scalar]:
    return {code: value for code, value in values.items() if code not in default or default[code] != value}


def _tax_class(references: References, class_id: Scalar) -> str:
    return references.tax_classes.get(class_id, "") if isinstance(class_id, int) else ""


def _attribute_sets(reader: Reader, layout: Layout, rows: Sequence[Row]) -> dict[int, str]:
    ids = sorted({whole(row, "attribute_set_id") for row in rows})
    table = layout.quoted("eav_attribute_set")
    found = _among(
        reader, f"SELECT attribute_set_id AS id, attribute_set_name AS name FROM {table} WHERE attribute_set_id", ids
    )
    return {int(row["id"]): text(row, "name") for row in found}


def _websites(reader: Reader, layout: Layout, product_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    table = layout.quoted("catalog_product_website")
    select = f"SELECT product_id AS id, website_id AS other FROM {table} WHERE product_id"
    return _grouped(_among(reader, select, product_ids, " ORDER BY website_id"))


def _parents(reader: Reader, layout: Layout, product_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    relation = layout.quoted("catalog_product_relation")
    if layout.row_id:
        select = (
            f"SELECT DISTINCT r.child_id AS id, p.entity_id AS other FROM {relation} r"
            f" JOIN {layout.quoted('catalog_product_entity')} p ON p.row_id = r.parent_id AND {CURRENT_VERSION}"
            " WHERE r.child_id"
        )
    else:
        select = f"SELECT child_id AS id, parent_id AS other FROM {relation} WHERE child_id"
    return _grouped(_among(reader, select, product_ids, " ORDER BY other"))


def _grouped(rows: Sequence[Row]) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    for row in rows:
        found[int(row["id"])] = (*found.get(int(row["id"]), ()), int(row["other"]))
    return found


def _categories(
    reader: Reader, layout: Layout, product_ids: Sequence[int], parents: Mapping[int, tuple[int, ...]]
) -> dict[int, tuple[Category, ...]]:
    """A product's own categories; a variant that is in none is where its parents are."""
    found = load_categories(reader, layout, product_ids)
    lacking = sorted({parent for one in product_ids if one not in found for parent in parents.get(one, ())})
    above = load_categories(reader, layout, lacking)
    for one in product_ids:
        if one not in found:
            inherited = {category.id: category for parent in parents.get(one, ()) for category in above.get(parent, ())}
            found[one] = tuple(inherited[key] for key in sorted(inherited))
    return found


def _stock_rows(reader: Reader, layout: Layout, product_ids: Sequence[int]) -> dict[int, Row]:
    own, _ = columns_to_read("cataloginventory_stock_item", layout.tables.get("cataloginventory_stock_item", {}))
    sort = " ORDER BY stock_id DESC" if "stock_id" in own else ""
    select = f"SELECT {layout.selected(own)} FROM {layout.quoted('cataloginventory_stock_item')} WHERE product_id"
    return {int(row["product_id"]): row for row in _among(reader, select, product_ids, sort)}


def _stock(reader: Reader, layout: Layout, references: References, row: Row | None, sku: str) -> Stock | None:
    sources = _sources(reader, layout, sku)
    if row is None and not sources:
        return None
    row = row or {}
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
