"""Read-only view of signatures for administrators."""

from django.contrib import admin

from cmo.web.admin import ReadOnlyAdmin

from .models import Acceptance, Signature


@admin.register(Signature)
class SignatureAdmin(ReadOnlyAdmin):
    list_display = ["record_label", "meaning", "signer_name", "organisation", "signed_at"]


@admin.register(Acceptance)
class AcceptanceAdmin(ReadOnlyAdmin):
    list_display = ["user_name", "statement_version", "accepted_at"]
