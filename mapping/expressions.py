"""Expressions of a profile: Jinja2's syntax over the typed models, and nothing else.

The parsed tree is checked against an allow-list before it is compiled. Jinja2's sandbox alone lets through expressions
that run away, such as ``'x' * 10**9`` and ``'%0999999999d' | format(1)``.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass
from decimal import Decimal
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, Undefined, UndefinedError, nodes
from jinja2.environment import TemplateExpression
from jinja2.parser import Parser
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import missing

from mapping.absent import Named, Place
from mapping.checking import CONCATENATED, Checker, Compared, Custom, Refused, one_value
from mapping.filters import FILTERS, LONGEST, METHODS, TESTS, bounded, concatenated, sensible
from mapping.kinds import kind_of

LONGEST_SOURCE = 2_000
_CANNOT = (
    ArithmeticError, ValueError, TypeError, LookupError, AttributeError, RecursionError, MemoryError, TemplateError,
)  # fmt: skip


class ExpressionError(Exception):
    """An expression cannot be used, or has no value for the data at hand; the message is for people."""


class ColumnMissing(ExpressionError):
    """An expression names a column that Magento's tables do not have just now."""


class _Environment(SandboxedEnvironment):
    """Attributes are fields of the models, keys of their tables, and a few methods of texts and dates."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%"})

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, optimized=False, autoescape=False)
        self.globals.clear()
        self.filters = {**FILTERS, CONCATENATED: concatenated}
        self.tests = {name: test for name, test in self.tests.items() if name in TESTS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Undefined):
            return obj
        if isinstance(obj, Mapping):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        if attribute.startswith("_"):
            return self.undefined(obj=obj, name=attribute)
        if is_dataclass(obj):
            return getattr(obj, attribute, missing_or(self, obj, attribute))
        kind = "str" if isinstance(obj, str) else "date" if isinstance(obj, datetime.date) else ""
        if attribute in METHODS.get(kind, ()):
            return getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Undefined):
            return obj
        if isinstance(argument, Decimal) and argument == argument.to_integral_value():
            argument = int(argument)
        if isinstance(obj, Mapping | tuple | list | str):
            try:
                return obj[argument]
            except (LookupError, TypeError):
                pass
        return self.undefined(obj=obj, name=str(argument))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return bounded(left + right)
        for side in (left, right):
            if isinstance(side, bool) or not isinstance(side, int | Decimal):
                raise ExpressionError(f"`{operator}` works on numbers, not on {_named(side)}")
        return sensible(super().call_binop(context, operator, Decimal(left), Decimal(right)))


def missing_or(environment: SandboxedEnvironment, obj: object, attribute: str) -> Undefined:
    """What a field that does not exist is worth."""
    return environment.undefined(obj=obj, name=attribute)


_ENVIRONMENT = _Environment()


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked, compiled expression. `source` is as it stands in the profile, `type` what it gives as far as known.

    `attributes` and `codes` are what it names in Magento; `whole` is the model and attribute that it is, if it is one;
    `results` are the constants among what it may give. `names` are the models' attributes, and third-party columns
    without a default, that it needs; `place` is where it stands.
    """

    source: str
    _compiled: TemplateExpression
    _numbers: Mapping[str, Decimal]
    type: object = Any
    attributes: tuple[Custom, ...] = ()
    codes: tuple[Compared, ...] = ()
    whole: tuple[str, str] = ("", "")
    results: tuple[object, ...] = ()
    names: frozenset[Named] = frozenset()
    place: Place = field(default_factory=Place)

    @property
    def kind(self) -> str:
        """The kind of its value as `mapping.kinds` names it."""
        return kind_of(self.type)

    def evaluate(self, scope: Mapping[str, object]) -> object:
        """The expression's value: native, an int or float never among the results of arithmetic.

        Raises:
            ColumnMissing: a column that it names is not there.
            ExpressionError: something it names has no value here, or the result is too long.
        """
        self._whole_in_magento()
        try:
            value = self._compiled(**scope, **self._numbers)
            if isinstance(value, Undefined):
                value._fail_with_undefined_error()
        except ExpressionError as error:
            raise ExpressionError(f"`{self.source}`: {error}") from error
        except UndefinedError as error:
            raise ExpressionError(f"`{self.source}` has no value: {error}") from error
        except _CANNOT as error:
            raise ExpressionError(f"`{self.source}` cannot be worked out: {error or type(error).__name__}") from error
        if isinstance(value, str) and len(value) > LONGEST:
            raise ExpressionError(f"`{self.source}`: the result is longer than {LONGEST} characters")
        if callable(value):
            raise ExpressionError(f"`{self.source}` names a method; write `()` behind it")
        return value

    def _whole_in_magento(self) -> None:
        absent = self.place.absent.columns
        if not absent:
            return
        gone = sorted(absent[name] for name in self.names if name in absent)
        if gone:
            at = f" at {self.place.at}" if self.place.at else ""
            raise ColumnMissing(
                f"`{self.source}`{at} names {' and '.join(gone)}, which Magento's database does not have now. What "
                "this rule makes waits until it is back, or until the profile does without it"
            )


def compile_expression(
    source: str, scope: Mapping[str, object], *, single: bool = False, place: Place | None = None
) -> Expression:
    """Check and compile an expression.

    Args:
        source: the expression without braces.
        scope: the type of every name that it may use.
        single: it must give one value: no list, no table, no whole entity.
        place: where it stands.

    Raises:
        ExpressionError: it does not parse, uses what is not allowed, or names what does not exist.
    """
    if len(source) > LONGEST_SOURCE:
        raise ExpressionError(f"an expression may have {LONGEST_SOURCE} characters, this one has {len(source)}")
    try:
        parser = Parser(_ENVIRONMENT, source, state="variable")
        tree = parser.parse_expression()
        if not parser.stream.eos:
            raise ExpressionError(f"`{source}`: cannot read on from `{parser.stream.current.value}`")
        checker = Checker(scope, _exact(source))
        tree = checker.check(tree)
        if single:
            one_value(checker.type)
        body: list[nodes.Node] = [nodes.Assign(nodes.Name("result", "store"), tree, lineno=1)]
        root = nodes.Template(body, lineno=1)
        root.set_environment(_ENVIRONMENT)
        template = _ENVIRONMENT.from_string(root)
    except TemplateSyntaxError as error:
        raise ExpressionError(f"`{source}`: {error.message}") from error
    except Refused as error:
        raise ExpressionError(f"`{source}`: {error}") from error
    except (RecursionError, MemoryError, SyntaxError) as error:
        raise ExpressionError("an expression is nested too deep") from error
    compiled = TemplateExpression(template, undefined_to_none=False)
    return Expression(
        source=source,
        _compiled=compiled,
        _numbers=checker.numbers,
        type=checker.type,
        attributes=tuple(checker.attributes),
        codes=tuple(checker.codes),
        whole=checker.source,
        results=checker.results,
        names=checker.needed,
        place=place or Place(),
    )


def _exact(source: str) -> dict[float, Decimal]:
    """The literals with a point or an exponent, exactly as they are written."""
    tokens = _ENVIRONMENT.lexer.tokeniter(source, None, state="variable")
    written = [Decimal(text.replace("_", "")) for _, kind, text in tokens if kind == "float"]
    return {float(number): number for number in written}


def _named(value: object) -> str:
    if value is None or value is missing:
        return "nothing"
    return {"str": "a text", "bool": "on/off"}.get(type(value).__name__, type(value).__name__)
