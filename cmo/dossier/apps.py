"""The dossier."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DossierConfig(AppConfig):
    name = "cmo.dossier"
    label = "dossier"
    verbose_name = _("Dossier")

    def ready(self) -> None:
        from cmo.parties.facts_invitations import register_scopes

        from . import pages
        from .scoping import names_a_scope

        pages.register()
        register_scopes(names_a_scope)
