"""Signing a revision: the one signature of a side, under its signatory's written authorisation."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from cmo.clock import day_of
from cmo.errors import Refused, refuse_if_any
from cmo.parties.access import Can
from cmo.parties.models import Pair
from cmo.signing.actions import Proof, sign
from cmo.signing.models import Meaning, Signature
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import rules
from ..facts import load_authorisation, load_revision_facts
from ..models import AgreementRevision, RevisionSignature
from ..wording import finding
from .revision import lock_revision, revision_data


@transaction.atomic
def sign_agreement(*, revision: AgreementRevision, proof: Proof, by: Actor, at: datetime) -> Signature:
    """Sign a revision for the actor's side: in turn, once per side, two different people, authorised in writing.

    With the second signature it is concluded; the signatory's authorisation is frozen on the trail.

    :raises Refused: with every reason, also when the text is not what the page showed. :raises PermissionDenied:
    """
    pair, row = lock_revision(revision, Can.SIGN_AGREEMENT, by, at)
    authorisation = load_authorisation(by, day_of(at))
    facts = load_revision_facts(row)
    refuse_if_any(rules.blockers_to_sign(facts, by.side, by.user_id, day_of(at), authorisation))
    signature = sign_for_side(row, Meaning.AGREES, proof, pair, by=by, at=at)
    data = revision_data(row) | {
        "side": by.side,
        "signature": signature.pk,
        "concluded": _concluded(row),
        "authorisation": authorisation.as_data() if authorisation else None,
    }
    record("agreement.signed", by=by, at=at, subject=row, stream=pair.stream, data=data)
    return signature


def sign_for_side(
    row: AgreementRevision, meaning: Meaning, proof: Proof, pair: Pair, *, by: Actor, at: datetime
) -> Signature:
    """The signature and the row that makes it its side's only one.

    :raises Refused: when the side has signed meanwhile.
    """
    signature = sign(row, meaning=meaning, proof=proof, by=by, at=at, stream=pair.stream)
    try:
        with transaction.atomic():
            RevisionSignature(revision=row, side=by.side, signature=signature).save(force_insert=True)
    except IntegrityError as error:
        raise Refused([finding("side_signed_already")]) from error
    return signature


def _concluded(row: AgreementRevision) -> bool:
    return RevisionSignature.objects.filter(revision=row).count() == 2
