"""A year of records made through the actions: every figure is counted by hand, equals its own query, and equals the number
of rows on the page that its link opens, for people of both sides."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from agreements import actions as agreement_actions
from agreements.facts.obligations import load_obligations, obligations_of
from agreements.figures import Figure, year_figures
from agreements.models import (
    AgreementRevision,
    Hold,
    ObligationRecord,
    Posting,
    PresenceEntry,
    ReviewAction,
)
from agreements.rules.obligations import due_days
from cmo.catalogue.models import Device
from cmo.clock import SHANGHAI, day_of
from cmo.parties.models import Organisation, Pair, Site
from cmo.parties.tenancy import tenant
from cmo.signing.actions import record_hash
from releases import actions
from releases.models import Deviation, Lot, LotException, LotHold, MarketRelease, ProductionRelease
from tests import make, replay
from tests.agreements import build_reviews as reviews
from tests.agreements import build_supervision as on_site
from tests.releases import build, making

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FIRST, LAST = date(2026, 5, 2), date(2027, 5, 1)
NOW = datetime(2027, 5, 4, 10, 0, tzinfo=SHANGHAI)
#: The last moment of the year and the first after it.
LATEST = datetime(2027, 5, 1, 23, 59, 59, 999999, tzinfo=SHANGHAI)
AFTER = datetime(2027, 5, 2, 0, 0, tzinfo=SHANGHAI)

#: What the year below amounts to, counted by hand.
EXPECTED = {
    "lots_made": 12,
    "lots_released": 2,
    "quantity_released": 1950,
    "lots_rejected_production": 1,
    "lots_rejected_market": 1,
    "lots_held": 2,
    "deviations_critical": 1,
    "deviations_major": 1,
    "deviations_minor": 2,
    "deviations_open": 2,
    "exceptions_requested": 2,
    "exceptions_approved": 1,
    "coverage_gaps": 4,
    "postings": 2,
    "presence_days": 33,
    "holds": 3,
    "agreement_changes": 1,
    "obligations_done": 2,
    "review_actions_done": 1,
    "review_actions_open": 1,
}


def year() -> build.World:
    """The whole year; what lies just outside is made as well and must not count."""
    w = build.world(implantable="yes")
    _lots(w)
    _deviations(w)
    _exceptions(w)
    _presence(w)
    _agreement(w)
    return w


def _lots(w: build.World) -> None:
    """Ten lots: two on the market, one withdrawn from it, one rejected by each side, one by production after the year, one
    held twice and one after the year, one made on the last day, one beyond it; nobody saw the last day of either."""
    for quantity in (1000, 950):
        lot = build.filed(w, build.lot(w))
        build.released(w, lot)
        build.marketed(w, lot, quantity=quantity)
    withdrawn = build.filed(w, build.lot(w))
    build.released(w, withdrawn)
    release = build.marketed(w, withdrawn)
    by = w.registrant.actor("market_releaser")
    actions.withdraw_market(release=release, reason="标签缺陷", by=by, at=build.AT)
    refused = build.filed(w, build.lot(w))
    build.released(w, refused)
    build.marketed(w, refused, outcome="rejected")
    build.released(w, build.filed(w, build.lot(w)), outcome="rejected")
    build.released(w, build.filed(w, build.lot(w)), outcome="rejected", at=AFTER)
    held, quality = build.lot(w), w.contractor.actor("quality_manager")
    for moment in (build.AT, LATEST):
        hold = actions.place_lot_hold(lot=held, reason="包装破损", by=quality, at=moment)
        actions.lift_lot_hold(hold=hold, reason="已查明", by=quality, at=moment)
    actions.place_lot_hold(lot=build.lot(w), reason="包装破损", by=quality, at=AFTER)
    for made_to in (LAST, LAST + DAY):
        build.lot(w, produced_from=LAST, produced_to=made_to, at=NOW)


def _deviations(w: build.World) -> None:
    """A critical one that stops its lot, a major and a minor one that were closed, an open minor one; one after the year."""
    lot = build.lot(w)
    making.deviation(w, lot, severity="critical")
    making.closed(w, lot, severity="major")
    making.closed(w, lot, severity="minor", discovered_on=LAST, at=LATEST)
    making.deviation(w, lot, severity="minor", discovered_on=LAST, at=LATEST)
    making.deviation(w, lot, severity="minor", occurred_on=LAST, discovered_on=LAST + DAY, at=AFTER)


def _exceptions(w: build.World) -> None:
    """Two lots with a gap each: an exception approved, another refused."""
    for approved in (True, False):
        build.decided(w, build.exception_on(w), approved=approved)


def _presence(w: build.World) -> None:
    """Besides the supervisor of the lots: two days in autumn by somebody else, one of them twice, one after the year."""
    posting = on_site.posted(
        w.relation, w.site, starts_on=date(2026, 10, 1), ends_on=date(2027, 6, 30), at=making.moment(date(2026, 9, 30))
    )
    for day, hours in (
        (date(2026, 10, 5), (8, 10)),
        (date(2026, 10, 5), (13, 18)),
        (date(2026, 10, 6), (8, 18)),
        (LAST + DAY, (8, 9)),
    ):
        on_site.stay(posting, day, hours)


def _agreement(w: build.World) -> None:
    """Holds, a renewal, obligations, and a review of the first month whose two actions fell due."""
    by = w.contractor.actor("quality_manager")
    for moment in (build.AT, LATEST, AFTER):
        agreement_actions.place_hold(pair=w.pair, reason="灭菌参数存疑", by=by, at=moment)
    rep = w.registrant.actor("management_representative")
    agreement_actions.veto(pair=w.pair, reason="风险未受控", by=rep, at=build.AT + DAY)
    agreement = w.revision.agreement
    for due_on, done_on in (
        (date(2026, 6, 12), date(2026, 6, 10)),
        (date(2026, 7, 12), LAST),
        (date(2026, 8, 12), LAST + DAY),
    ):
        agreement_actions.record_obligation(
            agreement=agreement,
            key="monthly_quality_data",
            due_on=due_on,
            done_on=done_on,
            reference=f"YB-{due_on:%m}",
            by=by,
            at=AFTER if done_on > LAST else LATEST,
        )
    _renewed(w)
    review = reviews.concluded(
        w.relation,
        agreement,
        at=build.AT,
        actions=(
            ("修订检验规程。", reviews.C, date(2026, 7, 1)),
            ("审核规程。", reviews.R, LAST),
            ("次年。", reviews.R, LAST + DAY),
        ),
    )
    reviews.performed(w.relation, review.actions.get(position=1), at=datetime(2026, 6, 20, 9, tzinfo=SHANGHAI))


def _renewed(w: build.World) -> None:
    by, moment = w.registrant.actor("quality_manager"), datetime(2026, 12, 1, 9, tzinfo=SHANGHAI)
    draft = w.revision.agreement.draft
    agreement_actions.set_draft_terms(
        draft=draft,
        seen_edition=draft.edition,
        starts_on=date(2026, 12, 1),
        ends_on=date(2028, 3, 31),
        entrustments=[w.entrustment],
        by=by,
        at=moment,
    )
    revision = agreement_actions.offer_for_signature(agreement=w.revision.agreement, by=by, at=moment)
    for firm in (w.registrant, w.contractor):
        actor = firm.actor("signatory")
        agreement_actions.sign_agreement(revision=revision, proof=make.proof(revision), by=actor, at=moment)


@replay.kept
def _kept_year() -> build.World:
    return year()


@pytest.fixture
def w() -> build.World:
    return _kept_year()


def figures(pair: Pair) -> dict[str, Figure]:
    return {figure.key: figure for figure in year_figures([pair.pk], FIRST, LAST)[pair.pk]}


def test_the_year_amounts_to_what_was_counted_by_hand(w: build.World) -> None:
    found = {key: figure.value for key, figure in figures(w.pair).items()}
    assert {key: found[key] for key in EXPECTED} == EXPECTED


def test_obligations_that_nobody_recorded_are_counted_once_each(w: build.World) -> None:
    """By the renewed text, whose series goes back to the first day."""
    revision = AgreementRevision.objects.order_by("-number").first()
    assert revision is not None
    facts = load_obligations([revision.agreement_id], LAST)[revision.agreement_id]
    days = [
        (row["key"], day)
        for row in obligations_of(revision.body)
        for day in due_days(FIRST, row["frequency"], row["days_allowed"], facts.until)
        if FIRST <= day <= LAST
    ]
    assert len(days) > 20
    recorded = set(ObligationRecord.objects.values_list("key", "due_on"))
    assert figures(w.pair)["obligations_missed"].value == len([one for one in days if one not in recorded])


def _days_present(pair: Pair) -> int:
    """Days between each check-in and its check-out, from the raw entries."""
    days: set[date] = set()
    for posting in Posting.objects.filter(pair=pair):
        entries = list(PresenceEntry.objects.filter(posting=posting).order_by("event_at"))
        for begun, ended in zip(entries[::2], entries[1::2], strict=True):
            first, last = day_of(begun.event_at), day_of(ended.event_at)
            days |= {first + n * DAY for n in range((last - first).days + 1)}
    return len([day for day in days if FIRST <= day <= LAST])


def _own_counts(pair: Pair) -> dict[str, int]:
    """Each number again, counted row by row in Python and not by the product."""
    lots, deviations = list(Lot.objects.filter(pair=pair)), list(Deviation.objects.filter(lot__pair=pair))

    def in_year(row: Any) -> bool:
        return FIRST <= day_of(row.recorded_at) <= LAST

    def standing(model: Any) -> list[Any]:
        return [row for row in model.objects.filter(lot__pair=pair) if in_year(row) and not hasattr(row, "withdrawal")]

    market, production = standing(MarketRelease), standing(ProductionRelease)
    asked = [row for row in LotException.objects.filter(lot__pair=pair) if in_year(row)]
    discovered = [row for row in deviations if FIRST <= row.discovered_on <= LAST]
    accepted = {
        row.pk for row in deviations for one in row.closures.all() if hasattr(one, "answer") and one.answer.accepted
    }
    owed = list(ReviewAction.objects.filter(review__pair=pair))
    return {
        "lots_made": sum(FIRST <= row.produced_to <= LAST for row in lots),
        "lots_released": sum(row.outcome != "rejected" for row in market),
        "quantity_released": sum(row.quantity for row in market),
        "lots_rejected_production": sum(row.outcome == "rejected" for row in production),
        "lots_rejected_market": sum(row.outcome == "rejected" for row in market),
        "lots_held": len({row.lot_id for row in LotHold.objects.filter(lot__pair=pair) if in_year(row)}),
        **{
            f"deviations_{word}": sum(row.severity == word for row in discovered)
            for word in ("critical", "major", "minor")
        },
        "deviations_open": sum(row.pk not in accepted and row.discovered_on <= LAST for row in deviations),
        "exceptions_requested": len(asked),
        "exceptions_approved": sum(row.decision.approved for row in asked),
        "postings": sum(row.starts_on <= LAST and row.ends_on >= FIRST for row in Posting.objects.filter(pair=pair)),
        "presence_days": _days_present(pair),
        "holds": sum(in_year(row) for row in Hold.objects.filter(pair=pair)),
        "agreement_changes": AgreementRevision.objects.filter(agreement__pair=pair, kind="renewal").count(),
        "obligations_done": sum(FIRST <= row.done_on <= LAST for row in ObligationRecord.objects.filter(pair=pair)),
        "review_actions_done": sum(hasattr(row, "done") and row.done.done_on <= LAST for row in owed),
        "review_actions_open": sum(not hasattr(row, "done") and row.due_on <= LAST for row in owed),
    }


def test_each_figure_equals_its_own_query(w: build.World) -> None:
    own = _own_counts(w.pair)
    assert {key: figure.value for key, figure in figures(w.pair).items() if key in own} == own


@pytest.mark.parametrize("side", ["registrant", "contractor"])
def test_each_figure_opens_a_list_of_exactly_its_records(w: build.World, side: str) -> None:
    with time_machine.travel(NOW, tick=False), override("en"):
        client = Client(headers={"accept-language": "en"})
        client.force_login(getattr(w, side).user("quality_manager"))
        shown = {}
        for key, figure in figures(w.pair).items():
            response = client.get(figure.url)
            assert response.status_code == 200, figure.url
            table = response.context["table"]
            shown[key] = table.paginator.count
            if key == "quantity_released":
                shown[key] = sum(quantity for quantity, _unit in response.context["released"])
    assert shown == {key: figure.value for key, figure in figures(w.pair).items()}


def test_another_pair_and_the_years_around_have_none_of_it(w: build.World) -> None:
    before = {f.key: f.value for f in year_figures([w.pair.pk], FIRST - 365 * DAY, FIRST - DAY)[w.pair.pk]}
    assert set(before.values()) == {0}
    other = {f.key: f.value for f in year_figures([w.pair.pk, w.pair.pk + 1], FIRST, LAST)[w.pair.pk + 1]}
    assert set(other.values()) == {0}
    after = {f.key: f.value for f in year_figures([w.pair.pk], LAST + DAY, LAST + 365 * DAY)[w.pair.pk]}
    assert after["holds"] == 1
    assert after["lots_rejected_production"] == 1
    assert after["presence_days"] == 1
    assert after["deviations_minor"] == 1


def test_the_frozen_review_says_what_the_year_amounts_to(w: build.World) -> None:
    """The review of the whole year, offered after it, freezes these numbers with their links."""
    agreement = w.revision.agreement
    last = NOW + 28 * DAY
    draft = reviews.begun(w.relation, agreement, at=last)
    review = reviews.offered_again(
        w.relation,
        reviews.kept(
            w.relation,
            draft,
            at=last,
            first=draft.period_from,
            last=LAST,
            actions=(("复核。", reviews.R, date(2027, 7, 1)),),
        ),
        at=last,
    )
    frozen = {row["key"]: (row["value"], row["url"]) for row in review.content["figures"]}
    now = {f.key: (f.value, f.url) for f in year_figures([w.pair.pk], review.period_from, LAST)[w.pair.pk]}
    assert frozen == now


def test_the_number_of_queries_does_not_grow_with_the_pairs(w: build.World) -> None:
    def queries(ids: list[int]) -> int:
        with CaptureQueriesContext(connection) as captured:
            found = year_figures(ids, FIRST, LAST)
        assert all(any(figure.value for figure in found[pk]) for pk in ids)
        return len(captured)

    others = _like(w, 199)
    assert queries([w.pair.pk, *others]) == queries([w.pair.pk, others[0]])


def _like(w: build.World, number: int) -> list[int]:
    """Further pairs with an entrustment, an agreement in force, a lot, a deviation, a hold and a stay each, written at once."""
    firms = Organisation.objects.bulk_create(Organisation(created_at=make.AT) for _ in range(2 * number))
    pairs = Pair.objects.bulk_create(
        Pair(number=f"Y{n}", registrant=firms[n], contractor=firms[number + n], created_at=make.AT)
        for n in range(number)
    )
    sites = Site.objects.bulk_create(Site(organisation_id=pair.contractor_id, created_at=make.AT) for pair in pairs)
    devices = Device.objects.bulk_create(Device(registrant_id=p.registrant_id, created_at=make.AT) for p in pairs)
    for pair, site, device in zip(pairs, sites, devices, strict=True):
        _copied(w, pair, site, device)
    return [pair.pk for pair in pairs]


def _copied(w: build.World, pair: Pair, site: Site, device: Device) -> None:
    """The world's rows again, in another pair."""
    here = {**tenant(pair), "site_id": site.pk, "device_id": device.pk, "number": f"N{pair.pk}"}
    entrustment = _again(w.entrustment, here)
    agreement = _again(w.revision.agreement, here)
    revision = _again(w.revision, {"agreement_id": agreement.pk, "parent_id": None})
    _again(w.revision.coverage.get(), {"revision_id": revision.pk, "entrustment_id": entrustment.pk})
    for row in w.revision.signatures.select_related("signature"):
        key, digest = f"agreements.agreementrevision:{revision.pk}", record_hash(revision)
        signature = _again(row.signature, {"record_key": key, "record_hash": digest})
        _again(row, {"revision_id": revision.pk, "signature_id": signature.pk})
    lot = Lot.objects.filter(pair=w.pair, deviations__isnull=False).first()
    made = _again(lot, here | {"entrustment_id": entrustment.pk, "label_version_id": None, "ifu_version_id": None})
    _again(lot.deviations.first(), {"lot_id": made.pk})
    _again(Hold.objects.filter(pair=w.pair).first(), here)
    posting = Posting.objects.filter(pair=w.pair).order_by("id").first()
    sent = _again(posting, here | {"revision_id": revision.pk})
    for entry in posting.presence.order_by("id"):
        _again(entry, here | {"posting_id": sent.pk})


def _again(row: Any, changes: dict[str, Any]) -> Any:
    """The same row once more with some other columns."""
    model = type(row)
    columns = {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields if not f.primary_key}
    copied = model(**columns | {name: value for name, value in changes.items() if name in columns})
    copied.save(force_insert=True)
    return copied
