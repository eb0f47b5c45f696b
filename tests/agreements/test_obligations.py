"""Obligations of an agreement: when they are due, where each occurrence stands, and recording that one was done."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from agreements import actions, duties
from agreements.facts.obligations import ObligationFact, ObligationFacts, Performed, load_obligations
from agreements.models import AgreementRevision, DraftObligation, ObligationRecord
from agreements.rules.obligations import (
    MONTHS,
    blockers_to_record_obligation,
    due_days,
    next_open,
    occurrences,
)
from cmo import clock
from cmo.errors import Refused
from cmo.evidence.facts import files_of
from cmo.parties.access import scope_of
from cmo.trail.models import Entry
from tests.agreements import build
from tests.agreements.build import AT, TODAY, C, R

UNTIL = date(2028, 5, 31)
DONE = Performed(1, date(2026, 6, 20), "QA-1", "甲某", AT)


def obligation(**changes: Any) -> ObligationFact:
    values: dict[str, Any] = {
        "key": "trend",
        "position": 1,
        "clause": "quality_meetings",
        "what_zh": "提交趋势分析报告",
        "what_en": "Submit the trend report",
        "side": C,
        "frequency": "monthly",
        "days_allowed": 0,
        "proof_zh": "趋势分析报告",
        "proof_en": "trend report",
        "since": date(2026, 1, 31),
    }
    return ObligationFact(**values | changes)


def facts(*rows: ObligationFact, **changes: Any) -> ObligationFacts:
    values: dict[str, Any] = {
        "agreement_id": 1,
        "agreement_number": "QA",
        "pair_id": 1,
        "revision_number": 1,
        "in_force": True,
        "until": date(2026, 6, 30),
        "obligations": rows or (obligation(),),
    }
    return ObligationFacts(**values | changes)


@pytest.mark.parametrize(
    ("since", "frequency", "allowed", "until", "expected"),
    [
        ("2026-01-31", "monthly", 0, "2026-05-31", ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
        ("2026-01-31", "monthly", 0, "2026-05-30", ["2026-02-28", "2026-03-31", "2026-04-30"]),
        ("2026-01-29", "monthly", 10, "2026-04-01", ["2026-03-10"]),
        ("2028-01-29", "monthly", 0, "2028-03-29", ["2028-02-29", "2028-03-29"]),
        ("2026-11-30", "quarterly", 15, "2027-09-30", ["2027-03-15", "2027-06-14", "2027-09-14"]),
        ("2026-08-31", "half_yearly", 0, "2027-08-31", ["2027-02-28", "2027-08-31"]),
        ("2024-02-29", "yearly", 0, "2028-02-29", ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]),
        ("2026-06-01", "yearly", 0, "2027-05-31", []),
        ("2026-06-01", "once", 30, "2026-07-01", ["2026-07-01"]),
        ("2026-06-01", "once", 30, "2026-06-30", []),
        ("2026-06-01", "once", 0, "2026-06-01", ["2026-06-01"]),
    ],
)
def test_due_days_lie_whole_periods_after_the_first_day(
    since: str, frequency: str, allowed: int, until: str, expected: list[str]
) -> None:
    found = due_days(date.fromisoformat(since), frequency, allowed, date.fromisoformat(until))
    assert [day.isoformat() for day in found] == expected


@given(
    since=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    frequency=st.sampled_from(sorted(MONTHS)),
    allowed=st.integers(0, 366),
    length=st.integers(0, 2000),
)
def test_due_days_only_grow_and_never_pass_the_end(since: date, frequency: str, allowed: int, length: int) -> None:
    until = since + timedelta(days=length)
    found = list(due_days(since, frequency, allowed, until))
    assert found == sorted(set(found))
    assert all(since < day <= until for day in found)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-02-13", "coming"),
        ("2026-02-14", "due"),
        ("2026-02-28", "due"),
        ("2026-03-01", "overdue"),
    ],
)
def test_an_occurrence_is_coming_then_due_then_overdue(on: str, expected: str) -> None:
    first = occurrences(facts(), obligation(), date.fromisoformat(on))[0]
    assert (first.due_on, first.state) == (date(2026, 2, 28), expected)


def test_what_was_recorded_is_done_and_stays_when_the_series_moved() -> None:
    moved = date(2026, 2, 15)
    given_facts = facts(performed={("trend", date(2026, 2, 28)): DONE, ("trend", moved): DONE, ("other", moved): DONE})
    found = occurrences(given_facts, obligation(), date(2026, 4, 1))
    assert [(each.due_on, each.state) for each in found][:3] == [
        (moved, "done"),
        (date(2026, 2, 28), "done"),
        (date(2026, 3, 31), "overdue"),
    ]
    following = next_open(found)
    assert following is not None
    assert following.due_on == date(2026, 3, 31)


GOOD: dict[str, Any] = {
    "key": "trend",
    "due_on": date(2026, 2, 28),
    "done_on": date(2026, 2, 27),
    "reference": "QS-2026-02",
    "side": C,
    "today": date(2026, 3, 2),
}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"done_on": date(2026, 3, 2)}, []),
        ({"done_on": date(2026, 3, 3)}, ["event_in_future"]),
        ({"key": "another"}, ["obligation_not_agreed"]),
        ({"due_on": date(2026, 2, 27)}, ["obligation_not_agreed"]),
        ({"due_on": date(2026, 7, 31)}, ["obligation_not_agreed"]),
        ({"due_on": date(2026, 5, 31)}, ["obligation_recorded"]),
        ({"reference": "  "}, ["obligation_reference_needed"]),
        ({"side": R}, ["obligation_of_other_side"]),
        (
            {"side": R, "due_on": date(2026, 1, 1), "done_on": date(2027, 1, 1), "reference": ""},
            ["obligation_of_other_side", "obligation_not_agreed", "event_in_future", "obligation_reference_needed"],
        ),
    ],
)
def test_recording_is_refused_with_every_reason(changes: dict[str, Any], codes: list[str]) -> None:
    known = facts(performed={("trend", date(2026, 5, 31)): DONE})
    assert [f.code for f in blockers_to_record_obligation(known, **GOOD | changes)] == codes


def test_nothing_can_be_recorded_under_an_agreement_that_nobody_concluded() -> None:
    assert [f.code for f in blockers_to_record_obligation(None, **GOOD)] == ["obligation_not_agreed"]


# ── with the database ──


@pytest.fixture
def built(db: None, settings: Any, tmp_path: Any) -> build.World:
    settings.MEDIA_ROOT = str(tmp_path)
    return build.world()


def with_obligations(built: build.World, *rows: dict[str, Any], **terms: Any) -> AgreementRevision:
    """A concluded revision whose text has exactly these obligations."""
    agreement = build.agreement(built, [built.entrust()], **terms)
    agree_on(agreement.draft, *rows)
    revision = actions.offer_for_signature(agreement=agreement, by=built.by(), at=AT)
    for side in (R, C):
        build.sign(built, revision, side)
    return revision


def agree_on(draft: Any, *rows: dict[str, Any]) -> None:
    """Replace the draft's obligations."""
    draft.obligations.all().delete()
    for n, row in enumerate(rows or ({},), 1):
        values = {
            "key": "trend",
            "position": n,
            "clause_key": draft.clauses.order_by("position")[0].key,
            "what_zh": "提交趋势分析报告",
            "what_en": "Submit the trend report",
            "side": C,
            "frequency": "monthly",
            "days_allowed": 0,
            "proof_zh": "趋势分析报告",
            "proof_en": "trend report",
        }
        DraftObligation.objects.create(draft=draft, edited_by_name="甲某", edited_at=AT, **values | row)


def set_terms(built: build.World, draft: Any, *, starts_on: date, ends_on: date) -> None:
    """Another term for what the draft covers."""
    draft.refresh_from_db()
    actions.set_draft_terms(
        draft=draft,
        seen_edition=draft.edition,
        starts_on=starts_on,
        ends_on=ends_on,
        entrustments=[row.entrustment for row in draft.coverage.all()],
        by=built.by(),
        at=AT,
    )


def perform(built: build.World, revision: AgreementRevision, due_on: date, **changes: Any) -> ObligationRecord:
    values: dict[str, Any] = {"done_on": TODAY, "reference": "QS-2026-07", "by": built.by(C), "at": build.at(40)}
    return actions.record_obligation(agreement=revision.agreement, key="trend", due_on=due_on, **values | changes)


FROM_JUNE = {"starts_on": date(2026, 6, 1), "ends_on": date(2026, 12, 31)}


def load(revision: AgreementRevision, on: date) -> ObligationFacts:
    return load_obligations([revision.agreement_id], on)[revision.agreement_id]


def test_a_performance_is_recorded_once_with_its_file_and_trail(built: build.World) -> None:
    revision = with_obligations(built, **FROM_JUNE)
    day = load(revision, TODAY).obligations[0]
    due_on = next(due_days(day.since, day.frequency, 0, UNTIL))
    row = perform(built, revision, due_on, upload=build.upload("trend.txt", "趋势"), note="附图三张")
    assert (row.done_on, row.reference, row.note) == (TODAY, "QS-2026-07", "附图三张")
    assert row.registrant_id == built.pair.registrant_id
    (files,) = files_of([row]).values()
    assert [file.kind for file in files] == ["obligation_record"]
    entry = Entry.objects.get(verb="obligation.recorded")
    assert entry.stream == built.pair.stream
    found = occurrences(load(revision, TODAY), day, TODAY)
    assert found[0].state == "done"
    with pytest.raises(Refused) as refusal:
        perform(built, revision, due_on)
    assert refusal.value.codes == ["obligation_recorded"]


def test_only_quality_of_the_obliged_side_records(built: build.World) -> None:
    revision = with_obligations(built, **FROM_JUNE)
    due_on = occurrences(load(revision, TODAY), load(revision, TODAY).obligations[0], TODAY)[0].due_on
    with pytest.raises(Refused) as refusal:
        perform(built, revision, due_on, by=built.by(R))
    assert refusal.value.codes == ["obligation_of_other_side"]
    with pytest.raises(PermissionDenied):
        perform(built, revision, due_on, by=built.by(C, "viewer"))
    assert not ObligationRecord.objects.exists()


def test_a_later_revision_with_the_same_key_continues_the_series(built: build.World) -> None:
    first = with_obligations(built, {}, {"key": "meeting", "side": R, "frequency": "quarterly"}, **FROM_JUNE)
    since = load(first, TODAY).obligations[0].since
    later = date(2026, 8, 15)
    set_terms(built, first.agreement.draft, starts_on=later, ends_on=date(2027, 5, 31))
    agree_on(first.agreement.draft, {}, {"key": "meeting", "side": R, "frequency": "monthly"})
    second = actions.offer_for_signature(agreement=first.agreement, by=built.by(), at=AT)
    for side in (R, C):
        build.sign(built, second, side)
    on = date(2026, 9, 1)
    trend, meeting = load(second, on).obligations
    assert trend.since == since
    assert meeting.since == later  # another frequency begins another series
    assert load(second, on).revision_number == second.number
    assert load(second, TODAY).revision_number == first.number


def test_due_days_end_with_the_cover(built: build.World) -> None:
    revision = with_obligations(built, **{**FROM_JUNE, "ends_on": date(2026, 9, 30)})
    known = load(revision, TODAY)
    assert known.until <= date(2026, 9, 30)
    assert max(each.due_on for each in occurrences(known, known.obligations[0], TODAY)) <= known.until
    assert not load(revision, date(2026, 10, 1)).in_force


def test_the_number_of_queries_does_not_depend_on_the_number_of_agreements(built: build.World) -> None:
    revisions = [with_obligations(built, **FROM_JUNE)]
    few = build.queries(lambda: load_obligations([r.agreement_id for r in revisions], TODAY))
    for _n in range(3):
        agreement = build.agreement(built, [revisions[0].coverage.get().entrustment], **FROM_JUNE)
        agree_on(agreement.draft)
        revisions.append(actions.offer_for_signature(agreement=agreement, by=built.by(), at=AT))
        for side in (R, C):
            build.sign(built, revisions[-1], side)
    assert build.queries(lambda: load_obligations([r.agreement_id for r in revisions], TODAY)) == few


def client_of(built: build.World, side: str, role: str = "quality_manager", language: str = "en") -> Client:
    firm = built.relation.registrant if side == R else built.relation.contractor
    client = Client(headers={"accept-language": language})
    client.force_login(firm.user(role, side))
    return client


@pytest.mark.parametrize(
    ("language", "word", "what"),
    [("en", "Obligations", "Submit the trend report"), ("zh-hans", "应履行事项", "提交趋势分析报告")],
)
def test_the_page_shows_what_is_due_in_both_languages(
    built: build.World, language: str, word: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: build.at(40))
    revision = with_obligations(built, **FROM_JUNE)
    page = client_of(built, C, language=language).get(reverse("agreements:obligations", args=[revision.agreement_id]))
    text = page.content.decode()
    assert word in text
    assert what in text
    assert reverse("agreements:record_obligation", args=[revision.agreement_id, "trend"]) in text


def test_the_form_records_and_the_other_side_sees_why_it_cannot(
    built: build.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: build.at(40))
    on = clock.today()
    revision = with_obligations(built, **FROM_JUNE)
    known = load(revision, on)
    due_on = occurrences(known, known.obligations[0], on)[0].due_on
    url = reverse("agreements:record_obligation", args=[revision.agreement_id, "trend"])
    answer = client_of(built, C).post(url, {"due_on": due_on, "done_on": on, "reference": "QS-1"})
    assert answer.status_code == 302
    row = ObligationRecord.objects.get()
    page = client_of(built, R).get(reverse("agreements:obligation_record", args=[row.pk]))
    assert "QS-1" in page.content.decode()
    assert client_of(built, R, "viewer").get(url).status_code == 403
    refused = client_of(built, R).post(url, {"due_on": due_on + timedelta(days=31), "done_on": on, "reference": "QS-2"})
    assert refused.status_code == 200
    assert ObligationRecord.objects.count() == 1
    assert client_of(built, C).get(url.replace("trend", "nothing")).status_code == 404


def test_the_inbox_asks_the_obliged_side_alone(built: build.World) -> None:
    revision = with_obligations(built, **FROM_JUNE)
    known = load(revision, TODAY)
    due_on = occurrences(known, known.obligations[0], TODAY)[0].due_on

    def asked(side: str, on: date, role: str = "quality_manager") -> list[Any]:
        firm = built.relation.registrant if side == R else built.relation.contractor
        found = duties.waiting_on(scope_of(firm.user(role, side), on), on)
        return [duty for duty in found if revision.agreement.number in duty.about and duty.kind == "report"]

    def ahead(side: str) -> list[Any]:
        firm = built.relation.registrant if side == R else built.relation.contractor
        found = duties.coming_up(scope_of(firm.user("quality_manager", side), TODAY), TODAY, due_on)
        return [duty for duty in found if revision.agreement.number in duty.about and duty.kind == "report"]

    before = due_on - timedelta(days=15)
    assert [d.due_on for d in ahead(C)] == [due_on]
    assert ahead(R) == []
    assert asked(C, before) == []
    assert [(d.due_on, d.tone) for d in asked(C, due_on)] == [(due_on, "pending")]
    assert [(d.due_on, d.tone) for d in asked(C, due_on + timedelta(days=1))] == [(due_on, "bad")]
    assert asked(R, due_on) == []
    assert asked(C, due_on, "viewer") == []
    perform(built, revision, due_on, done_on=TODAY)
    assert [d.due_on for d in asked(C, due_on + timedelta(days=1))] == []
