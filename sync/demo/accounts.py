"""Customer accounts: registering, changing an e-mail address, deleting."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sync.demo.catalog import STORES
from sync.demo.people import Person
from sync.demo.placing import Account, address_row
from sync.demo.tables import Row, Tables

CUSTOMER, CUSTOMER_ADDRESS = 1, 2


def register(
    tables: Tables,
    person: Person,
    *,
    store: str = "default",
    group_id: int = 1,
    attributes: Mapping[str, str | int] | None = None,
    created_at: datetime | None = None,
) -> Account:
    """An account, then its address with the defaults, then a password token: transactions of their own, grid between.

    `attributes` are custom attributes by code (ean_nummer, kundetype, interesser); a select's value is its option id.
    """
    view = STORES[store]
    row: Row = {
        "website_id": view.website_id,
        "email": person.email,
        "group_id": 1,
        "store_id": view.id,
        "is_active": 1,
        "created_in": view.name,
        "firstname": person.firstname,
        "lastname": person.lastname,
        "taxvat": person.vat_id or None,
        "password_hash": f"{hashlib.sha256(secrets.token_bytes(8)).hexdigest()}:{secrets.token_hex(8)}:2",
        "failures_num": 0,
        "created_at": created_at,
    }
    with tables.transaction():
        customer_id = tables.insert("customer_entity", row)
        for code, value in (attributes or {}).items():
            _set_attribute(tables, customer_id, code, value)
    _grid(tables, customer_id, person, group_id)
    with tables.transaction():
        address_id = tables.insert("customer_address_entity", address_row(person) | {"parent_id": customer_id})
        tables.update(
            "customer_entity", {"default_billing": address_id, "default_shipping": address_id}, entity_id=customer_id
        )
    _grid(tables, customer_id, person, group_id)
    changes: Row = {"rp_token": secrets.token_hex(20)}
    if group_id != 1:
        changes["group_id"] = group_id
    tables.update("customer_entity", changes, entity_id=customer_id)
    _grid(tables, customer_id, person, group_id)
    return Account(id=customer_id, person=person, group_id=group_id, store=store, address_id=address_id)


def change_email(tables: Tables, account: Account, email: str) -> Account:
    """One transaction that also rewrites customer_email on the customer's orders. Returns the new account."""
    with tables.transaction():
        tables.update("customer_entity", {"email": email, "rp_token": None}, entity_id=account.id)
        for order in tables.rows("sales_order", customer_id=account.id, order="entity_id"):
            tables.update("sales_order", {"customer_email": email}, entity_id=order["entity_id"])
            tables.update("sales_order_grid", {"customer_email": email}, entity_id=order["entity_id"])
    person = replace(account.person, email=email)
    _grid(tables, account.id, person, account.group_id)
    return replace(account, person=person)


def delete(tables: Tables, account: Account) -> None:
    """Delete the account: its addresses go and its orders lose their customer by foreign key, unseen by the binlog."""
    tables.delete("customer_entity", entity_id=account.id)
    tables.delete("customer_grid_flat", entity_id=account.id)


def _grid(tables: Tables, customer_id: int, person: Person, group_id: int) -> None:
    tables.delete("customer_grid_flat", entity_id=customer_id)
    tables.insert(
        "customer_grid_flat",
        {
            "entity_id": customer_id,
            "name": person.name,
            "email": person.email,
            "group_id": group_id,
            "billing_full": " ".join(("\n".join(person.street), person.city, person.postcode)),
            "billing_city": person.city,
            "billing_company": person.company or None,
            "billing_vat_id": person.vat_id or None,
        },
    )


def _set_attribute(tables: Tables, customer_id: int, code: str, value: str | int) -> None:
    attribute = tables.row("eav_attribute", entity_type_id=CUSTOMER, attribute_code=code)
    tables.insert(
        f"customer_entity_{attribute['backend_type']}",
        {"attribute_id": attribute["attribute_id"], "entity_id": customer_id, "value": value},
    )
