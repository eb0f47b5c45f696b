"""Looking back on a decision: would it still be taken on its day, knowing what is known now?"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from agreements.facts import EntrustmentFacts
from cmo.catalogue.rules.identifiers import UDI_TURNS
from cmo.errors import Finding, blocking

from ..facts.turned import DEMANDED, PRESENCE, SUPPLIED
from ..on_day import certificate_on, implantable_on
from . import GATES
from .gate import Case
from .waiving import waive

#: Gates that a later change of base data, agreement, catalogue or prints can turn, with the group of reasons they belong to.
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
    "label_content": "label",
    "ifu_content": "label",
    "udi_assigned": "udi",
    "udi_uploaded": "udi",
    "releaser_post": "post",
    "releaser_authorised": "post",
    "releaser_trained": "post",
    "releaser_full_time": "post",
    "holds": "hold",
}
#: First days of the laws behind them: a decision is judged by those in force on its day, a UDI by those at manufacture.
TURNS: frozenset[date] = UDI_TURNS | frozenset(
    gate.applies_from for gate in GATES if gate.code in LOOKED_BACK and gate.applies_from is not None
)
#: Conditions that hang on a single lot beside what its class shares.
OF_ONE_LOT = {"holds": "hold"}
#: Conditions that rest on steps, materials or presence, with their group of reasons; each lot about which a later
#: entry or device data may turn one of them is judged by itself.
TOUCHED = {
    "coverage": "supervision",
    "suppliers_approved": "supplier",
    "sterilisation_approved": "supplier",
    "processes_approved": "supplier",
}
#: What was turned since (:mod:`releases.facts.turned`) → the conditions of these that it can turn.
CAUSES: dict[str, frozenset[str]] = {
    PRESENCE: frozenset({"coverage"}),
    SUPPLIED: frozenset({"coverage", "suppliers_approved", "sterilisation_approved", "processes_approved"}),
    DEMANDED: frozenset({"coverage", "sterilisation_approved"}),
}


def reasons(case: Case, codes: dict[str, str]) -> tuple[tuple[str, Finding], ...]:
    """(group, finding) of everything that would stop this decision now, by the gates of ``codes``."""
    asked = [gate for gate in GATES if gate.code in codes and gate.applies(case)]
    return tuple((codes[gate.code], finding) for gate in asked for finding in blocking(gate.ask(case).findings))


def demands(entrustment: EntrustmentFacts, first: date, last: date) -> tuple[bool, bool]:
    """Whether device data ask for supervision on site (unknown counts as yes) and for sterilisation of a lot made from
    ``first`` to ``last``."""
    used = certificate_on(entrustment, last) or entrustment.certificate
    return implantable_on(entrustment, first, last) != "no", used is not None and used.sterile


def turned_by(causes: Iterable[str], asked: tuple[bool, bool]) -> frozenset[str]:
    """The conditions of single lots that these causes can turn; ``asked``: what device data ask of them."""
    codes = frozenset().union(*(CAUSES[cause] for cause in causes))
    supervised, sterile = asked
    return codes - (set() if supervised else {"coverage"}) - (set() if sterile else {"sterilisation_approved"})


def own_reasons(case: Case, codes: Collection[str] = TOUCHED.keys()) -> tuple[tuple[str, Finding], ...]:
    """(group, finding) of what would stop this decision by what this very lot rests on, by the gates of ``codes``; signed
    exceptions count while their facts are unchanged."""
    asked = [gate for gate in GATES if gate.code in codes and gate.applies(case)]
    verdicts = [waive(gate.ask(case), case) for gate in asked]
    return tuple((TOUCHED[v.gate.code], finding) for v in verdicts for finding in blocking(v.findings))
