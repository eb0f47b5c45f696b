"""Personal calendar feeds: an address that shows one person's duties without sign-in until it is revoked."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cmo.errors import refuse_if_any
from cmo.parties.models import User
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..feed import token_hash
from ..models import FeedToken, FeedTokenEnd
from ..rules.feeds import blockers_to_make, blockers_to_revoke

#: Random bytes of a token: nobody guesses 256 bits.
LENGTH = 32


@transaction.atomic
def make_feed(*, person: User, label: str, language: str, by: Actor, at: datetime) -> tuple[FeedToken, str]:
    """A new feed and its token, which nobody can ever read again: only its hash is kept.

    :raises Refused: without a name, in a language unknown here, or beyond the most one person has.
    :raises PermissionDenied: for somebody else.
    """
    row = _own(person, by)
    open_feeds = FeedToken.objects.filter(person=row, end__isnull=True).count()
    refuse_if_any(blockers_to_make(label, language, open_feeds))
    token = secrets.token_urlsafe(LENGTH)
    feed = FeedToken(person=row, token_hash=token_hash(token), label=label.strip(), language=language, made_at=at)
    feed.full_clean()
    feed.save(force_insert=True)
    record("feed.made", by=by, at=at, subject=feed, stream=f"user:{row.pk}", data={"language": language})
    return feed, token


@transaction.atomic
def revoke_feed(*, feed: FeedToken, by: Actor, at: datetime) -> FeedTokenEnd:
    """From now on the address answers as if it had never been.

    :raises Refused: when it was revoked already. :raises PermissionDenied: for somebody else's.
    """
    row = _own(feed.person, by)
    refuse_if_any(blockers_to_revoke(FeedTokenEnd.objects.filter(token=feed).exists()))
    end = FeedTokenEnd(token=feed, ended_at=at)
    end.save(force_insert=True)
    record("feed.revoked", by=by, at=at, subject=feed, stream=f"user:{row.pk}")
    return end


def _own(person: User, by: Actor) -> User:
    """The person's row, locked."""
    row = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if by.user_id != row.pk or not row.is_active:
        raise PermissionDenied(_("Only the person concerned may do this."))
    return row
