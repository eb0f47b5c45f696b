"""The page on which anybody shows a file and learns whether it is a dossier, whole, ours and up to date."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from cmo.paper.words import Words, same
from cmo.parties.models import Pair
from cmo.parties.pages import scope_for
from cmo.signing import attempts
from cmo.web.wording import is_chinese

from ..recognising import BusyError, Recognised, recognised
from ..uploading import ROOM, LimitedUpload
from ..verdict import KINDS, SCOPES, headline, next_step, verdicts

#: Files that one address may show in a minute.
PER_MINUTE = 6


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The empty page, or what was found about the file sent; how it is taken in is settled before anything reads it."""
    if request.method != "POST":
        return _page(request)
    if not attempts.may_look(f"dossier:{get_adapter(request).get_client_ip(request)}", PER_MINUTE):
        return _page(request, 429, problem=_("Too many files were checked in a short time. Try again in a minute."))
    if _announced(request) > settings.DOSSIER_VERIFY_LARGEST + ROOM:
        return _page(request, 413, too_large=True)
    upload = LimitedUpload(request, settings.DOSSIER_VERIFY_LARGEST)
    request.upload_handlers = [upload]
    return _answered(request, upload=upload)


@csrf_protect
def _answered(request: HttpRequest, *, upload: LimitedUpload) -> HttpResponse:
    try:
        file = request.FILES.get("file")
    except MultiPartParserError:
        file = None
    if upload.too_large:
        return _page(request, 413, too_large=True)
    if not isinstance(file, TemporaryUploadedFile) or not file.size:
        return _page(request, 400, problem=_("Choose a file that is not empty."))
    with file:
        file.flush()
        try:
            found = recognised(Path(file.temporary_file_path()))
        except BusyError:
            return _page(request, 503, problem=_("Other files are being checked. Try again in a minute."))
    return _page(request, name=file.name, **_told(request, found))


def _told(request: HttpRequest, found: Recognised) -> dict[str, Any]:
    """What was found; only who sees the pair learns by how much its chain has grown, and gets to it."""
    pair, said, step = _visible(request, found.pair), found.said, next_step(found)
    tone, sentence = headline(found)
    kind = said.scope_kind if said else ""
    return {
        "found": found,
        "tone": tone,
        "headline": _in_language(sentence),
        "pair": pair,
        "kind": _in_language(KINDS.get(found.kind, same(found.kind))),
        "scope": _in_language((said.scope if said else None) or SCOPES.get(kind, same(kind))),
        "as_of": _day(said.as_of if said else ""),
        "verdicts": [
            {
                "question": _in_language(one.question),
                "tone": one.tone,
                "word": _in_language(one.word),
                "said": _in_language(one.sentence),
            }
            for one in (verdicts(found, found.later if pair else None) if said else ())
        ],
        "fault": _in_language(found.fault) if found.fault else "",
        "next_step": _in_language(step) if step else "",
    }


def _in_language(words: Words) -> str:
    return words.zh if is_chinese() else words.en


def _visible(request: HttpRequest, pair: Pair | None) -> Pair | None:
    if pair is None or not request.user.is_authenticated:
        return None
    return pair if scope_for(request).sees_pair(pair) else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _announced(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() else 0


def _page(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    context["largest"] = settings.DOSSIER_VERIFY_LARGEST
    response = render(request, "dossier/verify.html", context, status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
