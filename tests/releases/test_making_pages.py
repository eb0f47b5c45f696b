"""Pages about the making of a lot: what they show and say before, two walks through requests, and their cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cmo.clock import day_of
from cmo.duty import Kind
from cmo.parties.access import scope_of
from cmo.parties.models import User
from releases import actions, duties
from releases.facts import load_lot_facts
from releases.making_shown import MOST_LANES, making_of
from releases.models import Deviation, DeviationClosure, Lot, LotHold, LotStep, Observation, PlannedProduction
from tests import make
from tests.releases import build, making
from tests.releases.test_pages import signed_in, url

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = day_of(build.AT)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """Pages read the clock; it stands where the builders stand."""
    with time_machine.travel(build.AT, tick=False):
        yield


@pytest.fixture
def w() -> build.World:
    return build.world()


@pytest.fixture
def row(w: build.World) -> Lot:
    return build.filed(w, build.lot(w))


@pytest.fixture
def untracked(settings: Any) -> None:
    """Without the row that allauth rewrites at every request to remember when a session was last seen."""
    settings.USERSESSIONS_TRACK_ACTIVITY = False


def text(client: Client, address: str, **asked: Any) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_in_both_languages(w: build.World, row: Lot, language: str) -> None:
    making.posting(w)
    step = making.step(w, row)
    by = w.contractor.actor("quality_manager")
    content = making.step_content(name="激光焊接")
    fixed = actions.correct_step(step=step, content=content, reason="名称有误", by=by, at=build.AT)
    seen = making.observation(w, row, step=fixed, outcome="doubtful")
    closed, opened = making.closed(w, row), making.deviation(w, row)
    waiting = making.deviation(w, row)
    closure, plan = making.closure(w, waiting), making.plan(w)
    pages = {
        ("production_planner", "contractor"): [
            url("record_step", row.pk),
            url("correct_step", fixed.pk),
            url("plan_production"),
            f"{url('plan_production')}?entrustment={w.entrustment.pk}",
            url("end_planned_production", plan.pk),
            url("planned"),
        ],
        ("quality_manager", "contractor"): [url("record_deviation", row.pk), url("propose_closure", opened.pk)],
        ("quality_manager", "registrant"): [
            url("answer_closure", closure.pk),
            url("deviation", closed.pk),
            url("deviation", waiting.pk),
            url("lot", row.pk),
            url("pair_planned", w.pair.pk),
        ],
        ("resident_supervisor", "registrant"): [url("observe_lot", row.pk), url("observation", seen.pk)],
    }
    for (role, side), addresses in pages.items():
        client = signed_in(w.user(role, side), language)
        for address in addresses:
            assert client.get(address).status_code == 200, address


def test_the_lot_shows_steps_by_day_with_what_they_said_before(w: build.World, row: Lot) -> None:
    making.posting(w)
    step = making.step(w, row)
    making.observation(w, row, step=step, text="参数记录完整。")
    by = w.contractor.actor("quality_manager")
    content = making.step_content(name="激光焊接", ends_at=making.moment(build.MADE_FROM, 12, 30))
    actions.correct_step(step=step, content=content, reason="名称与时间有误", by=by, at=build.AT)
    gone = making.step(w, row, name="误登工序")
    actions.correct_step(step=gone, content=None, reason="属于另一批", by=by, at=build.AT)
    page = text(signed_in(w.user("viewer", "registrant")), url("lot", row.pk))
    assert "09:00 – 12:30" in page
    assert "<del>焊接</del>" in page
    for words in ("激光焊接", "名称与时间有误", "<del>误登工序</del>", "属于另一批", "参数记录完整。"):
        assert words in page
    assert page.count("激光焊接") == 2, "once in the table and once on the time line"


def test_a_step_is_recorded_and_corrected_through_its_pages(w: build.World, row: Lot) -> None:
    client = signed_in(w.user("production_planner"))
    day = build.MADE_FROM.isoformat()
    typed = {"name": "灭菌", "kind": "sterilisation", "starts_at": f"{day}T08:00", "ends_at": f"{day}T10:00"}
    assert client.post(url("record_step", row.pk), typed).url == url("lot", row.pk) + "#steps"
    step = LotStep.objects.get()
    assert step.starts_at == making.moment(build.MADE_FROM, 8)
    page = client.post(url("record_step", row.pk), {**typed, "starts_at": "2020-01-01T08:00"}).content.decode()
    assert "lies outside the lot" in page
    assert 'value="灭菌"' in page
    fix = {**typed, "ends_at": f"{day}T11:00", "reason": "结束时间有误"}
    assert client.post(url("correct_step", step.pk), fix).status_code == 302
    standing = LotStep.objects.get(corrected_by__isnull=True)
    client.post(url("correct_step", standing.pk), {**typed, "strike": "on", "reason": "重复登记"})
    assert LotStep.objects.get(corrected_by__isnull=True).void


def test_a_doubtful_observation_leads_to_locking_the_lot_in_two_taps(w: build.World, row: Lot) -> None:
    making.posting(w)
    client = signed_in(w.user("resident_supervisor"))
    typed = {"event_at": f"{build.MADE_FROM.isoformat()}T10:00", "outcome": "doubtful", "text": "温度曲线缺失。"}
    answer = client.post(url("observe_lot", row.pk), typed)
    seen = Observation.objects.get()
    assert answer.url == url("observation", seen.pk)
    page = client.get(answer.url).content.decode()
    assert f'action="{url("place_lot_hold", row.pk)}"' in page
    reason = page.split('name="reason" value="')[1].split('"')[0]
    assert client.post(url("place_lot_hold", row.pk), {"reason": reason}).status_code == 302
    assert "温度曲线缺失。" in LotHold.objects.get().reason
    assert "The lot is locked." in text(client, url("observation", seen.pk))
    harmless = client.post(url("observe_lot", row.pk), {**typed, "outcome": "in_order"})
    assert harmless.url == url("lot", row.pk) + "#steps"


def test_what_was_seen_while_not_checked_in_is_marked(w: build.World, row: Lot) -> None:
    making.posting(w)
    seen = making.observation(w, row)
    client = signed_in(w.user("viewer", "registrant"))
    assert "was not checked in at this time" in text(client, url("observation", seen.pk))
    assert "was not checked in at this time" in text(client, url("lot", row.pk))


def test_an_observation_without_a_posting_is_refused_with_its_reason(w: build.World, row: Lot) -> None:
    typed = {"event_at": f"{build.MADE_FROM.isoformat()}T10:00", "outcome": "in_order", "text": "记录完整。"}
    page = signed_in(w.user("resident_supervisor")).post(url("observe_lot", row.pk), typed).content.decode()
    assert "you have no posting in force" in page
    assert not Observation.objects.exists()


def test_a_deviation_walks_from_its_record_to_its_closure_through_the_pages(w: build.World, row: Lot) -> None:
    ours, theirs = signed_in(w.contractor.user("quality_manager")), signed_in(w.registrant.user("quality_manager"))
    day = build.MADE_FROM.isoformat()
    typed = {
        "kind": "nonconformity",
        "severity": "major",
        "reference": "NC-7",
        "occurred_on": day,
        "discovered_on": day,
        "description": "表面划伤。",
        "quantity": "20",
    }
    answer = ours.post(url("record_deviation", row.pk), typed)
    deviation = Deviation.objects.get()
    assert answer.url == url("deviation", deviation.pk)
    closing = making.closure_content(disposition="scrapped", quantity_out="20")
    assert ours.post(url("propose_closure", deviation.pk), closing).url == answer.url
    closure = DeviationClosure.objects.get()
    page = theirs.post(url("answer_closure", closure.pk), {"verdict": "return"}).content.decode()
    assert "Say why the closure is returned." in page
    theirs.post(url("answer_closure", closure.pk), {"verdict": "return", "reason": "影响分析不足"})
    assert "影响分析不足" in text(ours, url("propose_closure", deviation.pk))
    ours.post(url("propose_closure", deviation.pk), closing | {"effect": "其余产品逐件复检合格。"})
    theirs.post(url("answer_closure", DeviationClosure.objects.latest("id").pk), {"verdict": "accept"})
    page = text(theirs, url("deviation", deviation.pk))
    assert "closed" in page
    assert "其余产品逐件复检合格。" in text(theirs, url("lot", row.pk))


@pytest.mark.parametrize(
    ("released", "marketed", "words"),
    [
        (False, False, "A critical deviation puts the lot on hold"),
        (True, False, "hold in the contractor&#x27;s name"),
        (True, True, "hold in the registrant&#x27;s name"),
    ],
)
def test_the_page_says_before_whether_a_deviation_puts_the_lot_on_hold(
    w: build.World, row: Lot, released: bool, marketed: bool, words: str
) -> None:
    if released:
        build.released(w, row)
    if marketed:
        build.marketed(w, row)
    client = signed_in(w.contractor.user("quality_manager"))
    assert words in " ".join(text(client, url("record_deviation", row.pk)).split())


def test_the_hold_of_an_open_deviation_is_refused_lifting_on_its_page(w: build.World, row: Lot) -> None:
    build.released(w, row)
    making.deviation(w, row, reference="PC-LATE")
    client = signed_in(w.contractor.user("quality_manager"))
    page = client.post(url("lift_lot_hold", LotHold.objects.get().pk), {"reason": "已处理"}).content.decode()
    assert "Deviation PC-LATE is not closed" in page


def test_steps_show_why_they_can_no_longer_change(w: build.World, row: Lot) -> None:
    making.step(w, row)
    client = signed_in(w.user("production_planner"))
    assert url("record_step", row.pk) in text(client, url("lot", row.pk))
    build.released(w, row)
    page = text(client, url("lot", row.pk))
    assert url("record_step", row.pk) not in page
    assert "A production decision stands on these steps" in page


@translation.override("en")
def test_many_deviations_and_steps_share_a_few_lanes_of_the_time_line(w: build.World, row: Lot) -> None:
    for n in range(MOST_LANES + 2):
        making.deviation(w, row, discovered_on=build.MADE_FROM + (n % 2) * DAY)
        making.step(w, row, name=f"工序{n}")
    later = making.closed(w, build.lot(w))
    facts = load_lot_facts([row])[row.pk]
    shown = making_of(row, facts.deviations, {})
    lanes = shown.lanes()
    assert [lane.label for lane in lanes].count("Deviations") == MOST_LANES
    assert sum(len(lane.spans) for lane in lanes if lane.label == "Deviations") == MOST_LANES + 2
    (steps,) = (lane for lane in lanes if lane.label == "Process steps")
    assert len(steps.spans) == 1, "steps of one day share a span"
    closed = making_of(later.lot, load_lot_facts([later.lot])[later.lot_id].deviations, {}).lanes()
    assert closed[0].spans[0].ends_on == TODAY


# ── planned production ───────────────────────────────────────────────────────────────────────────────────────────────


def test_planned_production_is_listed_filtered_exported_and_taken_back(w: build.World) -> None:
    soon, later = making.plan(w, note="近期批"), making.plan(w, 40, note="远期批")
    client = signed_in(w.user("production_planner"))

    def shown(**asked: Any) -> set[str]:
        table = text(client, url("planned"), **asked).partition("<table")[2]
        return {note for note in ("近期批", "远期批") if note in table}

    assert shown() == {"近期批", "远期批"}
    assert shown(q="近期") == {"近期批"}
    assert shown(last=(TODAY + 10 * DAY).isoformat()) == {"近期批"}
    assert shown(first=(TODAY + 20 * DAY).isoformat()) == {"远期批"}
    assert shown(party=w.registrant.pk) == {"近期批", "远期批"}
    assert shown(state="over") == set()
    assert client.post(url("end_planned_production", soon.pk), {"reason": "改期"}).status_code == 302
    assert shown(state="standing") == {"远期批"}
    assert shown(state="ended") == {"近期批"}
    sheet = client.get(url("planned"), {"export": "csv"}).content.decode()
    assert "no longer planned" in sheet
    assert later.note in sheet
    stranger = signed_in(make.organisation().user())
    assert "远期批" not in text(stranger, url("planned"))
    assert stranger.get(url("end_planned_production", later.pk)).status_code == 404


def test_planning_through_its_pages_keeps_what_was_typed_and_shows_what_to_look_at(w: build.World) -> None:
    client = signed_in(w.user("production_planner"))
    assert client.post(url("plan_production"), {"entrustment": w.entrustment.pk}).status_code == 302
    address = f"{url('plan_production')}?entrustment={w.entrustment.pk}"
    typed = {"starts_on": (TODAY - DAY).isoformat(), "ends_on": TODAY.isoformat(), "note": "两批"}
    page = client.post(address, typed).content.decode()
    assert "lies in the past" in page
    assert 'value="两批"' in page
    for _n in range(2):
        assert client.post(address, {**typed, "starts_on": TODAY.isoformat()}).url == url("planned")
    page = text(signed_in(w.user("viewer", "registrant")), url("planned"))
    assert "Overlaps the plan of the same entrustment" in page
    assert "Take back" not in page


# ── the inbox ────────────────────────────────────────────────────────────────────────────────────────────────────────


def waiting_on(user: User) -> list[tuple[str, str]]:
    fresh = User.objects.get(pk=user.pk)
    with translation.override("en"):
        found = duties.waiting_on(scope_of(fresh, TODAY), TODAY)
        return [(duty.kind, str(duty.title)) for duty in found if "deviation" in str(duty.title)]


def test_open_deviations_wait_for_the_contractor_and_proposed_closures_for_the_registrant(
    w: build.World, row: Lot
) -> None:
    ours, theirs = w.contractor.user("quality_manager"), w.registrant.user("quality_manager")
    deviation = making.deviation(w, row)
    propose = [(Kind.ANSWER, "Propose to close a deviation")]
    assert (waiting_on(ours), waiting_on(theirs)) == (propose, [])
    closure = making.closure(w, deviation)
    assert (waiting_on(ours), waiting_on(theirs)) == ([], [(Kind.REVIEW, "Answer the proposed closure of a deviation")])
    by = w.registrant.actor("quality_manager")
    actions.answer_closure(closure=closure, accepted=False, reason="补充原因", by=by, at=build.AT)
    assert (waiting_on(ours), waiting_on(theirs)) == (propose, [])
    making.accepted(w, making.closure(w, deviation))
    assert (waiting_on(ours), waiting_on(theirs)) == ([], [])


def test_a_deviation_of_a_released_lot_waits_as_well(w: build.World, row: Lot) -> None:
    build.released(w, row)
    build.marketed(w, row)
    making.deviation(w, row)
    assert len(waiting_on(w.contractor.user("quality_manager"))) == 1


# ── cost ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _cost(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def _more(w: build.World, row: Lot, number: int) -> None:
    """Further steps, observations and deviations as plain rows, because only their number matters here."""
    step = making.step(w, row, name=f"工序{number}")
    seen = making.observation(w, row, step=step, text=f"第{number}次")
    first = making.deviation(w, row)
    closure = making.closure(w, first)
    for one in (step, seen, first, closure):
        model = type(one)
        columns = {f.attname: getattr(one, f.attname) for f in model._meta.concrete_fields if not f.primary_key}
        key = (
            "reference"
            if model is Deviation
            else "name"
            if model is LotStep
            else "cause"
            if model is DeviationClosure
            else "text"
        )
        model.objects.bulk_create(model(**{**columns, key: f"{number}-{n}"}) for n in range(number - 1))


def test_the_page_of_a_lot_costs_the_same_for_2_and_40_rows(w: build.World, row: Lot, untracked: None) -> None:
    making.posting(w)
    client = signed_in(w.user("viewer", "registrant"))
    costs = []
    for number in (2, 40):
        _more(w, row, number)
        costs.append(_cost(client, url("lot", row.pk)))
    assert costs[0] == costs[1], costs


def test_the_list_of_plans_costs_the_same_for_2_and_40_rows(w: build.World, untracked: None) -> None:
    client = signed_in(w.user("production_planner"))
    costs = []
    for number in (2, 40):
        one = making.plan(w)
        columns = {f.attname: getattr(one, f.attname) for f in one._meta.concrete_fields if not f.primary_key}
        PlannedProduction.objects.bulk_create(PlannedProduction(**columns) for _n in range(number - 1))
        costs.append(_cost(client, url("planned")))
    assert costs[0] == costs[1], costs


def test_the_inbox_costs_the_same_for_2_and_40_deviations(w: build.World, row: Lot) -> None:
    user = w.contractor.user("quality_manager")
    costs = []
    for number in (2, 40):
        for _n in range(number):
            making.deviation(w, row)
        scope = scope_of(User.objects.get(pk=user.pk), TODAY)
        with CaptureQueriesContext(connection) as captured:
            found = duties.waiting_on(scope, TODAY)
        costs.append(len(captured))
    assert len([duty for duty in found if duty.kind == Kind.ANSWER]) == 42
    assert costs[0] == costs[1], costs
