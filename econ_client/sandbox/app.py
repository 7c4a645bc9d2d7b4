"""The ASGI application: one request from arrival to answer.

It speaks ASGI itself, without a framework in between: routes need e-conomic's own path encoding, and a benchmark
against the sandbox should measure the client.
"""

from __future__ import annotations

import asyncio
import math
import socket
import struct
import time
import traceback
from decimal import Decimal

from starlette.types import Message, Receive, Scope, Send

from econ_client.sandbox import admin, arrival, demo, faults, idempotency, wire
from econ_client.sandbox.agreement import Agreement
from econ_client.sandbox.answers import Refused, Reply
from econ_client.sandbox.collections import Call
from econ_client.sandbox.faults import Faults
from econ_client.sandbox.idempotency import Answers
from econ_client.sandbox.journal import Entry, Journal
from econ_client.sandbox.ratelimit import Budget, too_many
from econ_client.sandbox.routes import Routes
from econ_client.sandbox.statefile import StateFile, Write
from econ_client.sandbox.webhooks import Webhooks

_RESET = struct.pack("ii", 1, 0)


class _Dropped(Exception):
    """The connection is to be cut; `half` of an answer may have to go out first."""

    def __init__(self, half: Reply | None = None) -> None:
        self.half = half


class Sandbox:
    """The application around one agreement; with `file`, what it holds is carried out first."""

    def __init__(self, agreement: Agreement, file: StateFile | None = None) -> None:
        self.agreement = agreement
        self.faults = Faults()
        self.journal = Journal()
        self.answers = Answers(agreement.clock)
        self.webhooks = Webhooks()
        self.budget = Budget(agreement.clock)
        self._routes = Routes()
        self._file: StateFile | None = None
        self._carrying_out = False
        if file is not None:
            self._carry_out(file)

    def reset(self) -> None:
        """As at the start: state, switches, faults, webhooks, journal, kept answers."""
        self.agreement.reset()
        self.faults.put([])
        self.webhooks.clear()
        self.journal.clear()
        self.answers.clear()
        self.budget.clear()
        if self._file is not None:
            self._file.clear(self._now())

    def _now(self) -> str:
        return f"{Decimal(self.agreement.clock.now().timestamp()):.6f}"

    def _carry_out(self, file: StateFile) -> None:
        """Every write of the file again, each at its own time."""
        clock = self.agreement.clock
        self._carrying_out = True
        try:
            clock.ahead = float(file.began) - time.time()
            self.agreement.reset()
            for write in file.writes:
                clock.ahead = float(write.at) - time.time()
                if write.path.startswith(admin.PREFIX):
                    self._administer(write.method, write.path, write.raw)
                    continue
                entry = Entry(write.method, write.path, write.query, write.key, write.raw)
                if write.kept is not None:
                    self.answers.restore(str(write.key), write.method, _address(entry), write.kept)
                    continue
                headers = {b"content-type": write.content_type}
                self._kept(entry, True, self._answer(entry, headers, write.base))
        finally:
            clock.ahead = 0
            self._carrying_out = False
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry; HTTP only."""
        if scope["type"] != "http":
            return
        raw = await arrival.body_of(receive)
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        path = arrival.path_of(scope["raw_path"].decode("ascii", "replace"))
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
            reply = admin.answer(self, method, path, body)
        except Refused as refused:
            return refused.reply()
        if admin.lasting(method, path):
            self._record(method, path, "", None, "application/json", "", raw)
        return reply

    async def _serve(self, entry: Entry, headers: dict[bytes, str], base: str) -> Reply:
        """The answer, after what the faults do. Raises _Dropped."""
        wait, fault = self.faults.meet(entry.method, entry.path)
        if wait:
            await asyncio.sleep(wait)
        if fault is not None:
            if fault.fault == "drop_before":
                raise _Dropped
            if fault.fault == "429":
                return too_many(math.ceil(fault.seconds or 1)).reply()
            if fault.fault in faults.DENIED:
                return faults.DENIED[fault.fault].reply()
        query = arrival.query_of(entry.query)
        refused = arrival.refused(entry.method, headers, query, base + entry.path)
        if fault is not None and fault.fault == "500_before":
            return self._kept(entry, refused is None, _broken())
        reply = refused or self._limited() or self._answer(entry, headers, base)
        if refused is None and reply.doc is not None and demo.asked(query):
            reply = Reply(reply.status, demo.handed_on(reply.doc, base), reply.headers)
        if fault is not None and fault.fault == "500_after" and self.agreement.switches.cache_errors:
            return self._kept(entry, refused is None, _broken())
        reply = self._kept(entry, refused is None, reply)
        if fault is None:
            return reply
        if fault.fault == "500_after":
            return _broken()
        raise _Dropped(reply if fault.fault == "drop_mid" else None)

    def _limited(self) -> Reply | None:
        if self.agreement.switches.rate_limit:
            try:
                self.budget.check()
            except Refused as refused:
                return refused.reply()
        return None

    def _kept(self, entry: Entry, authorised: bool, reply: Reply) -> Reply:
        if authorised and entry.idempotency_key and entry.method in idempotency.METHODS and reply.status != 429:
            key, errors = entry.idempotency_key, self.agreement.switches.cache_errors
            new = self.answers.keep(key, entry.method, _address(entry), reply, errors=errors)
            if new and reply.status >= 400 and self._file is not None:
                self._file.append(Write(self._now(), entry.method, entry.path, entry.query, key, "", "", b"", reply))
        return reply

    def _answer(self, entry: Entry, headers: dict[bytes, str], base: str) -> Reply:
        """What the agreement answers, without faults. An own mistake becomes a 500 that shows itself."""
        try:
            if entry.idempotency_key and entry.method in idempotency.METHODS:
                original = self.answers.replay(entry.idempotency_key, entry.method, _address(entry))
                if original is not None:
                    return original
            handler, values = self._routes.find(entry.method, entry.path)
            kind = headers.get(b"content-type", "")
            body = None
            if entry.method in ("POST", "PUT", "PATCH") and not entry.path.rstrip("/").lower().endswith("/file"):
                body = arrival.json_of(entry.raw, kind)
            self.agreement.stock.settle()
            call = Call(entry.method, entry.path, arrival.query_of(entry.query), body, base, entry.raw, kind)
            reply = handler(self.agreement, call, *values)
            self._told()
            if entry.method not in arrival.READING:
                key = entry.idempotency_key
                self._record(entry.method, entry.path, entry.query, key, kind, base, entry.raw)
        except Refused as refused:
            return refused.reply()
        except Exception as error:  # noqa: BLE001 -- a server answers 500 and goes on
            traceback.print_exception(error)
            return Refused(500, "The sandbox itself failed.", f"{type(error).__name__}: {error}").reply()
        return reply

    def _record(self, method: str, path: str, query: str, key: str | None, kind: str, base: str, raw: bytes) -> None:
        self._told()
        if self._file is not None:
            self._file.append(Write(self._now(), method, path, query, key, kind, base, raw))

    def _told(self) -> None:
        changes = self.agreement.changes.taken()
        if self._carrying_out or not changes:
            return
        if not self.agreement.switches.webhook_deletes:
            changes = [change for change in changes if not change.deleted]
        self.webhooks.tell(changes)

    def _start(self, reply: Reply, body: bytes) -> Message:
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in reply.headers]
        headers += self.budget.charge()
        if reply.status != 204:
            headers += [(b"content-type", reply.media.encode())]
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


def create_app(agreement: Agreement, file: StateFile | None = None) -> Sandbox:
    """The application. Dropping connections works only below `SandboxServer`, which hands over the transport."""
    return Sandbox(agreement, file)


def _bytes(reply: Reply) -> bytes:
    if reply.raw is not None:
        return reply.raw
    return b"" if reply.status == 204 else wire.dumps(reply.doc)


def _address(entry: Entry) -> str:
    return f"{entry.path}?{entry.query}"


def _broken() -> Reply:
    return Refused(500, "Internal server error.", "An unhandled exception was thrown.", "E00500").reply()
