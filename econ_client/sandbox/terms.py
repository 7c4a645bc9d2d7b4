"""Due dates: from the document's date and its payment terms."""

from __future__ import annotations

import calendar
import datetime

from econ_client.sandbox.answers import Problem
from econ_client.sandbox.wire import Doc


def due_date(terms: Doc, date: str, sent: str | None, problems: list[Problem]) -> str:
    """`YYYY-MM-DD`. Only terms of type dueDate take what was sent: missing is E04042, before `date` E04760."""
    kind = terms["paymentTermsType"]
    if kind == "dueDate":
        if sent is None:
            hint = "Specify a due date with payment terms of type dueDate."
            problems.append(Problem(("dueDate",), "Due date is missing.", "E04042", hint=hint))
        elif sent < date:
            hint = "The due date must not be before the date."
            problems.append(Problem(("dueDate",), "Due date is before the document's date.", "E04760", sent, hint))
        return sent or date
    try:
        return _counted(kind, datetime.date.fromisoformat(date), terms.get("daysOfCredit", 0)).isoformat()
    except OverflowError:
        problems.append(Problem(("dueDate",), "The due date lies beyond the calendar.", "E04300", date))
        return date


def _counted(kind: str, day: datetime.date, credit: int) -> datetime.date:
    days = datetime.timedelta(days=credit)
    if kind == "invoiceMonth":
        return day.replace(day=calendar.monthrange(day.year, day.month)[1]) + days
    if kind == "invoiceWeekStartingMonday":
        return day + datetime.timedelta(days=6 - day.weekday()) + days
    if kind == "invoiceWeekStartingSunday":
        return day + datetime.timedelta(days=(5 - day.weekday()) % 7) + days
    return day + days if kind in ("net", "factoring") else day
