"""What the books hold, read over HTTP as everybody else would: documents, debtors, products, and when they arrived."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from econ_client.client import Economic

DocumentKind = Literal[
    "draft order", "sent order", "archived order", "draft invoice", "invoice", "draft credit note", "credit note"
]

_PLACES: dict[DocumentKind, tuple[str, str]] = {
    "draft order": ("/orders/drafts", "orderNumber"),
    "sent order": ("/orders/sent", "orderNumber"),
    "archived order": ("/orders/archived", "orderNumber"),
    "draft invoice": ("/invoices/drafts", "draftInvoiceNumber"),
    "invoice": ("/invoices/booked", "bookedInvoiceNumber"),
}
_CREDITS: dict[DocumentKind, DocumentKind] = {"draft invoice": "draft credit note", "invoice": "credit note"}
_WHERE_DOCUMENTS_LIVE: tuple[DocumentKind, ...] = ("draft order", "draft invoice", "invoice")
_BOOKINGS = "/invoices/booked"


@dataclass(frozen=True, slots=True)
class LedgerDocument:
    """A document as e-conomic lists it; amounts are in its own currency, negative on credit notes.

    `reference` is what stands in references.other, without the invoice's number that stands before it on a credit note.
    `draft` is the number it was booked from.
    """

    kind: DocumentKind
    number: int
    reference: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    draft: int | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Ledger:
    """Reads an agreement. Raises `econ_client.errors.EconomicError` when it does not answer."""

    def __init__(self, economic: Economic) -> None:
        self._economic = economic

    def documents(self, *, everywhere: bool = False) -> list[LedgerDocument]:
        """Every document, places in the direction in which documents move; `everywhere` also looks at sent orders."""
        kinds = tuple(_PLACES) if everywhere else _WHERE_DOCUMENTS_LIVE
        return [document for kind in kinds for document in self._listed(kind)]

    def debtors(self) -> list[str]:
        """The e-mail address of each customer."""
        return [str(row.get("email", "")) for row in self._economic.collection("/customers")]

    def products(self) -> set[str]:
        """Every product number."""
        return {str(row["productNumber"]) for row in self._economic.collection("/products")}

    def bookings(self) -> dict[int, float]:
        """When the sandbox had received the booking of each draft invoice: time.monotonic() of its machine."""
        return {
            int(request["body"]["draftInvoice"]["draftInvoiceNumber"]): float(request["at_monotonic"])
            for request in self._economic.get("/_sandbox/requests").data
            if request["method"] == "POST" and request["path"] == _BOOKINGS and request["status"] == 201
        }

    def _listed(self, kind: DocumentKind) -> Iterator[LedgerDocument]:
        path, number = _PLACES[kind]
        for row in self._economic.collection(path):
            credit = _amount(row["grossAmount"]) < 0
            reference = str(row.get("references", {}).get("other", ""))
            yield LedgerDocument(
                kind=_CREDITS.get(kind, kind) if credit else kind,
                number=int(row[number]),
                reference=reference.split()[-1] if credit and reference else reference,
                net=_amount(row["netAmount"]),
                vat=_amount(row["vatAmount"]),
                gross=_amount(row["grossAmount"]),
                draft=row.get("orderNumber") if kind == "invoice" else None,
            )


def _amount(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))
