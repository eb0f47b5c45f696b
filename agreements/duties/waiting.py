"""What the agreements app has waiting, for the inbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cmo.clock import day_of
from cmo.duty import Duty, Kind
from cmo.parties.access import Can, Scope, may, visible_pairs
from cmo.parties.models import Pair
from cmo.web.wording import bilingual

from ..extending import extendable
from ..facts import EntrustmentFacts, load_entrustment_facts
from ..facts.entrustment_loading import revisions_with_signatures
from ..facts.validity import Chain, Link, live, load_validity
from ..models import Agreement, AgreementRevision, Entrustment, EntrustmentEvent, Hold, Preparation, RevisionEvent
from ..rules.signing import sides_in_turn
from ..rules.state import AFTER_THE_END, REPORTER
from ..rules.validity import Window, counting, window_of
from .making import C, R, obligations, owner, pair_duty, renewal_url
from .negotiating import waiting_negotiations
from .reviewing import waiting_reviews

PAPER = AgreementRevision.Route.PAPER
#: States of a renewal that ask for an act, and how urgent each is.
WAITING = {"open": "active", "closing": "pending", "missed": "bad"}
RENEW_WORDS = {
    "licence": _("Apply for renewal of the production licence"),
    "certificate": _("Apply for renewal of the certificate"),
    "term": _("Renew the quality agreement"),
}
RENEW_CODES = {
    "licence": "licence_window_closes",
    "certificate": "certificate_window_closes",
    "term": "agreed_term_ends",
}
RENEW_CITATIONS = {"licence": "O53-17", "certificate": "O739-22", "term": "N38-12"}
REPORT_WORDS = {
    "start_reported": _("Report the start of the entrustment to the authority"),
    "address_removed": _("Have the contractor's address removed from the certificate"),
    "end_reported": _("Report the end of the entrustment to the authority"),
}
REPORT_CITATIONS = {"start_reported": "N38-36", "address_removed": "N38-33", "end_reported": "N38-34"}


def waiting_on(scope: Scope, on: date) -> list[Duty]:
    """Everything of this app that this person can do now; a constant number of queries."""
    pairs = {pair.pk: pair for pair in visible_pairs(scope).select_related("end")}
    chains = load_validity(live(Entrustment.objects.visible_to(scope)), on)
    return [
        *_signatures(scope, pairs),
        *waiting_negotiations(scope, pairs, on),
        *_preparations(scope, pairs),
        *_reports(scope, pairs),
        *_holds(scope, pairs),
        *_prohibited(scope, pairs, on),
        *_renewals(scope, pairs, chains, on),
        *_performances(scope, pairs, chains, on),
        *waiting_reviews(scope, pairs, on),
    ]


def _signatures(scope: Scope, pairs: dict[int, Pair]) -> Iterator[Duty]:
    """Revisions that wait for this person's side, and whose turn it is."""
    rows = revisions_with_signatures().filter(agreement__in=Agreement.objects.visible_to(scope), event__isnull=True)
    notices = RevisionEvent.objects.filter(kind=RevisionEvent.Kind.TERMINATED, recorded_at__gte=OuterRef("recorded_at"))
    noticed = notices.filter(revision__agreement_id=OuterRef("agreement_id"))
    for row in rows.exclude(Exists(noticed)).order_by("id"):
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
        given: dict[str, Any] = {"code": f"agreement_{kind}", "citation": "N38-11", "owners": owner(pair, post.side)}
        yield pair_duty(scope, kind, title, str(row), url, pair, since=day_of(row.recorded_at), **given)


def _preparations(scope: Scope, pairs: dict[int, Pair]) -> Iterator[Duty]:
    """Preparations that this person may accept: somebody else's, with nobody's answer."""
    rows = Preparation.objects.visible_to(scope).filter(answer__isnull=True)
    for row in rows.exclude(recorded_by_id=scope.user_id).order_by("id"):
        pair = pairs.get(row.pair_id)
        if pair is not None and (post := may(scope, Can.ACCEPT_PREPARATION, pair)):
            url = reverse("agreements:preparation", args=[row.pk])
            title, since = _("Accept a preparation"), day_of(row.recorded_at)
            given: dict[str, Any] = {
                "code": "preparation_accept",
                "citation": "O53-32",
                "owners": owner(pair, post.side),
            }
            yield pair_duty(scope, Kind.REVIEW, title, str(row), url, pair, since=since, **given)


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
                given: dict[str, Any] = {
                    "code": kind,
                    "citation": REPORT_CITATIONS[kind],
                    "owners": owner(pair, post.side),
                }
                title, since = REPORT_WORDS[kind], row.starts_on
                yield pair_duty(scope, Kind.REPORT, title, row.number, url, pair, since=since, **given)


def _holds(scope: Scope, pairs: dict[int, Pair]) -> Iterator[Duty]:
    """Open holds that this person may lift."""
    for row in Hold.objects.visible_to(scope).filter(lift__isnull=True).order_by("id"):
        pair = pairs.get(row.pair_id)
        post = pair and may(scope, Can.LIFT_HOLD, pair)
        if pair is not None and post and post.side == row.side:
            url = reverse("agreements:hold", args=[row.pk])
            title, since = _("Settle a hold"), day_of(row.recorded_at)
            given: dict[str, Any] = {"code": "hold_settle", "owners": owner(pair, post.side)}
            yield pair_duty(scope, Kind.REVIEW, title, row.reason[:80], url, pair, since=since, **given)


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
            pair = pairs[fact.pair_id]
            given: dict[str, Any] = {"code": "prohibited_entrustment", "citation": "O739-34", "owners": owner(pair, R)}
            yield pair_duty(scope, Kind.REPORT, title, fact.number, url, pair, tone="bad", **given)


def _renewals(scope: Scope, pairs: dict[int, Pair], chains: list[Chain], on: date) -> Iterator[Duty]:
    """Agreements that a renewal lets run longer, and renewals whose window is open or was missed."""
    longer = {row.agreement_id: row for row in extendable(chains)}
    for row in longer.values():
        pair = pairs[row.pair_id]
        if may(scope, Can.DRAFT_AGREEMENT, pair):
            about = f"{row.number} · {row.until.isoformat()}" if row.until else row.number
            given: dict[str, Any] = {"code": "agreed_term_extension", "citation": "N38-12", "owners": owner(pair, R, C)}
            title = _("Extend the agreement")
            yield pair_duty(scope, Kind.RENEW, title, about, row.url, pair, due_on=row.ends_on, **given)
    for link, window, pair in _windows(scope, pairs, chains, on):
        if window.state in WAITING and (link.kind != "term" or link.subject_id not in longer):
            title, url, tone = RENEW_WORDS[link.kind], _renewed_at(link), WAITING[window.state]
            yield pair_duty(
                *(scope, Kind.RENEW, title, link.name, url, pair),
                code=RENEW_CODES[link.kind],
                citation=RENEW_CITATIONS[link.kind],
                owners=owner(pair, *([link.side] if link.side else [R, C])),
                since=window.opens_on,
                due_on=window.closes_on,
                tone=tone,
            )


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


def _performances(scope: Scope, pairs: dict[int, Pair], chains: Iterable[Chain], on: date) -> Iterator[Duty]:
    """Agreed obligations of this person's side that are due or overdue; the earliest occurrence of each."""
    for facts, obligation, following in obligations(scope, chains, on):
        pair = pairs[facts.pair_id]
        post = may(scope, Can.RECORD_OBLIGATION, pair)
        if post and post.side == obligation.side and following.state in {"due", "overdue"}:
            url = reverse("agreements:record_obligation", args=[facts.agreement_id, obligation.key])
            tone = "bad" if following.state == "overdue" else "pending"
            about = f"{bilingual(obligation, 'what')} · {facts.agreement_number}"
            title = _("Perform an agreed obligation")
            given: dict[str, Any] = {
                "code": "agreed_obligation",
                "citation": "N38-14",
                "owners": owner(pair, obligation.side),
            }
            yield pair_duty(scope, Kind.REPORT, title, about, url, pair, due_on=following.due_on, tone=tone, **given)


def _live(rows: list[Entrustment], on: date) -> list[EntrustmentFacts]:
    facts = load_entrustment_facts(rows, on=on)
    return [fact for fact in facts.values() if fact.state_on(on) != "ended"]
