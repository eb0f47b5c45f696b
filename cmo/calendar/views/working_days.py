"""Working days by exception: what was set, by whom and on what, and setting one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo.clock import day_of
from cmo.parties import actions
from cmo.parties.access import Can, may_for, require_for
from cmo.parties.context import display_names
from cmo.parties.models import WorkingDay
from cmo.parties.pages import act, not_yours, scope_for
from cmo.parties.views.form_page import form_page
from cmo.workdays import arrangement_announced, is_working_day

from ..forms.calendar import WorkingDayForm


@require_safe
def working_days(request: HttpRequest) -> HttpResponse:
    """Every day that the own organisations set otherwise, the latest first, and which years are announced."""
    scope = scope_for(request)
    latest: dict[object, WorkingDay] = {}
    for row in WorkingDay.objects.filter(organisation_id__in=scope.organisation_ids).order_by("id"):
        latest[row.organisation_id, row.day] = row
    years = [(year, arrangement_announced(year)) for year in (scope.on.year, scope.on.year + 1)]
    rows = sorted(latest.values(), key=lambda row: row.day, reverse=True)
    names = display_names(scope.organisation_ids) if len(scope.organisation_ids) > 1 else {}
    context = {
        "rows": [
            {"row": row, "known": is_working_day(row.day), "whose": names.get(row.organisation_id or 0)} for row in rows
        ],
        "years": years,
        "against": [] if _own(request) else [not_yours(Can.SET_WORKING_DAYS)],
    }
    return render(request, "calendar/working_days.html", context)


def set_working_day(request: HttpRequest) -> HttpResponse:
    """Set one day of the own organisation."""
    scope, own = scope_for(request), _own(request)
    require_for(request.user, Can.SET_WORKING_DAYS, own, scope.on)  # type: ignore[arg-type]
    form = WorkingDayForm(request.POST or None, initial={"day": request.GET.get("day", "")})
    if request.method == "POST" and form.is_valid():
        stream = f"organisation:{own}"
        done = act(
            request,
            form,
            "working_day.set",
            subject=stream,
            stream=stream,
            do=lambda at: actions.set_working_day(
                **form.cleaned_data,
                by=require_for(request.user, Can.SET_WORKING_DAYS, own, day_of(at)),  # type: ignore[arg-type]
                at=at,
            ),
        )
        if done:
            return redirect("calendar:working_days")
    return form_page(
        request,
        form,
        title=_("Set a working day"),
        lead=_(
            "It counts for your organisation alone: when overdue matters are escalated, and on which days audits are planned. "
            "Last days and renewal windows follow the State Council's calendar."
        ),
        submit=_("Set this day"),
        back=reverse("calendar:working_days"),
    )


def _own(request: HttpRequest) -> int:
    """The own organisation for which this person sets working days, or 0."""
    scope = scope_for(request)
    return next((pk for pk in sorted(scope.organisation_ids) if may_for(scope, Can.SET_WORKING_DAYS, pk)), 0)
