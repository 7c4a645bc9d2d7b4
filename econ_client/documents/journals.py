"""Journals and the vouchers in them.

The sign of an amount decides between debit and credit: minus is credit. What a customer's payment needs is not
established: the published schema and an entry recorded in 2021 say minus, a request recorded in 2017 has plus. Try it
on the agreement before it is used.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated

from econ_client.documents.base import Linked, Wire
from econ_client.documents.refs import (
    AccountRef,
    CurrencyRef,
    CustomerRef,
    DistributionRef,
    JournalRef,
    VatAccountRef,
    VoucherRef,
    YearRef,
)
from econ_client.limits import Amount, Between, Number, Rate, Text250

VoucherNumber = Annotated[int, Between(1, 999_999_999)]


class Entry(Wire):
    """What every line of a voucher has. `exchange_rate`: base currency for 100 units, six decimals."""

    date: datetime.date
    amount: Amount
    text: Text250 | None = None
    currency: CurrencyRef | None = None
    exchange_rate: Rate | None = None
    contra_account: AccountRef | None = None
    departmental_distribution: DistributionRef | None = None


class FinanceVoucher(Entry):
    """An amount on an account."""

    account: AccountRef | None = None
    vat_account: VatAccountRef | None = None


class CustomerPayment(Entry):
    """A customer's payment; `customer_invoice` is the booked invoice's number."""

    customer: CustomerRef | None = None
    customer_invoice: Number | None = None


class ManualCustomerInvoice(Entry):
    """An invoice made outside e-conomic."""

    customer: CustomerRef | None = None
    customer_invoice: Number | None = None
    due_date: datetime.date | None = None


class Entries(Wire):
    """The lines of a voucher, by kind."""

    finance_vouchers: tuple[FinanceVoucher, ...] | None = None
    customer_payments: tuple[CustomerPayment, ...] | None = None
    manual_customer_invoices: tuple[ManualCustomerInvoice, ...] | None = None


class Voucher(Wire):
    """What is posted to a journal. e-conomic may split it by date and number, so the answer is an array."""

    accounting_year: YearRef
    voucher_number: VoucherNumber | None = None
    entries: Entries


class EntryAnswer(Linked):
    """A line of a voucher as e-conomic answers it; `remainder` is what is not settled yet.

    `amount_default_currency` is in the agreement's base currency.
    """

    journal_entry_number: int | None = None
    date: datetime.date
    amount: Decimal
    text: str | None = None
    entry_type: str = ""
    currency: CurrencyRef | None = None
    exchange_rate: Decimal | None = None
    customer: CustomerRef | None = None
    customer_invoice: int | None = None
    account: AccountRef | None = None
    contra_account: AccountRef | None = None
    remainder: Decimal | None = None
    amount_default_currency: Decimal | None = None
    due_date: datetime.date | None = None
    journal: JournalRef | None = None
    voucher: VoucherRef | None = None


class PostedAnswer(Linked):
    """A line that is booked. `amount` is in its currency."""

    entry_number: int | None = None
    date: datetime.date
    amount: Decimal
    text: str | None = None
    entry_type: str = ""
    voucher_number: int | None = None


class EntriesAnswer(Wire):
    """The lines of a voucher as e-conomic answers them, by kind."""

    finance_vouchers: tuple[EntryAnswer, ...] = ()
    customer_payments: tuple[EntryAnswer, ...] = ()
    manual_customer_invoices: tuple[EntryAnswer, ...] = ()
    supplier_invoices: tuple[EntryAnswer, ...] = ()
    supplier_payments: tuple[EntryAnswer, ...] = ()


class VoucherAnswer(Linked):
    """A voucher as e-conomic answers it."""

    accounting_year: YearRef
    voucher_number: int
    journal: JournalRef | None = None
    entries: EntriesAnswer = EntriesAnswer()


class Journal(Linked):
    """A journal."""

    journal_number: int
    name: str = ""
