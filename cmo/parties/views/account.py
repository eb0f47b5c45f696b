"""The own account: posts and their ends, permissions by name, language."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_POST, require_safe

from cmo import clock

from .. import actions
from ..access import plain_actor
from ..facts import names_of
from ..forms import LanguageForm
from ..models import Grant
from ..pages import act
from ..sections import account_sections
from ..sign_in import has_second_factor
from ..states import post_state
from ..trail_pages import entries_for


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """What this person is here: posts, permissions, language, and their own trail."""
    return _page(request, LanguageForm(initial={"language": translation.get_language()}))


def _page(request: HttpRequest, form: LanguageForm) -> HttpResponse:
    user, on = request.user, clock.today()
    posts = list(user.posts.select_related("user", "decision", "end").order_by("-id"))
    names = names_of({post.organisation_id for post in posts})
    context = {
        "rows": [{"post": p, "state": post_state(p, on), "organisation": names.get(p.organisation_id)} for p in posts],
        "grants": Grant.objects.effective(on).filter(user=user).select_related("pair").order_by("pair__number"),
        "form": form,
        "second_factor": has_second_factor(user),
        "sections": account_sections(user),
        "entries": entries_for(f"user:{user.pk}", limit=20),
    }
    return render(request, "parties/account.html", context)


def no_own_address(request: HttpRequest) -> HttpResponse:
    """Nobody sets their own e-mail: invitations find people by it. An administrator does. :raises Http404: always."""
    raise Http404


@require_POST
def change_language(request: HttpRequest) -> HttpResponse:
    """Keep the language in which this person is addressed."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    chosen = form.cleaned_data["language"]
    done = act(
        request,
        form,
        "account.language_changed",
        subject=request.user,
        stream=f"user:{request.user.pk}",
        do=lambda at: actions.change_language(user=request.user, language=chosen, by=plain_actor(request.user), at=at),
    )
    response = redirect("parties:account") if done else _page(request, form)
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, max_age=settings.LANGUAGE_COOKIE_AGE, samesite="Lax")
    return response
