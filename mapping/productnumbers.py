"""From a SKU to the number of its product in e-conomic: cleaned by the profile's rule, never cut unseen.

Facts: a Magento SKU has up to 64 characters (an order line's up to 255) and any of Unicode; a product number in
e-conomic has 1 to 25 and cannot be changed through its API.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cdc.models import OrderLine, Product, Scalar
from mapping.compiled import Rules
from mapping.fields import whole_text
from mapping.filters import text_of
from mapping.goods import Numbered
from mapping.plan import WantedProduct
from mapping.problems import CannotMap

LONGEST_NUMBER = 25
_MARK = 8
"""Characters of the suffix: 40 bits of a hash of the whole SKU."""


class ProductNumber(NamedTuple):
    """A product number, and the SKU that alone may have it; '' when the profile gives it to several by name."""

    number: str
    sku: str


def product_number(sku: str) -> str:
    """The product number that a text is as it stands.

    Raises:
        CannotMap: ``sku_missing``, ``sku_too_long`` or ``product_number``.
    """
    return _checked(sku.strip(), sku.strip(), shorten=False)


def number_of(sku: str, rules: Rules, attributes: Mapping[str, Scalar] | None = None) -> ProductNumber:
    """The number that the profile gives a SKU. `attributes` are the catalog product's, where they are known.

    Raises:
        CannotMap: as `product_number`, or ``profile_expression``.
    """
    own = sku.strip()
    if not own:
        raise _missing()
    field = rules.field("products", "number")
    if field is None:
        number = own
    else:
        scope = {"product": Numbered(sku=own, attributes=attributes or {})}
        number = whole_text(field, scope, "products.number")
        if number in {text_of(literal) for literal in field.literals()}:
            return ProductNumber(_checked(number, own, shorten=False), "")
    return ProductNumber(_checked(number, own, shorten=rules.settings.products.long_number == "shorten"), own)


def line_sku(line: OrderLine, rules: Rules) -> str:
    """The SKU that an order line is booked on: its own, or the catalog's where it holds chosen options besides.

    Magento appends ``-`` and the options' SKUs to a product's own, and those of the parts to a bundle's. A line whose
    product has another SKU by now keeps the one that it was sold under.
    """
    own, catalog = line.sku.strip(), line.product_sku.strip()
    if rules.settings.products.line_sku == "product" and catalog and own.startswith(f"{catalog}-"):
        return catalog
    return own


def line_number(line: OrderLine, rules: Rules, catalog: Mapping[int, Product]) -> ProductNumber:
    """The number of an order line's product, the same as the catalog's. Raises `CannotMap` as `number_of`."""
    product = catalog.get(line.catalog_id or 0)
    attributes = product.attributes if product is not None else line.attributes
    return number_of(line_sku(line, rules), rules, attributes)


def needs_catalog(rules: Rules) -> bool:
    """Whether a SKU alone does not tell the number: the rule reads the catalog's attributes."""
    spec = rules.settings.products.number
    return spec is not None and "attributes" in str(spec.raw)


def one_sku_each(products: Iterable[WantedProduct]) -> None:
    """Refuse two SKUs that would be one product. Raises `CannotMap` (``number_taken``)."""
    skus: dict[str, str] = {}
    for product in products:
        if product.sku and skus.setdefault(product.number, product.sku) != product.sku:
            raise taken(product.number, skus[product.number], product.sku)


def taken(number: str, first: str, second: str) -> CannotMap:
    """Two SKUs have one number."""
    return CannotMap(
        "number_taken",
        f"the SKUs `{first}` and `{second}` both come to the product number {number}; change products.number so that "
        "they differ, or give one of them another SKU",
    )


def _missing() -> CannotMap:
    return CannotMap(
        "sku_missing", "a line has no SKU, so no product in e-conomic can be named; give the product a SKU"
    )


def _checked(number: str, sku: str, *, shorten: bool) -> str:
    if not sku:
        raise _missing()
    if not number or not number.isprintable():
        raise CannotMap(
            "product_number",
            f"products.number makes `{number}` of the SKU `{sku}`, which cannot be a product number"
            if number != sku
            else f"the SKU `{sku!r}` holds characters that cannot be printed; give the product another SKU",
        )
    if len(number) <= LONGEST_NUMBER:
        return number
    if shorten:
        return _shortened(number, sku)
    raise CannotMap(
        "sku_too_long",
        f"the SKU `{sku}` has {len(sku)} characters and e-conomic's product numbers have at most {LONGEST_NUMBER}; "
        "give the product a shorter SKU, or say `products: {long_number: shorten}` in the profile"
        if number == sku
        else f"products.number makes `{number}` of the SKU `{sku}`, {len(number)} characters, and e-conomic's product "
        f"numbers have at most {LONGEST_NUMBER}; shorten it there, or say `products: {{long_number: shorten}}`",
    )


def _shortened(number: str, sku: str) -> str:
    mark = base64.b32encode(hashlib.sha256(sku.encode()).digest()).decode()[:_MARK]
    return f"{number[: LONGEST_NUMBER - _MARK - 1].rstrip()}-{mark}"
