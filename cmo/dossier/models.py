"""Exports of a dossier: what was asked for, how far the queue is, what came of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.models import DossierScope
from cmo.parties.tenancy import RecordedBy, TenantModel
from cmo.trail.models import AppendOnlyModel

#: A worker gives a sign of life at least this often; one silent for longer is taken for dead.
LEASE = timedelta(minutes=2)
#: Key of the section that lists the evidence files.
EVIDENCE = "evidence"


class Export(TenantModel, RecordedBy):
    """One dossier asked for by one person; the queue worker builds it and counts its progress here.

    Not append-only, because progress is counted on the row; asking, ending, taking and cancelling are on the trail of the
    person who asked. The pin (``instant``, ``seq``, ``head``, ``product_version``) is set when the rows are read;
    ``contents``: ``[{"key", "zh", "en", "count"}]``, with ``"absent"`` for evidence that is named and not enclosed; ``step``: key of the section or format being worked on;
    ``marked_for``: what pages for an outsider bear, empty for the pair's own people.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("under way")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    class Language(models.TextChoices):
        ZH = "zh", _("Chinese")
        EN = "en", _("English")
        BOTH = "both", _("Chinese and English side by side")

    scope_kind = models.CharField(_("scope"), max_length=20, choices=DossierScope, default=DossierScope.WHOLE)
    scope_key = models.CharField(max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=Language, default=Language.BOTH)
    as_of = models.DateField(_("as of the end of"))
    #: For whom the worker acts; judged again when it does. Outsiders have no post.
    post = models.CharField(max_length=40, blank=True)
    side = models.CharField(max_length=20, blank=True)
    organisation_id = models.BigIntegerField(null=True)
    marked_for = models.CharField(max_length=300, blank=True)
    instant = models.DateTimeField(null=True)
    seq = models.BigIntegerField(null=True)
    head = models.CharField(max_length=64, blank=True)
    product_version = models.CharField(max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.WAITING)
    step = models.CharField(max_length=60, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    contents = models.JSONField(default=list)
    problem_zh = models.TextField(blank=True)
    problem_en = models.TextField(blank=True)
    #: The worker's last sign of life, and how many workers have taken it up: only the latest may go on writing.
    beat_at = models.DateTimeField(null=True)
    attempt = models.PositiveIntegerField(default=0)
    cancel_asked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    #: The ZIP: kept until ``expires_at``; ``removed_at`` says when its bytes went.
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("export of a dossier")
        indexes = [
            models.Index(fields=["pair", "-id"], name="dossier_export_pair"),
            models.Index(fields=["recorded_by_id", "-id"], name="dossier_export_person"),
            models.Index(fields=["sha256"], name="dossier_export_sha256"),
        ]

    def __str__(self) -> str:
        return f"{self.pair} · {self.as_of}"

    def stopped(self, at: datetime) -> bool:
        """Whether a worker began and has given no sign of life for so long that it must be gone."""
        return self.state == self.State.RUNNING and (self.beat_at is None or at - self.beat_at > LEASE)

    @property
    def absent(self) -> int:
        """Evidence files that the storage had lost or altered, so that they are named in the dossier and not enclosed."""
        return sum(one.get("absent", 0) for one in self.contents)

    def not_taken_up(self, at: datetime) -> bool:
        """Whether it has waited for a worker for so long that none seems to be running."""
        return self.state == self.State.WAITING and at - self.recorded_at > LEASE


class ExportFile(AppendOnlyModel):
    """One document in the ZIP of an export, so that it is recognised when somebody shows it alone.

    ``unsigned_sha256``: of the bytes before a signature came on top, empty where there is none.
    """

    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    unsigned_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("file of an export")
        constraints = [models.UniqueConstraint(fields=["export", "name"], name="one_file_per_export_and_name")]
        indexes = [
            models.Index(fields=["sha256"], name="dossier_file_sha256"),
            models.Index(fields=["unsigned_sha256"], name="dossier_file_unsigned"),
        ]

    def __str__(self) -> str:
        return self.name
