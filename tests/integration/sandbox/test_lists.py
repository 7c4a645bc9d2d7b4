"""Collections: filters, sorting, paging, and how late they may be."""

from __future__ import annotations

import httpx
import pytest

from econ_client.sandbox import SandboxServer
from tests.integration.sandbox.conftest import Doc, book, new_customer, new_draft, new_product

NAMES = ["Åse", "ånd", "Bo* (A/S)", "b[1]", "5$"]


@pytest.fixture
def people(api: httpx.Client) -> None:
    for number, name in enumerate(NAMES, start=1):
        email = {} if number == 5 else {"email": f"P{number}@Example.com"}
        api.post(
            "/customers", json=new_customer(name=name, customerGroup={"customerGroupNumber": 1 + number % 2}, **email)
        )


def found(api: httpx.Client, text: str, home: str = "/customers", key: str = "customerNumber") -> list[int]:
    answer = api.get(home, params={"filter": text})
    assert answer.status_code == 200, answer.text
    return [doc[key] for doc in answer.json()["collection"]]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("name$eq:åse", [1]),
        ("name$ne:ÅSE", [2, 3, 4, 5]),
        ("name$like:å", [1, 2]),
        ("name$like:å*", [1, 2]),
        ("name$like:*d", [2]),
        ("name$like:b", [3, 4]),
        ("name$eq:Bo$* $(A/S$)", [3]),
        ("name$like:$*", [3]),
        ("name$eq:5$$", [5]),
        ("name$eq:b[1]", [4]),
        ("name$eq:b$[1$]", []),
        ("name$like:b[1]", []),
        ("name$like:b[[]1", [4]),
        ("name$like:[åb][so]*", [1, 3]),
        ("email$eq:p1@example.com", [1]),
        ("email$eq:$null:", [5]),
        ("email$ne:$null:", [1, 2, 3, 4]),
        ("customerNumber$gt:2", [3, 4, 5]),
        ("customerNumber$lte:2", [1, 2]),
        ("customerNumber$in:[1,3,99]", [1, 3]),
        ("customerNumber$nin:[1,3]", [2, 4, 5]),
        ("name$in:[Åse]", []),
        ("customerGroup.customerGroupNumber$eq:1", [2, 4]),
        ("barred$eq:false", [1, 2, 3, 4, 5]),
        ("name$eq:Åse$or:name$eq:ånd", [1, 2]),
        ("name$eq:Åse$or:name$eq:ånd$and:customerNumber$eq:1", [1]),
        ("(name$eq:Åse$or:name$eq:ånd)$and:customerNumber$eq:2", [2]),
        ("lastUpdated$gt:2020-01-01T00:00:00Z", [1, 2, 3, 4, 5]),
        ("lastUpdated$lt:2020-01-01", []),
    ],
)
@pytest.mark.usefixtures("people")
def test_filters(api: httpx.Client, text: str, numbers: list[int]) -> None:
    assert found(api, text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "bogusProp$eq:1",
        "name$is:x",
        "name",
        "customerNumber$in:1,2",
        "customerNumber$in:[" + ",".join(map(str, range(201))) + "]",
        "customerNumber$eq:x",
        "customerNumber$lt:NaN",
        "balance$in:[1,Infinity]",
        "lastUpdated$gt:yesterday",
        "(name$eq:x",
        "name$eq:x)",
        "name$eq:a(b",
        "name$eq:5$",
        "barred$eq:maybe",
        "pagination$eq:1",
    ],
)
def test_refused_filters(api: httpx.Client, text: str) -> None:
    answer = api.get("/customers", params={"filter": text})
    assert answer.status_code == 400
    error = answer.json()
    assert error["message"] == "Could not parse query string filter."
    assert all(isinstance(reason, str) for reason in error["errors"])
    assert "customerGroup.customerGroupNumber" in error["allowedFilteringFields"]


@pytest.mark.parametrize(
    ("home", "text", "status"),
    [
        ("/products", "inventory.inStock$gt:1", 400),
        ("/products", "barred$eq:true", 200),
        ("/products", "barred$ne:true", 500),
        ("/products", "barred$eq:$null:", 500),
        ("/products", "departmentalDistribution.departmentalDistributionNumber$eq:1", 500),
        ("/orders/drafts", "paymentTerms.paymentTermsNumber$eq:1", 500),
        ("/orders/drafts", "paymentTerms.paymentTermsNumber$in:[1]", 500),
        ("/invoices/drafts", "paymentTerms.paymentTermsNumber$eq:1", 200),
        ("/orders/drafts", "references.customerContact.customer.customerNumber$eq:1", 400),
        ("/orders/drafts", "lastUpdated$gt:2020-01-01", 200),
        ("/orders/archived", "lastUpdated$gt:2020-01-01", 400),
        ("/invoices/booked", "lastUpdated$gt:2020-01-01", 400),
        ("/invoices/booked", "recipient.vatZone.vatZoneNumber$eq:1", 200),
        ("/customer-groups", "account.accountNumber$eq:1", 400),
    ],
)
def test_what_is_published_and_what_works_differ(api: httpx.Client, home: str, text: str, status: int) -> None:
    assert api.get(home, params={"filter": text}).status_code == status


@pytest.mark.usefixtures("customer")
def test_documents_are_found_by_reference(api: httpx.Client) -> None:
    for other in ("DK-1", "4711 · DK-1", "DK-10"):
        api.post("/orders/drafts", json=new_draft(references={"other": other}))
    assert found(api, "references.other$like:dk-1", "/orders/drafts", "orderNumber") == [1, 2, 3]
    assert found(api, "references.other$eq:dk-1", "/orders/drafts", "orderNumber") == [1]
    book(api, references={"other": "DK-1"})
    assert len(found(api, "references.other$like:DK-1", "/invoices/booked", "bookedInvoiceNumber")) == 1


@pytest.mark.usefixtures("people")
def test_sorting(api: httpx.Client) -> None:
    def order(sort: str) -> list[int]:
        return [doc["customerNumber"] for doc in api.get("/customers", params={"sort": sort}).json()["collection"]]

    assert order("-customerNumber") == [5, 4, 3, 2, 1]
    assert order("~name")[:3] == [5, 4, 3]
    assert order("email,-customerNumber") == [5, 1, 2, 3, 4]
    answer = api.get("/customers", params={"sort": "barred"})
    assert (answer.status_code, answer.json()["message"]) == (400, "Could not parse query string sort parameter.")
    assert api.get("/orders/drafts", params={"sort": "paymentTerms.paymentTermsNumber"}).status_code == 400
    assert api.get("/invoices/drafts", params={"sort": "paymentTerms.paymentTermsNumber"}).status_code == 200


@pytest.mark.usefixtures("people")
def test_paging(api: httpx.Client, sandbox: SandboxServer) -> None:
    query = {"pagesize": "2", "skippages": "1", "filter": "customerNumber$lte:5", "sort": "-customerNumber"}
    doc = api.get("/customers", params=query).json()
    assert [one["customerNumber"] for one in doc["collection"]] == [3, 2]
    page = doc["pagination"]
    assert (page["skipPages"], page["pageSize"], page["maxPageSizeAllowed"]) == (1, 2, 1000)
    assert (page["results"], page["resultsWithoutFilter"]) == (5, 5)
    assert "filter=customerNumber%24lte%3a5" in page["nextPage"]
    last = api.get(page["lastPage"]).json()
    assert [one["customerNumber"] for one in last["collection"]] == [1]
    assert "nextPage" not in last["pagination"]
    assert (
        api.get(last["pagination"]["previousPage"]).json()
        == api.get(page["previousPage"].replace("skippages=0", "skippages=1")).json()
    )
    assert doc["self"].startswith(f"{sandbox.url}/customers?")
    assert doc["metaData"]["create"]["httpMethod"] == "post"
    beyond = api.get("/customers", params={"skippages": 9}).json()
    assert (beyond["collection"], beyond["pagination"]["results"]) == ([], 5)


@pytest.mark.parametrize(
    ("name", "value"), [("pagesize", "1001"), ("pagesize", "0"), ("pagesize", "x"), ("skippages", "-1")]
)
def test_pages_out_of_range(api: httpx.Client, name: str, value: str) -> None:
    answer = api.get("/products", params={name: value})
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "E04810")
    assert api.get("/products", params={"pagesize": 1000}).status_code == 200


@pytest.mark.usefixtures("customer")
def test_lists_may_be_late_while_single_documents_are_not(api: httpx.Client, sandbox: SandboxServer) -> None:
    api.put("/_sandbox/agreement", json={"list_delay": 10})
    api.post("/orders/drafts", json=new_draft(references={"other": "DK-1"}))
    assert api.get("/orders/drafts/1").status_code == 200
    assert found(api, "references.other$like:DK-1", "/orders/drafts", "orderNumber") == []
    sandbox.clock.ahead = 11
    assert found(api, "references.other$like:DK-1", "/orders/drafts", "orderNumber") == [1]
    api.put("/orders/drafts/1", json=new_draft(references={"other": "DK-2"}))
    api.post("/products", json=new_product("late"))
    assert found(api, "references.other$eq:DK-1", "/orders/drafts", "orderNumber") == [1]
    api.delete("/orders/drafts/1")
    assert api.get("/orders/drafts/1").status_code == 404
    assert found(api, "references.other$like:DK", "/orders/drafts", "orderNumber") == [1]
    assert api.get("/products", params={"filter": "productNumber$eq:late"}).json()["collection"] == []
    sandbox.clock.ahead = 22
    assert found(api, "references.other$like:DK", "/orders/drafts", "orderNumber") == []


def test_sub_lists(api: httpx.Client, customer: Doc) -> None:
    api.post("/invoices/drafts", json=new_draft())
    book(api)
    for home in ("/customers/1/invoices/drafts", "/customers/1/invoices/booked", "/customer-groups/1/customers"):
        assert api.get(home).json()["pagination"]["results"] == 1
    assert api.get("/customer-groups/2/customers").json()["collection"] == []
    assert api.get("/product-groups/3/products").json()["collection"][0]["productNumber"] == "rounding"


def test_numbers_sorted_as_texts(api: httpx.Client) -> None:
    for number in (30, 1000, 4):
        api.post("/customers", json=new_customer(customerNumber=number)).raise_for_status()

    def order(sort: str) -> list[int]:
        return [row["customerNumber"] for row in api.get(f"/customers?sort={sort}").json()["collection"]]

    assert order("customerNumber") == [4, 30, 1000]
    assert order("~customerNumber") == [1000, 30, 4]
    assert order("-~customerNumber") == order("~-customerNumber") == [4, 30, 1000]


def test_nothing_among_numbers(api: httpx.Client) -> None:
    for limit in (10, 20, None):
        api.post("/customers", json=new_customer(**({"creditLimit": limit} if limit else {}))).raise_for_status()

    def found(text: str) -> list[int]:
        answer = api.get("/customers", params={"filter": text})
        return [row["customerNumber"] for row in answer.json()["collection"]]

    assert found("creditLimit$in:[10,$null:]") == [1, 3]
    assert found("creditLimit$nin:[10,$null:]") == [2]
