"""Read-only view of the trail for administrators."""

from django.contrib import admin

from cmo.web.admin import ReadOnlyAdmin

from .models import Entry, Head


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ["stream", "seq", "verb", "subject", "actor_name", "at_utc"]
    show_full_result_count = False


@admin.register(Head)
class HeadAdmin(ReadOnlyAdmin):
    list_display = ["stream", "seq", "hash"]
