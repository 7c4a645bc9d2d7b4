"""What `check` and every start say about the numbers that a profile names in e-conomic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from econ_client.client import Economic
from econ_client.sandbox import SandboxServer
from mapping.profile import load_profile
from sync.books import Books, read_books
from sync.checks import check_economic
from tests.plain import plain_client

Read = Callable[[str], Books]


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer("demo") as server:
        yield server


@pytest.fixture
def http(sandbox: SandboxServer) -> Iterator[httpx.Client]:
    with plain_client(sandbox.url) as client:
        yield client


@pytest.fixture
def read(sandbox: SandboxServer, tmp_path: Path) -> Read:
    """The books under lines that a shop adds to `sandbox`."""

    def books(lines: str) -> Books:
        path = tmp_path / "shop.yaml"
        path.write_text(f"extends: sandbox\n{lines}")
        with closing(Economic(sandbox.url, "demo", "demo")) as economic:
            return read_books(economic, load_profile(path))

    return books


def test_the_sandboxs_own_profile_is_usable(read: Read) -> None:
    books = read("")
    assert (books.problems, books.doubts) == ((), ())
    assert books.agreement.terms_types[5] == "dueDate"
    assert not books.agreement.lacks(14)
    assert books.agreement.lacks(4)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            "numbers: {layout: 77}",
            "shop.yaml:2: `numbers.layout`: e-conomic has no 77 among its layouts. It has 1 (Dansk",
        ),
        ("numbers: {unit: 9}", "`numbers.unit`: e-conomic has no 9 among its units"),
        (
            "numbers: {payment_terms: {map: order.payment.method, to: {x: 8}, default: 1}}",
            "no 8 among its payment terms",
        ),
        ("numbers: {customer_groups: {private: 5}}", "no 5 among its customer groups"),
        ("numbers: {products: {shipping: gone}}", "e-conomic has no gone among its products"),
        ("numbers: {layout: {expr: \"7 if store.code == 'en' else 1\"}}", "`numbers.layout`: e-conomic has no 7 among"),
        ("customers: {guests: 999}", "`customers.guests`: e-conomic has no 999 among its customers"),
        ("customers: {currency: JPY}", "`customers.currency` is JPY, which the agreement does not have (it has DKK"),
        (
            "fields: {document: {salesperson: 9}}",
            "`fields.document.salesperson`: e-conomic has no 9 among its employees",
        ),
        ("fields: {customer: {payment_terms: 99}}", "`fields.customer.payment_terms`: e-conomic has no 99 among"),
        ("fields: {line: {department: 9}}", "no 9 among its departmental distributions. It has 1 (Webshop)"),
        ("fields: {line: {unit: {map: line.sku, to: {A: 7}, default: 1}}}", "`fields.line.unit`: e-conomic has no 7"),
        ("payments: {record: on, journal: 9, accounts: 5820}", "e-conomic has no 9 among its journals"),
        ("fields: {document: {project: 7}}", "has no module for projects"),
        ("numbers: {products: {rounding: fee}}", "product fee has 25% VAT in zone 1 (Indland); this one must be in a"),
        ("numbers: {products: {rounding_vat: rounding}}", "product rounding has 0% VAT in zone 1 (Indland)"),
        ("numbers: {payment_terms: 5}", "payment terms 5 are of the type dueDate and need a date on each document"),
    ],
)
def test_a_number_that_cannot_be_used_is_told_with_its_line(read: Read, lines: str, said: str) -> None:
    books = read(lines)
    assert any(said in problem for problem in books.problems), books.problems


@pytest.mark.parametrize(
    ("terms", "accounts", "method"),
    [
        ("3", "{map: order.payment.method, to: {checkmo: 5820}, default: ''}", ""),
        ("3", "5820", ""),
        ("{map: order.payment.method, to: {cash: 3}, default: 1}", "5820", ""),
        (
            "{map: order.payment.method, to: {cash: 3}, default: 1}",
            "{map: order.payment.method, to: {cash: 5820}}",
            "cash",
        ),
        (
            "{map: order.payment.method, to: {cash: 3}, default: 1}",
            "{map: order.payment.method, to: {card: 5830}, default: 5820}",
            "cash",
        ),
        (
            "{map: order.payment.method, to: {ean: 1}, default: 3}",
            "{map: order.payment.method, to: {card: 5830}}",
            "card",
        ),
    ],
)
def test_vouchers_on_terms_that_post_the_payment_are_refused(
    read: Read, terms: str, accounts: str, method: str
) -> None:
    record = f"numbers: {{payment_terms: {terms}}}\npayments: {{record: on, journal: 2, accounts: {accounts}}}"
    problems = [problem for problem in read(record).problems if "post the payment themselves" in problem]
    assert problems
    assert problems[0].startswith(f"{problems[0].split(':')[0]}:2: `numbers.payment_terms`: payment terms 3 (Kontant)")
    assert (f"of the method `{method}`" in problems[0]) is bool(method)


@pytest.mark.parametrize(
    ("terms", "accounts"),
    [
        ("1", "5820"),
        (
            "{map: order.payment.method, to: {cash: 3}, default: 1}",
            "{map: order.payment.method, to: {card: 5830, cash: ''}, default: 5820}",
        ),
        ("{map: order.payment.method, to: {cash: 3}, default: 1}", "{map: order.payment.method, to: {card: 5830}}"),
    ],
)
def test_vouchers_on_other_terms_are_fine(read: Read, terms: str, accounts: str) -> None:
    record = f"numbers: {{payment_terms: {terms}}}\npayments: {{record: on, journal: 2, accounts: {accounts}}}"
    assert read(record).problems == ()


def test_barred_products_employees_and_departments_are_told(
    http: httpx.Client, sandbox: SandboxServer, read: Read
) -> None:
    product: dict[str, Any] = http.get("/products/fee").json()
    http.put("/products/fee", json={**product, "barred": True}).raise_for_status()
    for home, number in (("employees", 1), ("departmental-distributions", 2)):
        row = sandbox.agreement.lookups[home].get(number)
        assert row is not None
        sandbox.agreement.lookups[home].put(number, {**row, "barred": True})
    books = read("fields: {document: {salesperson: 1, department: 2}}")
    said = " | ".join(books.problems)
    assert "product fee (Gebyr) is barred in e-conomic" in said
    assert "1 (Salg) is barred in e-conomic" in said
    assert "2 (Butik) is barred in e-conomic" in said


def test_a_product_group_without_an_account_in_a_zone_is_a_doubt_abroad_and_wrong_at_home(
    sandbox: SandboxServer, read: Read
) -> None:
    del sandbox.agreement.sales_accounts[2, 3]
    books = read("")
    assert books.problems == ()
    assert any(
        "product group 2 (Ydelser) has no sales account that can be used in VAT zone 3" in d for d in books.doubts
    )
    del sandbox.agreement.sales_accounts[2, 1]
    assert any("in VAT zone 1 (Indland) and 3 (Udland)" in problem for problem in read("").problems)


def test_a_vat_zone_that_is_closed_for_customers_is_told(sandbox: SandboxServer, read: Read) -> None:
    zone = sandbox.agreement.lookups["vat-zones"].get(3)
    assert zone is not None
    sandbox.agreement.lookups["vat-zones"].put(3, {**zone, "enabledForCustomer": False})
    assert any("VAT zone 3 is not enabled for customers" in problem for problem in read("").problems)


def test_sending_by_ean_needs_a_company_number(sandbox: SandboxServer, read: Read) -> None:
    lines = "when: [{payment: [ean], then: invoice, send: ean}, {then: invoice}]"
    assert (read(lines).problems, read(lines).doubts) == ((), ())
    sandbox.agreement.about["company"] = {"name": "Sandkassen ApS"}
    assert any(
        "`when[0].send` sends by EAN, which needs a company number" in problem for problem in read(lines).problems
    )
    assert read("").problems == ()


def test_a_due_date_that_is_never_sent_is_a_doubt(read: Read) -> None:
    books = read('fields: {document: {due_date: {expr: "date|add_days(14)"}}}')
    assert books.problems == ()
    assert "never sent" in books.doubts[0]
    both = "numbers: {payment_terms: 5}\nfields: {document: {due_date: {expr: 'date|add_days(14)'}}}"
    assert (read(both).problems, read(both).doubts) == ((), ())


def test_what_is_doubtful_warns_and_what_is_wrong_refuses(sandbox: SandboxServer, tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text("extends: sandbox\nnumbers: {layout: 77}\nfields: {document: {due_date: 2030-01-01}}\n")
    with closing(Economic(sandbox.url, "demo", "demo")) as economic:
        checks, books = check_economic(economic, load_profile(path))
    assert books is not None
    assert [check.verdict for check in checks if check.name == "profile's numbers"] == ["wrong", "warning"]
