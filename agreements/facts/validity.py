"""The chain of validity behind each entrustment: certificate, licence, agreed term and the posts that must be held.

Loaded set-wise from narrow rows for any number of entrustments, so that a list can be ordered by what expires first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from cmo.catalogue.models import DeviceVersion
from cmo.parties.models import LicenceAcceptance, LicenceVersion, Post, Role, Side
from cmo.signing.actions import record_hash

from ..models import AgreementRevision, Entrustment, EntrustmentEvent, RevisionCoverage, RevisionSignature
from .coverage import RevisionPeriod, Signed, own_last_day, periods_of, signed_at

TERMINATION = AgreementRevision.Kind.TERMINATION
#: The posts whose written authorisation an agreement and its lots need, by side.
AUTHORISED = (
    (Side.REGISTRANT, Role.SIGNATORY),
    (Side.CONTRACTOR, Role.SIGNATORY),
    (Side.CONTRACTOR, Role.PRODUCTION_RELEASER),
    (Side.REGISTRANT, Role.MARKET_RELEASER),
)


@dataclass(frozen=True, slots=True)
class Link:
    """One validity of the chain. ``last_day`` None: it has none, or its renewal is deemed granted.

    ``kind``: ``certificate``, ``licence``, ``term`` or ``post``; ``name``: the printed number, the agreement and its
    revision, or the role. ``subject_id``: device, licence, agreement or organisation. ``filed_on``: renewal applied for.
    """

    kind: str
    name: str
    first_day: date
    last_day: date | None
    subject_id: int
    side: str
    deemed_renewed: bool = False
    filed_on: date | None = None


@dataclass(frozen=True, slots=True)
class CoverDays:
    """The revision that covers the entrustment now or did last, and until when (invariant 5)."""

    agreement_id: int
    agreement_number: str
    revision_id: int
    revision_number: int
    starts_on: date
    ends_on: date
    last_day: date
    capped_by: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """What one entrustment's cover hangs on.

    ``earlier_cap``: until when certificate and licence let the agreement run when it was offered; ``present_cap``: until
    when they let it run now. None: without limit. Both are about the covering revision.
    """

    entrustment_id: int
    number: str
    pair_id: int
    registrant_id: int
    contractor_id: int
    device_id: int
    site_id: int
    links: tuple[Link, ...]
    cover: CoverDays | None
    earlier_cap: date | None
    present_cap: date | None


@dataclass(frozen=True, slots=True)
class _Held:
    """One confirmed version of a certificate or licence, as far as its days go; ``known_at``: counts from this moment."""

    number: str
    first_day: date
    last_day: date | None
    deemed_renewed: bool
    filed_on: date | None
    known_at: datetime
    licence_id: int = 0
    site_ids: Sequence[int] = ()
    accepted: bool = True


@dataclass(frozen=True, slots=True)
class _Loaded:
    certificates: Mapping[int, list[_Held]]
    licences: Mapping[int, list[tuple[int, _Held]]]
    accepted: Mapping[tuple[int, int], datetime]
    coverage: Mapping[int, list[int]]
    periods: Mapping[int, RevisionPeriod]
    posts: Mapping[tuple[int, str, str], tuple[date, date | None]]


def live(rows: QuerySet[Entrustment]) -> QuerySet[Entrustment]:
    """Those that have not ended, in pairs that have not."""
    ended = EntrustmentEvent.objects.filter(kind=EntrustmentEvent.Kind.ENDED)
    return rows.filter(pair__end__isnull=True).exclude(pk__in=ended.values("entrustment_id"))


def load_validity(rows: QuerySet[Entrustment], on: date, *, texts: bool = False) -> list[Chain]:
    """The chain of every entrustment of a queryset as it stands on a day; eight queries for any number of them.

    ``texts``: also compare each signature with the agreement's whole text, as the page of one record does; a list of
    thousands takes the signatures as given.
    """
    wanted = rows.order_by()
    loaded = _load(wanted, on, texts)
    names = ("pk", "number", "pair_id", "registrant_id", "contractor_id", "device_id", "site_id")
    return [_chain(row, loaded, on) for row in wanted.values_list(*names)]


def _load(wanted: QuerySet[Entrustment], on: date, texts: bool) -> _Loaded:
    coverage: dict[int, list[int]] = defaultdict(list)
    covered = RevisionCoverage.objects.filter(entrustment_id__in=wanted.values("pk")).order_by("id")
    for entrustment, revision in covered.values_list("entrustment_id", "revision_id"):
        coverage[entrustment].append(revision)
    acceptances = LicenceAcceptance.objects.filter(pair_id__in=wanted.values("pair_id"))
    accepted = {
        (pair, version): at for pair, version, at in acceptances.values_list("pair_id", "version_id", "accepted_at")
    }
    return _Loaded(
        certificates=_certificates(wanted),
        licences=_licences(wanted),
        accepted=accepted,
        coverage=coverage,
        periods=_periods(covered.order_by(), texts),
        posts=_posts(wanted, on),
    )


_DAYS = ("number_printed", "first_day", "last_day", "deemed_renewed", "renewal_filed_on", "decision__decided_at")


def _certificates(wanted: QuerySet[Entrustment]) -> dict[int, list[_Held]]:
    """Device id → its confirmed versions, oldest first."""
    rows = DeviceVersion.objects.confirmed().filter(device_id__in=wanted.values("device_id"))
    found: dict[int, list[_Held]] = defaultdict(list)
    for device, *days in rows.order_by("device_id", "number").values_list("device_id", *_DAYS):
        found[device].append(_Held(*days))
    return found


def _licences(wanted: QuerySet[Entrustment]) -> dict[int, list[tuple[int, _Held]]]:
    """Contractor id → (version id, version) of its licences, oldest first."""
    rows = LicenceVersion.objects.confirmed().filter(licence__organisation_id__in=wanted.values("contractor_id"))
    names = ("licence__organisation_id", "pk", *_DAYS, "licence_id", "site_ids")
    found: dict[int, list[tuple[int, _Held]]] = defaultdict(list)
    for owner, pk, *held in rows.order_by("licence_id", "number").values_list(*names):
        found[owner].append((pk, _Held(*held)))
    return found


def _periods(covered: QuerySet[RevisionCoverage], texts: bool) -> dict[int, RevisionPeriod]:
    """Every revision of the agreements involved, without their texts unless these are compared."""
    chosen = AgreementRevision.objects.filter(pk__in=covered.values("revision_id")).values("agreement_id")
    return periods_in(AgreementRevision.objects.filter(agreement_id__in=chosen), texts=texts)


def periods_in(revisions: QuerySet[AgreementRevision], *, texts: bool = False) -> dict[int, RevisionPeriod]:
    """Revision id → its period, for all revisions of any number of agreements in two queries.

    ``texts``: compare each signature with the whole text; otherwise signatures count as given and no text is loaded.
    """
    rows = revisions.select_related("agreement", "event", "paper")
    rows = rows if texts else rows.defer("body")
    signatures = RevisionSignature.objects.filter(revision__in=revisions.order_by().values("pk"))
    signed: dict[int, list[tuple[str, datetime, str]]] = defaultdict(list)
    names = ("revision_id", "side", "signature__signed_at", "signature__record_hash")
    for revision, *signature in signatures.values_list(*names):
        signed[revision].append(tuple(signature))  # type: ignore[arg-type]

    def signed_in(revision: AgreementRevision) -> Signed:
        given = signed.get(revision.pk, [])
        expected = record_hash(revision) if texts and given else ""
        return signed_at(revision, {side: at for side, at, bound_to in given if not texts or bound_to == expected})

    return periods_of(rows, signed_in)


def _posts(wanted: QuerySet[Entrustment], on: date) -> dict[tuple[int, str, str], tuple[date, date | None]]:
    """(organisation, side, role) → first and last day of whoever holds the post longest from ``on``."""
    parties = Q(organisation_id__in=wanted.values("registrant_id")) | Q(
        organisation_id__in=wanted.values("contractor_id")
    )
    roles = {role for _side, role in AUTHORISED}
    rows = Post.objects.effective(on).filter(parties, role__in=roles).order_by(F("ends_on").asc(nulls_last=True))
    names = ("organisation_id", "side", "role", "starts_on", "ends_on")
    return {(owner, side, role): (first, last) for owner, side, role, first, last in rows.values_list(*names)}


def _chain(row: tuple[Any, ...], loaded: _Loaded, on: date) -> Chain:
    pk, number, pair, registrant, contractor, device, site = row
    certificates = loaded.certificates.get(device, [])
    licences = [
        (loaded.accepted[pair, version], held)
        for version, held in loaded.licences.get(contractor, [])
        if (pair, version) in loaded.accepted and site in held.site_ids
    ]
    certificate = certificates[-1] if certificates else None
    held = [h for _at, h in licences]
    cover, known = _cover(loaded, pk, site, on, certificate, held)
    then = [h for h in certificates if known and h.known_at <= known]
    earlier = [h for at, h in licences if known and max(at, h.known_at) <= known]
    return Chain(
        *(pk, number, pair, registrant, contractor, device, site),
        links=tuple(_links(row, certificate, held, cover, loaded)),
        cover=cover,
        earlier_cap=_cap(then[-1] if then else None, earlier, site),
        present_cap=_cap(certificate, held, site),
    )


def _covering(loaded: _Loaded, entrustment: int, on: date) -> RevisionPeriod | None:
    """The revision in force that covers the entrustment, or the concluded one that ends last."""
    concluded = _concluded(loaded, entrustment)
    began = [p for p in concluded if p.starts_on <= _agreed_until(p)]
    return max(began or concluded, key=lambda p: (p.in_force_on(on), _agreed_until(p), p.revision.pk), default=None)


def _concluded(loaded: _Loaded, entrustment: int) -> list[RevisionPeriod]:
    periods = (loaded.periods[revision] for revision in loaded.coverage.get(entrustment, ()))
    return [p for p in periods if p.signed.complete_on is not None and p.revision.kind != TERMINATION]


def _agreed_until(period: RevisionPeriod) -> date:
    """The last day of a revision by its term, termination or successor."""
    over = [end - timedelta(days=1) for end in (period.ended_on, period.superseded_on) if end is not None]
    return min([period.revision.ends_on, *over])


def _covered_until(period: RevisionPeriod, others: list[RevisionPeriod]) -> date:
    """The last day of the agreed terms that follow each other without a gap: a renewal signed ahead counts."""
    until = _agreed_until(period)
    for other in sorted(others, key=lambda p: p.starts_on):
        if period.starts_on <= other.starts_on <= until + timedelta(days=1):
            until = max(until, _agreed_until(other))
    return until


def _cover(
    loaded: _Loaded, entrustment: int, site: int, on: date, certificate: _Held | None, licences: list[_Held]
) -> tuple[CoverDays | None, datetime | None]:
    """Until when the entrustment is covered, and when the covering revision was offered."""
    period = _covering(loaded, entrustment, on)
    if period is None:
        return None, None
    revision, until = period.revision, _covered_until(period, _concluded(loaded, entrustment))
    last_day, capped_by = own_last_day(until, certificate, licences, site)
    days = CoverDays(
        agreement_id=revision.agreement_id,
        agreement_number=revision.agreement.number,
        revision_id=revision.pk,
        revision_number=revision.number,
        starts_on=period.starts_on,
        ends_on=until,
        last_day=max(last_day, revision.starts_on - timedelta(days=1)),
        capped_by=capped_by,
        in_force=period.in_force_on(on) and on <= last_day,
    )
    return days, revision.recorded_at


def _cap(certificate: _Held | None, licences: Iterable[_Held], site: int) -> date | None:
    """Until when certificate and licence alone let an agreement run."""
    last_day, _capped_by = own_last_day(date.max, certificate, licences, site)
    return None if last_day == date.max else last_day


def _links(
    row: tuple[Any, ...], certificate: _Held | None, licences: list[_Held], cover: CoverDays | None, loaded: _Loaded
) -> Iterable[Link]:
    registrant, contractor, device = row[3:6]
    if certificate is not None:
        yield _link("certificate", certificate, device, Side.REGISTRANT)
    for licence in {held.licence_id: held for held in licences}.values():
        yield _link("licence", licence, licence.licence_id, Side.CONTRACTOR)
    if cover is not None:
        name = f"{cover.agreement_number}/{cover.revision_number}"
        yield Link("term", name, cover.starts_on, cover.ends_on, cover.agreement_id, "")
    for side, role in AUTHORISED:
        owner = registrant if side == Side.REGISTRANT else contractor
        if (days := loaded.posts.get((owner, side, role))) is not None:
            yield Link("post", role, *days, owner, side)


def _link(kind: str, held: _Held, subject: int, side: str) -> Link:
    last_day = None if held.deemed_renewed else held.last_day
    return Link(kind, held.number, held.first_day, last_day, subject, side, held.deemed_renewed, held.filed_on)
