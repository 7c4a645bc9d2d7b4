"""Stock of products: moved by booking, shown with the inventory module."""

from __future__ import annotations

import heapq
import itertools
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from econ_client.sandbox.wire import Doc

if TYPE_CHECKING:
    from econ_client.sandbox.agreement import Agreement

NUMBERS = ("inStock", "orderedByCustomers", "orderedFromSuppliers", "grossWeight", "netWeight")
_CENT = Decimal("0.01")


class Stock:
    """Quantities per product live on the product's stored document, under `inventory`."""

    def __init__(self, agreement: Agreement) -> None:
        self._agreement = agreement
        self._due: list[tuple[float, int, str, Decimal]] = []
        self._order = itertools.count()
        self._reserved: dict[str, Decimal] = {}
        self._reserved_at: tuple[int, ...] = ()

    def settle(self) -> None:
        """Carry out the movements whose time has come. Called before every request."""
        now = self._agreement.clock.monotonic()
        while self._due and self._due[0][0] <= now:
            _, _, number, quantity = heapq.heappop(self._due)
            product = self._agreement.products.get(number)
            if product:
                self.write(number, {"inStock": product["inventory"]["inStock"] - quantity})

    def sell(self, number: str, quantity: Decimal) -> None:
        """A booked line: a positive quantity leaves the stock, a negative one comes back."""
        product = self._agreement.products.get(number)
        if product is None or not self._agreement.has_inventory:
            return
        group = self._agreement.lookups["product-groups"].get(product["productGroup"]["productGroupNumber"]) or {}
        if group.get("inventoryEnabled"):
            due = self._agreement.clock.monotonic() + self._agreement.switches.stock_delay
            heapq.heappush(self._due, (due, next(self._order), number, quantity))
            self.settle()

    def write(self, number: str, numbers: dict[str, Decimal]) -> Doc:
        """Set some of the inventory's numbers; `available` alone sets what customers have ordered."""
        product = self._agreement.products.get(number)
        if product is None:
            raise KeyError(number)
        inventory = {**product["inventory"], **{name: n.quantize(_CENT) for name, n in numbers.items()}}
        if "available" in inventory:
            inventory["orderedByCustomers"] = inventory["inStock"] - inventory.pop("available")
        stamp = self._agreement.clock.stamp(minutes=True)
        moved = {**product, "inventory": inventory}
        if self._agreement.switches.stock_moves_last_updated:
            moved["lastUpdated"] = stamp
        self._agreement.products.put(number, moved)
        return self.shown(moved)

    def reserved(self, number: str) -> Decimal:
        """Quantity on open orders (drafts and sent)."""
        if not self._agreement.switches.orders_reserve:
            return Decimal(0)
        open_orders = [self._agreement.orders[name] for name in ("drafts", "sent")]
        versions = tuple(table.version for table in open_orders)
        if versions != self._reserved_at:
            self._reserved = defaultdict(Decimal)
            for line in (line for table in open_orders for _, order in table.rows() for line in order["lines"]):
                if "product" in line:
                    self._reserved[line["product"]["productNumber"]] += line["quantity"]
            self._reserved_at = versions
        return self._reserved.get(number, Decimal(0))

    def shown(self, product: Doc) -> Doc:
        """The `inventory` of an answer: `available` is inStock less what customers have ordered."""
        inventory = dict(product["inventory"])
        inventory["orderedByCustomers"] += self.reserved(product["productNumber"])
        inventory["available"] = inventory["inStock"] - inventory["orderedByCustomers"]
        return inventory
