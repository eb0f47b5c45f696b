"""Who is acting, for the line on top of every page: name, organisations, posts; read only when a template asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from cmo import clock

from .access import Scope, scope_of
from .models import OrganisationVersion, User


@dataclass(frozen=True, slots=True)
class HeldPost:
    """One post in the reader's language."""

    role_label: str
    side_label: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Identity:
    """The person and every organisation they act for, named in the reader's language. ``menu``: which part of the navigation
    leads them anywhere; ``by_name``: whether something was opened to them by name."""

    name: str
    organisation: str
    posts: tuple[HeldPost, ...]
    menu: str = "everything"
    by_name: bool = False


def identity(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``identity`` (falsy for anonymous visitors); no query unless the template uses it."""
    return {"identity": SimpleLazyObject(lambda: identity_of(getattr(request, "user", None)))}


def identity_of(user: User | Any) -> Identity | None:
    """The identity of a signed-in person: three queries, however many posts they hold."""
    if user is None or not user.is_authenticated:
        return None
    scope = scope_of(user, clock.today())
    posts = scope.posts
    names = display_names({post.organisation_id for post in posts})
    held = tuple(
        HeldPost(str(post.get_role_display()), str(post.get_side_display()), names.get(post.organisation_id, ""))
        for post in posts
    )
    organisations = dict.fromkeys(post.organisation for post in held if post.organisation)
    name = user.printed_name or user.username
    return Identity(name, " / ".join(organisations), held, _menu(scope, user), scope.by_name)


def _menu(scope: Scope, user: User) -> str:
    """``everything``, the ``pairs`` or the ``dossiers`` opened by name, or the ``administration`` of organisations and accounts."""
    if scope.posts:
        return "everything"
    if scope.granted_pair_ids:
        return "pairs"
    if scope.dossiers:
        return "dossiers"
    return "administration" if user.is_staff else "everything"


def display_names(organisation_ids: set[int]) -> dict[int, str]:
    """Organisation id → its confirmed name in the active language (Chinese where no English name is known)."""
    if not organisation_ids:
        return {}
    current = OrganisationVersion.objects.current_by_subject(sorted(organisation_ids))
    english = (get_language() or "").startswith("en")
    return {pk: (version.name_en if english else "") or version.name_zh for pk, version in current.items()}
