"""References: what names another thing in e-conomic, by its number."""

from __future__ import annotations

from typing import Annotated

from econ_client.documents.base import Wire
from econ_client.limits import Between, CurrencyCode, Length, Number

CustomerNumber = Annotated[int, Between(1, 999_999_999)]
ProductNumber = Annotated[str, Length(25, 1)]


class CustomerRef(Wire):
    """Reference to a customer; without a number until e-conomic has assigned one."""

    customer_number: CustomerNumber | None = None


class CustomerGroupRef(Wire):
    """Reference to a customer group."""

    customer_group_number: Number


class VatZoneRef(Wire):
    """Reference to a VAT zone (1 domestic, 2 EU, 3 abroad, 4 domestic exempt in most agreements)."""

    vat_zone_number: Number


class PaymentTermsRef(Wire):
    """Reference to payment terms."""

    payment_terms_number: Number


class LayoutRef(Wire):
    """Reference to a layout."""

    layout_number: Number


class ProductGroupRef(Wire):
    """Reference to a product group."""

    product_group_number: Number


class UnitRef(Wire):
    """Reference to a unit."""

    unit_number: Number


class ProductRef(Wire):
    """Reference to a product; numbers are strings of 1 to 25 characters."""

    product_number: ProductNumber


class EmployeeRef(Wire):
    """Reference to an employee."""

    employee_number: Number


class ContactRef(Wire):
    """Reference to a customer's contact."""

    customer_contact_number: Number


class DeliveryLocationRef(Wire):
    """Reference to a customer's delivery location."""

    delivery_location_number: Number


class DistributionRef(Wire):
    """Reference to a departmental distribution."""

    departmental_distribution_number: Number


class DepartmentRef(Wire):
    """Reference to a department."""

    department_number: Number


class ProjectRef(Wire):
    """Reference to a project; needs the project module."""

    project_number: Number


class AccountRef(Wire):
    """Reference to an account of the chart of accounts."""

    account_number: Number


class VatAccountRef(Wire):
    """Reference to a VAT account by its code."""

    vat_code: Annotated[str, Length(5)]


class CurrencyRef(Wire):
    """Reference to a currency by its three letters."""

    code: CurrencyCode


class YearRef(Wire):
    """Reference to an accounting year; years are strings, as ``2026`` or ``2026/2027``."""

    year: str


class JournalRef(Wire):
    """Reference to a journal."""

    journal_number: Number


class DraftInvoiceRef(Wire):
    """Reference to a draft invoice."""

    draft_invoice_number: Number


class BookedInvoiceRef(Wire):
    """Reference to a booked invoice."""

    booked_invoice_number: Number


class VoucherRef(Wire):
    """Reference to a voucher, as its lines carry it."""

    voucher_number: int
    accounting_year: YearRef | None = None
