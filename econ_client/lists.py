"""The agreement's own lists: what a profile may name, and which VAT follows from it.

VAT is not sent with a line: it follows from the product group's sales account in the document's VAT zone and the rate
of that account's VAT code. Source: e-conomic's schemas of product groups, accounts and VAT accounts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from econ_client.errors import Ambiguous


class Collections(Protocol):
    """What is needed of the client."""

    def collection(self, path: str) -> Iterator[dict[str, Any]]:
        """The rows of a collection."""


@dataclass(frozen=True, slots=True)
class ProductGroup:
    """`inventory_enabled`: products of the group have stock."""

    number: int
    name: str
    inventory_enabled: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A row of a list: its number and its name."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """`type` as e-conomic names it (net, invoiceMonth, paidInCash, dueDate, ...); `days` of credit."""

    number: int
    name: str
    type: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """What the agreement offers, in e-conomic's order.

    `vat_rates` holds percent by (product group, VAT zone); a pair without a usable sales account is missing and
    cannot be booked. Deleted layouts are left out. `closed_zones` are VAT zones that are not enabled for customers.
    """

    product_groups: tuple[ProductGroup, ...]
    vat_zones: tuple[Named, ...]
    vat_rates: Mapping[tuple[int, int], Decimal]
    customer_groups: tuple[Named, ...]
    payment_terms: tuple[PaymentTerms, ...]
    layouts: tuple[Named, ...]
    units: tuple[Named, ...]
    currencies: tuple[str, ...]
    closed_zones: frozenset[int] = frozenset()


def read_lists(client: Collections) -> Lists:
    """Read them all: 9 calls and one for each product group.

    Raises:
        Ambiguous: a row lacks what makes it one.
        EconomicError: as for every call; `Forbidden` when the app may not read accounts.
    """
    try:
        groups = tuple(
            ProductGroup(row["productGroupNumber"], _name(row), row.get("inventoryEnabled") is True)
            for row in client.collection("/product-groups")
        )
        zones = list(client.collection("/vat-zones"))
        return Lists(
            product_groups=groups,
            vat_zones=tuple(Named(row["vatZoneNumber"], _name(row)) for row in zones),
            closed_zones=frozenset(row["vatZoneNumber"] for row in zones if row.get("enabledForCustomer") is False),
            vat_rates=_vat_rates(client, groups),
            customer_groups=_named(client, "/customer-groups", "customerGroupNumber"),
            payment_terms=tuple(
                PaymentTerms(
                    row["paymentTermsNumber"], _name(row), row["paymentTermsType"], int(row.get("daysOfCredit") or 0)
                )
                for row in client.collection("/payment-terms")
            ),
            layouts=_named(client, "/layouts", "layoutNumber"),
            units=_named(client, "/units", "unitNumber"),
            currencies=tuple(row["code"] for row in client.collection("/currencies")),
        )
    except (KeyError, TypeError, AttributeError) as error:
        missing = f"{type(error).__name__}: {error}"
    raise Ambiguous(
        f"e-conomic's lists could not be understood ({missing}).",
        advice="Retry; if it stays, the API has changed: please report it.",
    )


def _named(client: Collections, path: str, number: str) -> tuple[Named, ...]:
    return tuple(Named(row[number], _name(row)) for row in client.collection(path) if row.get("deleted") is not True)


def _name(row: Mapping[str, Any]) -> str:
    return str(row.get("name") or "")


def _vat_rates(client: Collections, groups: tuple[ProductGroup, ...]) -> dict[tuple[int, int], Decimal]:
    sold_on: dict[tuple[int, int], int] = {}
    for group in groups:
        for row in client.collection(f"/product-groups/{group.number}/sales-accounts"):
            account, zone = row.get("salesAccount") or {}, row.get("vatZone") or {}
            if "accountNumber" in account and "vatZoneNumber" in zone:
                sold_on[group.number, zone["vatZoneNumber"]] = account["accountNumber"]
    accounts = {row["accountNumber"]: row for row in client.collection("/accounts")} if sold_on else {}
    percent = {row["vatCode"]: row for row in client.collection("/vat-accounts")} if sold_on else {}
    rates: dict[tuple[int, int], Decimal] = {}
    for pair, number in sold_on.items():
        account = accounts.get(number)
        if account is None or account.get("barred") is True:
            continue
        code = (account.get("vatAccount") or {}).get("vatCode")
        if code is None:
            rates[pair] = Decimal(0)
        elif code in percent:
            rates[pair] = Decimal(percent[code].get("ratePercentage") or 0)
    return rates
