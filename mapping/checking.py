"""The allow-list for expressions, and the check of every attribute against the models' own types."""

from __future__ import annotations

import dataclasses
import difflib
import types
import typing
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from jinja2 import nodes

from mapping.filters import FILTERS, METHOD_NAMES, TESTS

UNKNOWN = Any
"""The type of a value that only the data knows."""

_PLAIN = (
    nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.CondExpr, nodes.Concat,
    nodes.Tuple, nodes.List, nodes.Slice,
    nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Neg, nodes.Pos,
)  # fmt: skip
_NAMED = {
    nodes.Pow: "`**` is not allowed",
    nodes.Mod: "`%` is not allowed",
    nodes.Dict: "a table `{...}` is not allowed in an expression; use `map:`",
}


class Refused(Exception):
    """The expression uses what is not allowed or does not exist."""


def nearest(word: str, names: Iterable[str]) -> str:
    """`` (did you mean `x`?)`` for the nearest of `names`, or an empty text."""
    close = difflib.get_close_matches(word, list(names), n=1, cutoff=0.6)
    return f"; did you mean `{close[0]}`?" if close else ""


class Checker:
    """Checks one parsed expression; `numbers` are its number literals as decimals, by the names they got."""

    def __init__(self, scope: Mapping[str, object]) -> None:
        self.scope = scope
        self.numbers: dict[str, Decimal] = {}

    def check(self, tree: nodes.Expr) -> nodes.Expr:
        """The tree with decimals for its number literals. Raises `Refused`."""
        self._type(tree)
        return self._decimals(tree)

    def _decimals(self, node: nodes.Expr) -> nodes.Expr:
        if isinstance(node, nodes.Const) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
            name = f"_number{len(self.numbers)}"
            self.numbers[name] = Decimal(str(node.value))
            return nodes.Name(name, "load", lineno=node.lineno)
        for field, value in node.iter_fields():
            if isinstance(value, nodes.Slice) or (isinstance(node, nodes.Slice)):
                continue
            if isinstance(value, nodes.Expr):
                setattr(node, field, self._decimals(value))
            elif isinstance(value, nodes.Operand):
                value.expr = self._decimals(value.expr)
            elif isinstance(value, list):
                for i, item in enumerate(value):
                    if isinstance(item, nodes.Operand):
                        item.expr = self._decimals(item.expr)
                    elif isinstance(item, nodes.Expr):
                        value[i] = self._decimals(item)
        return node

    def _type(self, node: nodes.Node) -> object:
        for refused, message in _NAMED.items():
            if isinstance(node, refused):
                raise Refused(message)
        if isinstance(node, nodes.Const):
            return type(node.value)
        if isinstance(node, nodes.TemplateData):
            return str
        if isinstance(node, nodes.Name):
            if node.name not in self.scope:
                allowed = ", ".join(sorted(self.scope))
                raise Refused(f"`{node.name}` is not known here{nearest(node.name, self.scope)} (allowed: {allowed})")
            return self.scope[node.name]
        if isinstance(node, nodes.Getattr):
            return self._attribute(self._type(node.node), node.attr, called=False)
        if isinstance(node, nodes.Getitem):
            return self._item(node)
        if isinstance(node, nodes.Call):
            return self._call(node)
        if isinstance(node, nodes.Filter):
            return self._filter(node)
        if isinstance(node, nodes.Test):
            if node.name not in TESTS:
                raise Refused(f"the test `is {node.name}` is not allowed (allowed: {', '.join(sorted(TESTS))})")
            self._children(node)
            return bool
        if isinstance(node, _PLAIN):
            return self._plain(node)
        raise Refused(f"`{type(node).__name__.lower()}` is not allowed in an expression")

    def _plain(self, node: nodes.Node) -> object:
        found = self._children(node)
        if isinstance(node, nodes.Mul) and str in found:
            raise Refused("`*` works on numbers, not on texts")
        if isinstance(node, nodes.Compare | nodes.Not):
            return bool
        if isinstance(node, nodes.Concat):
            return str
        return found[-1] if found and all(f == found[0] for f in found) else UNKNOWN

    def _children(self, node: nodes.Node) -> list[object]:
        return [self._type(child) for child in node.iter_child_nodes()]

    def _call(self, node: nodes.Call) -> object:
        if not isinstance(node.node, nodes.Getattr) or node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise Refused("calls are not allowed, other than the listed methods and filters")
        self._attribute(self._type(node.node.node), node.node.attr, called=True)
        for argument in node.args:
            self._type(argument)
        return UNKNOWN

    def _filter(self, node: nodes.Filter) -> object:
        if node.name not in FILTERS:
            raise Refused(
                f"the filter `{node.name}` is not allowed{nearest(node.name, FILTERS)} "
                f"(allowed: {', '.join(sorted(FILTERS))})"
            )
        if node.node is None or node.dyn_args or node.dyn_kwargs:
            raise Refused("a filter stands after a value: `value|filter`")
        before = self._type(node.node)
        for argument in node.args:
            self._type(argument)
        for keyword in node.kwargs:
            self._type(keyword.value)
        if node.name == "map":
            self._mapped(node, before)
        return before if node.name in ("default", "d") else UNKNOWN

    def _mapped(self, node: nodes.Filter, before: object) -> None:
        names = [k.value for k in node.kwargs if k.key == "attribute"] + list(node.args)
        if len(names) != 1 or not isinstance(names[0], nodes.Const) or not isinstance(names[0].value, str):
            raise Refused("`map` takes one attribute, as in `order.lines|map(attribute='sku')`")
        if typing.get_origin(before) is tuple:
            self._attribute(typing.get_args(before)[0], names[0].value, called=False)

    def _item(self, node: nodes.Getitem) -> object:
        of = _without_none(self._type(node.node))
        self._type(node.arg)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str) and dataclasses.is_dataclass(of):
            raise Refused(f"write `.{node.arg.value}` for an attribute")
        arguments = typing.get_args(of)
        if typing.get_origin(of) is tuple and not isinstance(node.arg, nodes.Slice):
            return arguments[0]
        if isinstance(of, type) and issubclass(of, int | Decimal):
            raise Refused("a number has no items")
        return UNKNOWN

    def _attribute(self, of: object, name: str, *, called: bool) -> object:
        if name.startswith("_"):
            raise Refused(f"`{name}`: names that begin with `_` are not allowed")
        of = _without_none(of)
        if called:
            if name not in METHOD_NAMES:
                raise Refused(
                    f"the method `{name}` is not allowed{nearest(name, METHOD_NAMES)} "
                    f"(allowed: {', '.join(sorted(METHOD_NAMES))})"
                )
            return UNKNOWN
        if of is UNKNOWN or typing.get_origin(of) in (dict, Mapping) or _is_mapping(of):
            return UNKNOWN
        if isinstance(of, type) and dataclasses.is_dataclass(of):
            known = attributes(of)
            if name not in known:
                allowed = ", ".join(sorted(known))
                raise Refused(f"`{name}` is not in {of.__name__}{nearest(name, known)} (allowed: {allowed})")
            return known[name]
        if isinstance(of, types.UnionType):
            return UNKNOWN
        kind = getattr(of, "__name__", str(of))
        raise Refused(f"`.{name}` does not exist on {'a text' if of is str else kind}")


@cache
def attributes(model: type) -> Mapping[str, object]:
    """The fields and properties of a model with their types."""
    hints = dict(typing.get_type_hints(model))
    for name in dir(model):
        attribute = getattr(model, name)
        if not name.startswith("_") and isinstance(attribute, property) and attribute.fget is not None:
            hints[name] = typing.get_type_hints(attribute.fget).get("return", UNKNOWN)
    return {name: kind for name, kind in hints.items() if not name.startswith("_")}


def _is_mapping(of: object) -> bool:
    origin = typing.get_origin(of)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _without_none(of: object) -> object:
    if isinstance(of, types.UnionType) or typing.get_origin(of) is typing.Union:
        rest = [a for a in typing.get_args(of) if a is not type(None)]
        return rest[0] if len(rest) == 1 else UNKNOWN
    if typing.get_origin(of) is typing.Literal:
        return str
    return of
