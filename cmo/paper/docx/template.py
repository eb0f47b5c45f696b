"""The document every DOCX starts from: styles, numbering and settings, written here and nowhere else.

Every style names its East-Asian font; there is no part that a current Word would not write itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from zipfile import ZipFile

from .parts import Part

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SONG, HEI = "宋体", "黑体"
INK, GRAY = "1A3B66", "6B7079"
#: Lists that count articles, by their number: the language they count in. A style counts in a list of its own.
_LISTS = {1: "zh", 2: "en", 3: "zh", 4: "en"}
_ARTICLES = {"zh": ("chineseCountingThousand", "第%1条"), "en": ("decimal", "Article %1")}


@dataclass(frozen=True, slots=True)
class ParagraphStyle:
    """One paragraph style; sizes in half points, spaces in twentieths of a point.

    ``number``: the list that counts it, ``rank``: its level there; ``left``: indent of every line; ``bar``: colour of a line
    at its left; ``ground``: colour behind it; ``tab``: place of a right tab with dots; ``fresh``: begins a page.
    """

    key: str
    name: str
    size: int
    bold: bool = False
    ink: str = ""
    align: str = ""
    before: int = 0
    after: int = 0
    line: int = 0
    indent: int = 0
    outline: int | None = None
    keep: bool = False
    number: int = 0
    rule: bool = False
    rank: int = 0
    left: int = 0
    bar: str = ""
    ground: str = ""
    tab: int = 0
    fresh: bool = False

    def xml(self) -> str:
        return (
            f'<w:style w:type="paragraph" w:styleId="{self.key}"><w:name w:val="{self.name}"/>'
            f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{self._paragraph()}</w:pPr><w:rPr>{self._run()}</w:rPr>'
            "</w:style>"
        )

    def _paragraph(self) -> str:
        parts = ["<w:keepNext/><w:keepLines/>" if self.keep else "", "<w:pageBreakBefore/>" if self.fresh else ""]
        if self.number:
            parts.append(f'<w:numPr><w:ilvl w:val="{self.rank}"/><w:numId w:val="{self.number}"/></w:numPr>')
        parts.append(self._edges())
        if self.tab:
            parts.append(f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{self.tab}"/></w:tabs>')
        line = f' w:line="{self.line}" w:lineRule="auto"' if self.line else ""
        parts.append(f'<w:spacing w:before="{self.before}" w:after="{self.after}"{line}/>')
        if self.indent:
            parts.append(f'<w:ind w:firstLineChars="{self.indent}" w:firstLine="{self.indent * self.size // 10}"/>')
        elif self.left:
            parts.append(f'<w:ind w:left="{self.left}"/>')
        parts.append(f'<w:jc w:val="{self.align}"/>' if self.align else "")
        parts.append(f'<w:outlineLvl w:val="{self.outline}"/>' if self.outline is not None else "")
        return "".join(parts)

    def _edges(self) -> str:
        bar = f'<w:left w:val="single" w:sz="24" w:space="6" w:color="{self.bar}"/>' if self.bar else ""
        rule = f'<w:bottom w:val="single" w:sz="6" w:space="3" w:color="{INK}"/>' if self.rule else ""
        edges = f"<w:pBdr>{bar}{rule}</w:pBdr>" if bar or rule else ""
        return edges + (f'<w:shd w:val="clear" w:color="auto" w:fill="{self.ground}"/>' if self.ground else "")

    def _run(self) -> str:
        latin, east = ("Arial", HEI) if self.bold else ("Times New Roman", SONG)
        bold = "<w:b/><w:bCs/>" if self.bold else ""
        ink = f'<w:color w:val="{self.ink}"/>' if self.ink else ""
        return f'{fonts(latin, east)}{bold}{ink}<w:sz w:val="{self.size}"/><w:szCs w:val="{self.size}"/>'


STYLES = (
    ParagraphStyle("Title", "Title", 48, bold=True, align="center", before=1900, after=160, line=300),
    ParagraphStyle("Subtitle", "Subtitle", 26, ink=GRAY, align="center", after=900),
    ParagraphStyle(
        "Heading1", "heading 1", 28, bold=True, ink=INK, before=360, after=160, outline=0, keep=True, rule=True
    ),
    ParagraphStyle("Heading2", "heading 2", 21, bold=True, before=160, after=60, outline=1, keep=True),
    ParagraphStyle("ArticleZh", "Article zh", 22, bold=True, before=200, after=60, outline=1, keep=True, number=1),
    ParagraphStyle("ArticleEn", "Article en", 22, bold=True, before=200, after=60, outline=1, keep=True, number=2),
    ParagraphStyle("NarrowZh", "Article zh narrow", 20, bold=True, before=160, after=40, outline=1, number=3),
    ParagraphStyle("NarrowEn", "Article en narrow", 20, bold=True, before=160, after=40, number=4),
    ParagraphStyle("BodyZh", "Text zh", 21, align="both", after=40, line=360, indent=200),
    ParagraphStyle("BodyEn", "Text en", 21, after=80, line=290),
    ParagraphStyle("BesideZh", "Text zh beside", 19, align="both", after=40, line=300),
    ParagraphStyle("BesideEn", "Text en beside", 18, after=60, line=264),
    ParagraphStyle("Side", "Party", 21, bold=True, before=100, after=40),
    ParagraphStyle("CoverSmall", "Cover small print", 16, ink=GRAY, before=2600, after=20),
    ParagraphStyle("Cited", "Citation", 16, ink=GRAY, before=20, after=80),
    ParagraphStyle("Fact", "Fact", 20, before=30, after=30),
    ParagraphStyle("FactLabel", "Fact label", 19, ink=GRAY, before=30, after=30),
    ParagraphStyle("CoverFact", "Cover fact", 24, before=70, after=70),
    ParagraphStyle("CoverLabel", "Cover label", 22, ink=GRAY, before=70, after=70),
    ParagraphStyle("Cell", "Table cell", 18, before=30, after=30),
    ParagraphStyle("CellMiddle", "Table cell centred", 18, align="center", before=30, after=30),
    ParagraphStyle("CellHead", "Table head", 18, bold=True, ink=INK, before=40, after=40),
    ParagraphStyle("CellHeadMiddle", "Table head centred", 18, bold=True, ink=INK, align="center", before=40, after=40),
    ParagraphStyle("Small", "Small print", 16, ink=GRAY, before=40, after=20),
    ParagraphStyle("SmallBold", "Small print head", 16, bold=True, before=120, after=20, keep=True),
    ParagraphStyle("Fine", "Fine print", 14, ink=GRAY),
    ParagraphStyle("Watch", "Warning", 20, bold=True, ink="9E1A1A", before=30, after=30),
    ParagraphStyle("Header", "header", 16, ink=GRAY),
    ParagraphStyle("Footer", "footer", 15, ink=GRAY),
)


@dataclass(frozen=True, slots=True)
class Design:
    """What a document has beyond the template: styles that are added to ours or stand for them, and counted headings.

    ``counted``: keys of heading styles from the first level on, which Word counts 1, 1.1, 1.1.1; they bear ``OUTLINE`` as
    their number and their level as their rank. ``tracks``: whether Word tracks what is changed from now on.
    """

    styles: tuple[ParagraphStyle, ...] = ()
    counted: tuple[str, ...] = ()
    tracks: bool = False


PLAIN = Design()
#: The list that counts headings.
OUTLINE = 9


def fonts(latin: str, east: str) -> str:
    """The fonts of a run for every script, so that no machine chooses its own for Chinese."""
    return f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{east}" w:cs="{latin}"/>'


def template(body: str = "", design: Design = PLAIN, last: str = "", parts: Sequence[Part] = ()) -> bytes:
    """The document as a file, with this WordprocessingML as its body.

    ``last``: the pages it ends with, if not the usual; ``parts``: what it has beside the usual parts.
    """
    stream = BytesIO()
    more = {part.path: part.xml for part in parts}
    with ZipFile(stream, "w") as archive:
        for name, text in (_leading_to(parts) | _parts(design) | more).items():
            archive.writestr(name, text)
        content = f"{body}{last or pages()}"
        archive.writestr(
            "word/document.xml",
            f'{_HEAD}<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{content}</w:body></w:document>',
        )
    return stream.getvalue()


def _leading_to(parts: Sequence[Part]) -> dict[str, str]:
    """The parts that say which parts there are."""
    relations: dict[bool, list[tuple[str, str, str]]] = {True: [], False: []}
    for number, part in enumerate(parts, 10):
        path = part.path if part.of_package else part.path.removeprefix("word/")
        relations[part.of_package].append((f"rId{number}", part.relation, path))
    return {
        "[Content_Types].xml": _content_types(parts),
        "_rels/.rels": _relations(
            ("rId1", f"{R}/officeDocument", "word/document.xml"),
            ("rId2", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            *relations[True],
        ),
        "word/_rels/document.xml.rels": _relations(
            ("rId1", f"{R}/styles", "styles.xml"),
            ("rId2", f"{R}/numbering", "numbering.xml"),
            ("rId3", f"{R}/settings", "settings.xml"),
            *relations[False],
        ),
    }


@cache
def _parts(design: Design) -> dict[str, str]:
    """Every part that is the same in all documents of a design."""
    return {
        "docProps/core.xml": f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"/>',
        "word/styles.xml": _styles(design),
        "word/numbering.xml": _numbering(design),
        "word/settings.xml": _settings(design),
    }


def _content_types(parts: Sequence[Part]) -> str:
    main = ("document.main", "word/document.xml"), ("styles", "word/styles.xml")
    more = ("numbering", "word/numbering.xml"), ("settings", "word/settings.xml")
    overrides = "".join(
        f'<Override PartName="/{path}" ContentType="{_OFFICE}.{kind}+xml"/>' for kind, path in (*main, *more)
    )
    overrides += "".join(f'<Override PartName="/{part.path}" ContentType="{part.content_type}"/>' for part in parts)
    core = "application/vnd.openxmlformats-package.core-properties+xml"
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
        f'{overrides}<Override PartName="/docProps/core.xml" ContentType="{core}"/></Types>'
    )


def _relations(*rows: tuple[str, str, str]) -> str:
    found = "".join(f'<Relationship Id="{key}" Type="{kind}" Target="{path}"/>' for key, kind, path in rows)
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{found}</Relationships>'


def pages(*, across: bool = False, first: bool = True) -> str:
    """A4 with room for head and foot, upright or across; the first page of the first, the cover, has no running head."""
    size = 'w:w="16838" w:h="11906" w:orient="landscape"' if across else 'w:w="11906" w:h="16838"'
    return (
        f'<w:sectPr><w:pgSz {size}/><w:pgMar w:top="1474" w:right="1361" w:bottom="1361" w:left="1361" '
        f'w:header="794" w:footer="680" w:gutter="0"/>{"<w:titlePg/>" if first else ""}</w:sectPr>'
    )


def _styles(design: Design) -> str:
    known = {style.key: style for style in (*STYLES, *design.styles)}
    basis = (
        f'<w:docDefaults><w:rPrDefault><w:rPr>{fonts("Times New Roman", SONG)}<w:sz w:val="21"/><w:szCs w:val="21"/>'
        '<w:lang w:val="en-GB" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        f"<w:rPr>{fonts('Times New Roman', SONG)}</w:rPr></w:style>"
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority '
        'w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" '
        'w:type="dxa"/><w:left w:w="85" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="85" '
        'w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    )
    return f'{_HEAD}<w:styles xmlns:w="{W}">{basis}{"".join(style.xml() for style in known.values())}</w:styles>'


def _numbering(design: Design) -> str:
    """第一条, 第二条 … and Article 1, Article 2 …: Word counts them itself."""
    abstract = "".join(article_list(number, language) for number, language in _LISTS.items())
    counted = _counted(design.counted)
    numbers = (*_LISTS, OUTLINE) if counted else _LISTS
    used = "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n in numbers)
    return f'{_HEAD}<w:numbering xmlns:w="{W}">{abstract}{counted}{used}</w:numbering>'


def article_list(number: int, language: str) -> str:
    """A list that counts articles: 第一条, 第二条 … or Article 1, Article 2 …"""
    form, words = _ARTICLES[language]
    return (
        f'<w:abstractNum w:abstractNumId="{number}"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0">'
        f'<w:start w:val="1"/><w:numFmt w:val="{form}"/><w:suff w:val="space"/><w:lvlText w:val="{words}"/>'
        '<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="0" w:firstLine="0"/></w:pPr>'
        f"<w:rPr>{fonts('Arial', HEI)}</w:rPr></w:lvl></w:abstractNum>"
    )


def _counted(keys: tuple[str, ...]) -> str:
    """1, 1.1, 1.1.1 …: each level is the number of one heading style."""
    if not keys:
        return ""
    levels = "".join(
        f'<w:lvl w:ilvl="{rank}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="{key}"/>'
        f'<w:suff w:val="space"/><w:lvlText w:val="{".".join(f"%{n + 1}" for n in range(rank + 1))}"/>'
        '<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="0" w:firstLine="0"/></w:pPr></w:lvl>'
        for rank, key in enumerate(keys)
    )
    kind = '<w:multiLevelType w:val="multilevel"/>'
    return f'<w:abstractNum w:abstractNumId="{OUTLINE}">{kind}{levels}</w:abstractNum>'


def _settings(design: Design) -> str:
    tracks = "<w:trackRevisions/>" if design.tracks else ""
    return (
        f'{_HEAD}<w:settings xmlns:w="{W}"><w:zoom w:percent="100"/>{tracks}<w:defaultTabStop w:val="420"/>'
        '<w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:compatSetting '
        'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        '<w:themeFontLang w:val="en-GB" w:eastAsia="zh-CN"/></w:settings>'
    )
