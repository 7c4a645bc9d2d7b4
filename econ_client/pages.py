"""Collections page by page: only one page is held, however many there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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


def rows(
    get: Get, root: str, path: str, where: Filter | None = None, *, sort: str = "", page_size: int = LARGEST_PAGE
) -> Iterator[dict[str, Any]]:
    """The rows of a collection, page by page as they are asked for.

    The next page is asked for by the answer's own link where that is the same collection below the same root, and by
    number where it is not: the tokens travel with every call.

    Raises:
        ValueError: the filter is another collection's.
        Ambiguous: an answer is no collection.
    """
    if where is not None and not where.fits(path):
        raise ValueError(f"a filter of {where.collection} does not fit {path}")
    narrowed = f"&filter={quote(where.text, safe='')}" if where else ""
    narrowed += f"&sort={quote(sort, safe='')}" if sort else ""
    page, query = 0, ""
    while True:
        answer = get(path, query or f"skippages={page}&pagesize={page_size}{narrowed}")
        found, following = _page(answer, path)
        yield from found
        if not found or not following:
            return
        page += 1
        query = _query(root, path, following, page)


def _query(root: str, path: str, link: str, page: int) -> str:
    """The query of a link to that page of this collection; empty when it is another's."""
    below = paths.below(root, link)
    if below is None or unquote(below[0]) != unquote(path):
        return ""
    skip = _SKIP.search(below[1])
    return below[1] if skip and int(skip.group(1)) == page else ""


def _page(answer: Answer, path: str) -> tuple[list[dict[str, Any]], str]:
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
    following = pagination.get("nextPage") if isinstance(pagination, dict) else ""
    return found, str(following or "")
