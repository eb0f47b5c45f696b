"""Facts of the parties app: what its rules judge, loaded set-wise into frozen values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from .models import LicenceVersion, OrganisationVersion, Post, SiteVersion
from .versions import Version


@dataclass(frozen=True, slots=True)
class PostFacts:
    """One post as rules see it; ``effective`` posts only, unless it is the one being proposed."""

    organisation_id: int
    side: str
    role: str
    starts_on: date
    authorised_on: date
    trained_on: date | None
    full_time: bool


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """What the decision on a version or post rests on."""

    proposed_by_id: int | None
    decided: bool
    number: int
    last_confirmed_number: int
    concerns_user_id: int | None = None


def post_facts(post: Post) -> PostFacts:
    """The facts of one post row."""
    return PostFacts(
        organisation_id=post.organisation_id,
        side=post.side,
        role=post.role,
        starts_on=post.starts_on,
        authorised_on=post.authorised_on,
        trained_on=post.trained_on,
        full_time=post.full_time,
    )


def other_posts(post: Post, on: date) -> list[PostFacts]:
    """Effective posts the same person holds already, on ``on`` or on the new post's first day."""
    rows = {p.pk: p for day in (on, post.starts_on) for p in Post.objects.effective(day).filter(user_id=post.user_id)}
    return [post_facts(row) for pk, row in sorted(rows.items()) if pk != post.pk]


def version_decision_facts(version: Version) -> DecisionFacts:
    """Decision facts of one base-data version."""
    field = f"{version.subject_field}_id"
    siblings = type(version)._default_manager.filter(**{field: getattr(version, field)})
    last = siblings.confirmed().order_by("-number").values_list("number", flat=True).first()  # type: ignore[attr-defined]
    return DecisionFacts(
        proposed_by_id=version.proposed_by_id,
        decided=hasattr(version, "decision"),
        number=version.number,
        last_confirmed_number=last or 0,
    )


def names_of(organisation_ids: Iterable[int], known_at: datetime | None = None) -> dict[int, OrganisationVersion]:
    """Organisation id → its current confirmed data, in one query."""
    return OrganisationVersion.objects.current_by_subject(organisation_ids, known_at)


def current_licences(organisation_ids: Iterable[int], known_at: datetime | None = None) -> list[LicenceVersion]:
    """The current confirmed version of every licence of these organisations, in one query."""
    rows = LicenceVersion.objects.current(known_at).filter(licence__organisation_id__in=list(organisation_ids))
    return list(rows.select_related("licence").order_by("licence_id"))


def current_sites(organisation_ids: Iterable[int], known_at: datetime | None = None) -> list[SiteVersion]:
    """The current confirmed version of every site of these organisations, in one query."""
    rows = SiteVersion.objects.current(known_at).filter(site__organisation_id__in=list(organisation_ids))
    return list(rows.select_related("site").order_by("site_id"))


def confirmed_content(version: Version | None) -> dict[str, Any]:
    """The content of a version, or nothing when there is none yet."""
    return version.content() if version else {}
