"""The page of one lot: both releases side by side with every gate, its release file, holds, time line and trail."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.evidence.facts import files_of, panel_of
from cmo.parties.access import Can, Scope
from cmo.parties.facts import names_of
from cmo.parties.models import OrganisationVersion, SiteVersion
from cmo.parties.pages import get_visible_or_404, reasons_against, scope_for
from cmo.parties.trail_pages import entries_for
from cmo.signing.facts import signatures_under
from cmo.web.wording import bilingual

from ..columns import Column, DecisionShown, act_url, column_titles, document_names, file_lines, lanes, sorted_verdicts
from ..corrections_shown import corrections_of, materials_of
from ..deciding import judgement
from ..facts import MARKET, PRODUCTION, LotFacts, load_lot_facts
from ..making_shown import making_of
from ..models import FileReturn, Lot, LotDocument, LotHold, MarketRelease, ProductionRelease
from ..rules.correcting import blockers_to_change_lot
from ..rules.making import blockers_to_change_steps

CAN = {PRODUCTION: Can.RELEASE_PRODUCTION, MARKET: Can.RELEASE_TO_MARKET}


def visible_lot(request: HttpRequest, pk: int) -> Lot:
    """The lot, when this person may see it. :raises Http404:"""
    return get_visible_or_404(request, Lot.objects.select_related("pair", "entrustment"), pk=pk)


def lot_context(request: HttpRequest, row: Lot, facts: LotFacts, current: str) -> dict[str, Any]:
    """What every page of a lot shows on top."""
    return {
        "lot": row,
        "facts": facts,
        "today": clock.today(),
        "tabs": [
            {"label": label, "url": reverse(f"releases:{name}", args=[row.pk]), "current": name == current}
            for name, label in (("lot", _("Lot")), ("lot_udi", _("Identification")), ("lot_trail", _("Trail")))
        ],
    }


@require_safe
def lot(request: HttpRequest, pk: int) -> HttpResponse:
    """Where this lot stands, why, and what can be done next."""
    row = visible_lot(request, pk)
    scope, today = scope_for(request), clock.today()
    facts = load_lot_facts([row])[pk]
    documents = list(LotDocument.objects.filter(lot=row).prefetch_related("reviews").order_by("id"))
    returns = list(FileReturn.objects.filter(lot=row).select_related("answer").order_by("-id"))
    holds = list(LotHold.objects.filter(lot=row).select_related("lift").order_by("-id"))
    names = names_of([row.registrant_id, row.contractor_id])
    columns = release_columns(scope, row, facts, names)
    files = files_of([*documents, *(f"releases.deviation:{one.deviation_id}" for one in facts.deviations)])
    making = making_of(row, facts.deviations, files)
    corrections = corrections_of(row)
    context = lot_context(request, row, facts, "lot") | {
        "columns": columns,
        "names": {"registrant": names.get(row.registrant_id), "contractor": names.get(row.contractor_id)},
        "site": SiteVersion.objects.current_by_subject([row.site_id]).get(row.site_id),
        "document_names": document_names(facts),
        "file": file_lines(facts, documents, files),
        "materials": materials_of(row),
        "corrections": corrections,
        "returns": returns,
        "holds": holds,
        "making": making,
        "lanes": lanes(facts, making, documents, returns, holds, columns, corrections),
        "evidence": panel_of(row, request.user, today),
        "own_side": own_side(scope, row),
        "against": _against(scope, row) | _fixed(facts),
    }
    return render(request, "releases/lot.html", context)


@require_safe
def lot_trail(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that happened to this lot."""
    row = visible_lot(request, pk)
    facts = load_lot_facts([row])[pk]
    context = lot_context(request, row, facts, "lot_trail") | {"entries": entries_for(row, limit=200)}
    return render(request, "releases/lot_trail.html", context)


def _fixed(facts: LotFacts) -> dict[str, Any]:
    """Why nobody changes what a production decision rests on."""
    return {"change_steps": blockers_to_change_steps(facts), "change_lot": blockers_to_change_lot(facts)}


def _against(scope: Scope, row: Lot) -> dict[str, Any]:
    """Why this person may not do each act on the page; an empty list where they may."""
    wanted = {
        "correct": Can.REGISTER_LOT,
        "attach": Can.ATTACH_TO_LOT,
        "review": Can.REVIEW_RELEASE_FILE,
        "ask": Can.RETURN_RELEASE_FILE,
        "hold": Can.PLACE_HOLD,
        "lift": Can.LIFT_HOLD,
        "veto": Can.VETO,
        "withdraw_production": Can.RELEASE_PRODUCTION,
        "withdraw_market": Can.RELEASE_TO_MARKET,
        "step": Can.RECORD_STEP,
        "observe": Can.OBSERVE,
        "deviation": Can.RECORD_DEVIATION,
    }
    return {name: reasons_against(scope, can, row.pair) for name, can in wanted.items()}


def own_side(scope: Scope, row: Lot) -> str:
    """The side this person stands on; empty for an outsider."""
    if row.contractor_id in scope.contractor_ids:
        return "contractor"
    return "registrant" if row.registrant_id in scope.registrant_ids else ""


def release_columns(scope: Scope, row: Lot, facts: LotFacts, names: dict[int, OrganisationVersion]) -> list[Column]:
    """Both releases, the contractor's first."""
    shown = {PRODUCTION: _decisions(row, ProductionRelease), MARKET: _decisions(row, MarketRelease)}
    titles, today = column_titles(), clock.today()
    columns = []
    for stage, party in ((PRODUCTION, row.contractor_id), (MARKET, row.registrant_id)):
        judged = judgement(facts, stage, today)
        title, act, _post = titles[stage]
        columns.append(
            Column(
                stage=stage,
                title=title,
                party=bilingual(names.get(party), "name"),
                judgement=judged,
                verdicts=sorted_verdicts(judged.verdicts),
                decisions=shown[stage],
                waits=stage == MARKET and facts.next_stage == PRODUCTION,
                act_label=act,
                act_url=act_url(stage, row.pk),
                against=reasons_against(scope, CAN[stage], row.pair),
            )
        )
    return columns


def _decisions(row: Lot, model: Any) -> list[DecisionShown]:
    """Decisions of one stage, newest first, each with its signature."""
    rows = list(model.objects.filter(lot=row).select_related("withdrawal", "lot").order_by("-id"))
    signed = signatures_under(rows)
    name = "production" if model is ProductionRelease else "market"
    return [
        DecisionShown(
            row=decision,
            signature=next(iter(signed[f"{decision._meta.label_lower}:{decision.pk}"]), None),
            url=reverse(f"releases:{name}_release", args=[decision.pk]),
            withdraw_url=reverse(f"releases:withdraw_{name}", args=[decision.pk]),
            withdrawal=getattr(decision, "withdrawal", None),
        )
        for decision in rows
    ]
