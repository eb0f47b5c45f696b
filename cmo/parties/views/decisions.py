"""Deciding on proposed base data: confirm with a signature, or turn down with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cmo import clock
from cmo.clock import day_of
from cmo.signing.actions import record_hash
from cmo.signing.forms import SigningForm
from cmo.signing.models import Meaning

from .. import actions
from ..access import Can, require_for
from ..actions.base_data import owner_of
from ..forms import ReasonForm
from ..models import LicenceVersion, OrganisationVersion, SiteVersion
from ..pages import act, scope_for
from ..sections import change_previews
from ..templatetags.parties_words import province
from ..trail_pages import listed, post_word
from ..versions import Version
from .form_page import form_page

_KINDS: dict[str, type[Version]] = {
    "organisation": OrganisationVersion,
    "site": SiteVersion,
    "licence": LicenceVersion,
}
_PAGES = {
    "organisation": "parties:organisation",
    "site": "parties:organisation_sites",
    "licence": "parties:organisation_licences",
}


def _version_or_404(request: HttpRequest, kind: str, pk: int) -> Any:
    """A version of the own organisation's data, decided or not: a second decision is refused with its reason."""
    if kind not in _KINDS:
        raise Http404
    version = get_object_or_404(_KINDS[kind]._default_manager.select_related(kind, "decision"), pk=pk)
    if owner_of(version) not in scope_for(request).organisation_ids:
        raise Http404
    return version


def confirm_version(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The signing panel for one proposed version; a signature makes it the current one."""
    version = _version_or_404(request, kind, pk)
    owner, page = owner_of(version), reverse(_PAGES[kind], args=[owner_of(version)])
    by = require_for(request.user, Can.CONFIRM_BASE_DATA, owner, clock.today())
    if request.method == "GET" and version.state != "proposed":
        messages.info(request, _("This proposal has been decided already."))
        return redirect(page)
    form = SigningForm(
        request.POST or None,
        user=request.user,
        by=by,
        record_hash=record_hash(version),
        subject=version,
        stream=f"organisation:{owner}",
    )
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            f"{kind}.version_confirmed",
            subject=getattr(version, kind),
            stream=f"organisation:{owner}",
            do=lambda at: actions.confirm_version(
                version=version,
                proof=form.proof,
                by=require_for(request.user, Can.CONFIRM_BASE_DATA, owner, day_of(at)),
                at=at,
            ),
        )
        if done:
            messages.success(request, _("Confirmed and in force: version %(number)s.") % {"number": version.number})
            return redirect(page)
    previews = change_previews(version, scope_for(request), clock.now()) if version.state == "proposed" else []
    context = _panel(version, kind, form, by, page) | {"previews": previews}
    return render(request, "parties/confirm_version.html", context)


def _panel(version: Version, kind: str, form: SigningForm, by: Any, page: str) -> dict[str, Any]:
    words = {
        "organisation": _("Confirm organisation data"),
        "site": _("Confirm site data"),
        "licence": _("Confirm licence data"),
    }
    post = post_word(by.post)
    return {
        "title": words[kind],
        "version": version,
        "rows": rows_with_changes(version),
        "form": form,
        "hash": record_hash(version),
        "meaning": Meaning.CONFIRMS_BASE_DATA.label,
        "signer": {"name": by.name, "organisation": by.organisation, "post": post, "side": ""},
        "shown_as": f"{by.name} · {post} · {by.organisation}",
        "page": page,
    }


def content_rows(version: Version) -> list[dict[str, Any]]:
    """The content of a version as terms and values, in the active language."""
    rows = []
    for name in version.content_fields:
        field, value = version._meta.get_field(name), getattr(version, name)
        if hasattr(version, f"get_{name}_display"):
            value = getattr(version, f"get_{name}_display")()
        if name == "province":
            value = province(value)
        if name == "site_ids":
            value = [str(s) for s in SiteVersion.objects.current_by_subject(value).values()]
        rows.append({"term": capfirst(field.verbose_name), "value": _printed(value)})  # type: ignore[union-attr]
    return rows


def rows_with_changes(version: Version) -> list[dict[str, Any]]:
    """The content of a version; a row that differs from the data in force also has what stands ``before``."""
    subject = getattr(version, version.subject_field)
    current = type(version)._default_manager.current_by_subject([subject]).get(subject.pk)  # type: ignore[attr-defined]
    rows = content_rows(version)
    if current is None:
        return rows
    old = {row["term"]: row["value"] for row in content_rows(current)}
    return [row if row["value"] == old[row["term"]] else row | {"before": old[row["term"]] or "—"} for row in rows]


def _printed(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return listed(value)
    return "" if value is None else str(value)


def turn_down_version(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Turn a proposed version down with a reason."""
    version = _version_or_404(request, kind, pk)
    owner, page = owner_of(version), reverse(_PAGES[kind], args=[owner_of(version)])
    require_for(request.user, Can.CONFIRM_BASE_DATA, owner, clock.today())
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            f"{kind}.version_turned_down",
            subject=getattr(version, kind),
            stream=f"organisation:{owner}",
            do=lambda at: actions.turn_down_version(
                version=version,
                reason=form.cleaned_data["reason"],
                by=require_for(request.user, Can.CONFIRM_BASE_DATA, owner, day_of(at)),
                at=at,
            ),
        )
        if done:
            return redirect(page)
    return form_page(
        request,
        form,
        title=_("Turn the proposal down"),
        kicker=str(version),
        lead=_("The data in force stay as they are; whoever proposed it reads your reason."),
        submit=_("Turn the proposal down"),
        back=page,
    )
