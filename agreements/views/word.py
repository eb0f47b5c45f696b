"""A text of an agreement out to Word: choosing it, and the file, recorded with whoever took it."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.paper.files import CONTENT_TYPES, file_name
from cmo.parties.access import plain_actor
from cmo.parties.pages import scope_for
from cmo.web.shown import mark_of
from cmo.web.wording import is_chinese

from .. import actions
from ..facts.word_templates import offered_by
from ..forms.word import WordForm
from ..models import Agreement, WordTemplate
from ..word import said
from ..word.authors import load_against
from ..word.filling import fill
from ..word.sources import Listed, Source, listed, load_source
from ..word.writing import Order, write
from .records import agreement_or_404


@require_safe
def work_in_word(request: HttpRequest, pk: int) -> HttpResponse:
    """What can go out, and the way back in."""
    agreement = agreement_or_404(request, pk)
    texts = listed(agreement)
    return _page(request, agreement, _form(request, agreement, texts))


@require_safe
def word_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The chosen text as a Word file; the same text gives the same bytes. An outsider gets our own layout, with their mark."""
    agreement = agreement_or_404(request, pk)
    texts = listed(agreement)
    form = _form(request, agreement, texts, _asked(request, texts))
    if not form.is_valid():
        return _page(request, agreement, form, status=400)
    order = _order(agreement, texts, form.cleaned_data)
    layout, mark = form.cleaned_data["layout"], mark_of(request)
    own = mark or not layout
    data = write(order, mark) if own else fill(bytes(WordTemplate.objects.get(pk=layout).content), order)
    name = _name(order)
    if request.method == "GET":
        _record(request, agreement, order, name, data)
    response = FileResponse(BytesIO(data), as_attachment=True, filename=name, content_type=CONTENT_TYPES["docx"])
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _asked(request: HttpRequest, texts: list[Listed]) -> dict[str, str]:
    """What was chosen; where nothing was, the draft (or the latest text) in both languages."""
    first = str(texts[0].key) if texts else ""
    return {"text": first, "language": "both", **{name: str(value) for name, value in request.GET.items()}}


def _record(request: HttpRequest, agreement: Agreement, order: Order, name: str, data: bytes) -> None:
    actions.take_word_file(
        agreement=agreement,
        text=order.source.made_from,
        against=order.against.earlier.made_from if order.against else "",
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        by=plain_actor(request.user),  # type: ignore[arg-type]
        at=clock.now(),
    )


def _order(agreement: Agreement, texts: list[Listed], chosen: dict[str, Any]) -> Order:
    keys = {str(row.key): row.key for row in texts}
    source = load_source(agreement, keys[chosen["text"]])
    if not chosen["against"]:
        return Order(source, chosen["language"])
    earlier = load_source(agreement, keys[chosen["against"]])
    return Order(source, chosen["language"], load_against(agreement, earlier, source))


def _name(order: Order) -> str:
    """``QA2025-000001-round-2-tracked.zh.docx``"""
    source: Source = order.source
    label = f"{source.body['agreement']['number']}-{source.key}{'-tracked' if order.against else ''}"
    return file_name(label, order.language, "docx", otherwise="agreement")


def _form(request: HttpRequest, agreement: Agreement, texts: list[Listed], chosen: Any = None) -> WordForm:
    named = [(str(row.key), label_of(row)) for row in texts]
    rows = offered_by({agreement.registrant_id, agreement.contractor_id} & scope_for(request).organisation_ids)
    layouts = [(str(row.pk), f"{row.name} v{row.version}") for row in rows]
    return WordForm(chosen, texts=named, layouts=layouts, initial=_asked(request, texts))


def label_of(row: Listed) -> str:
    """The text in words of the active language, with the day from which it reads so."""
    words = said.source(row.key)
    word = words.zh if is_chinese() else words.en
    if row.key.kind == "draft":
        word = _("draft as it stands")
    return f"{word} · {row.on.isoformat()}" if row.on else word


def _page(request: HttpRequest, agreement: Agreement, form: WordForm, status: int = 200) -> HttpResponse:
    return render(request, "agreements/word.html", {"agreement": agreement, "form": form}, status=status)
