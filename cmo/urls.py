"""Every path of the product, one prefix per app."""

from django.contrib import admin
from django.urls import include, path

from cmo.parties.views.account import no_own_address

urlpatterns = [
    path("", include("cmo.home.urls")),
    path("account/email/", no_own_address),
    path("account/", include("allauth.urls")),
    path("look/", include("cmo.web.urls")),
    path("", include("cmo.parties.urls")),
    path("evidence/", include("cmo.evidence.urls")),
    path("", include("cmo.signing.urls")),
    path("regulation/", include("cmo.regulation.urls")),
    path("", include("cmo.catalogue.urls")),
    path("", include("agreements.urls")),
    path("", include("releases.urls")),
    path("", include("audits.urls")),
    path("", include("cmo.calendar.urls")),
    path("", include("cmo.dossier.urls")),
    path("admin/", admin.site.urls),
]
