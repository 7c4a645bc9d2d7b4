"""Many products with stock on both sides, and an ear on every statement that writes their quantities in Magento."""

from __future__ import annotations

from collections.abc import Mapping

from tests.servers import dialect
from tests.world import World

FIRST_ID = 1000

_HEARD = "CREATE TABLE heard (id INT AUTO_INCREMENT PRIMARY KEY, sku VARCHAR(64), quantity INT, KEY (sku))"
_HEARS = "CREATE TRIGGER hears AFTER UPDATE ON {table} FOR EACH ROW INSERT INTO heard (sku, quantity) {values}"


class Shelf:
    """`count` products that have `quantity` pieces each, in Magento and in e-conomic. Their SKUs are P-0001 and so on.

    The ear is a trigger, so that it also hears of what is written and overwritten again.
    """

    def __init__(self, world: World, count: int, quantity: int, *, msi: bool = True) -> None:
        self.world = world
        self.msi = msi
        self.skus = [f"P-{number:04}" for number in range(1, count + 1)]
        with world.server.connect() as connection:
            sku, of = "CONCAT('P-', LPAD(seq, 4, '0'))", f"FROM {dialect.numbers(connection, count)}"
        there = int(quantity > 0)
        statements = [
            "INSERT INTO catalog_product_entity (entity_id, sku, type_id, attribute_set_id)"
            f" SELECT {FIRST_ID} + seq, {sku}, 'simple', 4 {of}",
            "INSERT INTO cataloginventory_stock_item (product_id, stock_id, qty, is_in_stock, manage_stock)"
            f" SELECT {FIRST_ID} + seq, 1, {quantity}, {there}, 1 {of}",
            "INSERT INTO cataloginventory_stock_status (product_id, website_id, stock_id, qty, stock_status)"
            f" SELECT {FIRST_ID} + seq, 0, 1, {quantity}, {there} {of}",
            _HEARD,
        ]
        if msi:
            statements += [
                "INSERT INTO inventory_source_item (source_code, sku, quantity, status)"
                f" SELECT 'default', {sku}, {quantity}, {there} {of}",
                _HEARS.format(table="inventory_source_item", values="VALUES (NEW.sku, NEW.quantity)"),
            ]
        else:
            values = "SELECT sku, NEW.qty FROM catalog_product_entity WHERE entity_id = NEW.product_id"
            statements.append(_HEARS.format(table="cataloginventory_stock_item", values=values))
        for statement in statements:
            world.sql(statement)
        for number in self.skus:
            world.product(number, quantity)

    def count(self, wanted: Mapping[str, int]) -> None:
        """Count products anew in e-conomic."""
        for sku, quantity in wanted.items():
            self.world.stock(sku, quantity)

    def held(self) -> dict[str, int]:
        """What Magento holds of each product."""
        rows = self.world.sql(
            "SELECT sku, quantity FROM inventory_source_item WHERE sku LIKE 'P-%'"
            if self.msi
            else "SELECT p.sku, i.qty FROM cataloginventory_stock_item i"
            " JOIN catalog_product_entity p ON p.entity_id = i.product_id WHERE p.sku LIKE 'P-%'"
        )
        return {sku: int(quantity) for sku, quantity in rows}

    def heard(self) -> dict[str, list[int]]:
        """What was written of each product since `hush`, statement by statement."""
        found: dict[str, list[int]] = {}
        for sku, quantity in self.world.sql("SELECT sku, quantity FROM heard WHERE sku LIKE 'P-%' ORDER BY id"):
            found.setdefault(sku, []).append(int(quantity))
        return found

    def hush(self) -> None:
        """Forget what was heard."""
        self.world.sql("DELETE FROM heard")

    def torn(self) -> list[str]:
        """Products whose rows do not agree with each other: source, stock item and status."""
        source = (
            " JOIN inventory_source_item s ON s.sku = p.sku AND s.source_code = 'default'"
            if self.msi
            else " JOIN (SELECT product_id, qty AS quantity, is_in_stock AS status FROM cataloginventory_stock_item) s"
            " ON s.product_id = p.entity_id"
        )
        rows = self.world.sql(
            f"SELECT p.sku FROM catalog_product_entity p{source}"
            " JOIN cataloginventory_stock_item i ON i.product_id = p.entity_id"
            " LEFT JOIN cataloginventory_stock_status t ON t.product_id = p.entity_id AND t.website_id = 0"
            " WHERE p.sku LIKE 'P-%' AND (s.quantity <> i.qty OR s.status <> i.is_in_stock OR t.qty IS NULL"
            " OR GREATEST(s.quantity, 0) <> t.qty OR s.status <> t.stock_status OR s.status <> (s.quantity > 0))"
        )
        return [row[0] for row in rows]

    def echoed(self) -> bool:
        """Whether everything that was written has come back through the binlog, and was looked at."""
        if not self.world.settled():
            return False
        with self.world.state() as state:
            return state.stock_waiting()[0] == 0 and state.orders_waiting() == 0
