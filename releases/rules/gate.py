"""What a gate is: one legal or agreed condition, judged from facts, with all its reasons and the facts it rests on.

A gate is a short function ``(case, verdict) -> None`` made with :func:`gate`. It names the facts it looked at and
adds findings; without any it has passed. So a page can show every gate, also the ones that let the lot through.

Every gate is dated: before ``applies_from`` it is not judged. Which day picks, ``dated_by`` says: that of the release
(``release``), the last of manufacture (``manufacture``, as the label's date decides on UDI) or that of the standing
production release (``production``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from agreements.facts import EntrustmentFacts
from cmo.clock import day_of
from cmo.errors import Finding

from ..facts.values import MARKET, PRODUCTION, LotFacts, ReleaserFact

BOTH = (PRODUCTION, MARKET)
#: First days of the laws, announcements and guides that gates rest on.
O739, O53, O47 = date(2021, 6, 1), date(2022, 5, 1), date(2021, 10, 1)
N38, GMP25, GUIDE20, UDI = date(2024, 6, 1), date(2026, 11, 1), date(2022, 3, 22), date(2021, 1, 1)
RELEASE, MANUFACTURE = "release", "manufacture"
#: Posts that decide, as findings name them.
PRODUCTION_RELEASER, MARKET_RELEASER = "contractor:production_releaser", "registrant:market_releaser"
BOTH_RELEASERS = f"{PRODUCTION_RELEASER}, {MARKET_RELEASER}"
#: The one gate whose findings rest on an announcement ("in principle") and can be waived nevertheless (invariant 7).
COVERAGE = "coverage"


@dataclass(frozen=True, slots=True)
class Case:
    """One question: may this lot be decided on, in this stage, on this day, by this person, in this quantity?

    ``releaser`` and ``quantity`` are None while nobody has come forward: gates about them are then not judged.
    """

    stage: str
    lot: LotFacts
    on: date
    releaser: ReleaserFact | None = None
    quantity: int | None = None

    @property
    def entrustment(self) -> EntrustmentFacts:
        return self.lot.entrustment

    @property
    def for_market(self) -> bool:
        return self.stage == MARKET

    def day_of(self, act: str) -> date:
        """The day of an act that decides which rules apply: ``release``, ``manufacture`` or ``production``."""
        if act == MANUFACTURE:
            return self.lot.produced_to
        made = self.lot.standing(PRODUCTION) if act == PRODUCTION else None
        return day_of(made.decided_at) if made is not None else self.on

    @property
    def side(self) -> str:
        """The side that decides in this stage."""
        return "registrant" if self.for_market else "contractor"

    @property
    def decider(self) -> str:
        """The post that decides in this stage, as findings name posts."""
        return MARKET_RELEASER if self.for_market else PRODUCTION_RELEASER


@dataclass(slots=True)
class Verdict:
    """What one gate says about one case; a gate fills it."""

    gate: Gate
    facts: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    #: What approved exceptions waive for a part of the lot only, as it stood before, and for how many units at most.
    waived_in_part: list[Finding] = field(default_factory=list)
    waived_up_to: int | None = None

    def rests_on(self, **facts: Any) -> None:
        """Name facts (dates become ISO text), also those of a gate that passes."""
        self.facts.update({name: _text(value) for name, value in facts.items()})

    def blocks(self, zh: str, en: str, **other: Any) -> None:
        self._add("blocks", zh, en, other)

    def warns(self, zh: str, en: str, **other: Any) -> None:
        self._add("warns", zh, en, other)

    def _add(self, severity: str, zh: str, en: str, other: dict[str, Any]) -> None:
        gate = self.gate
        words = {"basis": gate.basis, "citation": gate.citation, "who": gate.who, "code": gate.code}
        words |= {"todo_zh": gate.todo_zh, "todo_en": gate.todo_en} | other
        self.findings.append(Finding(severity=severity, zh=zh, en=en, facts=dict(self.facts), **words))  # type: ignore[arg-type]

    @property
    def waivable(self) -> list[Finding]:
        """What a signed exception can waive: what blocks now, and what is waived for a part of the lot only."""
        return [*(finding for finding in self.findings if self.gate.can_waive(finding)), *self.waived_in_part]

    @property
    def state(self) -> str:
        """``passed``, ``warns`` or ``blocks``: the gravest finding decides."""
        if any(finding.blocks for finding in self.findings):
            return "blocks"
        return "warns" if self.findings else "passed"


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition: what it demands, on which basis, who can resolve it, and the function that judges it.

    ``binds_rejection``: also somebody who rejects the lot must pass it. ``needs``: ``releaser`` or ``quantity`` when
    the gate cannot be judged without them. ``waivable``: its findings on the basis of agreement or policy, and those of
    coverage, can be waived by a signed exception. ``applies_from`` None: from the beginning, by house policy.
    """

    code: str
    zh: str
    en: str
    basis: str
    citation: str
    judge: Callable[[Case, Verdict], None]
    stages: tuple[str, ...]
    who: str
    todo_zh: str
    todo_en: str
    applies_from: date | None
    dated_by: str
    waivable: bool
    binds_rejection: bool
    needs: str

    def applies(self, case: Case) -> bool:
        """Whether this gate belongs to the stage, is in force for the act, and everything it needs is known."""
        if case.stage not in self.stages or (self.needs and getattr(case, self.needs) is None):
            return False
        return self.applies_from is None or case.day_of(self.dated_by) >= self.applies_from

    def can_waive(self, finding: Finding) -> bool:
        """Whether a signed exception can turn this finding into a warning; what rests on law never is."""
        in_principle = self.code == COVERAGE and finding.basis != "law"
        return finding.blocks and self.waivable and (finding.waivable or in_principle)

    def ask(self, case: Case) -> Verdict:
        verdict = Verdict(self)
        if self.waivable:  # an exception is signed for these goods: a lot corrected to others is not covered by it
            lot = case.lot
            verdict.rests_on(goods_model=lot.model, goods_from=lot.produced_from, goods_to=lot.produced_to)
        self.judge(case, verdict)
        return verdict


def gate(
    code: str,
    zh: str,
    en: str,
    *,
    basis: str,
    citation: str,
    applies_from: date | None,
    dated_by: str = RELEASE,
    stages: tuple[str, ...] = BOTH,
    who: str = "",
    todo: tuple[str, str] = ("", ""),
    waivable: bool = False,
    binds_rejection: bool = False,
    needs: str = "",
) -> Callable[[Callable[[Case, Verdict], None]], Gate]:
    """Make a gate of the function that judges it; ``zh`` / ``en`` say what it demands."""

    def make(judge: Callable[[Case, Verdict], None]) -> Gate:
        dated = {"applies_from": applies_from, "dated_by": dated_by}
        words = {"code": code, "zh": zh, "en": en, "who": who, "todo_zh": todo[0], "todo_en": todo[1]}
        binds = {"waivable": waivable, "binds_rejection": binds_rejection, "needs": needs}
        return Gate(basis=basis, citation=citation, judge=judge, stages=stages, **words, **dated, **binds)  # type: ignore[arg-type]

    return make


def _text(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_text(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def first_day_without(holds: Callable[[date], bool], first: date, last: date, edges: Iterable[date]) -> date | None:
    """The first day from ``first`` to ``last`` on which ``holds`` is false, or None.

    ``edges`` are the days on which the answer may change, so that only they are asked.
    """
    days = {first, last, *(day for day in edges if first <= day <= last)}
    return next((day for day in sorted(days) if not holds(day)), None)


def day_after(day: date | None) -> Iterable[date]:
    """The day after a last day, as an edge; nothing for an open end."""
    return () if day is None else (day + timedelta(days=1),)
