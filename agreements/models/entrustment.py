"""Entrustments: one device made at one contractor site within a pair; their state is the latest event."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.tenancy import RecordedBy, TenantFact, tenant_guard
from cmo.trail.models import AppendOnlyModel


class Entrustment(TenantFact, RecordedBy):
    """Opened after every blocker was cleared; the judged facts and findings are frozen as canonical text."""

    number = models.CharField(_("entrustment number"), max_length=30, unique=True)
    device = models.ForeignKey("catalogue.Device", on_delete=models.PROTECT, related_name="entrustments")
    site = models.ForeignKey("parties.Site", on_delete=models.PROTECT, related_name="entrustments")
    starts_on = models.DateField(_("starts on"))
    facts = models.TextField(_("facts judged"))
    findings = models.TextField(_("findings"))

    insert_guards = tenant_guard("entrustment_matches_its_pair") | {
        "entrustment_at_a_site_of_the_contractor": "NOT EXISTS (SELECT 1 FROM parties_site s "
        "WHERE s.id = NEW.site_id AND s.organisation_id = NEW.contractor_id)",
        "entrustment_of_a_device_of_the_registrant": "NOT EXISTS (SELECT 1 FROM catalogue_device d "
        "WHERE d.id = NEW.device_id AND d.registrant_id = NEW.registrant_id)",
    }

    class Meta:
        verbose_name = _("entrustment")
        indexes = [
            models.Index(fields=["contractor", "-recorded_at", "id"], name="entrustment_contractor"),
            models.Index(fields=["registrant", "-recorded_at", "id"], name="entrustment_registrant"),
        ]

    def __str__(self) -> str:
        return self.number


class EntrustmentEvent(AppendOnlyModel, RecordedBy):
    """Suspended, resumed, ended; and the reports the law asks for, each with its proof (No. 38 cl. 14, 16)."""

    class Kind(models.TextChoices):
        SUSPENDED = "suspended", _("suspended")
        RESUMED = "resumed", _("resumed")
        ENDED = "ended", _("ended")
        START_REPORTED = "start_reported", _("start reported to the registrant's authority (N38-36)")
        CHANGE_REPORTED = "change_reported", _("change reported to the registrant's authority (N38-36)")
        ADDRESS_REMOVED = "address_removed", _("contractor's address removed from the certificate (N38-33)")
        END_REPORTED = "end_reported", _("end reported by the contractor to its authority (N38-34)")

    #: Events that change the state; the others are reports.
    STATE_KINDS = (Kind.SUSPENDED, Kind.RESUMED, Kind.ENDED)

    entrustment = models.ForeignKey(Entrustment, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("event"), max_length=20, choices=Kind)
    event_on = models.DateField(_("date"))
    reason = models.TextField(_("reason"), blank=True)
    proof = models.CharField(_("proof"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("event of an entrustment")
        constraints = [
            models.UniqueConstraint(
                fields=["entrustment"], condition=models.Q(kind="ended"), name="an_entrustment_ends_once"
            )
        ]
        indexes = [models.Index(fields=["entrustment", "id"], name="entrustment_event")]

    def __str__(self) -> str:
        return f"{self.entrustment} · {self.get_kind_display()}"
