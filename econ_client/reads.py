"""What is asked of e-conomic, by name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

from econ_client import paths, search
from econ_client.answers import Answer, M
from econ_client.documents import BookedAnswer, CustomerAnswer, DraftAnswer, ProductAnswer, Self
from econ_client.filters import Filter
from econ_client.lists import Lists, read_lists


class Reads(ABC):
    """Reads on top of three ways to ask. Documents that are not there are None; other failures are raised."""

    @abstractmethod
    def get(self, path: str, query: str = "") -> Answer:
        """Read a path below the root; `query` is already encoded."""

    @abstractmethod
    def read(self, path: str, model: type[M]) -> M | None:
        """One document, None when e-conomic says that there is none."""

    @abstractmethod
    def collection(
        self, path: str, where: Filter | None = None, *, sort: str = "", page_size: int = 1000
    ) -> Iterator[dict[str, Any]]:
        """The rows of a collection."""

    def self_(self) -> Self:
        """Which agreement the tokens open; `NotAuthorised` when they open none."""
        return self.get("/self").parse(Self)

    def lists(self) -> Lists:
        """The agreement's groups, zones, terms, layouts, units, currencies and VAT rates."""
        return read_lists(self)

    def customer(self, number: int) -> CustomerAnswer | None:
        """One customer."""
        return self.read(f"/customers/{paths.number(number)}", CustomerAnswer)

    def customers_by_email(self, email: str) -> list[CustomerAnswer]:
        """Customers one of whose addresses is this one, by number."""
        return search.customers_by_email(self, email)

    def customers_by_cvr(self, cvr: str) -> list[CustomerAnswer]:
        """Customers with this company number, by number."""
        return search.customers_by_cvr(self, cvr)

    def product(self, number: str) -> ProductAnswer | None:
        """One product; `number` is its string number."""
        return self.read(f"/products/{paths.segment(number)}", ProductAnswer)

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

    def find_by_reference(self, token: str, kinds: Sequence[search.Kind] = search.KINDS) -> list[search.Found]:
        """Documents that carry the reference, in the direction documents move; one call per kind and per hit."""
        return search.find_by_reference(self, token, kinds)
