"""Answers of e-conomic, and the line that each call leaves in the delivery log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from econ_client import advice, wire
from econ_client.errors import Ambiguous

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx answer. `from_cache`: e-conomic replayed the answer that it gave to this idempotency key before."""

    status: int
    body: bytes = field(repr=False)
    log_id: str = ""
    from_cache: bool = False

    def parse(self, model: type[M]) -> M:
        """The answer as a model.

        Raises:
            Ambiguous: the body is no JSON, or not what the model needs. The call itself was carried out.
        """
        return fit(self.data, model, self)

    def parse_all(self, model: type[M]) -> list[M]:
        """The answer as models: e-conomic answers an array where one request makes several things (vouchers).

        Raises:
            Ambiguous: as `parse`.
        """
        data = self.data
        return [fit(one, model, self) for one in (data if isinstance(data, list) else [data])]

    @property
    def data(self) -> Any:
        """The body as plain values, numbers with a point as `Decimal`; None when there is no body.

        Raises:
            Ambiguous: the body is no JSON.
        """
        if not self.body.strip():
            return None
        try:
            return wire.decode(self.body)
        except ValueError as error:
            problem = str(error)
        raise Ambiguous(
            f"e-conomic answered {self.status}, but {problem}.",
            status=self.status,
            log_id=self.log_id,
            advice=advice.URL,
            from_cache=self.from_cache,
        )


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it is logged: no query (filters hold people's e-mails), no bodies, no headers.

    `status` is None when no answer came; `ms` is the time on the wire, without waiting for the pace.
    """

    method: str
    path: str
    status: int | None
    ms: float
    log_id: str = ""
    error_code: str = ""


def fit(data: Any, model: type[M], answer: Answer | None = None) -> M:
    """Values of an answer as a model.

    Raises:
        Ambiguous: they do not fit; the text names the properties, not their values.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        wrong = ", ".join(
            f"{'.'.join(str(part) for part in found['loc']) or 'body'} ({found['type']})"
            for found in error.errors(include_input=False, include_context=False, include_url=False)[:5]
        )
    raise Ambiguous(
        f"e-conomic answered{f' {answer.status}' if answer else ''}, but not as a {model.__name__}: {wrong}.",
        status=answer.status if answer else None,
        log_id=answer.log_id if answer else "",
        advice=advice.LOOK_UP,
        from_cache=answer.from_cache if answer else False,
    )
