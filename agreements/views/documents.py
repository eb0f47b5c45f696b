"""A revision on paper: the file in one language or side by side, through the record's rights, and recorded with the taker."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.paper.words import Language
from cmo.parties.access import plain_actor
from cmo.web.shown import mark_of

from .. import actions
from ..documents import collect
from ..documents.files import CONTENT_TYPES, file_name, kept
from .records import revision_or_404


@require_safe
def document(request: HttpRequest, pk: str, language: Language, kind: str) -> HttpResponse:
    """The same bytes as ``manage.py agreement_documents`` writes; for an outsider with their mark on every page."""
    row = revision_or_404(request, int(pk))
    found = collect(row)
    data, name = kept(found, language, kind, mark_of(request)), file_name(found, language, kind)
    if request.method == "GET":
        digest = hashlib.sha256(data).hexdigest()
        by = plain_actor(request.user)  # type: ignore[arg-type]
        actions.take_document(revision=row, name=name, sha256=digest, by=by, at=clock.now())
    return download_of(data, name, kind)


def download_of(data: bytes, name: str, kind: str) -> HttpResponse:
    """A document as a download that no browser opens as anything else or keeps."""
    response = HttpResponse(data, content_type=CONTENT_TYPES[kind])
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
