"""Registers the trail and the step after ``migrate`` that (re)installs the append-only triggers."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TrailConfig(AppConfig):
    name = "cmo.trail"
    label = "trail"
    verbose_name = _("Trail")

    def ready(self) -> None:
        from . import checks  # noqa: F401
        from .append_only import install_after_migrate

        post_migrate.connect(install_after_migrate, dispatch_uid="trail.append_only")
