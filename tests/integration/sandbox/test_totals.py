"""Totals of invoices: the shapes that are documented, whatever narrows them, and that they add up."""

from __future__ import annotations

import httpx
import pytest

from tests.integration.sandbox.conftest import Doc, book, line, new_customer, new_draft, today

HOME = "/invoices/totals"


@pytest.fixture
def books(api: httpx.Client) -> httpx.Client:
    """Drafts of 10; booked: 100 paid, 200 overdue, 40 not due. The last two are customer 2's, the 200 employee 1's."""
    api.post("/customers", json=new_customer())
    api.post("/customers", json=new_customer())
    second: Doc = {"customer": {"customerNumber": 2}}
    api.post("/invoices/drafts", json=new_draft(line(price=10))).raise_for_status()
    book(api, line(price=100), date="2025-05-05").raise_for_status()
    book(api, line(price=200), **second, references={"salesPerson": {"employeeNumber": 1}}).raise_for_status()
    book(api, line(price=40), **second, date=today()).raise_for_status()
    api.put("/_sandbox/payments/10001", json={"remainder": 0})
    return api


def test_everything_at_once(books: httpx.Client) -> None:
    shown = books.get(HOME).json()
    booked = shown["booked"]
    unpaid = booked["unpaid"]
    parts = (shown["drafts"], booked, booked["paid"], unpaid, unpaid["overdue"], unpaid["notOverdue"])
    assert [(part["invoiceCount"], part["netAmountInBaseCurrency"]) for part in parts] == [
        *((1, 10), (3, 340), (1, 100)),
        *((2, 240), (1, 200), (1, 40)),
    ]
    assert (unpaid["grossRemainderInBaseCurrency"], unpaid["overdue"]["grossRemainderInBaseCurrency"]) == (300, 250)
    for part in parts:
        there = books.get(part["self"]).json()
        assert there["netAmountInBaseCurrency"] == part["netAmountInBaseCurrency"]
        assert there["self"] == part["self"]
    filters = shown["predefinedPeriodFilters"]
    assert len(filters) == 9
    this_week, last_year = (books.get(filters[name]["self"]).json() for name in ("lastSevenDays", "lastYear"))
    assert this_week["booked"]["netAmountInBaseCurrency"] == 40
    assert last_year["booked"]["netAmountInBaseCurrency"] == (100 if today()[:4] == "2026" else 200)


@pytest.mark.parametrize(
    ("path", "net"),
    [
        ("booked/customers/2", 240),
        ("booked/customers/2/unpaid/not-overdue", 40),
        ("booked/unpaid/overdue/employees/1", 200),
        ("booked/accounting-years/2025", 100),
        ("booked/accounting-years/2026/periods/3/customers/2", 200),
        ("drafts/customers/1/accounting-years/2026", 10),
        ("drafts/customers/2", 0),
    ],
)
def test_words_narrow_one_another(books: httpx.Client, path: str, net: float) -> None:
    shown = books.get(f"{HOME}/{path}").json()
    assert shown["netAmountInBaseCurrency"] == net
    assert ("grossRemainderInBaseCurrency" in shown) is ("unpaid" in path)
    assert ("minDate" in shown) is (net != 0)
    for name, link in shown.items():
        if name != "self" and str(link).startswith("http"):
            assert books.get(link).status_code == 200


@pytest.mark.parametrize(
    ("path", "nets"),
    [
        ("booked/customers", {1: 100, 2: 240}),
        ("booked/employees", {1: 200}),
        ("booked/accounting-years/2025/periods", {5: 100}),
        ("drafts/accounting-years", {"2026": 10}),
    ],
)
def test_a_kind_alone_groups(books: httpx.Client, path: str, nets: Doc) -> None:
    shown = books.get(f"{HOME}/{path}").json()
    [(name, rows)] = [(name, value) for name, value in shown.items() if isinstance(value, list)]
    assert name == {"accounting-years": "accountingYears"}.get(path.rpartition("/")[2], path.rpartition("/")[2])
    found = {}
    for row in rows:
        [holder] = [value for value in row.values() if isinstance(value, dict)]
        [identifier] = [value for key, value in holder.items() if key != "self"]
        found[identifier] = row["netAmountInBaseCurrency"]
        assert books.get(holder["self"]).status_code == 200
        assert books.get(row["self"]).json()["netAmountInBaseCurrency"] == row["netAmountInBaseCurrency"]
    assert found == nets


@pytest.mark.parametrize(
    "path",
    [
        *("sold", "booked/9", "booked/overdue", "booked/paid/unpaid", "drafts/paid", "booked/customers/9"),
        *("booked/customers/x", "booked/accounting-years/1999", "booked/customers/1/customers/2", "booked/unpaid//"),
    ],
)
def test_what_is_no_total(books: httpx.Client, path: str) -> None:
    assert books.get(f"{HOME}/{path}").status_code == (200 if path.endswith("//") else 404)
    assert books.post(f"{HOME}/booked", json={}).status_code == 405
