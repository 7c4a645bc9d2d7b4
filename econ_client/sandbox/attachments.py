"""Files attached to draft orders, draft invoices and vouchers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from econ_client.sandbox import uploads
from econ_client.sandbox.agreement import Agreement
from econ_client.sandbox.answers import Refused, Reply, not_found
from econ_client.sandbox.collections import Call
from econ_client.sandbox.wire import Doc

Exists = Callable[[Agreement, tuple[Any, ...]], bool]


@dataclass(frozen=True, slots=True)
class Attachment:
    """The attachment of one kind of document. `exists` says whether its holder does; `kinds` what it may be."""

    home: str
    exists: Exists
    kinds: Mapping[bytes, str]

    def get(self, agreement: Agreement, call: Call, *holder: Any) -> Reply:
        """GET .../attachment: what there is, without the file."""
        return Reply(200, self._shown(call, self._found(agreement, holder)))

    def file(self, agreement: Agreement, call: Call, *holder: Any) -> Reply:
        """GET .../attachment/file: the raw bytes."""
        upload = self._found(agreement, holder)
        return Reply(200, raw=upload.content, media=upload.media)

    def create(self, agreement: Agreement, call: Call, *holder: Any) -> Reply:
        """POST .../attachment/file: 400 when one exists."""
        upload = self._sent(agreement, call, holder)
        if (self.home, *holder) in agreement.files:
            raise Refused(400, "An attachment exists already.", "Delete it first.", "E06010")
        agreement.files[(self.home, *holder)] = upload
        return Reply(201, self._shown(call, upload), (("Location", f"{_home(call)}/file"),))

    def append(self, agreement: Agreement, call: Call, *holder: Any) -> Reply:
        """PATCH .../attachment/file: more pages for the one that is there."""
        before = self._found(agreement, holder)
        more = self._sent(agreement, call, holder)
        grown = dataclasses.replace(before, pages=before.pages + more.pages)
        agreement.files[(self.home, *holder)] = grown
        return Reply(200, self._shown(call, grown))

    def delete(self, agreement: Agreement, call: Call, *holder: Any) -> Reply:
        """DELETE .../attachment/file."""
        if agreement.files.pop((self.home, *holder), None) is None:
            raise not_found("E06000")
        return Reply(204)

    def _found(self, agreement: Agreement, holder: tuple[Any, ...]) -> uploads.Upload:
        upload = agreement.files.get((self.home, *holder))
        if upload is None or not self.exists(agreement, holder):
            raise not_found()
        return upload

    def _sent(self, agreement: Agreement, call: Call, holder: tuple[Any, ...]) -> uploads.Upload:
        if not self.exists(agreement, holder):
            raise not_found()
        today = agreement.clock.now().date().isoformat()
        return uploads.read(call.raw, call.content_type, self.kinds, today)

    @staticmethod
    def _shown(call: Call, upload: uploads.Upload) -> Doc:
        home = _home(call)
        return {"createdAt": upload.created, "pages": upload.pages, "file": f"{home}/file", "self": home}


def _home(call: Call) -> str:
    return call.url.rstrip("/").removesuffix("/file")


ORDERS = Attachment(
    "orders", lambda agreement, holder: any(holder[0] in table for table in agreement.orders.values()), uploads.PDF
)
DRAFTS = Attachment("drafts", lambda agreement, holder: holder[0] in agreement.drafts, uploads.PDF)
VOUCHERS = Attachment("vouchers", lambda agreement, holder: holder in agreement.vouchers, uploads.PICTURES)
