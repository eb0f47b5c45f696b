"""What the agreements app has waiting and what comes due, for the inbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cmo.clock import day_of
from cmo.duty import Duty, Kind
from cmo.parties.access import Can, Scope, may, visible_pairs
from cmo.parties.models import Pair, Side
from cmo.web.wording import bilingual
from cmo.workdays import working_days_between

from .extending import extendable, renewal_url
from .facts import EntrustmentFacts, load_entrustment_facts
from .facts.entrustment_loading import revisions_with_signatures
from .facts.obligations import ObligationFact, ObligationFacts, load_obligations
from .facts.validity import Chain, Link, live, load_validity
from .models import Agreement, AgreementRevision, Entrustment, EntrustmentEvent, Hold, PairDuty, Preparation
from .rules.obligations import Occurrence, next_open, occurrences
from .rules.signing import sides_in_turn
from .rules.state import AFTER_THE_END, REPORTER
from .rules.validity import Window, counting, window_of
from .states import cover_of

PAPER = AgreementRevision.Route.PAPER
#: States of a renewal that ask for an act, and how urgent each is.
WAITING = {"open": "active", "closing": "pending", "missed": "bad"}
RENEW_WORDS = {
    "licence": _("Apply for renewal of the production licence"),
    "certificate": _("Apply for renewal of the certificate"),
    "term": _("Renew the quality agreement"),
}
OPENS_WORDS = {
    "licence": _("Renewal of the production licence may be applied for from this day"),
    "certificate": _("Renewal of the certificate is due to be prepared from this day"),
    "term": _("Renewal of the quality agreement is due to be begun"),
}
CLOSES_WORDS = {
    "licence": _("Renewal of the production licence is due"),
    "certificate": _("Renewal of the certificate is due"),
}
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
        *_renewals(scope, pairs, on),
        *_performances(scope, pairs, on),
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
    return [
        *_cover_ends(scope, pairs, rows, on, until),
        *_yearly(scope, pairs, until),
        *_windows_ahead(scope, pairs, on, until),
        *_performances_ahead(scope, pairs, on, until),
    ]


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


def _renewals(scope: Scope, pairs: dict[int, Pair], on: date) -> Iterator[Duty]:
    """Agreements that a renewal lets run longer, and renewals whose window is open or was missed."""
    chains = load_validity(live(Entrustment.objects.visible_to(scope)), on)
    longer = {row.agreement_id: row for row in extendable(chains)}
    for row in longer.values():
        pair = pairs[row.pair_id]
        if may(scope, Can.DRAFT_AGREEMENT, pair):
            about = f"{row.number} · {row.until.isoformat()}" if row.until else row.number
            yield _duty(scope, Kind.RENEW, _("Extend the agreement"), about, row.url, pair, due_on=row.ends_on)
    for link, window, pair in _windows(scope, pairs, chains, on):
        if window.state in WAITING and (link.kind != "term" or link.subject_id not in longer):
            title, url, tone = RENEW_WORDS[link.kind], _renewed_at(link), WAITING[window.state]
            since, due_on = window.opens_on, window.closes_on
            yield _duty(scope, Kind.RENEW, title, link.name, url, pair, since=since, due_on=due_on, tone=tone)


def _windows_ahead(scope: Scope, pairs: dict[int, Pair], on: date, until: date) -> Iterator[Duty]:
    """The first and the last day of renewal windows."""
    chains = load_validity(live(Entrustment.objects.visible_to(scope)), on)
    for link, window, pair in _windows(scope, pairs, chains, on):
        for day, words in ((window.opens_on, OPENS_WORDS), (window.closes_on, CLOSES_WORDS)):
            if day is not None and on <= day <= until and link.kind in words:
                about = f"{link.name} · {_working_days(on, day)}"
                yield _duty(scope, Kind.RENEW, words[link.kind], about, _renewed_at(link), pair, due_on=day)


def _working_days(on: date, day: date) -> str:
    n = working_days_between(on, day)
    return ngettext("%(n)d working day left", "%(n)d working days left", n) % {"n": n}


def _windows(
    scope: Scope, pairs: dict[int, Pair], chains: Iterable[Chain], on: date
) -> Iterator[tuple[Link, Window, Pair]]:
    """Each certificate, licence and agreement once, with its window, for quality of the side that renews it."""
    seen: set[tuple[str, int]] = set()
    for chain in chains:
        post = may(scope, Can.DRAFT_AGREEMENT, pairs[chain.pair_id])
        for link in counting(chain) if post else ():
            ours = link.kind == "term" or (post is not None and link.side == post.side)
            if link.kind in RENEW_WORDS and ours and (link.kind, link.subject_id) not in seen:
                seen.add((link.kind, link.subject_id))
                yield link, window_of(link, on), pairs[chain.pair_id]


def _renewed_at(link: Link) -> str:
    """Where the renewal is recorded or begun."""
    if link.kind == "term":
        return renewal_url(link.subject_id)
    return reverse("parties:licence" if link.kind == "licence" else "catalogue:device", args=[link.subject_id])


def _performances(scope: Scope, pairs: dict[int, Pair], on: date) -> Iterator[Duty]:
    """Agreed obligations of this person's side that are due or overdue; the earliest occurrence of each."""
    for facts, obligation, following in _obligations(scope, on):
        pair = pairs[facts.pair_id]
        post = may(scope, Can.RECORD_OBLIGATION, pair)
        if post and post.side == obligation.side and following.state in {"due", "overdue"}:
            url = reverse("agreements:record_obligation", args=[facts.agreement_id, obligation.key])
            tone = "bad" if following.state == "overdue" else "pending"
            about = f"{bilingual(obligation, 'what')} · {facts.agreement_number}"
            title = _("Perform an agreed obligation")
            yield _duty(scope, Kind.REPORT, title, about, url, pair, due_on=following.due_on, tone=tone)


def _performances_ahead(scope: Scope, pairs: dict[int, Pair], on: date, until: date) -> Iterator[Duty]:
    """The next occurrences of what this person's side is obliged to do."""
    for facts, obligation, following in _obligations(scope, on):
        ours = facts.pair_id in pairs and _is_side_of(scope, pairs[facts.pair_id], obligation.side)
        if ours and following.state in {"due", "coming"} and following.due_on <= until:
            url = reverse("agreements:obligations", args=[facts.agreement_id])
            about = f"{bilingual(obligation, 'what')} · {facts.agreement_number}"
            title, pair = _("An agreed obligation is due"), pairs[facts.pair_id]
            yield _duty(scope, Kind.REPORT, title, about, url, pair, due_on=following.due_on)


def _is_side_of(scope: Scope, pair: Pair, side: str) -> bool:
    if side == Side.REGISTRANT:
        return pair.registrant_id in scope.registrant_ids
    return pair.contractor_id in scope.contractor_ids


def _obligations(scope: Scope, on: date) -> Iterator[tuple[ObligationFacts, ObligationFact, Occurrence]]:
    """Every obligation in force with its earliest occurrence that is not done."""
    ids = Agreement.objects.visible_to(scope).values_list("pk", flat=True)
    for facts in load_obligations(ids, on).values():
        for obligation in facts.obligations if facts.in_force else ():
            following = next_open(occurrences(facts, obligation, on))
            if following is not None:
                yield facts, obligation, following


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
