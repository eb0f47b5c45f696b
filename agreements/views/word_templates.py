"""The Word templates that an organisation keeps: listed, shown with a preview, kept, taken as a file, withdrawn."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.clock import day_of
from cmo.paper.files import CONTENT_TYPES
from cmo.parties.access import Can, may_for, require_for
from cmo.parties.context import display_names
from cmo.parties.models import Organisation
from cmo.parties.pages import act, not_yours, reasons_against, scope_for
from cmo.parties.trail_pages import entries_for
from cmo.parties.views.form_page import form_page

from .. import actions
from ..facts.word_templates import kept_by
from ..forms import ReasonForm
from ..forms.word import WordTemplateForm
from ..models import WordTemplate
from ..word.filling import fill
from ..word.placeholders import BLOCKS, VALUES
from ..word.sample import sample
from ..word.writing import Order


def _own(request: HttpRequest) -> Any:
    """The Word templates of the organisations where this person holds a post."""
    return kept_by(scope_for(request).organisation_ids)


def _keeping(request: HttpRequest) -> list[int]:
    """The organisations for which this person may keep templates."""
    scope = scope_for(request)
    return [pk for pk in sorted(scope.organisation_ids) if may_for(scope, Can.KEEP_TEMPLATE, pk)]


@require_safe
def word_templates(request: HttpRequest) -> HttpResponse:
    """Every version of the own Word templates, and which placeholders there are."""
    rows = list(_own(request))
    names = display_names({row.organisation_id for row in rows})
    context = {
        "rows": [{"row": row, "name": names.get(row.organisation_id, ""), "state": _state(row)} for row in rows],
        "against_keeping": [] if _keeping(request) else [not_yours(Can.KEEP_TEMPLATE)],
        "blocks": [f"{{{{{name}}}}}" for name in BLOCKS],
        "values": [f"{{{{{name}}}}}" for name in VALUES],
    }
    return render(request, "agreements/word_templates.html", context)


def _state(row: WordTemplate) -> dict[str, str]:
    if hasattr(row, "end"):
        return {"tone": "idle", "word": _("no longer offered")}
    return {"tone": "good", "word": _("in force")}


@require_safe
def word_template(request: HttpRequest, pk: int) -> HttpResponse:
    """One version of a Word template."""
    row = get_object_or_404(_own(request), pk=pk)
    organisation = Organisation.objects.get(pk=row.organisation_id)
    context = {
        "row": row,
        "owner": display_names([row.organisation_id]).get(row.organisation_id, ""),
        "state": _state(row),
        "placeholders": [f"{{{{{name}}}}}" for name in row.placeholders],
        "against_withdrawing": reasons_against(scope_for(request), Can.KEEP_TEMPLATE, organisation),
        "entries": entries_for(row),
    }
    return render(request, "agreements/word_template.html", context)


@require_safe
def word_template_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The template as it was uploaded."""
    row = get_object_or_404(_own(request), pk=pk)
    return _download(bytes(row.content), row.file_name)


@require_safe
def word_template_preview(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The template filled with a sample agreement in both languages."""
    row = get_object_or_404(_own(request), pk=pk)
    data = fill(bytes(row.content), Order(sample(), "both"))
    return _download(data, f"sample-v{row.version}.docx")


def _download(data: bytes, name: str) -> HttpResponseBase:
    response = FileResponse(BytesIO(data), as_attachment=True, filename=name, content_type=CONTENT_TYPES["docx"])
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def keep_word_template(request: HttpRequest) -> HttpResponse:
    """Upload a Word file as the next version of a template."""
    keeping = _keeping(request)
    if not keeping:
        require_for(request.user, Can.KEEP_TEMPLATE, 0, clock.today())  # type: ignore[arg-type]
    names = display_names(keeping)
    choices = [(pk, names.get(pk, "")) for pk in keeping]
    initial = {"organisation": keeping[0], "name": request.GET.get("name", "")}
    form = WordTemplateForm(request.POST or None, request.FILES or None, organisations=choices, initial=initial)
    if request.method == "POST" and form.is_valid() and (kept := _keep(request, form)):
        return redirect("agreements:word_template", kept.pk)
    context = {"form": form, "blocks": [f"{{{{{n}}}}}" for n in BLOCKS], "values": [f"{{{{{n}}}}}" for n in VALUES]}
    return render(request, "agreements/word_template_form.html", context)


def _keep(request: HttpRequest, form: WordTemplateForm) -> WordTemplate | None:
    organisation = Organisation.objects.get(pk=form.cleaned_data["organisation"])
    upload = form.cleaned_data["upload"]
    content = upload.read()
    return act(
        request,
        form,
        "word_template.kept",
        subject=organisation,
        stream=f"organisation:{organisation.pk}",
        do=lambda at: actions.keep_word_template(
            organisation=organisation,
            name=form.cleaned_data["name"],
            file_name=upload.name,
            content=content,
            by=require_for(request.user, Can.KEEP_TEMPLATE, organisation, day_of(at)),  # type: ignore[arg-type]
            at=at,
        ),
    )


def withdraw_word_template(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a version no longer."""
    row = get_object_or_404(_own(request), pk=pk)
    require_for(request.user, Can.KEEP_TEMPLATE, row.organisation_id, clock.today())  # type: ignore[arg-type]
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _withdraw(request, form, row):
        return redirect("agreements:word_template", pk)
    return form_page(
        request,
        form,
        title=_("Withdraw the Word template"),
        kicker=str(row),
        lead=_("What went out in it is unchanged."),
        submit=_("Withdraw the Word template"),
        back=reverse("agreements:word_template", args=[pk]),
    )


def _withdraw(request: HttpRequest, form: ReasonForm, row: WordTemplate) -> object:
    return act(
        request,
        form,
        "word_template.withdrawn",
        subject=row,
        stream=f"organisation:{row.organisation_id}",
        do=lambda at: actions.withdraw_word_template(
            template=row,
            reason=form.cleaned_data["reason"],
            by=require_for(request.user, Can.KEEP_TEMPLATE, row.organisation_id, day_of(at)),  # type: ignore[arg-type]
            at=at,
        ),
    )
