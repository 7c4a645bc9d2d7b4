"""Collections page by page: only one page is held, however many there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from econ_client import advice, paths
from econ_client.answers import Answer
from econ_client.errors import Ambiguous
from econ_client.filters import Filter

LARGEST_PAGE = 1000

Get = Callable[[str, str], Answer]
"""Reads (path below the root, encoded query)."""

_SKIP = re.compile(r"(?:^|&)skippages=(\d{1,9})(?:&|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a collection. `results` is how many rows it has in all, None when e-conomic does not say."""

    rows: list[dict[str, Any]]
    results: int | None


class Pages:
    """A collection that is read page by page. After an error the same page is read again.

    The next page is asked for by the answer's own link where that is the same collection below the same root, and by
    number where it is not: the tokens travel with every call.

    Raises:
        ValueError: the filter is another collection's.
    """

    def __init__(
        self, get: Get, root: str, path: str, where: Filter | None = None, *, sort: str = "", size: int = LARGEST_PAGE
    ) -> None:
        if where is not None and not where.fits(path):
            raise ValueError(f"a filter of {where.collection} does not fit {path}")
        self._get = get
        self._root = root
        self._path = path
        self._size = size
        self._narrowed = f"&filter={quote(where.text, safe='')}" if where else ""
        self._narrowed += f"&sort={quote(sort, safe='')}" if sort else ""
        self._page = 0
        self._query = ""
        self._ended = False

    def read(self) -> Page | None:
        """The next page, one call; None after the last.

        Raises:
            Ambiguous: the answer is no collection.
        """
        if self._ended:
            return None
        answer = self._get(self._path, self._query or self._numbered(self._page))
        page, following = _page(answer, self._path)
        self._page += 1
        self._ended = not page.rows or not following
        self._query = "" if self._ended else _query(self._root, self._path, following, self._page)
        return page

    @property
    def ended(self) -> bool:
        """Whether the last page was read."""
        return self._ended

    def before(self) -> Page:
        """The page before the one that was read last, anew: where rows went meanwhile, others have moved up into it."""
        return _page(self._get(self._path, self._numbered(max(0, self._page - 2))), self._path)[0]

    def _numbered(self, page: int) -> str:
        return f"skippages={page}&pagesize={self._size}{self._narrowed}"


def rows(
    get: Get, root: str, path: str, where: Filter | None = None, *, sort: str = "", page_size: int = LARGEST_PAGE
) -> Iterator[dict[str, Any]]:
    """The rows of a collection, page by page as they are asked for; raises as `Pages` does."""
    pages = Pages(get, root, path, where, sort=sort, size=page_size)
    while page := pages.read():
        yield from page.rows


def _query(root: str, path: str, link: str, page: int) -> str:
    """The query of a link to that page of this collection; empty when it is another's."""
    below = paths.below(root, link)
    if below is None or unquote(below[0]) != unquote(path):
        return ""
    skip = _SKIP.search(below[1])
    return below[1] if skip and int(skip.group(1)) == page else ""


def _page(answer: Answer, path: str) -> tuple[Page, str]:
    data = answer.data
    found = data.get("collection") if isinstance(data, dict) else None
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise Ambiguous(
            f"e-conomic answered {answer.status} to GET {path}, but not with a collection.",
            status=answer.status,
            log_id=answer.log_id,
            advice=advice.URL,
        )
    pagination = data.get("pagination")
    pagination = pagination if isinstance(pagination, dict) else {}
    results = pagination.get("results")
    return Page(found, results if isinstance(results, int) else None), str(pagination.get("nextPage") or "")
