"""What a profile names in Magento: store views, groups, methods, statuses, attributes and columns, with their places.

They stand in lists of conditions (`when.payment`), in tables over an attribute (`map: order.payment.method`), and in
expressions (`order.payment.method == 'ean'`, `customer.attributes.ean`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from pydantic import BaseModel

from mapping.compiled import Rules
from mapping.expressions import Expression
from mapping.fields import Table, expressions_of, parts_of
from mapping.mistakes import shown
from mapping.profile_yaml import Step, Tree

Kind = Literal[
    "store", "website", "customer_group", "payment", "shipping", "status", "attribute_set", "tax_class",
    "order_column", "money_column", "line_column", "address_attribute", "customer_attribute", "product_attribute",
]  # fmt: skip


class Mention(NamedTuple):
    """Something of Magento's that a profile names. `spared`: the profile says what holds when it is not there."""

    kind: Kind
    code: str
    file: str
    line: int
    path: str
    spared: bool = False


_LISTS: Mapping[tuple[str, ...], Kind] = {
    ("when", "store"): "store",
    ("when", "payment"): "payment",
    ("when", "shipping"): "shipping",
    ("when", "customer_group"): "customer_group",
    ("when", "status"): "status",
    ("customers", "groups", "magento_group"): "customer_group",
    ("vat", "own", "customer_group"): "customer_group",
    ("vat", "zones", "customer_group"): "customer_group",
    ("vat", "own", "tax_class"): "tax_class",
    ("vat", "zones", "tax_class"): "tax_class",
    ("products", "groups", "tax_class"): "tax_class",
    ("products", "groups", "attribute_set"): "attribute_set",
    ("products", "which", "attribute_set"): "attribute_set",
    ("products", "which", "website"): "website",
    ("totals", "column"): "money_column",
    ("totals", "vat_column"): "money_column",
    ("totals", "base_column"): "money_column",
    ("totals", "base_vat_column"): "money_column",
}
_ATTRIBUTES: Mapping[tuple[str, str], Kind] = {
    ("Store", "code"): "store",
    ("Store", "website_code"): "website",
    ("CustomerGroup", "code"): "customer_group",
    ("CustomerGroup", "tax_class"): "tax_class",
    ("Payment", "method"): "payment",
    ("Order", "shipping_method"): "shipping",
    ("Order", "status"): "status",
    ("Goods", "attribute_set"): "attribute_set",
    ("Goods", "tax_class"): "tax_class",
}
_CUSTOM: Mapping[str, Kind] = {
    "Order": "order_column",
    "OrderLine": "line_column",
    "Invoice": "money_column",
    "CreditMemo": "money_column",
    "Address": "address_attribute",
    "Buyer": "customer_attribute",
    "Customer": "customer_attribute",
    "Goods": "product_attribute",
    "Numbered": "product_attribute",
    "Product": "product_attribute",
}


def mentions(rules: Rules, tree: Tree) -> Iterator[Mention]:
    """What one store view's rules name in Magento."""
    for where, field in rules.fields.items():
        for part in parts_of(field):
            if isinstance(part, Table) and (kind := _ATTRIBUTES.get(part.by.whole)) is not None:
                for code in part.to:
                    yield _mention(kind, code, tree, (*where, "to", code))
        for expression in expressions_of(field):
            yield from _in(expression, tree, where)
    for where, condition in rules.conditions.items():
        yield from _in(condition, tree, where)
    yield from _listed(rules.settings, tree, ())


def _in(expression: Expression, tree: Tree, where: Sequence[Step]) -> Iterator[Mention]:
    for custom in expression.attributes:
        if (kind := _CUSTOM.get(custom.model)) is not None:
            yield _mention(kind, custom.name, tree, where, spared=custom.spared)
    for compared in expression.codes:
        kind = _ATTRIBUTES.get((compared.model, compared.attribute))
        if kind is not None and compared.value:
            yield _mention(kind, compared.value, tree, where)


def _listed(value: object, tree: Tree, where: tuple[Step, ...]) -> Iterator[Mention]:
    if isinstance(value, BaseModel):
        for name, about in type(value).model_fields.items():
            place = (*where, about.alias or name)
            kind = _LISTS.get(tuple(str(step) for step in place if not isinstance(step, int)))
            inner = getattr(value, name)
            if kind is None:
                yield from _listed(inner, tree, place)
            elif isinstance(inner, str):
                yield _mention(kind, inner, tree, place)
            else:
                for i, code in enumerate(inner or ()):
                    yield _mention(kind, code, tree, (*place, i))
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from _listed(item, tree, (*where, i))


def _mention(kind: Kind, code: str, tree: Tree, where: Sequence[Step], *, spared: bool = False) -> Mention:
    mark = tree.find(where).mark
    return Mention(kind, code, mark.file, mark.line, shown(where), spared)
