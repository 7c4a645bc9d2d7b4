"""Every property that an answer's model names is one that e-conomic publishes for that resource."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from econ_client import documents as d
from econ_client import wire

SCHEMAS = Path(__file__).resolve().parents[4] / "shared" / "economic" / "schemas"

pytestmark = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="e-conomic's schemas are not beside this checkout")

ANSWERS: dict[str, type[BaseModel]] = {
    "self": d.Self,
    "customers.customerNumber": d.CustomerAnswer,
    "customers.customerNumber.contacts.contactNumber": d.ContactAnswer,
    "customers.customerNumber.delivery-locations.deliveryLocationNumber": d.DeliveryLocationAnswer,
    "customer-groups.customerGroupNumber": d.CustomerGroupAnswer,
    "products.productNumber": d.ProductAnswer,
    "products.productNumber.pricing.currency-specific-sales-prices.currencyCode": d.PriceAnswer,
    "product-groups.productGroupNumber": d.ProductGroupAnswer,
    "units.unitNumber": d.UnitAnswer,
    "vat-zones.vatZoneNumber": d.VatZone,
    "payment-terms.paymentTermsNumber": d.PaymentTermsAnswer,
    "layouts.layoutNumber": d.Layout,
    "currencies.code": d.Currency,
    "departments.departmentNumber": d.Department,
    "departmental-distributions.distributions.departmentalDistributionNumber": d.Distribution,
    "employees.employeeNumber": d.Employee,
    "orders.drafts.orderNumber": d.DraftAnswer,
    "orders.sent.orderNumber": d.DraftAnswer,
    "orders.archived.orderNumber": d.DraftAnswer,
    "invoices.drafts.draftInvoiceNumber": d.DraftAnswer,
    "invoices.booked.bookedInvoiceNumber": d.BookedAnswer,
    "invoices.sent.id": d.Sending,
    "journals.journalNumber": d.Journal,
    "journals.journalNumber.entries.entryNumber": d.EntryAnswer,
    "journals.journalNumber.vouchers.accountingYear-voucherNumber": d.VoucherAnswer,
    "accounting-years.accountingYear": d.AccountingYear,
    "accounting-years.accountingYear.periods.accountingYearPeriod": d.Period,
}
ROWS: dict[str, type[BaseModel]] = {
    "customers": d.CustomerAnswer,
    "customers.customerNumber.contacts": d.ContactAnswer,
    "customers.customerNumber.delivery-locations": d.DeliveryLocationAnswer,
    "customer-groups": d.CustomerGroupAnswer,
    "products": d.ProductAnswer,
    "products.productNumber.pricing.currency-specific-sales-prices": d.PriceAnswer,
    "product-groups": d.ProductGroupAnswer,
    "units": d.UnitAnswer,
    "vat-zones": d.VatZone,
    "payment-terms": d.PaymentTermsAnswer,
    "layouts": d.Layout,
    "currencies": d.Currency,
    "departments": d.Department,
    "departmental-distributions": d.Distribution,
    "employees": d.Employee,
    "orders.drafts": d.DraftAnswer,
    "orders.sent": d.DraftAnswer,
    "orders.archived": d.DraftAnswer,
    "invoices.drafts": d.DraftAnswer,
    "invoices.booked": d.BookedAnswer,
    "invoices.paid": d.BookedAnswer,
    "invoices.unpaid": d.BookedAnswer,
    "invoices.overdue": d.BookedAnswer,
    "invoices.not-due": d.BookedAnswer,
    "invoices.sent": d.Sending,
    "journals": d.Journal,
    "journals.journalNumber.entries": d.EntryAnswer,
    "journals.journalNumber.vouchers": d.VoucherAnswer,
    "accounting-years": d.AccountingYear,
    "accounting-years.accountingYear.periods": d.Period,
}
RECORDED = {"Period.barred", "Recipient.mobilePhone"}
"""Answered, or published for the request alone."""


def _single(schema: str) -> Any:
    return json.loads((SCHEMAS / f"{schema}.get.schema.json").read_text())


def _row(schema: str) -> Any:
    return _single(schema)["properties"]["collection"]["items"]


@pytest.mark.parametrize("model", [*dict.fromkeys(ANSWERS.values())])
def test_names_are_published_ones(model: type[BaseModel]) -> None:
    """For some document of the family: orders and invoices share their models."""
    related = d.Draft if issubclass(model, d.Draft) else model
    family = [_single(name) for name, of in ANSWERS.items() if issubclass(of, related)]
    assert set(_unknown(model, family)) - RECORDED == set()


@pytest.mark.parametrize("schema", ANSWERS)
def test_a_document_needs_nothing_that_is_not_published_for_it(schema: str) -> None:
    assert list(_lacking(ANSWERS[schema], _single(schema), "")) == []


@pytest.mark.parametrize("schema", ROWS)
def test_a_row_needs_nothing_that_is_not_published_for_it(schema: str) -> None:
    assert list(_lacking(ROWS[schema], _row(schema), "")) == []


def _lacking(model: type[BaseModel], published: Any, path: str) -> Iterator[str]:
    properties = published.get("properties", {})
    for name, about in model.model_fields.items():
        alias = about.alias or name
        where = f"{path}.{alias}" if path else alias
        if alias not in properties:
            if about.is_required():
                yield where
            continue
        inner = next(_models(about.annotation), None)
        if inner is not None:
            yield from _lacking(inner, properties[alias].get("items") or properties[alias], where)


def _unknown(model: type[BaseModel], family: list[Any]) -> Iterator[str]:
    for name, about in model.model_fields.items():
        alias = about.alias or name
        found = [one["properties"][alias] for one in family if alias in one.get("properties", {})]
        if not found:
            yield f"{model.__name__}.{alias}"
        inner = next(_models(about.annotation), None)
        if found and inner is not None and inner is not d.EntryAnswer:  # that one is looked at by itself
            yield from _unknown(inner, [one.get("items") or one for one in found])


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if get_origin(annotation) in (Union, UnionType, tuple):
        for part in get_args(annotation):
            yield from _models(part)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation


RECORDED_DRAFT = SCHEMAS.parent / "error_bodies" / "villyib_ResponseCreated.json"


@pytest.mark.skipif(not RECORDED_DRAFT.is_file(), reason="the recorded answer is not beside this checkout")
def test_a_recorded_answer_is_understood() -> None:
    draft = d.DraftAnswer.model_validate(wire.decode(RECORDED_DRAFT.read_bytes()))
    assert draft.number > 0
    assert draft.link
    assert draft.net_amount + draft.vat_amount == draft.gross_amount
    assert sum(line.total_net_amount or 0 for line in draft.lines) == draft.net_amount
