"""The seeds: an agreement as a Danish shop would have it."""

from __future__ import annotations

import calendar
import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from econ_client.sandbox.wire import Doc

if TYPE_CHECKING:
    from econ_client.sandbox.agreement import Agreement

SEEDS = ("demo", "empty")
LOOKUPS = (
    "accounts",
    "customer-groups",
    "departmental-distributions",
    "departments",
    "employees",
    "journals",
    "layouts",
    "payment-terms",
    "payment-types",
    "product-groups",
    "units",
    "vat-zones",
)
FIRST_YEAR = 2020
DEBTORS = 5600
"""The account that customers' debts stand on: it takes no direct entries."""

_ACCOUNTS = (
    (1010, "Salg af varer m/moms", "profitAndLoss", "credit", "U25"),
    (1020, "Salg af varer u/moms", "profitAndLoss", "credit", None),
    (1030, "Salg af varer EU", "profitAndLoss", "credit", "UEUV"),
    (1040, "Salg af varer udland", "profitAndLoss", "credit", None),
    (1050, "Salg af ydelser m/moms", "profitAndLoss", "credit", "U25"),
    (1060, "Salg af ydelser u/moms", "profitAndLoss", "credit", None),
    (1070, "Salg af ydelser EU", "profitAndLoss", "credit", "UEUY"),
    (1080, "Salg af ydelser udland", "profitAndLoss", "credit", None),
    (1090, "Øreafrunding", "profitAndLoss", "credit", None),
    (DEBTORS, "Debitorer", "status", "debit", None),
    (5820, "Bank", "status", "debit", None),
    (5830, "Kortbetalinger", "status", "debit", None),
    (6902, "Salgsmoms", "status", "credit", None),
    (9900, "Kontrol", "heading", "debit", None),
)
_SALES_ACCOUNTS = {1: (1010, 1030, 1040, 1020), 2: (1050, 1070, 1080, 1060), 3: (1090, 1090, 1090, 1090)}
_CURRENCIES = (
    ("DKK", "Danske kroner", "208", "100"),
    ("EUR", "Euro", "978", "746.05"),
    ("SEK", "Svenske kroner", "752", "67.42"),
    ("NOK", "Norske kroner", "578", "63.81"),
    ("USD", "Amerikanske dollar", "840", "641.37"),
    ("GBP", "Britiske pund", "826", "851.94"),
)
_TERMS = (
    ("Netto 8 dage", "net", 8),
    ("Netto 14 dage", "net", 14),
    ("Kontant", "paidInCash", None),
    ("Løbende måned 30", "invoiceMonth", 30),
    ("Forfaldsdato", "dueDate", None),
)
_JOURNALS = ("Daglig", "Webshop")
_PRODUCTS = (
    ("shipping", "Fragt", 2),
    ("discount", "Rabat", 2),
    ("fee", "Gebyr", 2),
    ("refund", "Refundering", 2),
    ("rounding-vat", "Afrunding m/moms", 2),
    ("rounding", "Afrunding u/moms", 3),
)


def fill(agreement: Agreement, *, with_products: bool) -> None:
    """Put the seed's lists (and products) into an empty agreement."""

    def add(home: str, key: str, rows: list[Doc]) -> None:
        for number, row in enumerate(rows, start=1):
            agreement.lookups[home].put(row.get(key, number), {key: number, **row})

    for number, name, kind, side, vat_code in _ACCOUNTS:
        account: Doc = {
            "accountNumber": number,
            "accountType": kind,
            "balance": Decimal("0.00"),
            "draftBalance": Decimal("0.00"),
            "barred": False,
            "blockDirectEntries": number == DEBTORS,
            "debitCredit": side,
            "name": name,
        }
        if vat_code:
            account["vatAccount"] = {"vatCode": vat_code}
        add("accounts", "accountNumber", [account])
    for code, name, rate in (("U25", "Salgsmoms", 25), ("UEUV", "EU-salg varer", 0), ("UEUY", "EU-salg ydelser", 0)):
        agreement.vat_accounts.put(
            code,
            {
                "vatCode": code,
                "name": name,
                "barred": False,
                "ratePercentage": Decimal(rate).quantize(Decimal("0.01")),
                "account": {"accountNumber": 6902},
                "vatType": {"vatTypeNumber": 1, "name": "Salgsmoms"},
            },
        )
    zones = ("Indland", "EU", "Udland", "Indland uden moms")
    add(
        "vat-zones",
        "vatZoneNumber",
        [
            {"name": name, "enabledForCustomer": True, "enabledForSupplier": number < 4}
            for number, name in enumerate(zones, start=1)
        ],
    )
    groups = ("Varer", "Ydelser", "Uden moms")
    add(
        "product-groups",
        "productGroupNumber",
        [{"name": name, "inventoryEnabled": number == 1} for number, name in enumerate(groups, start=1)],
    )
    for group, accounts in _SALES_ACCOUNTS.items():
        agreement.sales_accounts.update({(group, zone): account for zone, account in enumerate(accounts, start=1)})
    debtors = {"accountNumber": DEBTORS}
    add(
        "customer-groups",
        "customerGroupNumber",
        [{"name": name, "account": debtors} for name in ("Webshop privat", "Webshop erhverv")],
    )
    for number, (name, kind, days) in enumerate(_TERMS, start=1):
        terms: Doc = {"paymentTermsNumber": number, "name": name, "paymentTermsType": kind}
        if days is not None:
            terms["daysOfCredit"] = days
        if kind == "paidInCash":
            terms["contraAccountForRemainderAmount"] = {"accountNumber": 5820}
        add("payment-terms", "paymentTermsNumber", [terms])
    add("layouts", "layoutNumber", [{"name": n, "deleted": False} for n in ("Dansk standard", "Engelsk standard")])
    add("units", "unitNumber", [{"name": name} for name in ("stk.", "meter", "time")])
    names = ("Webshop", "Butik")
    add("departments", "departmentNumber", [{"name": name, "barred": False} for name in names])
    shares = (("department", {1: 100}), ("department", {2: 100}), ("distribution", {1: 60, 2: 40}))
    add(
        "departmental-distributions",
        "departmentalDistributionNumber",
        [
            {
                "name": " / ".join(names[number - 1] for number in parts),
                "barred": False,
                "distributionType": kind,
                "distributions": [
                    {"percentage": percent, "department": {"departmentNumber": number}}
                    for number, percent in parts.items()
                ],
            }
            for kind, parts in shares
        ],
    )
    add(
        "employees",
        "employeeNumber",
        [{"name": n, "barred": False, "employeeGroup": {"employeeGroupNumber": 1}} for n in ("Salg", "Kundeservice")],
    )
    add("payment-types", "paymentTypeNumber", [{"name": name} for name in ("Bankoverførsel", "FI-kort +71")])
    contra = {"customerPayments": {"accountNumber": 5820}, "financeVouchers": {"accountNumber": 5820}}
    settings = {"voucherNumbers": {"minimumVoucherNumber": 1, "maximumVoucherNumber": 999999999}}
    rows: list[Doc] = [{"name": name, "settings": {**settings, "contraAccounts": contra}} for name in _JOURNALS]
    add("journals", "journalNumber", rows)
    for code, name, iso, rate_text in _CURRENCIES:
        agreement.currencies.put(code, {"code": code, "name": name, "isoNumber": iso})
        agreement.rates[code] = Decimal(rate_text).quantize(Decimal("0.000001"))
    for year in range(FIRST_YEAR, agreement.clock.now().year + 2):
        add_year(agreement, datetime.date(year, 1, 1), datetime.date(year, 12, 31))
    if with_products:
        for product, name, group in _PRODUCTS:
            agreement.products.put(product, _product(agreement, product, name, group))


def add_year(agreement: Agreement, start: datetime.date, end: datetime.date) -> str:
    """An open accounting year with monthly periods; returns its name."""
    name = str(start.year) if start.year == end.year else f"{start.year}/{end.year}"
    year = {"year": name, "fromDate": start.isoformat(), "toDate": end.isoformat(), "closed": False}
    agreement.years.put(name, year)
    first = start
    number = 1
    while first <= end:
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        period = {"periodNumber": number, "fromDate": first.isoformat(), "toDate": min(last, end).isoformat()}
        agreement.periods[name, number] = {**period, "closed": False}
        first = last + datetime.timedelta(days=1)
        number += 1
    return name


def _product(agreement: Agreement, number: str, name: str, group: int) -> Doc:
    return {
        "productNumber": number,
        "name": name,
        "salesPrice": Decimal("0.00"),
        "recommendedPrice": Decimal("0.00"),
        "barred": False,
        "productGroup": {"productGroupNumber": group},
        "inventory": new_inventory(),
        "lastUpdated": agreement.clock.stamp(minutes=True),
    }


def new_inventory() -> dict[str, Decimal]:
    """The stored stock numbers of a new product."""
    names = ("inStock", "orderedByCustomers", "orderedFromSuppliers", "packageVolume", "grossWeight", "netWeight")
    return {name: Decimal("0.00") for name in (*names, "recommendedCostPrice")}
