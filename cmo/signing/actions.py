"""Signing and accepting electronic signatures: the only writers of this app's tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import IntegrityError, models, transaction

from cmo.errors import Finding, Refused
from cmo.trail.actions import record, subject_key
from cmo.trail.actor import Actor
from cmo.trail.canonical import canonical, sha256

from .factors import factors_of
from .models import Acceptance, Meaning, Method, Signature
from .statement import VERSION


class Signable(Protocol):
    """A saved row that can be signed: its canonical record carries regulated text in both languages."""

    pk: Any

    def canonical_record(self) -> dict[str, Any]: ...


def record_hash(signable: Signable) -> str:
    """SHA-256 of the canonical record as it stands now; this is what a signature is bound to."""
    return sha256(canonical(signable.canonical_record()))


@dataclass(frozen=True, slots=True)
class Proof:
    """That the signer proved who they are for this one signature: ``method`` and the hash the page showed."""

    method: str
    seen_hash: str = ""


@transaction.atomic
def sign(
    signable: Any, *, meaning: Meaning | str, proof: Proof, by: Actor, at: datetime, stream: str, reason: str = ""
) -> Signature:
    """Sign the record as it stands; the caller has locked it and judged that this person may.

    :raises Refused: ``record_changed`` when the page showed another content, ``statement_not_accepted``,
        ``second_factor_missing``: the password alone, by whom a second factor is set up; ``already_signed``.
    """
    digest = record_hash(signable)
    signer_id = _refuse_unless_signable(digest, proof, by)
    row = Signature(
        record_key=subject_key(signable),
        record_hash=digest,
        record_label=str(signable)[:300],
        meaning=meaning,
        signer_id=signer_id,
        signer_name=by.name,
        post=by.post,
        side=by.side,
        organisation_id=by.organisation_id,
        organisation=by.organisation,
        method=proof.method,
        statement_version=VERSION,
        signed_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Refused([_ALREADY_SIGNED]) from error
    data = {"signature": row.pk, "meaning": str(meaning), "record_hash": digest, "method": proof.method}
    record("signature.given", by=by, at=at, subject=signable, stream=stream, reason=reason, data=data)
    return row


def _refuse_unless_signable(digest: str, proof: Proof, by: Actor) -> int:
    """The signer's id when nothing stands against signing."""
    if by.user_id is None:
        raise ValueError("only a person signs")
    if proof.seen_hash and proof.seen_hash != digest:
        raise Refused([_RECORD_CHANGED])
    if proof.method == Method.PASSWORD and factors_of(by.user_id).exists():
        raise Refused([_SECOND_FACTOR_MISSING])
    if not has_accepted(by.user_id):
        raise Refused([_NOT_ACCEPTED])
    return by.user_id


def has_accepted(user_id: int) -> bool:
    """Whether this person has accepted the current statement on electronic signatures."""
    return Acceptance.objects.filter(user_id=user_id, statement_version=VERSION).exists()


@transaction.atomic
def accept_electronic_signatures(*, by: Actor, at: datetime) -> Acceptance:
    """Put on record that this person accepts the current statement (E16); accepting twice changes nothing."""
    if by.user_id is None:
        raise ValueError("only a person accepts")
    found, created = Acceptance.objects.get_or_create(
        user_id=by.user_id, statement_version=VERSION, defaults={"user_name": by.name, "accepted_at": at}
    )
    if created:
        record(
            "signature.accepted_electronically",
            by=by,
            at=at,
            subject=found,
            stream=f"user:{by.user_id}",
            data={"statement": VERSION},
        )
    return found


def record_signing_failure(
    *, by: Actor, at: datetime, subject: models.Model | str, stream: str, reason: str, method: Method | str
) -> str:
    """Record, in a transaction of its own, that re-authentication for a signature failed. Called outside transactions:
    a rollback around it would take the record away."""
    with transaction.atomic():
        return record(
            "signature.failed",
            by=by,
            at=at,
            subject=subject,
            stream=stream,
            reason=reason,
            data={"method": str(method)},
        )


_RECORD_CHANGED = Finding(
    code="record_changed",
    severity="blocks",
    basis="law",
    zh="您看到的内容已被他人更改，本次签署未生效。请重新打开页面，核对后再签。",
    en="The content changed after the page was shown to you; nothing was signed. Open the page again and check it.",
    citation="ESL-13",
)
_SECOND_FACTOR_MISSING = Finding(
    code="second_factor_missing",
    severity="blocks",
    basis="law",
    zh="您已设置第二验证方式，仅凭密码不能签署，本次签署未生效。请在页面上用动态验证码或者通行密钥签署。",
    en="A second factor is set up for your account, so the password alone signs nothing. Sign on the page with it.",
    citation="ESL-13",
)
_NOT_ACCEPTED = Finding(
    code="statement_not_accepted",
    severity="blocks",
    basis="law",
    zh="您尚未确认电子签名声明。请先勾选确认，再签署。",
    en="You have not accepted the statement on electronic signatures yet. Accept it, then sign.",
    citation="ESL-3",
)
_ALREADY_SIGNED = Finding(
    code="already_signed",
    severity="blocks",
    basis="law",
    zh="您已签署过此记录，无需再次签署。",
    en="You have signed this record already; there is nothing more to sign.",
    citation="ESL-13",
)
