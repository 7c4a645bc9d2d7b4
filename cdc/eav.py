"""Attributes that merchants and modules define (EAV), their values, and the labels of their options.

A value row with store 0 is the default; a row of a store view overrides it, also with NULL. Select options live in
eav_attribute_option_value, label by store view, when the attribute's source model is Magento's table source or none.
Magento 1 keeps names, VAT numbers and addresses of customers so too, and has value tables of customers without stores.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cdc.columns import guarded
from cdc.layout import Layout, Reader
from cdc.models import Scalar
from cdc.rows import scalar, text, whole

EntityType = Literal["customer", "customer_address", "catalog_product"]
Values = dict[int, dict[int, dict[str, Scalar]]]
"""entity key -> store id -> attribute code -> value."""

BACKENDS = ("int", "varchar", "text", "decimal", "datetime")
_TABLES: Mapping[EntityType, str] = {
    "customer": "customer_entity",
    "customer_address": "customer_address_entity",
    "catalog_product": "catalog_product_entity",
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute. `options` says that its values are option ids with labels, `multiple` that they are lists."""

    id: int
    code: str
    backend: str
    options: bool
    multiple: bool


class Eav:
    """Reads values by attribute code; attributes and labels are kept for `keep` seconds, or until `forget`.

    A new attribute or an option not seen before is looked up at once. One object serves many threads.
    """

    def __init__(self, *, keep: float = 60) -> None:
        self._keep = keep
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Drop what is kept: attributes or options have changed."""
        with self._lock:
            self._known: dict[EntityType, dict[int, Attribute]] = {}
            self._newest = -1
            self._labels: dict[int, dict[int, str]] = {}
            self._until = time.monotonic() + self._keep

    def attributes(self, reader: Reader, layout: Layout, entity: EntityType) -> Mapping[int, Attribute]:
        """The attributes of an entity type that may be read and have value rows of their own, by id."""
        newest = whole(reader.rows(f"SELECT MAX(attribute_id) AS n FROM {layout.quoted('eav_attribute')}")[0], "n")
        if newest != self._newest or time.monotonic() > self._until:
            self.forget()
            self._newest = newest
        known = self._known.get(entity)
        if known is None:
            known = self._known[entity] = _load_attributes(reader, layout, entity)
        return known

    def values(self, reader: Reader, layout: Layout, entity: EntityType, keys: Sequence[int]) -> Values:
        """The values of some entities, option labels resolved.

        `keys` are entity ids, row ids where a product's values hang on them. An option that is gone gives None.
        """
        known = self.attributes(reader, layout, entity)
        found: list[tuple[int, int, Attribute, Any]] = []
        if keys:
            for backend in BACKENDS:
                ids = [a.id for a in known.values() if a.backend == backend]
                table = f"{_TABLES[entity]}_{backend}"
                if ids and layout.has(table):
                    found += _rows(reader, layout, table, known, ids, keys)
        labels = self._labels_of(reader, layout, {o for _, _, a, v in found if a.options for o in option_ids(v)})
        values: Values = {}
        for key, store_id, attribute, value in found:
            shown = label(labels, attribute, value, store_id) if attribute.options else scalar(value)
            values.setdefault(key, {}).setdefault(store_id, {})[attribute.code] = shown
        return values

    def _labels_of(self, reader: Reader, layout: Layout, options: Iterable[int]) -> Mapping[int, Mapping[int, str]]:
        kept = self._labels
        unknown = sorted(option for option in options if option not in kept)
        if unknown:
            marks = ", ".join(["%s"] * len(unknown))
            fresh: dict[int, dict[int, str]] = {}
            for row in reader.rows(
                f"SELECT option_id, store_id, value FROM {layout.quoted('eav_attribute_option_value')}"
                f" WHERE option_id IN ({marks})",
                unknown,
            ):
                if row["value"] is not None:
                    fresh.setdefault(int(row["option_id"]), {})[int(row["store_id"])] = str(row["value"])
            kept.update(fresh)
        return kept


def option_ids(value: object) -> list[int]:
    """The option ids in a select's or multiselect's value: ``4``, ``"4"`` or ``"4,5"``."""
    if value is None:
        return []
    return [int(part) for part in str(value).split(",") if part.strip().isdigit()]


def label(labels: Mapping[int, Mapping[int, str]], attribute: Attribute, value: object, store_id: int) -> str | None:
    """The label of an option, several joined by comma and space; the store view's own, else the default."""
    shown = []
    for option in option_ids(value):
        by_store = labels.get(option, {})
        text_of = by_store.get(store_id, by_store.get(0))
        if text_of is not None:
            shown.append(text_of)
    if not attribute.multiple:
        return shown[0] if shown else None
    return ", ".join(shown) if shown else None


def _load_attributes(reader: Reader, layout: Layout, entity: EntityType) -> dict[int, Attribute]:
    columns = ", ".join(
        f"a.{column}"
        for column in ("attribute_id", "attribute_code", "backend_type", "frontend_input", "source_model")
        if layout.has("eav_attribute", column)
    )
    rows = reader.rows(
        f"SELECT {columns} FROM {layout.quoted('eav_attribute')} a JOIN {layout.quoted('eav_entity_type')} t"
        " ON t.entity_type_id = a.entity_type_id WHERE t.entity_type_code = %s",
        (entity,),
    )
    attributes = {}
    for row in rows:
        code, backend = text(row, "attribute_code"), text(row, "backend_type")
        if backend not in BACKENDS or guarded(code, backend):
            continue
        choice = text(row, "frontend_input") in ("select", "multiselect")
        source = text(row, "source_model")
        attributes[int(row["attribute_id"])] = Attribute(
            id=int(row["attribute_id"]),
            code=code,
            backend=backend,
            options=choice and (not source or source.endswith(("\\Source\\Table", "_source_table"))),
            multiple=text(row, "frontend_input") == "multiselect",
        )
    return attributes


def _rows(
    reader: Reader,
    layout: Layout,
    table: str,
    known: Mapping[int, Attribute],
    attribute_ids: Sequence[int],
    keys: Sequence[int],
) -> list[tuple[int, int, Attribute, Any]]:
    key = "row_id" if layout.has(table, "row_id") else "entity_id"
    store = "store_id" if layout.has(table, "store_id") else "0 AS store_id"
    some_keys, some_ids = ", ".join(["%s"] * len(keys)), ", ".join(["%s"] * len(attribute_ids))
    rows = reader.rows(
        f"SELECT {key} AS entity, attribute_id, {store}, value FROM {layout.quoted(table)}"
        f" WHERE {key} IN ({some_keys}) AND attribute_id IN ({some_ids}) ORDER BY {key}, attribute_id",
        (*keys, *attribute_ids),
    )
    return [(int(r["entity"]), int(r["store_id"]), known[int(r["attribute_id"])], r["value"]) for r in rows]
