"""Values in portions that fit one statement."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import TypeVar

One = TypeVar("One")


def portions(values: Collection[One], size: int) -> Iterator[Sequence[One]]:
    """At most `size` of the values at a time, in their order."""
    left = iter(values)
    while some := list(islice(left, size)):
        yield some
