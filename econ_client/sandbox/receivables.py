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
    """Follows booked invoices and payments; balances live on the stored customers."""

    def __init__(self, agreement: Agreement) -> None:
        self._agreement = agreement
        self._open: dict[int, dict[int, tuple[str, Decimal]]] = defaultdict(dict)

    def put(self, invoice: Doc) -> None:
        """Store a booked invoice, new or with another remainder."""
        number, customer = invoice["bookedInvoiceNumber"], invoice["customer"]["customerNumber"]
        self._agreement.booked.put(number, invoice)
        if invoice["remainder"]:
            self._open[customer][number] = (invoice["dueDate"], invoice["remainderInBaseCurrency"])
        else:
            self._open[customer].pop(number, None)

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
        return sum((amount for due, amount in self._open[customer].values() if due < today), _ZERO)
