"""What webhooks name: anything in one that may be a number is only something to look at, never a fact."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, unquote_plus

LONGEST = 25
"""Characters of a product number (e-conomic's schema)."""

MOST = 200
"""Texts that are taken of one webhook; e-conomic sends one for each change."""

KEPT = 2_000
"""Texts that wait; with more of them, everything is looked at instead."""

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_CHARSETS = re.compile(r"(utf-?(8|16|32)|windows-?\d+|cp\d+|iso-?8859-?\d+|latin-?1|(us-)?ascii)([-_]?(le|be))?", re.I)
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_QUOTED = re.compile(r"[\"']([^\"'\r\n]{1,25})[\"']")
_BREAKS = re.compile(r"[\s,;|&=:\"'<>\[\]{}()]+")


@dataclass(frozen=True, slots=True)
class Named:
    """Texts of 1 to 25 characters, each once, in no order; `more`: there were more than are taken."""

    texts: frozenset[str]
    more: bool = False


def names(body: bytes, content_type: str = "") -> Named:
    """What may be a number in a webhook's body, whatever its template and content type. Raises nothing.

    Values and keys of JSON and of forms, the whole text, its lines, and its pieces between punctuation: which of them
    are numbers is known to the state alone.
    """
    found: set[str] = set()
    for looked, one in enumerate(_candidates(_text(body, content_type))):
        text = one.replace("\0", "").strip()
        if 1 <= len(text) <= LONGEST:
            found.add(text)
        if len(found) >= MOST or looked >= 10 * MOST:
            return Named(frozenset(found), more=True)
    return Named(frozenset(found))


def _text(body: bytes, content_type: str) -> str:
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return body.decode(charset, "replace")
    said = _CHARSET.search(content_type[:200])
    charset = said.group(1) if said and _CHARSETS.fullmatch(said.group(1)) else "utf-8"
    for one in (charset, "utf-8", "windows-1252"):
        try:
            return body.decode(one)
        except (UnicodeError, LookupError):
            continue
    return body.decode("utf-8", "replace")


def _candidates(text: str) -> Iterator[str]:
    """The likeliest first."""
    yield text
    yield from _json(text)
    for part in text.split("&"):
        name, _, value = part.partition("=")
        for one in (value, name):
            decoded = unquote_plus(one)
            yield decoded
            yield unquote(one)
            yield from _json(decoded)
    yield from (one.group(1) for one in _QUOTED.finditer(text))
    yield from text.splitlines()
    yield from _BREAKS.split(text)
    yield from _BREAKS.split(unquote_plus(text))


def _json(text: str) -> Iterator[str]:
    """Every scalar and key; numbers as they are written. Text inside that is a list of its own comes in pieces too."""
    if text.lstrip()[:1] not in ("{", "[", '"'):
        return
    try:
        found: Any = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return
    waiting = [found]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str):
            yield one
            yield from _BREAKS.split(one)


@dataclass(slots=True)
class Inbox:
    """What webhooks named, until the pull looks at it. Used by two threads; `ring` is called when something came."""

    ring: Callable[[], None] = lambda: None
    received: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _texts: set[str] = field(default_factory=set)
    _came: bool = False
    _poll: bool = False
    _flooded: bool = False

    def put(self, named: Named) -> None:
        """Keep what a webhook named; quick, bounded, raises nothing."""
        with self._lock:
            self.received += 1
            self._came = True
            self._poll |= named.more
            if len(self._texts) + len(named.texts) > KEPT:
                self._flooded = True
            else:
                self._texts |= named.texts
        self.ring()

    def take(self) -> Taken:
        """What has come since the last call."""
        with self._lock:
            taken = Taken(sorted(self._texts), came=self._came, poll=self._poll, flooded=self._flooded)
            self._texts, self._came, self._poll, self._flooded = set(), False, False, False
            return taken

    def put_back(self, taken: Taken) -> None:
        """What was taken could not be looked at yet."""
        with self._lock:
            self._came = True
            self._poll |= taken.poll
            self._flooded |= taken.flooded
            self._texts.update(taken.texts)

    def waiting(self) -> int:
        """How many texts wait."""
        return len(self._texts)


@dataclass(frozen=True, slots=True)
class Taken:
    """The texts of some webhooks.

    `came`: there was a webhook; `poll`: one held more texts than are taken; `flooded`: some webhooks were not kept.
    """

    texts: list[str]
    came: bool = False
    poll: bool = False
    flooded: bool = False
