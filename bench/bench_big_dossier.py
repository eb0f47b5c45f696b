"""A big pair's dossier, judged by programs that did not write it: 500 lots, 5 audits, 12 revisions of an agreement.

    .venv/bin/python bench/bench_big_dossier.py [--lots 500] [--released 60] [--audits 5] [--revisions 12] [--database sqlite]

Everything is made through the actions; every ``--released`` lot passes both releases. The dossier is exported in both languages
as ZIP. Then: ``verify.py`` verifies it, ``qpdf --check`` finds no fault, ``pdffonts`` only embedded fonts, ``pdftotext`` every lot
number, and LibreOffice prints the DOCX with every lot number in it. Prints pages, seconds and sizes; exit 1 on any fault.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from measuring import on_each_database, set_up

PROGRAMS = ("qpdf", "pdffonts", "pdftotext", "soffice")


def main() -> int:
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        print(f"Not installed: {', '.join(missing)}")
        return 1
    sizes = {"lots": 500, "released": 60, "audits": 5, "revisions": 12}
    return on_each_database(__file__, __doc__, measure, met, **sizes)


def met(name: str, value: Any) -> bool:
    """No fault, whatever it is called."""
    return value == [] if name.endswith("faults") else True


def measure(options: argparse.Namespace) -> dict[str, Any]:
    set_up()
    from django.conf import settings
    from django.core.management import call_command

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings.MEDIA_ROOT = str(folder / "files")
        begun = time.perf_counter()
        world = fill(options)
        filled = time.perf_counter() - begun
        path, begun = folder / "dossier.zip", time.perf_counter()
        call_command("export_dossier", world.pair.number, "--out", str(path), stdout=StringIO())
        seconds = time.perf_counter() - begun
        return told(path, world, folder) | {
            "fill_seconds": round(filled, 1),
            "export_seconds": round(seconds, 1),
        }


def fill(options: argparse.Namespace) -> Any:
    """The pair of one world with as many lots, audits and revisions, made through the actions."""
    from tests.releases import build

    world = build.world()
    for number in range(options.lots):
        row = build.lot(world)
        if number < options.released:
            build.filed(world, row)
            build.released(world, row)
            build.marketed(world, row)
    revise(world, options.revisions - 1)
    audit(world, options.audits)
    return world


def revise(world: Any, times: int) -> None:
    """The agreement concluded anew, each time with another last day."""
    from agreements import actions
    from tests import make

    agreement = world.revision.agreement
    by, at = world.registrant.actor("quality_manager"), make.AT
    for number in range(times):
        draft = agreement.draft
        draft.refresh_from_db()
        actions.set_draft_terms(
            draft=draft,
            seen_edition=draft.edition,
            starts_on=draft.starts_on,
            ends_on=draft.ends_on + timedelta(days=number + 1),
            entrustments=[world.entrustment],
            by=by,
            at=at,
        )
        revision = actions.offer_for_signature(agreement=agreement, by=by, at=at)
        for firm in (world.registrant, world.contractor):
            signer = firm.actor("signatory")
            actions.sign_agreement(revision=revision, proof=make.proof(revision), by=signer, at=at)


def audit(world: Any, times: int) -> None:
    """Reported audits, each with three findings."""
    from tests import make
    from tests.audits import build

    for role in ("auditor", "quality_manager"):
        make.post(world.registrant, role, make.REGISTRANT)
    built = build.World(world.relation)
    for number in range(times):
        moment = build.at(minutes=number)
        build.reported(built, {1: "major", 2: "general", 3: "general"}, kind="for_cause", cause="抽查", moment=moment)


def told(path: Path, world: Any, folder: Path) -> dict[str, Any]:
    """What the programs found, with pages and sizes."""
    from releases.models import Lot

    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder / "out")
    out = folder / "out"
    numbers = list(Lot.objects.filter(pair=world.pair).values_list("number", flat=True))
    pdf, docx = out / "dossier.pdf", out / "dossier.docx"
    checked = run(sys.executable, "-I", "-S", str(out / "verify.py"), str(path))
    verdict = [] if checked.returncode == 0 else [checked.stderr]
    pages = run("pdfinfo", str(pdf)).stdout
    begun = time.perf_counter()
    printed = opened(docx, folder)
    return {
        "verify_faults": verdict,
        "pdf_faults": [*broken(pdf), *not_embedded(pdf), *unfound(pdf, numbers)],
        "docx_faults": unfound(printed, numbers) if printed.exists() else ["LibreOffice did not open it"],
        "lots": len(numbers),
        "pages": next(int(line.split()[1]) for line in pages.splitlines() if line.startswith("Pages:")),
        "docx_print_seconds": round(time.perf_counter() - begun, 1),
        "megabytes": {
            place.name: round(place.stat().st_size / 1e6, 1) for place in (path, pdf, docx, out / "dossier.json")
        },
    }


def broken(pdf: Path) -> list[str]:
    """What qpdf finds wrong."""
    checked = run("qpdf", "--check", str(pdf))
    return [] if checked.returncode == 0 else checked.stdout.splitlines()[-2:] + checked.stderr.splitlines()[-2:]


def not_embedded(pdf: Path) -> list[str]:
    """Fonts that the file names and does not bring."""
    fonts = run("pdffonts", str(pdf)).stdout.splitlines()[2:]
    return ["no fonts"] if not fonts else [line for line in fonts if line.split()[-5:-2] != ["yes", "yes", "yes"]]


def unfound(pdf: Path, numbers: list[str]) -> list[str]:
    """Lot numbers that the text of a PDF does not hold."""
    text = "".join(run("pdftotext", "-raw", str(pdf), "-").stdout.split())
    return [number for number in numbers if number not in text]


def opened(docx: Path, folder: Path) -> Path:
    """The PDF that LibreOffice makes of a DOCX; it is not there when that failed."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    run("soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder / "printed"), str(docx))
    return folder / "printed" / "dossier.pdf"


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=1800)


if __name__ == "__main__":
    sys.exit(main())
