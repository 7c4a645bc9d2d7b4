"""A proposal as a YAML file for people: names as comments, and the questions that only the merchant can answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from econ_client.lists import Named, PaymentTerms, ProductGroup
from sync.proposal import PRODUCTS, Proposal

Row = Named | PaymentTerms | ProductGroup

_HEAD = """\
# The profile of {company}, agreement {agreement}.
#
# It makes drafts only. DECIDE marks what only the shop and its bookkeeper can answer; until then the safe choice
# holds. Everything else stands in `denmark`, which this profile extends. Try it before anything is sent:
#
#   magento-economic profile check {here}
#   magento-economic preview order 000000123
#
# Editors complete and check it with `magento-economic profile schema > profile.schema.json` and this line:
# yaml-language-server: $schema=profile.schema.json
"""
_LEGAL = """
# DECIDE: which document is the legal invoice? Magento's PDF and e-conomic's invoice for one sale would both state VAT.
# Where e-conomic's is (the usual answer), do not send Magento's PDF to customers.
invoice_number: economic # magento: booked under the number of Magento's invoice
# Only when that is settled:
booking: off # on: finished invoices are booked, which cannot be undone
"""
_SINCE = """
# DECIDE: the go-live line. No order from before this day is ever made by itself.
orders: {{since: {since}}}
"""
_ROUNDING = """
# How e-conomic rounds VAT in this agreement; the first answer that contradicts it says which one is right.
vat_rounding: document/half_up
"""
_CUSTOMERS = """
customers:
  # DECIDE: does each guest become a customer of their own, or do all stand on one? The number of that one then.
  guests: own
  currency: {currency}
  # DECIDE: who are consumers? In these groups a guest's e-mail may find an existing customer; never in others.
  consumer_groups: [private]
"""
_GROUPS = """\
  # Magento's customer groups: {groups}. To give one a customer group of its own:
  # groups:
  #   - {{magento_group: [{example}], group: business}}
  #   - {{if: "customer.cvr or customer.ean", group: business}}
  #   - {{group: private}}
"""
_VAT = """
# DECIDE: is the shop registered for OSS? `denmark` sells to consumers in the EU with Danish VAT. With OSS each country
# has a VAT zone of its own in e-conomic; give those zones numbers. See the how-to on VAT.
"""
_RESTOCK = """
# DECIDE: do refunded goods come back into stock? `captured` believes what Magento did; unknown counts as not back.
credit_notes: {restock: captured}
"""
_PAYMENTS = """
# DECIDE: shall captured and refunded money be recorded, and on which clearing account for each method? Never on the
# bank account: the acquirer's fees would not add up. Not for payment terms that post the payment themselves.
# payments: {{record: on, journal: JOURNAL, accounts: {{map: order.payment.method, to: {{{accounts}}}}}}}
"""
_OWNERS = """
# DECIDE: who owns a product's fields? What e-conomic owns is never written there from Magento. Stock is e-conomic's.
# owners: {name: magento, bar_code: magento, cost_price: economic, sales_price: magento}
"""


def profile_text(proposal: Proposal, here: str = "shop.yaml") -> str:
    """The YAML."""
    company = proposal.self_.company.name if proposal.self_.company else ""
    parts = [
        _HEAD.format(company=_plain(company) or "the shop", agreement=proposal.self_.agreement_number, here=here),
        "\nextends: denmark\n",
        _LEGAL,
        _SINCE.format(since=proposal.since.isoformat()),
        "".join(_numbers(proposal)),
        _ROUNDING,
        _CUSTOMERS.format(currency=proposal.self_.settings.base_currency),
        _groups(proposal),
        _VAT,
        _RESTOCK,
        _OWNERS,
        "".join(_payments(proposal)),
        "".join(_stores(proposal)),
    ]
    return "".join(parts)


def _numbers(proposal: Proposal) -> Iterator[str]:
    lists = proposal.lists
    yield "\n# The agreement's own numbers.\nnumbers:\n"
    yield f"  layout: {_number(proposal.layout)}{_told(lists.layouts, proposal.layout)}\n"
    yield from _terms(proposal)
    yield f"  unit: {_number(proposal.unit)}{_told(lists.units, proposal.unit)}\n"
    yield from _table("customer_groups", proposal.customer_groups, lists.customer_groups)
    yield from _table("product_groups", proposal.product_groups, lists.product_groups)
    yield from _table("vat_zones", proposal.zones, lists.vat_zones)
    yield "  products:\n"
    for wanted in PRODUCTS:
        found = proposal.products[wanted.key]
        kind = "with VAT" if wanted.taxed else "without VAT"
        if found is not None:
            yield f"    {wanted.key}: {_quoted(found.product_number)} # {_plain(found.name)}\n"
        elif wanted.needed:
            yield f"    {wanted.key}: {wanted.number} # DECIDE: not found; create it in a product group {kind}\n"
        else:
            yield f"    # {wanted.key}: {wanted.number} # not found; a product {kind}, when the shop needs it\n"


def _terms(proposal: Proposal) -> Iterator[str]:
    lists, names = proposal.lists, proposal.names
    methods = names.active_payments if names is not None else ()
    told = _told(lists.payment_terms, proposal.terms)
    if not methods:
        yield f"  payment_terms: {_number(proposal.terms)}{told}\n"
        return
    yield "  # DECIDE: the payment terms of each payment method. The agreement has "
    yield "; ".join(f"{row.number} {_plain(row.name)} ({row.type})" for row in lists.payment_terms) + ".\n"
    yield "  payment_terms:\n    map: order.payment.method\n    to:\n"
    for method in methods:
        title = names.titles.get(method, "") if names is not None else ""
        yield f"      {_quoted(method)}: {_number(proposal.terms)}{f' # {_plain(title)}' if title else ''}\n"
    yield f"    default: {_number(proposal.terms)}{told}\n"


def _table(name: str, chosen: Mapping[str, int | None], rows: Iterable[Row]) -> Iterator[str]:
    rows = list(rows)
    yield f"  {name}: # the agreement has {', '.join(f'{row.number} {_plain(row.name)}' for row in rows)}\n"
    for key, number in chosen.items():
        yield f"    {key}: {_number(number)}{_told(rows, number, others=False)}\n"


def _groups(proposal: Proposal) -> str:
    codes = [code for code in proposal.names.groups if code] if proposal.names is not None else []
    if not codes:
        return ""
    example = next((code for code in codes if code.lower() in ("wholesale", "retailer", "b2b")), codes[-1])
    return _GROUPS.format(groups=", ".join(_plain(code) for code in codes), example=_quoted(_plain(example)))


def _payments(proposal: Proposal) -> Iterator[str]:
    methods = proposal.names.active_payments if proposal.names is not None else ("checkmo",)
    accounts = ", ".join(f"{_quoted(method)}: ACCOUNT" for method in methods) or "checkmo: ACCOUNT"
    yield _PAYMENTS.format(accounts=accounts)


def _stores(proposal: Proposal) -> Iterator[str]:
    if not proposal.stores:
        return
    yield "\n# Magento's store views, and how their order numbers begin:\n"
    for store in proposal.stores:
        lead = proposal.leads.get(store.code)
        numbers = "no orders yet" if lead is None else f"numbers begin with {lead}" if lead else "plain numbers"
        yield f"#   {store.code}: {_plain(store.name)} (website {store.website_code}), {numbers}\n"
    if not proposal.prefixes:
        yield "# What differs in one of them stands under its code:\n"
        yield f"# stores: {{{_quoted(proposal.stores[-1].code)}: {{numbers: {{layout: 2}}}}}}\n"
        return
    yield "# Some share their order numbers; a prefix of its own keeps their documents apart. Do not change it later.\n"
    yield "stores:\n"
    for code, prefix in proposal.prefixes.items():
        yield f"  {_quoted(code)}: {{reference: {{prefix: {_quoted(prefix)}}}}}\n"


def _told(rows: Iterable[Row], number: int | None, *, others: bool = True) -> str:
    """A comment with the name, and the other rows there are."""
    named = [row for row in rows if row.number == number]
    rest = [f"{row.number} {_plain(row.name)}" for row in rows if row.number != number][:8] if others else []
    name = _plain(named[0].name) if named else "DECIDE: nothing was found"
    return f" # {name}" + (f" (also: {', '.join(rest)})" if rest else "")


def _number(number: int | None) -> str:
    return "null" if number is None else str(number)


def _plain(text: str) -> str:
    """A name on one line, without what would end a comment's line."""
    return " ".join(text.split())[:80]


def _quoted(code: str) -> str:
    """A code as YAML reads it back as a text."""
    plain = code.replace("_", "").replace("-", "").isalnum() and not code[0].isdigit() and code[0] != "-"
    reserved = code.lower() in ("on", "off", "yes", "no", "true", "false", "null", "y", "n")
    return (
        code
        if plain and not reserved and code.isascii()
        else '"' + code.replace("\\", "\\\\").replace('"', '\\"') + '"'
    )
