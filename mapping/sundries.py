"""Lines that are no goods: shipping, the rows of `totals`, environmental charges and rounding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from mapping.charges import Charge
from mapping.emitted import LONGEST_DESCRIPTION, Emitted, amount_line, made_when_needed, words_of
from mapping.fields import text
from mapping.money import HUNDRED, ZERO, cents, total
from mapping.plan import WantedProduct
from mapping.problems import CannotMap
from mapping.product import existing_product
from mapping.rounding import close
from mapping.setting import Setting
from mapping.settings.numbers import Products
from mapping.settings.totals import TotalRow
from mapping.target import Target
from mapping.vat import fits, rate_differs

_CENT, _TWO_CENTS = Decimal("0.01"), Decimal("0.02")


@dataclass(frozen=True, slots=True)
class Sundry:
    """Lines with the VAT that Magento charged on them at one rate; `off` is what was taken off them after VAT."""

    lines: tuple[Emitted, ...]
    rate: Decimal
    vat: Decimal
    off: Decimal = ZERO


def shipping(target: Target, setting: Setting) -> Sundry:
    """Shipping at its own rate. Raises `CannotMap` (``shipping_product``, ``vat_rate``)."""
    net, vat = target.shipping, target.shipping_vat
    if net == 0 and vat == 0:
        return Sundry((), ZERO, ZERO)
    products = setting.rules.settings.numbers.products
    number, group, percent = _shipping_product(net, vat, setting)
    product = existing_product(number)
    off = off_after_vat(target.shipping_discount, net, vat, percent, Decimal(1), setting)
    net += off
    if vat == 0 and percent != 0 and not fits(net, vat, percent) and setting.domestic and products.shipping_untaxed:
        number = products.shipping_untaxed
        group, percent = setting.group_or(number, "untaxed")
        product = made_when_needed(number, group, setting)
    if not fits(net, vat, percent, _slack(net)):
        raise rate_differs("shipping", ZERO if vat == 0 else None, vat, group, setting.row, setting.agreement)
    setting.expect("shipping", percent, group)
    return Sundry((amount_line(product, words_of("shipping", setting), net, percent, "shipping"),), percent, vat, off)


def _shipping_product(net: Decimal, vat: Decimal, setting: Setting) -> tuple[str, int, Decimal]:
    """The product that the profile names, of several the one whose rate is nearest to what Magento charged."""
    named = setting.rules.settings.numbers.products.shipping or ()
    found: list[tuple[Decimal, str, int, Decimal]] = []
    missing: CannotMap | None = None
    for number in (named,) if isinstance(named, str) else named:
        try:
            group, percent = setting.group_or(number, "services")
        except CannotMap as cannot:
            missing = missing or cannot
            continue
        found.append((abs(vat - net * percent / HUNDRED), number, group, percent))
    if not found:
        raise missing or CannotMap(
            "shipping_product", "numbers.products.shipping is not set; shipping needs a product in e-conomic"
        )
    return min(found, key=lambda one: one[0])[1:]


def charges(target: Target, setting: Setting, unclaimed: Decimal) -> Iterator[Sundry]:
    """Each row of `totals` with an amount, on the product whose rate fits the VAT that Magento charged on it.

    `unclaimed` is the VAT that no line and no shipping carries: that of rows that name no column for theirs.

    Raises:
        CannotMap: ``totals_product`` when a product is not set or cannot be made, ``vat_rate`` when no rate fits.
    """
    silent = [charge for charge in target.charges if charge.vat is None]
    left = unclaimed - total(charge.vat for charge in target.charges if charge.vat is not None)
    for charge in target.charges:
        row = setting.rules.settings.totals[charge.row]
        known = charge.vat if charge.vat is not None or len(silent) > 1 else left
        product, percent = _product_of(row, charge, known, setting)
        vat = charge.vat if charge.vat is not None else cents(charge.net * percent / HUNDRED)
        field = setting.rules.field("totals", charge.row, "description")
        words = text(
            field, setting.scope, what=f"totals[{charge.row}].description", most=LONGEST_DESCRIPTION
        ) or _words(row, setting)
        yield Sundry((amount_line(product, words, charge.net, percent, row.name),), percent, vat)


def off_after_vat(
    discount: Decimal, net: Decimal, vat: Decimal, percent: Decimal, units: Decimal, setting: Setting
) -> Decimal:
    """The discount, where Magento charged VAT on the price before it; else 0.

    Magento's setting "Apply Customer Tax: Before Discount" leaves a row's VAT as if there were no discount.
    """
    if discount <= 0 or percent == 0 or setting.rules.settings.numbers.products.discount_untaxed is None:
        return ZERO
    share = percent / HUNDRED
    before, after = abs(vat - (net + discount) * share), abs(vat - net * share)
    return discount if before <= max(_TWO_CENTS, units * _CENT) and before + _TWO_CENTS < after else ZERO


def untaxed_discount(off: Decimal, setting: Setting) -> list[Emitted]:
    """What was taken off after VAT: one line without VAT. Raises `CannotMap` (``vat_rate``)."""
    number = setting.rules.settings.numbers.products.discount_untaxed
    if off == 0 or number is None:
        return []
    group, percent = setting.group_or(number, "untaxed")
    if percent != 0:
        raise rate_differs(
            f"numbers.products.discount_untaxed `{number}`", ZERO, ZERO, group, setting.row, setting.agreement
        )
    words = words_of("discount", setting) or setting.order.discount_description
    return [amount_line(made_when_needed(number, group, setting), words, -off, percent, "discount")]


def discount(target: Target, left: Decimal, vat: Mapping[Decimal, Decimal], setting: Setting) -> Iterator[Sundry]:
    """A discount that belongs to no line, on the discount product whose rate fits what it took off the VAT.

    `left` is the net that no line carries, `vat` what they carry by rate. What is small is left to rounding, and what
    no discount product fits is left to be parked.
    """
    settings = setting.rules.settings
    if left >= -settings.rounding.net_gap or cents(target.loose_discount + left) < 0:
        return
    taken = target.amounts.vat - total(vat.values())
    named = settings.numbers.products.discount or ()
    untaxed = settings.numbers.products.discount_untaxed
    for number in ((named,) if isinstance(named, str) else named) + ((untaxed,) if untaxed else ()):
        group, percent = setting.group_or(number, "untaxed" if number == untaxed else "services")
        if fits(left, taken, percent, _slack(left)):
            product = made_when_needed(number, group, setting) if number == untaxed else existing_product(number)
            words = words_of("discount", setting) or setting.order.discount_description
            yield Sundry((amount_line(product, words, left, percent, "discount"),), percent, taken)
            return


def _words(row: TotalRow, setting: Setting) -> str:
    return (words_of("fee", setting) if row.sign == "plus" else None) or row.name


def _product_of(row: TotalRow, charge: Charge, vat: Decimal | None, setting: Setting) -> tuple[WantedProduct, Decimal]:
    """The first of the row's products whose rate fits; of a row without VAT of its own, the nearest."""
    tried: list[tuple[Decimal, WantedProduct, Decimal, int]] = []
    missing: CannotMap | None = None
    for name, number in _numbers(row, setting):
        try:
            group, product = _named(row, name, number, setting)
            percent = setting.rate(group)
        except CannotMap as cannot:
            missing = missing or cannot
            continue
        if vat is None:
            return product, percent
        tried.append((abs(vat - charge.net * percent / HUNDRED), product, percent, group))
    if not tried:
        raise missing or CannotMap("totals_product", f"`totals` names no product for {row.name}")
    distance, product, percent, group = min(tried, key=lambda one: one[0])
    if distance > _slack(charge.net) + (Decimal("0.10") if charge.vat is None else ZERO):
        if missing is not None:
            raise missing
        said = ZERO if vat == 0 else None
        raise rate_differs(f"{row.name} (`totals`)", said, vat or ZERO, group, setting.row, setting.agreement)
    return product, percent


def _numbers(row: TotalRow, setting: Setting) -> Iterator[tuple[str, str | None]]:
    """The row's product numbers, each with its name in `numbers.products` where it has one."""
    for name in (row.product,) if isinstance(row.product, str) else row.product:
        if name not in Products.model_fields:
            yield name, name
            continue
        value = getattr(setting.rules.settings.numbers.products, name)
        for number in (value,) if value is None or isinstance(value, str) else value:
            yield name, number


def _named(row: TotalRow, name: str, number: str | None, setting: Setting) -> tuple[int, WantedProduct]:
    if number is None:
        raise CannotMap(
            "totals_product",
            f"{row.name} needs a product in e-conomic: set numbers.products.{name}, or another `product` in `totals`",
        )
    group = setting.group_of(number)
    if group is not None:
        return group, existing_product(number)
    group = _group_for_new(row, name, setting)
    if group is None:
        raise CannotMap(
            "totals_product",
            f"{row.name} is booked on product {number}, which e-conomic does not have: make it there, or let `group` "
            "of its row in `totals` say in which product group it is to be made"
            + (f" (numbers.product_groups.{row.group} is not set)" if isinstance(row.group, str) else ""),
        )
    return group, made_when_needed(number, group, setting)


def _group_for_new(row: TotalRow, name: str, setting: Setting) -> int | None:
    groups = setting.rules.settings.numbers.product_groups
    if name.endswith("_untaxed"):
        return groups.get("untaxed")
    return groups.get(row.group) if isinstance(row.group, str) else row.group


def weee(amount: Decimal, sku: str, setting: Setting) -> Emitted:
    """An environmental charge without VAT. Raises `CannotMap` (``weee``, ``vat_rate``)."""
    number = setting.rules.settings.numbers.products.weee
    if number is None:
        raise CannotMap(
            "weee",
            f"{sku} carries an untaxed environmental charge of {amount:.2f}; "
            "name a product without VAT for it in numbers.products.weee",
        )
    return _untaxed(number, "weee", None, amount, setting)


def rounding(
    target: Target, vat: Mapping[Decimal, Decimal], lines: Sequence[Emitted], setting: Setting
) -> list[Emitted]:
    """The lines that close what is left. Raises `CannotMap` (``net_gap``, ``vat_gap``, ``rounding_product``)."""
    settings = setting.rules.settings
    units = total(t.quantity for t in target.lines if t.line.carries_money)
    closing = close([e.taxed for e in lines], vat, target.amounts.net, settings.vat_rounding, settings.rounding, units)
    words = words_of("rounding", setting)
    made = [
        amount_line(existing_product(_taxed_rounding(percent, setting)), words, amount, percent, "rounding")
        for percent, amount in sorted(closing.taxed.items())
    ]
    if closing.untaxed != 0:
        free = settings.numbers.products.rounding
        if free is None:
            raise CannotMap("rounding_product", "numbers.products.rounding is not set; a rounding difference needs it")
        made.append(_untaxed(free, "rounding", words, closing.untaxed, setting))
    return made


def _untaxed(number: str, key: str, words: str | None, amount: Decimal, setting: Setting) -> Emitted:
    group, percent = setting.group_or(number, "untaxed")
    if percent != 0:
        raise rate_differs(f"numbers.products.{key} `{number}`", ZERO, ZERO, group, setting.row, setting.agreement)
    return amount_line(existing_product(number), words, amount, percent, key)


def _taxed_rounding(percent: Decimal, setting: Setting) -> str:
    named = setting.rules.settings.numbers.products.rounding_vat or ()
    for number in (named,) if isinstance(named, str) else named:
        if setting.group_or(number, "goods")[1] == percent:
            return number
    raise CannotMap(
        "rounding_product",
        f"a VAT gap at {percent.normalize():f}% needs a rounding product with that rate in VAT zone {setting.row.zone}"
        "; add one to numbers.products.rounding_vat",
    )


def _slack(net: Decimal) -> Decimal:
    return max(Decimal("0.02"), abs(net) / 1000)
