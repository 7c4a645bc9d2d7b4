"""The agreement's own numbers, by the names that rules use."""

from __future__ import annotations

from pydantic import Field

from mapping.fields import FieldSpec
from mapping.settings.keys import Keys, Number


class Products(Keys):
    """Product numbers that the profile needs; some are one, or one per VAT rate.

    The `_untaxed` ones, and those for gift cards, store credit and points, are made when an order needs them.
    """

    shipping: str | tuple[str, ...] | None = None
    shipping_untaxed: str | None = None
    weee: str | None = None
    discount: str | tuple[str, ...] | None = None
    discount_untaxed: str | None = None
    fee: str | tuple[str, ...] | None = None
    fee_untaxed: str | None = None
    gift_card: str | None = None
    store_credit: str | None = None
    reward_points: str | None = None
    refund: str | tuple[str, ...] | None = None
    refund_untaxed: str | None = None
    rounding: str | None = None
    rounding_vat: str | tuple[str, ...] | None = None


class Numbers(Keys):
    """The agreement's own numbers, by the names that rules use."""

    layout: FieldSpec | None = None
    payment_terms: FieldSpec | None = None
    unit: Number | None = None
    customer_groups: dict[str, Number | None] = Field(default_factory=dict)
    product_groups: dict[str, Number | None] = Field(default_factory=dict)
    vat_zones: dict[str, Number | None] = Field(default_factory=dict)
    products: Products = Products()
