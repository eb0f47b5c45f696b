"""What the agreements app has waiting and what comes due, for the inbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cmo.clock import day_of
from cmo.duty import Duty, Kind
from cmo.parties.access import Can, Scope, may, visible_pairs
from cmo.parties.models import Pair

from .facts import EntrustmentFacts, load_entrustment_facts
from .facts.entrustment_loading import revisions_with_signatures
from .models import Agreement, AgreementRevision, Entrustment, EntrustmentEvent, Hold, PairDuty, Preparation
from .rules.signing import sides_in_turn
from .rules.state import AFTER_THE_END, REPORTER
from .states import cover_of

PAPER = AgreementRevision.Route.PAPER
REPORT_WORDS = {
    "start_reported": _("Report the start of the entrustment to the authority"),
    "address_removed": _("Have the contractor's address removed from the certificate"),
    "end_reported": _("Report the end of the entrustment to the authority"),
}


def waiting_on(scope: Scope, on: date) -> list[Duty]:
    """Everything of this app that this person can do now; a constant number of queries."""
    pairs = {pair.pk: pair for pair in visible_pairs(scope).select_related("end")}
    return [
        *_signatures(scope, pairs),
        *_preparations(scope, pairs),
        *_reports(scope, pairs),
        *_holds(scope, pairs),
        *_prohibited(scope, pairs, on),
    ]


def _signatures(scope: Scope, pairs: dict[int, Pair]) -> Iterator[Duty]:
    """Revisions that wait for this person's side, and whose turn it is."""
    rows = revisions_with_signatures().filter(agreement__in=Agreement.objects.visible_to(scope), event__isnull=True)
    for row in rows.order_by("id"):
        pair = pairs.get(row.agreement.pair_id)
        post = pair and may(scope, Can.CONFIRM_PAPER if row.route == PAPER else Can.SIGN_AGREEMENT, pair)
        turn = sides_in_turn(row.signing_order, {s.side for s in row.signatures.all()})
        if pair is None or not post or post.side not in turn:
            continue
        title = _("Confirm the agreement signed on paper") if row.route == PAPER else _("Sign the quality agreement")
        if row.kind == AgreementRevision.Kind.TERMINATION:
            title = _("Sign the termination of the agreement")
        kind = Kind.CONFIRM if row.route == PAPER else Kind.SIGN
        url = reverse("agreements:revision", args=[row.pk])
        yield _duty(scope, kind, title, str(row), url, pair, since=day_of(row.recorded_at))


def _preparations(scope: Scope, pairs: dict[int, Pair]) -> Iterator[Duty]:
    """Preparations that this person may accept: somebody else's, with nobody's answer."""
    rows = Preparation.objects.visible_to(scope).filter(answer__isnull=True)
    for row in rows.exclude(recorded_by_id=scope.user_id).order_by("id"):
        pair = pairs.get(row.pair_id)
        if pair is not None and may(scope, Can.ACCEPT_PREPARATION, pair):
            url = reverse("agreements:preparation", args=[row.pk])
            title, since = _("Accept a preparation"), day_of(row.recorded_at)
            yield _duty(scope, Kind.REVIEW, title, str(row), url, pair, since=since)


def _reports(scope: Scope, pairs: dict[int, Pair]) -> Iterator[Duty]:
    """Reports that this person's side owes."""
    rows = list(Entrustment.objects.visible_to(scope).order_by("id"))
    made: dict[int, set[str]] = {row.pk: set() for row in rows}
    for pk, kind in EntrustmentEvent.objects.filter(entrustment__in=rows).values_list("entrustment_id", "kind"):
        made[pk].add(kind)
    for row in rows:
        pair = pairs.get(row.pair_id)
        post = pair and may(scope, Can.REPORT_ENTRUSTMENT, pair)
        if pair is None or not post:
            continue
        owed = AFTER_THE_END if "ended" in made[row.pk] else {"start_reported"}
        for kind in sorted(owed - made[row.pk]):
            if REPORTER[kind] == post.side:
                url = reverse("agreements:report", args=[row.pk])
                yield _duty(scope, Kind.REPORT, REPORT_WORDS[kind], row.number, url, pair, since=row.starts_on)


def _holds(scope: Scope, pairs: dict[int, Pair]) -> Iterator[Duty]:
    """Open holds that this person may lift."""
    for row in Hold.objects.visible_to(scope).filter(lift__isnull=True).order_by("id"):
        pair = pairs.get(row.pair_id)
        post = pair and may(scope, Can.LIFT_HOLD, pair)
        if pair is not None and post and post.side == row.side:
            url = reverse("agreements:hold", args=[row.pk])
            title, since = _("Settle a hold"), day_of(row.recorded_at)
            yield _duty(scope, Kind.REVIEW, title, row.reason[:80], url, pair, since=since)


def _prohibited(scope: Scope, pairs: dict[int, Pair], on: date) -> Iterator[Duty]:
    """Live entrustments of devices that the catalogue prohibits by now; quality of the registrant ends them."""
    rows = [
        row
        for row in Entrustment.objects.visible_to(scope).order_by("id")
        if row.pair_id in pairs and may(scope, Can.CHANGE_ENTRUSTMENT, pairs[row.pair_id])
    ]
    for fact in _live(rows, on):
        if fact.screening_outcome == "prohibited":
            url = reverse("agreements:end", args=[fact.entrustment_id])
            title = _("End an entrustment that the catalogue prohibits")
            yield _duty(scope, Kind.REPORT, title, fact.number, url, pairs[fact.pair_id], tone="bad")


def coming_up(scope: Scope, on: date, until: date) -> list[Duty]:
    """Covers that end and yearly duties that fall due up to ``until``; a constant number of queries."""
    pairs = {pair.pk: pair for pair in visible_pairs(scope).filter(end__isnull=True)}
    rows = Entrustment.objects.visible_to(scope).filter(pair_id__in=pairs).order_by("id")
    return [*_cover_ends(scope, pairs, rows, on, until), *_yearly(scope, pairs, until)]


def _cover_ends(
    scope: Scope, pairs: dict[int, Pair], rows: Iterable[Entrustment], on: date, until: date
) -> Iterator[Duty]:
    for fact in _live(list(rows), on):
        cover = cover_of(fact, on)
        if cover is not None and cover.last_day <= until:
            url = reverse("agreements:agreement", args=[cover.agreement_id])
            title, about = _("Cover of a quality agreement ends"), f"{fact.number} · {cover.agreement_number}"
            yield _duty(scope, Kind.RENEW, title, about, url, pairs[fact.pair_id], due_on=cover.last_day)


def _yearly(scope: Scope, pairs: dict[int, Pair], until: date) -> Iterator[Duty]:
    latest: dict[tuple[int, str], PairDuty] = {}
    for row in PairDuty.objects.filter(pair_id__in=pairs).order_by("done_on", "id"):
        latest[row.pair_id, row.kind] = row
    for row in latest.values():
        if row.next_due_on <= until:
            url = reverse("agreements:pair_holds", args=[row.pair_id])
            title = row.get_kind_display()
            yield _duty(scope, Kind.REPORT, title, row.reference, url, pairs[row.pair_id], due_on=row.next_due_on)


def _live(rows: list[Entrustment], on: date) -> list[EntrustmentFacts]:
    facts = load_entrustment_facts(rows, on=on)
    return [fact for fact in facts.values() if fact.state_on(on) != "ended"]


def _duty(
    scope: Scope,
    kind: Kind,
    title: object,
    about: str,
    url: str,
    pair: Pair,
    *,
    since: date | None = None,
    due_on: date | None = None,
    tone: str = "active",
) -> Duty:
    ours_is_registrant = pair.registrant_id in scope.registrant_ids
    other = pair.contractor_id if ours_is_registrant else pair.registrant_id
    return Duty(kind, title, about, url, since=since, due_on=due_on, pair=pair.number, counterpart_id=other, tone=tone)  # type: ignore[arg-type]
