"""The yearly audit programme of the own organisation: what was adopted, and the ranking from which the next edition comes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.clock import day_of
from cmo.errors import Finding
from cmo.parties.access import Can, may_for, require_for
from cmo.parties.facts import exceptions, names_of
from cmo.parties.models import Organisation, Side
from cmo.parties.pages import act, not_yours, scope_for

from .. import actions
from ..facts.people import own_auditors
from ..facts.programme import load_led_audits, load_pair_risks
from ..forms.programme import DaysForm, ProgrammeForm
from ..models import Programme
from ..programme_shown import lanes_of, shown_entries
from ..rules.programme import EntrySaid, Ranked, left_out, ranked, warnings_of
from ..template_choices import annual_choices
from ..templates_data import annual_template

#: Auditor days assumed until somebody says otherwise.
DAYS_AT_FIRST = 40
#: A programme can be made for this year and the next.
YEARS_AHEAD = 1
#: No number of days has as many digits.
MOST_DIGITS = 5


def own_registrant(request: HttpRequest) -> Organisation:
    """The organisation for which this person stands on the registrant's side.

    :raises PermissionDenied: for people of contractors alone, and for outsiders.
    """
    scope = scope_for(request)
    chosen = request.GET.get("for", "")
    ids = sorted(scope.registrant_ids)
    if chosen.isdecimal() and int(chosen) in ids:
        ids = [int(chosen)]
    if not ids or scope.limited_to is not None:
        raise PermissionDenied(_("The audit programme is made by registrants."))
    return Organisation.objects.get(pk=ids[0])


@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    """The programme of this year."""
    own_registrant(request)
    return redirect("audits:programme", clock.today().year)


def programme(request: HttpRequest, year: int) -> HttpResponse:
    """One year: the adopted edition with its audits, and the ranking as it is now."""
    today, organisation = clock.today(), own_registrant(request)
    if not today.year - 10 <= year <= today.year + YEARS_AHEAD:
        raise Http404
    if request.method == "POST":
        require_for(request.user, Can.ADOPT_PROGRAMME, organisation, today, Side.REGISTRANT)  # type: ignore[arg-type]
    days = _days(request, organisation)
    rows = ranked(load_pair_risks(organisation.pk, today, year), days, today, year, exceptions([organisation.pk]))
    form = ProgrammeForm(
        request.POST or None,
        initial={"auditor_days": days, "template": annual_template().key, "scope": _("The whole quality system")},
        rows=rows,
        people=[(user.pk, user.printed_name) for user in own_auditors(organisation.pk, today)],
        templates=annual_choices(organisation.pk, today),
    )
    warned = _warned(organisation, form, rows, year)
    if request.method == "POST" and form.is_valid() and _adopt(request, organisation, form, year):
        for one in warned:
            messages.warning(request, one.text())
        return redirect("audits:programme", year)
    context = {"organisation": organisation, "year": year, "today": today, "form": form, "days": days}
    context |= {"days_form": DaysForm({"days": days}), "warned": warned}
    return render(request, "audits/programme.html", context | _shown(request, organisation, rows, year))


def _warned(organisation: Organisation, form: ProgrammeForm, rows: list[Ranked], year: int) -> list[Finding]:
    """What to look at in what was typed, or else in what is proposed."""
    if form.is_valid():
        said = form.said(year)
        led = load_led_audits(organisation.pk, said.lead.pk)
        return warnings_of(rows, said.entries, year, led, exceptions([organisation.pk]))
    proposed = [EntrySaid(row.risk.pair_id, row.auditor_days, row.starts_on) for row in rows]
    return warnings_of(rows, proposed, year, exceptions=exceptions([organisation.pk]))


def _days(request: HttpRequest, organisation: Organisation) -> int:
    """The auditor days typed, else those of the latest edition."""
    typed = request.POST.get("auditor_days") or request.GET.get("days") or ""
    if typed.isascii() and typed.isdecimal() and len(typed) < MOST_DIGITS:
        return int(typed)
    last = Programme.objects.filter(organisation=organisation).order_by("-year", "-edition").first()
    return last.auditor_days if last else DAYS_AT_FIRST


def _shown(request: HttpRequest, organisation: Organisation, rows: list[Ranked], year: int) -> dict[str, Any]:
    today = clock.today()
    adopted = Programme.objects.filter(organisation=organisation, year=year).order_by("-edition").first()
    entries = shown_entries(adopted)
    may = may_for(scope_for(request), Can.ADOPT_PROGRAMME, organisation, Side.REGISTRANT)
    return {
        "years": [
            {"label": str(one), "url": reverse("audits:programme", args=[one]), "current": one == year}
            for one in range(today.year - 1, today.year + YEARS_AHEAD + 1)
        ],
        "adopted": adopted,
        "entries": entries,
        "lanes": lanes_of(entries),
        "rows": rows,
        "over": year < today.year,
        "names": names_of({row.risk.contractor_id for row in rows}),
        # Judged by the audits there are: one that was cancelled leaves its pair without.
        "left_out": left_out(rows, [], year) if adopted else [],
        "used": sum(row.auditor_days for row in rows if row.starts_on),
        "against": [] if may else [not_yours(Can.ADOPT_PROGRAMME)],
    }


def _adopt(request: HttpRequest, organisation: Organisation, form: ProgrammeForm, year: int) -> bool:
    done = act(
        request,
        form,
        "programme.adopted",
        subject=organisation,
        stream=f"organisation:{organisation.pk}",
        do=lambda at: actions.adopt_programme(
            organisation=organisation,
            said=form.said(year),
            by=require_for(request.user, Can.ADOPT_PROGRAMME, organisation, day_of(at), Side.REGISTRANT),  # type: ignore[arg-type]
            at=at,
        ),
    )
    if done:
        messages.info(request, _("The programme is adopted and its audits are planned."))
    return done is not None
