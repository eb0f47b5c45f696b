"""The day's mail to one person: written once in the person's language, kept as it was written, sent as text and HTML."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from cmo.duty import Duty, Kind
from cmo.regulation.references import UnknownReference, reference
from cmo.web.wording import bilingual

from .models import Digest
from .rules.reminding import DUE, ESCALATED, LEAD, OVERDUE, Notice
from .sources import KIND_WORDS

#: The furthest stage first: a duty that reached two since the last mail is shown under the further one.
ORDER = {ESCALATED: 0, OVERDUE: 1, DUE: 2}
LATE = frozenset({ESCALATED, OVERDUE})
HEADING = "■ "
CHINESE = "zh-hans"
ABOUT_LONGEST = 300


def compose(name: str, language: str, day: date, found: Iterable[Notice]) -> tuple[str, str]:
    """Subject and text of one mail; in Chinese where no known language is chosen."""
    with override(language if language in dict(settings.LANGUAGES) else CHINESE):
        shown = _shown(found)
        blocks = [_greeting(name, day, shown)]
        for heading, notices in _groups(shown):
            blocks += [f"{HEADING}{heading}", *(_entry(n, notice, day) for n, notice in enumerate(notices, 1))]
        return _subject(day, shown), "\n\n".join([*blocks, _closing()]) + "\n"


def _shown(found: Iterable[Notice]) -> list[Notice]:
    """One notice for each duty, the late ones first, then by last day."""
    ordered = sorted(found, key=lambda n: (ORDER.get(n.stage, 3), n.duty.due_on or date.max, n.duty.key))
    first: dict[str, Notice] = {}
    for notice in ordered:
        first.setdefault(notice.duty.key, notice)
    return sorted(first.values(), key=lambda n: (n.stage not in LATE, n.duty.due_on or date.max, n.duty.key))


def _subject(day: date, shown: list[Notice]) -> str:
    late = sum(1 for notice in shown if notice.stage in LATE)
    words = ngettext("%(n)d duty", "%(n)d duties", len(shown)) % {"n": len(shown)}
    if late:
        words = _("%(duties)s, %(late)d overdue") % {"duties": words, "late": late}
    return _("[Contract manufacturing] %(day)s: %(duties)s") % {"day": day.isoformat(), "duties": words}


def _greeting(name: str, day: date, shown: list[Notice]) -> str:
    words = ngettext(
        "as of %(day)s this calls for your attention:", "as of %(day)s these call for your attention:", len(shown)
    )
    return _("Dear %(name)s,") % {"name": name} + "\n" + words % {"day": day.isoformat()}


def _groups(shown: list[Notice]) -> Iterable[tuple[str, list[Notice]]]:
    """What is late, then what is ahead, each kind by kind in the inbox's order."""
    for late in (True, False):
        for kind in Kind:
            chosen = [n for n in shown if n.duty.kind == kind and (n.stage in LATE) == late]
            if chosen:
                word = str(KIND_WORDS[kind])
                yield (_("Overdue: %(kind)s") % {"kind": word} if late else word), chosen


def _entry(number: int, notice: Notice, day: date) -> str:
    duty = notice.duty
    lines = [
        f"{number}. {capfirst(str(duty.title))}",
        " · ".join(filter(None, (duty.about[:ABOUT_LONGEST], duty.pair))),
        _when(notice, day),
    ]
    if label := _law(duty):
        lines.append(_("Basis: %(law)s") % {"law": label})
    return "\n".join([*(line for line in lines if line), settings.SITE_URL.rstrip("/") + duty.url])


def _when(notice: Notice, day: date) -> str:
    due_on = notice.duty.due_on or day
    days, values = abs((due_on - day).days), {"day": due_on.isoformat(), "n": abs((due_on - day).days)}
    if notice.stage == DUE:
        return _("Last day: %(day)s, today") % values
    if notice.stage.startswith(LEAD):
        return ngettext("Last day: %(day)s, in %(n)d day", "Last day: %(day)s, in %(n)d days", days) % values
    late = ngettext("Last day was %(day)s, %(n)d day ago", "Last day was %(day)s, %(n)d days ago", days) % values
    if notice.stage == ESCALATED:
        return late + _("; now brought to quality and the management representative")
    return late


def _law(duty: Duty) -> str:
    try:
        return bilingual(reference(duty.citation), "label") if duty.citation else ""
    except UnknownReference:
        return ""


def _closing() -> str:
    url = settings.SITE_URL.rstrip("/") + reverse("calendar:reminders_home")
    words = _("How far ahead you are told is set by your organisation's quality manager:")
    return f"{words}\n{url}"


def html_of(body: str, language: str) -> str:
    """The same text as a simple page."""
    blocks = [block.split("\n") for block in body.strip().split("\n\n")]
    return render_to_string("calendar/reminder_mail.html", {"blocks": map(_block, blocks), "language": language})


def _block(lines: list[str]) -> dict[str, object]:
    heading = lines[0].removeprefix(HEADING) if lines[0].startswith(HEADING) else ""
    return {"heading": heading, "lines": [] if heading else [(line, line.startswith("http")) for line in lines]}


def message_of(digest: Digest) -> EmailMultiAlternatives:
    """The mail as it is handed over. Its number is the digest's: a server that gets it twice can tell."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {"Message-ID": f"<digest-{digest.pk}@{domain}>", "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(digest.subject, digest.body, to=[digest.address], headers=headers)
    message.attach_alternative(html_of(digest.body, digest.language), "text/html")
    return message
