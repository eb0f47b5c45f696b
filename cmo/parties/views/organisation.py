"""The own organisation: its data, sites and licences with their versions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.clock import day_of
from cmo.errors import Finding
from cmo.evidence.facts import panel_of
from cmo.signing.facts import signatures_under

from .. import actions
from ..access import Can, require_for
from ..facts import current_licences, current_sites, names_of
from ..forms import AsOfForm, LicenceForm, OrganisationForm, SiteForm
from ..models import Licence, LicenceVersion, Organisation, OrganisationVersion, Site, SiteVersion
from ..pages import act, get_visible_or_404, reasons_against, scope_for
from ..sections import record_links
from ..states import is_near, licence_state, version_state
from ..trail_pages import entries_for
from ..versions import end_of_day
from .form_page import form_page

#: Shown on the button of whoever proposed it: a second person decides.
OWN_PROPOSAL = Finding(
    "own_proposal",
    "blocks",
    "law",
    "提出人不能确认自己的提议，请由另一名质量人员确认。",
    "You proposed this or it concerns you; another quality person decides.",
    "GMP25-45",
)


def _tabs(organisation: Organisation, current: str) -> list[dict[str, Any]]:
    names = {
        "organisation": _("Data"),
        "organisation_sites": _("Sites"),
        "organisation_licences": _("Licences"),
        "organisation_people": _("People and posts"),
        "organisation_trail": _("Trail"),
    }
    return [
        {"label": label, "url": reverse(f"parties:{name}", args=[organisation.pk]), "current": name == current}
        for name, label in names.items()
    ]


def organisation_context(organisation: Organisation, current: str) -> dict[str, Any]:
    """What every page of an organisation shows on top."""
    data = names_of([organisation.pk]).get(organisation.pk)
    return {
        "organisation": organisation,
        "data": data,
        "tabs": _tabs(organisation, current),
        "today": clock.today(),
        "own_proposal": [OWN_PROPOSAL],
    }


@require_safe
def organisation_home(request: HttpRequest) -> HttpResponse:
    """The own organisation; a choice for people who act for several, the list for administrators."""
    own = sorted(scope_for(request).organisation_ids)
    if len(own) == 1:
        return redirect("parties:organisation", own[0])
    if not own and request.user.is_staff:
        return redirect("parties:organisations")
    return render(request, "parties/organisation_home.html", {"organisations": list(names_of(own).values())})


@require_safe
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """Data in force with their version, proposals awaiting confirmation, and all versions."""
    row = get_visible_or_404(request, Organisation.objects, pk=pk)
    versions = list(OrganisationVersion.objects.filter(organisation=row).select_related("decision").order_by("-number"))
    context = organisation_context(row, "organisation") | {
        "open": [v for v in versions if v.state == "proposed"],
        "history": history_of(versions, "organisation"),
        "against_proposing": reasons_against(scope_for(request), Can.PROPOSE_BASE_DATA, row),
        "against_confirming": reasons_against(scope_for(request), Can.CONFIRM_BASE_DATA, row),
    }
    return render(request, "parties/organisation.html", context)


def history_of(versions: list[Any], kind: str) -> list[dict[str, Any]]:
    """Versions newest first with state, changed fields and signatures, for the version table.

    Several sites may follow one another: the oldest version of each has changed nothing.
    """
    signed = signatures_under(versions)
    of, older = f"{kind}_id", [*versions[1:], None][: len(versions)]
    return [
        {
            "version": version,
            "kind": kind,
            "state": version_state(version),
            "changes": _changes(version, before if before and getattr(before, of) == getattr(version, of) else None),
            "signatures": signed.get(f"{version._meta.label_lower}:{version.pk}", []),
        }
        for version, before in zip(versions, older, strict=True)
    ]


def _changes(version: Any, before: Any) -> list[str]:
    if before is None:
        return []
    changed = (name for name in version.content_fields if getattr(version, name) != getattr(before, name))
    return [capfirst(version._meta.get_field(name).verbose_name) for name in changed]


def propose_organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose new data of the own organisation."""
    row = get_visible_or_404(request, Organisation.objects, pk=pk)
    on = clock.today()
    require_for(request.user, Can.PROPOSE_BASE_DATA, row, on)
    current = names_of([row.pk])[row.pk]
    form = OrganisationForm(request.POST or None, initial=current.content())
    if request.method == "POST" and form.is_valid():
        content = {**form.cleaned_data, "uscc": current.uscc}
        reason = content.pop("reason")
        done = act(
            request,
            form,
            "organisation.version_proposed",
            subject=row,
            stream=f"organisation:{row.pk}",
            do=lambda at: actions.propose_organisation_version(
                organisation=row,
                content=content,
                reason=reason,
                by=require_for(request.user, Can.PROPOSE_BASE_DATA, row, day_of(at)),
                at=at,
            ),
        )
        if done:
            return _proposed(request, "parties:organisation", row.pk)
    return form_page(
        request,
        form,
        title=_("Propose new organisation data"),
        kicker=str(current),
        lead=_("A second quality person confirms them with a signature; until then the present data stay in force."),
        submit=_("Propose new organisation data"),
        back=reverse("parties:organisation", args=[pk]),
        draft=f"organisation-{pk}",
    )


def _proposed(request: HttpRequest, page: str, pk: int) -> HttpResponse:
    messages.info(request, _("Proposed. Another quality person of your organisation confirms it now."))
    return redirect(page, pk)


@require_safe
def sites(request: HttpRequest, pk: int) -> HttpResponse:
    """Production sites with their data in force and open proposals."""
    row = get_visible_or_404(request, Organisation.objects, pk=pk)
    versions = SiteVersion.objects.filter(site__organisation=row).select_related("decision", "site")
    context = organisation_context(row, "organisation_sites") | {
        "sites": current_sites([row.pk]),
        "open": list(versions.undecided().order_by("id")),
        "history": history_of(list(versions.order_by("-site_id", "-number")), "site"),
        "against_proposing": reasons_against(scope_for(request), Can.PROPOSE_BASE_DATA, row),
        "against_confirming": reasons_against(scope_for(request), Can.CONFIRM_BASE_DATA, row),
    }
    return render(request, "parties/sites.html", context)


def open_site(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a new production site."""
    row = get_visible_or_404(request, Organisation.objects, pk=pk)
    require_for(request.user, Can.PROPOSE_BASE_DATA, row, clock.today())
    return _site_form(request, row, None, SiteForm(request.POST or None))


def propose_site(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose new data of a site."""
    site = get_visible_or_404(request, Site.objects, pk=pk)
    require_for(request.user, Can.PROPOSE_BASE_DATA, site.organisation_id, clock.today())
    current = SiteVersion.objects.current().filter(site=site).first()
    form = SiteForm(request.POST or None, initial=current.content() if current else None)
    return _site_form(request, site.organisation, site, form)


def _site_form(request: HttpRequest, row: Organisation, site: Site | None, form: SiteForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        content = dict(form.cleaned_data)
        common: dict[str, Any] = {"reason": content.pop("reason"), "content": content}

        def do(at: Any) -> SiteVersion:
            by = require_for(request.user, Can.PROPOSE_BASE_DATA, row, day_of(at))
            if site is None:
                return actions.open_site(organisation=row, by=by, at=at, **common)
            return actions.propose_site_version(site=site, by=by, at=at, **common)

        verb, stream = "site.version_proposed", f"organisation:{row.pk}"
        if act(request, form, verb, subject=site or row, stream=stream, do=do):
            return _proposed(request, "parties:organisation_sites", row.pk)
    title = _("Propose new site data") if site else _("Enter a production site")
    return form_page(
        request,
        form,
        title=title,
        submit=title,
        kicker=str(names_of([row.pk]).get(row.pk, "")),
        back=reverse("parties:organisation_sites", args=[row.pk]),
        draft=f"site-{site.pk if site else 'new'}",
    )


@require_safe
def licences(request: HttpRequest, pk: int) -> HttpResponse:
    """Licences as known now, or at the end of an earlier day (``?as_of=2026-11-22``)."""
    row = get_visible_or_404(request, Organisation.objects, pk=pk)
    form = AsOfForm(request.GET or None)
    as_of: date | None = form.cleaned_data["as_of"] if form.is_bound and form.is_valid() else None
    on, known_at = (as_of, end_of_day(as_of)) if as_of else (clock.today(), None)
    found = current_licences([row.pk], known_at)
    opened = LicenceVersion.objects.undecided().filter(licence__organisation=row).select_related("licence")
    context = organisation_context(row, "organisation_licences") | {
        "form": form,
        "as_of": as_of,
        "rows": [licence_row(version, on) for version in found],
        "open": list(opened.order_by("id")),
        "against_proposing": reasons_against(scope_for(request), Can.PROPOSE_BASE_DATA, row),
        "against_confirming": reasons_against(scope_for(request), Can.CONFIRM_BASE_DATA, row),
    }
    return render(request, "parties/licences.html", context)


def licence_row(version: LicenceVersion, on: date) -> dict[str, Any]:
    """One licence as lists show it."""
    return {"version": version, "state": licence_state(version, on), "near": is_near(version, on), "on": on}


@require_safe
def licence(request: HttpRequest, pk: int) -> HttpResponse:
    """One licence: its state now, all versions, its trail."""
    row = get_visible_or_404(request, Licence.objects, pk=pk)
    versions = list(LicenceVersion.objects.filter(licence=row).select_related("decision").order_by("-number"))
    current = LicenceVersion.objects.current().filter(licence=row).first()
    names = {s.site_id: s for s in current_sites([row.organisation_id])}
    context = organisation_context(row.organisation, "organisation_licences") | {
        "licence": row,
        "current": licence_row(current, clock.today()) if current else None,
        "places": [names[i] for i in current.site_ids if i in names] if current else [],
        "open": [v for v in versions if v.state == "proposed"],
        "history": history_of(versions, "licence"),
        "links": record_links(row),
        "entries": entries_for(row),
        "panel": panel_of(row, request.user, clock.today()),
        "against_proposing": reasons_against(scope_for(request), Can.PROPOSE_BASE_DATA, row.organisation),
        "against_confirming": reasons_against(scope_for(request), Can.CONFIRM_BASE_DATA, row.organisation),
    }
    return render(request, "parties/licence.html", context)


def open_licence(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a new production licence or class I filing."""
    row = get_visible_or_404(request, Organisation.objects, pk=pk)
    require_for(request.user, Can.PROPOSE_BASE_DATA, row, clock.today())
    form = LicenceForm(request.POST or None, sites=current_sites([row.pk]))
    return _licence_form(request, row, None, form)


def propose_licence(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a new state of a licence: renewal, scope, standing, deemed renewal."""
    row = get_visible_or_404(request, Licence.objects, pk=pk)
    require_for(request.user, Can.PROPOSE_BASE_DATA, row.organisation_id, clock.today())
    current = LicenceVersion.objects.current().filter(licence=row).first()
    initial = current.content() if current else None
    places = current_sites([row.organisation_id])
    form = LicenceForm(request.POST or None, sites=places, kind=row.kind, initial=initial)
    return _licence_form(request, row.organisation, row, form)


def _licence_form(request: HttpRequest, row: Organisation, licence: Licence | None, form: LicenceForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        content = dict(form.cleaned_data)
        common: dict[str, Any] = {"reason": content.pop("reason"), "content": content}
        kind = content.pop("kind", "")

        def do(at: Any) -> LicenceVersion:
            by = require_for(request.user, Can.PROPOSE_BASE_DATA, row, day_of(at))
            if licence is None:
                return actions.open_licence(organisation=row, kind=kind, by=by, at=at, **common)
            return actions.propose_licence_version(licence=licence, by=by, at=at, **common)

        verb, stream = "licence.version_proposed", f"organisation:{row.pk}"
        done = act(request, form, verb, subject=licence or row, stream=stream, do=do)
        if done:
            return _proposed(request, "parties:licence", done.licence_id)
    title = _("Propose a new state of this licence") if licence else _("Enter a production licence or filing")
    return form_page(
        request,
        form,
        title=title,
        submit=title,
        kicker=str(names_of([row.pk]).get(row.pk, "")),
        back=reverse("parties:organisation_licences", args=[row.pk]),
        draft=f"licence-{licence.pk if licence else 'new'}",
    )


@require_safe
def organisation_trail(request: HttpRequest, pk: int) -> HttpResponse:
    """The trail of the own organisation."""
    row = get_object_or_404(Organisation.objects.visible_to(scope_for(request)), pk=pk)
    stream = f"organisation:{row.pk}"
    context = organisation_context(row, "organisation_trail") | {"entries": entries_for(stream), "stream": stream}
    return render(request, "parties/organisation_trail.html", context)
