"""Writes in doubt below a debtor whose order or account asks for nothing any more: looked up, and never sent again."""

from __future__ import annotations

from datetime import timedelta

from cdc.keys import Key
from econ_client import wire
from econ_client.documents import Customer
from econ_client.search import addresses_in
from mapping.identity import normal_ean
from sync import customers, debtors, einvoicing, partners, writer
from sync.context import Context, Ended
from sync.outcome import Retry
from sync.state.changes import Klass
from sync.state.claims import Claim
from sync.state.intents import Intent
from sync.state.state import State

LOOK_AGAIN = timedelta(seconds=10)


def settle(context: Context, claim: Claim, entity: Key, *, updates: bool = True) -> None:
    """Settle the open writes of an account or guest. `updates`: also those that change what is there.

    Raises `Ended` with a retry while it is too early to tell, and `Observed` with `--observe`.
    """
    for intent in context.state.open_intents(entity):
        link = context.state.link(entity, customers.ROLE)
        if intent.role == einvoicing.ROLE and link is not None:
            einvoicing.settle(context, claim, link)
        elif intent.request.method != "POST":
            if updates:
                _close(context, claim, intent, "overtaken")
        elif intent.role == customers.ROLE:
            _debtor(context, claim, intent)
        else:
            partners.settle_unwanted(context, claim, intent)


def look_again(state: State) -> None:
    """Let every debtor's write that is in doubt be settled, after a start: its order may want it no more."""
    keys = {intent.entity for intent in state.open_intents() if intent.entity.kind == "customer"}
    if keys:
        state.enqueue(sorted(keys), Klass.ENTITY, reason="outcome_unknown")


def _debtor(context: Context, claim: Claim, intent: Intent) -> None:
    writer.not_observed(context, intent)
    with customers.locked(context, claim, _natural_keys(intent)):
        if not any(one.id == intent.id for one in context.state.open_intents(intent.entity)):
            return  # its order has settled it meanwhile
        made = debtors.made_by(context, intent.request)
        if made is None:
            _wait_for_lists(context, intent)
            _close(context, claim, intent, "absent")
            return
        link = customers.link_to(intent.entity, made, made.customer_number, None, intent.request.body)
        writer.settle_found(context, claim, intent, link)


def _wait_for_lists(context: Context, intent: Intent) -> None:
    """Raise `Ended` with a retry while an absence proves nothing; soon, for its order may settle it meanwhile."""
    now = context.now()
    if intent.last_sent_at is not None and now - intent.last_sent_at < writer.SETTLE:
        due = min(now + LOOK_AGAIN, intent.last_sent_at + writer.SETTLE)
        said = "A customer's creation ended without an answer; whether it had its effect is looked at again."
        raise Ended(Retry("outcome_unknown", due, said, counts=False))


def _natural_keys(intent: Intent) -> tuple[str, ...]:
    sent = Customer.model_validate(wire.decode(intent.request.body))
    keys = {f"email:{email}" for email in addresses_in(sent.email) if email}
    if sent.corporate_identification_number:
        keys.add(f"cvr:{sent.corporate_identification_number}")
    if sent.ean:
        keys.add(f"ean:{normal_ean(sent.ean)}")
    return tuple(sorted(keys))


def _close(context: Context, claim: Claim, intent: Intent, outcome: str) -> None:
    writer.not_observed(context, intent)
    context.fence()
    with context.state.work(claim) as work:
        work.close_intent(intent, outcome)
