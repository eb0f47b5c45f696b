"""One table: the description and hash of every attached file; the bytes lie in storage under their hash."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.trail.models import AppendOnlyModel


class FileQuerySet(models.QuerySet["File"]):
    def of(self, subject: str) -> FileQuerySet:
        """All files of one record (key such as ``parties.pair:3``), newest first, replaced ones included."""
        return self.filter(subject=subject).order_by("-id")

    def standing(self) -> FileQuerySet:
        """Files that no newer file replaces."""
        return self.filter(replaced_by__isnull=True)


class File(AppendOnlyModel):
    """One uploaded file. A better version is a new row that points back through ``replaces``; nothing is overwritten.

    ``event_on`` is the legal date of what the file proves, ``uploaded_at`` when it came in; ``expires_on`` is the last
    day on which it proves anything (inclusive), where that is limited.
    """

    subject = models.CharField(max_length=120)
    kind = models.CharField(_("kind"), max_length=40, default="document")
    title = models.CharField(_("title"), max_length=200)
    name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    event_on = models.DateField(_("date of the event or document"))
    expires_on = models.DateField(_("valid until (inclusive)"), null=True, blank=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    uploaded_by_id = models.BigIntegerField()
    uploaded_by_name = models.CharField(max_length=150)
    organisation = models.CharField(max_length=300, blank=True)
    uploaded_at = models.DateTimeField()

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence file")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_on__isnull=True) | models.Q(expires_on__gte=models.F("event_on")),
                name="evidence_expires_on_or_after_its_event",
                violation_error_message=_("The last day of validity lies before the date of the document."),
            ),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="evidence_file_is_not_empty"),
        ]
        indexes = [
            models.Index(fields=["subject", "-id"], name="evidence_file_subject"),
            models.Index(fields=["sha256"], name="evidence_file_sha256"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def stored_as(self) -> str:
        """Name in storage, derived from the content alone."""
        return f"sha256/{self.sha256[:2]}/{self.sha256}"

    def valid_on(self, day: date) -> bool:
        """Whether it proves anything on ``day`` (first and last day inclusive)."""
        return self.event_on <= day and (self.expires_on is None or day <= self.expires_on)

    def as_fact(self) -> dict[str, Any]:
        """JSON-ready reference for frozen facts and canonical records."""
        return {
            "file": self.pk,
            "title": self.title,
            "name": self.name,
            "sha256": self.sha256,
            "event_on": self.event_on.isoformat(),
            "expires_on": self.expires_on.isoformat() if self.expires_on else None,
        }
