"""What findings add to the pages of others: the tab and a tile of a pair, and where a finding is found from the trail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cmo.parties.access import Scope
from cmo.parties.models import Pair
from cmo.parties.sections import Tile, register_pair_tab, register_pair_tile
from cmo.parties.trail_pages import listed, register_subject_page

from .facts.capa import FindingFacts, findings_in, open_rows
from .models import AuditFinding
from .wording import SEVERITY_WORDS


def register() -> None:
    """Called once when the app is ready."""
    register_pair_tab("findings", gettext_lazy("Findings"), "audits:pair_findings", 44)
    register_pair_tile(findings_tile, order=44)
    register_subject_page("audits.auditfinding", "audits:finding")


def open_of(pair: Pair) -> list[FindingFacts]:
    """The findings of a pair that owe a step; two queries."""
    return list(findings_in(open_rows(AuditFinding.objects.filter(pair=pair))).values())


def counted(findings: Iterable[FindingFacts]) -> list[tuple[str, int]]:
    """(severity, how many), gravest first, without those of which there are none."""
    found = Counter(facts.severity for facts in findings)
    return [(severity, found[severity]) for severity in SEVERITY_WORDS if found[severity]]


def findings_tile(pair: Pair, scope: Scope, on: date) -> Tile:
    """How many findings are open by severity, and how many of them are overdue."""
    findings, url = open_of(pair), reverse("audits:pair_findings", args=[pair.pk])
    if not findings:
        return Tile(_("Findings"), "good", _("No finding is open."), url)
    counts = listed(f"{SEVERITY_WORDS[severity]} {number}" for severity, number in counted(findings))
    late = sum(facts.overdue(on) for facts in findings)
    words = _("Open: %(counts)s.") % {"counts": counts}
    if late:
        words += " " + _("%(n)d overdue.") % {"n": late}
    critical = any(facts.severity == "critical" for facts in findings)
    return Tile(_("Findings"), "bad" if late or critical else "pending", words, url)
