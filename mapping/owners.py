"""One owner per field: what e-conomic owns is not written there from Magento, and has one place in Magento."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, get_args

from mapping.inheritance import shipped_names
from mapping.mentions import Mention
from mapping.profile_yaml import Mark, Problem, Tree
from mapping.settings import Settings
from mapping.settings.back import Target

_SHIPPED = frozenset(f"{name}.yaml" for name in shipped_names())

BackField = Literal[
    "name",
    "description",
    "bar_code",
    "sales_price",
    "cost_price",
    "recommended_price",
    "barred",
    "in_stock",
    "available",
]
"""A field of a product that e-conomic may own, by the profile's name of it."""

BACK_FIELDS: tuple[BackField, ...] = get_args(BackField)


class NamedTarget(NamedTuple):
    """Where a field that e-conomic owns goes in Magento, and where in the profile that stands."""

    field: BackField
    target: Target
    file: str
    line: int


def owner_problems(settings: Settings, tree: Tree) -> Iterator[Problem]:
    """Fields that `owners` gives to e-conomic and that the shop's own profile fills or updates from Magento.

    What a shipped profile fills only serves to create a product that e-conomic does not have yet.
    """
    for name in type(settings.owners).model_fields:
        if getattr(settings.owners, name) != "economic":
            continue
        mark = tree.find(("owners", name)).mark
        filled = tree.find(("fields", "product", name))
        spec = getattr(settings.fields.product, name, None)
        written = "" if spec is None or spec.raw is None or filled.mark.file in _SHIPPED else f"`fields.product.{name}`"
        if name in settings.products.update:
            written = "`products.update`"
            filled = tree.find(("products", "update"))
        if name == "barred" and settings.products.barred:
            written = "`products.barred`"
            filled = tree.find(("products", "barred"))
        if written:
            yield Problem(
                mark.file,
                mark.line,
                f"`owners.{name}` is economic, but {written} ({filled.mark.file}:{filled.mark.line}) writes it from "
                "Magento too: a field has one owner, so take it out of one of them",
            )


def named_targets(settings: Settings, tree: Tree) -> tuple[NamedTarget, ...]:
    """Where each field that e-conomic owns goes, with the place of the profile that says so."""
    found = []
    for name in BACK_FIELDS:
        target: Target | None = getattr(settings.pull.fields, name)
        if getattr(settings.owners, name) == "economic" and target is not None:
            mark = _mark(tree, name)
            found.append(NamedTarget(name, target, mark.file, mark.line))
    return tuple(found)


def target_problems(settings: Settings, tree: Tree, wrong: frozenset[tuple[str | int, ...]]) -> Iterator[Problem]:
    """Fields that e-conomic owns without a place in Magento, and places that two of them share.

    `wrong` are the places of the profile that are mistakes already.
    """
    for name in BACK_FIELDS:
        said = ("pull", "fields", name)
        owned = _stands(tree, ("owners", name)) and getattr(settings.owners, name) == "economic"
        if owned and getattr(settings.pull.fields, name) is None and said not in wrong:
            mark = tree.find(("owners", name)).mark
            yield Problem(
                mark.file,
                mark.line,
                f"`owners.{name}` is economic, but `pull.fields.{name}` names no product attribute of Magento's that "
                f"takes it; say `pull: {{fields: {{{name}: <attribute's code>}}}}`",
            )
    taken: dict[str, NamedTarget] = {}
    for one in named_targets(settings, tree):
        first = taken.setdefault(one.target.attribute.lower(), one)
        if first is not one:
            yield Problem(
                one.file,
                one.line,
                f"`pull.fields.{one.field}` goes to the attribute `{one.target.attribute}`, and so does "
                f"`pull.fields.{first.field}` ({first.file}:{first.line}); each field needs one of its own",
            )


def number_problems(targets: Iterable[NamedTarget], mentioned: Iterable[Mention]) -> Iterator[Problem]:
    """Product numbers that are made of an attribute which e-conomic's product fills: it would change its own number."""
    by_code = {one.target.attribute: one for one in targets}
    for mention in mentioned:
        taken = by_code.get(mention.code)
        if taken is not None and mention.kind == "product_attribute" and mention.path.startswith("products.number"):
            yield Problem(
                mention.file,
                mention.line,
                f"`{mention.path}` makes product numbers of the attribute `{mention.code}`, into which "
                f"`pull.fields.{taken.field}` ({taken.file}:{taken.line}) writes; let it go to another attribute",
            )


def _mark(tree: Tree, name: str) -> Mark:
    where = ("pull", "fields", name)
    return tree.find(where if _stands(tree, where) else ("owners", name)).mark


def _stands(tree: Tree, where: tuple[str, ...]) -> bool:
    node: Tree | None = tree
    for step in where:
        node = node.child(step) if node is not None else None
    return node is not None
