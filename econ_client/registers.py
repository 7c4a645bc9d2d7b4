"""What an agreement holds beside orders and invoices, by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Literal

from econ_client import paths
from econ_client.asking import Asks
from econ_client.documents import (
    AccountingYear,
    ContactAnswer,
    Currency,
    CustomerAnswer,
    CustomerGroupAnswer,
    DeliveryLocationAnswer,
    Department,
    Distribution,
    Employee,
    EntryAnswer,
    Journal,
    Layout,
    PaymentTermsAnswer,
    Period,
    PostedAnswer,
    PriceAnswer,
    ProductAnswer,
    ProductGroupAnswer,
    UnitAnswer,
    VatZone,
    VoucherAnswer,
)
from econ_client.filters import Filter


class Registers(Asks):
    """Customers, products, the agreement's lists, its years and journals. Lists are read as they are asked for."""

    def customers(self, where: Filter | None = None) -> Iterator[CustomerAnswer]:
        """Customers by number."""
        return self.rows("/customers", CustomerAnswer, where)

    def contacts(self, customer: int, where: Filter | None = None) -> Iterator[ContactAnswer]:
        """A customer's contacts."""
        return self.rows(f"/customers/{paths.number(customer)}/contacts", ContactAnswer, where)

    def contact(self, customer: int, number: int) -> ContactAnswer | None:
        """One contact of a customer."""
        return self.read(f"/customers/{paths.number(customer)}/contacts/{paths.number(number)}", ContactAnswer)

    def delivery_locations(self, customer: int, where: Filter | None = None) -> Iterator[DeliveryLocationAnswer]:
        """A customer's delivery locations."""
        path = f"/customers/{paths.number(customer)}/delivery-locations"
        return self.rows(path, DeliveryLocationAnswer, where)

    def delivery_location(self, customer: int, number: int) -> DeliveryLocationAnswer | None:
        """One delivery location of a customer."""
        path = f"/customers/{paths.number(customer)}/delivery-locations/{paths.number(number)}"
        return self.read(path, DeliveryLocationAnswer)

    def customer_groups(self) -> Iterator[CustomerGroupAnswer]:
        """Customer groups."""
        return self.rows("/customer-groups", CustomerGroupAnswer)

    def customer_group(self, number: int) -> CustomerGroupAnswer | None:
        """One customer group."""
        return self.read(f"/customer-groups/{paths.number(number)}", CustomerGroupAnswer)

    def products(self, where: Filter | None = None) -> Iterator[ProductAnswer]:
        """Products by number."""
        return self.rows("/products", ProductAnswer, where)

    def prices(self, product: str) -> Iterator[PriceAnswer]:
        """A product's prices in other currencies."""
        return self.rows(f"/products/{paths.segment(product)}/pricing/currency-specific-sales-prices", PriceAnswer)

    def price(self, product: str, currency: str) -> PriceAnswer | None:
        """A product's price in one other currency."""
        path = f"/products/{paths.segment(product)}/pricing/currency-specific-sales-prices/{paths.segment(currency)}"
        return self.read(path, PriceAnswer)

    def product_groups(self) -> Iterator[ProductGroupAnswer]:
        """Product groups."""
        return self.rows("/product-groups", ProductGroupAnswer)

    def product_group(self, number: int) -> ProductGroupAnswer | None:
        """One product group."""
        return self.read(f"/product-groups/{paths.number(number)}", ProductGroupAnswer)

    def units(self) -> Iterator[UnitAnswer]:
        """Units."""
        return self.rows("/units", UnitAnswer)

    def unit(self, number: int) -> UnitAnswer | None:
        """One unit."""
        return self.read(f"/units/{paths.number(number)}", UnitAnswer)

    def vat_zones(self) -> Iterator[VatZone]:
        """VAT zones."""
        return self.rows("/vat-zones", VatZone)

    def vat_zone(self, number: int) -> VatZone | None:
        """One VAT zone."""
        return self.read(f"/vat-zones/{paths.number(number)}", VatZone)

    def payment_terms(self) -> Iterator[PaymentTermsAnswer]:
        """Payment terms."""
        return self.rows("/payment-terms", PaymentTermsAnswer)

    def terms(self, number: int) -> PaymentTermsAnswer | None:
        """Payment terms by their number."""
        return self.read(f"/payment-terms/{paths.number(number)}", PaymentTermsAnswer)

    def layouts(self) -> Iterator[Layout]:
        """Layouts, also deleted ones."""
        return self.rows("/layouts", Layout)

    def layout(self, number: int) -> Layout | None:
        """One layout."""
        return self.read(f"/layouts/{paths.number(number)}", Layout)

    def currencies(self) -> Iterator[Currency]:
        """Currencies."""
        return self.rows("/currencies", Currency)

    def currency(self, code: str) -> Currency | None:
        """One currency by its three letters."""
        return self.read(f"/currencies/{paths.segment(code)}", Currency)

    def departments(self) -> Iterator[Department]:
        """Departments; `Forbidden` without the module."""
        return self.rows("/departments", Department)

    def department(self, number: int) -> Department | None:
        """One department."""
        return self.read(f"/departments/{paths.number(number)}", Department)

    def distributions(self) -> Iterator[Distribution]:
        """Departmental distributions; `Forbidden` without the module."""
        return self.rows("/departmental-distributions", Distribution)

    def distribution(
        self, number: int, kind: Literal["departments", "distributions"] = "distributions"
    ) -> Distribution | None:
        """One departmental distribution; those that are one department alone are read as `departments`."""
        return self.read(f"/departmental-distributions/{kind}/{paths.number(number)}", Distribution)

    def employees(self, where: Filter | None = None) -> Iterator[Employee]:
        """Employees."""
        return self.rows("/employees", Employee, where)

    def employee(self, number: int) -> Employee | None:
        """One employee."""
        return self.read(f"/employees/{paths.number(number)}", Employee)

    def accounting_years(self) -> Iterator[AccountingYear]:
        """Accounting years."""
        return self.rows("/accounting-years", AccountingYear)

    def accounting_year(self, year: str) -> AccountingYear | None:
        """One accounting year."""
        return self.read(f"/accounting-years/{paths.segment(year)}", AccountingYear)

    def periods(self, year: str) -> Iterator[Period]:
        """The periods of an accounting year."""
        return self.rows(f"/accounting-years/{paths.segment(year)}/periods", Period)

    def period(self, year: str, number: int) -> Period | None:
        """One period of an accounting year."""
        return self.read(f"/accounting-years/{paths.segment(year)}/periods/{paths.number(number)}", Period)

    def journals(self) -> Iterator[Journal]:
        """Journals."""
        return self.rows("/journals", Journal)

    def journal(self, number: int) -> Journal | None:
        """One journal."""
        return self.read(f"/journals/{paths.number(number)}", Journal)

    def entries(self, journal: int, where: Filter | None = None) -> Iterator[EntryAnswer]:
        """The lines in a journal that are not booked yet."""
        return self.rows(f"/journals/{paths.number(journal)}/entries", EntryAnswer, where)

    def entry(self, journal: int, number: int) -> EntryAnswer | None:
        """One line in a journal."""
        return self.read(f"/journals/{paths.number(journal)}/entries/{paths.number(number)}", EntryAnswer)

    def posted(self, year: str, where: Filter | None = None) -> Iterator[PostedAnswer]:
        """The lines that are booked in an accounting year."""
        return self.rows(f"/accounting-years/{paths.segment(year)}/entries", PostedAnswer, where)

    def vouchers(self, journal: int) -> Iterator[VoucherAnswer]:
        """The vouchers in a journal."""
        return self.rows(f"/journals/{paths.number(journal)}/vouchers", VoucherAnswer)

    def voucher(self, journal: int, year: str, number: int) -> VoucherAnswer | None:
        """One voucher of a journal."""
        path = f"/journals/{paths.number(journal)}/vouchers/{paths.segment(year)}-{paths.number(number)}"
        return self.read(path, VoucherAnswer)

    def voucher_attachment(self, journal: int, year: str, number: int, into: BinaryIO) -> int:
        """A voucher's attachment into a binary file; how many bytes. `NotFound` when it has none."""
        voucher = f"/journals/{paths.number(journal)}/vouchers/{paths.segment(year)}-{paths.number(number)}"
        return self.download(f"{voucher}/attachment/file", into)
