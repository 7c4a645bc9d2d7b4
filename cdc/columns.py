"""Which columns are read, table by table; nothing is ever selected with a star.

What a module of another vendor added to a table is read into `attributes` unless its name says that it guards
something (`guarded`) or its type is binary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_GUARDED = re.compile(
    r"passw|passwd|pwd|secret|token|hash(?!tag)|crypt|credential|signature|private_?key|api_?key|form_key|^uenc$|nonce"
    r"|^cc_|_cc_|card|cvv|cvc|cvn|(^|_)iban(_|$)|routing_number|account_number|echeck|protect_code|auth_?code|oauth"
    r"|pin_code|session_?(id|key|cutoff)|(^|_)ip(_address)?$|x_forwarded_for|^confirmation$|(^|_)(otp|dob|cpr|ssn)(_|$)",
)
_CARD_AMOUNT = re.compile(
    r"gift_?cards?_.*(amount|invoiced|refunded)|^gift_?cards?_amount|card.*_?(amount|fee|price|surcharge|tax)(_|$)"
)
_READABLE = frozenset(
    [
        "tinyint",
        "smallint",
        "mediumint",
        "int",
        "bigint",
        "decimal",
        "float",
        "double",
        "char",
        "varchar",
        "tinytext",
        "text",
        "mediumtext",
        "longtext",
        "enum",
        "set",
        "date",
        "datetime",
        "timestamp",
        "year",
        "json",
    ]
)


@dataclass(frozen=True, slots=True)
class Reads:
    """What is read of one table: without `needed` loading is refused, what is missing of `wanted` counts as NULL.

    `core` are Magento's own columns that nobody needs; of tables with `extras` every column beyond these is read as a
    third-party attribute.
    """

    needed: tuple[str, ...]
    wanted: tuple[str, ...] = ()
    core: tuple[str, ...] = ()
    extras: bool = False
    optional: bool = False


def guarded(name: str, data_type: str = "varchar") -> bool:
    """Whether a column, attribute code or option key is never read: passwords, tokens, cards, birthdays, addresses of
    machines.

    Amounts of gift cards, of fees for cards and of wrapping with a card are money and are read; codes are not.
    """
    lowered = name.lower()
    if _CARD_AMOUNT.search(lowered) and data_type in ("decimal", "float", "double"):
        return False
    return _GUARDED.search(lowered) is not None


def columns_to_read(table: str, present: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The columns to select from a table whose `present` columns map to data types: (model's own, third-party)."""
    reads = READS[table]
    own = [c for c in (*reads.needed, *reads.wanted) if c in present]
    if not reads.extras:
        return own, []
    known = magentos_own(table)
    extra = [c for c, kind in present.items() if c not in known and kind in _READABLE and not guarded(c, kind)]
    return own, extra


def magentos_own(table: str) -> frozenset[str]:
    """The columns of a table that every Magento has, read or not."""
    reads = READS[table]
    return frozenset((*reads.needed, *reads.wanted, *reads.core))


def _names(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_PERSON = "prefix firstname middlename lastname suffix company street city region postcode country_id telephone"
_TOTALS = (
    "subtotal shipping_amount shipping_tax_amount shipping_incl_tax tax_amount discount_amount"
    " discount_tax_compensation_amount shipping_discount_tax_compensation_amount"
)
_BASE_TOTALS = (
    "base_subtotal base_shipping_amount base_shipping_tax_amount base_shipping_incl_tax base_tax_amount"
    " base_discount_amount base_discount_tax_compensation_amount base_shipping_discount_tax_compensation_amnt"
)
_BASE_ROW = (
    "base_row_total base_row_total_incl_tax base_discount_amount base_discount_tax_compensation_amount base_tax_amount"
    " base_weee_tax_applied_row_amnt base_price base_price_incl_tax"
)
_SUB_LINE = (
    "sku name row_total discount_amount discount_tax_compensation_amount tax_amount weee_tax_applied_row_amount"
    f" {_BASE_ROW}"
)
_BILL = (
    "store_id total_qty base_to_order_rate base_to_global_rate store_to_order_rate store_to_base_rate subtotal_incl_tax"
    " base_subtotal_incl_tax billing_address_id shipping_address_id email_sent send_email store_currency_code"
    " order_currency_code base_currency_code global_currency_code transaction_id updated_at discount_description"
    " customer_note customer_note_notify"
)
"""Magento's own columns of invoices and credit memos that nobody needs."""
_EAV = Reads(_names("attribute_id entity_id value"), optional=True)
_CATALOG_EAV = Reads(_names("attribute_id store_id value"), _names("entity_id row_id"))

READS: Mapping[str, Reads] = {
    "sales_order": Reads(
        _names(
            "entity_id increment_id state status store_id customer_id created_at updated_at grand_total subtotal"
            " tax_amount shipping_amount discount_amount order_currency_code base_currency_code"
        ),
        _names(
            f"{_TOTALS} original_increment_id relation_child_id relation_parent_id store_name customer_is_guest"
            " customer_email customer_firstname customer_lastname customer_taxvat customer_group_id is_virtual"
            " base_to_order_rate base_grand_total coupon_code discount_description shipping_method shipping_description"
            " shipping_discount_amount total_paid total_due total_invoiced total_canceled total_refunded"
            f" shipping_canceled billing_address_id shipping_address_id {_BASE_TOTALS} base_shipping_discount_amount"
            " base_shipping_canceled"
        ),
        _names(
            "adjustment_negative adjustment_positive base_adjustment_negative base_adjustment_positive"
            " base_discount_canceled base_discount_invoiced base_discount_refunded"
            " base_discount_tax_compensation_invoiced base_discount_tax_compensation_refunded base_shipping_invoiced"
            " base_shipping_refunded base_shipping_tax_refunded base_subtotal_canceled base_subtotal_incl_tax"
            " base_subtotal_invoiced base_subtotal_refunded base_tax_canceled base_tax_invoiced base_tax_refunded"
            " base_to_global_rate base_total_canceled base_total_due base_total_invoiced base_total_invoiced_cost"
            " base_total_offline_refunded base_total_online_refunded base_total_paid base_total_qty_ordered"
            " base_total_refunded can_ship_partially can_ship_partially_item customer_note_notify discount_canceled"
            " discount_invoiced discount_refunded discount_tax_compensation_invoiced"
            " discount_tax_compensation_refunded edit_increment email_sent forced_shipment_with_invoice"
            " gift_message_id global_currency_code customer_gender hold_before_state hold_before_status"
            " payment_auth_expiration payment_authorization_amount paypal_ipn_customer_notified protect_code"
            " quote_address_id quote_id relation_child_real_id relation_parent_real_id send_email"
            " shipping_invoiced shipping_refunded shipping_tax_refunded store_currency_code store_to_base_rate"
            " store_to_order_rate subtotal_canceled subtotal_incl_tax subtotal_invoiced subtotal_refunded"
            " tax_canceled tax_invoiced tax_refunded total_item_count total_offline_refunded total_online_refunded"
        ),
        extras=True,
    ),
    "sales_order_item": Reads(
        _names("item_id order_id parent_item_id product_id product_type sku name qty_ordered price row_total"),
        _names(
            "product_options is_virtual qty_canceled qty_invoiced qty_shipped qty_refunded price_incl_tax"
            " row_total_incl_tax discount_percent discount_amount discount_tax_compensation_amount tax_percent"
            f" tax_amount weee_tax_applied_row_amount tax_canceled {_BASE_ROW}"
        ),
        _names(
            "quote_item_id store_id created_at updated_at applied_rule_ids additional_data no_discount"
            " base_original_price tax_invoiced base_tax_invoiced discount_invoiced base_discount_invoiced"
            " amount_refunded base_amount_refunded row_invoiced base_row_invoiced row_weight base_tax_before_discount"
            " tax_before_discount locked_do_invoice locked_do_ship discount_tax_compensation_invoiced"
            " base_discount_tax_compensation_invoiced discount_tax_compensation_refunded"
            " base_discount_tax_compensation_refunded discount_tax_compensation_canceled tax_refunded"
            " base_tax_refunded discount_refunded base_discount_refunded gift_message_id gift_message_available"
            " free_shipping weee_tax_applied weee_tax_applied_amount weee_tax_disposition weee_tax_row_disposition"
            " base_weee_tax_applied_amount base_weee_tax_disposition base_weee_tax_row_disposition qty_backordered"
        ),
        extras=True,
    ),
    "sales_order_address": Reads(
        _names("entity_id parent_id address_type firstname lastname street city postcode country_id"),
        _names(f"{_PERSON} email vat_id vat_is_valid"),
        _names(
            "customer_address_id quote_address_id region_id customer_id vat_request_id vat_request_date"
            " vat_request_success"
        ),
        extras=True,
    ),
    "sales_order_payment": Reads(
        _names("entity_id parent_id method"),
        _names("amount_ordered amount_paid amount_refunded last_trans_id po_number"),
    ),
    "sales_order_status_history": Reads(_names("entity_id parent_id created_at"), _names("status")),
    "sales_invoice": Reads(
        _names("entity_id order_id increment_id state created_at grand_total subtotal tax_amount"),
        _names(f"{_TOTALS} base_grand_total {_BASE_TOTALS}"),
        _names(f"{_BILL} is_used_for_refund can_void_flag base_total_refunded"),
        extras=True,
    ),
    "sales_invoice_item": Reads(
        _names("entity_id parent_id order_item_id qty row_total"), _names(f"product_id {_SUB_LINE}")
    ),
    "sales_shipment": Reads(_names("entity_id order_id increment_id created_at")),
    "sales_shipment_item": Reads(_names("entity_id parent_id order_item_id qty"), _names("product_id sku name")),
    "sales_creditmemo": Reads(
        _names("entity_id order_id increment_id state created_at grand_total subtotal tax_amount"),
        _names(
            f"invoice_id adjustment_positive adjustment_negative {_TOTALS} base_grand_total {_BASE_TOTALS}"
            " base_adjustment_positive base_adjustment_negative"
        ),
        _names(f"{_BILL} creditmemo_status adjustment base_adjustment"),
        extras=True,
    ),
    "sales_creditmemo_item": Reads(
        _names("entity_id parent_id order_item_id qty row_total"), _names(f"product_id {_SUB_LINE}")
    ),
    "customer_entity": Reads(
        _names("entity_id website_id email group_id store_id created_at updated_at firstname lastname"),
        _names("prefix middlename suffix taxvat is_active default_billing default_shipping"),
        _names(
            "disable_auto_group_change created_in increment_id failures_num first_failure lock_expires"
            " rp_token_created_at gender entity_type_id attribute_set_id"
        ),
        extras=True,
    ),
    "customer_address_entity": Reads(
        _names("entity_id parent_id firstname lastname street city postcode country_id"),
        _names(f"{_PERSON} vat_id vat_is_valid"),
        _names(
            "increment_id created_at updated_at is_active region_id vat_request_id vat_request_date vat_request_success"
            " entity_type_id attribute_set_id"
        ),
        extras=True,
    ),
    "catalog_product_entity": Reads(
        _names("entity_id attribute_set_id type_id sku created_at updated_at"), _names("row_id created_in updated_in")
    ),
    "sales_payment_transaction": Reads(_names("order_id txn_id txn_type created_at"), optional=True),
    "catalog_product_website": Reads(_names("product_id website_id")),
    "catalog_product_relation": Reads(_names("parent_id child_id")),
    "catalog_category_product": Reads(_names("category_id product_id")),
    "catalog_category_entity": Reads(_names("entity_id path"), _names("row_id created_in updated_in")),
    "catalog_category_entity_varchar": Reads(
        _names("attribute_id value"), _names("entity_id row_id store_id"), _names("value_id")
    ),
    "sales_order_status": Reads(_names("status"), optional=True),
    "eav_attribute_set": Reads(_names("attribute_set_id attribute_set_name")),
    "cataloginventory_stock_item": Reads(
        _names("product_id qty is_in_stock"), _names("stock_id website_id manage_stock use_config_manage_stock")
    ),
    "inventory_source_item": Reads(_names("source_code sku quantity"), optional=True),
    "store": Reads(_names("store_id code website_id group_id name")),
    "store_website": Reads(_names("website_id code")),
    "core_config_data": Reads(_names("scope scope_id path value")),
    "customer_group": Reads(_names("customer_group_id customer_group_code tax_class_id")),
    "tax_class": Reads(_names("class_id class_name")),
    "eav_attribute": Reads(
        _names("attribute_id entity_type_id attribute_code backend_type"), _names("frontend_input source_model")
    ),
    "eav_entity_type": Reads(_names("entity_type_id entity_type_code")),
    "eav_attribute_option": Reads(_names("option_id attribute_id")),
    "eav_attribute_option_value": Reads(_names("option_id store_id value")),
    **{f"customer_entity_{kind}": _EAV for kind in ("int", "varchar", "text", "decimal", "datetime")},
    **{f"customer_address_entity_{kind}": _EAV for kind in ("int", "varchar", "text", "decimal", "datetime")},
    **{f"catalog_product_entity_{kind}": _CATALOG_EAV for kind in ("int", "varchar", "text", "decimal", "datetime")},
}

NOT_EVERYWHERE = frozenset({"inventory_source_item", "sales_payment_transaction", "sales_order_status"})
"""Tables that a Magento 2 shop may lack: inventory_source_item comes with multi-source inventory (2.3 and later)."""

VALUES_IN_MAGENTO_1: Mapping[str, frozenset[str]] = {
    "customer_entity": frozenset(_names("firstname lastname")),
    "customer_address_entity": frozenset(_names("firstname lastname street city postcode country_id")),
}
"""What is needed of these tables that Magento 1 keeps as attribute values instead of in columns."""
