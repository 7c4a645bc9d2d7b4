"""Idempotency-Key: the original answer again, for one hour, for POST, PUT and DELETE."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from econ_client.sandbox.answers import Refused, Reply
from econ_client.sandbox.clock import Clock

KEPT = 3600.0
METHODS = ("POST", "PUT", "DELETE")


@dataclass(frozen=True, slots=True)
class _Kept:
    url: str
    method: str
    reply: Reply
    at: float


class Answers:
    """Answers by key. Whether errors are kept is the switch `cache_errors`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def replay(self, key: str, method: str, url: str) -> Reply | None:
        """The original answer with X-ResultFromCache, or None. Raises Refused (400, URLChanged) for another URL."""
        self._expire()
        kept = self._kept.get(key)
        if kept is None:
            return None
        if (kept.method, kept.url) != (method, url):
            raise Refused(
                400,
                "The idempotency key was used with another URL.",
                "Use a new key for a new request.",
                "URLChanged",
            )
        return Reply(kept.reply.status, kept.reply.doc, (*kept.reply.headers, ("X-ResultFromCache", "true")))

    def keep(self, key: str, method: str, url: str, reply: Reply, *, errors: bool) -> bool:
        """Remember an answer; errors only with `errors`. Whether it is new."""
        if (reply.status >= 400 and not errors) or key in self._kept:
            return False
        self._kept[key] = _Kept(url, method, reply, self._clock.monotonic())
        return True

    def restore(self, key: str, method: str, url: str, reply: Reply) -> None:
        """Put back an answer that was kept before, in the place of what a new run of its request gave."""
        self._kept.pop(key, None)
        self._kept[key] = _Kept(url, method, reply, self._clock.monotonic())

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()

    def _expire(self) -> None:
        oldest = self._clock.monotonic() - KEPT
        while self._kept and next(iter(self._kept.values())).at <= oldest:
            self._kept.popitem(last=False)
