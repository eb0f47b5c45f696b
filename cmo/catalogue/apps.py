"""Devices and the prohibited catalogue."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    name = "cmo.catalogue"
    label = "catalogue"
    verbose_name = _("Devices and catalogue")

    def ready(self) -> None:
        from . import evidence_rights, pages

        evidence_rights.register()
        pages.register()
