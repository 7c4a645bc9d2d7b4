"""From e-conomic's product to Magento's attributes: what is to be written so that the fields that e-conomic owns agree.

What Magento holds is left alone where the profile's own way from Magento to e-conomic makes e-conomic's value of it: a
description whose first 500 characters are the same, a price that comes to the same net amount.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cdc.models_fields import FieldScopes, Held, HeldProduct
from econ_client.documents import ProductAnswer
from mapping.backfit import KINDS, Goal
from mapping.backvalues import Terms, WhyNot, Worth, agrees, worth
from mapping.owners import BackField

CLEARABLE: frozenset[BackField] = frozenset({"bar_code", "description"})
"""Fields that people empty. e-conomic's answer lacks them then, as it lacks what was never set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pricing:
    """The percent of VAT in a product's group on domestic sales, None when it is not known, and the agreement's base
    currency."""

    rate: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A value that differs in one store view (0 is the default scope): what is to be written, or why it is not."""

    field: BackField
    attribute: str
    store_id: int
    before: Held
    after: Held
    why_not: WhyNot = ""


def present(answer: ProductAnswer) -> dict[BackField, object]:
    """The fields of e-conomic's answer that hold something.

    A price of zero does not: e-conomic answers so what nobody has filled in. A product that does not say so is not
    barred.
    """
    return {
        name: value
        for name, value in _values(answer).items()
        if str(value).strip() and not (KINDS[name] == "money" and value == 0)
    }


def _values(answer: ProductAnswer) -> dict[BackField, object]:
    stock = answer.inventory
    values: dict[BackField, object] = {
        "name": answer.name,
        "description": answer.description,
        "bar_code": answer.bar_code,
        "sales_price": answer.sales_price,
        "cost_price": answer.cost_price,
        "recommended_price": answer.recommended_price,
        "barred": bool(answer.barred),
        "in_stock": stock.in_stock if stock is not None else None,
        "available": stock.available if stock is not None else None,
    }
    return {name: value for name, value in values.items() if value is not None}


def changes_back(
    answer: ProductAnswer,
    held: HeldProduct,
    goals: Sequence[Goal],
    scopes: FieldScopes,
    pricing: Pricing,
    before: Collection[str] = (),
) -> tuple[FieldChange, ...]:
    """What differs between e-conomic's answer and what a product of Magento's holds.

    A field that does not hold anything changes nothing, unless it is named in `before`, the fields that did once: then
    somebody has emptied it, which empties those of `CLEARABLE`, or set a price to zero.
    """
    there, whole = present(answer), _values(answer)
    found: list[FieldChange] = []
    for goal in goals:
        value = there.get(goal.field)
        if value is None:
            if goal.field not in before:
                continue
            value = whole.get(goal.field) if goal.kind == "money" else None
            if value is None and goal.field not in CLEARABLE:
                continue
        found += _changes(goal, value, held, scopes, pricing)
    return tuple(found)


def _changes(
    goal: Goal, value: object, held: HeldProduct, scopes: FieldScopes, pricing: Pricing
) -> Iterator[FieldChange]:
    attribute = goal.attribute
    own = [one for one in goal.overrides if (attribute.code, one) in held.values]
    for store in (*goal.stores, *own):
        terms, now = _terms(held, store, scopes, pricing), held.seen(attribute.code, store)
        if store in own and not terms.same_currency:
            continue
        if value is None:
            if now in (None, ""):
                continue
            found = Worth(None, "" if attribute.nullable and not attribute.required else "required")
        else:
            if agrees(goal, value, now, terms):
                continue
            found = worth(goal, value, terms)
            if not found.why_not and found.value == now:
                continue
        yield FieldChange(
            field=goal.field,
            attribute=attribute.code,
            store_id=store,
            before=now,
            after=found.value,
            why_not=found.why_not,
        )


def _terms(held: HeldProduct, store: int, scopes: FieldScopes, pricing: Pricing) -> Terms:
    """Prices follow the settings of the store view's website, in the default scope of the product's first one."""
    website = scopes.website_of(store) if store else next(iter(held.website_ids), 0)
    currency = scopes.currencies.get(scopes.website_of(store), "")
    return Terms(
        includes_tax=scopes.includes_tax.get(website, scopes.includes_tax.get(0, False)),
        rate=pricing.rate,
        same_currency=currency == pricing.currency,
    )
