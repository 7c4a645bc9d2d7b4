"""What is asked of e-conomic, by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO, Literal

from econ_client import paths, search
from econ_client.documents import BookedAnswer, CustomerAnswer, DraftAnswer, ProductAnswer, Self, Sending
from econ_client.filters import Filter
from econ_client.lists import Lists, read_lists
from econ_client.registers import Registers
from econ_client.upgrade import Upgrade, upgrade_of

OrderState = Literal["drafts", "sent", "archived"]
InvoiceState = Literal["booked", "paid", "unpaid", "overdue", "not-due"]


class Reads(Registers):
    """Orders, invoices, and what the deliveries ask for. Documents that are not there are None."""

    def self_(self) -> Self:
        """Which agreement the tokens open; `NotAuthorised` when they open none."""
        return self.get("/self").parse(Self)

    def lists(self) -> Lists:
        """The agreement's groups, zones, terms, layouts, units, currencies and VAT rates."""
        return read_lists(self)

    def customer(self, number: int, link: str | None = None) -> CustomerAnswer | None:
        """One customer; `link` is e-conomic's own address of it where that is known."""
        return self.at(link, f"/customers/{paths.number(number)}", CustomerAnswer)

    def customers_by_email(self, email: str) -> list[CustomerAnswer]:
        """Customers one of whose addresses is this one, by number."""
        return search.customers_by_email(self, email)

    def customers_by_cvr(self, cvr: str) -> list[CustomerAnswer]:
        """Customers with this company number, by number."""
        return search.customers_by_cvr(self, cvr)

    def customers_by_ean(self, ean: str) -> list[CustomerAnswer]:
        """Customers with this EAN, by number."""
        return search.customers_by_ean(self, ean)

    def customers_by_phone(self, phone: str) -> list[CustomerAnswer]:
        """Customers one of whose telephone or mobile numbers is this one, by number."""
        return search.customers_by_phone(self, phone)

    def product(self, number: str, link: str | None = None) -> ProductAnswer | None:
        """One product; `number` is its string number, `link` e-conomic's own address of it where that is known."""
        return self.at(link, f"/products/{paths.segment(number)}", ProductAnswer)

    def order_draft(self, number: int) -> DraftAnswer | None:
        """One draft order."""
        return self.read(f"/orders/drafts/{paths.number(number)}", DraftAnswer)

    def order_sent(self, number: int) -> DraftAnswer | None:
        """One sent order."""
        return self.read(f"/orders/sent/{paths.number(number)}", DraftAnswer)

    def order_archived(self, number: int) -> DraftAnswer | None:
        """One archived order."""
        return self.read(f"/orders/archived/{paths.number(number)}", DraftAnswer)

    def invoice_draft(self, number: int) -> DraftAnswer | None:
        """One draft invoice."""
        return self.read(f"/invoices/drafts/{paths.number(number)}", DraftAnswer)

    def booked(self, number: int) -> BookedAnswer | None:
        """One booked invoice."""
        return self.read(f"/invoices/booked/{paths.number(number)}", BookedAnswer)

    def orders(self, state: OrderState, where: Filter | None = None) -> Iterator[DraftAnswer]:
        """Orders in one state, without their lines."""
        return self.rows(f"/orders/{state}", DraftAnswer, where)

    def invoice_drafts(self, where: Filter | None = None) -> Iterator[DraftAnswer]:
        """Draft invoices, without their lines."""
        return self.rows("/invoices/drafts", DraftAnswer, where)

    def invoices(self, state: InvoiceState = "booked", where: Filter | None = None) -> Iterator[BookedAnswer]:
        """Booked invoices, without their lines: all, or those that are paid, unpaid, overdue or not due yet."""
        return self.rows(f"/invoices/{state}", BookedAnswer, where)

    def upgrade_instructions(self, state: Literal["drafts", "sent"], number: int) -> Upgrade:
        """The draft invoice that e-conomic proposes for an order, as `requests.upgrade_order` takes it.

        A sent order is archived when the draft invoice is made. Raises `NotFound` without such an order.
        """
        path = f"/orders/{state}/{paths.number(number)}/templates/upgrade-instructions/draftInvoice"
        return upgrade_of(self.get(path), path)

    def sendings(self, booked: int | None = None) -> Iterator[Sending]:
        """Which booked invoices were sent, and how far that got: all, or those of one."""
        path = "/invoices/sent" if booked is None else f"/invoices/booked/{paths.number(booked)}/sent"
        return self.rows(path, Sending)

    def order_draft_pdf(self, number: int, into: BinaryIO) -> int:
        """A draft order as PDF, into a binary file as it comes; how many bytes."""
        return self.download(f"/orders/drafts/{paths.number(number)}/pdf", into)

    def invoice_draft_pdf(self, number: int, into: BinaryIO) -> int:
        """A draft invoice as PDF."""
        return self.download(f"/invoices/drafts/{paths.number(number)}/pdf", into)

    def booked_pdf(self, number: int, into: BinaryIO) -> int:
        """A booked invoice as PDF."""
        return self.download(f"/invoices/booked/{paths.number(number)}/pdf", into)

    def order_draft_attachment(self, number: int, into: BinaryIO) -> int:
        """What is attached to a draft order; `NotFound` when nothing is."""
        return self.download(f"/orders/drafts/{paths.number(number)}/attachment/file", into)

    def invoice_draft_attachment(self, number: int, into: BinaryIO) -> int:
        """What is attached to a draft invoice; `NotFound` when nothing is."""
        return self.download(f"/invoices/drafts/{paths.number(number)}/attachment/file", into)

    def find_by_reference(self, token: str, kinds: Sequence[search.Kind] = search.KINDS) -> list[search.Found]:
        """Documents that carry the reference, in the direction documents move; one call per kind and per hit."""
        return search.find_by_reference(self, token, kinds)
