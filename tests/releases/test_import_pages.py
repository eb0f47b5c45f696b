"""Pages of imports: one walk from the upload to the report, what is shown to whom, and what they cost."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from releases import actions, tasks
from releases.models import ImportRun, Lot
from tests.releases import build
from tests.releases.test_importing import LOTS, by_of, lot_row, tried, xlsx
from tests.releases.test_pages import signed_in, url

pytestmark = pytest.mark.django_db
KINDS = ImportRun.Kind.values


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(build.AT, tick=False):
        yield


@pytest.fixture
def w() -> build.World:
    return build.world()


def planner(w: build.World, language: str = "en") -> Client:
    return signed_in(w.user("production_planner"), language)


def test_a_file_walks_from_the_upload_over_the_dry_run_to_the_report(w: build.World) -> None:
    client = planner(w)
    rows = [lot_row(w, "A-1"), lot_row(w, "A-2", model="none")]
    answer = client.post(url("import_file", w.pair.pk, LOTS), {"upload": xlsx(LOTS, rows)})
    trial = ImportRun.objects.get()
    assert answer.url == url("import_run", trial.pk)
    waiting = client.get(answer.url).content.decode()
    assert "waits for the queue" in waiting
    assert "hx-get" in waiting
    assert "HX-Refresh" not in client.get(url("import_progress", trial.pk)).headers
    tasks.run_import.call(trial.pk)
    page = client.get(answer.url).content.decode()
    assert "Import 1 row" in page
    assert "not among those of the device&#x27;s certificate" in page
    assert "&amp;#x27;" not in page
    assert "hx-get" not in page
    assert client.get(url("import_progress", trial.pk)).headers["HX-Refresh"] == "true"
    begun = client.post(url("begin_import", trial.pk))
    run = ImportRun.objects.get(trial=False)
    assert begun.url == url("import_run", run.pk)
    tasks.run_import.call(run.pk)
    assert Lot.objects.count() == 1
    assert "Open the import" in client.get(url("import_run", trial.pk)).content.decode()
    book = load_workbook(io.BytesIO(client.get(url("import_report", run.pk)).content))
    lines = [list(row) for row in book.active.iter_rows(values_only=True)]
    assert [line[:3] for line in lines[1:]] == [[2, "A-1", "new"], [3, "A-2", "not imported"]]
    assert "not among those" in lines[2][6]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_of_imports_opens_in_both_languages(w: build.World, language: str) -> None:
    client = planner(w, language)
    build.lot(w, number="A-1")
    run = tried(w, LOTS, xlsx(LOTS, [lot_row(w, "A-1", quantity=5), lot_row(w, "A-2")]))
    pages = [url("imports", w.pair.pk), url("import_file", w.pair.pk, LOTS), url("import_run", run.pk)]
    pages += [f"{url('import_run', run.pk)}?state={state}" for state in ("new", "wrong", "nonsense")]
    pages += [f"{url('import_report', run.pk)}?format={kind}" for kind in ("csv", "xlsx", "exe")]
    for name in ("import_template", "export_list"):
        pages += [f"{url(name, w.pair.pk, kind)}?format={form}" for kind in KINDS for form in ("csv", "xlsx")]
    for address in pages:
        assert client.get(address).status_code == 200, address
    shown = client.get(url("import_run", run.pk)).content.decode()
    assert ("其他值" in shown or "内容不同" in shown) == (language == "zh-hans")
    for unknown in ("import_template", "export_list", "import_file"):
        assert client.get(url(unknown, w.pair.pk, "secrets")).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_template_can_be_filled_in_and_its_remarks_are_not_imported(w: build.World, kind: str, form: str) -> None:
    client = planner(w)
    content = client.get(f"{url('import_template', w.pair.pk, kind)}?format={form}").content
    upload = SimpleUploadedFile(f"list.{form}", content)
    user = w.user("production_planner") if kind != "presence" else w.user("viewer", "registrant")
    if kind == "presence":
        assert signed_in(user).post(url("import_file", w.pair.pk, kind), {"upload": upload}).status_code == 403
        return
    page = signed_in(user).post(url("import_file", w.pair.pk, kind), {"upload": upload}).content.decode()
    assert "There is no row below the heading" in page


def test_a_refused_file_is_explained_on_the_form_and_put_on_the_trail(w: build.World) -> None:
    upload = SimpleUploadedFile("lots.xlsx", b"")
    page = planner(w, "zh-hans").post(url("import_file", w.pair.pk, LOTS), {"upload": upload}).content.decode()
    assert "文件是空的" in page
    assert ImportRun.objects.count() == 0


def test_a_stopped_run_says_so_and_is_continued_by_whoever_began_it(w: build.World) -> None:
    run = actions.try_import(pair=w.pair, kind=LOTS, upload=xlsx(LOTS, [lot_row(w, "A-1")]), by=by_of(w), at=build.AT)
    from releases.actions import import_rows

    import_rows.take_up(run_id=run.pk, at=build.AT)
    client = planner(w)
    with time_machine.travel(build.AT + timedelta(minutes=5), tick=False):
        page = client.get(url("import_run", run.pk)).content.decode()
        assert "no sign of life" in page
        assert "Continue this run" in page
        client.post(url("continue_import", run.pk))
        tasks.run_import.call(run.pk)
    run.refresh_from_db()
    assert run.state == "done"


def test_the_other_side_and_strangers_do_not_find_a_run(w: build.World) -> None:
    run = tried(w, LOTS, xlsx(LOTS, [lot_row(w, "A-1")]))
    other = signed_in(w.user("quality_manager", "registrant"))
    for name in ("import_run", "import_progress", "import_report"):
        assert other.get(url(name, run.pk)).status_code == 404
    assert run.file_name not in other.get(url("imports", w.pair.pk)).content.decode()


def test_the_pages_cost_the_same_for_few_and_many_rows_and_runs(w: build.World) -> None:
    client, costs = planner(w), []
    for number in (2, 40):
        run = tried(w, LOTS, xlsx(LOTS, [lot_row(w, f"A-{n}", model="none") for n in range(number)]))
        for address in (url("import_run", run.pk), url("imports", w.pair.pk)):
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                client.get(address)
            costs.append(len(captured))
    assert costs[:2] == costs[2:]


def test_a_progress_request_never_reads_the_file(w: build.World) -> None:
    run: Any = tried(w, LOTS, xlsx(LOTS, [lot_row(w, "A-1")]))
    client = planner(w)
    with CaptureQueriesContext(connection) as captured:
        client.get(url("import_progress", run.pk))
    assert not [query for query in captured.captured_queries if '"content"' in query["sql"]]
