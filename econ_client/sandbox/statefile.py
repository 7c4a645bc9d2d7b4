"""The state in a file: every write that had an effect, as a line of JSON, carried out again at the next start.

Errors that are kept under an idempotency key are lines of their own.

A line is with the operating system before its request is answered, so that the end of this process loses nothing; a
line that was cut off in the middle is dropped.
"""

from __future__ import annotations

import base64
import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from econ_client.sandbox import wire
from econ_client.sandbox.answers import Reply
from econ_client.sandbox.wire import Doc

VERSION = 1


@dataclass(frozen=True, slots=True)
class Write:
    """One request that had an effect. `at`: the sandbox's clock in seconds since 1970 (text, 6 decimals).

    With `kept` it is no effect that is written, but the error that is kept under the request's idempotency key.
    """

    at: str
    method: str
    path: str
    query: str
    key: str | None
    content_type: str
    base: str
    raw: bytes
    kept: Reply | None = None

    def line(self) -> bytes:
        """As JSON with a newline."""
        doc: Doc = {
            "at": self.at,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "key": self.key,
            "type": self.content_type,
            "base": self.base,
        }
        if self.kept is not None:
            return wire.dumps({**doc, "body": "", "kept": {"status": self.kept.status, "doc": self.kept.doc}}) + b"\n"
        try:
            doc["body"] = self.raw.decode("utf-8")
        except UnicodeDecodeError:
            doc["base64"] = base64.b64encode(self.raw).decode("ascii")
        return wire.dumps(doc) + b"\n"


class StateFile:
    """The file. Raises ValueError when it is no state of this sandbox or of another seed, OSError as open does."""

    def __init__(self, path: Path, seed: str, now: str) -> None:
        self.path = path
        self._seed = seed
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._lock()
            self.began, self.writes = self._read(now)
        except BaseException:
            os.close(self._descriptor)
            raise

    def _lock(self) -> None:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ValueError(f"{self.path} is in use by another sandbox") from None

    def _read(self, now: str) -> tuple[str, list[Write]]:
        raw = self.path.read_bytes()
        lines = raw.split(b"\n")[:-1]
        if not lines:
            self.clear(now)
            return now, []
        head = _parsed(lines[0])
        if head is None or head.get("sandbox") != VERSION:
            raise ValueError(f"{self.path} is not a state of this sandbox; name another file, or remove it")
        if head["seed"] != self._seed:
            raise ValueError(f"{self.path} began with the seed `{head['seed']}`; start with that one")
        writes, whole = [], len(lines[0]) + 1
        for line in lines[1:]:
            doc = _parsed(line)
            if doc is None:
                break
            writes.append(_write(doc))
            whole += len(line) + 1
        os.ftruncate(self._descriptor, whole)
        os.lseek(self._descriptor, 0, os.SEEK_END)
        return str(head["began"]), writes

    def append(self, write: Write) -> None:
        """Add one."""
        _write_all(self._descriptor, write.line())

    def clear(self, now: str) -> None:
        """As at the start."""
        os.ftruncate(self._descriptor, 0)
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        _write_all(self._descriptor, wire.dumps({"sandbox": VERSION, "seed": self._seed, "began": now}) + b"\n")

    def close(self) -> None:
        """Release the file. May be called twice."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _parsed(line: bytes) -> Doc | None:
    try:
        doc = wire.loads(line)
    except ValueError:
        return None
    return doc if isinstance(doc, dict) else None


def _write(doc: Doc) -> Write:
    raw = base64.b64decode(doc["base64"]) if "base64" in doc else doc["body"].encode()
    kept = Reply(doc["kept"]["status"], doc["kept"]["doc"]) if "kept" in doc else None
    return Write(doc["at"], doc["method"], doc["path"], doc["query"], doc["key"], doc["type"], doc["base"], raw, kept)
