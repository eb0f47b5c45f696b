"""Insert-only versions of base data: proposed → confirmed (or turned down) by another quality person of the owner.

A *subject* (organisation, site, licence, device) is a bare identity; its content lives in version rows. The current
content is the latest confirmed version; "as on date D" is what the system knew at the end of that day in Shanghai.
Decisions embed the version's id and ``content_hash``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, TypeVar
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from cmo.trail.canonical import canonical, sha256
from cmo.trail.models import AppendOnlyModel

SHANGHAI = ZoneInfo("Asia/Shanghai")


def end_of_day(day: date) -> datetime:
    """The first instant after ``day`` in Shanghai (exclusive upper bound of "as known on that day")."""
    return datetime.combine(day + timedelta(days=1), time.min, SHANGHAI)


class Outcome(models.TextChoices):
    CONFIRMED = "confirmed", _("confirmed")
    TURNED_DOWN = "turned_down", _("turned down")


V = TypeVar("V", bound="Version")


class VersionQuerySet(models.QuerySet[V]):
    """Filters over version rows; ``subject`` is each model's ``subject_field``."""

    def confirmed(self, known_at: datetime | None = None) -> VersionQuerySet[V]:
        """Confirmed versions, optionally only what was confirmed before ``known_at``."""
        found = self.filter(decision__outcome=Outcome.CONFIRMED)
        return found.filter(decision__decided_at__lt=known_at) if known_at else found

    def undecided(self) -> VersionQuerySet[V]:
        return self.filter(decision__isnull=True)

    def current(self, known_at: datetime | None = None) -> VersionQuerySet[V]:
        """The latest confirmed version of every subject, in one query."""
        subject = self.model.subject_field
        versions: Any = self.model._default_manager.all()
        latest = (
            versions.confirmed(known_at)
            .filter(**{subject: models.OuterRef(subject)})
            .order_by("-number")
            .values("pk")[:1]
        )
        return self.filter(pk=models.Subquery(latest))

    def current_by_subject(self, subjects: Iterable[Any], known_at: datetime | None = None) -> dict[int, V]:
        """Subject id → its latest confirmed version, for any number of subjects in one query."""
        ids = [getattr(s, "pk", s) for s in subjects]
        field = f"{self.model.subject_field}_id"
        rows = self.current(known_at).filter(**{f"{field}__in": ids})
        return {getattr(row, field): row for row in rows}


class Version(AppendOnlyModel):
    """Abstract: one version of a subject's content. Subclasses add ``subject_field`` and the content fields."""

    subject_field: ClassVar[str]
    content_fields: ClassVar[tuple[str, ...]]

    number = models.PositiveIntegerField(_("version"))
    proposed_by_id = models.BigIntegerField()
    proposed_by_name = models.CharField(max_length=150)
    proposed_at = models.DateTimeField()
    reason = models.TextField(_("reason for this version"))
    content_hash = models.CharField(max_length=64)

    class Meta:
        abstract = True

    def content(self) -> dict[str, Any]:
        """The content as JSON-ready values (dates as ISO text)."""
        return {name: _plain(getattr(self, name)) for name in self.content_fields}

    def canonical_record(self) -> dict[str, Any]:
        """What a signature under this version is bound to."""
        return {
            "type": self._meta.label_lower,
            "subject": getattr(self, f"{self.subject_field}_id"),
            "number": self.number,
            "content": self.content(),
        }

    def compute_hash(self) -> str:
        return sha256(canonical(self.canonical_record()))

    @property
    def state(self) -> str:
        """``proposed``, ``confirmed`` or ``turned_down`` (needs ``select_related("decision")`` in lists)."""
        decision = getattr(self, "decision", None)
        return decision.outcome if decision else "proposed"


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


class VersionDecision(AppendOnlyModel):
    """Abstract: the one decision on a version. Subclasses add ``version = OneToOneField(…, related_name="decision")``."""

    outcome = models.CharField(max_length=20, choices=Outcome)
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(max_length=150)
    decided_at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} · {self.decided_by_name}"
