"""Words for the parts of a checklist and what became of them between two versions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

#: What became of a part → tone and word.
CHANGE_WORDS = {
    "added": ("good", _("added")),
    "removed": ("bad", _("removed")),
    "changed": ("pending", _("changed")),
}
PART_WORDS = {
    "text": _("heading"),
    "section": _("section"),
    "item": _("item"),
    "table": _("judgement table"),
}
USE_WORDS = {
    "annual_audit": _("annual audit"),
    "topic": _("audit of a part or topic"),
    "self_assessment": _("self-assessment"),
    "benchmark": _("historical benchmark"),
}
FIELD_WORDS = {
    "title": _("title"),
    "issuer": _("issuer"),
    "issued": _("issued"),
    "use": _("use"),
    "applies": _("for whom"),
    "content_note": _("note on the content"),
    "status_note": _("note on the status"),
    "checks": _("what to check"),
    "clause": _("clause"),
    "severity": _("severity"),
    "section": _("section"),
    "citation": _("basis"),
    "formula": _("method of judging"),
    "reading": _("how the printed table is read"),
    "rows": _("rows"),
}
