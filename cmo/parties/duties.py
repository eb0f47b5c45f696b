"""What waits on people in base data and relationships: versions and appointments to confirm, proposals to answer,
licences to accept; and last days that approach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cmo.clock import day_of
from cmo.duty import Duty, Kind

from .access import Can, Scope, may_for, visible_pairs
from .facts import current_licences, names_of, proposals_to
from .models import LicenceAcceptance, LicenceVersion, OrganisationVersion, Pair, Post, Role, Side, SiteVersion
from .renewal import licence_window

#: Posts that are held by written authorisation, and what demands it.
AUTHORISED: dict[str, str] = {
    Role.QUALITY_MANAGER: "GMP25-20",
    Role.MANAGEMENT_REPRESENTATIVE: "GMP25-19",
    Role.SIGNATORY: "MR124-17",
    Role.MARKET_RELEASER: "GMP25-113",
    Role.PRODUCTION_RELEASER: "GMP25-113",
    Role.PRODUCTION_PLANNER: "GMP25-21",
    Role.RESIDENT_SUPERVISOR: "N38-08",
}


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
        for row in rows.annotate(owner=F(owner)).order_by("id"):
            url = reverse("parties:confirm_version", args=[kind, row.pk])
            given: dict[str, Any] = {
                "code": f"{kind}_confirm",
                "citation": "POLICY-FOUR-EYES",
                "owner_ids": frozenset({row.owner}),
            }
            found.append(Duty(Kind.CONFIRM, titles[kind], str(row), url, since=day_of(row.proposed_at), **given))
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
            code="post_confirm",
            citation="GMP25-22",
            owner_ids=frozenset({row.organisation_id}),
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
            code="proposal_answer",
            owner_ids=frozenset(answering),
        )
        for row in rows
    ]


def _licences_to_accept(scope: Scope, on: date) -> list[Duty]:
    """Current licences of contractors that the registrant has not accepted for the pair yet."""
    ours = [pk for pk in sorted(scope.registrant_ids) if may_for(scope, Can.ACCEPT_LICENCE, pk, Side.REGISTRANT)]
    pairs = list(visible_pairs(scope).filter(registrant_id__in=ours, end__isnull=True)) if ours else []
    versions: dict[int, list[LicenceVersion]] = {}
    for version in current_licences({pair.contractor_id for pair in pairs}) if pairs else ():
        versions.setdefault(version.licence.organisation_id, []).append(version)
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
            code="licence_accept",
            citation="O53-32",
            owner_ids=frozenset({pair.registrant_id}),
        )
        for pair in pairs
        for version in versions.get(pair.contractor_id, ())
        if (pair.pk, version.pk) not in done and version.valid_on(on)
    ]


def coming_up(scope: Scope, on: date, until: date) -> list[Duty]:
    """Last days and renewal windows of the own licences, last days of the contractors' licences and of written
    authorisations, these also when they have passed and nobody followed; three queries."""
    pairs = {pair.contractor_id: pair for pair in visible_pairs(scope).filter(end__isnull=True).order_by("-id")}
    versions = current_licences({*scope.contractor_ids, *pairs})
    found = [duty for version in versions if _runs_out(version) for duty in _of_licence(version, pairs, scope, on)]
    found += [*_own_posts(scope), *_authorisations(scope, on, until)]
    return [duty for duty in found if duty.due_on is not None and duty.due_on <= until]


def _runs_out(version: LicenceVersion) -> bool:
    in_force = version.standing == LicenceVersion.Standing.IN_FORCE
    return in_force and version.last_day is not None and not version.deemed_renewed


def _of_licence(version: LicenceVersion, pairs: Mapping[int, Pair], scope: Scope, on: date) -> Iterator[Duty]:
    owner, last_day = version.licence.organisation_id, version.last_day or date.max
    if owner not in scope.contractor_ids:
        pair = pairs[owner]
        url = f"{reverse('parties:pair_licences', args=[pair.pk])}#licence-{version.licence_id}"
        title = _("The contractor's licence ends")
        yield _licence_duty(version, title, url, last_day, on, "licence_ends", "O53-14", pair)
        return
    url = reverse("parties:licence", args=[version.licence_id])
    yield _licence_duty(version, _("Production licence ends"), url, last_day, on, "licence_ends", "O53-14")
    if version.renewal_filed_on is not None or last_day < on:
        return
    opens, closes = licence_window(last_day)
    if opens >= on:
        title = _("Renewal of the production licence may be applied for from this day")
        yield _licence_duty(version, title, url, opens, on, "licence_window_opens", "O53-17")
    title = _("Renewal of the production licence is due")
    yield _licence_duty(version, title, url, closes, on, "licence_window_closes", "O53-17", since=opens)


def _licence_duty(
    version: LicenceVersion,
    title: Promise,
    url: str,
    due_on: date,
    on: date,
    code: str,
    citation: str,
    pair: Pair | None = None,
    since: date | None = None,
) -> Duty:
    return Duty(
        Kind.RENEW,
        title,
        str(version),
        url,
        since=since,
        due_on=due_on,
        pair=pair.number if pair else "",
        counterpart_id=version.licence.organisation_id if pair else None,
        tone="bad" if due_on < on else "pending",
        code=code,
        citation=citation,
        owner_ids=frozenset({version.licence.organisation_id}),
    )


def _own_posts(scope: Scope) -> Iterator[Duty]:
    for post in scope.posts:
        if post.ends_on:
            yield Duty(
                Kind.RENEW,
                _("Your post ends"),
                str(post.get_role_display()),
                f"{reverse('parties:account')}#post-{post.pk}",
                due_on=post.ends_on,
                tone="pending",
                code="own_post_ends",
                citation=AUTHORISED.get(post.role, ""),
                owner_ids=frozenset({post.organisation_id}),
            )


def _authorisations(scope: Scope, on: date, until: date) -> Iterator[Duty]:
    """Written authorisations for regulated posts: a colleague's that runs out and was not given again; and one that ran
    out, anybody's, while nobody holds the post beyond it and it was not ended by a decision. One query."""
    same_post = (Q(**{name: OuterRef(name)}) for name in ("organisation_id", "side", "role"))
    others = Post.objects.confirmed().filter(*same_post, end__isnull=True)
    again = others.filter(user_id=OuterRef("user_id"), starts_on__gt=OuterRef("starts_on"))
    beyond = others.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=OuterRef("ends_on")), user__is_active=True)
    rows = Post.objects.confirmed().filter(
        organisation_id__in=scope.organisation_ids, role__in=AUTHORISED, ends_on__lte=until, end__isnull=True
    )
    rows = rows.filter(starts_on__lte=on, user__is_active=True).exclude(Exists(again))
    own, lapsed = Q(user_id=scope.user_id or 0), Q(ends_on__lt=on)
    rows = rows.exclude(lapsed & Exists(beyond)).exclude(own & ~lapsed)
    for post in rows.select_related("user").order_by("ends_on", "id"):
        yield _authorisation(post, on)


def _authorisation(post: Post, on: date) -> Duty:
    """Named alike before and after its last day, so that lateness is the same duty's."""
    lapsed = post.ends_on is not None and post.ends_on < on
    return Duty(
        Kind.RENEW,
        _("Written authorisation has ended: nobody holds the post")
        if lapsed
        else _("Written authorisation of a colleague ends"),
        str(post),
        f"{reverse('parties:organisation_people', args=[post.organisation_id])}#post-{post.pk}",
        due_on=post.ends_on,
        tone="bad" if lapsed else "pending",
        code="authorisation_ends",
        citation=AUTHORISED[post.role],
        owner_ids=frozenset({post.organisation_id}),
    )
