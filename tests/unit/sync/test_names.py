"""Texts of webhooks that may be numbers, and how they wait."""

from __future__ import annotations

from sync.pull.names import KEPT, MOST, Inbox, names


def test_a_text_of_26_characters_is_no_number() -> None:
    assert names(b"A" * 25).texts == {"A" * 25}
    assert names(b"A" * 26).texts == frozenset()


def test_old_and_new_number_are_both_named() -> None:
    assert {"7", "8"} <= names(b'{"OLDNUMBER":7,"NEWNUMBER":8}').texts
    assert {"A 7", "B,8"} <= names(b"OLDNUMBER=A+7&NEWNUMBER=B%2C8").texts


def test_json_that_is_broken_by_a_number_still_names_it() -> None:
    assert "007 B" in names(b'{"number": "007 B", "more": }').texts
    assert "007" in names(b'{"number": 007}').texts


def test_the_said_character_set_is_used_and_a_wrong_one_is_not() -> None:
    assert "Æ-1" in names("Æ-1".encode("windows-1252"), "text/plain; charset=windows-1252").texts
    assert "Æ-1" in names("Æ-1".encode("latin-1"), "text/plain; charset=utf-8").texts
    assert "Æ-1" in names("Æ-1".encode(), 'text/plain; charset="zip"').texts
    assert "Æ-1" in names("Æ-1".encode(), "text/plain; charset=unicode_escape").texts


def test_more_texts_than_are_taken_are_said() -> None:
    named = names(",".join(f"P{n}" for n in range(MOST + 50)).encode())
    assert named.more
    assert len(named.texts) == MOST
    inbox = Inbox()
    inbox.put(named)
    taken = inbox.take()
    assert (taken.poll, taken.flooded) == (True, False)


def test_an_inbox_is_bounded_and_empty_once_taken() -> None:
    rings: list[int] = []
    inbox = Inbox(lambda: rings.append(1))
    for n in range(KEPT + 10):
        inbox.put(names(f"P{n}".encode()))
    assert inbox.waiting() == KEPT
    assert len(rings) == inbox.received == KEPT + 10
    taken = inbox.take()
    assert taken.flooded
    assert len(taken.texts) == KEPT
    again = inbox.take()
    assert (again.texts, again.came, again.flooded) == ([], False, False)


def test_what_could_not_be_looked_at_waits_again() -> None:
    inbox = Inbox()
    inbox.put(names(b"A"))
    taken = inbox.take()
    inbox.put(names(b"B"))
    inbox.put_back(taken)
    assert inbox.take().texts == ["A", "B"]
