"""From an order and a profile to the documents that should exist in e-conomic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pydantic import ValidationError

from cdc.models import Invoice, Order
from econ_client import documents
from mapping.agreement import Agreement
from mapping.compiled import Rules
from mapping.customer import delivery, identified, order_buyer, order_customer, recipient
from mapping.dates import invoice_date, is_live, local_date
from mapping.fields import number, text
from mapping.lines import Emitted, Setting, document_lines
from mapping.money import HUNDRED, total
from mapping.plan import Amounts, Parked, Plan, Skipped, WantedCustomer, WantedDocument, WantedProduct
from mapping.problems import CannotMap
from mapping.profile import Profile
from mapping.reference import LONGEST, invoice_token, order_token, with_text
from mapping.settings import WhenRule
from mapping.target import Target, active_invoices, invoiced, ordered
from mapping.vat import vat_by_rate, vat_row
from mapping.views import NO_ADDRESS, Buyer

_RATE_DECIMALS = Decimal("0.000001")
_ODD = (ArithmeticError, ValueError, TypeError, LookupError, AttributeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What all documents of one order share."""

    order: Order
    rules: Rules
    agreement: Agreement
    product_groups: Mapping[str, int]
    scope: Mapping[str, object]
    buyer: Buyer


def plan_order(
    order: Order,
    profile: Profile,
    agreement: Agreement,
    product_groups: Mapping[str, int] | None = None,
    *,
    admitted: bool = False,
) -> Plan:
    """The documents that should exist for an order as it is now. Never raises for an odd order: it parks.

    Args:
        order: the order in one snapshot.
        profile: the shop's profile; the order's store view decides which rules hold.
        agreement: what the agreement's own lists say.
        product_groups: the product group in e-conomic by product number, for products that exist there; others get
            the profile's.
        admitted: the order lies before the go-live line but has a link, or a backfill has admitted it.
    """
    role = "order"
    try:
        rules = profile.for_store(order.store.code)
        if not admitted and not is_live(order, rules.settings.orders.since):
            return Plan(skipped=(Skipped(role, "before_go_live"),))
        case = _case(order, rules, agreement, product_groups or {})
        rule = _when(case)
        role = "invoice" if rule is not None and rule.then == "invoice" else "order"
        if rule is None:
            return Plan(skipped=(Skipped(role, "no_rule"),))
        if rule.then == "wait":
            return Plan(skipped=(Skipped(role, rule.reason or order.state or "wait"),))
        if rule.then == "remove":
            return Plan(removals=("order", "invoice", *(f"invoice:{i.id}" for i in order.invoices)))
        return _documents(case, rule.then)
    except CannotMap as cannot:
        return Plan(parked=(Parked(role, cannot.reason, cannot.advice),))
    except _ODD as error:
        return Plan(parked=(_odd(role, error),))


def order_reference(order: Order, profile: Profile) -> str:
    """The token of an order's draft order and of its one invoice, with the prefix of the order's store view.

    Raises:
        CannotMap: ``reference`` when the increment id cannot be a token.
    """
    return order_token(profile.for_store(order.store.code).settings.reference.prefix, order.increment_id)


def _documents(case: _Case, wanted: Literal["order", "invoice"]) -> Plan:
    order, prefix = case.order, case.rules.settings.reference.prefix
    made: list[WantedDocument] = []
    parked: list[Parked] = []
    invoices = active_invoices(order)
    jobs: list[tuple[str, Sequence[Invoice]]] = [(wanted, invoices)]
    if wanted == "invoice" and case.rules.settings.invoices == "per_magento_invoice" and invoices:
        jobs = [(f"invoice:{i.id}", (i,)) for i in invoices]
    for role, of in jobs:
        try:
            token = (
                invoice_token(prefix, order.increment_id, of[0].increment_id)
                if ":" in role
                else order_token(prefix, order.increment_id)
            )
            made.append(_document(case, role, token, of))
        except CannotMap as cannot:
            parked.append(Parked(role, cannot.reason, cannot.advice))
        except _ODD as error:
            parked.append(_odd(role, error))
    gone = ("order",) if wanted == "invoice" and made and not parked else ()
    return Plan(documents=tuple(made), parked=tuple(parked), removals=gone)


def _document(case: _Case, role: str, token: str, invoices: Sequence[Invoice]) -> WantedDocument:
    order, rules, agreement = case.order, case.rules, case.agreement
    is_order = role == "order"
    target = ordered(order) if is_order or not invoices else invoiced(order, invoices)
    date = local_date(order.created_at, order.store) if is_order else invoice_date(order, invoices)
    goes_to = order.billing if order.is_virtual else order.shipping or order.billing
    row = vat_row(rules, case.scope, case.buyer, goes_to or NO_ADDRESS)
    scope = {**case.scope, "vat": row, "date": date}
    setting = Setting(
        order=order, rules=rules, agreement=agreement, row=row, scope=scope, product_groups=case.product_groups
    )
    rate = _exchange_rate(order, agreement)
    lines = document_lines(target, setting)
    expected = _verified(lines, target, rules)
    customer = order_customer(order, rules, scope, case.buyer, row)
    body = documents.Draft(
        date=date,
        currency=order.currency,
        exchange_rate=rate,
        payment_terms=documents.PaymentTermsRef(
            payment_terms_number=number(rules.field("numbers", "payment_terms"), scope, what="numbers.payment_terms")
        ),
        layout=documents.LayoutRef(
            layout_number=number(rules.field("numbers", "layout"), scope, what="numbers.layout")
        ),
        customer=documents.CustomerRef(customer_number=customer.number),
        recipient=recipient(rules, scope, case.buyer, row),
        delivery=delivery(order, rules, scope),
        notes=_notes(rules, scope),
        references=documents.References(
            other=with_text(token, text(rules.field("reference", "text"), scope, what="reference.text", most=LONGEST))
        ),
        lines=tuple(e.body for e in lines),
    )
    return _wanted(role, token, body, rules, customer, lines, expected, target)


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
    products: dict[str, WantedProduct] = {}
    for line in sorted(lines, key=lambda e: e.net == 0):
        products.setdefault(line.product.number, line.product)
    return WantedDocument(
        kind="order_draft" if role == "order" else "invoice_draft",
        role=role,
        reference=token,
        body=body,
        book=role != "order" and rules.settings.booking,
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


def _case(order: Order, rules: Rules, agreement: Agreement, product_groups: Mapping[str, int]) -> _Case:
    buyer, address = order_buyer(order)
    scope: dict[str, object] = {"order": order, "customer": buyer, "address": address, "store": order.store}
    buyer = scope["customer"] = identified(buyer, rules, scope, address)
    return _Case(order=order, rules=rules, agreement=agreement, product_groups=product_groups, scope=scope, buyer=buyer)


def _when(case: _Case) -> WhenRule | None:
    for i, rule in enumerate(case.rules.settings.when):
        if rule.state is not None and case.order.state not in rule.state:
            continue
        if rule.status is not None and case.order.status not in rule.status:
            continue
        if case.rules.holds(("when", i), case.scope):
            return rule
    return None


def _exchange_rate(order: Order, agreement: Agreement) -> Decimal:
    """The price in the agreement's currency of 100 units of the order's."""
    if agreement.currencies and order.currency not in agreement.currencies:
        raise CannotMap("currency", f"the agreement has no currency {order.currency}; add it in e-conomic")
    if order.currency == agreement.base_currency:
        return HUNDRED
    if order.base_currency != agreement.base_currency or order.base_to_order_rate <= 0:
        raise CannotMap(
            "exchange_rate",
            f"the order is in {order.currency} and Magento's base currency is {order.base_currency}, so Magento's rate "
            f"{order.base_to_order_rate.normalize():f} says nothing about {agreement.base_currency}",
        )
    return (HUNDRED / order.base_to_order_rate).quantize(_RATE_DECIMALS)


def _notes(rules: Rules, scope: Mapping[str, object]) -> documents.Notes | None:
    def field(name: str, most: int) -> str | None:
        return text(rules.field("fields", "document", name), scope, what=f"fields.document.{name}", most=most)

    notes = documents.Notes(
        heading=field("heading", 250), text_line1=field("text1", 1000), text_line2=field("text2", 1000)
    )
    return notes if notes.model_dump(exclude_none=True) else None


def _odd(role: str, error: Exception) -> Parked:
    what = type(error).__name__
    if isinstance(error, ValidationError):
        what = ", ".join(".".join(str(step) for step in found["loc"]) for found in error.errors(include_url=False))
    return Parked(role, "odd_order", f"the order holds something that cannot be mapped ({what}); look at it in Magento")
