"""The constants among what an expression may give, so that a number in it is checked like one that stands alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from jinja2 import nodes


def constants(node: nodes.Node | None, exact: Mapping[float, Decimal]) -> Iterator[object]:
    """What stands in an expression and may be its value, such as both sides of an `if`.

    `exact` are the literals with a point as they are written, by the floats that Jinja2 made of them.
    """
    if isinstance(node, nodes.Const):
        yield exact.get(node.value, node.value) if isinstance(node.value, float) else node.value
    elif isinstance(node, nodes.CondExpr):
        yield from constants(node.expr1, exact)
        yield from constants(node.expr2, exact)
    elif isinstance(node, nodes.Or | nodes.And):
        yield from constants(node.left, exact)
        yield from constants(node.right, exact)
    elif isinstance(node, nodes.Filter) and node.name in ("default", "d"):
        yield from constants(node.node, exact)
        for argument in node.args:
            yield from constants(argument, exact)
