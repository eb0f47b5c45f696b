"""Paths of the parties app: organisations, people, pairs, the trail and the own account."""

from django.urls import URLPattern

app_name = "parties"
urlpatterns: list[URLPattern] = []
