"""A shop's profile: the YAML file read, checked and compiled."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from mapping.absent import Absent
from mapping.checking import nearest
from mapping.compiled import Rules, compile_rules
from mapping.filters import text_of
from mapping.inheritance import merge, read_chain, shipped_names
from mapping.mentions import Mention, mentions
from mapping.mistakes import problems_of
from mapping.naming import NamedNumber, NamedStore, named_numbers, named_stores, naming_problems
from mapping.owners import NamedTarget, named_targets, number_problems, owner_problems, target_problems
from mapping.profile_yaml import Problem, ProfileError, Step, Tree
from mapping.settings import PER_STORE, Settings

__all__ = [
    "Mention",
    "NamedNumber",
    "NamedStore",
    "NamedTarget",
    "Problem",
    "Profile",
    "ProfileError",
    "load_profile",
    "shipped_names",
]

_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile that can be used. `settings` are the shop's; `for_store` gives a store view's own.

    `fingerprint` is a hash of the effective profile: it changes with every value and with nothing else. `absent` says
    which columns that it names are not in Magento's tables now; whoever looks at these sets it.
    """

    name: str
    settings: Settings
    fingerprint: str
    _rules: Rules
    _by_store: Mapping[str, Rules]
    _numbers: tuple[NamedNumber, ...]
    _stores: tuple[NamedStore, ...] = ()
    _mentions: tuple[Mention, ...] = ()
    _targets: tuple[NamedTarget, ...] = ()
    absent: Absent = field(default_factory=Absent, compare=False)

    @property
    def booking(self) -> bool:
        """Whether finished invoices are booked; off makes drafts only."""
        return self.settings.booking

    @property
    def booking_limit(self) -> int | None:
        """Live bookings an hour; None is off."""
        return self.settings.booking_limit

    @property
    def stock_since(self) -> datetime.date | None:
        """From when orders count for stock: `stock.since`, else the date of `orders.since`."""
        if self.settings.stock.since is not None:
            return self.settings.stock.since
        since = self.settings.orders.since
        return since if isinstance(since, datetime.date) else None

    def for_store(self, code: str) -> Rules:
        """The rules for a store view's code."""
        return self._by_store.get(code, self._rules)

    def every_rules(self) -> tuple[Rules, ...]:
        """The shop's rules, and those of each store view that has its own."""
        return (self._rules, *self._by_store.values())

    def numbers(self) -> tuple[NamedNumber, ...]:
        """Everything that the profile names in the agreement, with the place where it stands."""
        return self._numbers

    def stores(self) -> tuple[NamedStore, ...]:
        """Every store view's code that the profile names, with the place where it stands."""
        return self._stores

    def mentions(self) -> tuple[Mention, ...]:
        """Everything else of Magento's that the profile names, with the place where it stands."""
        return self._mentions

    def targets(self) -> tuple[NamedTarget, ...]:
        """Where in Magento each field of a product goes that e-conomic owns, with the place where that stands."""
        return self._targets

    def views(self) -> tuple[str, ...]:
        """The codes of the store views that have rules of their own."""
        return tuple(self._by_store)


def load_profile(named: str | Path) -> Profile:
    """Read a profile by its path, or by the name of a shipped one.

    Raises:
        ProfileError: with every mistake, each with file, line, what is allowed and the nearest name.
    """
    problems: list[Problem] = []
    tree, own = read_chain(str(named), problems)
    table = tree.value if isinstance(tree.value, dict) else {}
    stores = table.get("stores")
    base = Tree({k: v for k, v in table.items() if k != "stores"}, tree.mark)
    views = {"": base, **dict(_store_trees(base, stores, problems))}
    rules: dict[str, Rules] = {}
    numbers: list[NamedNumber] = []
    mentioned: list[Mention] = []
    targets: tuple[NamedTarget, ...] = ()
    absent = Absent()
    for code, view in views.items():
        settings, usable, wrong = _validated(view, problems)
        if settings is None:
            continue
        problems += naming_problems(settings, usable, own, wrong)
        problems += owner_problems(settings, usable)
        if not code:
            problems += target_problems(settings, usable, wrong)
            targets = named_targets(settings, usable)
        rules[code] = compile_rules(settings, usable, problems, absent)
        numbers += named_numbers(rules[code], usable)
        mentioned += mentions(rules[code], usable)
        if not code:
            problems += number_problems(targets, mentioned)
    if problems:
        raise ProfileError(problems)
    return Profile(
        name=str(named),
        settings=rules[""].settings,
        fingerprint=_fingerprint(tree),
        _rules=rules[""],
        _by_store={code: r for code, r in rules.items() if code},
        _numbers=tuple(dict.fromkeys(numbers)),
        _stores=tuple(named_stores(tree)),
        _mentions=tuple(dict.fromkeys(mentioned)),
        _targets=targets,
        absent=absent,
    )


def _validated(view: Tree, problems: list[Problem]) -> tuple[Settings | None, Tree, frozenset[tuple[Step, ...]]]:
    """The settings, with wrong values left out so that the rest is checked too; and the places that were left out."""
    wrong: set[tuple[Step, ...]] = set()
    for _ in range(_ROUNDS):
        try:
            return Settings.model_validate(view.plain()), view, frozenset(wrong)
        except ValidationError as error:
            found = list(problems_of(error, view, Settings))
        problems += [problem for where, problem in found if where not in wrong]
        for where, _ in sorted(found, key=lambda f: tuple(str(s).rjust(4, "0") for s in f[0]), reverse=True):
            wrong.add(where)
            stands = bool(where) and view.find(where[:-1]).child(where[-1]) is not None
            view = view.without(where if stands else where[:-1])
    return None, view, frozenset(wrong)


def _store_trees(base: Tree, stores: Tree | None, problems: list[Problem]) -> Iterator[tuple[str, Tree]]:
    if stores is None or stores.value is None:
        return
    if not isinstance(stores.value, dict):
        problems.append(
            Problem(stores.mark.file, stores.mark.line, "`stores` must be a table: a store view's code, then keys")
        )
        return
    for code, view in stores.value.items():
        if not isinstance(view.value, dict):
            problems.append(Problem(view.mark.file, view.mark.line, f"`stores.{code}` must be a table of keys"))
            continue
        for key, child in view.value.items():
            if key not in PER_STORE:
                problems.append(
                    Problem(
                        child.mark.file,
                        child.mark.line,
                        f"`stores.{code}.{key}` cannot be set per store view{nearest(key, PER_STORE)} "
                        f"(allowed: {', '.join(sorted(PER_STORE))})",
                    )
                )
        allowed = Tree({k: v for k, v in view.value.items() if k in PER_STORE}, view.mark)
        yield code, merge(base, allowed)


def _fingerprint(tree: Tree) -> str:
    text = json.dumps(tree.plain(), sort_keys=True, ensure_ascii=False, default=text_of)
    return hashlib.sha256(text.encode()).hexdigest()
