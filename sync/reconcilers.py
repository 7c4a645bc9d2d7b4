"""Which kinds of keys have a reconcile, which of them the binlog is watched for, and what reconciles each."""

from __future__ import annotations

from typing import Protocol

from cdc.keys import Kind
from mapping.profile import Profile
from sync import accounts
from sync.catalog import ProductReconcile
from sync.context import Context
from sync.order import Reconcile
from sync.outcome import Outcome
from sync.state.claims import Claim

RECONCILED: tuple[Kind, ...] = ("order", "customer", "product")
"""The kinds of keys that have a reconcile. Keys of a kind that is not watched come from backfills and doubts only."""


class Reconciler(Protocol):
    """One run for one key. `reference` is what people call it, `wanted_mark` the fingerprint of what is wanted."""

    @property
    def reference(self) -> str:
        """What people call the key; '' until it is known."""

    @property
    def wanted_mark(self) -> str:
        """The fingerprint of everything that is wanted; '' until it is known."""

    def run(self) -> Outcome:
        """Reconcile. Raises `Ended` with an outcome, or the error that `sync.trouble` turns into one."""


def reconciler(context: Context, claim: Claim) -> Reconciler:
    """What reconciles a claimed key."""
    if claim.key.kind == "customer":
        return accounts.Reconcile(context, claim)
    if claim.key.kind == "product":
        return ProductReconcile(context, claim)
    return Reconcile(context, claim)


def watched(profile: Profile, *, stock: bool = False) -> tuple[Kind, ...]:
    """The kinds that the profile wants to follow as they change in Magento; the order is that of `RECONCILED`.

    `stock`: also SKUs whose stock changes, which no reconcile but the pull looks at.
    """
    kinds: list[Kind] = ["order"]
    if accounts.watches(profile):
        kinds.append("customer")
    if profile.settings.products.sync == "catalog":
        kinds.append("product")
    if stock:
        kinds.append("stock")
    return tuple(kinds)
