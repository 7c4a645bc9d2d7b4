"""Whether Magento has the product attributes that take e-conomic's fields, and whether each can take its field."""

from __future__ import annotations

from collections.abc import Iterator

from cdc.shop import Shop
from mapping.backfit import goals_of
from mapping.profile import Profile
from sync.check import Check

NAME = "profile's fields in Magento"


def check_fields(shop: Shop, profile: Profile) -> Iterator[Check]:
    """One check for each field that has no place in Magento, or one for all; none when e-conomic owns no field.

    Raises the errors of `cdc.errors`.
    """
    targets = profile.targets()
    if not targets:
        return
    facts = shop.product_fields([one.target.attribute for one in targets])
    goals, misfits = goals_of(targets, facts.fields, facts.scopes)
    for misfit in misfits:
        named = misfit.target
        yield Check(
            NAME,
            "wrong",
            f"{named.file}:{named.line}: `pull.fields.{named.field}`: {misfit.found}",
            misfit.wanted,
            misfit.fix,
        )
    if not misfits:
        shown = ", ".join(f"{goal.field} to {goal.attribute.code}" for goal in goals)
        yield Check(NAME, "ok", f"e-conomic owns {shown}")
