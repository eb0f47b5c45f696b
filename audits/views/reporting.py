"""Signing the report of an audit: first the words and days, then the panel for exactly that text; and reading it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agreements.labels import labels_for
from agreements.views.revisions import LANGUAGES
from cmo import clock
from cmo.clock import day_of
from cmo.errors import blocking
from cmo.parties.access import Can, require
from cmo.parties.models import Side
from cmo.parties.pages import act
from cmo.parties.trail_pages import post_word
from cmo.signing.actions import record_hash
from cmo.signing.facts import signatures_under
from cmo.signing.forms import SigningForm
from cmo.signing.models import Meaning
from cmo.trail.actor import Actor

from .. import actions, rules
from ..actions.reporting import report_asked
from ..forms.planning import ReportForm
from ..models import Audit, AuditReport
from ..report_shown import shown_report
from ..reporting import EMPTY, ReportFacts, body_of, load_report_facts, report_of
from .records import audit_or_404, permitted

#: Calendar days within which findings are to be answered, unless the leader says otherwise.
DAYS_TO_ANSWER = {"critical": 7, "major": 15, "general": 30}


def report_audit(request: HttpRequest, pk: int) -> HttpResponse:
    """Summary, conclusion and days; when nothing stands against them, the signing panel."""
    row, _facts = audit_or_404(request, pk)
    by = permitted(request, Can.CONDUCT_AUDIT, row)
    known = load_report_facts(row, clock.today())
    severities = set(rules.severities_found(known.items, known.marks).values())
    form = ReportForm(request.POST or None, severities=severities, initial=_initial(known))
    against = [
        *rules.blockers_to_lead(known.facts, by.user_id),
        *rules.blockers_in_checklist(known.items),
    ]
    if request.method == "POST" and form.is_valid() and not against:
        found = blocking(rules.blockers_to_report(report_asked(known, form.said, by.user_id)))
        if not found:
            return _sign(request, row, known, form, by)
        for finding in found:
            form.add_error(None, finding.text())
    said = form.said if form.is_bound and form.is_valid() else EMPTY
    context = _context(row, known) | {"form": form, "against": against, "shown": shown_report(body_of(known, said))}
    return render(request, "audits/report_form.html", context)


def _initial(known: ReportFacts) -> dict[str, Any]:
    return {f"due_{severity}": known.on + timedelta(days=days) for severity, days in DAYS_TO_ANSWER.items()}


def _context(row: Audit, known: ReportFacts) -> dict[str, Any]:
    return {"audit": row, "facts": known.facts, "labels": labels_for([row])}


def _sign(request: HttpRequest, row: Audit, known: ReportFacts, form: ReportForm, by: Actor) -> HttpResponse:
    """The panel for this very report; signed, it is judged once more under lock and kept."""
    report = report_of(known, form.said)
    signing = SigningForm(
        request.POST if "seen_hash" in request.POST else None,
        user=request.user,
        by=by,
        record_hash=record_hash(report),
        subject=row,
        stream=row.pair.stream,
    )
    if signing.is_bound and signing.is_valid():
        done = act(
            request,
            signing,
            "audit.reported",
            subject=row,
            stream=row.pair.stream,
            do=lambda at: actions.report_audit(
                audit=row,
                said=form.said,
                proof=signing.proof,
                by=require(request.user, Can.CONDUCT_AUDIT, row.pair, day_of(at)),  # type: ignore[arg-type]
                at=at,
            ),
        )
        if done:
            messages.info(request, _("The report is signed; the contractor sees it and its findings."))
            return redirect("audits:audit", row.pk)
    context = _context(row, known) | _panel(report, by)
    return render(request, "audits/report_sign.html", context | {"form": signing, "typed": form})


def _panel(report: AuditReport, by: Actor) -> dict[str, Any]:
    post = post_word(by.post)
    return {
        "report": report,
        "shown": shown_report(report.content),
        "hash": record_hash(report),
        "meaning": Meaning.REPORTS_AUDIT.label,
        "signer": {"name": by.name, "organisation": by.organisation, "post": post, "side": Side(by.side).label},
        "shown_as": f"{by.name} · {post} · {by.organisation}",
    }


@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The signed report as it was frozen; both sides read the same."""
    row, facts = audit_or_404(request, pk)
    kept = AuditReport.objects.filter(audit=row).first()
    if kept is None:
        raise Http404
    signed = signatures_under([kept])
    context = {
        "audit": row,
        "facts": facts,
        "labels": labels_for([row]),
        "report": kept,
        "shown": shown_report(kept.content),
        "signature": next(iter(next(iter(signed.values()), [])), None),
        "languages": LANGUAGES,
    }
    return render(request, "audits/report.html", context)
