"""Files that people import: what was asked, how far it is, and what came of every row."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.tenancy import RecordedBy, TenantModel

#: A worker counts at least this often; one silent for longer is taken for dead and the run can be continued.
LEASE = timedelta(minutes=2)


class ImportRun(TenantModel, RecordedBy):
    """One run over a file, tried or for good; the queue worker does it and counts its progress here.

    Not append-only, because progress is counted on the row; what the import wrote is on the trail as usual.
    ``report``: list of ``{row, state, errors, changes}``; ``state`` of a row: ``new``, ``same``, ``changed``, ``wrong``.
    """

    class Kind(models.TextChoices):
        LOTS = "lots", _("lots")
        PLANNED = "planned", _("planned production")
        STEPS = "steps", _("process steps")
        PRESENCE = "presence", _("presence")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    file_name = models.CharField(_("file"), max_length=255)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    #: The actor for whom the worker acts; judged again when it does.
    post = models.CharField(max_length=40)
    side = models.CharField(max_length=20)
    organisation_id = models.BigIntegerField()
    trial = models.BooleanField(_("dry run"), default=True)
    #: The dry run whose rows are imported for good.
    tried = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="import_run")
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=list)
    problem_zh = models.TextField(blank=True)
    problem_en = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    #: The worker's last sign of life, and how many workers have taken the run up: only the latest may go on writing.
    beat_at = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("import")
        indexes = [models.Index(fields=["pair", "-id"], name="releases_import_pair")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.file_name}"

    def stopped(self, at: datetime) -> bool:
        """Whether a worker began and has given no sign of life for so long that it must be gone."""
        return self.state == self.State.RUNNING and (self.beat_at is None or at - self.beat_at > LEASE)

    def not_taken_up(self, at: datetime) -> bool:
        """Whether it has waited for a worker for so long that none seems to be running."""
        return self.state == self.State.WAITING and at - self.recorded_at > LEASE
