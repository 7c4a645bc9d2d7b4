"""Writes as values: method, path and the exact bytes, so that an intent can be stored before it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Method = Literal["POST", "PUT", "DELETE"]


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """A write that has not been sent. `path` is relative to the API's root; `body` is empty for DELETE."""

    method: Method
    path: str
    body: bytes
