"""The documents of an order's preview: the debtor, the products, and the draft as it is sent or stands."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from econ_client import wire
from mapping.halves import SERVICES
from mapping.money import ZERO
from mapping.plan import Amounts, Skipped, WantedDocument, WantedVoucher
from sync import booked, customers, debtors, drafts, partners, previewed, productlinks, upgrade, vouchers
from sync.context import Context, Ended
from sync.previewed import Shown
from sync.state.links import Link


@dataclass(slots=True)
class Documents:
    """What one order's documents need, each told once. `links` are the order's.

    `upgraded` are the roles of draft orders that become invoices.
    """

    context: Context
    links: dict[str, Link]
    upgraded: Collection[str] = ()
    shown: list[Shown] = field(default_factory=list)
    _made: set[str] = field(default_factory=set)

    @property
    def invoiced(self) -> bool:
        """Whether there is an invoice of the order, draft or booked."""
        return any(role.startswith("invoice") for role in self.links)

    def in_order(self) -> list[Shown]:
        """What is shown in the order in which it is sent: the debtor, the products by their number, the documents."""
        ranks = {"customer": 0, "product": 1}
        return sorted(self.shown, key=lambda one: (ranks.get(one["kind"], 2), one["body"].get("productNumber", "")))

    def add(self, document: WantedDocument) -> None:
        """Tell a document with what has to be made before it. Raises `Ended` when a person has to look first."""
        link = self.links.get(document.role)
        if link is not None and link.document in drafts.BOOKED:
            self._booked(document, link)
            return
        customer = self._debtor(document)
        self._products(document)
        if customer is None:
            pending = ["customer.customerNumber"]
            if document.customer.contact is not None:
                pending.append("references.customerContact.customerContactNumber")
            if document.customer.location is not None and document.body.delivery_location is None:
                pending.append("deliveryLocation.deliveryLocationNumber")
            self._tell(document, wire.encode(document.body), pending=pending, action="create")
            return
        document, lacking = partners.known(self.context, document, customer)
        pending = [_PENDING[partner.kind] for partner in lacking]
        if link is None:
            carried = self._carried(document)
            body = drafts.create_request(document, customer, carried).body
            self._tell(document, body, pending=pending, action="create")
        else:
            self._standing(document, customer, link, pending)

    def _carried(self, document: WantedDocument) -> Mapping[str, Any]:
        """What an invoice takes over from the draft order that becomes it."""
        order = f"order{SERVICES}" if document.role.endswith(SERVICES) else "order"
        link = self.links.get(order)
        if document.kind != "invoice_draft" or link is None or order not in self.upgraded:
            return {}
        return upgrade.foreseen(self.context, link)

    def add_voucher(self, voucher: WantedVoucher) -> Skipped | None:
        """Tell a voucher, or why none is made. Raises `Ended` when its year is missing."""
        link = self.links.get(voucher.role)
        if link is not None:
            return Skipped(voucher.role, "already_recorded")
        paid = self.context.economic.booked(int(voucher.number))
        if paid is not None and paid.paid is True:
            return Skipped(voucher.role, "already_paid")
        request = vouchers.request_of(voucher, vouchers.year_of(self.context, voucher.day))
        amount = previewed.amounts(Amounts(voucher.amount, ZERO, voucher.amount))
        self.shown.append(
            {
                "kind": "voucher",
                "role": voucher.role,
                "body": wire.decode(request.body),
                "book": False,
                "expected": amount,
                "magento": amount,
                "pending": [],
                "action": "create",
                "reference": voucher.reference,
                "currency": voucher.currency,
                "journal": voucher.journal,
                "pays": {"role": voucher.pays, "number": voucher.number},
            }
        )
        return None

    def _standing(self, document: WantedDocument, customer: int, link: Link, pending: list[str]) -> None:
        name, units = drafts.name_of(link), self.context.agreement.units
        if link.document not in drafts.DRAFTS:
            self._tell(document, drafts.create_request(document, customer).body, action="left", stands=name)
            return
        request = drafts.update_request(document, customer, int(link.number), units)
        expected = document.expected
        as_sent = link.fingerprint == drafts.body_mark(request.body)
        same = as_sent and (link.net, link.vat, link.gross) == (expected.net, expected.vat, expected.gross)
        now = None if same else drafts.read(self.context, link)
        if now is not None:
            same = drafts.sent_as_is(request, now) and drafts.same_totals(now, expected)
            if not same:
                drafts.unedited(link, now)
                if not link.profile_hash:
                    raise Ended(drafts.not_ours(link, document))
                request = drafts.update_request(document, customer, int(link.number), units, now)
        self._tell(document, request.body, pending=pending, action="keep" if same else "update", stands=name)

    def _booked(self, document: WantedDocument, link: Link) -> None:
        # what is booked stays; who it was booked on stands in it
        debtor = (json.loads(link.answer or "{}").get("customer") or {}).get(
            "customer_number", document.customer.number
        )
        body = document.body if debtor is None else drafts.body_of(document, debtor)
        pending = ["customer.customerNumber"] if debtor is None else []
        self._tell(document, wire.encode(body), pending=pending, action="keep", stands=drafts.name_of(link), book=False)
        booked.check_amounts(link, document)

    def _debtor(self, document: WantedDocument) -> int | None:
        wanted = document.customer
        if wanted.number is not None:
            return wanted.number
        link = self.context.state.link(customers.entity_of(wanted), customers.ROLE)
        if link is not None:
            return int(link.number)
        found = debtors.find(self.context, wanted)
        if found is not None:
            return found.customer_number
        debtors.may_be_made(self.context, wanted)
        if "customer" not in self._made:
            self._made.add("customer")
            self.shown.append(previewed.alone("customer", wanted.body))
        return None

    def _products(self, document: WantedDocument) -> None:
        for product in document.products:
            if product.body is None or product.number in self._made:
                continue
            self._made.add(product.number)
            linked = self.context.state.link(productlinks.entity_of(product.number), productlinks.ROLE)
            if linked is None and self.context.economic.product(product.number) is None:
                self.shown.append(previewed.alone("product", product.body))

    def _tell(
        self,
        document: WantedDocument,
        body: bytes,
        *,
        action: str,
        pending: list[str] | None = None,
        stands: str = "",
        book: bool | None = None,
    ) -> None:
        shown: dict[str, Any] = {
            "kind": document.kind,
            "role": document.role,
            "body": wire.decode(body),
            "book": document.book if book is None else book,
            "expected": previewed.amounts(document.expected),
            "magento": previewed.amounts(document.magento),
            "pending": pending or [],
            "action": action,
            **({"stands": stands} if stands else {}),
            **previewed.told(document, self.context.agreement),
        }
        self.shown.append(shown)


_PENDING = {
    partners.CONTACT: "references.customerContact.customerContactNumber",
    partners.LOCATION: "deliveryLocation.deliveryLocationNumber",
}
