"""Journals: vouchers in arrays, addresses, entries, accounting years and their totals."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.integration.sandbox.conftest import Doc, book, line, problems

pytestmark = pytest.mark.usefixtures("customer")


def payment(**more: Any) -> Doc:
    return {"date": "2026-03-31", "amount": -100, "customer": {"customerNumber": 1}, **more}


def voucher(*payments: Doc, **more: Any) -> Doc:
    return {"accountingYear": {"year": "2026"}, "entries": {"customerPayments": list(payments) or [payment()]}, **more}


def test_one_voucher_is_answered_by_an_array(api: httpx.Client) -> None:
    made = api.post("/journals/1/vouchers", json=voucher(payment(currency={"code": "EUR"}, customerInvoice=5)))
    assert made.status_code == 201
    [one] = made.json()
    assert one["self"].endswith("/journals/1/vouchers/2026-1")
    entry = one["entries"]["customerPayments"][0]
    assert (entry["amount"], entry["amountDefaultCurrency"], entry["entryType"]) == (-100, -746.05, "customerPayment")
    assert api.get(one["self"]).json() == one
    assert api.get("/journals/1/vouchers").json()["collection"] == [one]
    assert api.get("/journals/2/vouchers").json()["collection"] == []
    assert api.get("/accounting-years/2026/vouchers").json()["collection"] == [one]


def test_one_body_becomes_several_by_date_and_by_number(api: httpx.Client) -> None:
    body = voucher(payment(), payment(date="2026-04-01"), payment())
    assert [v["voucherNumber"] for v in api.post("/journals/1/vouchers", json=body).json()] == [1, 2]
    body = voucher(payment(voucher={"voucherNumber": 50}), payment(voucher={"voucherNumber": 51}))
    assert [v["voucherNumber"] for v in api.post("/journals/1/vouchers", json=body).json()] == [50, 51]
    made = api.post("/journals/2/vouchers", json=[voucher(), voucher(voucherNumber=9)]).json()
    assert [v["voucherNumber"] for v in made] == [52, 9]


def test_a_voucher_goes_with_its_last_entry(api: httpx.Client) -> None:
    [made] = api.post("/journals/1/vouchers", json=voucher(payment(), payment())).json()
    first, second = (entry["metaData"]["delete"]["href"] for entry in made["entries"]["customerPayments"])
    assert api.delete(first).status_code == 204
    assert api.delete(first).json()["errorCode"] == "E06000"
    assert len(api.get(made["self"]).json()["entries"]["customerPayments"]) == 1
    assert api.delete(second).status_code == 204
    assert api.get(made["self"]).status_code == 404
    assert api.get("/journals/1/entries").json()["collection"] == []


def test_errors_of_an_array_are_an_array(api: httpx.Client) -> None:
    api.put("/customers/1", json={**api.get("/customers/1").json(), "barred": True})
    answer = api.post("/journals/1/vouchers", json=[voucher(), voucher(payment(contraAccount={"accountNumber": 1}))])
    assert problems(answer) == [("customer", "E06820"), ("customer", "E06820"), ("contraAccount", "E07150")]
    first = answer.json()["errors"][0]
    assert first["arrayIndex"] == 0
    assert first["entries"]["items"][0]["customer"]["errors"][0]["inputValue"] == 1
    assert problems(api.post("/journals/1/vouchers", json=voucher())) == [("customer", "E06820")]
    assert api.get("/journals/1/entries").json()["collection"] == []


def test_what_a_voucher_refuses(api: httpx.Client) -> None:
    def refused(body: object) -> list[tuple[str, str]]:
        return problems(api.post("/journals/1/vouchers", json=body))

    assert refused(voucher(accountingYear={"year": "1999"})) == [("accountingYear", "E04041")]
    assert refused(voucher(payment(date="2025-12-31"))) == [("date", "E04041")]
    assert refused({**voucher(), "entries": {}}) == [("entries", "E04042")]
    assert refused({"entries": {"customerPayments": [payment()]}}) == [("accountingYear", "E04042")]
    body = voucher()
    del body["entries"]["customerPayments"][0]["customer"]
    assert refused(body) == [("customer", "E04042")]
    assert refused([]) == [("vouchers", "E04042")]
    api.put("/_sandbox/accounting-years/2026/3", json={"barred": True})
    assert refused(voucher()) == [("date", "E04041")]
    api.put("/_sandbox/accounting-years/2026", json={"closed": True})
    assert ("accountingYear", "E04041") in refused(voucher())
    assert api.post("/journals/9/vouchers", json=voucher()).status_code == 404
    assert api.delete("/journals/1/vouchers/2026-1").status_code == 405


def test_an_account_may_take_no_direct_entries(api: httpx.Client) -> None:
    entry = {"date": "2026-03-31", "amount": 10, "account": {"accountNumber": 5600}}
    body: Doc = {"accountingYear": {"year": "2026"}, "entries": {"financeVouchers": [entry]}}
    assert problems(api.post("/journals/1/vouchers", json=body)) == [("account", "E07150")]
    entry |= {"account": {"accountNumber": 1010}, "contraAccount": {"accountNumber": 9900}}
    assert problems(api.post("/journals/1/vouchers", json=body)) == [("contraAccount", "E07150")]
    entry["contraAccount"] = {"accountNumber": 5820}
    assert api.post("/journals/1/vouchers", json=body).status_code == 201


def test_a_debtor_with_a_payment_stays(api: httpx.Client) -> None:
    api.post("/journals/1/vouchers", json=voucher())
    assert problems(api.delete("/customers/1"))


def test_the_totals_of_a_year_balance(api: httpx.Client) -> None:
    book(api, line("shipping", 2, 49.95)).raise_for_status()
    book(api, line("shipping", 1, 100), currency="EUR", date="2026-05-01").raise_for_status()
    for path in ("/accounting-years/2026", "/accounting-years/2026/periods/3"):
        totals = {
            row["account"]["accountNumber"]: row["totalInBaseCurrency"]
            for row in api.get(f"{path}/totals?pagesize=100").json()["collection"]
        }
        assert round(sum(totals.values()), 2) == 0
        assert totals[5600] == (124.88 + 932.56 if path.endswith("2026") else 124.88)
    filtered = api.get(
        "/accounting-years/2026/entries?filter=entryType$eq:customerInvoice$and:dueDate$ne:$null:"
    ).json()
    assert [row["bookedInvoice"]["bookedInvoiceNumber"] for row in filtered["collection"]] == [10001, 10002]
