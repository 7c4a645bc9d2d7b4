"""Which of the agreement's numbers a first profile takes: chosen by what the agreement says of them, and by names."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cdc.models import Store
from cdc.names import ShopNames
from econ_client.client import Economic
from econ_client.documents import ProductAnswer, Self
from econ_client.filters import field as filter_field
from econ_client.lists import Lists, Named, PaymentTerms

_ZONES = {
    "domestic": ("indland", "domestic", "danmark", "dk"),
    "eu": ("eu",),
    "abroad": ("udland", "abroad", "3. land", "export"),
    "domestic_exempt": ("indland uden moms", "uden moms", "momsfri", "exempt"),
}
_USUAL_ZONES = {"domestic": 1, "eu": 2, "abroad": 3, "domestic_exempt": 4}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A product that a profile needs: how it may be called, and whether VAT is on it."""

    key: str
    words: tuple[str, ...]
    number: str
    taxed: bool
    needed: bool = False


PRODUCTS = (
    Wanted("shipping", ("fragt", "forsendelse", "levering", "shipping", "porto"), "shipping", taxed=True, needed=True),
    Wanted("discount", ("rabat", "discount"), "discount", taxed=True),
    Wanted("fee", ("gebyr", "fee"), "fee", taxed=True),
    Wanted("refund", ("refund", "retur", "kredit"), "refund", taxed=True),
    Wanted("rounding", ("afrunding", "øre", "rounding", "difference"), "rounding", taxed=False, needed=True),
    Wanted("rounding_vat", ("afrunding", "øre", "rounding", "difference"), "rounding-vat", taxed=True, needed=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a first profile says. Numbers are None where nothing in the agreement fits."""

    self_: Self
    lists: Lists
    layout: int | None
    terms: int | None
    unit: int | None
    customer_groups: Mapping[str, int | None]
    product_groups: Mapping[str, int | None]
    zones: Mapping[str, int | None]
    products: Mapping[str, ProductAnswer | None]
    names: ShopNames | None
    stores: tuple[Store, ...]
    prefixes: Mapping[str, str]
    leads: Mapping[str, str]
    since: datetime.date
    to_do: list[str] = field(default_factory=list)


def propose(
    economic: Economic, names: ShopNames | None, stores: Sequence[Store], increments: Mapping[str, str]
) -> Proposal:
    """Choose. `increments` are the latest order numbers by store view. Raises the errors of `econ_client.errors`."""
    self_, lists = economic.self_(), economic.lists()
    zones = _zones(lists)
    home = zones["domestic"] or 1
    groups = _product_groups(lists, home, inventory=self_.has_inventory)
    products = {wanted.key: _product(economic, wanted, lists, home) for wanted in PRODUCTS}
    leads = {code: increment[:-9] for code, increment in increments.items()}
    proposal = Proposal(
        self_=self_,
        lists=lists,
        layout=_best(lists.layouts, ("dansk", "danish", "standard")),
        terms=_terms(lists.payment_terms),
        unit=_best(lists.units, ("stk", "styk", "pcs", "unit")),
        customer_groups={
            "private": _best(lists.customer_groups, ("privat", "private", "webshop", "forbruger")),
            "business": _best(lists.customer_groups, ("erhverv", "business", "firma", "b2b", "virksomhed")),
        },
        product_groups=groups,
        zones=zones,
        products=products,
        names=names,
        stores=tuple(stores),
        prefixes=_prefixes(stores, leads),
        leads=leads,
        since=_today(stores),
    )
    proposal.to_do.extend(_to_do(proposal))
    return proposal


def _best(rows: Iterable[Named], words: Sequence[str]) -> int | None:
    """The first row whose name has the earliest of the words, else the first row at all."""
    rows = list(rows)
    for word in words:
        for row in rows:
            if word in row.name.lower():
                return row.number
    return rows[0].number if rows else None


def _terms(rows: Sequence[PaymentTerms]) -> int | None:
    for kind in ("net", "invoiceMonth"):
        for row in rows:
            if row.type == kind:
                return row.number
    return next((row.number for row in rows if row.type != "dueDate"), None)


def _zones(lists: Lists) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    there = {zone.number: zone.name.strip().lower() for zone in lists.vat_zones}
    for key, words in _ZONES.items():
        exact = [number for number, name in there.items() if name in words]
        part = [number for number, name in there.items() if key != "eu" and any(word in name for word in words[:2])]
        usual = [_USUAL_ZONES[key]] if _USUAL_ZONES[key] in there else []
        taken = set(found.values())
        found[key] = next((number for number in (*exact, *usual, *part) if number not in taken), None)
    return found


def _product_groups(lists: Lists, home: int, *, inventory: bool) -> dict[str, int | None]:
    rates = {group.number: lists.vat_rates.get((group.number, home)) for group in lists.product_groups}

    def pick(words: Sequence[str], fits: Callable[[int], bool], *, stocked: bool) -> int | None:
        rows = [group for group in lists.product_groups if fits(group.number)]
        some = [group for group in rows if group.inventory_enabled is stocked] or rows
        return _best([Named(group.number, group.name) for group in some], words)

    def taxed(number: int) -> bool:
        return bool(rates[number])

    def untaxed(number: int) -> bool:
        return rates[number] == Decimal(0)

    return {
        "goods": pick(("vare", "goods", "product"), taxed, stocked=inventory),
        "services": pick(("ydelse", "service", "tjeneste"), taxed, stocked=False),
        "untaxed": pick(("uden moms", "u/moms", "momsfri"), untaxed, stocked=False),
    }


def _product(economic: Economic, wanted: Wanted, lists: Lists, home: int) -> ProductAnswer | None:
    """A product that is called so, is not barred, has no stock, and VAT as wanted."""
    stocked = {group.number for group in lists.product_groups if group.inventory_enabled}

    def fits(product: ProductAnswer | None) -> bool:
        if product is None or product.barred:
            return False
        group = product.product_group.product_group_number
        rate = lists.vat_rates.get((group, home))
        return rate is not None and (rate > 0) is wanted.taxed and group not in stocked

    by_number = economic.product(wanted.number)
    if fits(by_number):
        return by_number
    for word in wanted.words:
        found = economic.products(filter_field("/products", "name").contains(word))
        first = next((product for product in found if fits(product)), None)
        if first is not None:
            return first
    return None


def _prefixes(stores: Sequence[Store], leads: Mapping[str, str]) -> dict[str, str]:
    """A prefix for each store view whose order numbers another store view has too."""
    seen: dict[str, str] = {}
    found: dict[str, str] = {}
    for store in stores:
        lead = leads.get(store.code)
        if lead is None:
            continue
        if lead in seen:
            found[store.code] = f"{store.code[:10].upper().replace('_', '-')}-"
        else:
            seen[lead] = store.code
    return found


def _today(stores: Sequence[Store]) -> datetime.date:
    zone = stores[0].timezone if stores else "Europe/Copenhagen"
    try:
        return datetime.datetime.now(ZoneInfo(zone)).date()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return datetime.datetime.now(datetime.UTC).date()


def _to_do(proposal: Proposal) -> Iterable[str]:
    """What a person must do in e-conomic before the profile can be used."""
    for wanted in PRODUCTS:
        if proposal.products[wanted.key] is None and wanted.needed:
            kind = "with VAT" if wanted.taxed else "without VAT"
            yield (
                f"Create the product `{wanted.number}` in e-conomic, in a product group {kind} and without stock, or "
                f"name another one in numbers.products.{wanted.key}."
            )
    for key, number in (*proposal.product_groups.items(), *proposal.customer_groups.items(), *proposal.zones.items()):
        if number is None and key != "domestic_exempt":
            yield f"The agreement has nothing that fits `{key}`; make it in e-conomic and write its number."
