"""Between a page and an action: the one place where a refusal becomes form errors, a 403 or a trail entry.

Every view of every app does the same four steps::

    def end_pair(request, pk):
        pair = get_visible_or_404(request, Pair.objects, pk=pk)
        form = EndPairForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            done = act(
                request, form, "pair.ended", subject=pair, stream=pair.stream,
                do=lambda at: actions.end_pair(
                    pair=pair, **form.cleaned_data, by=require(request.user, Can.END_PAIR, pair, day_of(at)), at=at
                ),
            )
            if done:
                return redirect("parties:pair", pk)
        return render(request, "parties/form.html", {"form": form, ...})

``act`` reads the clock, so that permission, rules and trail entry all speak of the same moment.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django import forms
from django.apps import apps
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from cmo import clock
from cmo.errors import Finding, Refused
from cmo.trail.actions import record_refusal
from cmo.trail.actor import Actor
from cmo.web.shown import shows

from .access import Can, Scope, actor_of, holder_in_short, holder_words, may, may_for, plain_actor, scope_of
from .models import Organisation, Pair

T = TypeVar("T")
M = TypeVar("M", bound=models.Model)


def scope_for(request: HttpRequest) -> Scope:
    """What the signed-in person sees today; loaded once per request."""
    return scope_of(request.user, clock.today())


def get_visible_or_404(request: HttpRequest, rows: models.Manager[M] | models.QuerySet[M], **lookup: Any) -> M:
    """The one row with ``lookup`` among those this person sees. ``rows`` offers ``visible_to(scope)``.

    :raises Http404: when there is none, or none that they may know of.
    """
    found: M = get_object_or_404(rows.all().visible_to(scope_for(request)), **lookup)  # type: ignore[attr-defined]
    shows(request, found)
    return found


def act(
    request: HttpRequest,
    form: forms.BaseForm | None,
    verb: str,
    *,
    subject: models.Model | str,
    stream: str,
    do: Callable[[datetime], T],
) -> T | None:
    """Run one action and say on the form why it did not happen.

    ``do`` receives the moment, decides on the actor (``require…``) and calls exactly one action. Its result comes
    back; ``None`` means that the form now carries the reasons (show it again) or, without a form, the messages do.
    A refusal is put on the trail of ``stream`` as refused ``verb``, in a transaction of its own after the rollback;
    a mere typing error that only the model noticed is not. A refused form also has ``form.findings`` for
    ``<c-findings>``.

    :raises PermissionDenied: after recording it; Django answers with the 403 page.
    """
    at = clock.now()
    try:
        return do(at)
    except Refused as refusal:
        _record(request, verb, refusal, subject, stream, at)
        show_errors(request, form, refusal)
    except ValidationError as error:
        show_errors(request, form, error)
    except PermissionDenied as denial:
        _record(request, verb, denial, subject, stream, at)
        raise
    return None


def show_errors(request: HttpRequest, form: forms.BaseForm | None, error: ValidationError) -> None:
    """Put every sentence of ``error`` where the reader meets it: at its field, on top of the form, or as a message."""
    if form is None:
        for sentence in error.messages:
            messages.error(request, sentence)
        return
    if isinstance(error, Refused):
        form.findings = error.findings  # type: ignore[attr-defined]
    if not hasattr(error, "error_dict"):
        _add_by_code(form, error)
        return
    for name, errors in error.error_dict.items():
        # A field that the form does not show cannot carry its error: form.add_error would raise ValueError.
        place = name if name in form.fields else None
        for one in errors:
            form.add_error(place, one if place or name == NON_FIELD_ERRORS else _named(name, one))


def _add_by_code(form: forms.BaseForm, error: ValidationError) -> None:
    """Each sentence at the field that the form names for its code (``places``), else on top."""
    places = getattr(form, "places", {})
    for one in error.error_list:
        place = places.get(one.code)
        form.add_error(place if place in form.fields else None, one)


def _named(field: str, error: ValidationError) -> ValidationError:
    """The sentence behind the name that such a field bears on every page; alone, where there is no such name or several."""
    sentence = " ".join(error.messages)
    fields = (known for model in apps.get_models() for known in model._meta.concrete_fields if known.name == field)
    names = {str(known.verbose_name) for known in fields if getattr(known, "_verbose_name", None)}
    if len(names) == 1:
        sentence = gettext("%(field)s: %(sentence)s") % {"field": capfirst(names.pop()), "sentence": sentence}
    return ValidationError(sentence, code=error.code)


def _record(
    request: HttpRequest, verb: str, refusal: Exception, subject: models.Model | str, stream: str, at: datetime
) -> None:
    record_refusal(verb, refusal, by=acting(request), at=at, subject=subject, stream=stream)


def acting(request: HttpRequest) -> Actor:
    """Who is acting, for the record of a refusal: under the first post, or as nobody in particular."""
    posts = scope_for(request).posts
    return actor_of(request.user, posts[0]) if posts else plain_actor(request.user)  # type: ignore[arg-type]


def reasons_against(scope: Scope, can: Can, on: Pair | Organisation, side: str | None = None) -> list[Finding]:
    """Why this person may not do it, for ``<c-action :reasons=…>``: empty when a post of theirs allows it.

    A button that somebody may see but not use is shown disabled with this reason instead of being left out.
    """
    post = may(scope, can, on) if isinstance(on, Pair) else may_for(scope, can, on, side)
    return [] if post else [not_yours(can)]


def not_yours(can: Can) -> Finding:
    """The reason that names who does it instead."""
    sentence = _("None of your posts allows this. It is done by: %(posts)s.") % {"posts": holder_words(can)}
    return Finding("not_your_post", "blocks", "policy", sentence, sentence, facts={"done_by": holder_in_short(can)})
