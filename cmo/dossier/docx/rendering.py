"""Writing the sections of a dossier one after the other, after a cover and a field of contents that is filled already."""

from __future__ import annotations

from collections.abc import Sequence

from cmo.paper.docx import ANCHOR, Body, Cell, Properties, Run, packed
from cmo.paper.words import Language, Words

from .. import cover
from ..across import opens_across
from ..sheets import Dossier, Section
from .blocks import Writer
from .design import DESIGN, LEVELS

_HALVES = (0.5, 0.5)


def render_docx(dossier: Dossier, language: Language) -> bytes:
    """The whole dossier in one language or side by side; the same dossier gives the same bytes."""
    writer = Writer(Body(), language)
    _cover(writer, dossier)
    _contents(writer, dossier)
    for anchor, (level, section) in _anchored(dossier):
        _section(writer, section, level, anchor)
    about = Properties(
        title=cover.title_of(dossier, language),
        author=f"{dossier.registrant.joined(language)}; {dossier.contractor.joined(language)}",
        subject=cover.binding(dossier),
        language=cover.TAGS[language],
        created_at=dossier.pin.instant,
        head=cover.title_of(dossier, language),
        foot=cover.foot(dossier).joined("en" if language == "en" else "zh"),
        pages=cover.PAGES.joined(language, " / "),
        mark=dossier.marked_for,
    )
    return packed(writer.body, about, design=DESIGN)


def _anchored(dossier: Dossier) -> Sequence[tuple[str, tuple[int, Section]]]:
    return [(f"{ANCHOR}{number:06d}", found) for number, found in enumerate(dossier.walk(), 1)]


def _cover(writer: Writer, dossier: Dossier) -> None:
    """Title, parties, what the file is bound to, and how to check it."""
    body, language, pin = writer.body, writer.language, dossier.pin
    body.text(pin.pair_number, "Kicker")
    first, *more = dossier.title.parts(language)
    body.text(first, "CoverTitle")
    body.text(more[0] if more else "", "CoverSubtitle")
    writer.labelled(cover.facts(dossier, language), "CoverLabel", "CoverFact")
    groups = cover.groups(pin.head)
    half = (len(groups) + 1) // 2
    head = "\n".join("   ".join(part) for part in (groups[:half], groups[half:]))
    chain = [
        [_said(writer, cover.STREAM, pin.pair_number), _said(writer, cover.LENGTH, f"{pin.seq:,}")],
    ]
    body.columns(chain, _HALVES, framed=True)
    body.columns([[_said(writer, cover.HEAD, head)]], (1.0,), framed=True)
    body.text(cover.CHECK.joined(language, " / "), "BlockHead")
    for number, step in enumerate(cover.steps(dossier), 1):
        first, *more = step.parts(language)
        body.text(f"{number}. {first}", "Step")
        for text in more:
            body.text(text, "Step")


def _said(writer: Writer, label: Words, value: str) -> Cell:
    return Cell((Run(label.joined(writer.language, " / "), "CoverLabel"), Run(value, "CoverHash")))


def _contents(writer: Writer, dossier: Dossier) -> None:
    """Every section down to a readable depth; page numbers come when the reader's program updates the field."""
    body, language = writer.body, writer.language
    body.text(cover.CONTENTS.joined(language, " / "), "ContentsHead")
    deepest, numbers = min(cover.depth(dossier), LEVELS), list[int]()
    entries: list[tuple[Run, str]] = []
    for anchor, (level, section) in _anchored(dossier):
        del numbers[level:]
        numbers.extend([0] * (level - len(numbers)))
        numbers[level - 1] += 1
        if level <= deepest:
            number = ".".join(map(str, numbers))
            title = section.title.joined(language, " / ").replace("\n", " ")
            entries.append((Run(f"{number}  {title}", f"TOC{level}"), anchor))
    body.contents(entries, deepest)
    body.text(cover.UPDATE.joined(language, "\n"), "Small")
    if dossier.notes:
        body.text(cover.NOTES.joined(language, " / "), "BlockHead")
    for note in dossier.notes:
        body.text("\n".join(note.parts(language)), "Small")


def _section(writer: Writer, section: Section, level: int, anchor: str) -> None:
    title = section.title.joined(writer.language, " / ")
    writer.body.turn(across=opens_across(section))
    writer.body.heading(title.replace("\n", " "), f"Heading{min(level, LEVELS)}", anchor)
    for block in section.blocks:
        writer.block(block)
    if not section.blocks and not section.children:
        writer.body.text(cover.NO_RECORDS.joined(writer.language, " "), "Small")
