"""The mail to somebody invited from outside, in their language."""

from __future__ import annotations

from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from cmo.web.wording import bilingual

from .facts import names_of
from .facts_invitations import accounts_with
from .models import Invitation
from .outside import limit_words
from .tokens import token_hash, token_of


def message_of(row: Invitation, number: str) -> EmailMessage:
    """The mail as it is handed over; ``number``: the token of its address is made from it.

    :raises ValueError: when the product's key has changed since the invitation was sent, so that its address is lost.
    """
    token = token_of(number)
    if token_hash(token) != row.token_sha256:
        raise ValueError(
            f"the address of invitation {row.pk} can no longer be made: SECRET_KEY has changed; invite again"
        )
    with override(row.language):
        subject = _("[Contract manufacturing] Invitation to read pair %(number)s") % {"number": row.pair.number}
        body = "\n\n".join([_greeting(row), _what(row), _how(row, token), _closing(row)]) + "\n"
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {"Message-ID": f"<invitation-{row.pk}@{domain}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(subject, body, to=[row.email], headers=headers)


def address_of(token: str) -> str:
    """Where an invitation is accepted."""
    return settings.SITE_URL.rstrip("/") + reverse("parties:accept_invitation", args=[token])


def _greeting(row: Invitation) -> str:
    return _("Dear %(name)s,") % {"name": row.printed_name}


def _what(row: Invitation) -> str:
    pair = row.pair
    names = names_of([pair.registrant_id, pair.contractor_id])
    named = {side: bilingual(names.get(pk), "name") for side, pk in _sides(row)}
    limit = limit_words(row.scope_kind, row.scope_key)
    reads = f"{row.get_reads_display()} ({limit})" if limit else row.get_reads_display()
    days = {"first": row.starts_on.isoformat(), "last": row.ends_on.isoformat(), "reads": reads}
    return _(
        "%(inviter)s invites you as %(purpose)s to read records of contract manufacturing between %(registrant)s and "
        "%(contractor)s: %(reads)s. You can read them here from %(first)s to %(last)s."
    ) % {"inviter": row.invited_by_name, "purpose": row.get_purpose_display(), **named, **days}


def _sides(row: Invitation) -> tuple[tuple[str, int], tuple[str, int]]:
    return ("registrant", row.pair.registrant_id), ("contractor", row.pair.contractor_id)


def _how(row: Invitation, token: str) -> str:
    if accounts_with(row.email).exists():
        words = _(
            "You have an account here under this e-mail. Sign in with it, open this address and accept. The address works one "
            "time only; do not pass it on:"
        )
    else:
        words = _(
            "Open this address once, choose a user name and a password, and set up a second factor after signing in. The address "
            "works one time only; do not pass it on:"
        )
    return f"{words}\n{address_of(token)}"


def _closing(row: Invitation) -> str:
    return _(
        "You read only; every page bears your name, and what is shown to you and what you take is recorded for both parties.\n"
        "If you do not expect this invitation, ignore it and tell %(inviter)s."
    ) % {"inviter": row.invited_by_name}
