from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from econ_client import advice
from econ_client.errors import (
    Ambiguous,
    EconomicError,
    Forbidden,
    Interrupted,
    NotAuthorised,
    NotFound,
    RateLimited,
    Rejected,
    Retryable,
    Unavailable,
)
from econ_client.refusals import refusal

HTML = b"<html><title>502 Bad Gateway</title></html>"


def own(status: int, **body: Any) -> bytes:
    return json.dumps({"httpStatusCode": status, "logId": "1f2e-CPH", **body}).encode()


@pytest.mark.parametrize(
    ("path", "status", "body", "kind"),
    [
        ("/customers", 400, own(400, errorCode="E04300"), Rejected),
        ("/customers", 400, b"", Ambiguous),
        ("/customers", 400, HTML, Ambiguous),
        ("/customers", 409, own(409), Ambiguous),
        ("/customers", 409, own(409, errorCode="UpdateConflict"), Rejected),
        ("/customers", 405, own(405), Ambiguous),
        ("/customers", 415, own(415), Ambiguous),
        ("/customers", 501, own(501), Rejected),
        ("/customers/7", 404, own(404, message="Resource not found."), NotFound),
        ("/customers/7", 404, b'{"title":"Resource not found.","status":404,"traceId":"a"}', NotFound),
        ("/customers/7", 404, HTML, Ambiguous),
        ("/customers/7", 404, b"", Ambiguous),
        ("/customers/7", 404, b'{"error":"no route"}', Ambiguous),
        ("/customers", 401, own(401), NotAuthorised),
        ("/customers", 401, b"", NotAuthorised),
        ("/customers", 400, own(400, errorCode="E02250"), NotAuthorised),
        ("/customers", 500, own(500, errorCode="E02250"), Ambiguous),
        ("/self", 403, own(403), NotAuthorised),
        ("/accounts", 403, own(403), Forbidden),
        ("/accounts", 403, b"", Forbidden),
        ("/accounts", 403, HTML, Ambiguous),
        ("/customers", 429, b"", RateLimited),
        ("/customers", 500, HTML, Ambiguous),
        ("/customers", 500, own(500), Ambiguous),
        ("/customers", 502, b"", Ambiguous),
        ("/customers", 503, HTML, Ambiguous),
        ("/customers", 408, b"", Ambiguous),
        ("/customers", 302, b"", Ambiguous),
    ],
)
def test_each_answer_has_its_class(path: str, status: int, body: bytes, kind: type[EconomicError]) -> None:
    error = refusal("GET", path, status, body)
    assert type(error) is kind
    assert error.status == status
    assert error.advice
    assert f"{status} to GET {path}" in str(error)


def test_retry_is_a_fact_of_the_class() -> None:
    assert [kind.retryable for kind in (RateLimited, Unavailable, Interrupted, Ambiguous, Retryable)] == [True] * 5
    assert not any(kind.retryable for kind in (Rejected, NotFound, NotAuthorised, Forbidden, EconomicError))


def test_an_error_carries_everything_that_was_said() -> None:
    problem = {"propertyName": "customer", "errorMessage": "Customer '42' is barred.", "errorCode": "E06820"}
    body = own(400, errorCode="E04300", developerHint="Inspect.", errors={"customer": {"errors": [problem]}})
    error = refusal("POST", "/invoices/drafts", 400, body, from_cache=True)
    assert (error.code, error.hint, error.log_id, error.from_cache) == ("E06820", "Inspect.", "1f2e-CPH", True)
    assert [p.path for p in error.problems] == ["customer"]
    assert str(error) == (
        "e-conomic answered 400 to POST /invoices/drafts: customer: Customer '42' is barred (E06820). "
        '[logId 1f2e-CPH] The customer is barred in e-conomic. Remove the mark "barred" (spærret) there, or let the '
        "profile use another, then retry."
    )


def test_without_a_log_id_in_the_body_the_header_stands_in() -> None:
    assert refusal("GET", "/x", 502, HTML, log_id="ray-CPH").log_id == "ray-CPH"


def test_many_problems_are_summed_up_but_kept() -> None:
    errors = {f"f{n}": {"errors": [{"errorMessage": f"Bad {n}.", "errorCode": "E04042"}]} for n in range(9)}
    error = refusal("POST", "/customers", 400, own(400, errorCode="E04300", errors=errors))
    assert len(error.problems) == 9
    assert "; and 5 more" in str(error)


def test_rate_limits_always_say_how_long() -> None:
    assert refusal("GET", "/x", 429, b"", retry_after=7.0).retry_after == 7.0
    assert refusal("GET", "/x", 429, b"").retry_after == 10.0
    assert RateLimited().retry_after == 10.0
    assert refusal("GET", "/x", 503, b"", retry_after=9.0).retry_after == 9.0


def test_the_default_message_is_the_class_docstring() -> None:
    assert str(Unavailable()) == "e-conomic could not be reached; nothing was sent."
    assert repr(Rejected("x", status=400, code="E1", log_id="a")) == "Rejected(status=400, code='E1', log_id='a')"


KNOWN = (
    *("E02250", "E04000", "E04041", "E04042", "E04300", "E04500", "E04730", "E04740", "E04760", "E04810", "E06000"),
    *("E06010", "E06151", "E06820", "E07080", "E07140", "E07150", "E07180"),
    *("URLChanged", "ResourceNotFound", "UpdateConflict", "AccessDeniedAgreementMissingModules"),
)


@pytest.mark.parametrize("code", KNOWN)
@pytest.mark.parametrize("path", ["", "lines[0].product", "customer.customerNumber", "odd.field"])
def test_every_known_code_has_advice(code: str, path: str) -> None:
    told = advice.advise(code, path)
    assert told.endswith(".")
    assert "{" not in told


def test_advice_names_what_it_is_about() -> None:
    assert advice.advise("E06820", "lines[2].product").startswith("The product is barred")
    assert advice.advise("E06820", "customer.customerNumber").startswith("The customer is barred")
    assert advice.advise("E07999", "layout").startswith("The layout that is named does not exist")


def test_unknown_codes_fall_back_to_e_conomics_own_hint() -> None:
    assert advice.advise("E99999") == ""
    assert advice.advise_all("E99999", [], "Do it so.") == "Do it so."
    assert advice.advise_all("E99999", []) == "Correct the order or the profile, then retry."


@pytest.mark.parametrize(("method", "path"), [("POST", "/orders/drafts"), ("PUT", "/orders/drafts/7")])
def test_refused_draft_orders_come_with_the_way_to_do_without(method: str, path: str) -> None:
    error = refusal(method, path, 403, own(403, errorCode="AccessDeniedAgreementMissingModules"))
    assert isinstance(error, Forbidden)
    assert "inventory module" in error.advice
    assert "leave the row `then: order` out of the profile's `when`" in error.advice
    assert "leave the row" in refusal(method, path, 403, own(403)).advice


@pytest.mark.parametrize(("method", "path"), [("GET", "/orders/drafts"), ("POST", "/invoices/drafts")])
def test_what_else_is_forbidden_does_not_speak_of_orders(method: str, path: str) -> None:
    assert refusal(method, path, 403, own(403)).advice == advice.ROLE


@pytest.mark.parametrize("status", [408, 409, 500, 503])
def test_what_was_only_read_needs_no_look_up(status: int) -> None:
    assert refusal("GET", "/self", status, b"").advice == advice.READ_AGAIN
    assert refusal("POST", "/customers", status, b"").advice == advice.LOOK_UP


def test_advice_for_later_is_true_of_commands_too() -> None:
    """A service tries again, a command has ended."""
    for text in (advice.LATER, advice.READ_AGAIN, advice.UNREACHED):
        assert "The service tries again by itself; a command has to be repeated." in text


_NAMES = st.sampled_from(("errors", "message", "errorCode", "httpStatusCode", "items", "developerHint", "lines"))
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES | st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@example(300, b'[{"\\n": "0"}]')
@example(500, b'{"errorCode": "E\\n1", "logId": "a\\nb", "errors": [{"errorCode": "E\\n2", "propertyName": "a\\nb"}]}')
@settings(max_examples=200, deadline=None)
@given(st.integers(300, 599), _JSON.map(lambda data: json.dumps(data).encode()) | st.binary(max_size=60))
def test_any_answer_becomes_an_error_that_says_what_to_do(status: int, body: bytes) -> None:
    error = refusal("PUT", "/customers/7", status, body)
    assert f"{status}" in str(error)
    assert error.advice
    assert "\n" not in str(error)
    assert isinstance(error, EconomicError)
