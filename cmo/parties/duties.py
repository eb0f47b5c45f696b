"""What the parties app has waiting: proposals to answer, base data and posts to confirm, licences to accept, last days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import chain

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cmo.clock import day_of
from cmo.duty import Duty, Kind

from .access import Can, Scope, may_for, visible_pairs
from .actions.relations import proposals_to
from .facts import current_licences
from .models import LicenceAcceptance, LicenceVersion, OrganisationVersion, Post, SiteVersion


def waiting_on(scope: Scope, on: date) -> list[Duty]:
    """Everything of this app that this person can do now; a constant number of queries."""
    deciding = {org for org in scope.organisation_ids if may_for(scope, Can.CONFIRM_BASE_DATA, org)}
    if not deciding:
        return []
    return [*_proposals(deciding), *_versions(scope, deciding), *_posts(scope, deciding), *_licences(scope)]


def _home() -> str:
    return reverse("parties:organisation_home")


def _proposals(organisations: set[int]) -> Iterator[Duty]:
    for proposal in proposals_to(organisations):
        yield Duty(
            Kind.ANSWER,
            _("Answer the proposal of a pair"),
            proposal.proposed_by_name,
            reverse("parties:pairs"),
            since=day_of(proposal.proposed_at),
            counterpart_id=proposal.proposer_id,
        )


def _versions(scope: Scope, organisations: set[int]) -> Iterator[Duty]:
    rows: Iterator[Model] = chain(
        OrganisationVersion.objects.undecided().filter(organisation_id__in=organisations),
        SiteVersion.objects.undecided().filter(site__organisation_id__in=organisations),
        LicenceVersion.objects.undecided().filter(licence__organisation_id__in=organisations),
    )
    for row in rows:
        if row.proposed_by_id != scope.user_id:  # type: ignore[attr-defined]
            about = f"{row} · {row._meta.verbose_name}"
            yield Duty(Kind.CONFIRM, _("Confirm base data"), about, _home(), since=day_of(row.proposed_at))  # type: ignore[attr-defined]


def _posts(scope: Scope, organisations: set[int]) -> Iterator[Duty]:
    rows = Post.objects.filter(decision__isnull=True, organisation_id__in=organisations).select_related("user")
    for post in rows:
        if scope.user_id not in (post.proposed_by_id, post.user_id):
            yield Duty(Kind.CONFIRM, _("Confirm an appointment"), str(post), _home(), since=day_of(post.proposed_at))


def _licences(scope: Scope) -> Iterator[Duty]:
    pairs = [
        p
        for p in visible_pairs(scope).select_related("end")
        if not hasattr(p, "end") and p.registrant_id in scope.registrant_ids
    ]
    accepted = set(LicenceAcceptance.objects.filter(pair__in=pairs).values_list("pair_id", "version_id"))
    versions = current_licences({pair.contractor_id for pair in pairs})
    for pair in pairs:
        for version in versions:
            mine = version.licence.organisation_id == pair.contractor_id
            if mine and (pair.pk, version.pk) not in accepted and version.standing == "in_force":
                yield Duty(
                    Kind.REVIEW,
                    _("Accept the contractor's licence"),
                    version.number_printed,
                    reverse("parties:pair", args=[pair.pk]),
                    since=day_of(version.proposed_at),
                    pair=pair.number,
                    counterpart_id=pair.contractor_id,
                )


def coming_up(scope: Scope, on: date, until: date) -> list[Duty]:
    """Last days of licences and posts up to ``until``, of the own organisations and the contractors of visible pairs."""
    pairs = {pair.contractor_id: pair for pair in visible_pairs(scope)}
    organisations = set(scope.organisation_ids) | set(pairs)
    return [*_licence_ends(organisations, pairs, on, until), *_post_ends(scope, on, until)]


def _licence_ends(organisations: set[int], pairs: dict, on: date, until: date) -> Iterator[Duty]:
    for version in current_licences(organisations):
        if version.last_day and not version.deemed_renewed and version.last_day <= until:
            pair = pairs.get(version.licence.organisation_id)
            yield Duty(
                Kind.RENEW,
                _("Production licence ends") if version.last_day >= on else _("Production licence has lapsed"),
                version.number_printed,
                reverse("parties:pair", args=[pair.pk]) if pair else _home(),
                due_on=version.last_day,
                pair=pair.number if pair else "",
                counterpart_id=pair.contractor_id if pair else None,
            )


def _post_ends(scope: Scope, on: date, until: date) -> Iterator[Duty]:
    rows = Post.objects.effective(on).filter(organisation_id__in=scope.organisation_ids, ends_on__lte=until)
    for post in rows.select_related("user"):
        yield Duty(Kind.RENEW, _("Post ends"), str(post), _home(), due_on=post.ends_on)
