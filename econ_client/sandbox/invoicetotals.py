"""/invoices/totals: how many invoices, and their sums, by state, customer, accounting year, period and employee.

Source: e-conomic's documentation. Words of an address narrow one another and may follow in any order; a kind at the end
without a number groups what is left.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from econ_client.sandbox.agreement import Agreement
from econ_client.sandbox.answers import Reply, not_found
from econ_client.sandbox.collections import Call, encoded
from econ_client.sandbox.filters import Property, parse_filter
from econ_client.sandbox.links import encode_segment, linked
from econ_client.sandbox.wire import Doc

_ZERO = Decimal("0.00")
_DATE = {"date": Property("date")}
_STATES = ("paid", "unpaid", "overdue", "not-overdue")
_NAMES = {"accounting-years": "accountingYears", "not-overdue": "notOverdue"}
_KINDS = {
    "customers": ("customer", "customerNumber"),
    "accounting-years": ("accountingYear", "year"),
    "periods": ("period", "periodNumber"),
    "employees": ("employee", "employeeNumber"),
}


def overview(agreement: Agreement, call: Call) -> Reply:
    """GET /invoices/totals: every state at once, and links to the totals of usual periods."""
    home, today = call.url.rstrip("/"), agreement.clock.now().date()
    wanted = _filtered(call)
    booked = [doc for _, doc in agreement.booked.listed() if wanted(doc)]
    drafts = [doc for _, doc in agreement.drafts.listed() if wanted(doc)]

    def part(what: str, path: str, docs: Iterable[Doc], *, remainder: bool = False) -> Doc:
        sums = _sums(list(docs), remainder=remainder)
        link = f"{home}/{path}{_filter(call)}"
        return {"description": what, **{n: v for n, v in sums.items() if "Date" not in n}, "self": link}

    def among(state: str) -> list[Doc]:
        return [doc for doc in booked if _is(doc, state, today.isoformat())]

    unpaid = part("Booked invoices with something left to pay.", "booked/unpaid", among("unpaid"), remainder=True)
    late, later = "booked/unpaid/overdue", "booked/unpaid/not-overdue"
    unpaid["overdue"] = part("Past their due date.", late, among("overdue"), remainder=True)
    unpaid["notOverdue"] = part("Due today or later.", later, among("not-overdue"))
    return Reply(
        200,
        {
            "drafts": part("Draft invoices.", "drafts", drafts),
            "booked": {
                **part("Booked invoices.", "booked", booked),
                "paid": part("Booked invoices that are paid.", "booked/paid", among("paid")),
                "unpaid": unpaid,
            },
            "predefinedPeriodFilters": {
                name: {"description": f"From {first} to {last}.", "self": _between(home, first, last)}
                for name, (first, last) in _periods(today).items()
            },
            "self": call.url + _filter(call),
        },
    )


def narrowed(agreement: Agreement, call: Call, words: Sequence[str]) -> Reply:
    """GET /invoices/totals/drafts|booked and what follows."""
    kind, *rest = words
    if kind not in ("drafts", "booked"):
        raise not_found()
    wanted, today = _filtered(call), agreement.clock.now().date().isoformat()
    docs = [doc for _, doc in (agreement.drafts if kind == "drafts" else agreement.booked).listed() if wanted(doc)]
    states: list[str] = []
    used: dict[str, str] = {}
    while rest:
        word = rest.pop(0)
        if word in _KINDS and not rest and word not in used:
            return Reply(200, _grouped(agreement, call, docs, word, states))
        if word in _KINDS and word not in used:
            used[word] = rest.pop(0)
            if not _exists(agreement, word, used[word]):
                raise not_found()
            docs = [doc for doc in docs if _value(agreement, doc, word) == used[word]]
        elif word in _following(kind, states):
            states.append(word)
            docs = [doc for doc in docs if _is(doc, word, today)]
        else:
            raise not_found()
    home = call.url.rstrip("/")
    shown = _sums(docs, remainder="unpaid" in states)
    open_words = [*_following(kind, states), *(name for name in _KINDS if name not in used)]
    links = {_NAMES.get(word, word): f"{home}/{word}{_filter(call)}" for word in open_words}
    return Reply(200, {**shown, **links, "self": call.url + _filter(call)})


def _grouped(agreement: Agreement, call: Call, docs: list[Doc], word: str, states: list[str]) -> Doc:
    name, identifier = _KINDS[word]
    groups: dict[str, list[Doc]] = {}
    for doc in docs:
        if (value := _value(agreement, doc, word)) is not None:
            groups.setdefault(value, []).append(doc)
    home, remainder = call.url.rstrip("/"), "unpaid" in states
    rows = []
    for value in sorted(groups, key=lambda text: (len(text), text)):
        one: Doc = {identifier: value if word == "accounting-years" else int(value)}
        one = linked(one, call.base)
        if word == "periods":
            year = agreement.year_of(groups[value][0]["date"]) or ""
            one["self"] = f"{call.base}/accounting-years/{encode_segment(year)}/periods/{value}"
        sums = _sums(groups[value], remainder=remainder)
        rows.append({name: one, **sums, "self": f"{home}/{encode_segment(value)}{_filter(call)}"})
    sums = _sums(docs, remainder=remainder)
    return {_NAMES.get(word, word): rows, **sums, "self": call.url + _filter(call)}


def _following(kind: str, states: list[str]) -> tuple[str, ...]:
    if kind == "drafts" or states[-1:] not in ([], ["unpaid"]):
        return ()
    return _STATES[2:] if states else _STATES[:2]


def _filtered(call: Call) -> Callable[[Doc], bool]:
    text = call.query.get("filter")
    return parse_filter(text, _DATE) if text else lambda doc: True


def _filter(call: Call) -> str:
    text = call.query.get("filter")
    return f"?filter={encoded(text)}" if text else ""


def _is(doc: Doc, state: str, today: str) -> bool:
    left, late = bool(doc["remainder"]), bool(doc["dueDate"] < today)
    return {"paid": not left, "unpaid": left, "overdue": left and late, "not-overdue": left and not late}[state]


def _value(agreement: Agreement, doc: Doc, word: str) -> str | None:
    found: Any = None
    match word:
        case "customers":
            found = doc["customer"]["customerNumber"]
        case "employees":
            found = doc.get("references", {}).get("salesPerson", {}).get("employeeNumber")
        case "accounting-years":
            found = agreement.year_of(doc["date"])
        case "periods":
            dates = ((number, period) for (_, number), period in agreement.periods.items())
            found = next((n for n, period in dates if period["fromDate"] <= doc["date"] <= period["toDate"]), None)
    return None if found is None else str(found)


def _exists(agreement: Agreement, word: str, value: str) -> bool:
    if word == "accounting-years":
        return value in agreement.years
    if not value.isascii() or not value.isdecimal():
        return False
    match word:
        case "customers":
            return int(value) in agreement.customers
        case "employees":
            return int(value) in agreement.lookups["employees"]
    return any(number == int(value) for _, number in agreement.periods)


def _sums(docs: list[Doc], *, remainder: bool) -> Doc:
    sums: Doc = {
        "invoiceCount": len(docs),
        "netAmountInBaseCurrency": sum((doc["netAmountInBaseCurrency"] for doc in docs), _ZERO),
    }
    if remainder:
        sums["grossRemainderInBaseCurrency"] = sum((doc["remainderInBaseCurrency"] for doc in docs), _ZERO)
    if docs:
        dates = [doc["date"] for doc in docs]
        sums |= {"minDate": min(dates), "maxDate": max(dates)}
    return sums


def _between(home: str, first: datetime.date, last: datetime.date) -> str:
    return f"{home}?filter={encoded(f'date$gte:{first}$and:date$lte:{last}')}"


def _periods(today: datetime.date) -> dict[str, tuple[datetime.date, datetime.date]]:
    day = datetime.timedelta(days=1)
    month, year, monday = today.replace(day=1), today.replace(month=1, day=1), today - today.weekday() * day
    before = month - day
    return {
        "lastSevenDays": (today - 6 * day, today),
        "lastFifteenDays": (today - 14 * day, today),
        "lastThirtyDays": (today - 29 * day, today),
        "lastWeek": (monday - 7 * day, monday - day),
        "lastMonth": (before.replace(day=1), before),
        "lastYear": (year.replace(year=year.year - 1), year - day),
        "thisWeek": (monday, today),
        "thisMonth": (month, today),
        "thisYear": (year, today),
    }
