"""The signed report of an audit, its findings, and a finding withdrawn as wrong."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.parties.tenancy import RecordedBy, TenantFact, tenant_guard
from cmo.trail.models import AppendOnlyModel

from .answer import AuditItem, ItemAnswer
from .audit import Audit


class AuditReport(AppendOnlyModel, RecordedBy):
    """The whole audit frozen: plan, team, every answer, counts, outcomes and findings; signed by the team's leader.

    ``body``: canonical text that page, PDF and DOCX show.
    """

    audit = models.OneToOneField(Audit, on_delete=models.PROTECT, related_name="report")
    reported_on = models.DateField(_("date of the report"))
    summary = models.TextField(_("summary"))
    conclusion = models.TextField(_("conclusion"))
    body = models.TextField(_("canonical text"))
    body_hash = models.CharField(max_length=64)

    insert_guards = {
        "only_a_begun_audit_is_reported": "NOT EXISTS (SELECT 1 FROM audits_auditevent e "
        "WHERE e.audit_id = NEW.audit_id AND e.kind = 'begun') OR EXISTS (SELECT 1 FROM audits_auditevent e "
        "WHERE e.audit_id = NEW.audit_id AND e.kind = 'cancelled')",
        "an_unanswered_item_blocks_the_report": "EXISTS (SELECT 1 FROM audits_audititem i "
        "WHERE i.audit_id = NEW.audit_id AND NOT EXISTS (SELECT 1 FROM audits_itemanswer a WHERE a.item_id = i.id))",
    }

    class Meta:
        verbose_name = _("audit report")

    def __str__(self) -> str:
        return f"{self.audit} · {self.reported_on}"

    @property
    def content(self) -> dict[str, Any]:
        """The body as a dictionary."""
        return json.loads(self.body)

    def canonical_record(self) -> dict[str, Any]:
        """What the team's leader signs: the whole report."""
        return {"type": "audits.auditreport", "audit": self.audit_id, "body": self.body}


class AuditFinding(TenantFact, RecordedBy):
    """One finding of a reported audit, which the contractor answers with corrective action.

    ``repeats``: an earlier finding of the pair about the same requirement. ``hold``: the hold that a critical one placed.
    """

    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="findings")
    number = models.CharField(_("finding number"), max_length=40, unique=True)
    item = models.ForeignKey(AuditItem, on_delete=models.PROTECT, null=True, related_name="findings")
    severity = models.CharField(_("severity"), max_length=10, choices=ItemAnswer.Severity)
    requirement_zh = models.TextField(_("requirement (Chinese)"))
    requirement_en = models.TextField(_("requirement (English)"))
    citation = models.CharField(_("citation"), max_length=60, blank=True)
    statement = models.TextField(_("what was found"))
    answer_due_on = models.DateField(_("answer due on"))
    repeats = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="repeated_by")
    hold = models.OneToOneField("agreements.Hold", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    insert_guards = tenant_guard("finding_matches_its_pair") | {
        "finding_belongs_to_its_audit": "NOT EXISTS (SELECT 1 FROM audits_audit a WHERE a.id = NEW.audit_id "
        "AND a.pair_id = NEW.pair_id)",
        "a_finding_repeats_one_of_the_same_pair": "NEW.repeats_id IS NOT NULL AND NOT EXISTS (SELECT 1 "
        "FROM audits_auditfinding f WHERE f.id = NEW.repeats_id AND f.pair_id = NEW.pair_id)",
    }

    class Meta:
        verbose_name = _("finding")
        indexes = [
            models.Index(fields=["contractor", "-recorded_at", "id"], name="finding_contractor"),
            models.Index(fields=["registrant", "-recorded_at", "id"], name="finding_registrant"),
            models.Index(fields=["pair", "-id"], name="finding_pair"),
        ]

    def __str__(self) -> str:
        return self.number


class FindingWithdrawal(AppendOnlyModel, RecordedBy):
    """The registrant withdraws a finding that turned out to be wrong."""

    finding = models.OneToOneField(AuditFinding, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("withdrawal of a finding")

    def __str__(self) -> str:
        return str(self.finding)
