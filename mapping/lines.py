"""A document's lines, each with the rate that e-conomic will give it: goods first, then everything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from cdc.models import OrderLine
from mapping.emitted import LONGEST_DESCRIPTION, ONE, Emitted, goods_line
from mapping.fields import text
from mapping.money import CENT, ZERO, Part, discounted, split, total
from mapping.plan import WantedProduct
from mapping.problems import CannotMap
from mapping.product import existing_product, product_group, sold_product
from mapping.productnumbers import ProductNumber, line_number, line_sku, one_sku_each
from mapping.setting import Setting
from mapping.sundries import Sundry, charges, discount, off_after_vat, rounding, shipping, untaxed_discount, weee
from mapping.target import Target, TargetLine
from mapping.vat import fits, rate_differs
from mapping.views import Goods, goods_of

__all__ = ["Emitted", "Setting", "document_lines"]


def document_lines(target: Target, setting: Setting, more: Sequence[Sundry] = ()) -> tuple[Emitted, ...]:
    """Every line of the document, as `lines_and_vat`."""
    return lines_and_vat(target, setting, more)[0]


def lines_and_vat(
    target: Target, setting: Setting, more: Sequence[Sundry] = ()
) -> tuple[tuple[Emitted, ...], Mapping[Decimal, Decimal]]:
    """Every line of the document, and Magento's VAT by rate; what e-conomic computes is the target, to the øre.

    `more` are lines that the target's amounts hold beside its own.

    Raises:
        CannotMap: when a line cannot be made, its rate does not fit, or a gap cannot be closed.
    """
    vat: dict[Decimal, Decimal] = {}
    lines: list[Emitted] = []
    off = ZERO
    for item in target.lines:
        made, percent, aside = _item(item, setting)
        lines += made
        off += aside
        if item.line.carries_money:
            vat[percent] = vat.get(percent, ZERO) + item.vat
    carried = shipping(target, setting)
    off += carried.off
    claimed = total(vat.values()) + carried.vat + total(sundry.vat for sundry in more)
    for sundry in (carried, *charges(target, setting, target.amounts.vat - claimed), *more):
        lines += sundry.lines
        vat[sundry.rate] = vat.get(sundry.rate, ZERO) + sundry.vat
    lines += untaxed_discount(off, setting)
    for sundry in discount(target, target.amounts.net - total(e.net for e in lines), vat, setting):
        lines += sundry.lines
        vat[sundry.rate] = vat.get(sundry.rate, ZERO) + sundry.vat
    _one_rate_each(lines)
    one_sku_each(line.product for line in lines)
    _settle(vat, target, lines)
    lines += rounding(target, vat, lines, setting)
    numbered = tuple(
        replace(e, body=e.body.model_copy(update={"line_number": i, "sort_key": i}))
        for i, e in enumerate(lines, start=1)
    )
    return numbered, vat


def _item(item: TargetLine, setting: Setting) -> tuple[list[Emitted], Decimal, Decimal]:
    """The item's lines, its rate, and what Magento took off after VAT."""
    line = item.line
    if item.quantity == 0 and item.net == 0 and item.vat == 0 and item.weee == 0:
        return [], ZERO, ZERO
    if not line.carries_money and not (line.role == "bundle_child" and line.carries_stock):
        return [], ZERO, ZERO
    if item.quantity <= 0:
        raise CannotMap(
            "quantity", f"{line.sku} stands for {item.net:.2f} with a quantity of {item.quantity.normalize():f}"
        )
    number = _number(line, setting)
    goods, group, percent = _goods(item, number.number, setting)
    if not line.carries_money:
        if not setting.keeps_stock(group):
            return [], ZERO, ZERO
        item = replace(item, list_net=ZERO, net=ZERO, vat=ZERO, weee=ZERO)
    product = _product(goods, number, group, setting)
    off = off_after_vat(item.list_net - item.net, item.net + item.weee, item.vat, percent, item.quantity, setting)
    item = replace(item, net=item.net + off)
    apart = item.weee != 0 and percent != 0 and not _weee_taxed(item, percent)
    net = item.net if apart else item.net + item.weee
    scope = {**setting.scope, "line": line}
    words = text(
        setting.rules.field("fields", "line", "description"),
        scope,
        what="fields.line.description",
        most=LONGEST_DESCRIPTION,
    )
    lines = [
        goods_line(product, words, part, percent, setting) for part in _parts(item, net, setting.keeps_stock(group))
    ]
    if item.quantity != item.quantity.quantize(CENT):
        counted = f"{item.quantity.normalize():f} × {words or product.number}"[:LONGEST_DESCRIPTION]
        lines = [replace(e, body=e.body.model_copy(update={"description": counted})) for e in lines]
    if apart:
        lines.append(weee(item.weee, line.sku, setting))
    return [replace(e, line=line) for e in lines], percent, off


def _number(line: OrderLine, setting: Setting) -> ProductNumber:
    """The number of the line's product, or that of the product which stands in for those that do not exist."""
    stand_in = setting.rules.settings.products.stand_in
    if stand_in is not None and not line.sku.strip():
        return ProductNumber(stand_in, "")
    number = line_number(line, setting.rules, setting.catalog)
    return ProductNumber(stand_in, "") if stand_in is not None and number.number in setting.missing else number


def _product(goods: Goods, number: ProductNumber, group: int, setting: Setting) -> WantedProduct:
    if number.number == setting.rules.settings.products.stand_in:
        return existing_product(number.number)
    return sold_product(goods, number, group, setting.rules, setting.agreement, setting.order.store)


def _goods(item: TargetLine, number: str, setting: Setting) -> tuple[Goods, int, Decimal]:
    """The product, its group and its rate; the rate is compared with what Magento charged."""
    line, rules, row = item.line, setting.rules, setting.row
    catalog, sku = setting.catalog.get(line.catalog_id or 0), line_sku(line, rules)
    goods = goods_of(line, catalog, untaxed=_is_voucher(item), sku=sku)
    known = setting.product_groups.get(number, setting.agreement.products.get(number))
    group = known if known is not None else product_group(goods, rules, setting.order.store)
    percent = setting.rate(group)
    charged = item.net != 0 or item.vat != 0 or item.weee != 0
    if not line.carries_money or not charged:
        return goods, group, percent
    if known is None and percent != 0 and line.tax_percent == 0 and item.vat == 0 and setting.domestic:
        goods = goods_of(line, catalog, untaxed=True, sku=sku)
        group = product_group(goods, rules, setting.order.store)
        percent = setting.rate(group)
    same = line.tax_percent == percent
    nets = (item.net + item.weee, item.list_net + item.weee)
    unwritten = line.tax_percent == 0 and item.vat != 0 and any(fits(net, item.vat, percent) for net in nets)
    if not same and not unwritten:
        said = None if line.tax_percent == 0 and item.vat != 0 else line.tax_percent
        raise rate_differs(line.sku, said, item.vat, group, row, setting.agreement)
    setting.expect(line.sku, percent, group, line)
    return goods, group, percent


def _parts(item: TargetLine, net: Decimal, stocked: bool) -> tuple[Part, ...]:
    quantity = item.quantity
    if quantity != quantity.quantize(CENT):
        if stocked:
            raise CannotMap(
                "quantity_decimals",
                f"{item.line.sku} has the quantity {quantity.normalize():f}; e-conomic keeps stock with two decimals",
            )
        return (Part(ONE, net),)
    if item.weee == 0 and item.line.discount_percent > 0 and item.list_net != net:
        part = discounted(quantity, item.list_net, item.line.discount_percent, net)
        if part is not None:
            return (part,)
    try:
        return split(quantity, net)
    except ValueError as error:
        raise CannotMap("quantity", f"{item.line.sku}: {error}") from None


def _is_voucher(item: TargetLine) -> bool:
    """Whether a gift card is sold without VAT, wherever it goes: VAT falls due when it is redeemed."""
    return "giftcard" in item.line.product_type.replace("_", "") and item.line.tax_percent == 0 and item.vat == 0


def _weee_taxed(item: TargetLine, percent: Decimal) -> bool:
    """Whether Magento's VAT covers the environmental charge too: the nearer of the two."""
    share = percent / 100
    return abs(item.vat - (item.net + item.weee) * share) <= abs(item.vat - item.net * share)


def _one_rate_each(lines: list[Emitted]) -> None:
    """A product has one group in e-conomic, so all of its lines have one rate."""
    rates: dict[str, Decimal] = {}
    for line in lines:
        if line.net != 0 and rates.setdefault(line.product.number, line.rate) != line.rate:
            raise CannotMap(
                "vat_rate",
                f"{line.product.number} is sold at two VAT rates on one order; a product in e-conomic has one",
            )


def _settle(vat: dict[Decimal, Decimal], target: Target, lines: list[Emitted]) -> None:
    """Give what Magento's VAT total has over its rows to the rate with the largest net; its deltas carry over rows."""
    over = target.amounts.vat - total(vat.values())
    if over == 0:
        return
    nets: dict[Decimal, Decimal] = {}
    for line in lines:
        if line.rate != 0:
            nets[line.rate] = nets.get(line.rate, ZERO) + abs(line.net)
    largest = max(nets, key=lambda r: (nets[r], r), default=ZERO)
    vat[largest] = vat.get(largest, ZERO) + over
