from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from econ_client.sandbox import SandboxServer
from tests.integration.sync.desk import Desk


@pytest.fixture
def desk_with(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Make a desk with lines of a profile and the sandbox's switches."""
    made: list[tuple[Desk, SandboxServer]] = []

    def make(profile: str = "", *, observe: bool = False, **switches: Any) -> Desk:
        sandbox = SandboxServer("demo", **switches)
        desk = Desk(tmp_path, sandbox, profile, observe=observe)
        desk.forget_journal()
        made.append((desk, sandbox))
        return desk

    yield make
    for desk, sandbox in made:
        desk.close()
        sandbox.stop()


@pytest.fixture
def desk(desk_with: Callable[..., Desk]) -> Desk:
    return desk_with()
