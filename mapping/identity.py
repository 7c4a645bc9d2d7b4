"""What makes buyers and debtors one person or company: e-mails, numbers and phones as they are compared."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

from mapping.fields import Field, whole_text
from mapping.problems import CannotMap
from mapping.views import Buyer

MOST_NUMBER = 999_999_999
"""The highest customer number that e-conomic takes."""

_FOREIGN_VAT_ID = re.compile(r"[A-Z]{2}[0-9A-Z]*[0-9]{2}[0-9A-Z]*")
_BETWEEN_DIGITS = re.compile(r"[\s./()-]+")


def normal_email(email: str) -> str:
    """The e-mail as it is compared: trimmed and in small letters."""
    return email.strip().lower()


def normal_cvr(vat_id: str, country: str, home: str = "DK") -> str:
    """A company number as it is compared: ``DK 12 34 56 78`` is ``12345678``; '' for what cannot be one.

    A Danish number has 8 digits; a foreign one keeps its country's prefix.
    """
    plain = "".join(c for c in vat_id.upper() if c.isalnum())
    if plain.startswith(home) and plain[len(home) :].isdigit():
        plain = plain[len(home) :]
        country = home
    if country in ("", home):
        return plain if re.fullmatch(r"[0-9]{8}", plain) else ""
    if _FOREIGN_VAT_ID.fullmatch(plain):
        return plain
    return plain if plain.isdigit() and 6 <= len(plain) <= 15 else ""


def normal_ean(ean: str) -> str:
    """A GLN of 13 digits, or ''."""
    plain = "".join(c for c in ean if not c.isspace())
    return plain if re.fullmatch(r"[0-9]{13}", plain) else ""


def normal_phone(phone: str) -> str:
    """A phone number as it is compared: its digits, Danish ones without ``+45``; '' for what cannot be one."""
    plain = _BETWEEN_DIGITS.sub("", phone)
    international = plain.startswith(("+", "00"))
    digits = plain.removeprefix("+")
    digits = digits.removeprefix("00") if international else digits
    if not re.fullmatch(r"[0-9]{6,15}", digits):
        return ""
    return digits.removeprefix("45") if international and re.fullmatch(r"45[0-9]{8}", digits) else digits


def debtor_number(field: Field | None, scope: Mapping[str, object], buyer: Buyer) -> int | None:
    """The number that the profile gives the debtor; None leaves it to e-conomic.

    What is made from an account's id says nothing about a guest: guests then get e-conomic's number.

    Raises:
        CannotMap: ``customer_number`` for what is no number from 1 to 999999999, ``profile_expression``.
    """
    if field is None or (buyer.id is None and _of_the_id(field, scope, buyer)):
        return None
    words = whole_text(field, scope, "customers.number")
    plain = normal_phone(words) if words.startswith("+") else _BETWEEN_DIGITS.sub("", words)
    if not words:
        return None
    if not re.fullmatch(r"[0-9]+", plain) or not 1 <= int(plain[:30]) <= MOST_NUMBER:
        raise CannotMap(
            "customer_number",
            f"customers.number gives a text of {len(words)} characters, but e-conomic takes numbers from 1 to "
            f"{MOST_NUMBER}; correct it in Magento, or let the profile give an empty text for such buyers (e-conomic "
            "numbers them then)",
        )
    return int(plain)


def _of_the_id(field: Field, scope: Mapping[str, object], buyer: Buyer) -> bool:
    """Whether a field has another value, or has one only, when the buyer has an account."""
    try:
        without = whole_text(field, scope, "customers.number")
    except CannotMap:
        without = ""
    try:
        with_one = whole_text(field, {**scope, "customer": dataclasses.replace(buyer, id=1)}, "customers.number")
    except CannotMap:
        with_one = ""
    return without != with_one
