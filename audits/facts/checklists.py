"""A company's own checklists: which versions there are, and which stand on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from ..models import TemplateVersion


def own_checklists(organisation_ids: Iterable[int]) -> QuerySet[TemplateVersion]:
    """Every version that these organisations keep, newest first."""
    rows = TemplateVersion.objects.filter(organisation_id__in=sorted(organisation_ids))
    return rows.select_related("end").order_by("organisation_id", "key", "-version")


def checklists_offered(organisation_id: int, on: date) -> list[TemplateVersion]:
    """What a new audit of this organisation can be planned with besides the product's: the newest of each key in force.

    A version once followed by another one stays so: withdrawing the later one does not offer the earlier one again.
    """
    found: dict[str, TemplateVersion] = {}
    for row in own_checklists([organisation_id]).filter(effective_from__lte=on):
        found.setdefault(row.key, row)
    return [row for row in found.values() if not hasattr(row, "end")]


def latest_version(organisation_id: int, key: str) -> TemplateVersion | None:
    """The newest version with this key, withdrawn or not."""
    return own_checklists([organisation_id]).filter(key=key).first()


def version_before(row: TemplateVersion) -> TemplateVersion | None:
    """The version that this one followed."""
    rows = TemplateVersion.objects.filter(organisation=row.organisation, key=row.key)
    return rows.filter(version=row.version - 1).first()
