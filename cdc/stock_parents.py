"""Composite products above one whose stock changed: configurable, bundle and grouped ones.

Facts. A composite product has a stock row of its own whose quantity is 0. Magento takes it out of stock when no child
is in stock, and back in when one is and stock_status_changed_auto is set; both set that mark. A child without stock
management counts as in stock. A bundle needs one child of each required option, or of any when none is required.
Parents' columns hold row_id on Commerce: catalog_product_super_link.parent_id, catalog_product_link.product_id,
catalog_product_bundle_option.parent_id, catalog_product_bundle_selection.parent_product_id; a bundle's options keep
their option_id in each of its versions.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cdc.layout import Reader
from cdc.load_product import CURRENT_VERSION
from cdc.rows import Row, text, whole
from cdc.stock_index import Status, write_status
from cdc.stock_layout import StockLayout
from cdc.stock_rows import DEFAULT_STOCK, item_join
from cdc.stock_state import Rules, Shelf, rules_of, shelf_of
from cdc.stock_write import Session

_GROUPED = 3
"""link_type_id of a grouped product's members."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """A composite product. It has stock when each of `choices` has a child in stock; without any nothing is known.

    `item_id` is None where it has no stock row.
    """

    id: int
    sku: str
    item_id: int | None
    choices: tuple[frozenset[int], ...] = ()

    def has_stock(self, in_stock: Collection[int]) -> bool:
        """Whether it can be put together of these products."""
        return all(not choice.isdisjoint(in_stock) for choice in self.choices)


def load_parents(reader: Reader, layout: StockLayout, product_id: int) -> tuple[Parent, ...]:
    """The composite products that a product is a part of, by the id of their stock rows."""
    names = layout.layout
    versions = f" AND {CURRENT_VERSION}" if names.row_id else ""
    rows = reader.rows(
        f"SELECT p.entity_id, p.sku, p.type_id, p.{names.product_key} AS link, i.item_id"
        f" FROM {names.quoted('catalog_product_relation')} r"
        f" JOIN {names.quoted('catalog_product_entity')} p ON p.{names.product_key} = r.parent_id"
        f"{item_join(layout, 'p', 'i')} WHERE r.child_id = %s{versions}",
        (product_id,),
    )
    choices: dict[int, tuple[frozenset[int], ...]] = {}
    for kind, load in (("configurable", _variants), ("grouped", _members), ("bundle", _options)):
        if links := [int(row["link"]) for row in rows if text(row, "type_id") == kind]:
            choices |= load(reader, layout, links)
    return tuple(
        Parent(
            id=int(row["entity_id"]),
            sku=text(row, "sku"),
            item_id=int(row["item_id"]) if row["item_id"] is not None else None,
            choices=choices.get(int(row["link"]), ()),
        )
        for row in sorted(rows, key=lambda row: (whole(row, "item_id"), int(row["entity_id"])))
    )


def _variants(reader: Reader, layout: StockLayout, links: Sequence[int]) -> dict[int, tuple[frozenset[int], ...]]:
    table = layout.layout.quoted("catalog_product_super_link")
    return _together(
        reader.rows(f"SELECT parent_id AS link, product_id AS child FROM {table} WHERE parent_id IN %s", (links,))
    )


def _members(reader: Reader, layout: StockLayout, links: Sequence[int]) -> dict[int, tuple[frozenset[int], ...]]:
    table = layout.layout.quoted("catalog_product_link")
    return _together(
        reader.rows(
            f"SELECT product_id AS link, linked_product_id AS child FROM {table}"
            f" WHERE link_type_id = {_GROUPED} AND product_id IN %s",
            (links,),
        )
    )


def _together(rows: Sequence[Row]) -> dict[int, tuple[frozenset[int], ...]]:
    found: dict[int, set[int]] = {}
    for row in rows:
        found.setdefault(int(row["link"]), set()).add(int(row["child"]))
    return {link: (frozenset(children),) for link, children in found.items()}


def _options(reader: Reader, layout: StockLayout, links: Sequence[int]) -> dict[int, tuple[frozenset[int], ...]]:
    of_version = " AND s.parent_product_id = o.parent_id" if layout.layout.row_id else ""
    rows = reader.rows(
        "SELECT o.parent_id AS link, o.option_id, o.required, s.product_id AS child"
        f" FROM {layout.layout.quoted('catalog_product_bundle_option')} o"
        f" JOIN {layout.layout.quoted('catalog_product_bundle_selection')} s ON s.option_id = o.option_id{of_version}"
        " WHERE o.parent_id IN %s",
        (links,),
    )
    required: dict[int, dict[int, set[int]]] = {}
    for row in rows:
        if whole(row, "required"):
            required.setdefault(int(row["link"]), {}).setdefault(int(row["option_id"]), set()).add(int(row["child"]))
    found = _together(rows)
    for link, options in required.items():
        found[link] = tuple(frozenset(children) for _, children in sorted(options.items()))
    return found


def follow(session: Session, layout: StockLayout, parents: Sequence[Parent]) -> None:
    """Let the parents of the default stock follow their children, locked by the ids of their rows.

    Children are read after the parents are locked: of two transactions that change one child each, the second sees the
    first one's.
    """
    known = {parent.item_id: parent for parent in parents if parent.item_id is not None and parent.choices}
    if not known:
        return
    names = layout.layout
    item = names.quoted("cataloginventory_stock_item")
    columns = (
        "item_id, product_id, is_in_stock, stock_status_changed_auto, manage_stock, use_config_manage_stock,"
        " backorders, use_config_backorders, min_qty, use_config_min_qty"
    )
    rows = session.lock(
        f"SELECT {columns} FROM {item} WHERE item_id IN %s ORDER BY item_id FOR UPDATE", (sorted(known),)
    )
    children = sorted({child for parent in known.values() for choice in parent.choices for child in choice})
    selling = in_stock(session, layout, children)
    statuses = read_statuses(session, layout, [int(row["product_id"]) for row in rows])
    for row in rows:
        parent, shelf, rules = known[int(row["item_id"])], shelf_of(row), rules_of(row, layout.defaults)
        has_stock = parent.has_stock(selling)
        new = following(shelf, rules, has_stock=has_stock)
        if new != shelf:
            session.run(
                f"UPDATE {item} SET is_in_stock = %s, stock_status_changed_auto = %s WHERE item_id = %s",
                (int(new.in_stock), int(new.by_itself), row["item_id"]),
            )
        status = Status(
            product_id=parent.id,
            quantity=Decimal(0),
            was=statuses.get(parent.id),
            sells=has_stock and (new.in_stock or not rules.managed),
            turned=new.in_stock != shelf.in_stock,
        )
        if status.flips:
            write_status(session, layout, status)


def following(shelf: Shelf, rules: Rules, *, has_stock: bool) -> Shelf:
    """What becomes of a parent's flags by its children."""
    if not rules.managed or shelf.in_stock == has_stock or (has_stock and not shelf.by_itself):
        return shelf
    return Shelf(in_stock=has_stock, by_itself=True)


def in_stock(reader: Reader, layout: StockLayout, product_ids: Collection[int]) -> frozenset[int]:
    """Those of the products that are in stock by their own rows."""
    table = layout.layout.quoted("cataloginventory_stock_item")
    rows = reader.rows(
        f"SELECT product_id, is_in_stock, manage_stock, use_config_manage_stock FROM {table}"
        f" WHERE stock_id = {DEFAULT_STOCK} AND product_id IN %s",
        (list(product_ids),),
    )
    return frozenset(
        int(row["product_id"])
        for row in rows
        if whole(row, "is_in_stock") or not rules_of(row, layout.defaults).managed
    )


def read_statuses(reader: Reader, layout: StockLayout, product_ids: Sequence[int]) -> dict[int, bool]:
    """What cataloginventory_stock_status says of the default stock, by product id."""
    if not product_ids:
        return {}
    rows = reader.rows(
        f"SELECT product_id, stock_status FROM {layout.layout.quoted('cataloginventory_stock_status')}"
        f" WHERE product_id IN %s AND website_id = 0 AND stock_id = {DEFAULT_STOCK}",
        (list(product_ids),),
    )
    return {int(row["product_id"]): bool(row["stock_status"]) for row in rows}


def follow_in(session: Session, layout: StockLayout, parents: Sequence[Parent], stock: int) -> None:
    """Let the parents' rows of inventory_stock_N follow their children's."""
    known = {parent.id: parent for parent in parents if parent.choices}
    if not known:
        return
    names = layout.layout
    table = names.quoted(f"inventory_stock_{stock}")
    versions = f" AND {CURRENT_VERSION}" if names.row_id else ""
    children = sorted({child for parent in known.values() for choice in parent.choices for child in choice})
    rows = session.rows(
        f"SELECT p.entity_id FROM {names.quoted('catalog_product_entity')} p"
        f" JOIN {table} s ON s.sku = p.sku WHERE p.entity_id IN %s AND s.is_salable = 1{versions}",
        (children,),
    )
    selling = frozenset(int(row["entity_id"]) for row in rows)
    own = in_stock(session, layout, list(known))
    for parent in known.values():
        session.run(
            f"UPDATE {table} SET is_salable = %s WHERE sku = %s",
            (int(parent.has_stock(selling) and parent.id in own), parent.sku),
        )
