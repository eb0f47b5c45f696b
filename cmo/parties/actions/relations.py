"""Pairs, accepted licences and dated grants."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from cmo.clock import day_of
from cmo.errors import Finding, Refused, refuse_if_any
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import rules
from ..access import Can, project_grant, still_allowed, still_allowed_for, withdraw_projection
from ..facts import licence_facts, proposals_to
from ..facts_invitations import still_reads
from ..models import (
    Grant,
    GrantRevocation,
    LicenceAcceptance,
    LicenceVersion,
    Organisation,
    OrganisationVersion,
    Pair,
    PairEnd,
    PairProposal,
    Post,
    ProposalAnswer,
    Side,
    User,
)
from ..sign_in import end_sessions


@transaction.atomic
def propose_pair(*, organisation: Organisation, content: dict[str, Any], by: Actor, at: datetime) -> PairProposal:
    """Propose a pair to the holder of a credit code; the answer never tells whether that code is known here.

    ``content``: proposer_side, counterpart_uscc, counterpart_name, message.

    :raises Refused: for a wrong code or the own one. :raises PermissionDenied: without quality's post on that side.
    """
    still_allowed_for(by, Can.PROPOSE_PAIR, organisation, day_of(at), side=content["proposer_side"])
    own = OrganisationVersion.objects.current().get(organisation=organisation)
    refuse_if_any(rules.blockers_to_propose_pair(own.uscc, content["counterpart_uscc"]))
    proposal = PairProposal(proposer=organisation, proposed_at=at, **content)
    proposal.proposed_by_id, proposal.proposed_by_name = by.user_id or 0, by.name
    proposal.full_clean()
    proposal.save(force_insert=True)
    stream = f"organisation:{organisation.pk}"
    record("pair.proposed", by=by, at=at, subject=proposal, stream=stream, reason=proposal.message)
    return proposal


@transaction.atomic
def accept_proposal(*, proposal: PairProposal, organisation: Organisation, by: Actor, at: datetime) -> Pair:
    """Accept a proposal addressed to the own organisation; the pair comes into being.

    :raises Refused: answered already, or the pair exists. :raises PermissionDenied:
    """
    _permit_answer(proposal, organisation, by, at)
    ours_is_registrant = proposal.proposer_side == Side.CONTRACTOR
    registrant, contractor = (
        (organisation, proposal.proposer) if ours_is_registrant else (proposal.proposer, organisation)
    )
    pair = _insert_pair(registrant, contractor, at)
    _insert_answer(proposal, True, pair, by, at, "")
    record("pair.accepted", by=by, at=at, subject=pair, stream=pair.stream, data={"proposal": proposal.pk})
    return pair


@transaction.atomic
def decline_proposal(
    *, proposal: PairProposal, organisation: Organisation, reason: str, by: Actor, at: datetime
) -> ProposalAnswer:
    """Decline a proposal with a reason. :raises Refused: answered already. :raises PermissionDenied:"""
    _permit_answer(proposal, organisation, by, at)
    answer = _insert_answer(proposal, False, None, by, at, reason)
    stream = f"organisation:{organisation.pk}"
    record("pair.declined", by=by, at=at, subject=proposal, stream=stream, reason=reason)
    return answer


def _permit_answer(proposal: PairProposal, organisation: Organisation, by: Actor, at: datetime) -> None:
    side = Side.CONTRACTOR if proposal.proposer_side == Side.REGISTRANT else Side.REGISTRANT
    still_allowed_for(by, Can.ANSWER_PROPOSAL, organisation, day_of(at), side=side)
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if not proposals_to([organisation.pk]).filter(pk=proposal.pk).exists():
        raise Refused([_ANSWERED])


def _insert_answer(
    proposal: PairProposal, accepted: bool, pair: Pair | None, by: Actor, at: datetime, reason: str
) -> ProposalAnswer:
    answer = ProposalAnswer(
        proposal=proposal,
        accepted=accepted,
        pair=pair,
        answered_by_id=by.user_id or 0,
        answered_by_name=by.name,
        answered_at=at,
        reason=reason,
    )
    answer.save(force_insert=True)
    return answer


def _insert_pair(registrant: Organisation, contractor: Organisation, at: datetime) -> Pair:
    pair = Pair(number=_pair_number(at), registrant=registrant, contractor=contractor, created_at=at)
    try:
        with transaction.atomic():
            pair.save(force_insert=True)
    except IntegrityError as error:
        raise Refused([_PAIR_EXISTS]) from error
    return pair


def _pair_number(at: datetime) -> str:
    # Random, so that nobody counts other people's pairs.
    return f"WT{day_of(at).year}-{secrets.randbelow(10**8):08d}"


@transaction.atomic
def end_pair(*, pair: Pair, ended_on: date, reason: str, by: Actor, at: datetime) -> PairEnd:
    """End the relationship; records stay readable.

    :raises Refused: ended already, or on a day outside its life. :raises PermissionDenied:
    """
    still_allowed(by, Can.END_PAIR, pair, day_of(at))
    Pair.objects.select_for_update(no_key=True).get(pk=pair.pk)
    ended = PairEnd.objects.filter(pair=pair).exists()
    refuse_if_any(rules.blockers_to_end_pair(ended, ended_on, day_of(pair.created_at), day_of(at)))
    end = PairEnd(
        pair=pair,
        ended_on=ended_on,
        reason=reason,
        recorded_by_id=by.user_id or 0,
        recorded_by_name=by.name,
        recorded_at=at,
    )
    end.clean_fields()
    end.save(force_insert=True)
    data = {"ended_on": ended_on.isoformat()}
    record("pair.ended", by=by, at=at, subject=pair, stream=pair.stream, reason=reason, data=data)
    return end


@transaction.atomic
def accept_licence(*, pair: Pair, version: LicenceVersion, by: Actor, at: datetime) -> LicenceAcceptance:
    """The registrant accepts one confirmed version of the contractor's licence for this pair.

    :raises Refused: not the contractor's, not confirmed, not in force, accepted already. :raises PermissionDenied:
    """
    still_allowed(by, Can.ACCEPT_LICENCE, pair, day_of(at))
    Pair.objects.select_for_update(no_key=True).get(pk=pair.pk)
    refuse_if_any(rules.blockers_to_accept_licence(licence_facts(pair, version)))
    acceptance = LicenceAcceptance(
        pair=pair, version=version, accepted_by_id=by.user_id or 0, accepted_by_name=by.name, accepted_at=at
    )
    acceptance.save(force_insert=True)
    data = {"version": version.pk, "content_hash": version.content_hash}
    record("pair.licence_accepted", by=by, at=at, subject=pair, stream=pair.stream, data=data, label=str(version))
    return acceptance


@transaction.atomic
def grant(*, pair: Pair, user: User, content: dict[str, Any], by: Actor, at: datetime) -> Grant:
    """Open one pair to a named person for a time, or limit a colleague to it.

    ``content``: permission, starts_on, ends_on, reason.

    :raises Refused: with every reason. :raises PermissionDenied:
    """
    still_allowed(by, Can.GRANT, pair, day_of(at))
    Pair.objects.select_for_update(no_key=True).get(pk=pair.pk)
    parties = {pair.registrant_id, pair.contractor_id}
    is_party = Post.objects.effective(day_of(at)).filter(user=user, organisation_id__in=parties).exists()
    refuse_if_any(
        rules.blockers_to_grant(content["starts_on"], content["ends_on"], day_of(at), is_party, content["permission"])
    )
    row = Grant(pair=pair, user=user, granted_at=at, **content)
    row.granted_by_id, row.granted_by_name = by.user_id or 0, by.name
    row.full_clean(exclude=["invitation"])  # most grants are given without one
    row.save(force_insert=True)
    project_grant(row)
    data = {
        "grant": row.pk,
        "user": user.pk,
        "permission": row.permission,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat(),
    }
    stream, label = pair.stream, str(user)
    record("grant.given", by=by, at=at, subject=row, stream=stream, reason=row.reason, data=data, label=label)
    return row


@transaction.atomic
def revoke_grant(*, grant: Grant, reason: str, by: Actor, at: datetime) -> GrantRevocation:
    """Take a grant back at once; the sessions of somebody to whom nothing is open any more end with it.

    :raises Refused: revoked already. :raises PermissionDenied:
    """
    still_allowed(by, Can.GRANT, grant.pair, day_of(at))
    Pair.objects.select_for_update(no_key=True).get(pk=grant.pair_id)
    if GrantRevocation.objects.filter(grant=grant).exists():
        raise Refused([_REVOKED])
    row = GrantRevocation(
        grant=grant, reason=reason, revoked_by_id=by.user_id or 0, revoked_by_name=by.name, revoked_at=at
    )
    row.clean_fields()
    row.save(force_insert=True)
    others = Grant.objects.filter(pair_id=grant.pair_id, user_id=grant.user_id, permission=grant.permission)
    # One that begins later keeps the permission too: its own day, not this revocation, decides when it counts.
    if not others.filter(revocation__isnull=True, ends_on__gte=day_of(at)).exists():
        withdraw_projection(grant)
    ended = 0 if still_reads(grant.user, day_of(at)) else end_sessions(grant.user)
    data = {"grant": grant.pk, "permission": grant.permission, "sessions_ended": ended}
    stream, label = grant.pair.stream, str(grant.user)
    record("grant.revoked", by=by, at=at, subject=grant, stream=stream, reason=reason, data=data, label=label)
    return row


_ANSWERED = Finding(
    "proposal_not_open",
    "blocks",
    "policy",
    "该提议不存在或已经答复。",
    "There is no such open proposal; it may have been answered already.",
)
_PAIR_EXISTS = Finding(
    "pair_exists", "blocks", "policy", "双方之间的委托关系已存在。", "A pair between these two parties exists already."
)
_REVOKED = Finding("grant_revoked", "blocks", "policy", "该授权已经撤销。", "This grant has been revoked already.")
