from __future__ import annotations

import httpx
import pytest

from tests.integration.sandbox.conftest import Doc, line, new_draft, new_product, problems

pytestmark = pytest.mark.usefixtures("customer")


def test_send_lock_and_take_back(api: httpx.Client) -> None:
    order = api.post("/orders/drafts", json=new_draft()).json()
    sent = api.post("/orders/sent", json=order)
    assert (sent.status_code, sent.json()["orderNumber"]) == (201, 1)
    assert api.get("/orders/drafts/1").status_code == 404
    assert problems(api.put("/orders/drafts/1", json=new_draft())) == [("orderNumber", "E06010")]
    back = api.post("/orders/drafts", json=sent.json())
    assert (back.status_code, back.json()["orderNumber"]) == (201, 1)
    assert api.get("/orders/sent/1").status_code == 404
    assert api.delete("/orders/drafts/1").status_code == 204


def test_an_order_number_of_a_draft_is_ignored(api: httpx.Client) -> None:
    order = api.post("/orders/drafts", json=new_draft()).json()
    assert api.post("/orders/drafts", json=order).json()["orderNumber"] == 2


def upgrade(api: httpx.Client, state: str) -> httpx.Response:
    answer = api.get(f"/orders/{state}/1/templates/upgrade-instructions/draftInvoice")
    document: Doc = answer.json()["draftInvoice"]
    document.pop("metaData")
    for found in document["lines"]:
        found.pop("metaData")
    return api.post("/invoices/drafts", json=document)


def test_upgrading_a_sent_order_archives_it(api: httpx.Client) -> None:
    order = api.post("/orders/drafts", json=new_draft(references={"other": "DK-1"})).json()
    api.post("/orders/sent", json=order)
    made = upgrade(api, "sent")
    assert made.status_code == 201
    assert made.json()["references"]["other"] == "DK-1"
    assert api.get("/orders/sent/1").status_code == 404
    archived = api.get("/orders/archived/1").json()
    assert archived["references"]["other"] == "DK-1"
    assert "lastUpdated" not in archived


def test_the_older_number_is_another(api: httpx.Client) -> None:
    """As recorded: the handle of the older API is not the order's number, and stays with the order."""
    order = api.post("/orders/drafts", json=new_draft()).json()
    handle = order["soap"]["orderHandle"]["id"]
    assert handle != order["orderNumber"]
    sent = api.post("/orders/sent", json=order).json()
    assert sent["soap"]["orderHandle"]["id"] == handle
    found = api.get(f"/orders/sent?filter=soap.orderHandle.id$eq:{handle}").json()["collection"]
    assert [row["orderNumber"] for row in found] == [order["orderNumber"]]
    link = sent["templates"]["upgradeInstructions"]
    assert link.endswith("/templates/upgrade-instructions/draftInvoice")
    assert api.get(sent["templates"]["self"]).json()["upgradeInstructions"] == link


def test_upgrading_a_draft_leaves_it(api: httpx.Client) -> None:
    api.post("/orders/drafts", json=new_draft())
    assert upgrade(api, "drafts").status_code == 201
    assert api.get("/orders/drafts/1").status_code == 200


def test_orders_may_be_refused_with_inventory(api: httpx.Client) -> None:
    api.put("/_sandbox/agreement", json={"orders": "refused"})
    assert api.post("/orders/drafts", json=new_draft()).status_code == 403
    assert api.get("/orders/drafts").status_code == 200
    assert api.post("/invoices/drafts", json=new_draft()).status_code == 201
    api.put("/_sandbox/agreement", json={"inventory": "off"})
    assert api.post("/orders/drafts", json=new_draft()).status_code == 201


def test_orders_may_reserve_stock(api: httpx.Client) -> None:
    api.post("/products", json=new_product("bag"))
    api.put("/_sandbox/stock/bag", json={"inStock": 10})
    api.post("/orders/drafts", json=new_draft(line("bag", 3)))
    assert api.get("/products/bag").json()["inventory"]["available"] == 10
    api.put("/_sandbox/agreement", json={"orders_reserve": True})
    order = api.post("/orders/drafts", json=new_draft(line("bag", 1))).json()
    stock = api.get("/products/bag").json()["inventory"]
    assert (stock["inStock"], stock["orderedByCustomers"], stock["available"]) == (10, 4, 6)
    api.delete(f"/orders/drafts/{order['orderNumber']}")
    assert api.get("/products/bag").json()["inventory"]["available"] == 7


def test_lists_of_links(api: httpx.Client) -> None:
    assert set(api.get("/orders").json()) == {"drafts", "sent", "archived", "self"}
    assert set(api.get("/invoices").json()) >= {"drafts", "booked", "paid", "unpaid", "overdue", "notDue", "self"}
