-- The tables of Magento Open Source 2.4.8 that are read, watched or noisy, as a shop's database holds them:
-- names, types, order of columns, keys and foreign keys (without full-text indexes, which nothing here asks for).
-- Table names stand in back-quotes, and nothing else does, so that a prefix can be put before them.

-- Stores and settings
CREATE TABLE `store_website` (
  website_id SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT, code VARCHAR(32), name VARCHAR(64),
  sort_order SMALLINT UNSIGNED NOT NULL DEFAULT 0, default_group_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  is_default SMALLINT UNSIGNED DEFAULT 0, PRIMARY KEY (website_id), UNIQUE KEY (code), KEY (default_group_id),
  KEY (sort_order)
);
CREATE TABLE `store_group` (
  group_id SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT, website_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  name VARCHAR(255) NOT NULL, root_category_id INT UNSIGNED NOT NULL DEFAULT 0,
  default_store_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, code VARCHAR(32), PRIMARY KEY (group_id), UNIQUE KEY (code),
  KEY (default_store_id), KEY (website_id),
  FOREIGN KEY (website_id) REFERENCES `store_website` (website_id) ON DELETE CASCADE
);
CREATE TABLE `store` (
  store_id SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT, code VARCHAR(32),
  website_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, group_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  name VARCHAR(255) NOT NULL, sort_order SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  is_active SMALLINT UNSIGNED NOT NULL DEFAULT 0, PRIMARY KEY (store_id), UNIQUE KEY (code), KEY (group_id),
  KEY (is_active, sort_order), KEY (website_id),
  FOREIGN KEY (group_id) REFERENCES `store_group` (group_id) ON DELETE CASCADE,
  FOREIGN KEY (website_id) REFERENCES `store_website` (website_id) ON DELETE CASCADE
);
CREATE TABLE `core_config_data` (
  config_id INT UNSIGNED NOT NULL AUTO_INCREMENT, scope VARCHAR(8) NOT NULL DEFAULT 'default',
  scope_id INT NOT NULL DEFAULT 0, path VARCHAR(255) NOT NULL DEFAULT 'general', value TEXT,
  updated_at TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(), PRIMARY KEY (config_id),
  UNIQUE KEY (scope, scope_id, path)
);
CREATE TABLE `directory_country` (
  country_id VARCHAR(2) NOT NULL, iso2_code VARCHAR(2), iso3_code VARCHAR(3), PRIMARY KEY (country_id)
);
CREATE TABLE `directory_country_region` (
  region_id INT UNSIGNED NOT NULL AUTO_INCREMENT, country_id VARCHAR(4) NOT NULL DEFAULT '0', code VARCHAR(32),
  default_name VARCHAR(255), PRIMARY KEY (region_id), KEY (country_id)
);
CREATE TABLE `directory_currency_rate` (
  currency_from VARCHAR(3) NOT NULL, currency_to VARCHAR(3) NOT NULL,
  rate DECIMAL(24,12) NOT NULL DEFAULT 0.000000000000, PRIMARY KEY (currency_from, currency_to), KEY (currency_to)
);
CREATE TABLE `setup_module` (
  module VARCHAR(50) NOT NULL, schema_version VARCHAR(50), data_version VARCHAR(50), PRIMARY KEY (module)
);
CREATE TABLE `flag` (
  flag_id INT UNSIGNED NOT NULL AUTO_INCREMENT, flag_code VARCHAR(255) NOT NULL,
  state SMALLINT UNSIGNED NOT NULL DEFAULT 0, flag_data MEDIUMTEXT,
  last_update TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(), PRIMARY KEY (flag_id), KEY (last_update)
);

-- Attributes
CREATE TABLE `eav_entity_type` (
  entity_type_id SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT, entity_type_code VARCHAR(50) NOT NULL,
  entity_model VARCHAR(255) NOT NULL, attribute_model VARCHAR(255), entity_table VARCHAR(255),
  value_table_prefix VARCHAR(255), entity_id_field VARCHAR(255),
  is_data_sharing SMALLINT UNSIGNED NOT NULL DEFAULT 1, data_sharing_key VARCHAR(100) DEFAULT 'default',
  default_attribute_set_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, increment_model VARCHAR(255),
  increment_per_store SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  increment_pad_length SMALLINT UNSIGNED NOT NULL DEFAULT 8, increment_pad_char VARCHAR(1) NOT NULL DEFAULT '0',
  additional_attribute_table VARCHAR(255), entity_attribute_collection VARCHAR(255), PRIMARY KEY (entity_type_id),
  KEY (entity_type_code)
);
CREATE TABLE `eav_attribute_set` (
  attribute_set_id SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT, entity_type_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  attribute_set_name VARCHAR(255), sort_order SMALLINT NOT NULL DEFAULT 0, PRIMARY KEY (attribute_set_id),
  UNIQUE KEY (entity_type_id, attribute_set_name), KEY (entity_type_id, sort_order),
  FOREIGN KEY (entity_type_id) REFERENCES `eav_entity_type` (entity_type_id) ON DELETE CASCADE
);
CREATE TABLE `eav_attribute_group` (
  attribute_group_id SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT,
  attribute_set_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, attribute_group_name VARCHAR(255),
  sort_order SMALLINT NOT NULL DEFAULT 0, default_id SMALLINT UNSIGNED DEFAULT 0,
  attribute_group_code VARCHAR(255) NOT NULL, tab_group_code VARCHAR(255), PRIMARY KEY (attribute_group_id),
  UNIQUE KEY (attribute_set_id, attribute_group_code), UNIQUE KEY (attribute_set_id, attribute_group_name),
  KEY (attribute_set_id, sort_order),
  FOREIGN KEY (attribute_set_id) REFERENCES `eav_attribute_set` (attribute_set_id) ON DELETE CASCADE
);
CREATE TABLE `eav_attribute` (
  attribute_id SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT, entity_type_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  attribute_code VARCHAR(255) NOT NULL, attribute_model VARCHAR(255), backend_model VARCHAR(255),
  backend_type VARCHAR(8) NOT NULL DEFAULT 'static', backend_table VARCHAR(255), frontend_model VARCHAR(255),
  frontend_input VARCHAR(50), frontend_label VARCHAR(255), frontend_class VARCHAR(255), source_model VARCHAR(255),
  is_required SMALLINT UNSIGNED NOT NULL DEFAULT 0, is_user_defined SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  default_value TEXT, is_unique SMALLINT UNSIGNED NOT NULL DEFAULT 0, note VARCHAR(255), PRIMARY KEY (attribute_id),
  UNIQUE KEY (entity_type_id, attribute_code), KEY (frontend_input, entity_type_id, is_user_defined),
  FOREIGN KEY (entity_type_id) REFERENCES `eav_entity_type` (entity_type_id) ON DELETE CASCADE
);
CREATE TABLE `eav_entity_attribute` (
  entity_attribute_id INT UNSIGNED NOT NULL AUTO_INCREMENT, entity_type_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  attribute_set_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, attribute_group_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  attribute_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, sort_order SMALLINT NOT NULL DEFAULT 0,
  PRIMARY KEY (entity_attribute_id), UNIQUE KEY (attribute_group_id, attribute_id),
  UNIQUE KEY (attribute_set_id, attribute_id), KEY (attribute_id), KEY (attribute_set_id, sort_order),
  FOREIGN KEY (attribute_group_id) REFERENCES `eav_attribute_group` (attribute_group_id) ON DELETE CASCADE,
  FOREIGN KEY (attribute_id) REFERENCES `eav_attribute` (attribute_id) ON DELETE CASCADE
);
CREATE TABLE `eav_attribute_label` (
  attribute_label_id INT UNSIGNED NOT NULL AUTO_INCREMENT, attribute_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  store_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, value VARCHAR(255), PRIMARY KEY (attribute_label_id),
  KEY (attribute_id, store_id), KEY (store_id),
  FOREIGN KEY (attribute_id) REFERENCES `eav_attribute` (attribute_id) ON DELETE CASCADE,
  FOREIGN KEY (store_id) REFERENCES `store` (store_id) ON DELETE CASCADE
);
CREATE TABLE `eav_attribute_option` (
  option_id INT UNSIGNED NOT NULL AUTO_INCREMENT, attribute_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  sort_order SMALLINT UNSIGNED NOT NULL DEFAULT 0, PRIMARY KEY (option_id), KEY (attribute_id),
  FOREIGN KEY (attribute_id) REFERENCES `eav_attribute` (attribute_id) ON DELETE CASCADE
);
CREATE TABLE `eav_attribute_option_value` (
  value_id INT UNSIGNED NOT NULL AUTO_INCREMENT, option_id INT UNSIGNED NOT NULL DEFAULT 0,
  store_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, value VARCHAR(255), PRIMARY KEY (value_id),
  UNIQUE KEY (store_id, option_id), KEY (option_id), KEY (store_id),
  FOREIGN KEY (option_id) REFERENCES `eav_attribute_option` (option_id) ON DELETE CASCADE,
  FOREIGN KEY (store_id) REFERENCES `store` (store_id) ON DELETE CASCADE
);
CREATE TABLE `catalog_eav_attribute` (
  attribute_id SMALLINT UNSIGNED NOT NULL, frontend_input_renderer VARCHAR(255),
  is_global SMALLINT UNSIGNED NOT NULL DEFAULT 1, is_visible SMALLINT UNSIGNED NOT NULL DEFAULT 1,
  is_searchable SMALLINT UNSIGNED NOT NULL DEFAULT 0, is_filterable SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  is_comparable SMALLINT UNSIGNED NOT NULL DEFAULT 0, is_visible_on_front SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  is_html_allowed_on_front SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  is_used_for_price_rules SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  is_filterable_in_search SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  used_in_product_listing SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  used_for_sort_by SMALLINT UNSIGNED NOT NULL DEFAULT 0, apply_to VARCHAR(255),
  is_visible_in_advanced_search SMALLINT UNSIGNED NOT NULL DEFAULT 0, position INT NOT NULL DEFAULT 0,
  is_wysiwyg_enabled SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  is_used_for_promo_rules SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  is_required_in_admin_store SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  is_used_in_grid SMALLINT UNSIGNED NOT NULL DEFAULT 0, is_visible_in_grid SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  is_filterable_in_grid SMALLINT UNSIGNED NOT NULL DEFAULT 0, is_pagebuilder_enabled TINYINT(1) NOT NULL DEFAULT 0,
  search_weight FLOAT NOT NULL DEFAULT 1, additional_data TEXT, PRIMARY KEY (attribute_id), KEY (used_for_sort_by),
  KEY (used_in_product_listing),
  FOREIGN KEY (attribute_id) REFERENCES `eav_attribute` (attribute_id) ON DELETE CASCADE
);
CREATE TABLE `customer_eav_attribute` (
  attribute_id SMALLINT UNSIGNED NOT NULL, is_visible SMALLINT UNSIGNED NOT NULL DEFAULT 1,
  input_filter VARCHAR(255), multiline_count SMALLINT UNSIGNED NOT NULL DEFAULT 1, validate_rules TEXT,
  is_system SMALLINT UNSIGNED NOT NULL DEFAULT 0, sort_order INT UNSIGNED NOT NULL DEFAULT 0,
  data_model VARCHAR(255), is_used_in_grid SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  is_visible_in_grid SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  is_filterable_in_grid SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  is_searchable_in_grid SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  grid_filter_condition_type SMALLINT UNSIGNED NOT NULL DEFAULT 0, PRIMARY KEY (attribute_id), KEY (sort_order),
  FOREIGN KEY (attribute_id) REFERENCES `eav_attribute` (attribute_id) ON DELETE CASCADE
);

-- Customers
CREATE TABLE `customer_group` (
  customer_group_id INT UNSIGNED NOT NULL AUTO_INCREMENT, customer_group_code VARCHAR(32) NOT NULL,
  tax_class_id INT UNSIGNED NOT NULL DEFAULT 0, PRIMARY KEY (customer_group_id), KEY (customer_group_code)
);
CREATE TABLE `customer_entity` (
  entity_id INT UNSIGNED NOT NULL AUTO_INCREMENT, website_id SMALLINT UNSIGNED, email VARCHAR(255),
  group_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, increment_id VARCHAR(50), store_id SMALLINT UNSIGNED DEFAULT 0,
  created_at TIMESTAMP NOT NULL DEFAULT NOW(), updated_at TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(),
  is_active SMALLINT UNSIGNED NOT NULL DEFAULT 1, disable_auto_group_change SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  created_in VARCHAR(255), prefix VARCHAR(40), firstname VARCHAR(255), middlename VARCHAR(255),
  lastname VARCHAR(255), suffix VARCHAR(40), dob DATE, password_hash VARCHAR(128), rp_token VARCHAR(128),
  rp_token_created_at DATETIME, default_billing INT UNSIGNED, default_shipping INT UNSIGNED, taxvat VARCHAR(50),
  confirmation VARCHAR(64), gender SMALLINT UNSIGNED, failures_num SMALLINT DEFAULT 0, first_failure TIMESTAMP NULL,
  lock_expires TIMESTAMP NULL, session_cutoff TIMESTAMP NULL, PRIMARY KEY (entity_id),
  UNIQUE KEY (email, website_id), KEY (firstname), KEY (lastname), KEY (store_id), KEY (website_id),
  FOREIGN KEY (store_id) REFERENCES `store` (store_id) ON DELETE SET NULL,
  FOREIGN KEY (website_id) REFERENCES `store_website` (website_id) ON DELETE SET NULL
);
CREATE TABLE `customer_entity_datetime` (
  value_id INT NOT NULL AUTO_INCREMENT, attribute_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  entity_id INT UNSIGNED NOT NULL DEFAULT 0, value DATETIME, PRIMARY KEY (value_id),
  UNIQUE KEY (entity_id, attribute_id), KEY (attribute_id), KEY (entity_id, attribute_id, value),
  FOREIGN KEY (attribute_id) REFERENCES `eav_attribute` (attribute_id) ON DELETE CASCADE,
  FOREIGN KEY (entity_id) REFERENCES `customer_entity` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `customer_entity_decimal` (
  value_id INT NOT NULL AUTO_INCREMENT, attribute_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  entity_id INT UNSIGNED NOT NULL DEFAULT 0, value DECIMAL(12,4) NOT NULL DEFAULT 0.0000, PRIMARY KEY (value_id),
  UNIQUE KEY (entity_id, attribute_id), KEY (attribute_id), KEY (entity_id, attribute_id, value),
  FOREIGN KEY (attribute_id) REFERENCES `eav_attribute` (attribute_id) ON DELETE CASCADE,
  FOREIGN KEY (entity_id) REFERENCES `customer_entity` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `customer_entity_int` (
  value_id INT NOT NULL AUTO_INCREMENT, attribute_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  entity_id INT UNSIGNED NOT NULL DEFAULT 0, value INT NOT NULL DEFAULT 0, PRIMARY KEY (value_id),
  UNIQUE KEY (entity_id, attribute_id), KEY (attribute_id), KEY (entity_id, attribute_id, value),
  FOREIGN KEY (attribute_id) REFERENCES `eav_attribute` (attribute_id) ON DELETE CASCADE,
  FOREIGN KEY (entity_id) REFERENCES `customer_entity` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `customer_entity_text` (
  value_id INT NOT NULL AUTO_INCREMENT, attribute_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  entity_id INT UNSIGNED NOT NULL DEFAULT 0, value TEXT NOT NULL, PRIMARY KEY (value_id),
  UNIQUE KEY (entity_id, attribute_id), KEY (attribute_id),
  FOREIGN KEY (attribute_id) REFERENCES `eav_attribute` (attribute_id) ON DELETE CASCADE,
  FOREIGN KEY (entity_id) REFERENCES `customer_entity` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `customer_entity_varchar` (
  value_id INT NOT NULL AUTO_INCREMENT, attribute_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  entity_id INT UNSIGNED NOT NULL DEFAULT 0, value VARCHAR(255), PRIMARY KEY (value_id),
  UNIQUE KEY (entity_id, attribute_id), KEY (attribute_id), KEY (entity_id, attribute_id, value),
  FOREIGN KEY (attribute_id) REFERENCES `eav_attribute` (attribute_id) ON DELETE CASCADE,
  FOREIGN KEY (entity_id) REFERENCES `customer_entity` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `customer_address_entity` (
  entity_id INT UNSIGNED NOT NULL AUTO_INCREMENT, increment_id VARCHAR(50), parent_id INT UNSIGNED,
  created_at TIMESTAMP NOT NULL DEFAULT NOW(), updated_at TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(),
  is_active SMALLINT UNSIGNED NOT NULL DEFAULT 1, city VARCHAR(255) NOT NULL, company VARCHAR(255),
  country_id VARCHAR(255) NOT NULL, fax VARCHAR(255), firstname VARCHAR(255) NOT NULL,
  lastname VARCHAR(255) NOT NULL, middlename VARCHAR(255), postcode VARCHAR(255), prefix VARCHAR(40),
  region VARCHAR(255), region_id INT UNSIGNED, street TEXT NOT NULL, suffix VARCHAR(40),
  telephone VARCHAR(255) NOT NULL, vat_id VARCHAR(255), vat_is_valid INT UNSIGNED, vat_request_date VARCHAR(255),
  vat_request_id VARCHAR(255), vat_request_success INT UNSIGNED, PRIMARY KEY (entity_id), KEY (parent_id),
  FOREIGN KEY (parent_id) REFERENCES `customer_entity` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `customer_address_entity_datetime` (
  value_id INT NOT NULL AUTO_INCREMENT, attribute_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  entity_id INT UNSIGNED NOT NULL DEFAULT 0, value DATETIME, PRIMARY KEY (value_id),
  UNIQUE KEY (entity_id, attribute_id), KEY (attribute_id), KEY (entity_id, attribute_id, value),
  FOREIGN KEY (attribute_id) REFERENCES `eav_attribute` (attribute_id) ON DELETE CASCADE,
  FOREIGN KEY (entity_id) REFERENCES `customer_address_entity` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `customer_address_entity_decimal` (
  value_id INT NOT NULL AUTO_INCREMENT, attribute_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  entity_id INT UNSIGNED NOT NULL DEFAULT 0, value DECIMAL(12,4) NOT NULL DEFAULT 0.0000, PRIMARY KEY (value_id),
  UNIQUE KEY (entity_id, attribute_id), KEY (attribute_id), KEY (entity_id, attribute_id, value),
  FOREIGN KEY (attribute_id) REFERENCES `eav_attribute` (attribute_id) ON DELETE CASCADE,
  FOREIGN KEY (entity_id) REFERENCES `customer_address_entity` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `customer_address_entity_int` (
  value_id INT NOT NULL AUTO_INCREMENT, attribute_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  entity_id INT UNSIGNED NOT NULL DEFAULT 0, value INT NOT NULL DEFAULT 0, PRIMARY KEY (value_id),
  UNIQUE KEY (entity_id, attribute_id), KEY (attribute_id), KEY (entity_id, attribute_id, value),
  FOREIGN KEY (attribute_id) REFERENCES `eav_attribute` (attribute_id) ON DELETE CASCADE,
  FOREIGN KEY (entity_id) REFERENCES `customer_address_entity` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `customer_address_entity_text` (
  value_id INT NOT NULL AUTO_INCREMENT, attribute_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  entity_id INT UNSIGNED NOT NULL DEFAULT 0, value TEXT NOT NULL, PRIMARY KEY (value_id),
  UNIQUE KEY (entity_id, attribute_id), KEY (attribute_id),
  FOREIGN KEY (attribute_id) REFERENCES `eav_attribute` (attribute_id) ON DELETE CASCADE,
  FOREIGN KEY (entity_id) REFERENCES `customer_address_entity` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `customer_address_entity_varchar` (
  value_id INT NOT NULL AUTO_INCREMENT, attribute_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  entity_id INT UNSIGNED NOT NULL DEFAULT 0, value VARCHAR(255), PRIMARY KEY (value_id),
  UNIQUE KEY (entity_id, attribute_id), KEY (attribute_id), KEY (entity_id, attribute_id, value),
  FOREIGN KEY (attribute_id) REFERENCES `eav_attribute` (attribute_id) ON DELETE CASCADE,
  FOREIGN KEY (entity_id) REFERENCES `customer_address_entity` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `customer_grid_flat` (
  entity_id INT UNSIGNED NOT NULL, name TEXT, email VARCHAR(255), group_id INT, created_at TIMESTAMP NULL,
  website_id INT, confirmation VARCHAR(255), created_in TEXT, dob DATE, gender INT, taxvat VARCHAR(255),
  lock_expires TIMESTAMP NULL, shipping_full TEXT, billing_full TEXT, billing_firstname VARCHAR(255),
  billing_lastname VARCHAR(255), billing_telephone VARCHAR(255), billing_postcode VARCHAR(255),
  billing_country_id VARCHAR(255), billing_region VARCHAR(255), billing_region_id INT, billing_street VARCHAR(255),
  billing_city VARCHAR(255), billing_fax VARCHAR(255), billing_vat_id VARCHAR(255), billing_company VARCHAR(255),
  PRIMARY KEY (entity_id), KEY (billing_country_id), KEY (confirmation), KEY (created_at), KEY (dob), KEY (gender),
  KEY (group_id), KEY (website_id)
);
CREATE TABLE `customer_visitor` (
  visitor_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, customer_id INT, session_id VARCHAR(1),
  created_at TIMESTAMP NOT NULL DEFAULT NOW(), last_visit_at TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(),
  PRIMARY KEY (visitor_id), KEY (customer_id), KEY (last_visit_at)
);
CREATE TABLE `customer_log` (
  log_id INT NOT NULL AUTO_INCREMENT, customer_id INT NOT NULL, last_login_at TIMESTAMP NULL,
  last_logout_at TIMESTAMP NULL, PRIMARY KEY (log_id), UNIQUE KEY (customer_id)
);

-- Tax
CREATE TABLE `tax_class` (
  class_id SMALLINT NOT NULL AUTO_INCREMENT, class_name VARCHAR(255) NOT NULL,
  class_type VARCHAR(8) NOT NULL DEFAULT 'CUSTOMER', PRIMARY KEY (class_id)
);
CREATE TABLE `tax_calculation_rate` (
  tax_calculation_rate_id INT NOT NULL AUTO_INCREMENT, tax_country_id VARCHAR(2) NOT NULL,
  tax_region_id INT NOT NULL, tax_postcode VARCHAR(21), code VARCHAR(255) NOT NULL, rate DECIMAL(12,4) NOT NULL,
  zip_is_range SMALLINT, zip_from INT UNSIGNED, zip_to INT UNSIGNED, PRIMARY KEY (tax_calculation_rate_id),
  KEY (tax_calculation_rate_id, tax_country_id, tax_region_id, zip_is_range, tax_postcode), KEY (code),
  KEY (tax_country_id, tax_region_id, tax_postcode)
);
CREATE TABLE `tax_calculation_rule` (
  tax_calculation_rule_id INT NOT NULL AUTO_INCREMENT, code VARCHAR(255) NOT NULL, priority INT NOT NULL,
  position INT NOT NULL, calculate_subtotal INT NOT NULL, PRIMARY KEY (tax_calculation_rule_id), KEY (code),
  KEY (priority, position)
);
CREATE TABLE `tax_calculation` (
  tax_calculation_id INT NOT NULL AUTO_INCREMENT, tax_calculation_rate_id INT NOT NULL,
  tax_calculation_rule_id INT NOT NULL, customer_tax_class_id SMALLINT NOT NULL,
  product_tax_class_id SMALLINT NOT NULL, PRIMARY KEY (tax_calculation_id), KEY (customer_tax_class_id),
  KEY (product_tax_class_id), KEY (tax_calculation_rule_id),
  KEY (tax_calculation_rate_id, customer_tax_class_id, product_tax_class_id),
  FOREIGN KEY (customer_tax_class_id) REFERENCES `tax_class` (class_id) ON DELETE CASCADE,
  FOREIGN KEY (product_tax_class_id) REFERENCES `tax_class` (class_id) ON DELETE CASCADE,
  FOREIGN KEY (tax_calculation_rate_id) REFERENCES `tax_calculation_rate` (tax_calculation_rate_id) ON DELETE CASCADE,
  FOREIGN KEY (tax_calculation_rule_id) REFERENCES `tax_calculation_rule` (tax_calculation_rule_id) ON DELETE CASCADE
);

-- Products
CREATE TABLE `catalog_product_entity` (
  entity_id INT UNSIGNED NOT NULL AUTO_INCREMENT, attribute_set_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  type_id VARCHAR(32) NOT NULL DEFAULT 'simple', sku VARCHAR(64) NOT NULL, has_options SMALLINT NOT NULL DEFAULT 0,
  required_options SMALLINT UNSIGNED NOT NULL DEFAULT 0, created_at TIMESTAMP NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(), PRIMARY KEY (entity_id), KEY (attribute_set_id),
  KEY (sku)
);
CREATE TABLE `catalog_product_entity_datetime` (
  value_id INT NOT NULL AUTO_INCREMENT, attribute_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  store_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, entity_id INT UNSIGNED NOT NULL DEFAULT 0, value DATETIME,
  PRIMARY KEY (value_id), UNIQUE KEY (entity_id, attribute_id, store_id), KEY (attribute_id), KEY (store_id),
  FOREIGN KEY (attribute_id) REFERENCES `eav_attribute` (attribute_id) ON DELETE CASCADE,
  FOREIGN KEY (entity_id) REFERENCES `catalog_product_entity` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (store_id) REFERENCES `store` (store_id) ON DELETE CASCADE
);
CREATE TABLE `catalog_product_entity_decimal` (
  value_id INT UNSIGNED NOT NULL AUTO_INCREMENT, attribute_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  store_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, entity_id INT UNSIGNED NOT NULL DEFAULT 0, value DECIMAL(20,6),
  PRIMARY KEY (value_id), UNIQUE KEY (entity_id, attribute_id, store_id), KEY (attribute_id), KEY (store_id),
  FOREIGN KEY (attribute_id) REFERENCES `eav_attribute` (attribute_id) ON DELETE CASCADE,
  FOREIGN KEY (entity_id) REFERENCES `catalog_product_entity` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (store_id) REFERENCES `store` (store_id) ON DELETE CASCADE
);
CREATE TABLE `catalog_product_entity_int` (
  value_id INT NOT NULL AUTO_INCREMENT, attribute_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  store_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, entity_id INT UNSIGNED NOT NULL DEFAULT 0, value INT,
  PRIMARY KEY (value_id), UNIQUE KEY (entity_id, attribute_id, store_id), KEY (attribute_id),
  KEY (attribute_id, store_id, value), KEY (store_id),
  FOREIGN KEY (attribute_id) REFERENCES `eav_attribute` (attribute_id) ON DELETE CASCADE,
  FOREIGN KEY (entity_id) REFERENCES `catalog_product_entity` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (store_id) REFERENCES `store` (store_id) ON DELETE CASCADE
);
CREATE TABLE `catalog_product_entity_text` (
  value_id INT NOT NULL AUTO_INCREMENT, attribute_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  store_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, entity_id INT UNSIGNED NOT NULL DEFAULT 0, value MEDIUMTEXT,
  PRIMARY KEY (value_id), UNIQUE KEY (entity_id, attribute_id, store_id), KEY (attribute_id), KEY (store_id),
  FOREIGN KEY (attribute_id) REFERENCES `eav_attribute` (attribute_id) ON DELETE CASCADE,
  FOREIGN KEY (entity_id) REFERENCES `catalog_product_entity` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (store_id) REFERENCES `store` (store_id) ON DELETE CASCADE
);
CREATE TABLE `catalog_product_entity_varchar` (
  value_id INT NOT NULL AUTO_INCREMENT, attribute_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  store_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, entity_id INT UNSIGNED NOT NULL DEFAULT 0, value VARCHAR(255),
  PRIMARY KEY (value_id), UNIQUE KEY (entity_id, attribute_id, store_id), KEY (attribute_id), KEY (store_id),
  FOREIGN KEY (attribute_id) REFERENCES `eav_attribute` (attribute_id) ON DELETE CASCADE,
  FOREIGN KEY (entity_id) REFERENCES `catalog_product_entity` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (store_id) REFERENCES `store` (store_id) ON DELETE CASCADE
);
CREATE TABLE `catalog_product_entity_tier_price` (
  value_id INT NOT NULL AUTO_INCREMENT, entity_id INT UNSIGNED NOT NULL DEFAULT 0,
  all_groups SMALLINT UNSIGNED NOT NULL DEFAULT 1, customer_group_id INT UNSIGNED NOT NULL DEFAULT 0,
  qty DECIMAL(12,4) NOT NULL DEFAULT 1.0000, value DECIMAL(20,6) NOT NULL DEFAULT 0.000000,
  website_id SMALLINT UNSIGNED NOT NULL, percentage_value DECIMAL(5,2), PRIMARY KEY (value_id),
  UNIQUE KEY (entity_id, all_groups, customer_group_id, qty, website_id), KEY (customer_group_id), KEY (website_id),
  FOREIGN KEY (customer_group_id) REFERENCES `customer_group` (customer_group_id) ON DELETE CASCADE,
  FOREIGN KEY (entity_id) REFERENCES `catalog_product_entity` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (website_id) REFERENCES `store_website` (website_id) ON DELETE CASCADE
);
CREATE TABLE `catalog_product_website` (
  product_id INT UNSIGNED NOT NULL, website_id SMALLINT UNSIGNED NOT NULL, PRIMARY KEY (product_id, website_id),
  KEY (website_id), FOREIGN KEY (product_id) REFERENCES `catalog_product_entity` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (website_id) REFERENCES `store_website` (website_id) ON DELETE CASCADE
);
CREATE TABLE `catalog_product_relation` (
  parent_id INT UNSIGNED NOT NULL, child_id INT UNSIGNED NOT NULL, PRIMARY KEY (parent_id, child_id), KEY (child_id),
  FOREIGN KEY (child_id) REFERENCES `catalog_product_entity` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (parent_id) REFERENCES `catalog_product_entity` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `catalog_product_super_attribute` (
  product_super_attribute_id INT UNSIGNED NOT NULL AUTO_INCREMENT, product_id INT UNSIGNED NOT NULL DEFAULT 0,
  attribute_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, position SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (product_super_attribute_id), UNIQUE KEY (product_id, attribute_id),
  FOREIGN KEY (product_id) REFERENCES `catalog_product_entity` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `catalog_product_super_attribute_label` (
  value_id INT UNSIGNED NOT NULL AUTO_INCREMENT, product_super_attribute_id INT UNSIGNED NOT NULL DEFAULT 0,
  store_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, use_default SMALLINT UNSIGNED DEFAULT 0, value VARCHAR(255),
  PRIMARY KEY (value_id), UNIQUE KEY (product_super_attribute_id, store_id), KEY (store_id),
  FOREIGN KEY (product_super_attribute_id) REFERENCES `catalog_product_super_attribute` (product_super_attribute_id) ON DELETE CASCADE,
  FOREIGN KEY (store_id) REFERENCES `store` (store_id) ON DELETE CASCADE
);
CREATE TABLE `catalog_product_super_link` (
  link_id INT UNSIGNED NOT NULL AUTO_INCREMENT, product_id INT UNSIGNED NOT NULL DEFAULT 0,
  parent_id INT UNSIGNED NOT NULL DEFAULT 0, PRIMARY KEY (link_id), UNIQUE KEY (product_id, parent_id),
  KEY (parent_id), FOREIGN KEY (parent_id) REFERENCES `catalog_product_entity` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (product_id) REFERENCES `catalog_product_entity` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `catalog_product_link_type` (
  link_type_id SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT, code VARCHAR(32), PRIMARY KEY (link_type_id)
);
CREATE TABLE `catalog_product_link` (
  link_id INT UNSIGNED NOT NULL AUTO_INCREMENT, product_id INT UNSIGNED NOT NULL DEFAULT 0,
  linked_product_id INT UNSIGNED NOT NULL DEFAULT 0, link_type_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (link_id), UNIQUE KEY (link_type_id, product_id, linked_product_id), KEY (linked_product_id),
  KEY (product_id),
  FOREIGN KEY (linked_product_id) REFERENCES `catalog_product_entity` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (link_type_id) REFERENCES `catalog_product_link_type` (link_type_id) ON DELETE CASCADE,
  FOREIGN KEY (product_id) REFERENCES `catalog_product_entity` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `catalog_product_bundle_option` (
  option_id INT UNSIGNED NOT NULL AUTO_INCREMENT, parent_id INT UNSIGNED NOT NULL,
  required SMALLINT UNSIGNED NOT NULL DEFAULT 0, position INT UNSIGNED NOT NULL DEFAULT 0, type VARCHAR(255),
  PRIMARY KEY (option_id), KEY (parent_id),
  FOREIGN KEY (parent_id) REFERENCES `catalog_product_entity` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `catalog_product_bundle_option_value` (
  value_id INT UNSIGNED NOT NULL AUTO_INCREMENT, option_id INT UNSIGNED NOT NULL,
  store_id SMALLINT UNSIGNED NOT NULL, title VARCHAR(255), parent_product_id INT UNSIGNED NOT NULL,
  PRIMARY KEY (value_id), UNIQUE KEY (option_id, parent_product_id, store_id),
  FOREIGN KEY (option_id) REFERENCES `catalog_product_bundle_option` (option_id) ON DELETE CASCADE
);
CREATE TABLE `catalog_product_bundle_selection` (
  selection_id INT UNSIGNED NOT NULL AUTO_INCREMENT, option_id INT UNSIGNED NOT NULL,
  parent_product_id INT UNSIGNED NOT NULL, product_id INT UNSIGNED NOT NULL,
  position INT UNSIGNED NOT NULL DEFAULT 0, is_default SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  selection_price_type SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  selection_price_value DECIMAL(12,4) NOT NULL DEFAULT 0.0000, selection_qty DECIMAL(12,4),
  selection_can_change_qty SMALLINT NOT NULL DEFAULT 0, PRIMARY KEY (selection_id), KEY (option_id),
  KEY (product_id), FOREIGN KEY (option_id) REFERENCES `catalog_product_bundle_option` (option_id) ON DELETE CASCADE,
  FOREIGN KEY (product_id) REFERENCES `catalog_product_entity` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `catalog_category_entity` (
  entity_id INT UNSIGNED NOT NULL AUTO_INCREMENT, attribute_set_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  parent_id INT UNSIGNED NOT NULL DEFAULT 0, created_at TIMESTAMP NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(), path VARCHAR(255) NOT NULL, position INT NOT NULL,
  level INT NOT NULL DEFAULT 0, children_count INT NOT NULL, PRIMARY KEY (entity_id), KEY (level), KEY (path)
);
CREATE TABLE `catalog_category_entity_varchar` (
  value_id INT NOT NULL AUTO_INCREMENT, attribute_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  store_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, entity_id INT UNSIGNED NOT NULL DEFAULT 0, value VARCHAR(255),
  PRIMARY KEY (value_id), UNIQUE KEY (entity_id, attribute_id, store_id), KEY (entity_id), KEY (attribute_id), KEY (store_id),
  FOREIGN KEY (attribute_id) REFERENCES `eav_attribute` (attribute_id) ON DELETE CASCADE,
  FOREIGN KEY (entity_id) REFERENCES `catalog_category_entity` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (store_id) REFERENCES `store` (store_id) ON DELETE CASCADE
);
CREATE TABLE `catalog_category_product` (
  entity_id INT NOT NULL AUTO_INCREMENT, category_id INT UNSIGNED NOT NULL DEFAULT 0,
  product_id INT UNSIGNED NOT NULL DEFAULT 0, position INT NOT NULL DEFAULT 0,
  PRIMARY KEY (entity_id, category_id, product_id), UNIQUE KEY (category_id, product_id), KEY (product_id),
  FOREIGN KEY (category_id) REFERENCES `catalog_category_entity` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (product_id) REFERENCES `catalog_product_entity` (entity_id) ON DELETE CASCADE
);

-- Stock
CREATE TABLE `cataloginventory_stock` (
  stock_id SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT, website_id SMALLINT UNSIGNED NOT NULL, stock_name VARCHAR(255),
  PRIMARY KEY (stock_id), KEY (website_id)
);
CREATE TABLE `cataloginventory_stock_item` (
  item_id INT UNSIGNED NOT NULL AUTO_INCREMENT, product_id INT UNSIGNED NOT NULL DEFAULT 0,
  stock_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, qty DECIMAL(12,4), min_qty DECIMAL(12,4) NOT NULL DEFAULT 0.0000,
  use_config_min_qty SMALLINT UNSIGNED NOT NULL DEFAULT 1, is_qty_decimal SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  backorders SMALLINT UNSIGNED NOT NULL DEFAULT 0, use_config_backorders SMALLINT UNSIGNED NOT NULL DEFAULT 1,
  min_sale_qty DECIMAL(12,4) NOT NULL DEFAULT 1.0000, use_config_min_sale_qty SMALLINT UNSIGNED NOT NULL DEFAULT 1,
  max_sale_qty DECIMAL(12,4) NOT NULL DEFAULT 0.0000, use_config_max_sale_qty SMALLINT UNSIGNED NOT NULL DEFAULT 1,
  is_in_stock SMALLINT UNSIGNED NOT NULL DEFAULT 0, low_stock_date TIMESTAMP NULL, notify_stock_qty DECIMAL(12,4),
  use_config_notify_stock_qty SMALLINT UNSIGNED NOT NULL DEFAULT 1,
  manage_stock SMALLINT UNSIGNED NOT NULL DEFAULT 0, use_config_manage_stock SMALLINT UNSIGNED NOT NULL DEFAULT 1,
  stock_status_changed_auto SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  use_config_qty_increments SMALLINT UNSIGNED NOT NULL DEFAULT 1,
  qty_increments DECIMAL(12,4) NOT NULL DEFAULT 0.0000,
  use_config_enable_qty_inc SMALLINT UNSIGNED NOT NULL DEFAULT 1,
  enable_qty_increments SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  is_decimal_divided SMALLINT UNSIGNED NOT NULL DEFAULT 0, website_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (item_id), UNIQUE KEY (product_id, stock_id), KEY (stock_id), KEY (website_id),
  KEY (website_id, product_id),
  FOREIGN KEY (product_id) REFERENCES `catalog_product_entity` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (stock_id) REFERENCES `cataloginventory_stock` (stock_id) ON DELETE CASCADE
);
CREATE TABLE `cataloginventory_stock_status` (
  product_id INT UNSIGNED NOT NULL, website_id SMALLINT UNSIGNED NOT NULL, stock_id SMALLINT UNSIGNED NOT NULL,
  qty DECIMAL(12,4) NOT NULL DEFAULT 0.0000, stock_status SMALLINT UNSIGNED NOT NULL,
  PRIMARY KEY (product_id, website_id, stock_id), KEY (stock_id), KEY (stock_status), KEY (website_id)
);
CREATE TABLE `inventory_source` (
  source_code VARCHAR(255) NOT NULL, name VARCHAR(255) NOT NULL, enabled SMALLINT UNSIGNED NOT NULL DEFAULT 1,
  description TEXT, latitude DECIMAL(8,6), longitude DECIMAL(9,6), country_id VARCHAR(2) NOT NULL,
  region_id INT UNSIGNED, region VARCHAR(255), city VARCHAR(255), street VARCHAR(255),
  postcode VARCHAR(255) NOT NULL, contact_name VARCHAR(255), email VARCHAR(255), phone VARCHAR(255),
  fax VARCHAR(255), use_default_carrier_config SMALLINT UNSIGNED NOT NULL DEFAULT 1,
  is_pickup_location_active TINYINT(1) NOT NULL DEFAULT 0, frontend_name VARCHAR(255) DEFAULT '',
  frontend_description TEXT, PRIMARY KEY (source_code)
);
CREATE TABLE `inventory_source_item` (
  source_item_id INT UNSIGNED NOT NULL AUTO_INCREMENT, source_code VARCHAR(255) NOT NULL, sku VARCHAR(64) NOT NULL,
  quantity DECIMAL(12,4) NOT NULL DEFAULT 0.0000, status SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (source_item_id), UNIQUE KEY (source_code, sku), KEY (sku, source_code, quantity),
  FOREIGN KEY (source_code) REFERENCES `inventory_source` (source_code) ON DELETE CASCADE
);
CREATE TABLE `inventory_stock` (
  stock_id INT UNSIGNED NOT NULL AUTO_INCREMENT, name VARCHAR(255) NOT NULL, PRIMARY KEY (stock_id)
);
CREATE TABLE `inventory_source_stock_link` (
  link_id INT UNSIGNED NOT NULL AUTO_INCREMENT, stock_id INT UNSIGNED NOT NULL, source_code VARCHAR(255) NOT NULL,
  priority SMALLINT UNSIGNED NOT NULL, PRIMARY KEY (link_id), UNIQUE KEY (stock_id, source_code),
  KEY (stock_id, priority), KEY (source_code),
  FOREIGN KEY (source_code) REFERENCES `inventory_source` (source_code) ON DELETE CASCADE,
  FOREIGN KEY (stock_id) REFERENCES `inventory_stock` (stock_id) ON DELETE CASCADE
);
CREATE TABLE `inventory_stock_sales_channel` (
  type VARCHAR(64) NOT NULL, code VARCHAR(64) NOT NULL, stock_id INT UNSIGNED NOT NULL, PRIMARY KEY (type, code),
  KEY (stock_id), FOREIGN KEY (stock_id) REFERENCES `inventory_stock` (stock_id) ON DELETE CASCADE
);
CREATE TABLE `inventory_reservation` (
  reservation_id INT UNSIGNED NOT NULL AUTO_INCREMENT, stock_id INT UNSIGNED NOT NULL, sku VARCHAR(64) NOT NULL,
  quantity DECIMAL(10,4) NOT NULL DEFAULT 0.0000, metadata VARCHAR(255), PRIMARY KEY (reservation_id),
  KEY (stock_id, sku, quantity)
);
CREATE TABLE `inventory_shipment_source` (
  shipment_id INT UNSIGNED NOT NULL, source_code VARCHAR(255) NOT NULL, PRIMARY KEY (shipment_id)
);
CREATE TABLE `inventory_low_stock_notification_configuration` (
  source_code VARCHAR(255) NOT NULL, sku VARCHAR(64) NOT NULL, notify_stock_qty DECIMAL(12,4),
  PRIMARY KEY (source_code, sku)
);
CREATE TABLE `inventory_stock_2` (
  sku VARCHAR(64) NOT NULL, quantity DECIMAL(12,4) NOT NULL DEFAULT 0.0000, is_salable TINYINT(1) NOT NULL,
  PRIMARY KEY (sku), KEY (sku, quantity)
);
CREATE SQL SECURITY INVOKER VIEW `inventory_stock_1` AS
  SELECT DISTINCT s.product_id, s.website_id, s.stock_id, s.qty AS quantity, s.stock_status AS is_salable, p.sku
  FROM `cataloginventory_stock_status` s JOIN `catalog_product_entity` p ON s.product_id = p.entity_id;

-- Orders
CREATE TABLE `sales_order` (
  entity_id INT UNSIGNED NOT NULL AUTO_INCREMENT, state VARCHAR(32), status VARCHAR(32), coupon_code VARCHAR(255),
  protect_code VARCHAR(255), shipping_description VARCHAR(255), is_virtual SMALLINT UNSIGNED,
  store_id SMALLINT UNSIGNED, customer_id INT UNSIGNED, base_discount_amount DECIMAL(20,4),
  base_discount_canceled DECIMAL(20,4), base_discount_invoiced DECIMAL(20,4), base_discount_refunded DECIMAL(20,4),
  base_grand_total DECIMAL(20,4), base_shipping_amount DECIMAL(20,4), base_shipping_canceled DECIMAL(20,4),
  base_shipping_invoiced DECIMAL(20,4), base_shipping_refunded DECIMAL(20,4), base_shipping_tax_amount DECIMAL(20,4),
  base_shipping_tax_refunded DECIMAL(20,4), base_subtotal DECIMAL(20,4), base_subtotal_canceled DECIMAL(20,4),
  base_subtotal_invoiced DECIMAL(20,4), base_subtotal_refunded DECIMAL(20,4), base_tax_amount DECIMAL(20,4),
  base_tax_canceled DECIMAL(20,4), base_tax_invoiced DECIMAL(20,4), base_tax_refunded DECIMAL(20,4),
  base_to_global_rate DECIMAL(20,4), base_to_order_rate DECIMAL(20,4), base_total_canceled DECIMAL(20,4),
  base_total_invoiced DECIMAL(20,4), base_total_invoiced_cost DECIMAL(20,4),
  base_total_offline_refunded DECIMAL(20,4), base_total_online_refunded DECIMAL(20,4), base_total_paid DECIMAL(20,4),
  base_total_qty_ordered DECIMAL(12,4), base_total_refunded DECIMAL(20,4), discount_amount DECIMAL(20,4),
  discount_canceled DECIMAL(20,4), discount_invoiced DECIMAL(20,4), discount_refunded DECIMAL(20,4),
  grand_total DECIMAL(20,4), shipping_amount DECIMAL(20,4), shipping_canceled DECIMAL(20,4),
  shipping_invoiced DECIMAL(20,4), shipping_refunded DECIMAL(20,4), shipping_tax_amount DECIMAL(20,4),
  shipping_tax_refunded DECIMAL(20,4), store_to_base_rate DECIMAL(12,4), store_to_order_rate DECIMAL(12,4),
  subtotal DECIMAL(20,4), subtotal_canceled DECIMAL(20,4), subtotal_invoiced DECIMAL(20,4),
  subtotal_refunded DECIMAL(20,4), tax_amount DECIMAL(20,4), tax_canceled DECIMAL(20,4), tax_invoiced DECIMAL(20,4),
  tax_refunded DECIMAL(20,4), total_canceled DECIMAL(20,4), total_invoiced DECIMAL(20,4),
  total_offline_refunded DECIMAL(20,4), total_online_refunded DECIMAL(20,4), total_paid DECIMAL(20,4),
  total_qty_ordered DECIMAL(12,4), total_refunded DECIMAL(20,4), can_ship_partially SMALLINT UNSIGNED,
  can_ship_partially_item SMALLINT UNSIGNED, customer_is_guest SMALLINT UNSIGNED,
  customer_note_notify SMALLINT UNSIGNED, billing_address_id INT, customer_group_id INT, edit_increment INT,
  email_sent SMALLINT, send_email SMALLINT UNSIGNED, forced_shipment_with_invoice SMALLINT UNSIGNED,
  payment_auth_expiration INT, quote_address_id INT, quote_id INT, shipping_address_id INT,
  adjustment_negative DECIMAL(20,4), adjustment_positive DECIMAL(20,4), base_adjustment_negative DECIMAL(20,4),
  base_adjustment_positive DECIMAL(20,4), base_shipping_discount_amount DECIMAL(20,4),
  base_subtotal_incl_tax DECIMAL(20,4), base_total_due DECIMAL(20,4), payment_authorization_amount DECIMAL(20,4),
  shipping_discount_amount DECIMAL(20,4), subtotal_incl_tax DECIMAL(20,4), total_due DECIMAL(20,4),
  weight DECIMAL(12,4), customer_dob DATETIME, increment_id VARCHAR(50), applied_rule_ids VARCHAR(128),
  base_currency_code VARCHAR(3), customer_email VARCHAR(128), customer_firstname VARCHAR(128),
  customer_lastname VARCHAR(128), customer_middlename VARCHAR(128), customer_prefix VARCHAR(32),
  customer_suffix VARCHAR(32), customer_taxvat VARCHAR(32), discount_description VARCHAR(255),
  ext_customer_id VARCHAR(32), ext_order_id VARCHAR(32), global_currency_code VARCHAR(3),
  hold_before_state VARCHAR(32), hold_before_status VARCHAR(32), order_currency_code VARCHAR(3),
  original_increment_id VARCHAR(50), relation_child_id VARCHAR(32), relation_child_real_id VARCHAR(32),
  relation_parent_id VARCHAR(32), relation_parent_real_id VARCHAR(32), remote_ip VARCHAR(45),
  shipping_method VARCHAR(120), store_currency_code VARCHAR(3), store_name VARCHAR(255),
  x_forwarded_for VARCHAR(255), customer_note TEXT, created_at TIMESTAMP NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(), total_item_count SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  customer_gender INT, discount_tax_compensation_amount DECIMAL(20,4),
  base_discount_tax_compensation_amount DECIMAL(20,4), shipping_discount_tax_compensation_amount DECIMAL(20,4),
  base_shipping_discount_tax_compensation_amnt DECIMAL(20,4), discount_tax_compensation_invoiced DECIMAL(20,4),
  base_discount_tax_compensation_invoiced DECIMAL(20,4), discount_tax_compensation_refunded DECIMAL(20,4),
  base_discount_tax_compensation_refunded DECIMAL(20,4), shipping_incl_tax DECIMAL(20,4),
  base_shipping_incl_tax DECIMAL(20,4), coupon_rule_name VARCHAR(255), gift_message_id INT,
  paypal_ipn_customer_notified INT DEFAULT 0, PRIMARY KEY (entity_id), UNIQUE KEY (increment_id, store_id),
  KEY (created_at), KEY (customer_id), KEY (email_sent), KEY (ext_order_id), KEY (quote_id), KEY (send_email),
  KEY (state), KEY (status), KEY (store_id), KEY (store_id, state, created_at), KEY (updated_at),
  FOREIGN KEY (customer_id) REFERENCES `customer_entity` (entity_id) ON DELETE SET NULL,
  FOREIGN KEY (store_id) REFERENCES `store` (store_id) ON DELETE SET NULL
);
CREATE TABLE `sales_order_item` (
  item_id INT UNSIGNED NOT NULL AUTO_INCREMENT, order_id INT UNSIGNED NOT NULL DEFAULT 0,
  parent_item_id INT UNSIGNED, quote_item_id INT UNSIGNED, store_id SMALLINT UNSIGNED,
  created_at TIMESTAMP NOT NULL DEFAULT NOW(), updated_at TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(),
  product_id INT UNSIGNED, product_type VARCHAR(255), product_options LONGTEXT, weight DECIMAL(12,4) DEFAULT 0.0000,
  is_virtual SMALLINT UNSIGNED, sku VARCHAR(255), name VARCHAR(255), description TEXT, applied_rule_ids TEXT,
  additional_data TEXT, is_qty_decimal SMALLINT UNSIGNED, no_discount SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  qty_backordered DECIMAL(12,4) DEFAULT 0.0000, qty_canceled DECIMAL(12,4) DEFAULT 0.0000,
  qty_invoiced DECIMAL(12,4) DEFAULT 0.0000, qty_ordered DECIMAL(12,4) DEFAULT 0.0000,
  qty_refunded DECIMAL(12,4) DEFAULT 0.0000, qty_shipped DECIMAL(12,4) DEFAULT 0.0000,
  base_cost DECIMAL(12,4) DEFAULT 0.0000, price DECIMAL(20,4) NOT NULL DEFAULT 0.0000,
  base_price DECIMAL(20,4) NOT NULL DEFAULT 0.0000, original_price DECIMAL(20,4), base_original_price DECIMAL(20,4),
  tax_percent DECIMAL(12,4) DEFAULT 0.0000, tax_amount DECIMAL(20,4) DEFAULT 0.0000,
  base_tax_amount DECIMAL(20,4) DEFAULT 0.0000, tax_invoiced DECIMAL(20,4) DEFAULT 0.0000,
  base_tax_invoiced DECIMAL(20,4) DEFAULT 0.0000, discount_percent DECIMAL(12,4) DEFAULT 0.0000,
  discount_amount DECIMAL(20,4) DEFAULT 0.0000, base_discount_amount DECIMAL(20,4) DEFAULT 0.0000,
  discount_invoiced DECIMAL(20,4) DEFAULT 0.0000, base_discount_invoiced DECIMAL(20,4) DEFAULT 0.0000,
  amount_refunded DECIMAL(20,4) DEFAULT 0.0000, base_amount_refunded DECIMAL(20,4) DEFAULT 0.0000,
  row_total DECIMAL(20,4) NOT NULL DEFAULT 0.0000, base_row_total DECIMAL(20,4) NOT NULL DEFAULT 0.0000,
  row_invoiced DECIMAL(20,4) NOT NULL DEFAULT 0.0000, base_row_invoiced DECIMAL(20,4) NOT NULL DEFAULT 0.0000,
  row_weight DECIMAL(12,4) DEFAULT 0.0000, base_tax_before_discount DECIMAL(20,4), tax_before_discount DECIMAL(20,4),
  ext_order_item_id VARCHAR(255), locked_do_invoice SMALLINT UNSIGNED, locked_do_ship SMALLINT UNSIGNED,
  price_incl_tax DECIMAL(20,4), base_price_incl_tax DECIMAL(20,4), row_total_incl_tax DECIMAL(20,4),
  base_row_total_incl_tax DECIMAL(20,4), discount_tax_compensation_amount DECIMAL(20,4),
  base_discount_tax_compensation_amount DECIMAL(20,4), discount_tax_compensation_invoiced DECIMAL(20,4),
  base_discount_tax_compensation_invoiced DECIMAL(20,4), discount_tax_compensation_refunded DECIMAL(20,4),
  base_discount_tax_compensation_refunded DECIMAL(20,4), tax_canceled DECIMAL(12,4),
  discount_tax_compensation_canceled DECIMAL(20,4), tax_refunded DECIMAL(20,4), base_tax_refunded DECIMAL(20,4),
  discount_refunded DECIMAL(20,4), base_discount_refunded DECIMAL(20,4), gift_message_id INT,
  gift_message_available INT, free_shipping SMALLINT UNSIGNED NOT NULL DEFAULT 0, weee_tax_applied TEXT,
  weee_tax_applied_amount DECIMAL(12,4), weee_tax_applied_row_amount DECIMAL(12,4),
  weee_tax_disposition DECIMAL(12,4), weee_tax_row_disposition DECIMAL(12,4),
  base_weee_tax_applied_amount DECIMAL(12,4), base_weee_tax_applied_row_amnt DECIMAL(12,4),
  base_weee_tax_disposition DECIMAL(12,4), base_weee_tax_row_disposition DECIMAL(12,4), PRIMARY KEY (item_id),
  KEY (order_id), KEY (store_id), FOREIGN KEY (order_id) REFERENCES `sales_order` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (store_id) REFERENCES `store` (store_id) ON DELETE SET NULL
);
CREATE TABLE `sales_order_address` (
  entity_id INT UNSIGNED NOT NULL AUTO_INCREMENT, parent_id INT UNSIGNED, customer_address_id INT,
  quote_address_id INT, region_id INT, customer_id INT, fax VARCHAR(255), region VARCHAR(255), postcode VARCHAR(255),
  lastname VARCHAR(255), street VARCHAR(255), city VARCHAR(255), email VARCHAR(255), telephone VARCHAR(255),
  country_id VARCHAR(2), firstname VARCHAR(255), address_type VARCHAR(255), prefix VARCHAR(255),
  middlename VARCHAR(255), suffix VARCHAR(255), company VARCHAR(255), vat_id TEXT, vat_is_valid SMALLINT,
  vat_request_id TEXT, vat_request_date TEXT, vat_request_success SMALLINT, PRIMARY KEY (entity_id), KEY (parent_id),
  FOREIGN KEY (parent_id) REFERENCES `sales_order` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `sales_order_payment` (
  entity_id INT UNSIGNED NOT NULL AUTO_INCREMENT, parent_id INT UNSIGNED NOT NULL,
  base_shipping_captured DECIMAL(20,4), shipping_captured DECIMAL(20,4), amount_refunded DECIMAL(20,4),
  base_amount_paid DECIMAL(20,4), amount_canceled DECIMAL(20,4), base_amount_authorized DECIMAL(20,4),
  base_amount_paid_online DECIMAL(20,4), base_amount_refunded_online DECIMAL(20,4),
  base_shipping_amount DECIMAL(20,4), shipping_amount DECIMAL(20,4), amount_paid DECIMAL(20,4),
  amount_authorized DECIMAL(20,4), base_amount_ordered DECIMAL(20,4), base_shipping_refunded DECIMAL(20,4),
  shipping_refunded DECIMAL(20,4), base_amount_refunded DECIMAL(20,4), amount_ordered DECIMAL(20,4),
  base_amount_canceled DECIMAL(20,4), quote_payment_id INT, additional_data TEXT, cc_exp_month VARCHAR(12),
  cc_ss_start_year VARCHAR(12), echeck_bank_name VARCHAR(128), method VARCHAR(128),
  cc_debug_request_body VARCHAR(32), cc_secure_verify VARCHAR(32), protection_eligibility VARCHAR(32),
  cc_approval VARCHAR(32), cc_last_4 VARCHAR(100), cc_status_description VARCHAR(32), echeck_type VARCHAR(32),
  cc_debug_response_serialized VARCHAR(32), cc_ss_start_month VARCHAR(128), echeck_account_type VARCHAR(255),
  last_trans_id VARCHAR(255), cc_cid_status VARCHAR(32), cc_owner VARCHAR(128), cc_type VARCHAR(32),
  po_number VARCHAR(32), cc_exp_year VARCHAR(4), cc_status VARCHAR(4), echeck_routing_number VARCHAR(32),
  account_status VARCHAR(32), anet_trans_method VARCHAR(32), cc_debug_response_body VARCHAR(32),
  cc_ss_issue VARCHAR(32), echeck_account_name VARCHAR(32), cc_avs_status VARCHAR(32), cc_number_enc VARCHAR(128),
  cc_trans_id VARCHAR(32), address_status VARCHAR(32), additional_information TEXT, PRIMARY KEY (entity_id),
  KEY (parent_id), FOREIGN KEY (parent_id) REFERENCES `sales_order` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `sales_payment_transaction` (
  transaction_id INT UNSIGNED NOT NULL AUTO_INCREMENT, parent_id INT UNSIGNED,
  order_id INT UNSIGNED NOT NULL DEFAULT 0, payment_id INT UNSIGNED NOT NULL DEFAULT 0, txn_id VARCHAR(100),
  parent_txn_id VARCHAR(100), txn_type VARCHAR(15), is_closed SMALLINT UNSIGNED NOT NULL DEFAULT 1,
  additional_information BLOB, created_at TIMESTAMP NOT NULL DEFAULT NOW(), PRIMARY KEY (transaction_id),
  UNIQUE KEY (order_id, payment_id, txn_id), KEY (parent_id), KEY (payment_id),
  FOREIGN KEY (order_id) REFERENCES `sales_order` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (parent_id) REFERENCES `sales_payment_transaction` (transaction_id) ON DELETE CASCADE,
  FOREIGN KEY (payment_id) REFERENCES `sales_order_payment` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `sales_order_tax` (
  tax_id INT UNSIGNED NOT NULL AUTO_INCREMENT, order_id INT UNSIGNED NOT NULL, code VARCHAR(255), title VARCHAR(255),
  percent DECIMAL(12,4), amount DECIMAL(20,4), priority INT NOT NULL, position INT NOT NULL,
  base_amount DECIMAL(20,4), process SMALLINT NOT NULL, base_real_amount DECIMAL(20,4), PRIMARY KEY (tax_id),
  KEY (order_id, priority, position)
);
CREATE TABLE `sales_order_tax_item` (
  tax_item_id INT UNSIGNED NOT NULL AUTO_INCREMENT, tax_id INT UNSIGNED NOT NULL, item_id INT UNSIGNED,
  tax_percent DECIMAL(12,4) NOT NULL, amount DECIMAL(20,4) NOT NULL, base_amount DECIMAL(20,4) NOT NULL,
  real_amount DECIMAL(20,4) NOT NULL, real_base_amount DECIMAL(20,4) NOT NULL, associated_item_id INT UNSIGNED,
  taxable_item_type VARCHAR(32) NOT NULL, PRIMARY KEY (tax_item_id), UNIQUE KEY (tax_id, item_id),
  KEY (associated_item_id), KEY (item_id),
  FOREIGN KEY (associated_item_id) REFERENCES `sales_order_item` (item_id) ON DELETE CASCADE,
  FOREIGN KEY (item_id) REFERENCES `sales_order_item` (item_id) ON DELETE CASCADE,
  FOREIGN KEY (tax_id) REFERENCES `sales_order_tax` (tax_id) ON DELETE CASCADE
);
CREATE TABLE `sales_order_status` (
  status VARCHAR(32) NOT NULL, label VARCHAR(128) NOT NULL, PRIMARY KEY (status)
);
CREATE TABLE `sales_order_status_label` (
  status VARCHAR(32) NOT NULL, store_id SMALLINT UNSIGNED NOT NULL, label VARCHAR(128) NOT NULL,
  PRIMARY KEY (status, store_id), KEY (store_id),
  FOREIGN KEY (status) REFERENCES `sales_order_status` (status) ON DELETE CASCADE,
  FOREIGN KEY (store_id) REFERENCES `store` (store_id) ON DELETE CASCADE
);
CREATE TABLE `sales_order_status_state` (
  status VARCHAR(32) NOT NULL, state VARCHAR(32) NOT NULL, is_default SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  visible_on_front SMALLINT UNSIGNED NOT NULL DEFAULT 0, PRIMARY KEY (status, state),
  FOREIGN KEY (status) REFERENCES `sales_order_status` (status) ON DELETE CASCADE
);
CREATE TABLE `sales_order_status_history` (
  entity_id INT UNSIGNED NOT NULL AUTO_INCREMENT, parent_id INT UNSIGNED NOT NULL, is_customer_notified INT,
  is_visible_on_front SMALLINT UNSIGNED NOT NULL DEFAULT 0, comment TEXT, status VARCHAR(32),
  created_at TIMESTAMP NOT NULL DEFAULT NOW(), entity_name VARCHAR(32), PRIMARY KEY (entity_id), KEY (created_at),
  KEY (parent_id), FOREIGN KEY (parent_id) REFERENCES `sales_order` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `sales_order_grid` (
  entity_id INT UNSIGNED NOT NULL, status VARCHAR(32), store_id SMALLINT UNSIGNED, store_name VARCHAR(255),
  customer_id INT UNSIGNED, base_grand_total DECIMAL(20,4), base_total_paid DECIMAL(20,4), grand_total DECIMAL(20,4),
  total_paid DECIMAL(20,4), increment_id VARCHAR(50), base_currency_code VARCHAR(3),
  order_currency_code VARCHAR(255), shipping_name VARCHAR(255), billing_name VARCHAR(255), created_at TIMESTAMP NULL,
  updated_at TIMESTAMP NULL, billing_address VARCHAR(255), shipping_address VARCHAR(255),
  shipping_information VARCHAR(255), customer_email VARCHAR(255), customer_group VARCHAR(255),
  subtotal DECIMAL(20,4), shipping_and_handling DECIMAL(20,4), customer_name VARCHAR(255),
  payment_method VARCHAR(255), total_refunded DECIMAL(20,4), pickup_location_code VARCHAR(255),
  PRIMARY KEY (entity_id), UNIQUE KEY (increment_id, store_id), KEY (base_grand_total), KEY (base_total_paid),
  KEY (billing_name), KEY (created_at), KEY (customer_id), KEY (grand_total), KEY (pickup_location_code),
  KEY (shipping_name), KEY (status), KEY (store_id), KEY (total_paid), KEY (updated_at)
);
CREATE TABLE `sales_invoice` (
  entity_id INT UNSIGNED NOT NULL AUTO_INCREMENT, store_id SMALLINT UNSIGNED, base_grand_total DECIMAL(20,4),
  shipping_tax_amount DECIMAL(20,4), tax_amount DECIMAL(20,4), base_tax_amount DECIMAL(20,4),
  store_to_order_rate DECIMAL(20,4), base_shipping_tax_amount DECIMAL(20,4), base_discount_amount DECIMAL(20,4),
  base_to_order_rate DECIMAL(20,4), grand_total DECIMAL(20,4), shipping_amount DECIMAL(20,4),
  subtotal_incl_tax DECIMAL(20,4), base_subtotal_incl_tax DECIMAL(20,4), store_to_base_rate DECIMAL(20,4),
  base_shipping_amount DECIMAL(20,4), total_qty DECIMAL(12,4), base_to_global_rate DECIMAL(20,4),
  subtotal DECIMAL(20,4), base_subtotal DECIMAL(20,4), discount_amount DECIMAL(20,4), billing_address_id INT,
  is_used_for_refund SMALLINT UNSIGNED, order_id INT UNSIGNED NOT NULL, email_sent SMALLINT,
  send_email SMALLINT UNSIGNED, can_void_flag SMALLINT UNSIGNED, state INT, shipping_address_id INT,
  store_currency_code VARCHAR(3), transaction_id VARCHAR(255), order_currency_code VARCHAR(3),
  base_currency_code VARCHAR(3), global_currency_code VARCHAR(3), increment_id VARCHAR(50),
  created_at TIMESTAMP NOT NULL DEFAULT NOW(), updated_at TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(),
  discount_tax_compensation_amount DECIMAL(20,4), base_discount_tax_compensation_amount DECIMAL(20,4),
  shipping_discount_tax_compensation_amount DECIMAL(20,4),
  base_shipping_discount_tax_compensation_amnt DECIMAL(20,4), shipping_incl_tax DECIMAL(20,4),
  base_shipping_incl_tax DECIMAL(20,4), base_total_refunded DECIMAL(20,4), discount_description VARCHAR(255),
  customer_note TEXT, customer_note_notify SMALLINT UNSIGNED, PRIMARY KEY (entity_id),
  UNIQUE KEY (increment_id, store_id), KEY (created_at), KEY (email_sent), KEY (grand_total), KEY (order_id),
  KEY (send_email), KEY (state), KEY (store_id), KEY (updated_at),
  FOREIGN KEY (order_id) REFERENCES `sales_order` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (store_id) REFERENCES `store` (store_id) ON DELETE SET NULL
);
CREATE TABLE `sales_invoice_item` (
  entity_id INT UNSIGNED NOT NULL AUTO_INCREMENT, parent_id INT UNSIGNED NOT NULL, base_price DECIMAL(20,4),
  tax_amount DECIMAL(20,4), base_row_total DECIMAL(20,4), discount_amount DECIMAL(20,4), row_total DECIMAL(20,4),
  base_discount_amount DECIMAL(20,4), price_incl_tax DECIMAL(20,4), base_tax_amount DECIMAL(20,4),
  base_price_incl_tax DECIMAL(20,4), qty DECIMAL(12,4), base_cost DECIMAL(20,4), price DECIMAL(20,4),
  base_row_total_incl_tax DECIMAL(20,4), row_total_incl_tax DECIMAL(20,4), product_id INT, order_item_id INT,
  additional_data TEXT, description TEXT, sku VARCHAR(255), name VARCHAR(255),
  discount_tax_compensation_amount DECIMAL(20,4), base_discount_tax_compensation_amount DECIMAL(20,4),
  tax_ratio TEXT, weee_tax_applied TEXT, weee_tax_applied_amount DECIMAL(12,4),
  weee_tax_applied_row_amount DECIMAL(12,4), weee_tax_disposition DECIMAL(12,4),
  weee_tax_row_disposition DECIMAL(12,4), base_weee_tax_applied_amount DECIMAL(12,4),
  base_weee_tax_applied_row_amnt DECIMAL(12,4), base_weee_tax_disposition DECIMAL(12,4),
  base_weee_tax_row_disposition DECIMAL(12,4), PRIMARY KEY (entity_id), KEY (parent_id),
  FOREIGN KEY (parent_id) REFERENCES `sales_invoice` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `sales_invoice_comment` (
  entity_id INT UNSIGNED NOT NULL AUTO_INCREMENT, parent_id INT UNSIGNED NOT NULL,
  is_customer_notified SMALLINT UNSIGNED, is_visible_on_front SMALLINT UNSIGNED NOT NULL DEFAULT 0, comment TEXT,
  created_at TIMESTAMP NOT NULL DEFAULT NOW(), updated_at TIMESTAMP NULL DEFAULT NOW() ON UPDATE NOW(),
  user_id INT UNSIGNED NOT NULL DEFAULT 0, user_type INT UNSIGNED NOT NULL DEFAULT 0, PRIMARY KEY (entity_id),
  UNIQUE KEY (entity_id, user_id, user_type), KEY (created_at), KEY (parent_id),
  FOREIGN KEY (parent_id) REFERENCES `sales_invoice` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `sales_invoice_grid` (
  entity_id INT UNSIGNED NOT NULL, increment_id VARCHAR(50), state INT, store_id SMALLINT UNSIGNED,
  store_name VARCHAR(255), order_id INT UNSIGNED NOT NULL, order_increment_id VARCHAR(50),
  order_created_at TIMESTAMP NULL, customer_name VARCHAR(255), customer_email VARCHAR(255), customer_group_id INT,
  payment_method VARCHAR(128), store_currency_code VARCHAR(3), order_currency_code VARCHAR(3),
  base_currency_code VARCHAR(3), global_currency_code VARCHAR(3), billing_name VARCHAR(255),
  billing_address VARCHAR(255), shipping_address VARCHAR(255), shipping_information VARCHAR(255),
  subtotal DECIMAL(20,4), shipping_and_handling DECIMAL(20,4), grand_total DECIMAL(20,4), created_at TIMESTAMP NULL,
  updated_at TIMESTAMP NULL, base_grand_total DECIMAL(20,4), PRIMARY KEY (entity_id),
  UNIQUE KEY (increment_id, store_id), KEY (base_grand_total), KEY (billing_name), KEY (created_at),
  KEY (grand_total), KEY (order_created_at), KEY (order_id), KEY (order_increment_id), KEY (state), KEY (store_id),
  KEY (updated_at)
);
CREATE TABLE `sales_shipment` (
  entity_id INT UNSIGNED NOT NULL AUTO_INCREMENT, store_id SMALLINT UNSIGNED, total_weight DECIMAL(12,4),
  total_qty DECIMAL(12,4), email_sent SMALLINT, send_email SMALLINT UNSIGNED, order_id INT UNSIGNED NOT NULL,
  customer_id INT, shipping_address_id INT, billing_address_id INT, shipment_status INT, increment_id VARCHAR(50),
  created_at TIMESTAMP NOT NULL DEFAULT NOW(), updated_at TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(),
  packages TEXT, shipping_label MEDIUMBLOB, customer_note TEXT, customer_note_notify SMALLINT UNSIGNED,
  PRIMARY KEY (entity_id), UNIQUE KEY (increment_id, store_id), KEY (created_at), KEY (email_sent), KEY (order_id),
  KEY (send_email), KEY (store_id), KEY (total_qty), KEY (updated_at),
  FOREIGN KEY (order_id) REFERENCES `sales_order` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (store_id) REFERENCES `store` (store_id) ON DELETE SET NULL
);
CREATE TABLE `sales_shipment_item` (
  entity_id INT UNSIGNED NOT NULL AUTO_INCREMENT, parent_id INT UNSIGNED NOT NULL, row_total DECIMAL(20,4),
  price DECIMAL(20,4), weight DECIMAL(12,4), qty DECIMAL(12,4), product_id INT, order_item_id INT,
  additional_data TEXT, description TEXT, name VARCHAR(255), sku VARCHAR(255), PRIMARY KEY (entity_id),
  KEY (parent_id), FOREIGN KEY (parent_id) REFERENCES `sales_shipment` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `sales_shipment_track` (
  entity_id INT UNSIGNED NOT NULL AUTO_INCREMENT, parent_id INT UNSIGNED NOT NULL, weight DECIMAL(12,4),
  qty DECIMAL(12,4), order_id INT UNSIGNED NOT NULL, track_number TEXT, description TEXT, title VARCHAR(255),
  carrier_code VARCHAR(32), created_at TIMESTAMP NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(), PRIMARY KEY (entity_id), KEY (created_at),
  KEY (order_id), KEY (parent_id), FOREIGN KEY (parent_id) REFERENCES `sales_shipment` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `sales_shipment_comment` (
  entity_id INT UNSIGNED NOT NULL AUTO_INCREMENT, parent_id INT UNSIGNED NOT NULL, is_customer_notified INT,
  is_visible_on_front SMALLINT UNSIGNED NOT NULL DEFAULT 0, comment TEXT,
  created_at TIMESTAMP NOT NULL DEFAULT NOW(), updated_at TIMESTAMP NULL DEFAULT NOW() ON UPDATE NOW(),
  user_id INT UNSIGNED NOT NULL DEFAULT 0, user_type INT UNSIGNED NOT NULL DEFAULT 0, PRIMARY KEY (entity_id),
  UNIQUE KEY (entity_id, user_id, user_type), KEY (created_at), KEY (parent_id),
  FOREIGN KEY (parent_id) REFERENCES `sales_shipment` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `sales_shipment_grid` (
  entity_id INT UNSIGNED NOT NULL, increment_id VARCHAR(50), store_id SMALLINT UNSIGNED,
  order_increment_id VARCHAR(32) NOT NULL, order_id INT UNSIGNED NOT NULL,
  order_created_at TIMESTAMP NOT NULL DEFAULT NOW(), customer_name VARCHAR(128) NOT NULL, total_qty DECIMAL(12,4),
  shipment_status INT, order_status VARCHAR(32), billing_address VARCHAR(255), shipping_address VARCHAR(255),
  billing_name VARCHAR(128), shipping_name VARCHAR(128), customer_email VARCHAR(128), customer_group_id INT,
  payment_method VARCHAR(32), shipping_information VARCHAR(255), created_at TIMESTAMP NULL,
  updated_at TIMESTAMP NULL, PRIMARY KEY (entity_id), UNIQUE KEY (increment_id, store_id), KEY (billing_name),
  KEY (created_at), KEY (order_created_at), KEY (order_id), KEY (order_increment_id), KEY (order_status),
  KEY (shipment_status), KEY (shipping_name), KEY (store_id), KEY (total_qty), KEY (updated_at)
);
CREATE TABLE `sales_creditmemo` (
  entity_id INT UNSIGNED NOT NULL AUTO_INCREMENT, store_id SMALLINT UNSIGNED, adjustment_positive DECIMAL(20,4),
  base_shipping_tax_amount DECIMAL(20,4), store_to_order_rate DECIMAL(20,4), base_discount_amount DECIMAL(20,4),
  base_to_order_rate DECIMAL(20,4), grand_total DECIMAL(20,4), base_adjustment_negative DECIMAL(20,4),
  base_subtotal_incl_tax DECIMAL(20,4), shipping_amount DECIMAL(20,4), subtotal_incl_tax DECIMAL(20,4),
  adjustment_negative DECIMAL(20,4), base_shipping_amount DECIMAL(20,4), store_to_base_rate DECIMAL(20,4),
  base_to_global_rate DECIMAL(20,4), base_adjustment DECIMAL(20,4), base_subtotal DECIMAL(20,4),
  discount_amount DECIMAL(20,4), subtotal DECIMAL(20,4), adjustment DECIMAL(20,4), base_grand_total DECIMAL(20,4),
  base_adjustment_positive DECIMAL(20,4), base_tax_amount DECIMAL(20,4), shipping_tax_amount DECIMAL(20,4),
  tax_amount DECIMAL(20,4), order_id INT UNSIGNED NOT NULL, email_sent SMALLINT, send_email SMALLINT UNSIGNED,
  creditmemo_status INT, state INT, shipping_address_id INT, billing_address_id INT, invoice_id INT,
  store_currency_code VARCHAR(3), order_currency_code VARCHAR(3), base_currency_code VARCHAR(3),
  global_currency_code VARCHAR(3), transaction_id VARCHAR(255), increment_id VARCHAR(50),
  created_at TIMESTAMP NOT NULL DEFAULT NOW(), updated_at TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(),
  discount_tax_compensation_amount DECIMAL(20,4), base_discount_tax_compensation_amount DECIMAL(20,4),
  shipping_discount_tax_compensation_amount DECIMAL(20,4),
  base_shipping_discount_tax_compensation_amnt DECIMAL(20,4), shipping_incl_tax DECIMAL(20,4),
  base_shipping_incl_tax DECIMAL(20,4), discount_description VARCHAR(255), customer_note TEXT,
  customer_note_notify SMALLINT UNSIGNED, PRIMARY KEY (entity_id), UNIQUE KEY (increment_id, store_id),
  KEY (created_at), KEY (creditmemo_status), KEY (email_sent), KEY (order_id), KEY (send_email), KEY (state),
  KEY (store_id), KEY (updated_at), FOREIGN KEY (order_id) REFERENCES `sales_order` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (store_id) REFERENCES `store` (store_id) ON DELETE SET NULL
);
CREATE TABLE `sales_creditmemo_item` (
  entity_id INT UNSIGNED NOT NULL AUTO_INCREMENT, parent_id INT UNSIGNED NOT NULL, base_price DECIMAL(20,4),
  tax_amount DECIMAL(20,4), base_row_total DECIMAL(20,4), discount_amount DECIMAL(20,4), row_total DECIMAL(20,4),
  base_discount_amount DECIMAL(20,4), price_incl_tax DECIMAL(20,4), base_tax_amount DECIMAL(20,4),
  base_price_incl_tax DECIMAL(20,4), qty DECIMAL(12,4), base_cost DECIMAL(20,4), price DECIMAL(20,4),
  base_row_total_incl_tax DECIMAL(20,4), row_total_incl_tax DECIMAL(20,4), product_id INT, order_item_id INT,
  additional_data TEXT, description TEXT, sku VARCHAR(255), name VARCHAR(255),
  discount_tax_compensation_amount DECIMAL(20,4), base_discount_tax_compensation_amount DECIMAL(20,4),
  tax_ratio TEXT, weee_tax_applied TEXT, weee_tax_applied_amount DECIMAL(12,4),
  weee_tax_applied_row_amount DECIMAL(12,4), weee_tax_disposition DECIMAL(12,4),
  weee_tax_row_disposition DECIMAL(12,4), base_weee_tax_applied_amount DECIMAL(12,4),
  base_weee_tax_applied_row_amnt DECIMAL(12,4), base_weee_tax_disposition DECIMAL(12,4),
  base_weee_tax_row_disposition DECIMAL(12,4), PRIMARY KEY (entity_id), KEY (parent_id),
  FOREIGN KEY (parent_id) REFERENCES `sales_creditmemo` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `sales_creditmemo_comment` (
  entity_id INT UNSIGNED NOT NULL AUTO_INCREMENT, parent_id INT UNSIGNED NOT NULL, is_customer_notified INT,
  is_visible_on_front SMALLINT UNSIGNED NOT NULL DEFAULT 0, comment TEXT,
  created_at TIMESTAMP NOT NULL DEFAULT NOW(), updated_at TIMESTAMP NULL DEFAULT NOW() ON UPDATE NOW(),
  user_id INT UNSIGNED NOT NULL DEFAULT 0, user_type INT UNSIGNED NOT NULL DEFAULT 0, PRIMARY KEY (entity_id),
  UNIQUE KEY (entity_id, user_id, user_type), KEY (created_at), KEY (parent_id),
  FOREIGN KEY (parent_id) REFERENCES `sales_creditmemo` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `sales_creditmemo_grid` (
  entity_id INT UNSIGNED NOT NULL, increment_id VARCHAR(50), created_at TIMESTAMP NULL, updated_at TIMESTAMP NULL,
  order_id INT UNSIGNED NOT NULL, order_increment_id VARCHAR(50), order_created_at TIMESTAMP NULL,
  billing_name VARCHAR(255), state INT, base_grand_total DECIMAL(20,4), order_status VARCHAR(32),
  store_id SMALLINT UNSIGNED, billing_address VARCHAR(255), shipping_address VARCHAR(255),
  customer_name VARCHAR(128) NOT NULL, customer_email VARCHAR(128), customer_group_id SMALLINT,
  payment_method VARCHAR(32), shipping_information VARCHAR(255), subtotal DECIMAL(20,4),
  shipping_and_handling DECIMAL(20,4), adjustment_positive DECIMAL(20,4), adjustment_negative DECIMAL(20,4),
  order_base_grand_total DECIMAL(20,4), PRIMARY KEY (entity_id), UNIQUE KEY (increment_id, store_id),
  KEY (base_grand_total), KEY (billing_name), KEY (created_at), KEY (order_base_grand_total), KEY (order_created_at),
  KEY (order_id), KEY (order_increment_id), KEY (order_status), KEY (state), KEY (store_id), KEY (updated_at)
);
CREATE TABLE `sales_sequence_meta` (
  meta_id INT UNSIGNED NOT NULL AUTO_INCREMENT, entity_type VARCHAR(32) NOT NULL,
  store_id SMALLINT UNSIGNED NOT NULL, sequence_table VARCHAR(64) NOT NULL, PRIMARY KEY (meta_id),
  UNIQUE KEY (entity_type, store_id)
);
CREATE TABLE `sales_sequence_profile` (
  profile_id INT UNSIGNED NOT NULL AUTO_INCREMENT, meta_id INT UNSIGNED NOT NULL, prefix VARCHAR(32),
  suffix VARCHAR(32), start_value INT UNSIGNED NOT NULL DEFAULT 1, step INT UNSIGNED NOT NULL DEFAULT 1,
  max_value INT UNSIGNED NOT NULL, warning_value INT UNSIGNED NOT NULL, is_active TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (profile_id), UNIQUE KEY (meta_id, prefix, suffix),
  FOREIGN KEY (meta_id) REFERENCES `sales_sequence_meta` (meta_id) ON DELETE CASCADE
);

-- Number sequences
CREATE TABLE `sequence_order_0` (sequence_value INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE `sequence_invoice_0` (sequence_value INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE `sequence_creditmemo_0` (sequence_value INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE `sequence_shipment_0` (sequence_value INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE `sequence_order_1` (sequence_value INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE `sequence_invoice_1` (sequence_value INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE `sequence_creditmemo_1` (sequence_value INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE `sequence_shipment_1` (sequence_value INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE `sequence_order_2` (sequence_value INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE `sequence_invoice_2` (sequence_value INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE `sequence_creditmemo_2` (sequence_value INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE `sequence_shipment_2` (sequence_value INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE `sequence_order_3` (sequence_value INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE `sequence_invoice_3` (sequence_value INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE `sequence_creditmemo_3` (sequence_value INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE `sequence_shipment_3` (sequence_value INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY);

-- Carts and coupons
CREATE TABLE `quote` (
  entity_id INT UNSIGNED NOT NULL AUTO_INCREMENT, store_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  created_at TIMESTAMP NOT NULL DEFAULT NOW(), updated_at TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(),
  converted_at TIMESTAMP NULL, is_active SMALLINT UNSIGNED DEFAULT 1, is_virtual SMALLINT UNSIGNED DEFAULT 0,
  is_multi_shipping SMALLINT UNSIGNED DEFAULT 0, items_count INT UNSIGNED DEFAULT 0,
  items_qty DECIMAL(12,4) DEFAULT 0.0000, orig_order_id INT UNSIGNED DEFAULT 0,
  store_to_base_rate DECIMAL(12,4) DEFAULT 0.0000, store_to_quote_rate DECIMAL(12,4) DEFAULT 0.0000,
  base_currency_code VARCHAR(255), store_currency_code VARCHAR(255), quote_currency_code VARCHAR(255),
  grand_total DECIMAL(20,4) DEFAULT 0.0000, base_grand_total DECIMAL(20,4) DEFAULT 0.0000,
  checkout_method VARCHAR(255), customer_id INT UNSIGNED, customer_tax_class_id INT UNSIGNED,
  customer_group_id INT UNSIGNED DEFAULT 0, customer_email VARCHAR(255), customer_prefix VARCHAR(40),
  customer_firstname VARCHAR(255), customer_middlename VARCHAR(40), customer_lastname VARCHAR(255),
  customer_suffix VARCHAR(40), customer_dob DATETIME, customer_note TEXT,
  customer_note_notify SMALLINT UNSIGNED DEFAULT 1, customer_is_guest SMALLINT UNSIGNED DEFAULT 0,
  remote_ip VARCHAR(45), applied_rule_ids VARCHAR(255), reserved_order_id VARCHAR(64), password_hash VARCHAR(255),
  coupon_code VARCHAR(255), global_currency_code VARCHAR(255), base_to_global_rate DECIMAL(20,4),
  base_to_quote_rate DECIMAL(20,4), customer_taxvat VARCHAR(255), customer_gender VARCHAR(255),
  subtotal DECIMAL(20,4), base_subtotal DECIMAL(20,4), subtotal_with_discount DECIMAL(20,4),
  base_subtotal_with_discount DECIMAL(20,4), is_changed INT UNSIGNED, trigger_recollect SMALLINT NOT NULL DEFAULT 0,
  ext_shipping_info TEXT, gift_message_id INT, is_persistent SMALLINT UNSIGNED DEFAULT 0, PRIMARY KEY (entity_id),
  KEY (customer_id, store_id, is_active), KEY (store_id, updated_at),
  FOREIGN KEY (store_id) REFERENCES `store` (store_id) ON DELETE CASCADE
);
CREATE TABLE `quote_address` (
  address_id INT UNSIGNED NOT NULL AUTO_INCREMENT, quote_id INT UNSIGNED NOT NULL DEFAULT 0,
  created_at TIMESTAMP NOT NULL DEFAULT NOW(), updated_at TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(),
  customer_id INT UNSIGNED, save_in_address_book SMALLINT DEFAULT 0, customer_address_id INT UNSIGNED,
  address_type VARCHAR(10), email VARCHAR(255), prefix VARCHAR(40), firstname VARCHAR(255), middlename VARCHAR(40),
  lastname VARCHAR(255), suffix VARCHAR(40), company VARCHAR(255), street VARCHAR(255), city VARCHAR(255),
  region VARCHAR(255), region_id INT UNSIGNED, postcode VARCHAR(20), country_id VARCHAR(30), telephone VARCHAR(255),
  fax VARCHAR(255), same_as_billing SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  collect_shipping_rates SMALLINT UNSIGNED NOT NULL DEFAULT 0, shipping_method VARCHAR(120),
  shipping_description VARCHAR(255), weight DECIMAL(12,4) NOT NULL DEFAULT 0.0000,
  subtotal DECIMAL(20,4) NOT NULL DEFAULT 0.0000, base_subtotal DECIMAL(20,4) NOT NULL DEFAULT 0.0000,
  subtotal_with_discount DECIMAL(20,4) NOT NULL DEFAULT 0.0000,
  base_subtotal_with_discount DECIMAL(20,4) NOT NULL DEFAULT 0.0000,
  tax_amount DECIMAL(20,4) NOT NULL DEFAULT 0.0000, base_tax_amount DECIMAL(20,4) NOT NULL DEFAULT 0.0000,
  shipping_amount DECIMAL(20,4) NOT NULL DEFAULT 0.0000, base_shipping_amount DECIMAL(20,4) NOT NULL DEFAULT 0.0000,
  shipping_tax_amount DECIMAL(20,4), base_shipping_tax_amount DECIMAL(20,4),
  discount_amount DECIMAL(20,4) NOT NULL DEFAULT 0.0000, base_discount_amount DECIMAL(20,4) NOT NULL DEFAULT 0.0000,
  grand_total DECIMAL(20,4) NOT NULL DEFAULT 0.0000, base_grand_total DECIMAL(20,4) NOT NULL DEFAULT 0.0000,
  customer_notes TEXT, applied_taxes TEXT, discount_description VARCHAR(255), shipping_discount_amount DECIMAL(20,4),
  base_shipping_discount_amount DECIMAL(20,4), subtotal_incl_tax DECIMAL(20,4),
  base_subtotal_total_incl_tax DECIMAL(20,4), discount_tax_compensation_amount DECIMAL(20,4),
  base_discount_tax_compensation_amount DECIMAL(20,4), shipping_discount_tax_compensation_amount DECIMAL(20,4),
  base_shipping_discount_tax_compensation_amnt DECIMAL(20,4), shipping_incl_tax DECIMAL(20,4),
  base_shipping_incl_tax DECIMAL(20,4), vat_id TEXT, vat_is_valid SMALLINT, vat_request_id TEXT,
  vat_request_date TEXT, vat_request_success SMALLINT, validated_country_code TEXT, validated_vat_number TEXT,
  gift_message_id INT, free_shipping SMALLINT UNSIGNED NOT NULL DEFAULT 0, PRIMARY KEY (address_id), KEY (quote_id),
  FOREIGN KEY (quote_id) REFERENCES `quote` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `quote_item` (
  item_id INT UNSIGNED NOT NULL AUTO_INCREMENT, quote_id INT UNSIGNED NOT NULL DEFAULT 0,
  created_at TIMESTAMP NOT NULL DEFAULT NOW(), updated_at TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(),
  product_id INT UNSIGNED, store_id SMALLINT UNSIGNED, parent_item_id INT UNSIGNED, is_virtual SMALLINT UNSIGNED,
  sku VARCHAR(255), name VARCHAR(255), description TEXT, applied_rule_ids TEXT, additional_data TEXT,
  is_qty_decimal SMALLINT UNSIGNED, no_discount SMALLINT UNSIGNED DEFAULT 0, weight DECIMAL(12,4) DEFAULT 0.0000,
  qty DECIMAL(12,4) NOT NULL DEFAULT 0.0000, price DECIMAL(20,4) NOT NULL DEFAULT 0.0000,
  base_price DECIMAL(20,4) NOT NULL DEFAULT 0.0000, custom_price DECIMAL(20,4),
  discount_percent DECIMAL(12,4) DEFAULT 0.0000, discount_amount DECIMAL(20,4) DEFAULT 0.0000,
  base_discount_amount DECIMAL(20,4) DEFAULT 0.0000, tax_percent DECIMAL(12,4) DEFAULT 0.0000,
  tax_amount DECIMAL(20,4) DEFAULT 0.0000, base_tax_amount DECIMAL(20,4) DEFAULT 0.0000,
  row_total DECIMAL(20,4) NOT NULL DEFAULT 0.0000, base_row_total DECIMAL(20,4) NOT NULL DEFAULT 0.0000,
  row_total_with_discount DECIMAL(20,4) DEFAULT 0.0000, row_weight DECIMAL(12,4) DEFAULT 0.0000,
  product_type VARCHAR(255), base_tax_before_discount DECIMAL(20,4), tax_before_discount DECIMAL(20,4),
  original_custom_price DECIMAL(20,4), redirect_url VARCHAR(255), base_cost DECIMAL(12,4),
  price_incl_tax DECIMAL(20,4), base_price_incl_tax DECIMAL(20,4), row_total_incl_tax DECIMAL(20,4),
  base_row_total_incl_tax DECIMAL(20,4), discount_tax_compensation_amount DECIMAL(20,4),
  base_discount_tax_compensation_amount DECIMAL(20,4), gift_message_id INT,
  free_shipping SMALLINT UNSIGNED NOT NULL DEFAULT 0, weee_tax_applied TEXT, weee_tax_applied_amount DECIMAL(12,4),
  weee_tax_applied_row_amount DECIMAL(12,4), weee_tax_disposition DECIMAL(12,4),
  weee_tax_row_disposition DECIMAL(12,4), base_weee_tax_applied_amount DECIMAL(12,4),
  base_weee_tax_applied_row_amnt DECIMAL(12,4), base_weee_tax_disposition DECIMAL(12,4),
  base_weee_tax_row_disposition DECIMAL(12,4), PRIMARY KEY (item_id), KEY (parent_item_id), KEY (product_id),
  KEY (quote_id), KEY (store_id), FOREIGN KEY (parent_item_id) REFERENCES `quote_item` (item_id) ON DELETE CASCADE,
  FOREIGN KEY (quote_id) REFERENCES `quote` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (store_id) REFERENCES `store` (store_id) ON DELETE SET NULL
);
CREATE TABLE `quote_item_option` (
  option_id INT UNSIGNED NOT NULL AUTO_INCREMENT, item_id INT UNSIGNED NOT NULL, product_id INT UNSIGNED NOT NULL,
  code VARCHAR(255) NOT NULL, value TEXT, PRIMARY KEY (option_id), KEY (item_id),
  FOREIGN KEY (item_id) REFERENCES `quote_item` (item_id) ON DELETE CASCADE
);
CREATE TABLE `quote_payment` (
  payment_id INT UNSIGNED NOT NULL AUTO_INCREMENT, quote_id INT UNSIGNED NOT NULL DEFAULT 0,
  created_at TIMESTAMP NOT NULL DEFAULT NOW(), updated_at TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(),
  method VARCHAR(255), cc_type VARCHAR(255), cc_number_enc VARCHAR(255), cc_last_4 VARCHAR(255),
  cc_cid_enc VARCHAR(255), cc_owner VARCHAR(255), cc_exp_month VARCHAR(255), cc_exp_year SMALLINT UNSIGNED DEFAULT 0,
  cc_ss_owner VARCHAR(255), cc_ss_start_month SMALLINT UNSIGNED DEFAULT 0,
  cc_ss_start_year SMALLINT UNSIGNED DEFAULT 0, po_number VARCHAR(255), additional_data TEXT,
  cc_ss_issue VARCHAR(255), additional_information TEXT, paypal_payer_id VARCHAR(255),
  paypal_payer_status VARCHAR(255), paypal_correlation_id VARCHAR(255), PRIMARY KEY (payment_id), KEY (quote_id),
  FOREIGN KEY (quote_id) REFERENCES `quote` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `quote_shipping_rate` (
  rate_id INT UNSIGNED NOT NULL AUTO_INCREMENT, address_id INT UNSIGNED NOT NULL DEFAULT 0,
  created_at TIMESTAMP NOT NULL DEFAULT NOW(), updated_at TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(),
  carrier VARCHAR(255), carrier_title VARCHAR(255), code VARCHAR(255), method VARCHAR(255), method_description TEXT,
  price DECIMAL(20,4) NOT NULL DEFAULT 0.0000, error_message TEXT, method_title TEXT, PRIMARY KEY (rate_id),
  KEY (address_id), FOREIGN KEY (address_id) REFERENCES `quote_address` (address_id) ON DELETE CASCADE
);
CREATE TABLE `quote_id_mask` (
  entity_id INT UNSIGNED NOT NULL AUTO_INCREMENT, quote_id INT UNSIGNED NOT NULL, masked_id VARCHAR(32),
  PRIMARY KEY (entity_id, quote_id), KEY (masked_id), KEY (quote_id),
  FOREIGN KEY (quote_id) REFERENCES `quote` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `gift_message` (
  gift_message_id INT UNSIGNED NOT NULL AUTO_INCREMENT, customer_id INT UNSIGNED NOT NULL DEFAULT 0,
  sender VARCHAR(255), recipient VARCHAR(255), message TEXT, PRIMARY KEY (gift_message_id)
);
CREATE TABLE `salesrule` (
  rule_id INT UNSIGNED NOT NULL AUTO_INCREMENT, name VARCHAR(255), description TEXT, from_date DATE, to_date DATE,
  uses_per_customer INT NOT NULL DEFAULT 0, is_active SMALLINT NOT NULL DEFAULT 0, conditions_serialized MEDIUMTEXT,
  actions_serialized MEDIUMTEXT, stop_rules_processing SMALLINT NOT NULL DEFAULT 1,
  is_advanced SMALLINT UNSIGNED NOT NULL DEFAULT 1, product_ids TEXT, sort_order INT UNSIGNED NOT NULL DEFAULT 0,
  simple_action VARCHAR(32), discount_amount DECIMAL(12,4) NOT NULL DEFAULT 0.0000, discount_qty DECIMAL(12,4),
  discount_step INT UNSIGNED NOT NULL DEFAULT 0, apply_to_shipping SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  times_used INT NOT NULL DEFAULT 0, is_rss SMALLINT NOT NULL DEFAULT 0,
  coupon_type SMALLINT UNSIGNED NOT NULL DEFAULT 1, use_auto_generation SMALLINT NOT NULL DEFAULT 0,
  uses_per_coupon INT NOT NULL DEFAULT 0, simple_free_shipping SMALLINT UNSIGNED, PRIMARY KEY (rule_id),
  KEY (is_active, sort_order, to_date, from_date)
);
CREATE TABLE `salesrule_coupon` (
  coupon_id INT UNSIGNED NOT NULL AUTO_INCREMENT, rule_id INT UNSIGNED NOT NULL, code VARCHAR(255),
  usage_limit INT UNSIGNED, usage_per_customer INT UNSIGNED, times_used INT UNSIGNED NOT NULL DEFAULT 0,
  expiration_date DATETIME, is_primary SMALLINT UNSIGNED, created_at TIMESTAMP NULL, type SMALLINT DEFAULT 0,
  PRIMARY KEY (coupon_id), UNIQUE KEY (code), UNIQUE KEY (rule_id, is_primary), KEY (rule_id),
  FOREIGN KEY (rule_id) REFERENCES `salesrule` (rule_id) ON DELETE CASCADE
);
CREATE TABLE `salesrule_coupon_usage` (
  coupon_id INT UNSIGNED NOT NULL, customer_id INT UNSIGNED NOT NULL, times_used INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (coupon_id, customer_id), KEY (customer_id),
  FOREIGN KEY (coupon_id) REFERENCES `salesrule_coupon` (coupon_id) ON DELETE CASCADE,
  FOREIGN KEY (customer_id) REFERENCES `customer_entity` (entity_id) ON DELETE CASCADE
);
CREATE TABLE `salesrule_customer` (
  rule_customer_id INT UNSIGNED NOT NULL AUTO_INCREMENT, rule_id INT UNSIGNED NOT NULL DEFAULT 0,
  customer_id INT UNSIGNED NOT NULL DEFAULT 0, times_used SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (rule_customer_id), KEY (customer_id, rule_id), KEY (rule_id, customer_id),
  FOREIGN KEY (customer_id) REFERENCES `customer_entity` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (rule_id) REFERENCES `salesrule` (rule_id) ON DELETE CASCADE
);

-- Queues, cron, caches, reports
CREATE TABLE `queue` (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT, name VARCHAR(255), PRIMARY KEY (id), UNIQUE KEY (name)
);
CREATE TABLE `queue_message` (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, topic_name VARCHAR(255), body LONGTEXT, PRIMARY KEY (id)
);
CREATE TABLE `queue_message_status` (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, queue_id INT UNSIGNED NOT NULL, message_id BIGINT UNSIGNED NOT NULL,
  updated_at TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(), status SMALLINT UNSIGNED NOT NULL,
  number_of_trials SMALLINT UNSIGNED NOT NULL DEFAULT 0, PRIMARY KEY (id), UNIQUE KEY (queue_id, message_id),
  KEY (message_id), KEY (status, updated_at),
  FOREIGN KEY (message_id) REFERENCES `queue_message` (id) ON DELETE CASCADE,
  FOREIGN KEY (queue_id) REFERENCES `queue` (id) ON DELETE CASCADE
);
CREATE TABLE `queue_lock` (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT, message_code VARCHAR(255) NOT NULL DEFAULT '',
  created_at TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(), PRIMARY KEY (id), UNIQUE KEY (message_code)
);
CREATE TABLE `magento_bulk` (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT, uuid VARBINARY(39), user_id INT UNSIGNED, user_type INT,
  description VARCHAR(255), operation_count INT UNSIGNED NOT NULL, start_time TIMESTAMP NOT NULL DEFAULT NOW(),
  PRIMARY KEY (id), UNIQUE KEY (uuid), KEY (start_time), KEY (user_id)
);
CREATE TABLE `magento_operation` (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT, operation_key INT UNSIGNED, bulk_uuid VARBINARY(39),
  topic_name VARCHAR(255), serialized_data BLOB, result_serialized_data BLOB, status SMALLINT DEFAULT 0,
  error_code SMALLINT, result_message VARCHAR(255), started_at TIMESTAMP NULL, PRIMARY KEY (id),
  KEY (bulk_uuid, error_code), KEY (status, started_at),
  FOREIGN KEY (bulk_uuid) REFERENCES `magento_bulk` (uuid) ON DELETE CASCADE
);
CREATE TABLE `cron_schedule` (
  schedule_id INT UNSIGNED NOT NULL AUTO_INCREMENT, job_code VARCHAR(255) NOT NULL DEFAULT '0',
  status VARCHAR(7) NOT NULL DEFAULT 'pending', messages TEXT, created_at TIMESTAMP NOT NULL DEFAULT NOW(),
  scheduled_at TIMESTAMP NULL, executed_at TIMESTAMP NULL, finished_at TIMESTAMP NULL, PRIMARY KEY (schedule_id),
  KEY (job_code, status, scheduled_at)
);
CREATE TABLE `session` (
  session_id VARCHAR(255) NOT NULL, session_expires INT UNSIGNED NOT NULL DEFAULT 0,
  session_data MEDIUMBLOB NOT NULL, PRIMARY KEY (session_id)
);
CREATE TABLE `cache` (
  id VARCHAR(200) NOT NULL, data MEDIUMBLOB, create_time INT, update_time INT, expire_time INT, PRIMARY KEY (id),
  KEY (expire_time)
);
CREATE TABLE `cache_tag` (
  tag VARCHAR(100) NOT NULL, cache_id VARCHAR(200) NOT NULL, PRIMARY KEY (tag, cache_id), KEY (cache_id)
);
CREATE TABLE `report_event_types` (
  event_type_id SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT, event_name VARCHAR(64) NOT NULL,
  customer_login SMALLINT UNSIGNED NOT NULL DEFAULT 0, PRIMARY KEY (event_type_id)
);
CREATE TABLE `report_event` (
  event_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, logged_at TIMESTAMP NOT NULL DEFAULT NOW(),
  event_type_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, object_id INT UNSIGNED NOT NULL DEFAULT 0,
  subject_id INT UNSIGNED NOT NULL DEFAULT 0, subtype SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  store_id SMALLINT UNSIGNED NOT NULL, PRIMARY KEY (event_id), KEY (event_type_id), KEY (object_id), KEY (store_id),
  KEY (subject_id), KEY (subtype),
  FOREIGN KEY (event_type_id) REFERENCES `report_event_types` (event_type_id) ON DELETE CASCADE,
  FOREIGN KEY (store_id) REFERENCES `store` (store_id) ON DELETE CASCADE
);
CREATE TABLE `report_viewed_product_index` (
  index_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, visitor_id INT UNSIGNED, customer_id INT UNSIGNED,
  product_id INT UNSIGNED NOT NULL, store_id SMALLINT UNSIGNED, added_at TIMESTAMP NOT NULL DEFAULT NOW(),
  PRIMARY KEY (index_id), UNIQUE KEY (customer_id, product_id), UNIQUE KEY (visitor_id, product_id), KEY (added_at),
  KEY (product_id), KEY (store_id),
  FOREIGN KEY (customer_id) REFERENCES `customer_entity` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (product_id) REFERENCES `catalog_product_entity` (entity_id) ON DELETE CASCADE,
  FOREIGN KEY (store_id) REFERENCES `store` (store_id) ON DELETE SET NULL
);
CREATE TABLE `search_query` (
  query_id INT UNSIGNED NOT NULL AUTO_INCREMENT, query_text VARCHAR(255),
  num_results INT UNSIGNED NOT NULL DEFAULT 0, popularity INT UNSIGNED NOT NULL DEFAULT 0, redirect VARCHAR(255),
  store_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, display_in_terms SMALLINT NOT NULL DEFAULT 1,
  is_active SMALLINT DEFAULT 1, is_processed SMALLINT DEFAULT 0,
  updated_at TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(), PRIMARY KEY (query_id),
  UNIQUE KEY (query_text, store_id), KEY (is_processed), KEY (query_text, store_id, num_results, popularity),
  KEY (store_id, num_results, popularity), FOREIGN KEY (store_id) REFERENCES `store` (store_id) ON DELETE CASCADE
);
CREATE TABLE `url_rewrite` (
  url_rewrite_id INT UNSIGNED NOT NULL AUTO_INCREMENT, entity_type VARCHAR(32) NOT NULL,
  entity_id INT UNSIGNED NOT NULL, request_path VARCHAR(255), target_path VARCHAR(255),
  redirect_type SMALLINT UNSIGNED NOT NULL DEFAULT 0, store_id SMALLINT UNSIGNED NOT NULL, description VARCHAR(255),
  is_autogenerated SMALLINT UNSIGNED NOT NULL DEFAULT 0, metadata VARCHAR(255), PRIMARY KEY (url_rewrite_id),
  UNIQUE KEY (request_path, store_id), KEY (entity_id), KEY (is_autogenerated, metadata), KEY (store_id, entity_id),
  KEY (target_path)
);
CREATE TABLE `admin_user` (
  user_id INT UNSIGNED NOT NULL AUTO_INCREMENT, firstname VARCHAR(32), lastname VARCHAR(32), email VARCHAR(128),
  username VARCHAR(40), password VARCHAR(255) NOT NULL, created TIMESTAMP NOT NULL DEFAULT NOW(),
  modified TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(), logdate TIMESTAMP NULL,
  lognum SMALLINT UNSIGNED NOT NULL DEFAULT 0, reload_acl_flag SMALLINT NOT NULL DEFAULT 0,
  is_active SMALLINT NOT NULL DEFAULT 1, extra TEXT, rp_token TEXT, rp_token_created_at TIMESTAMP NULL,
  interface_locale VARCHAR(16) NOT NULL DEFAULT 'en_US', failures_num SMALLINT DEFAULT 0,
  first_failure TIMESTAMP NULL, lock_expires TIMESTAMP NULL, PRIMARY KEY (user_id), UNIQUE KEY (username)
);

-- Indexes
CREATE TABLE `indexer_state` (
  state_id INT UNSIGNED NOT NULL AUTO_INCREMENT, indexer_id VARCHAR(255), status VARCHAR(16) DEFAULT 'invalid',
  updated DATETIME, hash_config VARCHAR(32) NOT NULL, PRIMARY KEY (state_id), KEY (indexer_id)
);
CREATE TABLE `mview_state` (
  state_id INT UNSIGNED NOT NULL AUTO_INCREMENT, view_id VARCHAR(255), mode VARCHAR(16) DEFAULT 'disabled',
  status VARCHAR(16) DEFAULT 'idle', updated DATETIME, version_id INT UNSIGNED, PRIMARY KEY (state_id), KEY (mode),
  KEY (view_id)
);
CREATE TABLE `catalog_product_index_price` (
  entity_id INT UNSIGNED NOT NULL, customer_group_id INT UNSIGNED NOT NULL, website_id SMALLINT UNSIGNED NOT NULL,
  tax_class_id SMALLINT UNSIGNED DEFAULT 0, price DECIMAL(20,6), final_price DECIMAL(20,6), min_price DECIMAL(20,6),
  max_price DECIMAL(20,6), tier_price DECIMAL(20,6), PRIMARY KEY (entity_id, customer_group_id, website_id),
  KEY (customer_group_id), KEY (min_price), KEY (website_id, customer_group_id, min_price)
);
CREATE TABLE `catalog_product_index_price_replica` (
  entity_id INT UNSIGNED NOT NULL, customer_group_id INT UNSIGNED NOT NULL, website_id SMALLINT UNSIGNED NOT NULL,
  tax_class_id SMALLINT UNSIGNED DEFAULT 0, price DECIMAL(20,6), final_price DECIMAL(20,6), min_price DECIMAL(20,6),
  max_price DECIMAL(20,6), tier_price DECIMAL(20,6), PRIMARY KEY (entity_id, customer_group_id, website_id),
  KEY (customer_group_id), KEY (min_price), KEY (website_id, customer_group_id, min_price)
);
CREATE TABLE `catalog_product_index_price_tmp` (
  entity_id INT UNSIGNED NOT NULL, customer_group_id INT UNSIGNED NOT NULL DEFAULT 0,
  website_id SMALLINT UNSIGNED NOT NULL, tax_class_id SMALLINT UNSIGNED DEFAULT 0, price DECIMAL(20,6),
  final_price DECIMAL(20,6), min_price DECIMAL(20,6), max_price DECIMAL(20,6), tier_price DECIMAL(20,6),
  id INT UNSIGNED NOT NULL AUTO_INCREMENT, PRIMARY KEY (id), KEY (entity_id, customer_group_id, website_id)
);
CREATE TABLE `catalog_product_index_eav` (
  entity_id INT UNSIGNED NOT NULL, attribute_id SMALLINT UNSIGNED NOT NULL, store_id SMALLINT UNSIGNED NOT NULL,
  value INT UNSIGNED NOT NULL, source_id INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (entity_id, attribute_id, store_id, value, source_id), KEY (attribute_id), KEY (store_id), KEY (value)
);
CREATE TABLE `catalog_category_product_index` (
  category_id INT UNSIGNED NOT NULL DEFAULT 0, product_id INT UNSIGNED NOT NULL DEFAULT 0, position INT,
  is_parent SMALLINT UNSIGNED NOT NULL DEFAULT 0, store_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  visibility SMALLINT UNSIGNED NOT NULL, PRIMARY KEY (category_id, product_id, store_id),
  KEY (product_id, store_id, category_id, visibility), KEY (store_id, category_id, visibility, is_parent, position)
);
CREATE TABLE `catalog_category_product_index_store1` (
  category_id INT UNSIGNED NOT NULL DEFAULT 0, product_id INT UNSIGNED NOT NULL DEFAULT 0, position INT,
  is_parent SMALLINT UNSIGNED NOT NULL DEFAULT 0, store_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  visibility SMALLINT UNSIGNED NOT NULL, PRIMARY KEY (category_id, product_id, store_id),
  KEY (product_id, store_id, category_id, visibility), KEY (store_id, category_id, visibility, is_parent, position)
);
CREATE TABLE `catalogrule_product` (
  rule_product_id INT UNSIGNED NOT NULL AUTO_INCREMENT, rule_id INT UNSIGNED NOT NULL DEFAULT 0,
  from_time INT UNSIGNED NOT NULL DEFAULT 0, to_time INT UNSIGNED NOT NULL DEFAULT 0, customer_group_id INT,
  product_id INT UNSIGNED NOT NULL DEFAULT 0, action_operator VARCHAR(10) DEFAULT 'to_fixed',
  action_amount DECIMAL(20,6) NOT NULL DEFAULT 0.000000, action_stop SMALLINT NOT NULL DEFAULT 0,
  sort_order INT UNSIGNED NOT NULL DEFAULT 0, website_id SMALLINT UNSIGNED NOT NULL, PRIMARY KEY (rule_product_id),
  UNIQUE KEY (rule_id, from_time, to_time, website_id, customer_group_id, product_id, sort_order),
  KEY (customer_group_id), KEY (from_time), KEY (product_id), KEY (to_time), KEY (website_id)
);
CREATE TABLE `catalogrule_product_price` (
  rule_product_price_id INT UNSIGNED NOT NULL AUTO_INCREMENT, rule_date DATE NOT NULL, customer_group_id INT,
  product_id INT UNSIGNED NOT NULL DEFAULT 0, rule_price DECIMAL(20,6) NOT NULL DEFAULT 0.000000,
  website_id SMALLINT UNSIGNED NOT NULL, latest_start_date DATE, earliest_end_date DATE,
  PRIMARY KEY (rule_product_price_id), UNIQUE KEY (rule_date, website_id, customer_group_id, product_id),
  KEY (customer_group_id), KEY (product_id), KEY (website_id)
);
CREATE TABLE `catalog_product_price_cl` (
  version_id INT UNSIGNED NOT NULL AUTO_INCREMENT, entity_id INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (version_id)
);
CREATE TABLE `catalog_product_attribute_cl` (
  version_id INT UNSIGNED NOT NULL AUTO_INCREMENT, entity_id INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (version_id)
);
CREATE TABLE `cataloginventory_stock_cl` (
  version_id INT UNSIGNED NOT NULL AUTO_INCREMENT, entity_id INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (version_id)
);
CREATE TABLE `inventory_cl` (
  version_id INT UNSIGNED NOT NULL AUTO_INCREMENT, entity_id INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (version_id)
);
CREATE TABLE `catalogsearch_fulltext_cl` (
  version_id INT UNSIGNED NOT NULL AUTO_INCREMENT, entity_id INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (version_id)
);
CREATE TABLE `catalogrule_product_cl` (
  version_id INT UNSIGNED NOT NULL AUTO_INCREMENT, entity_id INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (version_id)
);
CREATE TABLE `customer_dummy_cl` (
  version_id INT UNSIGNED NOT NULL AUTO_INCREMENT, entity_id INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (version_id)
);
