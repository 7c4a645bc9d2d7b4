"""What e-conomic makes of a document's lines under each way of rounding VAT, to name the right one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import get_args

from econ_client.documents import Draft
from mapping.agreement import Agreement
from mapping.money import VatRounding, line_net, total
from mapping.plan import Amounts
from mapping.vat import Taxed, vat_by_rate


def predictions(
    body: Draft, product_groups: Mapping[str, int], agreement: Agreement
) -> Iterator[tuple[VatRounding, Amounts]]:
    """Every `vat_rounding` with the amounts it gives; none when a line's product group or rate is not known."""
    lines: list[Taxed] = []
    for line in body.lines:
        if line.product is None or line.quantity is None or line.unit_net_price is None:
            continue
        group = product_groups.get(line.product.product_number)
        rate = None if group is None else agreement.vat_rates.get((group, body.recipient.vat_zone.vat_zone_number))
        if rate is None:
            return
        lines.append(Taxed(rate, line_net(line.quantity, line.unit_net_price, line.discount_percentage)))
    net = total(line.net for line in lines)
    for mode in get_args(VatRounding):
        vat: Decimal = total(vat_by_rate(lines, mode).values())
        yield mode, Amounts(net, vat, net + vat)
