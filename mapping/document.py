"""One document of an order: its heading, who it is made out to, its lines, and what it comes to."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from cdc.models import Invoice
from econ_client import documents
from mapping.case import Case
from mapping.compiled import Rules
from mapping.customer import delivery, order_customer, recipient
from mapping.dates import day_to_book, invoice_date, local_date
from mapping.exchange import exchange_rate
from mapping.fields import number
from mapping.halves import halves
from mapping.header import header, references
from mapping.linefields import dressed
from mapping.lines import Emitted, Setting, lines_and_vat
from mapping.money import total
from mapping.notes import notes, with_original
from mapping.plan import Amounts, WantedCustomer, WantedDocument, WantedProduct
from mapping.problems import CannotMap
from mapping.provenance import origins, rate_shares
from mapping.reduced import NO_REFUNDS, Refunds, left_of
from mapping.setting import setting_of
from mapping.sundries import Sundry
from mapping.target import Target, invoiced, no_debt, ordered
from mapping.vat import vat_by_rate


def order_documents(
    case: Case, role: str, token: str, invoices: Sequence[Invoice], refunds: Refunds = NO_REFUNDS
) -> tuple[WantedDocument, ...]:
    """The draft order, or the draft invoice that stands for `invoices` (none: the whole order).

    Two where goods and services need a VAT zone each and the profile asks for it; none when all of it was cancelled,
    or refunded before it was booked. Raises `CannotMap`.
    """
    order, settings = case.order, case.rules.settings
    is_order = role == "order"
    whole = is_order or not invoices
    target = ordered(order, settings.totals) if whole else invoiced(order, invoices, settings.totals)
    no_debt(target)
    placed = local_date(order.created_at, order.store)
    date = placed if is_order else invoice_date(order, invoices, settings.dates.invoice)
    left = left_of(case, role, target, refunds)
    if left.nothing:
        return ()
    made = (
        document_of(
            case,
            f"{role}{half.role}",
            f"{token}{half.reference}",
            half.target,
            date,
            more=() if half.role else left.more,
        )
        for half in halves(case, left.target)
    )
    return tuple(document for document in made if document.body.lines)


def document_of(
    case: Case,
    role: str,
    token: str,
    target: Target,
    date: datetime.date,
    *,
    rate: Decimal | None = None,
    more: Sequence[Sundry] = (),
    moved: Callable[[tuple[Emitted, ...], Setting], tuple[Emitted, ...]] | None = None,
) -> WantedDocument:
    """The document that comes to a target.

    `date` moves to the first open day where the profile says so. `rate` is the price of 100 units of its currency where
    it is not the profile's: that of the invoice which a credit note repeats. `more` are lines that the target holds
    beside its own; `moved` may put lines on other products of the same VAT rate. Raises `CannotMap`.
    """
    order, rules, agreement = case.order, case.rules, case.agreement
    original, date = date, day_to_book(date, agreement.periods, rules.settings.dates.closed_period)
    setting = setting_of(case, date, target, original)
    row, scope = setting.row, setting.scope
    rate = exchange_rate(order, rules, scope, agreement, of_invoice=rate)
    lines, charged = lines_and_vat(target, setting, more)
    if moved is not None:
        lines = moved(lines, setting)
    expected = _verified(lines, target, rules)
    customer = order_customer(order, rules, scope, case.buyer, row)
    terms = number(rules.field("numbers", "payment_terms"), scope, what="numbers.payment_terms")
    body = documents.Draft(
        date=date,
        currency=order.currency,
        exchange_rate=rate,
        payment_terms=documents.PaymentTermsRef(payment_terms_number=terms),
        layout=documents.LayoutRef(
            layout_number=number(rules.field("numbers", "layout"), scope, what="numbers.layout")
        ),
        customer=documents.CustomerRef(customer_number=customer.number),
        recipient=recipient(rules, scope, case.buyer, row),
        delivery=delivery(order, rules, scope),
        notes=notes(rules, scope) if date == original else with_original(notes(rules, scope), original, rules, scope),
        references=references(token, rules, scope, agreement),
        lines=dressed(lines, rules, scope, agreement),
        **header(rules, scope, agreement, terms, date),
    )
    wanted = _wanted(role, token, body, rules, customer, lines, expected, target)
    shares = rate_shares(lines, charged, rules.settings.vat_rounding)
    return replace(wanted, origins=origins(lines), rates=shares, vat=tuple(setting.choices.values()))


def _wanted(
    role: str,
    token: str,
    body: documents.Draft,
    rules: Rules,
    customer: WantedCustomer,
    lines: Sequence[Emitted],
    expected: Amounts,
    target: Target,
) -> WantedDocument:
    is_order = role.partition(":")[0] == "order"
    products: dict[str, WantedProduct] = {}
    for line in sorted(lines, key=lambda e: e.net == 0):
        products.setdefault(line.product.number, line.product)
    return WantedDocument(
        kind="order_draft" if is_order else "invoice_draft",
        role=role,
        reference=token,
        body=body,
        book=not is_order and rules.settings.booking,
        customer=customer,
        products=tuple(products.values()),
        expected=expected,
        magento=target.amounts,
    )


def _verified(lines: Sequence[Emitted], target: Target, rules: Rules) -> Amounts:
    """What e-conomic will compute; equal to Magento's or the document is not made."""
    net = total(e.net for e in lines)
    vat = total(vat_by_rate([e.taxed for e in lines], rules.settings.vat_rounding).values())
    found, wanted = Amounts(net, vat, net + vat), target.amounts
    if found != wanted:
        raise CannotMap(
            "totals_differ",
            f"Magento says {wanted.net:.2f} net, {wanted.vat:.2f} VAT, {wanted.gross:.2f} gross; "
            f"e-conomic would compute {found.net:.2f}, {found.vat:.2f}, {found.gross:.2f}",
        )
    return found
