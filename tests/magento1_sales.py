"""Orders of a Magento 1 shop as its checkout and its admin write them: prices with 25 % VAT inside, 10 % off."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sync.demo.tables import Row, Tables, Value
from tests.magento1 import Magento1

D = Decimal
ONE = D(1)

PLACED = "2026-12-01 10:00:00"
DISCOUNT, VAT = D("0.1"), D("0.25")
_CENT = D("0.01")


def serialized(value: object) -> str:
    """A value as PHP writes it."""
    if isinstance(value, dict):
        return f"a:{len(value)}:{{" + "".join(serialized(one) for pair in value.items() for one in pair) + "}"
    return f"i:{value};" if isinstance(value, int) else f's:{len(str(value).encode())}:"{value}";'


@dataclass(frozen=True, slots=True)
class Sold:
    """A row that carries money: product, pieces, and the price of one with VAT."""

    product_id: int
    sku: str
    quantity: D
    price: D
    item_id: int = 0

    def amounts(self, quantity: D, rate: D) -> Row:
        """The columns of so many pieces, in the order's currency and, by `rate`, the base currency."""
        gross = self.price * quantity
        off = (gross * DISCOUNT).quantize(_CENT)
        tax = ((gross - off) * VAT / (1 + VAT)).quantize(_CENT)
        row = {
            "price": self.price / (1 + VAT),
            "price_incl_tax": self.price,
            "row_total": gross / (1 + VAT),
            "row_total_incl_tax": gross,
            "discount_amount": off,
            "tax_amount": tax,
            # what VAT there is in the discount
            "hidden_tax_amount": (gross - gross / (1 + VAT) - tax).quantize(_CENT),
        }
        return {**row, **{f"base_{name}": (amount / rate).quantize(_CENT) for name, amount in row.items()}}


@dataclass(slots=True)
class Sale:
    """An order that was placed."""

    id: int
    increment_id: str
    rows: list[Sold]
    shipping: D
    rate: D
    grand_total: D


def _totals(rows: list[Row], shipping: D, rate: D) -> Row:
    def total(column: str) -> D:
        return sum((D(str(row[column])) for row in rows), D(0))

    tax = shipping * VAT / (1 + VAT)
    own = {
        "subtotal": total("row_total"),
        "discount_amount": -total("discount_amount"),
        "hidden_tax_amount": total("hidden_tax_amount"),
        "shipping_hidden_tax_amount": D(0),
        "shipping_amount": shipping - tax,
        "shipping_tax_amount": tax,
        "shipping_incl_tax": shipping,
        "tax_amount": total("tax_amount") + tax,
        "grand_total": total("row_total_incl_tax") - total("discount_amount") + shipping,
    }
    base = {f"base_{name}": (amount / rate).quantize(_CENT) for name, amount in own.items()}
    base["base_shipping_hidden_tax_amnt"] = base.pop("base_shipping_hidden_tax_amount")
    return {**own, **base}


class Desk:
    """Places orders and goes on with them, each step in one transaction, as Magento 1 does."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.shop = Magento1(tables)

    def place(self, *rows: Sold, shipping: D, rate: D = ONE, **columns: Value) -> Sale:
        """An order of a guest, unpaid; `rate` is how many of its currency one of the base currency is."""
        amounts = [row.amounts(row.quantity, rate) for row in rows]
        totals = _totals(amounts, shipping, rate)
        names: Row = {
            "order_currency_code": "DKK",
            "base_currency_code": "DKK",
            "base_to_order_rate": rate,
            "customer_email": "mette@example.com",
            "customer_firstname": "Mette",
            "customer_lastname": "Østergård",
            "customer_is_guest": 1,
            "customer_group_id": 0,
            "shipping_method": "flatrate_flatrate",
            "shipping_description": "GLS - pakkeshop",
            "store_name": "Butik\nDanmark\nDansk",
            "updated_at": PLACED,
            "coupon_code": "SOMMER10",
        }
        with self.tables.transaction():
            order_id = self.shop.order(**{**totals, **names, **columns, "state": None, "status": None})
            addresses = [self._address(order_id, kind) for kind in ("billing", "shipping")]
            self.tables.update(
                "sales_flat_order",
                {"billing_address_id": addresses[0], "shipping_address_id": addresses[1]},
                entity_id=order_id,
            )
            sold = [
                Sold(row.product_id, row.sku, row.quantity, row.price, self._item(order_id, row, amount))
                for row, amount in zip(rows, amounts, strict=True)
            ]
            self.tables.insert(
                "sales_flat_order_payment",
                {"parent_id": order_id, "method": "checkmo", "amount_ordered": totals["grand_total"]},
            )
            self.tables.update("sales_flat_order", {"state": "new", "status": "pending"}, entity_id=order_id)
            self._told(order_id, "pending")
        self.tables.update("sales_flat_order", {"email_sent": 1}, entity_id=order_id)
        increment_id = self.tables.row("sales_flat_order", entity_id=order_id)["increment_id"]
        return Sale(order_id, increment_id, sold, shipping, rate, D(str(totals["grand_total"])))

    def _item(self, order_id: int, row: Sold, amounts: Row, **more: Value) -> int:
        return self.shop.item(
            order_id,
            **{
                "product_id": row.product_id,
                "sku": row.sku,
                "name": row.sku.title(),
                "qty_ordered": row.quantity,
                "tax_percent": D(25),
                "discount_percent": D(10),
                "product_options": serialized({"info_buyRequest": {"qty": str(row.quantity)}}),
                **amounts,
                **more,
            },
        )

    def configurable(self, sale: Sale, row: Sold, child: int) -> None:
        """Make a row that of a configurable product: its child bears the stock and price 0."""
        options = serialized({"attributes_info": {0: {"label": "Farve", "value": "Rød"}}, "simple_sku": row.sku})
        self.tables.update(
            "sales_flat_order_item", {"product_type": "configurable", "product_options": options}, item_id=row.item_id
        )
        self.shop.item(
            sale.id, parent_item_id=row.item_id, product_id=child, sku=row.sku, name="Rød", qty_ordered=row.quantity
        )

    def bundle(self, sale: Sale, product_id: int, sku: str, *parts: Sold) -> None:
        """Put a bundle with a price that is its parts' above some rows."""
        amounts = [part.amounts(part.quantity, sale.rate) for part in parts]
        summed: Row = {
            name: sum((D(str(one[name])) for one in amounts), D(0)) for name in amounts[0] if "tax" not in name
        }
        parent = self.shop.item(
            sale.id,
            **{
                "product_id": product_id,
                "product_type": "bundle",
                "sku": sku,
                "name": sku.title(),
                "qty_ordered": D(1),
                "product_options": serialized({"product_calculations": 0, "shipment_type": 0}),
                **summed,
                "discount_amount": D(0),
                "base_discount_amount": D(0),
            },
        )
        for part in parts:
            self.tables.update("sales_flat_order_item", {"parent_item_id": parent}, item_id=part.item_id)

    def finish(self, sale: Sale) -> None:
        """Invoice and ship all of it."""
        amounts = [row.amounts(row.quantity, sale.rate) for row in sale.rows]
        with self.tables.transaction():
            invoice = self.tables.insert(
                "sales_flat_invoice",
                {
                    "order_id": sale.id,
                    "state": 2,
                    "increment_id": sale.increment_id,
                    "created_at": PLACED,
                    **_totals(amounts, sale.shipping, sale.rate),
                },
            )
            shipment = self.tables.insert(
                "sales_flat_shipment", {"order_id": sale.id, "increment_id": sale.increment_id, "created_at": PLACED}
            )
            for row, amount in zip(sale.rows, amounts, strict=True):
                bare: Row = {"order_item_id": row.item_id, "product_id": row.product_id, "sku": row.sku}
                self.tables.insert(
                    "sales_flat_invoice_item", {"parent_id": invoice, "qty": row.quantity, **bare, **amount}
                )
                self.tables.insert("sales_flat_shipment_item", {"parent_id": shipment, "qty": row.quantity, **bare})
                self.tables.update(
                    "sales_flat_order_item",
                    {"qty_invoiced": row.quantity, "qty_shipped": row.quantity},
                    item_id=row.item_id,
                )
            self.tables.update(
                "sales_flat_order",
                {
                    "state": "complete",
                    "status": "complete",
                    "total_invoiced": sale.grand_total,
                    "total_paid": sale.grand_total,
                },
                entity_id=sale.id,
            )
            self._told(sale.id, "complete")

    def refund(self, sale: Sale, row: Sold, quantity: D) -> D:
        """A credit memo over some pieces of a row, which go back into stock; its total."""
        amount = row.amounts(quantity, sale.rate)
        totals = _totals([amount], D(0), sale.rate)
        with self.tables.transaction():
            memo = self.tables.insert(
                "sales_flat_creditmemo",
                {
                    "order_id": sale.id,
                    "state": 2,
                    "increment_id": f"{sale.increment_id}-C",
                    "created_at": PLACED,
                    **totals,
                },
            )
            bare: Row = {"order_item_id": row.item_id, "product_id": row.product_id, "sku": row.sku}
            self.tables.insert("sales_flat_creditmemo_item", {"parent_id": memo, "qty": quantity, **bare, **amount})
            self.tables.add("cataloginventory_stock_item", "qty", quantity, product_id=row.product_id)
            self.tables.update("sales_flat_order_item", {"qty_refunded": quantity}, item_id=row.item_id)
            self.tables.update("sales_flat_order", {"total_refunded": totals["grand_total"]}, entity_id=sale.id)
            self._told(sale.id, "complete")
        return D(str(totals["grand_total"]))

    def customer(self, email: str, **values: Value) -> int:
        """An account; its values are rows of their own."""
        customer_id = self.tables.insert(
            "customer_entity", {"email": email, "website_id": 1, "store_id": 1, "group_id": 2, "created_at": PLACED}
        )
        self.values("customer", customer_id, None, **values)
        return customer_id

    def address(self, customer_id: int, **values: Value) -> int:
        """One of its addresses, which becomes the default one."""
        address_id = self.tables.insert("customer_address_entity", {"parent_id": customer_id, "created_at": PLACED})
        self.values("customer_address", address_id, None, **values)
        self.values("customer", customer_id, None, default_billing=address_id)
        return address_id

    def values(self, entity: str, entity_id: int, store: int | None, **values: Value) -> None:
        """Values of attributes; `store` is the store view's of a product."""
        types = {row["entity_type_code"]: row["entity_type_id"] for row in self.tables.rows("eav_entity_type")}
        table = f"{entity}_entity"
        for code, value in values.items():
            attribute = self.tables.row("eav_attribute", entity_type_id=types[entity], attribute_code=code)
            row: Row = {"attribute_id": attribute["attribute_id"], "entity_id": entity_id, "value": value}
            row |= {"entity_type_id": types[entity]} | ({} if store is None else {"store_id": store})
            self.tables.insert(f"{table}_{attribute['backend_type']}", row)

    def _told(self, order_id: int, status: str) -> None:
        self.tables.insert(
            "sales_flat_order_status_history",
            {"parent_id": order_id, "status": status, "entity_name": "order", "created_at": PLACED},
        )

    def _address(self, order_id: int, kind: str) -> int:
        return self.tables.insert(
            "sales_flat_order_address",
            {
                "parent_id": order_id,
                "address_type": kind,
                "firstname": "Mette",
                "lastname": "Østergård",
                "street": "Ågade 5\nst. th.",
                "city": "Aalborg",
                "postcode": "9000",
                "country_id": "DK",
                "telephone": "98765432",
                "email": "mette@example.com",
            },
        )
