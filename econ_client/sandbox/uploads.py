"""Files that come in as multipart/form-data.

Documented: drafts take PDF only; vouchers take jpg, jpeg, pdf, gif and png; 9.0 MB at most.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from econ_client.sandbox.answers import Refused

LARGEST = 9 * 1024 * 1024
PDF = {b"%PDF-": "application/pdf"}
PICTURES = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
_PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")
_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Upload:
    """One file. `pages`: those that a PDF shows uncompressed, one for a picture; it grows when more is appended."""

    content: bytes
    media: str
    created: str
    pages: int = 1


def read(raw: bytes, content_type: str, kinds: Mapping[bytes, str], today: str) -> Upload:
    """The first file of the form. Raises Refused: 415 for another content type, 400 for what is no such file."""
    if content_type.partition(";")[0].strip().lower() != "multipart/form-data":
        hint = "Send the file as multipart/form-data."
        raise Refused(415, "Unsupported media type.", hint, "E00415")
    found = _BOUNDARY.search(content_type)
    content = _first(raw, found[1].strip().encode("latin-1")) if found else None
    if not content:
        raise Refused(400, "The form holds no file.", "Send one file in a multipart/form-data body.", "E04042")
    if len(content) > LARGEST:
        raise Refused(400, "The file is too large.", "A file may have 9.0 MB at most.", "E04300")
    media = next((kind for start, kind in kinds.items() if content.startswith(start)), None)
    if media is None:
        allowed = ", ".join(sorted({kind.rpartition("/")[2] for kind in kinds.values()}))
        raise Refused(400, "The type of the file is not supported.", f"Supported are: {allowed}.", "E04300")
    return Upload(content, media, today, max(1, len(_PAGE.findall(content))) if media == PDF[b"%PDF-"] else 1)


def _first(raw: bytes, boundary: bytes) -> bytes | None:
    for part in (b"\r\n" + raw).split(b"\r\n--" + boundary)[1:]:
        if part.startswith(b"--"):
            return None
        head, gap, content = part.partition(b"\r\n\r\n")
        if gap and b"content-disposition" in head.lower() and content:
            return content
    return None
