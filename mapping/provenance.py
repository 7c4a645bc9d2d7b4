"""Where a document's lines came from, and what both sides have by VAT rate: told by `preview`, sent to nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from cdc.models import Order, OrderLine
from mapping.emitted import Emitted
from mapping.money import ZERO, VatRounding, total
from mapping.plan import Origin, RateShare, WantedDocument
from mapping.vat import vat_by_rate

ROUNDING = "rounding"


def origins(lines: Sequence[Emitted]) -> tuple[Origin, ...]:
    """One origin for each line."""
    return tuple(_origin(line) for line in lines)


def rate_shares(
    lines: Sequence[Emitted], charged: Mapping[Decimal, Decimal], mode: VatRounding
) -> tuple[RateShare, ...]:
    """Both sides by rate, the highest first; `charged` is Magento's VAT by rate."""
    expected = vat_by_rate([line.taxed for line in lines], mode)
    own = [line for line in lines if line.source != ROUNDING]
    return tuple(
        RateShare(
            rate=rate,
            net=total(line.net for line in lines if line.rate == rate),
            vat=expected.get(rate, ZERO),
            magento_net=total(line.net for line in own if line.rate == rate),
            magento_vat=charged.get(rate, ZERO),
        )
        for rate in sorted({*expected, *(r for r, vat in charged.items() if vat)}, reverse=True)
    )


def turned(shares: Sequence[RateShare]) -> tuple[RateShare, ...]:
    """The same with the signs of a credit note."""
    return tuple(
        RateShare(rate=one.rate, net=-one.net, vat=-one.vat, magento_net=-one.magento_net, magento_vat=-one.magento_vat)
        for one in shares
    )


def left_out(order: Order, documents: Iterable[WantedDocument]) -> Iterator[tuple[OrderLine, str]]:
    """The order lines that stand on none of the order's documents, each with why, for people."""
    made = list(documents)
    on_one = {origin.line_id for document in made for origin in document.origins}
    invoiced = any(document.kind == "invoice_draft" for document in made) and bool(order.invoices)
    by_id = {line.id: line for line in order.lines}
    for line in order.lines if made else ():
        if line.id not in on_one:
            yield line, _why(line, by_id.get(line.parent_id or 0), invoiced=invoiced)


def _why(line: OrderLine, parent: OrderLine | None, *, invoiced: bool) -> str:
    if line.qty_ordered > 0 and line.qty_canceled == line.qty_ordered:
        return "cancelled in Magento"
    if line.role == "configurable_child" and parent is not None:
        return f"order item {parent.id} stands for it"
    if line.role == "bundle_dynamic":
        return "its parts stand for it"
    if not line.carries_money and parent is not None:
        return f"order item {parent.id} carries its money, and e-conomic keeps no stock of it"
    if invoiced and line.qty_invoiced == 0:
        return "not on a Magento invoice yet"
    return "nothing is left of it"


def _origin(line: Emitted) -> Origin:
    of = line.line
    source = line.source or ("order_line" if of is not None else "other")
    if of is None:
        return Origin(source, line.rate)
    if source == "order_line" and not of.carries_money:
        source = "bundle_part"
    return Origin(source, line.rate, of.id, of.sku)
