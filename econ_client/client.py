"""The client of e-conomic's REST API: one attempt per call, from any thread, every ending told apart.

Whether and when to try again is decided by whoever calls: only they know the intent behind a write.
"""

from __future__ import annotations

import logging
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any, BinaryIO, NoReturn
from typing import Self as ItSelf

import httpx

from econ_client import advice, pages, paths
from econ_client.answers import Answer, Call, M
from econ_client.deadline import Deadline
from econ_client.errors import Ambiguous, EconomicError, Interrupted, NotFound, Unavailable
from econ_client.filters import Filter
from econ_client.pace import Pace
from econ_client.pages import LARGEST_PAGE
from econ_client.reads import Reads
from econ_client.refusals import refusal
from econ_client.requests import WriteRequest
from econ_client.slots import Slots

LIVE_URL = "https://restapi.e-conomic.com"
LARGEST_BODY = 64 * 2**20
SHORTEST_SECRET = 8
"""Shorter tokens are public ones (``demo``), and words of their own."""

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
_TOKEN = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds for each phase of a call.

    `read` and `write` are the longest silence between two pieces, `whole` is the longest for an answer in all.
    """

    connect: float = 5.0
    pool: float = 5.0
    write: float = 10.0
    read: float = 30.0
    whole: float = 60.0


class _NoUrls(logging.Filter):
    """httpx logs the URL of every call at INFO; filters in it hold people's e-mails."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING


_NO_URLS = _NoUrls()


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that every client of this process trusts: reading them takes 20 ms."""
    return httpx.create_ssl_context()


class Economic(Reads):
    """One agreement at e-conomic. Thread-safe; close it, or use it as a context manager.

    Args:
        url: the API's root, https for the real one.
        app_secret_token: identifies the app.
        agreement_grant_token: identifies the agreement's grant to the app.
        pace: shared by every client of the same agreement.
        transport: replaces the network, for tests.
        on_call: told about each call when it has ended, from the calling thread; what it raises takes the answer's
            place, so it should not.
        timeout: seconds for each phase; a number is the longest silence of `Timeouts.read`.
        connections: calls that may be in flight at once; one more fails when none ends soon.
        at_once: calls that go out at once; further ones wait for their turn. Not counted when left out.

    Every call raises `EconomicError` or a subclass; see `econ_client.errors`.
    """

    def __init__(
        self,
        url: str,
        app_secret_token: str,
        agreement_grant_token: str,
        *,
        pace: Pace | None = None,
        transport: httpx.BaseTransport | None = None,
        on_call: Callable[[Call], None] | None = None,
        timeout: Timeouts | float | None = None,
        connections: int = 20,
        at_once: int | None = None,
    ) -> None:
        self.url = _checked_url(url)
        self.pace = pace or Pace()
        self.before_write: Callable[[], None] | None = None
        """Called right before a write goes out, when all waiting is over; what it raises keeps the write back."""
        self.before_bytes: Callable[[], None] | None = None
        """Called again when a connection is there: before a write's head, and before its body."""
        self._slot = nullcontext if at_once is None else Slots(at_once, self.pace.stop).one
        self._on_call = on_call
        self._timeouts = timeout if isinstance(timeout, Timeouts) else Timeouts(read=timeout or Timeouts().read)
        logging.getLogger("httpx").addFilter(_NO_URLS)
        phases = self._timeouts
        self._http = httpx.Client(
            headers={
                "X-AppSecretToken": _checked_token("app secret token", app_secret_token),
                "X-AgreementGrantToken": _checked_token("agreement grant token", agreement_grant_token),
                "Content-Type": "application/json",
                "Accept": "application/json",
                "User-Agent": "magento-economic",
            },
            timeout=httpx.Timeout(connect=phases.connect, read=phases.read, write=phases.write, pool=phases.pool),
            limits=httpx.Limits(
                max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=60.0
            ),
            transport=transport,
            verify=_trusted(),
            mounts=None if transport else dict.fromkeys(("all://127.0.0.1", "all://localhost", "all://[::1]")),
            follow_redirects=False,
        )
        self._deadline = Deadline()
        self._deadline.hold(self._http._transport, *self._http._mounts.values())

    def __repr__(self) -> str:
        return f"Economic({self.url!r})"

    def __reduce__(self) -> NoReturn:
        """Never pickled: it holds the tokens."""
        raise TypeError("a client holds the agreement's tokens and open connections: it cannot be pickled")

    def __enter__(self) -> ItSelf:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. Calls in flight end as `Ambiguous`."""
        self._http.close()

    def send(self, request: WriteRequest, idempotency_key: str) -> Answer:
        """Carry out one write, once.

        For an hour e-conomic answers a repeated key with its first answer (`from_cache`).
        """
        headers = {"Idempotency-Key": idempotency_key, "Content-Type": request.content_type}
        return self._call(request.method, request.path, body=request.body, headers=headers)

    def get(self, path: str, query: str = "") -> Answer:
        """Read a path below the root; `query` is already encoded."""
        return self._call("GET", path, query=query)

    def read(self, path: str, model: type[M]) -> M | None:
        """One document, None when e-conomic says that there is none."""
        try:
            answer = self.get(path)
        except NotFound:
            return None
        return answer.parse(model)

    def collection(
        self, path: str, where: Filter | None = None, *, sort: str = "", page_size: int = LARGEST_PAGE
    ) -> Iterator[dict[str, Any]]:
        """The rows of a collection, page by page as they are asked for.

        Rows are slimmer than the documents themselves: documents come without lines.
        """
        return pages.rows(self.get, self.url, path, where, sort=sort, page_size=page_size)

    def at(self, link: str | None, path: str, model: type[M]) -> M | None:
        """One document by its own link; by its path when there is none, or the link leads elsewhere."""
        below = paths.below(self.url, link) if link else None
        return self.read(below[0] if below and not below[1] else path, model)

    def as_is(self, link: str | None, path: str) -> dict[str, Any] | None:
        """One document as e-conomic answers it, for `requests.merged`; by its own link as `at` does."""
        below = paths.below(self.url, link) if link else None
        try:
            found = self.get(below[0] if below and not below[1] else path).data
        except NotFound:
            return None
        if not isinstance(found, dict):
            raise Ambiguous(f"e-conomic answered GET {path}, but not with a document.", advice=advice.URL)
        return found

    def download(self, path: str, into: BinaryIO) -> int:
        """Write a file (a PDF, an attachment) into a binary file as it comes; how many bytes.

        Raises:
            NotFound: e-conomic has none.
            Ambiguous: what came is no file, or broke off: what was written by then is not whole.
        """
        sink = _Sink(into)
        answer = self._call("GET", path, sink=sink)
        if not sink.size:
            raise Ambiguous(
                f"e-conomic answered {answer.status} to GET {path}, but not with a file.",
                status=answer.status,
                log_id=answer.log_id,
                advice=advice.URL,
            )
        return sink.size

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        sink: _Sink | None = None,
    ) -> Answer:
        if self._http.is_closed:
            raise Interrupted
        request = self._http.build_request(
            method,
            f"{self.url}{path}" + (f"?{query}" if query else ""),
            content=body or None,
            headers={"Accept": "application/pdf, */*"} if sink else headers,
        )
        exchange = _Exchange(method, path, sink)
        with self._slot():
            self.pace.acquire()
            started = time.monotonic()
            try:
                if method != "GET" and self.before_write is not None:
                    exchange.reached = False
                    self.before_write()
                    exchange.reached = True
                if method != "GET" and self.before_bytes is not None:
                    request.extensions["trace"] = exchange.asking(self.before_bytes)
                deadline = started + self._timeouts.whole
                with self._deadline.at(deadline):
                    exchange.run(self._http, request, deadline)
            except (httpx.RequestError, httpx.StreamError) as problem:
                exchange.fail(problem)
            except RuntimeError as problem:
                if not self._http.is_closed:
                    raise
                exchange.fail(problem)
            finally:
                ms = (time.monotonic() - started) * 1000
                asked = self.pace.answered(exchange.status, exchange.headers, reached=exchange.reached)
        return self._ended(exchange, ms, asked)

    def _masked(self, body: bytes) -> bytes:
        """An error's body without the tokens, which proxies and e-conomic itself may repeat."""
        for name in ("X-AppSecretToken", "X-AgreementGrantToken"):
            token = self._http.headers[name].encode()
            if len(token) >= SHORTEST_SECRET:
                body = body.replace(token, b"...")
        return body

    def _ended(self, exchange: _Exchange, ms: float, asked: float | None) -> Answer:
        headers = exchange.headers
        log_id = headers.get("x-requestid") or headers.get("cf-ray", "")
        from_cache = headers.get("x-resultfromcache", "").strip().lower() == "true"
        error: EconomicError | None = exchange.error
        if error is None and exchange.status is not None and not 200 <= exchange.status < 300:
            error = refusal(
                exchange.method,
                exchange.path,
                exchange.status,
                self._masked(exchange.body),
                log_id=log_id,
                from_cache=from_cache,
                retry_after=asked,
            )
        if self._on_call is not None:
            said = (error.log_id, error.code or exchange.failure) if error else (log_id, "")
            self._on_call(Call(exchange.method, exchange.path, exchange.status, ms, *said))
        if error is not None:
            raise error
        if exchange.status is None:
            raise Ambiguous(advice=advice.LOOK_UP)
        return Answer(exchange.status, exchange.body, log_id, from_cache)


class _Sink:
    """Where a downloaded file goes, piece by piece."""

    def __init__(self, into: BinaryIO) -> None:
        self._into = into
        self.size = 0

    def takes(self, response: httpx.Response) -> bool:
        """Whether the answer is a file; anything else is left to be understood."""
        kind = response.headers.get("content-type", "").lower()
        return response.is_success and not kind.startswith(("application/json", "text/", "application/problem"))

    def write(self, piece: bytes) -> None:
        """Take a piece."""
        self._into.write(piece)
        self.size += len(piece)


class _Exchange:
    """One request and what became of it."""

    def __init__(self, method: str, path: str, sink: _Sink | None = None) -> None:
        self.method = method
        self.path = path
        self.sink = sink
        self.status: int | None = None
        self.headers: httpx.Headers = httpx.Headers()
        self.body = b""
        self.reached = True
        self.failure = ""
        self.error: EconomicError | None = None

    def asking(self, may: Callable[[], None]) -> Callable[[str, Mapping[str, Any]], None]:
        """For httpx's extension `trace`: ask when head and body are about to go out.

        A process can be stopped for hours while it connects, and a head without its body is no request.
        """

        def trace(name: str, _: Mapping[str, Any]) -> None:
            if name.endswith((".send_request_headers.started", ".send_request_body.started")):
                self.reached = False
                may()
                self.reached = True

        return trace

    def run(self, http: httpx.Client, request: httpx.Request, deadline: float) -> None:
        response = http.send(request, stream=True)
        try:
            self.status, self.headers = response.status_code, response.headers
            pieces: list[bytes] = []
            size = 0
            take = self.sink.write if self.sink and self.sink.takes(response) else pieces.append
            for piece in response.iter_bytes():
                take(piece)
                size += len(piece)
                if size > LARGEST_BODY:
                    self._lost("TooLarge", f"sent more than {LARGEST_BODY} bytes")
                    return
                if time.monotonic() > deadline:
                    self._lost("Slow", "did not finish its answer in time")
                    return
            self.body = b"".join(pieces)
        finally:
            response.close()

    def fail(self, problem: Exception) -> None:
        self.failure = type(problem).__name__
        if not isinstance(problem, _NEVER_SENT):
            self._lost(self.failure, f"broke off ({self.failure})")
            return
        self.reached = False
        certificate = "certificate" in str(problem).lower()
        self.error = Unavailable(
            f"e-conomic could not be reached for {self.method} {self.path} ({self.failure}"
            + (", certificate not accepted)." if certificate else ")."),
            advice=advice.CERTIFICATE if certificate else advice.UNREACHED,
        )

    def _lost(self, failure: str, what: str) -> None:
        self.failure = failure
        self.error = Ambiguous(
            f"{self.method} {self.path} was sent, but e-conomic {what}.",
            status=self.status,
            advice=advice.unanswered(self.method),
        )


def _checked_url(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise ValueError("ECONOMIC_API_URL must be an http(s) address without login") from None
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.userinfo:
        raise ValueError("ECONOMIC_API_URL must be an http(s) address without login")
    if parsed.scheme == "http" and parsed.host.rstrip(".").endswith("e-conomic.com"):
        raise ValueError("ECONOMIC_API_URL must be https for e-conomic: the tokens travel with every call")
    return url.rstrip("/")


def _checked_token(name: str, token: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise ValueError(f"the {name} is empty or holds characters that no token has")
    return token
