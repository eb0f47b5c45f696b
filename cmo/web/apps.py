"""Registers the look as an app, so that Django finds its template tags."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "cmo.web"
    label = "web"
