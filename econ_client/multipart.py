"""A file as the one part of a form: how e-conomic takes attachments. The same file gives the same bytes."""

from __future__ import annotations

import hashlib

from econ_client import advice
from econ_client.errors import Problem, Unsendable

LARGEST_FILE = 9_000_000
"""e-conomic documents "9.0 MB" and not which; the smaller reading."""

PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"\x89PNG\r\n": "image/png"}
PDF = {b"%PDF-": "application/pdf"}


def form(name: str, content: bytes, kinds: dict[bytes, str]) -> bytes:
    """The body of the upload.

    Args:
        name: the file's name as people see it.
        content: the file.
        kinds: what is taken, by the first bytes.

    Raises:
        Unsendable: too large, empty, or of another kind.
    """
    kind = next((kind for start, kind in kinds.items() if content.startswith(start)), "")
    wrong = ""
    if len(content) > LARGEST_FILE:
        wrong = f"has {len(content):,} bytes, e-conomic takes at most {LARGEST_FILE:,}"
    elif not kind:
        wrong = f"is not one of {', '.join(sorted(kinds.values()))}"
    if wrong:
        raise Unsendable((Problem("file", "E04300", wrong),), advice=advice.FILE)
    boundary = hashlib.sha256(content).hexdigest()[:40]
    shown = "".join("_" if character in '"\\' or not character.isprintable() else character for character in name)
    start = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{shown or "file"}"\r\n'
        f"Content-Type: {kind}\r\n\r\n"
    )
    return start.encode("utf-8", "replace") + content + f"\r\n--{boundary}--\r\n".encode()


def content_type(body: bytes) -> str:
    """The header that belongs to a body of `form`."""
    boundary = body[2 : body.find(b"\r\n")].decode("ascii", "replace")
    return f"multipart/form-data; boundary={boundary}"
