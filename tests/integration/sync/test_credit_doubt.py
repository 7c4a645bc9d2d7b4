"""Credit notes whose writes ended in doubt: every way to lose the answer, and one credit note in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from sync.outcome import Done
from tests.integration.sync.desk import ORDER, PLACED, Desk
from tests.unit.mapping.builders import row
from tests.unit.mapping.memos import memo

MUG, TEA = PLACED.lines
MEMO = memo(row(MUG, qty="1", net="80", vat="20"), id=1)
GONE = memo(row(TEA, qty="1", net="26.66", vat="6.67"), id=2)
MORE = replace(MEMO, totals=memo(*MEMO.lines, plus="25").totals)

WRITES = [
    ("POST", "/invoices/drafts"),
    ("PUT", "/invoices/drafts/*"),
    ("DELETE", "/invoices/drafts/*"),
    ("POST", "/invoices/booked"),
]
FAULTS = ["drop_before", "drop_after", "drop_mid", "500_before", "500_after", "429"]
DRAFTS, BOOKS = "credit_notes: {book: off}\n", "credit_notes: {book: on}\n"


def _invoiced(desk: Desk) -> None:
    desk.place()
    desk.change(state="complete", status="complete")
    desk.deliver_until(Done)


def _profile(desk: Desk, lines: str) -> None:
    """The profile changes and the service is started anew."""
    desk.path.write_text("extends: sandbox\n" + lines)
    desk.restart()


STEPS: list[Callable[[Desk], None]] = [
    lambda desk: desk.change(credit_memos=(MEMO, GONE)),
    lambda desk: desk.change(credit_memos=(MORE, GONE)),
    lambda desk: desk.change(credit_memos=(MORE, replace(GONE, state="canceled"))),
]
"""Two memos become drafts, one is changed, the other is cancelled; then booking is let on."""


def _one_credit_note(desk: Desk) -> None:
    notes = [one for one in desk.all("/invoices/booked") if one["grossAmount"] < 0]
    assert [Decimal(str(one["grossAmount"])) for one in notes] == [Decimal("-125")]
    assert desk.all("/invoices/drafts") == []
    assert len(desk.all("/invoices/booked")) == 2
    assert desk.state.open_intents() == []
    link = desk.state.link(ORDER, "creditmemo:1")
    assert link is not None
    assert (link.document, link.gross) == ("credit_note_booked", Decimal("-125"))
    assert desk.state.link(ORDER, "creditmemo:2") is None


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("write", WRITES, ids=lambda w: f"{w[0]} {w[1]}")
def test_one_credit_note_whatever_happens_to_the_answer(
    desk_with: Callable[..., Desk], write: tuple[str, str], fault: str
) -> None:
    desk = desk_with(DRAFTS)
    _invoiced(desk)
    desk.faults({"method": write[0], "path": write[1], "fault": fault, "times": 2})
    for step in STEPS:
        step(desk)
        desk.deliver_until(Done)
    _profile(desk, BOOKS)
    desk.touch()
    desk.deliver_until(Done)
    _one_credit_note(desk)


@pytest.mark.parametrize("write", WRITES, ids=lambda w: f"{w[0]} {w[1]}")
def test_one_credit_note_when_errors_are_remembered_and_lists_are_late(
    desk_with: Callable[..., Desk], write: tuple[str, str]
) -> None:
    desk = desk_with(DRAFTS, cache_errors=True, list_delay=0.3)
    _invoiced(desk)
    desk.faults({"method": write[0], "path": write[1], "fault": "500_after", "times": 1})
    for step in STEPS:
        step(desk)
        desk.deliver_until(Done)
    _profile(desk, BOOKS)
    desk.touch()
    desk.deliver_until(Done)
    desk.pass_time(5)
    _one_credit_note(desk)


@pytest.mark.parametrize("write", WRITES, ids=lambda w: f"{w[0]} {w[1]}")
@pytest.mark.parametrize("sent", [True, False])
def test_one_credit_note_when_the_process_dies_around_a_write(
    desk_with: Callable[..., Desk], write: tuple[str, str], sent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dies after the intent is stored: before it is sent, or after it took effect and before the answer is read."""
    desk = desk_with(DRAFTS)
    _invoiced(desk)
    for step in STEPS:
        step(desk)
        _dying_once(desk, write, sent, monkeypatch)
    _profile(desk, BOOKS)
    desk.touch()
    _dying_once(desk, write, sent, monkeypatch)
    _one_credit_note(desk)


class _Killed(BaseException):
    pass


def _dying_once(desk: Desk, write: tuple[str, str], sent: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    real = desk.economic.send

    def dying(request: Any, key: str) -> Any:
        if request.method == write[0] and request.path.startswith(write[1].rstrip("*")):
            if sent:
                real(request, key)
            raise _Killed
        return real(request, key)

    monkeypatch.setattr(desk.economic, "send", dying)
    try:
        while desk.deliver() is not None:
            pass
    except _Killed:
        desk.restart()
        while desk.deliver() is not None:
            pass
    else:
        monkeypatch.setattr(desk.economic, "send", real)


@pytest.mark.parametrize("fault", ["drop_after", "500_after", "drop_before"])
def test_a_memo_that_changes_while_its_write_is_in_doubt_ends_as_it_is_now(
    desk_with: Callable[..., Desk], fault: str
) -> None:
    desk = desk_with(DRAFTS)
    _invoiced(desk)
    desk.faults({"method": "POST", "path": "/invoices/drafts", "fault": fault, "times": 1})
    desk.change(credit_memos=(MEMO,))
    desk.deliver()
    desk.change(credit_memos=(MORE,))
    desk.deliver_until(Done)
    (draft,) = desk.all("/invoices/drafts")
    assert draft["grossAmount"] == -125


@pytest.mark.parametrize("fault", ["drop_after", "drop_before"])
def test_a_memo_that_is_cancelled_while_its_booking_is_in_doubt(desk: Desk, fault: str) -> None:
    """What was booked stays booked and is told; what was not is not booked after all."""
    _invoiced(desk)
    desk.faults({"method": "POST", "path": "/invoices/booked", "fault": fault, "times": 1})
    desk.change(credit_memos=(MEMO,))
    desk.deliver()
    desk.change(credit_memos=(replace(MEMO, state="canceled"),))
    outcome = None
    for _ in range(6):
        outcome = desk.deliver() or outcome
        desk.pass_time(61)
    notes = [one for one in desk.all("/invoices/booked") if one["grossAmount"] < 0]
    assert len(notes) == (1 if fault == "drop_after" else 0)
    assert getattr(outcome, "reason", "") == ("credit_memo_cancelled" if fault == "drop_after" else "")
    assert desk.all("/invoices/drafts") == []
    assert desk.state.open_intents() == []
