"""A company's own checklist in a real browser: the form is taken, filled in wrongly, put right, kept, read with its
judgement table and used for an audit. In 中文 on SQLite, in English on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from audits.models import Audit, TemplateVersion
from cmo import clock
from cmo.trail.models import Entry
from tests.audits import build
from tests.browser import CHINESE, Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files are served from where they are written
]

KEY = "sterile-site"
#: Where the faults are: severity of the second item, bound of major defects in the second rule.
SEVERITY, BOUND = ("检查项目", "Items", "C3"), ("判定规则", "Outcome rules", "C3")


def test_a_checklist_is_filled_in_put_right_kept_and_audited_with(
    people: Callable[..., Person], tmp_path: Path
) -> None:
    world = build.world()
    quality = people(build.person(world.by()).username)
    form = _take_the_form(quality, tmp_path)
    _two_faults_are_named_at_their_cells(quality, form)
    kept = _put_right_and_keep(quality, form)
    _it_is_read_with_its_judgement_table(quality, kept)
    audit = _an_audit_is_planned_with_it(quality, world)
    assert audit.template_id == kept.pk
    entry = Entry.objects.get(verb="checklist.kept")
    assert entry.stream == world.relation.registrant.stream


def _take_the_form(quality: Person, folder: Path) -> Path:
    """The workbook in the reader's language."""
    quality.visit("audits:templates").press("Import a checklist")
    with quality.page.expect_download() as download:
        quality.press(quality.say("Download the example as %(kind)s", kind="XLSX"))
    path = folder / "checklist.xlsx"
    download.value.save_as(path)
    return path


def _cell(quality: Person, place: tuple[str, str, str]) -> tuple[str, str]:
    zh, en, cell = place
    return (zh if quality.language == CHINESE else en), cell


def _written(quality: Person, form: Path, severity: str, bound: str) -> Path:
    """The form with two cells filled in."""
    book: Any = openpyxl.load_workbook(form)
    for place, value in ((SEVERITY, severity), (BOUND, bound)):
        sheet, cell = _cell(quality, place)
        book[sheet][cell] = value
    book.save(form)
    return form


def _upload(quality: Person, form: Path) -> None:
    quality.page.locator("input[type=file]").set_input_files(form)
    quality.press("Check the file")


def _two_faults_are_named_at_their_cells(quality: Person, form: Path) -> None:
    """Every fault at once, each where it stands; nothing is kept, and what was typed is still there."""
    quality.fill("Key of the checklist", KEY).fill("In force from", clock.today())
    _upload(quality, _written(quality, form, "grave", "many"))
    places = [" ".join(row.split()) for row in quality.page.locator("main tbody tr").all_inner_texts()]
    assert len(places) == 2, places
    for place, wrong in ((SEVERITY, "grave"), (BOUND, "many")):
        assert any("!".join(_cell(quality, place)) in row and wrong in row for row in places), places
    assert not TemplateVersion.objects.exists()


def _put_right_and_keep(quality: Person, form: Path) -> TemplateVersion:
    _upload(quality, _written(quality, form, "主要", "0"))
    quality.sees("Preview, not kept yet", "≤20%", "This is the first version under this key.")
    assert not TemplateVersion.objects.exists()
    quality.press("Keep the checklist")
    row = TemplateVersion.objects.get()
    assert quality.at("audits:checklist", row.pk)
    assert (row.key, row.version) == (KEY, 1)
    return row


def _it_is_read_with_its_judgement_table(quality: Person, row: TemplateVersion) -> None:
    chinese = quality.language == CHINESE
    quality.visit("audits:templates").page.get_by_role("link", name=row.title_zh if chinese else row.title_en).click()
    quality.page.wait_for_url(f"**/checklists/{row.pk}/")
    table = quality.page.locator("#table-conclusion tbody tr")
    said = [" ".join(line.split()) for line in table.all_inner_texts()]
    assert [line.split()[:4] for line in said] == [
        ["1", "0", "0", "≤20%"],
        ["2", "0", "0", ">20%"],
        ["3", "0", "≥1", "-"],
        ["4", "≥1", "-", "-"],
    ]
    assert ("暂停委托生产" if chinese else "Suspend the entrusted production") in said[-1]


def _an_audit_is_planned_with_it(quality: Person, world: build.World) -> Audit:
    today = clock.today()
    quality.visit("audits:pair_audits", world.pair.pk).press("Plan an audit")
    row = TemplateVersion.objects.get()
    quality.choose("kind", "follow_up").choose("checklist", f"own:{row.pk}")
    quality.fill("first day", today).fill("last day", today + timedelta(days=1)).fill("scope", "灭菌车间")
    quality.choose("leader of the team", str(build.person(world.auditor).pk)).press("Plan an audit")
    audit = Audit.objects.get()
    assert quality.at("audits:audit", audit.pk)
    quality.sees(row.title_zh if quality.language == CHINESE else row.title_en)
    return audit
