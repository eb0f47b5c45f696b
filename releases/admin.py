"""Read-only view of lots and decisions for administrators."""

from django.contrib import admin

from cmo.web.admin import ReadOnlyAdmin

from .models import Lot, LotHold, MarketRelease, ProductionRelease


@admin.register(Lot)
class LotAdmin(ReadOnlyAdmin):
    list_display = ["number", "model", "pair", "produced_from", "produced_to", "quantity", "taken_over", "recorded_at"]
    list_select_related = ["pair"]
    search_fields = ["number"]


@admin.register(LotHold)
class LotHoldAdmin(ReadOnlyAdmin):
    list_display = ["lot", "kind", "side", "reason", "recorded_by_name", "recorded_at"]
    list_select_related = ["lot"]


@admin.register(ProductionRelease, MarketRelease)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ["lot", "number", "outcome", "quantity", "recorded_by_name", "recorded_at"]
    list_select_related = ["lot"]
