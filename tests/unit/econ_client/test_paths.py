from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econ_client import paths


@pytest.mark.parametrize(
    ("identifier", "segment"),
    [
        ("123132_2", "123132_8_2"),
        ("TEST-19:34", "TEST-19_4_34"),
        ('19"', "19%22"),
        ("a/b c", "a_6_b_9_c"),
        ("<>*%:&/\\_ ?.#+", "_0__1__2__3__4__5__6__7__8__9__10__11__12__13_"),
        ("Ærø", "%C3%86r%C3%B8"),
        ("_8_", "_8_8_8_"),
        ("..", "_11__11_"),
    ],
)
def test_segments_follow_the_table(identifier: str, segment: str) -> None:
    assert paths.segment(identifier) == segment
    assert paths.identifier(segment) == identifier


@given(st.text(min_size=1, alphabet=st.characters(exclude_categories=["Cs"])))
def test_every_identifier_comes_back(identifier: str) -> None:
    segment = paths.segment(identifier)
    assert "/" not in segment
    assert segment.isascii()
    assert paths.identifier(segment) == identifier


def test_an_empty_identifier_is_refused() -> None:
    with pytest.raises(ValueError, match="whole collection"):
        paths.segment("")


@pytest.mark.parametrize("number", [0, -1, 1_000_000_000, True, "7", 1.0])
def test_numbers_that_e_conomic_never_gives_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="not a number"):
        paths.number(number)
