"""Duties about audits themselves: to begin, to conduct and report, to close; audits that come up, the yearly one first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Min
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agreements.duties.making import pair_duty
from agreements.facts.validity import live
from agreements.models import Entrustment, PairDuty
from agreements.rules.hold import a_year_after
from cmo.duty import Duty, Kind
from cmo.parties.access import Can, Scope, may
from cmo.parties.models import Pair

from .facts import AuditFacts, load_audits
from .facts.audit import CONDUCTED, PLANNED, REPORTED
from .facts.capa import open_rows
from .models import Audit, AuditFinding

#: The legal reference behind the yearly audit on site.
CITATION = "GMP25-109"
TITLES = {PLANNED: _("Begin the audit"), CONDUCTED: _("Fill in the checklist and sign the report")}


def audits_waiting(scope: Scope, pairs: Mapping[int, Pair], on: date) -> Iterator[Duty]:
    """Audits that this person conducts now, and reported ones that quality may close."""
    for facts in _open(scope):
        pair = pairs[facts.pair_id]
        if facts.state in TITLES and facts.has_member(scope.user_id) and facts.starts_on <= on:
            page = "conduct" if facts.state == CONDUCTED else "audit"
            tone = "bad" if facts.ends_on < on else "active"
            yield _duty(scope, facts, pair, TITLES[facts.state], page, due_on=facts.ends_on, tone=tone, code="conduct")
    yield from _closable(scope, pairs)


def _closable(scope: Scope, pairs: Mapping[int, Pair]) -> Iterator[Duty]:
    rows = Audit.objects.visible_to(scope).in_state(REPORTED)
    owing = set(open_rows(AuditFinding.objects.filter(audit__in=rows)).values_list("audit_id", flat=True))
    for facts in load_audits(rows).values():
        pair = pairs[facts.pair_id]
        if facts.audit_id not in owing and may(scope, Can.CLOSE_AUDIT, pair):
            yield _duty(scope, facts, pair, _("Close the audit"), "audit", since=facts.reported_on, code="close")


def audits_coming_up(scope: Scope, pairs: Mapping[int, Pair], on: date, until: date) -> Iterator[Duty]:
    """The days of planned audits up to ``until``, for both sides as far as they may know, and those under way."""
    for facts in _open(scope):
        if facts.starts_on <= until:
            due_on = facts.starts_on if facts.state == PLANNED else facts.ends_on
            title = _("Audit of the contractor begins") if facts.state == PLANNED else _("Audit of the contractor ends")
            tone = "bad" if due_on < on else "active"
            yield _duty(scope, facts, pairs[facts.pair_id], title, "audit", due_on=due_on, tone=tone, code=facts.state)


def yearly_audits(scope: Scope, pairs: Mapping[int, Pair], on: date, until: date) -> Iterator[Duty]:
    """The next yearly audit of each pair that is due up to ``until`` or was missed, as its latest record says; of a pair
    without a record one year after its first live entrustment began, as the release gate counts. Two queries."""
    rows = PairDuty.objects.visible_to(scope).filter(pair__end__isnull=True, kind=PairDuty.Kind.AUDIT)
    due = {row.pair_id: (row.next_due_on, row.reference) for row in rows.order_by("done_on", "id")}
    begun = live(Entrustment.objects.visible_to(scope)).order_by().values_list("pair_id")
    for pair_id, first_day in begun.annotate(first=Min("starts_on")):
        due.setdefault(pair_id, (a_year_after(first_day), str(_("no audit on record yet"))))
    for pair_id, (due_on, about) in due.items():
        if due_on <= until:
            url, tone = reverse("audits:pair_audits", args=[pair_id]), "bad" if due_on < on else "pending"
            told: dict[str, Any] = {
                "code": "yearly_audit",
                "citation": CITATION,
                "owners": frozenset({pairs[pair_id].registrant_id}),
            }
            title = PairDuty.Kind.AUDIT.label
            yield pair_duty(scope, Kind.AUDIT, title, about, url, pairs[pair_id], due_on=due_on, tone=tone, **told)


def _open(scope: Scope) -> list[AuditFacts]:
    """Audits planned or under way; a constant number of queries."""
    rows = Audit.objects.visible_to(scope).filter(report__isnull=True).exclude(events__kind="cancelled")
    return list(load_audits(rows).values())


def _duty(
    scope: Scope, facts: AuditFacts, pair: Pair, title: str | Promise, page: str, *, code: str, **when: Any
) -> Duty:
    """``when``: since, due_on and tone, as :func:`agreements.duties.making.pair_duty` takes them."""
    url = reverse(f"audits:{page}", args=[facts.audit_id])
    told = {"code": f"audit_{code}", "citation": CITATION, "owners": frozenset({facts.registrant_id})}
    return pair_duty(scope, Kind.AUDIT, title, facts.number, url, pair, **told, **when)  # type: ignore[arg-type]
