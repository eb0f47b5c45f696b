"""The checklist of an audit: the page, one answer or file, and what changed since. For the registrant's people alone.

Answers come from the page's script as JSON, one after another, or from a plain form with one item; files after them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from cmo import clock
from cmo.evidence.facts import files_of
from cmo.evidence.inspection import CONTENT_TYPES
from cmo.parties.access import Can, may, may_for, require, require_for
from cmo.parties.facts import names_of
from cmo.parties.models import Side
from cmo.parties.pages import act, not_yours, scope_for
from cmo.trail.actor import Actor

from .. import actions
from ..actions.conduct import Answered, FileKept, keep_file
from ..conduct_file_words import EVIDENCE_OF, file_words
from ..conduct_shown import Checklist, load_checklist, standing_json, state_json
from ..conduct_words import words
from ..evidence_rights import key_of, may_attach
from ..facts.conducting import changed_since, course_of, team_of, with_course
from ..forms.conduct import LARGEST, AnswerForm, FileForm
from ..forms.conduct import MOST_BYTES as MOST_NOTE
from ..models import Audit, AuditItem
from ..presence import others_present
from ..rules.conduct import blockers_on_page
from ..templates_data import SEVERITIES

T = TypeVar("T")
#: A note of 20,000 bytes in JSON with every character escaped, a reason, and room for the rest.
MOST_BYTES = 145_000


def conducted_or_404(request: HttpRequest, pk: int) -> Any:
    """The audit with its course. :raises Http404: unless it is one of the registrant to whose people this person belongs."""
    scope = scope_for(request)
    rows = Audit.objects.visible_to(scope).filter(registrant_id__in=sorted(scope.registrant_ids))
    return get_object_or_404(with_course(rows), pk=pk)


@require_safe
def conduct(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole checklist; with ``?item=`` one item and a plain form."""
    audit = conducted_or_404(request, pk)
    checklist = load_checklist(audit, clock.today())
    if "item" in request.GET:
        return _one_item(request, audit, checklist, request.GET["item"])
    against = _against(request, audit, {member.person_id for member in team_of(audit)})
    context = {
        "audit": audit,
        "checklist": checklist,
        "progress": checklist.progress,
        "against": against,
        "attaches": may_attach(request.user, audit, clock.today()),
        "contractor": names_of([audit.contractor_id])[audit.contractor_id],
        "severities": SEVERITIES,
        "state": state_json(checklist),
        "words": words() | file_words(),
        "config": _config(request, audit, against),
    }
    return render(request, "audits/conduct.html", context)


def _config(request: HttpRequest, audit: Audit, against: list[Any]) -> dict[str, Any]:
    """Addresses and the person, for the script."""
    return {
        "audit": audit.pk,
        "person": request.user.pk,
        "name": request.user.printed_name,  # type: ignore[union-attr]
        "answers": reverse("audits:answers", args=[audit.pk]),
        "answer": reverse("audits:answer", args=[audit.pk, 0]),
        "file": reverse("audits:file", args=[audit.pk, 0]),
        "token": get_token(request),
        "against": [finding.text() for finding in against],
        "most_bytes": MOST_NOTE,
        "most_file_bytes": settings.EVIDENCE_MAX_BYTES,
        "file_kinds": list(CONTENT_TYPES),
    }


def _against(request: HttpRequest, audit: Any, team_ids: set[int]) -> list[Any]:
    """Why this person cannot answer now; empty for the team while the audit is conducted."""
    if may(scope_for(request), Can.CONDUCT_AUDIT, audit.pair) is None:
        return [not_yours(Can.CONDUCT_AUDIT)]
    return blockers_on_page(audit.number, course_of(audit), request.user.pk in team_ids)


def _one_item(
    request: HttpRequest, audit: Any, checklist: Checklist, serial: str, form: AnswerForm | None = None
) -> HttpResponse:
    around = checklist.around(int(serial)) if serial.isascii() and serial.isdecimal() and len(serial) < 10 else None
    if around is None:
        raise Http404
    before, shown, after = around
    seen = [answer.answer_id for answer in shown.fact.standing]
    kept = shown.fact.answer
    initial: dict[str, Any] = {"replaces": seen[-1] if seen else None, "settles": seen[:-1]}
    if kept is not None and not shown.fact.differs:
        initial |= {name: getattr(kept, name) for name in ("value", "severity", "note", "lighter_because")}
    context = {
        "audit": audit,
        "shown": shown,
        "before": before,
        "after": after,
        "progress": checklist.progress,
        "form": form or AnswerForm(initial=initial),
        "against": _against(request, audit, {member.person_id for member in team_of(audit)}),
        "attaches": may_attach(request.user, audit, clock.today()),
    }
    return render(request, "audits/conduct_item.html", context)


@require_POST
def answer(request: HttpRequest, pk: int, serial: int) -> HttpResponse:
    """Keep one answer.

    From the script (JSON): 200 with what stands; 400: not readable; 409: somebody else has signed in meanwhile; 422: not
    kept, with the reasons; 403, 404. From a plain form: the next item, or the form again with the reasons.
    """
    if request.content_type != "application/json":
        return _answer_on_page(request, pk, serial)
    content = _json(request)
    if content is None:
        return _reasons([_("This answer cannot be read.")], 400)
    form = AnswerForm(content)
    return _told(request, form, lambda: _keep(request, form, pk, serial), _kept)


@require_POST
def file(request: HttpRequest, pk: int, serial: int) -> HttpResponse:
    """Keep one photo or file of the script's queue; what comes back is as for an answer, with the files of the item."""
    form = FileForm(request.POST, request.FILES)
    return _told(request, form, lambda: _keep_file(request, form, pk, serial), partial(_file_kept, pk, serial))


def _told(
    request: HttpRequest, form: forms.Form, keep: Callable[[], T | None], tell: Callable[[T], dict[str, Any]]
) -> JsonResponse:
    """What the script is told of something it sent: that it is kept, or why not."""
    if not form.is_valid():
        return _refused(form, 400)
    if form.cleaned_data["person"] not in (None, request.user.pk):
        return _reasons([_("Somebody else has signed in meanwhile; nothing was kept under their name.")], 409)
    try:
        done = keep()
    except PermissionDenied as denial:
        return _reasons([str(denial)], 403)
    return _refused(form, 422) if done is None else JsonResponse(tell(done))


def _answer_on_page(request: HttpRequest, pk: int, serial: int) -> HttpResponse:
    form = AnswerForm(request.POST)
    if form.is_valid() and _keep(request, form, pk, serial):
        audit = conducted_or_404(request, pk)
        around = load_checklist(audit, clock.today()).around(serial)
        following = around[2] or around[1] if around else None
        return redirect(f"{reverse('audits:conduct', args=[pk])}?item={following.item.serial if following else serial}")
    audit = conducted_or_404(request, pk)
    require(request.user, Can.CONDUCT_AUDIT, audit.pair, clock.today())  # type: ignore[arg-type]
    return _one_item(request, audit, load_checklist(audit, clock.today()), str(serial), form)


def _keep(request: HttpRequest, form: AnswerForm, pk: int, serial: int) -> Answered | None:
    """Call the action, which judges the person from the database; the audit itself is loaded only for a refusal.

    :raises Http404: for an unknown item, or whoever must not know of the audit. :raises PermissionDenied:
    """

    def at_once(at: datetime) -> Answered:
        by = conductor(request, pk)
        try:
            return actions.answer_item(audit_id=pk, serial=serial, said=form.said(at), by=by, at=at)
        except AuditItem.DoesNotExist as error:
            raise Http404 from error

    subject: Any = SimpleLazyObject(partial(conducted_or_404, request, pk))
    return act(request, form, "audit.item_answered", subject=subject, stream=f"audit:{pk}", do=at_once)


def conductor(request: HttpRequest, pk: int) -> Actor:
    """The actor under which this person answers. A person serves one legal entity, so that their post tells it without
    loading the audit; whether the audit is that entity's is judged by the action.

    :raises Http404: :raises PermissionDenied:
    """
    scope, user = scope_for(request), request.user
    firms = [firm for firm in scope.registrant_ids if may_for(scope, Can.CONDUCT_AUDIT, firm, Side.REGISTRANT)]
    firm = firms[0] if len(firms) == 1 else conducted_or_404(request, pk).registrant_id
    return require_for(user, Can.CONDUCT_AUDIT, firm, scope.on, Side.REGISTRANT)  # type: ignore[arg-type]


def _keep_file(request: HttpRequest, form: FileForm, pk: int, serial: int) -> FileKept | None:
    """As :func:`_keep`, for a file: whoever of the registrant's people may attach evidence may send one."""
    audit = conducted_or_404(request, pk)

    def at_once(at: datetime) -> FileKept:
        by = require(request.user, Can.ATTACH_EVIDENCE, audit.pair, clock.day_of(at))  # type: ignore[arg-type]
        try:
            said = form.said(EVIDENCE_OF % serial)
            return keep_file(audit_id=pk, serial=serial, said=said, by=by, at=at)
        except AuditItem.DoesNotExist as error:
            raise Http404 from error

    return act(request, form, "evidence.attached", subject=audit, stream=audit.stream, do=at_once)


def _json(request: HttpRequest) -> dict[str, Any] | None:
    """The object that was sent, or None when it is none."""
    if len(request.body) > MOST_BYTES:
        return None
    try:
        content = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _kept(done: Answered) -> dict[str, Any]:
    return {"answer_id": done.answer_id, "repeated": done.repeated, "standing": standing_json(done.standing)}


def _file_kept(pk: int, serial: int, done: FileKept) -> dict[str, Any]:
    return {"file_id": done.file_id, "repeated": done.repeated, **_files(pk, serial)}


def _refused(form: forms.Form, status: int) -> JsonResponse:
    """Every reason, with what to do about it where the rule says so."""
    findings = getattr(form, "findings", [])
    if findings:
        return _reasons([f"{finding.text()} {finding.todo()}".strip() for finding in findings], status)
    return _reasons([str(error) for errors in form.errors.values() for error in errors], status)


def _reasons(reasons: list[str], status: int) -> JsonResponse:
    return JsonResponse({"reasons": reasons}, status=status)


@require_GET
def answers(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands for each item that got an answer since ``?since=``, who else is there, and whether answers are taken.

    ``?at=``: the item at which this person is; ``?files=``: the item whose files are asked for.
    """
    audit = conducted_or_404(request, pk)
    team = team_of(audit)
    changed = changed_since(audit, _number(request, "since"))
    at, seconds = _number(request, "at"), int(clock.now().timestamp())
    others = others_present(audit.pk, team, request.user.pk, min(at, 100_000), seconds)  # type: ignore[arg-type]
    against = _against(request, audit, {member.person_id for member in team})
    content = {
        "standing": {serial: standing_json(facts) for serial, facts in changed.items()},
        "latest": max((fact.answer_id for facts in changed.values() for fact in facts), default=0),
        "others": [{"name": other.name, "serial": other.serial} for other in others],
        "against": [finding.text() for finding in against],
        "person": request.user.pk,
        "token": get_token(request),
    }
    return JsonResponse(content | _files(audit.pk, _number(request, "files")))


def _files(pk: int, serial: int) -> dict[str, Any]:
    """The files of an item, for the script; nothing for no item."""
    if not serial:
        return {}
    item = get_object_or_404(AuditItem, audit=pk, serial=serial)
    ((_key, files),) = files_of([key_of(item.pk)]).items()
    shown = [{"title": file.title, "url": reverse("evidence:download", args=[file.pk])} for file in files]
    return {"files": {str(serial): shown}}


def _number(request: HttpRequest, name: str) -> int:
    """A whole number of the address, 0 for anything else."""
    text = request.GET.get(name, "")
    return min(int(text), LARGEST) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
