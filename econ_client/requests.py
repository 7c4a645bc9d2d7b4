"""Writes as values: method, path and the exact bytes, so that an intent can be stored before it is sent.

Every builder refuses, as `Unsendable`, what e-conomic's fields do not take, and names the field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from econ_client import limits, multipart, paths, wire
from econ_client.documents import (
    Booking,
    Contact,
    Customer,
    CustomerGroup,
    DeliveryLocation,
    Draft,
    DraftInvoiceRef,
    Line,
    Lines,
    NewAccountingYear,
    PaymentTerms,
    Price,
    Product,
    Unit,
    Voucher,
    Wire,
)
from econ_client.upgrade import Upgrade
from econ_client.writes import SERVER_ONLY as SERVER_ONLY
from econ_client.writes import Method as Method
from econ_client.writes import WriteRequest as WriteRequest
from econ_client.writes import merged as merged


def create_customer(customer: Customer) -> WriteRequest:
    """e-conomic assigns the number when `customer_number` is None."""
    return WriteRequest("POST", "/customers", _body(customer, Customer))


def update_customer(number: int, customer: Customer | Mapping[str, Any]) -> WriteRequest:
    """Replace a customer. What the body leaves out is cleared: start from `merged` and what was read."""
    return WriteRequest("PUT", f"/customers/{paths.number(number)}", _body(customer, Customer))


def set_e_invoicing(number: int, *, disabled: bool) -> WriteRequest:
    """Whether a customer gets e-invoices by default: the one property of a document that e-conomic takes by PATCH.

    POST and PUT do not change it.
    """
    body = wire.encode({"eInvoicingDisabledByDefault": disabled})
    return WriteRequest("PATCH", f"/customers/{paths.number(number)}", body)


def delete_customer(number: int) -> WriteRequest:
    """Delete a customer; refused when a document names it. Its number is given to the next one."""
    return WriteRequest("DELETE", f"/customers/{paths.number(number)}", b"")


def create_contact(customer: int, contact: Contact) -> WriteRequest:
    """Give a customer a contact."""
    return WriteRequest("POST", _contacts(customer), _body(contact, Contact))


def update_contact(customer: int, number: int, contact: Contact | Mapping[str, Any]) -> WriteRequest:
    """Replace a contact; e-conomic wants its number in the body too."""
    body = wire.plain(contact) | {"customerContactNumber": number}
    return WriteRequest("PUT", f"{_contacts(customer)}/{paths.number(number)}", _body(body, Contact, contact))


def delete_contact(customer: int, number: int) -> WriteRequest:
    """Delete a contact."""
    return WriteRequest("DELETE", f"{_contacts(customer)}/{paths.number(number)}", b"")


def create_delivery_location(customer: int, location: DeliveryLocation) -> WriteRequest:
    """Give a customer a delivery location."""
    return WriteRequest("POST", _locations(customer), _body(location, DeliveryLocation))


def update_delivery_location(
    customer: int, number: int, location: DeliveryLocation | Mapping[str, Any]
) -> WriteRequest:
    """Replace a delivery location."""
    path = f"{_locations(customer)}/{paths.number(number)}"
    return WriteRequest("PUT", path, _body(location, DeliveryLocation))


def delete_delivery_location(customer: int, number: int) -> WriteRequest:
    """Delete a delivery location."""
    return WriteRequest("DELETE", f"{_locations(customer)}/{paths.number(number)}", b"")


def create_customer_group(group: CustomerGroup) -> WriteRequest:
    """Create a customer group under the number that it gives."""
    return WriteRequest("POST", "/customer-groups", _body(group, CustomerGroup))


def update_customer_group(group: CustomerGroup) -> WriteRequest:
    """Replace a customer group."""
    body = _body(group, CustomerGroup)
    return WriteRequest("PUT", f"/customer-groups/{paths.number(group.customer_group_number)}", body)


def delete_customer_group(number: int) -> WriteRequest:
    """Delete a customer group; refused when a customer is in it."""
    return WriteRequest("DELETE", f"/customer-groups/{paths.number(number)}", b"")


def create_product(product: Product) -> WriteRequest:
    """Refused with E06010 when the number is taken."""
    return WriteRequest("POST", "/products", _body(product, Product))


def update_product(number: str, product: Product | Mapping[str, Any]) -> WriteRequest:
    """Replace a product. What the body leaves out is cleared; a number that does not exist is created."""
    return WriteRequest("PUT", f"/products/{paths.segment(number)}", _body(product, Product))


def delete_product(number: str) -> WriteRequest:
    """Delete a product; refused when a document names it: bar it instead."""
    return WriteRequest("DELETE", f"/products/{paths.segment(number)}", b"")


def create_price(product: str, price: Price) -> WriteRequest:
    """Give a product a price in another currency."""
    return WriteRequest("POST", _prices(product), _body(price, Price))


def update_price(product: str, price: Price) -> WriteRequest:
    """Replace a product's price in another currency."""
    body = _body(price, Price)
    return WriteRequest("PUT", f"{_prices(product)}/{paths.segment(price.currency.code)}", body)


def delete_price(product: str, currency: str) -> WriteRequest:
    """Remove a product's price in another currency."""
    return WriteRequest("DELETE", f"{_prices(product)}/{paths.segment(currency)}", b"")


def create_unit(unit: Unit) -> WriteRequest:
    """Create a unit."""
    return WriteRequest("POST", "/units", _body(unit, Unit))


def update_unit(number: int, unit: Unit) -> WriteRequest:
    """Rename a unit."""
    return WriteRequest("PUT", f"/units/{paths.number(number)}", _body(unit, Unit))


def delete_unit(number: int) -> WriteRequest:
    """Delete a unit."""
    return WriteRequest("DELETE", f"/units/{paths.number(number)}", b"")


def create_payment_terms(terms: PaymentTerms) -> WriteRequest:
    """Create payment terms; e-conomic numbers them."""
    return WriteRequest("POST", "/payment-terms", _body(terms, PaymentTerms))


def update_payment_terms(number: int, terms: PaymentTerms) -> WriteRequest:
    """Replace payment terms. Other days or another type are refused with E06151."""
    return WriteRequest("PUT", f"/payment-terms/{paths.number(number)}", _body(terms, PaymentTerms))


def delete_payment_terms(number: int) -> WriteRequest:
    """Delete payment terms; refused when a customer or a document has them."""
    return WriteRequest("DELETE", f"/payment-terms/{paths.number(number)}", b"")


def create_accounting_year(year: NewAccountingYear) -> WriteRequest:
    """Create an accounting year. It cannot be deleted again."""
    return WriteRequest("POST", "/accounting-years", _body(year, NewAccountingYear))


def create_order_draft(draft: Draft) -> WriteRequest:
    """Create a draft order."""
    return WriteRequest("POST", "/orders/drafts", _body(draft, Draft))


def update_order_draft(number: int, draft: Draft, unit_names: Mapping[int, str] | None = None) -> WriteRequest:
    """Replace a draft order, lines included.

    e-conomic's published schema asks for the name of each line's unit here, and nowhere else; `unit_names` (name by
    unit number, from `Lists.units`) supplies it. Units that it does not hold are sent by number alone.
    """
    body = wire.decode(_body(draft, Draft))
    for line in body.get("lines", ()):
        name = (unit_names or {}).get(line.get("unit", {}).get("unitNumber"))
        if name:
            line["unit"]["name"] = name
    return WriteRequest("PUT", f"/orders/drafts/{paths.number(number)}", wire.encode(body))


def delete_order_draft(number: int) -> WriteRequest:
    """Delete one draft order."""
    return WriteRequest("DELETE", f"/orders/drafts/{paths.number(number)}", b"")


def mark_order_sent(document: Mapping[str, Any]) -> WriteRequest:
    """Mark a draft order as sent, which locks it. `document` is the draft as e-conomic answered it, whole."""
    return WriteRequest("POST", "/orders/sent", _known(document, "orderNumber"))


def reopen_order(document: Mapping[str, Any]) -> WriteRequest:
    """Make a sent order a draft again. `document` is the order as e-conomic answered it, whole."""
    return WriteRequest("POST", "/orders/drafts", _known(document, "orderNumber"))


def delete_order_sent(number: int) -> WriteRequest:
    """Delete one sent order."""
    return WriteRequest("DELETE", f"/orders/sent/{paths.number(number)}", b"")


def upgrade_order(upgrade: Upgrade) -> WriteRequest:
    """Make the draft invoice that e-conomic proposes for an order (`Economic.upgrade_instructions`)."""
    return WriteRequest("POST", "/invoices/drafts", wire.encode(upgrade.document))


def create_invoice_draft(draft: Draft) -> WriteRequest:
    """Create a draft invoice; negative lines make a credit note."""
    return WriteRequest("POST", "/invoices/drafts", _body(draft, Draft))


def update_invoice_draft(number: int, draft: Draft) -> WriteRequest:
    """Replace a draft invoice, lines included."""
    return WriteRequest("PUT", f"/invoices/drafts/{paths.number(number)}", _body(draft, Draft))


def add_lines(number: int, lines: Sequence[Line]) -> WriteRequest:
    """Append lines to a draft invoice; e-conomic numbers them on. What is there stays."""
    added = Lines(lines=tuple(line.model_copy(update={"line_number": None}) for line in lines))
    return WriteRequest("POST", f"/invoices/drafts/{paths.number(number)}/lines", _body(added, Lines))


def delete_invoice_draft(number: int) -> WriteRequest:
    """Delete one draft invoice."""
    return WriteRequest("DELETE", f"/invoices/drafts/{paths.number(number)}", b"")


def book(booking: Booking) -> WriteRequest:
    """Book a draft invoice: final. The draft is gone afterwards."""
    return WriteRequest("POST", "/invoices/booked", _body(booking, Booking))


def book_with_number(number: int, draft: int) -> WriteRequest:
    """Book a draft invoice as the invoice of that number: final. Sends nothing to anybody; see `book`."""
    booking = Booking(draft_invoice=DraftInvoiceRef(draft_invoice_number=draft))
    return WriteRequest("PUT", f"/invoices/booked/{paths.number(number)}", _body(booking, Booking))


def attach_to_order_draft(number: int, name: str, pdf: bytes) -> WriteRequest:
    """Attach a PDF of at most 9.0 MB to a draft order."""
    path = f"/orders/drafts/{paths.number(number)}/attachment/file"
    return WriteRequest("POST", path, multipart.form(name, pdf, multipart.PDF))


def attach_to_invoice_draft(number: int, name: str, pdf: bytes) -> WriteRequest:
    """Attach a PDF of at most 9.0 MB to a draft invoice."""
    path = f"/invoices/drafts/{paths.number(number)}/attachment/file"
    return WriteRequest("POST", path, multipart.form(name, pdf, multipart.PDF))


def detach_from_order_draft(number: int) -> WriteRequest:
    """Remove a draft order's attachment."""
    return WriteRequest("DELETE", f"/orders/drafts/{paths.number(number)}/attachment/file", b"")


def detach_from_invoice_draft(number: int) -> WriteRequest:
    """Remove a draft invoice's attachment."""
    return WriteRequest("DELETE", f"/invoices/drafts/{paths.number(number)}/attachment/file", b"")


def create_voucher(journal: int, voucher: Voucher) -> WriteRequest:
    """Post a voucher to a journal; parse the answer with `Answer.parse_all`, for it is an array."""
    return WriteRequest("POST", f"/journals/{paths.number(journal)}/vouchers", _body(voucher, Voucher))


def delete_entry(journal: int, number: int) -> WriteRequest:
    """Remove one line from a journal that is not booked yet."""
    return WriteRequest("DELETE", f"/journals/{paths.number(journal)}/entries/{paths.number(number)}", b"")


def attach_to_voucher(journal: int, year: str, number: int, name: str, content: bytes) -> WriteRequest:
    """Attach a PDF or picture of at most 9.0 MB to a voucher that has none yet."""
    form = multipart.form(name, content, multipart.PDF | multipart.PICTURES)
    return WriteRequest("POST", _voucher_file(journal, year, number), form)


def append_to_voucher(journal: int, year: str, number: int, name: str, content: bytes) -> WriteRequest:
    """Add pages to the attachment that a voucher has: a PDF or picture of at most 9.0 MB.

    Not idempotent: sent twice, the pages are there twice.
    """
    form = multipart.form(name, content, multipart.PDF | multipart.PICTURES)
    return WriteRequest("PATCH", _voucher_file(journal, year, number), form)


def detach_from_voucher(journal: int, year: str, number: int) -> WriteRequest:
    """Remove a voucher's attachment, all its pages."""
    return WriteRequest("DELETE", _voucher_file(journal, year, number), b"")


def _body(document: Wire | Mapping[str, Any], model: type[Wire], given: object = None) -> bytes:
    """The bytes of a body that fits; a mapping repeats what e-conomic answered, so only its decimals are looked at."""
    mapping = not isinstance(document if given is None else given, Wire)
    return wire.encode(limits.checked(wire.plain(document), model, only_decimals=mapping))


def _known(document: Mapping[str, Any], needed: str) -> bytes:
    if needed not in document:
        raise ValueError(f"the document has no {needed}: give it as e-conomic answered it")
    return wire.encode({name: value for name, value in document.items() if name not in ("metaData", "self")})


def _contacts(customer: int) -> str:
    return f"/customers/{paths.number(customer)}/contacts"


def _locations(customer: int) -> str:
    return f"/customers/{paths.number(customer)}/delivery-locations"


def _voucher_file(journal: int, year: str, number: int) -> str:
    voucher = f"{paths.segment(year)}-{paths.number(number)}"
    return f"/journals/{paths.number(journal)}/vouchers/{voucher}/attachment/file"


def _prices(product: str) -> str:
    return f"/products/{paths.segment(product)}/pricing/currency-specific-sales-prices"
