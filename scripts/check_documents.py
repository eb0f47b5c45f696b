"""Judge the documents of every agreement and audit report in the database with programs that did not write them.

    .venv/bin/python scripts/check_documents.py

qpdf finds no fault in a PDF, pdffonts only embedded fonts, pdftotext every clause and every answer of a checklist;
LibreOffice opens each DOCX and what it prints holds every heading, duty, finding and item; so do the files that go out to
be worked on in Word, alone and tracked against the latest revision. Of the pair with most lots the dossier is taken: its own
``verify.py`` accepts it, and every lot number stands in its PDF and its Word file. Needs the demo world (`manage.py demo`) or
other agreements. Exit 1 on any fault.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
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
    from audits.documents import collect as collect_report
    from audits.models import AuditReport

    revisions = list(AgreementRevision.objects.select_related("agreement").order_by("pk"))
    reports = list(AuditReport.objects.select_related("audit__template").order_by("pk"))
    if not revisions:
        yield "There is no agreement to judge: run `manage.py demo` first."
        return
    for revision in revisions:
        call_command("agreement_documents", str(revision.pk), out=folder, stdout=StringIO())
    for report in reports:
        call_command("audit_documents", report.audit.number, out=folder, stdout=StringIO())
    going_out = word_files(folder)
    lots = dossier_files(folder)
    yield from converted(folder)
    yield from check_dossier(folder, lots)
    print(f"dossier: {len(lots)} lots judged")
    for stem, phrases in going_out.items():
        yield from check_word(folder / "printed" / f"{stem}.pdf", phrases)
        print(f"{stem}: {len(phrases)} headings judged")
    for revision in revisions:
        paper = agreement(collect(revision))
        yield from check_both(folder, paper)
        print(f"{revision}: {len(paper.short)} short and {len(paper.long)} long texts judged")
    for report in reports:
        paper = audit_report(collect_report(report))
        yield from check_both(folder, paper)
        print(f"{report.audit}: {len(paper.short)} short texts judged")


def word_files(folder: Path) -> dict[str, list[str]]:
    """Write every draft as it goes out to Word, alone and tracked against its latest revision; file → what it must show."""
    from agreements.models import Agreement
    from agreements.word.authors import load_against
    from agreements.word.sources import Key, listed, load_source
    from agreements.word.writing import Order, write

    found = {}
    for agreement in Agreement.objects.filter(draft__isnull=False).select_related("draft", "pair").order_by("pk"):
        draft = load_source(agreement, Key("draft"))
        headings = [squeezed(row[f"heading_{one}"]) for row in draft.body["clauses"] for one in ("zh", "en")]
        revision = next((row.key for row in listed(agreement) if row.key.kind == "revision"), None)
        orders = {"word": Order(draft, "both")}
        if revision is not None:
            earlier = load_source(agreement, revision)
            orders["tracked"] = Order(draft, "both", load_against(agreement, earlier, draft))
        for name, order in orders.items():
            stem = f"{agreement.number}-{name}"
            (folder / f"{stem}.docx").write_bytes(write(order))
            found[stem] = headings
    return found


def check_word(printed: Path, phrases: list[str]) -> Iterator[str]:
    """What LibreOffice made of a file that goes out to Word."""
    if not printed.exists():
        yield f"{printed.stem}.docx: LibreOffice did not open it"
        return
    text = squeezed(run("pdftotext", "-raw", str(printed), "-").stdout)
    yield from (f"{printed.stem}.docx: not found: {phrase[:40]}" for phrase in phrases if phrase not in text)


def dossier_files(folder: Path) -> list[str]:
    """Take the dossier of the pair with most lots apart into the folder; the numbers of its lots."""
    from django.core.management import call_command
    from django.db.models import Count

    from releases.models import Lot

    most = Lot.objects.values_list("pair_id").annotate(lots=Count("pk")).order_by("-lots", "pair_id").first()
    if most is None:
        return []
    pair, _count = most
    package = folder / "dossier.zip"
    call_command("export_dossier", str(pair), out=package, lang="both", stdout=StringIO())
    with zipfile.ZipFile(package) as file:
        for name in ("dossier.pdf", "dossier.docx", "verify.py"):
            file.extract(name, folder)
    return list(Lot.objects.filter(pair_id=pair).order_by("pk").values_list("number", flat=True))


def check_dossier(folder: Path, lots: list[str]) -> Iterator[str]:
    """The dossier by its own checker, qpdf and pdffonts; every lot in the PDF and in what LibreOffice made of the Word file."""
    if not lots:
        yield "There is no lot to judge a dossier by."
        return
    verified = run(sys.executable, str(folder / "verify.py"), str(folder / "dossier.zip"))
    if verified.returncode:
        yield f"dossier.zip: verify.py says {verified.stdout.strip()} {verified.stderr.strip()}"
    yield from check_structure(folder / "dossier.pdf")
    for path in (folder / "dossier.pdf", folder / "printed" / "dossier.pdf"):
        text = squeezed(run("pdftotext", "-raw", str(path), "-").stdout) if path.exists() else ""
        yield from (f"{path.parent.name}/{path.name}: not found: {lot}" for lot in lots if squeezed(lot) not in text)


@dataclass(frozen=True)
class Paper:
    """What must be found on a document. ``short``: texts that stand on one page; ``long``: such as may run on."""

    stem: str
    title: Any
    label: str
    record_hash: str
    short: list[Any]
    long: list[Any]
    typed: list[str]


def agreement(document: Any) -> Paper:
    """Headings of clauses and duties, the clauses themselves, who signed."""
    words = [document.title, *(clause.heading for clause in document.clauses), *(duty.duty for duty in document.duties)]
    signers = [place.signature.signer for place in document.places if place.signature]
    texts = [clause.text for clause in document.clauses]
    stem = document.label.replace("/", "-")
    return Paper(stem, document.title, document.label, document.record_hash, words, texts, signers)


def audit_report(document: Any) -> Paper:
    """Every item and outcome, every finding with what was found, who signed, and the head of the chain."""
    from audits.documents import wording

    answers = [answer for section in document.sections for answer in section.answers]
    words = [answer.title for answer in answers] + [one.requirement for one in document.findings]
    words += [judgement.outcome for judgement in document.judgements]
    signer = document.place.signature
    typed = [one.number for one in document.findings] + ([signer.signer] if signer else []) + [document.chain.hash]
    typed += [one.statement for one in document.findings]
    return Paper(document.number, wording.TITLE, document.number, document.record_hash, words, [], typed)


def check_both(folder: Path, paper: Paper) -> Iterator[str]:
    """All six files of one document."""
    for suffix, language in LANGUAGES.items():
        yield from check_pdf(folder / f"{paper.stem}.{suffix}.pdf", paper, language)
        yield from check_docx(folder / "printed" / f"{paper.stem}.{suffix}.pdf", paper, language)


def check_pdf(path: Path, paper: Paper, language: str) -> Iterator[str]:
    """Structure, fonts and text of one of our own PDFs."""
    yield from check_structure(path)
    text = without_furniture(path, paper, language)
    # Side by side, a clause that turns the page continues behind its other language: there its heading is looked for.
    wanted = headings(paper, language) if language == "both" else [*headings(paper, language), *texts(paper, language)]
    yield from (f"{path.name}: not found: {phrase[:40]}" for phrase in wanted if phrase not in text)


def check_structure(path: Path) -> Iterator[str]:
    """What qpdf finds wrong, and fonts that are not embedded as subsets with their Unicode."""
    checked = run("qpdf", "--check", str(path))
    if checked.returncode:
        yield f"{path.name}: qpdf says {checked.stdout.strip().splitlines()[-1:]}"
    fonts = run("pdffonts", str(path)).stdout.splitlines()[2:]
    if not fonts:
        yield f"{path.name}: no fonts"
    yield from (f"{path.name}: not embedded: {line}" for line in fonts if line.split()[-5:-2] != ["yes", "yes", "yes"])


def check_docx(printed: Path, paper: Paper, language: str) -> Iterator[str]:
    """What LibreOffice made of one of our DOCX files."""
    if not printed.exists():
        yield f"{printed.stem}.docx: LibreOffice did not open it"
        return
    text = squeezed(run("pdftotext", "-raw", str(printed), "-").stdout)
    yield from (f"{printed.stem}.docx: not found: {p[:40]}" for p in headings(paper, language) if p not in text)


def converted(folder: Path) -> Iterator[str]:
    """Print every DOCX with LibreOffice, in one start of it."""
    files = sorted(str(path) for path in folder.glob("*.docx"))
    profile = f"-env:UserInstallation=file://{folder}/profile"
    done = run("soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder / "printed"), *files)
    if done.returncode:
        yield f"LibreOffice stopped with {done.returncode}: {done.stderr.strip()}"


def headings(paper: Paper, language: str) -> list[str]:
    """Short phrases that stand on one page."""
    parts = [part for text in paper.short for part in text.parts(language)]
    typed = [line for text in paper.typed for line in text.split("\n")]
    return [squeezed(text) for text in (*parts, *typed, paper.record_hash)]


def texts(paper: Paper, language: str) -> list[str]:
    """The long texts, paragraph by paragraph."""
    whole = [part for text in paper.long for part in text.parts(language)]
    return [squeezed(paragraph) for text in whole for paragraph in text.split("\n")]


def without_furniture(path: Path, paper: Paper, language: Any) -> str:
    """The text of all pages without their heads and feet, so that a clause reads on over the page."""
    from agreements.documents import wording

    pages = run("pdftotext", "-raw", str(path), "-").stdout.split("\f")[:-1]
    title = paper.title.en if language == "en" else paper.title.zh
    found = []
    for number, page in enumerate(pages, 1):
        of = wording.page(number, len(pages)).joined(language, " / ")
        text = squeezed(page).replace(squeezed(f"SHA-256 {paper.record_hash}"), "").replace(squeezed(of), "")
        found.append(text.replace(squeezed(f"{title}{paper.label}"), "", 1) if number > 1 else text)
    return "".join(found)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)


if __name__ == "__main__":
    sys.exit(main())
