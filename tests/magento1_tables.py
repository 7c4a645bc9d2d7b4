"""Magento 1's tables, as 1.9 and OpenMage have them, without columns that nothing here reads or writes."""

from __future__ import annotations

_CURRENCIES = "store_currency_code order_currency_code base_currency_code global_currency_code"
_TOTALS = (
    "subtotal grand_total shipping_amount shipping_tax_amount shipping_incl_tax tax_amount discount_amount"
    " hidden_tax_amount shipping_hidden_tax_amount subtotal_incl_tax base_subtotal base_grand_total"
    " base_shipping_amount base_shipping_tax_amount base_shipping_incl_tax base_tax_amount base_discount_amount"
    " base_hidden_tax_amount base_shipping_hidden_tax_amnt base_subtotal_incl_tax base_to_global_rate"
    " base_to_order_rate store_to_base_rate store_to_order_rate"
)
_ROW = (
    "price base_price price_incl_tax base_price_incl_tax row_total base_row_total row_total_incl_tax"
    " base_row_total_incl_tax tax_amount base_tax_amount discount_amount base_discount_amount hidden_tax_amount"
    " base_hidden_tax_amount weee_tax_applied_amount weee_tax_applied_row_amount base_weee_tax_applied_amount"
    " base_weee_tax_applied_row_amnt base_cost"
)
_PERSON = (
    "prefix firstname middlename lastname suffix company city region postcode country_id telephone fax email vat_id"
)


def _table(name: str, *, ids: str = "", money: str = "", words: str = "", texts: str = "", times: str = "") -> str:
    """A table with entity_id in front; the first of `ids` is an index."""
    columns = ["entity_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY"]
    columns += [f"{one} INT UNSIGNED" for one in ids.split()]
    columns += [f"{one} DECIMAL(12,4)" for one in money.split()]
    columns += [f"{one} VARCHAR(255)" for one in words.split()]
    columns += [f"{one} TEXT" for one in texts.split()]
    columns += [f"{one} TIMESTAMP NULL" for one in times.split()]
    if ids:
        columns.append(f"KEY ({ids.split()[0]})")
    return f"CREATE TABLE {{p}}{name} ({', '.join(columns)})"


def _values(entity: str, *, stores: bool) -> list[str]:
    kinds = {
        "int": "INT",
        "varchar": "VARCHAR(255)",
        "text": "TEXT",
        "decimal": "DECIMAL(12,4)",
        "datetime": "DATETIME",
    }
    store = "store_id SMALLINT UNSIGNED NOT NULL DEFAULT 0," if stores else ""
    unique = "entity_id, attribute_id, store_id" if stores else "entity_id, attribute_id"
    return [
        f"CREATE TABLE {{p}}{entity}_{kind} (value_id INT AUTO_INCREMENT PRIMARY KEY, entity_type_id SMALLINT UNSIGNED"
        f" NOT NULL DEFAULT 0, attribute_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, {store} entity_id INT UNSIGNED"
        f" NOT NULL DEFAULT 0, value {column}, UNIQUE KEY ({unique})) CHARACTER SET utf8mb3"
        for kind, column in kinds.items()
    ]


SHOP_AND_STOCK = (
    """CREATE TABLE {p}core_website (
      website_id SMALLINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, code VARCHAR(32) UNIQUE, name VARCHAR(64),
      sort_order SMALLINT UNSIGNED NOT NULL DEFAULT 0, default_group_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      is_default SMALLINT UNSIGNED DEFAULT 0)""",
    """CREATE TABLE {p}core_store (
      store_id SMALLINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, code VARCHAR(32) UNIQUE,
      website_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, group_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      name VARCHAR(255) NOT NULL, sort_order SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      is_active SMALLINT UNSIGNED NOT NULL DEFAULT 0)""",
    """CREATE TABLE {p}core_config_data (
      config_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, scope VARCHAR(8) NOT NULL DEFAULT 'default',
      scope_id INT NOT NULL DEFAULT 0, path VARCHAR(255) NOT NULL DEFAULT 'general', value TEXT,
      UNIQUE KEY (scope, scope_id, path))""",
    """CREATE TABLE {p}catalog_product_entity (
      entity_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, entity_type_id SMALLINT UNSIGNED NOT NULL DEFAULT 4,
      attribute_set_id SMALLINT UNSIGNED NOT NULL DEFAULT 4, type_id VARCHAR(32) NOT NULL DEFAULT 'simple',
      sku VARCHAR(64), has_options SMALLINT NOT NULL DEFAULT 0, required_options SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      created_at TIMESTAMP NULL, updated_at TIMESTAMP NULL, KEY (sku))""",
    """CREATE TABLE {p}catalog_product_relation (
      parent_id INT UNSIGNED NOT NULL, child_id INT UNSIGNED NOT NULL, PRIMARY KEY (parent_id, child_id),
      KEY (child_id))""",
    """CREATE TABLE {p}cataloginventory_stock (
      stock_id SMALLINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, stock_name VARCHAR(255))""",
    """CREATE TABLE {p}cataloginventory_stock_item (
      item_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, product_id INT UNSIGNED NOT NULL DEFAULT 0,
      stock_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, qty DECIMAL(12,4) NOT NULL DEFAULT 0,
      min_qty DECIMAL(12,4) NOT NULL DEFAULT 0, use_config_min_qty SMALLINT UNSIGNED NOT NULL DEFAULT 1,
      is_qty_decimal SMALLINT UNSIGNED NOT NULL DEFAULT 0, backorders SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      use_config_backorders SMALLINT UNSIGNED NOT NULL DEFAULT 1, is_in_stock SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      low_stock_date TIMESTAMP NULL, notify_stock_qty DECIMAL(12,4),
      use_config_notify_stock_qty SMALLINT UNSIGNED NOT NULL DEFAULT 1,
      manage_stock SMALLINT UNSIGNED NOT NULL DEFAULT 0, use_config_manage_stock SMALLINT UNSIGNED NOT NULL DEFAULT 1,
      {auto} SMALLINT UNSIGNED NOT NULL DEFAULT 0, UNIQUE KEY (product_id, stock_id), KEY (stock_id))""",
    """CREATE TABLE {p}cataloginventory_stock_status (
      product_id INT UNSIGNED NOT NULL, website_id SMALLINT UNSIGNED NOT NULL, stock_id SMALLINT UNSIGNED NOT NULL,
      qty DECIMAL(12,4) NOT NULL DEFAULT 0, stock_status SMALLINT UNSIGNED NOT NULL,
      PRIMARY KEY (product_id, website_id, stock_id), KEY (stock_id), KEY (website_id))""",
    """CREATE TABLE {p}index_process (
      process_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, indexer_code VARCHAR(32) NOT NULL UNIQUE,
      status VARCHAR(15) NOT NULL DEFAULT 'pending', started_at TIMESTAMP NULL, ended_at TIMESTAMP NULL,
      mode VARCHAR(9) NOT NULL DEFAULT 'real_time')""",
    """CREATE TABLE {p}catalog_product_super_link (
      link_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, product_id INT UNSIGNED NOT NULL DEFAULT 0,
      parent_id INT UNSIGNED NOT NULL DEFAULT 0, UNIQUE KEY (product_id, parent_id), KEY (parent_id))""",
    """CREATE TABLE {p}catalog_product_link (
      link_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, product_id INT UNSIGNED NOT NULL DEFAULT 0,
      linked_product_id INT UNSIGNED NOT NULL DEFAULT 0, link_type_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      KEY (product_id), KEY (linked_product_id))""",
    """CREATE TABLE {p}catalog_product_bundle_option (
      option_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, parent_id INT UNSIGNED NOT NULL,
      required SMALLINT UNSIGNED NOT NULL DEFAULT 0, position INT UNSIGNED NOT NULL DEFAULT 0, type VARCHAR(255),
      KEY (parent_id))""",
    """CREATE TABLE {p}catalog_product_bundle_selection (
      selection_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, option_id INT UNSIGNED NOT NULL,
      parent_product_id INT UNSIGNED NOT NULL, product_id INT UNSIGNED NOT NULL,
      position INT UNSIGNED NOT NULL DEFAULT 0, is_default SMALLINT UNSIGNED NOT NULL DEFAULT 0, KEY (option_id),
      KEY (product_id))""",
)

SALES = (
    _table(
        "sales_flat_order",
        ids="store_id customer_id customer_group_id customer_is_guest is_virtual billing_address_id"
        " shipping_address_id quote_id email_sent total_item_count",
        money=f"{_TOTALS} shipping_discount_amount base_shipping_discount_amount total_qty_ordered weight total_paid"
        " total_due total_invoiced total_canceled total_refunded total_offline_refunded total_online_refunded"
        " shipping_canceled base_shipping_canceled shipping_refunded adjustment_positive adjustment_negative"
        " hidden_tax_invoiced hidden_tax_refunded",
        words=f"state status protect_code increment_id original_increment_id relation_child_id"
        " relation_parent_id relation_parent_real_id ext_order_id coupon_code coupon_rule_name discount_description"
        f" shipping_method shipping_description store_name remote_ip customer_email customer_firstname"
        f" customer_middlename customer_lastname customer_prefix customer_suffix customer_taxvat {_CURRENCIES}",
        times="created_at updated_at",
    ),
    """CREATE TABLE {p}sales_flat_order_item (
      item_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, order_id INT UNSIGNED NOT NULL DEFAULT 0,
      parent_item_id INT UNSIGNED, product_id INT UNSIGNED, product_type VARCHAR(255), product_options TEXT,
      is_virtual SMALLINT UNSIGNED, sku VARCHAR(255), name VARCHAR(255), is_nominal INT NOT NULL DEFAULT 0,
      qty_ordered DECIMAL(12,4) DEFAULT 0, qty_canceled DECIMAL(12,4) DEFAULT 0, qty_invoiced DECIMAL(12,4) DEFAULT 0,
      qty_shipped DECIMAL(12,4) DEFAULT 0, qty_refunded DECIMAL(12,4) DEFAULT 0,
      tax_percent DECIMAL(12,4) DEFAULT 0, discount_percent DECIMAL(12,4) DEFAULT 0, tax_canceled DECIMAL(12,4),
      hidden_tax_canceled DECIMAL(12,4), """
    + ", ".join(f"{one} DECIMAL(12,4)" for one in _ROW.split())
    + ", KEY (order_id))",
    _table(
        "sales_flat_order_address",
        ids="parent_id customer_address_id region_id vat_is_valid",
        words=f"address_type {_PERSON}",
        texts="street",
    ),
    _table(
        "sales_flat_order_payment",
        ids="parent_id",
        money="amount_ordered amount_paid amount_refunded base_amount_ordered",
        words="method last_trans_id po_number cc_owner cc_last4 cc_number_enc",
        texts="additional_information",
    ),
    _table(
        "sales_flat_order_status_history",
        ids="parent_id is_customer_notified is_visible_on_front",
        words="status entity_name",
        texts="comment",
        times="created_at",
    ),
    *(
        _table(
            f"sales_flat_{kind}",
            ids=f"order_id store_id state email_sent billing_address_id shipping_address_id {more}",
            money=f"{_TOTALS} adjustment_positive adjustment_negative base_adjustment_positive"
            " base_adjustment_negative",
            words=f"increment_id transaction_id {_CURRENCIES}",
            times="created_at updated_at",
        )
        for kind, more in (("invoice", "is_used_for_refund"), ("creditmemo", "invoice_id"))
    ),
    *(
        _table(
            f"sales_flat_{kind}_item", ids="parent_id order_item_id product_id", money=f"qty {_ROW}", words="sku name"
        )
        for kind in ("invoice", "creditmemo")
    ),
    _table(
        "sales_flat_shipment", ids="order_id store_id email_sent", words="increment_id", times="created_at updated_at"
    ),
    _table("sales_flat_shipment_item", ids="parent_id order_item_id product_id", money="qty", words="sku name"),
    """CREATE TABLE {p}sales_payment_transaction (
      transaction_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, order_id INT UNSIGNED NOT NULL DEFAULT 0,
      txn_id VARCHAR(100), txn_type VARCHAR(15), additional_information BLOB, created_at TIMESTAMP NULL,
      KEY (order_id))""",
    "CREATE TABLE {p}sales_order_status (status VARCHAR(32) PRIMARY KEY, label VARCHAR(128) NOT NULL)",
)

PEOPLE_AND_CATALOG = (
    """CREATE TABLE {p}customer_entity (
      entity_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, entity_type_id SMALLINT UNSIGNED NOT NULL DEFAULT 1,
      attribute_set_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, website_id SMALLINT UNSIGNED, email VARCHAR(255),
      group_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, increment_id VARCHAR(50), store_id SMALLINT UNSIGNED DEFAULT 0,
      created_at TIMESTAMP NOT NULL DEFAULT '0000-00-00 00:00:00',
      updated_at TIMESTAMP NOT NULL DEFAULT '0000-00-00 00:00:00', is_active SMALLINT UNSIGNED NOT NULL DEFAULT 1,
      disable_auto_group_change SMALLINT UNSIGNED NOT NULL DEFAULT 0, UNIQUE KEY (email, website_id))""",
    """CREATE TABLE {p}customer_address_entity (
      entity_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, entity_type_id SMALLINT UNSIGNED NOT NULL DEFAULT 2,
      attribute_set_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, increment_id VARCHAR(50), parent_id INT UNSIGNED,
      created_at TIMESTAMP NOT NULL DEFAULT '0000-00-00 00:00:00',
      updated_at TIMESTAMP NOT NULL DEFAULT '0000-00-00 00:00:00', is_active SMALLINT UNSIGNED NOT NULL DEFAULT 1,
      KEY (parent_id))""",
    *_values("customer_entity", stores=False),
    *_values("customer_address_entity", stores=False),
    *_values("catalog_product_entity", stores=True),
    *_values("catalog_category_entity", stores=True),
    """CREATE TABLE {p}customer_group (
      customer_group_id SMALLINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, customer_group_code VARCHAR(32) NOT NULL,
      tax_class_id INT UNSIGNED NOT NULL DEFAULT 0)""",
    """CREATE TABLE {p}tax_class (
      class_id SMALLINT AUTO_INCREMENT PRIMARY KEY, class_name VARCHAR(255) NOT NULL,
      class_type VARCHAR(8) NOT NULL DEFAULT 'CUSTOMER')""",
    "CREATE TABLE {p}catalog_product_website (product_id INT UNSIGNED, website_id SMALLINT UNSIGNED,"
    " PRIMARY KEY (product_id, website_id))",
    "CREATE TABLE {p}catalog_category_product (category_id INT UNSIGNED, product_id INT UNSIGNED,"
    " position INT NOT NULL DEFAULT 0, PRIMARY KEY (category_id, product_id))",
    "CREATE TABLE {p}catalog_category_entity (entity_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,"
    " path VARCHAR(255) NOT NULL, level INT NOT NULL DEFAULT 0)",
    "CREATE TABLE {p}eav_entity_type (entity_type_id SMALLINT UNSIGNED PRIMARY KEY, entity_type_code VARCHAR(50))",
    "CREATE TABLE {p}eav_attribute_set (attribute_set_id SMALLINT UNSIGNED PRIMARY KEY, entity_type_id SMALLINT"
    " UNSIGNED, attribute_set_name VARCHAR(255))",
    """CREATE TABLE {p}eav_attribute (
      attribute_id SMALLINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, entity_type_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      attribute_code VARCHAR(255), backend_type VARCHAR(8) NOT NULL DEFAULT 'static', frontend_input VARCHAR(50),
      source_model VARCHAR(255), is_required SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      UNIQUE KEY (entity_type_id, attribute_code))""",
    "CREATE TABLE {p}eav_attribute_option (option_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, attribute_id SMALLINT"
    " UNSIGNED NOT NULL, sort_order SMALLINT UNSIGNED NOT NULL DEFAULT 0)",
    "CREATE TABLE {p}eav_attribute_option_value (value_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, option_id INT"
    " UNSIGNED NOT NULL, store_id SMALLINT UNSIGNED NOT NULL, value VARCHAR(255))",
    """CREATE TABLE {p}catalog_eav_attribute (
      attribute_id SMALLINT UNSIGNED PRIMARY KEY, is_global SMALLINT UNSIGNED NOT NULL DEFAULT 1,
      is_searchable SMALLINT UNSIGNED NOT NULL DEFAULT 0, is_filterable SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      is_filterable_in_search SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      is_visible_in_advanced_search SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      used_for_sort_by SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      used_in_product_listing SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      is_html_allowed_on_front SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      is_used_for_promo_rules SMALLINT UNSIGNED NOT NULL DEFAULT 0)""",
)

TABLES = (*SHOP_AND_STOCK, *SALES, *PEOPLE_AND_CATALOG)
