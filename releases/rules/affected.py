"""Looking back on a decision: would it still be taken on its day, knowing what is known now?"""

from __future__ import annotations

from cmo.errors import Finding, blocking

from . import GATES
from .gate import Case
from .judging import judge

#: Gates that a later change of base data, agreement or catalogue can turn, with the group of reasons they belong to.
LOOKED_BACK: dict[str, str] = {
    "catalogue": "catalogue",
    "pair_standing": "entrustment",
    "entrustment_at_manufacture": "entrustment",
    "entrustment_now": "entrustment",
    "agreement_at_manufacture": "agreement",
    "agreement_now": "agreement",
    "licence_at_manufacture": "licence",
    "licence_covers_product": "licence",
    "licence_names_site": "licence",
    "licence_accepted": "licence",
    "licence_now": "licence",
    "certificate_at_manufacture": "certificate",
    "certificate_now": "certificate",
    "contractor_on_certificate": "certificate",
    "label_version": "label",
    "ifu_version": "label",
    "releaser_post": "post",
    "releaser_authorised": "post",
    "releaser_trained": "post",
    "releaser_full_time": "post",
    "holds": "hold",
}
#: Conditions that hang on a single lot beside what its class shares.
OF_ONE_LOT = {"holds": "hold"}
#: Conditions that a later entry about presence or labels can turn; each lot so touched is judged by itself. (A supplier's
#: approval is never taken back for days that are over.)
TOUCHED = {
    "coverage": "supervision",
    "label_content": "label",
    "ifu_content": "label",
}


def reasons(case: Case, codes: dict[str, str]) -> tuple[tuple[str, Finding], ...]:
    """(group, finding) of everything that would stop this decision now, by the gates of ``codes``."""
    asked = [gate for gate in GATES if gate.code in codes and gate.applies(case)]
    return tuple((codes[gate.code], finding) for gate in asked for finding in blocking(gate.ask(case).findings))


def own_reasons(case: Case) -> tuple[tuple[str, Finding], ...]:
    """(group, finding) of what would stop this decision by later entries about this very lot; signed exceptions count
    while their facts are unchanged."""
    verdicts = [verdict for verdict in judge(case) if verdict.gate.code in TOUCHED]
    return tuple((TOUCHED[v.gate.code], finding) for v in verdicts for finding in blocking(v.findings))


def not_waived(
    found: tuple[tuple[str, Finding], ...], lot: int, waived: set[tuple[int, str]]
) -> tuple[tuple[str, Finding], ...]:
    """Without what a signed exception waived for this lot, because the decision rested on it."""
    return tuple((group, finding) for group, finding in found if (lot, finding.code) not in waived)
