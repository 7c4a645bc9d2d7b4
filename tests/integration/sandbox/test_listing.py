"""Writing units, customer groups, payment terms and accounting years."""

from __future__ import annotations

import httpx
import pytest

from tests.integration.sandbox.conftest import Doc, line, new_customer, new_draft, new_product, problems


def test_units(api: httpx.Client) -> None:
    made = api.post("/units", json={"name": "kasse"})
    assert (made.status_code, made.json()["unitNumber"]) == (201, 4)
    assert api.put("/units/4", json={"name": "palle"}).json()["name"] == "palle"
    api.post("/products", json=new_product("p", unit={"unitNumber": 4}))
    assert problems(api.delete("/units/4"))
    api.put("/products/p", json=new_product("p"))
    assert api.delete("/units/4").status_code == 204
    assert api.delete("/units/4").json()["errorCode"] == "E06000"


@pytest.mark.usefixtures("customer")
def test_a_unit_on_a_document_stays(api: httpx.Client) -> None:
    api.post("/invoices/drafts", json=new_draft(line(unit={"unitNumber": 2})))
    assert problems(api.delete("/units/2"))


def test_customer_groups(api: httpx.Client) -> None:
    body = {"customerGroupNumber": 9, "name": "Ny", "account": {"accountNumber": 5600}}
    assert api.post("/customer-groups", json=body).json()["customerGroupNumber"] == 9
    assert problems(api.post("/customer-groups", json=body)) == [("customerGroupNumber", "E06010")]
    body["account"] = {"accountNumber": 1}
    assert problems(api.put("/customer-groups/9", json=body)) == [("account", "E07150")]
    assert problems(api.post("/customer-groups", json={"account": {"accountNumber": 5600}}))


def test_a_customer_group_needs_an_account_that_can_be_booked_on(api: httpx.Client) -> None:
    def group(account: int) -> httpx.Response:
        return api.post(
            "/customer-groups", json={"customerGroupNumber": account, "account": {"accountNumber": account}}
        )

    assert [group(account).status_code for account in (1010, 5600)] == [201, 201]
    assert problems(group(9900)) == [("account", "E07150")]


def test_the_type_of_payment_terms_stays(api: httpx.Client) -> None:
    body = {"name": "30 dage", "paymentTermsType": "net", "daysOfCredit": 30}
    number = api.post("/payment-terms", json=body).json()["paymentTermsNumber"]
    assert number == 6
    assert api.put("/payment-terms/6", json={**body, "name": "Netto 30"}).json()["name"] == "Netto 30"
    for change in ({"daysOfCredit": 14}, {"paymentTermsType": "invoiceMonth"}):
        assert [code for _, code in problems(api.put("/payment-terms/6", json={**body, **change}))] == ["E06151"]


def test_only_drafts_know_avtale_giro(api: httpx.Client, customer: Doc) -> None:
    kind = {"paymentTermsType": "avtaleGiro"}
    assert problems(api.post("/payment-terms", json={"name": "Giro", **kind})) == [("paymentTermsType", "E04300")]
    draft = new_draft(paymentTerms={"paymentTermsNumber": 1, **kind})
    assert problems(api.post("/invoices/drafts", json=draft)) == [("paymentTermsType", "E07180")]


def test_accounting_years(api: httpx.Client) -> None:
    years = [doc["year"] for doc in api.get("/accounting-years").json()["collection"]]
    assert years[0] == "2020"
    assert api.get(f"/accounting-years/{years[-1]}/periods").json()["pagination"]["results"] == 12
    made = api.post("/accounting-years", json={"fromDate": "2018-07-01", "toDate": "2019-06-30"})
    assert (made.status_code, made.json()["year"]) == (201, "2018/2019")
    assert api.get(made.json()["periods"]).json()["pagination"]["results"] == 12
    assert problems(api.post("/accounting-years", json={"fromDate": "2020-07-01", "toDate": "2021-06-30"}))
    assert api.delete("/accounting-years/2020").status_code == 405
    assert problems(api.post("/accounting-years", json={"fromDate": "2040-01-01", "toDate": "9999-12-31"}))
    assert problems(api.post("/accounting-years", json={"fromDate": "9999-01-01", "toDate": "9999-12-31"}))


def test_groups_and_terms_go_while_nobody_has_them(api: httpx.Client) -> None:
    api.post("/customers", json=new_customer()).raise_for_status()
    group = {"customerGroupNumber": 7, "account": {"accountNumber": 5600}}
    terms = {"name": "Netto 3", "paymentTermsType": "net", "daysOfCredit": 3}
    made = [api.post("/customer-groups", json=group), api.post("/payment-terms", json=terms)]
    for used, answer in zip(("/customer-groups/1", "/payment-terms/1"), made, strict=True):
        assert api.delete(answer.headers["location"]).status_code == 204
        assert api.delete(answer.headers["location"]).json()["errorCode"] == "E06000"
        assert [code for _, code in problems(api.delete(used))] == ["E06030"]
        assert api.get(used).status_code == 200
