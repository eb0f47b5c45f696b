"""Who was reminded of what and when, how far ahead an organisation wants to be told, and the mails that went out."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.duty import Kind
from cmo.parties.tenancy import RecordedBy
from cmo.trail.models import AppendOnlyModel


class ReminderSetting(AppendOnlyModel, RecordedBy):
    """How an organisation is reminded of one kind of duty; the latest row of a kind counts, none means the default.

    ``lead_days``: calendar days before the last day, largest first; ``escalate_after``: working days after it from which
    quality and the management representative are told as well.
    """

    organisation = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind of duty"), max_length=20)
    lead_days = models.JSONField(_("days ahead"))
    escalate_after = models.PositiveSmallIntegerField(_("working days overdue until escalation"))
    reason = models.CharField(_("reason"), max_length=300)

    class Meta:
        verbose_name = _("setting of reminders")
        indexes = [models.Index(fields=["organisation", "kind", "-id"], name="calendar_setting")]

    def __str__(self) -> str:
        from ..sources import KIND_WORDS  # every app's duties; models come before them

        return str(KIND_WORDS[Kind(self.kind)])


class DueRun(AppendOnlyModel):
    """The reminders of one legal day were made; a second run of the same day finds this row and makes none twice."""

    day = models.DateField(unique=True)
    ran_at = models.DateTimeField()

    class Meta:
        verbose_name = _("run of the reminders")

    def __str__(self) -> str:
        return str(self.day)


class Digest(AppendOnlyModel):
    """One mail to one person on one day, as written; it is sent by the queue after the transaction that made it."""

    person = models.ForeignKey("parties.User", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    address = models.CharField(max_length=254)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("digest")
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="one_digest_per_person_and_day")]

    def __str__(self) -> str:
        return self.subject


class DigestSent(AppendOnlyModel):
    """A digest was handed to the mail server."""

    digest = models.OneToOneField(Digest, on_delete=models.PROTECT, related_name="sent")
    sent_at = models.DateTimeField()

    class Meta:
        verbose_name = _("sent digest")

    def __str__(self) -> str:
        return str(self.digest)


class Reminder(AppendOnlyModel):
    """One person is told of one duty at one stage, once.

    ``stage``: ``lead:30`` (days ahead), ``due`` (the last day), ``overdue`` (after it), ``escalated``.
    """

    person = models.ForeignKey("parties.User", on_delete=models.PROTECT, related_name="+")
    duty_key = models.CharField(max_length=300)
    stage = models.CharField(max_length=20)
    day = models.DateField()
    digest = models.ForeignKey(Digest, on_delete=models.PROTECT, related_name="reminders")

    class Meta:
        verbose_name = _("reminder")
        constraints = [
            models.UniqueConstraint(fields=["person", "duty_key", "stage"], name="one_reminder_per_duty_and_stage")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} · {self.duty_key} · {self.stage}"
