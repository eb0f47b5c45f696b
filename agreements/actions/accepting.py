"""Accepting several proposals of the other side in one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import Finding, Refused, refuse_if_any
from cmo.trail.actor import Actor

from .. import rules
from ..models import ChangeAnswer, ProposedChange
from ..rules.negotiation import blockers_to_accept_several
from .answering import accept_one
from .rounds import lock_for_negotiating

_NAMED = {"clause": "heading", "duty": "duty", "obligation": "what"}


@transaction.atomic
def accept_changes(*, changes: Sequence[ProposedChange], by: Actor, at: datetime) -> list[ChangeAnswer]:
    """Accept these proposals of one agreement, each by an answer and an entry of its own on the trail: all of them, or none.

    The draft is locked, and turn and right are judged, once for all of them.

    :raises Refused: with every reason against any of them, naming the place. :raises PermissionDenied:
    """
    if not changes:
        return []
    agreement = changes[0].agreement
    draft, side, standing = lock_for_negotiating(agreement, by, at)
    refuse_if_any([*blockers_to_accept_several(len(changes)), *rules.blockers_to_act(standing, side, day_of(at))])
    done: list[ChangeAnswer] = []
    found: list[Finding] = []
    for change in changes:
        if change.agreement_id != agreement.pk:
            raise ValueError("proposals of several agreements")
        change.agreement = agreement
        try:
            done.append(accept_one(draft, change, side, by=by, at=at))
        except Refused as refusal:
            found += [_at_its_place(one, change) for one in refusal.findings]
    refuse_if_any(found)
    return done


def _at_its_place(reason: Finding, change: ProposedChange) -> Finding:
    said = {**change.before, **change.after}
    column = _NAMED.get(change.kind, "")
    zh, en = (str(said.get(f"{column}_{language}", "")).strip() for language in ("zh", "en"))
    if not (zh or en):
        zh, en = "期限与覆盖范围", "term and coverage"
    facts = {**reason.facts, "change": change.pk}
    return replace(reason, zh=f"“{zh or en}”：{reason.zh}", en=f"“{en or zh}”: {reason.en}", facts=facts)
