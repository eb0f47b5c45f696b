"""Paths of the audits app."""

from django.urls import path

from .views import templates

app_name = "audits"
urlpatterns = [
    path("audit-templates/", templates.audit_templates, name="templates"),
    path("audit-templates/<slug:key>/", templates.audit_template, name="template"),
]
