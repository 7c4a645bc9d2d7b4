"""One wanted document as `preview` shows it: what is sent, where its lines came from, and how its VAT zone was found.

Everything that stands on a document beside `body` is told to people and sent to nobody; amounts are texts with two
decimals in the document's currency.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from econ_client import wire
from econ_client.documents import Line
from mapping.agreement import Agreement
from mapping.choice import Choice
from mapping.money import line_net
from mapping.plan import Amounts, Origin, RateShare, WantedDocument

Shown = dict[str, Any]


def told(document: WantedDocument, agreement: Agreement) -> Shown:
    """What is told about a document beside its body."""
    return {
        "reference": document.reference,
        "currency": document.body.currency,
        "lines": [
            _line(i, line, origin)
            for i, (line, origin) in enumerate(zip(document.body.lines, document.origins, strict=False), start=1)
        ],
        "rates": [_rate(share) for share in document.rates],
        "vat": [choice(one, agreement) for one in document.vat],
        **({"send_by": document.send_by} if document.book and document.send_by else {}),
    }


def choice(one: Choice, agreement: Agreement) -> Shown:
    """How the VAT table decided."""
    row = one.row
    return {
        "supply": one.supply,
        "by": one.by,
        "row": row.name,
        "zone": row.zone,
        "zone_name": agreement.vat_zones.get(row.zone, ""),
        "rates": None if row.rates is None else [_percent(rate) for rate in row.rates],
        "note": row.note,
        "matched": list(one.held),
        "passed": [{"row": passed.name, "why": passed.why} for passed in one.passed],
    }


def amounts(of: Amounts) -> dict[str, str]:
    """Net, VAT and gross as texts."""
    return {"net": f"{of.net:.2f}", "vat": f"{of.vat:.2f}", "gross": f"{of.gross:.2f}"}


def alone(kind: str, body: Any) -> Shown:
    """A customer or product, that has no amounts."""
    return {
        "kind": kind,
        "role": kind,
        "body": {} if body is None else wire.decode(wire.encode(body)),
        "book": False,
        "expected": None,
        "magento": None,
        "pending": [],
    }


def _line(number: int, line: Line, origin: Origin) -> Shown:
    net = line_net(line.quantity or Decimal(0), line.unit_net_price or Decimal(0), line.discount_percentage)
    return {
        "line": number,
        "product": line.product.product_number if line.product else "",
        "source": origin.source,
        **({"order_item_id": origin.line_id, "sku": origin.sku} if origin.line_id is not None else {}),
        "net": f"{net:.2f}",
        "rate": _percent(origin.rate),
    }


def _rate(share: RateShare) -> Shown:
    return {
        "rate": _percent(share.rate),
        "expected": {"net": f"{share.net:.2f}", "vat": f"{share.vat:.2f}"},
        "magento": {"net": f"{share.magento_net:.2f}", "vat": f"{share.magento_vat:.2f}"},
    }


def _percent(rate: Decimal) -> str:
    return f"{rate.normalize():f}"
