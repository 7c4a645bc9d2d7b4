"""What the health page says while things go wrong, sampled, and whether that was true."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

from tests.world import Service, until

EVERY = 0.05


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer: when it was asked for, by the monotonic clock, whether it said ready, and why not.

    Without an answer there is no sample: the process is not there, which says enough.
    """

    at: float
    ready: bool
    reasons: tuple[str, ...]


class Watch:
    """Asks a service's health page all the time, as long as the block lasts."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="health", daemon=True)
        self.samples: list[Sample] = []

    def between(self, begin: float, end: float) -> list[Sample]:
        """The samples of a time."""
        return [one for one in self.samples if begin <= one.at <= end]

    def until_said(self, word: str, timeout: float) -> float:
        """Wait until a reason holds a word; when that was."""

        def said() -> float | None:
            now = self.samples[-1:]
            return next((one.at for one in now for why in one.reasons if word in why), None)

        return until(f"the health page says {word!r}; it says {self.samples[-1:]}", said, timeout)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(15)

    def _run(self) -> None:
        with httpx.Client(timeout=10, trust_env=False) as http:
            while not self._over.wait(EVERY):
                at = time.monotonic()
                try:
                    answer = http.get(f"http://127.0.0.1:{self._service.port}/health/ready")
                except httpx.HTTPError:
                    continue
                told = answer.json()
                self.samples.append(Sample(at, answer.status_code == 200, tuple(told["reasons"])))
