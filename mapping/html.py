"""Magento's descriptions as plain text: they are HTML, with directives such as ``{{media url="x.jpg"}}``."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BREAKS = frozenset(
    ["br", "p", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article",
     "header", "footer", "blockquote", "hr"]
)  # fmt: skip
_SILENT = frozenset({"script", "style", "head", "template"})
_DIRECTIVE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")
_LONGEST = 100_000
"""A description beyond this many characters is cut before it is read: e-conomic keeps 500."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BREAKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BREAKS:
            self.pieces.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BREAKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data.replace("\r", " ").replace("\n", " ").replace("\xa0", " "))


def plain_text(html: str, most: int = 10_000) -> str:
    """The text of an HTML fragment: blocks end lines, entities are characters, space is one; at most `most` of it.

    Text without markup keeps its own lines.
    """
    html = _DIRECTIVE.sub(" ", html[:_LONGEST])
    if "<" not in html and "&" not in html:
        text = html
    else:
        reader = _Reader()
        reader.feed(html)
        reader.close()
        text = "".join(reader.pieces)
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()[:most].rstrip()
