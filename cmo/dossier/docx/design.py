"""Styles of a dossier that no other document has: counted headings, contents, cautions, quoted text, small cells."""

from __future__ import annotations

from cmo.paper.docx import OUTLINE, Design, ParagraphStyle
from cmo.paper.docx.body import BREADTH
from cmo.paper.docx.template import GRAY, INK

#: Headings are counted down to this level; deeper sections bear the last one.
LEVELS = 4
_RED, _ROSE, _BAR = "9E1A1A", "FDF1F0", "9AA3B0"

_HEADINGS = (
    ParagraphStyle(
        "Heading1",
        "heading 1",
        30,
        bold=True,
        ink=INK,
        after=200,
        outline=0,
        keep=True,
        rule=True,
        number=OUTLINE,
        fresh=True,
    ),
    ParagraphStyle(
        "Heading2",
        "heading 2",
        24,
        bold=True,
        ink=INK,
        before=360,
        after=100,
        outline=1,
        keep=True,
        number=OUTLINE,
        rank=1,
    ),
    ParagraphStyle(
        "Heading3", "heading 3", 21, bold=True, before=280, after=80, outline=2, keep=True, number=OUTLINE, rank=2
    ),
    ParagraphStyle(
        "Heading4", "heading 4", 20, bold=True, before=240, after=60, outline=3, keep=True, number=OUTLINE, rank=3
    ),
)
_CELLS = tuple(
    ParagraphStyle(f"{key}{suffix}", f"{name}{word}", size, bold=bold, ink=ink, align=align, before=before, after=after)
    for key, name, size, bold, ink, before, after in (
        ("Cell", "Table cell", 18, False, "", 30, 30),
        ("CellSecond", "Table cell second", 16, False, GRAY, 0, 30),
        ("CellHead", "Table head", 18, True, INK, 40, 20),
        ("CellHeadSecond", "Table head second", 16, False, GRAY, 0, 40),
        ("Tiny", "Small cell", 15, False, "", 20, 20),
        ("TinySecond", "Small cell second", 14, False, GRAY, 0, 20),
        ("TinyHead", "Small head", 15, True, INK, 30, 20),
        ("TinyHeadSecond", "Small head second", 14, False, GRAY, 0, 30),
    )
    for suffix, word, align in (("", "", ""), ("Middle", " centred", "center"), ("Right", " right", "right"))
)
DESIGN = Design(
    styles=(
        *_HEADINGS,
        *_CELLS,
        ParagraphStyle("TOC1", "toc 1", 22, bold=True, before=140, after=40, tab=BREADTH),
        ParagraphStyle("TOC2", "toc 2", 20, before=20, after=20, left=360, tab=BREADTH),
        ParagraphStyle("TOC3", "toc 3", 18, ink=GRAY, before=20, after=20, left=760, tab=BREADTH),
        ParagraphStyle("TOC4", "toc 4", 18, ink=GRAY, before=20, after=20, left=1160, tab=BREADTH),
        ParagraphStyle("ContentsHead", "Contents head", 30, bold=True, ink=INK, after=200, rule=True, fresh=True),
        ParagraphStyle("Kicker", "Cover kind", 22, ink=GRAY, before=300, after=60),
        ParagraphStyle("CoverTitle", "Cover title", 46, bold=True, ink=INK, after=40, line=280),
        ParagraphStyle("CoverSubtitle", "Cover subtitle", 26, ink=GRAY, after=400),
        ParagraphStyle("CoverLabel", "Cover label", 19, ink=GRAY, before=50, after=50),
        ParagraphStyle("CoverFact", "Cover fact", 21, before=50, after=50),
        ParagraphStyle("CoverHash", "Cover hash", 23, bold=True, before=20, after=60),
        ParagraphStyle("Step", "Cover step", 17, before=30, after=30, line=270),
        ParagraphStyle("SectionSecond", "Section title second", 19, ink=GRAY, after=120, keep=True),
        ParagraphStyle("BlockHead", "Block head", 20, bold=True, before=200, after=70, keep=True),
        ParagraphStyle("FactSecond", "Fact second", 18, ink=GRAY, after=30),
        ParagraphStyle("LabelSecond", "Fact label second", 16, ink=GRAY, after=30),
        ParagraphStyle("Quoted", "Quoted text", 20, align="both", after=60, line=310, left=200, bar=_BAR),
        ParagraphStyle(
            "CautionHead",
            "Caution head",
            20,
            bold=True,
            ink=_RED,
            before=160,
            left=200,
            bar=_RED,
            ground=_ROSE,
            keep=True,
        ),
        ParagraphStyle("Caution", "Caution", 20, left=200, line=290, bar=_RED, ground=_ROSE),
    ),
    counted=tuple(style.key for style in _HEADINGS),
)
