"""Read-only view of this app's tables for administrators: they look, they change nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from .models import (
    Agreement,
    AgreementRevision,
    Entrustment,
    EntrustmentEvent,
    Hold,
    PairDuty,
    PairPolicy,
    Posting,
    Preparation,
    PresenceEntry,
    SupplierApproval,
)


class ReadOnly(admin.ModelAdmin):
    """No adding, no changing, no deleting."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Preparation)
class PreparationAdmin(ReadOnly):
    list_display = ["pair", "kind", "event_on", "reference", "recorded_by_name", "recorded_at"]


@admin.register(Entrustment)
class EntrustmentAdmin(ReadOnly):
    list_display = ["number", "pair", "device_id", "site_id", "starts_on", "recorded_by_name", "recorded_at"]


@admin.register(EntrustmentEvent)
class EntrustmentEventAdmin(ReadOnly):
    list_display = ["entrustment", "kind", "event_on", "recorded_by_name", "recorded_at"]


@admin.register(Agreement)
class AgreementAdmin(ReadOnly):
    list_display = ["number", "pair", "title_zh", "recorded_by_name", "recorded_at"]


@admin.register(AgreementRevision)
class AgreementRevisionAdmin(ReadOnly):
    list_display = ["agreement", "number", "route", "starts_on", "ends_on", "body_hash"]


@admin.register(Hold)
class HoldAdmin(ReadOnly):
    list_display = ["pair", "kind", "side", "reason", "recorded_by_name", "recorded_at"]


@admin.register(PairDuty)
class PairDutyAdmin(ReadOnly):
    list_display = ["pair", "kind", "done_on", "next_due_on", "reference"]


@admin.register(PairPolicy)
class PairPolicyAdmin(ReadOnly):
    list_display = ["pair", "effective_from", "production_days", "minimum_minutes", "recorded_by_name"]


@admin.register(Posting)
class PostingAdmin(ReadOnly):
    list_display = ["pair", "site_id", "person_name", "starts_on", "ends_on", "recorded_by_name"]


@admin.register(PresenceEntry)
class PresenceEntryAdmin(ReadOnly):
    list_display = ["posting", "kind", "event_at", "void", "recorded_by_name", "recorded_at"]


@admin.register(SupplierApproval)
class SupplierApprovalAdmin(ReadOnly):
    list_display = ["pair", "supplier", "scope", "covers", "approved_from", "approved_until"]
