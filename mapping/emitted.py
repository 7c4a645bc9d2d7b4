"""A line as it goes into a document, with the rate that e-conomic will give it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from cdc.models import OrderLine
from econ_client import documents
from mapping.fields import text
from mapping.money import Part
from mapping.plan import WantedProduct
from mapping.product import existing_product
from mapping.setting import Setting
from mapping.vat import Taxed

ONE = Decimal("1.00")
LONGEST_DESCRIPTION = 2500


@dataclass(frozen=True, slots=True)
class Emitted:
    """One line of the document with its rate in percent and the product it needs.

    `line` is the order line that it stands for, if it stands for one; `source` says what else it is: shipping, weee,
    rounding, or a row of the profile's `totals`.
    """

    body: documents.Line
    rate: Decimal
    net: Decimal
    product: WantedProduct
    line: OrderLine | None = None
    source: str = ""

    @property
    def taxed(self) -> Taxed:
        """The line as the VAT computation sees it."""
        return Taxed(self.rate, self.net)


def goods_line(product: WantedProduct, words: str | None, part: Part, percent: Decimal, setting: Setting) -> Emitted:
    """A line that sells a quantity of a product, in the profile's unit."""
    return _line(product, words, part, percent, setting.rules.settings.numbers.unit)


def amount_line(product: WantedProduct, words: str | None, net: Decimal, percent: Decimal, source: str = "") -> Emitted:
    """A line that is an amount: one at a net price, negative for what is taken off."""
    return replace(_line(product, words, Part(ONE, net), percent, None), source=source)


def words_of(section: str, setting: Setting) -> str | None:
    """The text of a shipping, fee or rounding line."""
    field = setting.rules.field("fields", section, "description")
    return text(field, setting.scope, what=f"fields.{section}.description", most=LONGEST_DESCRIPTION)


def made_when_needed(number: str, group: int, setting: Setting) -> WantedProduct:
    """A product that the profile names, with the body that makes it where it does not exist yet. Raises `CannotMap`."""
    if number in setting.agreement.products:
        return existing_product(number)
    body = documents.Product(
        product_number=number,
        name=number,
        product_group=documents.ProductGroupRef(product_group_number=group),
    )
    return WantedProduct(number=number, magento_id=None, body=body)


def _line(product: WantedProduct, words: str | None, part: Part, percent: Decimal, unit: int | None) -> Emitted:
    body = documents.Line(
        description=words or product.number,
        unit=documents.UnitRef(unit_number=unit) if unit is not None else None,
        product=documents.ProductRef(product_number=product.number),
        quantity=part.quantity,
        unit_net_price=part.unit_net_price,
        discount_percentage=part.discount_percentage,
    )
    return Emitted(body, percent, part.net, product)
