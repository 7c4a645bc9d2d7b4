"""What is known of one order's products while it is planned: groups, facts of the catalog, what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cdc.models import Order, Product
from econ_client.answers import fit
from econ_client.documents import ProductAnswer
from mapping.compiled import Rules
from mapping.plan import Plan, WantedProduct
from mapping.problems import CannotMap
from mapping.productnumbers import line_number, needs_catalog
from sync import products
from sync.context import Context
from sync.state.claims import Claim
from sync.state.links import Link


@dataclass(slots=True)
class OrderGoods:
    """The products of one order. `groups` are those that e-conomic has them in, by number; see `mapping.setting`.

    Known products cost one read of the state and no call; the catalog is read for others only.
    """

    context: Context
    order: Order
    rules: Rules
    groups: dict[str, int] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    catalog: dict[int, Product] = field(default_factory=dict)
    _links: dict[str, Link] = field(default_factory=dict)
    _numbers: dict[int, str] = field(default_factory=dict)
    _loaded: bool = False
    _asked: bool = False

    @classmethod
    def of(cls, context: Context, order: Order) -> OrderGoods:
        """The products of an order, as far as the state knows them."""
        goods = cls(context, order, context.profile.for_store(order.store.code))
        goods._look()
        return goods

    @property
    def numbers(self) -> set[str]:
        """The product numbers of the order's lines, those left out that cannot be a number."""
        return set(self._numbers.values())

    def load(self) -> bool:
        """Read of the catalog what the lines' numbers, or products that may have to be made, depend on.

        Whether anything is known now that was not before.
        """
        if self._loaded:
            return False
        self._loaded = True
        known = {line for line, number in self._numbers.items() if self._is_known(number)}
        lines = [line for line in self.order.lines if needs_catalog(self.rules) or line.id not in known]
        ids = {line.catalog_id for line in lines if line.catalog_id is not None}
        self.catalog = self.context.shop.products(ids) if ids else {}
        if self.catalog:
            self._look()
        return bool(self.catalog)

    def ask(self, claim: Claim) -> bool:
        """Ask e-conomic, once, in which groups the products are now; whether some are in others than was known."""
        if self._asked:
            return False
        self._asked = True
        there = products.groups_there(self.context, claim, self.numbers)
        news = not there.items() <= self.groups.items()
        self.groups |= there
        return news

    def lacking(self, plan: Plan) -> list[WantedProduct]:
        """The products of a plan that are not known to exist."""
        wanted = {product.number: product for document in plan.documents for product in document.products}
        return [product for number, product in wanted.items() if number not in self.groups]

    def ensure(self, claim: Claim, wanted: Iterable[WantedProduct]) -> None:
        """Make products exist. Raises `Ended` where the profile or people have to decide, and what a write raises."""
        asked = list(wanted)
        stand_in = self.rules.settings.products.stand_in is not None
        found = products.ensure_all(self.context, claim, asked, may_lack=stand_in)
        self.groups |= found
        self.missing |= {product.number for product in asked if product.number not in found}

    def suppose(self, wanted: Iterable[WantedProduct]) -> None:
        """For a look ahead: products are in the group that e-conomic has them in, or that they would be made in."""
        stand_in = self.rules.settings.products.stand_in is not None
        for product in wanted:
            there = products.read(self.context, product.number, self._links.get(product.number))
            if there is not None:
                self.groups[product.number] = fit(there, ProductAnswer).product_group.product_group_number
            elif product.body is None and stand_in and product.sku:
                self.missing.add(product.number)
            else:
                self.groups[product.number] = product.body.product_group.product_group_number if product.body else 0

    def own(self, claim: Claim, plan: Plan) -> None:
        """See to it that each known product stands for one SKU alone. Raises `Ended` (``number_taken``)."""
        for document in plan.documents:
            for product in document.products:
                products.own_number(self.context, claim, self._links.get(product.number), product, self.rules)

    def _is_known(self, number: str) -> bool:
        return number in self.groups or number in self.context.agreement.products

    def _look(self) -> None:
        self._numbers = {}
        for line in self.order.lines:
            try:
                self._numbers[line.id] = line_number(line, self.rules, self.catalog).number
            except CannotMap:
                continue  # the plan says why
        self._links = products.links_of(self.context, self.numbers)
        self.groups |= products.groups_in(self._links)
