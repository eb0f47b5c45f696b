"""The calendar."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CalendarConfig(AppConfig):
    name = "cmo.calendar"
    label = "calendar"
    verbose_name = _("Calendar")

    def ready(self) -> None:
        from . import evidence_rights, pages

        evidence_rights.register()
        pages.register()
