"""One customer account, or guest: the debtor it stands for follows it in the fields that the profile permits."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cdc.models import Customer as Account
from econ_client import requests, wire
from econ_client.answers import Answer, fit
from econ_client.documents import Customer, CustomerAnswer
from mapping.customer import left_alone, plan_customer
from mapping.dates import local_date
from mapping.plan import WantedCustomer
from mapping.problems import CannotMap
from mapping.profile import Profile
from sync import customers, debtors, einvoicing, orphans, writer
from sync.compare import dump, fingerprint
from sync.context import Context, Ended
from sync.outcome import Done, Outcome, ParkedFor, SkippedFor, Unchanged
from sync.state.claims import Claim
from sync.state.intents import Intent
from sync.state.links import Link

UPDATE = "customer_update"
"""The role of writes that change a debtor: one of them may be open beside the one that makes it."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a debtor lacks of what its account says.

    `body` is the PUT that closes the difference, None when there is none. `sent` are the attributes that it changes;
    `left` the fields (by their names in the profile) that somebody has changed in e-conomic, so that they stay as they
    are. `agreed` is what both sides hold by attribute when nothing, or just the PUT, is done.
    """

    body: Mapping[str, Any] | None
    sent: tuple[str, ...]
    left: tuple[str, ...]
    agreed: Mapping[str, Any]


@dataclass(slots=True)
class Reconcile:
    """One run for one account or guest. `wanted_mark` is the fingerprint of what is wanted, once it is known."""

    context: Context
    claim: Claim
    reference: str = ""
    wanted_mark: str = ""
    _changed: bool = field(default=False)

    def run(self) -> Outcome:
        """Reconcile. Raises `Ended` with an outcome, or the error that `sync.trouble` turns into one."""
        context, entity = self.context, self.claim.key
        account = context.shop.customer(entity.id, self.claim.starts) if entity.id.isdecimal() else None
        link = context.state.link(entity, customers.ROLE)
        try:
            if account is None or left_alone(account, context.profile):
                return self._nothing_wanted()
            new = link is None and self._may_be_made(account)
            if link is None and not new:
                skipped = _follows_accounts(context.profile, account)
                self._nothing_wanted()
                return SkippedFor("before_go_live") if skipped else Unchanged()
            wanted = plan_customer(account, context.profile)
        except CannotMap as cannot:
            return ParkedFor(cannot.reason, cannot.advice)
        customers.same_identity(link, wanted)
        self.wanted_mark = _mark_of(wanted)
        if self.claim.refused and self.claim.refused == self.wanted_mark:
            claim = self.claim
            return ParkedFor(claim.reason or "refused", claim.advice, claim.error_code, claim.refused)
        customers.ensure(context, self.claim, wanted)
        orphans.settle(context, self.claim, entity, updates=False)
        if new:
            return Done()
        with customers.locked(context, self.claim, wanted.natural_keys):
            return self._update(wanted)

    def _nothing_wanted(self) -> Outcome:
        orphans.settle(self.context, self.claim, self.claim.key)
        return Unchanged()

    def _may_be_made(self, account: Account) -> bool:
        """Whether the account becomes a debtor without an order: an account's change alone never makes one else."""
        if self.claim.admitted:
            return True
        if not _follows_accounts(self.context.profile, account):
            return False
        since = _since(self.context.profile, account)
        return since is not None and local_date(account.created_at, account.store) >= since

    def _update(self, wanted: WantedCustomer) -> Outcome:
        context, entity = self.context, self.claim.key
        link = context.state.link(entity, customers.ROLE)
        if link is None:
            return Unchanged()
        pending = [one for one in context.state.open_intents(entity) if one.role == UPDATE]
        incomplete = bool(json.loads(link.answer or "{}").get(customers.INCOMPLETE))
        if incomplete and wanted.complete:
            # its address came after it was made: all of it is what the debtor was to be made with
            wanted = replace(wanted, update=wanted.given)
        if not pending and (not wanted.update or (not incomplete and self._as_agreed(wanted, link))):
            return Unchanged()
        there = context.economic.as_is(link.self_, f"/customers/{link.number}")
        now = fit(there, CustomerAnswer) if there is not None else None
        for intent in pending:
            link = self._settle(intent, link, now)
        if there is None or now is None or not debtors.still_them(link, now):
            # the link stays: only an order that needs the debtor has another one made
            return SkippedFor("customer_gone")
        if not wanted.update:
            return Unchanged()
        if _follows_another(context, link, now):
            return SkippedFor("customer_shared")
        changes = changes_of(wanted, there, now, _known(context, link, now))
        if incomplete and wanted.complete:
            link = _completed(link)
        if changes.body is not None:
            self._write(link, changes)
        elif changes.agreed != _fields(link) or incomplete:
            self._keep(link, changes.agreed)
        if changes.left:
            return SkippedFor("customer_edited", advice=_edited(link, changes.left))
        return Done() if changes.body is not None or self._changed else Unchanged()

    def _as_agreed(self, wanted: WantedCustomer, link: Link) -> bool:
        """Whether a gap in the binlog left an account as it was when both sides last agreed: it costs no call then."""
        agreed = _fields(link)
        if self.claim.reason != "gap" or not agreed or wanted.overwrite:
            return False
        asked = debtors.fields_of(wanted.body)
        attributes = [debtors.ATTRIBUTES[name] for name in wanted.update]
        return all(debtors.same_value(one, asked.get(one), agreed.get(one)) for one in attributes)

    def _write(self, link: Link, changes: Changes) -> None:
        number = int(link.number)
        request = requests.update_customer(number, changes.body or {})

        def settled(answer: Answer) -> Link:
            after = answer.parse(CustomerAnswer)
            held = debtors.fields_of(after)
            # what e-conomic takes without keeping it counts as sent
            sent = {name: held.get(name, changes.agreed.get(name)) for name in changes.sent}
            return _agreeing(link, after, {**changes.agreed, **sent}, request.body)

        answer = writer.write(self.context, self.claim, link.entity, UPDATE, request, settled)
        self._changed = True
        if answer.status == 201:
            # a PUT to a number that is gone creates it: somebody removed the debtor between our look and our write
            writer.write(
                self.context, self.claim, link.entity, UPDATE, requests.delete_customer(number), lambda _: None
            )
            raise Ended(SkippedFor("customer_gone"))

    def _settle(self, intent: Intent, link: Link, now: CustomerAnswer | None) -> Link:
        """Learn from a debtor what became of a write to it; it is never sent again, for the debtor is read anew."""
        writer.not_observed(self.context, intent)
        if intent.request.method == "DELETE":
            if now is None:
                writer.settle_found(self.context, self.claim, intent, None)
            elif writer.absent(self.context, self.claim, intent):
                writer.resend(self.context, self.claim, intent, lambda _: None)
            raise Ended(SkippedFor("customer_gone"))
        agreed = _as_sent(intent, now, _fields(link)) if now is not None else _fields(link)
        self.context.fence()
        with self.context.state.work(self.claim) as work:
            work.close_intent(intent, "done" if agreed != _fields(link) else "overtaken")
            link = _agreeing(link, now, agreed) if now is not None else link
            work.save_link(link)
        self._changed = True
        return link

    def _keep(self, link: Link, agreed: Mapping[str, Any]) -> None:
        self.context.fence()
        if not self.context.observe:
            self.context.state.save_link(self.claim, _agreeing(link, None, agreed))


def changes_of(wanted: WantedCustomer, there: Mapping[str, Any], now: Customer, known: Mapping[str, Any]) -> Changes:
    """What is to be written to a debtor, field by field.

    Args:
        wanted: what the account says.
        there: the debtor as e-conomic has answered it; what is not changed stays as it is, whatever it is.
        now: the same as a model.
        known: what both sides last agreed on, by attribute; empty when it is not known.
    """
    asked, held = debtors.fields_of(wanted.body), debtors.fields_of(now)
    before = known or held
    agreed = dict(before)
    sent: list[str] = []
    left: list[str] = []
    for name in wanted.update:
        attribute = debtors.ATTRIBUTES[name]
        mine, theirs, last = asked.get(attribute), held.get(attribute), before.get(attribute)
        if debtors.same_value(attribute, mine, theirs):
            agreed[attribute] = theirs
        elif name in wanted.overwrite or debtors.same_value(attribute, theirs, last):
            sent.append(attribute)
            agreed[attribute] = mine
        elif not debtors.same_value(attribute, mine, last):
            left.append(name)
    agreed = {attribute: value for attribute, value in agreed.items() if value is not None}
    if not sent:
        return Changes(None, (), tuple(left), agreed)
    values = wire.plain(wanted.body)
    aliases = {attribute: Customer.model_fields[attribute].alias or attribute for attribute in sent}
    body = requests.merged(there, {alias: values.get(alias) for alias in aliases.values()})
    return Changes(body, tuple(sent), tuple(left), agreed)


def foreseen(context: Context, link: Link, wanted: WantedCustomer) -> Changes | None:
    """What an account would change in its linked debtor now; None when that is gone, or somebody else's."""
    there = context.economic.as_is(link.self_, f"/customers/{link.number}")
    now = fit(there, CustomerAnswer) if there is not None else None
    if there is None or now is None or not debtors.still_them(link, now) or _follows_another(context, link, now):
        return None
    return changes_of(wanted, there, now, _known(context, link, now))


def watches(profile: Profile) -> bool:
    """Whether accounts matter by themselves: a store view lets them be made, or change their debtors."""
    keys = [rules.settings.customers for rules in profile.every_rules()]
    return any(one.update or one.sync == "accounts" for one in keys)


def _follows_accounts(profile: Profile, account: Account) -> bool:
    return profile.for_store(account.store.code).settings.customers.sync == "accounts"


def _since(profile: Profile, account: Account) -> datetime.date | None:
    settings = profile.for_store(account.store.code).settings
    since = settings.customers.since or settings.orders.since
    return since if isinstance(since, datetime.date) else None


def _known(context: Context, link: Link, now: CustomerAnswer) -> dict[str, Any]:
    """What both sides last agreed on, by attribute, as far as it is known."""
    unclear = context.state.last_unclear(link.entity, UPDATE)
    if unclear is None or unclear.request.method != "PUT":
        return _fields(link)
    return _as_sent(unclear, now, _fields(link))


def _follows_another(context: Context, link: Link, now: Customer) -> bool:
    """Whether the debtor was linked to another account first; links to who had its number before do not count."""
    linked = context.state.find_links("customer", link.number)
    accounts = [one for one in linked if one.role == customers.ROLE and one.entity.id.isdecimal()]
    first = next((one for one in accounts if debtors.still_them(one, now)), link)
    return first.entity != link.entity


def _fields(link: Link) -> dict[str, Any]:
    found = json.loads(link.answer or "{}").get("fields")
    return dict(found) if isinstance(found, dict) else {}


def _as_sent(intent: Intent, now: Customer, known: Mapping[str, Any]) -> dict[str, Any]:
    """What is agreed on when a write may have had its effect: each field that holds what was sent, holds it by us."""
    sent = debtors.fields_of(Customer.model_validate(wire.decode(intent.request.body)))
    held = debtors.fields_of(now)
    ours = {name: held[name] for name in sent if name in held and debtors.same_value(name, sent[name], held[name])}
    gone = {name for name in known if name not in sent and name not in held}
    return {name: value for name, value in {**known, **ours}.items() if name not in gone}


def _agreeing(link: Link, debtor: CustomerAnswer | None, agreed: Mapping[str, Any], body: bytes | None = None) -> Link:
    answer = json.loads(link.answer or "{}")
    if debtor is not None:
        marks = {name: answer[name] for name in (customers.INCOMPLETE,) if name in answer}
        answer = {**debtors.person(debtor), **einvoicing.kept(link), **marks}
    return replace(
        link,
        answer=dump({**answer, "fields": {name: value for name, value in agreed.items() if value is not None}}),
        fingerprint=fingerprint(body) if body is not None else link.fingerprint,
        self_=(debtor.link if debtor is not None else None) or link.self_,
    )


def _completed(link: Link) -> Link:
    answer = json.loads(link.answer or "{}")
    answer.pop(customers.INCOMPLETE, None)
    return replace(link, answer=dump(answer))


def _mark_of(wanted: WantedCustomer) -> str:
    digest = hashlib.sha256(wire.encode(wanted.body))
    digest.update(f"{wanted.update} {wanted.overwrite} {wanted.match}".encode())
    return digest.hexdigest()


def _edited(link: Link, left: tuple[str, ...]) -> str:
    return (
        f"Somebody has changed {', '.join(left)} of customer {link.number} in e-conomic, and the account has another "
        "value now. What stands in e-conomic is left. `customers.overwrite` names fields that Magento owns."
    )
