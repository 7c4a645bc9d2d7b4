"""The allow-list for expressions, and the check of every attribute and operation against the models' own types."""

from __future__ import annotations

import dataclasses
import difflib
import types
import typing
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from jinja2 import nodes

from mapping.constants import constants
from mapping.filters import FILTERS, METHOD_NAMES, TESTS, sensible
from mapping.kinds import SAID, UNKNOWN, attributes, is_mapping, kind_of, without_none, words_of

DEEPEST = 60
"""How many operations may stand inside each other."""

CONCATENATED = "_concatenated"
"""The filter that stands for `~`; no profile can name it."""

_ARITHMETIC = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv)
_PLAIN = (nodes.And, nodes.Or, nodes.Not, nodes.Concat, nodes.Tuple, nodes.List, nodes.Slice, nodes.Neg, nodes.Pos)
_NAMED = {
    nodes.Pow: "`**` is not allowed",
    nodes.Mod: "`%` is not allowed",
    nodes.Dict: "a table `{...}` is not allowed in an expression; use `map:`",
}
_GIVES: Mapping[str, object] = {
    **dict.fromkeys(("upper", "lower", "title", "capitalize", "trim", "string"), str),
    **dict.fromkeys(("digits", "replace", "cut", "join", "date"), str),
    **dict.fromkeys(("number", "abs", "round"), Decimal),
    "add_days": date,
    "length": int,
}  # fmt: skip
_METHOD_GIVES: Mapping[str, object] = {
    **dict.fromkeys(("strip", "lstrip", "rstrip", "upper", "lower", "title", "isoformat"), str),
    **dict.fromkeys(("startswith", "endswith"), bool),
    "isoweekday": int,
    "split": list[str],
}
_METHODS_OF = {"text": _METHOD_GIVES.keys() - {"isoformat", "isoweekday"}, "date": {"isoformat", "isoweekday"}}


class Refused(Exception):
    """The expression uses what is not allowed or does not exist."""


def nearest(word: str, names: Iterable[str]) -> str:
    """`` (did you mean `x`?)`` for the nearest of `names`, or an empty text."""
    close = difflib.get_close_matches(word, list(names), n=1, cutoff=0.6)
    return f"; did you mean `{close[0]}`?" if close else ""


class Custom(NamedTuple):
    """A custom attribute that an expression names; `spared`: it says itself what holds when there is none."""

    model: str
    name: str
    spared: bool


class Compared(NamedTuple):
    """A text that an expression compares a model's attribute with."""

    model: str
    attribute: str
    value: str


class Checker:
    """Checks one parsed expression.

    `exact` are its number literals as they are written, by the floats that Jinja2 made of them; `numbers` are all of
    them as decimals, by the names they got. `type` is the type of what the expression gives, as far as the models tell.
    `attributes` and `codes` are the things of Magento's that it names: custom attributes, and values that an attribute
    of a model is compared with. `source` is the attribute that the expression is as a whole, if it is one, and
    `results` are the constants that it may give.
    """

    def __init__(self, scope: Mapping[str, object], exact: Mapping[float, Decimal] | None = None) -> None:
        self.scope = scope
        self.exact = exact or {}
        self.numbers: dict[str, Decimal] = {}
        self.type: object = UNKNOWN
        self.source = ("", "")
        self.results: tuple[object, ...] = ()
        self.attributes: list[Custom] = []
        self.codes: list[Compared] = []
        self._depth = 0
        self._owners: dict[int, tuple[str, str]] = {}
        self._spared: set[int] = set()

    @property
    def needed(self) -> frozenset[tuple[str, str]]:
        """The models' attributes, and the custom attributes without a default, that the expression names."""
        custom = {(one.model, one.name) for one in self.attributes if not one.spared}
        return frozenset({*self._owners.values(), *custom})

    def check(self, tree: nodes.Expr) -> nodes.Expr:
        """The tree with decimals for its number literals. Raises `Refused`."""
        self.type = self._type(tree)
        self.source = self._owners.get(id(tree), ("", ""))
        self.results = tuple(constants(tree, self.exact))
        return self._rewritten(tree)

    def _rewritten(self, node: nodes.Expr) -> nodes.Expr:
        if isinstance(node, nodes.Const) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
            name = f"_number{len(self.numbers)}"
            try:
                self.numbers[name] = sensible(self.exact.get(node.value, Decimal(str(node.value))))
            except ValueError as error:
                raise Refused(str(error)) from None
            return nodes.Name(name, "load", lineno=node.lineno)
        if isinstance(node, nodes.Slice):
            return node
        for field, value in node.iter_fields():
            if isinstance(value, nodes.Slice):
                continue
            if isinstance(value, nodes.Expr):
                setattr(node, field, self._rewritten(value))
            elif isinstance(value, list):
                for i, item in enumerate(value):
                    if isinstance(item, nodes.Operand):
                        item.expr = self._rewritten(item.expr)
                    elif isinstance(item, nodes.Keyword):
                        item.value = self._rewritten(item.value)
                    elif isinstance(item, nodes.Expr):
                        value[i] = self._rewritten(item)
        if isinstance(node, nodes.Concat):
            parts = nodes.List(node.nodes, lineno=node.lineno)
            return nodes.Filter(parts, CONCATENATED, [], [], None, None, lineno=node.lineno)
        return node

    def _type(self, node: nodes.Node) -> object:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Refused(f"more than {DEEPEST} operations stand inside each other; make it shorter, or use `map:`")
        try:
            return self._type_of(node)
        finally:
            self._depth -= 1

    def _type_of(self, node: nodes.Node) -> object:
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
            return self._getattr(node)
        if isinstance(node, nodes.Getitem):
            return self._item(node)
        if isinstance(node, nodes.Call):
            return self._call(node)
        if isinstance(node, nodes.Filter):
            return self._filter(node)
        if isinstance(node, nodes.Test):
            return self._test(node)
        if isinstance(node, nodes.Compare):
            return self._compare(node)
        if isinstance(node, nodes.CondExpr):
            self._type(node.test)
            either = [self._type(node.expr1), self._type(node.expr2) if node.expr2 is not None else UNKNOWN]
            return either[0] if either[0] == either[1] else UNKNOWN
        if isinstance(node, _ARITHMETIC):
            return self._arithmetic(node)
        if isinstance(node, _PLAIN):
            return self._plain(node)
        raise Refused(f"`{type(node).__name__.lower()}` is not allowed in an expression")

    def _plain(self, node: nodes.Node) -> object:
        found = [self._type(child) for child in node.iter_child_nodes()]
        if isinstance(node, nodes.Not):
            return bool
        if isinstance(node, nodes.Concat):
            for of in found:
                self._one_value(of)
            return str
        if isinstance(node, nodes.Neg | nodes.Pos):
            if kind_of(found[0]) not in ("number", "unknown"):
                raise Refused(f"`-` works on numbers, not on {self._said(found[0])}")
            return Decimal
        if isinstance(node, nodes.Tuple | nodes.List):
            alike = bool(found) and all(f == found[0] for f in found)
            return types.GenericAlias(tuple, (found[0] if alike else UNKNOWN, ...))
        return without_none(found[-1]) if found and len({without_none(f) for f in found}) == 1 else UNKNOWN

    def _arithmetic(self, node: nodes.BinExpr) -> object:
        kinds = [kind_of(self._type(node.left)), kind_of(self._type(node.right))]
        if isinstance(node, nodes.Add) and "text" in kinds and set(kinds) <= {"text", "unknown"}:
            return str if kinds == ["text", "text"] else UNKNOWN
        for kind in kinds:
            if kind not in ("number", "unknown"):
                instead = "; join texts with `~`" if isinstance(node, nodes.Add) and "text" in kinds else ""
                what = "texts" if kind == "text" else SAID.get(kind, "a whole entity")
                raise Refused(f"`{node.operator}` works on numbers, not on {what}{instead}")
        return Decimal

    def _compare(self, node: nodes.Compare) -> object:
        left = self._type(node.expr)
        for operand in node.ops:
            right = self._type(operand.expr)
            if operand.op in ("in", "notin"):
                self._contains(left, operand.expr, right)
                if isinstance(operand.expr, nodes.Tuple | nodes.List):
                    for item in operand.expr.items:
                        self._compared(node.expr, item)
            else:
                self._alike(left, right, node.expr, operand.expr)
                self._compared(node.expr, operand.expr)
                self._compared(operand.expr, node.expr)
            left = right
        return bool

    def _contains(self, left: object, node: nodes.Expr, right: object) -> None:
        kind = kind_of(right)
        if isinstance(node, nodes.Tuple | nodes.List):
            for item in node.items:
                self._alike(left, self._type(item), None, item)
        elif kind == "text" and kind_of(left) not in ("text", "unknown"):
            raise Refused(f"`in` looks for a text in a text, not for {self._said(left)}")
        elif kind not in ("list", "table", "text", "unknown"):
            raise Refused(f"`in` looks into a list or a text, not into {self._said(right)}")

    def _alike(self, left: object, right: object, one: nodes.Expr | None, other: nodes.Expr) -> None:
        kinds = kind_of(left), kind_of(right)
        if "unknown" in kinds or "nothing" in kinds or "thing" in kinds:
            return
        if kinds[0] != kinds[1]:
            number = next((n for n in (one, other) if isinstance(n, nodes.Const) and str(n.value).isdigit()), None)
            hint = ""
            if number is not None and "number" in kinds and "text" in kinds:
                of_text = isinstance(number.value, str)
                hint = f"; write {number.value} without quotes" if of_text else f"; write '{number.value}' in quotes"
            raise Refused(f"compares {SAID[kinds[0]]} with {SAID[kinds[1]]}, which are never equal{hint}")
        for words, node in ((words_of(left), other), (words_of(right), one)):
            if words and isinstance(node, nodes.Const) and node.value not in words:
                near = nearest(str(node.value), words)
                raise Refused(f"compares with `{node.value}`, which it never is{near} (it is {', '.join(words)})")

    def _test(self, node: nodes.Test) -> object:
        if node.name in ("defined", "undefined"):
            self._spared.add(id(node.node))
        if node.name not in TESTS:
            raise Refused(f"the test `is {node.name}` is not allowed (allowed: {', '.join(sorted(TESTS))})")
        for child in node.iter_child_nodes():
            self._type(child)
        return bool

    def _call(self, node: nodes.Call) -> object:
        if not isinstance(node.node, nodes.Getattr) or node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise Refused("calls are not allowed, other than the listed methods and filters")
        of, name = self._type(node.node.node), node.node.attr
        _no_underscore(name)
        if name not in METHOD_NAMES:
            allowed = ", ".join(sorted(METHOD_NAMES))
            raise Refused(f"the method `{name}` is not allowed{nearest(name, METHOD_NAMES)} (allowed: {allowed})")
        kind = kind_of(of)
        if kind != "unknown" and name not in _METHODS_OF.get(kind, ()):
            raise Refused(f"`{name}()` does not work on {self._said(of)}")
        for argument in node.args:
            self._type(argument)
        return _METHOD_GIVES[name]

    def _filter(self, node: nodes.Filter) -> object:
        if node.name not in FILTERS:
            raise Refused(
                f"the filter `{node.name}` is not allowed{nearest(node.name, FILTERS)} "
                f"(allowed: {', '.join(sorted(FILTERS))})"
            )
        if node.node is None or node.dyn_args or node.dyn_kwargs:
            raise Refused("a filter stands after a value: `value|filter`")
        if node.name in ("default", "d"):
            self._spared.add(id(node.node))
        before = self._type(node.node)
        given = [self._type(argument) for argument in node.args]
        given += [self._type(keyword.value) for keyword in node.kwargs]
        if node.name == "map":
            return self._mapped(node, before)
        if node.name in ("first", "last"):
            inner = typing.get_args(before)
            return inner[0] if typing.get_origin(before) in (tuple, list) and inner else UNKNOWN
        if node.name in ("default", "d"):
            return before if given == [before] else UNKNOWN
        if node.name == "length":
            if kind_of(before) not in ("list", "text", "table", "unknown"):
                raise Refused(f"`length` counts lists and texts, not {self._said(before)}")
        elif node.name != "join":
            self._one_value(before)
        return _GIVES.get(node.name, UNKNOWN)

    def _mapped(self, node: nodes.Filter, before: object) -> object:
        names = [k.value for k in node.kwargs if k.key == "attribute"] + list(node.args)
        if len(names) != 1 or not isinstance(names[0], nodes.Const) or not isinstance(names[0].value, str):
            raise Refused("`map` takes one attribute, as in `order.lines|map(attribute='sku')`")
        _no_underscore(names[0].value)
        if typing.get_origin(before) in (tuple, list):
            of = self._attribute(typing.get_args(before)[0], names[0].value)
            return types.GenericAlias(tuple, (of, ...))
        return tuple[Any, ...]

    def _item(self, node: nodes.Getitem) -> object:
        of = without_none(self._type(node.node))
        self._type(node.arg)
        kind = kind_of(of)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str) and kind == "thing":
            raise Refused(f"write `.{node.arg.value}` for an attribute")
        if kind in ("number", "flag", "date", "thing"):
            raise Refused(f"{self._said(of)} has no items")
        if kind == "table" and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            self._named(node, of, node.arg.value)
        if isinstance(node.arg, nodes.Slice):
            return of
        if kind == "list":
            return typing.get_args(of)[0] if typing.get_args(of) else UNKNOWN
        return str if kind == "text" else UNKNOWN

    def _getattr(self, node: nodes.Getattr) -> object:
        of = self._type(node.node)
        found = self._attribute(of, node.attr)
        self._named(node, of, node.attr)
        return found

    def _named(self, node: nodes.Expr, of: object, name: str) -> None:
        """Keep which model's attribute a node is, and which custom attribute it names."""
        of = without_none(of)
        if isinstance(of, type) and dataclasses.is_dataclass(of):
            self._owners[id(node)] = of.__name__, name
        elif is_mapping(of) and isinstance(node, nodes.Getattr | nodes.Getitem):
            model, table = self._owners.get(id(node.node), ("", ""))
            if table == "attributes":
                self.attributes.append(Custom(model, name, id(node) in self._spared))

    def _compared(self, node: nodes.Expr, other: nodes.Expr) -> None:
        if id(node) in self._owners and isinstance(other, nodes.Const) and isinstance(other.value, str):
            self.codes.append(Compared(*self._owners[id(node)], other.value))

    def _attribute(self, of: object, name: str) -> object:
        _no_underscore(name)
        of = without_none(of)
        if of is UNKNOWN or is_mapping(of):
            return UNKNOWN
        if isinstance(of, type) and dataclasses.is_dataclass(of):
            known = attributes(of)
            if name not in known:
                allowed = ", ".join(sorted(known))
                raise Refused(f"`{name}` is not in {of.__name__}{nearest(name, known)} (allowed: {allowed})")
            return known[name]
        if kind_of(of) == "unknown":
            return UNKNOWN
        hint = "; take one with `[0]`, or all with `|map(attribute='...')`" if kind_of(of) == "list" else ""
        raise Refused(f"`.{name}` does not exist on {self._said(of)}{hint}")

    def _one_value(self, of: object) -> None:
        kind = kind_of(of)
        if kind in ("list", "table", "thing"):
            raise Refused(f"{self._said(of)} is not one value{_HOW.get(kind, '')}")

    def _said(self, of: object) -> str:
        kind = kind_of(of)
        return SAID[kind] if kind in SAID else getattr(without_none(of), "__name__", "this")


_HOW = {
    "list": "; join it with `|join(', ')`",
    "table": "; name one of its keys",
    "thing": "; name one of its attributes",
}


def one_value(of: object) -> None:
    """Refuse a type that a field cannot show: a list, a table, or a whole entity. Raises `Refused`."""
    Checker({})._one_value(of)


def _no_underscore(name: str) -> None:
    if name.startswith("_"):
        raise Refused(f"`{name}`: names that begin with `_` are not allowed")
