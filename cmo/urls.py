"""Every path of the product, one prefix per app."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("cmo.home.urls")),
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
    path("admin/", admin.site.urls),
]
