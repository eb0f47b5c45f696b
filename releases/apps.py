"""Lots and releases."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReleasesConfig(AppConfig):
    name = "releases"
    verbose_name = _("Lots and releases")

    def ready(self) -> None:
        from . import evidence_rights, figures, pair_section, record_links

        evidence_rights.register()
        pair_section.register()
        record_links.register()
        figures.register()
