"""The digital signature of a dossier's PDF (PAdES B-B): an update on top of the finished file, which stays its beginning.

The key lies outside the database, in a PKCS#12 file that ``DOSSIER_SIGNING_KEY`` names, its passphrase in
``DOSSIER_SIGNING_PASSPHRASE``. Without a key the PDF is not signed. A certificate made by ``make_signing_key`` says in its
own name that nobody vouches for it: it seals the file, as the system's seal, and is no electronic signature by a licensed
provider (电子签名法).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

FIELD = "Seal"
#: What a self-made certificate calls itself; a common name has 64 bytes at most.
SELF_MADE = "演示用自签名证书 Self-signed, demonstration only"
YEARS = 3


class SigningKeyError(Exception):
    """The key that is configured cannot be used."""


def signs() -> bool:
    """Whether a key is configured."""
    return bool(settings.DOSSIER_SIGNING_KEY)


def signed(pdf: bytes, reason: str) -> bytes:
    """The PDF with a signature on top; its first ``len(pdf)`` bytes are the PDF as it was.

    :raises SigningKeyError: the key is missing or its passphrase wrong.
    """
    about = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", reason=reason, subfilter=fields.SigSeedSubFilter.PADES
    )
    signer, target = _signer(), BytesIO()
    signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), about, signer=signer, output=target)
    return target.getvalue()


def _signer() -> signers.SimpleSigner:
    path, passphrase = settings.DOSSIER_SIGNING_KEY, settings.DOSSIER_SIGNING_PASSPHRASE.encode()
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(Path(path).read_bytes(), passphrase or None)
    except (OSError, ValueError) as error:
        raise SigningKeyError(f"{path}: {error}") from error
    if key is None or certificate is None:
        raise SigningKeyError(f"{path}: holds no key with a certificate")
    found = signers.SimpleSigner.load_pkcs12(path, passphrase=passphrase or None)
    if found is None:
        raise SigningKeyError(f"{path}: its {type(key).__name__} with {len(others)} further certificates cannot sign")
    return found


def self_made_key(passphrase: str, at: datetime) -> bytes:
    """A new key with a certificate of its own, as PKCS#12, valid from now for some years."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SELF_MADE)])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(minutes=5))
        .not_valid_after(at + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(
        b"dossier", key, certificate, None, BestAvailableEncryption(passphrase.encode())
    )
