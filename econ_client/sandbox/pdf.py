"""Documents as PDF: one small, valid page that names the document, its lines and its totals."""

from __future__ import annotations

from econ_client.sandbox.answers import Reply
from econ_client.sandbox.wire import Doc

MEDIA = "application/pdf"
_LINES = 55


def document(title: str, doc: Doc) -> Reply:
    """`doc` (a stored draft or booked invoice, or an order) as application/pdf."""
    recipient = doc["recipient"]
    texts = [title, doc["date"], recipient["name"]]
    texts += [recipient[name] for name in ("address", "zip", "city", "country") if name in recipient]
    for line in doc["lines"]:
        amount = f"{line['quantity']} x {line['unitNetPrice']} = {line['totalNetAmount']}" if "product" in line else ""
        texts.append(f"{line.get('description', '')}  {amount}".replace("\n", " ").strip())
    currency = doc["currency"]
    texts += [f"{name} {doc[name]} {currency}" for name in ("netAmount", "vatAmount", "grossAmount")]
    return Reply(200, raw=page(texts), media=MEDIA)


def page(texts: list[str]) -> bytes:
    """One A4 page of text, as a PDF 1.4 file."""
    shown = b"".join(b"(%s) Tj T*\n" % _escaped(text) for text in texts[:_LINES])
    content = b"BT /F1 10 Tf 14 TL 50 800 Td\n" + shown + b"ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    parts = [b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"]
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(sum(map(len, parts)))
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    table = sum(map(len, parts))
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    parts += [b"%010d 00000 n \n" % offset for offset in offsets]
    parts.append(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table))
    return b"".join(parts)


def _escaped(text: str) -> bytes:
    raw = text[:110].encode("cp1252", "replace")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)").replace(b"\r", b" ")
