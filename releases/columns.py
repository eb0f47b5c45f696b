"""What the pages of a lot show: the two release columns, the release file, holds and the time line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cmo.clock import day_of
from cmo.errors import Finding
from cmo.signing.facts import SignatureState
from cmo.web.charts import Lane, Mark, Span
from cmo.web.wording import bilingual

from .corrections_shown import CorrectionShown, correction_lanes
from .deciding import Judgement
from .facts import MARKET, PRODUCTION, LotFacts, RequiredDocument
from .making_shown import Making
from .models import FileReturn, LotDocument, LotHold
from .rules import Verdict
from .states import OUTCOMES

ORDER = {"blocks": 0, "warns": 1, "passed": 2}


@dataclass(frozen=True, slots=True)
class DecisionShown:
    """One decision of a stage with its signature and the address of its frozen reasons."""

    row: Any
    signature: SignatureState | None
    url: str
    withdraw_url: str
    withdrawal: Any | None


@dataclass(frozen=True, slots=True)
class Column:
    """One of the two releases side by side. ``waits``: the market column before production has released."""

    stage: str
    title: str
    party: str
    judgement: Judgement
    verdicts: list[Verdict]
    decisions: list[DecisionShown]
    waits: bool
    act_label: str
    act_url: str
    against: list[Finding]

    @property
    def standing(self) -> DecisionShown | None:
        return next((shown for shown in self.decisions if shown.withdrawal is None), None)

    @property
    def met(self) -> int:
        return sum(verdict.state == "passed" for verdict in self.verdicts)


@dataclass(frozen=True, slots=True)
class FileLine:
    """One line of the release file: a required document (or a further one), present or not, reviewed or not."""

    name: str
    required: bool
    document: LotDocument | None
    reviews: dict[str, list[Any]] = field(default_factory=dict)
    files: Sequence[Any] = ()
    superseded: bool = False

    @property
    def key(self) -> str:
        """Key of the document for its evidence."""
        return f"releases.lotdocument:{self.document.pk}" if self.document else ""

    @property
    def seen(self) -> str:
        """Keys of the files that lie before whoever reviews the document."""
        return ",".join(str(file.pk) for file in self.files)

    @property
    def reviewed(self) -> bool:
        """Whether somebody has reviewed it, so that its files do not change any more."""
        return any(self.reviews.values())


def sorted_verdicts(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """What stops first, then what to look at, then what is met; else in the order of the gates."""
    return sorted(verdicts, key=lambda verdict: ORDER[verdict.state])


def document_name(required: RequiredDocument) -> str:
    """A required document in the active language."""
    return bilingual({"name_zh": required.zh, "name_en": required.en}, "name")


def document_names(facts: LotFacts) -> dict[str, str]:
    """Key → name of every required document."""
    return {required.key: document_name(required) for required in facts.required_documents}


def file_lines(facts: LotFacts, rows: Sequence[LotDocument], files: dict[str, list[Any]]) -> list[FileLine]:
    """Required documents in their order, then further ones; ``rows`` come with their reviews."""
    lines = []
    for required in facts.required_documents:
        own = [row for row in rows if row.kind == required.key]
        lines += [_line(document_name(required), True, row, files, row is not own[-1]) for row in own]
        if not own:
            lines.append(FileLine(document_name(required), True, None))
    keys = {required.key for required in facts.required_documents}
    further = [row for row in rows if row.kind not in keys]
    return lines + [_line(_("another document"), False, row, files, False) for row in further]


def _line(name: str, required: bool, row: LotDocument, files: dict[str, list[Any]], superseded: bool) -> FileLine:
    reviews: dict[str, list[Any]] = {"contractor": [], "registrant": []}
    for review in row.reviews.all():
        reviews[review.side].append(review)
    return FileLine(name, required, row, reviews, files.get(f"releases.lotdocument:{row.pk}", []), superseded)


def lanes(
    facts: LotFacts,
    making: Making,
    documents: Sequence[LotDocument],
    returns: Sequence[FileReturn],
    holds: Sequence[LotHold],
    columns: Sequence[Column],
    corrections: Sequence[CorrectionShown],
) -> list[Lane]:
    """Production with its steps, observations and deviations, release file, holds, both releases and corrections of the
    lot on one time axis."""
    production = Span(facts.produced_from, facts.produced_to, _("Manufacture"))
    filed = _filed_marks(documents)
    filed += [Mark(day_of(row.recorded_at), _("Question"), "pending", row.question) for row in returns]
    found = [
        Lane(_("Manufacture"), spans=[production]),
        *making.lanes(),
        Lane(_("Release file"), marks=filed),
        *(Lane(column.title, marks=_decision_marks(column)) for column in columns),
    ]
    if facts.exceptions:
        found.append(Lane(_("Exceptions"), marks=_exception_marks(facts)))
    if holds:
        found.append(Lane(_("Holds"), spans=[_hold_span(hold) for hold in holds]))
    found += correction_lanes(corrections)
    return [lane for lane in found if lane.spans or lane.marks]


def _filed_marks(documents: Sequence[LotDocument]) -> list[Mark]:
    """One mark per day on which documents came in, naming them; marks of one day would hide each other."""
    days: dict[date, list[str]] = {}
    for row in documents:
        days.setdefault(day_of(row.recorded_at), []).append(row.reference)
    return [Mark(day, _("Documents added"), "idle", ", ".join(names)) for day, names in days.items()]


def _decision_marks(column: Column) -> list[Mark]:
    marks = []
    for shown in column.decisions:
        state = OUTCOMES[shown.row.outcome]
        marks.append(Mark(day_of(shown.row.recorded_at), str(state.word), state.tone, shown.row.recorded_by_name))
        if shown.withdrawal is not None:
            marks.append(Mark(day_of(shown.withdrawal.recorded_at), _("withdrawn"), "idle", shown.withdrawal.reason))
    return marks


def _exception_marks(facts: LotFacts) -> list[Mark]:
    marks = []
    for asked in facts.exceptions:
        marks.append(Mark(day_of(asked.requested_at), _("Exception requested"), "pending", asked.justification))
        if asked.decided_at is not None:
            tone, word = ("good", _("Exception approved")) if asked.approved else ("idle", _("Exception refused"))
            marks.append(Mark(day_of(asked.decided_at), word, tone, asked.reason))
    return marks


def _hold_span(hold: LotHold) -> Span:
    lift = getattr(hold, "lift", None)
    lifted = day_of(lift.recorded_at) if lift else None
    return Span(day_of(hold.recorded_at), lifted, hold.reason, "idle" if lift else "bad")


def column_titles() -> dict[str, tuple[str, str, str]]:
    """Stage → its title, the words of its button, the post that decides."""
    return {
        PRODUCTION: (
            _("Production release"),
            _("Decide on the production release"),
            _("the contractor's production releaser"),
        ),
        MARKET: (_("Market release"), _("Decide on the market release"), _("the registrant's market releaser")),
    }


def act_url(stage: str, lot_id: int) -> str:
    """Where this stage is decided."""
    name = "release_to_market" if stage == MARKET else "release_production"
    return reverse(f"releases:{name}", args=[lot_id])
