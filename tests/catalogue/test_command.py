"""``manage.py screen``: exit codes, JSON, and one clear sentence for every bad input."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandParser

from cmo.catalogue.management.commands.screen import Command

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("screen", *arguments, stdout=out, stderr=err)
    return int(ended.value.code or 0), out.getvalue(), err.getvalue()


def facts(**values: str) -> list[str]:
    return [f"--fact={name}={value}" for name, value in values.items()]


@pytest.mark.parametrize(
    ("arguments", "code", "outcome"),
    [
        (["--code", "13-07-02", *facts(vascular_site="coronary")], 2, "prohibited"),
        (["--code", "13-07-02"], 3, "undetermined"),
        (["--code", "02-01-01", *facts(implantable="no")], 0, "allowed"),
        (["--code", "99-99-99", *facts(implantable="no")], 3, "undetermined"),
        (["--code", "12-01-01", "--on", "2022-04-30"], 3, "undetermined"),
        (["--code", "12-01-01", "--on", "2022-05-01"], 2, "prohibited"),
        (["--code", "12-01-01", "--on", "2022-04-30", "--name", "心脏起搏器"], 2, "prohibited"),
        (["--code", "12-01-01", "--on", "2014-09-25"], 3, "undetermined"),
    ],
)
def test_the_exit_code_and_the_json_say_the_same(arguments: list[str], code: int, outcome: str) -> None:
    ended, out, err = run(*arguments, "--json")
    answer: dict[str, Any] = json.loads(out)
    assert (ended, answer["outcome"], err) == (code, outcome, "")
    assert {"edition", "entry", "missing_facts", "reasons"} <= answer.keys()
    assert all(reason.keys() == {"zh", "en", "citation"} for reason in answer["reasons"])


def test_what_is_missing_is_named_and_a_given_unknown_is_unknown() -> None:
    _code, out, _err = run("--code", "13-06-04", *facts(implantable="no", contains_animal_derived="unknown"), "--json")
    assert json.loads(out)["missing_facts"] == ["contains_animal_derived"]


def test_without_json_people_read_it() -> None:
    code, out, _err = run("--code", "12-01-01")
    assert code == 2
    assert "不得委托生产" in out
    assert "may not be entrusted" in out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Give a code"),
        (["--code", "stent"], "not a classification code"),
        (["--code", "13-07-02", "--fact", "colour=red"], "no fact “colour”"),
        (["--code", "13-07-02", "--fact", "implantable"], "must read NAME=VALUE"),
        (["--code", "13-07-02", "--fact", "implantable=maybe"], "not a value of implantable"),
        (["--code", "13-07-02", *facts(implantable="no"), *facts(implantable="yes")], "given twice"),
        (
            ["--code", "13-07-02", *facts(contains_animal_derived="no", directly_from_animal_tissue="yes")],
            "contradict",
        ),
        (["--code", "13-07-02", "--on", "2022-02-30"], "not a date"),
        (["--code", "13-07-02", "--on", "20220501"], "not a date"),
    ],
)
def test_bad_input_ends_with_one_and_a_sentence(arguments: list[str], sentence: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert sentence in err


def test_a_wrong_option_is_bad_input_and_never_looks_like_a_prohibition(capsys: pytest.CaptureFixture[str]) -> None:
    parser: CommandParser = Command().create_parser("manage.py", "screen")
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(["--colour", "red"])
    assert ended.value.code == 1
    assert "unrecognized arguments" in capsys.readouterr().err
