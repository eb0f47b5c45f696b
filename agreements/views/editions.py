"""Loading a new edition of the prohibited catalogue: check the file, see what it stops, sign it into force."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cmo import clock
from cmo.catalogue.actions.editions import STREAM, held_edition
from cmo.catalogue.edition_checks import EditionError, Problem
from cmo.catalogue.edition_file import new_editions, read_editions
from cmo.catalogue.editions import Edition
from cmo.catalogue.facts import held_editions
from cmo.parties.access import Can, holders_of, require_for
from cmo.parties.models import Post
from cmo.parties.pages import act, not_yours, scope_for
from cmo.parties.trail_pages import post_word
from cmo.signing.actions import record_hash
from cmo.signing.forms import SigningForm
from cmo.signing.models import Meaning
from cmo.trail.actor import Actor
from cmo.web.wording import is_chinese

from .. import actions
from ..facts.edition import preview_edition
from ..forms import EditionForm


@require_http_methods(["GET", "HEAD", "POST"])
def load_edition(request: HttpRequest) -> HttpResponse:
    """First the file, then the preview with the signing panel under it."""
    post = _post(request)
    text = request.POST.get("text", "")
    if text:
        return _sign(request, post, text)
    form = EditionForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["upload"]
        try:
            edition = _edition(text)
        except EditionError as error:
            form.add_error("upload", _sentences(error.problems))
        else:
            return _panel_page(request, post, text, edition, None)
    return render(request, "agreements/load_edition.html", {"form": form, "page": reverse("catalogue:editions")})


def _post(request: HttpRequest) -> Post:
    """The quality post under which this person loads editions. :raises PermissionDenied:"""
    holders = set(holders_of(Can.LOAD_EDITION))
    post = next((p for p in scope_for(request).posts if (p.side, p.role) in holders), None)
    if post is None:
        raise PermissionDenied(not_yours(Can.LOAD_EDITION).text())
    return post


def _edition(text: str) -> Edition:
    """The one edition of the file that is not held yet. :raises EditionError:"""
    new = new_editions(read_editions(text), held_editions())
    if len(new) != 1:
        raise EditionError([_NOTHING_NEW if not new else _SEVERAL])
    return new[0]


_NOTHING_NEW = Problem("editions", "没有尚未收录的版本", "no edition that is not held yet")
_SEVERAL = Problem("editions", "含有多个未收录的版本，请逐个收录", "several new editions; load them one by one")


def _sentences(problems: list[Problem]) -> list[ValidationError]:
    return [ValidationError(f"{p.path}: {p.zh if is_chinese() else p.en}", code="edition") for p in problems]


def _actor(request: HttpRequest, post: Post) -> Actor:
    return require_for(request.user, Can.LOAD_EDITION, post.organisation_id, clock.today(), post.side)  # type: ignore[arg-type]


def _signing_form(request: HttpRequest, by: Actor, edition: Edition, data: Any) -> SigningForm:
    row = held_edition(edition=edition, by=by, at=clock.now())
    return SigningForm(data, user=request.user, by=by, record_hash=record_hash(row), stream=STREAM)


def _sign(request: HttpRequest, post: Post, text: str) -> HttpResponse:
    try:
        edition = _edition(text)
    except EditionError as error:
        messages.error(request, " ".join(str(e.message) for e in _sentences(error.problems)))
        again = EditionForm()
        return render(request, "agreements/load_edition.html", {"form": again, "page": reverse("catalogue:editions")})
    form = _signing_form(request, _actor(request, post), edition, request.POST)
    if form.is_valid():
        done = act(
            request,
            form,
            "edition.loaded",
            subject="catalogue",
            stream=STREAM,
            do=lambda at: actions.load_edition_and_rescreen(
                edition=edition, source=_("uploaded file"), proof=form.proof, by=_actor(request, post), at=at
            ),
        )
        if done:
            messages.info(request, _("The edition is in force here; every device has been screened against it."))
            return redirect("catalogue:editions")
    return _panel_page(request, post, text, edition, form)


def _panel_page(
    request: HttpRequest, post: Post, text: str, edition: Edition, form: SigningForm | None
) -> HttpResponse:
    by = _actor(request, post)
    word = post_word(by.post)
    context = {
        "form": form or _signing_form(request, by, edition, None),
        "text": text,
        "edition": edition,
        "preview": preview_edition(edition, scope_for(request)),
        "hash": record_hash(held_edition(edition=edition, by=by, at=clock.now())),
        "meaning": Meaning.LOADS_EDITION.label,
        "signer": {"name": by.name, "organisation": by.organisation, "post": word, "side": ""},
        "shown_as": f"{by.name} · {word} · {by.organisation}",
        "page": reverse("catalogue:editions"),
    }
    return render(request, "agreements/sign_edition.html", context)
