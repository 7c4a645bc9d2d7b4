"""What a Magento shop has names for: what a profile may refer to by code.

Magento keeps no list of its payment and shipping methods in the database: core_config_data has rows for what somebody
has saved in the backend, and orders tell what was used. Both together are the known ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cdc.columns import columns_to_read, magentos_own
from cdc.eav import Eav, EntityType
from cdc.layout import Layout, Reader
from cdc.rows import text
from cdc.stores import References

RECENT = 20_000
"""How many of the latest orders are looked through for methods."""

_CORE_PAYMENTS = ("checkmo", "banktransfer", "cashondelivery", "purchaseorder", "free")
_CORE_CARRIERS = ("flatrate", "tablerate", "freeshipping", "instore")
"""Of Magento's own modules; active or not by their config.xml, without a row in the database."""

_CORE_STATUSES = (
    "pending", "processing", "complete", "closed", "canceled", "holded", "pending_payment", "payment_review", "fraud",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopNames:
    """Codes by kind. `titles` are the payment methods' titles by code, where somebody has saved one.

    Of payment methods, `active_payments` are those that are switched on or were used lately. A shipping method is a
    carrier, ``_`` and the carrier's own method; `carriers` hold the first half. Columns are what a module of another
    vendor has added, by table.
    """

    payments: frozenset[str]
    active_payments: tuple[str, ...]
    titles: Mapping[str, str]
    shipping: frozenset[str]
    carriers: frozenset[str]
    groups: tuple[str, ...]
    websites: frozenset[str]
    attribute_sets: frozenset[str]
    tax_classes: frozenset[str]
    statuses: frozenset[str]
    attributes: Mapping[str, frozenset[str]]
    columns: Mapping[str, frozenset[str]]
    all_columns: Mapping[str, frozenset[str]]


def load_names(reader: Reader, layout: Layout, references: References, eav: Eav) -> ShopNames:
    """Read them. Raises the errors of `cdc.errors`."""
    config = layout.quoted("core_config_data")
    rows = reader.rows(
        f"SELECT path, value FROM {config} WHERE path LIKE 'payment/%%' OR path LIKE 'carriers/%%/active'"
        " ORDER BY scope = 'default' DESC"
    )
    switched: dict[str, bool] = {}
    titles: dict[str, str] = {}
    carriers = set(_CORE_CARRIERS)
    for row in rows:
        parts = str(row["path"]).split("/")
        if parts[0] == "carriers":
            carriers.add(parts[1])
        elif len(parts) == 3 and parts[2] == "active":
            switched[parts[1]] = switched.get(parts[1], False) or text(row, "value").strip() == "1"
        elif len(parts) == 3 and parts[2] == "title" and row["value"]:
            titles.setdefault(parts[1], text(row, "value"))
    used = _recent(reader, layout, "sales_order_payment", "method")
    shipping = _recent(reader, layout, "sales_order", "shipping_method")
    sets = reader.rows(f"SELECT DISTINCT attribute_set_name AS name FROM {layout.quoted('eav_attribute_set')}")
    statuses = (
        [text(row, "status") for row in reader.rows(f"SELECT status FROM {layout.quoted('sales_order_status')}")]
        if layout.has("sales_order_status")
        else []
    )
    tables = ("sales_order", "sales_order_item", "sales_order_address", "sales_invoice", "sales_creditmemo")
    people = ("customer_entity", "customer_address_entity")
    kinds: tuple[EntityType, ...] = ("customer", "customer_address", "catalog_product")
    attributes: dict[str, frozenset[str]] = {
        kind: frozenset(a.code for a in eav.attributes(reader, layout, kind).values()) for kind in kinds
    }
    for kind in kinds[:2]:  # what models have names for is no attribute, though Magento 1 keeps it as one
        attributes[kind] -= magentos_own(f"{kind}_entity")
    return ShopNames(
        payments=frozenset({*switched, *used, *_CORE_PAYMENTS}),
        active_payments=tuple(dict.fromkeys((*used, *(code for code, on in switched.items() if on)))),
        titles=titles,
        shipping=frozenset(shipping),
        carriers=frozenset({*carriers, *(method.split("_")[0] for method in shipping)}),
        groups=tuple(group.code for _, group in sorted(references.groups.items())),
        websites=frozenset(references.website_codes.values()),
        attribute_sets=frozenset(text(row, "name") for row in sets),
        tax_classes=frozenset(references.tax_classes.values()),
        statuses=frozenset({*statuses, *_CORE_STATUSES, *_recent(reader, layout, "sales_order", "status")}),
        attributes=attributes,
        columns={
            table: frozenset(columns_to_read(table, layout.tables[table])[1])
            for table in (*tables, *people)
            if table in layout.tables
        },
        all_columns={table: frozenset(layout.tables.get(table, ())) for table in tables},
    )


def latest_increments(reader: Reader, layout: Layout, references: References) -> dict[str, str]:
    """The increment id of the latest order of each store view that has some, by the store view's code."""
    order = layout.quoted("sales_order")
    rows = reader.rows(
        f"SELECT store_id, increment_id FROM {order} WHERE entity_id IN"
        f" (SELECT MAX(entity_id) FROM {order} GROUP BY store_id)"
    )
    stores = references.stores
    return {
        stores[int(row["store_id"])].code: text(row, "increment_id")
        for row in rows
        if row["store_id"] is not None and int(row["store_id"]) in stores
    }


def _recent(reader: Reader, layout: Layout, table: str, column: str) -> tuple[str, ...]:
    """The values of a column in the latest rows, the most frequent first."""
    rows = reader.rows(
        f"SELECT {column} AS code, COUNT(*) AS n FROM (SELECT {column} FROM {layout.quoted(table)}"
        f" ORDER BY entity_id DESC LIMIT {RECENT}) AS latest WHERE {column} IS NOT NULL AND {column} <> ''"
        f" GROUP BY {column} ORDER BY n DESC, code"
    )
    return tuple(text(row, "code") for row in rows)
