"""Stock as Magento's tables hold it, and what orders take of it, as `cdc` passes them on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class StockProduct:
    """A product that may have stock. `type` is Magento's type_id.

    `kept_out`: it was seen out of stock although there was enough, and not in stock since: a person wants it so.
    """

    id: int
    sku: str
    type: str
    kept_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What one order takes of one product, all of its lines together; quantities have four decimals.

    A configurable counts by its parent row, a bundle by its components, so that every piece stands here once.
    `cancelled` holds what Magento leaves out of its columns: the components of a cancelled bundle, and what a cancelled
    order had not invoiced. `skus` are those of the lines, which may differ from the product's by now. `created_at` is
    aware UTC.
    """

    order_id: int
    increment_id: str
    store_id: int | None
    created_at: datetime
    state: str
    product_id: int
    skus: frozenset[str]
    ordered: Decimal
    cancelled: Decimal
    shipped: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """The sum of inventory_reservation of one product in one stock for one increment id; takings are negative.

    `order_ids` are the orders that have the increment id: none while a checkout is under way, several where store views
    share their numbers.
    """

    stock_id: int
    increment_id: str
    order_ids: tuple[int, ...]
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Stocked:
    """What the rows of one product hold, in one moment.

    `quantity` is cataloginventory_stock_item.qty without multi-source inventory (MSI), else the source's; None when
    there is no row. `reserves`: Magento subtracts `reservations` from it by itself, in each of `stocks` (ids of those
    that the source feeds). `managed`, `decimals`, `backorders` and `min_quantity` are in force, with `use_config_*`
    resolved. `by_hand`: out of stock because a person said so. Not `mirrored`: cataloginventory_stock_item.qty, which
    Magento sells by, is not what the source that it mirrors there holds. `before`: an earlier look, whose demands and
    reservations still hold; those here come on top of them.
    """

    product: StockProduct
    quantity: Decimal | None
    reserves: bool
    managed: bool
    decimals: bool
    backorders: bool
    min_quantity: Decimal
    in_stock: bool
    by_hand: bool
    demands: tuple[Demand, ...] = ()
    reservations: tuple[Reservation, ...] = ()
    stocks: tuple[int, ...] = ()
    mirrored: bool = True
    before: Stocked | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One committed write. `before` and `after` are as `Stocked.quantity`; `held` is seconds under the row lock."""

    before: Decimal
    after: Decimal
    was_in_stock: bool
    in_stock: bool
    held: float
