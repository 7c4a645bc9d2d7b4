from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdc.load_lines import parse_options
from cdc.php import DEEPEST, php_value


def serialized(value: Any) -> str:
    """As PHP writes it."""
    if value is None:
        return "N;"
    if isinstance(value, bool):
        return f"b:{int(value)};"
    if isinstance(value, int):
        return f"i:{value};"
    if isinstance(value, Decimal):
        return f"d:{value};"
    if isinstance(value, str):
        return f's:{len(value.encode())}:"{value}";'
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    return f"a:{len(value)}:{{" + "".join(serialized(k) + serialized(v) for k, v in pairs) + "}"


ATOMS = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text(st.characters(blacklist_categories=["Cs"]))
    | st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9)
)
KEYS = st.text(st.characters(blacklist_categories=["Cs"])).filter(lambda key: key != "0")
VALUES = st.recursive(
    ATOMS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, min_size=1, max_size=4)
)


@given(VALUES)
def test_what_php_writes_is_read_back(value: Any) -> None:
    assert php_value(serialized(value)) == value


@given(VALUES, st.data())
def test_what_is_cut_short_is_damaged(value: Any, data: st.DataObject) -> None:
    whole = serialized(value)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(ValueError, match=r"."):
        php_value(whole[:cut])


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("b:1;", 1),
        ("d:2.5;", Decimal("2.5")),
        ("d:1.0E-5;", Decimal("0.00001")),
        ("d:-INF;", "-INF"),
        ('a:2:{i:3;s:1:"a";i:4;s:3:"ø\'";}', {"3": "a", "4": "ø'"}),
        ('a:1:{s:6:"qty"";";s:1:"2";}', {'qty"";': "2"}),
        ("a:0:{}", []),
    ],
)
def test_odd_values(stored: str, expected: object) -> None:
    assert php_value(stored) == expected


@pytest.mark.parametrize(
    "stored",
    [
        "",
        'O:8:"stdClass":1:{s:1:"a";i:1;}',
        'C:11:"ArrayObject":2:{a:}',
        "a:1:{i:0;R:1;}",
        'a:1:{i:0;O:8:"stdClass":0:{}}',
        "a:999999999:{",
        "a:1:{a:0:{}i:1;}",
        "a:1:{d:1.5;i:1;}",
        's:2:"ø',
        's:1:"ø";',
        's:9:"short";',
        "i:1;i:2;",
        "i:;",
        "d:1.2.3;",
        "a:1:{i:0;" * 5000 + "i:1;" + "}" * 5000,
    ],
)
def test_what_is_damaged_or_an_object_is_refused(stored: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        php_value(stored)
    assert parse_options(stored) == {}


def test_arrays_may_be_as_deep_as_that_and_no_deeper() -> None:
    assert php_value("a:1:{i:0;" * DEEPEST + "i:1;" + "}" * DEEPEST)
    with pytest.raises(ValueError, match="inside one another"):
        php_value("a:1:{i:0;" * (DEEPEST + 1) + "i:1;" + "}" * (DEEPEST + 1))


def test_options_of_magento_1_read_like_those_of_magento_2() -> None:
    stored = serialized(
        {
            "info_buyRequest": {"qty": "2", "form_key": "s3cr3t"},
            "attributes_info": [{"label": "Farve", "value": "Rød"}],
            "product_calculations": 0,
        }
    )
    assert parse_options(stored) == {
        "info_buyRequest": {"qty": "2"},
        "attributes_info": [{"label": "Farve", "value": "Rød"}],
        "product_calculations": 0,
    }
