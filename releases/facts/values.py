"""What is known about one lot, as frozen values that rules judge and decisions keep."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from agreements.facts import EntrustmentFacts
from agreements.facts.supervision import SupervisionFacts

from .demands import CheckFact, ExceptionFact, IdentifierFact

if TYPE_CHECKING:
    from .deviating import DeviationFact
    from .making import StepFact

#: The two decisions on a lot, in their order.
PRODUCTION, MARKET = "production", "market"


@dataclass(frozen=True, slots=True)
class RequiredDocument:
    """One document that the device's release file must contain."""

    key: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ReviewFact:
    """A named person of one side has reviewed a document."""

    side: str
    person_id: int | None
    person: str
    reviewed_on: date


@dataclass(frozen=True, slots=True)
class DocumentFact:
    """One document of the release file with its reviews."""

    document_id: int
    kind: str
    reference: str
    added_on: date
    reviews: tuple[ReviewFact, ...] = ()

    def reviewed_by(self, side: str) -> tuple[ReviewFact, ...]:
        """The reviews by people of ``side``."""
        return tuple(review for review in self.reviews if review.side == side)


@dataclass(frozen=True, slots=True)
class MaterialFact:
    """A key material lot used in the lot (GMP 2025 art. 81)."""

    name: str
    material_lot: str
    supplier: str


@dataclass(frozen=True, slots=True)
class ReturnFact:
    """A question of the registrant about the release file that nobody has answered."""

    return_id: int
    question: str
    asked_on: date
    asked_by: str


@dataclass(frozen=True, slots=True)
class LotHoldFact:
    """An open hold on this lot alone."""

    hold_id: int
    kind: str
    side: str
    reason: str
    placed_on: date
    placed_by_id: int | None
    placed_by: str


@dataclass(frozen=True, slots=True)
class DoubtFact:
    """Something at this lot that the resident supervisor found doubtful."""

    observation_id: int
    person: str
    event_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class DecisionFact:
    """One decision of one stage; it stands until it is withdrawn."""

    decision_id: int
    number: int
    outcome: str
    quantity: int
    conditions: str
    organisation_id: int
    person_id: int | None
    person: str
    decided_at: datetime
    withdrawal_id: int | None = None
    withdrawn_at: datetime | None = None
    #: Whether the person who decided has signed it; looked up for production decisions only.
    signed: bool = False

    @property
    def stands(self) -> bool:
        return self.withdrawal_id is None

    @property
    def lets_through(self) -> bool:
        """Whether it stands and releases anything, with or without conditions."""
        return self.stands and self.outcome != "rejected"


@dataclass(frozen=True, slots=True)
class LabelFact:
    """The label or IFU version used in the lot, with the first and last day on which it may be used."""

    version_id: int
    version: str
    starts_on: date
    last_day: date | None

    def in_use(self, day: date) -> bool:
        """Whether this version may be used on ``day`` (first and last day inclusive)."""
        return self.starts_on <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True, slots=True)
class ReleaserFact:
    """The post under which somebody wants to decide; ``role`` is empty for a person without the post."""

    person_id: int
    person: str
    account_open: bool
    role: str = ""
    side: str = ""
    organisation_id: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    ended_on: date | None = None
    authorised_on: date | None = None
    authorisation_reference: str = ""
    trained_on: date | None = None
    full_time: bool = False

    def holds_post_on(self, day: date) -> bool:
        """Whether the post is held on ``day``: first and last day inclusive, ended from ``ended_on`` on."""
        if not self.account_open or self.starts_on is None or day < self.starts_on:
            return False
        return (self.ends_on is None or day <= self.ends_on) and (self.ended_on is None or day < self.ended_on)


@dataclass(frozen=True, slots=True)
class LotFacts:
    """Everything about one lot; legal days are inclusive, ``go_live_on`` is the day its entrustment was recorded here.

    ``catalogue``: the gravest outcome of screening the device by the editions in force during manufacture (``allowed``,
    ``undetermined``, ``prohibited``), with every edition that gives it. ``returns``, ``holds``: open ones.
    ``steps``: those that count; ``identifiers``: of sales units of this model; ``udi_listed``: whether the product is
    listed in UDI batches 1 to 3 (``yes``, ``no``, ``unknown``); ``supervision``: as far as it concerns this lot.
    """

    lot_id: int
    number: str
    pair_id: int
    registrant_id: int
    contractor_id: int
    device_id: int
    device_name_zh: str
    device_name_en: str
    site_id: int
    entrustment: EntrustmentFacts
    go_live_on: date
    model: str
    produced_from: date
    produced_to: date
    quantity: int
    unit: str
    expires_on: date | None
    taken_over: bool
    taken_over_note: str
    registered_by_id: int | None
    label: LabelFact | None
    ifu: LabelFact | None
    catalogue: str
    catalogue_editions: tuple[str, ...]
    required_documents: tuple[RequiredDocument, ...]
    #: For each of the editions what quality determined of the facts that were judged; empty without a determination.
    catalogue_determined: tuple[str, ...] = ()
    documents: tuple[DocumentFact, ...] = ()
    materials: tuple[MaterialFact, ...] = ()
    returns: tuple[ReturnFact, ...] = ()
    holds: tuple[LotHoldFact, ...] = ()
    production: tuple[DecisionFact, ...] = ()
    market: tuple[DecisionFact, ...] = ()
    steps: tuple[StepFact, ...] = ()
    deviations: tuple[DeviationFact, ...] = ()
    exceptions: tuple[ExceptionFact, ...] = ()
    doubtful: tuple[DoubtFact, ...] = ()
    label_check: CheckFact | None = None
    ifu_check: CheckFact | None = None
    udi_listed: str = "unknown"
    identifiers: tuple[IdentifierFact, ...] = ()
    supervision: SupervisionFacts = field(default_factory=SupervisionFacts)

    def decisions(self, stage: str) -> tuple[DecisionFact, ...]:
        """All decisions of one stage, oldest first."""
        return self.production if stage == PRODUCTION else self.market

    def standing(self, stage: str) -> DecisionFact | None:
        """The one decision of a stage that has not been withdrawn."""
        return next((decision for decision in reversed(self.decisions(stage)) if decision.stands), None)

    def document(self, kind: str) -> DocumentFact | None:
        """The latest document of one kind; earlier ones are superseded by it."""
        return next((document for document in reversed(self.documents) if document.kind == kind), None)

    def limit(self, stage: str) -> int:
        """How many may be released at most: what was made without what closures took out of the lot, also proposed ones,
        because production waits for no more; and for the market no more than production released."""
        left = max(self.quantity - sum(deviation.leaving for deviation in self.deviations), 0)
        if stage == PRODUCTION:
            return left
        made = self.standing(PRODUCTION)
        return min(left, made.quantity) if made else 0

    @property
    def next_stage(self) -> str:
        """The stage whose decision is next: production until a production release stands."""
        standing = self.standing(PRODUCTION)
        return MARKET if standing is not None and standing.lets_through else PRODUCTION

    @property
    def state(self) -> str:
        """``registered``, ``production_rejected``, ``production_released``, ``market_rejected`` or ``on_market``."""
        production, market = self.standing(PRODUCTION), self.standing(MARKET)
        if market is not None:
            return "on_market" if market.lets_through else "market_rejected"
        if production is None:
            return "registered"
        return "production_released" if production.lets_through else "production_rejected"

    @property
    def on_hold(self) -> bool:
        """Whether any hold is open on the lot or on what it belongs to."""
        return bool(self.holds or self.entrustment.holds)

    def as_data(self) -> dict[str, Any]:
        """JSON-ready form, as frozen with a decision."""
        return plain(self)


@dataclass(frozen=True, slots=True)
class RegistrationFacts:
    """A lot as typed, with what its registration rests on.

    ``number_known``: the contractor has registered this number for this device; ``label_fits`` / ``ifu_fits``: the
    chosen version (if any) is one of this device; ``catalogue``: gravest outcome over the production window.
    """

    entrustment: EntrustmentFacts
    catalogue: str
    go_live_on: date
    number: str
    number_known: bool
    model: str
    produced_from: date
    produced_to: date
    quantity: int
    expires_on: date | None
    label_fits: bool
    ifu_fits: bool
    note: str = ""


def plain(value: Any) -> Any:
    """Frozen values as JSON-ready ones: days and moments as ISO text, tuples as lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value
