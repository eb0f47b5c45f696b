"""An export from the wish to the mail: bound, made, recorded, the same again, stopped, refused, removed in time."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import OperationalError
from django_tasks_db.models import DBTaskResult

from cmo.dossier import actions, archive, exporting, facts, tasks
from cmo.dossier.actions import making
from cmo.dossier.listed import state_of
from cmo.dossier.models import LEASE, Export, ExportFile
from cmo.dossier.pinning import product_version
from cmo.dossier.scoping import WHOLE
from cmo.errors import Refused
from cmo.evidence import store
from cmo.evidence.actions import attach
from cmo.queue import repeated
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from tests import make
from tests.dossier import jobs, packing
from tests.dossier.jobs import LATER, TODAY, asked, by_of, made
from tests.dossier.packing import checked
from tests.dossier.test_export import attached
from tests.files import place_of
from tests.releases import build

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def w() -> build.World:
    return build.world()


def told(export: Export) -> list[dict[str, Any]]:
    """The entries about an export, in order."""
    rows = Entry.objects.filter(subject=f"dossier.export:{export.pk}").order_by("pk")
    return [row.content for row in rows]


def verbs(export: Export) -> list[str]:
    return [entry["verb"] for entry in told(export)]


def zipped(export: Export) -> bytes:
    file = archive.open_export(export)
    assert file is not None
    with file:
        return file.read()


def lying() -> list[str]:
    return sorted(name.removeprefix("exports/") for name in archive.lying())


def tasks_queued(name: str) -> list[DBTaskResult]:
    return list(DBTaskResult.objects.filter(task_path=f"cmo.dossier.tasks.{name}"))


def test_an_export_is_made_by_the_queue_and_says_what_it_is_bound_to(w):
    export = asked(w)
    assert (export.state, len(tasks_queued("run_export"))) == ("waiting", 1)
    export = made(export)
    head = Entry.objects.of_stream(w.pair.stream).last()
    assert (export.state, export.problem_en) == ("ready", "")
    assert (export.instant, export.seq, export.head) == (LATER, head.seq, head.hash)
    assert (export.product_version, export.attempt) == (product_version(), 1)
    assert export.expires_at == LATER + timedelta(days=7)
    assert export.done == export.total == len(export.contents) + 4
    assert {"key", "zh", "en", "count"} == set(export.contents[0])
    assert lying() == [f"{export.pk}-1.zip"]


def test_the_file_is_verified_by_its_own_program_and_its_documents_are_on_record(w, tmp_path):
    export = made(asked(w))
    data = zipped(export)
    (tmp_path / "one.zip").write_bytes(data)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        (tmp_path / "verify.py").write_bytes(parts.read("verify.py"))
    assert checked(tmp_path / "one.zip").returncode == 0
    assert len(data) == export.size
    files = {file.name: file for file in ExportFile.objects.filter(export=export)}
    assert files.keys() == {"dossier.pdf", "dossier.docx", "dossier.json"}
    manifest = {row["name"]: row for row in archive.manifest_of(export)["files"]}
    assert {name: (file.sha256, file.size) for name, file in files.items()} == {
        name: (manifest[name]["sha256"], manifest[name]["size"]) for name in files
    }


def test_asking_making_reading_and_taking_stand_on_the_stream_of_the_person(w):
    by = by_of(w)
    export = made(asked(w))
    actions.record_read(export=export, section="lots", by=by, at=LATER)
    actions.record_taken(export=export, name="dossier.pdf", by=by, at=LATER)
    assert verbs(export) == ["dossier.asked", "dossier.made", "dossier.read", "dossier.taken"]
    entries = told(export)
    assert {entry["stream"] for entry in entries} == {f"user:{by.user_id}"}
    assert entries[0]["data"]["pair_number"] == w.pair.number
    assert (entries[3]["data"]["sha256"], entries[3]["data"]["head"]) == (export.sha256, export.head)
    assert (entries[2]["data"]["section"], entries[3]["data"]["name"]) == ("lots", "dossier.pdf")
    assert verify().ok


def test_the_command_and_the_queue_make_the_same_bytes(w, tmp_path):
    export = made(asked(w, language="both"))
    path = tmp_path / "command.zip"
    call_command("export_dossier", w.pair.number, "--out", str(path), stdout=io.StringIO())
    assert path.read_bytes() == zipped(export)


def test_two_exports_of_one_pin_are_the_same_with_and_without_kept_sections(w, monkeypatch):
    yesterday = TODAY - timedelta(days=1)
    first = made(asked(w, as_of=yesterday))
    monkeypatch.setattr(exporting, "kept_section", exporting.formats.set_section)
    second = made(asked(w, as_of=yesterday, at=LATER + timedelta(minutes=5)), LATER + timedelta(minutes=5))
    assert first.pk != second.pk
    assert first.sha256 == second.sha256 != ""


def test_asked_again_after_a_stop_it_is_bound_to_the_same_moment(w, monkeypatch):
    expected = made(asked(w)).sha256
    export = asked(w)
    stopped_in(export, "archive", monkeypatch)
    written_later(w)
    later = LATER + LEASE + timedelta(seconds=1)
    assert export.stopped(later)
    assert actions.ask_again(export=export, by=by_of(w), at=later) == export
    export = made(export, later)
    assert (export.state, export.attempt, export.instant) == ("ready", 2, LATER)
    assert export.sha256 == expected
    assert verbs(export) == ["dossier.asked", "dossier.asked_again", "dossier.made"]


def written_later(w: build.World) -> None:
    """Something the pair records after the moment of the export."""
    by, later = w.contractor.actor("quality_manager"), LATER + timedelta(minutes=1)
    upload = SimpleUploadedFile("later.txt", b"written meanwhile")
    attach(w.pair, upload=upload, title="后补文件", event_on=TODAY, by=by, at=later)


def stopped_in(export: Export, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker goes as far as the beginning of a step, and no further."""

    class Gone(BaseException):
        pass

    def gone(self: exporting.Watch, key: str) -> None:
        reached(self, key)
        if key == step:
            raise Gone

    reached = exporting.Watch.step
    with monkeypatch.context() as patch:
        patch.setattr(exporting.Watch, "step", gone)
        with pytest.raises(Gone):
            made(export)
    export.refresh_from_db()
    assert (export.state, export.step) == ("running", step)


def test_asked_again_after_its_file_is_gone_it_is_a_new_export_of_the_same_pin(w):
    export = made(asked(w))
    written_later(w)
    over = export.expires_at
    again = made(actions.ask_again(export=export, by=by_of(w), at=over), over)
    assert again.pk != export.pk
    assert (again.sha256, again.instant) == (export.sha256, export.instant)
    export.refresh_from_db()
    assert export.removed_at == over


def test_cancelled_while_it_waits_nothing_is_made(w):
    export = asked(w)
    actions.cancel_export(export=export, by=by_of(w), at=LATER)
    export = made(export)
    assert (export.state, export.attempt, lying()) == ("cancelled", 0, [])
    assert verbs(export) == ["dossier.asked", "dossier.cancelled"]


@pytest.mark.parametrize("step", ["lots", "binding", "docx", "archive"])
def test_cancelled_while_it_is_made_the_worker_gives_up_and_leaves_nothing(w, monkeypatch, step):
    export = asked(w)

    def cancelled(self: exporting.Watch, key: str) -> None:
        if key == step:
            actions.cancel_export(export=export, by=by_of(w), at=LATER)
        reached(self, key)

    reached = exporting.Watch.step
    monkeypatch.setattr(exporting.Watch, "step", cancelled)
    export = made(export)
    assert (export.state, lying()) == ("cancelled", [])
    assert ExportFile.objects.filter(export=export).count() == 0
    assert verbs(export) == ["dossier.asked", "dossier.cancelled"]


def test_cancelled_at_the_last_moment_the_finished_file_goes_too(w, monkeypatch):
    export, write = asked(w), archive.write

    def late(*args: Any) -> Any:
        found = write(*args)
        actions.cancel_export(export=export, by=by_of(w), at=LATER)
        return found

    monkeypatch.setattr(archive, "write", late)
    export = made(export)
    assert (export.state, export.sha256, lying()) == ("cancelled", "", [])


def test_whoever_lost_their_post_gets_no_dossier(w):
    user = jobs.outsider(w)
    export = asked(w, jobs.held_by(user, w).actor)
    later = jobs.LATER + timedelta(days=40)
    with time_machine.travel(later, tick=False):
        tasks.run_export.call(export.pk)
    export.refresh_from_db()
    assert (export.state, lying()) == ("failed", [])
    assert "no longer allowed" in export.problem_en
    assert verbs(export) == ["dossier.asked", "dossier.failed"]


def test_a_dossier_beyond_the_limit_fails_with_what_to_do_in_both_languages(w, settings):
    settings.DOSSIER_LARGEST = 20_000
    export = made(asked(w))
    assert (export.state, lying()) == ("failed", [])
    assert "超过上限" in export.problem_zh
    assert "请缩小" in export.problem_zh
    assert "Limit the dossier to a period" in export.problem_en


def test_a_file_that_changes_while_it_is_packed_fails_and_leaves_nothing(w, monkeypatch):
    file = attached(w, "a.txt", b"whole at first")
    export = asked(w)

    def spoilt(self: exporting.Watch, key: str) -> None:
        if key == "archive":
            place_of(store.name_of(file.sha256)).unlink()
        reached(self, key)

    reached = exporting.Watch.step
    monkeypatch.setattr(exporting.Watch, "step", spoilt)
    export = made(export)
    assert (export.state, lying()) == ("failed", [])
    assert "stored file changed" in export.problem_en


def test_a_signing_key_that_cannot_be_used_fails_plainly(w, settings, tmp_path):
    settings.DOSSIER_SIGNING_KEY = str(tmp_path / "absent.p12")
    export = made(asked(w))
    assert export.state == "failed"
    assert "签名密钥" in export.problem_zh


def test_an_error_nobody_foresaw_fails_plainly_and_a_database_that_gives_up_leaves_it_to_be_asked_again(w, monkeypatch):
    export, lost = asked(w), asked(w)

    def broken(*_args: Any, **_more: Any) -> Any:
        raise ZeroDivisionError

    def away(*_args: Any, **_more: Any) -> Any:
        raise OperationalError

    monkeypatch.setattr(exporting, "packed", broken)
    export = made(export)
    assert export.state == "failed"
    assert "tell the administrator" in export.problem_en
    monkeypatch.setattr(exporting, "packed", away)
    with pytest.raises(OperationalError):
        made(lost)
    lost.refresh_from_db()
    assert lost.state == "running"
    assert lost.stopped(LATER + timedelta(minutes=3))


def test_signed_twice_the_bytes_below_the_signature_are_the_same(w, settings, tmp_path):
    settings.DOSSIER_SIGNING_PASSPHRASE = "a passphrase of the test"
    call_command("make_signing_key", "--out", str(tmp_path / "key.p12"), stdout=io.StringIO())
    settings.DOSSIER_SIGNING_KEY = str(tmp_path / "key.p12")
    first, second = (made(asked(w, as_of=TODAY - timedelta(days=1))) for _ in range(2))
    pdfs = [ExportFile.objects.get(export=export, name="dossier.pdf") for export in (first, second)]
    assert pdfs[0].unsigned_sha256 == pdfs[1].unsigned_sha256 != ""
    assert pdfs[0].unsigned_sha256 not in {pdf.sha256 for pdf in pdfs}


def test_the_mail_says_so_once_in_the_persons_language_and_its_task_retries(w, settings):
    export = asked(w)
    user = w.registrant.user("quality_manager", "registrant")
    type(user).objects.filter(pk=user.pk).update(language="en")
    made(export)
    assert [task.args_kwargs["args"] for task in tasks_queued("tell_ready")] == [[export.pk]]
    assert tasks.tell_ready.call(export.pk) == "sent"
    message = mail.outbox[0]
    assert message.to == [user.email]
    assert w.pair.number in message.subject
    assert "is ready" in message.body
    assert f"/dossier-exports/{export.pk}/" in message.body
    settings.EMAIL_BACKEND = "tests.dossier.jobs.NobodyTakesIt"
    assert tasks.tell_ready.call(export.pk) == "put off"
    assert [task.args_kwargs["args"] for task in tasks_queued("tell_ready")][-1] in ([export.pk], [export.pk, 1])
    assert len(tasks_queued("tell_ready")) == 2


def test_nobody_is_mailed_about_what_is_gone_or_no_longer_theirs(w):
    user = jobs.outsider(w)
    export = made(asked(w, jobs.held_by(user, w).actor))
    with time_machine.travel(LATER + timedelta(days=6), tick=False):
        assert tasks.tell_ready.call(export.pk) == "sent"
    with time_machine.travel(export.expires_at, tick=False):
        assert tasks.tell_ready.call(export.pk) == "nothing to tell"
    make.dismissed(user, at=LATER)
    assert tasks.tell_ready.call(export.pk) == "nothing to tell"


def test_the_file_is_removed_after_its_time_once_and_not_before(w, django_capture_on_commit_callbacks):
    export = made(asked(w))
    (task,) = tasks_queued("remove_expired_export")
    assert task.run_after == export.expires_at
    with time_machine.travel(export.expires_at - timedelta(seconds=1), tick=False):
        tasks.remove_expired_export.call(export.pk)
    assert lying() == [f"{export.pk}-1.zip"]
    with time_machine.travel(export.expires_at, tick=False), django_capture_on_commit_callbacks(execute=True):
        tasks.remove_expired_export.call(export.pk)
        tasks.remove_expired_export.call(export.pk)
    export.refresh_from_db()
    assert (export.removed_at, export.state, lying()) == (export.expires_at, "ready", [])
    assert verbs(export) == ["dossier.asked", "dossier.made", "dossier.expired"]
    assert archive.open_export(export) is None
    assert archive.dossier_data(export) == {}
    with pytest.raises(Refused) as refused:
        actions.record_taken(export=export, name="x", by=by_of(w), at=export.expires_at)
    assert refused.value.codes == ["dossier_file_gone"]


def test_sweeping_removes_what_is_over_and_leftovers_of_the_dead_and_leaves_the_living(w, monkeypatch):
    ready, running = made(asked(w)), asked(w)
    stopped_in(running, "docx", monkeypatch)
    folder = place_of(archive.FOLDER)
    for name in (f"{ready.pk}-7.zip", f".{ready.pk}-7.zip-x.part", f".{running.pk}-0.zip-x.part", "999-1.zip"):
        (folder / name).write_bytes(b"left behind")
    kept = [f".{running.pk}-1.zip-y.part", "README"]
    for name in kept:
        (folder / name).write_bytes(b"still needed")
    actions.sweep_exports(at=LATER + timedelta(minutes=29))
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted([f"{ready.pk}-1.zip", *kept])
    running.refresh_from_db()
    assert running.state == "running"
    actions.sweep_exports(at=LATER + timedelta(minutes=31))
    running.refresh_from_db()
    assert (running.state, verbs(running)[-1]) == ("failed", "dossier.failed")
    assert "Ask for it again" in running.problem_en
    assert sorted(path.name for path in folder.iterdir()) == [f"{ready.pk}-1.zip", "README"]


def test_a_worker_that_is_gone_is_found_by_the_queue_without_anybody_asking(w, monkeypatch):
    export = asked(w)
    stopped_in(export, "lots", monkeypatch)
    (look,) = tasks_queued("look_after")
    assert (look.args_kwargs["args"], look.run_after) == ([export.pk, 1], LATER + timedelta(minutes=31))
    making.count(
        work=making.Work(export.pk, 1, w.pair, WHOLE, "zh", TODAY, "", LATER), step="lots", done=3, at=look.run_after
    )
    with time_machine.travel(look.run_after, tick=False):
        tasks.look_after.call(export.pk, 1)
    assert len(tasks_queued("look_after")) == 2, "it still lived and is looked after again"
    for _ in range(2):
        with time_machine.travel(look.run_after + timedelta(minutes=31), tick=False):
            tasks.look_after.call(export.pk, 1)
    export.refresh_from_db()
    assert (export.state, len(tasks_queued("look_after"))) == ("failed", 3), "the last look finds nothing to look after"


def test_a_database_that_gives_up_for_a_moment_or_for_good_does_not_end_the_watching(w, monkeypatch):
    export, sweep, calls = asked(w), tasks.keeping.sweep_exports, iter([True, False, True, True, True, True])
    stopped_in(export, "lots", monkeypatch)
    (look,) = tasks_queued("look_after")

    def locked(*, at: Any) -> None:
        if next(calls):
            raise OperationalError("database is locked")
        sweep(at=at)

    monkeypatch.setattr(tasks.keeping, "sweep_exports", locked)
    monkeypatch.setattr(tasks, "repeated", lambda step: repeated(step, wait=lambda _seconds: None))
    with time_machine.travel(LATER, tick=False):
        tasks.look_after.call(export.pk, 1)
        assert len(tasks_queued("look_after")) == 2
        with pytest.raises(OperationalError):
            tasks.look_after.call(export.pk, 1)
    assert (len(tasks_queued("look_after")), look.run_after) == (3, LATER + timedelta(minutes=31))


def answer_lost(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> list[str]:
    """``finish`` commits, and then its first answer never arrives; what it said each time."""
    finish, told = making.finish, []

    def lost(**given: Any) -> bool:
        told.append(str(finish(**given)))
        if len(told) == 1:
            raise error
        return told[-1] == "True"

    monkeypatch.setattr(making, "finish", lost)
    monkeypatch.setattr(exporting, "repeated", lambda step: repeated(step, wait=lambda _seconds: None))
    return told


def test_a_lost_answer_of_the_database_to_a_finished_export_loses_nothing(w, monkeypatch):
    told = answer_lost(monkeypatch, OperationalError("server closed the connection unexpectedly"))
    export = made(asked(w))
    assert (told, export.state, lying()) == (["True", "True"], "ready", [f"{export.pk}-1.zip"])
    assert verbs(export) == ["dossier.asked", "dossier.made"]
    assert (len(tasks_queued("tell_ready")), ExportFile.objects.filter(export=export).count()) == (1, 3)
    assert packing.digest(zipped(export)) == export.sha256


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(0)])
def test_a_worker_told_to_stop_right_after_it_finished_takes_nothing_away(w, monkeypatch, error):
    answer_lost(monkeypatch, error)
    export = asked(w)
    with pytest.raises(type(error)):
        made(export)
    export.refresh_from_db()
    assert (export.state, lying()) == ("ready", [f"{export.pk}-1.zip"])


def test_where_the_database_cannot_be_asked_whose_the_file_is_it_stays_for_the_sweep(w, monkeypatch):
    def away(**_given: Any) -> Any:
        raise OperationalError

    export = asked(w)
    with monkeypatch.context() as patch:
        patch.setattr(making, "finish", away)
        patch.setattr(making, "discard", away)
        patch.setattr(exporting, "repeated", lambda step: step())
        with pytest.raises(OperationalError):
            made(export)
    assert lying() == [f"{export.pk}-1.zip"]
    actions.sweep_exports(at=LATER + timedelta(minutes=31))
    assert lying() == []


def spoilt(export: Export, how: str) -> None:
    """The file of a finished export lost, cut off, or altered without changing its size."""
    place = place_of(archive.name_of(export.pk, export.attempt))
    data = place.read_bytes()
    place.unlink()
    if how != "missing":
        place.write_bytes(data[:-1] + (b"" if how == "cut" else bytes([data[-1] ^ 1])))


@pytest.mark.parametrize("how", ["missing", "cut", "altered"])
def test_a_ready_export_whose_file_is_gone_is_made_again_from_the_same_pin(w, how):
    export = made(asked(w))
    with pytest.raises(Refused) as refused:
        actions.ask_again(export=export, by=by_of(w), at=LATER)
    assert refused.value.codes == ["dossier_not_stopped"]
    written_later(w)
    spoilt(export, how)
    assert state_of(export, LATER) == ("ready" if how == "altered" else "damaged")
    later = LATER + timedelta(minutes=2)
    again = made(actions.ask_again(export=export, by=by_of(w), at=later), later)
    assert again.pk != export.pk
    assert (again.state, again.sha256, again.instant) == ("ready", export.sha256, export.instant)


def written_late(w: build.World) -> None:
    """What was begun before the moment of the export, and committed only after it had been read."""
    by = w.contractor.actor("quality_manager")
    upload = SimpleUploadedFile("late.txt", b"a long import")
    attach(w.pair, upload=upload, title="迟到文件", event_on=TODAY, by=by, at=LATER - timedelta(seconds=1))


@pytest.mark.parametrize("stood", ["ready", "stopped"])
def test_a_pin_that_would_hold_more_entries_now_is_not_made_again_in_silence(w, monkeypatch, stood):
    export = asked(w)
    if stood == "ready":
        export = made(export)
        spoilt(export, "missing")
    else:
        stopped_in(export, "archive", monkeypatch)
    seq = Export.objects.get(pk=export.pk).seq
    written_late(w)
    later = LATER + LEASE + timedelta(seconds=1)
    again = made(actions.ask_again(export=export, by=by_of(w), at=later), later)
    assert again.state == "failed"
    assert "entries that bear an earlier time were written to the chain" in again.problem_en
    assert told(again)[-1]["data"]["code"] == "chain_grew"
    assert told(again)[-1]["data"]["seq"] == seq
    anew = made(actions.ask_again(export=again, by=by_of(w), at=later), later)
    assert seq is not None
    assert (anew.pk, anew.state, anew.seq) == (again.pk, "ready", seq + 1)
    if stood == "ready":
        export.refresh_from_db()
        assert (export.seq, export.state) == (seq, "ready"), "what was made stays on record as it was"


def test_a_worker_that_was_given_up_comes_back_and_finds_the_export_with_another(w, monkeypatch):
    export = asked(w)
    later = LATER + LEASE + timedelta(seconds=1)
    inner: list[Export] = []

    def slow(self: exporting.Watch, key: str) -> None:
        if key == "docx" and not inner:
            inner.append(export)
            inner[0] = made(actions.ask_again(export=export, by=by_of(w), at=later), later)
        reached(self, key)

    reached = exporting.Watch.step
    monkeypatch.setattr(exporting.Watch, "step", slow)
    found = made(export)
    assert (found.state, found.attempt, lying()) == ("ready", 2, [f"{export.pk}-2.zip"])
    assert verbs(export).count("dossier.made") == 1
    assert zipped(found)


def test_a_second_worker_finds_nothing_to_do_while_the_first_lives_and_after_it(w):
    export = asked(w)
    work = making.take_up(export_id=export.pk, at=LATER)
    assert work is not None
    assert making.take_up(export_id=export.pk, at=LATER + LEASE) is None
    exporting.export(work)
    assert making.take_up(export_id=export.pk, at=LATER + timedelta(days=1)) is None


def test_a_wish_is_refused_with_every_reason(w, settings):
    with pytest.raises(Refused) as refused:
        asked(w, as_of=date(2999, 1, 1))
    assert refused.value.codes == ["dossier_day_to_come"]
    with pytest.raises(Refused) as refused:
        asked(w, scope=("lot", "no-such-lot"))
    assert refused.value.codes == ["dossier_scope_unknown"]
    with pytest.raises(Refused) as refused:
        asked(w, scope=("period", "2026-02-01/2026-01-01"))
    assert refused.value.codes == ["dossier_period_wrong"]
    assert Export.objects.count() == 0
    assert tasks_queued("run_export") == []
    first, second = asked(w), asked(w)
    with pytest.raises(Refused) as refused:
        asked(w)
    assert refused.value.codes == ["dossier_too_many_at_once"]
    made(first)
    settings.DOSSIER_EXPORTS_PER_DAY = 3
    asked(w)
    actions.cancel_export(export=second, by=by_of(w), at=LATER)
    with pytest.raises(Refused) as refused:
        asked(w)
    assert refused.value.codes == ["dossier_too_many_today"]
    assert asked(w, at=LATER + timedelta(days=1)).state == "waiting"


def test_asking_again_counts_towards_the_day_and_only_what_ended_is_asked_again(w, settings):
    settings.DOSSIER_EXPORTS_PER_DAY = 2
    export, by = asked(w), by_of(w)
    with pytest.raises(Refused) as refused:
        actions.ask_again(export=export, by=by, at=LATER)
    assert refused.value.codes == ["dossier_not_stopped"]
    waited = LATER + LEASE + timedelta(seconds=1)
    actions.ask_again(export=export, by=by, at=waited)
    actions.cancel_export(export=export, by=by, at=waited)
    with pytest.raises(Refused) as refused:
        actions.ask_again(export=export, by=by, at=waited)
    assert refused.value.codes == ["dossier_too_many_today"]
    assert facts.asked_on(by.user_id or 0, TODAY) == 2
    colleague = by_of(w, "quality_manager", "contractor")
    with pytest.raises(Refused) as refused:
        actions.cancel_export(export=export, by=colleague, at=waited)
    assert refused.value.codes == ["dossier_not_yours", "dossier_ended_already"]


def test_whoever_has_nothing_to_do_with_the_pair_asks_for_nothing(w):
    stranger = make.organisation(sides=("registrant",)).actor("quality_manager", "registrant")
    with pytest.raises(PermissionDenied):
        asked(w, stranger)
    assert Export.objects.count() == 0


def test_an_outsiders_copy_bears_their_name_on_pages_and_in_the_data(w):
    user = jobs.outsider(w)
    export = made(asked(w, jobs.held_by(user, w).actor))
    assert export.marked_for == f"仅供查阅 For inspection only · {user.printed_name} · {w.pair.number} · {TODAY}"
    assert archive.dossier_data(export)["marked_for"] == export.marked_for
    assert made(asked(w)).marked_for == ""


def test_members_are_handed_out_only_as_the_manifest_names_them(w):
    sha256 = attached(w, "说明.txt", b"enclosed").sha256
    export = made(asked(w))
    (row,) = (row for row in archive.evidence_of(export) if row["sha256"] == sha256)
    file = archive.member(export, row["name"])
    assert file is not None
    with file:
        assert file.read() == b"enclosed"
    assert archive.member(export, "../settings.py") is None
    with archive.member(export, "dossier.json") as document:
        assert json.loads(document.read()) == archive.dossier_data(export)
    place = place_of(archive.name_of(export.pk, export.attempt))
    place.chmod(0o600)
    place.write_bytes(place.read_bytes()[:-1] + b"x")
    assert archive.open_export(export) is None
