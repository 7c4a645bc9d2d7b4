"""How a call to e-conomic can end badly.

    EconomicError
    ├── Retryable                the same call may succeed later
    │   ├── RateLimited          429, or the pace knows that it would be; nothing was done
    │   ├── Unavailable          never reached e-conomic; nothing was done
    │   │   └── Interrupted      the service is stopping; nothing was sent
    │   └── Ambiguous            sent, outcome unknown: look up before the next try
    ├── Rejected                 400 and kin: the data or the request is at fault
    │   ├── NotFound             404, said by e-conomic itself
    │   └── Unsendable           would be refused; nothing was sent
    ├── NotAuthorised            401, or 403 on /self: the tokens are at fault
    └── Forbidden                403 elsewhere: a role or a module is missing

Whether to try again is decided by class (`retryable`), nowhere else.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that e-conomic found wrong.

    `path` says where in the request (``lines[0].product``, empty when unknown). Values that were submitted in free
    text fields are masked in `message` and `hint`: they are people's names, addresses and e-mails.
    """

    path: str = ""
    code: str = ""
    message: str = ""
    hint: str = ""

    def __str__(self) -> str:
        """``lines[0].product: message (code)``."""
        said = (self.message or self.hint or "refused").rstrip(".")
        return (f"{self.path}: " if self.path else "") + said + (f" ({self.code})" if self.code else "")


class EconomicError(Exception):
    """e-conomic could not be asked, or refused.

    The text of the error is for people: what happened, where, and what to do (`advice`).
    """

    retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str = "",
        *,
        status: int | None = None,
        code: str = "",
        hint: str = "",
        log_id: str = "",
        advice: str = "",
        from_cache: bool = False,
        problems: Sequence[Problem] = (),
        retry_after: float | None = None,
    ) -> None:
        """Keep what e-conomic said.

        Args:
            message: what happened and where; the class's own first line when left out.
            status: the HTTP status; None when there was no answer.
            code: e-conomic's code of the first concrete problem (``E06820``), else of the answer; may be empty.
            hint: e-conomic's developerHint.
            log_id: what e-conomic's support asks for.
            advice: what the reader can do, in plain English.
            from_cache: the answer was replayed for its idempotency key: the next try needs a new key.
            problems: everything that e-conomic found wrong, in the order of the answer.
            retry_after: seconds that e-conomic asks to wait; None when it did not say.
        """
        self.message = message or inspect.cleandoc(type(self).__doc__ or "").splitlines()[0]
        self.status = status
        self.code = code
        self.hint = hint
        self.log_id = log_id
        self.advice = advice
        self.from_cache = from_cache
        self.problems = tuple(problems)
        self.retry_after = retry_after
        super().__init__(self.message)

    def __str__(self) -> str:
        """The message, e-conomic's logId and the advice in one line."""
        log = f" [logId {self.log_id}]" if self.log_id else ""
        return f"{self.message}{log}" + (f" {self.advice}" if self.advice else "")

    def __repr__(self) -> str:
        """Class, status and code: never what was submitted."""
        return f"{type(self).__name__}(status={self.status}, code={self.code!r}, log_id={self.log_id!r})"


class Retryable(EconomicError):
    """The call did not succeed now; it may later."""

    retryable = True


class RateLimited(Retryable):
    """e-conomic asks for fewer calls; this one was not carried out.

    `retry_after` is always a number of seconds here.
    """

    retry_after: float

    def __init__(self, message: str = "", *, retry_after: float = 10.0, **kept: Any) -> None:
        """As `EconomicError`."""
        super().__init__(message, retry_after=retry_after, **kept)


class Unavailable(Retryable):
    """e-conomic could not be reached; nothing was sent."""


class Interrupted(Unavailable):
    """The service is stopping; nothing was sent."""


class Ambiguous(Retryable):
    """The call was sent, but whether e-conomic carried it out is unknown.

    After a write: look the document up before anything else is sent.
    """


class Rejected(EconomicError):
    """e-conomic refused the request as it is; the same request will be refused again."""


class NotFound(Rejected):
    """e-conomic has no such document."""


class Unsendable(Rejected, ValueError):
    """The document does not fit e-conomic's fields; nothing was sent."""

    def __init__(self, problems: Sequence[Problem], *, advice: str = "") -> None:
        """Name every problem by its field."""
        shown = "; ".join(f"{problem.path} {problem.message}" for problem in problems[:4])
        more = f"; and {len(problems) - 4} more" if len(problems) > 4 else ""
        super().__init__(
            f"Nothing was sent: {shown}{more}.",
            code=problems[0].code if problems else "",
            problems=problems,
            advice=advice,
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Made from its problems."""
        return _unsendable, (self.problems, self.advice)


def _unsendable(problems: Sequence[Problem], advice: str) -> Unsendable:
    return Unsendable(problems, advice=advice)


class NotAuthorised(EconomicError):
    """e-conomic does not accept the tokens."""


class Forbidden(EconomicError):
    """The tokens are good, but this is not allowed: a role or a module of the agreement is missing."""
