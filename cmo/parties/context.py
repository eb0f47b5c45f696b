"""Who is acting, for the line on top of every page: name, organisations, posts; read only when a template asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from cmo import clock

from .access import scope_of
from .models import OrganisationVersion, User


@dataclass(frozen=True, slots=True)
class HeldPost:
    """One post in the reader's language."""

    role_label: str
    side_label: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Identity:
    """The person and every organisation they act for, named in the reader's language."""

    name: str
    organisation: str
    posts: tuple[HeldPost, ...]


def identity(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``identity`` (falsy for anonymous visitors); no query unless the template uses it."""
    return {"identity": SimpleLazyObject(lambda: identity_of(getattr(request, "user", None)))}


def identity_of(user: User | Any) -> Identity | None:
    """The identity of a signed-in person: three queries, however many posts they hold."""
    if user is None or not user.is_authenticated:
        return None
    posts = scope_of(user, clock.today()).posts
    names = display_names({post.organisation_id for post in posts})
    held = tuple(
        HeldPost(str(post.get_role_display()), str(post.get_side_display()), names.get(post.organisation_id, ""))
        for post in posts
    )
    organisations = dict.fromkeys(post.organisation for post in held if post.organisation)
    return Identity(user.printed_name or user.username, " / ".join(organisations), held)


def display_names(organisation_ids: set[int]) -> dict[int, str]:
    """Organisation id → its confirmed name in the active language (Chinese where no English name is known)."""
    if not organisation_ids:
        return {}
    current = OrganisationVersion.objects.current_by_subject(sorted(organisation_ids))
    english = (get_language() or "").startswith("en")
    return {pk: (version.name_en if english else "") or version.name_zh for pk, version in current.items()}
