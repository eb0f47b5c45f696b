"""Facts of the parties app: what its rules judge, loaded set-wise into frozen values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from .models import (
    LicenceAcceptance,
    LicenceVersion,
    OrganisationVersion,
    Pair,
    PairEnd,
    PairProposal,
    Post,
    Role,
    Side,
    SiteVersion,
    User,
    WorkingDay,
)
from .versions import Outcome, Version
from .working_days import WORKS


def open_accounts(email: str) -> QuerySet[User]:
    """The open accounts with this e-mail, in whatever letters it is written: one at most. None for no address at all."""
    found = User.objects.filter(email__iexact=email, is_active=True).order_by("pk")
    return found if email else found.none()


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


@dataclass(frozen=True, slots=True)
class LicenceFacts:
    """What accepting one licence version for a pair rests on; ``in_force`` is False for another firm's licence too."""

    confirmed: bool
    accepted: bool
    overtaken: bool
    in_force: bool
    pair_ended: bool


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
    """Posts the same person holds on any day of this one that is still to come."""
    rows = Post.objects.overlapping(max(post.starts_on, on), post.ends_on).filter(user_id=post.user_id)
    return [post_facts(row) for row in rows.order_by("id") if row.pk != post.pk]


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


def licence_facts(pair: Pair, version: LicenceVersion) -> LicenceFacts:
    """The facts of one licence version for one pair, as the database knows them now.

    A version past its last day can still be accepted: lots made in time rest on it, and what is made later is judged
    by its days anyway.
    """
    row = LicenceVersion.objects.select_related("decision", "licence").get(pk=version.pk)
    later = LicenceVersion.objects.confirmed().filter(licence=row.licence, number__gt=row.number)
    own = row.licence.organisation_id == pair.contractor_id
    return LicenceFacts(
        confirmed=row.state == Outcome.CONFIRMED,
        accepted=LicenceAcceptance.objects.filter(pair=pair, version=row).exists(),
        overtaken=later.exists(),
        in_force=own and row.standing == LicenceVersion.Standing.IN_FORCE,
        pair_ended=PairEnd.objects.filter(pair=pair).exists(),
    )


def proposals_to(organisation_ids: Iterable[int]) -> QuerySet[PairProposal]:
    """Unanswered proposals addressed to the confirmed credit codes of these organisations, oldest first."""
    codes = OrganisationVersion.objects.current().filter(organisation_id__in=list(organisation_ids)).values("uscc")
    return PairProposal.objects.filter(counterpart_uscc__in=codes, answer__isnull=True).order_by("id")


#: The posts without which a side cannot do its part, in the order in which pages name them.
KEY_ROLES: dict[str, tuple[Role, ...]] = {
    Side.REGISTRANT: (
        Role.QUALITY_MANAGER,
        Role.MANAGEMENT_REPRESENTATIVE,
        Role.SIGNATORY,
        Role.MARKET_RELEASER,
    ),
    Side.CONTRACTOR: (
        Role.QUALITY_MANAGER,
        Role.MANAGEMENT_REPRESENTATIVE,
        Role.SIGNATORY,
        Role.PRODUCTION_RELEASER,
        Role.PRODUCTION_PLANNER,
    ),
}


@dataclass(frozen=True, slots=True)
class KeyPosts:
    """Who holds the key posts of one organisation on one side; ``rows``: (role, printed names)."""

    side: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def empty(self) -> tuple[str, ...]:
        """Key posts that nobody holds."""
        return tuple(role for role, names in self.rows if not names)


def key_posts(organisation_ids: Iterable[int], side: str, on: date) -> dict[int, KeyPosts]:
    """Organisation id → holders of its key posts on ``side`` and day, for any number of them in one query."""
    ids = list(organisation_ids)
    held: dict[tuple[int, str], list[str]] = {}
    posts = Post.objects.effective(on).filter(organisation_id__in=ids, side=side, role__in=KEY_ROLES[side])
    for post in posts.select_related("user").order_by("id"):
        held.setdefault((post.organisation_id, post.role), []).append(post.user.printed_name)
    return {
        pk: KeyPosts(side, tuple((role.value, tuple(held.get((pk, role), ()))) for role in KEY_ROLES[side]))
        for pk in ids
    }


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


def exceptions_by_organisation() -> dict[int, dict[date, bool]]:
    """Organisation → day → whether it is worked, where the organisation set that otherwise for itself; one query."""
    return _exceptions(WorkingDay.objects.filter(organisation__isnull=False))


def exceptions(organisation_ids: Iterable[int]) -> dict[date, bool]:
    """The same for whoever acts for these organisations: a day is worked when one of them works; one query."""
    merged: dict[date, bool] = {}
    for own in _exceptions(WorkingDay.objects.filter(organisation_id__in=list(organisation_ids))).values():
        merged |= {day: works or merged.get(day, False) for day, works in own.items()}
    return merged


def _exceptions(rows: QuerySet[WorkingDay]) -> dict[int, dict[date, bool]]:
    found: dict[int, dict[date, bool]] = {}
    for pk, day, arrangement in rows.order_by("id").values_list("organisation_id", "day", "arrangement"):
        days = found.setdefault(pk or 0, {})
        if arrangement in WORKS:
            days[day] = WORKS[arrangement]
        else:
            days.pop(day, None)
    return found
