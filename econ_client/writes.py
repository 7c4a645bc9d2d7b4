"""A write that has not been sent, and the body of one that changes what is there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from econ_client import multipart

Method = Literal["POST", "PUT", "PATCH", "DELETE"]

SERVER_ONLY = frozenset(
    {
        "metaData", "self", "balance", "dueAmount", "lastUpdated", "contacts", "deliveryLocations", "templates",
        "totals", "invoices", "pricing", "pdf", "soap", "attachment",
    }
)  # fmt: skip
"""Properties that e-conomic computes or links; it ignores them in a request."""

PARTLY_OURS = frozenset({"inventory"})
"""Objects whose own properties are changed one by one; all others are references and change whole."""

_DELETABLE = re.compile(
    r"/customers/\d+(/(contacts|delivery-locations)/\d+)?"
    r"|/products/[^/]+(/pricing/currency-specific-sales-prices/[A-Za-z]{3})?"
    r"|/(units|customer-groups|payment-terms)/\d+|/orders/sent/\d+|/(orders|invoices)/drafts/\d+(/attachment/file)?"
    r"|/journals/\d+/entries/\d+|/journals/\d+/vouchers/[^/]+-\d+/attachment/file"
)


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """A write that has not been sent. `path` is relative to the API's root; `body` is empty for DELETE.

    Raises:
        ValueError: a DELETE that would empty a collection. e-conomic takes ``DELETE /invoices/drafts`` without a
            number as "delete every draft".
    """

    method: Method
    path: str
    body: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not self.path.startswith("/") or "?" in self.path:
            raise ValueError(f"{self.path!r} is not a path below the API's root")
        if self.method == "DELETE" and not _DELETABLE.fullmatch(self.path):
            raise ValueError(f"DELETE {self.path} is refused: only single documents are deleted")
        if self.path.endswith("/"):
            raise ValueError(f"{self.method} {self.path} names no document")

    @property
    def content_type(self) -> str:
        """What the body is, as its own bytes tell: JSON, or a form with a file for attachments."""
        return multipart.content_type(self.body) if self.path.endswith("/attachment/file") else "application/json"


def merged(current: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A PUT body that changes some properties of a document and keeps the others.

    Args:
        current: the document as e-conomic answered it, camelCase (`Answer.data`).
        changes: camelCase property -> new value; None clears. Values replace whole, also objects, but for those of
            `PARTLY_OURS`, which change property by property.
    """
    kept = {name: value for name, value in current.items() if name not in SERVER_ONLY}
    for name, value in changes.items():
        before = kept.get(name)
        if name in PARTLY_OURS and isinstance(before, Mapping) and isinstance(value, Mapping):
            kept[name] = {part: new for part, new in {**before, **value}.items() if new is not None}
        else:
            kept[name] = value
    return {name: value for name, value in kept.items() if value is not None}
