"""The agreement: everything that one set of tokens opens, in memory."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from econ_client.sandbox import seed
from econ_client.sandbox.answers import Problem, Refused, refuse
from econ_client.sandbox.changes import Changes
from econ_client.sandbox.clock import Clock
from econ_client.sandbox.receivables import Receivables
from econ_client.sandbox.stock import Stock
from econ_client.sandbox.switches import Switches
from econ_client.sandbox.table import Table
from econ_client.sandbox.uploads import Upload
from econ_client.sandbox.validation import At
from econ_client.sandbox.wire import Doc

TOKENS = ("demo", "demo")
BASE_CURRENCY = "DKK"
DEBTORS = seed.DEBTORS
_REFERENCE = ("references.other",)
_BOOKABLE = ("profitAndLoss", "status")

_LOOKUP_ERRORS = {
    "paymentTerms": ("payment-terms", "paymentTermsNumber", "PaymentTerms", "E07080"),
    "customerGroup": ("customer-groups", "customerGroupNumber", "CustomerGroup", "E07140"),
    "account": ("accounts", "accountNumber", "Account", "E07150"),
    "layout": ("layouts", "layoutNumber", "Layout", "E07090"),
    "vatZone": ("vat-zones", "vatZoneNumber", "VatZone", "E07100"),
    "unit": ("units", "unitNumber", "Unit", "E07110"),
    "salesPerson": ("employees", "employeeNumber", "Employee", "E07130"),
    "vendorReference": ("employees", "employeeNumber", "Employee", "E07130"),
    "productGroup": ("product-groups", "productGroupNumber", "ProductGroup", "E07160"),
    "employee": ("employees", "employeeNumber", "Employee", "E07130"),
    "contraAccount": ("accounts", "accountNumber", "Account", "E07150"),
    "contraAccountForPrepaidAmount": ("accounts", "accountNumber", "Account", "E07150"),
    "contraAccountForRemainderAmount": ("accounts", "accountNumber", "Account", "E07150"),
    "departmentalDistribution": (
        "departmental-distributions",
        "departmentalDistributionNumber",
        "DepartmentalDistribution",
        "E07190",
    ),
}


class Agreement:
    """State and numbers of one agreement. `seed`: `demo`, or `empty` (the same lists without products)."""

    def __init__(self, seed: str = "demo", switches: Switches | None = None, clock: Clock | None = None) -> None:
        self.seed = seed
        self.clock = clock or Clock()
        self._first_switches = switches or Switches()
        self.reset()

    def reset(self) -> None:
        """As on the first day: seed, switches, numbers."""
        self.switches = self._first_switches
        self.changes = Changes()
        seen = self.changes
        self.customers: Table[int] = Table(
            self.clock, self._list_delay, seen.customer, ("email", "corporateIdentificationNumber")
        )
        self.contacts: Table[tuple[int, int]] = Table(self.clock, self._list_delay)
        self.locations: Table[tuple[int, int]] = Table(self.clock, self._list_delay)
        self.products: Table[str] = Table(self.clock, self._list_delay, seen.product, ("productNumber",))
        self.prices: Table[tuple[str, str]] = Table(self.clock, self._list_delay)
        self.orders: dict[str, Table[int]] = {
            name: Table(self.clock, self._list_delay, seen.order, _REFERENCE) for name in ("drafts", "sent", "archived")
        }
        self.drafts: Table[int] = Table(self.clock, self._list_delay, None, _REFERENCE)
        self.booked: Table[int] = Table(self.clock, self._list_delay, seen.invoice, _REFERENCE)
        self.sent: Table[int] = Table(self.clock, self._list_delay)
        self.vouchers: Table[tuple[int, str]] = Table(self.clock, self._list_delay)
        self.entries: Table[int] = Table(self.clock, self._list_delay)
        self.posted: list[Doc] = []
        self.receivables = Receivables(self)
        self.files: dict[tuple[Any, ...], Upload] = {}
        self.about: dict[str, Doc] = {}
        self.lookups: dict[str, Table[int]] = {name: Table(self.clock, lambda: 0) for name in seed.LOOKUPS}
        self.currencies: Table[str] = Table(self.clock, lambda: 0)
        self.vat_accounts: Table[str] = Table(self.clock, lambda: 0)
        self.years: Table[str] = Table(self.clock, lambda: 0)
        self.periods: dict[tuple[str, int], Doc] = {}
        self.sales_accounts: dict[tuple[int, int], int] = {}
        self.rates: dict[str, Decimal] = {}
        self._next = {"order": 1, "draft": 1, "entry": 1}
        self._handles: dict[tuple[str, int], int] = {}
        self.stock = Stock(self)
        seed.fill(self, with_products=self.seed != "empty")
        self.changes.clear()

    def _list_delay(self) -> float:
        return self.switches.list_delay

    def next_number(self, kind: str) -> int:
        """The next number of a series (`order`, `draft`, `entry`), never one that is in use."""
        taken = {"order": (*self.orders.values(),), "draft": (self.drafts,), "entry": (self.entries,)}
        while any(self._next[kind] in table for table in taken[kind]):
            self._next[kind] += 1
        self._next[kind] += 1
        return self._next[kind] - 1

    def handle(self, kind: str, number: int) -> int:
        """The number by which the older SOAP API knows a document: another than its own, as recorded."""
        return self._handles.setdefault((kind, number), len(self._handles) + 1001)

    def find(self, name: str, ref: Doc, problems: list[Problem], at: At = ()) -> Doc:
        """What a reference called `name` points to; missing or barred: a problem at `at`/`name` and an empty dict."""
        home, key, label, code = _LOOKUP_ERRORS[name]
        number = ref[key]
        found = self.lookups[home].get(number)
        if found is None:
            hint = f"Find a list of {label[0].lower()}{label[1:]}s at https://restapi.e-conomic.com/{home} ."
            problems.append(Problem((*at, name), f"{label} '{number}' not found.", code, number, hint))
        elif found.get("barred"):
            problems.append(Problem((*at, name), f"{label} '{number}' is barred.", "E06820", number))
            return {}
        elif found.get("accountType", "status") not in _BOOKABLE:
            message = f"{label} '{number}' is neither a profit and loss nor a balance account."
            problems.append(Problem((*at, name), message, code, number))
            return {}
        return found or {}

    def find_customer(self, ref: Doc, problems: list[Problem], at: At = ()) -> Doc:
        """The customer, who must exist and not be barred (E06820)."""
        number = ref["customerNumber"]
        hint = "Find a list of customers at https://restapi.e-conomic.com/customers ."
        found = self.customers.get(number)
        if found is None:
            problems.append(Problem((*at, "customer"), f"Customer '{number}' not found.", "E07060", number, hint))
        elif found.get("barred"):
            problems.append(Problem((*at, "customer"), f"Customer '{number}' is barred.", "E06820", number, hint))
        return found or {}

    def currency(self, code: str, problems: list[Problem]) -> str:
        """A currency as the agreement, which must have it, writes it: published patterns take small letters too."""
        code = code.upper()
        if code not in self.currencies:
            hint = "Find a list of currencies at https://restapi.e-conomic.com/currencies ."
            problems.append(Problem(("currency",), f"Currency '{code}' not found.", "E07120", code, hint))
        return code

    def vat_rate(self, group: int, zone: int) -> Decimal:
        """Percent, by the sales account of (product group, VAT zone); 0 without a VAT account."""
        account = self.lookups["accounts"].get(self.sales_accounts[group, zone]) or {}
        vat = self.vat_accounts.get(account.get("vatAccount", {}).get("vatCode", ""))
        return vat["ratePercentage"] if vat else Decimal(0)

    def year_of(self, date: str) -> str | None:
        """The accounting year that a day lies in."""
        return next((y for y, doc in self.years.rows() if doc["fromDate"] <= date <= doc["toDate"]), None)

    def closed_at(self, date: str) -> str | None:
        """Why nothing can be posted on a day: it lies in no accounting year, or in a closed or barred period."""
        day = datetime.date.fromisoformat(date).isoformat()
        for (year, _), period in self.periods.items():
            if period["fromDate"] <= day <= period["toDate"]:
                holder = self.years.get(year) or {}
                if not (period["closed"] or period.get("barred") or holder.get("closed")):
                    return None
                return "Perioden er spærret."
        return "Datoen ligger ikke i et regnskabsår."

    def check_open(self, date: str) -> None:
        """Raises Refused (E04041) when nothing can be posted on that day."""
        if why := self.closed_at(date):
            raise refuse("date", why, "E04041", date)

    @property
    def has_inventory(self) -> bool:
        """Whether module 15 is on."""
        return self.switches.inventory

    def refuse_orders(self) -> None:
        """Raises Refused (403) when this agreement does not take orders through the API."""
        if self.switches.inventory and self.switches.orders == "refused":
            raise Refused(
                403,
                "Orders cannot be written on agreements with the inventory module.",
                "Create draft invoices instead.",
                "E03010",
            )
