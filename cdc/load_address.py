"""Order and customer addresses: two tables, one shape."""

from __future__ import annotations

from collections.abc import Mapping

from cdc.models import Address, Scalar
from cdc.rows import Row, text


def build_address(row: Row, attributes: Mapping[str, Scalar]) -> Address:
    """An address from its row; street lines are parted by line feeds, empty ones at the end are dropped."""
    valid = row.get("vat_is_valid")
    street = [line.strip() for line in text(row, "street").replace("\r\n", "\n").split("\n")]
    while street and not street[-1]:
        street.pop()
    return Address(
        id=int(row["entity_id"]),
        prefix=text(row, "prefix"),
        firstname=text(row, "firstname"),
        middlename=text(row, "middlename"),
        lastname=text(row, "lastname"),
        suffix=text(row, "suffix"),
        company=text(row, "company"),
        street=tuple(street),
        city=text(row, "city"),
        region=text(row, "region"),
        postcode=text(row, "postcode"),
        country=text(row, "country_id").upper(),
        telephone=text(row, "telephone"),
        email=text(row, "email"),
        vat_id=text(row, "vat_id"),
        vat_is_valid=None if valid is None else bool(valid),
        attributes=attributes,
    )
