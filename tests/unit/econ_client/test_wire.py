from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econ_client import wire
from econ_client.documents import Customer, CustomerGroupRef, Line, PaymentTermsRef, ProductRef, References, VatZoneRef


def customer(**changed: Any) -> Customer:
    return Customer(
        currency="DKK",
        customer_group=CustomerGroupRef(customer_group_number=1),
        vat_zone=VatZoneRef(vat_zone_number=1),
        payment_terms=PaymentTermsRef(payment_terms_number=1),
        name="Søren Ærø",
        **changed,
    )


def test_a_model_is_camel_case_compact_and_leaves_none_out() -> None:
    assert (
        wire.encode(customer())
        == (
            '{"currency":"DKK","customerGroup":{"customerGroupNumber":1},"vatZone":{"vatZoneNumber":1},'
            '"paymentTerms":{"paymentTermsNumber":1},"name":"Søren Ærø"}'
        ).encode()
    )


def test_amounts_keep_every_digit() -> None:
    line = Line(product=ProductRef(product_number="007"), quantity=Decimal("-1.50"), unit_net_price=Decimal("79.20"))
    body = wire.encode(line)
    assert body == b'{"product":{"productNumber":"007"},"quantity":-1.50,"unitNetPrice":79.20}'
    assert Line.model_validate(wire.decode(body)) == line


def test_amounts_beyond_a_float_survive_both_ways() -> None:
    exact = Decimal("123456789012345.123456")
    body = wire.encode({"exchangeRate": exact})
    assert body == b'{"exchangeRate":123456789012345.123456}'
    assert wire.decode(body)["exchangeRate"] == exact


def test_exponents_are_written_out() -> None:
    assert wire.encode({"a": Decimal("1E+3"), "b": Decimal("-0.00")}) == b'{"a":1000,"b":0.00}'


def test_dates_and_times() -> None:
    copenhagen = datetime.timezone(datetime.timedelta(hours=2))
    body = wire.encode(
        {"due_date": datetime.date(2026, 12, 1), "at": datetime.datetime(2026, 7, 1, 1, 30, tzinfo=copenhagen)}
    )
    assert body == b'{"dueDate":"2026-12-01","at":"2026-06-30T23:30:00Z"}'


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), [1, None], datetime.datetime(2026, 1, 1)])  # noqa: DTZ001
def test_what_has_no_meaning_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        wire.encode({"a": value})


@pytest.mark.parametrize("value", [1.5, {1}, b"x", object()])
def test_types_without_a_form_are_refused_by_place(value: Any) -> None:
    with pytest.raises(TypeError, match=r"body\.lines\[0\]\.price"):
        wire.encode({"lines": [{"price": value}]})


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b'{"name":"Jens', b"[" * 100_000, b"NaN"])
def test_what_is_no_json_is_said_without_repeating_it(body: bytes) -> None:
    with pytest.raises(ValueError, match=rf"the body of {len(body)} bytes is not JSON") as caught:
        wire.decode(body)
    assert caught.value.__context__ is None


def test_numbers_with_a_point_become_decimal() -> None:
    assert wire.decode(b'\xef\xbb\xbf{"a":100.000000,"b":7,"c":1e2}') == {"a": Decimal(100), "b": 7, "c": Decimal(100)}
    assert str(wire.decode(b"100.000000")) == "100.000000"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_survives(text: str) -> None:
    assert wire.decode(wire.encode(References(other=text))) == {"other": text}


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2))
def test_any_amount_survives(amount: Decimal) -> None:
    sent = wire.decode(wire.encode({"a": amount}))["a"]
    assert sent == amount
    assert isinstance(sent, Decimal)
