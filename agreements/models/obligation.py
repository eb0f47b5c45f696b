"""What an agreement obliges a party to do again and again (N38-14): drafted with it, frozen with it, and performed."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.models import Side
from cmo.parties.tenancy import RecordedBy, TenantFact, tenant_guard

from .agreement import Agreement, AgreementDraft


class Frequency(models.TextChoices):
    ONCE = "once", _("once")
    MONTHLY = "monthly", _("every month")
    QUARTERLY = "quarterly", _("every quarter")
    HALF_YEARLY = "half_yearly", _("every half year")
    YEARLY = "yearly", _("every year")


class DraftObligation(models.Model):
    """One obligation of the draft: what, who, how often, and which record proves it.

    The n-th due day lies n periods after the term's first day, plus ``days_allowed`` calendar days.
    """

    draft = models.ForeignKey(AgreementDraft, on_delete=models.PROTECT, related_name="obligations")
    key = models.CharField(max_length=60)
    position = models.PositiveIntegerField()
    clause_key = models.CharField(_("clause"), max_length=60)
    what_zh = models.CharField(_("what (Chinese)"), max_length=300)
    what_en = models.CharField(_("what (English)"), max_length=300)
    side = models.CharField(_("who"), max_length=20, choices=Side)
    frequency = models.CharField(_("how often"), max_length=20, choices=Frequency)
    days_allowed = models.PositiveSmallIntegerField(
        _("days allowed after each period"), default=0, validators=[MaxValueValidator(366)]
    )
    proof_zh = models.CharField(_("record that proves it (Chinese)"), max_length=200)
    proof_en = models.CharField(_("record that proves it (English)"), max_length=200)
    edition = models.PositiveIntegerField(default=1)
    edited_by_name = models.CharField(max_length=150)
    edited_at = models.DateTimeField()

    class Meta:
        verbose_name = _("obligation of a draft")
        constraints = [models.UniqueConstraint(fields=["draft", "key"], name="one_obligation_per_draft_and_key")]

    def __str__(self) -> str:
        return self.what_zh


class ObligationRecord(TenantFact, RecordedBy):
    """One occurrence of an obligation was performed; the proving record hangs on the row as evidence.

    ``key``: the obligation's key in the revision in force; ``due_on``: which occurrence.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="obligation_records")
    key = models.CharField(max_length=60)
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"))
    reference = models.CharField(_("proving record"), max_length=200)
    note = models.TextField(_("note"), blank=True)

    insert_guards = tenant_guard("obligation_record_matches_its_pair") | {
        "obligation_record_belongs_to_its_agreement": "NOT EXISTS (SELECT 1 FROM agreements_agreement a "
        "WHERE a.id = NEW.agreement_id AND a.pair_id = NEW.pair_id)"
    }

    class Meta:
        verbose_name = _("performance of an obligation")
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "key", "due_on"],
                name="one_record_per_obligation_and_due_day",
                violation_error_message=_("This occurrence is recorded already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.agreement} · {self.key} · {self.due_on}"
