"""A preview for people: what a bookkeeper wants to see, in lines of at most 80 characters."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from sync.preview import Preview
from sync.previewed import Shown

WIDTH = 80
Names = Mapping[str, Mapping[int, str]]

_TITLES = {
    "customer": "Customer",
    "product": "Product",
    "order_draft": "Draft order",
    "invoice_draft": "Draft invoice",
    "credit_note_draft": "Draft credit note",
    "voucher": "Voucher",
}
_NAMED = {
    "vatZone": "VAT zone",
    "corporateIdentificationNumber": "company number",
    "telephoneAndFaxNumber": "telephone",
    "ean": "EAN",
    "zip": "ZIP",
}
_ACTIONS = {
    "create": "is made",
    "update": "is changed",
    "keep": "stays as it is",
    "left": "is left as it is: it was sent or archived in e-conomic",
}
_SOURCES = {
    "order_line": "order item {order_item_id}, SKU {sku}",
    "bundle_part": "part of a bundle, order item {order_item_id}, SKU {sku}",
    "weee": "environmental charge of order item {order_item_id}, SKU {sku}",
    "shipping": "shipping",
    "rounding": "closes a rounding difference; see below",
    "adjustment": "the credit memo's adjustment",
    "other": "from the profile",
}


def lines_of(preview: Preview) -> Iterator[str]:
    """The preview, line by line."""
    blocks = [_head(preview.order)] if preview.order else []
    blocks += [_document(document, preview.names) for document in preview.documents]
    blocks.append(_rest(preview))
    told = [block for block in (list(block) for block in blocks) if block]
    for i, block in enumerate(told):
        if i:
            yield ""
        yield from block
    if not (preview.documents or preview.skipped or preview.parked or preview.removals or preview.marks):
        yield "nothing would be sent"


def _head(order: Mapping[str, Any]) -> Iterator[str]:
    yield from _wrapped(
        f"Order {order['increment_id']} (id {order['id']}), store view {order['store'] or 'deleted'}: state "
        f"{order['state']}, status {order['status']}, placed {order['created_at'][:16].replace('T', ' ')} UTC"
    )
    totals = order["totals"]
    yield from _wrapped(
        f"Magento: {order['currency']} net {totals['net']}, VAT {totals['vat']}, gross {totals['gross']}"
    )


def _document(document: Shown, names: Names) -> Iterator[str]:
    body = document["body"]
    if document["kind"] in ("customer", "product"):
        yield from _alone(document, body, names)
        return
    if document["kind"] == "voucher":
        yield from _voucher(document, body)
        return
    title = _TITLES.get(document["kind"]) or str(document["kind"])
    if "booked" in document.get("stands", ""):
        title = title.removeprefix("Draft ").capitalize()
    yield from _wrapped(f"{title} `{document['role']}`, reference {document['reference']}")
    stands = f"{document['stands']} " if "stands" in document else ""
    said = f"{stands}{_ACTIONS.get(document['action'], document['action'])}"
    if document["book"]:
        said += ", then it is booked" + (f" and sent by {document['send_by']}" if "send_by" in document else "")
    elif "booked" not in stands:
        said += "; it is not booked"
    yield from _wrapped(said, "  ")
    yield from _who(document, body, names)
    yield ""
    yield from _lines(document, body)
    yield ""
    yield from _totals(document)
    if document["vat"]:
        yield ""
    yield from _vat(document["vat"])
    if document["pending"]:
        yield from _wrapped(f"e-conomic will assign: {', '.join(document['pending'])}", "  ")


def _voucher(document: Shown, body: Any) -> Iterator[str]:
    pays = document["pays"]
    yield from _wrapped(
        f"Voucher `{document['role']}` in journal {document['journal']}, reference {document['reference']}, to be made"
    )
    yield from _wrapped(
        f"{document['currency']} {document['expected']['gross']} against {pays['number']} (`{pays['role']}`)", "  "
    )
    vouchers = body if isinstance(body, list) else [body]
    for payment in (one for voucher in vouchers for one in voucher["entries"]["customerPayments"]):
        contra = payment.get("contraAccount", {}).get("accountNumber")
        debtor = payment.get("customer", {}).get("customerNumber")
        yield from _wrapped(f"dated {payment.get('date')}, customer {debtor}, contra account {contra}", "  ")
        yield from _wrapped(f"“{payment.get('text', '')}”", "  ")


def _who(document: Shown, body: Mapping[str, Any], names: Names) -> Iterator[str]:
    to = body.get("recipient", {})
    place = " ".join(filter(None, (to.get("zip"), to.get("city"))))
    debtor = body.get("customer", {}).get("customerNumber")
    said = ", ".join(filter(None, (to.get("name"), to.get("address"), place, to.get("country"))))
    yield from _wrapped(f"to {said}; customer {debtor or 'to be made'}", "  ")
    terms = _named("paymentTerms", body.get("paymentTerms"), names)
    layout = _named("layout", body.get("layout"), names)
    rate = body.get("exchangeRate")
    exchange = f", exchange rate {rate}" if rate not in (None, 100) else ""
    yield from _wrapped(
        f"dated {body.get('date')}, {document['currency']}{exchange}, payment terms {terms}, layout {layout}", "  "
    )
    notes = body.get("notes", {})
    for name in ("heading", "textLine1", "textLine2"):
        if notes.get(name):
            yield from _wrapped(f"“{notes[name]}”", "  ")


def _lines(document: Shown, body: Mapping[str, Any]) -> Iterator[str]:
    yield f"  {'product':<26}{'quantity':>10}{'price':>12}{'disc. %':>8}{'net':>12}{'VAT %':>7}"
    for line, told in zip(body.get("lines", ()), document["lines"], strict=True):
        number = told["product"]
        if len(number) > 25:
            number = number[:24] + "…"
        discount = line.get("discountPercentage")
        yield (
            f"  {number:<26}{_plain(line.get('quantity')):>10}{_plain(line.get('unitNetPrice')):>12}"
            f"{'' if discount is None else _plain(discount):>8}{told['net']:>12}{told['rate']:>7}"
        )
        source = _SOURCES.get(told["source"], f"`totals`: {told['source']}").format_map(told)
        yield from _wrapped(f"{line.get('description', '')} ({source})", "    ")


def _totals(document: Shown) -> Iterator[str]:
    yield f"  {'':<12}{'e-conomic net':>15}{'VAT':>11}{'Magento net':>19}{'VAT':>11}"
    for share in document["rates"]:
        ours, theirs = share["expected"], share["magento"]
        label = f"at {share['rate']}%"
        yield f"  {label:<12}{ours['net']:>15}{ours['vat']:>11}{theirs['net']:>19}{theirs['vat']:>11}"
    ours, theirs = document["expected"], document["magento"]
    yield f"  {'in all':<12}{ours['net']:>15}{ours['vat']:>11}{theirs['net']:>19}{theirs['vat']:>11}"
    yield f"  {'gross':<12}{ours['gross']:>15}{'':>11}{theirs['gross']:>19}"
    yield f"  {'Both sides are the same.' if ours == theirs else 'THE SIDES DIFFER.'}"
    if any(line["source"] == "rounding" for line in document["lines"]):
        yield from _wrapped(
            "Rounding lines close what e-conomic computes otherwise from the same prices: those with VAT mend the VAT, "
            "those without mend the net.",
            "  ",
        )


def _vat(choices: Iterable[Shown]) -> Iterator[str]:
    for one in choices:
        zone = f"{one['zone']} ({one['zone_name']})" if one["zone_name"] else str(one["zone"])
        yield from _wrapped(f"VAT zone {zone} for {one['supply']}, by {one['by']} address: row `{one['row']}`", "  ")
        yield from _wrapped(f"because {'; '.join(one['matched'])}", "    ")
        rates = " or ".join(f"{rate}%" for rate in one["rates"] or ()) or "the rate of each product's group"
        yield from _wrapped(f"expected: {rates}" + (f"; note “{one['note']}”" if one["note"] else ""), "    ")
        near = [passed for passed in one["passed"] if not passed["why"].startswith("country ")]
        for passed in near:
            yield from _wrapped(f"not `{passed['row']}`: {passed['why']}", "    ")
        far = len(one["passed"]) - len(near)
        if far:
            yield f"    not {far} {'row' if far == 1 else 'rows'} for other countries"


def _rest(preview: Preview) -> Iterator[str]:
    if preview.vat and not any(document.get("vat") for document in preview.documents):
        yield from _vat(preview.vat)
    for line in preview.left_out:
        yield from _wrapped(f"Order item {line['order_item_id']}, SKU {line['sku']}, is on no document: {line['why']}.")
    for role in preview.removals:
        archived = role in preview.archived
        yield f"The draft of `{role}` {'is archived by its invoice' if archived else 'is deleted'}."
    for mark in preview.marks:
        yield from _wrapped(f"The draft of `{mark['role']}` gets the text “{mark['text']}” before its heading.")
    for skipped in preview.skipped:
        why = _WHY.get(skipped["reason"], _BY_ROW if skipped["role"] == "order" else "")
        yield from _wrapped(f"Skipped `{skipped['role']}`: {skipped['reason']}. {why}")
    for parked in preview.parked:
        yield ""
        yield from _wrapped(f"PARKED `{parked['role']}`: {parked['reason']}")
        yield from _wrapped(parked["advice"], "  ")
    if preview.look_again_at:
        yield from _wrapped(f"Looked at again by itself at {preview.look_again_at[:16].replace('T', ' ')} UTC.")


_BY_ROW = "A row of the profile's `when` says so."
_WHY = {
    "before_go_live": "It is older than `orders.since` of the profile, and e-conomic has no document of it.",
    "no_rule": "No row of the profile's `when` matches its state and status.",
    "already_booked": "The invoice is booked; what is shown is what the order stands for now.",
    "already_invoiced": "The order has an invoice in e-conomic, so it gets no draft order.",
    "not_created_by_profile": "The profile says `products.create: off`.",
    "credit_note_by_hand": "The profile leaves credit notes to people.",
    "waits_for_invoice": "Its invoice has to be booked first.",
    "invoice_reduced": "It made the invoice smaller before that was booked.",
    "already_recorded": "Its voucher was made, or was there.",
    "waits_for_booking": "Its voucher is made when the document that it pays is booked.",
    "already_paid": "The document is paid in e-conomic.",
    "no_clearing_account": "The profile names no clearing account for its payment method.",
    "empty_credit_memo": "It comes to nothing.",
}


def _alone(document: Shown, body: Mapping[str, Any], names: Names) -> Iterator[str]:
    name = body.get("name", "")
    number = body.get("productNumber", "")
    said = ", to be made"
    if "stands" in document:
        action = _ACTIONS.get(document.get("action", ""), "is there already")
        said = f"; {document['stands']} {action}"
    yield from _wrapped(f"{_TITLES[document['kind']]} {number + ': ' if number else ''}{name}{said}")
    fields = [
        f"{_words(key)} {_named(key, value, names)}"
        for key, value in body.items()
        if key not in ("name", "productNumber") and value not in ("", None)
    ]
    yield from _wrapped("; ".join(fields), "  ")


def _named(key: str, value: Any, names: Names) -> str:
    """A value with the name that the agreement has for it."""
    said = _plain(value)
    known = names.get(key, {})
    return f"{said} ({known[int(said)]})" if said.isdigit() and int(said) in known else said


def _words(key: str) -> str:
    return _NAMED.get(key) or "".join(f" {c.lower()}" if c.isupper() else c for c in key)


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(_plain(one) for one in value.values())
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        " ".join(text.split()),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_on_hyphens=False,
    )
