"""Corrections of lots: every corrected lot says what its newest correction says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef

from ..facts.correcting import content_data
from ..models import LotCorrection
from .broken import Broken, row


def unlike_the_newest(_on: date) -> Iterator[Broken]:
    """A lot is changed by its corrections alone."""
    later = LotCorrection.objects.filter(lot=OuterRef("lot"), pk__gt=OuterRef("pk"))
    newest = LotCorrection.objects.filter(~Exists(later)).select_related("lot").order_by("id")
    for correction in newest.iterator(500):
        if content_data(correction) != content_data(correction.lot):
            zh = "批的内容与最近一次更正不一致。"
            yield row(correction.lot, zh, "The lot does not say what its newest correction says.")
