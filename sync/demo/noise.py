"""The writes between the orders: visitors, carts that nobody buys, cron, indexers. None of them concerns the books."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from decimal import Decimal

from sync.demo.catalog import ARTICLES
from sync.demo.tables import Row, Tables

_JOBS = ("indexer_update_all_views", "sales_clean_quotes", "consumers_runner", "newsletter_send_all", "visitor_clean")


def make_noise(tables: Tables, count: int, rng: random.Random) -> None:
    """`count` bursts of writes, each a visitor, a cart, a cron job or an indexer at work."""
    kinds: list[Callable[[Tables, random.Random], None]] = [_visit, _cart, _cron, _price_index, _indexer]
    for _ in range(count):
        rng.choice(kinds)(tables, rng)


def _visit(tables: Tables, rng: random.Random) -> None:
    session = secrets.token_hex(13)
    tables.insert("session", {"session_id": session, "session_expires": 1, "session_data": "x" * rng.randint(50, 900)})
    tables.update("session", {"session_data": "y" * rng.randint(50, 900)}, session_id=session)
    tables.insert("customer_visitor", {"session_id": session})
    tables.insert("report_event", {"event_type_id": 1, "object_id": rng.choice(ARTICLES).id, "store_id": 1})


def _cart(tables: Tables, rng: random.Random) -> None:
    with tables.transaction():
        quote_id = tables.insert("quote", {"store_id": 1, "is_active": 1, "customer_is_guest": 1})
        tables.insert("quote_address", {"quote_id": quote_id, "address_type": "shipping"})
    for article in rng.sample(ARTICLES, 2):
        with tables.transaction():
            row: Row = {"quote_id": quote_id, "product_id": article.id, "sku": article.sku, "price": article.price or 0}
            tables.insert("quote_item", row)
            tables.update("quote", {"items_count": 1, "grand_total": article.price or 0}, entity_id=quote_id)


def _cron(tables: Tables, rng: random.Random) -> None:
    schedule = tables.insert("cron_schedule", {"job_code": rng.choice(_JOBS), "status": "pending"})
    tables.update("cron_schedule", {"status": "running"}, schedule_id=schedule)
    tables.update("cron_schedule", {"status": "success"}, schedule_id=schedule)
    tables.execute(f"UPDATE {tables.name('queue_message_status')} SET status = 4 WHERE status = 2 LIMIT 20")
    tables.delete("cron_schedule", status="success", job_code=_JOBS[0])


def _price_index(tables: Tables, rng: random.Random) -> None:
    article = rng.choice(ARTICLES)
    with tables.transaction():
        tables.delete("catalog_product_index_price", entity_id=article.id)
        tables.insert_many(
            "catalog_product_index_price",
            [
                {
                    "entity_id": article.id,
                    "customer_group_id": group,
                    "website_id": 1,
                    "tax_class_id": 2,
                    "price": article.price or Decimal(0),
                    "final_price": article.price or Decimal(0),
                }
                for group in range(5)
            ],
        )


def _indexer(tables: Tables, rng: random.Random) -> None:
    view = rng.choice(["catalog_product_price", "cataloginventory_stock", "inventory"])
    for status in ("working", "idle"):
        tables.update("mview_state", {"status": status}, view_id=view)
    tables.update("indexer_state", {"status": "valid", "hash_config": secrets.token_hex(16)}, indexer_id=view)
    tables.insert("catalog_product_price_cl", {"entity_id": rng.choice(ARTICLES).id})
