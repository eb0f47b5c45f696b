"""Carrying an export away: the whole archive, one document, one evidence file. Each is on the trail before it is sent."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import IO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from cmo import clock
from cmo.errors import Refused

from .. import actions
from ..archive import evidence_of, manifest_of, member, open_export
from ..listed import state_of
from ..models import Export
from .access import actor_for, file_stem, gone, takeable_export, zip_name

#: Members of the archive that can be taken alone, with their type.
DOCUMENTS = {
    "dossier.pdf": "application/pdf",
    "dossier.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "dossier.json": "application/json",
    "verify.py": "text/x-python",
    "trail.jsonl": "application/x-ndjson",
}


@require_GET
def archive(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The whole ZIP."""
    row = takeable_export(request, pk)
    return _sent(request, row, zip_name(row), "application/zip", open_export(row), row.size)


@require_GET
def document(request: HttpRequest, pk: int, name: str) -> HttpResponse | FileResponse:
    """One document out of the ZIP, byte for byte."""
    row = takeable_export(request, pk)
    if name not in DOCUMENTS:
        raise Http404
    size = next((one["size"] for one in manifest_of(row).get("files", ()) if one["name"] == name), 0)
    path = PurePosixPath(name)
    shown = f"{file_stem(row)}{path.suffix}" if path.stem == "dossier" else f"{file_stem(row)}-{name}"
    return _sent(request, row, shown, DOCUMENTS[name], member(row, name), size, kept_as=name)


@require_GET
def evidence(request: HttpRequest, pk: int, file: int) -> HttpResponse | FileResponse:
    """One evidence file as it lies in the ZIP."""
    row = takeable_export(request, pk)
    found = next((one for one in evidence_of(row) if one["file"] == file), None)
    if found is None and state_of(row, clock.now()) == "ready":
        raise Http404
    if found is None or "name" not in found:
        return gone(request, row)
    name = PurePosixPath(found["name"]).name
    kind = "application/octet-stream"
    return _sent(request, row, name, kind, member(row, found["name"]), found["size"], kept_as=found["name"])


def _sent(
    request: HttpRequest,
    row: Export,
    name: str,
    kind: str,
    content: IO[bytes] | None,
    size: int,
    kept_as: str = "",
) -> HttpResponse | FileResponse:
    """The file as a download, after the trail says that it is taken; ``kept_as``: its name in the archive."""
    if content is None:
        return gone(request, row)
    try:
        actions.record_taken(export=row, name=kept_as or name, by=actor_for(request, row), at=clock.now())
    except Refused:
        content.close()
        return gone(request, row)
    response = FileResponse(content, content_type=kind)
    response["Content-Length"] = str(size)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
