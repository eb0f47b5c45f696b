"""The signature of a dossier's PDF: on top of the finished file, from a key outside the database, honest about itself."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.core.management import CommandError, call_command
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from cmo.dossier import formats
from cmo.dossier.pdf import render_pdf
from cmo.dossier.signing_pdf import SigningKeyError, signed
from tests.dossier import packing

PASSPHRASE = "Sauber-und-still-7"


@pytest.fixture
def key(settings: Any, tmp_path: Path) -> Path:
    """A self-made key, as the command makes it, configured."""
    path = tmp_path / "dossier.p12"
    settings.DOSSIER_SIGNING_PASSPHRASE = PASSPHRASE
    call_command("make_signing_key", "--out", str(path), stdout=io.StringIO())
    settings.DOSSIER_SIGNING_KEY = str(path)
    return path


def verdict_on(pdf: bytes, key: Path) -> Any:
    certificate = pkcs12.load_key_and_certificates(key.read_bytes(), PASSPHRASE.encode())[1]
    from asn1crypto.x509 import Certificate
    from cryptography.hazmat.primitives.serialization import Encoding

    trusted = Certificate.load(certificate.public_bytes(Encoding.DER))
    found = PdfFileReader(BytesIO(pdf)).embedded_signatures
    assert len(found) == 1
    return validate_pdf_signature(found[0], ValidationContext(trust_roots=[trusted]))


def test_the_signature_is_an_update_on_top_and_covers_the_whole_file(key):
    plain = render_pdf(packing.sample(), "both")
    made = signed(plain, "P2026-000007")
    assert made.startswith(plain)
    status = verdict_on(made, key)
    assert status.intact
    assert status.valid
    assert status.coverage.name == "ENTIRE_FILE"
    assert b"/ETSI.CAdES.detached" in made


def test_a_flipped_byte_below_the_signature_breaks_it(key):
    plain = render_pdf(packing.sample(), "zh")
    spoilt = bytearray(signed(plain, "x"))
    at = plain.rindex(b"endobj") - 30
    spoilt[at] ^= 1
    assert not verdict_on(bytes(spoilt), key).intact


def test_two_signed_exports_agree_in_everything_before_the_signature(key, tmp_path):
    first, second = (formats.documents_of(packing.sample(), "both") for _ in range(2))
    assert first[0].data[: first[0].unsigned] == second[0].data[: second[0].unsigned]
    assert first[1] == second[1]
    (tmp_path / "dossier.zip").write_bytes(packing.packed(documents=first))
    said = packing.checked(tmp_path / "dossier.zip", "--lang", "en")
    assert said.returncode == 0
    assert "does not check the digital signature" in said.stdout


def test_without_a_key_the_pdf_is_not_signed_and_the_verdict_says_so(settings, tmp_path):
    settings.DOSSIER_SIGNING_KEY = ""
    documents = formats.documents_of(packing.sample(), "both")
    assert documents[0].unsigned is None
    (tmp_path / "dossier.zip").write_bytes(packing.packed(documents=documents))
    assert "PDF 未加数字签名。" in packing.checked(tmp_path / "dossier.zip").stdout


def test_a_self_made_certificate_says_so_in_its_name_and_only_its_owner_reads_it(key):
    certificate = pkcs12.load_key_and_certificates(key.read_bytes(), PASSPHRASE.encode())[1]
    name = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    assert "自签名" in name
    assert "Self-signed" in name
    assert certificate.not_valid_after_utc > datetime.now(UTC)
    assert key.stat().st_mode & 0o777 == 0o600


def test_a_key_is_never_replaced_and_never_written_without_a_passphrase(key, settings, tmp_path):
    before = key.read_bytes()
    with pytest.raises(CommandError, match="cannot write"):
        call_command("make_signing_key", "--out", str(key))
    assert key.read_bytes() == before
    settings.DOSSIER_SIGNING_PASSPHRASE = ""
    with pytest.raises(CommandError, match="DOSSIER_SIGNING_PASSPHRASE"):
        call_command("make_signing_key", "--out", str(tmp_path / "other.p12"))
    assert not (tmp_path / "other.p12").exists()


def test_a_key_that_cannot_be_used_is_named(key, settings):
    settings.DOSSIER_SIGNING_PASSPHRASE = "wrong"
    with pytest.raises(SigningKeyError, match=key.name):
        signed(b"%PDF-1.7", "x")
    settings.DOSSIER_SIGNING_KEY = str(key.parent / "none.p12")
    with pytest.raises(SigningKeyError):
        signed(b"%PDF-1.7", "x")
