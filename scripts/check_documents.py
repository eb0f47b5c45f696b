"""Judge the documents of every agreement in the database with programs that did not write them.

    .venv/bin/python scripts/check_documents.py

qpdf finds no fault in a PDF, pdffonts only embedded fonts, pdftotext every clause; LibreOffice opens each DOCX and what
it prints holds every heading and duty. Needs the demo world (`manage.py demo`) or other agreements. Exit 1 on any fault.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ("qpdf", "pdffonts", "pdftotext", "soffice")
LANGUAGES = {"zh": "zh", "en": "en", "zh-en": "both"}


def main() -> int:
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        print(f"Not installed: {', '.join(missing)}")
        return 1
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmo.settings")
    import django

    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        faults = list(check_all(Path(folder)))
    for fault in faults:
        print(fault)
    print("Documents: faulty" if faults else "Documents: clean")
    return 1 if faults else 0


def check_all(folder: Path) -> Iterator[str]:
    """Write the documents of every revision and yield every fault found in them."""
    from django.core.management import call_command

    from agreements.documents import collect
    from agreements.models import AgreementRevision

    revisions = list(AgreementRevision.objects.select_related("agreement").order_by("pk"))
    if not revisions:
        yield "There is no agreement to judge: run `manage.py demo` first."
        return
    for revision in revisions:
        call_command("agreement_documents", str(revision.pk), out=folder, stdout=StringIO())
    yield from converted(folder)
    for revision in revisions:
        document, stem = collect(revision), str(revision).replace("/", "-")
        for suffix, language in LANGUAGES.items():
            yield from check_pdf(folder / f"{stem}.{suffix}.pdf", document, language)
            yield from check_docx(folder / "printed" / f"{stem}.{suffix}.pdf", document, language)
        print(f"{revision}: {len(document.clauses)} clauses, {len(document.duties)} duties judged")


def check_pdf(path: Path, document: Any, language: str) -> Iterator[str]:
    """Structure, fonts and text of one of our own PDFs."""
    checked = run("qpdf", "--check", str(path))
    if checked.returncode:
        yield f"{path.name}: qpdf says {checked.stdout.strip().splitlines()[-1:]}"
    fonts = run("pdffonts", str(path)).stdout.splitlines()[2:]
    if not fonts:
        yield f"{path.name}: no fonts"
    yield from (f"{path.name}: not embedded: {line}" for line in fonts if line.split()[-5:-2] != ["yes", "yes", "yes"])
    text = without_furniture(path, document, language)
    # Side by side, a clause that turns the page continues behind its other language: there its heading is looked for.
    wanted = (
        headings(document, language)
        if language == "both"
        else [*headings(document, language), *texts(document, language)]
    )
    yield from (f"{path.name}: not found: {phrase[:40]}" for phrase in wanted if phrase not in text)


def check_docx(printed: Path, document: Any, language: str) -> Iterator[str]:
    """What LibreOffice made of one of our DOCX files."""
    if not printed.exists():
        yield f"{printed.stem}.docx: LibreOffice did not open it"
        return
    text = squeezed(run("pdftotext", "-raw", str(printed), "-").stdout)
    yield from (f"{printed.stem}.docx: not found: {p[:40]}" for p in headings(document, language) if p not in text)


def converted(folder: Path) -> Iterator[str]:
    """Print every DOCX with LibreOffice, in one start of it."""
    files = sorted(str(path) for path in folder.glob("*.docx"))
    profile = f"-env:UserInstallation=file://{folder}/profile"
    done = run("soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder / "printed"), *files)
    if done.returncode:
        yield f"LibreOffice stopped with {done.returncode}: {done.stderr.strip()}"


def headings(document: Any, language: str) -> list[str]:
    """Short phrases that stand on one page: headings of clauses, duties, signers, hash."""
    words = [document.title, *(clause.heading for clause in document.clauses), *(duty.duty for duty in document.duties)]
    signers = [place.signature.signer for place in document.places if place.signature]
    parts = [part for text in words for part in text.parts(language)]
    return [squeezed(text) for text in (*parts, *signers, document.record_hash)]


def texts(document: Any, language: str) -> list[str]:
    """The clauses themselves, paragraph by paragraph."""
    whole = [part for clause in document.clauses for part in clause.text.parts(language)]
    return [squeezed(paragraph) for text in whole for paragraph in text.split("\n")]


def without_furniture(path: Path, document: Any, language: Any) -> str:
    """The text of all pages without their heads and feet, so that a clause reads on over the page."""
    from agreements.documents import wording

    pages = run("pdftotext", "-raw", str(path), "-").stdout.split("\f")[:-1]
    title = document.title.en if language == "en" else document.title.zh
    found = []
    for number, page in enumerate(pages, 1):
        of = wording.page(number, len(pages)).joined(language, " / ")
        text = squeezed(page).replace(squeezed(f"SHA-256 {document.record_hash}"), "").replace(squeezed(of), "")
        found.append(text.replace(squeezed(f"{title}{document.label}"), "", 1) if number > 1 else text)
    return "".join(found)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


if __name__ == "__main__":
    sys.exit(main())
