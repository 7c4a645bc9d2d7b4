"""The numbers of the agreement that a profile names: whether they are set, and where each stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from mapping.checking import nearest
from mapping.compiled import Rules
from mapping.mistakes import shown
from mapping.places import PLACES
from mapping.profile_yaml import Problem, Step, Tree
from mapping.settings import Settings
from mapping.settings.numbers import Products

_MUST_BE_SET: Mapping[tuple[Step, ...], str] = {
    ("orders", "since"): "the go-live line: a date such as 2026-12-31, or a quoted increment id per store code; "
    "no older order is ever created by itself",
    ("numbers", "layout"): "the number of a layout",
    ("numbers", "payment_terms"): "the number of payment terms",
    ("numbers", "products", "shipping"): "the number of the product that shipping is sold as",
    ("numbers", "products", "rounding"): "the number of a product without VAT that rounding is booked on",
    ("numbers", "products", "rounding_vat"): "the number of a product with VAT that rounding is booked on",
}
_PRODUCTS = ("shipping", "discount", "fee", "gift_card", "store_credit", "reward_points", "refund", "rounding",
             "rounding_vat")  # fmt: skip
_FOR_PAYMENTS = {
    "journal": "the number of a journal",
    "accounts": "a clearing account for each payment method: {map: order.payment.method, to: {...}}",
}
_TABLES = {
    "customer_groups": "the number of a customer group",
    "product_groups": "the number of a product group",
    "vat_zones": "the number of a VAT zone",
}

_KINDS = {"customer_groups": "customer_group", "product_groups": "product_group", "vat_zones": "vat_zone"}


class NamedNumber(NamedTuple):
    """A number that the profile names in the agreement, and where it stands.

    `kind` is layout, payment_terms, customer_group, product_group, unit, vat_zone, product, customer, employee,
    department or journal.
    """

    kind: str
    number: int | str
    file: str
    line: int
    path: str


class NamedStore(NamedTuple):
    """A store view's code that the profile names, and where it stands."""

    code: str
    file: str
    line: int
    path: str


def named_stores(tree: Tree) -> Iterator[NamedStore]:
    """Every store view that a profile names: overrides, go-live lines per store, maps over `store.code`."""
    for where, table in _tables(tree, ()):
        for code, child in table.items():
            if not code:
                continue  # orders of a store view that was deleted
            yield NamedStore(code, child.mark.file, child.mark.line, shown((*where, code)))


def _tables(tree: Tree, where: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], dict[str, Tree]]]:
    """The tables whose keys are store views' codes, and where they stand."""
    if isinstance(tree.value, list):
        for i, item in enumerate(tree.value):
            yield from _tables(item, (*where, i))
    elif isinstance(tree.value, dict):
        over = tree.value.get("map")
        for step, child in tree.value.items():
            codes = (*where, step) == ("stores",) or (where[-1:] == ("orders",) and step == "since")
            if over is not None and step == "to":
                codes = isinstance(over.value, str) and over.value.strip() in _STORE_CODES
            if codes and isinstance(child.value, dict):
                yield (*where, step), child.value
            yield from _tables(child, (*where, step))


_STORE_CODES = ("store.code", "order.store.code")


def naming_problems(
    settings: Settings, tree: Tree, own: Tree, wrong: frozenset[tuple[Step, ...]] = frozenset()
) -> Iterator[Problem]:
    """What is not set, and rules that name a group or zone that `numbers` lacks.

    What is missing is reported in the profile's own file, not in the shipped one that leaves it open. Places in `wrong`
    have their problem already.
    """
    for where, what in _MUST_BE_SET.items():
        if _unset(_at(settings, where)) and not any(where[: i + 1] in wrong for i in range(len(where))):
            yield _problem(own, where, f"`{shown(where)}` is not set; it needs {what}")
    for table, what in _TABLES.items():
        for name, number in getattr(settings.numbers, table).items():
            if number is None and (table, name) != ("product_groups", "liability"):
                where = ("numbers", table, name)
                yield _problem(own, where, f"`{shown(where)}` is not set; it needs {what} of your agreement")
    numbers = settings.numbers
    if settings.payments.record:
        for name, what in _FOR_PAYMENTS.items():
            where = ("payments", name)
            if _unset(getattr(settings.payments, name)) and where not in wrong:
                yield _problem(own, where, f"`{shown(where)}` is not set; `payments.record: on` needs {what}")
    if not settings.when and not any(where[:1] == ("when",) for where in wrong):
        yield _problem(
            own, ("when",), "`when` has no rows, so no order would have a document; begin with `extends: denmark`"
        )
    for place, key, table, named in _rows(settings):
        left_out = [str(where[2]) for where in wrong if where[:2] == ("numbers", table) and len(where) > 2]
        known = [*getattr(numbers, table), *left_out]
        for i, name in enumerate(named):
            if isinstance(name, str) and name and name not in known:
                where = (*place, i, key) if key else (*place, i)
                yield _problem(
                    tree,
                    where,
                    f"`{shown(where)}` is `{name}`{nearest(name, known)} (allowed: {', '.join(known)}, or a number)",
                )
    yield from _unused_zones(settings, tree)


def _unused_zones(settings: Settings, tree: Tree) -> Iterator[Problem]:
    """Names in `numbers.vat_zones` that look like an optional row's and are not: the row would stay off."""
    vat = settings.vat
    rows = [row for row in (*vat.own, *vat.zones) if isinstance(row.zone, str)]
    fixed = {str(row.zone) for row in rows if not row.optional}
    countries = {vat.counts_as.get(one, one) for one in (*vat.eu, *vat.rates)} - {vat.home}
    optional = {
        str(row.zone).replace("<country>", country.lower()) for row in rows if row.optional for country in countries
    }
    for name in settings.numbers.vat_zones:
        close = nearest(name, optional)
        if name not in fixed | optional and (close or any(one[:4] == name[:4] for one in optional)):
            where = ("numbers", "vat_zones", name)
            allowed = ", ".join(sorted(optional))
            yield _problem(tree, where, f"`{shown(where)}`: no row of `vat` uses this name{close} (allowed: {allowed})")


def named_numbers(rules: Rules, tree: Tree) -> Iterator[NamedNumber]:
    """Everything that one store view's rules name in the agreement."""
    numbers = rules.settings.numbers
    for where, of in PLACES.items():
        field = rules.field(*where) if of.names else None
        for literal in field.literals() if field is not None else ():
            if isinstance(literal, int) and not isinstance(literal, bool):
                yield _named(of.names, literal, tree, where)
    if rules.settings.payments.journal is not None:
        yield _named("journal", rules.settings.payments.journal, tree, ("payments", "journal"))
    accounts = rules.field("payments", "accounts") if rules.settings.payments.record else None
    for literal in accounts.literals() if accounts is not None else ():
        if isinstance(literal, int) and not isinstance(literal, bool):
            yield _named("account", literal, tree, ("payments", "accounts"))
    if numbers.unit is not None:
        yield _named("unit", numbers.unit, tree, ("numbers", "unit"))
    for table, kind in _KINDS.items():
        for name, number in getattr(numbers, table).items():
            if number is not None:
                yield _named(kind, number, tree, ("numbers", table, name))
    for place, key, table, named in _rows(rules.settings):
        for i, entry in enumerate(named):
            if isinstance(entry, int):
                yield _named(_KINDS[table], entry, tree, (*place, i, key) if key else (*place, i))
    for name in _PRODUCTS:
        value = getattr(numbers.products, name)
        for product in (value,) if isinstance(value, str) else value or ():
            yield _named("product", product, tree, ("numbers", "products", name))
    for i, row in enumerate(rules.settings.totals):
        for product in (row.product,) if isinstance(row.product, str) else row.product:
            if product not in Products.model_fields and row.group is None:
                yield _named("product", product, tree, ("totals", i, "product"))
    if rules.settings.products.stand_in is not None:
        yield _named("product", rules.settings.products.stand_in, tree, ("products", "missing"))
    if isinstance(rules.settings.customers.guests, int):
        yield _named("customer", rules.settings.customers.guests, tree, ("customers", "guests"))


def _rows(settings: Settings) -> Iterator[tuple[tuple[Step, ...], str, str, Sequence[str | int]]]:
    """The lists whose rows name a group or zone: where, under which key, from which table, and what they name."""
    customers, products, vat = settings.customers, settings.products, settings.vat
    yield ("customers", "groups"), "group", "customer_groups", [r.group for r in customers.groups]
    yield ("customers", "consumer_groups"), "", "customer_groups", customers.consumer_groups
    yield ("products", "groups"), "group", "product_groups", [r.group for r in products.groups]
    yield ("totals",), "group", "product_groups", ["" if r.group is None else r.group for r in settings.totals]
    for place in ("own", "zones"):
        # an optional row is off while its zone has no number
        named = ["" if row.optional else row.zone for row in getattr(vat, place)]
        yield ("vat", place), "zone", "vat_zones", named


def _at(settings: object, where: Sequence[Step]) -> object:
    for step in where:
        settings = getattr(settings, str(step))
    return settings


def _unset(value: object) -> bool:
    return value is None or getattr(value, "raw", value) is None


def _problem(tree: Tree, where: Sequence[Step], message: str) -> Problem:
    mark = tree.find(where).mark
    return Problem(mark.file, mark.line, message)


def _named(kind: str, number: int | str, tree: Tree, where: Sequence[Step]) -> NamedNumber:
    mark = tree.find(where).mark
    return NamedNumber(kind, number, mark.file, mark.line, shown(where))
