"""What commands print for people: tables that fit a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from sync.preview import Preview
from sync.state.tasks import TaskRow

if TYPE_CHECKING:
    from rich.console import Console


def _console() -> Console:
    from rich.console import Console  # loaded where it is needed: the service prints no tables

    return Console(highlight=False, soft_wrap=False)


def print_tasks(tasks: Sequence[TaskRow]) -> None:
    """One row per task, its advice below."""
    if not tasks:
        _console().print("no tasks")
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("kind", "key", "reference", "state", "reason", "tries", "advice"):
        table.add_column(column, overflow="fold")
    for task in tasks:
        table.add_row(
            task.key.kind,
            task.key.id,
            task.reference,
            task.state,
            task.reason,
            str(task.attempts),
            task.advice,
        )
    _console().print(table)


def print_mapping(said: dict[str, Any], indent: int = 0) -> None:
    """Nested values, one a line."""
    console = _console()
    for name, value in said.items():
        if isinstance(value, dict):
            console.print(f"{' ' * indent}{name}")
            print_mapping(value, indent + 2)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            console.print(f"{' ' * indent}{name}")
            for one in value:
                shown = ", ".join(f"{key} {item}" for key, item in one.items() if item not in (None, ""))
                console.print(f"{' ' * (indent + 2)}{shown}", markup=False)
        else:
            shown = ", ".join(str(v) for v in value) if isinstance(value, list) else value
            console.print(f"{' ' * indent}{name}: {'-' if shown in (None, '') else shown}", markup=False)


def print_preview(preview: Preview) -> None:
    """Each document with its lines, where they came from, both sides' totals and its VAT row."""
    from sync.previewtext import lines_of  # as above

    for line in lines_of(preview):
        click.echo(line)
