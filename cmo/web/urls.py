"""The language switch, open to everybody, and the gallery of components for people who build pages."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from cmo.web import views

app_name = "web"
urlpatterns = [
    path("", views.gallery, name="gallery"),
    # Before signing in one must be able to read the page: Django's own path would ask for a login first.
    path("language/", login_not_required(set_language), name="language"),
]
