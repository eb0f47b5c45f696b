"""What waits on people in base data and relationships: versions and appointments to confirm, proposals to answer,
licences to accept; and last days that approach."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cmo.clock import day_of
from cmo.duty import Duty, Kind

from .access import Can, Scope, may_for, visible_pairs
from .facts import current_licences, names_of, proposals_to
from .models import LicenceAcceptance, LicenceVersion, OrganisationVersion, Pair, Post, Side, SiteVersion


def waiting_on(scope: Scope, on: date) -> list[Duty]:
    """What this person can and should do now."""
    deciding = [pk for pk in sorted(scope.organisation_ids) if may_for(scope, Can.CONFIRM_BASE_DATA, pk)]
    return [
        *_versions(scope, deciding),
        *_posts(scope, deciding),
        *_proposals(scope),
        *_licences_to_accept(scope, on),
    ]


def _versions(scope: Scope, deciding: list[int]) -> list[Duty]:
    """Proposed versions, except the person's own: somebody else confirms those."""
    if not deciding:
        return []
    sources: list[tuple[Any, str, str]] = [
        (OrganisationVersion, "organisation", "organisation_id"),
        (SiteVersion, "site", "site__organisation_id"),
        (LicenceVersion, "licence", "licence__organisation_id"),
    ]
    titles = {
        "organisation": _("Confirm organisation data"),
        "site": _("Confirm site data"),
        "licence": _("Confirm licence data"),
    }
    found = []
    for model, kind, owner in sources:
        rows = model.objects.undecided().filter(**{f"{owner}__in": deciding}).exclude(proposed_by_id=scope.user_id)
        for row in rows.order_by("id"):
            url = reverse("parties:confirm_version", args=[kind, row.pk])
            found.append(Duty(Kind.CONFIRM, titles[kind], str(row), url, since=day_of(row.proposed_at)))
    return found


def _posts(scope: Scope, deciding: list[int]) -> list[Duty]:
    rows = Post.objects.filter(organisation_id__in=deciding, decision__isnull=True).select_related("user")
    return [
        Duty(
            Kind.CONFIRM,
            _("Confirm an appointment"),
            str(row),
            reverse("parties:organisation_people", args=[row.organisation_id]),
            since=day_of(row.proposed_at),
        )
        for row in rows.order_by("id")
        if scope.user_id not in {row.proposed_by_id, row.user_id}
    ]


def _proposals(scope: Scope) -> list[Duty]:
    answering = [pk for pk in sorted(scope.organisation_ids) if may_for(scope, Can.ANSWER_PROPOSAL, pk)]
    rows = list(proposals_to(answering)) if answering else []
    names = names_of({row.proposer_id for row in rows})
    return [
        Duty(
            Kind.ANSWER,
            _("Answer the proposal of a pair"),
            str(names.get(row.proposer_id, "")),
            reverse("parties:pairs"),
            since=day_of(row.proposed_at),
            counterpart_id=row.proposer_id,
        )
        for row in rows
    ]


def _licences_to_accept(scope: Scope, on: date) -> list[Duty]:
    """Current licences of contractors that the registrant has not accepted for the pair yet."""
    ours = [pk for pk in sorted(scope.registrant_ids) if may_for(scope, Can.ACCEPT_LICENCE, pk, Side.REGISTRANT)]
    pairs = list(visible_pairs(scope).filter(registrant_id__in=ours, end__isnull=True)) if ours else []
    versions = current_licences({pair.contractor_id for pair in pairs}) if pairs else []
    done = set(LicenceAcceptance.objects.filter(pair__in=pairs).values_list("pair_id", "version_id"))
    return [
        Duty(
            Kind.REVIEW,
            _("Check and accept the contractor's licence"),
            str(version),
            reverse("parties:pair_licences", args=[pair.pk]),
            since=day_of(version.proposed_at),
            pair=pair.number,
            counterpart_id=pair.contractor_id,
        )
        for pair in pairs
        for version in versions
        if version.licence.organisation_id == pair.contractor_id
        and (pair.pk, version.pk) not in done
        and version.valid_on(on)
    ]


def coming_up(scope: Scope, on: date, until: date) -> list[Duty]:
    """Last days of the own licences, of the contractors' licences, and of the person's own posts."""
    pairs = list(visible_pairs(scope).filter(end__isnull=True))
    owners = set(scope.contractor_ids) | {pair.contractor_id for pair in pairs}
    found = [
        _expiry(version, pairs, scope)
        for version in current_licences(owners)
        if version.last_day
        and version.last_day <= until
        and not version.deemed_renewed
        and version.standing == LicenceVersion.Standing.IN_FORCE
    ]
    return found + [
        Duty(
            Kind.RENEW,
            _("Your post ends"),
            str(post.get_role_display()),
            reverse("parties:account"),
            due_on=post.ends_on,
            tone="pending",
        )
        for post in scope.posts
        if post.ends_on and post.ends_on <= until
    ]


def _expiry(version: LicenceVersion, pairs: list[Pair], scope: Scope) -> Duty:
    owner = version.licence.organisation_id
    if owner in scope.contractor_ids:
        title, url, pair = (
            _("Renew the production licence"),
            reverse("parties:licence", args=[version.licence_id]),
            None,
        )
    else:
        pair = next(p for p in pairs if p.contractor_id == owner)
        title, url = _("The contractor's licence ends"), reverse("parties:pair_licences", args=[pair.pk])
    return Duty(
        Kind.RENEW,
        title,
        str(version),
        url,
        due_on=version.last_day,
        pair=pair.number if pair else "",
        counterpart_id=owner if pair else None,
        tone="pending",
    )
