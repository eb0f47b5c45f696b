"""What the agreements app has waiting: preparations to accept, revisions to sign or confirm, reports, last days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cmo.clock import day_of
from cmo.duty import Duty, Kind
from cmo.parties.access import Can, Scope, may, visible_pairs
from cmo.parties.models import Pair
from cmo.signing.models import Meaning, Signature
from cmo.trail.actions import subject_key

from .facts import EntrustmentFacts, load_entrustment_facts
from .models import AgreementRevision, Entrustment, EntrustmentEvent, Preparation


def waiting_on(scope: Scope, on: date) -> list[Duty]:
    """Everything of this app that this person can do now; a constant number of queries."""
    pairs = {pair.pk: pair for pair in visible_pairs(scope)}
    accepting = [pk for pk, pair in pairs.items() if may(scope, Can.ACCEPT_PREPARATION, pair)]
    return [*_preparations(pairs, accepting), *_signatures(scope, pairs), *_reports(scope, pairs)]


def _duty(kind: Kind, title: object, about: str, url: str, pair: Pair, scope: Scope, since: date | None) -> Duty:
    other = pair.contractor_id if pair.registrant_id in scope.organisation_ids else pair.registrant_id
    return Duty(kind, str(title), about, url, since=since, pair=pair.number, counterpart_id=other)


def _preparations(pairs: dict[int, Pair], accepting: list[int]) -> Iterator[Duty]:
    for row in Preparation.objects.filter(pair_id__in=accepting, answer__isnull=True):
        yield Duty(
            Kind.REVIEW,
            _("Accept a preparation"),
            str(row),
            reverse("agreements:preparations", args=[row.pair_id]),
            since=day_of(row.recorded_at),
            pair=pairs[row.pair_id].number,
            counterpart_id=row.contractor_id,
        )


def _signatures(scope: Scope, pairs: dict[int, Pair]) -> Iterator[Duty]:
    rows = AgreementRevision.objects.filter(agreement__pair_id__in=pairs, event__isnull=True)
    revisions = list(rows.select_related("agreement").order_by("id"))
    signed = _signed_sides(revisions)
    for revision in revisions:
        pair = pairs[revision.agreement.pair_id]
        paper = revision.route == AgreementRevision.Route.PAPER
        post = may(scope, Can.CONFIRM_PAPER if paper else Can.SIGN_AGREEMENT, pair)
        if post is not None and post.side not in signed[revision.pk]:
            title = _("Confirm an agreement signed on paper") if paper else _("Sign a quality agreement")
            url = reverse("agreements:revision", args=[revision.pk])
            yield _duty(Kind.SIGN, title, str(revision), url, pair, scope, day_of(revision.recorded_at))


def _signed_sides(revisions: list[AgreementRevision]) -> dict[int, set[str]]:
    """Revision id → sides that have signed or confirmed it; one query."""
    keys = {subject_key(revision): revision.pk for revision in revisions}
    found: dict[int, set[str]] = {revision.pk: set() for revision in revisions}
    meanings = (Meaning.AGREES, Meaning.CONFIRMS_PAPER)
    rows = Signature.objects.filter(record_key__in=keys, meaning__in=meanings).values_list("record_key", "side")
    for key, side in rows:
        found[keys[key]].add(side)
    return found


def _reports(scope: Scope, pairs: dict[int, Pair]) -> Iterator[Duty]:
    rows = Entrustment.objects.filter(pair_id__in=pairs).prefetch_related("events")
    for row in rows:
        kinds = {event.kind for event in row.events.all()}
        post = may(scope, Can.REPORT_ENTRUSTMENT, pairs[row.pair_id])
        for wanted, title in _owed(kinds, post.side if post else ""):
            if wanted not in kinds:
                url = reverse("agreements:entrustment", args=[row.pk])
                yield _duty(Kind.REPORT, title, str(row), url, pairs[row.pair_id], scope, row.starts_on)


def _owed(kinds: set[str], side: str) -> Iterable[tuple[str, object]]:
    """The reports that the law asks of one side, given what has happened (N38-33, N38-34, N38-36)."""
    event = EntrustmentEvent.Kind
    if side == "registrant":
        yield event.START_REPORTED, _("Report the entrustment to the registrant's authority")
        if event.ENDED in kinds:
            yield event.ADDRESS_REMOVED, _("Have the contractor's address removed from the certificate")
    if side == "contractor" and event.ENDED in kinds:
        yield event.END_REPORTED, _("Report the end of the entrustment to the contractor's authority")


def coming_up(scope: Scope, on: date, until: date) -> list[Duty]:
    """Last days of agreements for live entrustments, and yearly audits and reviews, up to ``until``."""
    pairs = {pair.pk: pair for pair in visible_pairs(scope)}
    rows = Entrustment.objects.filter(pair_id__in=pairs)
    facts = load_entrustment_facts(rows).values()
    live = [fact for fact in facts if fact.state_on(on) in {"active", "suspended"}]
    return [*_agreement_ends(scope, live, pairs, on, until), *_yearly(scope, live, pairs, until)]


def _agreement_ends(
    scope: Scope, live: list[EntrustmentFacts], pairs: dict[int, Pair], on: date, until: date
) -> Iterator[Duty]:
    for fact in live:
        covering = [c for c in fact.coverage if c.effective_on(on)]
        if covering and max(c.last_day for c in covering) <= until:
            last = max(covering, key=lambda c: c.last_day)
            url = reverse("agreements:revision", args=[last.revision_id])
            duty = _duty(Kind.RENEW, _("Agreement ends"), last.agreement_number, url, pairs[fact.pair_id], scope, None)
            yield _due(duty, last.last_day)


def _yearly(scope: Scope, live: list[EntrustmentFacts], pairs: dict[int, Pair], until: date) -> Iterator[Duty]:
    seen: set[int] = set()
    for fact in live:
        if fact.pair_id in seen:
            continue
        seen.add(fact.pair_id)
        url = reverse("parties:pair", args=[fact.pair_id])
        due = ((_("Annual audit due"), fact.audit_due_on), (_("Agreement review due"), fact.review_due_on))
        for title, day in due:
            if day and day <= until:
                pair = pairs[fact.pair_id]
                yield _due(_duty(Kind.REVIEW, title, pair.number, url, pair, scope, None), day)


def _due(duty: Duty, day: date) -> Duty:
    return Duty(duty.kind, duty.title, duty.about, duty.url, None, day, duty.pair, duty.counterpart_id)
