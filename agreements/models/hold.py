"""Holds on a pair, entrustment or site, and the pair's yearly duties."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.models import Side
from cmo.parties.tenancy import RecordedBy, TenantFact, tenant_guard
from cmo.trail.models import AppendOnlyModel

from .entrustment import Entrustment


class Hold(TenantFact, RecordedBy):
    """A decision that stops release in its scope until quality of the placing side lifts it.

    The scope is the narrowest one given: an entrustment, else a site, else the whole pair. Lots have their own holds.
    """

    class Kind(models.TextChoices):
        HOLD = "hold", _("hold")
        VETO = "veto", _("veto of the management representative")
        CRITICAL_FINDING = "critical_finding", _("critical audit finding")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.HOLD)
    entrustment = models.ForeignKey(Entrustment, on_delete=models.PROTECT, null=True, blank=True, related_name="holds")
    site = models.ForeignKey("parties.Site", on_delete=models.PROTECT, null=True, blank=True, related_name="holds")
    side = models.CharField(max_length=20, choices=Side)
    reason = models.TextField(_("reason"))

    insert_guards = tenant_guard("hold_matches_its_pair") | {
        "hold_scope_lies_within_its_pair": "(NEW.entrustment_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
        "agreements_entrustment e WHERE e.id = NEW.entrustment_id AND e.pair_id = NEW.pair_id)) "
        "OR (NEW.site_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM parties_site s "
        "WHERE s.id = NEW.site_id AND s.organisation_id = NEW.contractor_id))"
    }

    class Meta:
        verbose_name = _("hold")
        indexes = [models.Index(fields=["pair", "id"], name="agreements_hold_pair")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.reason[:60]}"


class HoldLift(AppendOnlyModel, RecordedBy):
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="lift")
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("lift of a hold")

    def __str__(self) -> str:
        return str(self.hold)


class PairDuty(TenantFact, RecordedBy):
    """A yearly duty of the pair was done; the latest row of a kind says when it is due next."""

    class Kind(models.TextChoices):
        AUDIT = "audit", _("annual audit of the contractor")
        REVIEW = "review", _("yearly review of the quality agreement")

    kind = models.CharField(_("duty"), max_length=20, choices=Kind)
    done_on = models.DateField(_("done on"))
    next_due_on = models.DateField(_("next due on"))
    reference = models.CharField(_("record"), max_length=200)

    insert_guards = tenant_guard("duty_matches_its_pair")

    class Meta:
        verbose_name = _("yearly duty")
        indexes = [models.Index(fields=["pair", "kind", "-id"], name="agreements_duty_pair")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.done_on}"
