"""How a shop keeps stock: the tables, which source of them is e-conomic's, and who else reads along.

Facts. The tables of multi-source inventory (MSI) say nothing about its modules: switched off in app/etc/config.php they
leave the tables behind, and checkouts then take from cataloginventory_stock_item. With the modules on, every order of
stock-managed goods has rows in inventory_reservation whose metadata name its increment id, at least until it is sent.
Magento mirrors the source ``default`` into cataloginventory_stock_item and no other; ``default`` always feeds stock 1,
whether or not a website sells from it. Source codes are compared by case in PHP and without it in SQL
(magento/magento2#38488).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Literal

from cdc.config import Config, load_config
from cdc.errors import SchemaMissing, StockSourceUnclear
from cdc.layout import Layout, Reader
from cdc.rows import text
from cdc.stock_columns import EVERYWHERE, MAGENTO_1, MAGENTO_2, MSI, Columns
from cdc.stock_sources import choose, load_sources, refuse_other_spelling, reserves_lately

Kind = Literal["magento1", "plain", "msi_default", "msi_source"]

DEFAULT_SOURCE = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class StockDefaults:
    """Settings of the default scope, which products follow that have ``use_config_*`` set; quantities in pieces.

    `subtracts` is "Decrease Stock When Order is Placed".
    """

    manage_stock: bool
    backorders: bool
    min_qty: Decimal
    notify_stock_qty: Decimal
    subtracts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLayout:
    """How this shop keeps stock.

    `kind`: ``plain`` is Magento 2 without MSI, ``msi_default`` the source that Magento mirrors into
    cataloginventory_stock_item, ``msi_source`` any other. `layout` also holds the tables inventory_stock_N of `stocks`.
    `source` is empty without MSI. `stocks` are the ids of the stocks that the source feeds and a website sells from.
    `scheduled` says of each indexer view whether it is "Update by Schedule"; one that is not named is not. `websites`
    are those that Magento 1 keeps a row of cataloginventory_stock_status for. `warnings` are for the merchant: doubts,
    and what Magento itself does wrong.
    """

    kind: Kind
    layout: Layout
    source: str
    stocks: tuple[int, ...]
    scheduled: Mapping[str, bool]
    websites: tuple[int, ...]
    defaults: StockDefaults
    warnings: tuple[str, ...] = ()

    @property
    def reserves(self) -> bool:
        """Whether Magento subtracts inventory_reservation by itself instead of taking stock at checkout."""
        return self.kind in ("msi_default", "msi_source")

    @property
    def way(self) -> str:
        """`kind` and source in one text, to be kept and compared."""
        return f"{self.kind} {self.source}".strip()


def load_stock_layout(
    reader: Reader, layout: Layout, *, source: str | None = None, outside: Collection[str] = (), usual: str = ""
) -> StockLayout:
    """Look how the shop behind `reader` keeps stock; `usual` is the `way` it did before, if that is known.

    `source` is the MSI source that holds e-conomic's stock; None: the only one that sells, in a shop that uses MSI.
    `outside` are sources whose goods e-conomic does not know.

    Raises `SchemaMissing` naming the table (and column) that is not there or not granted, and `StockSourceUnclear` when
    the source cannot be told, is switched off, feeds no stock that sells, or shares one with an enabled source that is
    not in `outside`.
    """
    _require(layout, EVERYWHERE)
    defaults = _defaults(load_config(reader, layout))
    warnings = [] if defaults.subtracts else [_NOT_SUBTRACTED]
    if layout.edition == "magento1":
        _require(layout, MAGENTO_1)
        if source:
            raise StockSourceUnclear(f"{layout.title} has no sources, but {source!r} is named", hint=_LEAVE_OUT)
        return StockLayout(
            kind="magento1",
            layout=layout,
            source="",
            stocks=(),
            scheduled={},
            websites=_websites(reader, layout),
            defaults=defaults,
            warnings=tuple(warnings),
        )
    _require(layout, MAGENTO_2)
    scheduled = {
        text(row, "view_id"): text(row, "mode") == "enabled"
        for row in reader.rows(f"SELECT view_id, mode FROM {layout.quoted('mview_state')}")
    }
    kind: Kind = "plain"
    stocks: tuple[int, ...] = ()
    if _uses_msi(reader, layout, source, usual, warnings):
        chosen = choose(load_sources(reader, layout), source, outside)
        refuse_other_spelling(reader, layout, chosen.source)
        source, stocks = chosen.source, chosen.stocks
        warnings += chosen.warnings
        kind = "msi_default" if source == DEFAULT_SOURCE else "msi_source"
        layout = _with_indexes(reader, layout, stocks)
    return StockLayout(
        kind=kind,
        layout=layout,
        source=source if source and kind != "plain" else "",
        stocks=stocks,
        scheduled=scheduled,
        websites=(0,),
        defaults=defaults,
        warnings=tuple(warnings),
    )


_LEAVE_OUT = "leave stock.source out of the profile"
_NOT_SUBTRACTED = (
    "Magento is set not to take stock when an order is placed (cataloginventory/options/can_subtract): between two"
    " pulls it can sell the same piece twice"
)
_NO_RESERVATIONS = (
    "the newest open orders have no rows in inventory_reservation, as if the modules of multi-source inventory were"
    " switched off in app/etc/config.php"
)


def way_in_words(way: str) -> str:
    """Where stock is kept, by `StockLayout.way`."""
    kind, _, source = way.partition(" ")
    return {"magento1": "in Magento 1's tables", "plain": "without sources"}.get(kind, f"in the source {source}")


def _uses_msi(reader: Reader, layout: Layout, source: str | None, usual: str, warnings: list[str]) -> bool:
    if not layout.msi:
        if source:
            raise StockSourceUnclear(
                f"stock.source names {source!r}, but database {layout.schema} has no table"
                f" {layout.name('inventory_source_item')}, or this user may not read it",
                hint=f"{_LEAVE_OUT}, or grant the right: `magento-economic grants --pull stock` prints it",
            )
        # the rows of an indexer are added by its module and stay
        if reader.rows(f"SELECT 1 FROM {layout.quoted('indexer_state')} WHERE indexer_id = 'inventory' LIMIT 1"):
            raise _missing(layout, layout.name("inventory_source_item"))
        return False
    _require(layout, MSI)
    reserves = reserves_lately(reader, layout)
    if source:
        if reserves is False:
            warnings.append(f"{_NO_RESERVATIONS}; the profile's stock.source says that they are on")
        return True
    if reserves is False:
        warnings.append(
            f"{_NO_RESERVATIONS}: stock is kept as without them; if they are on, name the source: stock.source"
        )
    elif reserves is None and usual:
        return not usual.startswith("plain")
    elif reserves is None:
        warnings.append(
            "there is no open order to tell by whether the shop uses the tables of multi-source inventory that it has:"
            " it is taken to; name the source to be sure: stock.source"
        )
    return reserves is not False


def _with_indexes(reader: Reader, layout: Layout, stocks: Collection[int]) -> Layout:
    """The layout with those of the tables inventory_stock_N that are there; number 1 is a view."""
    names = {layout.name(f"inventory_stock_{stock}"): f"inventory_stock_{stock}" for stock in stocks}
    found: dict[str, dict[str, str]] = {}
    for row in reader.rows(
        "SELECT c.table_name AS t, c.column_name AS c, c.data_type AS d FROM information_schema.columns c"
        " JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name"
        " WHERE c.table_schema = %s AND c.table_name IN %s AND t.table_type = 'BASE TABLE'",
        (layout.schema, tuple(names)),
    ):
        found.setdefault(names[row["t"]], {})[row["c"]] = str(row["d"]).lower()
    return replace(layout, tables={**layout.tables, **found})


def _websites(reader: Reader, layout: Layout) -> tuple[int, ...]:
    rows = reader.rows(
        f"SELECT website_id FROM {layout.quoted('store_website')} WHERE website_id > 0 ORDER BY website_id"
    )
    return tuple(int(row["website_id"]) for row in rows)


def _defaults(config: Config) -> StockDefaults:
    item, options = "cataloginventory/item_options", "cataloginventory/options"
    return StockDefaults(
        manage_stock=config.flag(f"{item}/manage_stock"),
        backorders=config.flag(f"{item}/backorders"),
        min_qty=_number(config.value(f"{item}/min_qty")),
        notify_stock_qty=_number(config.value(f"{item}/notify_stock_qty")),
        subtracts=config.flag(f"{options}/can_subtract"),
    )


def _number(stored: str) -> Decimal:
    """A setting as PHP casts it: 0 for what is no number."""
    try:
        number = Decimal(stored.strip())
    except InvalidOperation:
        return Decimal(0)
    return number if number.is_finite() else Decimal(0)


def _require(layout: Layout, columns: Columns) -> None:
    for table, names in columns.items():
        if not layout.has(table):
            raise _missing(layout, layout.name(table))
        for name in names:
            if not layout.has(table, name):
                raise _missing(layout, f"{layout.name(table)}.{name}", what="column")


def _missing(layout: Layout, name: str, what: str = "table") -> SchemaMissing:
    return SchemaMissing(
        f"{what} {name} is missing in database {layout.schema}, or this user may not read it",
        hint="`magento-economic grants --pull stock` prints the rights that stock needs",
    )
