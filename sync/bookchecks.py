"""Whether what the profile names in e-conomic can be used: not barred, with a VAT rate, of the type that is needed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from econ_client.client import Economic
from econ_client.documents import Department, Distribution, Employee, Self
from econ_client.errors import Forbidden, NotFound
from econ_client.lists import Lists
from mapping.agreement import Agreement
from mapping.compiled import Rules
from mapping.mistakes import shown
from mapping.places import DEPARTMENTS, PROJECTS
from mapping.profile import NamedNumber, Profile
from mapping.twice import posted_twice

LISTS = {
    "layout": "layouts",
    "payment_terms": "payment terms",
    "unit": "units",
    "customer_group": "customer groups",
    "product_group": "product groups",
    "vat_zone": "VAT zones",
}
_DUE_DATE = "dueDate"


class Row(Protocol):
    """A row of a list of the agreement's."""

    @property
    def number(self) -> int:
        """Its number."""

    @property
    def name(self) -> str:
        """Its name."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one number of the profile; a `doubt` does not keep the service from starting."""

    said: str
    doubt: bool = False


def at(number: NamedNumber, message: str) -> str:
    """A message with the place in the profile."""
    return f"{number.file}:{number.line}: `{number.path}`: {message}"


def lacking(number: NamedNumber, what: str, known: Mapping[int, str] | Collection[int]) -> Finding:
    """A number that the agreement does not have."""
    names = known if isinstance(known, Mapping) else dict.fromkeys(known, "")
    listed = ", ".join(f"{n} ({names[n]})" if names[n] else str(n) for n in sorted(names)[:12])
    has = f" It has {listed}." if listed else ""
    return Finding(at(number, f"e-conomic has no {number.number} among its {what}.{has}"))


def check_lists(profile: Profile, lists: Lists) -> Iterator[Finding]:
    """Numbers that are not in the agreement's lists."""
    known: Mapping[str, Iterable[Row]] = {
        "layout": lists.layouts,
        "payment_terms": lists.payment_terms,
        "unit": lists.units,
        "customer_group": lists.customer_groups,
        "product_group": lists.product_groups,
        "vat_zone": lists.vat_zones,
    }
    for number in profile.numbers():
        rows = known.get(number.kind)
        if rows is not None and number.number not in {row.number for row in rows}:
            yield lacking(number, LISTS[number.kind], {row.number: row.name for row in rows})
        elif number.kind == "vat_zone" and number.number in lists.closed_zones:
            yield Finding(at(number, f"VAT zone {number.number} is not enabled for customers in e-conomic"))


def check_people(economic: Economic, profile: Profile, self_: Self) -> Iterator[Finding]:
    """Employees, departmental distributions and the journal: asked for only when the profile names some."""
    employees = [n for n in profile.numbers() if n.kind == "employee"]
    departments = [n for n in profile.numbers() if n.kind == "department"]
    if employees:
        yield from _among(employees, "employees", lambda: economic.employees(), lambda row: row.employee_number)
    if departments and not _has(self_, DEPARTMENTS):
        yield Finding(at(departments[0], "the agreement has no module for departments; add it, or take the field out"))
    elif departments:
        yield from _among(
            departments,
            "departmental distributions",
            lambda: economic.distributions(),
            lambda row: row.departmental_distribution_number,
        )
    for number in profile.numbers():
        if number.kind == "journal" and economic.journal(int(number.number)) is None:
            yield lacking(number, "journals", ())
        elif number.kind == "account":
            yield from _account(economic, number)


def _account(economic: Economic, number: NamedNumber) -> Iterator[Finding]:
    found = economic.as_is(None, f"/accounts/{int(number.number)}")
    if found is None:
        yield lacking(number, "accounts", ())
    elif found.get("barred") is True:
        yield Finding(at(number, f"account {number.number} ({found.get('name', '')}) is barred in e-conomic"))


def check_sending(profile: Profile, self_: Self) -> Iterator[Finding]:
    """Sending by EAN needs a company number on the agreement, and an agreement that may send electronically."""
    for code in ("", *profile.views()):
        rules = profile.for_store(code)
        for where, field in rules.fields.items():
            if where[0] != "when" or not any(str(way).lower() == "ean" for way in field.literals()):
                continue
            if self_.company is None or not self_.company.company_identification_number:
                yield Finding(f"`{shown(where)}` sends by EAN, which needs a company number (CVR) on the agreement")
            if not self_.can_send_electronic_invoice:
                said = "e-conomic says that this agreement cannot send electronic invoices"
                yield Finding(f"`{shown(where)}` sends by EAN, but {said}", doubt=True)


def check_use(profile: Profile, agreement: Agreement) -> Iterator[Finding]:
    """Whether numbers fit what the profile does with them: VAT rates, due dates, vouchers, modules, currencies."""
    numbers = profile.numbers()
    for code in ("", *profile.views()):
        rules = profile.for_store(code)
        yield from _rates(rules, numbers, agreement)
        yield from _due_dates(rules, numbers, agreement)
        yield from _vouchers(rules, numbers, agreement)
        currency = rules.settings.customers.currency
        if agreement.currencies and currency not in agreement.currencies:
            yield Finding(
                f"`customers.currency` is {currency}, which the agreement does not have "
                f"(it has {', '.join(sorted(agreement.currencies))})"
            )
        if rules.field("fields", "document", "project") is not None and agreement.lacks(PROJECTS):
            yield Finding("`fields.document.project` is set, but the agreement has no module for projects")


def _among(
    named: list[NamedNumber],
    what: str,
    read: Callable[[], Iterator[Employee]] | Callable[[], Iterator[Distribution]] | Callable[[], Iterator[Department]],
    number_of: Callable[..., int],
) -> Iterator[Finding]:
    try:
        rows = {number_of(row): row for row in read()}
    except (Forbidden, NotFound) as error:
        yield Finding(at(named[0], f"e-conomic does not show its {what}: {error.message}"), doubt=True)
        return
    for number in named:
        row = rows.get(int(number.number))
        if row is None:
            yield lacking(number, what, {key: value.name for key, value in rows.items()})
        elif row.barred:
            yield Finding(at(number, f"{number.number} ({row.name}) is barred in e-conomic"))


def _has(self_: Self, module: int) -> bool:
    return not self_.modules or any(m.module_number == module for m in self_.modules)


def _rates(rules: Rules, numbers: Collection[NamedNumber], agreement: Agreement) -> Iterator[Finding]:
    """A product group without a sales account in a zone of the VAT table cannot be booked there."""
    zones = _zones(rules)
    home = next(iter(zones), None)
    groups = {int(n.number): n for n in reversed(list(numbers)) if n.kind == "product_group"}
    for group, named in groups.items():
        if group not in agreement.product_groups:
            continue
        missing = [zone for zone in zones if zone in agreement.vat_zones and (group, zone) not in agreement.vat_rates]
        if missing:
            where = " and ".join(f"{zone} ({agreement.vat_zones[zone]})" for zone in missing)
            yield Finding(
                at(
                    named,
                    f"product group {group} ({agreement.product_groups[group]}) has no sales account that can be used "
                    f"in VAT zone {where}; orders that need it there are parked",
                ),
                doubt=home not in missing,
            )
    for named in numbers:
        if named.kind == "product" and home is not None:
            yield from _product_rate(named, agreement, home)


def _zones(rules: Rules) -> list[int]:
    found: dict[int, None] = {}
    domestic = rules.settings.numbers.vat_zones.get("domestic")
    if domestic is not None:
        found[domestic] = None
    for row in (*rules.settings.vat.own, *rules.settings.vat.zones):
        zone = row.zone if isinstance(row.zone, int) else rules.settings.numbers.vat_zones.get(row.zone)
        if zone is not None:
            found[zone] = None
    return list(found)


def _product_rate(named: NamedNumber, agreement: Agreement, home: int) -> Iterator[Finding]:
    group = agreement.products.get(str(named.number))
    rate = None if group is None else agreement.vat_rates.get((group, home))
    stocked = agreement.has_inventory and group in agreement.stocked_groups
    if stocked and named.path.startswith("numbers.products.refund"):
        yield Finding(
            at(
                named,
                f"product {named.number} is in product group {group} ({agreement.product_groups.get(group or 0, '')}), "
                "which keeps stock; refunds would move it, so it is not used: take one in a group without stock",
            ),
            doubt=True,
        )
    if rate is None:
        return
    taxed = f"product {named.number} has {rate.normalize():f}% VAT in zone {home} ({agreement.vat_zones.get(home, '')})"
    if named.path == "numbers.products.rounding" and rate != 0:
        yield Finding(at(named, f"{taxed}; this one must be in a product group without VAT"))
    if named.path == "numbers.products.rounding_vat" and rate == 0:
        yield Finding(at(named, f"{taxed}; this one must be in a product group with VAT"))


def _due_dates(rules: Rules, numbers: Collection[NamedNumber], agreement: Agreement) -> Iterator[Finding]:
    field = rules.field("numbers", "payment_terms")
    literals = set(field.literals()) if field is not None else set()
    needing = [n for n in numbers if n.kind == "payment_terms" and n.number in literals]
    needing = [n for n in needing if agreement.terms_types.get(int(n.number)) == _DUE_DATE]
    has = rules.field("fields", "document", "due_date") is not None
    if needing and not has:
        yield Finding(
            at(
                needing[0],
                f"payment terms {needing[0].number} are of the type {_DUE_DATE} and need a date on each document; set "
                '`fields.document.due_date`, such as {expr: "date|add_days(14)"}',
            )
        )
    if has and not needing and literals and all(isinstance(literal, int) for literal in literals):
        yield Finding(
            f"`fields.document.due_date` is never sent: no payment terms of the profile are of the type {_DUE_DATE}",
            doubt=True,
        )


def _vouchers(rules: Rules, numbers: Collection[NamedNumber], agreement: Agreement) -> Iterator[Finding]:
    for terms, method in posted_twice(rules, agreement.terms_types):
        named = next((n for n in numbers if n.kind == "payment_terms" and n.number == terms), None)
        of = f" of the method `{method}`" if method else ""
        said = (
            f"payment terms {terms} ({agreement.payment_terms.get(terms, '')}) are of the type "
            f"{agreement.terms_types[terms]} and post the payment themselves, but `payments` would record the payments"
            f"{of} too; leave the method out of `payments.accounts`, or choose other terms"
        )
        yield Finding(at(named, said) if named is not None else said)
