"""What e-conomic computes: line totals, net, VAT, gross, base currency, margins.

Line = quantity x unit price x (1 - discount), rounded half up to two decimals; net = sum of lines (recorded). Whether
VAT is rounded per line or per document is not established: the switch `vat_rounding` says.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any

from econ_client.sandbox.wire import Doc

_CENT = Decimal("0.01")
_ZERO = Decimal("0.00")


def cents(amount: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    """Two decimals; half up goes away from zero on both sides. Never -0.00."""
    return amount.quantize(_CENT, rounding) + _ZERO


def line_net(line: Doc) -> Decimal:
    """A line's net amount; 0.00 for a text line."""
    if "quantity" not in line:
        return _ZERO
    discount: Decimal = line.get("discountPercentage", _ZERO)
    return cents(line["quantity"] * line.get("unitNetPrice", _ZERO) * (100 - discount) / 100)


def vat_of(lines: list[Doc], rates: list[Decimal], rounding: str) -> tuple[Decimal, list[Decimal]]:
    """(VAT of the document, VAT shown on each line). `rounding`: document|line / half_up|half_even."""
    place, _, mode = rounding.partition("/")
    how = ROUND_HALF_UP if mode == "half_up" else ROUND_HALF_EVEN
    each = [cents(line["totalNetAmount"] * rate / 100, how) for line, rate in zip(lines, rates, strict=True)]
    if place == "line":
        return sum(each, _ZERO), each
    nets: dict[Decimal, Decimal] = defaultdict(Decimal)
    for line, rate in zip(lines, rates, strict=True):
        nets[rate] += line["totalNetAmount"]
    return sum((cents(net * rate / 100, how) for rate, net in nets.items()), _ZERO), each


def in_base(amount: Decimal, exchange_rate: Decimal) -> Decimal:
    """An amount in base currency; `exchange_rate` is the price of 100 units."""
    return cents(amount * exchange_rate / 100)


def totals(lines: list[Doc], rates: list[Decimal], exchange_rate: Decimal, rounding: str) -> Doc:
    """The document's computed amounts; `lines` must carry totalNetAmount."""
    net = sum((line["totalNetAmount"] for line in lines), _ZERO)
    vat, _ = vat_of(lines, rates, rounding)
    cost = sum((in_base(_cost(line), exchange_rate) for line in lines), _ZERO)
    net_base, gross_base = in_base(net, exchange_rate), in_base(net + vat, exchange_rate)
    return {
        "netAmount": net,
        "netAmountInBaseCurrency": net_base,
        "grossAmount": net + vat,
        "grossAmountInBaseCurrency": gross_base,
        **margin(net_base, cost),
        "vatAmount": vat,
        "roundingAmount": gross_base - net_base - in_base(vat, exchange_rate),
        "costPriceInBaseCurrency": cost,
    }


def line_margin(line: Doc, exchange_rate: Decimal) -> dict[str, Any]:
    """A line's margin in base currency and in percent."""
    return margin(in_base(line["totalNetAmount"], exchange_rate), in_base(_cost(line), exchange_rate))


def margin(net_base: Decimal, cost_base: Decimal) -> dict[str, Any]:
    """Margin in base currency and in percent of net (0 without net)."""
    gain = net_base - cost_base
    return {"marginInBaseCurrency": gain, "marginPercentage": cents(gain / net_base * 100) if net_base else _ZERO}


def _cost(line: Doc) -> Decimal:
    cost: Decimal = line.get("quantity", _ZERO) * line.get("unitCostPrice", _ZERO)
    return cost
