"""A document's VAT zone: goods and services have a row of the VAT table each, and may need a document each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from cdc.models import Address, Order
from mapping.agreement import Agreement
from mapping.amounts import in_books
from mapping.case import Case, case_of
from mapping.choice import Choice
from mapping.money import ZERO, cents, total
from mapping.plan import Amounts
from mapping.problems import CannotMap
from mapping.profile import Profile
from mapping.supply import Supply, supplies
from mapping.target import Target, TargetLine
from mapping.views import NO_ADDRESS
from mapping.zones import choose

SERVICES = ":services"
"""What the role of the document for services ends in, where goods have one of their own."""

SERVICES_REFERENCE = "/S"
"""What its reference ends in."""

_MOST_SKUS = 4


@dataclass(frozen=True, slots=True)
class Half:
    """What one document stands for. `role` and `reference` are what its role and reference end in."""

    role: str
    reference: str
    target: Target


def halves(case: Case, target: Target) -> tuple[Half, ...]:
    """The target as it is, or in two where `vat.two_zones: split` asks for it.

    Shipping and charges stay with the goods. Raises `CannotMap` (``vat_zone``).
    """
    found = choices(case, target)
    if _one_zone(found) or case.rules.settings.vat.two_zones == "park":
        return (Half("", "", target),)
    of = supplies(case.order.lines)
    services = tuple(t for t in target.lines if of[t.line.id] == "services")
    money = [t for t in services if t.line.carries_money]
    net, vat = total(t.net + t.weee for t in money), total(t.vat for t in money)
    apart = Amounts(net, vat, net + vat)
    whole = target.amounts
    rest = Amounts(whole.net - apart.net, whole.vat - apart.vat, whole.gross - apart.gross)
    zero = Target(lines=services, shipping=ZERO, shipping_vat=ZERO, amounts=apart)
    goods = tuple(t for t in target.lines if of[t.line.id] == "goods")
    return (Half("", "", replace(target, lines=goods, amounts=rest)), Half(SERVICES, SERVICES_REFERENCE, zero))


def has_both(case: Case) -> bool:
    """Whether the order has both goods and services."""
    return has_goods_and_services(case.order)


def has_goods_and_services(order: Order) -> bool:
    """As `has_both`, of an order."""
    return len({*supplies(order.lines).values()}) > 1


def may_be_split(case: Case) -> bool:
    """Whether the order's documents may be in two: by the profile, and by what was ordered."""
    return case.rules.settings.vat.two_zones == "split" and has_both(case)


def choices(case: Case, target: Target | None = None) -> Mapping[Supply, Choice]:
    """The row of the VAT table for each supply of the target, else of the order; goods first.

    Raises `CannotMap` (``vat_zone``).
    """
    return {
        supply: choose(case.rules, case.scope, case.buyer, _address(case, supply), supply)
        for supply in _present(case, target)
    }


def half_grosses(order: Order) -> frozenset[Decimal]:
    """What the order's goods and its services would come to in documents of their own; empty with one of them only."""
    of = supplies(order.lines)
    services = [line for line in order.lines if line.carries_money and of[line.id] == "services"]
    if len({*of.values()}) == 1 or not services:
        return frozenset()
    gross = cents(total(line.net + line.weee_amount + line.tax_amount for line in services))
    return frozenset({gross, cents(order.totals.grand_total) - gross})


def explained(order: Order, profile: Profile, agreement: Agreement) -> tuple[Choice, ...]:
    """How the VAT table decides for an order, also for one that parks. Raises `CannotMap`."""
    case = case_of(order, profile.for_store(order.store.code), agreement, {})
    return tuple(choices(in_books(case)).values())


def one_zone(case: Case, target: Target) -> Mapping[Supply, Choice]:
    """As `choices`; raises `CannotMap` (``vat_two_zones``) where they lead to two zones."""
    found = choices(case, target)
    if not _one_zone(found):
        of = supplies(case.order.lines)
        sides = [
            _side(choice, (t for t in target.lines if of[t.line.id] == choice.supply), case)
            for choice in found.values()
        ]
        raise CannotMap(
            "vat_two_zones",
            f"{' and '.join(sides)}, but a document has one VAT zone. `vat.two_zones: split` makes two documents of "
            "it; or book it by hand, or correct the VAT table",
        )
    return found


def _present(case: Case, target: Target | None) -> tuple[Supply, ...]:
    of = supplies(case.order.lines)
    lines = target.lines if target is not None else ()
    charged = {of[t.line.id] for t in lines if t.line.carries_money and (t.net or t.vat or t.weee)}
    moved = {of[t.line.id] for t in lines if t.quantity}
    found = charged or moved or {*of.values()}
    return tuple(supply for supply in ("goods", "services") if supply in found) or ("goods",)


def _address(case: Case, supply: Supply) -> Address:
    order = case.order
    both = (order.shipping, order.billing) if supply == "goods" else (order.billing, order.shipping)
    return both[0] or both[1] or NO_ADDRESS


def _one_zone(found: Mapping[Supply, Choice]) -> bool:
    return len({choice.row.zone for choice in found.values()}) == 1


def _side(choice: Choice, lines: Iterable[TargetLine], case: Case) -> str:
    skus = list(dict.fromkeys(t.line.sku for t in lines if t.line.carries_money and (t.net or t.vat or t.weee)))
    listed = ", ".join(skus[:_MOST_SKUS]) + (f" and {len(skus) - _MOST_SKUS} more" if len(skus) > _MOST_SKUS else "")
    zone, names = choice.row.zone, case.agreement.vat_zones
    named = f"{zone} ({names[zone]})" if zone in names else str(zone)
    return f"{choice.supply} ({listed}) fall in VAT zone {named} by row `{choice.row.name}`"
