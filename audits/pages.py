"""What this app tells the pages of others: a tab and a tile of a pair, the finding behind a hold, its chains and pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.models import Hold, PairDuty
from agreements.pages import duty_tile
from cmo.parties.access import Scope
from cmo.parties.models import Pair
from cmo.parties.sections import RecordLink, Tile, register_pair_tab, register_pair_tile, register_record_link
from cmo.parties.trail_pages import Streams, register_streams, register_subject_page

from .facts.capa import findings_in
from .finding_states import finding_state
from .models import Audit, AuditFinding


def register() -> None:
    """Called once when the app is ready."""
    register_pair_tab("audits", gettext_lazy("Audits"), "audits:pair_audits", 43)
    register_pair_tile(audit_tile, order=43)
    register_subject_page("audits.audit", "audits:audit")
    register_record_link(finding_behind)
    register_streams(Streams("audit", gettext_lazy("Working papers of the audit"), readable_chains, chain_labels))


def finding_behind(row: Model) -> RecordLink | None:
    """From a hold to the critical finding that placed it, with where that stands; whoever lifts the hold should know."""
    if not isinstance(row, Hold) or row.kind != Hold.Kind.CRITICAL_FINDING:
        return None
    found = findings_in(AuditFinding.objects.filter(hold=row))
    if not found:
        return None
    facts = next(iter(found.values()))
    label = _("Finding %(number)s: %(state)s") % {"number": facts.number, "state": finding_state(facts).word}
    return RecordLink(label, reverse("audits:finding", args=[facts.finding_id]))


def audit_tile(pair: Pair, scope: Scope, on: date) -> Tile:
    """When the contractor was audited last, and when the next audit is due."""
    none, url = _("No audit of the contractor is on record."), reverse("audits:pair_audits", args=[pair.pk])
    return duty_tile(pair, on, PairDuty.Kind.AUDIT, _("Annual audit"), none, url)


def readable_chains(scope: Scope) -> Iterable[int]:
    """Audits whose working papers this person reads: those of the registrants they belong to."""
    rows = Audit.objects.visible_to(scope).filter(registrant_id__in=sorted(scope.registrant_ids))
    return rows.order_by("pk").values_list("pk", flat=True)


def chain_labels(audit_ids: Iterable[int]) -> Mapping[int, str]:
    """Audit id → its number; one query."""
    return dict(Audit.objects.filter(pk__in=list(audit_ids)).values_list("pk", "number"))
