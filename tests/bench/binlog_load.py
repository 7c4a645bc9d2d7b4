"""What a busy shop writes, as a binlog: of a hundred row events about seventeen are of watched tables.

For each order one transaction with the order and its two lines, later half an update of it and half a product's value,
nineteen writes of carts and cron jobs, each committed by itself, and every 31st time an indexer's 500 rows in one
statement.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from cdc.binlog import current_position
from cdc.position import Position
from sync.demo.fixture import install
from sync.demo.mariadb import PrivateMariaDB

ORDERS = 5_000
"""Orders of one binlog file: about 443,000 events, of which 20,000 are rows that matter."""

_ORDER = """
      START TRANSACTION;
      INSERT INTO sales_order (entity_id, state, status, coupon_code, protect_code, shipping_description, is_virtual,
        store_id, base_discount_amount, base_grand_total, base_shipping_amount, base_shipping_tax_amount,
        base_subtotal, base_tax_amount, base_to_global_rate, base_to_order_rate, base_total_qty_ordered,
        discount_amount, grand_total, shipping_amount, shipping_tax_amount, store_to_base_rate, store_to_order_rate,
        subtotal, tax_amount, total_qty_ordered, customer_is_guest, customer_note_notify, billing_address_id,
        customer_group_id, send_email, quote_id, shipping_address_id, base_subtotal_incl_tax, base_total_due,
        subtotal_incl_tax, total_due, weight, increment_id, applied_rule_ids, base_currency_code, customer_email,
        customer_firstname, customer_lastname, global_currency_code, order_currency_code, remote_ip, shipping_method,
        store_currency_code, store_name, total_item_count, shipping_incl_tax, base_shipping_incl_tax)
      VALUES (n, 'new', 'pending', NULL, MD5(n), 'Flat Rate - Fixed', 0, 1, 0, 250 + n % 90, 40, 8, 168, 42, 1, 1, 2,
        0, 250 + n % 90, 40, 8, 1, 1, 168, 42, 2, 1, 1, 2 * n, 0, 1, n, 2 * n + 1, 210, 250 + n % 90, 210,
        250 + n % 90, 1.5, LPAD(n, 9, '0'), '1', 'DKK', CONCAT('buyer', n, '@example.test'), 'Given', 'Family', 'DKK',
        'DKK', '192.0.2.1', 'flatrate_flatrate', 'DKK', 'Main Website\\nMain Store\\nDefault', 2, 48, 48);
      INSERT INTO sales_order_item (order_id, product_id, product_type, sku, name, qty_ordered, price, row_total)
        VALUES (n, n % 40, 'simple', CONCAT('SKU-', n % 40), 'Something for the kitchen', 1, 84, 84);
      INSERT INTO sales_order_item (order_id, product_id, product_type, sku, name, qty_ordered, price, row_total)
        VALUES (n, n % 41, 'simple', CONCAT('SKU-', n % 41), 'Something for the garden', 1, 84, 84);
      COMMIT;
      IF n % 2 = 0 THEN
        UPDATE sales_order SET status = 'processing', total_paid = grand_total WHERE entity_id = n;
      ELSE
        INSERT INTO catalog_product_entity_varchar (attribute_id, store_id, entity_id, value)
          VALUES (73, 0, n + 1000, CONCAT('Product ', n));
      END IF;
"""
_NOISE = """
      INSERT INTO quote (entity_id, store_id, items_count, grand_total, customer_email)
        VALUES (n, 1, 1, 84, CONCAT('buyer', n, '@example.test'));
      SET i = 0;
      WHILE i < 11 DO
        UPDATE quote SET grand_total = grand_total + 1, items_count = i, is_changed = i WHERE entity_id = n;
        SET i = i + 1;
      END WHILE;
      INSERT INTO cron_schedule (schedule_id, job_code) VALUES (n, 'indexer_update_all_views');
      SET i = 0;
      WHILE i < 6 DO
        UPDATE cron_schedule SET status = CONCAT('step', i), messages = i WHERE schedule_id = n;
        SET i = i + 1;
      END WHILE;
      IF n % 31 = 0 THEN
        INSERT INTO catalog_product_index_price
          SELECT 500 * n + seq, n % 4, 1, 2, 84 + n, 84, 84, 84, NULL FROM seq_1_to_500;
      END IF;
"""
_WHOLE = f"""
    BEGIN NOT ATOMIC
      DECLARE n INT DEFAULT @first;
      DECLARE i INT;
      WHILE n < @behind DO
        {_ORDER}
        {_NOISE}
        SET n = n + 1;
      END WHILE;
    END
"""


@dataclass(frozen=True, slots=True)
class Load:
    """A binlog holds the load between `begin` and `end`. `version` is the server's."""

    version: str
    begin: Position
    end: Position


def write_load(server: PrivateMariaDB, schema: str, orders: int = ORDERS) -> Load:
    """Write the load, `ORDERS` orders to a file, into a fresh schema of the server."""
    with closing(server.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {schema} CHARACTER SET utf8mb4")
        install(server, schema)
        cursor.execute(f"USE {schema}")
        cursor.execute("SET GLOBAL net_write_timeout = 3600")  # a slow reader keeps the server waiting for a minute
        cursor.execute("SET unique_checks = 0, foreign_key_checks = 0")
        cursor.execute("FLUSH BINARY LOGS")
        begin = current_position(server.url(schema), server_id=4_000_000_001)
        for first in range(1, orders + 1, ORDERS):
            cursor.execute("SET @first = %s, @behind = %s", (first, min(first + ORDERS, orders + 1)))
            cursor.execute(_WHOLE)
            cursor.execute("FLUSH BINARY LOGS")
        cursor.execute("SELECT VERSION()")
        [version] = cursor.fetchone() or [""]
    return Load(f"MariaDB {version}", begin, current_position(server.url(schema), server_id=4_000_000_001))
