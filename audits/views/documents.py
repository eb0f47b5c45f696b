"""An audit report on paper: the file in one language or side by side, for whoever may read the audit."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from agreements.views.documents import download_of
from cmo import clock
from cmo.paper.words import Language
from cmo.parties.access import plain_actor
from cmo.web.shown import mark_of

from .. import actions
from ..documents import collect
from ..documents.files import file_name, kept
from ..models import AuditReport
from .records import audit_or_404


@require_safe
def document(request: HttpRequest, pk: str, language: Language, kind: str) -> HttpResponse:
    """The same bytes as ``manage.py audit_documents`` writes, for an outsider with their mark on every page; before the report
    there is none."""
    audit, _facts = audit_or_404(request, int(pk))
    row = get_object_or_404(AuditReport.objects.select_related("audit__template", "audit__pair"), audit=audit)
    found = collect(row)
    data, name = kept(found, language, kind, mark_of(request)), file_name(found, language, kind)
    if request.method == "GET":
        digest = hashlib.sha256(data).hexdigest()
        actions.take_report(report=row, name=name, sha256=digest, by=plain_actor(request.user), at=clock.now())  # type: ignore[arg-type]
    return download_of(data, name, kind)
