"""Electronic signatures."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SigningConfig(AppConfig):
    name = "cmo.signing"
    label = "signing"
    verbose_name = _("Signatures")
