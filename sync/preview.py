"""The exact documents that would be sent for an order, customer or product; nothing is written anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cdc.keys import Key
from cdc.models import Order
from econ_client import wire
from mapping.customer import plan_customer
from mapping.order import plan_order
from mapping.plan import Amounts, Plan, WantedCustomer, WantedDocument, WantedProduct
from mapping.problems import CannotMap
from mapping.product import plan_product
from sync import credit_notes, customers, drafts, productlinks
from sync.context import Context, Ended
from sync.errors import SyncError
from sync.goods import OrderGoods
from sync.outcome import ParkedFor
from sync.state.links import Link


class UnknownReference(SyncError):
    """Magento has no such order, customer or product."""


@dataclass(slots=True)
class Preview:
    """The contract of `preview --json`; `parked` is told besides."""

    documents: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[dict[str, str]] = field(default_factory=list)
    parked: list[dict[str, str]] = field(default_factory=list)
    removals: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Bodies hold exactly what is sent; amounts beside them are strings."""
        shown: dict[str, Any] = {"documents": self.documents, "skipped": self.skipped}
        if self.parked:
            shown["parked"] = self.parked
        if self.removals:
            shown["removals"] = self.removals
        return shown

    def told(self) -> list[str]:
        """One line a document for a log: kind, number of lines, totals, whether it is booked; nothing about people."""
        lines = []
        for document in self.documents:
            if "stands" in document and not document["book"]:
                continue
            said = str(document["kind"])
            if document["expected"] is not None:
                amounts = document["expected"]
                said += f" with {len(document['body'].get('lines', ()))} lines, net {amounts['net']}"
                said += f", VAT {amounts['vat']}, gross {amounts['gross']}"
                said += ", and book it" if document["book"] else ""
            elif document["kind"] == "product":
                said += f" {document['body'].get('productNumber', '')}"
            lines.append(said)
        lines += [f"the deletion of the draft of `{role}`" for role in self.removals]
        return lines

    def park(self, role: str, reason: str, advice: str) -> None:
        """Tell what cannot be made."""
        self.parked.append({"role": role, "reason": reason, "advice": advice})


def preview_order(context: Context, ref: str) -> Preview:
    """What an order asks for now. Raises `UnknownReference`, and what reading Magento or e-conomic raises."""
    number = context.shop.find_order(ref)
    order = None if number is None else context.shop.order(number)
    if order is None:
        raise UnknownReference(f"Magento has no order {ref}", hint="give an increment id, or id:N")
    links = context.state.links(Key("order", str(order.id)))
    preview = Preview()
    plan = _planned(
        context,
        order,
        lambda goods: plan_order(
            order,
            context.profile,
            context.agreement,
            product_groups=goods.groups,
            admitted=bool(links),
            now=context.now(),
            missing=goods.missing,
            catalog=goods.catalog,
            refunds=credit_notes.refunds(context, order, links),
        ),
    )
    notes = Plan()
    if plan.documents and order.credit_memos:
        notes = _planned(context, order, lambda goods: credit_notes.plan(context, order, links, goods))
    for skipped in (*plan.skipped, *notes.skipped):
        preview.skipped.append({"role": skipped.role, "reason": skipped.reason})
    for parked in (*plan.parked, *notes.parked):
        preview.park(parked.role, parked.reason, parked.advice)
    preview.removals = [role for role in plan.removals if role in links]
    made: set[str] = set()
    for document in (*plan.documents, *notes.documents):
        _add_document(context, preview, document, made, links.get(document.role))
    return preview


def _planned(context: Context, order: Order, planning: Callable[[OrderGoods], Plan]) -> Plan:
    """Plan with the product groups that e-conomic has; of products that are not there yet, the profile's."""
    goods = OrderGoods.of(context, order)
    while True:
        plan = planning(goods)
        if (plan.documents or plan.parked) and goods.load():
            continue
        unknown = [one for one in goods.lacking(plan) if one.number not in context.agreement.products]
        if not unknown:
            return plan
        goods.suppose(unknown)


def preview_customer(context: Context, ref: str) -> Preview:
    """The debtor that an account asks for."""
    number = context.shop.find_customer(ref)
    customer = None if number is None else context.shop.customer(number)
    if customer is None:
        raise UnknownReference(f"Magento has no customer {ref}", hint="give an e-mail address, or id:N")
    preview = Preview()
    try:
        preview.documents.append(_customer(plan_customer(customer, context.profile)))
    except CannotMap as cannot:
        preview.park("customer", cannot.reason, cannot.advice)
    return preview


def preview_product(context: Context, ref: str) -> Preview:
    """The product that a catalog product asks for."""
    number = context.shop.find_product(ref)
    product = None if number is None else context.shop.product(number)
    if product is None:
        raise UnknownReference(f"Magento has no product {ref}", hint="give a SKU, or id:N")
    preview = Preview()
    try:
        wanted = plan_product(product, context.profile, context.agreement)
    except CannotMap as cannot:
        preview.park("product", cannot.reason, cannot.advice)
    else:
        if wanted.left:
            preview.skipped.append({"role": "product", "reason": wanted.left})
        elif not wanted.create:
            preview.skipped.append({"role": "product", "reason": "not_created_by_profile"})
        else:
            preview.documents.append(_product(wanted))
    return preview


def _add_document(
    context: Context, preview: Preview, document: WantedDocument, made: set[str], stands: Link | None
) -> None:
    customer = document.customer.number
    booked = stands is not None and stands.document in drafts.BOOKED
    try:
        if booked and stands is not None:
            # what is booked stays; who it was booked on stands in it
            customer = json.loads(stands.answer or "{}").get("customer", {}).get("customer_number", customer)
            preview.skipped.append({"role": document.role, "reason": "already_booked"})
        elif customer is None:
            link = context.state.link(customers.entity_of(document.customer), customers.ROLE)
            found = None if link else customers.find(context, document.customer)
            customer = int(link.number) if link else found.customer_number if found else None
    except Ended as ended:
        if isinstance(ended.outcome, ParkedFor):
            preview.park(document.role, ended.outcome.reason, ended.outcome.advice)
        return
    if customer is None and not booked and "customer" not in made:
        made.add("customer")
        preview.documents.append(_customer(document.customer))
    for product in () if booked else document.products:
        if product.body is None or product.number in made:
            continue
        made.add(product.number)
        linked = context.state.link(productlinks.entity_of(product.number), productlinks.ROLE)
        if linked is None and context.economic.product(product.number) is None:
            preview.documents.append(_product(product))
    body = document.body if customer is None else drafts.body_of(document, customer)
    preview.documents.append(
        {
            "kind": document.kind,
            "role": document.role,
            "body": wire.decode(wire.encode(body)),
            "book": document.book and not booked,
            "expected": _amounts(document.expected),
            "magento": _amounts(document.magento),
            "pending": ["customer.customerNumber"] if customer is None else [],
            **({"stands": drafts.name_of(stands)} if stands is not None else {}),
        }
    )


def _customer(wanted: WantedCustomer) -> dict[str, Any]:
    return _alone("customer", wire.decode(wire.encode(wanted.body)))


def _product(wanted: WantedProduct) -> dict[str, Any]:
    body = {} if wanted.body is None else wire.decode(wire.encode(wanted.body))
    return _alone("product", body)


def _alone(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": kind,
        "role": kind,
        "body": body,
        "book": False,
        "expected": None,
        "magento": None,
        "pending": [],
    }


def _amounts(amounts: Amounts) -> dict[str, str]:
    return {"net": f"{amounts.net:.2f}", "vat": f"{amounts.vat:.2f}", "gross": f"{amounts.gross:.2f}"}
