"""Entrustments and quality agreements."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgreementsConfig(AppConfig):
    name = "agreements"
    verbose_name = _("Entrustments and agreements")

    def ready(self) -> None:
        from . import evidence_rights, pages

        evidence_rights.register()
        pages.register()
