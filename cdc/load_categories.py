"""The categories that products are in, with their names and those of what lies above them.

Facts: `catalog_category_entity.path` holds ids from the invisible root (1) over a store's root category down to the
category itself: ``1/2/5/9``. Names are EAV values of the entity type catalog_category. In Adobe Commerce they hang on
`row_id`, and of several scheduled rows of a category one is in force.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdc.layout import Layout, Reader
from cdc.models import Category
from cdc.rows import text

ROOTS = 2
"""So many ids at the beginning of a path are the invisible root and the store's root."""


def load_categories(reader: Reader, layout: Layout, product_ids: Sequence[int]) -> dict[int, tuple[Category, ...]]:
    """The categories of products by product id, in the order of their ids; a product in none is left out."""
    if not product_ids:
        return {}
    rows = reader.rows(
        f"SELECT p.product_id AS product, c.entity_id AS id, c.path FROM {layout.quoted('catalog_category_product')} p"
        f" JOIN {layout.quoted('catalog_category_entity')} c ON c.entity_id = p.category_id{_current(layout, 'c')}"
        f" WHERE p.product_id IN ({_marks(product_ids)}) ORDER BY p.product_id, c.entity_id",
        tuple(product_ids),
    )
    paths = {int(row["id"]): [int(step) for step in text(row, "path").split("/") if step.isdigit()] for row in rows}
    names = _names(reader, layout, sorted({step for path in paths.values() for step in path} | set(paths)))
    found: dict[int, tuple[Category, ...]] = {}
    for row in rows:
        category_id = int(row["id"])
        lineage = tuple((step, names.get(step, "")) for step in paths[category_id][ROOTS:])
        one = Category(id=category_id, name=names.get(category_id, ""), lineage=lineage)
        found[int(row["product"])] = (*found.get(int(row["product"]), ()), one)
    return found


def _names(reader: Reader, layout: Layout, ids: Sequence[int]) -> Mapping[int, str]:
    if not ids:
        return {}
    values = layout.quoted("catalog_category_entity_varchar")
    rows = layout.has("catalog_category_entity_varchar", "row_id")
    key = "row_id" if rows else "entity_id"
    found = reader.rows(
        f"SELECT c.entity_id AS id, v.value FROM {layout.quoted('catalog_category_entity')} c"
        f" JOIN {values} v ON v.{key} = c.{key} AND v.store_id = 0"
        f" JOIN {layout.quoted('eav_attribute')} a ON a.attribute_id = v.attribute_id AND a.attribute_code = 'name'"
        f" JOIN {layout.quoted('eav_entity_type')} t ON t.entity_type_id = a.entity_type_id"
        f" AND t.entity_type_code = 'catalog_category'"
        f" WHERE c.entity_id IN ({_marks(ids)}){_current(layout, 'c')}",
        tuple(ids),
    )
    return {int(row["id"]): text(row, "value") for row in found}


def _current(layout: Layout, alias: str) -> str:
    if not layout.has("catalog_category_entity", "row_id"):
        return ""
    return f" AND {alias}.created_in <= UNIX_TIMESTAMP() AND {alias}.updated_in > UNIX_TIMESTAMP()"


def _marks(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))
