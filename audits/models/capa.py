"""Corrective and preventive action on a finding: plan, answer, completion, and whether it was effective.

A plan that is returned, or an action that proves ineffective, is followed by a further plan; nothing is overwritten.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.tenancy import RecordedBy
from cmo.trail.models import AppendOnlyModel

from .report import AuditFinding


class CapaPlan(AppendOnlyModel, RecordedBy):
    """The contractor's answer to a finding. Last days inclusive."""

    finding = models.ForeignKey(AuditFinding, on_delete=models.PROTECT, related_name="plans")
    root_cause = models.TextField(_("root cause"))
    correction = models.TextField(_("correction"))
    correction_due_on = models.DateField(_("correction by"))
    corrective_action = models.TextField(_("corrective action"))
    action_due_on = models.DateField(_("corrective action by"))

    class Meta:
        verbose_name = _("plan of corrective action")

    def __str__(self) -> str:
        return f"{self.finding} · {self.recorded_at:%Y-%m-%d}"


class CapaPlanAnswer(AppendOnlyModel, RecordedBy):
    """The registrant accepts a plan and says when effectiveness is checked, or returns it with a reason."""

    plan = models.OneToOneField(CapaPlan, on_delete=models.PROTECT, related_name="answer")
    accepted = models.BooleanField()
    reason = models.TextField(_("reason"), blank=True)
    check_due_on = models.DateField(_("check of effectiveness due on"), null=True, blank=True)

    class Meta:
        verbose_name = _("answer to a plan")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted=True, check_due_on__isnull=False)
                | (models.Q(accepted=False, check_due_on__isnull=True) & ~models.Q(reason="")),
                name="a_plan_is_accepted_with_a_day_or_returned_with_a_reason",
                violation_error_message=_("Accept with the day of the check, or return with a reason."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan} · {self.accepted}"


class CapaCompletion(AppendOnlyModel, RecordedBy):
    """The contractor reports the agreed action as done; the proof hangs on it as evidence."""

    plan = models.OneToOneField(CapaPlan, on_delete=models.PROTECT, related_name="completion")
    done_on = models.DateField(_("done on"))
    what_was_done = models.TextField(_("what was done"))

    insert_guards = {
        "only_an_accepted_plan_is_completed": "NOT EXISTS (SELECT 1 FROM audits_capaplananswer a "
        "WHERE a.plan_id = NEW.plan_id AND a.accepted)"
    }

    class Meta:
        verbose_name = _("completed corrective action")

    def __str__(self) -> str:
        return f"{self.plan} · {self.done_on}"


class EffectivenessCheck(AppendOnlyModel, RecordedBy):
    """The registrant judges whether the completed action works; an effective one closes the finding."""

    completion = models.OneToOneField(CapaCompletion, on_delete=models.PROTECT, related_name="check_made")
    effective = models.BooleanField()
    checked_on = models.DateField(_("checked on"))
    statement = models.TextField(_("what was checked and seen"))

    class Meta:
        verbose_name = _("check of effectiveness")

    def __str__(self) -> str:
        return f"{self.completion} · {self.effective}"
