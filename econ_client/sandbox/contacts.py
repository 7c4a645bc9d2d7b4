"""/customers/:n/contacts and /customers/:n/delivery-locations."""

from __future__ import annotations

from dataclasses import dataclass

from econ_client.sandbox.agreement import Agreement
from econ_client.sandbox.answers import Reply, not_found, refuse
from econ_client.sandbox.collections import Call, collect
from econ_client.sandbox.filters import Properties, Property
from econ_client.sandbox.links import linked_parts
from econ_client.sandbox.table import Table
from econ_client.sandbox.validation import Array, Choice, Flag, Integer, Object, Ref, Text, checked
from econ_client.sandbox.wire import Doc


@dataclass(frozen=True, slots=True)
class Below:
    """A collection below a customer: `home` in the address, `key` the number's name, `body` what it takes.

    `properties`: what may be filtered and sorted by.
    """

    home: str
    key: str
    body: Object
    properties: Properties

    @property
    def replacing(self) -> Object:
        """What PUT takes: a contact's body must name the contact, by e-conomic's schema."""
        if self.home != "contacts":
            return self.body
        return Object({**self.body.properties, self.key: Integer(1)}, (*self.body.required, self.key))

    def table(self, agreement: Agreement) -> Table[tuple[int, int]]:
        """Keyed by (customer, number)."""
        return agreement.contacts if self.home == "contacts" else agreement.locations

    def show(self, doc: Doc, base: str) -> Doc:
        """One as it is answered."""
        home = f"{base}/customers/{doc['customer']['customerNumber']}/{self.home}"
        return {**linked_parts(doc, base), "self": f"{home}/{doc[self.key]}"}

    def list_all(self, agreement: Agreement, call: Call, customer: int) -> Reply:
        """GET the collection."""
        self._customer(agreement, customer)
        rows = [(key[1], doc) for key, doc in self.table(agreement).listed() if key[0] == customer]
        return collect(call, rows, self.properties, lambda doc: self.show(doc, call.base))

    def get(self, agreement: Agreement, call: Call, customer: int, number: int) -> Reply:
        """GET one."""
        doc = self.table(agreement).get((customer, number))
        if doc is None:
            raise not_found()
        return Reply(200, self.show(doc, call.base))

    def create(self, agreement: Agreement, call: Call, customer: int) -> Reply:
        """POST: the number is the next one of this customer."""
        self._customer(agreement, customer)
        body = checked(self.body, call.body, f"customers.customerNumber.{self.home}.post")
        number = 1 + max((key[1] for key, _ in self.table(agreement).rows()), default=0)
        shown = self.show(self._store(agreement, customer, number, body), call.base)
        return Reply(201, shown, (("Location", shown["self"]),))

    def replace(self, agreement: Agreement, call: Call, customer: int, number: int) -> Reply:
        """PUT one; created when it does not exist."""
        self._customer(agreement, customer)
        body = checked(self.replacing, call.body, f"customers.customerNumber.{self.home}.put")
        if body.pop(self.key, number) != number:
            raise refuse(self.key, "The number does not match the address.", "E04300")
        status = 200 if (customer, number) in self.table(agreement) else 201
        return Reply(status, self.show(self._store(agreement, customer, number, body), call.base))

    def delete(self, agreement: Agreement, call: Call, customer: int, number: int) -> Reply:
        """DELETE one."""
        if (customer, number) not in self.table(agreement):
            raise not_found("E06000")
        self.table(agreement).remove((customer, number))
        return Reply(204)

    def _store(self, agreement: Agreement, customer: int, number: int, body: Doc) -> Doc:
        doc = {self.key: number, "sortKey": number, **body, "customer": {"customerNumber": customer}}
        if self.home == "contacts":
            doc = {"deleted": False, "emailNotifications": [], **doc}
        self.table(agreement).put((customer, number), doc)
        return doc

    @staticmethod
    def _customer(agreement: Agreement, customer: int) -> None:
        if customer not in agreement.customers:
            raise not_found()


_CUSTOMER = Ref("customerNumber", Integer(1, 999_999_999))
CONTACTS = Below(
    "contacts",
    "customerContactNumber",
    Object(
        {
            "customer": _CUSTOMER,
            "name": Text(255),
            "email": Text(255),
            "phone": Text(50),
            "eInvoiceId": Text(50),
            "notes": Text(2000),
            "emailNotifications": Array(Choice(("invoices", "orders", "quotations", "reminders")), unique=True),
        },
        required=("name",),
    ),
    {
        **dict.fromkeys(("customerContactNumber", "sortKey", "customer.customerNumber"), Property("number")),
        **dict.fromkeys(("name", "email", "phone", "eInvoiceId"), Property()),
    },
)
LOCATIONS = Below(
    "delivery-locations",
    "deliveryLocationNumber",
    Object(
        {
            "customer": _CUSTOMER,
            "address": Text(255),
            "postalCode": Text(15),
            "city": Text(50),
            "country": Text(50),
            "termsOfDelivery": Text(100),
            "barred": Flag(),
            "sortKey": Integer(1),
        }
    ),
    {
        **dict.fromkeys(("deliveryLocationNumber", "sortKey"), Property("number")),
        **dict.fromkeys(("address", "postalCode", "city", "country"), Property()),
        "barred": Property("flag", sortable=False),
    },
)
