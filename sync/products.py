"""The products that a document needs: linked, found, or created."""

from __future__ import annotations

from collections.abc import Iterable

from cdc.keys import Key
from econ_client import requests
from econ_client.answers import Answer
from econ_client.documents import ProductAnswer
from econ_client.requests import WriteRequest
from mapping.plan import WantedProduct
from mapping.productnumbers import LONGEST_NUMBER
from sync import writer
from sync.compare import fingerprint
from sync.context import Context, Ended
from sync.outcome import ParkedFor
from sync.state.claims import Claim
from sync.state.links import Link

ROLE = "product"
LOCK_TIMEOUT = 60.0


def entity_of(number: str) -> Key:
    """Products are linked by their number: the SKU is what both systems and every order line know."""
    return Key("product", number)


def known_groups(context: Context, numbers: Iterable[str]) -> dict[str, int]:
    """The product groups that e-conomic has put these products in, as far as they are linked."""
    links = context.state.links_of([entity_of(number) for number in numbers])
    groups = {key.id: roles[ROLE].product_group for key, roles in links.items() if ROLE in roles}
    return {number: group for number, group in groups.items() if group is not None}


def groups_there(context: Context, claim: Claim, numbers: Iterable[str]) -> dict[str, int]:
    """The product groups as e-conomic has them now, of the products that exist there; what has changed is kept."""
    known = known_groups(context, numbers)
    groups: dict[str, int] = {}
    for number in sorted(number for number in numbers if 0 < len(number) <= LONGEST_NUMBER):
        found = context.economic.product(number)
        if found is None:
            continue
        groups[number] = found.product_group.product_group_number
        if known.get(number) != groups[number] and not context.observe:
            context.fence()
            context.state.save_link(claim, _link(entity_of(number), found, None))
    return groups


def forget_missing(context: Context, claim: Claim, numbers: Iterable[str]) -> None:
    """Forget the linked products that e-conomic has no more: the next try makes them again, or misses them."""
    for entity in context.state.links_of([entity_of(number) for number in numbers]):
        if context.economic.product(entity.id) is None:
            context.fence()
            context.state.delete_link(claim, entity, ROLE)


def ensure_all(context: Context, claim: Claim, wanted: Iterable[WantedProduct]) -> dict[str, int]:
    """The product groups by number, all products existing when this returns.

    Raises `Ended` when one is missing that the profile expects to be there, and what a write raises.
    """
    by_number = {product.number: product for product in wanted}
    groups = known_groups(context, by_number)
    for number in sorted(set(by_number) - set(groups)):
        groups[number] = _ensure(context, claim, by_number[number])
    return groups


def _ensure(context: Context, claim: Claim, wanted: WantedProduct) -> int:
    if wanted.body is None and wanted.number in context.agreement.products:
        return context.agreement.products[wanted.number]
    entity = entity_of(wanted.number)
    with context.state.lock_natural_key(claim, "product", wanted.number, LOCK_TIMEOUT):
        link = context.state.link(entity, ROLE)
        if link is not None and link.product_group is not None:
            return link.product_group
        pending = context.state.open_intents(entity)
        found = context.economic.product(wanted.number)
        if found is not None:
            link = _link(entity, found, pending[0].request if pending else None)
            for intent in pending:
                writer.settle_found(context, claim, intent, link)
            if not pending:
                context.fence()
                if not context.observe:
                    context.state.save_link(claim, link)
            return found.product_group.product_group_number
        for intent in pending:
            if writer.absent(context, claim, intent):
                answer = writer.resend(
                    context,
                    claim,
                    intent,
                    lambda a, i=intent: _made(entity, i.request, a),  # type: ignore[misc]
                )
                return answer.parse(ProductAnswer).product_group.product_group_number
        if wanted.body is None:
            raise Ended(
                ParkedFor(
                    "product_missing",
                    f"e-conomic has no product {wanted.number}, which the profile names. Create it there, or name "
                    "another, then `tasks retry`.",
                )
            )
        request = requests.create_product(wanted.body)
        answer = writer.write(context, claim, entity, ROLE, request, lambda a: _made(entity, request, a))
        return answer.parse(ProductAnswer).product_group.product_group_number


def _made(entity: Key, request: WriteRequest, answer: Answer) -> Link:
    return _link(entity, answer.parse(ProductAnswer), request)


def _link(entity: Key, product: ProductAnswer, request: WriteRequest | None) -> Link:
    return Link(
        entity=entity,
        role=ROLE,
        document="product",
        number=product.product_number,
        fingerprint=fingerprint(request.body) if request else "",
        product_group=product.product_group.product_group_number,
    )
