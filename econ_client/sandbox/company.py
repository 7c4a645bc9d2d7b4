"""/self, and the small lists that its answers link to: roles, modules, the application, languages."""

from __future__ import annotations

from econ_client.sandbox.agreement import BASE_CURRENCY, Agreement
from econ_client.sandbox.answers import Reply, not_found
from econ_client.sandbox.collections import Call, collect
from econ_client.sandbox.filters import Property
from econ_client.sandbox.validation import Integer, Object, Text, checked
from econ_client.sandbox.wire import Doc

AGREEMENT_NUMBER = 123456
_ROLES = ((1, "Bookkeeping"), (2, "SuperUser"), (3, "Sales"), (4, "ProjectEmployee"))
_MODULES = {14: "Afdelinger", 15: "Lager"}
_line = Text(255)
_ADDRESS = ("addressLine1", "addressLine2", "zip", "city", "name", "country", "phoneNumber", "attention")
_COMPANY = Object(
    dict.fromkeys((*_ADDRESS, "website", "email", "companyIdentificationNumber", "vatNumber"), _line),
    required=("addressLine1", "zip", "city", "name", "phoneNumber", "attention", "email"),
)
_BANK = Object(
    {
        **dict.fromkeys(("bankName", "bankSortCode", "bankAccountNumber", "bankGiroNumber"), _line),
        "pbsCustomerGroupNumber": Text(255, pattern=r"\d+"),
        "pbsFiSupplierNumber": _line,
        "swiftCode": Text(20),
        "ibanNumber": Text(50),
        "pbsNumber": Text(8, pattern=r"\s*|\d+"),
        "eanLocationNumber": Text(13, 13, r"\s*|\d+"),
        "giro": Text(20),
        "plusGiroNumber": _line,
        "bankgirotCustomerNumber": Text(255, pattern=r"\s*|\d+"),
    },
    required=("pbsCustomerGroupNumber",),
)
_LANGUAGE = Object(
    {"languageNumber": Integer(1), "name": _line, "culture": _line}, ("languageNumber", "name", "culture")
)
_USER = Object(
    {"loginId": _line, "email": _line, "name": _line, "agreementNumber": Integer(1), "language": _LANGUAGE},
    required=("loginId", "email", "name", "agreementNumber", "language"),
)
_FIRST: dict[str, Doc] = {
    "user": {
        "loginId": "SANDBOX",
        "email": "sandbox@example.com",
        "name": "Sandbox",
        "agreementNumber": AGREEMENT_NUMBER,
        "language": {"languageNumber": 1, "name": "Dansk", "culture": "da-DK"},
    },
    "company": {
        "addressLine1": "Sandvej 1",
        "zip": "1234",
        "city": "Sandby",
        "name": "Sandkassen ApS",
        "country": "Danmark",
        "companyIdentificationNumber": "12345674",
    },
    "bankInformation": {"bankName": "Sandbanken"},
}


_HOMES = (
    *("accounting-years", "accounts", "app-roles", "currencies", "customer-groups", "customers"),
    *("departmental-distributions", "departments", "employees", "invoices", "journals", "layouts", "orders"),
    *("payment-terms", "payment-types", "product-groups", "products", "units", "vat-accounts", "vat-zones"),
)


def root(agreement: Agreement, call: Call) -> Reply:
    """GET /: what there is, by how far it can be relied on; nothing is experimental any more."""

    def named(home: str) -> str:
        first, *words = home.split("-")
        return first + "".join(word.capitalize() for word in words)

    stable = {**{named(home): f"{call.base}/{home}" for home in _HOMES}, "self": f"{call.base}/self"}
    return Reply(200, {"stable": stable, "experimental": {}, "self": f"{call.base}/"})


def self_(agreement: Agreement, call: Call) -> Reply:
    """GET /self: which agreement the tokens open."""
    base = call.base
    about = {**_FIRST, **agreement.about}
    language = {**about["user"]["language"], "self": f"{base}/languages/{about['user']['language']['languageNumber']}"}
    doc = {
        "agreementNumber": AGREEMENT_NUMBER,
        "agreementType": {"agreementTypeNumber": 1, "name": "Kunde"},
        "userName": "sandbox",
        "signupDate": "2020-01-01",
        "user": {**about["user"], "language": language},
        "company": about["company"],
        "bankInformation": about["bankInformation"],
        "application": _application(base),
        "settings": {"baseCurrency": BASE_CURRENCY},
        "companyAffiliation": "Danish",
        "canSendElectronicInvoice": True,
        "modules": [_module(number, base) for number in _on(agreement)],
        "self": call.url,
    }
    return Reply(200, doc)


def put_company(agreement: Agreement, call: Call) -> Reply:
    """PUT /self/company."""
    return _put(agreement, call, "company", _COMPANY, "self.company.put")


def put_bank(agreement: Agreement, call: Call) -> Reply:
    """PUT /self/company/bankinformation."""
    return _put(agreement, call, "bankInformation", _BANK, "self.company.bankinformation.put")


def put_user(agreement: Agreement, call: Call) -> Reply:
    """PUT /self/user; the agreement's number stays."""
    reply = _put(agreement, call, "user", _USER, "self.user.put")
    agreement.about["user"] = {**agreement.about["user"], "agreementNumber": AGREEMENT_NUMBER}
    return reply


def _put(agreement: Agreement, call: Call, name: str, body: Object, schema: str) -> Reply:
    agreement.about[name] = checked(body, call.body, schema)
    return Reply(200, {**agreement.about[name], "self": call.url})


def list_roles(agreement: Agreement, call: Call) -> Reply:
    """GET /app-roles."""
    rows = [(number, _role(number, call.base)) for number, _ in _ROLES]
    return collect(call, rows, {"roleNumber": Property("number")}, lambda doc: doc)


def get_role(agreement: Agreement, call: Call, number: int) -> Reply:
    """GET /app-roles/:n."""
    if number not in dict(_ROLES):
        raise not_found()
    return Reply(200, _role(number, call.base))


def get_application(agreement: Agreement, call: Call, number: int) -> Reply:
    """GET /apps/:n."""
    if number != 1:
        raise not_found()
    return Reply(200, _application(call.base))


def get_module(agreement: Agreement, call: Call, number: int) -> Reply:
    """GET /modules/:n: one that this agreement has."""
    if number not in _on(agreement):
        raise not_found()
    return Reply(200, _module(number, call.base))


def get_language(agreement: Agreement, call: Call, number: int) -> Reply:
    """GET /languages/:n."""
    language = {**_FIRST, **agreement.about}["user"]["language"]
    if number != language["languageNumber"]:
        raise not_found()
    return Reply(200, {**language, "self": call.url})


def _on(agreement: Agreement) -> list[int]:
    return [number for number in _MODULES if number != 15 or agreement.has_inventory]


def _module(number: int, base: str) -> Doc:
    return {"moduleNumber": number, "name": _MODULES[number], "self": f"{base}/modules/{number}"}


def _role(number: int, base: str) -> Doc:
    return {"roleNumber": number, "name": dict(_ROLES)[number], "self": f"{base}/app-roles/{number}"}


def _application(base: str) -> Doc:
    return {
        "appNumber": 1,
        "name": "sandbox",
        "appPublicToken": "sandbox",
        "created": "2020-01-01",
        "requiredRoles": [_role(2, base)],
        "self": f"{base}/apps/1",
    }
