from __future__ import annotations

import httpx
import pytest

from econ_client.sandbox import SandboxServer
from tests.integration.sandbox.conftest import Doc, book, line, new_customer, new_draft, new_product, problems, today


@pytest.mark.usefixtures("customer")
def test_booking_is_numbered_and_takes_the_draft_away(api: httpx.Client) -> None:
    answer = book(api, line(quantity=2), references={"other": "DK-1"})
    assert answer.status_code == 201
    doc = answer.json()
    assert doc["orderNumber"] == 1
    assert (doc["netAmount"], doc["vatAmount"], doc["grossAmount"], doc["remainder"]) == (200, 50, 250, 250)
    assert (doc["lines"][0]["vatRate"], doc["lines"][0]["vatAmount"]) == (25, 50)
    assert "lastUpdated" not in doc
    assert api.get("/invoices/drafts/1").status_code == 404
    assert book(api).json()["bookedInvoiceNumber"] == doc["bookedInvoiceNumber"] + 1
    assert problems(api.post("/invoices/booked", json={"draftInvoice": {"draftInvoiceNumber": 1}}))
    assert api.get("/customers/1").json()["balance"] == 375


@pytest.mark.usefixtures("customer")
def test_what_is_booked_stays(api: httpx.Client) -> None:
    number = book(api).json()["bookedInvoiceNumber"]
    assert api.delete(f"/invoices/booked/{number}").status_code == 405
    assert api.delete("/customers/1").status_code == 400
    assert api.delete("/products/shipping").status_code == 400


@pytest.mark.usefixtures("customer")
def test_a_number_of_ones_own(api: httpx.Client) -> None:
    for _ in range(4):
        api.post("/invoices/drafts", json=new_draft())
    body = {"draftInvoice": {"draftInvoiceNumber": 1}, "bookWithNumber": 123}
    assert api.post("/invoices/booked", json=body).json()["bookedInvoiceNumber"] == 123
    body["draftInvoice"] = {"draftInvoiceNumber": 2}
    assert problems(api.post("/invoices/booked", json=body)) == [("bookWithNumber", "E06010")]
    put = api.put("/invoices/booked/200", json={"draftInvoice": {"draftInvoiceNumber": 3}})
    assert (put.status_code, put.json()["bookedInvoiceNumber"]) == (201, 200)
    assert book(api).json()["bookedInvoiceNumber"] == 201
    unpublished = {"draftInvoice": {"draftInvoiceNumber": 4}, "sendBy": "EAN"}
    assert api.put("/invoices/booked/300", json=unpublished).status_code == 201
    assert api.get("/invoices/booked/300/sent").json()["collection"] == []


@pytest.mark.usefixtures("customer")
def test_send_by_is_case_strict(api: httpx.Client) -> None:
    api.post("/invoices/drafts", json=new_draft())
    body: Doc = {"draftInvoice": {"draftInvoiceNumber": 1}}
    for wrong in ("ean", "email", "None"):
        assert problems(api.post("/invoices/booked", json={**body, "sendBy": wrong})) == [("sendBy", "E04300")]
    assert problems(api.post("/invoices/booked", json={**body, "sendBy": "EAN"})) == [("sendBy", "E04000")]
    assert api.post("/invoices/booked", json={**body, "sendBy": "none"}).status_code == 201


def test_ean_needs_a_number_and_a_contact(api: httpx.Client) -> None:
    api.post("/customers", json=new_customer(ean="5790000000012"))
    api.post("/customers/1/contacts", json={"name": "Bo"})
    api.post("/invoices/drafts", json=new_draft(references={"customerContact": {"customerContactNumber": 1}}))
    answer = api.post("/invoices/booked", json={"draftInvoice": {"draftInvoiceNumber": 1}, "sendBy": "EAN"})
    assert answer.status_code == 201
    assert api.get("/invoices/sent").json()["collection"][0]["sendBy"] == "ean"


@pytest.mark.usefixtures("customer")
def test_a_customer_or_product_barred_meanwhile_refuses(api: httpx.Client) -> None:
    api.post("/invoices/drafts", json=new_draft())
    body = {"draftInvoice": {"draftInvoiceNumber": 1}}
    api.put("/customers/1", json=new_customer(barred=True))
    assert problems(api.post("/invoices/booked", json=body)) == [("customer", "E06820")]
    api.put("/customers/1", json=new_customer())
    api.put("/products/shipping", json=new_product("shipping", 2, barred=True))
    assert problems(api.post("/invoices/booked", json=body)) == [("product", "E06820")]
    api.put("/products/shipping", json=new_product("shipping", 2))
    assert api.post("/invoices/booked", json=body).status_code == 201


@pytest.mark.usefixtures("customer")
def test_lines_need_a_product(api: httpx.Client) -> None:
    assert problems(book(api, line(), {"description": "Tekst"})) == [("product", "E04500")]
    api.post("/invoices/drafts", json=new_draft() | {"lines": []})
    assert problems(api.post("/invoices/booked", json={"draftInvoice": {"draftInvoiceNumber": 2}}))


@pytest.mark.usefixtures("customer")
def test_closed_periods_refuse(api: httpx.Client) -> None:
    api.put("/_sandbox/accounting-years/2026/3", json={"closed": True})
    assert problems(book(api)) == [("date", "E04041")]
    assert book(api, date="2026-04-01").status_code == 201
    api.put("/_sandbox/accounting-years/2026/3", json={"closed": False, "barred": True})
    assert problems(book(api)) == [("date", "E04041")]
    api.put("/_sandbox/accounting-years/2025", json={"closed": True})
    assert problems(book(api, date="2025-06-01")) == [("date", "E04041")]
    assert problems(book(api, date="2019-12-31")) == [("date", "E04041")]
    assert api.get("/accounting-years/2025").json()["closed"] is True


@pytest.mark.usefixtures("customer", "goods")
def test_stock_moves_by_the_sign_of_the_quantity(api: httpx.Client) -> None:
    def in_stock() -> float:
        return float(api.get("/products/24-MB01").json()["inventory"]["inStock"])

    api.put("/_sandbox/stock/24-MB01", json={"inStock": 10})
    api.post("/invoices/drafts", json=new_draft(line("24-MB01", 3), line("24-MB01", 2)))
    assert in_stock() == 10
    api.post("/invoices/booked", json={"draftInvoice": {"draftInvoiceNumber": 1}})
    assert in_stock() == 5
    credit = book(api, line("24-MB01", -2, 100)).json()
    assert (credit["netAmount"], credit["grossAmount"]) == (-200, -250)
    assert in_stock() == 7
    book(api, line("24-MB01", 20))
    assert in_stock() == -13
    book(api, line("shipping", 1))
    assert api.get("/products/shipping").json()["inventory"]["inStock"] == 0


@pytest.mark.usefixtures("customer", "goods")
def test_stock_may_lag_and_keep_last_updated(api: httpx.Client, sandbox: SandboxServer) -> None:
    api.put("/_sandbox/agreement", json={"stock_delay": 30, "stock_moves_last_updated": "off"})
    before = api.get("/products/24-MB01").json()
    book(api, line("24-MB01", 3))
    assert api.get("/products/24-MB01").json()["inventory"]["inStock"] == 0
    sandbox.clock.ahead = 120
    after = api.get("/products/24-MB01").json()
    assert after["inventory"]["inStock"] == -3
    assert after["lastUpdated"] == before["lastUpdated"]
    api.put("/_sandbox/agreement", json={"stock_moves_last_updated": "on"})
    api.put("/_sandbox/stock/24-MB01", json={"inStock": 1})
    assert api.get("/products/24-MB01").json()["lastUpdated"] > before["lastUpdated"]


@pytest.mark.usefixtures("customer")
def test_paid_unpaid_overdue(api: httpx.Client) -> None:
    book(api, date="2020-01-01")
    book(api, date=today())
    book(api, paymentTerms={"paymentTermsNumber": 3})
    counts = {
        kind: api.get(f"/invoices/{kind}").json()["pagination"]["results"]
        for kind in ("booked", "paid", "unpaid", "overdue", "not-due")
    }
    assert counts == {"booked": 3, "paid": 1, "unpaid": 2, "overdue": 1, "not-due": 1}
