"""What a buyer chose of a product, as product_options tells it."""

from __future__ import annotations

from collections.abc import Mapping

_LISTS = ("attributes_info", "options", "additional_options", "bundle_options")
"""Keys of product_options: variants, custom options and other modules' (a label and a value each), bundles' parts."""


def chosen_of(options: Mapping[str, object]) -> str:
    """The choices in one line, as ``Farve: Rød, Gravering: Til Ø``; empty when there are none."""
    found: list[str] = []
    for key in _LISTS:
        listed = options.get(key)
        rows = list(listed.values()) if isinstance(listed, Mapping) else listed
        found += [
            f"{row['label']}: {_value(row.get('print_value', row.get('value')))}"
            for row in (rows if isinstance(rows, list) else ())
            if isinstance(row, Mapping) and row.get("label")
        ]
    return ", ".join(found)


def _value(value: object) -> str:
    if isinstance(value, Mapping) and value.get("title"):
        return f"{value.get('qty', 1)} x {value['title']}"
    if isinstance(value, list):
        return " + ".join(_value(one) for one in value)
    return str(value if value is not None else "")
