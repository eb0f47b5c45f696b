"""Sections set before: the same bytes from the cache, another key for anything else, and a miss for whatever is damaged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.test import override_settings

from cmo.dossier import pdf, sections_cache
from cmo.dossier.pdf import render_pdf, set_section
from cmo.dossier.sections_cache import ALIAS, kept_section, key_of
from cmo.dossier.sheets import Column, Section, Table
from cmo.paper.words import LANGUAGES, same
from tests.dossier import sample


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Iterator[Path]:
    place = tmp_path / "sections"
    backend = "django.core.cache.backends.filebased.FileBasedCache"
    settings.CACHES = settings.CACHES | {ALIAS: {"BACKEND": backend, "LOCATION": str(place)}}
    yield place
    caches[ALIAS].clear()


@pytest.fixture
def set_anew(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The numbers of the sections that were really set."""
    numbers: list[str] = []

    def counted(section: Section, number: str, language: Any) -> Any:
        numbers.append(number)
        return set_section(section, number, language)

    monkeypatch.setattr(sections_cache, "set_section", counted)
    return numbers


@pytest.mark.parametrize("language", LANGUAGES)
def test_kept_sections_give_the_same_bytes_and_are_not_set_again(language, set_anew):
    dossier = sample.dossier(30, 3)
    plain = render_pdf(dossier, language)
    assert render_pdf(dossier, language, kept_section) == plain
    assert len(set_anew) == len(dossier.sections)
    assert render_pdf(dossier, language, kept_section) == plain
    assert len(set_anew) == len(dossier.sections)


def test_a_changed_section_alone_is_set_again(set_anew):
    dossier = sample.dossier(30, 3)
    render_pdf(dossier, "zh", kept_section)
    first, *others = dossier.sections
    changed = replace(dossier, sections=(replace(first, count=first.count + 1), *others))
    del set_anew[:]
    assert render_pdf(changed, "zh", kept_section) == render_pdf(changed, "zh")
    assert set_anew == ["1"]


def table(share: float = 0.5, align: Any = "left", cell: str = "甲") -> Section:
    columns = (Column("a", same("A"), share, align), Column("b", same("B"), 1 - share))
    return Section("s", same("S"), (Table("t", columns, ((same(cell), same("")),)),))


def test_whatever_decides_how_pages_look_makes_another_key(monkeypatch):
    keys = {
        key_of(table(), "1", "zh"),
        key_of(table(), "2", "zh"),
        key_of(table(), "1", "en"),
        key_of(table(share=0.4), "1", "zh"),
        key_of(table(align="right"), "1", "zh"),
        key_of(table(cell="乙"), "1", "zh"),
        key_of(table(cell="\ud800"), "1", "zh"),
    }
    assert len(keys) == 7
    assert key_of(table(), "1", "zh") in keys
    monkeypatch.setattr(sections_cache, "product_version", lambda: "0.0.0")
    assert key_of(table(), "1", "zh") not in keys
    monkeypatch.undo()
    monkeypatch.setattr(sections_cache, "_drawn_by", lambda: "another program")
    assert key_of(table(), "1", "zh") not in keys


def test_programs_and_fonts_that_draw_belong_to_the_key():
    names = {path.name for path in sections_cache.drawing_files()}
    drawing = {path.name for path in Path(str(pdf.__file__)).parent.glob("*.py")}
    assert names >= drawing | {"cover.py", "setting.py", "axis.py", "NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf"}


def kept(section: Section) -> tuple[str, tuple[str, str]]:
    """The key and the entry of a section that was kept."""
    kept_section(section, "1", "zh")
    key = key_of(section, "1", "zh")
    return key, caches[ALIAS].get(key)


def test_an_entry_that_was_changed_or_put_elsewhere_is_a_miss(set_anew):
    key, (seal, text) = kept(table())
    other, _entry = kept(table(cell="乙"))
    for place, entry in ((key, (seal, text.replace("0", "1", 1))), (key, ("", text)), (other, (seal, text))):
        caches[ALIAS].set(place, entry)
        section = table() if place == key else table(cell="乙")
        count = len(set_anew)
        assert kept_section(section, "1", "zh") == set_section(section, "1", "zh")
        assert len(set_anew) == count + 1
        assert kept_section(section, "1", "zh") == set_section(section, "1", "zh")
        assert len(set_anew) == count + 1


@pytest.mark.parametrize("entry", ["text", 7, (), ("one",), ("a", "b", "c"), ("seal", 7), {"leaves": []}])
def test_an_entry_of_another_kind_is_a_miss(entry, set_anew):
    caches[ALIAS].set(key_of(table(), "1", "zh"), entry)
    assert kept_section(table(), "1", "zh") == set_section(table(), "1", "zh")
    assert set_anew == ["1"]


@pytest.mark.parametrize("keep", [0, 10, 60, -5])
def test_a_file_of_the_cache_that_is_cut_off_is_a_miss(folder, set_anew, keep):
    kept_section(table(), "1", "zh")
    (file,) = folder.glob("*.djcache")
    file.write_bytes(file.read_bytes()[:keep])
    assert kept_section(table(), "1", "zh") == set_section(table(), "1", "zh")
    assert set_anew == ["1", "1"]


def test_another_secret_key_reads_nothing(set_anew):
    kept_section(table(), "1", "zh")
    with override_settings(SECRET_KEY="another-key-of-another-installation"):
        kept_section(table(), "1", "zh")
    assert set_anew == ["1", "1"]


def test_a_cache_that_is_away_costs_time_and_nothing_else(settings, set_anew):
    settings.CACHES = settings.CACHES | {ALIAS: {"BACKEND": "tests.dossier.test_export_sections.Away", "LOCATION": ""}}
    assert kept_section(table(), "1", "zh") == set_section(table(), "1", "zh")
    assert set_anew == ["1"]


class Away:
    """A cache server that does not answer."""

    def __init__(self, _location: str, _params: dict[str, Any]) -> None:
        pass

    def get(self, _key: str) -> Any:
        raise ConnectionRefusedError

    set = get

    def close(self, **_more: Any) -> None:
        pass

    def clear(self) -> None:
        pass
