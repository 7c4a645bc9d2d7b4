"""What a person can do about an error, by e-conomic's code.

Codes and their meaning come from e-conomic's documentation and recorded answers; the texts of the answers follow the
agreement's language, so only the codes are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from econ_client.errors import Problem

_BY_CODE = {
    "E02250": "The two tokens do not belong together. Resetting the app's secret makes older grants invalid: check "
    "ECONOMIC_APP_SECRET_TOKEN, or grant access again and set the new ECONOMIC_AGREEMENT_GRANT_TOKEN.",
    "E04000": "The EAN number is not valid: it must be the 13 digits of a public recipient. Correct it on the order "
    "or the customer.",
    "E04041": "A number in the accounts is not found or barred, or the date lies in a barred or closed period. "
    "Open the period in e-conomic (All settings > Company > Accounting years), unbar the account, or let the profile "
    "give another date or number.",
    "E04042": "{What} is missing but needed. Let the profile give it a value; payment terms of type dueDate need a "
    "due date.",
    "E04300": "The document does not hold what e-conomic needs. Look at the problems named and correct the order or "
    "the profile.",
    "E04500": "{What} was named without its number. Let the profile give the number.",
    "E04730": "A line names a product but no quantity. Check the profile's lines.",
    "E04740": "{What} has more decimals than e-conomic takes (two for prices and quantities, six for rates). Round it "
    "in the profile.",
    "E04760": "{What} is too early: a due date may not lie before the document's date. Correct it in the profile.",
    "E04810": "A page of a list may hold at most 1,000 rows.",
    "E06000": "It does not exist in e-conomic (any more). If somebody deleted it there, retry to have the state "
    "compared again.",
    "E06010": "The number is already taken in e-conomic. Retry to have the existing one found; if it is another "
    "thing, give one of the two a new number.",
    "E06151": "Type and days of payment terms cannot change once created. Create new terms in e-conomic and name "
    "them in the profile.",
    "E06820": "{What} is barred in e-conomic. Remove the mark \"barred\" (spærret) there, or let the profile use "
    "another, then retry.",
    "E07080": "The payment terms that the profile names do not exist in e-conomic. Create them there or name "
    "existing ones, then retry.",
    "E07140": "The customer group that the profile names does not exist in e-conomic. Create it there or name an "
    "existing one, then retry.",
    "E07150": "The account does not exist in e-conomic's chart of accounts. Create it there or name an existing one, "
    "then retry.",
    "E07180": "The type of the payment terms does not fit the terms that are named. Leave the type out: e-conomic "
    "knows it from the number.",
    "URLChanged": "The idempotency key was already used for another address. Retry to have a new key taken.",
    "ResourceNotFound": "It does not exist in e-conomic (any more).",
    "UpdateConflict": "Somebody changed it in e-conomic at the same moment. Retry to have it read again.",
    "AccessDeniedAgreementMissingModules": "The e-conomic agreement lacks a module that this needs. Order the module "
    "in e-conomic, or leave the fields that need it out of the profile.",
}  # fmt: skip

TOKENS = (
    "Check ECONOMIC_APP_SECRET_TOKEN and ECONOMIC_AGREEMENT_GRANT_TOKEN; if the grant was removed in e-conomic, grant "
    "access again."
)
ROLE = (
    "The app lacks a role (Sales for customers, products and invoices; Bookkeeping for accounts) or the agreement a "
    "module. Roles are fixed when the app is created: use an app with the right ones, or order the module."
)
ORDERS = (
    "Or e-conomic takes no orders from apps here: agreements with the inventory module (Lager) may refuse them. For no "
    "draft orders, leave the row `then: order` out of the profile's `when`; invoices are made as before."
)
LOOK_UP = "Nothing is sent again before it is known whether e-conomic carried it out."
LATER = "The service tries again by itself; a command has to be repeated."
READ_AGAIN = f"It was only read, nothing was changed. {LATER}"
URL = "Check ECONOMIC_API_URL, and proxies on the way: the answer did not come from e-conomic."
FILE = "Attach a smaller file of a kind that e-conomic takes."
UNREACHED = f"Nothing was sent. Check ECONOMIC_API_URL, the network and proxies on the way if it stays. {LATER}"
CERTIFICATE = "The certificate was not accepted: check the host's CA certificates, its clock, and proxies on the way."

_NOUNS = {
    "customer": "The customer",
    "product": "The product",
    "account": "The account",
    "contraAccount": "The contra account",
    "paymentTerms": "The payment terms",
    "customerGroup": "The customer group",
    "productGroup": "The product group",
    "vatZone": "The VAT zone",
    "layout": "The layout",
    "unit": "The unit",
    "dueDate": "The due date",
    "date": "The date",
    "employee": "The employee",
}
_RANGES = (
    ("E07", "{What} that is named does not exist in e-conomic. Create it there or name an existing one, then retry."),
)


def advise(code: str, path: str = "") -> str:
    """What to do about one code; empty when the code is not known."""
    text = _BY_CODE.get(code) or next((text for prefix, text in _RANGES if code.startswith(prefix)), "")
    return text.replace("{What}", _noun(path))


def unanswered(method: str) -> str:
    """What follows when it is unknown whether e-conomic carried a call out."""
    return READ_AGAIN if method == "GET" else LOOK_UP


def forbidden(method: str, path: str, code: str) -> str:
    """What to do about a 403: by its code, else about the role; about draft orders, which some agreements refuse."""
    told = advise(code) or ROLE
    return f"{told} {ORDERS}" if method != "GET" and f"{path}/".startswith("/orders/") else told


def advise_all(code: str, problems: Iterable[Problem], hint: str = "") -> str:
    """What to do about an answer: advice for each distinct problem, in order, at most four.

    For codes that nobody has seen yet e-conomic's own hint stands in.
    """
    said = [advise(problem.code, problem.path) or problem.hint for problem in problems]
    distinct = [text for text in dict.fromkeys(said) if text][:4]
    if distinct:
        return " ".join(distinct)
    return advise(code) or hint or "Correct the order or the profile, then retry."


def _noun(path: str) -> str:
    parts = [re.sub(r"\[\d+\]", "", part) for part in path.split(".")]
    for part in reversed(parts):
        name = part.removesuffix("Number")
        if name in _NOUNS:
            return _NOUNS[name]
    return f"`{path}`" if path else "Something"
