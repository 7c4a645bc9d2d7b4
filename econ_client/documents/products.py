"""Products, their stock, prices and units."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from econ_client.documents.base import Linked, Wire
from econ_client.documents.refs import CurrencyRef, DistributionRef, ProductGroupRef, ProductNumber, ProductRef, UnitRef
from econ_client.limits import Amount, Length, Number, Text50, Text100


class Packing(Wire):
    """What can be written of a product's stock, with the inventory module."""

    package_volume: Amount | None = None
    recommended_cost_price: Amount | None = None


class Inventory(Packing):
    """A product's stock, present only with the inventory module. `available` = in_stock - ordered_by_customers.

    All of it but `Packing` is e-conomic's own: stock moves by booking, never by writing.
    """

    in_stock: Decimal | None = None
    available: Decimal | None = None
    ordered_by_customers: Decimal | None = None
    ordered_from_suppliers: Decimal | None = None
    gross_weight: Decimal | None = None
    net_weight: Decimal | None = None


class Product(Wire):
    """A product as it is created. `sales_price` is net in the agreement's base currency.

    `cost_price` is ignored with the inventory module: it follows from purchases then.
    """

    product_number: ProductNumber
    name: Annotated[str, Length(300, 1)]
    product_group: ProductGroupRef
    description: Annotated[str, Length(500)] | None = None
    sales_price: Amount | None = None
    cost_price: Amount | None = None
    recommended_price: Amount | None = None
    bar_code: Text50 | None = None
    barred: bool | None = None
    unit: UnitRef | None = None
    departmental_distribution: DistributionRef | None = None
    inventory: Packing | None = None


class ProductAnswer(Product, Linked):
    """A product as e-conomic answers it."""

    inventory: Inventory | None = None
    last_updated: str | None = None


class Price(Wire):
    """A product's net sales price in a currency other than the agreement's own."""

    price: Amount
    currency: CurrencyRef


class PriceAnswer(Price, Linked):
    """A currency-specific price as e-conomic answers it."""

    product: ProductRef | None = None


class Unit(Wire):
    """A unit as it is created; e-conomic numbers it."""

    name: Text100


class UnitAnswer(Unit, Linked):
    """A unit as e-conomic answers it."""

    unit_number: Number
    name: str = ""
