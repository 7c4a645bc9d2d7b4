"""Payment vouchers on payment terms that post the payment themselves: it would stand in the books twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mapping.compiled import Rules
from mapping.fields import Field, Literal, Table

POSTING_TYPES = frozenset({"paidInCash", "creditcard", "prepaid"})
"""Types of payment terms with a contra account: e-conomic posts the payment when it books the invoice."""

_METHOD = ("Payment", "method")
_TERMS = ("numbers", "payment_terms")
_ACCOUNTS = ("payments", "accounts")


def posted_twice(rules: Rules, terms_types: Mapping[int, str]) -> Iterator[tuple[int, str]]:
    """Payment terms that post a payment for a method that also gets vouchers, and the method ('' for any).

    `terms_types` are the types of the agreement's payment terms by number.
    """
    terms, accounts = rules.field(*_TERMS), rules.field(*_ACCOUNTS)
    if not rules.settings.payments.record or terms is None or accounts is None:
        return
    if not (_by_method(terms) and _by_method(accounts)):
        if any(literal for literal in accounts.literals()):
            for number in terms.literals():
                if _posts(number, terms_types):
                    yield int(str(number)), ""
        return
    assert isinstance(terms, Table)  # noqa: S101  (_by_method says so)
    assert isinstance(accounts, Table)  # noqa: S101
    for method in dict.fromkeys((*terms.to, *accounts.to)):
        number, account = _of(terms, method), _of(accounts, method)
        if account and _posts(number, terms_types):
            yield int(str(number)), method
    if _constant(accounts.default) and _posts(_constant(terms.default), terms_types):
        yield int(str(_constant(terms.default))), ""


def _by_method(field: Field) -> bool:
    return isinstance(field, Table) and field.by.whole == _METHOD


def _of(table: Table, method: str) -> object:
    return _constant(table.to.get(method, table.default))


def _constant(field: Field | None) -> object:
    return field.constant if isinstance(field, Literal) else None


def _posts(number: object, terms_types: Mapping[int, str]) -> bool:
    return isinstance(number, int) and terms_types.get(number) in POSTING_TYPES
