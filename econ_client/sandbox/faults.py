"""Faults: what a network, a gateway or a tired server does to requests."""

from __future__ import annotations

import fnmatch
import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from econ_client.sandbox.answers import Refused, Unusable
from econ_client.sandbox.wire import Doc

KINDS = ("latency", "401", "403", "429", "500_before", "500_after", "drop_before", "drop_after", "drop_mid")
DENIED = {
    "401": Refused(401, "Access denied.", "The agreement has revoked the grant of this app.", "E02200"),
    "403": Refused(403, "Forbidden.", "The app has no role that allows this.", "E03000"),
}


@dataclass(slots=True)
class Fault:
    """One fault. `path` is a glob whose `*` also crosses slashes; `times` counts down, None is for ever.

    latency waits `seconds` before the effect; 401 is a grant that was revoked, 403 a role that is missing; 429 asks to
    wait `seconds` (Retry-After); *_before stands before the effect, *_after after it; drop_mid cuts the connection in
    the middle of the answer.
    """

    fault: str
    method: str = "*"
    path: str = "*"
    seconds: float = 0
    times: int | None = None

    def matches(self, method: str, path: str) -> bool:
        """Whether the request meets this fault."""
        if self.times is not None and self.times <= 0:
            return False
        return self.method in ("*", method) and fnmatch.fnmatchcase(path, self.path)

    def shown(self) -> Doc:
        """As it was put, with what is left of `times`."""
        seconds = Decimal(str(self.seconds))
        return {
            "method": self.method,
            "path": self.path,
            "fault": self.fault,
            "seconds": seconds,
            "times": self.times,
        }


class Faults:
    """The faults in force, first match first. Latencies add up and go with one other fault."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def put(self, entries: Any) -> None:
        """Replace all. Raises Unusable that names the entry and what it takes."""
        if not isinstance(entries, list):
            raise Unusable('the faults are a JSON array: [{"fault": "500_after", "path": "/invoices/*"}]')
        self._faults = [_parse(index, entry) for index, entry in enumerate(entries)]

    def shown(self) -> list[Doc]:
        """All, with what is left of `times`."""
        return [fault.shown() for fault in self._faults]

    def meet(self, method: str, path: str) -> tuple[float, Fault | None]:
        """(seconds to wait, the fault that strikes or None); counts both."""
        if not self._faults:
            return 0, None
        wait = 0.0
        strike: Fault | None = None
        for fault in self._faults:
            if (fault.fault != "latency" and strike is not None) or not fault.matches(method, path):
                continue
            if fault.times is not None:
                fault.times -= 1
            if fault.fault == "latency":
                wait += fault.seconds
            else:
                strike = fault
        return wait, strike


def _parse(index: int, entry: Any) -> Fault:
    if not isinstance(entry, dict) or str(entry.get("fault")) not in KINDS:
        raise Unusable(f"fault {index}: `fault` is one of {', '.join(KINDS)}")
    unknown = set(entry) - {"fault", "method", "path", "seconds", "times"}
    if unknown:
        raise Unusable(f"fault {index}: unknown property {', '.join(sorted(unknown))}")
    times = entry.get("times")
    if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 0):
        raise Unusable(f"fault {index}: `times` is a whole number, or left out for ever")
    seconds = entry.get("seconds") or 0
    if isinstance(seconds, bool) or not isinstance(seconds, int | float | Decimal) or not 0 <= seconds < math.inf:
        raise Unusable(f"fault {index}: `seconds` is a number from 0")
    method, path = entry.get("method") or "*", entry.get("path") or "*"
    if not isinstance(method, str) or not isinstance(path, str):
        raise Unusable(f"fault {index}: `method` and `path` are texts")
    return Fault(str(entry["fault"]), method.upper(), path, float(seconds), times)
