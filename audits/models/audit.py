"""An audit of a contractor: what it is, how it is planned, who conducts it, and what became of it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cmo.parties.access import Scope, TenantQuerySet
from cmo.parties.tenancy import RecordedBy, TenantFact, tenant_guard
from cmo.trail.models import AppendOnlyModel

from .template import TemplateVersion


class AuditQuerySet(TenantQuerySet):
    """An unannounced audit is known to the registrant's people alone until it begins."""

    def visible_to(self, scope: Scope) -> Self:
        own = models.Q(registrant_id__in=sorted(scope.registrant_ids))
        begun = models.Exists(AuditEvent.objects.filter(audit=models.OuterRef("pk"), kind=AuditEvent.Kind.BEGUN))
        return super().visible_to(scope).filter(own | models.Q(announced=True) | models.Q(begun))

    def in_state(self, state: str) -> Self:
        """Those in one of the states of ``facts.audit``, found by what happened."""
        events = AuditEvent.objects.filter(audit=models.OuterRef("pk"))
        begun, cancelled, closed = (models.Exists(events.filter(kind=kind)) for kind in AuditEvent.Kind.values)
        reported = models.Q(report__isnull=False)
        conditions = {
            "planned": ~begun & ~cancelled,
            "conducted": begun & ~cancelled & ~reported,
            "reported": reported & ~closed,
            "closed": models.Q(closed),
            "cancelled": models.Q(cancelled),
        }
        return self.filter(conditions[state]) if state in conditions else self


class Audit(TenantFact, RecordedBy):
    """One audit of the contractor by the registrant, with a checklist fixed when it is planned.

    Its own chain ``audit:<pk>`` keeps the working papers (answers, an unannounced plan), which the contractor does not
    read; report, findings and what follows stand on the pair's chain, the report with head and length of this one.
    """

    class Kind(models.TextChoices):
        ANNUAL = "annual", _("annual audit")
        FOR_CAUSE = "for_cause", _("audit for cause")
        FOLLOW_UP = "follow_up", _("follow-up audit")

    number = models.CharField(_("audit number"), max_length=30, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    template = models.ForeignKey(TemplateVersion, on_delete=models.PROTECT, related_name="audits")
    site = models.ForeignKey("parties.Site", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    announced = models.BooleanField(_("announced to the contractor"), default=True)
    cause = models.TextField(_("cause"), blank=True)
    programme_entry = models.OneToOneField(
        "audits.ProgrammeEntry", on_delete=models.PROTECT, null=True, blank=True, related_name="audit"
    )

    objects = AuditQuerySet.as_manager()  # type: ignore[misc]

    insert_guards = tenant_guard("audit_matches_its_pair") | {
        "audit_site_is_the_contractors": "NEW.site_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM parties_site s "
        "WHERE s.id = NEW.site_id AND s.organisation_id = NEW.contractor_id)",
    }

    class Meta:
        verbose_name = _("audit")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="for_cause") | ~models.Q(cause=""),
                name="an_audit_for_cause_says_why",
                violation_error_message=_("Say what the audit for cause is about."),
            ),
        ]
        indexes = [
            models.Index(fields=["contractor", "-recorded_at", "id"], name="audit_contractor"),
            models.Index(fields=["registrant", "-recorded_at", "id"], name="audit_registrant"),
            models.Index(fields=["pair", "-id"], name="audit_pair"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def stream(self) -> str:
        """The chain of its working papers."""
        return f"audit:{self.pk}"


class AuditPlan(AppendOnlyModel, RecordedBy):
    """One edition of the plan; the latest counts. First and last day inclusive."""

    class Manner(models.TextChoices):
        ON_SITE = "on_site", pgettext_lazy("manner of an audit", "on site")
        REMOTE = "remote", _("remote")

    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="plans")
    edition = models.PositiveIntegerField()
    manner = models.CharField(_("manner"), max_length=20, choices=Manner)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    scope = models.TextField(_("scope"))
    reason = models.TextField(_("reason for the change"), blank=True)

    class Meta:
        verbose_name = _("audit plan")
        constraints = [
            models.UniqueConstraint(fields=["audit", "edition"], name="one_plan_per_audit_and_edition"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="audit_ends_on_or_after_its_first_day",
                violation_error_message=_("The last day lies before the first day."),
            ),
            models.CheckConstraint(
                condition=models.Q(edition=1) | ~models.Q(reason=""),
                name="a_changed_audit_plan_says_why",
                violation_error_message=_("Say why the plan changes."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.audit} · {self.starts_on}"


class AuditMember(AppendOnlyModel):
    """A member of the team under one edition of the plan; exactly one leads and signs the report."""

    plan = models.ForeignKey(AuditPlan, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey("parties.User", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=150)
    leads = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("member of an audit team")
        constraints = [
            models.UniqueConstraint(fields=["plan", "person"], name="a_person_is_on_the_team_once"),
            models.UniqueConstraint(
                fields=["plan"], condition=models.Q(leads=True), name="one_leader_of_an_audit_team"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AuditEvent(AppendOnlyModel, RecordedBy):
    """The audit began, was cancelled before its report, or was closed after every finding was."""

    class Kind(models.TextChoices):
        BEGUN = "begun", _("begun")
        CANCELLED = "cancelled", _("cancelled")
        CLOSED = "closed", _("closed")

    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    event_on = models.DateField(_("date"))
    reason = models.TextField(_("reason"), blank=True)

    insert_guards = {
        "a_cancelled_audit_stays_cancelled": "EXISTS (SELECT 1 FROM audits_auditevent e "
        "WHERE e.audit_id = NEW.audit_id AND e.kind = 'cancelled')",
        "a_reported_audit_is_not_cancelled": "NEW.kind = 'cancelled' AND EXISTS (SELECT 1 FROM audits_auditreport r "
        "WHERE r.audit_id = NEW.audit_id)",
        "only_a_reported_audit_is_closed": "NEW.kind = 'closed' AND NOT EXISTS (SELECT 1 FROM audits_auditreport r "
        "WHERE r.audit_id = NEW.audit_id)",
    }

    class Meta:
        verbose_name = _("event of an audit")
        constraints = [
            models.UniqueConstraint(fields=["audit", "kind"], name="one_event_per_audit_and_kind"),
            models.CheckConstraint(
                condition=~models.Q(kind="cancelled") | ~models.Q(reason=""),
                name="a_cancelled_audit_says_why",
                violation_error_message=_("Say why the audit is cancelled."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.audit} · {self.get_kind_display()}"
