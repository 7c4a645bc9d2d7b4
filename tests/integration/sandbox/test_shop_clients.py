"""What clients of shops send, as they send it, from the first look around to the booked invoice."""

from __future__ import annotations

import httpx
import pytest

from tests.integration.sandbox.conftest import Doc, new_customer, new_draft, new_product, problems

GROUPS = {"customerGroup": 1, "vatZone": 1, "paymentTerms": 1, "productGroup": 1, "unit": 1, "layout": 1}


def both(*names: str) -> Doc:
    """References by number and by link of the real service, both at once."""
    return {
        name: {f"{name}Number": GROUPS[name], "self": f"https://restapi.e-conomic.com/{_home(name)}/{GROUPS[name]}"}
        for name in names
    }


def _home(name: str) -> str:
    dashed = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
    return dashed if dashed.endswith("s") else f"{dashed}s"


def test_the_first_look_around(api: httpx.Client) -> None:
    root = api.get("/").json()
    assert root["experimental"] == {}
    for name, link in root["stable"].items():
        answer = api.get(link, params={"pagesize": "1000", "skippages": "0"})
        assert answer.status_code == 200, name


def test_everything_from_a_customer_to_a_booked_invoice(api: httpx.Client) -> None:
    customer = api.post(
        "/customers/", json={"name": "John Doe", "currency": "DKK", **both("customerGroup", "vatZone", "paymentTerms")}
    )
    assert customer.status_code == 201, customer.text
    number = customer.json()["customerNumber"]
    product: Doc = {"productNumber": "p-1", "name": "Product 1", "barCode": "1234567890", "costPrice": 100}
    product |= {"salesPrice": 199.95, "recommendedPrice": 150, **both("productGroup", "unit")}
    assert api.post("/products", json=product).status_code == 201
    draft: Doc = {
        "currency": "DKK",
        "date": "2026-02-13T12:20:18+00:00",
        "customer": {"customerNumber": number, "self": customer.json()["self"]},
        "recipient": {"name": "John Doe", **both("vatZone")},
        "notes": {"heading": "Heading", "textLine1": "Text line 1", "textLine2": "Text line 2"},
        **both("layout", "paymentTerms"),
        "lines": [{"product": {"productNumber": "p-1"}, "quantity": 1, "unitNetPrice": 500, "sortKey": 1}],
    }
    made = api.post("/invoices/drafts", json=draft)
    assert made.status_code == 201, made.text
    assert (made.json()["date"], made.json()["grossAmount"]) == ("2026-02-13", 625)
    body = {"draftInvoice": {"draftInvoiceNumber": made.json()["draftInvoiceNumber"]}}
    booked = api.post("/invoices/booked", json=body)
    assert booked.status_code == 201
    found = api.get("/invoices/booked", params={"filter": "date$eq:2026-02-13", "pageSize": 1, "skipPages": 0}).json()
    assert [row["bookedInvoiceNumber"] for row in found["collection"]] == [booked.json()["bookedInvoiceNumber"]]
    pdf = api.get(booked.json()["pdf"]["download"], headers={"Accept": "application/pdf"})
    assert pdf.content.startswith(b"%PDF")


@pytest.mark.usefixtures("customer")
def test_a_whole_order_as_the_documentation_sends_it(api: httpx.Client) -> None:
    """With everything that the server computes, names beside numbers, and lines without descriptions."""
    api.post("/products", json=new_product("50"))
    computed = {"totalNetAmount": 10.0, "marginInBaseCurrency": -46.93, "marginPercentage": 0.0}
    lines = [
        {"unit": {"unitNumber": number, "name": "stk."}, "product": {"productNumber": "50"}, "quantity": 1.0}
        | {"unitNetPrice": 10.0, "discountPercentage": 0.0, "unitCostPrice": 46.93, **computed}
        for number in (1, 2)
    ]
    body = new_draft(exchangeRate=100, netAmount=1, grossAmount=2, vatAmount=3, roundingAmount=0)
    body |= {"netAmountInBaseCurrency": 0, "marginInBaseCurrency": -46.93, "costPriceInBaseCurrency": 46.93}
    body["recipient"]["vatZone"] |= {"name": "Domestic", "enabledForCustomer": True, "enabledForSupplier": True}
    body["paymentTerms"] |= {"daysOfCredit": 14, "name": "Netto"}
    body["delivery"] = {"address": "Hovedvejen 1", "zip": "2300", "city": "Kbh S", "deliveryDate": "2014-09-14"}
    body["lines"] = lines
    made = api.post("/orders/drafts/", json=body, headers={"Content-Type": "application/json; charset=UTF-8"})
    assert made.status_code == 201, made.text
    assert (made.json()["netAmount"], made.json()["grossAmount"]) == (20, 25)


@pytest.mark.usefixtures("customer")
def test_an_order_upgraded_in_the_ways_of_shops(api: httpx.Client) -> None:
    """The document is unwrapped and stripped by some clients, by others posted as it came."""
    for strip in (True, False):
        order = api.post("/orders/drafts", json=new_draft()).json()
        sent = api.post("/orders/sent", json=order).json()
        document = api.get(sent["templates"]["upgradeInstructions"]).json()["draftInvoice"]
        if strip:
            document.pop("metaData")
            for line in document["lines"]:
                line.pop("metaData", None)
        invoice = api.post("/invoices/drafts", json=document)
        assert (invoice.status_code, invoice.json()["grossAmount"]) == (201, order["grossAmount"])
        assert api.get(f"/orders/archived/{order['orderNumber']}").status_code == 200
        assert api.get(f"/orders/sent/{order['orderNumber']}").status_code == 404


@pytest.mark.usefixtures("customer")
def test_contacts_with_what_was_read(api: httpx.Client) -> None:
    made = api.post("/customers/1/contacts", json={"name": "Ann", "emailNotifications": []}).json()
    body = {"self": made["self"], "customer": made["customer"], "emailNotifications": [], "name": "Martin"}
    body |= {"customerContactNumber": made["customerContactNumber"], "sortKey": 5}
    assert api.put(made["self"], json=body).json()["name"] == "Martin"


@pytest.mark.usefixtures("customer")
def test_journals_by_their_former_address(api: httpx.Client) -> None:
    payment = {"date": "2026-01-04", "amount": -2300.0, "customer": {"customerNumber": 1}, "text": "Husleje januar"}
    payment |= {"contraAccount": {"accountNumber": 5820}, "currency": {"code": "DKK"}, "customerInvoice": 481}
    body = {"accountingYear": {"year": "2026"}, "journal": {"journalNumber": 1}}
    made = api.post("/journals-experimental/1/vouchers", json={**body, "entries": {"customerPayments": [payment]}})
    assert made.status_code == 201, made.text
    [voucher] = made.json()
    assert api.get(voucher["self"]).json() == voucher
    assert api.get("/journals-experimental/1/entries").json()["pagination"]["results"] == 1


def test_pages_by_number_until_there_is_no_next(api: httpx.Client) -> None:
    for index in range(25):
        api.post("/customers", json=new_customer(name=f"C {index}"))
    names: list[str] = []
    page, following = 0, "start"
    while following:
        answer = api.get(f"/customers?skippages={page}&pagesize=10").json()
        names += [row["name"] for row in answer["collection"]]
        following, page = answer["pagination"].get("nextPage"), page + 1
    assert names == [f"C {index}" for index in range(25)]
    last = api.get("/customers?pagesize=10&skippages=7").json()
    assert (last["collection"], last["pagination"]["results"]) == ([], 25)


@pytest.mark.usefixtures("customer")
@pytest.mark.parametrize("day", ["2026-02-30T00:00:00Z", "2026-02-13T25:00:00", "2026-02-13 00:00:00", "13-02-2026"])
def test_what_is_no_day(api: httpx.Client, day: str) -> None:
    assert problems(api.post("/invoices/drafts", json=new_draft(date=day))) == [("date", "E04300")]
