"""What goes back: answers, and the errors in e-conomic's recorded shapes.

Codes E04041, E04042, E04300, E04500, E04730, E04740, E04760, E04810, E06000, E06010, E06820, E07080, E07140, E07150,
E07180 and E02250 were seen in recorded answers, e-conomic's documentation or live probes; any other code is this
sandbox's own, so a client must not depend on it.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from econ_client.sandbox.wire import Doc

INSPECT = "Inspect validation errors and correct your request."


class Unusable(ValueError):
    """What was put to the sandbox itself (a fault, a stock number) cannot be used; the message says what can."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, JSON document (None for an empty body) and further headers; `raw` is a body that is no JSON."""

    status: int
    doc: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    raw: bytes | None = None
    media: str = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Problem:
    """One validation error. `at` is the way to the property: names, and array indexes."""

    at: tuple[str | int, ...]
    message: str
    code: str
    value: Any = None
    hint: str | None = None


@dataclass(slots=True)
class Refused(Exception):
    """The request is answered with this error."""

    status: int
    message: str
    hint: str
    code: str | None = None
    more: Doc = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()

    def reply(self) -> Reply:
        """The answer, with a new logId."""
        doc: Doc = {"message": self.message}
        if self.code:
            doc["errorCode"] = self.code
        doc |= {"developerHint": self.hint, "logId": f"{secrets.token_hex(8)}-CPH", "httpStatusCode": self.status}
        now = datetime.datetime.now(datetime.UTC)
        doc |= {name: value for name, value in self.more.items() if name == "errors"}
        doc["logTime"] = now.strftime("%Y-%m-%dT%H:%M:%S")
        doc |= {name: value for name, value in self.more.items() if name != "errors"}
        return Reply(self.status, doc, self.headers)


def not_found(code: str | None = None) -> Refused:
    """404. A repeated DELETE carries E06000."""
    return Refused(404, "Resource not found.", "Please ensure that the resource you are requesting exists.", code)


def invalid(problems: Sequence[Problem], schema: str | None = None) -> Refused:
    """400 with `errors` as an object that mirrors the request."""
    count = len(problems)
    more: Doc = {"errors": _tree(problems), "errorCount": count}
    if schema:
        more["schemaPath"] = schema
    plural = "error" if count == 1 else "errors"
    return Refused(400, f"Validation failed. {count} {plural} found.", INSPECT, "E04300", more)


def refuse(at: str, message: str, code: str, value: Any = None, hint: str | None = None) -> Refused:
    """400 with one problem at one property."""
    return invalid([Problem(tuple(at.split(".")), message, code, value, hint)])


def _tree(problems: Iterable[Problem]) -> Doc:
    root: Doc = {}
    for problem in problems:
        node = root
        for step in problem.at:
            node = _item(node, step) if isinstance(step, int) else node.setdefault(step, {})
        entry: Doc = {
            "propertyName": next((str(s) for s in reversed(problem.at) if isinstance(s, str)), ""),
            "errorMessage": problem.message,
            "errorCode": problem.code,
        }
        if problem.value is not None:
            entry["inputValue"] = problem.value
        entry["developerHint"] = problem.hint or "Consult the schema of the endpoint and correct the value."
        node.setdefault("errors", []).append(entry)
    return root


def _item(node: Doc, index: int) -> Doc:
    items: list[Doc] = node.setdefault("items", [])
    for item in items:
        if item["arrayIndex"] == index:
            return item
    items.append({"arrayIndex": index})
    return items[-1]
