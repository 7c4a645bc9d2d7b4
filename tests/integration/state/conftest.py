"""A fresh state for each test: in SQLite, and in PostgreSQL when Debian's package is installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.state import State
from tests.integration.state.given import Clock
from tests.integration.state.postgresql import PrivatePostgreSQL


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, file: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{file}"
    server: PrivatePostgreSQL = request.getfixturevalue("postgresql")
    server.empty()
    return server.url


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def state(url: str, clock: Clock) -> Iterator[State]:
    with State.open(url, "shop", clock=clock) as opened:
        yield opened
