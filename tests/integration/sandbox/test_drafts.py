"""Draft invoices and draft orders: one body, two addresses."""

from __future__ import annotations

import httpx
import pytest

from tests.integration.sandbox.conftest import Doc, line, new_customer, new_draft, problems

HOMES = ["/orders/drafts", "/invoices/drafts"]


@pytest.mark.parametrize("home", HOMES)
@pytest.mark.usefixtures("customer")
def test_recorded_amounts(api: httpx.Client, home: str) -> None:
    body = new_draft(line(quantity=3, price=153.44, discountPercentage=10), line(price=46))
    answer = api.post(home, json=body)
    assert answer.status_code == 201
    doc = answer.json()
    assert [found["totalNetAmount"] for found in doc["lines"]] == [414.29, 46]
    assert (doc["netAmount"], doc["vatAmount"], doc["grossAmount"]) == (460.29, 115.07, 575.36)
    assert [found["lineNumber"] for found in doc["lines"]] == [1, 2]
    assert (doc["exchangeRate"], doc["dueDate"]) == (100, "2026-04-08")
    assert answer.headers["location"] == doc["self"]
    assert "lines" not in api.get(home).json()["collection"][0]
    assert doc["lastUpdated"].endswith(":00Z")


@pytest.mark.parametrize("missing", ["date", "currency", "layout", "paymentTerms", "customer", "recipient"])
@pytest.mark.usefixtures("customer")
def test_each_required_property(api: httpx.Client, missing: str) -> None:
    body = new_draft()
    del body[missing]
    for home in HOMES:
        assert problems(api.post(home, json=body)) == [(missing, "E04042")]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"recipient": {"vatZone": {"vatZoneNumber": 1}}}, ("name", "E04042")),
        ({"recipient": {"name": "x"}}, ("vatZone", "E04042")),
        ({"recipient": {"name": "x", "vatZone": {"vatZoneNumber": 9}}}, ("vatZone", "E07100")),
        (
            {"recipient": {"name": "x", "vatZone": {"vatZoneNumber": 1}, "nemHandelType": "EAN"}},
            ("nemHandelType", "E04300"),
        ),
        ({"layout": {"layoutNumber": 9}}, ("layout", "E07090")),
        ({"customer": {"customerNumber": 9}}, ("customer", "E07060")),
        ({"currency": "JPY"}, ("currency", "E07120")),
        ({"date": "2026-02-30"}, ("date", "E04300")),
        ({"date": "31-03-2026"}, ("date", "E04300")),
        ({"exchangeRate": 746.1234567}, ("exchangeRate", "E04740")),
        ({"notes": {"heading": "x" * 251}}, ("heading", "E04300")),
        ({"references": {"other": None}}, ("other", "E04300")),
        ({"references": {"other": "x" * 251}}, ("other", "E04300")),
        ({"references": {"salesPerson": {"employeeNumber": 9}}}, ("salesPerson", "E07130")),
        (
            {"paymentTerms": {"paymentTermsNumber": 1, "paymentTermsType": "invoiceMonth"}},
            ("paymentTermsType", "E07180"),
        ),
        ({"paymentTerms": {"paymentTermsNumber": 5}}, ("dueDate", "E04042")),
        ({"paymentTerms": {"paymentTermsNumber": 5}, "dueDate": "2026-03-30"}, ("dueDate", "E04760")),
    ],
)
@pytest.mark.usefixtures("customer")
def test_refused_heads(api: httpx.Client, body: Doc, problem: tuple[str, str]) -> None:
    for home in HOMES:
        assert problems(api.post(home, json=new_draft(**body))) == [problem]


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (line(quantity=1.234), ("quantity", "E04740")),
        (line(price=1.001), ("unitNetPrice", "E04740")),
        (line(lineNumber=0), ("lineNumber", "E04300")),
        (line(sortKey=0), ("sortKey", "E04300")),
        (line(description="x" * 2501), ("description", "E04300")),
        (line("unknown"), ("product", "E07050")),
        ({**line(), "product": {}}, ("product", "E04500")),
        ({"product": {"productNumber": "shipping"}, "description": "x"}, ("quantity", "E04730")),
        ({"description": "x", "quantity": 1}, ("product", "E04500")),
        (line(unit={"unitNumber": 9}), ("unit", "E07110")),
    ],
)
@pytest.mark.usefixtures("customer")
def test_refused_lines_are_told_by_index(api: httpx.Client, bad: Doc, problem: tuple[str, str]) -> None:
    answer = api.post("/invoices/drafts", json=new_draft(line(), bad))
    assert problems(answer) == [problem]
    [item] = answer.json()["errors"]["lines"]["items"]
    assert item["arrayIndex"] == 1


def test_a_barred_customer_gets_no_drafts(api: httpx.Client) -> None:
    api.post("/customers", json=new_customer(barred=True))
    for home in HOMES:
        assert problems(api.post(home, json=new_draft())) == [("customer", "E06820")]


@pytest.mark.usefixtures("customer")
def test_what_the_server_computes_is_not_taken(api: httpx.Client) -> None:
    body = new_draft(line(totalNetAmount=7), netAmount=1, vatAmount=2, dueDate="2027-01-01", lastUpdated="x")
    doc = api.post("/invoices/drafts", json=body).json()
    assert (doc["netAmount"], doc["vatAmount"], doc["dueDate"]) == (100, 25, "2026-04-08")
    assert doc["lines"][0]["totalNetAmount"] == 100


@pytest.mark.parametrize(
    ("terms", "due"), [(1, "2026-02-18"), (2, "2026-02-24"), (3, "2026-02-10"), (4, "2026-03-30"), (5, "2026-06-01")]
)
@pytest.mark.usefixtures("customer")
def test_due_dates(api: httpx.Client, terms: int, due: str) -> None:
    body = new_draft(date="2026-02-10", dueDate="2026-06-01", paymentTerms={"paymentTermsNumber": terms})
    assert api.post("/invoices/drafts", json=body).json()["dueDate"] == due


@pytest.mark.usefixtures("customer")
def test_put_replaces_the_lines(api: httpx.Client) -> None:
    for home, key in zip(HOMES, ("orderNumber", "draftInvoiceNumber"), strict=True):
        body = new_draft(line(), line(), references={"other": "DK-1"})
        number = api.post(home, json=body).json()[key]
        answer = api.put(f"{home}/{number}", json=new_draft(line(price=1)))
        assert answer.status_code == 200
        assert len(answer.json()["lines"]) == 1
        assert "references" not in answer.json()
        created = api.put(f"{home}/500", json=new_draft())
        assert (created.status_code, created.json()[key]) == (201, 500)


@pytest.mark.usefixtures("customer")
def test_lines_can_be_added_to_a_draft_invoice(api: httpx.Client) -> None:
    api.post("/invoices/drafts", json=new_draft())
    answer = api.post("/invoices/drafts/1/lines", json={"lines": [line(price=50, lineNumber=1)]})
    assert answer.status_code == 201
    assert [found["lineNumber"] for found in answer.json()["lines"]] == [1, 2]
    assert answer.json()["grossAmount"] == 187.5
    assert api.post("/invoices/drafts/9/lines", json={"lines": []}).status_code == 404


@pytest.mark.usefixtures("customer")
def test_deleting_drafts(api: httpx.Client) -> None:
    for other in ("A-1", "A-2", "B-1"):
        api.post("/invoices/drafts", json=new_draft(references={"other": other}))
    one = api.delete("/invoices/drafts/1")
    assert (one.status_code, one.json()["deletedCount"]) == (200, 1)
    assert one.json()["deletedItems"][0]["draftInvoiceNumber"] == 1
    assert api.delete("/invoices/drafts/1").json()["errorCode"] == "E06000"
    some = api.delete("/invoices/drafts", params={"filter": "references.other$like:A"})
    assert [item["draftInvoiceNumber"] for item in some.json()["deletedItems"]] == [2]
    assert api.delete("/invoices/drafts").json()["deletedCount"] == 1


@pytest.mark.usefixtures("customer")
def test_a_text_line_is_possible_in_a_draft(api: httpx.Client) -> None:
    doc = api.post("/invoices/drafts", json=new_draft(line(), {"description": "Tak for handlen\n\t!"})).json()
    assert doc["lines"][1]["description"] == "Tak for handlen\n\t!"
    assert doc["netAmount"] == 100


@pytest.mark.usefixtures("customer")
def test_currency(api: httpx.Client) -> None:
    body = new_draft(line(price=10), currency="EUR")
    assert api.post("/invoices/drafts", json=body).json()["exchangeRate"] == 746.05
    doc = api.post("/invoices/drafts", json={**body, "exchangeRate": 750.5}).json()
    assert (doc["netAmount"], doc["netAmountInBaseCurrency"]) == (10, 75.05)
    assert (doc["grossAmount"], doc["grossAmountInBaseCurrency"]) == (12.5, 93.81)
    assert doc["roundingAmount"] == 0


@pytest.mark.usefixtures("customer")
def test_a_line_as_the_documentation_shows_it(api: httpx.Client) -> None:
    shown = {
        "lineNumber": 1,
        "sortKey": 1,
        "unit": {"unitNumber": 1, "name": "Tim"},
        "product": {"productNumber": "shipping"},
        "quantity": 1.00,
        "unitNetPrice": 10.00,
        "discountPercentage": 0.00,
        "unitCostPrice": 46.93,
        "totalNetAmount": 10.00,
        "marginInBaseCurrency": -46.93,
        "marginPercentage": 0.0,
    }
    made = api.post("/invoices/drafts", json=new_draft(shown, shown, shown)).json()
    assert [each["lineNumber"] for each in made["lines"]] == [1, 2, 3]
    assert (made["netAmount"], "description" in made["lines"][0]) == (30, False)
    api.put("/_sandbox/agreement", json={"descriptions_required": "on"})
    assert problems(api.post("/invoices/drafts", json=new_draft(shown))) == [("description", "E04042")]


@pytest.mark.usefixtures("customer")
def test_days_beyond_the_calendar(api: httpx.Client) -> None:
    api.post("/payment-terms", json={"name": "Senere", "paymentTermsType": "net", "daysOfCredit": 4_000_000})
    number = api.get("/payment-terms").json()["pagination"]["results"]
    terms = {"paymentTermsNumber": number}
    for refused in (new_draft(date="9999-12-31"), new_draft(paymentTerms=terms)):
        assert problems(api.post("/invoices/drafts", json=refused)) == [("dueDate", "E04300")]


def test_half_a_character_is_replaced(api: httpx.Client) -> None:
    body = b'{"name":"a\\ud83d\\ude00b\\ud83dc"}'
    made = api.post("/units", content=body, headers={"Content-Type": "application/json"})
    assert made.json()["name"] == "a\U0001f600b\ufffdc"
