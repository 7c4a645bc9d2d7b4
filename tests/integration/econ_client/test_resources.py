"""Every resource that a shop needs, written and read back through the sandbox over HTTP."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal

import pytest

from econ_client import requests
from econ_client.client import Economic
from econ_client.documents import (
    AccountRef,
    BookedAnswer,
    Booking,
    Contact,
    ContactAnswer,
    CurrencyRef,
    CustomerGroup,
    CustomerPayment,
    CustomerRef,
    DeliveryLocation,
    DeliveryLocationAnswer,
    DraftAnswer,
    DraftInvoiceRef,
    Entries,
    EntryAnswer,
    FinanceVoucher,
    NewAccountingYear,
    Packing,
    PaymentTerms,
    PaymentTermsAnswer,
    Price,
    Product,
    ProductGroupRef,
    Unit,
    UnitAnswer,
    UnitRef,
    Voucher,
    VoucherAnswer,
    YearRef,
)
from econ_client.errors import NotFound
from econ_client.filters import field
from tests.integration.econ_client.conftest import send
from tests.integration.econ_client.test_client_on_sandbox import CUSTOMER, draft

DAY = datetime.date(2026, 3, 1)
PDF = b"%PDF-1.4 one page"


def test_self(client: Economic) -> None:
    me = client.self_()
    assert (me.settings.base_currency, me.has_inventory) == ("DKK", True)
    assert me.company is not None


def test_a_customer_and_what_belongs_to_it(client: Economic, customer: int) -> None:
    contact = send(client, requests.create_contact(customer, Contact(name="Ann", email="ann@example.dk")))
    number = contact.parse(ContactAnswer).customer_contact_number
    place = DeliveryLocation(address="Vej 1", postal_code="8000", city="Aarhus", terms_of_delivery="Carport")
    location = send(client, requests.create_delivery_location(customer, place)).parse(DeliveryLocationAnswer)
    current = client.get(f"/customers/{customer}").data
    changes = {"attention": {"customerContactNumber": number}, "name": "New name", "barred": True}
    send(client, requests.update_customer(customer, requests.merged(current, changes)))
    found = client.customer(customer)
    assert found is not None
    assert (found.name, found.email, found.barred) == ("New name", CUSTOMER.email, True)
    assert found.attention is not None
    assert found.attention.customer_contact_number == number
    assert found.link == f"{client.url}/customers/{customer}"

    current = client.get(f"/customers/{customer}/contacts/{number}").data
    send(client, requests.update_contact(customer, number, requests.merged(current, {"phone": "12345678"})))
    again = client.contact(customer, number)
    assert again is not None
    assert (again.name, again.email, again.phone) == ("Ann", "ann@example.dk", "12345678")
    named = field(f"/customers/{customer}/contacts", "name").eq("ann")
    assert [one.customer_contact_number for one in client.contacts(customer, named)] == [number]

    current = client.get(f"/customers/{customer}/delivery-locations/{location.delivery_location_number}").data
    change = requests.merged(current, {"city": "Odense"})
    send(client, requests.update_delivery_location(customer, location.delivery_location_number, change))
    moved = client.delivery_location(customer, location.delivery_location_number)
    assert moved is not None
    assert (moved.city, moved.address, moved.postal_code, moved.terms_of_delivery) == (
        "Odense",
        "Vej 1",
        "8000",
        "Carport",
    )
    assert [one.city for one in client.delivery_locations(customer)] == ["Odense"]

    send(client, requests.delete_delivery_location(customer, location.delivery_location_number))
    assert client.delivery_location(customer, location.delivery_location_number) is None


def test_customer_groups(client: Economic) -> None:
    account = next(one.account for one in client.customer_groups() if one.account is not None)
    group = CustomerGroup(customer_group_number=77, name="Webshop", account=account)
    send(client, requests.create_customer_group(group))
    send(client, requests.update_customer_group(group.model_copy(update={"name": "Shop"})))
    found = client.customer_group(77)
    assert found is not None
    assert found.name == "Shop"
    assert client.customer_group(78) is None
    send(client, requests.delete_customer_group(77))
    assert client.customer_group(77) is None


def test_a_product_with_stock_and_prices_in_other_currencies(client: Economic) -> None:
    unit = send(client, requests.create_unit(Unit(name="æske"))).parse(UnitAnswer)
    assert unit.unit_number in [one.unit_number for one in client.units()]
    product = Product(
        product_number="KOP/1",
        name="Kop",
        product_group=ProductGroupRef(product_group_number=1),
        sales_price=Decimal("79.20"),
        unit=UnitRef(unit_number=unit.unit_number),
        inventory=Packing(package_volume=Decimal("1.50"), recommended_cost_price=Decimal("40.00")),
    )
    send(client, requests.create_product(product))
    current = client.get("/products/KOP_6_1").data
    change = requests.merged(current, {"inventory": {"packageVolume": Decimal("2.25")}, "barCode": "5701234567890"})
    send(client, requests.update_product("KOP/1", change))
    found = client.product("KOP/1")
    assert found is not None
    assert found.inventory is not None
    assert (found.inventory.package_volume, found.inventory.recommended_cost_price) == (Decimal("2.25"), Decimal(40))
    assert (found.sales_price, found.unit, found.bar_code) == (Decimal("79.20"), product.unit, "5701234567890")
    assert found.inventory.in_stock == found.inventory.available == 0

    euro = Price(price=Decimal("10.50"), currency=CurrencyRef(code="EUR"))
    send(client, requests.create_price("KOP/1", euro))
    send(client, requests.update_price("KOP/1", euro.model_copy(update={"price": Decimal("11.00")})))
    price = client.price("KOP/1", "EUR")
    assert price is not None
    assert price.price == Decimal(11)
    assert [one.currency.code for one in client.prices("KOP/1")] == ["EUR"]
    send(client, requests.delete_price("KOP/1", "EUR"))
    assert client.price("KOP/1", "EUR") is None
    assert "KOP/1" in [one.product_number for one in client.products(field("/products", "barred").eq(False))]


def test_the_agreements_lists(client: Economic) -> None:
    assert [one.inventory_enabled for one in client.product_groups()] == [True, False, False]
    assert [one.vat_zone_number for one in client.vat_zones()][:4] == [1, 2, 3, 4]
    assert [one.layout_number for one in client.layouts()] == [1, 2]
    assert {"DKK", "EUR"} <= {one.code for one in client.currencies()}
    assert [one.department_number for one in client.departments()] == [1, 2]
    shares = [share.percentage for one in client.distributions() for share in one.distributions]
    assert all(isinstance(share, Decimal) for share in shares)
    assert [one.employee_number for one in client.employees(field("/employees", "employeeNumber").among([2, 1]))] == [
        1,
        2,
    ]
    terms = PaymentTerms(name="Netto 21", payment_terms_type="net", days_of_credit=21)
    made = send(client, requests.create_payment_terms(terms)).parse(PaymentTermsAnswer)
    found = next(one for one in client.payment_terms() if one.payment_terms_number == made.payment_terms_number)
    spare = send(client, requests.create_payment_terms(terms)).parse(PaymentTermsAnswer).payment_terms_number
    send(client, requests.delete_payment_terms(spare))
    assert client.terms(spare) is None
    assert (found.payment_terms_type, found.days_of_credit) == ("net", 21)


def test_an_order_through_all_its_states(client: Economic, customer: int) -> None:
    order = send(client, requests.create_order_draft(draft(customer, "DK-77"))).parse(DraftAnswer)
    into = io.BytesIO()
    assert client.order_draft_pdf(order.number, into) > 0
    assert into.getvalue().startswith(b"%PDF")
    send(client, requests.mark_order_sent(client.get(f"/orders/drafts/{order.number}").data))
    assert client.order_draft(order.number) is None
    send(client, requests.reopen_order(client.get(f"/orders/sent/{order.number}").data))
    assert client.order_sent(order.number) is None
    send(client, requests.mark_order_sent(client.get(f"/orders/drafts/{order.number}").data))
    assert [one.number for one in client.orders("sent")] == [order.number]

    instructions = client.upgrade_instructions("sent", order.number)
    assert "metaData" not in str(instructions.document)
    assert instructions.draft.references is not None
    assert instructions.draft.references.other == "4711 · DK-77"
    invoice = send(client, requests.upgrade_order(instructions)).parse(DraftAnswer)
    assert (invoice.net_amount, invoice.gross_amount) == (order.net_amount, order.gross_amount)
    assert client.order_archived(order.number) is not None
    assert [(one.kind, one.number) for one in client.find_by_reference("DK-77")] == [
        ("order_archived", order.number),
        ("invoice_draft", invoice.number),
    ]


def test_an_invoice_with_its_files_until_it_is_paid_or_not(client: Economic, customer: int) -> None:
    invoice = send(client, requests.create_invoice_draft(draft(customer))).parse(DraftAnswer)
    into = io.BytesIO()
    with pytest.raises(NotFound):
        client.invoice_draft_attachment(invoice.number, into)
    assert send(client, requests.attach_to_invoice_draft(invoice.number, "følgeseddel.pdf", PDF)).status == 201
    assert client.invoice_draft_attachment(invoice.number, into) == len(PDF)
    assert into.getvalue() == PDF
    send(client, requests.detach_from_invoice_draft(invoice.number))
    with pytest.raises(NotFound):
        client.invoice_draft_attachment(invoice.number, io.BytesIO())

    booking = Booking(
        draft_invoice=DraftInvoiceRef(draft_invoice_number=invoice.number), book_with_number=9001, send_by="none"
    )
    booked = send(client, requests.book(booking)).parse(BookedAnswer)
    assert (booked.booked_invoice_number, booked.remainder, booked.paid) == (9001, Decimal(198), False)
    assert booked.lines[0].vat_rate == 25
    pdf = io.BytesIO()
    assert client.booked_pdf(9001, pdf) == len(pdf.getvalue()) > 0
    mine = field("/invoices/unpaid", "bookedInvoiceNumber").eq(9001)
    assert [one.booked_invoice_number for one in client.invoices("unpaid", mine)] == [9001]
    assert list(client.invoices("paid", field("/invoices/paid", "bookedInvoiceNumber").eq(9001))) == []


def test_a_voucher_is_answered_as_an_array(client: Economic, customer: int) -> None:
    [journal, *_] = client.journals()
    year = next(one for one in client.accounting_years() if one.year == "2026")
    account = AccountRef(account_number=next(iter(client.collection("/accounts")))["accountNumber"])
    voucher = Voucher(
        accounting_year=YearRef(year=year.year),
        entries=Entries(
            finance_vouchers=(
                FinanceVoucher(date=datetime.date(2026, 3, 1), amount=Decimal("12.50"), account=account),
            ),
            customer_payments=(
                CustomerPayment(
                    date=DAY,
                    amount=Decimal("-100.00"),
                    customer=CustomerRef(customer_number=customer),
                    contra_account=account,
                    currency=CurrencyRef(code="DKK"),
                    text="Payment",
                ),
            ),
        ),
    )
    answer = send(client, requests.create_voucher(journal.journal_number, voucher))
    assert isinstance(answer.data, list)
    vouchers = answer.parse_all(VoucherAnswer)
    entries: list[EntryAnswer] = [
        entry for one in vouchers for entry in (*one.entries.finance_vouchers, *one.entries.customer_payments)
    ]
    assert sorted(entry.amount for entry in entries) == [Decimal("-100"), Decimal("12.5")]
    number = vouchers[0].voucher_number
    assert client.voucher(journal.journal_number, "2026", number) is not None
    assert number in [one.voucher_number for one in client.vouchers(journal.journal_number)]
    send(client, requests.attach_to_voucher(journal.journal_number, "2026", number, "bilag.pdf", PDF))
    into = io.BytesIO()
    assert client.voucher_attachment(journal.journal_number, "2026", number, into) > 0
    send(client, requests.append_to_voucher(journal.journal_number, "2026", number, "side2.pdf", PDF))
    attachment = f"/journals/{journal.journal_number}/vouchers/2026-{number}/attachment"
    assert client.get(attachment).data["pages"] == 2
    send(client, requests.detach_from_voucher(journal.journal_number, "2026", number))
    with pytest.raises(NotFound):
        client.get(attachment)
    [entry, *_] = client.entries(journal.journal_number)
    assert entry.journal_entry_number is not None
    assert client.entry(journal.journal_number, entry.journal_entry_number) == entry
    assert entry.voucher is not None
    assert (entry.voucher.voucher_number, entry.amount_default_currency) == (number, entry.amount)
    send(client, requests.delete_entry(journal.journal_number, entry.journal_entry_number))


def test_accounting_years_and_their_periods(client: Economic) -> None:
    last = max(client.accounting_years(), key=lambda one: one.to_date)
    start = last.to_date + datetime.timedelta(days=1)
    end = start.replace(year=start.year + 1) - datetime.timedelta(days=1)
    send(client, requests.create_accounting_year(NewAccountingYear(from_date=start, to_date=end)))
    made = max(client.accounting_years(), key=lambda one: one.to_date)
    assert (made.from_date, made.to_date, made.closed) == (start, end, False)
    periods = list(client.periods(made.year))
    assert len(periods) == 12
    assert all(period.open for period in periods)
