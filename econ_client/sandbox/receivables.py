"""What customers owe: their balance, and which booked invoices are still open.

e-conomic does not say in which currency a customer's amounts are; here they are in base currency.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from econ_client.sandbox.wire import Doc

if TYPE_CHECKING:
    from econ_client.sandbox.agreement import Agreement

_ZERO = Decimal("0.00")


class Receivables:
    """Follows booked invoices and payments; balances live on the stored customers.

    What is open is kept by customer and due date, for a shop may have all its invoices on one customer.
    """

    def __init__(self, agreement: Agreement) -> None:
        self._agreement = agreement
        self._open: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: _ZERO))

    def put(self, invoice: Doc) -> None:
        """Store a booked invoice, new or with another remainder."""
        number, customer = invoice["bookedInvoiceNumber"], invoice["customer"]["customerNumber"]
        by_day, before = self._open[customer], self._agreement.booked.get(number)
        if before is not None:
            by_day[before["dueDate"]] -= before["remainderInBaseCurrency"]
        by_day[invoice["dueDate"]] += invoice["remainderInBaseCurrency"]
        self._agreement.booked.put(number, invoice)

    def owe(self, customer: int, amount: Decimal) -> None:
        """Raise a customer's balance, in base currency; a negative amount lowers it."""
        doc = self._agreement.customers.get(customer)
        if doc and amount:
            self._agreement.customers.put(customer, {**doc, "balance": doc["balance"] + amount})

    def due(self, customer: int) -> Decimal:
        """What should have been paid before today, in base currency."""
        if customer not in self._open:
            return _ZERO
        today = self._agreement.clock.now().date().isoformat()
        return sum((amount for day, amount in self._open[customer].items() if day < today), _ZERO)
