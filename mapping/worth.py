"""What an order's goods are worth, compared with a limit in the currency that a law uses."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from cdc.models import Order
from mapping.money import ZERO, cents, total
from mapping.settings.vat import Worth
from mapping.supply import supply_of


def told(
    order: object, value: Literal["goods", "item"], limit: Worth, currencies: Mapping[str, Decimal], *, above: bool
) -> tuple[bool, str]:
    """Whether the goods are worth more (`above`) or less than the limit, and the words that say so.

    Net of VAT, without shipping; all goods together, or the dearest unit. False when there is no order, or when the
    currencies cannot be compared: then a later row decides.
    """
    side = "more" if above else "less"
    if not isinstance(order, Order):
        return False, f"no order whose goods could be worth {side} than {limit}"
    worth = _worth(order, value)
    what = "the goods are" if value == "goods" else "the dearest unit is"
    compared = in_currency(worth, limit.currency or order.currency, order, currencies)
    if compared is None:
        return False, (
            f"{what} worth {worth:.2f} {order.currency}, and what that is in {limit.currency} is not known "
            f"(vat.currencies needs {order.currency} and {limit.currency}): it counts as not {side} than {limit}"
        )
    holds = compared > limit.amount if above else compared < limit.amount
    said = f"{what} worth {worth:.2f} {order.currency}"
    if limit.currency not in ("", order.currency):
        said += f", {compared:.2f} {limit.currency}"
    return holds, f"{said}: {side if holds else f'not {side}'} than {limit}"


def in_currency(amount: Decimal, wanted: str, order: Order, currencies: Mapping[str, Decimal]) -> Decimal | None:
    """An amount in the order's currency as one in another, with two decimals; None when no rate is known.

    Magento's own rate is used to its base currency, then `vat.currencies`.
    """
    if wanted == order.currency:
        return amount
    in_base = amount / order.base_to_order_rate if order.base_to_order_rate > 0 else None
    if in_base is not None and wanted == order.base_currency:
        return cents(in_base)
    for known, currency in ((amount, order.currency), (in_base, order.base_currency)):
        have, want = currencies.get(currency), currencies.get(wanted)
        if known is not None and have and want:
            return cents(known * have / want)
    return None


def _worth(order: Order, value: Literal["goods", "item"]) -> Decimal:
    goods = [line for line in order.lines if line.carries_money and supply_of(line) == "goods"]
    if value == "goods":
        return cents(total(line.net for line in goods))
    return max((cents(line.net / line.qty_ordered) for line in goods if line.qty_ordered > 0), default=ZERO)
