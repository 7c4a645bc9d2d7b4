"""A request as it arrives: its body, its media type, its tokens."""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Receive

from econ_client.sandbox import demo, wire
from econ_client.sandbox.agreement import TOKENS
from econ_client.sandbox.answers import Refused, Reply

READING = ("GET", "HEAD", "OPTIONS")


async def body_of(receive: Receive) -> bytes:
    """The whole body."""
    parts = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def path_of(target: str) -> str:
    """The path of a request's target, which names the host too when a proxy is in between."""
    if target.startswith("/"):
        return target
    return f"/{target.partition('://')[2].partition('/')[2]}"


def query_of(text: str) -> dict[str, str]:
    """The query's parameters, their names in lower case."""
    return {name.lower(): value for name, value in parse_qsl(text, keep_blank_values=True)}


def json_of(raw: bytes, content_type: str) -> Any:
    """The JSON body. Raises Refused: 415 for another media type, 400 for what is no JSON."""
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise Refused(
            415,
            "Unsupported media type.",
            "The API takes JSON only: set the header Content-Type to application/json.",
            "E00415",
        )
    try:
        return wire.loads(raw)
    except (ValueError, RecursionError):
        raise Refused(400, "The request body is not valid JSON.", "Check the syntax of the body.", "E00400") from None


def refused(method: str, headers: dict[bytes, str], query: dict[str, str], url: str) -> Reply | None:
    """None for the right tokens, and for reading with `?demo=true`; else a 401, which shows the demo of that `url`."""
    sent = (headers.get(b"x-appsecrettoken", ""), headers.get(b"x-agreementgranttoken", ""))
    right = [hmac.compare_digest(a.encode(), b.encode()) for a, b in zip(sent, TOKENS, strict=True)]
    if all(right) or method == "OPTIONS":
        return None
    if demo.asked(query) and not any(sent):
        if method in READING:
            return None
        hint = "With ?demo=true the API can only be read."
        return Refused(405, "Method not allowed.", hint, "E00405", headers=(("Allow", "GET"),)).reply()
    code = "E02250" if all(sent) and any(right) else "E02200"
    message = "The tokens do not match." if code == "E02250" else "Access denied."
    hint = f"Send X-AppSecretToken and X-AgreementGrantToken, or look around at {url}?demo=true ."
    return Refused(401, message, hint, code).reply()
