"""Base data: propose a version, confirm it by another quality person, or turn it down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction

from cmo.clock import day_of
from cmo.errors import Finding, refuse_if_any
from cmo.signing.actions import Proof, sign
from cmo.signing.models import Meaning
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import rules
from ..access import Can, still_administrator, still_allowed_for
from ..facts import version_decision_facts
from ..models import (
    Licence,
    LicenceVersion,
    Organisation,
    OrganisationDecision,
    OrganisationVersion,
    Site,
    SiteVersion,
)
from ..versions import Outcome, V, Version

#: The reason of an organisation's first data; nobody has to invent one.
FIRST_ENTRY = "首次登记 · first entry"


def insert_version(version: Version, subject: models.Model, *, by: Actor, at: datetime, reason: str) -> Version:
    """Number, hash and insert a version under the lock of its subject. Used by every ``propose_…`` action."""
    type(subject)._default_manager.select_for_update(no_key=True).get(pk=subject.pk)
    setattr(version, version.subject_field, subject)
    siblings = type(version)._default_manager.filter(**{version.subject_field: subject})
    version.number = (siblings.aggregate(last=models.Max("number"))["last"] or 0) + 1
    version.proposed_by_id, version.proposed_by_name = by.user_id or 0, by.name
    version.proposed_at, version.reason = at, reason
    version.content_hash = version.compute_hash()
    version.full_clean()
    version.save(force_insert=True)
    return version


@transaction.atomic
def found_organisation(*, by: Actor, at: datetime, content: dict[str, Any]) -> Organisation:
    """Enter an organisation with its first data, confirmed by founding; the administrator's act.

    :raises Refused: when the credit code is wrong or already entered (the administrator may know).
    :raises PermissionDenied: for anybody but an administrator.
    """
    still_administrator(by)
    # The oldest organisation stands for the list: two foundings never check for the same credit code side by side.
    Organisation.objects.select_for_update(no_key=True).order_by("pk").first()
    known = OrganisationVersion.objects.current().filter(uscc=content["uscc"]).exists()
    refuse_if_any(rules.blockers_to_found(known, content))
    organisation = Organisation(created_at=at)
    organisation.save(force_insert=True)
    version = OrganisationVersion(**content)
    insert_version(version, organisation, by=by, at=at, reason=FIRST_ENTRY)
    OrganisationDecision(
        version=version, outcome=Outcome.CONFIRMED, decided_by_id=by.user_id, decided_by_name=by.name, decided_at=at
    ).save(force_insert=True)
    _record("organisation.founded", version, by=by, at=at, reason=FIRST_ENTRY)
    return organisation


@transaction.atomic
def propose_organisation_version(
    *, organisation: Organisation, content: dict[str, Any], reason: str, by: Actor, at: datetime
) -> OrganisationVersion:
    """Propose new data of the own organisation.

    :raises Refused: with every reason. :raises PermissionDenied: without a post that may.
    """
    still_allowed_for(by, Can.PROPOSE_BASE_DATA, organisation, day_of(at))
    current = OrganisationVersion.objects.current().filter(organisation=organisation).first()
    refuse_if_any(rules.blockers_to_propose_organisation(content, current.uscc if current else None))
    version = OrganisationVersion(**content)
    insert_version(version, organisation, by=by, at=at, reason=reason)
    _record("organisation.version_proposed", version, by=by, at=at, reason=reason)
    return version


@transaction.atomic
def open_site(
    *, organisation: Organisation, content: dict[str, Any], reason: str, by: Actor, at: datetime
) -> SiteVersion:
    """Enter a new production site of the own organisation; its first data await confirmation.

    :raises PermissionDenied: without a post that may.
    """
    still_allowed_for(by, Can.PROPOSE_BASE_DATA, organisation, day_of(at))
    site = Site(organisation=organisation, created_at=at)
    site.save(force_insert=True)
    return _insert_site_version(site, content, reason, by, at)


@transaction.atomic
def propose_site_version(*, site: Site, content: dict[str, Any], reason: str, by: Actor, at: datetime) -> SiteVersion:
    """Propose new data of a site. :raises PermissionDenied: without a post that may."""
    still_allowed_for(by, Can.PROPOSE_BASE_DATA, site.organisation_id, day_of(at))
    return _insert_site_version(site, content, reason, by, at)


def _insert_site_version(site: Site, content: dict[str, Any], reason: str, by: Actor, at: datetime) -> SiteVersion:
    version = SiteVersion(**content)
    insert_version(version, site, by=by, at=at, reason=reason)
    _record("site.version_proposed", version, by=by, at=at, reason=reason)
    return version


@transaction.atomic
def open_licence(
    *, organisation: Organisation, kind: str, content: dict[str, Any], reason: str, by: Actor, at: datetime
) -> LicenceVersion:
    """Enter a new production licence or class I filing of the own organisation; it awaits confirmation.

    :raises Refused: with every reason. :raises PermissionDenied: without a post that may.
    """
    still_allowed_for(by, Can.PROPOSE_BASE_DATA, organisation, day_of(at))
    licence = Licence(organisation=organisation, kind=kind, created_at=at)
    licence.save(force_insert=True)
    return _insert_licence_version(licence, content, reason, by, at)


@transaction.atomic
def propose_licence_version(
    *, licence: Licence, content: dict[str, Any], reason: str, by: Actor, at: datetime
) -> LicenceVersion:
    """Propose a new state of a licence: renewal, scope, standing, deemed renewal with proof.

    :raises Refused: with every reason. :raises PermissionDenied: without a post that may.
    """
    still_allowed_for(by, Can.PROPOSE_BASE_DATA, licence.organisation_id, day_of(at))
    return _insert_licence_version(licence, content, reason, by, at)


def _insert_licence_version(
    licence: Licence, content: dict[str, Any], reason: str, by: Actor, at: datetime
) -> LicenceVersion:
    found = [
        *rules.blockers_to_propose_licence(licence.kind, content),
        *rules.blockers_to_follow(confirmed_content(LicenceVersion, licence), content, day_of(at)),
    ]
    own_sites = set(Site.objects.filter(organisation_id=licence.organisation_id).values_list("pk", flat=True))
    if not set(content["site_ids"]) <= own_sites or not content["site_ids"]:
        found.append(_SITE_UNKNOWN)
    refuse_if_any(found)
    version = LicenceVersion(**content)
    insert_version(version, licence, by=by, at=at, reason=reason)
    _record("licence.version_proposed", version, by=by, at=at, reason=reason)
    return version


def owner_of(version: Version) -> int:
    """The organisation whose quality decides on this version."""
    if isinstance(version, OrganisationVersion):
        return version.organisation_id
    subject = getattr(version, version.subject_field)
    return int(getattr(subject, "organisation_id", None) or subject.registrant_id)


@transaction.atomic
def confirm_version(*, version: Version, proof: Proof, by: Actor, at: datetime) -> Version:
    """Confirm a proposed version with a signature; it becomes the current one.

    :raises Refused: own proposal, already decided, overtaken, content changed. :raises PermissionDenied:
    """
    fresh = _lock_and_judge(version, by=by, at=at, follows=True)
    _insert_decision(fresh, Outcome.CONFIRMED, by=by, at=at, reason="")
    stream = f"organisation:{owner_of(fresh)}"
    sign(fresh, meaning=Meaning.CONFIRMS_BASE_DATA, proof=proof, by=by, at=at, stream=stream)
    _record(f"{fresh.subject_field}.version_confirmed", fresh, by=by, at=at, reason=fresh.reason)
    return fresh


@transaction.atomic
def turn_down_version(*, version: Version, reason: str, by: Actor, at: datetime) -> Version:
    """Turn a proposed version down with a reason.

    :raises Refused: own proposal, already decided, no reason. :raises PermissionDenied:
    """
    fresh = _lock_and_judge(version, by=by, at=at, extra=rules.blockers_to_turn_down(reason))
    _insert_decision(fresh, Outcome.TURNED_DOWN, by=by, at=at, reason=reason)
    _record(f"{fresh.subject_field}.version_turned_down", fresh, by=by, at=at, reason=reason)
    return fresh


def _lock_and_judge(version: V, *, by: Actor, at: datetime, extra: Sequence[Finding] = (), follows: bool = False) -> V:
    """The version as it stands under the lock of its subject, when this person may decide on it now.

    ``follows``: it would be confirmed, so what was confirmed since it was proposed counts as well.
    """
    still_allowed_for(by, Can.CONFIRM_BASE_DATA, owner_of(version), day_of(at))
    subject = getattr(version, version.subject_field)
    type(subject)._default_manager.select_for_update(no_key=True).get(pk=subject.pk)
    fresh = type(version)._default_manager.select_related("decision").get(pk=version.pk)
    found = [*rules.blockers_to_decide(version_decision_facts(fresh), by.user_id), *extra]
    if follows and "standing" in fresh.content_fields:
        found += rules.blockers_to_follow(confirmed_content(type(fresh), subject), _days_and_scope(fresh), day_of(at))
    refuse_if_any(found)
    return fresh


def confirmed_content(versions: type[Version], subject: models.Model) -> list[dict[str, Any]]:
    """What every confirmed version of a licence or certificate says about its days and scope, oldest first."""
    rows = versions._default_manager.confirmed().filter(**{versions.subject_field: subject})  # type: ignore[attr-defined]
    return [_days_and_scope(row) for row in rows.order_by("number")]


def _days_and_scope(version: Version) -> dict[str, Any]:
    """What decides whether a further version changes the past."""
    names = ("first_day", "last_day", "deemed_renewed", "standing", "scope", "site_ids")
    return {name: getattr(version, name) for name in names if name in version.content_fields}


def _insert_decision(version: Version, outcome: Outcome, *, by: Actor, at: datetime, reason: str) -> None:
    decision_model: Any = version._meta.get_field("decision").related_model  # type: ignore[misc]
    decision = decision_model(
        version=version,
        outcome=outcome,
        decided_by_id=by.user_id,
        decided_by_name=by.name,
        decided_at=at,
        reason=reason,
    )
    decision.save(force_insert=True)


def _record(verb: str, version: Version, *, by: Actor, at: datetime, reason: str) -> None:
    data = {"version": version.pk, "number": version.number, "content_hash": version.content_hash}
    subject = getattr(version, version.subject_field)
    stream = f"organisation:{owner_of(version)}"
    record(verb, by=by, at=at, subject=subject, stream=stream, reason=reason, data=data, label=str(version))


_SITE_UNKNOWN = Finding(
    "site_unknown",
    "blocks",
    "law",
    "请选择许可证上载明的本单位生产地址。",
    "Choose the own production sites printed on the licence.",
    "O53-14",
)
