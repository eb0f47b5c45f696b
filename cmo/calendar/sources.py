"""Every app's duties, for the inbox, the calendar, the feeds and the reminders."""

from __future__ import annotations

from types import ModuleType

from django.utils.translation import gettext_lazy as _

import agreements.duties
import audits.duties
import cmo.calendar.duties
import cmo.catalogue.duties
import cmo.parties.duties
import releases.duties
import releases.supervision_duties
from cmo.duty import Kind

#: Modules with ``waiting_on(scope, on)`` and ``coming_up(scope, on, until)`` (see ``cmo.duty``);
#: the lots come last because the inbox judges them once for two of its parts.
SOURCES: tuple[ModuleType, ...] = (
    cmo.parties.duties,
    cmo.catalogue.duties,
    agreements.duties,
    audits.duties,
    cmo.calendar.duties,
    releases.supervision_duties,
    releases.duties,
)

KIND_WORDS = {
    Kind.RELEASE: _("Release"),
    Kind.SIGN: _("Sign"),
    Kind.AUDIT: _("Audit"),
    Kind.ANSWER: _("Answer"),
    Kind.SUPERVISE: _("Supervise on site"),
    Kind.REVIEW: _("Review and accept"),
    Kind.CONFIRM: _("Confirm"),
    Kind.RENEW: _("Renew"),
    Kind.REPORT: _("Report"),
}
#: What the kinds with last days cover, for whoever sets reminders.
KIND_NOTES = {
    Kind.RENEW: _("Licences, certificates, agreements, posts, authorisations, use-by dates of undecided lots"),
    Kind.REPORT: _("Periodic reports, yearly reviews and their actions, agreed obligations"),
    Kind.AUDIT: _("Yearly audits on site, days of planned audits"),
    Kind.ANSWER: _("Answers to findings, corrections, corrective actions"),
    Kind.REVIEW: _("Plans of corrective action, checks of effectiveness"),
    Kind.SUPERVISE: _("Postings of resident supervisors, days of production with nobody posted"),
}
