"""A document's lines: products, shipping and rounding, each with the rate that e-conomic will give it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from cdc.models import Order, OrderLine
from econ_client import documents
from mapping.agreement import Agreement
from mapping.compiled import Rules
from mapping.fields import text
from mapping.money import CENT, ZERO, Part, discounted, split, total
from mapping.plan import WantedProduct
from mapping.problems import CannotMap
from mapping.product import existing_product, group_number, product_group, product_number, wanted_product
from mapping.rounding import close
from mapping.target import Target, TargetLine
from mapping.vat import Taxed, fits, is_domestic, rate, rate_differs
from mapping.views import NO_ADDRESS, Goods, VatRow, goods_of

ONE = Decimal("1.00")
LONGEST_DESCRIPTION = 2500


@dataclass(frozen=True, slots=True)
class Emitted:
    """One line of the document with its rate in percent and the product it needs.

    `line` is the order line that it stands for, if it stands for one.
    """

    body: documents.Line
    rate: Decimal
    net: Decimal
    product: WantedProduct
    line: OrderLine | None = None

    @property
    def taxed(self) -> Taxed:
        """The line as the VAT computation sees it."""
        return Taxed(self.rate, self.net)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What every line of a document shares. `product_groups` are those of products that exist in e-conomic."""

    order: Order
    rules: Rules
    agreement: Agreement
    row: VatRow
    scope: Mapping[str, object]
    product_groups: Mapping[str, int]

    @property
    def domestic(self) -> bool:
        """Whether the goods stay in the shop's own country."""
        address = self.order.billing if self.order.is_virtual else self.order.shipping or self.order.billing
        return is_domestic(self.rules, address or NO_ADDRESS)

    def rate(self, group: int) -> Decimal:
        """The rate of a product group in the document's zone. Raises `CannotMap`."""
        return rate(self.agreement, group, self.row.zone)

    def keeps_stock(self, group: int) -> bool:
        """Whether e-conomic keeps stock of the group's products."""
        return self.agreement.has_inventory and group in self.agreement.stocked_groups


def document_lines(target: Target, setting: Setting) -> tuple[Emitted, ...]:
    """Every line of the document; what e-conomic computes from them is the target, to the øre.

    Raises:
        CannotMap: when a line cannot be made, its rate does not fit, or a gap cannot be closed.
    """
    vat: dict[Decimal, Decimal] = {}
    lines: list[Emitted] = []
    for item in target.lines:
        made, percent = _item(item, setting)
        lines += made
        if item.line.carries_money:
            vat[percent] = vat.get(percent, ZERO) + item.vat
    made, percent = _shipping(target, setting)
    lines += made
    vat[percent] = vat.get(percent, ZERO) + target.shipping_vat
    _one_rate_each(lines)
    _settle(vat, target, lines)
    lines += _rounding(target, vat, lines, setting)
    return tuple(
        replace(e, body=e.body.model_copy(update={"line_number": i, "sort_key": i}))
        for i, e in enumerate(lines, start=1)
    )


def _item(item: TargetLine, setting: Setting) -> tuple[list[Emitted], Decimal]:
    line = item.line
    if item.quantity == 0 and item.net == 0 and item.vat == 0 and item.weee == 0:
        return [], ZERO
    if not line.carries_money and not (line.role == "bundle_child" and line.carries_stock):
        return [], ZERO
    if item.quantity <= 0:
        raise CannotMap(
            "quantity", f"{line.sku} stands for {item.net:.2f} with a quantity of {item.quantity.normalize():f}"
        )
    goods, group, percent = _goods(item, setting)
    if not line.carries_money:
        if not setting.keeps_stock(group):
            return [], ZERO
        item = replace(item, list_net=ZERO, net=ZERO, vat=ZERO, weee=ZERO)
    product = wanted_product(goods, group, setting.rules, setting.order.store)
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
        Emitted(_body(product.number, words or product.number, part, setting), percent, part.net, product)
        for part in _parts(item, net, setting.keeps_stock(group))
    ]
    if item.quantity != item.quantity.quantize(CENT):
        counted = f"{item.quantity.normalize():f} × {words or product.number}"[:LONGEST_DESCRIPTION]
        lines = [replace(e, body=e.body.model_copy(update={"description": counted})) for e in lines]
    if apart:
        lines.append(_weee(item, setting))
    return [replace(e, line=line) for e in lines], percent


def _goods(item: TargetLine, setting: Setting) -> tuple[Goods, int, Decimal]:
    """The product, its group and its rate; the rate is compared with what Magento charged."""
    line, rules, row = item.line, setting.rules, setting.row
    goods = goods_of(line, untaxed=False)
    number = product_number(line.sku)
    known = setting.product_groups.get(number, setting.agreement.products.get(number))
    group = known if known is not None else product_group(goods, rules, setting.order.store)
    percent = setting.rate(group)
    charged = item.net != 0 or item.vat != 0 or item.weee != 0
    if not line.carries_money or not charged:
        return goods, group, percent
    if known is None and percent != 0 and line.tax_percent == 0 and item.vat == 0 and setting.domestic:
        goods = goods_of(line, untaxed=True)
        group = product_group(goods, rules, setting.order.store)
        percent = setting.rate(group)
    same = line.tax_percent == percent
    unwritten = line.tax_percent == 0 and item.vat != 0 and fits(item.net + item.weee, item.vat, percent)
    if not same and not unwritten:
        said = None if line.tax_percent == 0 and item.vat != 0 else line.tax_percent
        raise rate_differs(line.sku, said, item.vat, group, row, setting.agreement)
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


def _weee_taxed(item: TargetLine, percent: Decimal) -> bool:
    """Whether Magento's VAT covers the environmental charge too: the nearer of the two."""
    share = percent / 100
    return abs(item.vat - (item.net + item.weee) * share) <= abs(item.vat - item.net * share)


def _weee(item: TargetLine, setting: Setting) -> Emitted:
    number = setting.rules.settings.numbers.products.weee
    if number is None:
        raise CannotMap(
            "weee",
            f"{item.line.sku} carries an untaxed environmental charge of {item.weee:.2f}; "
            "name a product without VAT for it in numbers.products.weee",
        )
    group, percent = _named_group(number, setting, "untaxed")
    if percent != 0:
        raise rate_differs(f"numbers.products.weee `{number}`", ZERO, ZERO, group, setting.row, setting.agreement)
    return _amount(number, number, item.weee, percent, existing_product(number), setting)


def _shipping(target: Target, setting: Setting) -> tuple[list[Emitted], Decimal]:
    net, vat = target.shipping, target.shipping_vat
    if net == 0 and vat == 0:
        return [], ZERO
    products = setting.rules.settings.numbers.products
    number = products.shipping
    if number is None:
        raise CannotMap(
            "shipping_product", "numbers.products.shipping is not set; shipping needs a product in e-conomic"
        )
    group, percent = _named_group(number, setting, "services")
    product = existing_product(number)
    if vat == 0 and percent != 0 and not fits(net, vat, percent) and setting.domestic and products.shipping_untaxed:
        number = products.shipping_untaxed
        group, percent = _named_group(number, setting, "untaxed")
        product = _shipping_untaxed(number, group, setting)
    if not fits(net, vat, percent, max(Decimal("0.02"), abs(net) / 1000)):
        raise rate_differs("shipping", ZERO if vat == 0 else None, vat, group, setting.row, setting.agreement)
    words = _words("shipping", setting)
    return [_amount(number, words or number, net, percent, product, setting)], percent


def _words(section: str, setting: Setting) -> str | None:
    """The text of a shipping or rounding line."""
    field = setting.rules.field("fields", section, "description")
    return text(field, setting.scope, what=f"fields.{section}.description", most=LONGEST_DESCRIPTION)


def _shipping_untaxed(number: str, group: int, setting: Setting) -> WantedProduct:
    if number in setting.agreement.products:
        return existing_product(number)
    body = documents.Product(
        product_number=product_number(number),
        name=number,
        product_group=documents.ProductGroupRef(product_group_number=group),
    )
    return WantedProduct(number=number, magento_id=None, body=body)


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


def _rounding(target: Target, vat: Mapping[Decimal, Decimal], lines: list[Emitted], setting: Setting) -> list[Emitted]:
    settings = setting.rules.settings
    units = total(t.quantity for t in target.lines if t.line.carries_money)
    closing = close([e.taxed for e in lines], vat, target.amounts.net, settings.vat_rounding, settings.rounding, units)
    words = _words("rounding", setting)
    made: list[Emitted] = []
    for percent, amount in sorted(closing.taxed.items()):
        number = _taxed_rounding(percent, setting)
        made.append(_amount(number, words or number, amount, percent, existing_product(number), setting))
    if closing.untaxed != 0:
        free = settings.numbers.products.rounding
        if free is None:
            raise CannotMap("rounding_product", "numbers.products.rounding is not set; a rounding difference needs it")
        group, percent = _named_group(free, setting, "untaxed")
        if percent != 0:
            raise rate_differs(f"numbers.products.rounding `{free}`", ZERO, ZERO, group, setting.row, setting.agreement)
        made.append(_amount(free, words or free, closing.untaxed, ZERO, existing_product(free), setting))
    return made


def _taxed_rounding(percent: Decimal, setting: Setting) -> str:
    named = setting.rules.settings.numbers.products.rounding_vat or ()
    for number in (named,) if isinstance(named, str) else named:
        if _named_group(number, setting, "goods")[1] == percent:
            return number
    raise CannotMap(
        "rounding_product",
        f"a VAT gap at {percent.normalize():f}% needs a rounding product with that rate in VAT zone {setting.row.zone}"
        "; add one to numbers.products.rounding_vat",
    )


def _named_group(number: str, setting: Setting, fallback: str) -> tuple[int, Decimal]:
    """Group and rate of a product that the profile names."""
    group = setting.agreement.products.get(number)
    if group is None:
        group = setting.product_groups.get(number)
    if group is None:
        group = group_number(setting.rules, fallback)
    return group, setting.rate(group)


def _amount(
    number: str, words: str, net: Decimal, percent: Decimal, product: WantedProduct, setting: Setting
) -> Emitted:
    return Emitted(_body(number, words, Part(ONE, net), setting, unit=False), percent, net, product)


def _body(number: str, words: str, part: Part, setting: Setting, *, unit: bool = True) -> documents.Line:
    unit_number = setting.rules.settings.numbers.unit if unit else None
    return documents.Line(
        description=words,
        unit=documents.UnitRef(unit_number=unit_number) if unit_number is not None else None,
        product=documents.ProductRef(product_number=number),
        quantity=part.quantity,
        unit_net_price=part.unit_net_price,
        discount_percentage=part.discount_percentage,
    )
