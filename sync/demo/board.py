"""The demo's table: live on a terminal, plain rows where there is none."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal

from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from sync.demo.balance import Balance, BalanceRow

WIDE = 114
ROOMY = 150
PLAIN_WIDTH = 150
_AROUND = 5
"""Lines of the live view that are no orders: head, rule, note and space."""


class Board:
    """Prints to a console; `Console()` when none is given."""

    def __init__(self, console: Console | None = None) -> None:
        if console is None:
            console = Console(highlight=False)
            if not console.is_terminal and "COLUMNS" not in os.environ:
                console = Console(highlight=False, width=PLAIN_WIDTH)
        self.console = console
        self._live: Live | None = None

    def say(self, text: str, style: str = "") -> None:
        """One line, above the live table when there is one."""
        self.console.print(text, style=style, markup=False, soft_wrap=True)

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        """Say what is being done for as long as it takes."""
        if self.console.is_terminal:
            with self.console.status(what):
                yield
        else:
            self.say(what)
            yield

    @contextmanager
    def live(self) -> Iterator[None]:
        """Show a table that is replaced in place; on a terminal only. It is gone afterwards."""
        if not self.console.is_terminal:
            yield
            return
        with Live(console=self.console, transient=True, auto_refresh=False) as live:
            self._live = live
            try:
                yield
            finally:
                self._live = None

    def show(self, balance: Balance, note: str) -> None:
        """Replace the live table: the latest orders that fit the screen."""
        if self._live is None:
            return
        lines = 1 if self.console.width >= WIDE else 2
        room = max(1, (self.console.height - _AROUND) // lines)
        table = self._table(balance.rows[-room:], settled=False)
        self._live.update(Group(table, Text(note, style="dim", no_wrap=True, overflow="ellipsis")), refresh=True)

    def final(self, balance: Balance) -> None:
        """The whole table, what is wrong marked and told below it."""
        self.console.print(self._table(balance.rows, settled=True))
        for row in balance.rows:
            if row.problem:
                self.say(f"WRONG  order {row.order.increment_id}: {row.problem}", "bold red")
        for stray in balance.strays:
            self.say(f"WRONG  {stray} with reference `{stray.reference}` belongs to no order", "bold red")

    def _table(self, rows: Sequence[BalanceRow], *, settled: bool) -> RenderableType:
        if self.console.width < WIDE:
            return _narrow(rows, settled=settled)
        return _wide(rows, settled=settled, titles=self.console.width >= ROOMY)


def _wide(rows: Sequence[BalanceRow], *, settled: bool, titles: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column("order", no_wrap=True)
    if titles:
        table.add_column("what", no_wrap=True)
    for name in ("Magento", "e-conomic"):
        table.add_column(name, no_wrap=True)
    for side in ("shop", "books"):
        for amount in ("net", "VAT", "gross"):
            table.add_column(f"{side}\n{amount}", justify="right", no_wrap=True)
    table.add_column("commit to\nbooked ms", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True, min_width=5)
    for row in rows:
        cells: list[RenderableType] = [row.order.increment_id]
        if titles:
            cells.append(Text(row.title, style="dim"))
        cells += [
            _status(row),
            _document(row, notes=titles),
            *_shop(row),
            *_books(row),
            _milliseconds(row),
            _verdict(row, settled),
        ]
        table.add_row(*cells)
    return table


def _narrow(rows: Sequence[BalanceRow], *, settled: bool) -> Table:
    """Two lines for each order: the shop's side above the books'."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column("order", no_wrap=True)
    table.add_column("Magento\ne-conomic", no_wrap=True)
    for amount in ("net", "VAT", "gross"):
        table.add_column(amount, justify="right", no_wrap=True)
    table.add_column("booked\nafter ms", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True, min_width=5)
    for row in rows:
        table.add_row(row.order.increment_id, _status(row), *_shop(row), "", "")
        table.add_row("", _document(row, notes=False), *_books(row), _milliseconds(row), _verdict(row, settled))
    return table


def _status(row: BalanceRow) -> Text:
    styles = {"complete": "green", "canceled": "red", "processing": "yellow"}
    return Text(row.order.status, style=styles.get(row.order.state, ""))


def _document(row: BalanceRow, *, notes: bool = True) -> Text:
    if row.document is not None:
        said = " ".join([str(row.document), *(f"-{note.number}" for note in row.notes if notes)])
        return Text(said, style="cyan" if row.document.kind == "invoice" else "")
    if row.order.wanted is None:
        return Text("deleted" if row.had_document else "none", style="dim")
    return Text("-", style="dim")


def _shop(row: BalanceRow) -> list[RenderableType]:
    order = row.order
    style = "dim" if order.wanted is None else ""
    return [Text(_money(amount), style=style) for amount in order.left]


def _books(row: BalanceRow) -> list[RenderableType]:
    if row.document is None:
        return ["", "", ""]
    pairs = zip(row.left, row.order.left, strict=True)
    return [Text(_money(there), style="" if there == here else "bold red") for there, here in pairs]


def _milliseconds(row: BalanceRow) -> str:
    return "" if row.milliseconds is None else f"{row.milliseconds:.0f}"


def _verdict(row: BalanceRow, settled: bool) -> Text:
    if not row.problem:
        return Text("equal", style="green")
    return Text("WRONG", style="bold red") if settled else Text("...", style="dim")


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"
