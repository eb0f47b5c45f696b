"""Paths below ``/regulation/``."""

from django.urls import path

from cmo.regulation import views

app_name = "regulation"
urlpatterns = [
    path("codes/", views.codes, name="codes"),
    path("classification/", views.classification, name="classification"),
    path("references/", views.references, name="references"),
]
