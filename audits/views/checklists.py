"""A company's own checklists: uploaded, looked at next to the version before, kept, read, taken as a file, withdrawn."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cmo import clock
from cmo.clock import day_of
from cmo.parties.access import Can, require_for
from cmo.parties.context import display_names
from cmo.parties.forms import ReasonForm
from cmo.parties.models import Organisation
from cmo.parties.pages import act, reasons_against, scope_for
from cmo.parties.trail_pages import entries_for
from cmo.parties.views.form_page import form_page
from cmo.trail.canonical import canonical, sha256
from cmo.web.export import XLSX as XLSX_TYPE
from cmo.web.wording import is_chinese

from ..actions.checklists import keep_checklist as keep
from ..actions.checklists import withdraw_checklist as withdraw
from ..checklist_files.writing import EXAMPLE, KINDS, YAML, write_workbook, write_yaml
from ..comparing import difference
from ..facts.checklists import latest_version, version_before
from ..facts.template import template_of
from ..forms import ChecklistFileForm, KeepChecklistForm
from ..models import TemplateVersion
from ..rules.checklist import blockers_to_keep_checklist
from ..templates_data import audit_template, content_of, read_content
from .templates import keeping, own_rows, page_of, state_of

Fields = ChecklistFileForm | KeepChecklistForm


@require_safe
def checklist(request: HttpRequest, pk: int) -> HttpResponse:
    """One version of an own checklist, whole, and what it changed."""
    row = get_object_or_404(own_rows(request), pk=pk)
    organisation = Organisation.objects.get(pk=row.organisation_id)
    before = version_before(row)
    context = page_of(template_of(row), request.GET) | {
        "row": row,
        "owner": display_names({row.organisation_id}).get(row.organisation_id, ""),
        "state": state_of(row, clock.today()),
        "files": [(kind.upper(), reverse("audits:checklist_file", args=[pk, kind])) for kind in KINDS],
        "against_keeping": reasons_against(scope_for(request), Can.KEEP_CHECKLIST, organisation),
        "before": before,
        "difference": difference(template_of(before), template_of(row)) if before else None,
        "entries": entries_for(row),
    }
    return render(request, "audits/template.html", context)


@require_safe
def checklist_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """An own checklist as a file."""
    row = get_object_or_404(own_rows(request), pk=pk)
    return _file(content_of(template_of(row)), f"{row.key}-v{row.version}", kind)


@require_safe
def template_file(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """A template of the product as a file to begin from."""
    template = audit_template(key)
    if template is None:
        raise Http404
    return _file(content_of(template), template.key, kind)


@require_safe
def example_file(request: HttpRequest, kind: str) -> HttpResponse:
    """A small checklist that shows how a file is filled in."""
    return _file(EXAMPLE, "checklist-example", kind)


def _file(content: dict[str, Any], name: str, kind: str) -> HttpResponse:
    if kind not in KINDS:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    if kind == YAML:
        return HttpResponse(write_yaml(content), content_type="application/yaml; charset=utf-8", headers=headers)
    return HttpResponse(write_workbook(content, chinese=is_chinese()), content_type=XLSX_TYPE, headers=headers)


def import_checklist(request: HttpRequest) -> HttpResponse:
    """Upload a file; a faultless one is shown next to the version before, nothing is kept yet."""
    choices = _choices(request)
    initial = {"effective_from": clock.today(), "organisation": choices[0][0], "key": request.GET.get("key", "")}
    form = ChecklistFileForm(request.POST or None, request.FILES or None, organisations=choices, initial=initial)
    if request.method == "POST" and form.is_valid():
        return _preview(request, form, form.cleaned_data["upload"])
    files = [(kind.upper(), reverse("audits:checklist_example", args=[kind])) for kind in reversed(KINDS)]
    return render(request, "audits/import_checklist.html", {"form": form, "files": files})


def _choices(request: HttpRequest) -> list[tuple[int, str]]:
    """The organisations to keep for, named. :raises PermissionDenied: when there is none."""
    found = keeping(request)
    if not found:
        require_for(request.user, Can.KEEP_CHECKLIST, 0, clock.today())  # type: ignore[arg-type]
    names = display_names(set(found))
    return [(pk, names.get(pk, "")) for pk in found]


def _preview(request: HttpRequest, form: Fields, content: dict[str, Any]) -> HttpResponse:
    typed = {name: form.cleaned_data[name] for name in ("organisation", "key", "effective_from")}
    template = read_content({**content, "key": typed["key"]}, own=True)
    last = latest_version(typed["organisation"], typed["key"])
    before = template_of(last) if last else None
    text = canonical(content)
    again = KeepChecklistForm(initial=typed | {"content": text}, organisations=_choices(request))
    context = (
        page_of(template, {})
        | typed
        | {
            "form": form,
            "again": again,
            "before": last,
            "version": last.version + 1 if last else 1,
            "owner": dict(_choices(request))[typed["organisation"]],
            "difference": difference(before, template) if before else None,
            "blockers": blockers_to_keep_checklist(template, before, typed["effective_from"], clock.today()),
            "hash": sha256(text),
        }
    )
    return render(request, "audits/preview_checklist.html", context)


@require_POST
def keep_checklist(request: HttpRequest) -> HttpResponse:
    """Keep what the preview showed as the next version."""
    form = KeepChecklistForm(request.POST, organisations=_choices(request))
    if not form.is_valid():
        return redirect("audits:import_checklist")
    kept = _keep(request, form)
    if kept is None:
        return _refused(request, form)
    return redirect("audits:checklist", kept.pk)


def _keep(request: HttpRequest, form: KeepChecklistForm) -> TemplateVersion | None:
    organisation = Organisation.objects.get(pk=form.cleaned_data["organisation"])
    return act(
        request,
        form,
        "checklist.kept",
        subject=organisation,
        stream=f"organisation:{organisation.pk}",
        do=lambda at: keep(
            organisation=organisation,
            key=form.cleaned_data["key"],
            content=form.cleaned_data["content"],
            effective_from=form.cleaned_data["effective_from"],
            by=require_for(request.user, Can.KEEP_CHECKLIST, organisation, day_of(at)),  # type: ignore[arg-type]
            at=at,
        ),
    )


def _refused(request: HttpRequest, form: KeepChecklistForm) -> HttpResponse:
    """The reasons, where the file can be uploaded again."""
    typed = {name: form.cleaned_data[name] for name in ("organisation", "key", "effective_from")}
    again = ChecklistFileForm(initial=typed, organisations=_choices(request))
    context = {"form": again, "findings": getattr(form, "findings", []), "errors": form.non_field_errors()}
    return render(request, "audits/import_checklist.html", context)


def withdraw_checklist(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a version for new audits no longer."""
    row = get_object_or_404(own_rows(request), pk=pk)
    require_for(request.user, Can.KEEP_CHECKLIST, row.organisation_id, clock.today())  # type: ignore[arg-type]
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _withdraw(request, form, row):
        return redirect("audits:checklist", pk)
    return form_page(
        request,
        form,
        title=_("Withdraw the checklist"),
        kicker=str(row),
        lead=_("Audits planned with it keep it; new ones are not offered it."),
        submit=_("Withdraw the checklist"),
        back=reverse("audits:checklist", args=[pk]),
    )


def _withdraw(request: HttpRequest, form: ReasonForm, row: TemplateVersion) -> object:
    return act(
        request,
        form,
        "checklist.withdrawn",
        subject=row,
        stream=f"organisation:{row.organisation_id}",
        do=lambda at: withdraw(
            checklist=row,
            reason=form.cleaned_data["reason"],
            by=require_for(request.user, Can.KEEP_CHECKLIST, row.organisation_id or 0, day_of(at)),  # type: ignore[arg-type]
            at=at,
        ),
    )
