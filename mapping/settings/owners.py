"""Which side a product's field belongs to."""

from __future__ import annotations

from typing import Literal

from mapping.settings.keys import Keys

Owner = Literal["magento", "economic"]


class OwnerKeys(Keys):
    """The side that each field of a product belongs to: the other side's value is overwritten. Stock is e-conomic's.

    The quantities are written into Magento where `pull.fields` names an attribute for them.
    """

    name: Owner = "magento"
    description: Owner = "magento"
    bar_code: Owner = "magento"
    sales_price: Owner = "magento"
    cost_price: Owner = "magento"
    recommended_price: Owner = "magento"
    barred: Owner = "magento"
    in_stock: Owner = "economic"
    available: Owner = "economic"
