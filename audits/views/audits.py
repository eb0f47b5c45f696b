"""Audits: the lists, planning, the page of one, changing its plan, beginning, cancelling and closing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agreements.labels import labels_for
from agreements.views.records import pair_or_404
from cmo import clock
from cmo.parties.access import Can, Scope, holders_of, require, visible_organisations
from cmo.parties.facts import current_sites
from cmo.parties.forms import ReasonForm
from cmo.parties.models import OrganisationVersion, Pair
from cmo.parties.pages import not_yours, reasons_against, scope_for
from cmo.parties.trail_pages import Line, lines
from cmo.parties.views.form_page import form_page
from cmo.parties.views.pairs import pair_context
from cmo.signing.facts import signatures_under
from cmo.trail.models import Entry
from cmo.web.wording import bilingual

from .. import actions, rules
from ..facts import AuditFacts, load_items
from ..facts.audit import CONDUCTED, PLANNED
from ..facts.capa import findings_in, open_rows
from ..facts.people import auditor_users
from ..forms.lists import AuditFilter
from ..forms.planning import NewAuditForm, ReplanForm
from ..models import Audit, AuditReport
from ..progress import progress_of
from ..states import audit_state, audit_steps
from ..tables import AuditTable
from ..template_choices import template_choices
from .records import act_on_audit, audit_or_404, permitted, plan_in_pair

#: Trail verbs of single answers, of which there are hundreds.
ANSWERING = ("audit.item_answered", "audit.conflict_settled")


@require_safe
def audits(request: HttpRequest) -> HttpResponse:
    """Every audit this person may know of."""
    scope = scope_for(request)
    parties = OrganisationVersion.objects.current().filter(organisation__in=visible_organisations(scope))
    others = [
        (p.organisation_id, bilingual(p, "name")) for p in parties if p.organisation_id not in scope.organisation_ids
    ]
    form = AuditFilter(request.GET, parties=others)
    rows = _filtered(Audit.objects.visible_to(scope).select_related("template"), form)
    table = AuditTable.for_request(request, rows, on=clock.today())
    if download := table.export_for(request):
        return download
    return render(request, "audits/audits.html", {"table": table, "form": form, "plans": _plans(scope)})


def _plans(scope: Scope) -> bool:
    return any((post.side, post.role) in holders_of(Can.PLAN_AUDIT) for post in scope.posts)


def _filtered(rows: Any, form: AuditFilter) -> Any:
    """The rows that fit what was asked; what cannot be understood is not asked."""
    form.full_clean()
    asked: dict[str, Any] = {name: value for name, value in form.cleaned_data.items() if value}
    if words := asked.get("q"):
        rows = rows.filter(models.Q(number__icontains=words) | models.Q(plans__scope__icontains=words)).distinct()
    if kind := asked.get("kind"):
        rows = rows.filter(kind=kind)
    if state := asked.get("state"):
        rows = rows.in_state(state)
    if party := asked.get("party"):
        rows = rows.filter(models.Q(registrant_id=party) | models.Q(contractor_id=party))
    return rows


@require_safe
def pair_audits(request: HttpRequest, pk: int) -> HttpResponse:
    """The audits of one pair."""
    pair, scope = pair_or_404(request, pk), scope_for(request)
    rows = Audit.objects.visible_to(scope).filter(pair=pair).select_related("template")
    table = AuditTable.for_request(request, rows, on=clock.today(), of_pair=True)
    if download := table.export_for(request):
        return download
    context = pair_context(request, pair, "audits") | {
        "table": table,
        "against_planning": reasons_against(scope, Can.PLAN_AUDIT, pair),
    }
    return render(request, "audits/pair_audits.html", context)


def plan_audit(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan an audit of the contractor of a pair."""
    pair = pair_or_404(request, pk)
    require(request.user, Can.PLAN_AUDIT, pair, clock.today())  # type: ignore[arg-type]
    form = NewAuditForm(request.POST or None, **_choices(pair))
    if request.method == "POST" and form.is_valid():
        done = plan_in_pair(request, form, pair, **form.content)
        if done:
            return redirect("audits:audit", done.pk)
    title, back = _("Plan an audit"), reverse("audits:pair_audits", args=[pk])
    lead = _("The checklist is fixed with the plan; later editions of it do not change this audit.")
    return form_page(
        request, form, title=title, kicker=pair.number, lead=lead, submit=title, back=back, draft=f"audit-{pk}"
    )


def _choices(pair: Pair) -> dict[str, Any]:
    sites = [(row.site_id, bilingual(row, "name")) for row in current_sites([pair.contractor_id])]
    return {**_people(pair), "sites": sites, "templates": template_choices(pair, clock.today())}


def _people(pair: Pair) -> dict[str, Any]:
    return {"people": [(user.pk, user.printed_name) for user in auditor_users(pair, clock.today())]}


@require_safe
def audit(request: HttpRequest, pk: int) -> HttpResponse:
    """One audit: what it is, where it stands and why, and what to do next."""
    row, facts = audit_or_404(request, pk)
    report = AuditReport.objects.filter(audit=row).first()
    ours = row.registrant_id in scope_for(request).registrant_ids
    context = {
        "audit": row,
        "facts": facts,
        "labels": labels_for([row]),
        "state": audit_state(facts),
        "steps": audit_steps(facts),
        "ours": ours,
        "plans": row.plans.order_by("edition"),
        "progress": progress_of(row) if ours and facts.begun_on else None,
        "report": report,
        "signature": _signature(report),
        "findings": list(findings_in(row.findings.all()).values()) if report else [],
        "entries": _entries(row, ours=ours),
        **_against(request, row, facts),
    }
    return render(request, "audits/audit.html", context)


def _entries(row: Audit, *, ours: bool) -> list[Line]:
    """What happened to the audit. The working papers are the registrant's, and single answers stand in the checklist."""
    streams = [row.pair.stream, row.stream] if ours else [row.pair.stream]
    rows = Entry.objects.about(f"audits.audit:{row.pk}").filter(stream__in=streams)
    return lines(rows.exclude(verb__in=ANSWERING)[:50])


def _signature(report: AuditReport | None) -> Any:
    signed = signatures_under([report]) if report else {}
    return next(iter(next(iter(signed.values()), [])), None)


def _against(request: HttpRequest, row: Audit, facts: AuditFacts) -> dict[str, Any]:
    """Why this person may not take each next step now, by step; only for steps that the state offers."""
    scope, on = scope_for(request), clock.today()
    found: dict[str, Any] = {}
    if facts.state == PLANNED:
        found["against_beginning"] = reasons_against(scope, Can.CONDUCT_AUDIT, row.pair) or rules.blockers_to_begin(
            facts, request.user.pk, on
        )
    if facts.state in {PLANNED, CONDUCTED}:
        found["against_planning"] = reasons_against(scope, Can.PLAN_AUDIT, row.pair)
    if facts.state == CONDUCTED:
        found["against_reporting"] = _against_reporting(request, row, facts)
    if facts.state == "reported":
        found["against_closing"] = reasons_against(scope, Can.CLOSE_AUDIT, row.pair) or rules.blockers_to_close(
            facts, open_rows(row.findings.all()).count()
        )
    return found


def _against_reporting(request: HttpRequest, row: Audit, facts: AuditFacts) -> list[Any]:
    if not facts.has_member(request.user.pk):
        return [not_yours(Can.CONDUCT_AUDIT)]
    return [*rules.blockers_to_lead(facts, request.user.pk), *rules.blockers_in_checklist(load_items(row))]


def replan_audit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change days, manner, scope or team of an audit that is not reported."""
    row, facts = audit_or_404(request, pk)
    permitted(request, Can.PLAN_AUDIT, row)
    lead = facts.lead
    initial = {name: getattr(facts, name) for name in ("manner", "starts_on", "ends_on", "scope")}
    initial |= {"lead": lead.person_id if lead else None, "team": [m.person_id for m in facts.members if not m.leads]}
    form = ReplanForm(request.POST or None, initial=initial, **_people(row.pair))
    if request.method == "POST" and form.is_valid():
        done = act_on_audit(
            request,
            form,
            "audit.replanned",
            can=Can.PLAN_AUDIT,
            audit=row,
            facts=facts,
            do=actions.replan_audit,
            plan=form.plan,
            reason=form.cleaned_data["reason"],
        )
        if done:
            return redirect("audits:audit", pk)
    title, back = _("Change the plan"), reverse("audits:audit", args=[pk])
    return form_page(request, form, title=title, kicker=row.number, submit=title, back=back)


@require_POST
def begin_audit(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin to conduct an audit; the contractor knows of it from here on."""
    row, facts = audit_or_404(request, pk)
    permitted(request, Can.CONDUCT_AUDIT, row)
    done = act_on_audit(
        request, None, "audit.begun", can=Can.CONDUCT_AUDIT, audit=row, facts=facts, do=actions.begin_audit
    )
    return redirect("audits:conduct" if done else "audits:audit", pk)


def cancel_audit(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel an audit that is not reported."""
    row, facts = audit_or_404(request, pk)
    permitted(request, Can.PLAN_AUDIT, row)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = act_on_audit(
            request,
            form,
            "audit.cancelled",
            can=Can.PLAN_AUDIT,
            audit=row,
            facts=facts,
            do=actions.cancel_audit,
            **form.cleaned_data,
        )
        if done:
            return redirect("audits:audit", pk)
    title, back = _("Cancel the audit"), reverse("audits:audit", args=[pk])
    lead = _("What was answered stays readable; the audit does not count.")
    return form_page(request, form, title=title, kicker=row.number, lead=lead, submit=title, back=back)


@require_POST
def close_audit(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an audit all of whose findings are closed."""
    row, facts = audit_or_404(request, pk)
    permitted(request, Can.CLOSE_AUDIT, row)
    done = act_on_audit(
        request, None, "audit.closed", can=Can.CLOSE_AUDIT, audit=row, facts=facts, do=actions.close_audit
    )
    if done:
        messages.info(request, _("The audit is closed."))
    return redirect("audits:audit", pk)
