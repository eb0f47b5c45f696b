"""Paths of the agreements app: preparations, entrustments, agreements, holds."""

from django.urls import URLPattern

app_name = "agreements"
urlpatterns: list[URLPattern] = []
