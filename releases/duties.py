"""What the releases app has waiting: lots to release, files to complete, questions and deviations; and what is blocked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncWeek
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cmo.clock import SHANGHAI, day_of
from cmo.duty import Duty, Kind
from cmo.errors import Finding
from cmo.parties.access import Can, Scope, may, visible_pairs
from cmo.parties.models import Pair, Side

from .deviation_duties import deviations_waiting
from .facts import MARKET, PRODUCTION, LotFacts, load_lot_facts
from .models import Lot, MarketRelease, Outcome, ProductionRelease
from .reasons import said_of_all
from .rules import findings_for

#: The inbox judges at most this many undecided lots, the oldest first; the list of lots judges page by page.
MOST_JUDGED = 200


@dataclass(frozen=True, slots=True)
class Blocked:
    """Lots stopped by one reason: how many, the reason in both languages, and the list that shows them."""

    code: str
    number: int
    zh: str
    en: str
    url: str


@dataclass(frozen=True, slots=True)
class Judged:
    """An undecided lot with everything its next release would find today."""

    facts: LotFacts
    findings: tuple[Finding, ...]

    @property
    def blocking(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.blocks]


def undecided_lots(scope: Scope, on: date) -> list[Judged]:
    """The oldest undecided lots of this scope, judged for their next stage; a constant number of queries."""
    rows = list(_lots(scope).filter(_UNDECIDED).order_by("recorded_at", "id")[:MOST_JUDGED])
    facts = load_lot_facts(rows).values()
    return [Judged(fact, tuple(findings_for(fact.next_stage, fact, on))) for fact in facts]


def _lots(scope: Scope, counterpart: int | None = None) -> QuerySet[Lot]:
    """The visible lots, optionally only those with one counterpart."""
    rows = Lot.objects.visible_to(scope)
    if counterpart is None:
        return rows
    return rows.filter(Q(registrant_id=counterpart) | Q(contractor_id=counterpart))


#: No market decision stands, and production was not rejected.
_UNDECIDED = ~Exists(MarketRelease.objects.filter(lot=OuterRef("pk"), withdrawal__isnull=True)) & ~Exists(
    ProductionRelease.objects.filter(lot=OuterRef("pk"), withdrawal__isnull=True, outcome=Outcome.REJECTED)
)


def waiting_on(scope: Scope, on: date) -> list[Duty]:
    """Lots and questions that this person can act on now; a constant number of queries."""
    return duties_about(undecided_lots(scope, on), scope)


def duties_about(lots: Iterable[Judged], scope: Scope) -> list[Duty]:
    """As :func:`waiting_on`, for lots that have been judged already; with deviations of any lot; two queries."""
    pairs = {pair.pk: pair for pair in visible_pairs(scope)}
    about_lots = [duty for lot in lots for duty in _duties_of(lot, pairs[lot.facts.pair_id], scope)]
    return [*about_lots, *deviations_waiting(scope, pairs)]


def _duties_of(lot: Judged, pair: Pair, scope: Scope) -> Iterator[Duty]:
    fact, page = lot.facts, reverse("releases:lot", args=[lot.facts.lot_id])
    for question in fact.returns:
        if may(scope, Can.ATTACH_TO_LOT, pair):
            title, url = _("Answer a question about a release file"), f"{page}#release-file"
            about, since = f"{fact.number} · {question.question}", question.asked_on
            code = "question_answer"
            yield _duty(Kind.ANSWER, title, about, url, pair, scope, since, code, "GMP25-113", pair.contractor_id)
    yield from _exceptions_of(fact, pair, scope)
    stage = fact.next_stage
    if _unreviewed(fact) and not fact.returns and _may_review(scope, pair, stage):
        title, url = _("Review a release file"), f"{page}#release-file"
        about, since, code = f"{fact.number} · {fact.model}", _since(fact), f"{stage}_file_review"
        yield _duty(Kind.REVIEW, title, about, url, pair, scope, since, code, "GMP25-113", _decider(pair, stage))
    if fact.returns or lot.blocking or not may(scope, _CAN[stage], pair):
        return
    title = _("Decide on the production release") if stage == PRODUCTION else _("Decide on the market release")
    about, since, code = f"{fact.number} · {fact.model}", _since(fact), f"{stage}_release"
    yield _duty(Kind.RELEASE, title, about, page, pair, scope, since, code, "GMP25-113", _decider(pair, stage))


def _exceptions_of(fact: LotFacts, pair: Pair, scope: Scope) -> Iterator[Duty]:
    """Requests that this person may decide on; nobody decides on their own."""
    for asked in fact.exceptions:
        if asked.approved is None and asked.requested_by_id != scope.user_id and may(scope, Can.DECIDE_EXCEPTION, pair):
            url, since = reverse("releases:exception", args=[asked.exception_id]), day_of(asked.requested_at)
            title, about = _("Decide on an exception"), f"{fact.number} · {asked.justification}"
            code, cited = "exception_decide", "POLICY-FOUR-EYES"
            yield _duty(Kind.SIGN, title, about, url, pair, scope, since, code, cited, pair.registrant_id)


def _decider(pair: Pair, stage: str) -> int:
    """The organisation that decides at this stage."""
    return pair.registrant_id if stage == MARKET else pair.contractor_id


def _unreviewed(fact: LotFacts) -> bool:
    """Whether every required document is there and one of them awaits the review of the side that decides next."""
    side = Side.REGISTRANT if fact.next_stage == MARKET else Side.CONTRACTOR
    documents = [fact.document(required.key) for required in fact.required_documents]
    return all(documents) and any(not document.reviewed_by(side) for document in documents if document)


def _may_review(scope: Scope, pair: Pair, stage: str) -> bool:
    post = may(scope, Can.REVIEW_RELEASE_FILE, pair)
    return post is not None and post.side == (Side.REGISTRANT if stage == MARKET else Side.CONTRACTOR)


_CAN = {PRODUCTION: Can.RELEASE_PRODUCTION, MARKET: Can.RELEASE_TO_MARKET}


def _since(fact: LotFacts) -> date:
    standing = fact.standing(PRODUCTION)
    return day_of(standing.decided_at) if standing else fact.produced_to


def _duty(
    kind: Kind,
    title: Promise,
    about: str,
    url: str,
    pair: Pair,
    scope: Scope,
    since: date,
    code: str,
    citation: str,
    owner: int,
) -> Duty:
    other = pair.contractor_id if pair.registrant_id in scope.organisation_ids else pair.registrant_id
    return Duty(
        kind,
        title,
        about,
        url,
        since=since,
        pair=pair.number,
        counterpart_id=other,
        code=code,
        citation=citation,
        owner_ids=frozenset({owner}),
    )


def coming_up(scope: Scope, on: date, until: date) -> list[Duty]:
    """Use-by dates of lots that are not decided yet and end by ``until``, the earliest two hundred; one query."""
    rows = _lots(scope).filter(_UNDECIDED, expires_on__lte=until).select_related("pair").order_by("expires_on", "id")
    return [
        Duty(
            Kind.RENEW,
            _("Use-by date of an undecided lot"),
            lot.number,
            reverse("releases:lot", args=[lot.pk]),
            due_on=lot.expires_on,
            pair=lot.pair.number,
            counterpart_id=lot.contractor_id if lot.registrant_id in scope.organisation_ids else lot.registrant_id,
            tone="bad" if lot.expires_on and lot.expires_on < on else "pending",
            code="lot_use_by",
            owner_ids=frozenset({lot.registrant_id, lot.contractor_id}),
        )
        for lot in rows[:MOST_JUDGED]
    ]


def blocked_lots(lots: Iterable[Judged]) -> list[Blocked]:
    """How many of these lots each reason stops, the most frequent reason first; no query."""
    counts: Counter[str] = Counter()
    words: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for lot in lots:
        counts.update({finding.code for finding in lot.blocking})
        for finding in lot.blocking:
            words[finding.code].add((finding.zh, finding.en))
    return [
        Blocked(
            code, number, *said_of_all(code, words[code]), f"{reverse('releases:lots')}?{urlencode({'blocked': code})}"
        )
        for code, number in counts.most_common(8)
    ]


def lots_stopped_by(scope: Scope, code: str, on: date) -> list[int]:
    """Ids of the undecided lots that the reason ``code`` stops, as counted in the inbox."""
    lots = undecided_lots(scope, on)
    return [lot.facts.lot_id for lot in lots if any(finding.code == code for finding in lot.blocking)]


def released_per_week(scope: Scope, on: date, counterpart: int | None = None) -> list[tuple[str, int]]:
    """(first day of the week as MM-DD, number of lots released to market) for the last twelve weeks; one query."""
    lots = _lots(scope, counterpart)
    first = on - timedelta(days=on.weekday(), weeks=11)
    rows = (
        MarketRelease.objects.filter(lot__in=lots, withdrawal__isnull=True, recorded_at__date__gte=first)
        .exclude(outcome="rejected")
        .annotate(week=TruncWeek("recorded_at", tzinfo=SHANGHAI))
        .values("week")
        .annotate(number=Count("id"))
        .values_list("week", "number")
    )
    found = {day_of(week): number for week, number in rows}
    weeks = [first + timedelta(weeks=i) for i in range(12)]
    return [(f"{week:%m-%d}", found.get(week, 0)) for week in weeks]
