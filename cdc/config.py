"""Magento's settings as its database keeps them.

core_config_data holds only what differs from the modules' config.xml; scopes fall back stores -> websites -> default
-> config.xml. env.php, config.php and CONFIG__ environment variables can override it unseen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cdc.layout import Layout, Reader

DEFAULTS: Mapping[str, str] = {
    "tax/calculation/price_includes_tax": "0",
    "tax/calculation/shipping_includes_tax": "0",
    "tax/calculation/discount_tax": "0",
    "tax/calculation/algorithm": "TOTAL_BASE_CALCULATION",
    "tax/calculation/apply_after_discount": "1",
    "tax/calculation/based_on": "shipping",
    "tax/classes/shipping_tax_class": "0",
    "tax/classes/default_product_tax_class": "2",
    "tax/defaults/country": "US",
    "currency/options/base": "USD",
    "currency/options/default": "USD",
    "catalog/price/scope": "0",
    "general/locale/code": "en_US",
    "general/locale/timezone": "America/Los_Angeles",
    "general/country/default": "US",
    "general/store_information/merchant_vat_number": "",
    "cataloginventory/item_options/manage_stock": "1",
    "cataloginventory/item_options/backorders": "0",
    "cataloginventory/item_options/min_qty": "0",
    "cataloginventory/item_options/notify_stock_qty": "1",
    "cataloginventory/options/can_subtract": "1",
    "cataloginventory/options/can_back_in_stock": "1",
    "sales_email/general/async_sending": "0",
    "dev/grid/async_indexing": "0",
}
"""Values of Magento's config.xml files for the paths that are read."""


@dataclass(frozen=True, slots=True)
class Config:
    """Settings by (scope, scope id, path); a row whose value is NULL is no setting."""

    values: Mapping[tuple[str, int, str], str]

    def value(self, path: str, *, store_id: int | None = None, website_id: int | None = None) -> str:
        """A setting as a store view sees it. Raises `KeyError` for a path that is not in `DEFAULTS`."""
        default = DEFAULTS[path]
        for scope, scope_id in (("stores", store_id), ("websites", website_id), ("default", 0)):
            if scope_id is not None:
                found = self.values.get((scope, scope_id, path))
                if found is not None:
                    return found
        return default

    def flag(self, path: str, *, store_id: int | None = None, website_id: int | None = None) -> bool:
        """A yes/no setting as a store view sees it."""
        return self.value(path, store_id=store_id, website_id=website_id).strip() not in ("", "0")


def load_config(reader: Reader, layout: Layout) -> Config:
    """Read the settings of `DEFAULTS` from core_config_data."""
    marks = ", ".join(["%s"] * len(DEFAULTS))
    rows = reader.rows(
        f"SELECT scope, scope_id, path, value FROM {layout.quoted('core_config_data')} WHERE path IN ({marks})",
        tuple(DEFAULTS),
    )
    return Config(
        {
            (row["scope"], int(row["scope_id"]), row["path"]): str(row["value"])
            for row in rows
            if row["value"] is not None
        }
    )
