from __future__ import annotations

import itertools
import json
import tracemalloc
from typing import Any

import httpx
import pytest

from econ_client import paths
from econ_client.documents import CustomerAnswer, ProductAnswer
from econ_client.filters import field
from tests.unit.econ_client.fake import URL, Table, economic

ROWS = 20_000


class Pages:
    """A collection of any size that is made page by page; `link` makes the address of the next page."""

    def __init__(self, rows: int, link: str = f"{URL}/customers?skippages={{page}}&pagesize={{size}}") -> None:
        self.rows = rows
        self.link = link
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        page, size = int(request.url.params["skippages"]), int(request.url.params["pagesize"])
        found = [
            {"customerNumber": number, "name": f"Customer {number}", "notes": "x" * 300}
            for number in range(page * size + 1, min(self.rows, (page + 1) * size) + 1)
        ]
        pagination: dict[str, Any] = {"results": self.rows}
        if (page + 1) * size < self.rows:
            pagination["nextPage"] = self.link.format(page=page + 1, size=size)
        return httpx.Response(200, content=json.dumps({"collection": found, "pagination": pagination}))


def test_a_collection_of_any_size_is_read_in_the_memory_of_a_page() -> None:
    pages = Pages(ROWS)
    client = economic(pages)
    next(client.collection("/customers"))  # what is imported and cached on the way is not counted
    tracemalloc.start()
    try:
        count = sum(1 for _ in client.collection("/customers"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == ROWS
    assert len(pages.asked) == 1 + ROWS // 1000
    assert peak < 8 * 2**20, "a page is some 0.5 MB as bytes and less than 2 MB as rows; all of it is 20 times that"


def test_pages_are_asked_for_when_their_rows_are() -> None:
    pages = Pages(ROWS)
    rows = economic(pages).collection("/customers")
    assert pages.asked == []
    assert len(list(itertools.islice(rows, 1000))) == 1000
    assert len(pages.asked) == 1
    next(rows)
    assert len(pages.asked) == 2


def test_the_answers_own_link_to_the_next_page_is_followed() -> None:
    pages = Pages(2500, f"{URL}/customers?sort=name&skippages={{page}}&pagesize={{size}}&mark=kept")
    assert len(list(economic(pages).collection("/customers"))) == 2500
    assert all("mark=kept" in url for url in pages.asked[1:])


@pytest.mark.parametrize(
    "link",
    [
        "https://elsewhere.example/customers?skippages={page}&pagesize={size}&mark=kept",
        "http://api.example/customers?skippages={page}&pagesize={size}&mark=kept",
        "https://api.example:444/customers?skippages={page}&pagesize={size}&mark=kept",
        "https://api.example@elsewhere.example/customers?skippages={page}&pagesize={size}&mark=kept",
        "https://x@api.example/customers?skippages={page}&pagesize={size}&mark=kept",
        "//elsewhere.example/customers?skippages={page}&pagesize={size}&mark=kept",
        "/customers?skippages={page}&pagesize={size}&mark=kept",
        f"{URL}/suppliers?skippages={{page}}&pagesize={{size}}&mark=kept",
        f"{URL}/customers?skippages=0&pagesize={{size}}&mark=kept",
        f"{URL}/customers?pagesize={{size}}&mark=kept",
        "https://[/customers?skippages={page}",
        "no link at all",
    ],
)
def test_a_link_that_leads_anywhere_else_is_not_followed_and_no_page_is_missed(link: str) -> None:
    """The tokens travel with every call, and a page that links to itself would be read for ever."""
    pages = Pages(2500, link)
    assert len(list(economic(pages).collection("/customers"))) == 2500
    assert len(pages.asked) == 3
    assert all(url.startswith(f"{URL}/customers?") and "mark=kept" not in url for url in pages.asked)


def test_the_filter_goes_with_every_page_that_is_asked_for_by_number() -> None:
    pages = Pages(2500, "elsewhere")
    list(economic(pages).collection("/customers", field("/customers", "city").eq("Århus & Å"), sort="name"))
    assert all(httpx.URL(url).params["filter"] == "city$eq:Århus & Å" for url in pages.asked)
    assert all(httpx.URL(url).params["sort"] == "name" for url in pages.asked)


def test_more_numbers_than_one_filter_takes_are_asked_for_in_several_calls() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params["filter"])
        return httpx.Response(200, json={"collection": [], "pagination": {}})

    numbers = [*range(1, 451), 7, 7]
    assert list(economic(answer).rows_among("/customers", "customerNumber", numbers, CustomerAnswer)) == []
    sizes = [len(one.split(",")) for one in asked]
    assert sizes == [200, 200, 50]
    assert asked[0].startswith("customerNumber$in:[1,2,")


PRODUCT = {"productNumber": "a/b", "name": "Cup", "productGroup": {"productGroupNumber": 1}}


@pytest.mark.parametrize(
    ("link", "asked"),
    [
        (f"{URL}/products/a_6_b", "/products/a_6_b"),
        (f"{URL}/products/odd%20one", "/products/odd%20one"),
        ("https://elsewhere.example/products/odd", "/products/a_6_b"),
        (f"{URL}/products/../customers/7", "/products/a_6_b"),
        (f"{URL}/products/odd?demo=true", "/products/a_6_b"),
        (None, "/products/a_6_b"),
        ("", "/products/a_6_b"),
    ],
)
def test_a_documents_own_link_is_preferred_where_it_is_safe(link: str | None, asked: str) -> None:
    table = Table({asked: PRODUCT})
    found = economic(table).product("a/b", link)
    assert found is not None
    assert [request.url.raw_path.decode() for request in table.requests] == [asked]


def test_the_link_of_an_answer_is_known() -> None:
    assert ProductAnswer.model_validate({**PRODUCT, "self": f"{URL}/products/a_6_b"}).link == f"{URL}/products/a_6_b"


@pytest.mark.parametrize(
    ("root", "link", "below"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/customers/7", ("/customers/7", "")),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8001/customers/7", None),
        ("https://proxy.example/economic", "https://proxy.example/economic/self?a=1", ("/self", "a=1")),
        ("https://proxy.example/economic", "https://proxy.example/self", None),
        ("https://proxy.example/economic", "https://proxy.example/economics/self", None),
        ("https://api.example", "https://API.example/self", ("/self", "")),
        ("https://api.example", "https://api.example\\@elsewhere.example/self", None),
        ("https://api.example", "https://api.example:x/self", None),
        ("https://api.example", "https://api.example/a b", None),
    ],
)
def test_links_below_the_root(root: str, link: str, below: tuple[str, str] | None) -> None:
    assert paths.below(root, link) == below
