"""How an organisation is reminded: the values that hold with who set them and why, and setting one kind."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.clock import day_of
from cmo.duty import Kind
from cmo.parties.access import Can, require_for
from cmo.parties.facts import names_of
from cmo.parties.models import Organisation
from cmo.parties.pages import act, get_visible_or_404, reasons_against, scope_for
from cmo.parties.views.form_page import form_page
from cmo.web.wording import bilingual

from .. import actions
from ..facts.reminding import Set, Setting, settings_history
from ..forms.settings import ReminderForm, days_text
from ..rules.reminding import DEFAULTS
from ..sources import KIND_NOTES, KIND_WORDS


@require_safe
def reminders_home(request: HttpRequest) -> HttpResponse:
    """The reminders of the own organisation; a choice for people who act for several."""
    own = sorted(scope_for(request).organisation_ids)
    if len(own) == 1:
        return redirect("calendar:reminders", own[0])
    return render(request, "calendar/reminders_home.html", {"organisations": list(names_of(own).values())})


@require_safe
def reminders(request: HttpRequest, pk: int) -> HttpResponse:
    """Every kind of duty that has last days with what holds, the default, and its history."""
    row = get_visible_or_404(request, Organisation.objects, pk=pk)
    history = settings_history(pk)
    context = {
        "organisation": row,
        "name": bilingual(names_of([pk])[pk], "name"),
        "rows": [_row(pk, kind, history.get(kind, [])) for kind in DEFAULTS],
        "against": reasons_against(scope_for(request), Can.SET_REMINDERS, row),
    }
    return render(request, "calendar/reminders.html", context)


def _row(pk: int, kind: Kind, history: list[Set]) -> dict[str, Any]:
    holds = history[0].setting if history else DEFAULTS[kind]
    return {
        "kind": kind.value,
        "word": KIND_WORDS[kind],
        "note": KIND_NOTES[kind],
        "holds": _shown(holds),
        "default": _shown(DEFAULTS[kind]),
        "set": history[0] if history else None,
        "history": [{"set": each, "shown": _shown(each.setting)} for each in history],
        "url": reverse("calendar:set_reminders", args=[pk, kind.value]),
    }


def _shown(setting: Setting) -> dict[str, str]:
    """Both values in words: days ahead, and when lateness is escalated."""
    after = setting.escalate_after
    days = ngettext("%(days)s day ahead", "%(days)s days ahead", max(setting.lead_days, default=0))
    late = ngettext("after %(n)d working day", "after %(n)d working days", after) % {"n": after}
    return {
        "ahead": days % {"days": days_text(setting.lead_days)},
        "escalated": late if after else _("on the first day overdue"),
    }


def set_reminders(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Set one kind of duty."""
    row = get_visible_or_404(request, Organisation.objects, pk=pk)
    if kind not in DEFAULTS:
        raise Http404(kind)
    require_for(request.user, Can.SET_REMINDERS, row, clock.today())  # type: ignore[arg-type]
    known = next((each.setting for each in settings_history(pk).get(kind, [])), DEFAULTS[kind])
    initial = {"lead_days": days_text(known.lead_days), "escalate_after": known.escalate_after}
    form = ReminderForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            "reminders.set",
            subject=row,
            stream=f"organisation:{pk}",
            do=lambda at: actions.set_reminders(
                organisation=row,
                kind=kind,
                setting=form.setting,
                reason=form.cleaned_data["reason"],
                by=require_for(request.user, Can.SET_REMINDERS, row, day_of(at)),  # type: ignore[arg-type]
                at=at,
            ),
        )
        if done:
            return redirect("calendar:reminders", pk)
    return form_page(
        request,
        form,
        kicker=_("Reminders"),
        title=str(KIND_WORDS[Kind(kind)]),
        lead=_default_words(kind),
        submit=_("Save the setting"),
        back=reverse("calendar:reminders", args=[pk]),
    )


def _default_words(kind: str) -> str:
    setting = DEFAULTS[kind]
    words = _(
        "%(covers)s. The default is %(days)s days ahead and escalation after %(n)d working days. Everybody here is told alike."
    )
    values = {"covers": KIND_NOTES[Kind(kind)], "days": days_text(setting.lead_days), "n": setting.escalate_after}
    return words % values
