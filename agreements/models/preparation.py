"""What must be on record before an entrustment opens: evaluation, contract, transfer, trial production."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.tenancy import RecordedBy, TenantFact, tenant_guard
from cmo.trail.models import AppendOnlyModel


class Preparation(TenantFact, RecordedBy):
    """One prepared fact with its date and reference; evidence files hang on it. Counts once the registrant accepts."""

    class Kind(models.TextChoices):
        ON_SITE_EVALUATION = "on_site_evaluation", _("on-site evaluation of the contractor (GMP art. 109)")
        CREDIT_STATEMENT = "credit_statement", _("contractor's credit statement (No. 38 cl. 2)")
        NECESSITY = "necessity", _("justification for entrusting an implantable")
        ENTRUSTMENT_CONTRACT = "entrustment_contract", _("entrustment contract on file")
        TRANSFER = "transfer", _("design and production transfer complete (GMP art. 111)")
        TRIAL_PRODUCTION = "trial_production", _("trial production complete (GMP art. 111)")
        VALIDATION = "validation", _("process validation complete (GMP art. 111)")
        PRODUCT_REPORTED = "product_reported", _("product reported under the contractor's licence (Order 53 art. 42)")

    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    device = models.ForeignKey(
        "catalogue.Device", on_delete=models.PROTECT, null=True, blank=True, related_name="preparations"
    )
    site = models.ForeignKey(
        "parties.Site", on_delete=models.PROTECT, null=True, blank=True, related_name="preparations"
    )
    event_on = models.DateField(_("date of the event"))
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    reference = models.CharField(_("document reference"), max_length=200)
    summary = models.TextField(_("result"))

    insert_guards = tenant_guard("preparation_matches_its_pair") | {
        "preparation_concerns_its_pair": "(NEW.site_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM parties_site s "
        "WHERE s.id = NEW.site_id AND s.organisation_id = NEW.contractor_id)) "
        "OR (NEW.device_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM catalogue_device d "
        "WHERE d.id = NEW.device_id AND d.registrant_id = NEW.registrant_id))"
    }

    class Meta:
        verbose_name = _("preparation")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_on__isnull=True) | models.Q(expires_on__gte=models.F("event_on")),
                name="preparation_expires_on_or_after_its_event",
                violation_error_message=_("The last day of validity lies before the date of the event."),
            )
        ]
        indexes = [models.Index(fields=["pair", "kind"], name="agreements_preparation_pair")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.reference}"


class PreparationAnswer(AppendOnlyModel, RecordedBy):
    """The registrant's quality accepts a preparation or returns it with a reason."""

    preparation = models.OneToOneField(Preparation, on_delete=models.PROTECT, related_name="answer")
    accepted = models.BooleanField()
    reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("answer to a preparation")

    def __str__(self) -> str:
        return f"{self.preparation} · {self.accepted}"
