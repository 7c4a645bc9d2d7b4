"""What `pull` prints for people: progress on stderr, and tables."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from sync.pull.fieldreport import FIELD_WORDS
from sync.pull.once import Tell
from sync.pull.words import WORDS

PLAIN_EVERY = 5.0
"""Seconds between two lines of progress where there is no terminal."""

MOST_NAMES = 50
"""SKUs that are named for one reason."""

_STAGES = {"orders": "orders read", "products": "products looked at"}
_OUTCOMES = {
    "written": "written",
    "differs": "differ",
    "skipped": "left as they are",
    "absent": "in one system only",
    "same": "as they should be",
}


@contextmanager
def progress() -> Iterator[Tell]:
    """Show how far a pull is: a bar with rate and time left on a terminal, now and then a line elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines().tell
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    pulled = logging.getLogger("magento_economic.pull")
    level = pulled.level
    try:
        with Progress(*columns, console=console, transient=True) as bar:
            pulled.setLevel(logging.WARNING)  # a line for each product would tear the bar, and is in the report
            yield _Bar(bar).tell
    finally:
        pulled.setLevel(level)


class _Lines:
    def __init__(self) -> None:
        self._began = self._told = time.monotonic()

    def tell(self, said: Mapping[str, Any]) -> None:
        now = time.monotonic()
        if now - self._told < PLAIN_EVERY or "stage" not in said:
            return
        self._told = now
        of, written = f" of {said['of']}" if said.get("of") else "", said.get("written")
        rate = said["done"] / (now - self._began)
        text = f"{_STAGES[said['stage']]}: {said['done']}{of}, {rate:.0f} a second"
        click.echo(text + (f", {written} written" if written else ""), err=True)


class _Bar:
    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._told = time.monotonic()
        self._tasks: dict[str, tuple[TaskID, float]] = {}

    def tell(self, said: Mapping[str, Any]) -> None:
        stage = said.get("stage")
        if stage is None:
            return
        now = time.monotonic()
        if stage not in self._tasks:
            self._tasks[stage] = self._bar.add_task(_STAGES[stage], total=None, rate=""), self._told
        self._told = now
        task, began = self._tasks[stage]
        rate = f"{said['done'] / max(0.001, now - began):.0f}/s"
        self._bar.update(task, completed=said["done"], total=said.get("of"), rate=rate)


def print_pull(said: Mapping[str, Any]) -> None:
    """Whatever a pull has to say."""
    {"stock": print_stock, "stocktake": print_stocktake, "products": print_fields}[said["what"]](said)


def print_stock(said: Mapping[str, Any]) -> None:
    """A report of `pull stock`: what differs or was written, what was left and why, and what to do now."""
    lines: Sequence[Mapping[str, Any]] = said["lines"]
    if any("sum" in line for line in lines):
        for line in lines:
            _print_sum(line)
    else:
        _print_changes([line for line in lines if line["outcome"] in ("differs", "written")])
        _print_left([line for line in lines if line["outcome"] not in ("differs", "written")], said["left"])
    _print_end(said, "pull stock --dry-run")


def print_fields(said: Mapping[str, Any]) -> None:
    """A report of `pull products`: each value that differs or was written, what was left and why."""
    lines: Sequence[Mapping[str, Any]] = said["lines"]
    values = [line for line in lines if line["field"] and not line["why"]]
    if values:
        table = _table("SKU", "field", "attribute", "store view", "old", "new")
        for line in values:
            old, new = line["old"] or "-", line["new"] or "-"
            table.add_row(line["sku"], line["field"], line["attribute"], line["store"], old, new)
        _console().print(table)
        click.echo()
    for why in said["left"]:
        named = [line for line in lines if line["why"] == why]
        click.echo(f"{said['left'][why]}: {FIELD_WORDS[why].said} {FIELD_WORDS[why].advice}")
        if named:
            click.echo(f"    {_few([_value(one) for one in named])}")
    _print_end(said, "pull products --dry-run")


def _value(line: Mapping[str, Any]) -> str:
    label = f'"{line["new"]}"' if line["why"] == "no_option" else ""
    return " ".join(filter(None, (line["sku"], line["field"], label)))


def _print_end(said: Mapping[str, Any], command: str) -> None:
    if said["left_out"]:
        click.echo(f"... and {said['left_out']} more; `{command}` lists all that differ")
    counted = [f"{said['products'][name]} {words}" for name, words in _OUTCOMES.items() if said["products"][name]]
    click.echo(f"products: {', '.join(counted) or 'none'}")
    if said["message"]:
        click.echo(said["message"])


def print_stocktake(said: Mapping[str, Any]) -> None:
    """What should be on the shelf, and what it is made of."""
    table = _table("SKU", "on the shelf", "in stock", "booked, not shipped", "shipped, not booked", "orders")
    for line in said["lines"]:
        orders = ", ".join(f"{one['order']} ({one['booked']}/{one['shipped']})" for one in line["orders"])
        table.add_row(
            line["sku"] or line["number"],
            line["on_shelf"],
            line["in_stock"],
            line["booked_unshipped"],
            line["shipped_unbooked"],
            orders,
        )
    _console().print(table)
    click.echo("on the shelf = in stock + booked, not shipped - shipped, not booked; orders are (booked/shipped)")


def _print_changes(lines: Sequence[Mapping[str, Any]]) -> None:
    if not lines:
        return
    table = _table("SKU", "number", "old", "new", "")
    for line in lines:
        number = line["number"] if line["number"] != line["sku"] else ""
        table.add_row(line["sku"], number, line["old"] or "-", line["new"] or "-", line["advice"])
    _console().print(table)
    click.echo()


def _print_left(lines: Sequence[Mapping[str, Any]], counts: Mapping[str, int]) -> None:
    for standing, number in counts.items():
        words = WORDS.get(standing)
        click.echo(f"{number}: {f'{words.said} {words.advice}' if words else standing}")
        skus = [line["sku"] or line["number"] for line in lines if line["why"] == standing]
        if skus:
            click.echo(f"    {_few(skus)}")
    if counts:
        click.echo()


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more (`--json` has all)" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more


def _print_sum(line: Mapping[str, Any]) -> None:
    said = line["sum"]
    economic, row = said["economic"], said["row"]
    named = f" (number {line['number']} in e-conomic)" if line["number"] != line["sku"] else ""
    click.echo(f"{line['sku'] or line['number']}{named}")
    if economic["asked_at"]:
        asked = economic["asked_at"][:19].replace("T", " ")
        basis = economic["basis"].replace("_", " ")
        both = f"in stock {economic['in_stock'] or '-'}, available {economic['available'] or '-'}"
        click.echo(f"  e-conomic says, asked at {asked} UTC: {both}; `{basis}` counts")
    for one in said["orders"]:
        parts = [
            f"{name} {one[key]}"
            for name, key in (
                ("ordered", "ordered"),
                ("cancelled", "cancelled"),
                ("refunded before it was booked", "refunded"),
                ("booked so far", "booked"),
                ("on open orders in e-conomic", "on_open_orders"),
            )
            if one[key] not in ("0", None) or key in ("ordered", "booked")
        ]
        click.echo(f"  - {one['taken_off']} for order {one['order']}: {', '.join(parts)}")
    if said["offer"] is not None:
        click.echo(f"  = {said['offer']} may be offered")
        if said["reserved"] != "0":
            click.echo(f"  + {said['reserved']} that Magento's reservations of these orders take off by themselves")
        if said["in_flight"] != "0":
            click.echo(f"  - {said['in_flight']} in checkouts that are under way")
        if line["new"] is not None:
            click.echo(f"  = {said['quantity']} should stand in Magento's row")
    if row is not None:
        backorders = ", backorders allowed" if row["backorders"] else ""
        standing = "in stock" if row["in_stock"] else "out of stock"
        click.echo(f"  Magento's row held {line['old'] or '-'}: {standing}{backorders}")
    click.echo(f"  {_verdict(line)}")


def _verdict(line: Mapping[str, Any]) -> str:
    advice = f" {line['advice']}" if line["advice"] else ""
    match line["outcome"]:
        case "written":
            return f"{line['new']} was written.{advice}"
        case "differs":
            return f"{line['new']} would be written.{advice}"
        case "same":
            return f"It is as it should be.{advice}"
    return f"Nothing is written.{advice}"


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def _console() -> Console:
    width = None if sys.stdout.isatty() else 160
    return Console(highlight=False, soft_wrap=False, width=width, markup=False)
