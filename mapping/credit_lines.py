"""The lines of a credit note: goods that came back on their own products, everything else on the refund product."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from cdc.models import CreditMemo, Order, OrderLine, Totals
from econ_client import documents
from mapping.case import Case
from mapping.emitted import LONGEST_DESCRIPTION, Emitted, amount_line, made_when_needed, words_of
from mapping.fields import text
from mapping.halves import halves
from mapping.lines import document_lines
from mapping.money import HUNDRED, ZERO, cents, total
from mapping.plan import Amounts, WantedProduct
from mapping.problems import CannotMap
from mapping.product import existing_product
from mapping.setting import Setting
from mapping.sundries import Sundry
from mapping.target import Target, active_invoices, invoiced, ordered

Restock = Literal["captured", "always", "never"]


@dataclass(frozen=True, slots=True)
class Adjustments:
    """What a memo pays back beside goods and shipping, less the fee that it keeps: as lines, net and VAT."""

    lines: tuple[Sundry, ...]
    net: Decimal
    vat: Decimal


def memo_target(case: Case, memo: CreditMemo) -> Target:
    """What a credit memo comes to without its adjustments, as positive amounts. Raises `CannotMap`."""
    plain = replace(memo, totals=_without_adjustments(memo.totals))
    return invoiced(case.order, (plain,), case.rules.settings.totals)


def adjustments(case: Case, memo: CreditMemo, setting: Setting, invoices: str = "") -> Adjustments:
    """The memo's adjustments, as the profile takes them: without VAT, or with the invoice's VAT in them.

    A reduction of the price is shared out over the rates in proportion to what each was charged. `invoices` are the
    numbers that the text of a fee may name. Raises `CannotMap`.
    """
    as_price = case.rules.settings.credit_notes.adjustments == "price_reduction"
    parts: list[Sundry] = []
    pairs = ((cents(memo.totals.adjustment_positive), 1), (cents(memo.totals.adjustment_negative), -1))
    for (amount, sign), words in zip(
        pairs, (words_of("refund", setting), _fee(case, memo, setting, invoices)), strict=True
    ):
        if amount == 0:
            continue
        shares = _by_rate(amount, _invoice_lines(case, memo, setting)) if as_price else {ZERO: amount}
        for percent, gross in shares.items():
            net = sign * cents(gross * HUNDRED / (HUNDRED + percent))
            product = refund_product(percent, setting)
            line = amount_line(product, words, net, percent, "adjustment")
            parts.append(Sundry((line,), percent, sign * gross - net))
    net = total(line.net for part in parts for line in part.lines)
    return Adjustments(tuple(parts), net, total(part.vat for part in parts))


def _fee(case: Case, memo: CreditMemo, setting: Setting, invoices: str) -> str | None:
    if not memo.totals.adjustment_negative:
        return None
    scope = {**setting.scope, "memo": memo, "invoice": invoices}
    field = case.rules.field("credit_notes", "fee")
    return text(field, scope, what="credit_notes.fee", most=LONGEST_DESCRIPTION)


def with_adjustments(target: Target, found: Adjustments) -> Target:
    """The target with the adjustments in its amounts."""
    net, vat = target.amounts.net + found.net, target.amounts.vat + found.vat
    return replace(target, amounts=Amounts(net, vat, net + vat))


def refund_product(percent: Decimal, setting: Setting) -> WantedProduct:
    """The refund product whose rate in the document's zone is this one. Raises `CannotMap` (``refund_product``)."""
    products = setting.rules.settings.numbers.products
    named = products.refund or ()
    for number in (named,) if isinstance(named, str) else named:
        group, rate = setting.group_or(number, "services")
        if rate == percent and not setting.keeps_stock(group):
            return existing_product(number)
    if products.refund_untaxed:
        group, rate = setting.group_or(products.refund_untaxed, "untaxed")
        if rate == percent and not setting.keeps_stock(group):
            return made_when_needed(products.refund_untaxed, group, setting)
    raise CannotMap(
        "refund_product",
        f"a refund at {percent.normalize():f}% VAT needs a refund product with that rate in VAT zone {setting.row.zone}"
        ", in a product group without stock; make one in e-conomic and add it to numbers.products.refund",
    )


def moved(back: Callable[[OrderLine], bool]) -> Callable[[tuple[Emitted, ...], Setting], tuple[Emitted, ...]]:
    """Puts goods that are not `back`, and shipping, on the refund products."""

    def move(lines: tuple[Emitted, ...], setting: Setting) -> tuple[Emitted, ...]:
        products = setting.rules.settings.numbers.products
        named = products.shipping or ()
        shipping = {products.shipping_untaxed, *((named,) if isinstance(named, str) else named)}
        kept: list[Emitted] = []
        for one in lines:
            stays = back(one.line) if one.line is not None else one.product.number not in shipping
            if stays:
                kept.append(one)
            elif one.line is None or one.line.carries_money:
                kept.append(_on(refund_product(one.rate, setting), one))
        return tuple(
            replace(one, body=one.body.model_copy(update={"line_number": i, "sort_key": i}))
            for i, one in enumerate(kept, start=1)
        )

    return move


def came_back(order: Order, raised: Collection[str], restock: Restock) -> Callable[[OrderLine], bool]:
    """Whether an order line's goods came back into stock: what the binlog showed, or what the profile says.

    `raised` names what rose in the memo's transaction: ``product:<id>`` and ``sku:<sku>``. A bundle is back when all of
    its parts are.
    """
    children: dict[int, list[OrderLine]] = {}
    for line in order.lines:
        if line.parent_id is not None:
            children.setdefault(line.parent_id, []).append(line)

    def back(line: OrderLine) -> bool:
        if restock == "never" or line.is_virtual:
            return False
        parts = [part for part in children.get(line.id, ()) if part.carries_stock]
        if not line.carries_stock and parts:
            return all(back(part) for part in parts)
        if restock == "always":
            return True
        ids = {line.stock_product_id, line.product_id} - {None}
        skus = {line.sku, line.sku.strip()}
        return any(f"product:{one}" in raised for one in ids) or any(f"sku:{one}" in raised for one in skus)

    return back


def credited(line: documents.Line) -> documents.Line:
    """The line with its sign turned: negative quantities and positive prices, what was taken off the other way."""
    quantity, price = -(line.quantity or ZERO), line.unit_net_price or ZERO
    if price < 0:
        quantity, price = -quantity, -price
    return line.model_copy(update={"quantity": quantity + ZERO, "unit_net_price": price})


def _on(product: WantedProduct, line: Emitted) -> Emitted:
    body = line.body.model_copy(update={"product": documents.ProductRef(product_number=product.number)})
    return replace(line, body=body, product=product)


def _invoice_lines(case: Case, memo: CreditMemo, setting: Setting) -> Sequence[Emitted]:
    """The lines of the invoice that the memo is for, of all invoices when it names none."""
    order, rows = case.order, case.rules.settings.totals
    invoices = active_invoices(order)
    own = tuple(one for one in invoices if one.id == memo.invoice_id) or invoices
    target = invoiced(order, own, rows) if own else ordered(order, rows)
    return document_lines(halves(case, target)[0].target, setting)


def _by_rate(amount: Decimal, lines: Sequence[Emitted]) -> dict[Decimal, Decimal]:
    """A gross amount shared out over the rates in proportion to what each was charged with VAT; adds up exactly."""
    charged: dict[Decimal, Decimal] = {}
    for line in lines:
        charged[line.rate] = charged.get(line.rate, ZERO) + line.net * (HUNDRED + line.rate) / HUNDRED
    # rounding lines come in pairs that weigh nothing together
    charged = {rate: gross for rate, gross in charged.items() if gross >= 1}
    if not charged:
        charged = {max((line.rate for line in lines), default=ZERO): Decimal(1)}
    whole = total(charged.values())
    shares = {rate: cents(amount * gross / whole) for rate, gross in charged.items()}
    largest = max(charged, key=lambda rate: (charged[rate], rate))
    shares[largest] += amount - total(shares.values())
    return {rate: share for rate, share in shares.items() if share != 0}


def _without_adjustments(totals: Totals) -> Totals:
    gross = totals.grand_total - totals.adjustment_positive + totals.adjustment_negative
    return replace(totals, adjustment_positive=ZERO, adjustment_negative=ZERO, grand_total=gross)
