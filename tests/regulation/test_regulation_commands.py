"""``check_code`` and ``check_reference_data`` as others call them: output and exit code."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from cmo.regulation import classification as catalogue
from cmo.regulation import reference_file
from cmo.regulation.check import LoadError, check_all, examine

ROOT = Path(__file__).resolve().parent.parent.parent


def run(*arguments, stdin=None, monkeypatch=None):
    """Output lines and exit code of one command."""
    if stdin is not None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
    out = io.StringIO()
    try:
        call_command(*arguments, stdout=out)
    except SystemExit as stop:
        return out.getvalue().splitlines(), stop.code
    return out.getvalue().splitlines(), 0


def test_a_valid_code_exits_0_with_the_agreed_keys():
    lines, code = run("check_code", "91110000MA00DEM065", "--json")
    answer = json.loads(lines[0])
    assert code == 0
    assert list(answer) == ["kind", "valid", "fields", "errors", "warnings"]
    assert (answer["kind"], answer["valid"], answer["errors"]) == ("uscc", True, [])


def test_a_wrong_code_exits_1_and_says_why_in_both_languages():
    lines, code = run("check_code", "6901234567890", "--json")
    answer = json.loads(lines[0])
    assert code == 1
    assert answer["valid"] is False
    assert set(answer["errors"][0]) == {"code", "zh", "en"}


def test_a_code_of_the_catalogue_gets_its_name_and_an_unknown_one_a_warning():
    known = json.loads(run("check_code", "13-07-02", "--json")[0][0])
    assert (known["fields"]["name_zh"], known["fields"]["known"]) == ("血管支架", True)
    assert json.loads(run("check_code", "13-07", "--json")[0][0])["fields"]["known"] is True
    lines, code = run("check_code", "14-02-01", "--json")
    unknown = json.loads(lines[0])
    assert code == 0
    assert unknown["fields"]["known"] is False
    assert [warning["code"] for warning in unknown["warnings"]] == ["classification.not_held"]


def test_a_registration_number_names_its_category():
    assert (
        json.loads(run("check_code", "国械注准20233130001", "--json")[0][0])["fields"]["category_zh"] == "无源植入器械"
    )
    assert (
        json.loads(run("check_code", "国械注准20233400001", "--json")[0][0])["fields"]["category_zh"] == "体外诊断试剂"
    )


def test_lines_from_standard_input_give_one_object_each(monkeypatch):
    udi = "]d20106901234567892172711301125120110LOT-A1\x1d21SN0001"
    stdin = f"国械注准20233130001\r\n\n{udi}\n13-07-02".encode()
    lines, code = run("check_code", "-", "--json", stdin=stdin, monkeypatch=monkeypatch)
    answers = [json.loads(line) for line in lines]
    assert [answer["kind"] for answer in answers] == ["registration", "unknown", "gs1", "classification"]
    assert answers[2]["fields"]["serial"] == "SN0001"
    assert code == 1  # the blank line


def test_standard_input_with_only_valid_lines_exits_0(monkeypatch):
    lines, code = run("check_code", "-", "--json", stdin=b"13-07-02\n6901234567892\n", monkeypatch=monkeypatch)
    assert (len(lines), code) == (2, 0)


@pytest.mark.parametrize("stdin", [b"\xff\xfe\x00broken\n", b"x" * 200_000 + b"\n", b"\x00\n", b"\x1d\n", b"\r\n"])
def test_garbage_on_standard_input_gives_one_answer_per_line(monkeypatch, stdin):
    lines, code = run("check_code", "-", "--json", stdin=stdin, monkeypatch=monkeypatch)
    assert (len(lines), code) == (1, 1)
    assert json.loads(lines[0])["errors"]


def test_without_json_people_can_read_it():
    lines, code = run("check_code", "国械注准20232130001")
    assert code == 1
    assert lines[0].startswith("registration")
    assert any("境内第三类" in line for line in lines)
    assert any("class III" in line for line in lines)


def test_the_real_program_answers_on_standard_output_without_a_database(tmp_path):
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'none.sqlite3'}", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check_code", "-", "--json"],
        input="国械注准20233130001\n6901234567890\n".encode(),
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
    )
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [answer["valid"] for answer in answers] == [True, False]
    assert done.returncode == 1


def test_the_reference_data_that_ship_are_sound():
    lines, code = run("check_reference_data", "--json")
    answer = json.loads(lines[0])
    assert (answer["ok"], answer["faults"], code) == (True, [], 0)
    assert answer["counts"]["classification_2017.csv"] == 1133
    assert run("check_reference_data")[1] == 0


def test_a_broken_file_exits_1_and_names_the_place(monkeypatch, tmp_path):
    broken = tmp_path / "legal_references.yaml"
    broken.write_text("documents:\n  - key: X\n", encoding="utf-8")
    monkeypatch.setattr(reference_file, "FILE", broken)
    lines, code = run("check_reference_data", "--json")
    faults = json.loads(lines[0])["faults"]
    assert code == 1
    assert {(fault["file"], fault["row"], fault["column"]) for fault in faults} >= {
        ("legal_references.yaml", 2, "title")
    }
    text, code = run("check_reference_data")
    assert code == 1
    assert any("legal_references.yaml" in line for line in text)


def test_every_file_is_judged_even_when_another_is_broken(monkeypatch, tmp_path):
    for module, name in ((catalogue, "SUB_CATALOGUES_FILE"), (catalogue, "FILE"), (reference_file, "FILE")):
        monkeypatch.setattr(module, name, tmp_path / f"{name}-{module.__name__}.none")
    counts, faults = examine()
    assert counts == {}
    assert len({fault.file for fault in faults}) == 3
    with pytest.raises(LoadError, match="does not exist"):
        check_all()


def test_an_older_registration_number_gets_no_category_of_the_2017_catalogue():
    answer = json.loads(run("check_code", "国食药监械(准)字2004第3150123号", "--json")[0][0])
    assert answer["valid"] is True
    assert "category_zh" not in answer["fields"]
