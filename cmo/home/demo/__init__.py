"""The demo world: invented organisations and people, built through the actions, so that every screen has something
to show. Nothing here names a real enterprise, product or person; every organisation's name begins with 示例 / Demo.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from cmo.catalogue.actions import load_builtin_editions
from cmo.parties.models import User

from . import (
    audits,
    cast,
    entrusting,
    findings,
    identifiers,
    lots,
    negotiation,
    obligations,
    outside,
    products,
    reports,
    reviews,
    stage,
    supervision,
)

__all__ = ["build"]


def build(today: date) -> bool:
    """Build the demo world around ``today``, whole or not at all; False when it is there already."""
    with transaction.atomic():
        if User.objects.filter(username=cast.ADMINISTRATOR.username).exists():
            return False
        on_stage = stage.Stage(today)
        load_builtin_editions(at=on_stage.at(-401))
        stage.build(on_stage)
        made = products.build(on_stage)
        entrusted = entrusting.build(on_stage, made)
        supervision.build(on_stage, entrusted)
        identifiers.build(on_stage, made, entrusted)
        lots.build(on_stage, made, entrusted)
        stage.correct_lapsed_licence(on_stage)
        entrusting.hold_on_scalpel(on_stage, entrusted)
        obligations.build(on_stage)
        findings.earlier(on_stage)
        audits.build(on_stage)
        findings.build(on_stage)
        reviews.build(on_stage)
        negotiation.build(on_stage)
        reports.build(on_stage)
        stage.open_matters(on_stage)
        outside.build(on_stage)
        return True
