"""Product fields that e-conomic owns, from its answers into Magento's attributes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from cdc.errors import MagentoError, RowsLocked
from cdc.models_fields import FieldScopes, HeldProduct, Put
from cdc.models_stock import StockProduct
from cdc.product_write import ProductTables
from econ_client.documents import ProductAnswer
from mapping.back import FieldChange, Pricing, changes_back, present
from mapping.backfit import Goal, goals_of
from mapping.goods import goods_from
from mapping.problems import CannotMap
from mapping.product import domestic_rate, product_group
from sync.context import Context
from sync.productchanges import owned_fields
from sync.pull import fieldmemory
from sync.pull.fieldmemory import FieldMemory, mark
from sync.pull.matching import Matcher
from sync.pull.seen import SeenProduct

log = logging.getLogger("magento_economic.pull")

AT_ONCE = 200
"""Products that are compared in one go."""

FieldAction = Literal["written", "differs", "unchanged", "left"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldOutcome:
    """One product's end.

    ``differs`` is a dry run's word for what would be written. ``left``: nothing could be written, for what stands in
    `why`, or with each change. `changes` are what was or would be written, and what cannot be. `stores` are the codes
    of their store views by id.
    """

    number: str
    sku: str = ""
    action: FieldAction
    why: str = ""
    changes: tuple[FieldChange, ...] = ()
    stores: Mapping[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class ProductPull:
    """Compares the fields of e-conomic's answers with Magento's attributes and writes what differs.

    Used by one thread. `may_write` says whether anything is written now. Every method may raise the errors of
    `cdc.errors` and `sync.state.errors`; what was written until then stands.
    """

    context: Context
    tables: ProductTables
    matcher: Matcher
    may_write: Callable[[], bool] = lambda: True
    _asked: dict[str, datetime] = field(default_factory=dict)
    _told: set[tuple[str, ...]] = field(default_factory=set)

    @property
    def idle(self) -> bool:
        """Whether the profile gives e-conomic no field that goes into Magento."""
        return not self.context.profile.targets()

    def take(self, answers: Sequence[SeenProduct], *, dry: bool = False) -> list[FieldOutcome]:
        """Compare, and write what differs unless `dry`. The same product may come again, unchanged.

        An answer that is older than one that was taken before is passed over.
        """
        if self.idle:
            return []
        quiet = dry or self.context.observe or not self.may_write()
        outcomes: list[FieldOutcome] = []
        for start in range(0, len(answers), AT_ONCE):
            outcomes += self._take(self._latest(answers[start : start + AT_ONCE]), quiet=quiet)
        return outcomes

    def forget(self) -> None:
        """Look up attributes, options and store views anew."""
        self.tables.forget()

    def _latest(self, answers: Sequence[SeenProduct]) -> dict[str, SeenProduct]:
        latest: dict[str, SeenProduct] = {}
        now = self.context.now()
        for one in sorted(answers, key=lambda one: one.asked_at):
            last = self._asked.get(one.number, one.asked_at)
            if last <= one.asked_at or last > now:  # unless the clock was set back
                self._asked[one.number] = one.asked_at
                latest[one.number] = one
        return latest

    def _take(self, answers: Mapping[str, SeenProduct], *, quiet: bool) -> list[FieldOutcome]:
        goals, scopes = self._goals()
        if not answers or not goals:
            return []
        matches = self.matcher.match(list(answers))
        products = {number: one for number, one in matches.items() if isinstance(one, StockProduct)}
        stores = sorted({store for goal in goals for store in (*goal.stores, *goal.overrides)})
        fields = [goal.attribute for goal in goals]
        held = self.tables.look([one.id for one in products.values()], fields, stores)
        rates = self._rates({n: answers[n].product for n, one in products.items() if one.id in held}, products, goals)
        before = fieldmemory.load(self.context.state, products)
        names = {store: scopes.code_of(store) for store in stores}
        outcomes: list[FieldOutcome] = []
        memories: dict[str, FieldMemory] = {}
        for number, seen in answers.items():
            product = products.get(number)
            rows = held.get(product.id) if product is not None else None
            if product is None or rows is None:
                why = "only_economic" if product is not None else str(matches[number])
                if why == "ambiguous_sku":
                    self._say(("ambiguous", number), "product %s: several products in Magento have this number", number)
                outcomes.append(FieldOutcome(number=number, action="left", why=why))
                continue
            case = _Case(seen.product, goals, scopes, rates[number], before.get(number, FieldMemory()))
            ended = self._bring(case, product, rows, quiet=quiet)
            outcomes.append(
                FieldOutcome(
                    number=number,
                    sku=product.sku,
                    action=ended.action,
                    why=ended.why,
                    changes=ended.changes,
                    stores=names,
                )
            )
            if not quiet and ended.why != "refused":
                after = self._remembered(number, case, ended)
                if after != case.before:
                    memories[number] = after
        if memories:
            self.context.fence()
            fieldmemory.save(self.context.state, memories)
        return outcomes

    def _bring(self, case: _Case, product: StockProduct, rows: HeldProduct, *, quiet: bool) -> _Ended:
        changes = case.changes(rows)
        if not changes:
            return _Ended("unchanged")
        able = [one for one in changes if not one.why_not]
        if not able:
            return _Ended("left", changes)
        if quiet:
            return _Ended("differs", changes)
        locked = changes

        def decide(now: HeldProduct) -> list[Put]:
            nonlocal locked
            locked = case.changes(now)
            return [
                Put(code=one.attribute, store_id=one.store_id, value=one.after) for one in locked if not one.why_not
            ]

        stores = {store for goal in case.goals for store in (*goal.stores, *goal.overrides)}
        self.context.fence()
        try:
            written = self.tables.apply(product.id, [goal.attribute for goal in case.goals], stores, decide)
        except MagentoError as error:
            if type(error) not in (MagentoError, RowsLocked):  # others concern all products
                raise
            number = case.answer.product_number
            self._say(("refused", number, str(error)), "product %s: Magento's database refused: %s", number, error)
            return _Ended("left", changes, "refused")
        if not written:
            return _Ended("left" if locked else "unchanged", locked)
        log.info(
            "product %s: %s written into Magento",
            case.answer.product_number,
            ", ".join(dict.fromkeys(one.field for one in locked if not one.why_not)),
        )
        return _Ended("written", locked)

    def _remembered(self, number: str, case: _Case, ended: _Ended) -> FieldMemory:
        """What is to be remembered; tells once of fields that somebody has changed in Magento."""
        now = case.marks()
        undone = {one.field for one in ended.changes if one.why_not}
        changed = {one.field for one in ended.changes if not one.why_not}
        by_hand = {name for name in changed if now.get(name, "") and now[name] == case.before.agreed.get(name)}
        news = sorted(by_hand - case.before.told)
        if news:
            log.warning(
                "product %s: %s changed in Magento, but e-conomic owns that: its value is put back, now and each time",
                number,
                ", ".join(news),
            )
        agreed = {name: mark for name, mark in now.items() if name not in undone}
        told = {name for name in case.before.told | by_hand if agreed.get(name) == case.before.agreed.get(name)}
        return FieldMemory(agreed=agreed, told=frozenset(told))

    def _goals(self) -> tuple[tuple[Goal, ...], FieldScopes]:
        targets = self.context.profile.targets()
        facts = self.tables.facts([one.target.attribute for one in targets])
        goals, misfits = goals_of(targets, facts.fields, facts.scopes)
        for misfit in misfits:
            named = misfit.target
            self._say(
                ("misfit", named.field, misfit.found),
                "%s:%s: `pull.fields.%s`: %s; it is left out",
                named.file,
                named.line,
                named.field,
                misfit.found,
            )
        return goals, facts.scopes

    def _rates(
        self, answers: Mapping[str, ProductAnswer], products: Mapping[str, StockProduct], goals: Collection[Goal]
    ) -> dict[str, Pricing]:
        """What prices depend on, by number: the group is e-conomic's own, unless the profile keeps it up to date."""
        context = self.context
        rules, currency = context.profile.for_store(""), context.agreement.base_currency
        groups = {number: one.product_group.product_group_number for number, one in answers.items()}
        if "group" in owned_fields(context) and any(goal.kind == "money" for goal in goals):
            catalog = context.shop.products([products[number].id for number in answers])
            for number in answers:
                product = catalog.get(products[number].id)
                try:
                    if product is not None:
                        groups[number] = product_group(goods_from(product), rules, None)
                except CannotMap:
                    groups.pop(number, None)
        rates: dict[str, Decimal | None] = {
            number: domestic_rate(groups[number], rules, context.agreement) if number in groups else None
            for number in answers
        }
        return {number: Pricing(rate=rate, currency=currency) for number, rate in rates.items()}

    def _say(self, key: tuple[str, ...], message: str, *words: object) -> None:
        if key not in self._told:
            self._told.add(key)
            log.warning(message, *words)


@dataclass(frozen=True, slots=True)
class _Case:
    answer: ProductAnswer
    goals: tuple[Goal, ...]
    scopes: FieldScopes
    pricing: Pricing
    before: FieldMemory

    def changes(self, rows: HeldProduct) -> tuple[FieldChange, ...]:
        return changes_back(self.answer, rows, self.goals, self.scopes, self.pricing, self.before.agreed.keys())

    def marks(self) -> dict[str, str]:
        """By field, a mark of e-conomic's value and of all that says what it becomes in Magento."""
        there = present(self.answer)
        return {
            goal.field: mark(
                there[goal.field],
                goal.attribute.code,
                goal.stores,
                self.pricing.rate if goal.kind == "money" else None,
            )
            for goal in self.goals
            if goal.field in there
        }


@dataclass(frozen=True, slots=True)
class _Ended:
    action: FieldAction
    changes: tuple[FieldChange, ...] = ()
    why: str = ""
