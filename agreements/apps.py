"""Entrustments and quality agreements."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgreementsConfig(AppConfig):
    name = "agreements"
    verbose_name = _("Entrustments and agreements")

    def ready(self) -> None:
        from . import agreement_figures, evidence_rights, pages, review_pages

        evidence_rights.register()
        pages.register()
        agreement_figures.register()
        review_pages.register()
