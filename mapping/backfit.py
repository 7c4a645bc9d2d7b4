"""Which of Magento's product attributes can take a field of e-conomic's product, and in which store views."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from cdc.models_fields import FieldScopes, ProductField
from mapping.checking import nearest
from mapping.owners import BackField, NamedTarget

Kind = Literal["text", "money", "quantity", "flag"]

KINDS: Mapping[BackField, Kind] = {
    "name": "text",
    "description": "text",
    "bar_code": "text",
    "sales_price": "money",
    "cost_price": "money",
    "recommended_price": "money",
    "barred": "flag",
    "in_stock": "quantity",
    "available": "quantity",
}
_TEXTS = frozenset({"char", "varchar", "tinytext", "text", "mediumtext", "longtext"})
_WHOLE = frozenset({"tinyint", "smallint", "mediumint", "int", "bigint"})
_TAKES = {
    "text": "a text, or a choice whose options have labels",
    "money": "a decimal, or a text",
    "quantity": "a decimal, a whole number, or a text",
    "flag": "`status`, or a yes/no",
}


@dataclass(frozen=True, slots=True)
class Goal:
    """A field of e-conomic's product on its way to an attribute.

    `stores` are the ids of the store views that are written, 0 for the default scope; `overrides` those whose own
    value, where they have one, is a website's price and is written with the default one.
    """

    field: BackField
    attribute: ProductField
    stores: tuple[int, ...]
    overrides: tuple[int, ...] = ()

    @property
    def kind(self) -> Kind:
        """What kind of value it is."""
        return KINDS[self.field]

    @property
    def is_status(self) -> bool:
        """Whether the attribute is Magento's own status: 1 enabled, 2 disabled."""
        return self.attribute.code == "status"


class Misfit(NamedTuple):
    """A target that Magento cannot take: what is wrong, what is allowed, and what to do."""

    target: NamedTarget
    found: str
    wanted: str
    fix: str


def goals_of(
    targets: Sequence[NamedTarget], fields: Mapping[str, ProductField], scopes: FieldScopes
) -> tuple[tuple[Goal, ...], tuple[Misfit, ...]]:
    """The goals, and the targets that cannot be any. `fields` are the shop's attributes by code, as far as they are."""
    goals: list[Goal] = []
    misfits: list[Misfit] = []
    for named in targets:
        attribute = fields.get(named.target.attribute)
        problems = [_missing(named)] if attribute is None else list(_misfits(named, attribute, scopes))
        if problems or attribute is None:
            misfits += problems
            continue
        goals.append(Goal(named.field, attribute, *_stores(named, attribute, scopes)))
    return tuple(goals), tuple(misfits)


def is_text(attribute: ProductField) -> bool:
    """Whether its values are texts."""
    return attribute.data_type in _TEXTS


def is_whole(attribute: ProductField) -> bool:
    """Whether its values are whole numbers."""
    return attribute.data_type in _WHOLE


def _fits(kind: Kind, attribute: ProductField) -> bool:
    choice = attribute.input in ("select", "multiselect", "boolean", "swatch_visual", "swatch_text")
    if attribute.input in ("media_image", "gallery", "date", "datetime"):
        return False
    if kind == "flag":
        yes_no = attribute.input == "boolean" or (attribute.input == "select" and attribute.source.endswith("Boolean"))
        return is_whole(attribute) and (attribute.code == "status" or yes_no or attribute.id is None)
    if kind == "text":
        return attribute.has_labels if choice else is_text(attribute) and attribute.input not in ("price", "weight")
    if choice:
        return False
    if kind == "quantity" and is_whole(attribute):
        return True
    return attribute.data_type == "decimal" or is_text(attribute)


def _misfits(named: NamedTarget, attribute: ProductField, scopes: FieldScopes) -> Iterator[Misfit]:
    kind, code = KINDS[named.field], named.target.attribute
    if not _fits(kind, attribute):
        what = " ".join(dict.fromkeys(one for one in (attribute.input, attribute.data_type) if one))
        yield Misfit(
            named,
            f"the attribute `{code}` ({what}) cannot take it",
            _TAKES[kind],
            "Name another attribute, or make one.",
        )
        return
    for store in named.target.stores:
        if store not in scopes.views:
            yield Misfit(
                named,
                f"Magento has no store view `{store}`{nearest(store, scopes.views)}",
                f"one of {', '.join(sorted(scopes.views))}",
                "The code is the one under Stores > All Stores in Magento.",
            )
        elif attribute.scope == "global" and store != "admin":
            yield Misfit(
                named,
                f"the attribute `{code}` has one value for all store views, none of its own for `{store}`",
                "no `store`",
                "Leave `store` out"
                + (", or let prices be per website in Magento: Catalog > Catalog > Price." if kind == "money" else "."),
            )


def _missing(named: NamedTarget) -> Misfit:
    return Misfit(
        named,
        f"no product of Magento's has an attribute `{named.target.attribute}`",
        "the code of a product attribute",
        "Stores > Attributes > Product lists them; make it there, or name another one.",
    )


def _stores(
    named: NamedTarget, attribute: ProductField, scopes: FieldScopes
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    codes = named.target.stores
    if not codes or attribute.scope == "global":
        own = attribute.scope == "website" and attribute.input == "price" and not codes
        return (0,), tuple(sorted(store for store, _ in scopes.views.values() if store)) if own else ()
    found: set[int] = set()
    for code in codes:
        store, website = scopes.views[code]
        found |= set(scopes.stores_of(website)) if attribute.scope == "website" and website else {store}
    return tuple(sorted(found)), ()
