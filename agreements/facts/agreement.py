"""What signing, ending and following a revision rest on, and where an agreement stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cmo.parties.models import PairEnd, Post
from cmo.trail.actions import subject_key
from cmo.trail.actor import Actor
from cmo.trail.models import Entry

from ..models import Agreement, AgreementRevision, Entrustment, RevisionEvent
from .coverage import NOTICE, RevisionPeriod, periods_of, signed_by
from .entrustment_loading import load_entrustment_facts, revisions_with_signatures

TERMINATION = AgreementRevision.Kind.TERMINATION


@dataclass(frozen=True, slots=True)
class RevisionFacts:
    """A revision as signing, declining, withdrawing and terminating see it.

    ``signers``: side → user id of every signature given, standing or void; ``event``: declined, withdrawn, terminated
    or empty; ``complete``: both sides' signatures stand; ``notice_on``: from when a notice of one side ends the agreement
    that was given, under this or another revision, after this one was offered.
    """

    number: int
    route: str
    kind: str
    signing_order: str
    starts_on: date
    ends_on: date
    signers: dict[str, int]
    event: str
    complete: bool
    pair_ended_on: date | None
    notice_on: date | None = None

    @property
    def closed(self) -> str:
        """How it was closed, by an event of its own or by the notice that ended the agreement; or empty."""
        return self.event or (str(RevisionEvent.Kind.TERMINATED) if self.notice_on else "")


@dataclass(frozen=True, slots=True)
class Authorisation:
    """The written authorisation of a signatory, as the post on record names it (QA-49)."""

    reference: str
    authorised_on: date

    def as_data(self) -> dict[str, str]:
        """For the trail, where it is frozen beside the signature."""
        return {"reference": self.reference, "authorised_on": self.authorised_on.isoformat()}


@dataclass(frozen=True, slots=True)
class ConcludedFacts:
    """An agreement as ending or renewing it sees it.

    ``last``: number of the latest concluded text, 0 without one; ``last_day``: the last agreed day of all concluded
    ones; ``terminated_on``: first day without cover once both sides have signed the end; ``waiting``: number of the
    revision that waits for signatures, or 0.
    """

    last: int
    last_day: date | None
    terminated_on: date | None
    waiting: int
    pair_ended_on: date | None


def waiting_revision(agreement: Agreement) -> int:
    """Number of the agreement's revision that waits for signatures, or 0."""
    return _waiting(periods_of(revisions_with_signatures().filter(agreement=agreement)).values())


def latest_concluded(agreement: Agreement) -> AgreementRevision | None:
    """The latest revision that both sides signed and that did not end the agreement; what the next one follows."""
    rows = revisions_with_signatures().filter(agreement=agreement).exclude(kind=TERMINATION)
    concluded = (row for row in rows if signed_by(row).complete_on is not None)
    return max(concluded, key=lambda row: row.number, default=None)


def load_revision_facts(revision: AgreementRevision) -> RevisionFacts:
    """The revision as it stands now, read afresh."""
    row = revisions_with_signatures().get(pk=revision.pk)
    ended = PairEnd.objects.filter(pair_id=row.agreement.pair_id).values_list("ended_on", flat=True).first()
    notices = RevisionEvent.objects.filter(revision__agreement_id=row.agreement_id, kind=NOTICE)
    given = notices.filter(recorded_at__gte=row.recorded_at).order_by("event_on").values_list("event_on", flat=True)
    return RevisionFacts(
        number=row.number,
        route=row.route,
        kind=row.kind,
        signing_order=row.signing_order,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        signers={signature.side: signature.signature.signer_id for signature in row.signatures.all()},
        event=row.event.kind if hasattr(row, "event") else "",
        complete=signed_by(row).complete_on is not None,
        pair_ended_on=ended,
        notice_on=given.first(),
    )


@dataclass(frozen=True, slots=True)
class AgreementState:
    """Where an agreement stands on a day.

    ``effective``: the revision in force, or None; ``waiting``: number of the revision that waits for signatures, or 0;
    ``last``: the latest concluded revision that covers anything, in force or not; ``terminated_on``: first day without
    cover, once both sides signed the end or one gave notice.
    """

    effective: AgreementRevision | None
    waiting: int
    last: AgreementRevision | None
    terminated_on: date | None = None

    @property
    def key(self) -> str:
        """``in_force``, ``terminated``, ``waiting``, ``over`` or ``draft``."""
        if self.effective is not None:
            return "in_force"
        if self.waiting:
            return "waiting"
        if self.terminated_on is not None:
            return "terminated"
        return "over" if self.last is not None else "draft"


def agreement_states(agreement_ids: Iterable[int], on: date) -> dict[int, AgreementState]:
    """Agreement id → its state on a day; two queries for any number of agreements."""
    ids = list(agreement_ids)
    found: dict[int, list[RevisionPeriod]] = {pk: [] for pk in ids}
    for period in periods_of(revisions_with_signatures().filter(agreement_id__in=ids)).values():
        found[period.revision.agreement_id].append(period)
    return {pk: _agreement_state(periods, on) for pk, periods in found.items()}


def _agreement_state(periods: list[RevisionPeriod], on: date) -> AgreementState:
    texts = _texts(periods)
    effective = [p.revision for p in texts if p.in_force_on(on)]
    last = max(texts, key=lambda p: p.revision.number, default=None)
    ended = _ended_by_both(periods) or (last.ended_on if last else None)
    return AgreementState(
        effective[0] if effective else None, _waiting(periods), last.revision if last else None, ended
    )


def _texts(periods: Iterable[RevisionPeriod]) -> list[RevisionPeriod]:
    """The concluded revisions that say what applies, in contrast to one that ends it."""
    return [p for p in periods if p.signed.complete_on is not None and p.revision.kind != TERMINATION]


def _ended_by_both(periods: Iterable[RevisionPeriod]) -> date | None:
    """The first day without cover, when both sides have signed the end."""
    ends = (p.starts_on for p in periods if p.signed.complete_on is not None and p.revision.kind == TERMINATION)
    return min(ends, default=None)


def _waiting(periods: Iterable[RevisionPeriod]) -> int:
    waiting = (p.revision.number for p in periods if p.signed.complete_on is None and p.ended_on is None)
    return max(waiting, default=0)


def load_concluded_facts(agreement: Agreement) -> ConcludedFacts:
    """The agreement as it stands now, read afresh."""
    periods = list(periods_of(revisions_with_signatures().filter(agreement=agreement)).values())
    texts = [p.revision for p in _texts(periods)]
    return ConcludedFacts(
        last=max((row.number for row in texts), default=0),
        last_day=max((row.ends_on for row in texts), default=None),
        terminated_on=_ended_by_both(periods),
        waiting=_waiting(periods),
        pair_ended_on=PairEnd.objects.filter(pair_id=agreement.pair_id).values_list("ended_on", flat=True).first(),
    )


def load_authorisation(by: Actor, on: date) -> Authorisation | None:
    """The written authorisation under which the actor holds the post; None when no such post is on record that day."""
    posts = Post.objects.effective(on).filter(
        user_id=by.user_id or 0, organisation_id=by.organisation_id or 0, side=by.side, role=by.post
    )
    found = [Authorisation(post.authorisation_reference.strip(), post.authorised_on) for post in posts.order_by("-id")]
    return min(found, key=lambda one: (not one.reference, one.authorised_on), default=None)


def authorisations_given(revision: AgreementRevision) -> dict[int, Authorisation]:
    """Signature id → the authorisation that was frozen on the trail when it was given."""
    found = {}
    verbs = ("agreement.signed", "agreement.terminated")
    for entry in Entry.objects.about(subject_key(revision)).filter(verb__in=verbs):
        data = entry.content["data"]
        if frozen := data.get("authorisation"):
            day = date.fromisoformat(frozen["authorised_on"])
            found[int(data["signature"])] = Authorisation(frozen["reference"], day)
    return found


def cover_days(revisions: Iterable[AgreementRevision]) -> dict[int, tuple[date, date]]:
    """Revision id → the earliest and the latest own last day of what it covers; one query more than the facts need.

    A revision whose every cover has run out counts for nothing any more, whatever its agreed term (guide T13, QA-41).
    """
    ids = [revision.pk for revision in revisions]
    rows = Entrustment.objects.filter(coverage__revision_id__in=ids).distinct()
    found: dict[int, list[date]] = {}
    for fact in load_entrustment_facts(rows).values():
        for cover in fact.coverage:
            found.setdefault(cover.revision_id, []).append(cover.last_day)
    return {pk: (min(found[pk]), max(found[pk])) for pk in ids if pk in found}
