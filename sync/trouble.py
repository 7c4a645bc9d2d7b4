"""From an error to an outcome: decided by class, in this one place."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from random import uniform

from cdc.errors import (
    BadServerSettings,
    DatabaseUnreachable,
    LoginRefused,
    MagentoError,
    NotReached,
    SchemaMissing,
)
from econ_client.errors import (
    Ambiguous,
    EconomicError,
    Forbidden,
    NotAuthorised,
    RateLimited,
    Rejected,
    Unavailable,
)
from sync.errors import SyncError
from sync.outcome import Outcome, ParkedFor, Retry
from sync.state.errors import GenerationMoved, NaturalKeyBusy, StateError

LONGEST_BACKOFF = 60.0
UNKNOWN_TRIES = 3
"""How often an error of Magento's server that nobody knows is met before a key parks: a query may have been garbled."""

log = logging.getLogger("magento_economic.deliver")


def backoff(attempts: int) -> timedelta:
    """1 s, doubling to a minute, with jitter."""
    return timedelta(seconds=min(LONGEST_BACKOFF, 2.0 ** min(attempts, 10)) * uniform(0.7, 1.0))


def outcome_of(error: Exception, *, attempts: int, now: datetime, wanted: str) -> Outcome:
    """What an error means for the key. `wanted` is the fingerprint of what was to be sent, empty when not known."""
    match error:
        case GenerationMoved():
            return Retry("changed_meanwhile", now, counts=False)
        case NotReached():
            return Retry("not_reached", now + timedelta(seconds=0.05), counts=False)
        case DatabaseUnreachable():
            return Retry("magento_unreachable", now + timedelta(seconds=uniform(1, 3)), str(error), counts=False)
        case LoginRefused() | BadServerSettings() | SchemaMissing():
            # true of the whole shop, as in the middle of a password's change or of Magento's own upgrade
            due = now + timedelta(seconds=uniform(15, 30))
            return Retry("magento_refuses", due, told(error), type(error).__name__, counts=False)
        case NaturalKeyBusy():
            return Retry("natural_key_busy", now + timedelta(seconds=uniform(0.2, 1)), counts=False)
        case StateError():
            # the state says what is wrong with itself; a write that is still open is found and settled by the next try
            due = now + (timedelta(seconds=0.5) if error.retryable else backoff(attempts))
            return Retry("state", due, told(error), counts=not error.retryable)
        case RateLimited():
            wait = timedelta(seconds=error.retry_after)
            return Retry("rate_limited", now + wait, str(error), error.code, counts=False)
        case Unavailable():
            return Retry("economic_unreachable", now + timedelta(seconds=1), str(error), counts=False)
        case Ambiguous():
            return Retry("outcome_unknown", now + backoff(attempts), str(error), error.code)
        case NotAuthorised():
            return Retry("not_authorised", now + timedelta(seconds=5), str(error), error.code, counts=False)
        case Forbidden():
            return ParkedFor("forbidden", str(error), error.code, wanted)
        case Rejected() | EconomicError():
            return ParkedFor("refused", str(error), error.code or "", wanted)
        case MagentoError():
            said = told(error)
            if attempts < UNKNOWN_TRIES:
                return Retry("magento_refuses", now + backoff(attempts), said, type(error).__name__)
            return ParkedFor("magento", said, type(error).__name__)
        case _:
            at = where(error)
            log.error("internal error %s at %s", type(error).__name__, at)
            return ParkedFor(
                "internal_error",
                f"The program met a case it does not know ({type(error).__name__} at {at}). Please report it; "
                "`tasks retry` tries again.",
                type(error).__name__,
                wanted,
            )


def told(error: MagentoError | StateError | SyncError) -> str:
    """What is wrong and what to do about it, in one line."""
    said = str(error)
    between = "" if not error.hint else " " if said.endswith((".", ";", ":")) else "; "
    return f"{said}{between}{error.hint}"


def where(error: Exception) -> str:
    """File and line of an error: its text may hold people's data."""
    trace = error.__traceback__
    at = "?"
    while trace is not None:
        code = trace.tb_frame.f_code
        at = f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return at
