"""Identifiers in e-conomic's paths.

Some characters may not stand in a path segment even percent-encoded; e-conomic writes them as ``_n_``, the underscore
itself included. Everything else is ordinary percent-encoding of UTF-8.
Source: "Custom resource self-link encoding" in e-conomic's documentation, and recorded self links
(``TEST-19:34`` -> ``TEST-19_4_34``).
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

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
_ODD = re.compile(r"[^!-~]|\\")
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


def below(root: str, link: str) -> tuple[str, str] | None:
    """(path, query) of a link below the API's root, both still encoded; None when it leads anywhere else.

    The tokens go with every call, so a link to another host, port or scheme is never followed.
    """
    home = urlsplit(root)
    try:
        there = urlsplit(link)
        same = (home.scheme, home.hostname, home.port) == (there.scheme, there.hostname, there.port)
    except ValueError:
        return None
    path = there.path.removeprefix(home.path) if there.path.startswith(home.path) else ""
    odd = there.username is not None or there.password is not None or _ODD.search(there.path + there.query)
    if not same or odd or not path.startswith("/") or any(part in (".", "..") for part in path.split("/")):
        return None
    return path, there.query
