"""One owner per field: what e-conomic owns must not be written there from Magento."""

from __future__ import annotations

from collections.abc import Iterator

from mapping.inheritance import shipped_names
from mapping.profile_yaml import Problem, Tree
from mapping.settings import Settings

_SHIPPED = frozenset(f"{name}.yaml" for name in shipped_names())


def owner_problems(settings: Settings, tree: Tree) -> Iterator[Problem]:
    """Fields that `owners` gives to e-conomic and that the shop's own profile fills or updates from Magento.

    What a shipped profile fills only serves to create a product that e-conomic does not have yet.
    """
    for name in type(settings.owners).model_fields:
        if getattr(settings.owners, name) != "economic":
            continue
        mark = tree.find(("owners", name)).mark
        filled = tree.find(("fields", "product", name))
        spec = getattr(settings.fields.product, name)
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
