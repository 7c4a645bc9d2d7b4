"""What a profile and a sandbox on its first day give together: the same each time, so it is read once in a process.

What a start reads of an agreement is shown by `tests/integration/sync/test_bookchecks.py`, and by every service that
is started.
"""

from __future__ import annotations

from pathlib import Path

from econ_client.client import Economic
from econ_client.sandbox import SandboxServer
from econ_client.sandbox.switches import Switches
from mapping.profile import Profile, load_profile
from sync.books import Books, read_books

_KNOWN: dict[tuple[str, Switches], tuple[Profile, Books]] = {}


def fresh_settings(path: Path, sandbox: SandboxServer, economic: Economic) -> tuple[Profile, Books]:
    """The profile in `path`, and the books of a sandbox that holds what its seed gave it."""
    known = (path.read_text(encoding="utf-8"), sandbox.agreement.switches)
    if known not in _KNOWN:
        _KNOWN[known] = settings(path, economic)
    return _KNOWN[known]


def settings(path: Path, economic: Economic) -> tuple[Profile, Books]:
    """The same, read."""
    profile = load_profile(path)
    return profile, read_books(economic, profile)
