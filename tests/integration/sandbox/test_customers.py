from __future__ import annotations

import httpx
import pytest

from tests.integration.sandbox.conftest import Doc, new_customer, new_draft, problems


def test_a_minimal_customer_gets_a_number_links_and_actions(api: httpx.Client) -> None:
    answer = api.post("/customers", json=new_customer())
    assert answer.status_code == 201
    doc = answer.json()
    assert doc["customerNumber"] == 1
    assert answer.headers["location"] == doc["self"] == f"{str(api.base_url).rstrip('/')}/customers/1"
    assert doc["customerGroup"] == {"customerGroupNumber": 1, "self": f"{doc['self'][:-12]}/customer-groups/1"}
    assert set(doc["metaData"]) == {"delete", "replace"}
    assert doc["barred"] is False
    assert doc["lastUpdated"].endswith("Z")


def test_the_highest_number_is_given_again_after_a_delete(api: httpx.Client) -> None:
    for wanted in (1, 2):
        assert api.post("/customers", json=new_customer()).json()["customerNumber"] == wanted
    gone = api.delete("/customers/2")
    assert (gone.status_code, gone.content) == (204, b"")
    again = api.delete("/customers/2")
    assert (again.status_code, again.json()["errorCode"]) == (404, "E06000")
    assert api.post("/customers", json=new_customer()).json()["customerNumber"] == 2


def test_a_number_in_use_is_refused(api: httpx.Client, customer: Doc) -> None:
    assert problems(api.post("/customers", json=new_customer(customerNumber=1))) == [("customerNumber", "E06010")]
    assert api.post("/customers", json=new_customer(customerNumber=77)).json()["customerNumber"] == 77
    assert api.post("/customers", json=new_customer()).json()["customerNumber"] == 78


@pytest.mark.parametrize("missing", ["currency", "customerGroup", "vatZone", "name", "paymentTerms"])
def test_each_required_property(api: httpx.Client, missing: str) -> None:
    body = new_customer()
    del body[missing]
    assert problems(api.post("/customers", json=body)) == [(missing, "E04042")]


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": 7}, "name"),
        ({"zip": "x" * 31}, "zip"),
        ({"ean": "57900000000012"}, "ean"),
        ({"pNumber": "123"}, "pNumber"),
        ({"currency": "DK"}, "currency"),
        ({"customerNumber": 0}, "customerNumber"),
        ({"customerNumber": 1_000_000_000}, "customerNumber"),
        ({"customerNumber": "1"}, "customerNumber"),
        ({"customerNumber": 1.0}, "customerNumber"),
        ({"barred": "true"}, "barred"),
        ({"vatZone": {"vatZoneNumber": 0}}, "vatZoneNumber"),
        ({"vatZone": 1}, "vatZone"),
    ],
)
def test_types_lengths_nulls_and_zero_ids(api: httpx.Client, body: Doc, at: str) -> None:
    answer = api.post("/customers", json=new_customer(**body))
    assert problems(answer) == [(at, "E04300")]
    assert answer.json()["schemaPath"].endswith("customers.post.schema.json")


def test_the_error_body_has_the_recorded_shape(api: httpx.Client) -> None:
    body = new_customer(paymentTerms={"paymentTermsNumber": 4711}, customerGroup={"customerGroupNumber": 9})
    error = api.post("/customers", json=body).json()
    assert error["message"] == "Validation failed. 2 errors found."
    assert (error["errorCode"], error["httpStatusCode"], error["errorCount"]) == ("E04300", 400, 2)
    assert error["logId"].endswith("-CPH")
    assert error["logTime"][4] == "-"
    [entry] = error["errors"]["paymentTerms"]["errors"]
    assert (entry["errorCode"], entry["inputValue"], entry["propertyName"]) == ("E07080", 4711, "paymentTerms")
    assert error["errors"]["customerGroup"]["errors"][0]["errorCode"] == "E07140"


def test_unknown_and_read_only_properties_vanish(api: httpx.Client) -> None:
    doc = api.post("/customers", json=new_customer(balance=99, shoeSize=44, self="http://x", lastUpdated="x")).json()
    assert doc["balance"] == 0
    assert "shoeSize" not in doc


def test_a_reference_may_be_a_self_link(api: httpx.Client) -> None:
    body = new_customer(customerGroup={"self": "https://restapi.e-conomic.com/customer-groups/2"})
    assert api.post("/customers", json=body).json()["customerGroup"]["customerGroupNumber"] == 2
    assert problems(api.post("/customers", json=new_customer(layout={}))) == [("layout", "E04500")]


def test_put_replaces_everything_and_creates_what_is_missing(api: httpx.Client) -> None:
    api.post("/customers", json=new_customer(email="a@example.com", barred=True))
    replaced = api.put("/customers/1", json=new_customer(name="Ny"))
    assert replaced.status_code == 200
    assert replaced.json()["barred"] is False
    assert "email" not in replaced.json()
    created = api.put("/customers/9", json=new_customer())
    assert (created.status_code, created.json()["customerNumber"]) == (201, 9)
    assert created.headers["location"].endswith("/customers/9")


def test_a_customer_on_a_document_stays(api: httpx.Client, customer: Doc) -> None:
    api.post("/invoices/drafts", json=new_draft())
    assert problems(api.delete("/customers/1"))[0][0] == "customerNumber"
    api.delete("/invoices/drafts/1")
    assert api.delete("/customers/1").status_code == 204


def test_contacts_and_delivery_locations(api: httpx.Client, customer: Doc) -> None:
    contact = api.post("/customers/1/contacts", json={"name": "Bo", "emailNotifications": ["invoices"]})
    assert (contact.status_code, contact.json()["customerContactNumber"]) == (201, 1)
    assert problems(api.post("/customers/1/contacts", json={})) == [("name", "E04042")]
    place = api.post("/customers/1/delivery-locations", json={"postalCode": "8000"})
    assert place.json()["deliveryLocationNumber"] == 1
    assert problems(api.post("/customers/1/delivery-locations", json={"postalCode": "x" * 16}))
    body = new_customer(attention={"customerContactNumber": 1}, defaultDeliveryLocation={"deliveryLocationNumber": 1})
    assert api.put("/customers/1", json=body).json()["attention"]["self"].endswith("/customers/1/contacts/1")
    body["customerContact"] = {"customerContactNumber": 2}
    assert [at for at, _ in problems(api.put("/customers/1", json=body))] == ["customerContact"]
    assert api.get("/customers/1/contacts").json()["collection"][0]["name"] == "Bo"
    assert api.delete("/customers/1/contacts/1").status_code == 204
    assert api.get("/customers/1/contacts/1").status_code == 404
    assert api.get("/customers/2/contacts").status_code == 404
