"""“May this be entrusted?” for anybody who is signed in, the recorded screenings of devices, and the editions held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cmo import clock
from cmo.clock import day_of
from cmo.evidence.facts import panel_of
from cmo.parties.access import Can, require_for
from cmo.parties.models import Side
from cmo.parties.pages import act, get_visible_or_404, reasons_against, scope_for
from cmo.parties.states import State
from cmo.regulation.classification import classification, search
from cmo.signing.facts import signatures_under

from .. import actions
from ..editions import in_force, last_day
from ..facts import held_catalogue, held_editions, screening_states
from ..facts_vocabulary import FACTS, UNKNOWN, WORDS, BadFacts, ScreeningFacts, clean_code
from ..forms import AskForm, ScreenForm
from ..judgement import ScreeningResult
from ..models import Device, HeldEdition, Screening
from ..rules import Catalogue, questions, screen
from ..states import verdict_state
from .devices import device_context, is_own

SUGGESTIONS = 12


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judgement as the page shows it."""

    result: ScreeningResult
    state: State
    on: date

    @property
    def missing(self) -> list[dict[str, str]]:
        """What is unknown, in both languages."""
        return [{"zh": WORDS[fact][0], "en": WORDS[fact][1]} for fact in self.result.missing_facts]


@require_safe
def may_entrust(request: HttpRequest) -> HttpResponse:
    """Type a code or a name, answer what matters, see the answer build up; a second date stands beside it."""
    form = AskForm(request.GET)
    form.full_clean()
    context: dict[str, Any] = {"form": form, "today": clock.today(), **_answer(form)}
    template = "catalogue/answer.html" if request.htmx else "catalogue/may_entrust.html"  # type: ignore[attr-defined]
    return render(request, template, context)


def _answer(form: AskForm) -> dict[str, Any]:
    """Everything below the search box: suggestions, questions and one verdict per date."""
    typed = form.cleaned_data.get("q", "").strip()
    chosen = "" if form.begins_anew else form.cleaned_data.get("code", "")
    if not typed and not chosen:
        return {"asked": False}
    try:
        code, name = _code_and_name(typed, chosen)
    except BadFacts:
        code, name = None, typed
    found = search(typed, SUGGESTIONS) if code is None else []
    suggestions = [{"item": item, "url": _address(form, typed, item.code)} for item in found]
    return {"asked": True, "typed": typed, "suggestions": suggestions, **_judged(form, code, name)}


def _address(form: AskForm, typed: str, code: str) -> str:
    """The page for one code of several that a name found, with no answer given yet."""
    days = {name: form.data.get(name, "") for name in ("on", "compare")}
    return "?" + urlencode({"q": typed, "about": typed, "code": code, **days})


def _code_and_name(typed: str, chosen: str) -> tuple[str | None, str]:
    """A typed code counts as the code; anything else is the product's name, with the code that was chosen for it."""
    try:
        return clean_code(typed) or clean_code(chosen), ""
    except BadFacts:
        return clean_code(chosen), typed


def _judged(form: AskForm, code: str | None, name: str) -> dict[str, Any]:
    catalogue = held_catalogue()
    days = [form.cleaned_data.get("on") or clock.today()]
    if compare := form.cleaned_data.get("compare"):
        days.append(compare)
    given = "" if form.begins_anew else form.cleaned_data.get("name", "").strip()
    name = name or given
    mattering = {fact for on in days for fact in questions(code, name, catalogue, on)}
    answers = {fact: value if fact in mattering else UNKNOWN for fact, value in form.facts().items()}
    shown: dict[str, Any] = {"code": code, "name": name, "item": classification(code) if code else None}
    try:
        facts = ScreeningFacts(code=code, name=name, **answers)
    except BadFacts as bad:
        return shown | {"contradiction": bad, "questions": _fields(form, mattering), "verdicts": []}
    verdicts = [_verdict(facts, catalogue, on) for on in days]
    asked = {fact for verdict in verdicts for fact in verdict.result.missing_facts}
    asked |= {fact for fact, value in answers.items() if value != UNKNOWN}
    asked |= {"name"} if given else set()
    return shown | {"verdicts": verdicts, "questions": _fields(form, asked)}


def _fields(form: AskForm, asked: Iterable[str]) -> list[Any]:
    """The fields to show, in the order to ask them; the code is typed in the search box."""
    wanted = set(asked)
    answers = {"name": "" if form.begins_anew else form.cleaned_data.get("name", ""), **form.facts()}
    fields = [form[name] for name in ("name", *FACTS) if name in wanted]
    for field in fields:
        field.answer = answers[field.name]  # type: ignore[attr-defined]
    return fields


def _verdict(facts: ScreeningFacts, catalogue: Catalogue, on: date) -> Verdict:
    result = screen(facts, catalogue, on)
    return Verdict(result, verdict_state(result.outcome), on)


@require_safe
def editions(request: HttpRequest) -> HttpResponse:
    """The editions held, with their entries as printed, their days and hashes."""
    held = held_editions()
    rows = {row.key: row for row in HeldEdition.objects.all()}
    signed = signatures_under(rows.values())
    current = in_force(held, clock.today())
    context = {
        "editions": [
            {
                "edition": edition,
                "row": rows.get(edition.key),
                "last_day": last_day(edition, held),
                "current": edition == current,
                "signatures": signed.get(f"catalogue.heldedition:{rows[edition.key].pk}", [])
                if edition.key in rows
                else [],
            }
            for edition in reversed(held)
        ]
    }
    return render(request, "catalogue/editions.html", context)


@require_safe
def screenings(request: HttpRequest, pk: int) -> HttpResponse:
    """The recorded screenings of a device, newest first, and the form for another one."""
    row = get_visible_or_404(request, Device.objects, pk=pk)
    found = Screening.objects.filter(device=row).select_related("version", "determination").order_by("-id")
    context = device_context(request, row, "device_screenings") | {
        "screenings": [{"row": s, "state": verdict_state(s.outcome)} for s in found],
        "form": ScreenForm(initial={"acted_on": clock.today()}),
    }
    return render(request, "catalogue/screenings.html", context)


@require_POST
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Screen a device for an act on a date, on record."""
    row = get_visible_or_404(request, Device.objects, pk=pk)
    form = ScreenForm(request.POST)
    if form.is_valid():
        done = act(
            request,
            form,
            "device.screened",
            subject=row,
            stream=row.stream,
            do=lambda at: actions.record_screening(
                device=row,
                acted_on=form.cleaned_data["acted_on"],
                by=require_for(request.user, Can.READ, row.registrant_id, day_of(at), Side.REGISTRANT),
                at=at,
            ),
        )
        if done:
            return redirect("catalogue:screening", done.pk)
    context = device_context(request, row, "device_screenings") | {"screenings": [], "form": form}
    return render(request, "catalogue/screenings.html", context)


@require_safe
def screening(request: HttpRequest, pk: int) -> HttpResponse:
    """One recorded screening: the judgement as it was made, its evidence and its determination."""
    rows = Screening.objects.filter(device__in=Device.objects.visible_to(scope_for(request)))
    row = get_object_or_404(rows.select_related("device", "version", "determination"), pk=pk)
    determination = getattr(row, "determination", None)
    today = clock.today()
    state = screening_states([row.device_id], today).get(row.device_id)
    context = {
        "row": row,
        "state": verdict_state(row.outcome),
        "missing": [{"zh": WORDS[f][0], "en": WORDS[f][1]} for f in row.result["missing_facts"]],
        "facts": _fact_rows(row),
        "own": is_own(request, row.device),
        "determination": determination,
        "determined": verdict_state(determination.outcome) if determination else None,
        "signatures": signatures_under([determination]).popitem()[1] if determination else [],
        "evidence": panel_of(row, request.user, today) if is_own(request, row.device) else None,
        "is_current": state is not None and row.facts == state.facts.as_dict(),
        "against_determining": reasons_against(
            scope_for(request), Can.DETERMINE, row.device.registrant, Side.REGISTRANT
        ),
    }
    return render(request, "catalogue/screening.html", context)


def _fact_rows(row: Screening) -> list[dict[str, str]]:
    """What was judged, fact by fact."""
    labels = {name: str(AskForm.base_fields[name].label) for name in FACTS}
    words = {"yes": _("yes"), "no": _("no"), UNKNOWN: _("unknown")}
    sites = dict(AskForm.base_fields["vascular_site"].choices)  # type: ignore[attr-defined]
    terms = [{"term": _("classification code"), "value": row.facts["code"] or ""}]
    for name in FACTS:
        value = row.facts[name]
        terms.append({"term": labels[name], "value": str(words.get(value) or sites.get(value, value))})
    return terms
