"""The products that a document needs: linked, found, or created."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from cdc.errors import AmbiguousReference
from econ_client import paths, requests, wire
from econ_client.answers import fit
from econ_client.documents import ProductAnswer
from econ_client.requests import WriteRequest
from mapping.compiled import Rules
from mapping.plan import WantedProduct
from mapping.problems import CannotMap
from mapping.productnumbers import LONGEST_NUMBER, number_of, taken
from sync import writer
from sync.context import Context, Ended
from sync.outcome import ParkedFor
from sync.productlinks import ROLE, Memory, entity_of, fields_of, holds, link_of
from sync.state.claims import Claim
from sync.state.intents import Intent
from sync.state.links import Link

LOCK_TIMEOUT = 60.0


def links_of(context: Context, numbers: Iterable[str]) -> dict[str, Link]:
    """The links of products by number, as far as there are some; they say in which group e-conomic has them."""
    found = context.state.links_of([entity_of(number) for number in numbers])
    return {roles[ROLE].number: roles[ROLE] for roles in found.values() if ROLE in roles}


def known_groups(context: Context, numbers: Iterable[str]) -> dict[str, int]:
    """The product groups that e-conomic has put these products in, as far as they are linked."""
    return groups_in(links_of(context, numbers))


def groups_in(links: Mapping[str, Link]) -> dict[str, int]:
    """The product groups by number that links know."""
    return {number: link.product_group for number, link in links.items() if link.product_group is not None}


def groups_there(context: Context, claim: Claim, numbers: Iterable[str]) -> dict[str, int]:
    """The product groups as e-conomic has them now, of the products that exist there; what has changed is kept."""
    links = links_of(context, numbers)
    groups: dict[str, int] = {}
    for number in sorted(number for number in numbers if 0 < len(number) <= LONGEST_NUMBER):
        link = links.get(number)
        there = read(context, number, link)
        if there is None:
            continue
        found = fit(there, ProductAnswer)
        groups[number] = found.product_group.product_group_number
        if link is None or link.product_group != groups[number]:
            after = adopted(there) if link is None else replace(link, product_group=groups[number])
            keep(context, claim, after)
    return groups


def forget_missing(context: Context, claim: Claim, numbers: Iterable[str]) -> None:
    """Forget the linked products that e-conomic has no more: the next try makes them again, or misses them."""
    for number, link in links_of(context, numbers).items():
        if read(context, number, link) is None:
            context.fence()
            context.state.delete_link(claim, link.entity, ROLE)


def ensure_all(context: Context, claim: Claim, wanted: Iterable[WantedProduct], *, may_lack: bool) -> dict[str, int]:
    """The product groups by number of products that exist when this returns.

    With `may_lack` those that do not exist and are not made are left out; otherwise `Ended` is raised when one is
    missing that the profile expects to be there. Also raises what a write raises.
    """
    by_number = {product.number: product for product in wanted}
    groups: dict[str, int] = {}
    for number in sorted(by_number):
        group = _ensure(context, claim, by_number[number], may_lack=may_lack)
        if group is not None:
            groups[number] = group
    return groups


def _ensure(context: Context, claim: Claim, wanted: WantedProduct, *, may_lack: bool) -> int | None:
    if wanted.body is None and wanted.number in context.agreement.products:
        return context.agreement.products[wanted.number]
    identity = {"sku": wanted.sku} if wanted.sku else {}
    with context.state.lock_natural_key(claim, "product", wanted.number, LOCK_TIMEOUT):
        settle_open(context, claim, wanted.number)
        link = context.state.link(entity_of(wanted.number), ROLE)
        if link is not None and link.product_group is not None:
            return link.product_group
        there = read(context, wanted.number, link)
        if there is not None:
            found = fit(there, ProductAnswer)
            if found.barred:
                raise Ended(_barred(wanted.number))
            keep(context, claim, adopted(there, identity))
            return found.product_group.product_group_number
        if wanted.body is None:
            if may_lack and wanted.sku:
                return None
            raise Ended(_lacking(wanted))
        return create(context, claim, wanted, identity).product_group


def create(context: Context, claim: Claim, wanted: WantedProduct, identity: Mapping[str, str], mark: str = "") -> Link:
    """Make a product that e-conomic does not have. `mark` is that of what is wanted. Raises what a write raises."""
    if wanted.body is None:
        raise ValueError(f"there is nothing to make product {wanted.number} of")
    request = requests.create_product(wanted.body)
    made = writer.write(
        context, claim, entity_of(wanted.number), ROLE, request, lambda a: made_link(a.data, request, identity, mark)
    )
    return made_link(made.data, request, identity, mark)


def made_link(there: Mapping[str, Any], request: WriteRequest, identity: Mapping[str, str], mark: str = "") -> Link:
    """The link of a product that was made, or changed, by a write."""
    sent = fields_of(wire.decode(request.body))
    memory = Memory(ours=True, seen=fields_of(there), sent=sent, mark=mark)
    return link_of(fit(there, ProductAnswer), memory, identity=identity, sent=request)


def changed_link(
    there: Mapping[str, Any], request: WriteRequest, memory: Memory, identity: Mapping[str, str], mark: str = ""
) -> Link:
    """The link of a product that a replacement changed. `memory` is that from before it.

    The replacement repeats what it does not change, and what people made of `memory.left`: only the rest is our own.
    """
    body = fields_of(wire.decode(request.body))
    own = {name: value for name, value in body.items() if name not in memory.left and memory.seen.get(name) != value}
    after = replace(
        memory,
        ours=True,
        seen={name: value for name, value in fields_of(there).items() if name not in memory.left}
        | {name: memory.seen[name] for name in memory.left if name in memory.seen},
        sent={name: value for name, value in memory.sent.items() if name in body} | own,
        mark=mark,
    )
    return link_of(fit(dict(there), ProductAnswer), after, identity=identity, sent=request)


def adopted(there: Mapping[str, Any], identity: Mapping[str, str] | None = None) -> Link:
    """The link of a product that was found there."""
    memory = Memory(seen=fields_of(there))
    return link_of(fit(there, ProductAnswer), memory, identity=identity)


def read(context: Context, number: str, link: Link | None) -> dict[str, Any] | None:
    """A product with everything that e-conomic answers of it; None when there is none."""
    address = link.self_ if link is not None and link.self_ else None
    return context.economic.as_is(address, f"/products/{paths.segment(number)}")


def keep(context: Context, claim: Claim, link: Link) -> None:
    """Store a link that no write has brought; `--observe` stores nothing."""
    context.fence()
    if not context.observe:
        context.state.save_link(claim, link)


def settle_open(context: Context, claim: Claim, number: str) -> bool:
    """Settle the writes of a product whose outcome is not known; whether there were some.

    Raises `Ended` when it is too early to tell, and what a write raises.
    """
    entity = entity_of(number)
    pending = context.state.open_intents(entity)
    for intent in pending:
        link = context.state.link(entity, ROLE)
        there = read(context, number, link)
        if there is not None and holds(intent.request, there):
            writer.settle_found(context, claim, intent, _settled(there, intent.request, link))
        elif there is not None and intent.request.method == "POST":
            # somebody else has made it meanwhile, or changed ours already
            writer.settle_found(context, claim, intent, adopted(there, link.identity if link is not None else {}))
        elif there is None and intent.request.method == "PUT":
            _give_up(context, claim, intent)
        elif there is not None and fields_of(there) != _before(intent, link):
            _give_up(context, claim, intent)  # people were there: it is compared anew
        elif writer.absent(context, claim, intent):
            writer.resend(context, claim, intent, lambda a, i=intent, k=link: _settled(a.data, i.request, k))  # type: ignore[misc]
    return bool(pending)


def _settled(there: Mapping[str, Any], request: WriteRequest, link: Link | None) -> Link:
    identity = link.identity if link is not None else {}
    if request.method == "PUT":
        return changed_link(there, request, Memory.of(link), identity)
    return made_link(there, request, identity)


def _before(intent: Intent, link: Link | None) -> dict[str, Any]:
    """What a product held before a replacement of it, as far as the link and the replacement itself tell."""
    memory, body = Memory.of(link), fields_of(wire.decode(intent.request.body))
    return {**memory.seen, **{name: body[name] for name in memory.left if name in body}}


def _give_up(context: Context, claim: Claim, intent: Intent) -> None:
    writer.not_observed(context, intent)
    context.fence()
    with context.state.work(claim) as work:
        work.close_intent(intent, "overtaken")


def own_number(context: Context, claim: Claim, link: Link | None, wanted: WantedProduct, rules: Rules) -> None:
    """See to it that one SKU alone has a product's number.

    Two that come to one number are both parked, as long as both are in the catalog. Raises `Ended`.
    """
    first = link.identity.get("sku", "") if link is not None else ""
    if link is None or not wanted.sku:
        return
    if not first:
        keep(context, claim, replace(link, identity={"sku": wanted.sku}))
        return
    if first != wanted.sku:
        if _still_there(context, first, wanted.number, rules):
            if link.identity.get("other") != wanted.sku:
                keep(context, claim, replace(link, identity={**link.identity, "other": wanted.sku}))
            raise Ended(_taken(wanted.number, first, wanted.sku))
        keep(context, claim, replace(link, identity={"sku": wanted.sku}))
    elif other := link.identity.get("other", ""):
        if _still_there(context, other, wanted.number, rules):
            raise Ended(_taken(wanted.number, first, other))
        keep(context, claim, replace(link, identity={"sku": first}))


def _still_there(context: Context, sku: str, number: str, rules: Rules) -> bool:
    """Whether the catalog has this SKU and the profile still gives it the number."""
    try:
        product_id = context.shop.find_product(sku)
    except AmbiguousReference as error:
        product_id = error.ids[0]
    if product_id is None:
        return False
    try:
        product = context.shop.products([product_id]).get(product_id)
        return number_of(sku, rules, product.attributes if product is not None else {}).number == number
    except CannotMap:
        return False


def _taken(number: str, first: str, second: str) -> ParkedFor:
    cannot = taken(number, first, second)
    return ParkedFor(cannot.reason, cannot.advice)


def _barred(number: str) -> ParkedFor:
    return ParkedFor(
        "product_barred",
        f"product {number} is barred in e-conomic, and no invoice with it can be booked. Unbar it there, then "
        "`tasks retry`.",
    )


def _lacking(wanted: WantedProduct) -> ParkedFor:
    if not wanted.sku:
        return ParkedFor(
            "product_missing",
            f"e-conomic has no product {wanted.number}, which the profile names. Create it there, or name another, "
            "then `tasks retry`.",
        )
    return ParkedFor(
        "product_missing",
        f"e-conomic has no product {wanted.number} (SKU `{wanted.sku}`), and the profile does not let it be made. "
        "Create it there, or change products.create, products.missing or products.which, then `tasks retry`.",
    )
