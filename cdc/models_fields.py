"""Product attributes as Magento keeps them, and what one product holds in them, as `cdc` passes them on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

Held: TypeAlias = str | int | Decimal | None
"""A value as its row holds it: text, an option's id or a number; NULL is None."""

FieldScope = Literal["global", "website", "store"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductField:
    """A product attribute, or a column of catalog_product_entity.

    `id` is the attribute's, None for a column that is no attribute. `backend` is ``static`` for a column, else what its
    value table is called by. `input` and `source` are frontend_input and source_model. `data_type` is the value
    column's, `length` the most characters of a text, `digits` the most digits before a number's point and `scale` those
    behind it, `narrow` says that it has no room for characters beyond U+FFFF. `labels` maps the labels of options in
    the default scope to their ids, empty where the options are not in the database. `html`: Magento shows the value as
    HTML. `indexers` are those whose index holds it.
    """

    code: str
    id: int | None
    backend: Literal["static", "varchar", "text", "decimal", "int", "datetime"]
    input: str
    source: str = ""
    scope: FieldScope = "global"
    data_type: str = ""
    length: int | None = None
    digits: int = 0
    scale: int = 0
    narrow: bool = False
    nullable: bool = True
    html: bool = False
    required: bool = False
    labels: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    indexers: tuple[str, ...] = ()

    @property
    def has_labels(self) -> bool:
        """Whether its values are ids of options that Magento keeps in its database."""
        return self.input == "select" and (not self.source or self.source.endswith(("\\Source\\Table", "source_table")))


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldScopes:
    """What store views share: `views` maps codes to (store id, website id), ``admin`` to (0, 0), the default scope.

    `includes_tax` and `currencies` go by website id, 0 for the default scope: whether catalog prices hold VAT, and the
    currency that they are in. `websites` says whether each website has its own prices.
    """

    views: Mapping[str, tuple[int, int]]
    includes_tax: Mapping[int, bool]
    currencies: Mapping[int, str]
    websites: bool

    def stores_of(self, website_id: int) -> tuple[int, ...]:
        """The ids of a website's store views."""
        return tuple(sorted(store for store, website in self.views.values() if website == website_id))

    def website_of(self, store_id: int) -> int:
        """The website of a store view; 0 for the default scope."""
        return next((website for store, website in self.views.values() if store == store_id), 0)

    def code_of(self, store_id: int) -> str:
        """The code of a store view, its id where it is gone."""
        return next((code for code, (store, _) in self.views.items() if store == store_id), str(store_id))


@dataclass(frozen=True, slots=True)
class FieldFacts:
    """Attributes that are there, by code, and what store views share."""

    fields: Mapping[str, ProductField]
    scopes: FieldScopes


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldProduct:
    """What one product's rows hold, in one moment.

    `values` go by (attribute's code, store id) and hold what has a row; a store view without one inherits that of
    store 0. `website_ids` are those that the product is in, ascending. `key` is what its value rows hang on.
    """

    id: int
    key: int
    sku: str
    type: str
    website_ids: tuple[int, ...] = ()
    values: Mapping[tuple[str, int], Held] = field(default_factory=dict)

    def seen(self, code: str, store_id: int) -> Held:
        """What a store view shows: its own row, else the default scope's."""
        own = (code, store_id)
        return self.values[own] if own in self.values else self.values.get((code, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A value to be written: None empties the row."""

    code: str
    store_id: int
    value: Held
