"""Audits."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditsConfig(AppConfig):
    name = "audits"
    verbose_name = _("Audits")

    def ready(self) -> None:
        from . import evidence_findings, evidence_rights, figures, finding_pages, lifting, pages

        pages.register()
        finding_pages.register()
        evidence_findings.register()
        evidence_rights.register()
        figures.register()
        lifting.register()
