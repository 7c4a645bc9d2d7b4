"""Values as PHP's serialize() writes them: Magento 1 keeps options of order rows so. Nothing is executed or built.

Format: a letter, a colon, a length or value: ``N;`` ``b:1;`` ``i:-2;`` ``d:0.5;`` ``s:3:"abc";`` ``a:1:{key value}``;
lengths are bytes. An array whose keys count from 0 is a list, as in PHP's own JSON. Objects (``O``, ``C``) and
references (``R``, ``r``) are what an attacker would write; Magento writes none of them into options.
"""

from __future__ import annotations

import re
from decimal import Decimal

from cdc.models import Scalar

PhpValue = Scalar | list[object] | dict[str, object]

DEEPEST = 100
"""Arrays inside arrays."""

_PLAIN = re.compile(rb"N;|b:([01]);|i:([+-]?\d{1,40});|d:([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?|-?INF|NAN);")
_STRING = re.compile(rb's:(\d{1,9}):"')
_ARRAY = re.compile(rb"a:(\d{1,9}):\{")


def php_value(stored: str) -> PhpValue:
    """What a serialised text holds: text, whole and exact numbers, booleans as 0 and 1, None, lists and dicts.

    Keys become text. Raises `ValueError` for anything else, damaged, or deeper than `DEEPEST`.
    """
    data = stored.strip().encode()
    value, end = _read(data, 0, 0)
    if end != len(data):
        raise ValueError(f"more than one value: {len(data) - end} bytes are left over")
    return value


def _read(data: bytes, at: int, depth: int) -> tuple[PhpValue, int]:
    if found := _PLAIN.match(data, at):
        return _plain(found), found.end()
    if found := _STRING.match(data, at):
        end = found.end() + int(found[1])
        if data[end : end + 2] != b'";':
            raise ValueError(f"the text at byte {at} does not end where it says")
        return data[found.end() : end].decode(), end + 2
    if found := _ARRAY.match(data, at):
        if depth == DEEPEST:
            raise ValueError(f"more than {DEEPEST} arrays inside one another")
        return _array(data, found.end(), int(found[1]), depth)
    raise ValueError(f"nothing that is read at byte {at}")


def _plain(found: re.Match[bytes]) -> Scalar:
    boolean, whole, fraction = found.groups()
    if boolean or whole:
        return int(boolean or whole)
    if fraction is None:
        return None
    text = fraction.decode()
    return text if text.endswith(("INF", "NAN")) else Decimal(text)


def _array(data: bytes, at: int, count: int, depth: int) -> tuple[list[object] | dict[str, object], int]:
    found: dict[str, object] = {}
    counted = True
    for number in range(count):
        key, at = _read(data, at, DEEPEST)
        if not isinstance(key, int | str):
            raise ValueError(f"no key of an array before byte {at}")  # noqa: TRY004  (damage, like all else)
        counted = counted and key == number
        found[str(key)], at = _read(data, at, depth + 1)
    if data[at : at + 1] != b"}":
        raise ValueError(f"the array does not end at byte {at}")
    return (list(found.values()) if counted else found), at + 1
