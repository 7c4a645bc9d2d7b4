"""Prices in other currencies, PATCH, totals and templates, payments, company data, distributions, employees."""

from __future__ import annotations

import httpx
import pytest

from tests.integration.sandbox.conftest import Doc, book, line, new_customer, new_draft, problems, today

PRICES = "/products/24-MB01/pricing/currency-specific-sales-prices"


@pytest.mark.usefixtures("goods")
def test_prices_in_other_currencies(api: httpx.Client) -> None:
    made = api.post(PRICES, json={"price": 14.95, "currency": {"code": "EUR"}})
    assert (made.status_code, made.json()["price"]) == (201, 14.95)
    assert made.headers["location"].endswith(f"{PRICES}/EUR")
    assert problems(api.post(PRICES, json={"price": 1, "currency": {"code": "EUR"}})) == [("currency", "E06010")]
    assert problems(api.post(PRICES, json={"price": 1, "currency": {"code": "DKK"}}))
    assert problems(api.post(PRICES, json={"price": 1, "currency": {"code": "XXX"}})) == [("currency", "E07120")]
    assert problems(api.post(PRICES, json={"price": 1.005, "currency": {"code": "USD"}})) == [("price", "E04740")]
    assert api.put(f"{PRICES}/EUR", json={"price": 15, "currency": {"code": "EUR"}}).status_code == 200
    assert api.put(f"{PRICES}/USD", json={"price": 20, "currency": {"code": "USD"}}).status_code == 201
    assert [row["price"] for row in api.get(PRICES).json()["collection"]] == [15, 20]
    assert api.delete(f"{PRICES}/USD").status_code == 204
    assert api.delete(f"{PRICES}/USD").json()["errorCode"] == "E06000"
    api.delete("/products/24-MB01")
    assert api.get(PRICES).status_code == 404


def test_patch_is_for_one_property(api: httpx.Client, customer: Doc) -> None:
    path = "/customers/1"
    body = api.put(path, json=new_customer(eInvoicingDisabledByDefault=True)).json()
    assert body["eInvoicingDisabledByDefault"] is False
    assert api.patch(path, json={"eInvoicingDisabledByDefault": True}).json()["eInvoicingDisabledByDefault"] is True
    assert api.put(path, json=new_customer()).json()["eInvoicingDisabledByDefault"] is True
    assert problems(api.patch(path, json={"eInvoicingDisabledByDefault": False, "name": "x"}))
    assert problems(api.patch(path, json={"name": "x"}))
    assert api.patch("/customers/9", json={"eInvoicingDisabledByDefault": True}).status_code == 404


@pytest.mark.usefixtures("customer")
def test_payments_move_the_invoice_between_the_lists(api: httpx.Client) -> None:
    late = book(api, line(price=100)).json()["bookedInvoiceNumber"]
    new = book(api, line(price=50), date=today()).json()["bookedInvoiceNumber"]

    def listed(kind: str) -> list[int]:
        return [row["bookedInvoiceNumber"] for row in api.get(f"/invoices/{kind}").json()["collection"]]

    assert (listed("unpaid"), listed("overdue"), listed("not-due"), listed("paid")) == ([late, new], [late], [new], [])
    assert api.get("/customers/1").json()["balance"] == 187.5
    api.put(f"/_sandbox/payments/{late}", json={"remainder": 25}).raise_for_status()
    assert api.get(f"/invoices/booked/{late}").json()["remainder"] == 25
    assert listed("unpaid") == [late, new]
    api.put(f"/_sandbox/payments/{late}", json={"remainder": 0}).raise_for_status()
    assert (listed("unpaid"), listed("overdue"), listed("paid")) == ([new], [], [late])
    assert api.get("/customers/1").json()["balance"] == 62.5
    assert api.put("/_sandbox/payments/1", json={"remainder": 0}).status_code == 404
    assert api.put(f"/_sandbox/payments/{late}", json={"remainder": "0"}).status_code == 400


@pytest.mark.usefixtures("customer")
def test_totals(api: httpx.Client) -> None:
    api.post("/invoices/drafts", json=new_draft(line(price=10)))
    book(api, line(price=100))
    links = api.get("/customers/1/totals").json()
    drafts, booked = api.get(links["drafts"]).json(), api.get(links["booked"]).json()
    assert (drafts["invoiceCount"], drafts["netAmountInBaseCurrency"]) == (1, 10)
    assert (booked["invoiceCount"], booked["netAmountInBaseCurrency"]) == (1, 100)
    assert api.get("/customers/9/totals").status_code == 404


@pytest.mark.usefixtures("goods")
def test_a_document_made_from_templates(api: httpx.Client) -> None:
    api.post("/customers", json=new_customer(currency="EUR", city="Aarhus", layout={"layoutNumber": 2}))
    api.post(PRICES, json={"price": 14.95, "currency": {"code": "EUR"}})
    body = api.get("/customers/1/templates/invoice").json()
    body["lines"] = [api.get("/customers/1/templates/invoiceline/24-MB01").json()]
    made = api.post("/invoices/drafts", json=body)
    assert made.status_code == 201, made.text
    assert (made.json()["recipient"]["city"], made.json()["netAmount"]) == ("Aarhus", 14.95)


def test_the_company_can_be_changed(api: httpx.Client) -> None:
    body = dict.fromkeys(("addressLine1", "zip", "city", "name", "phoneNumber", "attention", "email"), "x")
    assert api.put("/self/company", json=body).json()["name"] == "x"
    assert api.get("/self").json()["company"] == body
    assert problems(api.put("/self/company", json={**body, "name": None}))


def test_distributions(api: httpx.Client) -> None:
    kinds = ("departments", "distributions")
    found = [api.get(f"/departmental-distributions/{kind}").json()["collection"] for kind in kinds]
    assert [len(rows) for rows in found] == [2, 1]
    assert [part["percentage"] for part in found[1][0]["distributions"]] == [60, 40]
    assert api.get("/departmental-distributions/departments/3").status_code == 404
    assert api.get("/departmental-distributions/3").status_code == 200
    parts = api.get("/departmental-distributions").json()["subCollections"]
    assert [len(api.get(parts[kind]).json()["collection"]) for kind in ("distributions", "departments")] == [1, 2]


@pytest.mark.usefixtures("customer")
def test_draft_invoices_deleted_by_filter(api: httpx.Client) -> None:
    for other in ("DK-1", "DK-2", "DK-10"):
        api.post("/invoices/drafts", json=new_draft(references={"other": other})).raise_for_status()
    answer = api.delete("/invoices/drafts?filter=references.other$eq:DK-1")
    assert (answer.status_code, answer.json()["deletedCount"]) == (200, 1)
    assert api.delete("/invoices/drafts?filter=bogus$eq:1").status_code == 400
    assert api.delete("/invoices/drafts").json()["deletedCount"] == 2
