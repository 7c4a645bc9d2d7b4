from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econ_client import problems

RECORDED = Path(__file__).resolve().parents[4] / "shared" / "economic" / "error_bodies"


def read(body: Any) -> problems.Said:
    return problems.read(json.dumps(body).encode())


def leaf(name: str, code: str, message: str, value: Any = None) -> dict[str, Any]:
    return {
        "propertyName": name,
        "errorCode": code,
        "errorMessage": message,
        "inputValue": value,
        "developerHint": f"Look at {name}.",
    }


def test_an_object_mirrors_the_request() -> None:
    said = read(
        {
            "message": "Validation failed. 2 errors found.",
            "errorCode": "E04300",
            "developerHint": "Correct it.",
            "logId": "ab-CPH",
            "httpStatusCode": 400,
            "errors": {
                "layout": {"errors": [leaf("layout", "E07999", "Layout '7' not found.", 7)]},
                "lines": {
                    "items": [
                        {"arrayIndex": 3, "product": {"errors": [leaf("Product", "E06820", "Barred.", "sku")]}},
                        {"arrayIndex": 5, "errors": [leaf("quantity", "E04730", "Quantity missing.")]},
                    ]
                },
            },
        }
    )
    assert [(p.path, p.code) for p in said.problems] == [
        ("layout", "E07999"),
        ("lines[3].product", "E06820"),
        ("lines[5].quantity", "E04730"),
    ]
    assert (said.code, said.telling_code, said.log_id, said.hint) == ("E04300", "E07999", "ab-CPH", "Correct it.")
    assert said.problems[0].hint == "Look at layout."
    assert str(said.problems[0]) == "layout: Layout '7' not found (E07999)"
    assert said.own


def test_an_array_for_bulk_bodies() -> None:
    said = read(
        {
            "errorCode": "E04300",
            "errors": [
                {
                    "arrayIndex": 0,
                    "account": {"errors": [leaf("account", "E04041", "Not found.", "9999")]},
                    "entries": {
                        "items": [{"arrayIndex": 10, "Account": {"errors": [leaf("Account", "E07150", "No.")]}}]
                    },
                }
            ],
        }
    )
    assert [p.path for p in said.problems] == ["[0].account", "[0].entries[10].account"]


def test_an_array_of_strings() -> None:
    said = read({"message": "Could not parse filter.", "logId": "x", "errors": ["Not allowed on 'bogus'."]})
    assert [str(p) for p in said.problems] == ["Not allowed on 'bogus'"]


def test_older_keys() -> None:
    said = read({"errors": {"ean": {"errors": [{"propertyName": "ean", "message": "Bad '57'.", "value": "57"}]}}})
    assert said.problems[0].path == "ean"
    assert "57" not in said.problems[0].message


def test_problem_json() -> None:
    said = read(
        {
            "type": "x",
            "title": "Validation failed.",
            "status": 400,
            "detail": "See errors.",
            "traceId": "tr-1",
            "errorCode": "Invalid",
            "errors": [{"message": "Too long.", "errorCode": "TooLong", "property": "otherReference"}],
        }
    )
    assert (said.message, said.log_id, said.code) == ("Validation failed. See errors.", "tr-1", "Invalid")
    assert str(said.problems[0]) == "otherReference: Too long (TooLong)"


def test_fields_with_plain_texts() -> None:
    said = read({"errors": {"name": ["Too long.", "Odd."], "zip": "Bad."}})
    assert [str(p) for p in said.problems] == ["name: Too long", "name: Odd", "zip: Bad"]


@pytest.mark.parametrize("body", [b"", b"<html>no</html>", b"\xff", b"nope", b'{"a":'])
def test_no_json(body: bytes) -> None:
    said = problems.read(body)
    assert not said.json
    assert not said.own


@pytest.mark.parametrize("body", [[], "text", 7, None, {}, {"errors": None}, {"errors": 7}, {"errors": {"x": {}}}])
def test_json_that_says_nothing(body: Any) -> None:
    said = read(body)
    assert said.json
    assert not said.own
    assert said.problems == ()


def test_what_people_typed_is_not_repeated() -> None:
    said = read(
        {
            "message": "Name Jens O'Brien is bad, mail jens@example.dk too",
            "errorCode": "E04300",
            "developerHint": "Try another than JENS O'BRIEN",
            "errors": {
                "name": {"errors": [leaf("name", "E1", "'Jens O'Brien' is no name.", "Jens O'Brien")]},
                "address": {"errors": [leaf("address", "E2", 'Address "Vej 1" is bad.')]},
                "email": {"errors": [leaf("email", "E3", "jens@example.dk?", "jens@example.dk")]},
                "recipient": {"errors": [leaf("recipient", "E4", "Vesterbro 9?", {"address": "Vesterbro 9"})]},
                "zip": {"errors": [leaf("zip", "E5", "8000 is not as in 18000.", "8000")]},
                "city": {"errors": [leaf("city", "E6", "By is bad: nearby.", "by")]},
            },
        }
    )
    text = repr(said)
    for secret in ("Brien", "BRIEN", "Vej 1", "example.dk", "Vesterbro"):
        assert secret not in text
    assert said.problems[5].message == "… is bad: nearby."


def test_numbers_and_codes_are_shown() -> None:
    said = read(
        {
            "errors": {
                "customer": {"errors": [leaf("customer", "E06820", "Customer '42' is barred.", 42)]},
                "currency": {"errors": [leaf("currency", "E1", "Currency 'XYZ' is unknown.", "XYZ")]},
            }
        }
    )
    assert [p.message for p in said.problems] == ["Customer '42' is barred.", "Currency 'XYZ' is unknown."]


def test_long_texts_are_cut() -> None:
    assert len(read({"message": "x" * 9000, "logId": "a"}).message) == problems.LONGEST_TEXT


@pytest.mark.parametrize("text", ["x" * 1_000_000, "'a" * 300_000, "a@" * 300_000])
def test_a_text_of_any_length_is_read_at_once(text: str) -> None:
    started = time.monotonic()
    said = read({"message": text, "errors": {"name": {"errors": [leaf("name", "E1", text, "Bo")]}}})
    assert len(said.message) <= problems.LONGEST_TEXT
    assert len(said.problems[0].message) <= problems.LONGEST_TEXT
    assert time.monotonic() - started < 10


def test_what_people_typed_is_not_shown_where_a_long_text_was_cut() -> None:
    typed = "Åse Nørgård"
    message = typed * (problems.LONGEST_READ // len(typed)) + typed
    said = read({"message": message, "errors": {"name": {"errors": [leaf("name", "E1", "Too long.", typed)]}}})
    assert not set("Åse") & set(said.message)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["errors", "items", "arrayIndex", "message", "errorMessage", "errorCode", "propertyName",
                         "inputValue", "value", "lines", "logId", "title"]), inner, max_size=4
    ),
    max_leaves=20,
)  # fmt: skip


@given(json_values)
def test_any_shape_is_read(body: Any) -> None:
    read(body)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded answers are not beside this checkout")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("omniboost_1.json", [("[0].account", "E04041"), ("[0].entries[10].account", "E07150")]),
        ("omniboost_2.json", [("customerGroup", "E07140")]),
        ("omniboost_3.json", [("[0].entries[4].customer", "E06820")]),
        ("pogoe_filter_rejected_400.json", [("", "")]),
        ("pogoe_openapi_404.json", []),
        ("villyib_ResponseNotFound.json", [("paymentTerms", "E07080"), ("paymentTermsType", "E07180")]),
    ],
)
def test_recorded_answers_are_understood(name: str, expected: list[tuple[str, str]]) -> None:
    said = problems.read((RECORDED / name).read_bytes())
    assert [(p.path, p.code) for p in said.problems] == expected
    assert said.own
    assert said.log_id


def test_a_thousand_bad_lines_are_read_at_once() -> None:
    items = [
        {"arrayIndex": n, "description": {"errors": [leaf("description", "E1", f"Line text {n} is bad", f"text {n}")]}}
        for n in range(1000)
    ]
    said = read({"errorCode": "E04300", "errors": {"lines": {"items": items}}})
    assert len(said.problems) == 1000
    assert said.problems[999].path == "lines[999].description"
    assert "text" not in said.problems[999].message
