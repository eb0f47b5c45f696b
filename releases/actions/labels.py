"""Checking the text of a label or IFU version against what the law demands for one entrustment."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from agreements.models import Entrustment
from cmo.catalogue.models import LabelVersion
from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.parties.tenancy import tenant
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..facts.labels import load_label_facts
from ..labels import SMALL_LABEL, expected_for, missing_items
from ..models import LabelCheck
from ..rules.labels import blockers_to_check_label
from .writing import lock_entrustment, who_and_when


@transaction.atomic
def check_label(
    *, entrustment: Entrustment, label: LabelVersion, text: str, small: bool = False, by: Actor, at: datetime
) -> LabelCheck:
    """Put on record what a label or IFU text lacks; the latest check of a version counts, complete or not.

    ``small``: the label has no room for everything and refers to the instructions.

    :raises Refused: no text, another device's version, small instructions. :raises PermissionDenied:
    """
    still_allowed(by, Can.CHECK_LABEL, entrustment.pair, day_of(at))
    locked = lock_entrustment(entrustment)
    same = label.device_id == locked.device_id
    refuse_if_any(blockers_to_check_label(kind=label.kind, of_the_device=same, small=small, text=text))
    expected = expected_for(SMALL_LABEL if small else label.kind, load_label_facts(locked, day_of(at)))
    row = LabelCheck(
        **tenant(locked.pair),
        entrustment=locked,
        label=label,
        text=text.strip(),
        expected=expected,
        missing=missing_items(text, expected),
        **who_and_when(by, at),
    )
    row.save(force_insert=True)
    data = {"check": row.pk, "label": label.pk, "kind": label.kind, "small": small, "missing": row.missing}
    name = f"{label.kind} {label.version} · {locked.number}"
    record("label.checked", by=by, at=at, subject=locked, stream=locked.pair.stream, label=name, data=data)
    return row
