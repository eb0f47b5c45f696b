"""Importing lists: every row through the same actions, first tried and undone, then for good, and never twice."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django_tasks_db.models import DBTaskResult
from openpyxl import Workbook

from agreements.models import PresenceEntry
from cmo.clock import SHANGHAI
from cmo.errors import Refused
from cmo.parties.models import SiteVersion, User
from cmo.trail.models import Entry
from cmo.web.export import csv_lines, xlsx_bytes
from releases import actions, tasks
from releases.actions import import_rows, making
from releases.actions.lots import ground_to_register
from releases.importing.columns import COLUMNS
from releases.importing.sheets import record_lines
from releases.models import ImportRun, Lot, LotStep, PlannedProduction
from tests import make
from tests.agreements import build_supervision as supervision
from tests.releases import build

pytestmark = pytest.mark.django_db
LOTS, PLANNED, STEPS, PRESENCE = ImportRun.Kind.values


@pytest.fixture
def w() -> build.World:
    return build.world()


def lot_row(w: build.World, number: str, **changes: Any) -> dict[str, Any]:
    """The cells of a lot that nothing stands against."""
    return {
        "entrustment": w.entrustment.number,
        "number": number,
        "model": "PS-6-40",
        "produced_from": build.MADE_FROM,
        "produced_to": build.MADE_TO,
        "quantity": 1000,
        "unit": "件",
        "expires_on": date(2029, 5, 1),
        "label_version": w.label.version,
        "ifu_version": w.ifu.version,
        "taken_over_note": "",
    } | changes


def table(kind: str, rows: Sequence[dict[str, Any]], language: str = "zh") -> list[list[Any]]:
    columns = [column for column in COLUMNS[kind] if any(column.key in row for row in rows)]
    return [[getattr(c, language) for c in columns], *([row.get(c.key, "") for c in columns] for row in rows)]


def xlsx(kind: str, rows: Sequence[dict[str, Any]], language: str = "zh") -> SimpleUploadedFile:
    book = Workbook()
    for line in table(kind, rows, language):
        book.active.append(line)
    content = io.BytesIO()
    book.save(content)
    return SimpleUploadedFile(f"{kind}.xlsx", content.getvalue())


def csv(kind: str, rows: Sequence[dict[str, Any]], language: str = "en", encoding: str = "utf-8") -> SimpleUploadedFile:
    lines = [",".join(f'"{cell}"' for cell in line) for line in table(kind, rows, language)]
    return SimpleUploadedFile(f"{kind}.csv", "\r\n".join(lines).encode(encoding))


def by_of(w: build.World) -> Any:
    return w.contractor.actor("production_planner")


def tried(w: build.World, kind: str, upload: Any, by: Any = None) -> ImportRun:
    """A dry run worked through by the queue."""
    run = actions.try_import(pair=w.pair, kind=kind, upload=upload, by=by or by_of(w), at=build.AT)
    return worked(run)


def imported(w: build.World, kind: str, upload: Any, by: Any = None) -> ImportRun:
    """As :func:`tried`, then for good."""
    trial = tried(w, kind, upload, by)
    return worked(actions.begin_import(tried=trial, by=by or by_of(w), at=build.AT))


def worked(run: ImportRun, at: datetime = build.AT) -> ImportRun:
    with time_machine.travel(at, tick=False):
        tasks.run_import.call(run.pk)
    run.refresh_from_db()
    return run


def states(run: ImportRun) -> list[str]:
    return [row["state"] for row in run.report]


def codes(run: ImportRun) -> list[list[str]]:
    return [[error["code"] for error in row.get("errors", [])] for row in run.report]


def test_a_dry_run_writes_nothing_and_says_what_would_come_of_every_row(w: build.World) -> None:
    entries = Entry.objects.count()
    run = tried(w, LOTS, xlsx(LOTS, [lot_row(w, "A-1"), lot_row(w, "A-2", quantity=0), lot_row(w, "A-3", unit="")]))
    assert (run.state, run.done, run.total) == ("done", 3, 3)
    assert states(run) == ["new", "wrong", "wrong"]
    assert codes(run) == [[], ["quantity_missing"], ["missing"]]
    assert "G4" in run.report[2]["errors"][0]["en"]
    assert Lot.objects.count() == 0
    assert list(Entry.objects.order_by("id")[entries:].values_list("verb", flat=True)) == ["import.tried"]
    assert DBTaskResult.objects.count() == 1


def test_an_import_writes_the_good_rows_with_their_trail_and_lists_the_wrong_ones(w: build.World) -> None:
    rows = [lot_row(w, "A-1"), lot_row(w, "A-2", model="none"), lot_row(w, "A-3")]
    run = imported(w, LOTS, xlsx(LOTS, rows))
    assert states(run) == ["new", "wrong", "new"]
    assert sorted(Lot.objects.values_list("number", flat=True)) == ["A-1", "A-3"]
    lot = Lot.objects.get(number="A-1")
    assert (lot.label_version, lot.quantity, lot.recorded_by_id) == (w.label, 1000, by_of(w).user_id)
    verbs = list(Entry.objects.of_stream(w.pair.stream).order_by("-seq").values_list("verb", flat=True)[:5])
    assert verbs == ["import.finished", "lot.registered", "lot.registered", "import.begun", "import.tried"]
    finished = Entry.objects.get(verb="import.finished")
    assert '"new":2' in finished.payload
    assert '"wrong":1' in finished.payload


def test_rows_on_record_are_the_same_and_other_values_are_wrong_with_the_difference(w: build.World) -> None:
    build.lot(w, number="A-1")
    rows = [lot_row(w, "A-1"), lot_row(w, "A-1", quantity=7), lot_row(w, "A-2"), lot_row(w, "A-2", unit="盒")]
    run = tried(w, LOTS, csv(LOTS, rows))
    assert states(run) == ["same", "wrong", "new", "wrong"]
    assert codes(run) == [[], ["lot_differs"], [], ["twice_in_file"]]
    assert run.report[1]["changes"] == [{"column": "quantity", "old": "1000", "new": "7"}]
    assert run.report[3]["changes"] == [{"column": "unit", "old": "件", "new": "盒"}]


def test_the_refusal_of_an_action_stands_at_its_row_in_both_languages(w: build.World) -> None:
    early = {"produced_from": date(2020, 1, 1), "produced_to": date(2020, 1, 2)}
    run = tried(w, LOTS, xlsx(LOTS, [lot_row(w, "A-1", **early), lot_row(w, "A-2", entrustment="WT-0")]))
    assert "entrustment_not_active" in codes(run)[0]
    assert all(error["zh"] and error["en"] for row in run.report for error in row["errors"])
    assert codes(run)[1] == ["entrustment_unknown"]


def test_a_lot_in_progress_at_go_live_is_taken_over_with_its_reason(w: build.World) -> None:
    before = {"produced_from": date(2026, 1, 5), "produced_to": build.MADE_TO}
    run = imported(w, LOTS, xlsx(LOTS, [lot_row(w, "A-1", **before, taken_over_note="批记录 BR-7")]))
    assert states(run) == ["new"], run.report
    assert Lot.objects.get().taken_over
    assert states(tried(w, LOTS, xlsx(LOTS, [lot_row(w, "A-1", **before, taken_over_note="批记录 BR-7")]))) == ["same"]


@pytest.mark.parametrize(
    "upload",
    [
        lambda rows: csv(LOTS, rows),
        lambda rows: csv(LOTS, rows, "zh", "utf-8-sig"),
        lambda rows: csv(LOTS, rows, "zh", "gb18030"),
        lambda rows: xlsx(LOTS, rows, "en"),
    ],
    ids=["utf-8", "utf-8 with mark", "gb18030", "english xlsx"],
)
def test_encodings_and_both_languages_of_the_heading_are_understood(w: build.World, upload: Any) -> None:
    assert states(tried(w, LOTS, upload([lot_row(w, "批-1"), lot_row(w, "批-2")]))) == ["new", "new"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_usual_delimiter_is_found(w: build.World, delimiter: str) -> None:
    lines = [delimiter.join(str(cell) for cell in line) for line in table(LOTS, [lot_row(w, "A-1")], "en")]
    upload = SimpleUploadedFile("lots.csv", "\n".join(lines).encode())
    assert states(tried(w, LOTS, upload)) == ["new"]


def test_what_was_exported_comes_back_unchanged(w: build.World) -> None:
    build.lot(w, number="A-1")
    build.lot(w, number="=2+2", expires_on=None, label_version=None)
    with translation.override("en"):
        lines = list(record_lines(w.pair, LOTS))
    text = "".join(csv_lines(lines)).encode()
    assert states(tried(w, LOTS, SimpleUploadedFile("lots.csv", text))) == ["same", "same"]
    run = tried(w, LOTS, SimpleUploadedFile("lots.xlsx", xlsx_bytes(lines[:2], "lots")))
    assert states(run) == ["same"]


def test_an_import_is_begun_once_and_only_after_a_fresh_dry_run_with_rows(w: build.World) -> None:
    waiting = actions.try_import(
        pair=w.pair, kind=LOTS, upload=xlsx(LOTS, [lot_row(w, "A-1")]), by=by_of(w), at=build.AT
    )
    begin = {"by": by_of(w), "at": build.AT}
    assert (
        refusals(lambda: actions.begin_import(tried=waiting, **begin)) == ["dry_run_not_done", "nothing_to_import"][:1]
    )
    run = worked(waiting)
    late = {"by": by_of(w), "at": build.AT + timedelta(hours=25)}
    assert refusals(lambda: actions.begin_import(tried=run, **late)) == ["dry_run_too_old"]
    actions.begin_import(tried=run, **begin)
    assert refusals(lambda: actions.begin_import(tried=run, **begin)) == ["begun_already"]
    wrong = tried(w, LOTS, xlsx(LOTS, [lot_row(w, "A-2", model="none")]))
    assert refusals(lambda: actions.begin_import(tried=wrong, **begin)) == ["nothing_to_import"]


def refusals(call: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.codes


def test_only_makers_try_lots_and_plans_and_steps(w: build.World) -> None:
    for kind in (LOTS, PLANNED, STEPS):
        for actor in (w.registrant.actor("quality_manager"), w.contractor.actor("viewer")):
            with pytest.raises(PermissionDenied):
                actions.try_import(
                    pair=w.pair, kind=kind, upload=xlsx(LOTS, [lot_row(w, "A-1")]), by=actor, at=build.AT
                )


def test_the_worker_judges_the_person_again(w: build.World) -> None:
    person = make.person()
    make.post(w.contractor, "production_planner", user=person)
    by = w.contractor.actor("production_planner", nth=1)
    trial = tried(w, LOTS, xlsx(LOTS, [lot_row(w, "A-1")]), by)
    run = actions.begin_import(tried=trial, by=by, at=build.AT)
    make.dismissed(person)
    run = worked(run)
    assert (run.state, run.done, Lot.objects.count()) == ("failed", 0, 0)
    assert run.problem_zh
    assert "post" in run.problem_en


def test_a_row_that_became_wrong_since_the_dry_run_is_skipped_and_listed(w: build.World) -> None:
    trial = tried(w, LOTS, xlsx(LOTS, [lot_row(w, "A-1"), lot_row(w, "A-2")]))
    build.lot(w, number="A-1", quantity=5)
    run = worked(actions.begin_import(tried=trial, by=by_of(w), at=build.AT))
    assert states(run) == ["wrong", "new"]
    assert codes(run)[0] == ["lot_differs"]


def test_a_run_without_a_sign_of_life_is_stopped_and_goes_on_behind_its_last_row(
    w: build.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_rows, "CHUNK", 2)
    trial = tried(w, LOTS, xlsx(LOTS, [lot_row(w, f"A-{n}") for n in range(5)]))
    run = actions.begin_import(tried=trial, by=by_of(w), at=build.AT)
    first = import_rows.take_up(run_id=run.pk, at=build.AT)
    assert first is not None
    assert import_rows.work_on(work=first, at=build.AT)
    run.refresh_from_db()
    later = build.AT + timedelta(minutes=10)
    assert (run.state, run.done, run.stopped(build.AT), run.stopped(later)) == ("running", 2, False, True)
    assert import_rows.take_up(run_id=run.pk, at=build.AT) is None
    assert refusals(lambda: actions.continue_import(run=run, by=by_of(w), at=build.AT)) == ["not_stopped"]
    other = w.contractor.actor("quality_manager")
    assert refusals(lambda: actions.continue_import(run=run, by=other, at=later)) == ["not_your_import"]
    run = worked(actions.continue_import(run=run, by=by_of(w), at=later), later)
    assert (run.state, states(run), Lot.objects.count()) == ("done", ["new"] * 5, 5)
    assert not import_rows.work_on(work=first, at=later)
    assert Lot.objects.count() == 5


def step_row(w: build.World, lot: Lot, **changes: Any) -> dict[str, Any]:
    began = datetime(build.MADE_FROM.year, build.MADE_FROM.month, build.MADE_FROM.day, 8, 30)
    return {
        "entrustment": w.entrustment.number,
        "number": lot.number,
        "name": "封口",
        "kind": "关键工序",
        "starts_at": began,
        "ends_at": began + timedelta(hours=2),
        "performed_by": "",
        "reason": "",
    } | changes


def test_steps_are_recorded_and_corrected_only_with_a_reason(w: build.World) -> None:
    lot = build.lot(w)
    run = imported(w, STEPS, xlsx(STEPS, [step_row(w, lot), step_row(w, lot, number="none")]))
    assert states(run) == ["new", "wrong"], run.report
    step = LotStep.objects.get()
    assert step.starts_at.astimezone(SHANGHAI).hour == 8
    assert states(tried(w, STEPS, xlsx(STEPS, [step_row(w, lot)]))) == ["same"]
    longer = {"ends_at": step.ends_at.astimezone(SHANGHAI).replace(tzinfo=None) + timedelta(minutes=30)}
    refused = tried(w, STEPS, xlsx(STEPS, [step_row(w, lot, **longer)]))
    assert (states(refused), codes(refused)) == (["wrong"], [["reason_missing"]])
    done = imported(w, STEPS, xlsx(STEPS, [step_row(w, lot, **longer, reason="抄录错误")]))
    assert states(done) == ["changed"], done.report
    assert done.report[0]["changes"][0]["column"] == "ends_at"
    assert LotStep.objects.get(corrects=step).reason == "抄录错误"


def test_planned_production_is_imported_and_known_again(w: build.World) -> None:
    first = build.AT.date() + timedelta(days=5)
    row = {
        "entrustment": w.entrustment.number,
        "starts_on": first,
        "ends_on": first + timedelta(days=3),
        "note": "两批",
    }
    run = imported(w, PLANNED, xlsx(PLANNED, [row, row | {"starts_on": date(2020, 1, 1)}]))
    assert states(run) == ["new", "wrong"], run.report
    assert PlannedProduction.objects.get().note == "两批"
    again = tried(w, PLANNED, xlsx(PLANNED, [row, row | {"note": "三批"}]))
    assert (states(again), codes(again)[1]) == (["same", "wrong"], ["plan_differs"])


def presence_row(posting: Any, site: str, kind: str, at: datetime) -> dict[str, Any]:
    return {"person": posting.person_name, "site": site, "kind": kind, "event_at": at.replace(tzinfo=None)}


def test_a_resident_supervisor_imports_their_own_presence_and_nobody_elses(
    w: build.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_rows, "CHUNK", 1)
    posting = supervision.posted(w.relation, w.site)
    colleague = supervision.posted(w.relation, w.site, person=supervision.resident(w.relation, 2))
    site = SiteVersion.objects.get(site=w.site).name_zh
    begun = supervision.moment(posting.starts_on, 1)
    rows = [
        presence_row(posting, site, "到场", begun),
        presence_row(posting, site, "out", begun + timedelta(hours=2)),
        presence_row(posting, site, "out", begun + timedelta(hours=3)),
        presence_row(colleague, site, "in", begun),
        presence_row(posting, "别处", "in", begun),
    ]
    by = supervision.by_posted(posting, build.AT)
    run = imported(w, PRESENCE, xlsx(PRESENCE, rows), by)
    assert states(run) == ["new", "new", "wrong", "wrong", "wrong"], run.report
    assert codes(run)[2:] == [["not_checked_in"], ["presence_of_another"], ["posting_unknown"]]
    entries = PresenceEntry.objects.filter(posting=posting).order_by("event_at")
    assert [(entry.kind, entry.source) for entry in entries] == [("in", "file"), ("out", "file")]
    assert states(tried(w, PRESENCE, xlsx(PRESENCE, rows[:2]), by)) == ["same", "same"]
    with pytest.raises(PermissionDenied):
        tried(w, PRESENCE, xlsx(PRESENCE, rows), by_of(w))


def test_of_two_people_of_one_name_each_imports_their_own_presence_and_nobody_guesses(w: build.World) -> None:
    people = [supervision.resident(w.relation, nth) for nth in (0, 2)]
    for person in people:
        User.objects.filter(pk=person.pk).update(printed_name="张伟")
    postings = [supervision.posted(w.relation, w.site, person=User.objects.get(pk=one.pk)) for one in people]
    assert {posting.person_name for posting in postings} == {"张伟"}
    site = SiteVersion.objects.get(site=w.site).name_zh
    rows = [presence_row(postings[0], site, "in", supervision.moment(postings[0].starts_on, 1))]
    for posting in postings:
        imported(w, PRESENCE, xlsx(PRESENCE, rows), supervision.by_posted(posting, build.AT))
        assert PresenceEntry.objects.filter(posting=posting).count() == 1
    rows = [
        presence_row(postings[0], site, "in", supervision.moment(postings[0].starts_on, 0.5)) | {"rests_on": "门禁"}
    ]
    run = tried(w, PRESENCE, xlsx(PRESENCE, rows), w.registrant.actor("quality_manager"))
    assert codes(run) == [["posting_of_namesakes"]]


def test_quality_imports_the_presence_of_everybody_posted_with_its_record(w: build.World) -> None:
    posting = supervision.posted(w.relation, w.site)
    colleague = supervision.posted(w.relation, w.site, person=supervision.resident(w.relation, 2))
    site = SiteVersion.objects.get(site=w.site).name_zh
    begun = supervision.moment(posting.starts_on, 1)
    record = {"rests_on": "门禁记录2026-05"}
    rows = [
        presence_row(posting, site, "in", begun) | record,
        presence_row(colleague, site, "in", begun) | record,
        presence_row(posting, site, "out", begun + timedelta(hours=2)),
        presence_row(posting, site, "in", begun + timedelta(hours=1)) | record,
        presence_row(colleague, site, "out", begun + timedelta(hours=2)) | record,
        presence_row(posting, site, "in", begun + timedelta(days=1)) | record,
        presence_row(posting, site, "in", begun - timedelta(days=1)) | record,
    ]
    by = w.registrant.actor("quality_manager")
    run = imported(w, PRESENCE, xlsx(PRESENCE, rows), by)
    assert states(run) == ["new", "new", "wrong", "wrong", "new", "wrong", "wrong"], run.report
    assert codes(run)[2:4] == [["presence_rests_on_nothing"], ["checked_in_already"]]
    assert codes(run)[5] == ["presence_in_future", "checked_in_already"]
    assert codes(run)[6] == ["posting_unknown"]
    kept = PresenceEntry.objects.filter(source="file").order_by("id")
    stated = ("门禁记录2026-05", by.user_id)
    assert list(kept.values_list("posting", "kind", "reason", "recorded_by_id")) == [
        (posting.pk, "in", *stated),
        (colleague.pk, "in", *stated),
        (colleague.pk, "out", *stated),
    ]
    assert Entry.objects.filter(verb="presence.stated_for").count() == 3
    exported = SimpleUploadedFile("list.csv", "".join(csv_lines(record_lines(w.pair, PRESENCE))).encode())
    assert set(states(tried(w, PRESENCE, exported, by))) == {"same"}
    for other in (w.contractor.actor("quality_manager"), w.registrant.actor("market_releaser")):
        with pytest.raises(PermissionDenied):
            tried(w, PRESENCE, xlsx(PRESENCE, rows), other)


@pytest.mark.parametrize("kind", [STEPS, PLANNED, PRESENCE])
def test_every_list_that_was_exported_comes_back_unchanged(w: build.World, kind: str) -> None:
    by: Any = None
    if kind == PRESENCE:
        posting = supervision.posted(w.relation, w.site)
        supervision.stay(posting, posting.starts_on, (1, 2), at=build.AT)
        by = supervision.by_posted(posting, build.AT)
    elif kind == STEPS:
        imported(w, STEPS, xlsx(STEPS, [step_row(w, build.lot(w))]))
    else:
        day = build.AT.date() + timedelta(days=5)
        row = {"entrustment": w.entrustment.number, "starts_on": day, "ends_on": day, "note": "-两批"}
        imported(w, PLANNED, xlsx(PLANNED, [row]))
    for text in ("".join(csv_lines(record_lines(w.pair, kind))).encode(),):
        run = tried(w, kind, SimpleUploadedFile("list.csv", text), by)
        assert set(states(run)) == {"same"}, run.report
    book = xlsx_bytes(record_lines(w.pair, kind), "list")
    assert set(states(tried(w, kind, SimpleUploadedFile("list.xlsx", book), by))) == {"same"}


def test_what_new_lots_and_steps_are_judged_on_is_loaded_once_for_a_chunk(w: build.World) -> None:
    lots = [build.lot(w, number=f"S-{n}") for n in range(3)]
    rows = {
        LOTS: [lot_row(w, f"A-{n}") for n in range(30)],
        STEPS: [step_row(w, lots[n % 3], name=f"工序{n}") for n in range(30)],
    }
    for kind, listed in rows.items():
        costs = []
        for number in (3, 30):
            run = actions.try_import(
                pair=w.pair, kind=kind, upload=xlsx(kind, listed[:number]), by=by_of(w), at=build.AT
            )
            with CaptureQueriesContext(connection) as captured:
                worked(run)
            assert states(run) == ["new"] * number, run.report
            rests_on = [q["sql"] for q in captured.captured_queries if 'FROM "agreements_' in q["sql"]]
            costs.append((len(rests_on), len(captured)))
        assert costs[0][0] == costs[1][0] > 0
        assert costs[1][1] - costs[0][1] <= 27 * 13


def test_steps_of_one_chunk_are_judged_by_those_above_them(w: build.World) -> None:
    lot = build.lot(w)
    again = step_row(w, lot)
    corrected = again | {"ends_at": again["ends_at"] + timedelta(minutes=30), "reason": "抄录错误"}
    run = imported(w, STEPS, xlsx(STEPS, [again, again, again | {"name": "灭菌", "kind": "灭菌"}]))
    assert states(run) == ["new", "same", "new"], run.report
    both = [corrected, step_row(w, lot, name="贴标")]
    assert states(imported(w, STEPS, xlsx(STEPS, both))) == ["changed", "new"]
    assert LotStep.objects.filter(lot=lot, corrected_by__isnull=True).count() == 3


def test_what_one_person_may_rest_on_opens_nothing_to_another(w: build.World) -> None:
    """A ground that was permitted to somebody else, or for another lot, is never used."""
    lot, other = build.lot(w), build.lot(w, number="B-2")
    content = {"name": "封口", "kind": "key", "performed_by": ""}
    content |= {name: supervision.moment(build.MADE_FROM, hour) for name, hour in (("starts_at", 9), ("ends_at", 10))}
    grounds = making.grounds_for_steps(pair=w.pair, lots=[lot, other], by=by_of(w), at=build.AT)
    stranger = w.registrant.actor("market_releaser")
    with pytest.raises(PermissionDenied):
        actions.record_step(lot=lot, content=content, by=stranger, at=build.AT, ground=grounds[lot.pk])
    step = actions.record_step(lot=lot, content=content, by=by_of(w), at=build.AT, ground=grounds[other.pk])
    assert step.lot_id == lot.pk
    ground = ground_to_register(entrustment=w.entrustment, by=by_of(w), at=build.AT)
    asked = {"entrustment": w.entrustment, "content": build.lot_content(w, number="B-3"), "at": build.AT}
    with pytest.raises(PermissionDenied):
        actions.register_lot(**asked, by=stranger, ground=ground)
    assert actions.register_lot(**asked, by=by_of(w), ground=ground).number == "B-3"


def test_the_number_of_queries_of_a_chunk_of_known_rows_does_not_grow(w: build.World) -> None:
    counts = []
    for number in (2, 30):
        for n in range(number):
            if not Lot.objects.filter(number=f"A-{n}").exists():
                build.lot(w, number=f"A-{n}")
        upload = xlsx(LOTS, [lot_row(w, f"A-{n}") for n in range(number)])
        run = actions.try_import(pair=w.pair, kind=LOTS, upload=upload, by=by_of(w), at=build.AT)
        with CaptureQueriesContext(connection) as captured:
            worked(run)
        counts.append(len(captured))
    assert counts[0] == counts[1]
