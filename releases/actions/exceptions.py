"""Exceptions: a finding that does not rest on law is waived by the signature of the registrant's quality, or not."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.signing.actions import Proof, sign
from cmo.signing.models import Meaning
from cmo.trail.actions import record
from cmo.trail.actor import Actor
from cmo.trail.canonical import sha256

from ..deciding import exception_decision_of
from ..facts import load_lot_facts
from ..models import ExceptionDecision, Lot, LotException
from ..rules.acts import decided_meanwhile
from ..rules.exceptions import ExceptionAsked, blockers_to_decide, blockers_to_request, still_waives, to_waive
from ..rules.waiving import waived_text
from .writing import insert, lock_for_decision, who_and_when


@transaction.atomic
def request_exception(
    *,
    lot: Lot,
    code: str,
    justification: str,
    quantity: int | None,
    effect: str,
    stage: str,
    by: Actor,
    at: datetime,
) -> LotException:
    """Ask to waive what the condition ``code`` blocks now in ``stage``; the facts of that finding are frozen.

    ``quantity`` None: for the whole lot as it is now; a lot that grows later is not covered by what was signed before.

    :raises Refused: nothing waivable blocks, the same is asked already, an incomplete text. :raises PermissionDenied:
    """
    still_allowed(by, Can.REQUEST_EXCEPTION, lot.pair, day_of(at))
    locked = lock_for_decision(lot)
    facts = load_lot_facts([locked])[locked.pk]
    finding = to_waive(facts, stage, day_of(at)).get(code)
    requests = tuple(one for one in facts.exceptions if one.code == code)
    asked = ExceptionAsked(finding, justification, effect, quantity, facts.quantity, requests)
    refuse_if_any(blockers_to_request(asked))
    assert finding is not None
    said = {
        "justification": justification.strip(),
        "effect": effect.strip(),
        "quantity": facts.quantity if quantity is None else quantity,
    }
    row = LotException(lot=locked, code=code, waived=waived_text(finding), **said, **who_and_when(by, at))
    row.save(force_insert=True)
    data = {"exception": row.pk, "code": code, "waived_sha256": sha256(row.waived)}
    verb, stream = "lot.exception_requested", lot.pair.stream
    record(verb, by=by, at=at, subject=locked, stream=stream, reason=row.justification, data=data)
    return row


@transaction.atomic
def decide_exception(
    *, exception: LotException, approved: bool, reason: str, proof: Proof, by: Actor, at: datetime
) -> ExceptionDecision:
    """Approve or refuse an exception with one's signature; approved, it counts while the facts stay what they are.

    :raises Refused: decided already, the own request, outdated, without a reason; ``record_changed`` when the page showed
        something else. :raises PermissionDenied:
    """
    lot = exception.lot
    still_allowed(by, Can.DECIDE_EXCEPTION, lot.pair, day_of(at))
    locked = lock_for_decision(lot)
    facts = load_lot_facts([locked])[locked.pk]
    request = next(one for one in facts.exceptions if one.exception_id == exception.pk)
    stands = still_waives(facts, request, day_of(at))
    refuse_if_any(blockers_to_decide(request, by.user_id, stands=stands, approved=approved, reason=reason))
    row = exception_decision_of(exception, approved, reason)
    row.recorded_by_id, row.recorded_by_name, row.recorded_at = by.user_id, by.name, at
    insert(row, decided_meanwhile())
    meaning = Meaning.APPROVES_EXCEPTION if approved else Meaning.REFUSES_EXCEPTION
    sign(row, meaning=meaning, proof=proof, by=by, at=at, stream=lot.pair.stream, reason=row.reason)
    verb = "lot.exception_approved" if approved else "lot.exception_refused"
    data = {"exception": exception.pk, "code": exception.code, "decision": row.pk}
    record(verb, by=by, at=at, subject=locked, stream=lot.pair.stream, reason=row.reason, data=data)
    return row
