"""Single days that are worked or free otherwise than the arrangement known to the product says."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.trail.models import AppendOnlyModel

from ..tenancy import RecordedBy


class WorkingDay(AppendOnlyModel, RecordedBy):
    """What holds for one day of one organisation from when it was recorded; the latest row of a day counts.

    The State Council's calendar is data of the product and the same for everybody: last days follow it alone. A row moves
    the reminders and the audit programme of its own organisation. Rows from before days belonged to one name none and count
    for nobody.
    """

    class Arrangement(models.TextChoices):
        WORKED = "worked", _("worked")
        OFF = "off", _("off")
        AS_ANNOUNCED = "as_announced", _("as the known arrangement says")

    organisation = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    day = models.DateField(_("day"))
    arrangement = models.CharField(_("arrangement"), max_length=20, choices=Arrangement)
    reason = models.CharField(_("announcement or reason"), max_length=300)

    insert_guards = {"a_working_day_belongs_to_an_organisation": "NEW.organisation_id IS NULL"}

    class Meta:
        verbose_name = _("working day by exception")
        indexes = [models.Index(fields=["organisation", "day", "-id"], name="parties_working_day")]

    def __str__(self) -> str:
        return f"{self.day} · {self.get_arrangement_display()}"
