"""The shop against the books, order for order: what must stand at the end, whatever happened on the way."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import simplejson

from tests.world import World

ORDERS = ("/orders/drafts", "/orders/sent", "/orders/archived")
INVOICES = ("/invoices/drafts", "/invoices/booked")
WANTED = {
    "new": {"/orders/drafts": 1},
    "processing": {"/orders/drafts": 1},
    "complete": {"/invoices/booked": 1},
    "canceled": {},
}


def documents(world: World) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Every document, by reference and then by where it is. Amounts are Decimal."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for path in (*ORDERS, *INVOICES):
        page = 0
        while True:
            answer = world.http.get(path, params={"pagesize": 1000, "skippages": page}).raise_for_status()
            data = simplejson.loads(answer.text, use_decimal=True)
            for row in data["collection"]:
                reference = row.get("references", {}).get("other", "")
                found.setdefault(reference, {}).setdefault(path, []).append(row)
            if not data["pagination"].get("nextPage"):
                break
            page += 1
    return found


def assert_equal(world: World, *, but: frozenset[str] = frozenset()) -> int:
    """Every order of the shop has exactly its documents, customer and products; how many orders that are.

    `but` names orders (increment ids) that are left out. Every difference is told at once.
    """
    wrong: list[str] = []
    there = documents(world)
    customers = {row["customerNumber"]: row for row in world.all("/customers")}
    orders = world.sql(
        "SELECT entity_id, increment_id, state, grand_total, tax_amount, order_currency_code, customer_email "
        "FROM sales_order ORDER BY entity_id"
    )
    debtors: dict[str, set[int]] = {}
    for _, number, state, gross, vat, currency, email in orders:
        if number in but:
            continue
        mine = there.pop(number, {})
        if state == "complete" and len(mine.get("/orders/archived", ())) == 1:
            del mine["/orders/archived"]  # the draft order that became the invoice
        have = {path: len(rows) for path, rows in mine.items()}
        if have != WANTED[state]:
            wrong.append(f"{number} is {state} and has {have or 'nothing'}; task: {_task(world, number)}")
            continue
        for path, (row,) in mine.items():
            amounts = (row["netAmount"], row["vatAmount"], row["grossAmount"])
            shop = tuple(amount.quantize(Decimal("0.01")) for amount in (gross - vat, vat, gross))
            if amounts != shop or row["currency"] != currency:
                wrong.append(f"{number}: {path} says {amounts} {row['currency']}, the shop {shop} {currency}")
            debtors.setdefault(email.lower(), set()).add(row["customer"]["customerNumber"])
    wrong += [f"{reference or 'no reference'}: {paths}" for reference, paths in there.items() if reference not in but]
    wrong += [f"{email} has the customers {numbers}" for email, numbers in debtors.items() if len(numbers) > 1]
    wrong += _people(world, customers)
    numbers = [row["productNumber"] for row in world.all("/products")]
    wrong += [f"product {sku} exists {n} times" for sku, n in Counter(numbers).items() if n > 1]
    sold = {row[0] for row in world.sql("SELECT DISTINCT sku FROM sales_order_item")}
    wrong += [f"product {sku} is nothing that was sold" for sku in sorted(set(numbers) - sold - _SEEDED)]
    assert not wrong, f"{len(wrong)} differences:\n" + "\n".join(wrong[:20]) + f"\n{world.services[-1].tail()}"
    return len(orders)


_SEEDED = {"shipping", "discount", "fee", "refund", "rounding", "rounding-vat", "shipping-untaxed"}


def _people(world: World, customers: dict[int, dict[str, Any]]) -> list[str]:
    known = {row[0].lower() for row in world.sql("SELECT DISTINCT customer_email FROM sales_order")}
    emails = Counter(str(row.get("email", "")).lower() for row in customers.values())
    wrong = [f"{email} is {n} customers" for email, n in emails.items() if n > 1]
    return wrong + [f"customer {email or 'without e-mail'} has no order" for email in emails if email not in known]


def _task(world: World, number: str) -> str:
    task = next((task for task in world.tasks() if task.reference == number), None)
    return "none" if task is None else f"{task.state} {task.reason} {task.advice[:200]}"
