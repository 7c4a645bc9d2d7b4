"""What an error is told as, where it does not fill two lines of its own."""

from __future__ import annotations

import pytest

from cdc.errors import DatabaseUnreachable
from sync.errors import SyncError
from sync.trouble import told


@pytest.mark.parametrize(
    ("message", "hint", "said"),
    [
        ("it may be written or not", "it is read again", "it may be written or not; it is read again"),
        ("It is paused.", "`resume` goes on.", "It is paused. `resume` goes on."),
        ("the server is away", "", "the server is away"),
    ],
)
def test_what_to_do_stands_apart_from_what_is_wrong(message: str, hint: str, said: str) -> None:
    assert told(DatabaseUnreachable(message, hint=hint)) == said
    assert told(SyncError(message, hint=hint)) == said
