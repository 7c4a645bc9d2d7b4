"""Whatever document is generated: it fits the schemas that e-conomic publishes, or nothing is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft3Validator, ValidationError
from jsonschema.validators import extend
from pydantic import BaseModel

from econ_client import requests, wire
from econ_client.documents import (
    Booking,
    Contact,
    Customer,
    CustomerGroup,
    DeliveryLocation,
    Draft,
    Lines,
    NewAccountingYear,
    PaymentTerms,
    Price,
    Product,
    Unit,
    Voucher,
)
from econ_client.errors import Unsendable
from econ_client.requests import WriteRequest
from tests.unit.econ_client.strategies import documents

SCHEMAS = Path(__file__).resolve().parents[4] / "shared" / "economic" / "schemas"

pytestmark = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="e-conomic's schemas are not beside this checkout")

PRICES = "products.productNumber.pricing.currency-specific-sales-prices"
BUILDERS: list[tuple[type[BaseModel], Callable[[Any], WriteRequest], str]] = [
    (Customer, requests.create_customer, "customers.post"),
    (Customer, lambda c: requests.update_customer(7, c), "customers.customerNo.put"),
    (Contact, lambda c: requests.create_contact(7, c), "customers.customerNumber.contacts.post"),
    (Contact, lambda c: requests.update_contact(7, 3, c), "customers.customerNumber.contacts.contactNumber.put"),
    (
        DeliveryLocation,
        lambda d: requests.create_delivery_location(7, d),
        "customers.customerNumber.delivery-locations.post",
    ),
    (
        DeliveryLocation,
        lambda d: requests.update_delivery_location(7, 3, d),
        "customers.customerNumber.delivery-locations.deliveryLocationNumber.put",
    ),
    (CustomerGroup, requests.create_customer_group, "customer-groups.post"),
    (CustomerGroup, requests.update_customer_group, "customer-groups.customergroupnumber.put"),
    (Product, requests.create_product, "products.post"),
    (Product, lambda p: requests.update_product("a", p), "products.productNumber.put"),
    (Price, lambda p: requests.create_price("a", p), f"{PRICES}.post"),
    (Price, lambda p: requests.update_price("a", p), f"{PRICES}.currencyCode.put"),
    (Unit, requests.create_unit, "units.post"),
    (Unit, lambda u: requests.update_unit(3, u), "units.unitNumber.put"),
    (PaymentTerms, requests.create_payment_terms, "payment-terms.post"),
    (PaymentTerms, lambda t: requests.update_payment_terms(3, t), "payment-terms.paymentTermsNumber.put"),
    (NewAccountingYear, requests.create_accounting_year, "accounting-years.post"),
    (Draft, requests.create_order_draft, "orders.drafts.post"),
    (
        Draft,
        lambda d: requests.update_order_draft(3, d, dict.fromkeys(_units(d), "stk.")),
        "orders.drafts.orderNumber.put",
    ),
    (Draft, requests.create_invoice_draft, "invoices.drafts.post"),
    (Draft, lambda d: requests.update_invoice_draft(3, d), "invoices.drafts.draftInvoiceNumber.put"),
    (Lines, lambda added: requests.add_lines(3, added.lines), "invoices.drafts.draftInvoiceNumber.lines.post"),
    (Booking, requests.book, "invoices.booked.post"),
    (Voucher, lambda v: requests.create_voucher(1, v), "journals.journalNumber.vouchers.post"),
]
CASES = pytest.mark.parametrize(
    ("model", "build", "schema"), BUILDERS, ids=lambda value: value if type(value) is str else ""
)
FEW = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def _units(draft: Draft) -> set[int]:
    return {line.unit.unit_number for line in draft.lines if line.unit is not None}


def _decimals(_: Any, most: int, value: Any, __: Any) -> Any:
    if isinstance(value, Decimal) and value != round(value, most):
        yield ValidationError(f"{value} has more than {most} decimals")


_Validator = extend(Draft3Validator, {"maxDecimal": _decimals, "maxDecimals": _decimals})  # type: ignore[no-untyped-call]


@cache
def _published(schema: str) -> Any:
    return _Validator(json.loads((SCHEMAS / f"{schema}.schema.json").read_text()))


def _problems(schema: str, request: WriteRequest) -> list[str]:
    found = _published(schema).iter_errors(wire.decode(request.body))
    return [f"{'.'.join(map(str, problem.absolute_path))}: {problem.message}" for problem in found]


@CASES
@FEW
@given(data=st.data())
def test_what_fits_is_sent_as_the_schema_wants_it(
    model: type[BaseModel], build: Callable[[Any], WriteRequest], schema: str, data: st.DataObject
) -> None:
    assert _problems(schema, build(data.draw(documents(model, fitting=True)))) == []


@CASES
@FEW
@given(data=st.data())
def test_what_the_schema_refuses_is_never_sent(
    model: type[BaseModel], build: Callable[[Any], WriteRequest], schema: str, data: st.DataObject
) -> None:
    document = data.draw(documents(model, fitting=False))
    try:
        request = build(document)
    except Unsendable as error:
        refused = [problem.path for problem in error.problems]
        assert refused  # both endings are right
        assert all(refused)
    else:
        assert _problems(schema, request) == []
