"""The draft invoice that e-conomic proposes for an order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from econ_client import advice
from econ_client.answers import Answer, fit
from econ_client.documents import ProposedDraft
from econ_client.errors import Ambiguous

_LINKS = ("metaData", "self")


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What is posted to /invoices/drafts to make an order an invoice.

    `document` is sent as it is, also what this client does not know: e-conomic recognises the order by it, and archives
    an order that was sent. `draft` is the same, typed.
    """

    draft: ProposedDraft
    document: Mapping[str, Any] = field(repr=False)


def upgrade_of(answer: Answer, path: str) -> Upgrade:
    """The answer of templates/upgrade-instructions/draftInvoice, with or without an envelope `draftInvoice`.

    `metaData` and the template's own link are left out, of the document and of its lines.

    Raises:
        Ambiguous: it is no document.
    """
    data = answer.data
    document = data.get("draftInvoice", data) if isinstance(data, dict) else None
    if not isinstance(document, dict):
        raise Ambiguous(
            f"e-conomic answered GET {path}, but not with a document.",
            status=answer.status,
            log_id=answer.log_id,
            advice=advice.URL,
        )
    whole = _without_links(document)
    if isinstance(lines := whole.get("lines"), list):
        whole["lines"] = [_without_links(line) if isinstance(line, dict) else line for line in lines]
    return Upgrade(fit(whole, ProposedDraft, answer), whole)


def _without_links(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in _LINKS}
