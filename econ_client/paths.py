"""Identifiers in e-conomic's paths.

Some characters may not stand in a path segment even percent-encoded; e-conomic writes them as ``_n_``, the underscore
itself included. Everything else is ordinary percent-encoding of UTF-8.
Source: "Custom resource self-link encoding" in e-conomic's documentation, and recorded self links
(``TEST-19:34`` -> ``TEST-19_4_34``).
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

_ESCAPES = {
    "<": "_0_",
    ">": "_1_",
    "*": "_2_",
    "%": "_3_",
    ":": "_4_",
    "&": "_5_",
    "/": "_6_",
    "\\": "_7_",
    "_": "_8_",
    " ": "_9_",
    "?": "_10_",
    ".": "_11_",
    "#": "_12_",
    "+": "_13_",
}
_CHARACTERS = {escape: character for character, escape in _ESCAPES.items()}
_ESCAPED = re.compile(r"_(?:1[0-3]|[0-9])_")

HIGHEST_NUMBER = 999_999_999


def segment(identifier: str) -> str:
    """A product number (or another string identifier) as one path segment.

    Raises:
        ValueError: the identifier is empty; its path would name the whole collection.
    """
    if not identifier:
        raise ValueError("an empty identifier would address the whole collection")
    return "".join(_ESCAPES.get(character) or quote(character, safe="") for character in identifier)


def identifier(segment_text: str) -> str:
    """The identifier behind a path segment: the inverse of `segment`."""
    return unquote(_ESCAPED.sub(lambda found: quote(_CHARACTERS[found.group()], safe=""), segment_text))


def number(value: int) -> str:
    """A document's or customer's number as one path segment.

    Raises:
        ValueError: not a number from 1 to 999,999,999.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= HIGHEST_NUMBER:
        raise ValueError(f"{value!r} is not a number that e-conomic gives (1 to {HIGHEST_NUMBER})")
    return str(value)
