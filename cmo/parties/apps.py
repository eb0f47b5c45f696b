"""Parties: users, organisations, sites, licences, posts, pairs and grants."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartiesConfig(AppConfig):
    name = "cmo.parties"
    label = "parties"
    verbose_name = _("Parties")

    def ready(self) -> None:
        from . import file_rights, pair_tabs, shared_cache, sign_in_events  # noqa: F401
        from .sign_in import close_admin_door

        close_admin_door()
        file_rights.register()
        pair_tabs.register()
