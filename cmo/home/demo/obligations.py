"""Performed obligations of the demo world: what was due is recorded, except one overdue occurrence per agreement."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from agreements import actions
from agreements.facts.obligations import ObligationFact, load_obligations
from agreements.models import Agreement
from agreements.rules.obligations import occurrences
from cmo.parties.access import Can

from .stage import Stage

#: Occurrences are done so many days before they are due.
AHEAD = 3


def build(stage: Stage) -> None:
    """Record what fell due up to today; the latest record of each obligation carries its file."""
    rows = {row.pk: row for row in Agreement.objects.filter(pair__in=stage.pairs.values()).select_related("pair")}
    for facts in load_obligations(rows, stage.today).values():
        for n, obligation in enumerate(facts.obligations):
            past = [each.due_on for each in occurrences(facts, obligation, stage.today) if each.due_on <= stage.today]
            done = past[:-1] if n == 0 else past
            for due_on in done:
                _record(stage, rows[facts.agreement_id], obligation, due_on, with_file=due_on == done[-1])


def _record(stage: Stage, agreement: Agreement, obligation: ObligationFact, due_on: date, *, with_file: bool) -> None:
    pair_key = next(key for key, pair in stage.pairs.items() if pair.pk == agreement.pair_id)
    registrant, contractor = pair_key.split("-")
    firm = registrant if obligation.side == "registrant" else contractor
    done_on = due_on - timedelta(days=AHEAD)
    at = stage.at((done_on - stage.today).days)
    reference = f"{obligation.proof_zh} {done_on:%Y-%m}"
    text = f"示例文件（虚构）\n{reference}\n".encode()
    actions.record_obligation(
        agreement=agreement,
        key=obligation.key,
        due_on=due_on,
        done_on=done_on,
        reference=reference,
        upload=SimpleUploadedFile("record.txt", text, content_type="text/plain") if with_file else None,
        by=stage.as_(f"{firm}.qm1", Can.RECORD_OBLIGATION, agreement.pair, at),
        at=at,
    )
