"""The quote behind an order: a dozen writes that have nothing to say to a bookkeeper."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.demo.cart import PricedCart
from sync.demo.catalog import StoreView
from sync.demo.people import Person
from sync.demo.tables import Row, Tables

if TYPE_CHECKING:
    from sync.demo.placing import Account


@dataclass(frozen=True, slots=True)
class Basket:
    """A quote that has been filled. `item_ids` are its rows, in the order of the cart's lines."""

    tables: Tables
    quote_id: int
    item_ids: tuple[int, ...]
    email: str

    @classmethod
    def fill(
        cls,
        tables: Tables,
        priced: PricedCart,
        store: StoreView,
        buyer: Person,
        recipient: Person,
        account: Account | None,
    ) -> Basket:
        """Open a quote, put the lines in, choose delivery and payment: three transactions."""
        with tables.transaction():
            quote_id = tables.insert(
                "quote",
                {
                    "store_id": store.id,
                    "is_active": 1,
                    "base_currency_code": "DKK",
                    "quote_currency_code": priced.currency,
                    "customer_id": account.id if account else None,
                    "customer_is_guest": int(account is None),
                },
            )
            billing = tables.insert("quote_address", {"quote_id": quote_id, "address_type": "billing"})
            shipping = tables.insert("quote_address", {"quote_id": quote_id, "address_type": "shipping"})
        tables.insert("quote_id_mask", {"quote_id": quote_id, "masked_id": secrets.token_hex(16)})
        item_ids: list[int] = []
        with tables.transaction():
            tables.update(
                "quote",
                {"items_count": len(priced.cart.items), "grand_total": priced.totals.grand},
                entity_id=quote_id,
            )
            for line in priced.lines:
                row: Row = {
                    "quote_id": quote_id,
                    "product_id": line.article.id,
                    "store_id": store.id,
                    "parent_item_id": None if line.parent is None else item_ids[line.parent],
                    "sku": line.sku,
                    "name": line.article.name,
                    "qty": line.quantity,
                    "price": line.order.price,
                    "row_total": line.order.row,
                    "product_type": line.article.type,
                }
                item_ids.append(tables.insert("quote_item", row))
        with tables.transaction():
            tables.delete("quote_address", address_id=billing)
            tables.update(
                "quote_address",
                {"city": recipient.city, "postcode": recipient.postcode, "grand_total": priced.totals.grand},
                address_id=shipping,
            )
            tables.insert("quote_address", {"quote_id": quote_id, "address_type": "billing", "email": buyer.email})
            tables.insert("quote_payment", {"quote_id": quote_id, "method": priced.cart.payment})
        return cls(tables, quote_id, tuple(item_ids), buyer.email)

    def close(self, increment_id: str) -> None:
        """The order is placed."""
        with self.tables.transaction():
            self.tables.update(
                "quote",
                {"is_active": 0, "reserved_order_id": increment_id, "customer_email": self.email},
                entity_id=self.quote_id,
            )
