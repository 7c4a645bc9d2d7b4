"""The pull with its state in PostgreSQL: what is proven of the numbers holds there too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import signature
from pathlib import Path

import pytest

from econ_client.sandbox import SandboxServer
from sync.demo.tables import Tables
from tests.integration.pull import test_numbers
from tests.integration.pull.pulldesk import PullDesk
from tests.integration.pull.till import Layout
from tests.integration.state.postgresql import PrivatePostgreSQL

Proof = Callable[[PullDesk, Tables, Layout], None]

PROOFS: list[Proof] = [
    found
    for name, found in vars(test_numbers).items()
    if name.startswith("test_") and [*signature(found).parameters] == ["desk", "tables", "layout"]
]
assert len(PROOFS) >= 9, "the proofs of test_numbers take other fixtures by now"


@pytest.fixture
def desk(tmp_path: Path, url: str, sandbox: SandboxServer, postgresql: PrivatePostgreSQL) -> Iterator[PullDesk]:
    """The pull, accepted, with an empty state."""
    postgresql.empty()
    made = PullDesk(tmp_path, url, sandbox, state_url=postgresql.url)
    yield made
    made.close()


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.__name__.removeprefix("test_"))
def test_on_postgresql(
    desk: PullDesk, tables: Tables, layout: Layout, proof: Proof, postgresql: PrivatePostgreSQL
) -> None:
    proof(desk, tables, layout)
    with postgresql.connect() as connection:
        assert connection.execute("SELECT sku FROM stock").fetchall(), "the state is there"


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_around_the_commit(desk: PullDesk, tables: Tables, layout: Layout, when: str) -> None:
    test_numbers.test_a_crash_around_the_commit_leaves_nothing_held_and_nothing_lost(desk, tables, layout, when)
