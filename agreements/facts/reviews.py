"""Where the yearly review of agreements stands, loaded set-wise, and one review as signing it sees it (N38-15)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, QuerySet

from cmo.clock import day_of
from cmo.parties.models import PairEnd, Side

from ..models import Agreement, AgreementReview, AgreementRevision, PairDuty, ReviewDraft
from .agreement import TERMINATION

DAY = timedelta(days=1)
REVIEW = PairDuty.Kind.REVIEW


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """One review. ``signers``: side → user id; ``concluded_on``: the day of the second signature."""

    review_id: int
    number: str
    agreement_id: int
    pair_id: int
    period_from: date
    period_to: date
    offered_on: date
    signers: dict[str, int]
    returned: bool
    concluded_on: date | None
    pair_ended_on: date | None = None

    @property
    def state(self) -> str:
        """``waiting``, ``returned`` or ``concluded``."""
        if self.concluded_on is not None:
            return "concluded"
        return "returned" if self.returned else "waiting"


@dataclass(frozen=True, slots=True)
class ReviewStanding:
    """One agreement and its reviews, the earliest first.

    ``first_day``: from which it was in force, None while nobody has concluded it; ``ended_on``: first day without it, by
    notice, by agreement or because its term is over;
    ``recorded_due_on``: due day of the latest yearly review of the pair that was recorded without one of these reviews;
    ``draft_from``/``draft_to``: period of the review being written, None without one.
    """

    agreement_id: int
    agreement_number: str
    pair_id: int
    first_day: date | None
    ended_on: date | None
    pair_ended_on: date | None
    reviews: tuple[ReviewFacts, ...] = ()
    recorded_due_on: date | None = None
    draft_from: date | None = None
    draft_to: date | None = None

    @property
    def last(self) -> ReviewFacts | None:
        """The concluded review whose period ends last."""
        concluded = (review for review in self.reviews if review.state == "concluded")
        return max(concluded, key=lambda review: review.period_to, default=None)

    @property
    def waiting(self) -> ReviewFacts | None:
        """The review that waits for signatures."""
        return next((review for review in self.reviews if review.state == "waiting"), None)

    @property
    def being_written(self) -> bool:
        """Whether there is a draft that was not concluded yet."""
        return self.draft_to is not None and (self.last is None or self.draft_to > self.last.period_to)


def load_standings(agreement_ids: Iterable[int]) -> dict[int, ReviewStanding]:
    """Agreement id → its standing; a constant number of queries."""
    return standings_of(Agreement.objects.filter(pk__in=list(agreement_ids)))


def standings_of(agreements: QuerySet[Agreement]) -> dict[int, ReviewStanding]:
    """The same for all agreements of a query; no text is read, so that it serves for ten thousand."""
    rows = list(agreements.select_related("pair__end", "review_draft").defer("review_draft__content").order_by("id"))
    ids = agreements.order_by().values("pk")
    reviews, (began, ended) = _reviews(ids), _in_force(ids)
    recorded = _recorded(agreements.order_by().values("pair_id"))
    return {row.pk: _standing(row, reviews[row.pk], began, ended, recorded) for row in rows}


def load_review_facts(review: AgreementReview) -> ReviewFacts:
    """The review as it stands now, read afresh."""
    row = _with_signatures().get(pk=review.pk)
    ended = PairEnd.objects.filter(pair_id=row.pair_id).values_list("ended_on", flat=True).first()
    return review_facts(row, ended)


def _with_signatures() -> Any:
    rows = AgreementReview.objects.select_related("returned")
    return rows.prefetch_related("signatures__signature")


def review_facts(row: AgreementReview, pair_ended_on: date | None = None) -> ReviewFacts:
    """From a row with its return and signatures loaded."""
    given = {one.side: one.signature for one in row.signatures.all()}
    complete = set(Side.values) <= given.keys()
    return ReviewFacts(
        review_id=row.pk,
        number=row.number,
        agreement_id=row.agreement_id,
        pair_id=row.pair_id,
        period_from=row.period_from,
        period_to=row.period_to,
        offered_on=day_of(row.recorded_at),
        signers={side: signature.signer_id for side, signature in given.items()},
        returned=hasattr(row, "returned"),
        concluded_on=max(day_of(signature.signed_at) for signature in given.values()) if complete else None,
        pair_ended_on=pair_ended_on,
    )


def _reviews(ids: QuerySet[Any]) -> dict[int, tuple[ReviewFacts, ...]]:
    found: dict[int, tuple[ReviewFacts, ...]] = defaultdict(tuple)
    for row in _with_signatures().filter(agreement_id__in=ids).defer("body").order_by("id"):
        found[row.agreement_id] += (review_facts(row),)
    return found


def _in_force(ids: QuerySet[Any]) -> tuple[dict[int, date], dict[int, date]]:
    """Agreement id → the first day on which it was in force, and the first without it where it ended."""
    began: dict[int, date] = {}
    ended: dict[int, date] = {}
    rows = AgreementRevision.objects.filter(agreement_id__in=ids).order_by("agreement_id", "number")
    signed = rows.annotate(given=Count("signatures"), latest=Max("signatures__signature__signed_at"))
    told = ("agreement_id", "kind", "starts_on", "ends_on", "latest", "paper__signed_on", "event__event_on")
    for pk, kind, starts_on, ends_on, latest, on_paper, event_on in signed.filter(given=len(Side)).values_list(*told):
        first = max(starts_on, on_paper or day_of(latest))
        if kind == TERMINATION:
            ended[pk] = min(first, ended.get(pk, date.max))
            continue
        began[pk] = min(first, began.get(pk, date.max))
        ended[pk] = min(event_on or date.max, ends_on + DAY)  # the latest text says until when
    return began, ended


def _recorded(pairs: QuerySet[Any]) -> dict[int, date]:
    """Pair id → the due day after the latest review recorded by hand, not by one of the reviews held here."""
    rows = PairDuty.objects.filter(pair_id__in=pairs, kind=REVIEW)
    by_hand = rows.exclude(reference__in=AgreementReview.objects.filter(pair_id__in=pairs).values("number"))
    return dict(by_hand.order_by("done_on", "id").values_list("pair_id", "next_due_on"))


def _standing(
    row: Agreement,
    reviews: tuple[ReviewFacts, ...],
    began: dict[int, date],
    ended: dict[int, date],
    recorded: dict[int, date],
) -> ReviewStanding:
    draft: ReviewDraft | None = getattr(row, "review_draft", None)
    return ReviewStanding(
        agreement_id=row.pk,
        agreement_number=row.number,
        pair_id=row.pair_id,
        first_day=began.get(row.pk),
        ended_on=ended.get(row.pk),
        pair_ended_on=row.pair.end.ended_on if hasattr(row.pair, "end") else None,
        reviews=reviews,
        recorded_due_on=recorded.get(row.pair_id),
        draft_from=draft.period_from if draft else None,
        draft_to=draft.period_to if draft else None,
    )
