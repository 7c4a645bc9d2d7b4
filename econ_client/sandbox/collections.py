"""Collections: filter, sort, page, and the envelope around them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from econ_client.sandbox.answers import Refused, Reply
from econ_client.sandbox.filters import Properties, hinted_filter
from econ_client.sandbox.sorting import parse_sort
from econ_client.sandbox.table import Table
from econ_client.sandbox.wire import Doc

MAX_PAGE = 1000
_HEX = re.compile(r"%[0-9A-F]{2}")


@dataclass(frozen=True, slots=True)
class Call:
    """One request: method, path as sent, decoded query, parsed body (None without one) and the base of links.

    `raw` and `content_type` are there for bodies that are no JSON.
    """

    method: str
    path: str
    query: dict[str, str]
    body: Any
    base: str
    raw: bytes = b""
    content_type: str = ""

    @property
    def url(self) -> str:
        """The address without its query."""
        return self.base + self.path


def collect(
    call: Call,
    rows: Iterable[tuple[Any, Doc]] | Table[Any],
    properties: Properties,
    show: Callable[[Doc], Doc],
    *,
    create: str | None = None,
) -> Reply:
    """The page that `call` asks for. `rows`: (key, document), or a whole table. `show` renders a stored document.

    `create`: the description of the POST, for collections that carry metaData.
    """
    skip, size = _page(call.query)
    found, total = _found(call.query.get("filter"), rows, properties)
    for get, descending in reversed(parse_sort(call.query["sort"], properties) if call.query.get("sort") else []):
        found = _sorted(found, get, descending=descending)
    page = [show(doc) for _, doc in found[skip * size : (skip + 1) * size]]
    doc: Doc = {"collection": page}
    if create:
        doc["metaData"] = {"create": {"description": create, "href": call.url, "httpMethod": "post"}}
    doc["pagination"] = _pagination(call, skip, size, len(found), total)
    doc["self"] = _address(call, None)
    return Reply(200, doc)


def _found(
    filtering: str | None, rows: Iterable[tuple[Any, Doc]] | Table[Any], properties: Properties
) -> tuple[list[tuple[Any, Doc]], int]:
    """(what the filter finds, by key; how many there are without it). The list must not be changed."""
    predicate, hint = hinted_filter(filtering, properties) if filtering else (None, None)
    if isinstance(rows, Table):
        if predicate and hint and (few := rows.narrowed(*hint)) is not None:
            return [row for row in few if predicate(row[1])], rows.listed_count()
        everything = rows.ordered()
    else:
        everything = sorted(rows, key=lambda row: row[0])
    if predicate is None:
        return everything, len(everything)
    return [row for row in everything if predicate(row[1])], len(everything)


def _sorted(rows: list[tuple[Any, Doc]], get: Callable[[Doc], Any], *, descending: bool) -> list[tuple[Any, Doc]]:
    return sorted(rows, key=lambda row: _order(get(row[1])), reverse=descending)


def _order(value: Any) -> tuple[bool, Any]:
    return (value is not None, value.casefold() if isinstance(value, str) else value)


def _page(query: dict[str, str]) -> tuple[int, int]:
    numbers = []
    for name, default, least in (("skippages", "0", 0), ("pagesize", "20", 1)):
        text = query.get(name, default)
        if not re.fullmatch(r"\d{1,9}", text) or int(text) < least or (name == "pagesize" and int(text) > MAX_PAGE):
            raise Refused(
                400,
                f"The query string parameter '{name}' is out of range.",
                f"Page size goes from 1 to {MAX_PAGE}; pages are counted from 0.",
                "E04810",
            )
        numbers.append(int(text))
    return numbers[0], numbers[1]


def _pagination(call: Call, skip: int, size: int, results: int, without_filter: int) -> Doc:
    last = max(0, -(-results // size) - 1)
    doc: Doc = {
        "skipPages": skip,
        "pageSize": size,
        "maxPageSizeAllowed": MAX_PAGE,
        "results": results,
        "resultsWithoutFilter": without_filter,
        "firstPage": _address(call, (0, size)),
    }
    if skip:
        doc["previousPage"] = _address(call, (skip - 1, size))
    if skip < last:
        doc["nextPage"] = _address(call, (skip + 1, size))
    doc["lastPage"] = _address(call, (last, size))
    return doc


def _address(call: Call, page: tuple[int, int] | None) -> str:
    pairs = [
        (name, value)
        for name, value in call.query.items()
        if value and name in (("filter", "sort") if page else ("filter", "sort", "skippages", "pagesize"))
    ]
    if page:
        pairs += [("skippages", str(page[0])), ("pagesize", str(page[1]))]
    if not pairs:
        return call.url
    return f"{call.url}?{'&'.join(f'{name}={encoded(value)}' for name, value in pairs)}"


def encoded(value: str) -> str:
    """Percent-encoding in lower-case hexadecimal, as the recorded links have it."""
    return _HEX.sub(lambda match: match[0].lower(), quote(value, safe=""))
