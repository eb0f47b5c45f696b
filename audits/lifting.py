"""The hold of a critical finding stays until the action against it is done, or the finding is withdrawn or closed.

As the hold of a deviation stays until the deviation is closed. Whether the action is effective shows in what is made
afterwards; the hold does not wait for that, and quality of the registrant lifts it with a reason of its own.
"""

from __future__ import annotations

from agreements.hold_guards import register_lift_guard
from agreements.models import Hold
from cmo.errors import Finding

from .facts.capa import ACTION_OWED, ANSWER_OWED, PLAN_PROPOSED, findings_in
from .models import AuditFinding
from .wording import finding

#: State of a finding → why its hold is not lifted.
_WAITS = {ANSWER_OWED: "answer_owed_first", PLAN_PROPOSED: "plan_waits", ACTION_OWED: "action_under_way"}


def register() -> None:
    """Called once when the app is ready."""
    register_lift_guard(finding_unanswered)


def finding_unanswered(hold: Hold) -> list[Finding]:
    """Reasons against lifting the hold that a critical finding placed, while its action is not done."""
    if hold.kind != Hold.Kind.CRITICAL_FINDING:
        return []
    placed_by = findings_in(AuditFinding.objects.filter(hold=hold)).values()
    return [finding(_WAITS[facts.state], number=facts.number) for facts in placed_by if facts.state in _WAITS]
