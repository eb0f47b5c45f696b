"""Remarks on a draft: on a place of it, or on one proposed change; both sides read them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.parties.tenancy import tenant
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import rules
from ..facts.columns import MODELS, TERMS
from ..facts.rounds import load_standing
from ..models import Agreement, DraftRemark, ProposedChange, ReturnedFile
from .recording import recorded
from .rounds import side_of


@transaction.atomic
def remark(
    *,
    agreement: Agreement,
    kind: str = "",
    row_key: str = "",
    text: str,
    by: Actor,
    at: datetime,
    about: ProposedChange | None = None,
    file: ReturnedFile | None = None,
    word_author: str = "",
    word_at: str = "",
) -> DraftRemark:
    """Say something about a clause, a row, the terms, or (``about``) a proposed change; at any time, by either side.

    :raises Refused: empty, about nothing, or the pair has ended. :raises PermissionDenied:
    """
    still_allowed(by, Can.NEGOTIATE, agreement.pair, day_of(at))
    if about is not None:
        kind, row_key = about.kind, about.row_key
    known = _known(agreement, kind, row_key) and (about is None or about.agreement_id == agreement.pk)
    refuse_if_any(rules.blockers_to_remark(load_standing(agreement), text, known=known))
    row = DraftRemark(
        agreement=agreement,
        kind=kind,
        row_key=row_key,
        about=about,
        side=side_of(agreement.pair, by),
        text=text.strip(),
        file=file,
        word_author=word_author,
        word_at=word_at,
        **tenant(agreement.pair),
        **recorded(by, at),
    )
    row.full_clean(exclude=["agreement", "pair", "registrant", "contractor", "about", "file"])
    row.save(force_insert=True)
    data = {"remark": row.pk, "kind": kind, "row": row_key, "change": about.pk if about else None, "text": row.text}
    data |= {"word_author": word_author, "word_at": word_at}
    record("negotiation.remarked", by=by, at=at, subject=agreement, stream=agreement.pair.stream, data=data)
    return row


def _known(agreement: Agreement, kind: str, row_key: str) -> bool:
    """A place that the draft has, or that somebody proposed to add or to remove."""
    if kind == TERMS:
        return row_key == ""
    if kind not in MODELS or not row_key:
        return False
    held = MODELS[kind]._default_manager.filter(draft__agreement=agreement, key=row_key)
    proposed = ProposedChange.objects.filter(agreement=agreement, kind=kind, row_key=row_key)
    return held.exists() or proposed.exists()
