"""The agreement itself and its lists."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Literal

from econ_client.documents.base import Linked, Wire
from econ_client.documents.refs import AccountRef, CustomerRef, DepartmentRef, YearRef
from econ_client.limits import Amount, Between, Length, Text1000

TermsType = Literal[
    "net",
    "invoiceMonth",
    "paidInCash",
    "prepaid",
    "dueDate",
    "factoring",
    "invoiceWeekStartingSunday",
    "invoiceWeekStartingMonday",
    "creditcard",
]


class Module(Wire):
    """A module of the agreement; 15 is inventory ("Lager")."""

    module_number: int
    name: str = ""


class Settings(Wire):
    """The agreement's settings."""

    base_currency: str


class Company(Wire):
    """The company that the agreement belongs to."""

    name: str = ""
    company_identification_number: str | None = None


class Self(Linked):
    """`/self`: which agreement the tokens open."""

    agreement_number: int
    settings: Settings
    modules: tuple[Module, ...] = ()
    company: Company | None = None
    can_send_electronic_invoice: bool = False

    @property
    def has_inventory(self) -> bool:
        """Whether the inventory module is on."""
        return any(m.module_number == 15 for m in self.modules)


class PaymentTerms(Wire):
    """Payment terms as they are created. Type and days cannot change afterwards."""

    name: Annotated[str, Length(50)]
    payment_terms_type: TermsType
    days_of_credit: Annotated[int, Between(0)] | None = None
    description: Text1000 | None = None
    contra_account_for_prepaid_amount: AccountRef | None = None
    contra_account_for_remainder_amount: AccountRef | None = None
    percentage_for_prepaid_amount: Amount | None = None
    percentage_for_remainder_amount: Amount | None = None
    credit_card_company: CustomerRef | None = None


class PaymentTermsAnswer(Linked):
    """Payment terms as e-conomic answers them; types that are not published (avtaleGiro) occur."""

    payment_terms_number: int
    payment_terms_type: str
    name: str = ""
    days_of_credit: int | None = None
    description: str | None = None


class VatZone(Linked):
    """A VAT zone."""

    vat_zone_number: int
    name: str = ""
    enabled_for_customer: bool | None = None
    enabled_for_supplier: bool | None = None


class Layout(Linked):
    """A layout; those of the past stay listed as deleted."""

    layout_number: int
    name: str = ""
    deleted: bool = False


class Currency(Linked):
    """A currency that the agreement knows."""

    code: str
    name: str = ""
    iso_number: str | None = None


class ProductGroupAnswer(Linked):
    """A product group; `inventory_enabled`: its products have stock."""

    product_group_number: int
    name: str = ""
    inventory_enabled: bool = False


class Department(Linked):
    """A department; needs the module for them."""

    department_number: int
    name: str = ""
    barred: bool = False


class Share(Wire):
    """A department's share of a distribution, in percent."""

    percentage: Decimal
    department: DepartmentRef


class Distribution(Linked):
    """A departmental distribution; its type is `distribution` or `department`."""

    departmental_distribution_number: int
    name: str = ""
    barred: bool = False
    distribution_type: str = ""
    distributions: tuple[Share, ...] = ()


class Employee(Linked):
    """An employee, as sales person or reference on documents."""

    employee_number: int
    name: str = ""
    email: str | None = None
    phone: str | None = None
    barred: bool = False


class AccountingYear(Linked):
    """An accounting year. `year` is a string: ``2026``, ``2026/2027``, or with a letter behind."""

    year: str
    from_date: datetime.date
    to_date: datetime.date
    closed: bool = False


class NewAccountingYear(Wire):
    """An accounting year as it is created. It cannot be deleted again."""

    from_date: datetime.date
    to_date: datetime.date


class Period(Linked):
    """A period of an accounting year. Nothing is booked into one that is closed or barred."""

    period_number: int
    from_date: datetime.date
    to_date: datetime.date
    closed: bool = False
    barred: bool = False
    accounting_year: YearRef | None = None

    @property
    def open(self) -> bool:
        """Whether documents can be booked into it."""
        return not self.closed and not self.barred
