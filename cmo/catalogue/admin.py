"""Read-only view of the catalogue's tables for administrators: they look, they change nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from .models import Determination, DeviceVersion, HeldEdition, Screening


class ReadOnly(admin.ModelAdmin):
    """No adding, no changing, no deleting."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(DeviceVersion)
class DeviceVersionAdmin(ReadOnly):
    list_display = ["device_id", "number", "name_zh", "number_printed", "classification_code", "standing"]


@admin.register(HeldEdition)
class HeldEditionAdmin(ReadOnly):
    list_display = ["key", "document_no", "effective_from", "effective_to", "sha256"]


@admin.register(Screening)
class ScreeningAdmin(ReadOnly):
    list_display = ["device_id", "acted_on", "edition_key", "outcome", "recorded_by_name", "recorded_at"]


@admin.register(Determination)
class DeterminationAdmin(ReadOnly):
    list_display = ["screening_id", "outcome", "recorded_by_name", "recorded_at"]
