"""Evidence files."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    name = "cmo.evidence"
    label = "evidence"
    verbose_name = _("Evidence")

    def ready(self) -> None:
        import logging

        from .registry import register_kind

        logging.getLogger("pikepdf").setLevel(logging.WARNING)  # it greets on import

        register_kind("document", _("document"))
