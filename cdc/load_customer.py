"""One customer account with its addresses, from an open snapshot.

Magento 2 has columns for what Magento 1 keeps as attribute values: names, VAT number, default addresses, and all of an
address.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cdc.columns import columns_to_read, magentos_own
from cdc.eav import Eav
from cdc.layout import Layout, Reader
from cdc.load_address import build_address
from cdc.models import Customer, Scalar
from cdc.rows import Row, attributes, moment, text, whole, whole_or_none
from cdc.stores import References


def load_customer(
    reader: Reader, layout: Layout, references: References, eav: Eav, customer_id: int
) -> Customer | None:
    """The customer with this entity id, None when there is no such row.

    `attributes` hold custom attributes (EAV) and third-party columns; default ids point at addresses that may be gone.
    """
    own, extra = columns_to_read("customer_entity", layout.tables.get("customer_entity", {}))
    rows = reader.rows(
        f"SELECT {layout.selected((*own, *extra))} FROM {layout.quoted('customer_entity')} WHERE entity_id = %s",
        (customer_id,),
    )
    if not rows:
        return None
    values = eav.values(reader, layout, "customer", [customer_id]).get(customer_id, {})
    row, own_attributes = _parted("customer_entity", rows[0], extra, values.get(0, {}))
    own, address_extra = columns_to_read("customer_address_entity", layout.tables.get("customer_address_entity", {}))
    address_rows = reader.rows(
        f"SELECT {layout.selected((*own, *address_extra))} FROM {layout.quoted('customer_address_entity')}"
        " WHERE parent_id = %s ORDER BY entity_id",
        (customer_id,),
    )
    address_values = eav.values(
        reader, layout, "customer_address", [int(address["entity_id"]) for address in address_rows]
    )
    website_id = whole(row, "website_id")
    return Customer(
        id=int(row["entity_id"]),
        email=text(row, "email"),
        prefix=text(row, "prefix"),
        firstname=text(row, "firstname"),
        middlename=text(row, "middlename"),
        lastname=text(row, "lastname"),
        suffix=text(row, "suffix"),
        taxvat=text(row, "taxvat"),
        group=references.group(whole(row, "group_id")),
        website_id=website_id,
        store=references.store(row.get("store_id"), website_id=website_id),
        is_active=bool(whole(row, "is_active", 1)),
        created_at=moment(row, "created_at"),
        updated_at=moment(row, "updated_at"),
        addresses=tuple(
            build_address(
                *_parted(
                    "customer_address_entity",
                    address,
                    address_extra,
                    address_values.get(int(address["entity_id"]), {}).get(0, {}),
                )
            )
            for address in address_rows
        ),
        default_billing_id=whole_or_none(row, "default_billing"),
        default_shipping_id=whole_or_none(row, "default_shipping"),
        attributes=own_attributes,
    )


def _parted(
    table: str, row: Row, extra: Iterable[str], values: Mapping[str, Scalar]
) -> tuple[Row, Mapping[str, Scalar]]:
    """A row with those values that the model has names for, and as attributes all others that are not Magento's own."""
    own = magentos_own(table)
    return {**values, **row}, attributes(row, extra) | {
        code: value for code, value in values.items() if code not in own
    }
