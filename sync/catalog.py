"""One catalog product: made in e-conomic, kept up to date in what the profile owns, barred when it is disabled."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from cdc.models import Product
from econ_client import documents, requests, wire
from econ_client.answers import fit
from econ_client.documents import ProductAnswer
from mapping.plan import WantedProduct
from mapping.problems import CannotMap
from mapping.product import plan_product
from mapping.settings.products import ProductKeys
from sync import products, writer
from sync.context import Context, Ended
from sync.outcome import Done, Outcome, ParkedFor, Retry, SkippedFor, Unchanged
from sync.productchanges import Changes, changes_of, group_of, in_its_group, owned_fields, replacement
from sync.productlinks import (
    POINTER,
    ROLE,
    Memory,
    entity_of,
    fields_of,
    is_number,
    link_of,
    pointer_of,
)
from sync.state.changes import Klass
from sync.state.claims import Claim
from sync.state.links import Link
from sync.state.tasks import RETRIED

log = logging.getLogger("magento_economic.catalog")

SHARE = 0.6
"""Share of the day's fair use from which the catalog waits for the next day: the rest is for live orders."""


@dataclass(slots=True)
class ProductReconcile:
    """One run for one catalog product. `wanted_mark` is the fingerprint of what is wanted, once it is known.

    A product that is as it was when nothing was left to do costs no call, however often it is saved.
    """

    context: Context
    claim: Claim
    reference: str = ""
    wanted_mark: str = ""
    _changed: bool = field(default=False, init=False)

    def run(self) -> Outcome:
        """Reconcile. Raises `Ended` with an outcome, or the error that `sync.trouble` turns into one."""
        context, key = self.context, self.claim.key
        keys = context.profile.settings.products
        if is_number(key) or (keys.sync == "orders" and not self.claim.admitted):
            return Unchanged()
        product = context.shop.product(key.id, self.claim.starts)
        pointer = context.state.link(key, POINTER)
        if product is None:
            return self._deleted(pointer, keys)
        self.reference = product.sku
        _same_identity(pointer, product)
        try:
            wanted = plan_product(product, context.profile, context.agreement)
            if wanted.left:
                return SkippedFor(wanted.left)
            with context.state.lock_natural_key(self.claim, "product", wanted.number, products.LOCK_TIMEOUT):
                return self._bring(product, wanted, pointer, keys)
        except CannotMap as cannot:
            return ParkedFor(cannot.reason, cannot.advice)

    def _bring(self, product: Product, wanted: WantedProduct, pointer: Link | None, keys: ProductKeys) -> Outcome:
        context, claim = self.context, self.claim
        rules = context.profile.for_store("")
        self._changed = products.settle_open(context, claim, wanted.number)
        link = context.state.link(entity_of(wanted.number), ROLE)
        products.own_number(context, claim, link, wanted, rules)
        link = context.state.link(entity_of(wanted.number), ROLE)
        wanted = in_its_group(context, product, wanted, link.product_group if link is not None else None)
        self.wanted_mark = mark_of(wanted, keys, _theirs(context) if link is not None else ())
        renamed = pointer is not None and pointer.number != wanted.number
        if link is not None and link.fingerprint and Memory.of(link).mark == self.wanted_mark and not renamed:
            self._point(pointer, wanted)
            return self._ended()
        if claim.refused and claim.refused == self.wanted_mark:
            return ParkedFor(claim.reason or "refused", claim.advice, claim.error_code, claim.refused)
        self._wait_for_the_day()
        there = products.read(context, wanted.number, link)
        wanted = in_its_group(context, product, wanted, group_of(there))
        self.wanted_mark = mark_of(wanted, keys, _theirs(context) if there is not None else ())
        if there is None and pointer is not None and renamed:
            self._may_be_another(pointer, wanted, keys)
        if there is None and link is not None and claim.reason != RETRIED:
            return SkippedFor("product_removed")
        if there is not None:
            outcome = self._update(there, wanted, link, keys)
        elif not wanted.create:
            return SkippedFor("not_created_by_profile")
        elif not product.enabled:
            return SkippedFor("disabled")
        else:
            products.create(context, claim, wanted, {"sku": wanted.sku}, mark_of(wanted, keys, _theirs(context)))
            outcome = Done()
        self._point(pointer, wanted)
        return outcome

    def _update(self, there: dict[str, Any], wanted: WantedProduct, link: Link | None, keys: ProductKeys) -> Outcome:
        """Close the difference in the fields that the profile owns. No write when there is none."""
        memory = Memory.of(link)
        known = bool(memory.seen)
        if not known:
            memory = replace(memory, seen=fields_of(there))
        identity = link.identity if link is not None and link.identity else {"sku": wanted.sku}
        touched = memory.ours or keys.existing == "update"
        changes = changes_of(wanted, there, memory, owned_fields(self.context))
        if not touched and keys.existing == "warn" and changes.wanted:
            return _exists(wanted, changes)
        if not touched or not changes.wanted:
            self._tell(wanted.number, changes, memory)
            after = Memory(
                ours=memory.ours,
                seen=changes.seen,
                sent=memory.sent,
                left=changes.left if touched else {},
                mark=self.wanted_mark,
            )
            kept = link_of(fit(there, ProductAnswer), after, identity=identity)
            if link is None or (link.answer, link.product_group) != (kept.answer, kept.product_group):
                products.keep(self.context, self.claim, kept)
            return self._ended()
        return self._write(there, wanted.number, changes, memory, identity, known=known)

    def _write(
        self,
        there: dict[str, Any],
        number: str,
        changes: Changes,
        memory: Memory,
        identity: Mapping[str, str],
        *,
        known: bool,
    ) -> Outcome:
        self._tell(number, changes, memory)
        if not known or changes.left != memory.left:
            # stored before the write, which repeats what others have made of the product and must not be taken for ours
            before = replace(memory, left=changes.left, mark="")
            kept = link_of(fit(there, ProductAnswer), before, identity=identity)
            products.keep(self.context, self.claim, kept)
        request = requests.update_product(number, replacement(there, changes))
        writer.write(
            self.context,
            self.claim,
            entity_of(number),
            ROLE,
            request,
            lambda a: products.changed_link(
                a.data, request, replace(memory, left=changes.left), identity, self.wanted_mark
            ),
        )
        return Done()

    def _deleted(self, pointer: Link | None, keys: ProductKeys) -> Outcome:
        """A product that is gone from the catalog stays in e-conomic, for documents name it; at most it is barred."""
        if pointer is None:
            return Unchanged()
        context, claim, number = self.context, self.claim, pointer.number
        self.reference = pointer.identity.get("sku", "")
        with context.state.lock_natural_key(claim, "product", number, products.LOCK_TIMEOUT):
            self._changed = products.settle_open(context, claim, number)
            if keys.deleted == "leave" or context.shop.find_product(self.reference) is not None:
                return self._ended()  # or another product has taken its place
            link = context.state.link(entity_of(number), ROLE)
            memory = Memory.of(link)
            there = products.read(context, number, link)
            if there is None or link is None or not memory.ours or fields_of(there)["barred"]:
                return self._ended()
            changes = Changes({"barred": True}, memory.left, memory.seen)
            self._write(there, number, changes, memory, link.identity, known=True)
            return Done()

    def _may_be_another(self, pointer: Link, wanted: WantedProduct, keys: ProductKeys) -> None:
        """A product that has another number by now: people renumber it, or it is made anew. Raises `Ended`."""
        if keys.renamed == "create" or products.read(self.context, pointer.number, None) is None:
            return
        before = pointer.identity.get("sku", pointer.number)
        raise Ended(
            ParkedFor(
                "sku_changed",
                f"product {pointer.number} in e-conomic was the SKU `{before}`, which is `{wanted.sku}` now and comes "
                f"to the number {wanted.number}. Numbers cannot be changed through e-conomic's API: change it there by "
                "hand, then `tasks retry`; or say `products: {renamed: create}` in the profile for a new product.",
            )
        )

    def _point(self, pointer: Link | None, wanted: WantedProduct) -> None:
        known = pointer is not None and (pointer.number, dict(pointer.identity)) == (
            wanted.number,
            dict(wanted.identity),
        )
        if not known:
            products.keep(self.context, self.claim, pointer_of(self.claim.key, wanted.number, wanted.identity))

    def _wait_for_the_day(self) -> None:
        """A mass change of the catalog leaves calls for live orders. Raises `Ended`."""
        if self.claim.klass is Klass.ORDER or self.context.economic.pace.room_today(SHARE):
            return
        raise Ended(
            Retry(
                "fair_use",
                next_day(self.context.now()),
                "The catalog has used its share of the calls that e-conomic's fair use allows a day; it goes on the "
                "next day (UTC), live orders go on now.",
                counts=False,
            )
        )

    def _tell(self, number: str, changes: Changes, memory: Memory) -> None:
        news = sorted(name for name, value in changes.left.items() if memory.left.get(name) != value)
        if news:
            log.warning(
                "product %s: %s changed in e-conomic since it was last written there, and is left as people made it",
                number,
                ", ".join(news),
            )

    def _ended(self) -> Outcome:
        return Done() if self._changed else Unchanged()


def mark_of(wanted: WantedProduct, keys: ProductKeys, theirs: Collection[str] = ()) -> str:
    """The fingerprint of what is wanted of a product, and of what the profile lets it change.

    `theirs` are the fields that e-conomic owns: of a product that exists they ask for nothing.
    """
    body = wanted.body
    if body is not None and theirs:
        body = body.model_copy(update=dict.fromkeys(theirs))
    digest = hashlib.sha256(wire.encode(body) if body is not None else b"")
    digest.update(f"{wanted.sku} {wanted.create} {keys.existing} {keys.update} {keys.barred}".encode())
    return digest.hexdigest()


def _theirs(context: Context) -> tuple[str, ...]:
    """The fields of e-conomic's product that it owns."""
    owners = context.profile.settings.owners
    return tuple(name for name in documents.Product.model_fields if getattr(owners, name, "") == "economic")


def next_day(now: datetime) -> datetime:
    """The first moment of the next day (UTC), when the day's calls begin anew."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _exists(wanted: WantedProduct, changes: Changes) -> ParkedFor:
    return ParkedFor(
        "product_exists",
        f"e-conomic has a product {wanted.number} that was not made here, with another "
        f"{', '.join(sorted(changes.wanted))} than the shop's. Nothing is changed in it. `tasks skip` leaves it so; "
        "`products: {existing: update}` in the profile lets the shop change the fields in products.update, `leave` "
        "says nothing.",
    )


def _same_identity(pointer: Link | None, product: Product) -> None:
    before = pointer.identity.get("created_at") if pointer is not None else None
    if pointer is not None and before and before != product.created_at.isoformat():
        raise Ended(
            ParkedFor(
                "identity_changed",
                f"Product id {product.id} was the SKU `{pointer.identity.get('sku', '')}` when it was linked to "
                f"product {pointer.number} and is another product now: Magento's database was restored or copied. "
                "Nothing is sent. If it is the right database, stop the service and move the state file away: products "
                "are found again by their number.",
            )
        )
