"""What is to be written into a product that exists, so that it holds what the profile owns, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cdc.models import Product
from econ_client import requests, wire
from econ_client.answers import fit
from econ_client.documents import ProductAnswer
from mapping.plan import Skipped, WantedProduct
from mapping.product import plan_product
from sync import products
from sync.context import Context
from sync.productlinks import PROPERTIES, ROLE, Memory, change, entity_of, fields_of

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be written into a product, by the profile's names (None clears), and what people have made of it."""

    wanted: Fields
    left: Fields
    seen: Fields


def changes_of(wanted: WantedProduct, there: Mapping[str, Any], memory: Memory, owned: tuple[str, ...]) -> Changes:
    """What is to be written so that the owned fields of a product hold what is wanted.

    A field that differs from what was seen last was changed by people and is left. An empty wish clears only what this
    program wrote itself.
    """
    wishes = fields_of({} if wanted.body is None else wire.plain(wanted.body))
    now = fields_of(there)
    seen = {**now, **memory.seen} if memory.seen else dict(now)
    changed: dict[str, Any] = {}
    left: dict[str, Any] = {}
    for name in owned:
        wish, found = wishes.get(name), now.get(name)
        if wish == found:
            seen = _with(seen, name, found)
        elif memory.seen and found != memory.seen.get(name):
            left[name] = found
        elif wish is not None:
            changed[name] = _raw(wanted, name)
        elif memory.sent.get(name) == found:
            changed[name] = None
    for name in now.keys() | seen.keys():
        if name not in owned:
            seen = _with(seen, name, now.get(name))
    return Changes(changed, left, seen)


def _with(fields: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    rest = {one: kept for one, kept in fields.items() if one != name}
    return rest if value is None else {**rest, name: value}


def _raw(wanted: WantedProduct, name: str) -> Any:
    """A field's wish as it goes on the wire."""
    outer, inner = PROPERTIES[name]
    value = wire.plain(wanted.body).get(outer) if wanted.body is not None else None
    return value.get(inner) if inner and isinstance(value, Mapping) else value


def owned_fields(context: Context) -> tuple[str, ...]:
    """The fields that this program may change in a product that exists.

    With the inventory module e-conomic computes the cost price itself; without it there is nothing of stock to write.
    """
    settings, stock = context.profile.settings, context.agreement.has_inventory
    never = {"cost_price"} if stock else {"package_volume", "recommended_cost_price"}
    owned = [
        name
        for name in settings.products.update
        if name not in never and getattr(settings.owners, name, "magento") == "magento"
    ]
    return (*owned, "barred") if settings.products.barred else tuple(owned)


def in_its_group(context: Context, product: Product, wanted: WantedProduct, group: int | None) -> WantedProduct:
    """The wish for a product that e-conomic has in a group which is not the profile's to change.

    Its net prices are those at the rate of that group. Raises `CannotMap`.
    """
    own = wanted.body.product_group.product_group_number if wanted.body is not None else None
    if group is None or group == own or "group" in owned_fields(context):
        return wanted
    return plan_product(product, context.profile, context.agreement, group)


def group_of(there: Mapping[str, Any] | None) -> int | None:
    """The group of a product as e-conomic answered it."""
    return None if there is None else fit(dict(there), ProductAnswer).product_group.product_group_number


def foreseen(context: Context, product: Product, wanted: WantedProduct) -> tuple[dict[str, Any] | None, str, str]:
    """What would be sent for a product now: the body if any, why there is none, and the number that stands already.

    Nothing is written anywhere.
    """
    if wanted.left:
        return None, wanted.left, ""
    keys = context.profile.settings.products
    link = context.state.link(entity_of(wanted.number), ROLE)
    there = products.read(context, wanted.number, link)
    if there is None:
        if not wanted.create:
            return None, Skipped(ROLE, "not_created_by_profile").reason, ""
        if not product.enabled:
            return None, Skipped(ROLE, "disabled").reason, ""
        return (wire.plain(wanted.body) if wanted.body is not None else None), "", ""
    memory = Memory.of(link)
    wanted = in_its_group(context, product, wanted, group_of(there))
    changes = changes_of(wanted, there, memory, owned_fields(context))
    if not memory.ours and keys.existing != "update":
        return None, Skipped(ROLE, "exists_already").reason, wanted.number
    if not changes.wanted:
        return None, Skipped(ROLE, "up_to_date").reason, wanted.number
    return replacement(there, changes), "", wanted.number


def replacement(there: Mapping[str, Any], changes: Changes) -> dict[str, Any]:
    """The body of the PUT: the product as it was answered, with the changes in it."""
    body = dict(there)
    for name, value in changes.wanted.items():
        body = requests.merged(body, change(name, value))
    return body
