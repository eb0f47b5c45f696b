"""What was suspended, ended, doubly stated or not answered reaches the lot: it is not registered, or a gate stops it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine

from agreements import actions as agreements
from agreements.actions.ending import notice_of
from agreements.models import PresenceEntry
from cmo.clock import day_of
from cmo.errors import Refused
from releases.facts import MARKET, PRODUCTION, load_lot_facts
from releases.models import Lot
from releases.rules import Case, judge
from tests import make
from tests.agreements import build_reviews as reviews
from tests.agreements import build_supervision as on_site
from tests.catalogue import build as devices
from tests.releases import build, making

pytestmark = pytest.mark.django_db
AT, TODAY, DAY = build.AT, make.TODAY, timedelta(days=1)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


def found(row: Lot, stage: str = PRODUCTION, on: date = TODAY, *, blocks: bool = True) -> set[str]:
    facts = load_lot_facts([row])[row.pk]
    verdicts = judge(Case(stage, facts, on))
    return {one.code for verdict in verdicts for one in verdict.findings if one.blocks is blocks}


def refused(call) -> list[str]:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.codes


def ready(w: build.World, **changes) -> Lot:
    return build.filed(w, build.material(w, build.lot(w, **changes)))


def test_a_lot_made_while_the_entrustment_was_suspended_is_not_registered_after_it_was_resumed() -> None:
    w = build.world()
    change = {"entrustment": w.entrustment, "by": w.registrant.actor("quality_manager")}
    began = on_site.moment(build.MADE_FROM, 8)
    agreements.suspend_entrustment(**change, event_on=build.MADE_FROM, reason="整改", at=began)
    resume = {**change, "reason": "恢复", "at": AT}
    assert refused(lambda: agreements.resume_entrustment(**resume, event_on=build.MADE_FROM)) == ["resume_in_past"]
    agreements.resume_entrustment(**resume, event_on=TODAY)
    assert "entrustment_not_active" in refused(lambda: build.lot(w))


def test_a_released_lot_that_a_suspension_touched_stays_touched_after_it_was_resumed() -> None:
    w = build.world()
    row = ready(w)
    change = {"entrustment": w.entrustment, "by": w.registrant.actor("quality_manager"), "at": AT}
    agreements.suspend_entrustment(**change, event_on=build.MADE_FROM, reason="追溯暂停")
    assert "entrustment_at_manufacture" in found(row)
    agreements.resume_entrustment(**change, event_on=TODAY, reason="恢复")
    assert "entrustment_at_manufacture" in found(row)


def test_after_a_notice_the_renewal_that_was_signed_ahead_covers_no_lot() -> None:
    w = build.world()
    first, by = w.revision, w.registrant.actor("quality_manager")
    days = {"starts_on": date(2026, 8, 1), "ends_on": date(2027, 12, 31)}
    agreements.begin_renewal(agreement=first.agreement, entrustments=[w.entrustment], by=by, at=AT, **days)
    second = agreements.offer_for_signature(agreement=first.agreement, by=by, at=AT)
    for firm in (w.registrant, w.contractor):
        agreements.sign_agreement(revision=second, proof=make.proof(second), by=firm.actor("signatory"), at=AT)
    said = {"ended_on": TODAY + 10 * DAY, "reason": "严重违约", "post_market": "委托方负责", "documents_return": "归还"}
    proof = make.proof(notice_of(revision=first, **said))
    agreements.terminate_revision(revision=first, **said, proof=proof, by=w.registrant.actor("signatory"), at=AT)
    made_in_time = ready(w)
    assert not {code for code in found(made_in_time) if "agreement" in code}
    later = on_site.moment(date(2026, 9, 20), 9)
    with time_machine.travel(later, tick=False):
        row = build.lot(w, at=later, produced_from=date(2026, 9, 1), produced_to=date(2026, 9, 3))
    assert {"agreement_at_manufacture", "agreement_now"} <= found(row, PRODUCTION, day_of(later))


def other_world(w: build.World) -> build.World:
    """Another contractor of the same registrant, with nobody posted."""
    return build.world(relation=make.pair(registrant=w.registrant), supervised=False)


def with_step(w: build.World) -> Lot:
    row = build.lot(w)
    times = {"starts_at": on_site.moment(build.MADE_FROM, 9), "ends_at": on_site.moment(build.MADE_FROM, 11)}
    making.step(w, row, **times)
    return build.filed(w, build.material(w, row))


def test_one_supervisor_does_not_watch_over_two_contractors_at_the_same_time() -> None:
    w = build.world(supervised=False)
    other = other_world(w)
    person = make.post(w.registrant, "resident_supervisor", make.REGISTRANT)
    first = day_of(build.BEGAN)
    days = {"starts_on": first, "trained_on": first, "appointed_on": first}
    here = on_site.posted(w.relation, w.site, person=person, at=build.BEGAN, **days)
    there = on_site.posted(other.relation, other.site, person=person, at=build.BEGAN, **days)
    on_site.present(here, build.MADE_FROM, build.MADE_TO, (8, 17))
    on_site.entered(there, "in", on_site.moment(build.MADE_FROM, 7.9), at=AT)
    late = on_site.moment(build.MADE_FROM, 17.1)
    assert "stay_elsewhere_meanwhile" in refused(lambda: on_site.entered(there, "out", late, at=AT))
    assert "coverage" not in found(with_step(w))
    assert "coverage" in found(with_step(other))


def test_what_stands_on_record_twice_covers_neither_lot() -> None:
    w = build.world(supervised=False)
    other = other_world(w)
    person = make.post(w.registrant, "resident_supervisor", make.REGISTRANT)
    first = day_of(build.BEGAN)
    days = {"starts_on": first, "trained_on": first, "appointed_on": first}
    here = on_site.posted(w.relation, w.site, person=person, at=build.BEGAN, **days)
    there = on_site.posted(other.relation, other.site, person=person, at=build.BEGAN, **days)
    on_site.present(here, build.MADE_FROM, build.MADE_TO, (8, 17))
    lot = with_step(w)
    assert "coverage" not in found(lot)
    for kind, hour in (("in", 10), ("out", 12)):
        tenant = {name: getattr(there, name) for name in ("pair_id", "registrant_id", "contractor_id")}
        said = {"kind": kind, "event_at": on_site.moment(build.MADE_FROM, hour), "recorded_by_name": "—"}
        PresenceEntry(posting=there, recorded_at=AT, **said, **tenant).save(force_insert=True)
    assert "coverage" in found(lot)


def stayed(w: build.World, begins: datetime, ends: datetime) -> None:
    """One stay without interruption."""
    posting = on_site.posted(w.relation, w.site, starts_on=day_of(begins), at=begins, **qualified(begins))
    for kind, moment in (("in", begins), ("out", ends)):
        on_site.entered(posting, kind, moment)


def qualified(begins: datetime) -> dict[str, date]:
    return {"trained_on": day_of(begins), "appointed_on": day_of(begins)}


@pytest.mark.parametrize(("hours", "gap"), [(24, False), (24.1, True), (30 * 24, True)])
def test_a_stay_longer_than_a_day_covers_no_production_day(hours: float, gap: bool) -> None:
    w = build.world(supervised=False)
    begins = on_site.moment(build.MADE_FROM, 9)
    stayed(w, begins, begins + timedelta(hours=hours))
    row = ready(w, produced_to=build.MADE_FROM)
    assert ("coverage" in found(row)) is gap


def test_the_review_of_another_agreement_leaves_the_overdue_one_at_the_gate() -> None:
    w = build.world()
    address = {"address": "浙江省杭州市示例区二号路 2 号", "entrusted": True}
    address |= {"contractor_name": w.contractor.data.name_zh, "contractor_uscc": w.contractor.uscc}
    version = devices.device(w.registrant, at=build.BEGAN, production_addresses=[address], sterile=False)
    devices.share(w.relation, version.device, at=build.BEGAN)
    devices.screening(w.registrant, version.device, acted_on=day_of(build.BEGAN), at=build.BEGAN)
    build._prepare(w.relation, version.device, w.site, build.BEGAN)
    began = {"starts_on": day_of(build.BEGAN), "by": w.registrant.actor("quality_manager"), "at": build.BEGAN}
    second = agreements.open_entrustment(pair=w.pair, device=version.device, site=w.site, **began)
    reviewed = build.agreement(w.relation, [second], at=build.BEGAN).agreement
    row = ready(w)
    at = AT + timedelta(days=330)
    with time_machine.travel(at, tick=False):
        reviews.concluded(w.relation, reviewed, at=at)
    due = date(2027, 5, 2)
    assert "review_not_overdue_missing" not in found(row, MARKET, due, blocks=False)
    assert "review_not_overdue_missing" in found(row, MARKET, due + DAY, blocks=False)
    assert "review_not_overdue_missing" in found(row, MARKET, due + 91 * DAY)
    with time_machine.travel(at, tick=False):
        reviews.concluded(w.relation, w.revision.agreement, at=at)
    assert not {code for code in found(row, MARKET, due + 91 * DAY) if "review" in code}
