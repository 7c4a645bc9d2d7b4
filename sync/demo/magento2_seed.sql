-- A Danish shop before its first order: stores, settings, groups, tax, attributes, statuses, number sequences.
-- Products stand in catalog.py. Ids of entity types and core attributes are those of a fresh Magento 2.4 install.

INSERT INTO `store_website` (website_id, code, name, sort_order, default_group_id, is_default) VALUES
  (0, 'admin', 'Admin', 0, 0, 0), (1, 'base', 'Nordhavn Handel', 0, 1, 1), (2, 'se', 'Nordhavn Sverige', 1, 2, 0);
INSERT INTO `store_group` (group_id, website_id, name, root_category_id, default_store_id, code) VALUES
  (0, 0, 'Default', 0, 0, 'default'), (1, 1, 'Danmark', 2, 1, 'danmark'), (2, 2, 'Sverige', 2, 3, 'sverige');
INSERT INTO `store` (store_id, code, website_id, group_id, name, sort_order, is_active) VALUES
  (0, 'admin', 0, 0, 'Admin', 0, 1), (1, 'default', 1, 1, 'Dansk', 0, 1), (2, 'en', 1, 1, 'English', 1, 1),
  (3, 'se_sv', 2, 2, 'Svenska', 0, 1);
INSERT INTO `core_config_data` (scope, scope_id, path, value) VALUES
  ('default', 0, 'general/locale/code', 'da_DK'), ('default', 0, 'general/locale/timezone', 'Europe/Copenhagen'),
  ('default', 0, 'general/country/default', 'DK'), ('default', 0, 'currency/options/base', 'DKK'),
  ('default', 0, 'currency/options/default', 'DKK'), ('default', 0, 'currency/options/allow', 'DKK,EUR,SEK'),
  ('default', 0, 'tax/calculation/algorithm', 'TOTAL_BASE_CALCULATION'),
  ('default', 0, 'tax/calculation/price_includes_tax', '1'),
  ('default', 0, 'tax/calculation/shipping_includes_tax', '1'), ('default', 0, 'tax/calculation/discount_tax', '1'),
  ('default', 0, 'tax/calculation/apply_after_discount', '1'), ('default', 0, 'tax/classes/shipping_tax_class', '2'),
  ('default', 0, 'tax/defaults/country', 'DK'), ('default', 0, 'carriers/flatrate/active', '1'),
  ('default', 0, 'carriers/flatrate/price', '49'), ('default', 0, 'catalog/category/root_id', '2'),
  ('default', 0, 'cataloginventory/item_options/notify_stock_qty', '2'),
  ('stores', 2, 'general/locale/code', 'en_US'), ('websites', 2, 'general/locale/code', 'sv_SE'),
  ('websites', 2, 'general/locale/timezone', 'Europe/Stockholm'), ('websites', 2, 'general/country/default', 'SE'),
  ('websites', 2, 'currency/options/default', 'SEK');
INSERT INTO `directory_currency_rate` (currency_from, currency_to, rate) VALUES
  ('DKK', 'DKK', '1'), ('DKK', 'EUR', '0.1340'), ('DKK', 'SEK', '1.5311');
INSERT INTO `directory_country` (country_id, iso2_code, iso3_code) VALUES
  ('DK', 'DK', 'DNK'), ('SE', 'SE', 'SWE'), ('NO', 'NO', 'NOR'), ('DE', 'DE', 'DEU'), ('GL', 'GL', 'GRL'),
  ('FO', 'FO', 'FRO');
INSERT INTO `tax_class` (class_id, class_name, class_type) VALUES
  (2, 'Varer 25%', 'PRODUCT'), (3, 'Kunder', 'CUSTOMER'), (4, 'Uden moms', 'PRODUCT');
INSERT INTO `customer_group` (customer_group_id, customer_group_code, tax_class_id) VALUES
  (0, 'NOT LOGGED IN', 3), (1, 'General', 3), (2, 'Wholesale', 3), (3, 'Retailer', 3), (4, 'Erhverv', 3);
INSERT INTO `tax_calculation_rate` (tax_calculation_rate_id, tax_country_id, tax_region_id, tax_postcode, code, rate) VALUES
  (1, 'DK', 0, '*', 'Moms 25%', '25'), (2, 'SE', 0, '*', 'Moms SE 25%', '25'), (3, 'DE', 0, '*', 'USt 19%', '19');
INSERT INTO `tax_calculation_rule` (tax_calculation_rule_id, code, priority, position, calculate_subtotal) VALUES
  (1, 'Moms', 0, 0, 0);
INSERT INTO `tax_calculation` (tax_calculation_rate_id, tax_calculation_rule_id, customer_tax_class_id, product_tax_class_id) VALUES
  (1, 1, 3, 2), (2, 1, 3, 2), (3, 1, 3, 2);

INSERT INTO `eav_entity_type` (entity_type_id, entity_type_code, entity_model, attribute_model, entity_table,
  default_attribute_set_id, increment_model, increment_per_store, additional_attribute_table) VALUES
  (1, 'customer', 'Magento\\Customer\\Model\\ResourceModel\\Customer', 'Magento\\Customer\\Model\\Attribute', 'customer_entity', 1, 'Magento\\Eav\\Model\\Entity\\Increment\\NumericValue', 0, 'customer_eav_attribute'),
  (2, 'customer_address', 'Magento\\Customer\\Model\\ResourceModel\\Address', 'Magento\\Customer\\Model\\Attribute', 'customer_address_entity', 2, NULL, 0, 'customer_eav_attribute'),
  (3, 'catalog_category', 'Magento\\Catalog\\Model\\ResourceModel\\Category', 'Magento\\Catalog\\Model\\ResourceModel\\Eav\\Attribute', 'catalog_category_entity', 3, NULL, 0, 'catalog_eav_attribute'),
  (4, 'catalog_product', 'Magento\\Catalog\\Model\\ResourceModel\\Product', 'Magento\\Catalog\\Model\\ResourceModel\\Eav\\Attribute', 'catalog_product_entity', 4, NULL, 0, 'catalog_eav_attribute'),
  (5, 'order', 'Magento\\Sales\\Model\\ResourceModel\\Order', NULL, 'sales_order', 5, 'Magento\\Eav\\Model\\Entity\\Increment\\NumericValue', 1, NULL),
  (6, 'invoice', 'Magento\\Sales\\Model\\ResourceModel\\Order\\Invoice', NULL, 'sales_invoice', 6, 'Magento\\Eav\\Model\\Entity\\Increment\\NumericValue', 1, NULL),
  (7, 'creditmemo', 'Magento\\Sales\\Model\\ResourceModel\\Order\\Creditmemo', NULL, 'sales_creditmemo', 7, 'Magento\\Eav\\Model\\Entity\\Increment\\NumericValue', 1, NULL),
  (8, 'shipment', 'Magento\\Sales\\Model\\ResourceModel\\Order\\Shipment', NULL, 'sales_shipment', 8, 'Magento\\Eav\\Model\\Entity\\Increment\\NumericValue', 1, NULL);
INSERT INTO `eav_attribute_set` (attribute_set_id, entity_type_id, attribute_set_name, sort_order) VALUES
  (1, 1, 'Default', 1), (2, 2, 'Default', 1), (3, 3, 'Default', 1), (4, 4, 'Default', 1), (5, 5, 'Default', 1),
  (6, 6, 'Default', 1), (7, 7, 'Default', 1), (8, 8, 'Default', 1);
INSERT INTO `eav_attribute` (attribute_id, entity_type_id, attribute_code, backend_type, frontend_input, frontend_label,
  source_model, is_required, is_user_defined) VALUES
  (1, 1, 'website_id', 'static', 'select', 'Website id', 'Magento\\Customer\\Model\\Customer\\Attribute\\Source\\Website', 1, 0),
  (2, 1, 'store_id', 'static', 'select', 'Store id', 'Magento\\Customer\\Model\\Customer\\Attribute\\Source\\Store', 1, 0),
  (3, 1, 'created_in', 'static', 'text', 'Created in', NULL, 0, 0),
  (4, 1, 'prefix', 'static', 'text', 'Prefix', NULL, 0, 0),
  (5, 1, 'firstname', 'static', 'text', 'Firstname', NULL, 1, 0),
  (6, 1, 'middlename', 'static', 'text', 'Middlename', NULL, 0, 0),
  (7, 1, 'lastname', 'static', 'text', 'Lastname', NULL, 1, 0),
  (8, 1, 'suffix', 'static', 'text', 'Suffix', NULL, 0, 0), (9, 1, 'email', 'static', 'text', 'Email', NULL, 1, 0),
  (10, 1, 'group_id', 'static', 'select', 'Group id', 'Magento\\Customer\\Model\\Customer\\Attribute\\Source\\Group', 1, 0),
  (11, 1, 'dob', 'static', 'date', 'Dob', NULL, 0, 0),
  (12, 1, 'password_hash', 'static', 'hidden', 'Password hash', NULL, 0, 0),
  (13, 1, 'rp_token', 'static', 'hidden', 'Rp token', NULL, 0, 0),
  (14, 1, 'rp_token_created_at', 'static', 'date', 'Rp token created at', NULL, 0, 0),
  (15, 1, 'default_billing', 'static', 'text', 'Default billing', NULL, 0, 0),
  (16, 1, 'default_shipping', 'static', 'text', 'Default shipping', NULL, 0, 0),
  (17, 1, 'taxvat', 'static', 'text', 'Taxvat', NULL, 0, 0),
  (18, 1, 'confirmation', 'static', 'text', 'Confirmation', NULL, 0, 0),
  (19, 1, 'created_at', 'static', 'date', 'Created at', NULL, 0, 0),
  (20, 1, 'gender', 'static', 'select', 'Gender', 'Magento\\Eav\\Model\\Entity\\Attribute\\Source\\Table', 0, 0),
  (21, 1, 'disable_auto_group_change', 'static', 'boolean', 'Disable auto group change', NULL, 0, 0),
  (22, 2, 'prefix', 'static', 'text', 'Prefix', NULL, 0, 0),
  (23, 2, 'firstname', 'static', 'text', 'Firstname', NULL, 1, 0),
  (24, 2, 'middlename', 'static', 'text', 'Middlename', NULL, 0, 0),
  (25, 2, 'lastname', 'static', 'text', 'Lastname', NULL, 1, 0),
  (26, 2, 'suffix', 'static', 'text', 'Suffix', NULL, 0, 0),
  (27, 2, 'company', 'static', 'text', 'Company', NULL, 0, 0),
  (28, 2, 'street', 'static', 'multiline', 'Street', NULL, 1, 0),
  (29, 2, 'city', 'static', 'text', 'City', NULL, 1, 0),
  (30, 2, 'country_id', 'static', 'select', 'Country id', 'Magento\\Customer\\Model\\ResourceModel\\Address\\Attribute\\Source\\Country', 1, 0),
  (31, 2, 'region', 'static', 'text', 'Region', NULL, 0, 0),
  (32, 2, 'region_id', 'static', 'hidden', 'Region id', 'Magento\\Customer\\Model\\ResourceModel\\Address\\Attribute\\Source\\Region', 0, 0),
  (33, 2, 'postcode', 'static', 'text', 'Postcode', NULL, 0, 0),
  (34, 2, 'telephone', 'static', 'text', 'Telephone', NULL, 1, 0),
  (35, 2, 'fax', 'static', 'text', 'Fax', NULL, 0, 0), (36, 2, 'vat_id', 'static', 'text', 'Vat id', NULL, 0, 0),
  (37, 2, 'vat_is_valid', 'static', 'text', 'Vat is valid', NULL, 0, 0),
  (38, 2, 'vat_request_id', 'static', 'text', 'Vat request id', NULL, 0, 0),
  (39, 2, 'vat_request_date', 'static', 'text', 'Vat request date', NULL, 0, 0),
  (40, 2, 'vat_request_success', 'static', 'text', 'Vat request success', NULL, 0, 0),
  (41, 1, 'updated_at', 'static', 'date', 'Updated at', NULL, 0, 0),
  (42, 1, 'failures_num', 'static', 'hidden', 'Failures num', NULL, 0, 0),
  (43, 1, 'first_failure', 'static', 'date', 'First failure', NULL, 0, 0),
  (44, 1, 'lock_expires', 'static', 'date', 'Lock expires', NULL, 0, 0),
  (45, 3, 'name', 'varchar', 'text', 'Name', NULL, 1, 0),
  (46, 3, 'is_active', 'int', 'select', 'Is active', 'Magento\\Eav\\Model\\Entity\\Attribute\\Source\\Boolean', 1, 0),
  (47, 3, 'description', 'text', 'textarea', 'Description', NULL, 0, 0),
  (48, 3, 'image', 'varchar', 'image', 'Image', NULL, 0, 0),
  (49, 3, 'meta_title', 'varchar', 'text', 'Meta title', NULL, 0, 0),
  (50, 3, 'meta_keywords', 'text', 'textarea', 'Meta keywords', NULL, 0, 0),
  (51, 3, 'meta_description', 'text', 'textarea', 'Meta description', NULL, 0, 0),
  (52, 3, 'display_mode', 'varchar', 'select', 'Display mode', 'Magento\\Catalog\\Model\\Category\\Attribute\\Source\\Mode', 0, 0),
  (53, 3, 'landing_page', 'int', 'select', 'Landing page', 'Magento\\Catalog\\Model\\Category\\Attribute\\Source\\Page', 0, 0),
  (54, 3, 'is_anchor', 'int', 'select', 'Is anchor', 'Magento\\Eav\\Model\\Entity\\Attribute\\Source\\Boolean', 0, 0),
  (55, 3, 'path', 'static', 'text', 'Path', NULL, 0, 0),
  (56, 3, 'position', 'static', 'text', 'Position', NULL, 0, 0),
  (57, 3, 'all_children', 'text', 'text', 'All children', NULL, 0, 0),
  (58, 3, 'path_in_store', 'text', 'text', 'Path in store', NULL, 0, 0),
  (59, 3, 'children', 'text', 'text', 'Children', NULL, 0, 0),
  (60, 3, 'custom_design', 'varchar', 'select', 'Custom design', 'Magento\\Theme\\Model\\Theme\\Source\\Theme', 0, 0),
  (61, 3, 'custom_design_from', 'datetime', 'date', 'Custom design from', NULL, 0, 0),
  (62, 3, 'custom_design_to', 'datetime', 'date', 'Custom design to', NULL, 0, 0),
  (63, 3, 'page_layout', 'varchar', 'select', 'Page layout', 'Magento\\Catalog\\Model\\Category\\Attribute\\Source\\Layout', 0, 0),
  (64, 3, 'custom_layout_update', 'text', 'textarea', 'Custom layout update', NULL, 0, 0),
  (65, 3, 'level', 'static', 'text', 'Level', NULL, 0, 0),
  (66, 3, 'children_count', 'static', 'text', 'Children count', NULL, 0, 0),
  (67, 3, 'available_sort_by', 'text', 'multiselect', 'Available sort by', 'Magento\\Catalog\\Model\\Category\\Attribute\\Source\\Sortby', 1, 0),
  (68, 3, 'default_sort_by', 'varchar', 'select', 'Default sort by', 'Magento\\Catalog\\Model\\Category\\Attribute\\Source\\Sortby', 1, 0),
  (69, 3, 'include_in_menu', 'int', 'select', 'Include in menu', 'Magento\\Eav\\Model\\Entity\\Attribute\\Source\\Boolean', 1, 0),
  (70, 3, 'custom_use_parent_settings', 'int', 'select', 'Custom use parent settings', 'Magento\\Eav\\Model\\Entity\\Attribute\\Source\\Boolean', 0, 0),
  (71, 3, 'custom_apply_to_products', 'int', 'select', 'Custom apply to products', 'Magento\\Eav\\Model\\Entity\\Attribute\\Source\\Boolean', 0, 0),
  (72, 3, 'filter_price_range', 'decimal', 'text', 'Filter price range', NULL, 0, 0),
  (73, 4, 'name', 'varchar', 'text', 'Name', NULL, 1, 0), (74, 4, 'sku', 'static', 'text', 'Sku', NULL, 1, 0),
  (75, 4, 'description', 'text', 'textarea', 'Description', NULL, 0, 0),
  (76, 4, 'short_description', 'text', 'textarea', 'Short description', NULL, 0, 0),
  (77, 4, 'price', 'decimal', 'price', 'Price', NULL, 1, 0),
  (78, 4, 'special_price', 'decimal', 'price', 'Special price', NULL, 0, 0),
  (79, 4, 'special_from_date', 'datetime', 'date', 'Special from date', NULL, 0, 0),
  (80, 4, 'special_to_date', 'datetime', 'date', 'Special to date', NULL, 0, 0),
  (81, 4, 'cost', 'decimal', 'price', 'Cost', NULL, 0, 1),
  (82, 4, 'weight', 'decimal', 'weight', 'Weight', NULL, 0, 0),
  (83, 4, 'manufacturer', 'int', 'select', 'Manufacturer', NULL, 0, 1),
  (84, 4, 'meta_title', 'varchar', 'text', 'Meta title', NULL, 0, 0),
  (85, 4, 'meta_keyword', 'text', 'textarea', 'Meta keyword', NULL, 0, 0),
  (86, 4, 'meta_description', 'varchar', 'textarea', 'Meta description', NULL, 0, 0),
  (87, 4, 'image', 'varchar', 'media_image', 'Image', NULL, 0, 0),
  (88, 4, 'small_image', 'varchar', 'media_image', 'Small image', NULL, 0, 0),
  (89, 4, 'thumbnail', 'varchar', 'media_image', 'Thumbnail', NULL, 0, 0),
  (90, 4, 'media_gallery', 'static', 'gallery', 'Media gallery', NULL, 0, 0),
  (91, 4, 'old_id', 'int', 'text', 'Old id', NULL, 0, 0),
  (92, 4, 'tier_price', 'decimal', 'text', 'Tier price', NULL, 0, 0),
  (93, 4, 'color', 'int', 'select', 'Color', NULL, 0, 1),
  (94, 4, 'news_from_date', 'datetime', 'date', 'News from date', NULL, 0, 0),
  (95, 4, 'news_to_date', 'datetime', 'date', 'News to date', NULL, 0, 0),
  (96, 4, 'gallery', 'varchar', 'gallery', 'Gallery', NULL, 0, 0),
  (97, 4, 'status', 'int', 'select', 'Status', 'Magento\\Catalog\\Model\\Product\\Attribute\\Source\\Status', 0, 0),
  (98, 4, 'minimal_price', 'decimal', 'price', 'Minimal price', NULL, 0, 0),
  (99, 4, 'visibility', 'int', 'select', 'Visibility', 'Magento\\Catalog\\Model\\Product\\Visibility', 0, 0),
  (100, 4, 'custom_design', 'varchar', 'select', 'Custom design', 'Magento\\Theme\\Model\\Theme\\Source\\Theme', 0, 0),
  (101, 4, 'custom_design_from', 'datetime', 'date', 'Custom design from', NULL, 0, 0),
  (102, 4, 'custom_design_to', 'datetime', 'date', 'Custom design to', NULL, 0, 0),
  (103, 4, 'custom_layout_update', 'text', 'textarea', 'Custom layout update', NULL, 0, 0),
  (104, 4, 'page_layout', 'varchar', 'select', 'Page layout', 'Magento\\Catalog\\Model\\Product\\Attribute\\Source\\Layout', 0, 0),
  (105, 4, 'category_ids', 'static', 'text', 'Category ids', NULL, 0, 0),
  (106, 4, 'options_container', 'varchar', 'select', 'Options container', 'Magento\\Catalog\\Model\\Entity\\Product\\Attribute\\Design\\Options\\Container', 0, 0),
  (107, 4, 'required_options', 'static', 'text', 'Required options', NULL, 0, 0),
  (108, 4, 'has_options', 'static', 'text', 'Has options', NULL, 0, 0),
  (109, 4, 'image_label', 'varchar', 'text', 'Image label', NULL, 0, 0),
  (110, 4, 'small_image_label', 'varchar', 'text', 'Small image label', NULL, 0, 0),
  (111, 4, 'thumbnail_label', 'varchar', 'text', 'Thumbnail label', NULL, 0, 0),
  (112, 4, 'created_at', 'static', 'date', 'Created at', NULL, 1, 0),
  (113, 4, 'updated_at', 'static', 'date', 'Updated at', NULL, 1, 0),
  (114, 4, 'country_of_manufacture', 'varchar', 'select', 'Country of manufacture', 'Magento\\Catalog\\Model\\Product\\Attribute\\Source\\Countryofmanufacture', 0, 0),
  (115, 4, 'quantity_and_stock_status', 'int', 'select', 'Quantity and stock status', 'Magento\\CatalogInventory\\Model\\Source\\Stock', 0, 0),
  (116, 4, 'custom_layout', 'varchar', 'select', 'Custom layout', 'Magento\\Catalog\\Model\\Product\\Attribute\\Source\\Layout', 0, 0),
  (117, 4, 'custom_layout_update_file', 'varchar', 'select', 'Custom layout update file', 'Magento\\Catalog\\Model\\Product\\Attribute\\Source\\LayoutUpdate', 0, 0),
  (118, 3, 'custom_layout_update_file', 'varchar', 'select', 'Custom layout update file', 'Magento\\Catalog\\Model\\Category\\Attribute\\Source\\LayoutUpdate', 0, 0),
  (119, 4, 'msrp', 'decimal', 'price', 'Msrp', NULL, 0, 0),
  (120, 4, 'msrp_display_actual_price_type', 'varchar', 'select', 'Msrp display actual price type', 'Magento\\Msrp\\Model\\Product\\Attribute\\Source\\Type\\Price', 0, 0),
  (121, 3, 'url_key', 'varchar', 'text', 'Url key', NULL, 0, 0),
  (122, 3, 'url_path', 'varchar', 'text', 'Url path', NULL, 0, 0),
  (123, 4, 'url_key', 'varchar', 'text', 'Url key', NULL, 0, 0),
  (124, 4, 'url_path', 'varchar', 'text', 'Url path', NULL, 0, 0),
  (125, 4, 'links_purchased_separately', 'int', NULL, 'Links purchased separately', NULL, 1, 0),
  (126, 4, 'samples_title', 'varchar', NULL, 'Samples title', NULL, 1, 0),
  (127, 4, 'links_title', 'varchar', NULL, 'Links title', NULL, 1, 0),
  (128, 4, 'links_exist', 'int', NULL, 'Links exist', NULL, 0, 0),
  (129, 4, 'price_type', 'int', 'boolean', 'Price type', NULL, 1, 0),
  (130, 4, 'sku_type', 'int', 'boolean', 'Sku type', NULL, 1, 0),
  (131, 4, 'weight_type', 'int', 'boolean', 'Weight type', NULL, 1, 0),
  (132, 4, 'price_view', 'int', 'select', 'Price view', 'Magento\\Bundle\\Model\\Product\\Attribute\\Source\\Price\\View', 1, 0),
  (133, 4, 'shipment_type', 'int', 'select', 'Shipment type', 'Magento\\Bundle\\Model\\Product\\Attribute\\Source\\Shipment\\Type', 1, 0),
  (134, 4, 'gift_message_available', 'varchar', 'select', 'Gift message available', 'Magento\\Catalog\\Model\\Product\\Attribute\\Source\\Boolean', 0, 0),
  (135, 4, 'swatch_image', 'varchar', 'media_image', 'Swatch image', NULL, 0, 0),
  (136, 4, 'tax_class_id', 'int', 'select', 'Tax class id', 'Magento\\Tax\\Model\\TaxClass\\Source\\Product', 0, 0),
  (137, 4, 'stoerrelse', 'int', 'select', 'Størrelse', 'Magento\\Eav\\Model\\Entity\\Attribute\\Source\\Table', 0, 1),
  (138, 1, 'kundetype', 'int', 'select', 'Kundetype', 'Magento\\Eav\\Model\\Entity\\Attribute\\Source\\Table', 0, 1),
  (139, 1, 'ean_nummer', 'varchar', 'text', 'EAN-nummer', NULL, 0, 1),
  (140, 1, 'interesser', 'text', 'multiselect', 'Interesser', 'Magento\\Eav\\Model\\Entity\\Attribute\\Source\\Table', 0, 1),
  (141, 2, 'leveringsnote', 'varchar', 'text', 'Note til levering', NULL, 0, 1);
INSERT INTO `catalog_eav_attribute` (attribute_id, is_global) VALUES
  (73, 0), (74, 1), (75, 0), (76, 0), (77, 1), (78, 1), (79, 2), (80, 2), (81, 1), (82, 1), (83, 1), (84, 0),
  (85, 0), (86, 0), (87, 0), (88, 0), (89, 0), (90, 1), (91, 1), (92, 2), (93, 1), (94, 2), (95, 2), (96, 1),
  (97, 2), (98, 0), (99, 0), (100, 0), (101, 0), (102, 0), (103, 0), (104, 0), (105, 1), (106, 0), (107, 1),
  (108, 1), (109, 0), (110, 0), (111, 0), (112, 1), (113, 1), (114, 2), (115, 1), (116, 0), (117, 0), (119, 1),
  (120, 2), (123, 0), (124, 0), (125, 1), (126, 0), (127, 0), (128, 1), (129, 1), (130, 1), (131, 1), (132, 1),
  (133, 1), (134, 1), (135, 0), (136, 2), (137, 1);
INSERT INTO `eav_attribute_option` (option_id, attribute_id, sort_order) VALUES
  (1, 137, 1), (2, 137, 2), (3, 137, 3), (4, 138, 1), (5, 138, 2), (6, 138, 3), (7, 140, 1), (8, 140, 2);
INSERT INTO `eav_attribute_option_value` (option_id, store_id, value) VALUES
  (1, 0, 'S'), (2, 0, 'M'), (3, 0, 'L'), (1, 2, 'Small'), (2, 2, 'Medium'), (3, 2, 'Large'), (4, 0, 'Privat'),
  (5, 0, 'Forhandler'), (5, 2, 'Reseller'), (6, 0, 'Institution'), (7, 0, 'Have'), (8, 0, 'Køkken');

INSERT INTO `cataloginventory_stock` (stock_id, website_id, stock_name) VALUES
  (1, 0, 'Default');
INSERT INTO `inventory_source` (source_code, name, country_id, postcode) VALUES
  ('default', 'Default Source', 'DK', '2150'), ('butik', 'Butikken i Nordhavn', 'DK', '2150');
INSERT INTO `inventory_stock` (stock_id, name) VALUES
  (1, 'Default Stock'), (2, 'Butik');
INSERT INTO `inventory_source_stock_link` (link_id, stock_id, source_code, priority) VALUES
  (1, 1, 'default', 1), (2, 2, 'butik', 1);
INSERT INTO `inventory_stock_sales_channel` (type, code, stock_id) VALUES
  ('website', 'base', 1), ('website', 'se', 1);
INSERT INTO `sales_order_status` (status, label) VALUES
  ('pending', 'Afventer'), ('pending_payment', 'Afventer betaling'), ('processing', 'Under behandling'),
  ('complete', 'Fuldført'), ('closed', 'Lukket'), ('canceled', 'Annulleret'), ('holded', 'Tilbageholdt'),
  ('payment_review', 'Betaling kontrolleres'), ('fraud', 'Mistanke om svindel'), ('pakkes', 'Pakkes');
INSERT INTO `sales_order_status_state` (status, state, is_default, visible_on_front) VALUES
  ('canceled', 'canceled', 1, 1), ('closed', 'closed', 1, 1), ('complete', 'complete', 1, 1),
  ('fraud', 'payment_review', 0, 1), ('fraud', 'processing', 0, 1), ('holded', 'holded', 1, 1),
  ('payment_review', 'payment_review', 1, 1), ('pending', 'new', 1, 1), ('pending_payment', 'pending_payment', 1, 0),
  ('processing', 'processing', 1, 1), ('pakkes', 'processing', 0, 1);
INSERT INTO `sales_sequence_meta` (meta_id, entity_type, store_id, sequence_table) VALUES
  (1, 'order', 0, 'sequence_order_0'), (2, 'invoice', 0, 'sequence_invoice_0'),
  (3, 'creditmemo', 0, 'sequence_creditmemo_0'), (4, 'shipment', 0, 'sequence_shipment_0'),
  (5, 'order', 1, 'sequence_order_1'), (6, 'invoice', 1, 'sequence_invoice_1'),
  (7, 'creditmemo', 1, 'sequence_creditmemo_1'), (8, 'shipment', 1, 'sequence_shipment_1'),
  (9, 'order', 2, 'sequence_order_2'), (10, 'invoice', 2, 'sequence_invoice_2'),
  (11, 'creditmemo', 2, 'sequence_creditmemo_2'), (12, 'shipment', 2, 'sequence_shipment_2'),
  (13, 'order', 3, 'sequence_order_3'), (14, 'invoice', 3, 'sequence_invoice_3'),
  (15, 'creditmemo', 3, 'sequence_creditmemo_3'), (16, 'shipment', 3, 'sequence_shipment_3');
INSERT INTO `sales_sequence_profile` (profile_id, meta_id, prefix, suffix, start_value, step, max_value, warning_value, is_active) VALUES
  (1, 1, NULL, NULL, 1, 1, 4294967295, 4294966295, 1), (2, 2, NULL, NULL, 1, 1, 4294967295, 4294966295, 1),
  (3, 3, NULL, NULL, 1, 1, 4294967295, 4294966295, 1), (4, 4, NULL, NULL, 1, 1, 4294967295, 4294966295, 1),
  (5, 5, NULL, NULL, 1, 1, 4294967295, 4294966295, 1), (6, 6, NULL, NULL, 1, 1, 4294967295, 4294966295, 1),
  (7, 7, NULL, NULL, 1, 1, 4294967295, 4294966295, 1), (8, 8, NULL, NULL, 1, 1, 4294967295, 4294966295, 1),
  (9, 9, '2', NULL, 1, 1, 4294967295, 4294966295, 1), (10, 10, '2', NULL, 1, 1, 4294967295, 4294966295, 1),
  (11, 11, '2', NULL, 1, 1, 4294967295, 4294966295, 1), (12, 12, '2', NULL, 1, 1, 4294967295, 4294966295, 1),
  (13, 13, '3', NULL, 1, 1, 4294967295, 4294966295, 1), (14, 14, '3', NULL, 1, 1, 4294967295, 4294966295, 1),
  (15, 15, '3', NULL, 1, 1, 4294967295, 4294966295, 1), (16, 16, '3', NULL, 1, 1, 4294967295, 4294966295, 1);

INSERT INTO `catalog_product_link_type` (link_type_id, code) VALUES
  (1, 'relation'), (3, 'super'), (4, 'up_sell'), (5, 'cross_sell');
INSERT INTO `queue` (id, name) VALUES
  (1, 'inventory.reservations.updateSalabilityStatus'), (2, 'sales.rule.update.coupon.usage'),
  (3, 'product_action_attribute.update');
INSERT INTO `report_event_types` (event_type_id, event_name) VALUES
  (1, 'catalog_product_view'), (4, 'checkout_cart_add_product');
INSERT INTO `admin_user` (user_id, firstname, lastname, email, username, password, is_active) VALUES
  (1, 'Bo', 'Butik', 'bo@nordhavn.example', 'bo', 'x', 1);
INSERT INTO `mview_state` (view_id, mode, status) VALUES
  ('catalog_product_price', 'disabled', 'idle'), ('catalogsearch_fulltext', 'disabled', 'idle'),
  ('cataloginventory_stock', 'disabled', 'idle'), ('inventory', 'disabled', 'idle'),
  ('catalog_product_attribute', 'disabled', 'idle');
INSERT INTO `indexer_state` (indexer_id, status, hash_config) VALUES
  ('catalog_product_price', 'valid', '00000000000000000000000000000000'),
  ('catalogsearch_fulltext', 'valid', '00000000000000000000000000000000'),
  ('cataloginventory_stock', 'valid', '00000000000000000000000000000000'),
  ('inventory', 'valid', '00000000000000000000000000000000'),
  ('catalog_product_attribute', 'valid', '00000000000000000000000000000000'),
  ('customer_grid', 'valid', '00000000000000000000000000000000');
