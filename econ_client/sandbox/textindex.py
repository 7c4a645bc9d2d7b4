"""Which documents may hold a text: an index over three-character pieces, so that large lists are searched fast."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from econ_client.sandbox.wire import Doc

K = TypeVar("K", bound=Hashable)
_PIECE = 3


class TextIndex(Generic[K]):
    """Over one property of a table's documents, without regard to case."""

    def __init__(self, get: Callable[[Doc], Any]) -> None:
        self._get = get
        self._pieces: dict[str, set[K]] = {}

    def add(self, key: K, doc: Doc) -> None:
        """Note a document's text."""
        for piece in self._of(doc):
            self._pieces.setdefault(piece, set()).add(key)

    def remove(self, key: K, doc: Doc) -> None:
        """Forget it; `doc` as it was added."""
        for piece in self._of(doc):
            self._pieces[piece].discard(key)

    def candidates(self, needle: str) -> set[K] | None:
        """Every key whose text holds `needle` (case folded), and some others; None when it is too short to say."""
        pieces = _pieces(needle)
        if not pieces:
            return None
        return min((self._pieces.get(piece, set()) for piece in pieces), key=len)

    def _of(self, doc: Doc) -> set[str]:
        text = self._get(doc)
        return _pieces(text.casefold()) if isinstance(text, str) else set()


def _pieces(text: str) -> set[str]:
    return {text[at : at + _PIECE] for at in range(len(text) - _PIECE + 1)}
