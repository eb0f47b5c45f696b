"""The mail that says an export is ready, in the language of whoever asked for it."""

from __future__ import annotations

from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cmo.clock import SHANGHAI, day_of
from cmo.parties.access import scope_of
from cmo.parties.models import User

from .facts import expired
from .models import Export
from .rights import may_read

CHINESE = "zh-hans"


def ready_mail(export_id: int, at: datetime) -> EmailMessage | None:
    """The mail, or None where there is nothing to tell: its file is gone, the person has no address or no right any more."""
    export = Export.objects.select_related("pair").get(pk=export_id)
    user = User.objects.filter(pk=export.recorded_by_id or 0, is_active=True).first()
    if user is None or not user.email or export.state != Export.State.READY or expired(export, at):
        return None
    if not may_read(scope_of(user, day_of(at)), export):
        return None
    with override(user.language if user.language in dict(settings.LANGUAGES) else CHINESE):
        subject, body = _subject(export), _body(export, user)
    return EmailMessage(subject, body, to=[user.email], headers=_headers(export))


def _subject(export: Export) -> str:
    return _("[Contract manufacturing] Dossier %(pair)s is ready") % {"pair": export.pair.number}


def _body(export: Export, user: User) -> str:
    until = timezone.localtime(export.expires_at, SHANGHAI)
    url = settings.SITE_URL.rstrip("/") + reverse("dossier:export", kwargs={"pk": export.pk})
    values = {"pair": export.pair.number, "day": export.as_of.isoformat(), "until": f"{until:%Y-%m-%d %H:%M}"}
    return "\n\n".join(
        [
            _("Dear %(name)s,") % {"name": user.printed_name},
            _("the dossier of pair %(pair)s as of %(day)s that you asked for is ready:") % values + f"\n{url}",
            _("Its file is kept until %(until)s (Beijing time); after that it can be made again.") % values,
            _("Signing in is necessary, and whether you may have it is judged again when you open it.") + "\n",
        ]
    )


def _headers(export: Export) -> dict[str, str]:
    """A server that gets the mail twice can tell by its number."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return {"Message-ID": f"<dossier-{export.pk}@{domain}>", "Auto-Submitted": "auto-generated"}
