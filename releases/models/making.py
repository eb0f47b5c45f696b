"""How a lot was made: planned production, the steps of a lot, and what the resident supervisor observed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.tenancy import RecordedBy, TenantFact, tenant_guard
from cmo.trail.models import AppendOnlyModel

from .lot import Lot


class PlannedProduction(TenantFact, RecordedBy):
    """Days on which production of an entrusted device is planned, so that supervision can be arranged ahead."""

    entrustment = models.ForeignKey("agreements.Entrustment", on_delete=models.PROTECT, related_name="planned")
    site = models.ForeignKey("parties.Site", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(_("first planned day"))
    ends_on = models.DateField(_("last planned day"))
    note = models.CharField(_("lots or steps planned"), max_length=200, blank=True)

    insert_guards = tenant_guard("planned_production_matches_its_pair") | {
        "planned_production_matches_its_entrustment": "NOT EXISTS (SELECT 1 FROM agreements_entrustment e "
        "WHERE e.id = NEW.entrustment_id AND e.pair_id = NEW.pair_id AND e.site_id = NEW.site_id)"
    }

    class Meta:
        verbose_name = _("planned production")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="planned_production_ends_on_or_after_its_first_day",
                violation_error_message=_("The last planned day lies before the first."),
            )
        ]
        indexes = [models.Index(fields=["pair", "starts_on"], name="releases_planned_pair")]

    def __str__(self) -> str:
        return f"{self.entrustment} · {self.starts_on} – {self.ends_on}"


class PlannedProductionEnd(AppendOnlyModel, RecordedBy):
    """A plan that no longer holds: cancelled, or replaced by another plan or by the lot itself."""

    planned = models.OneToOneField(PlannedProduction, on_delete=models.PROTECT, related_name="end")
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("end of planned production")

    def __str__(self) -> str:
        return str(self.planned)


class LotStep(AppendOnlyModel, RecordedBy):
    """One process step of a lot with its times; key and special steps of implantables need presence throughout.

    A correction replaces one step (``corrects``) with a reason; with ``void`` it only strikes the step out.
    ``performed_by``: the outside party that did the step (outsourced sterilisation …), empty for the contractor itself.
    """

    class Kind(models.TextChoices):
        ORDINARY = "ordinary", _("ordinary step")
        KEY = "key", _("key step")
        SPECIAL = "special", _("special process")
        STERILISATION = "sterilisation", _("sterilisation")

    #: Kinds that need presence throughout when the contractor does them itself.
    SUPERVISED = (Kind.KEY, Kind.SPECIAL, Kind.STERILISATION)

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="steps")
    name = models.CharField(_("step"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    starts_at = models.DateTimeField(_("began at"))
    ends_at = models.DateTimeField(_("ended at"))
    performed_by = models.CharField(_("done by another party"), max_length=200, blank=True)
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    void = models.BooleanField(_("strikes the corrected step out"), default=False)
    reason = models.TextField(_("reason"), blank=True)

    insert_guards = {
        "lot_step_corrects_a_step_of_its_lot": "NEW.corrects_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
        "releases_lotstep s WHERE s.id = NEW.corrects_id AND s.lot_id = NEW.lot_id)"
    }

    class Meta:
        verbose_name = _("process step of a lot")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gte=models.F("starts_at")),
                name="lot_step_ends_at_or_after_its_beginning",
                violation_error_message=_("The step ends before it begins."),
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__lte=models.F("recorded_at")),
                name="lot_step_is_never_in_the_future",
                violation_error_message=_("The step ends in the future."),
            ),
            models.CheckConstraint(
                condition=models.Q(corrects__isnull=True, void=False)
                | (models.Q(corrects__isnull=False) & ~models.Q(reason="")),
                name="a_correction_of_a_step_has_a_reason",
                violation_error_message=_("Say why the step is corrected."),
            ),
        ]
        indexes = [models.Index(fields=["lot", "starts_at"], name="releases_step_lot")]

    def __str__(self) -> str:
        return f"{self.name} · {self.starts_at:%Y-%m-%d %H:%M}"


class Observation(AppendOnlyModel, RecordedBy):
    """What the resident supervisor saw at a key or special process of a lot (source demand C4)."""

    class Outcome(models.TextChoices):
        IN_ORDER = "in_order", _("in order")
        REMARK = "remark", _("in order with a remark")
        DOUBTFUL = "doubtful", _("doubtful")

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="observations")
    step = models.ForeignKey(LotStep, on_delete=models.PROTECT, null=True, blank=True, related_name="observations")
    posting = models.ForeignKey("agreements.Posting", on_delete=models.PROTECT, related_name="observations")
    event_at = models.DateTimeField(_("time of the event"))
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome)
    text = models.TextField(_("what was observed"))

    insert_guards = {
        "observation_stays_within_its_pair_and_lot": "NOT EXISTS (SELECT 1 FROM releases_lot l JOIN agreements_posting p "
        "ON p.pair_id = l.pair_id AND p.site_id = l.site_id WHERE l.id = NEW.lot_id AND p.id = NEW.posting_id) "
        "OR (NEW.step_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM releases_lotstep s "
        "WHERE s.id = NEW.step_id AND s.lot_id = NEW.lot_id))"
    }

    class Meta:
        verbose_name = _("observation of the resident supervisor")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(event_at__lte=models.F("recorded_at")),
                name="observation_is_never_in_the_future",
                violation_error_message=_("The time of the event lies in the future."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} · {self.text[:60]}"
