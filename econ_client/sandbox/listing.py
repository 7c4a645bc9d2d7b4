"""Writing to the lists that the API lets one write: units, customer groups, payment terms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from econ_client.sandbox.agreement import Agreement
from econ_client.sandbox.answers import Problem, Reply, invalid, not_found, refuse
from econ_client.sandbox.collections import Call
from econ_client.sandbox.drafts import TERMS_TYPES
from econ_client.sandbox.lookups import LOOKUPS, Lookup
from econ_client.sandbox.validation import Choice, Integer, Number, Object, Ref, Text, checked
from econ_client.sandbox.wire import Doc


@dataclass(frozen=True, slots=True)
class Writable:
    """A list that can be written. `named`: as what others refer to it; `fixed`: what never changes (E06151)."""

    lookup: Lookup
    named: str
    body: Object
    references: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    callers_number: bool = False

    def create(self, agreement: Agreement, call: Call) -> Reply:
        """POST: the number is the caller's for customer groups, else the next one."""
        key, table = self.lookup.key, agreement.lookups[self.lookup.home]
        body = self._checked(agreement, call, "post")
        number = body.get(key) if self.callers_number else table.free_number()
        if number is None:
            raise refuse(key, f"Required properties are missing from object: {key}.", "E04042")
        if number in table:
            raise refuse(key, f"Number '{number}' already exists.", "E06010", number)
        return self._store(agreement, call, number, body, 201)

    def replace(self, agreement: Agreement, call: Call, number: int) -> Reply:
        """PUT: a full replace; a number that does not exist is created."""
        before = agreement.lookups[self.lookup.home].get(number)
        body = self._checked(agreement, call, "put")
        for name in self.fixed if before else ():
            if before and body.get(name) != before.get(name):
                raise refuse(name, f"The property '{name}' cannot be changed.", "E06151", body.get(name))
        return self._store(agreement, call, number, body, 200 if before else 201)

    def delete(self, agreement: Agreement, call: Call, number: int) -> Reply:
        """DELETE: refused while a customer, a product or a document names it."""
        table = agreement.lookups[self.lookup.home]
        if number not in table:
            raise not_found("E06000")
        if any(user.get(self.named, {}).get(self.lookup.key) == number for user in _users(agreement)):
            raise refuse(self.lookup.key, "It is in use and cannot be deleted.", "E06030", number)
        table.remove(number)
        return Reply(204)

    def _checked(self, agreement: Agreement, call: Call, method: str) -> Doc:
        body = checked(self.body, call.body, f"{self.lookup.home}.{method}")
        problems: list[Problem] = []
        for name in self.references:
            if name in body:
                agreement.find(name, body[name], problems)
        if problems:
            raise invalid(problems)
        return body

    def _store(self, agreement: Agreement, call: Call, number: int, body: Doc, status: int) -> Reply:
        doc = {**body, self.lookup.key: number}
        agreement.lookups[self.lookup.home].put(number, doc)
        shown = self.lookup.show(agreement, doc, call.base)
        return Reply(status, shown, (("Location", shown["self"]),) if status == 201 else ())


def _users(agreement: Agreement) -> Iterator[Doc]:
    """Everything that may refer to an entry of a list."""
    for table in (*agreement.orders.values(), agreement.drafts, agreement.booked):
        for _, document in table.rows():
            yield document
            yield from document["lines"]
    for _, customer in agreement.customers.rows():
        yield customer
    for _, product in agreement.products.rows():
        yield product


def _list(home: str) -> Lookup:
    return next(lookup for lookup in LOOKUPS if lookup.home == home)


UNITS = Writable(_list("units"), "unit", Object({"name": Text(100)}, ("name",)))
CUSTOMER_GROUPS = Writable(
    _list("customer-groups"),
    "customerGroup",
    Object(
        {
            "customerGroupNumber": Integer(1),
            "name": Text(50),
            "account": Ref("accountNumber"),
            "layout": Ref("layoutNumber"),
        },
        ("account",),
    ),
    references=("account", "layout"),
    callers_number=True,
)
PAYMENT_TERMS = Writable(
    _list("payment-terms"),
    "paymentTerms",
    Object(
        {
            "name": Text(50),
            "description": Text(1000),
            "daysOfCredit": Integer(0),
            "paymentTermsType": Choice(TERMS_TYPES),
            "contraAccountForPrepaidAmount": Ref("accountNumber"),
            "contraAccountForRemainderAmount": Ref("accountNumber"),
            "percentageForPrepaidAmount": Number(2),
            "percentageForRemainderAmount": Number(2),
            "creditCardCompany": Ref("customerNumber", Integer(1, 999_999_999)),
        },
        ("name", "paymentTermsType"),
    ),
    references=("contraAccountForPrepaidAmount", "contraAccountForRemainderAmount"),
    fixed=("paymentTermsType", "daysOfCredit"),
)

Handler = Callable[..., Reply]
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "units", UNITS.create),
    ("PUT", "units/:n", UNITS.replace),
    ("DELETE", "units/:n", UNITS.delete),
    ("POST", "customer-groups", CUSTOMER_GROUPS.create),
    ("PUT", "customer-groups/:n", CUSTOMER_GROUPS.replace),
    ("DELETE", "customer-groups/:n", CUSTOMER_GROUPS.delete),
    ("POST", "payment-terms", PAYMENT_TERMS.create),
    ("PUT", "payment-terms/:n", PAYMENT_TERMS.replace),
    ("DELETE", "payment-terms/:n", PAYMENT_TERMS.delete),
)
