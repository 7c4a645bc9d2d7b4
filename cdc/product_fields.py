"""Facts about product attributes: where their values are kept, what they may be, and which indexes hold them.

Facts. `catalog_eav_attribute.is_global` is 0 for a value per store view, 1 for one value, 2 for one per website; a
website's value stands in a row of each of its store views. Prices are per website while `catalog/price/scope` is 1.
Magento 1 calls its source of options ``eav/entity_attribute_source_table``. Options of other sources (tax classes,
visibility, countries) are not in the database. Without a TRIGGER right information_schema shows no triggers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Literal, cast

from cdc.columns import guarded
from cdc.config import load_config
from cdc.layout import Layout, Reader, quote, table_missing
from cdc.models_fields import FieldFacts, FieldScope, FieldScopes, ProductField
from cdc.rows import Row, text, whole

ENTITY = "catalog_product_entity"
VALUE_TABLES = tuple(f"{ENTITY}_{kind}" for kind in ("varchar", "text", "decimal", "int", "datetime"))
SETTINGS = "catalog_eav_attribute"

READ = (SETTINGS, "mview_state")
"""Tables that are read for attributes, beside those that are read for products."""

INSERTED = tuple(table for table in VALUE_TABLES if not table.endswith("datetime"))
"""Tables that rows are inserted into and updated in."""

UPDATED = (ENTITY, "indexer_state")
"""Tables that rows are updated in only; in Magento 1 index_process takes the place of indexer_state."""

_SCOPES: Mapping[int, FieldScope] = {0: "store", 1: "global", 2: "website"}
_BACKENDS = frozenset({"static", "varchar", "text", "decimal", "int", "datetime"})
_SETTINGS = (
    "is_global", "is_searchable", "is_filterable", "is_filterable_in_search", "is_visible_in_advanced_search",
    "used_for_sort_by", "used_in_product_listing", "is_html_allowed_on_front", "is_used_for_promo_rules",
)  # fmt: skip
_SEARCHED = frozenset({"name", "sku", "status", "visibility", "price", "description", "short_description"})
_LISTED = frozenset({"name", "status", "price", "msrp", "short_description"})
_PRICED = frozenset({"price", "special_price", "status"})
_STATUS = (
    "catalog_category_product",
    "catalog_product_category",
    "cataloginventory_stock",
    "inventory",
    "catalogrule_product",
)
"""Magento leaves disabled products out of these indexes."""


def load_facts(reader: Reader, layout: Layout, codes: Collection[str]) -> FieldFacts:
    """These attributes, and what store views share. Raises the errors of `cdc.errors`."""
    return FieldFacts(load_fields(reader, layout, codes), load_scopes(reader, layout))


def load_fields(reader: Reader, layout: Layout, codes: Collection[str]) -> dict[str, ProductField]:
    """The attributes, and columns of catalog_product_entity, with these codes; what is not there is left out.

    An attribute that guards something by its name is never read. Raises the errors of `cdc.errors`.
    """
    wanted = [code for code in dict.fromkeys(codes) if not guarded(code)]
    if not wanted:
        return {}
    columns = _columns(reader, layout, (*VALUE_TABLES, ENTITY, SETTINGS))
    for table in (ENTITY, SETTINGS):
        if table not in columns:
            raise table_missing(layout.schema, layout.name(table))
    more = "".join(f", c.{name}" for name in _SETTINGS if name in columns[SETTINGS])
    rows = reader.rows(
        "SELECT a.attribute_id, a.attribute_code, a.backend_type, a.frontend_input, a.source_model, a.is_required"
        f"{more} FROM {layout.quoted('eav_attribute')} a JOIN {layout.quoted('eav_entity_type')} t"
        " ON t.entity_type_id = a.entity_type_id"
        f" LEFT JOIN {quote(layout.name(SETTINGS))} c ON c.attribute_id = a.attribute_id"
        " WHERE t.entity_type_code = 'catalog_product' AND a.attribute_code IN %s",
        (wanted,),
    )
    per_website = load_config(reader, layout).flag("catalog/price/scope")
    found: dict[str, ProductField] = {}
    for row in rows:
        code, backend = text(row, "attribute_code"), text(row, "backend_type")
        table = ENTITY if backend == "static" else f"{ENTITY}_{backend}"
        column = columns.get(table, {}).get(code if backend == "static" else "value")
        if code in wanted and backend in _BACKENDS and column is not None:
            found[code] = _attribute(row, column, per_website=per_website)
    for code in wanted:
        if code not in found and code in columns[ENTITY] and not any(text(r, "attribute_code") == code for r in rows):
            found[code] = ProductField(code=code, id=None, backend="static", input="", **_sizes(columns[ENTITY][code]))
    return _with_labels(reader, layout, found)


def load_scopes(reader: Reader, layout: Layout) -> FieldScopes:
    """Store views and the settings that prices depend on. Raises the errors of `cdc.errors`."""
    config = load_config(reader, layout)
    rows = reader.rows(f"SELECT store_id, code, website_id FROM {layout.quoted('store')}")
    views = {text(row, "code"): (whole(row, "store_id"), whole(row, "website_id")) for row in rows}
    websites = sorted({0, *(website for _, website in views.values())})
    per_website = config.flag("catalog/price/scope")
    return FieldScopes(
        views={**views, "admin": (0, 0)},
        includes_tax={
            one: config.flag("tax/calculation/price_includes_tax", website_id=one or None) for one in websites
        },
        currencies={
            one: config.value("currency/options/base", website_id=one if one and per_website else None)
            for one in websites
        },
        websites=per_website,
    )


def _columns(reader: Reader, layout: Layout, tables: Collection[str]) -> dict[str, dict[str, Row]]:
    names = {layout.name(table): table for table in tables}
    found: dict[str, dict[str, Row]] = {}
    for row in reader.rows(
        "SELECT table_name AS t, column_name AS c, data_type AS d, character_maximum_length AS n,"
        " numeric_precision AS p, numeric_scale AS s, is_nullable AS o,"
        " character_set_name AS h FROM information_schema.columns"
        " WHERE table_schema = %s AND table_name IN %s",
        (layout.schema, tuple(names)),
    ):
        found.setdefault(names[row["t"]], {})[row["c"]] = row
    return found


def _attribute(row: Row, column: Row, *, per_website: bool) -> ProductField:
    code, backend, input_ = text(row, "attribute_code"), text(row, "backend_type"), text(row, "frontend_input")
    scope: FieldScope = _SCOPES.get(whole(row, "is_global", 1), "global")
    if backend == "static":
        scope = "global"
    elif input_ == "price":
        scope = "website" if per_website else "global"
    return ProductField(
        code=code,
        id=int(row["attribute_id"]),
        backend=cast("Literal['static', 'varchar', 'text', 'decimal', 'int', 'datetime']", backend),
        input=input_,
        source=text(row, "source_model"),
        scope=scope,
        html=bool(whole(row, "is_html_allowed_on_front")) or code in ("description", "short_description"),
        required=bool(whole(row, "is_required")),
        indexers=tuple(_indexers(row, code, backend, input_)),
        **_sizes(column),
    )


def _sizes(column: Row) -> dict[str, Any]:
    scale = whole(column, "s")
    return {
        "data_type": str(column["d"]).lower(),
        "length": int(column["n"]) if column["n"] is not None else None,
        "digits": whole(column, "p") - scale,
        "scale": scale,
        "narrow": (text(column, "h") or "utf8mb4") != "utf8mb4",
        "nullable": str(column["o"]).upper() == "YES",
    }


def _indexers(row: Row, code: str, backend: str, input_: str) -> list[str]:
    def any_of(*settings: str) -> bool:
        return any(whole(row, setting) for setting in settings)

    found = ["catalog_product_price"] if code in _PRICED else []
    searched = ("is_searchable", "is_filterable_in_search", "is_visible_in_advanced_search", "is_filterable")
    if code in _SEARCHED or any_of(*searched, "used_for_sort_by"):
        found.append("catalogsearch_fulltext")
    filtered = any_of("is_filterable", "is_filterable_in_search", "is_visible_in_advanced_search")
    if code == "status" or (filtered and (input_ in ("select", "multiselect") or backend == "decimal")):
        found.append("catalog_product_attribute")
    if code in _LISTED or any_of("used_in_product_listing", "used_for_sort_by", "is_filterable"):
        found.append("catalog_product_flat")
    if code in ("price", "special_price") or any_of("is_used_for_promo_rules"):
        found.append("catalogrule_product")
    return found + [one for one in (_STATUS if code == "status" else ()) if one not in found]


def _with_labels(reader: Reader, layout: Layout, found: Mapping[str, ProductField]) -> dict[str, ProductField]:
    chosen = {one.id: one for one in found.values() if one.has_labels and one.id is not None}
    if not chosen:
        return dict(found)
    labels: dict[int, dict[str, tuple[int, ...]]] = {}
    for row in reader.rows(
        f"SELECT o.attribute_id, o.option_id, v.value FROM {layout.quoted('eav_attribute_option')} o"
        f" JOIN {layout.quoted('eav_attribute_option_value')} v ON v.option_id = o.option_id AND v.store_id = 0"
        " WHERE o.attribute_id IN %s ORDER BY o.option_id",
        (tuple(chosen),),
    ):
        by_label = labels.setdefault(int(row["attribute_id"]), {})
        label = text(row, "value").strip()
        by_label[label] = (*by_label.get(label, ()), int(row["option_id"]))
    return {
        code: replace(one, labels=labels.get(one.id or 0, {})) if one.id in chosen else one
        for code, one in found.items()
    }
