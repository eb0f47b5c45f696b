"""Versions of base data: unchanged since they were written, and confirmed by somebody else than their author."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import F

from cmo.parties.versions import Version

from .broken import Broken, row

CHUNK = 500


def _models() -> list[Any]:
    return [model for model in apps.get_models() if issubclass(model, Version)]


def altered(_on: date) -> Iterator[Broken]:
    """The hash on record is that of the content."""
    for model in _models():
        for version in model.objects.order_by("id").iterator(CHUNK):
            if version.compute_hash() != version.content_hash:
                yield row(version, "内容与登记时的哈希值不符。", "The content differs from the hash on record.")


def confirmed_alone(_on: date) -> Iterator[Broken]:
    """No version was confirmed by the person who proposed it (an organisation's founding data are the administrator's)."""
    for model in _models():
        alone = model.objects.confirmed().filter(decision__decided_by_id=F("proposed_by_id"))
        founding = {"number": 1} if model._meta.label_lower == "parties.organisationversion" else {"pk": None}
        for version in alone.exclude(**founding).order_by("id").iterator(CHUNK):
            yield row(version, "该版本由提出人自己确认。", "This version was confirmed by the person who proposed it.")
