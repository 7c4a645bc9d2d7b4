"""Regular expressions of a profile: those that could take for ever are refused, and texts are matched up to a length.

Python's matcher tries every way to share a text among repeats, so a repeat inside a repeat takes exponential time.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache

LONGEST_PATTERN = 200
LONGEST_TEXT = 64
"""A longer text matches nothing: no postcode or code is longer."""

MOST_REPEATS = 4
"""Repeats outside of each other; each multiplies the ways by the text's length."""

FARTHEST = 30
"""The largest count in a `{}`."""

_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?(?::|P<\w+>|[a-z]+\)))?|\)|\||[*+?]|\{(?P<least>\d*)(?P<comma>,?)(?P<most>\d*)\}|.",
    re.DOTALL,
)


class PatternError(ValueError):
    """The pattern is not a regular expression, or could take too long."""


def check_pattern(pattern: str) -> str:
    """The pattern itself. Raises `PatternError`."""
    if len(pattern) > LONGEST_PATTERN:
        raise PatternError(f"has {len(pattern)} characters; a pattern may have {LONGEST_PATTERN}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern)
    except (re.error, Warning, RecursionError, OverflowError) as error:
        raise PatternError(f"is not a regular expression: {error}") from None
    _Reader().read(pattern)
    return pattern


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text fits a pattern that was checked; never for texts over `LONGEST_TEXT` characters."""
    return len(text) <= LONGEST_TEXT and _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=500)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


class _Reader:
    """Reads a pattern piece by piece; of each open group it knows whether something in it can match in several ways."""

    def __init__(self) -> None:
        self.open: list[bool] = [False]
        self.closed: bool | None = None
        self.repeats = 0
        self.after_repeat = False

    def read(self, pattern: str) -> None:
        """Raises `PatternError`."""
        for token in _TOKEN.finditer(pattern):
            piece = token[0]
            repeat = piece in ("*", "+", "?") or token["comma"] is not None
            if repeat and self.after_repeat:
                self.after_repeat = False  # `*?` and `*+`: how the repeat before it is tried
                continue
            self._piece(piece, repeat, token)
            self.after_repeat = repeat
        if self.repeats > MOST_REPEATS:
            raise PatternError(f"has {self.repeats} open repeats (`*`, `+`, `{{2,}}`); {MOST_REPEATS} are allowed")

    def _piece(self, piece: str, repeat: bool, token: re.Match[str]) -> None:
        if repeat:
            self._repeat(piece, token)
        elif piece.startswith("(") and not piece.endswith(")"):
            rest = token.string[token.end() :]
            if piece == "(" and rest.startswith("?"):
                raise PatternError("looks ahead, behind or back (`(?...`), which is not allowed here")
            self.open.append(False)
            self.closed = None
        elif piece == ")":
            self.closed = self.open.pop()
            self.open[-1] = self.open[-1] or self.closed
        else:
            if piece == "|":
                self.open[-1] = True
            if re.fullmatch(r"\\[1-9]", piece):
                raise PatternError("refers back to a group, which is not allowed here")
            self.closed = None

    def _repeat(self, piece: str, token: re.Match[str]) -> None:
        least, most = (0, 1) if piece == "?" else (0, None)
        if token["comma"] is not None:
            least = int(token["least"] or 0)
            most = int(token["most"]) if token["most"] else None if token["comma"] else least
            if max(least, most or 0) > FARTHEST:
                raise PatternError(f"counts to {max(least, most or 0)} in `{piece}`; {FARTHEST} is the most")
        if most != 1 and self.closed:
            raise PatternError("has a repeat or an `|` inside a repeated group, which can take for ever")
        if most is None or most - least > 1:
            self.repeats += 1
        if least != most:
            self.open[-1] = True
        self.closed = None
