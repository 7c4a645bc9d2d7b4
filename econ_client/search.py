"""Finding documents and customers again, without trusting e-conomic's search further than it goes.

e-conomic compares without case and `$like` finds the text anywhere, so every hit is compared here as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from econ_client import advice
from econ_client.answers import M, fit
from econ_client.documents import BookedAnswer, CustomerAnswer, DraftAnswer
from econ_client.errors import Ambiguous
from econ_client.filters import Filter
from econ_client.filters import field as filter_field

Kind = Literal["order_draft", "order_sent", "order_archived", "invoice_draft", "invoice_booked"]

KINDS: tuple[Kind, ...] = ("order_draft", "order_sent", "order_archived", "invoice_draft", "invoice_booked")
"""In the direction documents move: one that moves during the search is met at its new place."""

_PLACES: dict[Kind, tuple[str, str]] = {
    "order_draft": ("/orders/drafts", "orderNumber"),
    "order_sent": ("/orders/sent", "orderNumber"),
    "order_archived": ("/orders/archived", "orderNumber"),
    "invoice_draft": ("/invoices/drafts", "draftInvoiceNumber"),
    "invoice_booked": ("/invoices/booked", "bookedInvoiceNumber"),
}
_BETWEEN_TOKENS = re.compile(r"[\s·]+")
_BETWEEN_ADDRESSES = re.compile(r"[\s;,]+")
_BETWEEN_PHONES = re.compile(r"[;,]|/(?=.{5})")
_IN_PHONES = re.compile(r"[\s./()-]+")


class Reader(Protocol):
    """What is needed of the client."""

    def read(self, path: str, model: type[M]) -> M | None:
        """One document, None when e-conomic has none."""

    def collection(self, path: str, where: Filter | None = None) -> Iterator[dict[str, Any]]:
        """The rows of a collection."""


@dataclass(frozen=True, slots=True)
class Found:
    """A document that carries the reference, with its lines, as it is now. `number` is unique within its kind."""

    kind: Kind
    number: int
    document: DraftAnswer | BookedAnswer = field(repr=False)


def find_by_reference(reader: Reader, token: str, kinds: Sequence[Kind] = KINDS) -> list[Found]:
    """Documents whose `references.other` holds the token as a whole, byte for byte.

    Tokens are separated by spaces or ``·``. Collections leave out the lines, so each hit is fetched; one that is gone
    by then has moved on and is met among a later kind.

    Raises:
        ValueError: the token is empty or would itself be split.
    """
    if not token or _BETWEEN_TOKENS.search(token):
        raise ValueError(f"{token!r} is no reference: one token without spaces or `·` is needed")
    found: list[Found] = []
    for kind in (kind for kind in KINDS if kind in kinds):
        path, number_name = _PLACES[kind]
        model: type[DraftAnswer] | type[BookedAnswer] = BookedAnswer if kind == "invoice_booked" else DraftAnswer
        seen: set[int] = set()
        for row in reader.collection(path, filter_field(path, "references.other").contains(token)):
            references = row.get("references")
            other = references.get("other") if isinstance(references, dict) else None
            number = row.get(number_name)
            if not isinstance(number, int):
                raise Ambiguous(f"e-conomic listed a row of {path} without {number_name}.", advice=advice.URL)
            if number in seen or (isinstance(other, str) and not carries(other, token)):
                continue
            seen.add(number)
            document = reader.read(f"{path}/{number}", model)
            if document is not None and document.references and carries(document.references.other, token):
                found.append(Found(kind, number, document))
    return found


def carries(other: str | None, token: str) -> bool:
    """Whether a `references.other` holds the token as a whole."""
    return token in tokens_of(other)


def tokens_of(other: str | None) -> list[str]:
    """What a `references.other` holds, token by token."""
    return [token for token in _BETWEEN_TOKENS.split(other or "") if token]


def customers_by_email(reader: Reader, email: str) -> list[CustomerAnswer]:
    """Customers one of whose addresses is this one, without regard to case; the field may hold several."""
    wanted = normalised_email(email)
    if not wanted or _BETWEEN_ADDRESSES.search(wanted):
        return []
    rows = reader.collection("/customers", filter_field("/customers", "email").contains(email.strip()))
    return _customers(row for row in rows if wanted in addresses_in(row.get("email")))


def customers_by_cvr(reader: Reader, cvr: str) -> list[CustomerAnswer]:
    """Customers with this company number, however it is spaced and with or without ``DK``."""
    wanted = normalised_cvr(cvr)
    if not wanted:
        return []
    number = filter_field("/customers", "corporateIdentificationNumber")
    where = number.contains(wanted)
    if len(wanted) == 8 and wanted.isdecimal():
        where |= number.contains(" ".join(wanted[start : start + 2] for start in range(0, 8, 2)))
    rows = reader.collection("/customers", where)
    return _customers(row for row in rows if normalised_cvr(row.get("corporateIdentificationNumber") or "") == wanted)


def customers_by_ean(reader: Reader, ean: str) -> list[CustomerAnswer]:
    """Customers with this EAN, by number."""
    wanted = ean.strip()
    if not wanted:
        return []
    rows = reader.collection("/customers", filter_field("/customers", "ean").contains(wanted))
    return _customers(row for row in rows if (row.get("ean") or "").strip() == wanted)


def customers_by_phone(reader: Reader, phone: str) -> list[CustomerAnswer]:
    """Customers one of whose telephone or mobile numbers is this one, however it is spaced, with or without ``+45``."""
    wanted = normalised_phone(phone)
    if not wanted:
        return []
    phones, mobile = (filter_field("/customers", name) for name in ("telephoneAndFaxNumber", "mobilePhone"))
    rows = reader.collection("/customers", phones.spread(wanted) | mobile.spread(wanted))
    return _customers(
        row for row in rows if wanted in phones_in(row.get("telephoneAndFaxNumber")) | phones_in(row.get("mobilePhone"))
    )


def phones_in(text: Any) -> set[str]:
    """The normalised phone numbers in a field; it may hold several, separated by ``/``, ``,`` or ``;``."""
    found = {normalised_phone(one) for one in _BETWEEN_PHONES.split(text)} if isinstance(text, str) else set()
    return found - {""}


def normalised_phone(phone: str) -> str:
    """The number as numbers are compared: its digits, Danish ones without ``+45``; '' for what is none."""
    plain = _IN_PHONES.sub("", phone)
    digits = re.sub(r"^(\+|00)", "", plain)
    if not re.fullmatch(r"[0-9]{6,15}", digits):
        return ""
    return digits.removeprefix("45") if digits != plain and re.fullmatch(r"45[0-9]{8}", digits) else digits


def normalised_email(email: str) -> str:
    """The address as addresses are compared: trimmed, case folded."""
    return email.strip().casefold()


def normalised_cvr(cvr: str) -> str:
    """The company number as numbers are compared: letters and digits only, upper case, without a leading ``DK``."""
    return "".join(character for character in cvr.upper() if character.isalnum()).removeprefix("DK")


def addresses_in(email: Any) -> set[str]:
    """The normalised addresses in a field; it may hold several."""
    return {normalised_email(one) for one in _BETWEEN_ADDRESSES.split(email)} if isinstance(email, str) else set()


def _customers(rows: Iterator[dict[str, Any]]) -> list[CustomerAnswer]:
    customers = {customer.customer_number: customer for customer in (fit(row, CustomerAnswer) for row in rows)}
    return [customers[number] for number in sorted(customers)]
