"""Sources and stocks of multi-source inventory (MSI): which source is e-conomic's, and whether MSI is used at all."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from cdc.errors import StockSourceUnclear
from cdc.layout import Layout, Reader
from cdc.rows import text
from cdc.stock_demand import newest_order

NEWEST = 1000
"""Of so many of the latest orders the open ones are looked at."""

RESERVATIONS = 5000
"""So many of the latest reservations are looked through before all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """`enabled` goes by source code; `feeding` holds the codes linked to each stock, by its id.

    `selling` are the stocks that a website sells from.
    """

    enabled: Mapping[str, bool]
    feeding: Mapping[int, frozenset[str]]
    selling: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The source that holds e-conomic's stock, and the stocks that it feeds and that sell."""

    source: str
    stocks: tuple[int, ...]
    warnings: tuple[str, ...]


def load_sources(reader: Reader, layout: Layout) -> Sources:
    """Read them, with source codes exactly as they are stored."""
    enabled = {
        text(row, "source_code"): bool(row["enabled"])
        for row in reader.rows(f"SELECT source_code, enabled FROM {layout.quoted('inventory_source')}")
    }
    feeding: dict[int, frozenset[str]] = {}
    for row in reader.rows(f"SELECT stock_id, source_code FROM {layout.quoted('inventory_source_stock_link')}"):
        stock = int(row["stock_id"])
        feeding[stock] = feeding.get(stock, frozenset()) | {text(row, "source_code")}
    channels = reader.rows(f"SELECT DISTINCT stock_id FROM {layout.quoted('inventory_stock_sales_channel')}")
    return Sources(enabled=enabled, feeding=feeding, selling=frozenset(int(row["stock_id"]) for row in channels))


def choose(found: Sources, source: str | None, outside: Collection[str]) -> Chosen:
    """The source named `source`, or without a name the only one that sells and is not `outside`.

    Raises `StockSourceUnclear` saying what stands against it.
    """
    source = source or _only(found, outside)
    if source not in found.enabled:
        near = _near(source, found.enabled)
        raise StockSourceUnclear(
            f"inventory_source has no source {source!r}"
            + (f", but {near!r}, which is another: Magento tells upper from lower case" if near else ""),
            hint=f"set stock.source to {near!r}" if near else f"set stock.source to one of {_listed(found.enabled)}",
        )
    if not found.enabled[source]:
        raise StockSourceUnclear(
            f"the source {source!r} is switched off (inventory_source.enabled): Magento sells nothing of it",
            hint="enable it in Magento under Stores > Inventory > Sources, or set stock.source to another",
        )
    if source in outside:
        raise StockSourceUnclear(
            f"the source {source!r} stands in stock.source and in stock.outside", hint="take it out of one of them"
        )
    stocks = tuple(stock for stock in sorted(found.selling) if source in found.feeding.get(stock, ()))
    for stock in sorted(found.selling):
        codes = found.feeding.get(stock, frozenset())
        if source not in codes and (near := _near(source, codes)):
            raise StockSourceUnclear(
                f"stock {stock} is linked to {near!r} (inventory_source_stock_link), the source is {source!r}: Magento"
                " tells upper from lower case",
                hint="assign the source to the stock again in Magento under Stores > Inventory > Stocks",
            )
        others = sorted(code for code in codes - {source} - set(outside) if _is_enabled(found, code))
        if source in codes and others:
            raise StockSourceUnclear(
                f"stock {stock} is fed by {source!r} and by {_listed(others)}: what e-conomic counts cannot be told"
                " from what is elsewhere",
                hint=f"if e-conomic does not know their goods, say stock.outside: [{', '.join(others)}];"
                " otherwise take them off the stock in Magento",
            )
    if not stocks:
        raise StockSourceUnclear(
            f"the source {source!r} feeds no stock that a website sells from (inventory_source_stock_link,"
            " inventory_stock_sales_channel)",
            hint=f"set stock.source to one of {_listed(_sellers(found, outside))}",
        )
    return Chosen(source=source, stocks=stocks, warnings=tuple(_warnings(found, source, stocks, outside)))


def refuse_other_spelling(reader: Reader, layout: Layout, source: str) -> None:
    """Raise `StockSourceUnclear` when quantities are stored under another spelling of the source's code."""
    rows = reader.rows(
        f"SELECT source_code FROM {layout.quoted('inventory_source_item')} WHERE source_code = %s"
        " AND CAST(source_code AS BINARY) <> CAST(%s AS BINARY) LIMIT 1",
        (source, source),
    )
    if rows:
        raise StockSourceUnclear(
            f"inventory_source_item has rows of {text(rows[0], 'source_code')!r}, the source is {source!r}: MySQL takes"
            " them for the same, Magento does not",
            hint=f"correct inventory_source_item.source_code to {source!r}",
        )


def reserves_lately(reader: Reader, layout: Layout) -> bool | None:
    """Whether orders that wait to be sent have reservations; None when none waits, so that nothing can be told."""
    order, item = layout.quoted("sales_order"), layout.quoted("sales_order_item")
    waiting = reader.rows(
        f"SELECT DISTINCT o.entity_id, o.increment_id, p.sku FROM {order} o JOIN {item} i ON i.order_id = o.entity_id"
        f" JOIN {layout.quoted('cataloginventory_stock_item')} s ON s.product_id = i.product_id"
        f" JOIN {layout.quoted('catalog_product_entity')} p ON p.entity_id = i.product_id"
        " WHERE o.entity_id > %s AND o.state IN ('new', 'processing')"
        " AND i.product_type = 'simple' AND i.parent_item_id IS NULL AND i.qty_ordered > 0"
        " AND COALESCE(i.qty_canceled, 0) + COALESCE(i.qty_shipped, 0) + COALESCE(i.qty_refunded, 0) = 0"
        " AND (s.use_config_manage_stock = 1 OR s.manage_stock = 1) ORDER BY o.entity_id DESC LIMIT 20",
        (newest_order(reader, layout) - NEWEST,),
    )
    if not waiting:
        return None
    table = layout.quoted("inventory_reservation")
    named = " OR ".join(["metadata LIKE %s"] * len(waiting))
    patterns = [_naming(text(row, "increment_id")) for row in waiting]
    newest = int(reader.rows(f"SELECT COALESCE(MAX(reservation_id), 0) AS id FROM {table}")[0]["id"])
    lately = f"SELECT 1 FROM {table} WHERE reservation_id > %s AND ({named}) LIMIT 1"
    if reader.rows(lately, (newest - RESERVATIONS, *patterns)):
        return True
    ever = (
        f"SELECT 1 FROM {table} WHERE stock_id IN (SELECT stock_id FROM"
        f" {layout.quoted('inventory_source_stock_link')}) AND sku IN %s AND ({named}) LIMIT 1"
    )
    return bool(reader.rows(ever, (tuple({text(row, "sku") for row in waiting}), *patterns)))


def _warnings(found: Sources, source: str, stocks: tuple[int, ...], outside: Collection[str]) -> Iterable[str]:
    if len(stocks) > 1:
        yield (
            f"the source {source!r} feeds the stocks {', '.join(map(str, stocks))}: Magento counts what is sold from"
            " each by itself and can sell the same piece from both"
        )
    for code in sorted(set(outside) - set(found.enabled)):
        near = _near(code, found.enabled)
        yield f"stock.outside names {code!r}, which is no source" + (f"; did you mean {near!r}?" if near else "")


def _only(found: Sources, outside: Collection[str]) -> str:
    sellers = _sellers(found, outside)
    if len(sellers) != 1:
        raise StockSourceUnclear(
            f"the websites sell from several sources: {_listed(sellers)}"
            if sellers
            else "no enabled source feeds a stock that a website sells from",
            hint="set stock.source to the one whose goods e-conomic counts",
        )
    return sellers[0]


def _sellers(found: Sources, outside: Collection[str]) -> list[str]:
    codes = {code for stock in found.selling for code in found.feeding.get(stock, ())}
    return sorted(code for code in codes - set(outside) if _is_enabled(found, code))


def _is_enabled(found: Sources, code: str) -> bool:
    near = code if code in found.enabled else _near(code, found.enabled)
    return near is not None and found.enabled[near]


def _near(code: str, codes: Iterable[str]) -> str | None:
    """A code that MySQL takes for the same and Magento does not."""
    return next((one for one in codes if one != code and one.strip().casefold() == code.strip().casefold()), None)


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(repr(code) for code in sorted(codes)) or "(none)"


def _naming(increment_id: str) -> str:
    """A LIKE pattern for the metadata of an order's reservations, which PHP writes as JSON with ``/`` escaped."""
    named = json.dumps(increment_id).replace("/", "\\/")
    for special in ("\\", "%", "_"):
        named = named.replace(special, f"\\{special}")
    return f'%"object_increment_id":{named}%'
