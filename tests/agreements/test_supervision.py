"""Postings, presence, policy and suppliers: state, trail entry, refusal codes and permission of every act."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements import actions
from agreements.actions import presence
from agreements.facts.supervision import SupervisionFacts, load_supervision
from agreements.models import PairPolicy, Posting, PresenceEntry, SupplierApproval
from agreements.rules.coverage import coverage_gaps, presence_at
from cmo.errors import Refused
from cmo.evidence.facts import files_of
from cmo.trail.models import Entry
from tests import make
from tests.agreements import build
from tests.agreements import build_supervision as on_site
from tests.agreements.build import AT, TODAY, C, R

pytestmark = pytest.mark.django_db
moment = on_site.moment
DAY = timedelta(days=1)
LATER = AT + 10 * DAY


@pytest.fixture
def world() -> build.World:
    built = build.world()
    build.concluded(built, [built.entrust()])
    return built


@pytest.fixture
def posting(world: build.World) -> Posting:
    return on_site.posted(world.relation, world.site)


def codes(call: Any) -> list[str]:
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value.codes


def last_entry() -> Entry:
    return Entry.objects.order_by("-id")[0]


def facts_of(world: build.World) -> SupervisionFacts:
    return load_supervision([world.pair.pk])[world.pair.pk]


# ---- postings


def test_a_posting_freezes_the_duties_of_the_agreement_in_force(world: build.World, posting: Posting) -> None:
    assert "派驻人员在现场指导和监督" in posting.duties_zh
    assert "guides and supervises" in posting.duties_en
    assert posting.revision.agreement.pair_id == world.pair.pk
    entry = last_entry()
    assert (entry.verb, entry.content["data"]["revision"]) == ("posting.made", posting.revision_id)


def test_without_an_agreement_that_states_the_duties_nobody_is_posted() -> None:
    built = build.world()
    built.entrust()
    assert codes(lambda: on_site.posted(built.relation, built.site)) == ["posting_without_duties"]


def test_under_an_agreement_on_paper_its_words_on_the_duties_are_quoted() -> None:
    built = build.world()
    revision = build.paper(built, [built.entrust()])
    for side in (R, C):
        build.confirm_paper(built, revision, side)
    assert codes(lambda: on_site.posted(built.relation, built.site)) == ["posting_duties_on_paper"]
    only_chinese = {"duties_zh": "每日到场监督关键工序。", "duties_en": " "}
    assert codes(lambda: on_site.posted(built.relation, built.site, **only_chinese)) == ["posting_duties_on_paper"]
    quoted = only_chinese | {"duties_en": "Supervises the key processes on site every day."}
    row = on_site.posted(built.relation, built.site, **quoted)
    assert (row.revision, row.duties_zh, row.duties_en) == (revision, quoted["duties_zh"], quoted["duties_en"])


def test_a_clause_signed_here_is_never_replaced_by_a_quotation(world: build.World) -> None:
    row = on_site.posted(world.relation, world.site, duties_zh="自拟", duties_en="Our own")
    assert "自拟" not in row.duties_zh


def test_an_agreement_that_waits_for_a_signature_states_no_duties() -> None:
    built = build.world()
    revision = build.offered(built, [built.entrust()])
    build.sign(built, revision, R)
    assert codes(lambda: on_site.posted(built.relation, built.site)) == ["posting_without_duties"]


def test_at_another_site_of_the_contractor_the_agreement_states_nothing(world: build.World) -> None:
    other = make.site(world.relation.contractor, name_zh="二厂")
    assert codes(lambda: on_site.posted(world.relation, other)) == ["posting_without_duties"]


def test_only_a_resident_supervisor_of_the_registrant_is_posted(world: build.World) -> None:
    stranger = world.relation.registrant.user("viewer", R)
    assert codes(lambda: on_site.posted(world.relation, world.site, person=stranger)) == ["not_a_resident_supervisor"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ends_on": TODAY - DAY}, ["posting_backwards"]),
        ({"trained_on": TODAY + DAY}, ["proof_of_posting_in_future"]),
        ({"appointed_on": TODAY + DAY}, ["proof_of_posting_in_future"]),
    ],
)
def test_a_posting_with_impossible_days_is_refused(world: build.World, changes: dict, expected: list[str]) -> None:
    assert codes(lambda: on_site.posted(world.relation, world.site, **changes)) == expected


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ({}, []),
        ({"starts_on": TODAY - DAY}, ["posting_recorded_late"]),
        ({"starts_on": date(2026, 5, 7)}, ["qualified_only_later", "posting_recorded_late"]),
        ({"ends_on": date(2028, 6, 1)}, ["posting_beyond_cover"]),
        ({"ends_on": date(2028, 5, 31)}, []),
    ],
)
def test_what_to_look_at_is_kept_with_the_posting(world: build.World, changes: dict, warning: list[str]) -> None:
    on_site.posted(world.relation, world.site, **changes)
    assert last_entry().content["data"]["warnings"] == warning


@pytest.mark.parametrize("name", ["experience", "training_reference", "appointment_reference"])
def test_a_posting_names_experience_training_and_appointment(world: build.World, name: str) -> None:
    with pytest.raises(ValidationError) as error:
        on_site.posted(world.relation, world.site, **{name: ""})
    assert list(error.value.error_dict) == [name]


def test_the_same_person_is_not_posted_twice_at_the_same_site(world: build.World, posting: Posting) -> None:
    again = {"starts_on": posting.ends_on, "ends_on": posting.ends_on + DAY}
    assert codes(lambda: on_site.posted(world.relation, world.site, **again)) == ["posted_there_already"]
    again["starts_on"] += DAY
    on_site.posted(world.relation, world.site, **again)


def test_a_posting_elsewhere_at_the_same_time_is_pointed_out(world: build.World, posting: Posting) -> None:
    other = build.world(make.pair(world.relation.registrant, make.organisation(sides=(C,), posts=("signatory",))))
    build.concluded(other, [other.entrust()])
    on_site.posted(other.relation, other.site, person=on_site.resident(world.relation))
    assert last_entry().content["data"]["warnings"] == ["posted_elsewhere"]


def test_a_deputy_stands_in_for_another_person_at_the_same_site(world: build.World, posting: Posting) -> None:
    second = on_site.resident(world.relation, 1)
    deputy = on_site.posted(world.relation, world.site, person=second, deputy_for=posting)
    assert deputy.deputy_for == posting
    own = {"starts_on": posting.ends_on + DAY, "ends_on": posting.ends_on + 9 * DAY, "deputy_for": posting}
    assert "deputy_does_not_fit" in codes(lambda: on_site.posted(world.relation, world.site, **own))


def test_quality_and_the_management_representative_post_nobody_else_does(world: build.World) -> None:
    person = on_site.resident(world.relation)
    for by in (world.by(C), world.by(R, "viewer")):
        with pytest.raises(PermissionDenied):
            actions.make_posting(
                pair=world.pair, site=world.site, person=person, content=on_site.posting_content(), by=by, at=AT
            )


def test_the_appointment_letter_is_kept_as_evidence(world: build.World) -> None:
    row = actions.make_posting(
        pair=world.pair,
        site=world.site,
        person=on_site.resident(world.relation),
        content=on_site.posting_content(),
        upload=build.upload("letter.txt", "任命书"),
        by=world.by(),
        at=AT,
    )
    (files,) = files_of([row]).values()
    assert [(file.kind, file.title) for file in files] == [("appointment_letter", "RM-2026-07")]


def end(world: build.World, posting: Posting, last_day: date, reason: str = "调岗", **more: Any) -> Any:
    given = {"by": world.by(), "at": LATER, **more}
    return actions.end_posting(posting=posting, last_day=last_day, reason=reason, **given)


def test_an_early_end_shortens_the_posting(world: build.World, posting: Posting) -> None:
    end(world, posting, TODAY + 3 * DAY)
    assert [fact.ends_on for fact in facts_of(world).postings] == [TODAY + 3 * DAY]
    assert (last_entry().verb, last_entry().content["data"]["last_day"]) == ("posting.ended", "2026-06-04")
    assert "posting_ended_already" in codes(lambda: end(world, posting, TODAY))


@pytest.mark.parametrize(
    ("last_day", "reason", "expected"),
    [
        (TODAY - DAY, "调岗", ["posting_end_outside", "presence_after_end"]),
        (TODAY, "调岗", ["presence_after_end"]),
        (TODAY + DAY, " ", ["reason_needed"]),
        (date(2027, 6, 1), "调岗", ["posting_end_outside"]),
    ],
)
def test_an_early_end_that_cannot_be_is_refused(
    world: build.World, posting: Posting, last_day: date, reason: str, expected: list[str]
) -> None:
    on_site.stay(posting, TODAY + DAY)
    assert codes(lambda: end(world, posting, last_day, reason)) == expected


def test_only_the_registrant_ends_a_posting(world: build.World, posting: Posting) -> None:
    with pytest.raises(PermissionDenied):
        end(world, posting, TODAY, by=world.by(C))


# ---- presence


def test_a_stay_is_made_of_a_check_in_and_a_check_out(world: build.World, posting: Posting) -> None:
    on_site.stay(posting, TODAY + DAY)
    (span,) = facts_of(world).presence
    assert (span.starts_at, span.ends_at, span.qualified) == (moment(TODAY + DAY, 8), moment(TODAY + DAY, 18), True)
    entry = last_entry()
    assert (entry.verb, entry.content["data"]["kind"]) == ("presence.recorded", "out")
    assert PresenceEntry.objects.first().recorded_by_name == posting.person_name


def test_who_has_not_checked_out_is_still_there(world: build.World, posting: Posting) -> None:
    on_site.entered(posting, "in", moment(TODAY + DAY, 8))
    assert [span.ends_at for span in facts_of(world).presence] == [None]


def test_nobody_checks_in_for_somebody_else(world: build.World, posting: Posting) -> None:
    second = on_site.resident(world.relation, 1)
    other = on_site.posted(world.relation, world.site, person=second)
    for by in (on_site.by_posted(other, AT), world.by(), world.by(C)):
        with pytest.raises(PermissionDenied):
            on_site.entered(posting, "in", AT, by=by)
    assert not PresenceEntry.objects.exists()


def test_after_the_post_ended_nobody_checks_in(world: build.World, posting: Posting) -> None:
    by = on_site.by_posted(posting, AT)
    make.dismissed(on_site.resident(world.relation))
    with pytest.raises(PermissionDenied):
        on_site.entered(posting, "in", AT, by=by)


@pytest.mark.parametrize(
    ("done", "kind", "hour", "expected"),
    [
        pytest.param([], "in", 9.1, ["presence_in_future"], id="later than now"),
        pytest.param([], "in", -1, ["presence_outside_posting"], id="the day before the posting"),
        pytest.param([], "out", 8, ["not_checked_in"], id="out without in"),
        pytest.param([("in", 7)], "in", 8, ["checked_in_already"], id="in twice"),
        pytest.param([("in", 6), ("out", 8)], "in", 7, ["checked_in_already"], id="in within a stay"),
        pytest.param([("in", 6), ("out", 7)], "out", 8, ["not_checked_in"], id="out twice"),
        pytest.param([("in", 6), ("out", 8)], "out", 7, ["checked_out_already"], id="out within a stay"),
    ],
)
def test_entries_that_make_no_stay_are_refused(
    posting: Posting, done: list, kind: str, hour: float, expected: list[str]
) -> None:
    for one, at_hour in done:
        on_site.entered(posting, one, moment(TODAY, at_hour), at=AT)
    assert codes(lambda: on_site.entered(posting, kind, moment(TODAY, hour), at=AT)) == expected


def test_a_stay_forgotten_before_a_later_one_can_still_be_recorded(world: build.World, posting: Posting) -> None:
    on_site.stay(posting, TODAY + 2 * DAY)
    on_site.stay(posting, TODAY + DAY, at=LATER)
    assert [span.starts_at for span in facts_of(world).presence] == [
        moment(TODAY + DAY, 8),
        moment(TODAY + 2 * DAY, 8),
    ]


@pytest.mark.parametrize(("hours", "warnings"), [(24, []), (24.1, ["presence_recorded_late"])])
def test_what_is_stated_more_than_a_day_late_is_marked(posting: Posting, hours: float, warnings: list) -> None:
    event_at = moment(TODAY, 8)
    on_site.entered(posting, "in", event_at, at=event_at + timedelta(hours=hours))
    assert last_entry().content["data"]["warnings"] == warnings


@pytest.mark.parametrize(("hours", "warnings"), [(24, []), (24.1, ["stay_is_long"])])
def test_a_stay_of_more_than_a_day_is_marked(posting: Posting, hours: float, warnings: list) -> None:
    begun = moment(TODAY, 8)
    on_site.entered(posting, "in", begun)
    on_site.entered(posting, "out", begun + timedelta(hours=hours))
    assert last_entry().content["data"]["warnings"] == warnings


def test_nobody_is_on_two_sites_at_once(world: build.World, posting: Posting) -> None:
    other = build.world(make.pair(world.relation.registrant, make.organisation(sides=(C,), posts=("signatory",))))
    build.concluded(other, [other.entrust()])
    elsewhere = on_site.posted(other.relation, other.site, person=on_site.resident(world.relation))
    on_site.entered(posting, "in", moment(TODAY + DAY, 8))
    assert codes(lambda: on_site.entered(elsewhere, "in", moment(TODAY + DAY, 9))) == ["checked_in_elsewhere"]
    on_site.entered(posting, "out", moment(TODAY + DAY, 10))
    on_site.entered(elsewhere, "in", moment(TODAY + DAY, 11))


# ---- presence from files


def imported(posting: Posting, kind: str, event_at: datetime, by: Any, **given: Any) -> PresenceEntry:
    return actions.import_presence(posting=posting, kind=kind, event_at=event_at, by=by, **{"at": AT} | given)


def test_quality_states_the_presence_of_somebody_posted_from_a_record_and_it_says_so(
    world: build.World, posting: Posting
) -> None:
    by = world.by()
    entry = imported(posting, "in", moment(TODAY, 8), by, rests_on=" 门禁记录2026-05 ")
    assert (entry.source, entry.reason, entry.recorded_by_id) == ("file", "门禁记录2026-05", by.user_id)
    told = last_entry()
    assert (told.verb, told.content["reason"], told.actor_name) == ("presence.stated_for", "门禁记录2026-05", by.name)
    named = {"person": posting.person_id, "person_name": posting.person_name, "posting": posting.pk}
    assert named.items() <= told.content["data"].items()
    imported(posting, "out", moment(TODAY, 8.5), by, rests_on="门禁记录2026-05")
    (span,) = facts_of(world).presence
    assert (span.person, span.starts_at, span.qualified) == (posting.person_name, moment(TODAY, 8), True)


def test_an_own_entry_from_a_file_needs_no_record_and_stays_ones_own(posting: Posting) -> None:
    entry = imported(posting, "in", moment(TODAY, 8), on_site.by_posted(posting, AT))
    assert (entry.source, entry.reason, last_entry().verb) == ("file", "", "presence.recorded")
    assert "person" not in last_entry().content["data"]


@pytest.mark.parametrize("rests_on", ["", "  "])
def test_an_entry_for_somebody_else_names_the_record_it_was_taken_from(
    world: build.World, posting: Posting, rests_on: str
) -> None:
    refused = codes(lambda: imported(posting, "out", moment(TODAY, 9.1), world.by(), rests_on=rests_on))
    assert refused == ["presence_rests_on_nothing", "presence_in_future", "not_checked_in"]
    assert not PresenceEntry.objects.exists()


@pytest.mark.parametrize(
    ("kind", "hour", "expected"),
    [
        pytest.param("in", 9.1, "presence_in_future", id="later than now"),
        pytest.param("in", -0.1, "presence_outside_posting", id="before the posting"),
        pytest.param("in", 8, "checked_in_already", id="within a stay of one's own"),
    ],
)
def test_an_entry_for_somebody_else_is_judged_as_their_own(
    world: build.World, posting: Posting, kind: str, hour: float, expected: str
) -> None:
    on_site.entered(posting, "in", moment(TODAY, 7), at=AT)
    assert expected in codes(lambda: imported(posting, kind, moment(TODAY, hour), world.by(), rests_on="签到表3"))


def test_nobody_but_the_registrants_quality_states_the_presence_of_others(world: build.World, posting: Posting) -> None:
    other = on_site.posted(world.relation, world.site, person=on_site.resident(world.relation, 1))
    stranger = make.organisation(sides=(R,)).actor("quality_manager", R)
    for by in (world.by(C), on_site.by_posted(other, AT), stranger):
        with pytest.raises(PermissionDenied):
            imported(posting, "in", moment(TODAY, 8), by, rests_on="门禁记录2026-05")
    assert not PresenceEntry.objects.exists()


def test_what_was_permitted_for_one_person_opens_nothing_for_another(world: build.World, posting: Posting) -> None:
    own = on_site.by_posted(posting, AT)
    other = on_site.posted(world.relation, world.site, person=on_site.resident(world.relation, 1))
    ground = presence.ground_for_presence(pair=world.pair, person_id=own.user_id, by=own, at=AT)
    with pytest.raises(PermissionDenied):
        imported(other, "in", moment(TODAY, 8), own, ground=ground, rests_on="门禁记录2026-05")
    with pytest.raises(PermissionDenied):
        imported(posting, "in", moment(TODAY, 8), world.by(C), ground=ground, rests_on="门禁记录2026-05")
    imported(posting, "in", moment(TODAY, 8), own, ground=ground)
    assert codes(lambda: imported(posting, "in", moment(TODAY, 8.5), own, ground=ground)) == ["checked_in_already"]


# ---- corrections


def correct(entry: PresenceEntry, **given: Any) -> PresenceEntry:
    content = {"reason": "登记时间有误", "at": LATER, **given}
    content.setdefault("by", on_site.by_posted(entry.posting, LATER))
    return actions.correct_presence(entry=entry, **content)


@pytest.fixture
def stay(posting: Posting) -> tuple[PresenceEntry, PresenceEntry]:
    on_site.stay(posting, TODAY + DAY)
    first, second = PresenceEntry.objects.order_by("id")
    return first, second


def test_a_correction_replaces_the_time_and_keeps_the_old_entry(world: build.World, stay: tuple) -> None:
    row = correct(stay[1], event_at=moment(TODAY + DAY, 20))
    assert [span.ends_at for span in facts_of(world).presence] == [moment(TODAY + DAY, 20)]
    assert (row.corrects, PresenceEntry.objects.count()) == (stay[1], 3)
    entry = last_entry()
    assert (entry.verb, entry.content["reason"]) == ("presence.corrected", "登记时间有误")
    before = load_supervision([world.pair.pk], known_at=LATER)[world.pair.pk]
    assert [span.ends_at for span in before.presence] == [moment(TODAY + DAY, 18)]


def test_a_stay_struck_out_counts_no_more(world: build.World, stay: tuple) -> None:
    correct(stay[1], void=True)
    assert [span.ends_at for span in facts_of(world).presence] == [None]
    correct(stay[0], void=True)
    assert facts_of(world).presence == ()


@pytest.mark.parametrize(
    ("number", "given", "expected"),
    [
        (0, {"event_at": moment(TODAY + DAY, 19)}, ["presence_out_of_order"]),
        (1, {"event_at": moment(TODAY + DAY, 7)}, ["presence_out_of_order"]),
        (1, {"event_at": LATER + DAY}, ["presence_in_future"]),
        (0, {"event_at": moment(TODAY - DAY, 8)}, ["presence_outside_posting"]),
        (0, {"event_at": moment(TODAY + DAY, 9), "reason": " "}, ["reason_needed"]),
        (0, {"void": True, "reason": ""}, ["reason_needed"]),
    ],
)
def test_corrections_that_cannot_be_are_refused(stay: tuple, number: int, given: dict, expected: list[str]) -> None:
    assert codes(lambda: correct(stay[number], **given)) == expected


def test_an_entry_is_corrected_once_then_its_correction_is(stay: tuple) -> None:
    row = correct(stay[0], event_at=moment(TODAY + DAY, 9))
    assert codes(lambda: correct(stay[0], event_at=moment(TODAY + DAY, 10))) == ["presence_corrected_already"]
    correct(row, event_at=moment(TODAY + DAY, 10))


def test_quality_of_the_registrant_corrects_too_but_no_other_resident_nor_the_contractor(
    world: build.World, stay: tuple
) -> None:
    on_site.resident(world.relation, 1)
    for by in (world.by(C), world.by(R, "resident_supervisor", nth=1), world.by(R, "viewer")):
        with pytest.raises(PermissionDenied):
            correct(stay[0], void=True, by=by)
    correct(stay[1], void=True, by=world.by())


# ---- coverage from what is on record


def test_presence_through_the_actions_covers_the_window_and_a_missed_day_is_the_gap(
    world: build.World, posting: Posting
) -> None:
    last = TODAY + 4 * DAY
    on_site.present(posting, TODAY, last, skip=[TODAY + 2 * DAY])
    facts = facts_of(world)
    assert [gap.day for gap in coverage_gaps(TODAY, last, (), facts, world.site.pk, LATER)] == [TODAY + 2 * DAY]
    assert len(presence_at(facts, world.site.pk, LATER)) == 4


def test_supervised_builds_what_an_implantable_lot_needs(world: build.World) -> None:
    on_site.supervised(world.relation, world.site, TODAY, TODAY + 3 * DAY)
    assert coverage_gaps(TODAY, TODAY + 3 * DAY, (), facts_of(world), world.site.pk, LATER) == ()


# ---- policy


def test_a_policy_counts_from_its_day_and_the_latest_for_a_day_wins(world: build.World) -> None:
    on_site.policy(world.relation, effective_from=TODAY + DAY, minimum_minutes=240)
    on_site.policy(world.relation, effective_from=TODAY + DAY, production_days="steps_only")
    facts = facts_of(world)
    assert (facts.policy_on(TODAY).minimum_minutes, facts.policy_on(TODAY).production_days) == (1, "every_day")
    assert facts.policy_on(TODAY + DAY).production_days == "steps_only"
    assert (last_entry().verb, last_entry().content["reason"]) == ("pair.policy_set", "双方商定")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({"effective_from": TODAY - DAY}, ["policy_in_past"]), ({"reason": " "}, ["reason_needed"])],
)
def test_a_policy_is_never_backdated_nor_without_a_reason(world: build.World, changes: dict, expected: list) -> None:
    assert codes(lambda: on_site.policy(world.relation, **changes)) == expected


@pytest.mark.parametrize("minutes", [0, 24 * 60 + 1])
def test_a_policy_asks_for_minutes_that_a_day_has(world: build.World, minutes: int) -> None:
    with pytest.raises(ValidationError):
        on_site.policy(world.relation, minimum_minutes=minutes)
    assert not PairPolicy.objects.exists()


def test_only_the_registrants_quality_sets_the_policy(world: build.World) -> None:
    content = {
        "effective_from": TODAY,
        "production_days": "every_day",
        "minimum_minutes": 1,
        "overdue_blocks_after_days": 1,
    }
    for by in (world.by(C), world.by(R, "management_representative")):
        with pytest.raises(PermissionDenied):
            actions.set_pair_policy(pair=world.pair, **content, reason="x", by=by, at=AT)


# ---- suppliers


def test_an_approved_supplier_counts_for_its_term(world: build.World) -> None:
    on_site.supplier(world.relation)
    (fact,) = facts_of(world).suppliers
    assert (fact.scope, fact.first_day, fact.last_day) == ("sterilisation", date(2026, 5, 15), date(2028, 5, 14))
    assert [fact.approved_on(day) for day in (date(2026, 5, 14), date(2026, 5, 15), date(2028, 5, 15))] == [
        False,
        True,
        False,
    ]
    assert last_entry().verb == "supplier.approved"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"audited_on": TODAY + DAY, "approved_from": TODAY + DAY}, ["supplier_audited_in_future"]),
        ({"approved_from": date(2026, 5, 9)}, ["supplier_approved_before_audit", "supplier_recorded_late"]),
        ({"approved_until": date(2026, 5, 14)}, ["supplier_term_backwards", "supplier_recorded_late"]),
    ],
)
def test_a_supplier_is_audited_before_it_is_approved(world: build.World, changes: dict, expected: list) -> None:
    assert codes(lambda: on_site.supplier(world.relation, **changes)) == expected


def test_an_approval_without_acceptance_criteria_is_refused(world: build.World) -> None:
    with pytest.raises(ValidationError) as error:
        on_site.supplier(world.relation, acceptance_criteria="")
    assert list(error.value.error_dict) == ["acceptance_criteria"]


def take_back(
    world: build.World, row: SupplierApproval, last_day: date, reason: str = "审核不合格", **more: Any
) -> Any:
    given = {"by": world.by(), "at": AT, **more}
    return actions.end_supplier_approval(approval=row, last_day=last_day, reason=reason, **given)


def test_an_approval_taken_back_with_yesterday_as_last_day_no_longer_counts_today(world: build.World) -> None:
    row = on_site.supplier(world.relation)
    take_back(world, row, TODAY - DAY)
    assert [fact.approved_on(TODAY) for fact in facts_of(world).suppliers] == [False]
    assert (last_entry().verb, last_entry().content["data"]["last_day"]) == ("supplier.approval_ended", "2026-05-31")
    assert "supplier_ended_already" in codes(lambda: take_back(world, row, TODAY - DAY))


@pytest.mark.parametrize(
    ("last_day", "reason", "expected"),
    [
        (TODAY - 2 * DAY, "x", ["supplier_end_outside"]),
        (date(2028, 5, 15), "x", ["supplier_end_outside"]),
        (TODAY, "", ["reason_needed"]),
    ],
)
def test_an_approval_is_taken_back_within_its_term_with_a_reason(
    world: build.World, last_day: date, reason: str, expected: list
) -> None:
    row = on_site.supplier(world.relation)
    assert codes(lambda: take_back(world, row, last_day, reason)) == expected


def test_only_the_registrants_quality_approves_and_takes_back(world: build.World) -> None:
    row = on_site.supplier(world.relation)
    for by in (world.by(C), world.by(R, "viewer")):
        with pytest.raises(PermissionDenied):
            actions.approve_supplier(pair=world.pair, content=on_site.supplier_content(), by=by, at=AT)
        with pytest.raises(PermissionDenied):
            take_back(world, row, TODAY, by=by)


# ---- loading


def test_every_pair_asked_for_is_a_key_and_two_queries_load_them_all(world: build.World, posting: Posting) -> None:
    other = make.pair()
    on_site.present(posting, TODAY, TODAY + 2 * DAY)
    on_site.policy(world.relation)
    on_site.supplier(world.relation)
    with CaptureQueriesContext(connection) as few:
        found = load_supervision([world.pair.pk, other.pair.pk])
    assert found[other.pair.pk] == SupervisionFacts()
    assert (len(found[world.pair.pk].presence), len(few)) == (3, 2)
    assert load_supervision([]) == {}


def test_what_was_not_on_record_yet_is_not_known(world: build.World, posting: Posting) -> None:
    on_site.stay(posting, TODAY + DAY)
    known = load_supervision([world.pair.pk], known_at=moment(TODAY + DAY, 12))[world.pair.pk]
    assert ([span.ends_at for span in known.presence], len(known.postings)) == ([None], 1)
    assert load_supervision([world.pair.pk], known_at=datetime(2026, 5, 1, tzinfo=make.SHANGHAI)) == {
        world.pair.pk: SupervisionFacts()
    }
