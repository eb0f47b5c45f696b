"""Facts about invitations: who an address belongs to, what stands against one, and where each of them stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from .facts import open_accounts
from .models import Grant, Invitation, InvitationAnswer, Pair, Post, User


@dataclass(frozen=True, slots=True)
class InvitationFacts:
    """What inviting somebody rests on. ``is_party``: a post at one of the two parties; ``is_administrator``: the address is that
    of an administrator's open account; ``waiting``: an open invitation to the same address on this pair; ``scope_known``: the dossier can be limited to this, because the pair has such a record."""

    starts_on: date
    ends_on: date
    today: date
    pair_ended: bool
    is_party: bool
    waiting: bool
    reads: str
    scope_kind: str
    scope_key: str
    scope_known: bool = True
    is_administrator: bool = False


#: Says whether a dossier of the pair can be limited to this kind and number now.
NamesScope = Callable[[Pair, str, str], bool]
_names_scope: list[NamesScope] = []


def register_scopes(names: NamesScope) -> None:
    """The app that makes dossiers says what one can be limited to. Called in ``AppConfig.ready``."""
    _names_scope.append(names)


def invitation_facts(row: Invitation, today: date) -> InvitationFacts:
    """The facts of an invitation about to be sent."""
    pair = row.pair
    return InvitationFacts(
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        today=today,
        pair_ended=hasattr(pair, "end"),
        is_party=holds_post_at_party(pair, row.email, today),
        waiting=waiting(today).filter(pair=pair, email__iexact=row.email).exists(),
        reads=row.reads,
        scope_kind=row.scope_kind,
        scope_key=row.scope_key,
        is_administrator=open_accounts(row.email).filter(is_staff=True).exists(),
        scope_known=all(names(pair, row.scope_kind, row.scope_key) for names in _names_scope),
    )


def holds_post_at_party(pair: Pair, email: str, today: date) -> bool:
    """Whether somebody with this address holds a post at one of the two parties."""
    posts = Post.objects.effective(today).filter(user__email__iexact=email)
    return posts.filter(organisation_id__in={pair.registrant_id, pair.contractor_id}).exists()


def waiting(today: date) -> QuerySet[Invitation]:
    """Invitations that can still be accepted."""
    return Invitation.objects.filter(answer__isnull=True, ends_on__gte=today)


def accounts_with(email: str) -> QuerySet[User]:
    """The open accounts with this address; administrators read no pair, whatever their address."""
    return open_accounts(email).filter(is_staff=False)


def still_reads(user: User, on: date) -> bool:
    """Whether anything is open to this person today or later: a post, or a grant that was not revoked."""
    grants = Grant.objects.filter(user=user, ends_on__gte=on, revocation__isnull=True)
    return user.is_staff or Post.objects.effective(on).filter(user=user).exists() or grants.exists()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an invitation stands: ``waiting``, ``lapsed``, ``withdrawn``, ``ahead``, ``in_force``, ``ended`` or ``over``."""

    invitation: Invitation
    state: str
    answer: InvitationAnswer | None
    ended_reason: str = ""

    @property
    def open(self) -> bool:
        """Whether there is something to withdraw or to end."""
        return self.state in {"waiting", "ahead", "in_force"}


def standings(pair: Pair, today: date) -> list[Standing]:
    """Every invitation of a pair, newest first; two queries."""
    rows = Invitation.objects.filter(pair=pair).select_related("answer__user").order_by("-id")
    grants: dict[int, list[Grant]] = {}
    of_pair = Grant.objects.filter(invitation__pair=pair).select_related("revocation")
    for grant in of_pair:
        grants.setdefault(grant.invitation_id or 0, []).append(grant)
    return [standing(row, grants.get(row.pk, []), today) for row in rows]


def standing(row: Invitation, grants: Iterable[Grant], today: date) -> Standing:
    """Where one invitation stands on a day."""
    answer = getattr(row, "answer", None)
    revoked = [grant.revocation for grant in grants if hasattr(grant, "revocation")]
    left = any(not hasattr(grant, "revocation") for grant in grants)
    reason = revoked[0].reason if revoked and not left else ""
    return Standing(row, _state(row, answer, left, today), answer, reason)


def _state(row: Invitation, answer: InvitationAnswer | None, left: bool, today: date) -> str:
    if answer is None:
        return "waiting" if row.ends_on >= today else "lapsed"
    if answer.user_id is None:
        return "withdrawn"
    if not left:
        return "ended"
    if row.ends_on < today:
        return "over"
    return "ahead" if row.starts_on > today else "in_force"
