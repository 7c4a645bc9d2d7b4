"""References: the token in references.other that finds a document again."""

from __future__ import annotations

from mapping.problems import CannotMap

LONGEST = 250
SEPARATOR = " · "


def order_token(prefix: str, increment_id: str) -> str:
    """The token of an order's draft order and of its invoice."""
    return _token(f"{prefix}{increment_id}")


def invoice_token(prefix: str, increment_id: str, invoice: str) -> str:
    """The token of the document that stands for one Magento invoice."""
    return _token(f"{prefix}{increment_id}/F{invoice}")


def memo_token(prefix: str, increment_id: str, memo: str) -> str:
    """The token of the credit note that stands for one credit memo."""
    return _token(f"{prefix}{increment_id}/K{memo}")


def payment_token(prefix: str, increment_id: str, kind: str, number: int) -> str:
    """The token in a voucher's text: ``/P<invoice>`` for a capture, ``/R<creditmemo>`` for a refund, by their ids."""
    return _token(f"{prefix}{increment_id}/{'R' if kind == 'refund' else 'P'}{number}")


def with_text(token: str, text: str | None) -> str:
    """The shop's own text, if any, and the token; the text gives way when both are too long."""
    if not text:
        return token
    room = LONGEST - len(token) - len(SEPARATOR)
    if len(text) > room:
        text = text[: max(room - 1, 0)].rstrip() + "…"
    return f"{text}{SEPARATOR}{token}"


def _token(token: str) -> str:
    if not token or len(token) > LONGEST // 2 or any(c.isspace() or c == "·" for c in token):
        raise CannotMap(
            "reference",
            f"`{token}` cannot stand in e-conomic as a reference: it is empty, too long, or has spaces or `·` in it",
        )
    return token
