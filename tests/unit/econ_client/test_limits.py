from __future__ import annotations

import pickle
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econ_client import requests, wire
from econ_client.documents import Contact, CurrencyRef, CustomerRef, DraftInvoiceRef, Line, Price, ProductRef, Unit
from econ_client.documents.sales import Booking
from econ_client.errors import Rejected, Unsendable
from econ_client.requests import WriteRequest
from tests.unit.econ_client.test_requests import CUSTOMER, DRAFT, PRODUCT


def with_line(**values: Any) -> WriteRequest:
    return requests.create_invoice_draft(DRAFT.model_copy(update={"lines": (DRAFT.lines[1], Line(**values))}))


@pytest.mark.parametrize(
    ("build", "path", "code"),
    [
        (lambda: with_line(unit_net_price=Decimal("1.001")), "lines[1].unitNetPrice", "E04740"),
        (lambda: with_line(quantity=Decimal("0.333")), "lines[1].quantity", "E04740"),
        (lambda: with_line(discount_percentage=Decimal("33.333")), "lines[1].discountPercentage", "E04740"),
        (lambda: with_line(product=ProductRef(product_number="x" * 26)), "lines[1].product.productNumber", "E04300"),
        (lambda: with_line(line_number=0), "lines[1].lineNumber", "E04300"),
        (
            lambda: requests.create_order_draft(DRAFT.model_copy(update={"exchange_rate": Decimal("745.1234567")})),
            "exchangeRate",
            "E04740",
        ),
        (
            lambda: requests.create_order_draft(DRAFT.model_copy(update={"customer": CustomerRef(customer_number=0)})),
            "customer.customerNumber",
            "E04300",
        ),
        (
            lambda: requests.create_product(PRODUCT.model_copy(update={"sales_price": Decimal("9.999")})),
            "salesPrice",
            "E04740",
        ),
        (lambda: requests.create_customer(CUSTOMER.model_copy(update={"name": ""})), "name", "E04300"),
        (lambda: requests.create_customer(CUSTOMER.model_copy(update={"city": "x" * 51})), "city", "E04300"),
        (lambda: requests.create_contact(7, Contact(name="x" * 256)), "name", "E04300"),
        (lambda: requests.create_unit(Unit(name="x" * 101)), "name", "E04300"),
        (
            lambda: requests.create_price("a", Price(price=Decimal("1.234"), currency=CurrencyRef(code="EUR"))),
            "price",
            "E04740",
        ),
        (
            lambda: requests.create_price("a", Price(price=Decimal(1), currency=CurrencyRef(code="E1R"))),
            "currency.code",
            "E04300",
        ),
        (
            lambda: requests.book(Booking(draft_invoice=DraftInvoiceRef(draft_invoice_number=9), book_with_number=0)),
            "bookWithNumber",
            "E04300",
        ),
        (
            lambda: requests.update_product("a", {"productNumber": "a", "salesPrice": Decimal("9.999")}),
            "salesPrice",
            "E04740",
        ),
    ],
)
def test_what_a_field_does_not_take_is_refused_by_name(build: Callable[[], WriteRequest], path: str, code: str) -> None:
    with pytest.raises(Unsendable) as caught:
        build()
    error = caught.value
    assert [(problem.path, problem.code) for problem in error.problems] == [(path, code)]
    assert path in str(error)
    assert "Nothing was sent" in str(error)
    assert (error.retryable, error.status, error.code) == (False, None, code)
    assert isinstance(error, Rejected)


def test_no_value_is_repeated() -> None:
    with pytest.raises(Unsendable) as caught:
        requests.create_customer(CUSTOMER.model_copy(update={"name": "Hemmelig" * 60, "mobile_phone": "12345678" * 9}))
    for text in (str(caught.value), repr(caught.value), str(caught.value.problems)):
        assert "Hemmelig" not in text
        assert "12345678" not in text
    assert len(caught.value.problems) == 2


def test_an_error_survives_a_pickle() -> None:
    with pytest.raises(Unsendable) as caught:
        with_line(quantity=Decimal("0.333"))
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  # our own
    assert (str(again), again.problems, again.code) == (str(caught.value), caught.value.problems, "E04740")


@given(st.decimals(-10_000, 10_000, places=2), st.integers(0, 6))
def test_zeros_behind_the_allowed_decimals_are_dropped_and_nothing_else(amount: Decimal, zeros: int) -> None:
    spelled = Decimal(f"{amount}{'0' * zeros}")
    body = requests.update_product("a", {"productNumber": "a", "salesPrice": spelled}).body
    assert wire.decode(body)["salesPrice"] == amount
    assert len(str(wire.decode(body)["salesPrice"]).partition(".")[2]) == 2


def test_what_e_conomic_answered_goes_back_as_it_came() -> None:
    """A text that is longer than the published limit was taken there before; only our own words are measured."""
    body = requests.update_customer(7, {"customerNumber": 7, "zip": "x" * 40}).body
    assert wire.decode(body) == {"customerNumber": 7, "zip": "x" * 40}
