"""Expectations for the addresses of the parties app."""

from __future__ import annotations

from cmo.parties import actions
from tests import make

from . import (
    ADMINISTERS,
    ANYBODY,
    DOES_AT_HOME,
    DOES_FOR_OWN,
    DOES_IN_PAIR,
    PUBLIC,
    SEES_OWN,
    SEES_PAIR,
    Page,
    World,
    row,
)

_CONTRACTOR = ("contractor", "quality_manager")
_CONTRACTOR_VIEWER = ("contractor", "viewer")


def build(world: World) -> None:
    """A licence in force and one proposed, an open post, a proposal of a pair, a grant, somebody else's account."""
    firm = world.contractor
    place = make.site(firm)
    licence = make.licence(firm, sites=[place])
    world.things |= {
        "site": place,
        "licence": licence,
        "open_version": make.new_licence_version(licence, firm, confirmed=False, qms_inspected_on=make.TODAY),
        "post": make.open_post(firm, "viewer"),
        "grant": make.grant(world.relation),
        "proposal": make.proposal(make.organisation(posts=()), world.contractor),
        "colleague": make.person(),
    }
    waiting, token = make.invitation(world.relation)
    accepted, address = make.invitation(world.relation)
    actions.accept_invitation(token=address, username="invited", password=make.PASSWORD, at=make.AT)
    world.things |= {"invitation": waiting, "invitation token": token, "accepted invitation": accepted}


def _organisation(world: World) -> dict[str, int]:
    return {"pk": world.registrant.pk}


def _contractor(world: World) -> dict[str, int]:
    return {"pk": world.contractor.pk}


def _pair(world: World) -> dict[str, int]:
    return {"pk": world.pair.pk}


def _thing(name: str):
    return lambda world: {"pk": world.things[name].pk}


def _licence(world: World) -> dict[str, int]:
    return {"pk": world.things["licence"].licence_id}


def _version(world: World) -> dict[str, object]:
    return {"kind": "licence", "pk": world.things["open_version"].pk}


#: POST that acts at once: whoever may is redirected.
_ACTS_FOR_OWN = {**DOES_FOR_OWN, "right": 302}
_ACTS_IN_PAIR = {**DOES_IN_PAIR, "right": 302}
#: On the contractor's own records, asked for by its people and by others.
_OWN_CONTRACTOR = {"right": _CONTRACTOR, "wrong": _CONTRACTOR_VIEWER}

PAGES = {
    "parties:organisation_home": Page(
        get=row(right=302, wrong=302, foreign=302, granted=200, expired=200, administrator=302)
    ),
    "parties:organisation": Page(get=SEES_OWN, kwargs=_organisation),
    "parties:propose_organisation": Page(get=DOES_FOR_OWN, post=DOES_FOR_OWN, kwargs=_organisation),
    "parties:organisation_sites": Page(get=SEES_OWN, kwargs=_contractor, **_OWN_CONTRACTOR),
    "parties:open_site": Page(get=DOES_FOR_OWN, post=DOES_FOR_OWN, kwargs=_organisation),
    "parties:propose_site": Page(get=DOES_FOR_OWN, post=DOES_FOR_OWN, kwargs=_thing("site"), **_OWN_CONTRACTOR),
    "parties:organisation_licences": Page(get=SEES_OWN, kwargs=_contractor, **_OWN_CONTRACTOR),
    "parties:open_licence": Page(get=DOES_FOR_OWN, post=DOES_FOR_OWN, kwargs=_contractor, **_OWN_CONTRACTOR),
    "parties:licence": Page(get=SEES_OWN, kwargs=_licence, **_OWN_CONTRACTOR),
    "parties:propose_licence": Page(get=DOES_FOR_OWN, post=DOES_FOR_OWN, kwargs=_licence, **_OWN_CONTRACTOR),
    "parties:organisation_people": Page(get=SEES_OWN, kwargs=_organisation),
    "parties:propose_post": Page(get=DOES_FOR_OWN, post=DOES_FOR_OWN, kwargs=_organisation),
    "parties:confirm_post": Page(post=_ACTS_FOR_OWN, kwargs=_thing("post"), **_OWN_CONTRACTOR),
    "parties:turn_down_post": Page(get=DOES_FOR_OWN, post=DOES_FOR_OWN, kwargs=_thing("post"), **_OWN_CONTRACTOR),
    "parties:end_post": Page(get=DOES_FOR_OWN, post=DOES_FOR_OWN, kwargs=_thing("post"), **_OWN_CONTRACTOR),
    "parties:organisation_trail": Page(get=SEES_OWN, kwargs=_organisation),
    "parties:confirm_version": Page(get=DOES_FOR_OWN, post=DOES_FOR_OWN, kwargs=_version, **_OWN_CONTRACTOR),
    "parties:turn_down_version": Page(get=DOES_FOR_OWN, post=DOES_FOR_OWN, kwargs=_version, **_OWN_CONTRACTOR),
    "parties:organisations": Page(get=ADMINISTERS),
    "parties:found_organisation": Page(get=ADMINISTERS, post=ADMINISTERS),
    "parties:founding": Page(get=ADMINISTERS, kwargs=_organisation),
    "parties:appoint_founder": Page(get=ADMINISTERS, post=ADMINISTERS, kwargs=_organisation),
    "parties:accounts": Page(get=ADMINISTERS),
    "parties:create_account": Page(get=ADMINISTERS, post=ADMINISTERS),
    "parties:account_of": Page(get=ADMINISTERS, kwargs=_thing("colleague")),
    "parties:change_email": Page(get=ADMINISTERS, post=ADMINISTERS, kwargs=_thing("colleague")),
    "parties:dismiss_account": Page(get=ADMINISTERS, post=ADMINISTERS, kwargs=_thing("colleague")),
    "parties:reinstate_account": Page(get=ADMINISTERS, post=ADMINISTERS, kwargs=_thing("colleague")),
    "parties:join_requests": Page(get=ADMINISTERS),
    "parties:join": Page(get=PUBLIC, post=PUBLIC),
    "parties:join_received": Page(get=PUBLIC, post=dict.fromkeys(PUBLIC, 405)),
    "parties:pairs": Page(get=ANYBODY),
    "parties:propose_pair": Page(get=DOES_AT_HOME, post=DOES_AT_HOME),
    "parties:accept_proposal": Page(post={**_ACTS_FOR_OWN, "wrong": 403}, kwargs=_thing("proposal"), **_OWN_CONTRACTOR),
    "parties:decline_proposal": Page(get=DOES_FOR_OWN, post=DOES_FOR_OWN, kwargs=_thing("proposal"), **_OWN_CONTRACTOR),
    "parties:pair": Page(get=SEES_PAIR, kwargs=_pair),
    "parties:end_pair": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_pair),
    "parties:pair_licences": Page(get=SEES_PAIR, kwargs=_pair),
    "parties:accept_licence": Page(
        post=_ACTS_IN_PAIR,
        kwargs=lambda w: {"pk": w.pair.pk, "version": w.things["licence"].pk},
        wrong=_CONTRACTOR,
    ),
    "parties:pair_grants": Page(get=SEES_PAIR, kwargs=_pair),
    "parties:give_grant": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_pair),
    "parties:revoke_grant": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("grant")),
    "parties:grant_log": Page(get=DOES_IN_PAIR, kwargs=_thing("grant")),
    "parties:invite": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_pair),
    "parties:withdraw_invitation": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("invitation")),
    "parties:end_invitation": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_thing("accepted invitation")),
    "parties:invitation_log": Page(get=DOES_IN_PAIR, kwargs=_thing("accepted invitation")),
    "parties:accept_invitation": Page(
        get=PUBLIC, post=PUBLIC, kwargs=lambda w: {"token": w.things["invitation token"]}
    ),
    "parties:pair_evidence": Page(get=SEES_PAIR, kwargs=_pair),
    "parties:pair_trail": Page(get=SEES_PAIR, kwargs=_pair),
    "parties:trail": Page(get=ANYBODY),
    "parties:verify_chain": Page(post=SEES_PAIR, data=lambda w: {"stream": w.pair.stream}),
    "parties:account": Page(get=ANYBODY),
    "parties:own_log": Page(get=ANYBODY),
    "parties:change_language": Page(post=ANYBODY),
}
