"""Recurring reports of an organisation that no other record proves: filed, with the file as evidence."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.tenancy import RecordedBy
from cmo.trail.models import AppendOnlyModel


class PeriodicReport(AppendOnlyModel, RecordedBy):
    """A report for one period was made. First and last day of the period inclusive; ``due_on`` as the law counts it."""

    class Kind(models.TextChoices):
        SELF_INSPECTION = "self_inspection", _("quality system self-inspection report")
        REPRESENTATIVE = "representative", _("quarterly report of the management representative")
        RISK_EVALUATION = "risk_evaluation", _("periodic risk evaluation report")

    organisation = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("report"), max_length=20, choices=Kind)
    device = models.ForeignKey("catalogue.Device", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    period_from = models.DateField(_("period: first day"))
    period_to = models.DateField(_("period: last day"))
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"))
    reference = models.CharField(_("record"), max_length=200)

    class Meta:
        verbose_name = _("periodic report")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "period_from"],
                condition=models.Q(device__isnull=True),
                name="one_report_per_organisation_kind_and_period",
                violation_error_message=_("This report is recorded already."),
            ),
            models.UniqueConstraint(
                fields=["device", "kind", "period_from"],
                condition=models.Q(device__isnull=False),
                name="one_report_per_device_kind_and_period",
                violation_error_message=_("This report is recorded already."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind="risk_evaluation", device__isnull=False)
                | (~models.Q(kind="risk_evaluation") & models.Q(device__isnull=True)),
                name="a_risk_evaluation_report_is_about_a_device",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.period_from}"
