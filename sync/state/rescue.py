"""A state file that is removed or exchanged while it is open: what was stored since is only in this process's hands.

SQLite goes on writing into a file that no name leads to, and a restart would begin with nothing. While one connection
to it is open, all of it can still be read.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path


class Guard:
    """Holds an open state file, which must exist."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._connection = sqlite3.connect(file, check_same_thread=False)
        self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        self._inode = file.stat().st_ino

    def is_gone(self) -> bool:
        """Whether the file's name leads elsewhere by now, or nowhere."""
        try:
            return self._file.stat().st_ino != self._inode
        except OSError:
            return True

    def rescue(self) -> str:
        """Write everything down again; what became of it. Nobody may write meanwhile, nor afterwards.

        It takes the file's place, unless another state stands there. Raises `sqlite3.Error` and `OSError`.
        """
        rescued = self._file.with_name(self._file.name + ".rescued")
        rescued.unlink(missing_ok=True)
        with closing(sqlite3.connect(rescued)) as copy:
            self._connection.backup(copy)
        if _is_a_state(self._file):
            return f"another state is there now; what this process stored is in {rescued.name}"
        for end in ("-wal", "-shm"):
            self._file.with_name(self._file.name + end).unlink(missing_ok=True)
        rescued.replace(self._file)
        return "it was written again, with everything in it"

    def close(self) -> None:
        """Let the file go."""
        with suppress(sqlite3.Error):
            self._connection.close()


def _is_a_state(file: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'task'").fetchone())
    except sqlite3.Error:
        return False
