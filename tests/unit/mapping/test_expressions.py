"""Expressions: what they may say, what they may not, and what comes out of them."""

from __future__ import annotations

from dataclasses import is_dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest

from cdc.models import Address, Order, OrderLine, Store
from mapping.absent import Absent, Place
from mapping.expressions import ExpressionError, compile_expression
from mapping.fields import Spec, text
from mapping.filters import FILTERS, METHOD_NAMES
from mapping.kinds import attributes, without_none
from mapping.problems import CannotMap
from mapping.views import SCOPES
from tests.unit.mapping.builders import STORE, address, line, order

TYPES = {"order": Order, "line": OrderLine, "address": Address, "store": Store}
ORDER = order(line("007", row="100", vat="25"), line("1E5", id=2, row="50", vat="12.5"))
VALUES = {"order": ORDER, "line": ORDER.lines[0], "address": address(attributes={"ean": "579"}), "store": STORE}


def value(source: str) -> object:
    return compile_expression(source, TYPES).evaluate(VALUES)


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("line.sku", "007"),
        ("order.lines[1].sku", "1E5"),
        ("'007'", "007"),
        ("0.1 + 0.2", Decimal("0.3")),
        ("line.row_total * 1.25", Decimal("125")),
        ("0.12345678901234567890 * 1", Decimal("0.1234567890123456789")),
        ("1.10", Decimal("1.10")),
        ("1e2", Decimal("1E+2")),
        ("-1", Decimal(-1)),
        ("1 / 4", Decimal("0.25")),
        ("line.net|round(1)", Decimal("100.0")),
        ("address.name ~ ', ' ~ address.city", "Anna Åberg, Aarhus C"),
        ("address.street|join(' / ')", "Søndergade 1 / 2. th"),
        ("address.street[0]", "Søndergade 1"),
        ("address.city[0:3]", "Aar"),
        ("address.attributes.ean", "579"),
        ("address.attributes.none|default('-')", "-"),
        ("address.company or 'privat'", "privat"),
        ("'b' if address.company else 'p'", "p"),
        ("address.country in ['DK', 'SE']", True),
        ("address.city.upper().startswith('AAR')", True),
        ("order.lines|map(attribute='sku')|join(',')", "007,1E5"),
        ("order.lines|length", 2),
        ("order.created_at|date('%d-%m-%Y')", "02-03-2026"),
        ("address.telephone|digits|number", Decimal(12345678)),
        ("address.city|cut(4)", "Aar…"),
        ("address.vat_is_valid is none", True),
        ("order.totals.grand_total > 100 and not address.company", True),
        ("'%s' in address.city", False),
    ],
)
def test_what_comes_out(source: str, result: object) -> None:
    found = value(source)
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize(
    "source",
    [
        "'x' * 10**9",
        "'x' * 1000000000",
        "10**10",
        "'%0999999999d' | format(1)",
        "'%0999999999d' % 1",
        "'{:>999999999}'.format(1)",
        "'x'.ljust(999999999)",
        "'x'.center(999999999)",
        "address.city|center(999999999)",
        "address.__class__",
        "address.__class__.__mro__",
        "''.__class__.__base__.__subclasses__()",
        "address['__class__']",
        "address|attr('__class__')",
        "order.lines.__getitem__(0)",
        "address.street.index('x')",
        "order.lines|map('upper')",
        "order.lines|map(attribute='__class__')",
        "order.lines|map(attribute='nix')",
        "order.lines|sort|list",
        "lipsum.__globals__",
        "cycler.__init__.__globals__.os",
        "range(1000000000)",
        "dict(a=1)",
        "joiner()",
        "namespace(a=1)",
        "self",
        "_number0",
        "{'a': 1}",
        "(lambda: 1)()",
        "address.name()",
        "address.city.join(['a'])",
        "address.city.encode()",
        "address is divisibleby(2)",
        "order.payment.card_number",
        "order.contry",
        "line.sku.nix",
        "line.row_total.as_tuple()",
        "x",
        "address.",
        "address city",
        "",
        "'" + "x" * 3000 + "'",
        "(" * 500 + "1" + ")" * 500,
    ],
)
def test_what_is_refused_when_the_profile_loads(source: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(source, TYPES)


@pytest.mark.parametrize(
    "source",
    [
        "address.attributes.none",
        "address.attributes.none ~ 'x'",
        "address.street[7]",
        "address.street * 9",
        "address.city + 1",
        "address.city * line.row_total",
        "1 / 0",
        "1 // 0",
        "address.city|number",
        "address.city|date",
        "address.city|replace('', 'x')",
        "order.created_at|date('%0999999d')",
        "line.net|round(99)",
        "(" + "~".join(["address.attributes.long"] * 30) + ")",
        "address.attributes.long|replace('x', address.attributes.long)",
        "order.shipping_method.nix if false else order.attributes.keys",
    ],
)
def test_what_has_no_value_says_so(source: str) -> None:
    try:
        compiled = compile_expression(source, TYPES)
    except ExpressionError:
        return
    long = replace(address(), attributes={"long": "x" * 900})
    with pytest.raises(ExpressionError):
        compiled.evaluate({**VALUES, "address": long})


def test_a_misspelt_attribute_names_the_nearest() -> None:
    with pytest.raises(ExpressionError, match=r"`contry` is not in Address; did you mean `country`\?"):
        compile_expression("address.contry", TYPES)
    with pytest.raises(ExpressionError, match=r"did you mean `address`\?"):
        compile_expression("adress.city", TYPES)


@pytest.mark.parametrize(
    ("raw", "result"),
    [
        ("plain", "plain"),
        ("{{ line.sku }}-{{ address.country }}", "007-DK"),
        ("{{ line.row_total }}", "100"),
        ({"expr": "line.sku"}, "007"),
        ({"map": "address.country", "to": {"DK": "Danmark"}, "default": "?"}, "Danmark"),
        ({"map": "address.city", "to": {"DK": "Danmark"}, "default": {"expr": "address.country"}}, "DK"),
        (None, None),
        ("", None),
        ("  ", None),
    ],
)
def test_fields(raw: object, result: str | None) -> None:
    assert text(Spec(raw).compile(TYPES), VALUES, what="f", most=100) == result


def test_a_table_without_default_refuses_what_it_does_not_list() -> None:
    field = Spec({"map": "address.country", "to": {"SE": "Sverige"}}).compile(TYPES)
    with pytest.raises(CannotMap, match="`DK`, which the table does not list"):
        text(field, VALUES, what="f", most=100)


@pytest.mark.parametrize(
    "raw", ["{{ a", "a }}", "{% if line %}{% endif %}", "{{ }}", "{{ {{ line.sku }} }}", "{# x #}{{ 1 }}"]
)
def test_broken_templates(raw: str) -> None:
    with pytest.raises(ExpressionError):
        Spec(raw).compile(TYPES)


def _models(of: object, found: dict[str, type]) -> dict[str, type]:
    of = without_none(of)
    if isinstance(of, type) and is_dataclass(of) and of.__name__ not in found:
        found[of.__name__] = of
        for kind in attributes(of).values():
            _models(kind, found)
    for argument in get_args(of):
        if argument is not Ellipsis:
            _models(argument, found)
    return found


def test_the_reference_lists_every_name_attribute_filter_and_method() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "expressions.md").read_text(encoding="utf-8")
    found: dict[str, type] = {}
    for scope in SCOPES.values():
        for kind in scope.values():
            _models(kind, found)
    names = {name for scope in SCOPES.values() for name in scope}
    words = {name for model in found.values() for name in attributes(model)} | names | METHOD_NAMES
    assert len(words) > 100
    assert sorted(word for word in words if f"`{word}`" not in page) == []
    assert sorted(name for name in FILTERS.keys() - {"d"} if f"`{name}`" not in page and f"`{name}(" not in page) == []


def test_an_expression_that_names_an_absent_column_says_where_it_stands_until_the_column_is_back() -> None:
    absent = Absent()
    field = Spec("{{ order.coupon_code }}").compile(TYPES, Place("shop.yaml:12", absent))
    spared = Spec("{{ order.attributes.fee | default('none') }}").compile(TYPES, Place("shop.yaml:13", absent))
    values = {"order": order(line("007"))}
    assert text(field, values, what="heading") is None
    absent.columns = {("Order", "coupon_code"): "sales_order.coupon_code", ("Order", "fee"): "sales_order.fee"}
    with pytest.raises(CannotMap) as parked:
        text(field, values, what="heading")
    assert parked.value.reason == "column_missing"
    assert "shop.yaml:12" in parked.value.advice
    assert "sales_order.coupon_code" in parked.value.advice
    assert text(spared, values, what="heading") == "none", "the profile says what holds without it"
    absent.columns = {}
    assert text(field, values, what="heading") is None
