"""The numbers of the agreement that a profile names: whether they are set, and where each stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mapping.checking import nearest
from mapping.compiled import Rules
from mapping.mistakes import shown
from mapping.profile_yaml import Problem, Step, Tree
from mapping.settings import Settings

_MUST_BE_SET: Mapping[tuple[Step, ...], str] = {
    ("orders", "since"): "the go-live line: a date such as 2026-12-31, or a quoted increment id per store code; "
    "no older order is ever created by itself",
    ("numbers", "layout"): "the number of a layout",
    ("numbers", "payment_terms"): "the number of payment terms",
    ("numbers", "products", "shipping"): "the number of the product that shipping is sold as",
    ("numbers", "products", "rounding"): "the number of a product without VAT that rounding is booked on",
    ("numbers", "products", "rounding_vat"): "the number of a product with VAT that rounding is booked on",
}
_TABLES = {
    "customer_groups": "the number of a customer group",
    "product_groups": "the number of a product group",
    "vat_zones": "the number of a VAT zone",
}


class NamedNumber(NamedTuple):
    """A number that the profile names in the agreement, and where it stands.

    `kind` is layout, payment_terms, customer_group, product_group, unit, vat_zone, product or customer.
    """

    kind: str
    number: int | str
    file: str
    line: int
    path: str


def naming_problems(settings: Settings, tree: Tree, own: Tree) -> Iterator[Problem]:
    """What is not set, and rules that name a group or zone that `numbers` lacks.

    What is missing is reported in the profile's own file, not in the shipped one that leaves it open.
    """
    for where, what in _MUST_BE_SET.items():
        if _at(settings, where) is None or _unset(_at(settings, where)):
            yield _problem(own, where, f"`{shown(where)}` is not set; it needs {what}")
    for table, what in _TABLES.items():
        for name, number in getattr(settings.numbers, table).items():
            if number is None:
                where = ("numbers", table, name)
                yield _problem(own, where, f"`{shown(where)}` is not set; it needs {what} of your agreement")
    numbers = settings.numbers
    yield from _unknown(
        tree, ("customers", "groups"), "group", [r.group for r in settings.customers.groups], numbers.customer_groups
    )
    yield from _unknown(
        tree, ("customers", "consumer_groups"), None, settings.customers.consumer_groups, numbers.customer_groups
    )
    yield from _unknown(
        tree, ("products", "groups"), "group", [r.group for r in settings.products.groups], numbers.product_groups
    )
    yield from _unknown(tree, ("vat", "zones"), "zone", [r.zone for r in settings.vat.zones], numbers.vat_zones)


def named_numbers(rules: Rules, tree: Tree) -> Iterator[NamedNumber]:
    """Everything that one store view's rules name in the agreement."""
    numbers = rules.settings.numbers
    for key in ("layout", "payment_terms"):
        field = rules.field("numbers", key)
        for literal in field.literals() if field is not None else ():
            if isinstance(literal, int) and not isinstance(literal, bool):
                yield _named(key, literal, tree, ("numbers", key))
    if numbers.unit is not None:
        yield _named("unit", numbers.unit, tree, ("numbers", "unit"))
    for table, kind in (
        ("customer_groups", "customer_group"),
        ("product_groups", "product_group"),
        ("vat_zones", "vat_zone"),
    ):
        for name, number in getattr(numbers, table).items():
            if number is not None:
                yield _named(kind, number, tree, ("numbers", table, name))
    for kind, where, named in _in_rules(rules.settings):
        if isinstance(named, int):
            yield _named(kind, named, tree, where)
    for name in ("shipping", "discount", "fee", "refund", "rounding", "rounding_vat"):
        value = getattr(numbers.products, name)
        for product in (value,) if isinstance(value, str) else value or ():
            yield _named("product", product, tree, ("numbers", "products", name))
    if isinstance(rules.settings.customers.guests, int):
        yield _named("customer", rules.settings.customers.guests, tree, ("customers", "guests"))


def _in_rules(settings: Settings) -> Iterator[tuple[str, tuple[Step, ...], str | int]]:
    for i, group in enumerate(settings.customers.groups):
        yield "customer_group", ("customers", "groups", i, "group"), group.group
    for i, consumer in enumerate(settings.customers.consumer_groups):
        yield "customer_group", ("customers", "consumer_groups", i), consumer
    for i, product in enumerate(settings.products.groups):
        yield "product_group", ("products", "groups", i, "group"), product.group
    for i, zone in enumerate(settings.vat.zones):
        yield "vat_zone", ("vat", "zones", i, "zone"), zone.zone


def _unknown(
    tree: Tree, table: tuple[Step, ...], key: str | None, named: Iterable[str | int], known: Mapping[str, int | None]
) -> Iterator[Problem]:
    for i, name in enumerate(named):
        if isinstance(name, str) and name not in known:
            where = (*table, i) if key is None else (*table, i, key)
            yield _problem(
                tree,
                where,
                f"`{shown(where)}` is `{name}`{nearest(name, known)} (allowed: {', '.join(known)}, or a number)",
            )


def _at(settings: object, where: Sequence[Step]) -> object:
    for step in where:
        settings = getattr(settings, str(step))
    return settings


def _unset(value: object) -> bool:
    return getattr(value, "raw", value) is None


def _problem(tree: Tree, where: Sequence[Step], message: str) -> Problem:
    mark = tree.find(where).mark
    return Problem(mark.file, mark.line, message)


def _named(kind: str, number: int | str, tree: Tree, where: Sequence[Step]) -> NamedNumber:
    mark = tree.find(where).mark
    return NamedNumber(kind, number, mark.file, mark.line, shown(where))
