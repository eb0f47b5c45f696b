"""Reading evidence: the files of records as their pages show them, and the files that still lie intact in the store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.urls import reverse

from cmo.trail.models import Entry

from . import registry, store
from .models import File

#: The entries of the trail by which files come to records.
ATTACHING = ("evidence.attached", "evidence.replaced")


@dataclass(frozen=True, slots=True)
class Shown:
    """One file as the ``evidence`` component prints it; ``record``: what it lies with, where that is not said by the page."""

    pk: int
    title: str
    kind: str
    event_on: date
    expires_on: date | None
    size: int
    sha256: str
    url: str
    by_name: str
    uploaded_at: datetime
    replaced: bool
    record: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """The files of one record and where to add one (empty for who may not): for ``evidence/panel.html``."""

    items: list[Shown]
    attach_url: str
    today: date


def files_of(subjects: Iterable[models.Model | str]) -> dict[str, list[File]]:
    """Standing files by record key, oldest first, for any number of records in one query."""
    keys = [registry.key_of(subject) for subject in subjects]
    found: dict[str, list[File]] = {key: [] for key in keys}
    for row in File.objects.filter(subject__in=keys).standing().order_by("id"):
        found[row.subject].append(row)
    return found


def panel_of(subject: models.Model, user: Any, on: date) -> Panel:
    """Everything a record's page needs to show its evidence; the page has judged that the record may be seen."""
    key = registry.key_of(subject)
    rows = File.objects.of(key).select_related("replaced_by")
    return Panel([_shown(row) for row in rows], attach_url_of(key, user, on), on)


def _shown(row: File) -> Shown:
    return Shown(
        pk=row.pk,
        title=row.title,
        kind=registry.kind_words(row.kind),
        event_on=row.event_on,
        expires_on=row.expires_on,
        size=row.size,
        sha256=row.sha256,
        url=reverse("evidence:download", args=[row.pk]),
        by_name=row.uploaded_by_name,
        uploaded_at=row.uploaded_at,
        replaced=hasattr(row, "replaced_by"),
    )


def elsewhere(entries: Iterable[Entry]) -> list[Shown]:
    """The standing files that these entries of the trail put on record, each with the name of its record, in two queries."""
    contents = [entry.content for entry in entries]
    labels = {content["data"]["file"]: content["label"].split(" · ")[0] for content in contents}
    rows = File.objects.filter(pk__in=labels).standing().order_by("-id")
    return [replace(_shown(row), record=labels[row.pk]) for row in rows]


def attach_url_of(key: str, user: Any, on: date) -> str:
    """The address of the upload page, or nothing for who may not add files to this record."""
    try:
        registry.writer_of(user, key, on)
    except PermissionDenied:
        return ""
    return reverse("evidence:attach", args=[key])


@dataclass(frozen=True, slots=True)
class StoreVerdict:
    """What a check of all stored files found; ``stray`` counts files that no row names (harmless)."""

    files: int
    missing: list[str]
    altered: list[str]
    stray: int

    @property
    def ok(self) -> bool:
        return not self.missing and not self.altered


def verify_store() -> StoreVerdict:
    """Read every stored file again and compare it with the hash its rows state."""
    stated = set(File.objects.order_by().values_list("sha256", flat=True).distinct())
    missing, altered = [], []
    for sha256 in sorted(stated):
        found = store.state_of(sha256)
        if found == "missing":
            missing.append(sha256)
        elif found == "altered":
            altered.append(sha256)
    stray = sum(1 for name in store.everything() if name not in stated)
    return StoreVerdict(len(stated), missing, altered, stray)
