"""When the library's part ends: at the dump request, and at nothing that only looks like one."""

from __future__ import annotations

from typing import Any

import pytest

from cdc.binlog_connection import DumpAsked, DumpConnection


class Wire:
    """Takes bytes, and has none to give."""

    def settimeout(self, seconds: float | None) -> None:
        pass

    def sendall(self, data: bytes) -> None:
        pass


def connection() -> Any:
    made = DumpConnection(defer_connect=True)
    made._sock = Wire()
    made._current_timeout = None
    return made


@pytest.mark.parametrize("command", [0x12, 0x1E])
def test_a_dump_request_ends_the_librarys_part(command: int) -> None:
    made = connection()
    made._write_bytes(b"\5\0\0\0" + bytes([command]) + b"....")
    with pytest.raises(DumpAsked):
        made._read_packet()
    made._sock = None


@pytest.mark.parametrize("first", [0x12, 0x1E])
def test_an_encrypted_password_that_begins_with_the_commands_number_is_no_request(first: int) -> None:
    made = connection()
    made._write_bytes(b"\5\0\0\3" + bytes([first]) + b"....")
    assert not made._dumping
    made._sock = None
