"""The `sort` query parameter: properties by commas, `-` for descending, `~` for numbers sorted as texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from econ_client.sandbox.answers import Refused
from econ_client.sandbox.filters import Properties, named
from econ_client.sandbox.wire import Doc, getter


def parse_sort(text: str, properties: Properties) -> list[tuple[Callable[[Doc], Any], bool]]:
    """(getter, descending) per key, most significant first; `~` sorts numbers as texts, 1000 before 30.

    Raises Refused for what cannot be sorted by.
    """
    keys = []
    for part in text.split(","):
        wanted = part.strip()
        name, known = named(wanted.lstrip("-~"), properties)
        marks = wanted[: len(wanted) - len(wanted.lstrip("-~"))]
        if known is None or not known.sortable:
            raise Refused(
                400,
                "Could not parse query string sort parameter.",
                "Sorting on collections can be done using the querystring parameter 'sort'.",
                more={"errors": [f"Sorting is not allowed on property '{name}'."]},
            )
        keys.append((_as_text(getter(name)) if "~" in marks else getter(name), "-" in marks))
    return keys


def _as_text(get: Callable[[Doc], Any]) -> Callable[[Doc], Any]:
    return lambda doc: None if (value := get(doc)) is None else str(value)
