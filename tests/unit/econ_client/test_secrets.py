"""The two tokens, and what people typed, are nowhere but on the wire."""

from __future__ import annotations

import copy
import logging
import pickle
import traceback
from collections.abc import Callable

import httpx
import pytest

from econ_client import requests
from econ_client.answers import Call
from econ_client.client import Economic
from econ_client.errors import EconomicError
from econ_client.filters import field
from econ_client.requests import WriteRequest
from tests.unit.econ_client.fake import Table, economic, refused
from tests.unit.econ_client.test_requests import CUSTOMER

TOKENS = ("secret-app-token", "secret-grant-token")
EMAIL = "a@b" + ".dk"
PEOPLE = ("Ærø", EMAIL, "87654321", "Baghuset")


def broken(_: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout(f"{TOKENS[0]} {EMAIL}")


def unreached(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError(f"{TOKENS[1]} {EMAIL}")


def echo(request: httpx.Request) -> httpx.Response:
    """A proxy that answers with what it was sent."""
    headers = "".join(f"<p>{name}: {value}</p>" for name, value in request.headers.items())
    return httpx.Response(502, html=headers + request.content.decode())


def complaint(request: httpx.Request) -> httpx.Response:
    """e-conomic repeats what was typed into the field that it complains of."""
    found = {"errorMessage": "'Søren Ærø' is wrong", "errorCode": "E04300", "inputValue": "Søren Ærø"}
    return refused(400, message="Failed: Søren Ærø", errors={"name": {"errors": [found]}})


def forbidden(request: httpx.Request) -> httpx.Response:
    return refused(401, message=f"Unknown token {request.headers['X-AppSecretToken']}")


ENDINGS: list[Callable[[httpx.Request], httpx.Response]] = [broken, unreached, echo, complaint]


@pytest.mark.parametrize("handler", ENDINGS, ids=lambda handler: handler.__name__)
def test_no_error_log_line_pickle_or_delivery_tells_a_secret(
    handler: Callable[[httpx.Request], httpx.Response], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    calls: list[Call] = []
    client = economic(handler, on_call=calls.append)
    said: list[str] = [repr(client), str(client)]
    for ask in (
        lambda: client.send(requests.create_customer(CUSTOMER), "key"),
        lambda: list(client.customers(field("/customers", "email").contains(EMAIL))),
        lambda: client.customers_by_email(EMAIL),
    ):
        with pytest.raises(EconomicError) as caught:
            ask()
        error = caught.value
        again = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own
        assert str(again) == str(error)
        said += [str(error), repr(error), repr(error.__dict__), str(pickle.dumps(error))]
        said += ["".join(traceback.format_exception(error)), str(error.__cause__), str(error.__context__)]
    said += [repr(call) for call in calls] + [caplog.text]
    assert len(calls) == 3
    hidden = [secret for secret in (*TOKENS, *PEOPLE) if any(secret in text for text in said)]
    assert hidden == []


def test_a_refused_token_is_not_repeated() -> None:
    with pytest.raises(EconomicError) as caught:
        economic(forbidden).self_()
    assert TOKENS[0] not in str(caught.value) + repr(caught.value) + repr(caught.value.__dict__)


def test_a_client_is_neither_pickled_nor_copied() -> None:
    client = economic(Table({}))
    for duplicate in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="tokens") as caught:
            duplicate(client)
        assert not any(token in str(caught.value) for token in TOKENS)


def test_a_write_shows_where_it_goes_and_not_what_it_says() -> None:
    request: WriteRequest = requests.create_customer(CUSTOMER)
    assert repr(request) == "WriteRequest(method='POST', path='/customers')"


@pytest.mark.parametrize("token", ["with space", "", "line\nbreak", "æ"])
def test_a_wrong_token_is_not_repeated_either(token: str) -> None:
    with pytest.raises(ValueError) as caught:
        Economic("https://api.example", token, "demo")
    assert not token or token not in str(caught.value)
