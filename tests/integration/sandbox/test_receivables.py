"""What customers owe, and payments that are booked with their journal."""

from __future__ import annotations

import datetime
from typing import Any

import httpx
import pytest

from econ_client.sandbox import SandboxServer
from tests.integration.sandbox.conftest import Doc, book, line, new_customer, problems, today

pytestmark = pytest.mark.usefixtures("customer")


def pay(api: httpx.Client, invoice: int | None, amount: float, **more: Any) -> httpx.Response:
    payment: Doc = {"date": today(), "amount": amount, "customer": {"customerNumber": 1}, **more}
    if invoice is not None:
        payment["customerInvoice"] = invoice
    body = {"accountingYear": {"year": today()[:4]}, "entries": {"customerPayments": [payment]}}
    made = api.post("/journals/1/vouchers", json=body)
    assert made.status_code == 201, made.text
    return api.post("/_sandbox/journals/1/book")


def owes(api: httpx.Client) -> tuple[float, float]:
    one = api.get("/customers/1").json()
    [row] = api.get("/customers?filter=customerNumber$eq:1").json()["collection"]
    assert (row["balance"], row["dueAmount"]) == (one["balance"], one["dueAmount"])
    return one["balance"], one["dueAmount"]


def listed(api: httpx.Client, kind: str) -> list[int]:
    return [row["bookedInvoiceNumber"] for row in api.get(f"/invoices/{kind}").json()["collection"]]


def test_due_is_what_is_overdue(api: httpx.Client, sandbox: SandboxServer) -> None:
    book(api, line(price=100))
    book(api, line(price=40), date=today())
    assert owes(api) == (175, 125)
    sandbox.clock.ahead = 40 * 86_400
    assert owes(api) == (175, 175)
    api.put("/_sandbox/payments/10001", json={"remainder": 0})
    assert owes(api) == (50, 50)
    book(api, line(price=-40))
    assert owes(api) == (0, 0)


def test_an_invoice_is_overdue_the_day_after_it_is_due(api: httpx.Client, sandbox: SandboxServer) -> None:
    day = (datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=8)).date().isoformat()
    made = book(api, line(), date=day).json()
    assert made["dueDate"] == today()
    assert (listed(api, "not-due"), listed(api, "overdue"), owes(api)[1]) == ([10001], [], 0)
    sandbox.clock.ahead = 86_400
    assert (listed(api, "not-due"), listed(api, "overdue"), owes(api)[1]) == ([], [10001], 125)


@pytest.mark.parametrize(("sign", "amount"), [("minus", -1), ("plus", 1)])
def test_payments_close_invoices(api: httpx.Client, sign: str, amount: int) -> None:
    api.put("/_sandbox/agreement", json={"payment_sign": sign}).raise_for_status()
    book(api, line(price=100))
    booked = pay(api, 10001, 25 * amount).json()
    assert (booked["vouchers"], booked["invoices"], len(booked["entries"])) == ([1], [10001], 1)
    one = api.get("/invoices/booked/10001").json()
    assert (one["remainder"], one["remainderInBaseCurrency"]) == (100, 100)
    assert (owes(api), listed(api, "unpaid"), listed(api, "paid")) == ((100, 100), [10001], [])
    assert api.get("/journals/1/entries").json()["collection"] == []
    assert api.get("/journals/1/vouchers").json()["collection"] == []
    pay(api, 10001, 100 * amount)
    assert (owes(api), listed(api, "unpaid"), listed(api, "paid")) == ((0, 0), [], [10001])
    pay(api, 10001, -30 * amount)
    assert (owes(api), listed(api, "paid")) == ((30, 0), [10001])


def test_payments_in_other_currencies_and_beside_invoices(api: httpx.Client) -> None:
    api.post("/customers", json=new_customer(name="Bo"))
    book(api, line(price=100), currency="EUR")
    base = api.get("/invoices/booked/10001").json()["remainderInBaseCurrency"]
    assert owes(api)[0] == base
    pay(api, 10001, -base)
    assert (owes(api)[0], listed(api, "paid")) == (0, [10001])
    book(api, line(price=100))
    pay(api, 10002, -10, customer={"customerNumber": 2})
    pay(api, None, -20)
    assert (owes(api)[0], api.get("/customers/2").json()["balance"]) == (105, -10)
    assert api.get("/invoices/booked/10002").json()["remainder"] == 125
    assert problems(api.delete("/customers/2"))


def test_a_credit_note_is_paid_back(api: httpx.Client) -> None:
    book(api, line(price=-100))
    assert (owes(api)[0], listed(api, "unpaid")) == (-125, [10001])
    pay(api, 10001, 125)
    assert (owes(api)[0], listed(api, "paid")) == (0, [10001])


def test_booked_entries_stand_on_the_accounts(api: httpx.Client) -> None:
    book(api, line(price=100), date=today())
    pay(api, 10001, -125, text="Betaling")
    year = today()[:4]
    rows = api.get(f"/accounting-years/{year}/entries?filter=entryType$eq:customerPayment").json()["collection"]
    assert [(row["account"]["accountNumber"], row["amount"]) for row in rows] == [(5600, -125), (5820, 125)]
    assert (rows[0]["text"], rows[0]["customer"]["customerNumber"]) == ("Betaling", 1)
    totals = api.get(f"/accounting-years/{year}/totals?pagesize=100").json()["collection"]
    assert sum(row["totalInBaseCurrency"] for row in totals) == 0
    again = api.post(
        "/journals/1/vouchers",
        json={
            "accountingYear": {"year": year},
            "entries": {"financeVouchers": [{"date": today(), "amount": 5, "account": {"accountNumber": 5820}}]},
        },
    ).json()
    assert again[0]["voucherNumber"] == 2
    assert api.post("/_sandbox/journals/2/book").json()["vouchers"] == []
    assert api.post("/_sandbox/journals/9/book").status_code == 404


def test_a_journal_with_a_closed_day_is_not_booked(api: httpx.Client) -> None:
    book(api, line())
    body = {
        "accountingYear": {"year": "2026"},
        "entries": {"customerPayments": [{"date": "2026-03-31", "amount": -1, "customer": {"customerNumber": 1}}]},
    }
    api.post("/journals/1/vouchers", json=body).raise_for_status()
    api.put("/_sandbox/accounting-years/2026/3", json={"closed": True})
    assert problems(api.post("/_sandbox/journals/1/book")) == [("date", "E04041")]
    assert len(api.get("/journals/1/entries").json()["collection"]) == 1
