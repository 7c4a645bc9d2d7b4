"""The shop's own PDF on a draft invoice, before it is booked."""

from __future__ import annotations

import hashlib
import io
import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from econ_client import requests
from econ_client.answers import Answer
from econ_client.errors import NotFound, Rejected, Unsendable
from econ_client.multipart import LARGEST_FILE
from mapping.plan import WantedDocument
from mapping.profile import Profile
from sync import writer
from sync.check import Check
from sync.context import Context, Ended
from sync.outcome import ParkedFor, Retry
from sync.state.claims import Claim
from sync.state.intents import Intent
from sync.state.links import Link

if TYPE_CHECKING:
    from sync.documents import Documents

log = logging.getLogger("magento_economic.deliver")

LOOK_AGAIN = timedelta(minutes=1)
KIND = "attachment"
_END = b"%%EOF"
_TAIL = 2_048


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is now."""

    name: str
    content: bytes

    @property
    def mark(self) -> str:
        """What tells whether it is another one."""
        return hashlib.sha256(self.content).hexdigest()


def role_of(role: str) -> str:
    """The role of the file that belongs to a document's."""
    return f"file:{role}"


def ensure(documents: Documents, wanted: WantedDocument) -> None:
    """Attach the file that a draft invoice should have.

    Raises `Ended` while the file is not there and the profile waits for it, or when it can never be attached; and what
    a read or a write raises.
    """
    link = documents.links.get(wanted.role)
    if not wanted.attachment or link is None or link.document != "invoice_draft":
        return
    file = _file(documents, wanted)
    if file is None:
        return
    there = documents.links.get(role_of(wanted.role))
    if there is not None and there.number == link.number:
        if there.fingerprint == file.mark:
            return
        if not there.fingerprint and _attached(documents.context, int(link.number)) == file.content:
            documents.keep(_link(documents, wanted.role, link.number, file))
            return
        _write(documents, wanted.role, link.number, None)
    _attach(documents, wanted.role, link.number, file)


def settle(context: Context, claim: Claim, intent: Intent) -> None:
    """Settle an upload or a removal without an answer: a draft has one attachment, so one that is there is ours."""
    number = int(intent.request.path.split("/")[3])
    there = _attached(context, number)
    link = context.state.link(intent.entity, intent.role)
    if intent.request.method == "DELETE":
        if there is None:
            writer.settle_found(context, claim, intent, None)
        elif writer.absent(context, claim, intent):
            writer.resend(context, claim, intent, lambda _: None)
        return
    document = context.state.link(intent.entity, intent.role.removeprefix("file:"))
    made = Link(
        entity=intent.entity,
        role=intent.role,
        document=KIND,
        number=str(number),
        fingerprint=hashlib.sha256(_uploaded(intent.request.body)).hexdigest(),
        identity=document.identity if document is not None else link.identity if link is not None else {},
    )
    if there is not None:
        writer.settle_found(context, claim, intent, made)
    elif context.economic.invoice_draft(number) is None:
        writer.not_observed(context, intent)
        context.fence()
        with context.state.work(claim) as work:
            work.close_intent(intent, "overtaken")
    elif writer.absent(context, claim, intent):
        writer.resend(context, claim, intent, lambda _: made)


def check(profile: Profile, folder: Path | None) -> Check | None:
    """Whether the folder of attachments is there, where the profile wants any."""
    if profile.settings.attachments.invoice is None:
        return None
    if folder is None:
        fix = "Set ATTACHMENTS to the folder that holds the files, or take `attachments` out of the profile."
        return Check("attachments", "wrong", "the profile attaches files, but ATTACHMENTS is not set", fix=fix)
    if not folder.is_dir():
        return Check("attachments", "wrong", f"ATTACHMENTS={folder} is no folder", fix="Mount it, or correct the path.")
    return Check("attachments", "ok", f"files are taken from {folder}")


def _file(documents: Documents, wanted: WantedDocument) -> File | None:
    """The file; None when it is not there and the profile goes on without it. Raises `Ended`."""
    folder, name = documents.context.attachments, wanted.attachment
    if folder is None:
        raise Ended(ParkedFor("attachment", "ATTACHMENTS is not set, and the profile attaches files to invoices."))
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise Ended(_unusable(name, "lies outside the folder that ATTACHMENTS names"))
        size = path.stat().st_size
        content = path.read_bytes() if path.is_file() and size <= LARGEST_FILE else b""
    except (OSError, ValueError) as error:
        _missing(documents, name, getattr(error, "strerror", None) or "it is no file name")
        return None
    if size > LARGEST_FILE:
        raise Ended(_unusable(name, f"has {size:,} bytes, and e-conomic takes {LARGEST_FILE:,}"))
    if not content:
        _missing(documents, name, "it is empty, or a folder")
        return None
    if not content.startswith(b"%PDF-"):
        raise Ended(_unusable(name, "is no PDF"))
    if _END not in content[-_TAIL:]:
        _missing(documents, name, "it is not written to its end yet")
        return None
    return File(path.name, content)


def _missing(documents: Documents, name: str, why: str) -> None:
    if documents.settings.attachments.missing == "ignore":
        return
    said = f"The file {name} cannot be attached to the invoice yet: {why}. It is looked for again"
    booked = " before the invoice is booked" if documents.settings.booking else ""
    due = documents.context.now() + LOOK_AGAIN
    raise Ended(Retry("attachment_missing", due, f"{said}{booked}.", counts=False))


def _unusable(name: str, why: str) -> ParkedFor:
    return ParkedFor("attachment", f"The file {name} {why}. Put another in its place, then `tasks retry`.")


def _attach(documents: Documents, role: str, number: str, file: File) -> None:
    try:
        _write(documents, role, number, file)
    except Unsendable as error:
        raise Ended(_unusable(file.name, f"is not taken: {error}")) from error
    except NotFound:
        raise
    except Rejected:
        if _attached(documents.context, int(number)) is None:
            raise
        log.warning("draft invoice %s has another attachment in e-conomic already; it stays", number)
        documents.keep(_link(documents, role, number, file))


def _write(documents: Documents, role: str, number: str, file: File | None) -> None:
    """Upload a file, or remove the one that is there."""
    if file is None:
        request = requests.detach_from_invoice_draft(int(number))
    else:
        request = requests.attach_to_invoice_draft(int(number), file.name, file.content)

    def settled(_: Answer) -> Link | None:
        return None if file is None else _link(documents, role, number, file)

    try:
        writer.write(documents.context, documents.claim, documents.claim.key, role_of(role), request, settled)
    except NotFound:
        if file is not None:
            raise
    documents.changed = True
    documents.links = documents.context.state.links(documents.claim.key)


def _link(documents: Documents, role: str, number: str, file: File) -> Link:
    return Link(
        entity=documents.claim.key,
        role=role_of(role),
        document=KIND,
        number=number,
        fingerprint=file.mark,
        identity=documents.made.identity,
    )


def _attached(context: Context, number: int) -> bytes | None:
    into = io.BytesIO()
    try:
        context.economic.invoice_draft_attachment(number, into)
    except NotFound:
        return None
    return into.getvalue()


def _uploaded(body: bytes) -> bytes:
    """The file in a stored upload: the one part of the form."""
    return body.partition(b"\r\n\r\n")[2].rpartition(b"\r\n--")[0]
