"""A refund before the invoice is booked: the draft is reduced to what is left, if the profile says so.

Which memos a booked invoice has taken in is told by its amounts: those of the first memos, oldest first, that explain
what it lacks of what Magento charged. Nothing else needs to be remembered, and a lost state changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cdc.models import CreditMemo, Invoice
from mapping.case import Case
from mapping.charges import Charge
from mapping.credit_lines import Adjustments, adjustments, came_back, memo_target, with_adjustments
from mapping.dates import local_date
from mapping.money import ZERO, total
from mapping.plan import Amounts
from mapping.setting import setting_of
from mapping.sundries import Sundry
from mapping.target import Target, TargetLine, invoiced, ordered

_NONE = Adjustments((), ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class Refunds:
    """What is known of an order's refunds: amounts booked by role, and what each memo put back into stock, by its id.

    `booked` holds the roles of invoices only.
    """

    booked: Mapping[str, Amounts] = field(default_factory=dict)
    restocked: Mapping[str, Collection[str]] = field(default_factory=dict)


NO_REFUNDS = Refunds()


@dataclass(frozen=True, slots=True)
class Left:
    """What is left to invoice; `more` are lines that take adjustments off. `memos` are the ids of what was taken in."""

    target: Target
    more: tuple[Sundry, ...] = ()
    memos: frozenset[int] = frozenset()

    @property
    def nothing(self) -> bool:
        """Whether all was refunded and no goods stay with the buyer."""
        amounts = self.target.amounts
        kept = any(line.quantity > 0 and line.line.carries_stock for line in self.target.lines)
        return bool(self.memos) and not kept and not (amounts.net or amounts.vat or amounts.gross)


def active_memos(memos: Sequence[CreditMemo]) -> tuple[CreditMemo, ...]:
    """The credit memos that are not cancelled, oldest first."""
    return tuple(sorted((memo for memo in memos if memo.state != "canceled"), key=lambda memo: memo.id))


def left_of(case: Case, role: str, target: Target, refunds: Refunds) -> Left:
    """What is left of a role's target after the refunds that it takes in. Raises `CannotMap`."""
    memos = _memos_of(case, role)
    if not memos:
        return Left(target)
    booked = refunds.booked.get(role)
    if booked is None:
        reduces = case.rules.settings.credit_notes.before_booking == "reduce"
        return _without(case, target, memos, refunds) if reduces else Left(target)
    for count in range(len(memos) + 1):
        left = _without(case, target, memos[:count], refunds)
        if left.target.amounts == booked:
            return left
    return Left(target)


def absorbed(case: Case, refunds: Refunds) -> frozenset[int]:
    """The ids of the credit memos that booked invoices have taken in, and drafts take in. Raises `CannotMap`."""
    found = frozenset(memo.id for role in _reducible(case, refunds) for memo in _memos_of(case, role))
    for role in refunds.booked:
        invoices, rows = _invoices_of(case, role), case.rules.settings.totals
        if invoices or role == "invoice":
            target = invoiced(case.order, invoices, rows) if invoices else ordered(case.order, rows)
            found |= left_of(case, role, target, refunds).memos
    return found


def _reducible(case: Case, refunds: Refunds) -> tuple[str, ...]:
    """The roles of the invoices that are not booked yet and are made smaller by refunds."""
    settings = case.rules.settings
    if settings.credit_notes.before_booking != "reduce" or "invoice" in refunds.booked:
        return ()
    active = [f"invoice:{one.id}" for one in case.order.invoices if one.state != "canceled"]
    if settings.invoices == "per_magento_invoice" and active:
        return tuple(role for role in active if role not in refunds.booked)
    return () if refunds.booked else ("invoice",)


def _invoices_of(case: Case, role: str) -> tuple[Invoice, ...]:
    active = tuple(one for one in case.order.invoices if one.state != "canceled")
    return active if role == "invoice" else tuple(one for one in active if role == f"invoice:{one.id}")


def _memos_of(case: Case, role: str) -> tuple[CreditMemo, ...]:
    """The memos that take back from what a role stands for."""
    memos = active_memos(case.order.credit_memos)
    number = role.partition(":")[2]
    if not number:
        return memos
    active = [one for one in case.order.invoices if one.state != "canceled"]
    only = len(active) == 1
    return tuple(m for m in memos if str(m.invoice_id) == number or (m.invoice_id is None and only))


def _without(case: Case, target: Target, memos: Sequence[CreditMemo], refunds: Refunds) -> Left:
    left, more = target, []
    for memo in memos:
        back = came_back(case.order, refunds.restocked.get(str(memo.id), ()), case.rules.settings.credit_notes.restock)
        off = memo_target(case, memo)
        taken = {one.line.id: one for one in off.lines}
        lines = tuple(
            _line_without(one, taken[one.line.id], came=back(one.line)) if one.line.id in taken else one
            for one in left.lines
        )
        extra = _adjustments(case, memo)
        more += [_negative(part) for part in extra.lines]
        whole = with_adjustments(off, extra).amounts
        left = replace(
            left,
            lines=lines,
            shipping=left.shipping - off.shipping,
            shipping_vat=left.shipping_vat - off.shipping_vat,
            amounts=Amounts(
                left.amounts.net - whole.net, left.amounts.vat - whole.vat, left.amounts.gross - whole.gross
            ),
            charges=_charges(left.charges, off.charges),
        )
    return Left(left, tuple(more), frozenset(memo.id for memo in memos))


def _line_without(line: TargetLine, off: TargetLine, *, came: bool) -> TargetLine:
    """What is left of a line. Goods that were sent and did not come back stay the buyer's, at a lower price."""
    quantity = line.quantity - off.quantity
    if not came:
        quantity = max(quantity, min(line.line.qty_shipped, line.quantity))
    return replace(
        line,
        quantity=quantity,
        list_net=line.list_net - off.list_net,
        net=line.net - off.net,
        vat=line.vat - off.vat,
        weee=line.weee - off.weee,
    )


def _adjustments(case: Case, memo: CreditMemo) -> Adjustments:
    if not memo.totals.adjustment_positive and not memo.totals.adjustment_negative:
        return _NONE
    return adjustments(case, memo, setting_of(case, local_date(memo.created_at, case.order.store)))


def _negative(part: Sundry) -> Sundry:
    lines = tuple(
        replace(
            one,
            net=-one.net,
            body=one.body.model_copy(update={"unit_net_price": -(one.body.unit_net_price or ZERO)}),
        )
        for one in part.lines
    )
    return replace(part, lines=lines, vat=-part.vat)


def _charges(left: Sequence[Charge], off: Sequence[Charge]) -> tuple[Charge, ...]:
    taken = {one.row: one for one in off}
    rest = []
    for one in left:
        other = taken.get(one.row)
        if other is not None:
            vat = None if one.vat is None else one.vat - (other.vat or ZERO)
            one = replace(one, net=one.net - other.net, vat=vat)
        if one.net or one.vat:
            rest.append(one)
    return tuple(rest)


def sums(parts: Sequence[Amounts]) -> Amounts:
    """Amounts added up."""
    return Amounts(total(p.net for p in parts), total(p.vat for p in parts), total(p.gross for p in parts))
