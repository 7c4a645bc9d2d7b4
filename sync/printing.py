"""What commands print for people: tables that fit a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from sync.preview import Preview
from sync.state.tasks import TaskRow


def _console() -> Console:
    return Console(highlight=False, soft_wrap=False)


def print_tasks(tasks: Sequence[TaskRow]) -> None:
    """One row per task, its advice below."""
    if not tasks:
        _console().print("no tasks")
        return
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
    """Each document with its lines and both sides' totals."""
    console = _console()
    for document in preview.documents:
        body = document["body"]
        title = document["kind"] + (" (will be booked)" if document["book"] else "")
        title += f" (stands as {document['stands']})" if "stands" in document else ""
        who = body.get("recipient", body).get("name") or body.get("productNumber", "")
        console.print(f"{title}: {who}", markup=False)
        if document["expected"] is None:
            continue
        table = Table(box=None, pad_edge=False)
        for column in ("product", "description", "quantity", "price", "discount %"):
            table.add_column(column, justify="left" if column in ("product", "description") else "right")
        for line in body.get("lines", ()):
            table.add_row(
                line.get("product", {}).get("productNumber", ""),
                line.get("description", ""),
                str(line.get("quantity", "")),
                str(line.get("unitNetPrice", "")),
                str(line.get("discountPercentage", "")),
            )
        console.print(table)
        for side in ("magento", "expected"):
            amounts = document[side]
            name = "e-conomic" if side == "expected" else "Magento  "
            console.print(f"  {name} net {amounts['net']}  VAT {amounts['vat']}  gross {amounts['gross']}")
        if document["pending"]:
            console.print(f"  e-conomic will assign: {', '.join(document['pending'])}")
    for role in preview.removals:
        console.print(f"the draft of `{role}` will be deleted", markup=False)
    for skipped in preview.skipped:
        console.print(f"skipped {skipped['role']}: {skipped['reason']}", markup=False)
    for parked in preview.parked:
        console.print(f"PARKED {parked['role']}: {parked['reason']}: {parked['advice']}", markup=False)
    if not (preview.documents or preview.skipped or preview.parked or preview.removals):
        console.print("nothing would be sent")
