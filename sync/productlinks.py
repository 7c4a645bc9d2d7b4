"""What is remembered of a product in e-conomic: whose it is, what stood in it, and what was last written into it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cdc.keys import Key
from econ_client import wire
from econ_client.documents import ProductAnswer
from econ_client.requests import WriteRequest
from sync.compare import canonical, dump, fingerprint
from sync.state.links import Link

ROLE: Final = "product"
POINTER: Final = "catalog"
"""The role of the link from a catalog product's id to the number that it has; its document is `POINTS`."""

POINTS: Final = "catalog_product"
_NUMBER: Final = "number:"

PROPERTIES: Final[Mapping[str, tuple[str, str]]] = {
    "name": ("name", ""),
    "description": ("description", ""),
    "bar_code": ("barCode", ""),
    "sales_price": ("salesPrice", ""),
    "cost_price": ("costPrice", ""),
    "recommended_price": ("recommendedPrice", ""),
    "unit": ("unit", "unitNumber"),
    "department": ("departmentalDistribution", "departmentalDistributionNumber"),
    "group": ("productGroup", "productGroupNumber"),
    "package_volume": ("inventory", "packageVolume"),
    "recommended_cost_price": ("inventory", "recommendedCostPrice"),
    "barred": ("barred", ""),
}
"""The profile's name of each field -> the property of e-conomic's product and, of an object, the one inside it."""


def entity_of(number: str) -> Key:
    """Products are linked by their number, which orders know; ids of Magento's are another thing (`pointer_of`)."""
    return Key("product", f"{_NUMBER}{number}")


def is_number(key: Key) -> bool:
    """Whether a key of the kind product stands for a number and not for one of Magento's ids."""
    return key.id.startswith(_NUMBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a link remembers in its `answer`.

    `ours`: made or taken over by this program. `seen` is what the fields held when it last read or wrote the product
    and accepted it, `sent` what it wrote itself, `left` what people made of a field since, told already. `mark` is that
    of what was wanted when nothing was left to do.
    """

    ours: bool = False
    seen: Mapping[str, Any] = field(default_factory=dict)
    sent: Mapping[str, Any] = field(default_factory=dict)
    left: Mapping[str, Any] = field(default_factory=dict)
    mark: str = ""

    @classmethod
    def of(cls, link: Link | None) -> Memory:
        """What a link remembers; of one from before there was a memory, that the product is not ours."""
        held = json.loads(link.answer) if link is not None and link.answer else {}
        return cls(**{name: held[name] for name in cls.__slots__ if name in held})

    def text(self) -> str:
        """As it is stored."""
        return dump({name: getattr(self, name) for name in self.__slots__})


def fields_of(product: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a product as e-conomic writes it, by the profile's names, in the form that is compared.

    What is not set is left out; a product that does not say so is not barred.
    """
    found: dict[str, Any] = {}
    for name, (outer, inner) in PROPERTIES.items():
        value = product.get(outer)
        if inner:
            value = value.get(inner) if isinstance(value, Mapping) else None
        shown = canonical(value)
        if shown not in (None, ""):
            found[name] = shown
    found.setdefault("barred", False)
    return found


def change(name: str, value: Any) -> dict[str, Any]:
    """The property that carries a field's new value; None clears it."""
    outer, inner = PROPERTIES[name]
    return {outer: {inner: value}} if inner and (value is not None or outer == "inventory") else {outer: value}


def link_of(
    product: ProductAnswer,
    memory: Memory,
    *,
    identity: Mapping[str, str] | None = None,
    sent: WriteRequest | None = None,
) -> Link:
    """The link of a product as it stands; `sent` is the write that made it so."""
    known = fingerprint(sent.body) if sent is not None else fingerprint(dump(dict(memory.seen)).encode())
    return Link(
        entity=entity_of(product.product_number),
        role=ROLE,
        document="product",
        number=product.product_number,
        fingerprint=known,
        answer=memory.text(),
        identity=identity or {},
        product_group=product.product_group.product_group_number,
        self_=product.link or "",
    )


def holds(request: WriteRequest, product: Mapping[str, Any]) -> bool:
    """Whether a product holds everything that a write said."""
    there = fields_of(product)
    return all(there.get(name) == value for name, value in fields_of(wire.decode(request.body)).items())


def pointer_of(key: Key, number: str, identity: Mapping[str, str]) -> Link:
    """The link from a catalog product's id to its number."""
    return Link(entity=key, role=POINTER, document=POINTS, number=number, fingerprint="-", identity=identity)
