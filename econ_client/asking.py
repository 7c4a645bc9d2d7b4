"""The three ways to ask e-conomic, and typed rows on top of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from econ_client.answers import Answer, M, fit
from econ_client.filters import Filter, field


class Asks(ABC):
    """What asks. Documents that are not there are None; other failures are raised."""

    @abstractmethod
    def get(self, path: str, query: str = "") -> Answer:
        """Read a path below the root; `query` is already encoded."""

    @abstractmethod
    def read(self, path: str, model: type[M]) -> M | None:
        """One document, None when e-conomic says that there is none."""

    @abstractmethod
    def at(self, link: str | None, path: str, model: type[M]) -> M | None:
        """One document by its own link; by its path when there is none, or the link leads elsewhere."""

    @abstractmethod
    def collection(
        self, path: str, where: Filter | None = None, *, sort: str = "", page_size: int = 1000
    ) -> Iterator[dict[str, Any]]:
        """The rows of a collection, page by page as they are asked for."""

    @abstractmethod
    def download(self, path: str, into: BinaryIO) -> int:
        """Write a file into a binary file as it comes; how many bytes."""

    def rows(self, path: str, model: type[M], where: Filter | None = None, *, sort: str = "") -> Iterator[M]:
        """The rows of a collection as models. Raises `Ambiguous` at a row that does not fit."""
        return (fit(row, model) for row in self.collection(path, where, sort=sort))

    def rows_among(self, path: str, name: str, numbers: Iterable[int], model: type[M]) -> Iterator[M]:
        """The rows whose property is one of any number of numbers; one call for each 200, and page."""
        for where in field(path, name).among_each(numbers):
            yield from self.rows(path, model, where)
