"""Builders of label texts and their checks, made through the action."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from agreements.models import Entrustment
from cmo.catalogue.models import LabelVersion
from cmo.clock import day_of
from cmo.parties import actions as parties
from releases import actions
from releases.facts.labels import load_label_facts
from releases.labels import ITEMS, expected_for
from releases.models import LabelCheck
from tests import make

from .build import AT, World


def label_text(entrustment: Entrustment, kind: str, on: date, *, without: tuple[str, ...] = ()) -> str:
    """A text with one line for every demanded item that is on record on ``on``, ``without`` some keys."""
    expected = expected_for(kind, load_label_facts(entrustment, on))
    lines = [(ITEMS[key].zh, values) for key, values in expected.items() if values and key not in without]
    return "\n".join(values[0] if len(values) > 1 else f"{name}：{values[0]}" for name, values in lines)


def checked(
    w: World,
    label: LabelVersion | None = None,
    at: datetime = AT,
    *,
    text: str | None = None,
    small: bool = False,
    side: str = "registrant",
) -> LabelCheck:
    """A check of a label or IFU version (default: the world's label); complete unless a text is given."""
    row = label or w.label
    said = label_text(w.entrustment, row.kind, day_of(at)) if text is None else text
    by = w.firm_of("quality_manager", side).actor("quality_manager")
    return actions.check_label(entrustment=w.entrustment, label=row, text=said, small=small, by=by, at=at)


def rewritten(firm: make.Firm, at: datetime, **changes: Any) -> None:
    """Data of an organisation, such as its name or contact, changed and confirmed at this moment."""
    version = parties.propose_organisation_version(
        organisation=firm.organisation, content=firm.data.content() | changes, reason="变更", by=firm.actor(), at=at
    )
    make.confirm(version, firm, at=at)
