"""A file of ours that LibreOffice saved is matched like one from Word; where LibreOffice is installed, it is asked itself."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from agreements.models import ReturnedFile
from tests.agreements import build
from tests.agreements.word_as_word import ENGINEER, LAWYER, edited, uploaded

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice"),
]


def converted(file: Path, kind: str, folder: Path) -> Path:
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(folder), str(file)]
    subprocess.run(command, check=True, timeout=300, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return folder / f"{file.stem}.{kind.partition(':')[0]}"


@pytest.mark.parametrize("through", ["docx", "odt"])
def test_what_libreoffice_saved_is_matched_by_its_bookmarks(through: str, tmp_path: Path) -> None:
    world = build.world()
    agreement = build.agreement(world, [world.entrust()])
    out = edited(agreement)
    out.comment("scope", "zh", "是否包括出口产品？", LAWYER)
    (tmp_path / "in").mkdir()
    sent = tmp_path / "in" / "agreement.docx"
    sent.write_bytes(out.saved())
    if through == "odt":
        sent = converted(sent, "odt", tmp_path)
    came = converted(sent, "docx:MS Word 2007 XML", tmp_path)
    judge(uploaded(world, agreement, content=came.read_bytes()))


def judge(file: ReturnedFile) -> None:
    halves = {(row["key"], one): half for row in file.report["clauses"] for one, half in row["halves"].items()}
    assert "LibreOffice" in file.report["program"]
    assert {half["how"] for half in halves.values()} == {"bookmark"}
    assert [key for key, half in halves.items() if half["state"] != "same"] == [("scope", "zh"), ("scope", "en")]
    found = halves["scope", "zh"]
    assert {(piece["author"], piece["at"]) for piece in found["tracked"]} == {LAWYER, ENGINEER}
    assert not found["untracked"]
    assert [comment["author"] for comment in found["comments"]] == [LAWYER[0]]
    assert [(one["why"], one["text"]) for one in file.report["loose"]] == []
