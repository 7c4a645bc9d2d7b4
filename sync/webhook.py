"""e-conomic's webhooks over HTTP: ``POST /webhooks/economic/<secret>``, answered before anything is done about them.

They are not signed, so the address holds a secret, and what they say is never believed: it is looked up. For anybody
without the secret the address does not exist.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync import trouble
from sync.pull.names import Named, names

log = logging.getLogger("magento_economic.webhook")

PATH = "/webhooks/economic/"
LARGEST_BODY = 64 * 1024
LONGEST_QUERY = 4_000
LONGEST = 10.0
"""Seconds in which a body has to arrive."""


class Webhooks:
    """An application before another one: takes webhooks, and passes everything else on.

    `take` is called from the HTTP thread with what a webhook names, so it has to be quick; it must not raise.
    """

    def __init__(self, app: ASGIApp, secret: str, take: Callable[[Named], None], *, longest: float = LONGEST) -> None:
        self._app = app
        self._secret = secret.encode()
        self._take = take
        self._longest = longest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or not self._knows(scope["path"]):
            await self._app(scope, receive, send)
            return
        response = await self._answer(scope, receive)
        await response(scope, receive, send)

    def _knows(self, path: str) -> bool:
        if not path.startswith(PATH) or not self._secret:
            return False
        said = path.removeprefix(PATH).encode("utf-8", "replace")
        return hmac.compare_digest(said, self._secret)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        headers = Headers(scope=scope)
        if scope["method"] != "POST":
            return PlainTextResponse("Method Not Allowed", 405, {"Allow": "POST"})
        length = headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:12]) > LARGEST_BODY:
            return _refused(413, "Content Too Large")
        try:
            body = await asyncio.wait_for(_body(receive), self._longest)
        except TimeoutError:
            return _refused(408, "Request Timeout")
        if body is None:
            return _refused(413, "Content Too Large")
        try:
            # e-conomic's merge fields may stand in the address, too
            said, asked = names(body, headers.get("content-type", "")), names(scope["query_string"][:LONGEST_QUERY])
            self._take(Named(said.texts | asked.texts, more=said.more or asked.more))
        except Exception as error:  # noqa: BLE001  (whatever came is no reason to send it again)
            log.error("internal error %s at %s; please report it", type(error).__name__, trouble.where(error))
        return Response(status_code=204)


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None when it is too large. What came of a body that broke off is a body too."""
    pieces: list[bytes] = []
    size = 0
    while True:
        message: Message = await receive()
        if message["type"] != "http.request":
            break
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > LARGEST_BODY:
            return None
        if not message.get("more_body", False):
            break
    return b"".join(pieces)


def _refused(status: int, said: str) -> Response:
    return PlainTextResponse(said, status, {"Connection": "close"})
