"""Draft documents: found, adopted, created, updated and removed, with people's work left alone."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cdc.keys import Key
from econ_client import requests, wire
from econ_client.answers import Answer
from econ_client.documents import BookedAnswer, Draft, DraftAnswer, Line
from econ_client.requests import WriteRequest
from econ_client.search import Found, Kind
from mapping.plan import Amounts, WantedDocument
from sync.compare import difference, dump, fingerprint, holds, picture
from sync.context import Context, Ended
from sync.outcome import ParkedFor
from sync.state.links import Link

ORDER_KINDS: tuple[Kind, ...] = ("order_draft", "order_sent", "order_archived")
INVOICE_KINDS: tuple[Kind, ...] = ("invoice_draft", "invoice_booked")
DRAFTS = ("order_draft", "invoice_draft", "credit_note_draft")
BOOKED = ("invoice_booked", "credit_note_booked")
_CREDIT = {"invoice_draft": "credit_note_draft", "invoice_booked": "credit_note_booked"}

Document = DraftAnswer | BookedAnswer


def kinds_of(role: str) -> tuple[Kind, ...]:
    """Where a role's document can be, in the direction in which it moves."""
    return ORDER_KINDS if role.partition(":")[0] == "order" else INVOICE_KINDS


def named(role: str, kind: str) -> str:
    """The kind of a role's document: to e-conomic a credit note is an invoice."""
    return _CREDIT.get(kind, kind) if role.startswith("creditmemo:") else kind


@dataclass(frozen=True, slots=True)
class Drafts:
    """The links of one entity to documents: made with its identity and the shop's profile.

    A link without a profile's hash is to a draft that was found, not made by us: it is left as it is.
    """

    entity: Key
    identity: Mapping[str, str]
    profile_hash: str

    def link(self, role: str, kind: str, number: int, document: Document, reference: str, body: bytes | None) -> Link:
        """The link to a document as e-conomic has just answered it; `body` is what was sent, None when not known."""
        kind = named(role, kind)
        return Link(
            entity=self.entity,
            role=role,
            document=kind,
            number=str(number),
            reference=reference,
            fingerprint=body_mark(body) if body is not None else "",
            answer=dump(picture(document)),
            net=document.net_amount,
            vat=document.vat_amount,
            gross=document.gross_amount,
            profile_hash=self.profile_hash if body is not None or kind in BOOKED else "",
            identity=self.identity,
        )

    def of_answer(self, role: str, reference: str, request: WriteRequest, answer: Answer) -> Link:
        """The link after a draft was created or updated."""
        draft = answer.parse(DraftAnswer)
        kind = {"/orders/sent": "order_sent"}.get(request.path) or (
            "order_draft" if request.path.startswith("/orders") else "invoice_draft"
        )
        return self.link(role, kind, draft.number, draft, reference, request.body)

    def of_found(self, role: str, reference: str, found: Found, body: bytes | None) -> Link:
        """The link to a document that a look-up has found."""
        return self.link(role, found.kind, found.number, found.document, reference, body)


def create_request(wanted: WantedDocument, customer: int, carried: Mapping[str, Any] | None = None) -> WriteRequest:
    """The write that creates a wanted document; `carried` is what an invoice takes over from its order besides."""
    body = body_of(wanted, customer)
    if wanted.kind == "order_draft":
        return requests.create_order_draft(body)
    request = requests.create_invoice_draft(body)
    if not carried:
        return request
    whole = {**carried, **wire.decode(request.body)}
    return WriteRequest(request.method, request.path, wire.encode(whole))


def update_request(
    wanted: WantedDocument, customer: int, number: int, units: Mapping[int, str], now: Document | None = None
) -> WriteRequest:
    """The write that replaces a draft by what is wanted now; `units` are the agreement's, by number.

    A PUT clears what it leaves out: the cost prices of lines, which the profile does not own, are taken from `now`.
    """
    body = body_of(wanted, customer)
    if now is not None and len(now.lines) == len(body.lines):
        lines = (_with_cost(line, there) for line, there in zip(body.lines, now.lines, strict=True))
        body = body.model_copy(update={"lines": tuple(lines)})
    if wanted.kind == "order_draft":
        return requests.update_order_draft(number, body, units)
    return requests.update_invoice_draft(number, body)


def change_request(link: Link, now: Document, units: Mapping[int, str], **changes: Any) -> WriteRequest:
    """The write that replaces a linked draft by itself with other values of some fields of `Draft`."""
    body = Draft.model_validate(now.model_dump()).model_copy(update=changes)
    body = body.model_copy(update={"lines": tuple(_with_cost(line, line) for line in body.lines)})
    if link.document == "order_draft":
        return requests.update_order_draft(int(link.number), body, units)
    return requests.update_invoice_draft(int(link.number), body)


def body_mark(body: bytes) -> str:
    """The fingerprint of what a body says, the same for the POST that creates a draft and the PUT that replaces it."""
    draft = Draft.model_validate(wire.decode(body))
    lines = tuple(line.model_copy(update={"unit_cost_price": None}) for line in draft.lines)
    return fingerprint(wire.encode(draft.model_copy(update={"lines": lines})))


def _with_cost(line: Line, there: Line) -> Line:
    same = (
        line.product is not None
        and line.product == there.product
        and line.unit_cost_price in (None, there.unit_cost_price)
    )
    if not same or there.unit_cost_price is None:
        return line
    return line.model_copy(update={"unit_cost_price": there.unit_cost_price.quantize(Decimal("0.01"))})


def delete_request(link: Link) -> WriteRequest:
    """The write that removes a linked draft."""
    number = int(link.number)
    is_order = kinds_of(link.role) == ORDER_KINDS
    return requests.delete_order_draft(number) if is_order else requests.delete_invoice_draft(number)


def body_of(wanted: WantedDocument, customer: int) -> Draft:
    """The wanted body with the debtor's number in it."""
    reference = wanted.body.customer.model_copy(update={"customer_number": customer})
    return wanted.body.model_copy(update={"customer": reference})


def read(context: Context, link: Link) -> Document | None:
    """The linked document as it is now, at the place where it was last seen; None when it is not there."""
    number = int(link.number)
    match link.document:
        case "order_draft":
            return context.economic.order_draft(number)
        case "order_sent":
            return context.economic.order_sent(number)
        case "order_archived":
            return context.economic.order_archived(number)
        case "invoice_draft" | "credit_note_draft":
            return context.economic.invoice_draft(number)
        case _:
            return context.economic.booked(number)


def unedited(link: Link, now: Document) -> None:
    """Raise `Ended` when the document is not what we last sent or read: somebody works on it."""
    known: dict[str, Any] = json.loads(link.answer) if link.answer else {}
    if known and known != picture(now):
        raise Ended(
            ParkedFor(
                "edited_in_economic",
                f"{name_of(link)} was changed in e-conomic ({difference(known, picture(now))}). It is left as it is. "
                "Finish it there by hand and `tasks skip`, or delete it there and `tasks retry` to have it made again.",
            )
        )


def not_ours(link: Link, wanted: WantedDocument) -> ParkedFor:
    """A draft with the order's reference that somebody else made, and that is not what the profile asks for."""
    return ParkedFor(
        "found_in_economic",
        f"{name_of(link)} carries the order's reference {wanted.reference}, but this program did not make it and it is "
        "not what the profile asks for. Finish it there by hand, or delete it there, then `tasks retry`.",
    )


def choose(found: Sequence[Found], role: str, wanted: WantedDocument, customers: set[int]) -> Found | None:
    """The found document to adopt; None when there is none.

    Raises `Ended` when there are several, or when the one does not fit: another currency, sign or customer.
    """
    one = _only(found, role, wanted.reference)
    if one is None:
        return None
    wrong = _misfit(one.document, wanted.body.currency, customers)
    if not wrong and one.document.gross_amount * wanted.magento.gross < 0:
        wrong = f"its amount is {one.document.gross_amount}, not {wanted.magento.gross}"
    if wrong:
        raise Ended(_taken(one, wanted.reference, wrong))
    return one


def choose_sent(found: Sequence[Found], role: str, reference: str, request: WriteRequest) -> Found | None:
    """The found document that a write in doubt may have made, and that moved on or was changed since; None without one.

    Raises `Ended` when there are several, or when the one does not fit what was sent: another currency or sign.
    """
    one = _only(found, role, reference)
    if one is None:
        return None
    body = Draft.model_validate(wire.decode(request.body))
    wrong = _misfit(one.document, body.currency, set())
    sent = sum(((line.quantity or 0) * (line.unit_net_price or 0) for line in body.lines), Decimal(0))
    if not wrong and one.document.net_amount * sent < 0:
        wrong = f"its amount is {_two(one.document.gross_amount)}, of the other sign"
    if wrong:
        raise Ended(_taken(one, reference, wrong))
    return one


def choose_leaving(
    found: Sequence[Found], role: str, reference: str, currency: str, totals: Collection[Decimal], customers: set[int]
) -> Found | None:
    """The found document that this order no longer needs; None when there is none.

    Raises `Ended` when there are several, or when the one is not plainly the order's own: another currency, customer or
    amount. It is somebody's work then, and stays.
    """
    one = _only(found, role, reference)
    if one is None:
        return None
    wrong = _misfit(one.document, currency, customers)
    if not wrong and one.document.gross_amount not in totals:
        wrong = f"its amount is {_two(one.document.gross_amount)}, not the order's"
    if wrong:
        raise Ended(_taken(one, reference, wrong))
    return one


def _only(found: Sequence[Found], role: str, reference: str) -> Found | None:
    fitting = [one for one in found if one.kind in kinds_of(role)]
    if len(fitting) > 1:
        listed = ", ".join(f"{one.kind} {one.number}" for one in fitting[:5])
        raise Ended(
            ParkedFor(
                "reference_ambiguous",
                f"e-conomic has several documents with the reference {reference} ({listed}). Remove the reference from "
                "all but the right one, then `tasks retry`.",
            )
        )
    return fitting[0] if fitting else None


def _taken(one: Found, reference: str, wrong: str) -> ParkedFor:
    return ParkedFor(
        "reference_taken",
        f"{one.kind} {one.number} in e-conomic carries the reference {reference}, but {wrong}. Remove the reference "
        "there if it is another document, then `tasks retry`.",
    )


def _misfit(document: Document, currency: str, customers: set[int]) -> str:
    if document.currency.upper() != currency.upper():
        return f"its currency is {document.currency}, not {currency}"
    if customers and document.customer.customer_number not in customers:
        return f"it belongs to customer {document.customer.customer_number}"
    return ""


def token_in(request: WriteRequest) -> str:
    """The reference in a stored draft's body: the last token of references.other, behind the shop's own text."""
    body = Draft.model_validate(wire.decode(request.body))
    other = body.references.other if body.references else None
    return (other or "").replace("·", " ").split()[-1]


def sent_as_is(request: WriteRequest, document: Document) -> bool:
    """Whether a document holds exactly what a stored write sent."""
    return holds(Draft.model_validate(wire.decode(request.body)), document)


def same_totals(document: Document, amounts: Amounts) -> bool:
    """Whether e-conomic's totals are these."""
    return (document.net_amount, document.vat_amount, document.gross_amount) == (
        amounts.net,
        amounts.vat,
        amounts.gross,
    )


def totals_text(document: Document) -> str:
    """A document's totals for people."""
    return f"net {_two(document.net_amount)}, VAT {_two(document.vat_amount)}, gross {_two(document.gross_amount)}"


def amounts_text(amounts: Amounts) -> str:
    """Amounts for people."""
    return f"net {_two(amounts.net)}, VAT {_two(amounts.vat)}, gross {_two(amounts.gross)}"


def name_of(link: Link) -> str:
    """A link's document for people."""
    return f"{link.document.replace('_', ' ')} {link.number}"


def _two(amount: Decimal) -> str:
    return str(amount.quantize(Decimal("0.01")))
