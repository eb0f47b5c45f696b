"""One page with every component in every state: looked at after each change, and rendered by the tests."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render

from cmo.web import samples
from cmo.web.samples import lists


@login_required
def gallery(request: HttpRequest) -> HttpResponseBase:
    """All components with invented data.

    :raises Http404: unless the site is in debug mode or the person is staff.
    """
    if not (settings.DEBUG or getattr(request.user, "is_staff", False)):
        raise Http404
    table = lists.LotTable.for_request(request, lists.lots())
    if download := table.export_for(request):
        return download
    return render(request, "web/gallery.html", samples.everything(table))
