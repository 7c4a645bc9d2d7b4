"""/journals: day books and their vouchers. POST answers an array, because one body may become several vouchers."""

from __future__ import annotations

import dataclasses
from typing import Any

from econ_client.sandbox import entries
from econ_client.sandbox.agreement import Agreement
from econ_client.sandbox.answers import Problem, Refused, Reply, invalid, not_found, refuse
from econ_client.sandbox.collections import Call, collect
from econ_client.sandbox.filters import Property
from econ_client.sandbox.links import encode_segment
from econ_client.sandbox.validation import Array, At, Integer, Object
from econ_client.sandbox.wire import Doc

_BODY = Object(
    {
        "accountingYear": entries.YEAR,
        "journal": entries.JOURNAL,
        "voucherNumber": Integer(1, 999_999_999),
        "entries": Object({name: Array(body) for name, body in entries.BODIES.items()}),
    },
    required=("accountingYear",),
)
_SCHEMA = "https://restapi.e-conomic.com/schema/journals.journalNumber.vouchers.post.schema.json"
PROPERTIES: dict[str, Property] = {}
_TEMPLATES = ("financeVoucher", "manualCustomerInvoice")


def show(agreement: Agreement, doc: Doc, base: str) -> Doc:
    """A journal as it is answered."""
    home = f"{base}/journals/{doc['journalNumber']}"
    settings = dict(doc["settings"])
    contra = settings["contraAccounts"]
    settings["contraAccounts"] = {
        name: {**account, "self": f"{base}/accounts/{account['accountNumber']}"} for name, account in contra.items()
    }
    templates = {name: f"{home}/templates/{name}" for name in _TEMPLATES}
    links = {"vouchers": f"{home}/vouchers", "entries": f"{home}/entries"}
    return {**doc, "settings": settings, **links, "templates": {**templates, "self": f"{home}/templates"}, "self": home}


def templates(agreement: Agreement, call: Call, journal: int) -> Reply:
    """GET /journals/:n/templates."""
    _journal(agreement, journal)
    return Reply(200, {**{name: f"{call.url}/{name}" for name in _TEMPLATES}, "self": call.url})


def finance_template(agreement: Agreement, call: Call, journal: int) -> Reply:
    """GET /journals/:n/templates/financeVoucher."""
    _journal(agreement, journal)
    return Reply(200, {"self": call.url})


def invoice_template(agreement: Agreement, call: Call, journal: int) -> Reply:
    """GET /journals/:n/templates/manualCustomerInvoice: the customers it can be made for."""
    _journal(agreement, journal)

    def shown(doc: Doc) -> Doc:
        number = doc["customerNumber"]
        return {"customer": {"customerNumber": number, "self": f"{call.base}/customers/{number}"}}

    return collect(call, agreement.customers.listed(), {"customerNumber": Property("number")}, shown)


def list_vouchers(agreement: Agreement, call: Call, journal: int) -> Reply:
    """GET /journals/:n/vouchers."""
    _journal(agreement, journal)
    rows = [(key[1], doc) for key, doc in agreement.vouchers.listed() if key[0] == journal]
    return collect(call, rows, PROPERTIES, lambda doc: show_voucher(agreement, doc, call.base))


def list_of_year(agreement: Agreement, call: Call, year: str) -> Reply:
    """GET /accounting-years/:y/vouchers."""
    if year not in agreement.years:
        raise not_found()
    rows = [row for row in agreement.vouchers.listed() if row[1]["accountingYear"]["year"] == year]
    return collect(call, rows, PROPERTIES, lambda doc: show_voucher(agreement, doc, call.base))


def get_voucher(agreement: Agreement, call: Call, journal: int, address: str) -> Reply:
    """GET /journals/:n/vouchers/:year-:number."""
    doc = agreement.vouchers.get((journal, address))
    if doc is None:
        raise not_found()
    return Reply(200, show_voucher(agreement, doc, call.base))


def show_voucher(agreement: Agreement, doc: Doc, base: str) -> Doc:
    """A voucher with its entries written out."""
    year, journal = doc["accountingYear"]["year"], doc["journal"]["journalNumber"]
    home = f"{base}/journals/{journal}/vouchers/{encode_segment(f'{year}-' + str(doc['voucherNumber']))}"
    written = {
        kind: [entries.show(agreement.entries.get(number) or {}, base) for number in numbers]
        for kind, numbers in doc["entries"].items()
    }
    return {
        "accountingYear": {"year": year, "self": f"{base}/accounting-years/{encode_segment(year)}"},
        "journal": {"journalNumber": journal, "self": f"{base}/journals/{journal}"},
        "entries": written,
        "voucherNumber": doc["voucherNumber"],
        "attachment": f"{home}/attachment",
        "self": home,
    }


def create_vouchers(agreement: Agreement, call: Call, journal: int) -> Reply:
    """POST /journals/:n/vouchers: one voucher or an array of them; always answered by an array."""
    _journal(agreement, journal)
    sent = call.body if isinstance(call.body, list) else [call.body]
    if not sent:
        raise refuse("vouchers", "At least one voucher is needed.", "E04042")
    found: list[list[Problem]] = []
    accepted = []
    for body in sent:
        problems: list[Problem] = []
        accepted.append(_accept(agreement, body, journal, problems))
        found.append(problems)
    if any(found):
        raise _invalid(found, bulk=isinstance(call.body, list))
    made: list[Doc] = []
    for year, parts in accepted:
        made += [_store(agreement, journal, year, number, part) for number, part in parts]
    return Reply(201, [show_voucher(agreement, doc, call.base) for doc in made])


Parts = list[tuple[int | None, list[tuple[str, Doc]]]]


def _accept(agreement: Agreement, body: Any, journal: int, problems: list[Problem]) -> tuple[str, Parts]:
    """(year, [(voucher number or None, entries)]): by number, and without one by date."""
    cleaned = _BODY.check(body, (), problems)
    if problems:
        return "", []
    year = cleaned["accountingYear"]["year"]
    holder = agreement.years.get(year)
    if holder is None or holder["closed"]:
        what = "not found" if holder is None else "closed"
        problems.append(Problem(("accountingYear",), f"Accounting year '{year}' is {what}.", "E04041", year))
    parts: dict[tuple[int | None, str], list[tuple[str, Doc]]] = {}
    for kind, rows in cleaned.get("entries", {}).items():
        for index, row in enumerate(rows):
            at: At = ("entries", kind, index)
            entry = entries.accept(agreement, kind, row, at, problems)
            if holder and not holder["fromDate"] <= row["date"] <= holder["toDate"]:
                message = "The date lies outside the accounting year."
                problems.append(Problem((*at, "date"), message, "E04041", row["date"]))
            number = row.get("voucher", {}).get("voucherNumber", cleaned.get("voucherNumber"))
            parts.setdefault((number, "" if number else row["date"]), []).append((kind, entry))
    if not parts:
        problems.append(Problem(("entries",), "A voucher needs at least one entry.", "E04042"))
    return year, [(number, rows) for (number, _), rows in parts.items()]


def _store(agreement: Agreement, journal: int, year: str, number: int | None, rows: list[tuple[str, Doc]]) -> Doc:
    if number is None:
        used = [doc["voucherNumber"] for _, doc in agreement.vouchers.rows() if doc["accountingYear"]["year"] == year]
        used += [doc["voucherNumber"] for doc in agreement.posted if agreement.year_of(doc["date"]) == year]
        number = max(used, default=0) + 1
    key = (journal, f"{year}-{number}")
    before = agreement.vouchers.get(key)
    held: dict[str, list[int]] = {kind: list(n) for kind, n in before["entries"].items()} if before else {}
    for kind, row in rows:
        entry_number = agreement.next_number("entry")
        voucher = {"accountingYear": {"year": year}, "voucherNumber": number}
        agreement.entries.put(
            entry_number,
            {**row, "journal": {"journalNumber": journal}, "voucher": voucher, "journalEntryNumber": entry_number},
        )
        held.setdefault(kind, []).append(entry_number)
    doc = {
        "accountingYear": {"year": year},
        "journal": {"journalNumber": journal},
        "voucherNumber": number,
        "entries": held,
    }
    agreement.vouchers.put(key, doc)
    return doc


def _invalid(found: list[list[Problem]], *, bulk: bool) -> Refused:
    """Errors of an array are an array, in which entries stand below `entries` whatever their kind, as recorded."""
    if not bulk:
        return invalid(found[0], _SCHEMA)
    refused = invalid([problem for problems in found for problem in problems], _SCHEMA)
    refused.more["errors"] = [
        {"arrayIndex": index, **invalid([_flat(problem) for problem in problems]).more["errors"]}
        for index, problems in enumerate(found)
        if problems
    ]
    return refused


def _flat(problem: Problem) -> Problem:
    match problem.at:
        case ("entries", str(), int(), *rest):
            return dataclasses.replace(problem, at=("entries", problem.at[2], *rest))
    return problem


def _journal(agreement: Agreement, number: int) -> None:
    if number not in agreement.lookups["journals"]:
        raise not_found()
