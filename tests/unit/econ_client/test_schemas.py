"""Every body that can be sent, against the schemas that e-conomic publishes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft3Validator

from econ_client import requests, wire
from econ_client.documents import Booking, DraftInvoiceRef, UnitRef
from tests.unit.econ_client.test_client import CUSTOMER as CUSTOMER_ANSWER
from tests.unit.econ_client.test_requests import BOOKING, CUSTOMER, DRAFT, PRODUCT

SCHEMAS = Path(__file__).resolve().parents[4] / "shared" / "economic" / "schemas"

pytestmark = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="e-conomic's schemas are not beside this checkout")

WITH_UNIT = DRAFT.model_copy(
    update={"lines": tuple(line.model_copy(update={"unit": UnitRef(unit_number=1)}) for line in DRAFT.lines)}
)


@pytest.mark.parametrize(
    ("request_", "schema"),
    [
        (requests.create_customer(CUSTOMER), "customers.post"),
        (requests.create_customer(CUSTOMER.model_copy(update={"customer_number": None})), "customers.post"),
        (requests.update_customer(7, CUSTOMER), "customers.customerNo.put"),
        (
            requests.update_customer(
                7, requests.merged(wire.decode(json.dumps(CUSTOMER_ANSWER).encode()), {"name": "New"})
            ),
            "customers.customerNo.put",
        ),
        (requests.create_product(PRODUCT), "products.post"),
        (requests.create_product(PRODUCT.model_copy(update={"unit": UnitRef(unit_number=1)})), "products.post"),
        (requests.update_product("a", PRODUCT), "products.productNumber.put"),
        (requests.create_order_draft(DRAFT), "orders.drafts.post"),
        (requests.create_order_draft(WITH_UNIT), "orders.drafts.post"),
        (requests.update_order_draft(3, DRAFT), "orders.drafts.orderNumber.put"),
        (requests.update_order_draft(3, WITH_UNIT, {1: "stk."}), "orders.drafts.orderNumber.put"),
        (requests.create_invoice_draft(DRAFT), "invoices.drafts.post"),
        (requests.create_invoice_draft(WITH_UNIT), "invoices.drafts.post"),
        (requests.update_invoice_draft(3, DRAFT), "invoices.drafts.draftInvoiceNumber.put"),
        (requests.update_invoice_draft(3, WITH_UNIT), "invoices.drafts.draftInvoiceNumber.put"),
        (requests.book(BOOKING), "invoices.booked.post"),
        (requests.book(Booking(draft_invoice=DraftInvoiceRef(draft_invoice_number=9))), "invoices.booked.post"),
    ],
)
def test_bodies_fit_the_published_schemas(request_: requests.WriteRequest, schema: str) -> None:
    published = json.loads((SCHEMAS / f"{schema}.schema.json").read_text())
    problems = [
        f"{'.'.join(map(str, problem.absolute_path))}: {problem.message}"
        for problem in Draft3Validator(published).iter_errors(wire.decode(request_.body))
    ]
    assert problems == []
