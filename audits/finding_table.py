"""The list of findings as a table with sort, columns and export; facts are loaded for the rows shown."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import Case, QuerySet, When
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_tables2 import Column

from agreements.tables import FactTable, NumberOpensColumn
from cmo.parties.access import Scope
from cmo.parties.models import Side
from cmo.web import badges
from cmo.web.tables import MomentColumn, NumberColumn
from cmo.web.wording import bilingual, day

from .facts.capa import FindingFacts, load_findings
from .finding_states import finding_state
from .models import AuditFinding
from .wording import SEVERITY_TONES, SEVERITY_WORDS

_WORDS, _FIGURES = {"td": {"class": "words"}}, {"td": {"class": "figures"}}
#: Gravest first.
_RANK = Case(*(When(severity=severity, then=rank) for rank, severity in enumerate(SEVERITY_WORDS)), default=9)


def _named(**options: Any) -> Column:
    """A column whose text is found by ``render_…``, not sorted."""
    return Column(**{"orderable": False, "accessor": "pk", **options})


class FindingTable(FactTable):
    """Findings with severity, state, whose turn it is and until when."""

    number = NumberOpensColumn(verbose_name=_("number"))
    severity = Column(verbose_name=_("severity"))
    state = _named(verbose_name=_("state"))
    owes = _named(verbose_name=_("whose turn"))
    due = _named(verbose_name=_("due by"), attrs=_FIGURES)
    requirement = _named(verbose_name=_("requirement"), attrs=_WORDS)
    statement = Column(verbose_name=_("what was found"), orderable=False, attrs=_WORDS)
    repeats = _named(verbose_name=_("repeats"), attrs=_FIGURES)
    registrant = _named(verbose_name=_("Registrant"), attrs=_WORDS)
    contractor = _named(verbose_name=_("Contractor"), attrs=_WORDS)
    pair = _named(verbose_name=_("pair"), attrs=_FIGURES)
    audit = _named(verbose_name=_("audit"), attrs=_FIGURES)
    rounds = NumberColumn(verbose_name=_("plans"), accessor="pk", orderable=False)
    raised = MomentColumn(verbose_name=_("raised"), accessor="recorded_at")

    always = ("number",)
    hidden_at_first: tuple[str, ...] = ("requirement", "pair", "audit", "rounds", "raised")
    export_name = "findings"

    class Meta:
        order_by = ("-raised", "number")

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        """``scope``: a side that is always the reader's own is not shown at first."""
        super().__init__(*args, **kwargs)
        own = ["registrant"] if scope.registrant_ids and not scope.contractor_ids else []
        own += ["contractor"] if scope.contractor_ids and not scope.registrant_ids else []
        self.hidden_at_first = (*self.hidden_at_first, *own)

    @cached_property
    def facts(self) -> dict[int, FindingFacts]:
        return load_findings(self.shown)

    def row_url(self, record: AuditFinding) -> str:
        return reverse("audits:finding", args=[record.pk])

    def order_severity(self, rows: QuerySet[AuditFinding], descending: bool) -> tuple[QuerySet[AuditFinding], bool]:
        ranked = rows.annotate(rank=_RANK)
        return ranked.order_by("-rank" if descending else "rank", "number"), True

    def render_severity(self, record: AuditFinding) -> SafeString:
        return badges.badge(SEVERITY_TONES[record.severity], str(SEVERITY_WORDS[record.severity]))

    def value_severity(self, record: AuditFinding) -> str:
        return str(SEVERITY_WORDS[record.severity])

    def render_state(self, record: AuditFinding) -> SafeString:
        return badges.badge(*finding_state(self.facts[record.pk]))

    def value_state(self, record: AuditFinding) -> str:
        return finding_state(self.facts[record.pk]).word

    def render_owes(self, record: AuditFinding) -> str:
        side = self.facts[record.pk].owing_side
        return str(Side(side).label) if side else "—"

    def render_due(self, record: AuditFinding) -> SafeString | str:
        facts = self.facts[record.pk]
        if facts.due_on is None:
            return "—"
        if not facts.overdue(self.on):
            return day(facts.due_on)
        late = (self.on - facts.due_on).days
        words = ngettext("%(n)s day overdue", "%(n)s days overdue", late) % {"n": late}
        return format_html('{}<br><span class="source-line">{}</span>', badges.badge("bad", day(facts.due_on)), words)

    def value_due(self, record: AuditFinding) -> Any:
        return self.facts[record.pk].due_on

    def render_requirement(self, record: AuditFinding) -> str:
        return bilingual(record, "requirement")

    def render_repeats(self, record: AuditFinding) -> str:
        return record.repeats.number if record.repeats else "—"

    def render_registrant(self, record: AuditFinding) -> str:
        return self.labels.organisation(record.registrant_id)

    def render_contractor(self, record: AuditFinding) -> str:
        return self.labels.organisation(record.contractor_id)

    def render_pair(self, record: AuditFinding) -> str:
        return self.labels.pair(record.pair_id)

    def render_audit(self, record: AuditFinding) -> str:
        return record.audit.number

    def render_rounds(self, record: AuditFinding) -> int:
        return self.facts[record.pk].rounds
