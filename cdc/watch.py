"""Which of Magento's tables are watched, what a row of each says may have changed, and which columns cannot matter.

Facts about Magento 2 that shape the list:

* Rows of sales_invoice_item, sales_shipment_item and sales_creditmemo_item have no order column; they are written in
  their document's own transaction, and that document's row has one.
* sales_order_tax and sales_order_tax_item are written by themselves after the order's commit and are never read: VAT
  comes from the lines and the shipping columns. Watching them would only reconcile each new order a second time.
* Order e-mails set `email_sent` and `send_email` seconds after each order, invoice and credit memo.
* A login writes failures_num, first_failure, lock_expires and session_cutoff of its customer; a forgotten password
  writes rp_token.
* Each product save sets `updated_at`, also when nothing else changed.
* Each save of a stock item computes `low_stock_date` and `stock_status_changed_auto` from the other columns (before
  Magento 1.6 the latter is `stock_status_changed_automatically`).
* The search, grid and price tables (``*_grid``, ``*_index*``, ``*_cl``) repeat what is elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from cdc.keys import Kind
from cdc.layout import Layout
from cdc.load_product import CURRENT_VERSION

LookUp = Literal["address_customer", "row_product", "product_sku"]
"""A look-up from a row's number to its key: a customer address to its customer, Commerce's row_id to the product's
entity_id, a product's entity_id to its SKU."""

ALL_KINDS: tuple[Kind, ...] = ("order", "customer", "product", "stock")

EAV_TYPES = ("int", "varchar", "text", "decimal", "datetime")


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedTable:
    """One table, by Magento 2's name (no prefix).

    `key` is the column that names the key: an integer, or with `text` a SKU. `own` says that the row is the key's own
    (its insert and delete are the key's). `via` is the look-up that turns the number into the key. An update that
    changes nothing outside `ignorable` changes nothing. `memo` is the column with a credit memo's id, where an insert
    may be what returned goods. `quantity` is the DECIMAL whose rise says that stock came back, `signed_quantity` the
    one whose positive insert does; `raises` is the word before the key in `RestockFact.raised`. `kind` None: the table
    is watched for that fact only.
    """

    name: str
    kind: Kind | None
    key: str
    own: bool = False
    text: bool = False
    via: LookUp | None = None
    ignorable: frozenset[str] = frozenset()
    memo: str | None = None
    quantity: str | None = None
    signed_quantity: str | None = None
    raises: Literal["product", "sku"] | None = None


Place = tuple[str, str]
"""A table in the database: its schema, and its name there (with prefix)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchList:
    """The watched tables by their place in the database."""

    tables: Mapping[Place, WatchedTable]
    look_ups: Mapping[LookUp, str] = field(default_factory=dict)

    def kinds(self, places: Iterable[Place]) -> tuple[Kind, ...]:
        """The kinds that these tables belong to, each once."""
        found = {self.tables[place].kind for place in places if place in self.tables}
        return tuple(kind for kind in ALL_KINDS if kind in found)


def _ignore(*columns: str) -> frozenset[str]:
    return frozenset(columns)


_MAILED = _ignore("updated_at", "email_sent", "send_email")
_UPDATED = _ignore("updated_at")


def _order_tables() -> list[WatchedTable]:
    return [
        WatchedTable(name="sales_order", kind="order", key="entity_id", own=True, ignorable=_MAILED),
        WatchedTable(name="sales_order_item", kind="order", key="order_id", ignorable=_UPDATED),
        WatchedTable(name="sales_order_address", kind="order", key="parent_id"),
        WatchedTable(name="sales_order_payment", kind="order", key="parent_id"),
        WatchedTable(
            name="sales_order_status_history",
            kind="order",
            key="parent_id",
            ignorable=_ignore("comment", "is_customer_notified", "is_visible_on_front"),
        ),
        WatchedTable(name="sales_invoice", kind="order", key="order_id", ignorable=_MAILED),
        WatchedTable(name="sales_shipment", kind="order", key="order_id", ignorable=_MAILED | {"shipping_label"}),
        WatchedTable(name="sales_creditmemo", kind="order", key="order_id", ignorable=_MAILED, memo="entity_id"),
    ]


def _customer_tables() -> list[WatchedTable]:
    login = _ignore("rp_token", "rp_token_created_at", "failures_num", "first_failure", "lock_expires")
    return [
        WatchedTable(
            name="customer_entity",
            kind="customer",
            key="entity_id",
            own=True,
            ignorable=_UPDATED | login | {"session_cutoff", "password_hash"},
        ),
        WatchedTable(name="customer_address_entity", kind="customer", key="parent_id", ignorable=_UPDATED),
        *(WatchedTable(name=f"customer_entity_{t}", kind="customer", key="entity_id") for t in EAV_TYPES),
        *(
            WatchedTable(name=f"customer_address_entity_{t}", kind="customer", key="entity_id", via="address_customer")
            for t in EAV_TYPES
        ),
    ]


def _product_tables(row_id: bool) -> list[WatchedTable]:
    key, via = ("row_id", "row_product") if row_id else ("entity_id", None)
    return [
        WatchedTable(name="catalog_product_entity", kind="product", key="entity_id", own=True, ignorable=_UPDATED),
        *(
            WatchedTable(name=f"catalog_product_entity_{t}", kind="product", key=key, via=via)  # type: ignore[arg-type]
            for t in EAV_TYPES
        ),
        WatchedTable(name="catalog_product_website", kind="product", key="product_id"),
        WatchedTable(name="catalog_category_product", kind="product", key="product_id", ignorable=_ignore("position")),
        WatchedTable(name="catalog_product_super_link", kind="product", key="product_id"),
        WatchedTable(name="catalog_product_relation", kind="product", key="child_id"),
    ]


def _stock_tables(layout: Layout) -> list[WatchedTable]:
    computed = {"low_stock_date", "stock_status_changed_auto"}
    if layout.edition == "magento1":
        computed.add("stock_status_changed_automatically")
    item = WatchedTable(
        name="cataloginventory_stock_item",
        kind="stock",
        key="product_id",
        via="product_sku",
        ignorable=frozenset(computed),
        quantity="qty",
        raises="product",
    )
    if not layout.msi:
        return [item]
    return [
        item,
        WatchedTable(
            name="inventory_source_item", kind="stock", key="sku", text=True, quantity="quantity", raises="sku"
        ),
        WatchedTable(
            name="inventory_reservation", kind="stock", key="sku", text=True, signed_quantity="quantity", raises="sku"
        ),
    ]


def watched_tables(layout: Layout, *, kinds: Iterable[Kind] = ALL_KINDS) -> WatchList:
    """The tables to watch in a shop's database.

    `kinds` leaves out what nobody asks for. Stock tables stay on the list without a kind: a credit memo's transaction
    tells by them what came back.
    """
    wanted = set(kinds)
    stock = _stock_tables(layout)
    if "stock" not in wanted:
        stock = [_for_the_fact_only(table) for table in stock]
    tables = [*_order_tables(), *_customer_tables(), *_product_tables(layout.row_id), *stock]
    return WatchList(
        tables={layout.place(t.name): t for t in tables if t.kind is None or t.kind in wanted},
        look_ups=look_up_statements(layout),
    )


def _for_the_fact_only(table: WatchedTable) -> WatchedTable:
    return WatchedTable(
        name=table.name,
        kind=None,
        key=table.key,
        text=table.text,
        quantity=table.quantity,
        signed_quantity=table.signed_quantity,
        raises=table.raises,
    )


def look_up_statements(layout: Layout) -> Mapping[LookUp, str]:
    """A SELECT for each look-up: (number, key), with ``IN %s`` for a list of numbers.

    Adobe Commerce has a row of a product for each scheduled version, and the one in force has its SKU.
    """
    in_force = f" AND {CURRENT_VERSION}" if layout.row_id else ""
    address, product = layout.spelled("customer_address_entity"), layout.spelled("catalog_product_entity")
    return {
        "address_customer": f"SELECT entity_id, parent_id FROM {address} WHERE entity_id IN %s",  # noqa: S608  (names of the layout)
        "row_product": f"SELECT row_id, entity_id FROM {product} WHERE row_id IN %s",  # noqa: S608
        "product_sku": f"SELECT entity_id, sku FROM {product} WHERE entity_id IN %s{in_force}",  # noqa: S608
    }
