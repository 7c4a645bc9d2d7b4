"""The rate of exchange of a document: the price in the agreement's currency of 100 units of the document's."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from cdc.models import Order
from mapping.agreement import Agreement
from mapping.compiled import Rules
from mapping.fields import evaluated
from mapping.filters import text_of
from mapping.money import HUNDRED
from mapping.problems import CannotMap

_DECIMALS = Decimal("0.000001")
"""e-conomic keeps six decimals of a rate."""


def exchange_rate(
    order: Order,
    rules: Rules,
    scope: Mapping[str, object],
    agreement: Agreement,
    *,
    of_invoice: Decimal | None = None,
) -> Decimal | None:
    """The rate to send, six decimals; None leaves e-conomic to take its own of today.

    `order` is the side that is booked. `of_invoice` is the rate that the invoice of a credit note was booked at, which
    the credit note repeats. e-conomic's own rate is that of the day of the write: `sync` sends no older document.

    Raises:
        CannotMap: ``currency`` when the agreement lacks the document's, ``exchange_rate`` when no rate can be told.
    """
    if agreement.currencies and order.currency not in agreement.currencies:
        raise CannotMap("currency", f"the agreement has no currency {order.currency}; add it in e-conomic")
    if order.currency == agreement.base_currency:
        return HUNDRED
    if of_invoice is not None:
        return of_invoice.quantize(_DECIMALS)
    field = rules.field("exchange_rate")
    said = evaluated(field, scope, "exchange_rate") if field is not None else "magento"
    if said == "magento":
        return _of_magento(order, agreement)
    if said == "economic":
        return None
    return _of_profile(said)


def _of_magento(order: Order, agreement: Agreement) -> Decimal:
    if order.base_currency != agreement.base_currency or order.base_to_order_rate <= 0:
        raise CannotMap(
            "exchange_rate",
            f"the order is in {order.currency} and Magento's base currency is {order.base_currency}, so Magento's rate "
            f"{order.base_to_order_rate.normalize():f} says nothing about {agreement.base_currency}; let "
            "`exchange_rate` of the profile give the rate",
        )
    return (HUNDRED / order.base_to_order_rate).quantize(_DECIMALS)


def _of_profile(said: object) -> Decimal:
    try:
        found = Decimal(text_of(said))
        if found > 0 and not isinstance(said, bool):
            return found.quantize(_DECIMALS)
    except InvalidOperation:
        pass
    raise CannotMap(
        "exchange_rate",
        f"`exchange_rate` of the profile gives `{text_of(said)}`; it needs the price of 100 units of the currency, "
        "above zero",
    )
