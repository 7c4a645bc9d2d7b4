"""Which product of Magento's a number in e-conomic stands for, by the profile's `products.number`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from cdc.models import Scalar
from cdc.models_stock import StockProduct
from cdc.shop import Shop
from mapping.compiled import Rules
from mapping.problems import CannotMap
from mapping.productnumbers import needs_catalog, number_of

Match: TypeAlias = StockProduct | Literal["only_economic", "ambiguous_sku"]
"""The one product; or no product has the number, or several do."""

PAGE = 1000
"""Products that are read at once."""

KEPT = 3600.0
"""Seconds for which the numbers of a whole catalog are kept."""

LEAST = 60.0
"""Seconds between two readings of the whole catalog because of numbers that nobody has."""


class Catalog(Protocol):
    """Magento's products by SKU and in pages: `cdc.stock.StockTables` or `cdc.product_write.ProductTables`."""

    def find(self, skus: Collection[str]) -> dict[str, list[StockProduct]]:
        """Every product that the database takes for a SKU: other cases and trailing spaces too."""

    def catalog(self, after_id: int, limit: int) -> list[StockProduct]:
        """Products with a greater entity id, by entity id."""


Scalars: TypeAlias = Mapping[str, Scalar]
Load: TypeAlias = Callable[[Collection[int]], Mapping[int, Scalars]]
"""The attributes of products by entity id."""


def load_from(shop: Shop) -> Load:
    """Attributes as the catalog's own reconcile sees them."""
    return lambda ids: {one.id: one.attributes for one in shop.products(ids).values()}


class Matcher:
    """Finds products by number and numbers by SKU. One object serves many threads.

    Without a rule of the profile's the number is the SKU, so that only the SKUs asked for are looked up. With a rule,
    or with shortened numbers, the numbers of the whole catalog are kept in memory, a few hundred bytes each. They are
    read again after an hour, and soon when a number is asked for that none of them is, or whose product has another by
    now; products made meanwhile are looked at for each such number. Every method raises the errors of `cdc.errors`.
    """

    def __init__(
        self, catalog: Catalog, rules: Rules, load: Load, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._catalog = catalog
        self._rules = rules
        self._load = load
        self._clock = clock
        self._attributes = needs_catalog(rules)
        keys = rules.settings.products
        self._plain = rules.field("products", "number") is None and keys.long_number == "stop"
        self._lock = threading.Lock()
        self._kept: _Kept | None = None

    def match(self, numbers: Collection[str]) -> dict[str, Match]:
        """What each number stands for; every number is in the answer."""
        found = self._matched(numbers)
        moved = self._moved(found)
        if moved and self._let_go():
            found |= self._matched(moved)
            moved = self._moved({number: found[number] for number in moved})
        for number in moved:
            found[number] = "only_economic"
        return found

    def _matched(self, numbers: Collection[str]) -> dict[str, Match]:
        wanted = dict.fromkeys(numbers)
        skus = {number: {number} for number in wanted} if self._plain else self._skus(wanted)
        asked = sorted({sku for several in skus.values() if len(several) == 1 for sku in several})
        found = self._catalog.find(asked) if asked else {}
        return {number: _match(skus.get(number, set()), found) for number in wanted}

    def _moved(self, found: Mapping[str, Match]) -> list[str]:
        """The numbers whose product has another number by now than the one that is kept."""
        if self._plain:
            return []
        products = {number: match for number, match in found.items() if isinstance(match, StockProduct)}
        own = {product.id: number for number, product in self._numbered(list(products.values()))}
        return [number for number, product in products.items() if own[product.id] != number]

    def _let_go(self) -> bool:
        """Drop what is kept, unless it was read a moment ago; whether it was dropped."""
        with self._lock:
            old = self._kept is not None and self._clock() - self._kept.read_at > LEAST
            if old:
                self._kept = None
            return old

    def number_of(self, skus: Collection[str]) -> dict[str, str | None]:
        """The number that each SKU would have; None where the profile gives it none."""
        known: dict[str, Scalars] = {}
        if self._attributes:
            found = self._catalog.find(list(dict.fromkeys(skus)))
            products = {one.id: one.sku.strip() for several in found.values() for one in several}
            known = {products[one]: values for one, values in self._load(sorted(products)).items()}
        return {sku: self._number(sku, known.get(sku.strip())) for sku in skus}

    def exists(self, sku: str) -> bool:
        """Whether Magento has a product with this SKU, as its database compares them."""
        return bool(self._catalog.find([sku]).get(sku))

    def pages(self) -> Iterator[list[tuple[str, StockProduct]]]:
        """Every product of the shop that has a number, with it, page by page; of one number there may be several."""
        last = 0
        while page := self._catalog.catalog(last, PAGE):
            last = page[-1].id
            yield [(number, product) for number, product in self._numbered(page) if number is not None]

    def forget(self) -> None:
        """Drop what is kept: the catalog has changed."""
        with self._lock:
            self._kept = None

    def _skus(self, numbers: Iterable[str]) -> dict[str, set[str]]:
        with self._lock:
            now = self._clock()
            kept = self._kept
            if kept is None or now - kept.read_at > KEPT:
                kept = self._kept = self._read(_Kept(read_at=now))
            unknown = [number for number in numbers if number not in kept.skus]
            if unknown and kept.read_at != now:
                self._read(kept)
                unknown = [number for number in unknown if number not in kept.skus]
            if not kept.strangers.issuperset(unknown) and now - kept.read_at > LEAST:
                kept = self._kept = self._read(_Kept(read_at=now, strangers=kept.strangers.union(unknown)))
            return {number: set(kept.skus.get(number, ())) for number in numbers}

    def _read(self, kept: _Kept) -> _Kept:
        """Add the products with ids beyond those that are kept."""
        while page := self._catalog.catalog(kept.last, PAGE):
            kept.last = page[-1].id
            for number, product in self._numbered(page):
                if number is not None:
                    kept.skus.setdefault(number, set()).add(product.sku)
        return kept

    def _numbered(self, page: Collection[StockProduct]) -> Iterator[tuple[str | None, StockProduct]]:
        loaded = self._load([product.id for product in page]) if self._attributes else {}
        for product in page:
            yield self._number(product.sku, loaded.get(product.id)), product

    def _number(self, sku: str, attributes: Scalars | None) -> str | None:
        try:
            return number_of(sku, self._rules, attributes).number
        except CannotMap:
            return None


@dataclass(slots=True)
class _Kept:
    """The SKUs of each number, of all products up to the id `last`; `strangers` were looked for in vain."""

    read_at: float
    strangers: frozenset[str] = frozenset()
    last: int = 0
    skus: dict[str, set[str]] = field(default_factory=dict)


def _match(skus: Collection[str], found: Mapping[str, list[StockProduct]]) -> Match:
    if len(skus) > 1:
        return "ambiguous_sku"
    for sku in skus:
        products = found.get(sku, [])
        if len(products) > 1:
            return "ambiguous_sku"
        if products and products[0].sku.strip() == sku.strip():
            return products[0]
    return "only_economic"
