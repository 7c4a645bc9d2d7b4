"""Whether what the profile names in Magento is there: groups, methods, statuses, attributes, columns.

What Magento's database lists for certain refuses a start when it lacks a name. Payment and shipping methods and order
statuses are listed nowhere for certain, so a name that nobody has seen is a warning.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase

from cdc.names import ShopNames
from cdc.shop import Shop
from mapping.checking import nearest
from mapping.profile import Mention, Profile, shipped_names
from sync.check import Check
from sync.fieldchecks import check_fields

NAME = "profile's names in Magento"
_SHOWN = 12
_SHIPPED = frozenset(f"{name}.yaml" for name in shipped_names())
"""What a shipped profile names are the usual names in Danish shops, not this shop's."""


_COLUMNS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "order_column": ("sales_order", ("Order",)),
    "line_column": ("sales_order_item", ("OrderLine",)),
    "money_column": ("sales_order, sales_invoice or sales_creditmemo", ("Invoice", "CreditMemo")),
    "address_attribute": ("sales_order_address", ("Address",)),
    "customer_attribute": ("sales_order", ("Buyer", "Customer")),
    "product_attribute": ("sales_order_item", ("Goods", "Numbered", "Product")),
}
"""Where a third-party column stands, and the models through whose attributes it is named, by the kind of mention."""


def missing_columns(shop: Shop, profile: Profile) -> Iterator[tuple[Mention, str, tuple[str, ...]]]:
    """Third-party columns and attributes that the profile names without a default, and that are not there.

    Each comes with the column for people and the models through which it is named. Raises the errors of `cdc.errors`.
    """
    named = [one for one in profile.mentions() if one.kind in _COLUMNS and not one.spared and one.file not in _SHIPPED]
    if not named:
        return
    names = shop.names()
    for mention in named:
        if mention.code and not _there(mention, _known(mention, names, ())[1], names):
            tables, models = _COLUMNS[mention.kind]
            yield mention, f"{tables}.{mention.code}", models


def check_names(shop: Shop, profile: Profile, *, ran: bool = False) -> Iterator[Check]:
    """One check for each name that is not there, or one for all. Raises the errors of `cdc.errors`.

    `ran`: the profile was in use before, so that a column which is not there was dropped since. That is a warning: what
    its rule makes waits, everything else goes on.
    """
    yield from check_fields(shop, profile)
    stores = {(store.file, store.line, store.code) for store in profile.stores()}
    named = [
        mention
        for mention in profile.mentions()
        if mention.file not in _SHIPPED and (mention.file, mention.line, mention.code) not in stores
    ]
    if not named:
        return
    names = shop.names()
    codes = {store.code for store in shop.stores()}
    found = [check for mention in named if (check := _check(mention, names, codes, ran=ran)) is not None]
    yield from dict.fromkeys(found)
    if not found:
        yield Check(NAME, "ok", f"{len({(m.kind, m.code) for m in named})} names exist")


def _check(mention: Mention, names: ShopNames, stores: Collection[str], *, ran: bool) -> Check | None:
    what, known, fix = _known(mention, names, stores)
    if _there(mention, known, names):
        return None
    doubtful = mention.spared or mention.kind in ("payment", "shipping", "status") or (ran and mention.kind in _COLUMNS)
    listed = ", ".join(sorted(known)[:_SHOWN]) + (", ..." if len(known) > _SHOWN else "")
    return Check(
        NAME,
        "warning" if doubtful else "wrong",
        f"{mention.file}:{mention.line}: `{mention.path}`: {what} `{mention.code}`{nearest(mention.code, known)}",
        f"one of {listed}" if listed else "",
        fix,
    )


def _there(mention: Mention, known: Collection[str], names: ShopNames) -> bool:
    code = mention.code
    if code in known or (not code and mention.kind != "payment"):
        return True
    if mention.kind == "shipping":
        carrier = code.split("_")[0]
        return any(fnmatchcase(one, code) for one in known) or carrier.rstrip("*") in names.carriers
    return mention.kind == "payment" and any(fnmatchcase(one, code) for one in known)


def _known(mention: Mention, names: ShopNames, stores: Collection[str]) -> tuple[str, Collection[str], str]:
    """What is missing in words, the names that there are, and what to do."""
    columns, attributes = names.columns, names.attributes
    match mention.kind:
        case "store":
            return "Magento has no store view", stores, "The code is the one under Stores > All Stores in Magento."
        case "website":
            return "Magento has no website", names.websites, "The code is the one under Stores > All Stores in Magento."
        case "customer_group":
            return "Magento has no customer group", names.groups, "Customers > Customer Groups lists them."
        case "attribute_set":
            return "Magento has no attribute set", names.attribute_sets, "Stores > Attribute Set lists them."
        case "tax_class":
            return "Magento has no tax class", names.tax_classes, "Stores > Tax Rules lists them."
        case "payment":
            return (
                "neither Magento's settings nor its latest orders know a payment method",
                names.payments,
                "The code is the one in sales_order_payment.method; leave it when orders will have it later.",
            )
        case "shipping":
            return (
                "neither Magento's settings nor its latest orders know a shipping method",
                names.shipping,
                "The code is the one in sales_order.shipping_method, such as flatrate_flatrate.",
            )
        case "status":
            return (
                "no order has, and Magento does not list, a status",
                names.statuses,
                "Stores > Order Status lists them.",
            )
        case "order_column":
            return _column("sales_order", columns["sales_order"])
        case "line_column":
            return _column("sales_order_item", columns["sales_order_item"])
        case "money_column":
            both = names.all_columns["sales_order"] | columns["sales_invoice"] | columns["sales_creditmemo"]
            return _column("sales_order, sales_invoice or sales_creditmemo", both)
        case "address_attribute":
            known = attributes["customer_address"] | columns["sales_order_address"] | columns["customer_address_entity"]
            return "no address of Magento's has an attribute", known, _ATTRIBUTES
        case "customer_attribute":
            known = attributes["customer"] | columns["customer_entity"] | columns["sales_order"]
            return "no customer of Magento's has an attribute", known, _ATTRIBUTES
        case "product_attribute":
            known = attributes["catalog_product"] | columns["sales_order_item"]
            return "no product of Magento's has an attribute", known, _ATTRIBUTES


_ATTRIBUTES = "Custom attributes go by their code; columns that hold secrets or card data are never read."


def _column(table: str, known: Collection[str]) -> tuple[str, Collection[str], str]:
    fix = "Only columns that a module has added are attributes; columns that hold secrets or card data are never read."
    return f"Magento's table {table} has no further column", known, fix
