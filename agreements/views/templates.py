"""Agreement templates: the product's own, and those that an organisation keeps; read, taken as a file, kept, withdrawn."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.clock import day_of
from cmo.parties.access import Can, may_for, require_for
from cmo.parties.context import display_names
from cmo.parties.models import Organisation, Pair
from cmo.parties.pages import act, not_yours, reasons_against, scope_for
from cmo.parties.trail_pages import entries_for
from cmo.parties.views.form_page import form_page
from cmo.web.wording import bilingual

from .. import actions
from ..facts.templates import BASE, content_of, read_own, templates_offered
from ..forms import ReasonForm, TemplateForm
from ..models import OwnTemplate
from ..template_file import write_file
from ..templates_data import Template, template_on
from .records import upload_page


def _own(request: HttpRequest) -> Any:
    """The templates of the organisations where this person holds a post."""
    rows = OwnTemplate.objects.filter(organisation_id__in=scope_for(request).organisation_ids)
    return rows.select_related("end").order_by("organisation_id", "key", "-version")


def _keeping(request: HttpRequest) -> list[int]:
    """The organisations for which this person may keep templates."""
    scope = scope_for(request)
    return [pk for pk in sorted(scope.organisation_ids) if may_for(scope, Can.KEEP_TEMPLATE, pk)]


def template_choices(pair: Pair, on: date) -> list[tuple[str, str]]:
    """The templates that a draft of this pair can begin from, named with version and owner."""
    offered = templates_offered(pair, on)
    names = display_names({item.organisation_id for item in offered if item.organisation_id})
    owners = {item.key: names.get(item.organisation_id, "") for item in offered if item.organisation_id}
    product = _("template of the product")
    return [(i.key, f"{bilingual(i, 'title')} v{i.version} · {owners.get(i.key, product)}") for i in offered]


@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """The product's template and every version of the own ones."""
    rows, on = list(_own(request)), clock.today()
    names = display_names({row.organisation_id for row in rows})
    context = {
        "built_in": _built_in(),
        "rows": [{"row": row, "name": names.get(row.organisation_id, ""), "state": _state(row, on)} for row in rows],
        "against_keeping": [] if _keeping(request) else [not_yours(Can.KEEP_TEMPLATE)],
    }
    return render(request, "agreements/templates.html", context)


def _built_in() -> Template:
    template = template_on(BASE, clock.today())
    if template is None:
        raise Http404
    return template


def _state(row: OwnTemplate, on: date) -> dict[str, str]:
    """Tone and word of a version."""
    if hasattr(row, "end"):
        return {"tone": "idle", "word": _("no longer offered")}
    if row.effective_from > on:
        return {"tone": "pending", "word": _("not in force yet")}
    return {"tone": "good", "word": _("in force")}


@require_safe
def built_in_template(request: HttpRequest) -> HttpResponse:
    """The product's template as it is offered today."""
    found = _built_in()
    context = {"template": found, "version": found.version, "effective_from": found.effective_from}
    return render(request, "agreements/template.html", context | {"file_url": reverse("agreements:built_in_file")})


@require_safe
def own_template(request: HttpRequest, pk: int) -> HttpResponse:
    """One version of an own template, whole."""
    row = get_object_or_404(_own(request), pk=pk)
    organisation = Organisation.objects.get(pk=row.organisation_id)
    context = {
        "row": row,
        "template": read_own(row),
        "version": row.version,
        "effective_from": row.effective_from,
        "owner": display_names([row.organisation_id]).get(row.organisation_id, ""),
        "state": _state(row, clock.today()),
        "file_url": reverse("agreements:template_file", args=[pk]),
        "against_withdrawing": reasons_against(scope_for(request), Can.KEEP_TEMPLATE, organisation),
        "entries": entries_for(row),
    }
    return render(request, "agreements/template.html", context)


@require_safe
def built_in_file(request: HttpRequest) -> HttpResponse:
    """The product's template as a file to begin from."""
    found = _built_in()
    return _file(content_of(found), f"{found.key}-{found.version}.yaml")


@require_safe
def template_file(request: HttpRequest, pk: int) -> HttpResponse:
    """An own template as a file."""
    row = get_object_or_404(_own(request), pk=pk)
    return _file(row.content, f"{row.key}-v{row.version}.yaml")


def _file(content: dict[str, Any], name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(write_file(content), content_type="application/yaml; charset=utf-8", headers=headers)


def keep_template(request: HttpRequest) -> HttpResponse:
    """Upload a file as the next version of an own template."""
    keeping = _keeping(request)
    if not keeping:
        require_for(request.user, Can.KEEP_TEMPLATE, 0, clock.today())  # type: ignore[arg-type]
    names = display_names(keeping)
    choices = [(pk, names.get(pk, "")) for pk in keeping]
    initial = {"effective_from": clock.today(), "organisation": keeping[0]}
    form = TemplateForm(request.POST or None, request.FILES or None, organisations=choices, initial=initial)
    if request.method == "POST" and form.is_valid() and (kept := _keep(request, form)):
        return redirect("agreements:own_template", kept.pk)
    lead = _(
        "A version is never rewritten; drafts keep the one they began from. What the law fixes stays in every template."
    )
    return upload_page(
        request,
        form,
        title=_("Keep an own template"),
        lead=lead,
        submit=_("Keep the template"),
        back=reverse("agreements:templates"),
    )


def _keep(request: HttpRequest, form: TemplateForm) -> OwnTemplate | None:
    organisation = Organisation.objects.get(pk=form.cleaned_data["organisation"])
    typed = {name: form.cleaned_data[name] for name in ("key", "effective_from")}
    return act(
        request,
        form,
        "template.kept",
        subject=organisation,
        stream=f"organisation:{organisation.pk}",
        do=lambda at: actions.keep_template(
            organisation=organisation,
            content=form.cleaned_data["upload"],
            by=require_for(request.user, Can.KEEP_TEMPLATE, organisation, day_of(at)),  # type: ignore[arg-type]
            at=at,
            **typed,
        ),
    )


def withdraw_template(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a version for new drafts no longer."""
    row = get_object_or_404(_own(request), pk=pk)
    require_for(request.user, Can.KEEP_TEMPLATE, row.organisation_id, clock.today())  # type: ignore[arg-type]
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _withdraw(request, form, row):
        return redirect("agreements:own_template", pk)
    return form_page(
        request,
        form,
        title=_("Withdraw the template"),
        kicker=str(row),
        lead=_("Drafts and revisions made from it stay as they are."),
        submit=_("Withdraw the template"),
        back=reverse("agreements:own_template", args=[pk]),
    )


def _withdraw(request: HttpRequest, form: ReasonForm, row: OwnTemplate) -> object:
    return act(
        request,
        form,
        "template.withdrawn",
        subject=row,
        stream=f"organisation:{row.organisation_id}",
        do=lambda at: actions.withdraw_template(
            template=row,
            reason=form.cleaned_data["reason"],
            by=require_for(request.user, Can.KEEP_TEMPLATE, row.organisation_id, day_of(at)),  # type: ignore[arg-type]
            at=at,
        ),
    )
