"""Which columns that the profile names are there: a rule that names a missing one makes nothing until it is back.

Columns that a module added are named by the profile (`order.attributes.fee`): one that is not there is missing. Of
Magento's own, versions differ, and one that a version never had counts as empty; one that was there before is missing,
for nothing is to be made from values that went away.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping

from cdc.columns import READS
from cdc.shop import Shop
from mapping.absent import Named
from mapping.profile import Profile
from sync.namechecks import missing_columns
from sync.state.state import State

log = logging.getLogger("magento_economic.capture")

_SEEN = "columns"

_MODELS: Mapping[str, str] = {
    "sales_order": "Order",
    "sales_order_item": "OrderLine",
    "sales_order_address": "Address",
    "sales_order_payment": "Payment",
    "sales_invoice": "Invoice",
    "sales_creditmemo": "CreditMemo",
    "customer_entity": "Customer",
}
_OTHERWISE: Mapping[str, Named] = {
    "sales_order.customer_taxvat": ("Buyer", "taxvat"),
    "sales_order.customer_email": ("Buyer", "email"),
    "sales_order.customer_firstname": ("Buyer", "firstname"),
    "sales_order.customer_lastname": ("Buyer", "lastname"),
}
"""Columns that expressions know by other names than the table's."""


def look(state: State, shop: Shop, profile: Profile) -> None:
    """Tell the profile which columns are absent now. Raises the errors of `cdc.errors` and `sync.state.errors`."""
    layout = shop.layout
    there = {f"{table}.{one}" for table, reads in READS.items() for one in reads.wanted if layout.has(table, one)}
    seen = frozenset(json.loads(state.get(_SEEN) or "[]"))
    if there - seen:
        state.put(_SEEN, json.dumps(sorted(seen | there)))
    absent = {named: column for column in sorted(seen - there) for named in _names_of(column)}
    for mention, column, models in missing_columns(shop, profile):
        absent |= {(model, mention.code): column for model in models}
    if absent != profile.absent.columns:
        said = ", ".join(sorted(set(absent.values())))
        log.warning("columns that are missing in Magento: %s; rules that name them wait", said or "none any more")
    profile.absent.columns = absent


def _names_of(column: str) -> Iterator[Named]:
    table, _, name = column.partition(".")
    if table in _MODELS:
        yield _MODELS[table], name
    if column in _OTHERWISE:
        yield _OTHERWISE[column]
