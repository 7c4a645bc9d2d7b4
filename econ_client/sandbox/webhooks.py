"""Webhooks: sent when something changes, one request for each change, retried when they fail.

Known: type, name, URL, content type (form or JSON) and a text with merge fields; POST, not signed, not bundled. Not
known: how often a failed call is repeated (`retries` and `wait` of each hook say it here).
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import json
import re
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from econ_client.sandbox.answers import Unusable
from econ_client.sandbox.changes import KINDS, Change
from econ_client.sandbox.wire import Doc

CONTENT_TYPES = ("application/json", "application/x-www-form-urlencoded")
_FIELD = re.compile(r"\[([A-Z]+)\]")
_TIMEOUT = 10.0
_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Webhook:
    """One hook. `data` and `url` may hold merge fields: [OLDNUMBER] [NEWNUMBER] [NUMBER] [INVOICENO]
    [DAYBOOKNO] [FROMSERIALNO] [TOSERIALNO].

    `wait` is the number of seconds before the first repetition; it doubles each time.
    """

    type: str
    url: str
    content_type: str = CONTENT_TYPES[0]
    data: str = ""
    name: str = ""
    retries: int = 5
    wait: float = 60.0

    def shown(self) -> Doc:
        """As it was put."""
        return {
            "type": self.type,
            "url": self.url,
            "contentType": self.content_type,
            "data": self.data,
            "name": self.name,
            "retries": self.retries,
            "wait": self.wait,
        }

    def filled(self, change: Change) -> tuple[str, bytes]:
        """(URL, body) with the merge fields of `change`; an unknown field stays as it is."""
        fields = change.fields

        def quoted(found: re.Match[str]) -> str:
            return quote(fields[found[1]], safe="") if found[1] in fields else found[0]

        def in_json(found: re.Match[str]) -> str:
            return json.dumps(fields[found[1]], ensure_ascii=False)[1:-1] if found[1] in fields else found[0]

        fill = in_json if self.content_type == CONTENT_TYPES[0] else quoted
        return _FIELD.sub(quoted, self.url), _FIELD.sub(fill, self.data).encode("utf-8", "replace")


class Webhooks:
    """The hooks in force, and a thread that sends. Delivery runs on the real clock."""

    def __init__(self) -> None:
        self._hooks: list[Webhook] = []
        self._due: list[tuple[float, int, int, Webhook, Change]] = []
        self._order = itertools.count()
        self._log: deque[Doc] = deque(maxlen=_KEPT)
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopped = False

    def put(self, hooks: Any) -> None:
        """Replace all. Raises Unusable that names the entry and what it takes."""
        if not isinstance(hooks, list):
            raise Unusable("the webhooks are a JSON array")
        self._hooks = [_parse(index, hook) for index, hook in enumerate(hooks)]

    def shown(self) -> list[Doc]:
        """All hooks."""
        return [hook.shown() for hook in self._hooks]

    def deliveries(self) -> list[Doc]:
        """What was sent, oldest first: {type, url, body, attempt, status (null when nobody answered)}."""
        return list(self._log)

    def clear(self) -> None:
        """No hooks, nothing due, nothing in the log."""
        with self._wake:
            self._hooks, self._due = [], []
            self._log.clear()

    def tell(self, changes: Iterable[Change]) -> None:
        """Send each change to the hooks of its type, soon and from another thread."""
        wanted = [(hook, change) for change in changes for hook in self._hooks if hook.type == change.kind]
        if not wanted:
            return
        with self._wake:
            for hook, change in wanted:
                heapq.heappush(self._due, (time.monotonic(), next(self._order), 1, hook, change))
            if self._thread is None:
                self._stopped = False
                self._thread = threading.Thread(target=self._run, name="sandbox-webhooks", daemon=True)
                self._thread.start()
            self._wake.notify()

    def stop(self) -> None:
        """End the thread; what is due stays due until something changes again."""
        thread, self._thread = self._thread, None
        with self._wake:
            self._stopped = True
            self._wake.notify()
        if thread is not None:
            thread.join(_TIMEOUT)

    def _run(self) -> None:
        with httpx.Client(timeout=_TIMEOUT, trust_env=False) as client:
            while True:
                with self._wake:
                    now = time.monotonic()
                    while not self._stopped and (not self._due or self._due[0][0] > now):
                        self._wake.wait(self._due[0][0] - now if self._due else None)
                        now = time.monotonic()
                    if self._stopped:
                        return
                    _, _, attempt, hook, change = heapq.heappop(self._due)
                self._send(client, attempt, hook, change)

    def _send(self, client: httpx.Client, attempt: int, hook: Webhook, change: Change) -> None:
        url, body = hook.filled(change)
        status: int | None = None
        with contextlib.suppress(httpx.HTTPError, httpx.InvalidURL):
            status = client.post(url, content=body, headers={"Content-Type": hook.content_type}).status_code
        with self._wake:
            entry = {"type": hook.type, "url": url, "body": body.decode("utf-8"), "attempt": attempt, "status": status}
            self._log.append(entry)
            if (status is None or not 200 <= status < 300) and attempt <= hook.retries and hook in self._hooks:
                due = time.monotonic() + hook.wait * 2 ** (attempt - 1)
                heapq.heappush(self._due, (due, next(self._order), attempt + 1, hook, change))


def _parse(index: int, entry: Any) -> Webhook:
    names = {"type": str, "url": str, "contentType": str, "data": str, "name": str}
    if not isinstance(entry, dict) or entry.get("type") not in KINDS:
        raise Unusable(f"webhook {index}: `type` is one of {', '.join(KINDS)}")
    if unknown := set(entry) - {*names, "retries", "wait"}:
        raise Unusable(f"webhook {index}: unknown property {', '.join(sorted(unknown))}")
    for name, kind in names.items():
        if not isinstance(entry.get(name, ""), kind):
            raise Unusable(f"webhook {index}: `{name}` is a text")
    if not str(entry.get("url", "")).startswith(("http://", "https://")):
        raise Unusable(f"webhook {index}: `url` begins with http:// or https://")
    content_type = entry.get("contentType", CONTENT_TYPES[0])
    if content_type not in CONTENT_TYPES:
        raise Unusable(f"webhook {index}: `contentType` is {' or '.join(CONTENT_TYPES)}")
    retries, wait = entry.get("retries", 5), entry.get("wait", 60)
    if isinstance(retries, bool) or not isinstance(retries, int) or not 0 <= retries <= 100:
        raise Unusable(f"webhook {index}: `retries` is a whole number from 0 to 100")
    try:
        seconds = float(wait)
    except (TypeError, ValueError):
        seconds = -1.0
    if not 0 <= seconds <= 86_400:
        raise Unusable(f"webhook {index}: `wait` is a number of seconds")
    return Webhook(
        entry["type"], entry["url"], content_type, entry.get("data", ""), entry.get("name", ""), retries, seconds
    )
