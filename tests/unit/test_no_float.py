"""Money is never a float: not in the sources between the two databases, and not in a body that is sent."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import BaseModel

from econ_client import wire
from mapping.order import plan_order
from mapping.profile import Profile, load_profile
from tests.unit.mapping.builders import AGREEMENT, line, order

ROOT = Path(__file__).parents[2]
MONEY = ("price", "amount", "net", "vat", "gross", "tax", "total", "quantity", "qty", "discount", "cost")

_SIMILAR = {"mapping/checking.py"}
"""Files where a float is how alike two names are."""

_LITERALS = {"mapping/expressions.py"}
"""The file where the floats that Jinja2's lexer makes of literals are replaced by what was written."""

_TIME = {
    "cdc/binlog.py", "cdc/binlog_connection.py", "cdc/binlog_stream.py", "cdc/connect.py", "cdc/lock.py", "cdc/pool.py",
    "cdc/server.py", "cdc/snapshot.py", "cdc/config.py", "cdc/watch.py", "cdc/binlog_groups.py",
    "cdc/shared_numbers.py", "cdc/shop.py", "cdc/binlog_packets.py", "cdc/binlog_watchdog.py",
}  # fmt: skip
"""Files of cdc that hold no money: what is a float there is a number of seconds."""


def files() -> list[Path]:
    found = [*(ROOT / "mapping").rglob("*.py"), *(ROOT / "cdc").glob("*.py")]
    return sorted(p for p in found if p.relative_to(ROOT).as_posix() not in _TIME | _SIMILAR | _LITERALS)


def floats(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Where a float is made: a literal, `float(...)`, or a true division of what `int()` or `len()` gives."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, f"literal {node.value}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
            yield node.lineno, "float()"
        elif (
            isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and _is_int(node.left) and _is_int(node.right)
        ):
            yield node.lineno, "a division of whole numbers"


def _is_int(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("int", "len", "round")


def test_floats_are_seen() -> None:
    """The watchman itself: each way to make one is found."""
    for source in ("x = 0.1", "x = float(y)", "x = 1 / 3", "x = int(y) / 100"):
        assert list(floats(ast.parse(source))), source
    assert not list(floats(ast.parse("x = Decimal('0.1') + y / 100")))


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_float_is_made_where_amounts_go(path: Path) -> None:
    assert list(floats(ast.parse(path.read_text(encoding="utf-8")))) == []


def near_money(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Floats in statements that speak of money."""
    for statement in ast.walk(tree):
        if not isinstance(statement, ast.Assign | ast.AnnAssign | ast.Return | ast.AugAssign):
            continue
        names = {getattr(node, "id", None) or getattr(node, "attr", None) or "" for node in ast.walk(statement)}
        words = {word for name in names if "seconds" not in name for word in name.lower().split("_")}
        if words & set(MONEY):
            yield from floats(statement)


@pytest.mark.parametrize("room", ["sync", "econ_client"])
def test_no_float_is_made_of_money_where_it_is_sent(room: str) -> None:
    found = [
        (path.relative_to(ROOT).as_posix(), where)
        for path in sorted((ROOT / room).rglob("*.py"))
        if not {"demo", "sandbox"} & set(path.parts)
        and path.name not in ("pace.py", "limits.py")  # they count requests and seconds
        for where in near_money(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def numbers(value: object) -> Iterator[object]:
    """Every number within a value."""
    if isinstance(value, BaseModel):
        value = value.model_dump()
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from numbers(item)
    elif isinstance(value, int | float | Decimal | complex) and not isinstance(value, bool):
        yield value


@pytest.fixture(scope="module")
def profile() -> Profile:
    return load_profile("sandbox")


def test_every_number_of_a_body_is_exact(profile: Profile) -> None:
    sold = order(
        line(qty="3", row="79.99", vat="20.00"),
        line("B", id=2, qty="2.50", row="39.98", vat="9.99", discount="4", percent="10"),
        ship=("39.20", "9.80"),
        currency="EUR",
        base_to_order_rate=Decimal("0.1340"),
    )
    (document,) = plan_order(sold, profile, AGREEMENT).documents
    found = list(numbers(document.body))
    assert len(found) > 15
    assert {type(number) for number in found} <= {int, Decimal}
    for product in document.products:
        assert {type(number) for number in numbers(product.body)} <= {int, Decimal}


def test_what_was_read_from_a_body_is_exact_again() -> None:
    sent = wire.encode({"net": Decimal("9.995"), "big": Decimal("12345678901234567.89"), "n": 3})
    back = wire.decode(sent)
    assert back == {"net": Decimal("9.995"), "big": Decimal("12345678901234567.89"), "n": 3}
    assert {type(value) for value in back.values()} == {Decimal, int}
