"""Documents that make way: removed, marked, or followed to where somebody moved them; people first."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from econ_client.documents import Notes
from econ_client.errors import NotFound
from econ_client.search import Found
from mapping.halves import SERVICES, SERVICES_REFERENCE, half_grosses
from mapping.plan import Plan, WantedDocument
from sync import booking, drafts, upgrade, writer
from sync.context import Ended
from sync.documents import Documents
from sync.outcome import ParkedFor
from sync.state.links import Link

LONGEST_HEADING = 250
_AFTER_MARK = ": "
_AMOUNTS = ("net", "vat", "gross")


def check_leaving(documents: Documents, plan: Plan) -> None:
    """Before an invoice is made: the draft order that makes way must be as we left it.

    When it is gone, somebody may have made the invoice out of it: that one is taken over, not doubled.
    """
    if "order" not in plan.removals or not plan.documents:
        return
    documents.leaving = frozenset(role for role in plan.removals if role.startswith("order"))
    for services in (False, True):
        role = f"order{SERVICES}" if services else "order"
        instead = [one for one in plan.documents if one.role.endswith(SERVICES) == services]
        if instead or (services and role in documents.links):
            _check_leaving(documents, role, instead or plan.documents)


def _check_leaving(documents: Documents, role: str, instead: Sequence[WantedDocument]) -> None:
    """One draft order; `instead` are the invoices that take its place."""
    link = documents.links.get(role)
    if link is None and (documents.changed or not documents.invoiced):
        _look_for(documents, role, instead[0])
        return
    if link is None or link.document != "order_draft":
        return
    now = upgrade.read(documents, link)
    if now is not None:
        documents.unedited(link, now)
        documents.fresh[role] = now
        return
    if _deleted_by_us(documents, role):
        return
    token = _token(documents, role)
    found = documents.context.economic.find_by_reference(token)
    moved = _fitting(documents, found, role, instead[0])
    if moved is not None:
        documents.keep(documents.made.of_found(role, token, moved, None))
    elif not any(one.kind in drafts.INVOICE_KINDS for one in found):
        documents.removed(link)
    for wanted in instead:
        one = drafts.choose(found, wanted.role, wanted, set())
        if one is not None and wanted.role not in documents.links:
            documents.take(wanted, one)


def superseded(documents: Documents, plan: Plan) -> frozenset[str]:
    """Make way where invoices are cut differently now: by order, by Magento invoice, or a Magento invoice is gone.

    Drafts that no longer should exist are removed. What is booked stays: the roles that it stands for are returned,
    and get no document of their own. Raises `Ended` when what is booked is not what is wanted.
    """
    wanted = {one.role: one for one in plan.documents if one.kind == "invoice_draft"}
    stale = [role for role in documents.links if role.startswith("invoice") and role not in wanted]
    if not wanted or not stale:
        return frozenset()
    for role in stale:
        remove(documents, role, cancelled=False)
    booked = [documents.links[role] for role in stale if role in documents.links]
    if not booked:
        return frozenset()
    lacking = {role: one.magento for role, one in wanted.items() if role not in documents.links}
    there = tuple(sum((getattr(link, name) or 0 for link in booked), Decimal(0)) for name in _AMOUNTS)
    if there != tuple(sum((getattr(one, name) for one in lacking.values()), Decimal(0)) for name in _AMOUNTS):
        raise Ended(_cut_differently(booked))
    return frozenset(lacking)


def remove(documents: Documents, role: str, *, cancelled: bool) -> None:
    """Remove the draft of a role, if there is one that nobody works on."""
    link = documents.links.get(role)
    if link is None and cancelled:
        link = _look_for(documents, role)
    if link is None:
        return
    if link.document in drafts.DRAFTS:
        now = documents.fresh.get(role) or drafts.read(documents.context, link)
        if now is None and not _deleted_by_us(documents, role):
            found = documents.context.economic.find_by_reference(link.reference, drafts.kinds_of(role))
            moved = _fitting(documents, found, role, gross=link.gross)
            if moved is not None:
                link = documents.keep(documents.made.of_found(role, link.reference, moved, None))
                now = moved.document
    if link.document not in drafts.DRAFTS:
        _removed_no_more(documents, link, cancelled=cancelled)
        return
    if now is not None:
        documents.unedited(link, now)
        try:
            context, claim = documents.context, documents.claim
            writer.write(context, claim, claim.key, role, drafts.delete_request(link), _nothing)
        except NotFound:
            now = None
    if now is None:
        documents.context.fence()
        if not documents.context.observe:
            documents.context.state.delete_link(documents.claim, documents.claim.key, role)
    documents.links.pop(role, None)
    if f"file:{role}" in documents.links:
        documents.forget(documents.links[f"file:{role}"])
    documents.changed = True


def _removed_no_more(documents: Documents, link: Link, *, cancelled: bool) -> None:
    """What is sent, archived or booked by now. Raises `Ended` when its order is cancelled and people have to act."""
    if cancelled and not upgrade.is_ours(link):
        raise Ended(_too_late(link))
    if link.document != "order_sent":
        return
    if cancelled and documents.context.economic.order_sent(int(link.number)) is not None:
        upgrade.withdraw(documents, link)
    elif link.role in documents.leaving or cancelled:
        upgrade.finished(documents, link)


def mark(documents: Documents, role: str, text: str) -> None:
    """Let the draft of a role say, before its heading, what became of its order; the rest of it stays.

    Raises `Ended` when it is booked, or somebody works on it.
    """
    link = documents.links.get(role) or _look_for(documents, role)
    if link is None:
        return
    if link.document == "invoice_booked":
        raise Ended(_too_late(link))
    if link.document not in ("order_draft", "invoice_draft"):
        return
    now = documents.fresh.get(role) or drafts.read(documents.context, link)
    if now is None:
        documents.removed(link)
        return
    heading = (now.notes.heading if now.notes else None) or ""
    if heading == text or heading.startswith(f"{text}{_AFTER_MARK}"):
        return
    documents.unedited(link, now)
    marked = f"{text}{_AFTER_MARK}{heading}" if heading else text
    if len(marked) > LONGEST_HEADING:
        marked = marked[: LONGEST_HEADING - 1].rstrip() + "…"
    notes = (now.notes or Notes()).model_copy(update={"heading": marked})
    documents.replace(link, now, notes=notes)


def not_booked(documents: Documents) -> None:
    """Raise `Ended` when a cancelled order, whose drafts the profile leaves alone, has a booked invoice."""
    for link in documents.links.values():
        if link.document == "invoice_booked":
            raise Ended(_too_late(link))


def _look_for(documents: Documents, role: str, instead: WantedDocument | None = None) -> Link | None:
    """The document of a role that has no link and should not exist; `instead` is what takes its place."""
    if documents.spared(role):
        return None
    token = _token(documents, role)
    there = documents.context.economic.find_by_reference(token, drafts.kinds_of(role))
    found = _fitting(documents, there, role, instead)
    if found is None:
        documents.wait_for_lists(role)
        return None
    documents.fresh[role] = found.document
    return documents.keep(documents.made.of_found(role, token, found, None))


def _token(documents: Documents, role: str) -> str:
    """The reference of a role's document; that of services, where goods have one of their own, says so."""
    return f"{documents.token}{SERVICES_REFERENCE}" if role.endswith(SERVICES) else documents.token


def _fitting(
    documents: Documents,
    found: Sequence[Found],
    role: str,
    instead: WantedDocument | None = None,
    gross: Decimal | None = None,
) -> Found | None:
    """The found document that stands for this order and may be removed. Raises `Ended` when one does not fit."""
    known = (documents.order.totals.grand_total, gross, instead.magento.gross if instead else None)
    totals = {one for one in known if one is not None} | half_grosses(documents.order)
    customers_ = booking.known_customers(documents.context, instead) if instead else set()
    token = _token(documents, role)
    return drafts.choose_leaving(found, role, token, documents.order.currency, totals, customers_)


def _deleted_by_us(documents: Documents, role: str) -> bool:
    unclear = documents.context.state.last_unclear(documents.claim.key, role)
    return unclear is not None and unclear.request.method == "DELETE"


def _nothing(_: object) -> None:
    return None


def _cut_differently(booked: Sequence[Link]) -> ParkedFor:
    listed = ", ".join(f"{link.number} (gross {link.gross})" for link in booked[:5])
    return ParkedFor(
        "invoicing_changed",
        f"Booked in e-conomic: {listed}. The order's Magento invoices, or the profile's `invoices`, have changed since,"
        " and what is wanted now comes to something else. Nothing more is made: correct it in e-conomic, then "
        "`tasks skip`.",
    )


def _too_late(link: Link) -> ParkedFor:
    if link.document == "invoice_booked":
        return ParkedFor(
            "booked_but_cancelled",
            f"The order is cancelled, but invoice {link.number} is booked. Make a credit note in e-conomic, then "
            "`tasks skip`.",
        )
    return ParkedFor(
        "sent_in_economic",
        f"The order is cancelled, but {drafts.name_of(link)} was sent from e-conomic. Cancel it there, then "
        "`tasks skip`.",
    )
