"""Store views, customer groups and tax classes: what orders, customers and products refer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cdc.config import Config, load_config
from cdc.layout import Layout, Reader
from cdc.models import CustomerGroup, Store
from cdc.rows import text


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """The small tables that entities refer to, read together in one snapshot."""

    config: Config
    stores: Mapping[int, Store]
    groups: Mapping[int, CustomerGroup]
    tax_classes: Mapping[int, str]
    website_codes: Mapping[int, str]

    def store(self, store_id: int | None, *, name: str = "", website_id: int = 0) -> Store:
        """The store view, or what can be said of one that is gone: no code, `name` as its last known name, and the
        settings of its website or of the default scope."""
        found = self.stores.get(store_id) if store_id is not None else None
        if found is not None:
            return found
        return _store(
            self.config,
            store_id or 0,
            "",
            name,
            website_id,
            self.website_codes.get(website_id, "") if website_id else "",
            0,
        )

    def group(self, group_id: int) -> CustomerGroup:
        """The customer group; one that is gone keeps its id and has no code and no tax class."""
        return self.groups.get(group_id) or CustomerGroup(id=group_id, code="", tax_class_id=0, tax_class="")


def load_references(reader: Reader, layout: Layout) -> References:
    """Read settings, store views, groups and tax classes."""
    config = load_config(reader, layout)
    stores, websites = _stores(reader, layout, config)
    classes = {
        int(row["class_id"]): text(row, "class_name")
        for row in reader.rows(f"SELECT class_id, class_name FROM {layout.quoted('tax_class')}")
    }
    groups = {
        int(row["customer_group_id"]): CustomerGroup(
            id=int(row["customer_group_id"]),
            code=text(row, "customer_group_code"),
            tax_class_id=int(row["tax_class_id"]),
            tax_class=classes.get(int(row["tax_class_id"]), ""),
        )
        for row in reader.rows(
            f"SELECT customer_group_id, customer_group_code, tax_class_id FROM {layout.quoted('customer_group')}"
        )
    }
    return References(config=config, stores=stores, groups=groups, tax_classes=classes, website_codes=websites)


def load_stores(reader: Reader, layout: Layout) -> tuple[Store, ...]:
    """The store views by id, without Magento's own ``admin``."""
    stores, _ = _stores(reader, layout, load_config(reader, layout))
    return tuple(store for store_id, store in sorted(stores.items()) if store_id)


def _stores(reader: Reader, layout: Layout, config: Config) -> tuple[dict[int, Store], dict[int, str]]:
    """The store views by id, and the codes of websites by theirs."""
    websites = {
        int(row["website_id"]): text(row, "code")
        for row in reader.rows(f"SELECT website_id, code FROM {layout.quoted('store_website')}")
    }
    stores = {}
    for row in reader.rows(
        f"SELECT store_id, code, website_id, group_id, name FROM {layout.quoted('store')} ORDER BY store_id"
    ):
        website_id = int(row["website_id"])
        stores[int(row["store_id"])] = _store(
            config,
            int(row["store_id"]),
            text(row, "code"),
            text(row, "name"),
            website_id,
            websites.get(website_id, ""),
            int(row["group_id"]),
        )
    return stores, websites


def _store(
    config: Config, store_id: int, code: str, name: str, website_id: int, website_code: str, group_id: int
) -> Store:
    return Store(
        id=store_id,
        code=code,
        name=name,
        website_id=website_id,
        website_code=website_code,
        group_id=group_id,
        timezone=config.value("general/locale/timezone", store_id=store_id, website_id=website_id),
        locale=config.value("general/locale/code", store_id=store_id, website_id=website_id),
        prices_include_tax=config.flag("tax/calculation/price_includes_tax", store_id=store_id, website_id=website_id),
    )
