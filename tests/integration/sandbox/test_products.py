from __future__ import annotations

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.integration.sandbox.conftest import Doc, line, new_draft, new_product, problems


def test_a_product_is_created_with_its_stock(api: httpx.Client) -> None:
    body = new_product("p-1", inventory={"packageVolume": 1.5, "recommendedCostPrice": 75.0, "inStock": 9})
    answer = api.post("/products", json=body | {"costPrice": 5, "unit": {"unitNumber": 1}})
    assert answer.status_code == 201
    doc = answer.json()
    assert (doc["inventory"]["packageVolume"], doc["inventory"]["recommendedCostPrice"]) == (1.5, 75)
    assert (doc["inventory"]["inStock"], doc["inventory"]["available"]) == (0, 0)
    assert "costPrice" not in doc
    assert doc["unit"]["name"] == "stk."
    assert doc["productGroup"]["inventoryEnabled"] is True
    assert doc["lastUpdated"].endswith(":00Z")


def test_without_the_module_there_is_no_stock_but_a_cost_price(api: httpx.Client) -> None:
    api.put("/_sandbox/agreement", json={"inventory": "off"})
    doc = api.post("/products", json=new_product("p-1", costPrice=5)).json()
    assert doc["costPrice"] == 5
    assert "inventory" not in doc
    assert doc["productGroup"]["inventoryEnabled"] is False
    assert [module["moduleNumber"] for module in api.get("/self").json()["modules"]] == [14]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"productNumber": "x" * 26}, ("productNumber", "E04300")),
        ({"productNumber": ""}, ("productNumber", "E04300")),
        ({"productNumber": 7}, ("productNumber", "E04300")),
        ({"name": "x" * 301}, ("name", "E04300")),
        ({"salesPrice": 1.001}, ("salesPrice", "E04740")),
        ({"salesPrice": "1"}, ("salesPrice", "E04300")),
        ({"unit": {"unitNumber": 99}}, ("unit", "E07110")),
        ({"productGroup": {"productGroupNumber": 99}}, ("productGroup", "E07160")),
        ({"productNumber": "shipping"}, ("productNumber", "E06010")),
    ],
)
def test_refusals(api: httpx.Client, body: Doc, problem: tuple[str, str]) -> None:
    assert problems(api.post("/products", json={**new_product("p-1"), **body})) == [problem]


@pytest.mark.parametrize(
    ("number", "segment"),
    [
        ("123132_2", "123132_8_2"),
        ("TEST-19:34", "TEST-19_4_34"),
        ("a/b.c d+e", "a_6_b_11_c_9_d_13_e"),
        ("Ø<>*%&\\?#", "%C3%98_0__1__2__3__5__7__10__12_"),
        ('5"', "5%22"),
    ],
)
def test_numbers_in_addresses_have_their_own_encoding(api: httpx.Client, number: str, segment: str) -> None:
    answer = api.post("/products", json=new_product(number))
    assert answer.headers["location"].endswith(f"/products/{segment}")
    assert api.get(f"/products/{segment}").json()["productNumber"] == number


def test_percent_encoding_alone_finds_nothing(api: httpx.Client) -> None:
    api.post("/products", json=new_product("a/b"))
    assert api.get("/products/a%2Fb").status_code == 404


def test_put_keeps_the_stock_and_clears_the_rest(api: httpx.Client, goods: Doc) -> None:
    api.put("/_sandbox/stock/24-MB01", json={"inStock": 7})
    api.put("/products/24-MB01", json=new_product("24-MB01", barCode="123"))
    doc = api.put("/products/24-MB01", json=new_product("24-MB01")).json()
    assert doc["inventory"]["inStock"] == 7
    assert "barCode" not in doc
    assert api.put("/products/new", json=new_product("new")).status_code == 201


def test_a_product_on_a_document_stays(api: httpx.Client, customer: Doc, goods: Doc) -> None:
    api.post("/orders/drafts", json=new_draft(line("24-MB01")))
    assert problems(api.delete("/products/24-MB01"))
    api.delete("/orders/drafts/1")
    assert api.delete("/products/24-MB01").status_code == 204
    assert api.delete("/products/24-MB01").json()["errorCode"] == "E06000"


def test_stock_is_set_from_outside(api: httpx.Client) -> None:
    api.post("/products", json=new_product("a/b 1"))
    answer = api.put("/_sandbox/stock/a%2Fb%201", json={"inStock": 10, "orderedByCustomers": 3})
    assert answer.json()["available"] == 7
    assert api.get("/products/a_6_b_9_1").json()["inventory"]["available"] == 7
    assert api.put("/_sandbox/stock/nope", json={"inStock": 1}).status_code == 404
    assert api.put("/_sandbox/stock/shipping", json={"onShelf": 1}).status_code == 400


def test_the_seed_has_the_service_products_only(api: httpx.Client) -> None:
    found = {
        doc["productNumber"]: doc["productGroup"]["productGroupNumber"]
        for doc in api.get("/products").json()["collection"]
    }
    assert found == {"shipping": 2, "discount": 2, "fee": 2, "refund": 2, "rounding-vat": 2, "rounding": 3}


_SEEDED = ("shipping", "discount", "fee", "refund", "rounding-vat", "rounding")
_numbers = st.text(st.characters(codec="utf-8"), min_size=1, max_size=25).filter(lambda n: n not in _SEEDED)
_ESCAPED = str.maketrans({"$": "$$", "(": "$(", ")": "$)", "*": "$*", ",": "$,"})


@given(number=_numbers)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(number="_8_")
@example(number="a/b.c?d#e+f%20 \\<>:&*_")
@example(number="..")
@example(number="æ\n\t\0ø")
def test_any_number_can_be_found_again(api: httpx.Client, number: str) -> None:
    made = api.post("/products", json=new_product(number, 2)).raise_for_status().json()
    try:
        assert made["productNumber"] == number
        assert api.get(made["self"]).json()["productNumber"] == number
        found = api.get("/products", params={"filter": f"productNumber$eq:{number.translate(_ESCAPED)}"}).json()
        assert number in [row["productNumber"] for row in found["collection"]]
    finally:
        assert api.delete(made["self"]).status_code == 204
