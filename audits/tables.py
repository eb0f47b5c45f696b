"""The list of audits as a table with sort, columns and export; facts are loaded for the rows shown."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_tables2 import Column

from agreements.labels import Labels, labels_for
from agreements.tables import FactTable, NumberOpensColumn
from cmo.web import badges
from cmo.web.wording import bilingual

from .facts import AuditFacts, load_audits
from .models import Audit, AuditPlan
from .states import audit_state


def _named(**options: Any) -> Column:
    """A column whose text is found by ``render_…``, not sorted."""
    return Column(**{"orderable": False, "accessor": "pk", **options})


class AuditTable(FactTable):
    """Audits with days, manner, checklist, state and number of findings."""

    number = NumberOpensColumn(verbose_name=_("number"))
    kind = Column(verbose_name=_("kind"))
    registrant = _named(verbose_name=_("Registrant"))
    contractor = _named(verbose_name=_("Contractor"))
    days = _named(verbose_name=_("audit days"), attrs={"td": {"class": "figures"}})
    manner = _named(verbose_name=_("manner"))
    lead = _named(verbose_name=_("leader"))
    template = Column(
        verbose_name=_("checklist"), accessor="template", orderable=False, attrs={"td": {"class": "words"}}
    )
    state = _named(verbose_name=_("state"))
    findings = _named(verbose_name=_("number of findings"), attrs={"td": {"class": "figures"}})

    always = ("number",)
    hidden_at_first = ("template",)
    export_name = "audits"

    class Meta:
        order_by = "-number"

    @cached_property
    def facts(self) -> dict[int, AuditFacts]:
        return load_audits(self.shown)

    @cached_property
    def labels(self) -> Labels:
        return labels_for(self.shown)

    def row_url(self, record: Audit) -> str:
        return reverse("audits:audit", args=[record.pk])

    def render_registrant(self, record: Audit) -> str:
        return self.labels.organisation(record.registrant_id)

    def render_contractor(self, record: Audit) -> str:
        return self.labels.organisation(record.contractor_id)

    def render_days(self, record: Audit) -> str:
        facts = self.facts[record.pk]
        first, last = facts.starts_on.isoformat(), facts.ends_on.isoformat()
        return first if first == last else f"{first} – {last}"

    def render_manner(self, record: Audit) -> str:
        return str(AuditPlan.Manner(self.facts[record.pk].manner).label)

    def render_lead(self, record: Audit) -> str:
        lead = self.facts[record.pk].lead
        return lead.name if lead else ""

    def render_template(self, record: Audit) -> str:
        return bilingual(record.template, "title")

    def render_state(self, record: Audit) -> Any:
        return badges.badge(*audit_state(self.facts[record.pk]))

    def value_state(self, record: Audit) -> str:
        return audit_state(self.facts[record.pk]).word

    def render_findings(self, record: Audit) -> str:
        facts = self.facts[record.pk]
        return str(len(facts.finding_ids)) if facts.reported_on else "—"
