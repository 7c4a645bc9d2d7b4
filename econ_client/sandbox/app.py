"""The ASGI application: one request from arrival to answer.

It speaks ASGI itself, without a framework in between: routes need e-conomic's own path encoding, and a benchmark
against the sandbox should measure the client.
"""

from __future__ import annotations

import asyncio
import hmac
import math
import socket
import struct
import traceback
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Message, Receive, Scope, Send

from econ_client.sandbox import admin, idempotency, wire
from econ_client.sandbox.agreement import TOKENS, Agreement
from econ_client.sandbox.answers import Refused, Reply
from econ_client.sandbox.collections import Call
from econ_client.sandbox.faults import Fault, Faults
from econ_client.sandbox.idempotency import Answers
from econ_client.sandbox.journal import Entry, Journal
from econ_client.sandbox.ratelimit import Budget
from econ_client.sandbox.routes import Routes

_RESET = struct.pack("ii", 1, 0)


class _Dropped(Exception):
    """The connection is to be cut; `half` of an answer may have to go out first."""

    def __init__(self, half: Reply | None = None) -> None:
        self.half = half


class Sandbox:
    """The application around one agreement."""

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement
        self.faults = Faults()
        self.journal = Journal()
        self.answers = Answers(agreement.clock)
        self._budget = Budget(agreement.clock)
        self._routes = Routes()

    def reset(self) -> None:
        """As at the start: state, switches, faults, journal, kept answers."""
        self.agreement.reset()
        self.faults.put([])
        self.journal.clear()
        self.answers.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry; HTTP only."""
        if scope["type"] != "http":
            return
        raw = await _body(receive)
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        path = scope["raw_path"].decode("ascii", "replace")
        method = scope["method"]
        base = f"http://{headers.get(b'host') or '127.0.0.1'}"
        try:
            if path.startswith(admin.PREFIX):
                reply = self._administer(method, path, raw)
            else:
                query = scope["query_string"].decode("ascii", "replace")
                key = headers.get(b"idempotency-key")
                entry = self.journal.note(Entry(method, path, query, key, raw))
                reply = await self._serve(entry, headers, base)
                entry.status = reply.status
        except _Dropped as drop:
            await self._cut(drop, scope, receive, send)
            return
        body = _bytes(reply)
        await send(self._start(reply, body))
        await send({"type": "http.response.body", "body": body})

    def _administer(self, method: str, path: str, raw: bytes) -> Reply:
        try:
            body = wire.loads(raw) if raw else None
        except ValueError:
            return Refused(400, "The body is not JSON.", "Send a JSON document.").reply()
        try:
            return admin.answer(self, method, path, body)
        except Refused as refused:
            return refused.reply()

    async def _serve(self, entry: Entry, headers: dict[bytes, str], base: str) -> Reply:
        """The answer, after what the faults do. Raises _Dropped."""
        wait, fault = self.faults.meet(entry.method, entry.path)
        if wait:
            await asyncio.sleep(wait)
        if fault is not None:
            if fault.fault == "drop_before":
                raise _Dropped
            if fault.fault == "429":
                return _slow_down(fault)
        authorised = _authorised(headers)
        if fault is not None and fault.fault == "500_before":
            return self._kept(entry, authorised is None, _broken())
        reply = authorised or self._answer(entry, headers, base)
        if fault is not None and fault.fault == "500_after" and self.agreement.switches.cache_errors:
            return self._kept(entry, authorised is None, _broken())
        reply = self._kept(entry, authorised is None, reply)
        if fault is None:
            return reply
        if fault.fault == "500_after":
            return _broken()
        raise _Dropped(reply if fault.fault == "drop_mid" else None)

    def _kept(self, entry: Entry, authorised: bool, reply: Reply) -> Reply:
        if authorised and entry.idempotency_key and entry.method in idempotency.METHODS:
            errors = self.agreement.switches.cache_errors
            self.answers.keep(entry.idempotency_key, entry.method, _address(entry), reply, errors=errors)
        return reply

    def _answer(self, entry: Entry, headers: dict[bytes, str], base: str) -> Reply:
        """What the agreement answers, without faults. An own mistake becomes a 500 that shows itself."""
        try:
            if entry.idempotency_key and entry.method in idempotency.METHODS:
                original = self.answers.replay(entry.idempotency_key, entry.method, _address(entry))
                if original is not None:
                    return original
            handler, values = self._routes.find(entry.method, entry.path)
            body = None
            if entry.method in ("POST", "PUT"):
                body = _json(entry.raw, headers.get(b"content-type", ""))
            query = {name.lower(): value for name, value in parse_qsl(entry.query, keep_blank_values=True)}
            self.agreement.stock.settle()
            return handler(self.agreement, Call(entry.method, entry.path, query, body, base), *values)
        except Refused as refused:
            return refused.reply()
        except Exception as error:  # noqa: BLE001 -- a server answers 500 and goes on
            traceback.print_exception(error)
            return Refused(500, "The sandbox itself failed.", f"{type(error).__name__}: {error}").reply()

    def _start(self, reply: Reply, body: bytes) -> Message:
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in reply.headers]
        headers += self._budget.charge()
        if reply.status != 204:
            headers += [(b"content-type", b"application/json; charset=utf-8")]
            headers += [(b"content-length", str(len(body)).encode())]
        return {"type": "http.response.start", "status": reply.status, "headers": headers}

    async def _cut(self, drop: _Dropped, scope: Scope, receive: Receive, send: Send) -> None:
        """Abort the connection: with a reset, or after half an answer."""
        transport: asyncio.Transport | None = scope["state"].get("transport")
        if transport is None:
            raise RuntimeError("connections can be dropped only when the sandbox's own server runs the application")
        if drop.half is None:
            own = transport.get_extra_info("socket")
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        else:
            body = _bytes(drop.half)
            if body:
                await send(self._start(drop.half, body))
                await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            else:
                transport.write(b"HTTP/1.1 ")
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


def create_app(agreement: Agreement) -> Sandbox:
    """The application. Dropping connections works only below `SandboxServer`, which hands over the transport."""
    return Sandbox(agreement)


async def _body(receive: Receive) -> bytes:
    parts = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def _bytes(reply: Reply) -> bytes:
    return b"" if reply.status == 204 else wire.dumps(reply.doc)


def _address(entry: Entry) -> str:
    return f"{entry.path}?{entry.query}"


def _json(raw: bytes, content_type: str) -> Any:
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise Refused(
            415,
            "Unsupported media type.",
            "The API takes JSON only: set the header Content-Type to application/json.",
            "E00415",
        )
    try:
        return wire.loads(raw)
    except ValueError:
        raise Refused(400, "The request body is not valid JSON.", "Check the syntax of the body.", "E00400") from None


def _authorised(headers: dict[bytes, str]) -> Reply | None:
    """None for the right tokens, else a 401."""
    sent = (headers.get(b"x-appsecrettoken", ""), headers.get(b"x-agreementgranttoken", ""))
    right = [hmac.compare_digest(a.encode(), b.encode()) for a, b in zip(sent, TOKENS, strict=True)]
    if all(right):
        return None
    code = "E02250" if all(sent) and any(right) else "E02200"
    message = "The tokens do not match." if code == "E02250" else "Access denied."
    hint = "Send X-AppSecretToken and X-AgreementGrantToken; the sandbox's tokens are demo and demo."
    return Refused(401, message, hint, code).reply()


def _slow_down(fault: Fault) -> Reply:
    reply = Refused(429, "Too many requests.", "Wait before the next call.").reply()
    return Reply(429, reply.doc, (("Retry-After", str(math.ceil(fault.seconds or 1))),))


def _broken() -> Reply:
    return Refused(500, "Internal server error.", "An unhandled exception was thrown.", "E00500").reply()
