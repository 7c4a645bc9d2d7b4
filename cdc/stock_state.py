"""What a quantity makes of a product's stock flags, as Magento's own saves do. Pure.

Facts (StockItemRepository and StockStateProvider of Magento 2.4.7): a managed product at or below min_qty that may not
be ordered back goes out of stock and is marked `stock_status_changed_auto`; with that mark it comes back in when there
is enough, and keeps it. A person's "out of stock" takes the mark away, so that nothing brings the product back by
itself. With backorders a negative min_qty is how far below zero the quantity may go. `low_stock_date` is the time of
the save when less than notify_stock_qty is left, else NULL. Of sources other than ``default`` there is no mark, and
under MSI none is made where a shipment or a saved source leaves nothing: is_in_stock becomes 0 and the mark stays 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from cdc.rows import NO_MONEY, Row, money, whole
from cdc.stock_layout import StockDefaults


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A product's settings in force, `use_config_*` resolved; quantities in pieces."""

    managed: bool
    decimals: bool
    backorders: bool
    min_quantity: Decimal
    notify_below: Decimal

    def sells(self, quantity: Decimal | None) -> bool:
        """Whether a product of this quantity may be in stock; None: the column is NULL."""
        if not self.managed:
            return True
        if quantity is None:
            return False
        return quantity > self.min_quantity or (self.backorders and self.min_quantity >= 0)

    def runs_low(self, quantity: Decimal) -> bool:
        """Whether Magento would note a low_stock_date."""
        return quantity < self.notify_below


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """is_in_stock and stock_status_changed_auto."""

    in_stock: bool
    by_itself: bool

    def by_hand(self, rules: Rules) -> bool:
        """Whether a person took the product out of stock."""
        return rules.managed and not self.in_stock and not self.by_itself

    def holding(self, quantity: Decimal, rules: Rules) -> Shelf:
        """What becomes of the flags when the row holds this quantity."""
        if not rules.managed:
            return Shelf(in_stock=self.in_stock, by_itself=False)
        if self.in_stock and not rules.sells(quantity):
            return Shelf(in_stock=False, by_itself=True)
        if not self.in_stock and self.by_itself and rules.sells(quantity):
            return Shelf(in_stock=True, by_itself=True)
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceShelf:
    """What a source other than ``default`` holds of a product: quantity and status.

    `kept_out` is as in `cdc.models_stock.StockProduct`.
    """

    quantity: Decimal
    in_stock: bool
    kept_out: bool = False

    def by_hand(self, rules: Rules) -> bool:
        """Whether a person took the product out of stock: it is out although there was enough."""
        return rules.managed and not self.in_stock and (self.kept_out or rules.sells(self.quantity))

    def holding(self, quantity: Decimal, rules: Rules) -> bool:
        """What becomes of the status when the row holds this quantity."""
        return not self.by_hand(rules) and rules.sells(quantity)


def rules_of(row: Row, defaults: StockDefaults) -> Rules:
    """The settings of a cataloginventory_stock_item row; an empty one, or one without a column, follows the shop's."""
    return Rules(
        managed=bool(whole(row, "manage_stock")) if _own(row, "manage_stock") else defaults.manage_stock,
        decimals=bool(whole(row, "is_qty_decimal")),
        backorders=bool(whole(row, "backorders")) if _own(row, "backorders") else defaults.backorders,
        min_quantity=money(row, "min_qty") if _own(row, "min_qty") else defaults.min_qty,
        notify_below=money(row, "notify_stock_qty") if _own(row, "notify_stock_qty") else defaults.notify_stock_qty,
    )


def shelf_of(row: Row) -> Shelf:
    """The flags of a cataloginventory_stock_item row."""
    return Shelf(in_stock=bool(whole(row, "is_in_stock")), by_itself=bool(whole(row, "stock_status_changed_auto")))


def salable(quantity: Decimal, reserved: Decimal, rules: Rules) -> bool:
    """Whether anything is left to sell beside reservations (a negative sum): Magento asks so of stocks under MSI."""
    return not rules.managed or rules.sells(quantity + reserved)


def in_custom_stock(quantity: Decimal, reserved: Decimal, *, any_source_in_stock: bool, rules: Rules) -> bool:
    """is_salable of a stock other than the default one.

    `quantity` is the sum of its sources that are in stock. Magento lets backorders through only while a source is.
    """
    if not rules.managed or quantity + reserved - rules.min_quantity > NO_MONEY:
        return True
    return any_source_in_stock and rules.backorders and (rules.min_quantity >= 0 or quantity > rules.min_quantity)


def _own(row: Row, setting: str) -> bool:
    """Whether the row has a setting of its own."""
    return not whole(row, f"use_config_{setting}", 1) and row.get(setting) is not None
