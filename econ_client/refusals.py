"""From an answer that is not 2xx to the error that says what it means."""

from __future__ import annotations

from econ_client import advice, problems
from econ_client.errors import Ambiguous, EconomicError, Forbidden, NotAuthorised, NotFound, RateLimited, Rejected
from econ_client.problems import Said

TIMED_OUT_AT_SERVER = 408
CONFLICT = 409
NOT_IMPLEMENTED = 501
UNREADABLE = {405, 411, 415, 431}
"""What a request of ours is answered with only when it, or its head, was garbled on the way. E00400 says of a body that
it is no JSON: so the sandbox does, and what e-conomic says is not recorded."""


def refusal(
    method: str,
    path: str,
    status: int,
    body: bytes,
    *,
    log_id: str = "",
    from_cache: bool = False,
    retry_after: float | None = None,
    default_retry_after: float = 10.0,
) -> EconomicError:
    """The error for an answer that is not 2xx.

    A 404 means "no such document" only when e-conomic itself says so: a wrong address or a proxy answers 404 too, and
    believing it would create documents twice. A 409 without a code of its own is what services answer while the first
    try under the same idempotency key is still being worked on; e-conomic does not document it.
    """
    said = problems.read(body)
    kind, told = _judge(method, path, status, body, said)
    error = kind(
        _sentence(method, path, status, body, said),
        status=status,
        code=said.telling_code,
        hint=said.hint or next((problem.hint for problem in said.problems if problem.hint), ""),
        log_id=said.log_id or log_id,
        advice=told,
        from_cache=from_cache,
        problems=said.problems,
    )
    error.retry_after = default_retry_after if kind is RateLimited and retry_after is None else retry_after
    return error


def _judge(method: str, path: str, status: int, body: bytes, said: Said) -> tuple[type[EconomicError], str]:
    codes = {said.code, *(problem.code for problem in said.problems)}
    if status == 429:
        return RateLimited, advice.LATER
    refused = "E02250" in codes and status < 500  # with a 5xx a write may have had its effect
    if status == 401 or refused or (status == 403 and path == "/self"):
        return NotAuthorised, advice.advise("E02250") if "E02250" in codes else advice.TOKENS
    if status >= 500 and status != NOT_IMPLEMENTED:
        return Ambiguous, advice.unanswered(method)
    if status == CONFLICT and "UpdateConflict" not in codes:
        return Ambiguous, advice.unanswered(method)
    if status < 400 or status == TIMED_OUT_AT_SERVER:
        return Ambiguous, advice.URL if status < 400 else advice.unanswered(method)
    if status == 404:
        return (NotFound, advice.advise_all("E06000", said.problems)) if said.own else (Ambiguous, advice.URL)
    if status == 403:
        if _is_page(body):
            return Ambiguous, advice.URL
        return Forbidden, advice.forbidden(method, path, said.telling_code)
    if not said.json or status in UNREADABLE or "E00400" in codes:
        return Ambiguous, advice.URL
    return Rejected, advice.advise_all(said.code, said.problems, said.hint)


def _is_page(body: bytes) -> bool:
    return body.lstrip()[:1] == b"<"


def _sentence(method: str, path: str, status: int, body: bytes, said: Said) -> str:
    what = f"e-conomic answered {status} to {method} {path}"
    if not said.json:
        return f"{what} with an empty body." if not body.strip() else f"{what} with {len(body)} bytes that are no JSON."
    shown = "; ".join(str(problem) for problem in said.problems[:4])
    if len(said.problems) > 4:
        shown += f"; and {len(said.problems) - 4} more"
    if not shown:
        shown = (said.message or said.hint).rstrip(".") + (f" ({said.code})" if said.code else "")
    return f"{what}: {shown.strip()}".rstrip(": .") + "."
