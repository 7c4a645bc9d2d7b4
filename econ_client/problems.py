"""What an error answer says, whatever its shape.

Seen so far: `errors` as an object that mirrors the request, as an array for bulk bodies, as an array of strings for a
rejected filter; older answers with `message`/`value` instead of `errorMessage`/`inputValue`; RFC 9457 problem+json
from the OpenAPI services; HTML from what stands in between; nothing at all. Texts may be Danish and casing of
`propertyName` varies, so only codes are relied on.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from econ_client import wire
from econ_client.errors import Problem

LONGEST_TEXT = 300
LONGEST_READ = 10_000
"""Characters of a text that are looked at: proxies send pages of any length."""
MOST_PROBLEMS = 1000
MASK = "…"

_SHOWN = frozenset(
    {
        "account", "accountnumber", "accountingyear", "bookwithnumber", "currency", "customer", "customergroup",
        "customergroupnumber", "customernumber", "date", "deliverydate", "departmentaldistribution",
        "discountpercentage", "draftinvoice", "draftinvoicenumber", "duedate", "employee", "employeenumber",
        "exchangerate", "layout", "layoutnumber", "linenumber", "nemhandeltype", "ordernumber", "pagesize",
        "paymentterms", "paymenttermsnumber", "paymenttermstype", "product", "productgroup", "productgroupnumber",
        "productnumber", "quantity", "salesperson", "sendby", "sort", "sortkey", "unit", "unitcostprice",
        "unitnetprice", "unitnumber", "vatzone", "vatzonenumber", "year",
    }
)  # fmt: skip
_EMAIL = re.compile(r"(?<![^\s'\"<>,;])[^\s'\"<>,;]+@[^\s'\"<>,;]+")
_QUOTED = re.compile(r"(?<!\w)(['\"“])(.+?)(?:['\"”])(?!\w)")


@dataclass(frozen=True, slots=True)
class Said:
    """An error body, understood as far as it goes.

    `json` is False for bodies that are no JSON; `own` is True when the body is one that e-conomic itself writes (a
    proxy's 404 is not). `code` is that of the whole answer (``E04300`` for every failed validation).
    """

    json: bool
    own: bool
    message: str = ""
    code: str = ""
    hint: str = ""
    log_id: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def telling_code(self) -> str:
        """The code of the first concrete problem, else that of the answer."""
        return next((problem.code for problem in self.problems if problem.code), self.code)


def read(body: bytes) -> Said:
    """Understand an error body of any shape; never raises."""
    try:
        data = wire.decode(body)
    except ValueError:
        return Said(json=False, own=False)
    if isinstance(data, list):
        found = _found(data)
        return Said(json=True, own=False, problems=tuple(_masked(found, _typed(found))))
    if not isinstance(data, dict):
        return Said(json=True, own=False)
    found = _found(data.get("errors"))
    typed = _typed(found)
    problems = _masked(found, typed)
    detail = " ".join(filter(None, (_text(data, "title"), _text(data, "detail"))))
    return Said(
        json=True,
        own=bool(data.keys() & {"httpStatusCode", "errorCode", "logId", "developerHint", "traceId"}),
        message=_clean(_text(data, "message", "errorMessage") or detail, typed),
        code=_line(_text(data, "errorCode", "code")),
        hint=_clean(_text(data, "developerHint", "hint"), typed),
        log_id=_line(_text(data, "logId", "traceId")),
        problems=tuple(problems),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    path: str
    code: str
    message: str
    hint: str
    value: Any


def _found(node: Any) -> list[_Found]:
    return list(itertools.islice(_walk(node, ""), MOST_PROBLEMS))


def _walk(node: Any, path: str) -> Iterator[_Found]:
    if isinstance(node, str):
        if node:
            yield _Found(path, "", node, "", None)
    elif isinstance(node, list):
        for position, item in enumerate(node):
            yield from _walk(item, _indexed(item, path, position))
    elif isinstance(node, dict):
        if _is_leaf(node):
            value = node["inputValue"] if "inputValue" in node else node.get("value")
            where = _joined(path, _text(node, "propertyName", "property", "propertyPath"), once=True)
            yield _Found(where, _text(node, "errorCode", "code"), _message(node), _text(node, "developerHint"), value)
            node = {name: child for name, child in node.items() if isinstance(child, dict | list)}
            node.pop("inputValue", None)
            node.pop("value", None)
        for name, child in node.items():
            if name != "arrayIndex":
                yield from _walk(child, path if name in ("errors", "items") else _joined(path, name))


def _is_leaf(node: Mapping[str, Any]) -> bool:
    return any(isinstance(node.get(name), str) for name in ("errorMessage", "message", "errorCode"))


def _message(node: Mapping[str, Any]) -> str:
    return _text(node, "errorMessage", "message", "detail", "title")


def _indexed(item: Any, path: str, position: int) -> str:
    if not isinstance(item, dict) or _is_leaf(item):
        return path
    return f"{path}[{item.get('arrayIndex', position)}]"


def _joined(path: str, name: str, *, once: bool = False) -> str:
    name = name[:1].lower() + name[1:]
    last = path.rsplit(".", 1)[-1]
    if not name or (once and last.casefold() == name.casefold()):
        return path
    return f"{path}.{name}" if path else name


def _text(node: Mapping[str, Any], *names: str) -> str:
    return next((str(node[name]) for name in names if isinstance(node.get(name), str | int) and node[name]), "")


def _typed(found: list[_Found]) -> re.Pattern[str] | None:
    """What people typed into the fields complained of: short texts as words, longer ones anywhere."""
    values = {text for problem in found if not _may_show(problem.path) for text in _strings(problem.value)}
    escaped = [(value, re.escape(value)) for value in sorted(values, key=len, reverse=True)]
    parts = [rf"(?<!\w){pattern}(?!\w)" if len(value) < 4 else pattern for value, pattern in escaped]
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def _masked(found: list[_Found], typed: re.Pattern[str] | None) -> list[Problem]:
    problems = []
    for problem in found:
        message, hint = _clean(problem.message, typed), _clean(problem.hint, typed)
        if not _may_show(problem.path) and not isinstance(problem.value, int | Decimal):
            message = _QUOTED.sub(lambda quoted: f"{quoted.group(1)}{MASK}{quoted.group(1)}", message)
        problems.append(Problem(_line(problem.path), _line(problem.code), message, hint))
    return problems


def _may_show(path: str) -> bool:
    if not path:
        return True
    return re.sub(r"\[\d+\]", "", path.rsplit(".", 1)[-1]).casefold() in _SHOWN


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value.strip():
            yield value
            yield value.strip()
    elif isinstance(value, dict):
        for child in value.values():
            yield from _strings(child)
    elif isinstance(value, list):
        for child in value:
            yield from _strings(child)


def _line(name: str) -> str:
    """A name or code as one line: a body may carry breaks in any of its keys and texts."""
    return " ".join(name.split())


def _clean(text: str, typed: re.Pattern[str] | None) -> str:
    whole, text = text, text[:LONGEST_READ]
    text = " ".join(_EMAIL.sub(MASK, typed.sub(MASK, text) if typed else text).split())
    if len(text) > LONGEST_TEXT:
        return text[: LONGEST_TEXT - 1] + MASK
    return text if len(whole) <= LONGEST_READ else MASK
