"""What a file is by its first bytes, so that whoever sent the wrong one is told what they sent."""

from __future__ import annotations

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def kind_of(content: bytes) -> str:
    """``zip``, or the code of what stands there instead: locked, old_doc, pdf, rtf, html, flat_xml, unknown."""
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if content.startswith(_OLE):
        return "locked" if "EncryptedPackage".encode("utf-16-le") in content else "old_doc"
    head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"%pdf-" in content[:1024].lower():
        return "pdf"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if b"<w:worddocument" in head or b"<pkg:package" in head:
        return "flat_xml"
    if head.startswith((b"<!doctype html", b"<html", b"mime-version:")) or b"<html" in head:
        return "html"
    return "unknown"
