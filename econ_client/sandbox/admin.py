"""/_sandbox: the switches, faults and journal of the sandbox itself. No tokens are needed here."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from econ_client.sandbox import booking, posting
from econ_client.sandbox.answers import Refused, Reply, Unusable, not_found
from econ_client.sandbox.stock import NUMBERS

if TYPE_CHECKING:
    from econ_client.sandbox.app import Sandbox

PREFIX = "/_sandbox/"
_LASTING = ("agreement", "webhooks", "payments", "stock", "accounting-years")


def answer(sandbox: Sandbox, method: str, path: str, body: Any) -> Reply:
    """Answer a call below /_sandbox. Raises Refused: 404 unknown, 400 with what is allowed."""
    name, _, rest = path.removeprefix(PREFIX).partition("/")
    try:
        match method, name, bool(rest):
            case "GET", "requests", False:
                return Reply(200, sandbox.journal.shown())
            case "DELETE", "requests", False:
                sandbox.journal.clear()
                return Reply(204)
            case "GET", "faults", False:
                return Reply(200, sandbox.faults.shown())
            case "PUT", "faults", False:
                sandbox.faults.put(body)
                return Reply(200, sandbox.faults.shown())
            case "GET", "agreement", False:
                return Reply(200, _switches(sandbox))
            case "PUT", "agreement", False:
                sandbox.agreement.switches = sandbox.agreement.switches.changed(_object(body))
                return Reply(200, _switches(sandbox))
            case "GET", "webhooks", False:
                return Reply(200, sandbox.webhooks.shown())
            case "PUT", "webhooks", False:
                sandbox.webhooks.put(body)
                return Reply(200, sandbox.webhooks.shown())
            case "GET", "webhooks", True if rest == "deliveries":
                return Reply(200, sandbox.webhooks.deliveries())
            case "PUT", "payments", True:
                return _pay(sandbox, rest, _object(body))
            case "POST", "journals", True if rest.endswith("/book"):
                journal = rest.removesuffix("/book")
                return Reply(200, posting.book(sandbox.agreement, int(journal) if journal.isdecimal() else 0))
            case "PUT", "stock", True:
                return _stock(sandbox, unquote(rest), _object(body))
            case "PUT", "accounting-years", True:
                return _close(sandbox, rest, _object(body))
            case "POST", "reset", False:
                sandbox.reset()
                return Reply(204)
    except ValueError as error:
        message = str(error)
        raise Refused(400, f"{message[:1].upper()}{message[1:]}.", "See the sandbox's documentation.") from error
    raise not_found()


def lasting(method: str, path: str) -> bool:
    """Whether a call changes what a state file keeps; faults and the journal are of the moment."""
    name = path.removeprefix(PREFIX).partition("/")[0]
    return (method == "PUT" and name in _LASTING) or (method == "POST" and name == "journals")


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise Unusable("the body is a JSON object")
    return body


def _switches(sandbox: Sandbox) -> dict[str, Any]:
    shown = sandbox.agreement.switches.shown()
    return {name: Decimal(str(value)) if isinstance(value, float) else value for name, value in shown.items()}


def _stock(sandbox: Sandbox, number: str, body: dict[str, Any]) -> Reply:
    allowed = (*NUMBERS, "available", "packageVolume", "recommendedCostPrice")
    for name, value in body.items():
        if name not in allowed:
            raise Unusable(f"`{name}` is none of {', '.join(allowed)}")
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise Unusable(f"`{name}` is a number")
    try:
        return Reply(200, sandbox.agreement.stock.write(number, {name: Decimal(n) for name, n in body.items()}))
    except KeyError:
        raise not_found() from None


def _pay(sandbox: Sandbox, rest: str, body: dict[str, Any]) -> Reply:
    """PUT /_sandbox/payments/:bookedInvoiceNumber {"remainder": n}: what a registered payment leaves."""
    remainder = body.get("remainder")
    if set(body) != {"remainder"} or isinstance(remainder, bool) or not isinstance(remainder, int | Decimal):
        raise Unusable('the body is {"remainder": a number}')
    try:
        doc = booking.pay(sandbox.agreement, int(rest) if rest.isdecimal() else 0, Decimal(remainder))
    except KeyError:
        raise not_found() from None
    return Reply(200, {name: doc[name] for name in ("bookedInvoiceNumber", "remainder", "remainderInBaseCurrency")})


def _close(sandbox: Sandbox, rest: str, body: dict[str, Any]) -> Reply:
    """PUT /_sandbox/accounting-years/:y or /:y/:period with `closed` and, for a period, `barred`."""
    year, _, period = rest.partition("/")
    flags: dict[str, Any] = {name: bool(body[name]) for name in ("closed", "barred") if name in body}
    agreement = sandbox.agreement
    if period:
        key = (year, int(period) if period.isdecimal() else 0)
        if key not in agreement.periods:
            raise not_found()
        agreement.periods[key] = {**agreement.periods[key], **flags}
        return Reply(200, agreement.periods[key])
    doc = agreement.years.get(year)
    if doc is None:
        raise not_found()
    agreement.years.put(year, {**doc, "closed": flags.get("closed", doc["closed"])})
    return Reply(200, agreement.years.get(year))
