"""The document every DOCX starts from: styles, numbering and settings, written here and nowhere else.

Every style names its East-Asian font; there is no part that a current Word would not write itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from zipfile import ZipFile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SONG, HEI = "宋体", "黑体"
INK, GRAY = "1A3B66", "6B7079"
#: Lists that count articles, by their number: the language they count in. A style counts in a list of its own.
_LISTS = {1: "zh", 2: "en", 3: "zh", 4: "en"}


@dataclass(frozen=True, slots=True)
class _Style:
    """One paragraph style; sizes in half points, spaces in twentieths of a point."""

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

    def xml(self) -> str:
        return (
            f'<w:style w:type="paragraph" w:styleId="{self.key}"><w:name w:val="{self.name}"/>'
            f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{self._paragraph()}</w:pPr><w:rPr>{self._run()}</w:rPr>'
            "</w:style>"
        )

    def _paragraph(self) -> str:
        parts = ["<w:keepNext/><w:keepLines/>" if self.keep else ""]
        if self.number:
            parts.append(f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{self.number}"/></w:numPr>')
        if self.rule:
            parts.append(f'<w:pBdr><w:bottom w:val="single" w:sz="6" w:space="3" w:color="{INK}"/></w:pBdr>')
        line = f' w:line="{self.line}" w:lineRule="auto"' if self.line else ""
        parts.append(f'<w:spacing w:before="{self.before}" w:after="{self.after}"{line}/>')
        if self.indent:
            parts.append(f'<w:ind w:firstLineChars="{self.indent}" w:firstLine="{self.indent * self.size // 10}"/>')
        parts.append(f'<w:jc w:val="{self.align}"/>' if self.align else "")
        parts.append(f'<w:outlineLvl w:val="{self.outline}"/>' if self.outline is not None else "")
        return "".join(parts)

    def _run(self) -> str:
        latin, east = ("Arial", HEI) if self.bold else ("Times New Roman", SONG)
        bold = "<w:b/><w:bCs/>" if self.bold else ""
        ink = f'<w:color w:val="{self.ink}"/>' if self.ink else ""
        return f'{fonts(latin, east)}{bold}{ink}<w:sz w:val="{self.size}"/><w:szCs w:val="{self.size}"/>'


STYLES = (
    _Style("Title", "Title", 48, bold=True, align="center", before=1900, after=160, line=300),
    _Style("Subtitle", "Subtitle", 26, ink=GRAY, align="center", after=900),
    _Style("Heading1", "heading 1", 28, bold=True, ink=INK, before=360, after=160, outline=0, keep=True, rule=True),
    _Style("Heading2", "heading 2", 21, bold=True, before=160, after=60, outline=1, keep=True),
    _Style("ArticleZh", "Article zh", 22, bold=True, before=200, after=60, outline=1, keep=True, number=1),
    _Style("ArticleEn", "Article en", 22, bold=True, before=200, after=60, outline=1, keep=True, number=2),
    _Style("NarrowZh", "Article zh narrow", 20, bold=True, before=160, after=40, outline=1, number=3),
    _Style("NarrowEn", "Article en narrow", 20, bold=True, before=160, after=40, number=4),
    _Style("BodyZh", "Text zh", 21, align="both", after=40, line=360, indent=200),
    _Style("BodyEn", "Text en", 21, after=80, line=290),
    _Style("BesideZh", "Text zh beside", 19, align="both", after=40, line=300),
    _Style("BesideEn", "Text en beside", 18, after=60, line=264),
    _Style("Side", "Party", 21, bold=True, before=100, after=40),
    _Style("CoverSmall", "Cover small print", 16, ink=GRAY, before=2600, after=20),
    _Style("Cited", "Citation", 16, ink=GRAY, before=20, after=80),
    _Style("Fact", "Fact", 20, before=30, after=30),
    _Style("FactLabel", "Fact label", 19, ink=GRAY, before=30, after=30),
    _Style("CoverFact", "Cover fact", 24, before=70, after=70),
    _Style("CoverLabel", "Cover label", 22, ink=GRAY, before=70, after=70),
    _Style("Cell", "Table cell", 18, before=30, after=30),
    _Style("CellMiddle", "Table cell centred", 18, align="center", before=30, after=30),
    _Style("CellHead", "Table head", 18, bold=True, ink=INK, before=40, after=40),
    _Style("CellHeadMiddle", "Table head centred", 18, bold=True, ink=INK, align="center", before=40, after=40),
    _Style("Small", "Small print", 16, ink=GRAY, before=40, after=20),
    _Style("SmallBold", "Small print head", 16, bold=True, before=120, after=20, keep=True),
    _Style("Fine", "Fine print", 14, ink=GRAY),
    _Style("Watch", "Warning", 20, bold=True, ink="9E1A1A", before=30, after=30),
    _Style("Header", "header", 16, ink=GRAY),
    _Style("Footer", "footer", 15, ink=GRAY),
)


def fonts(latin: str, east: str) -> str:
    """The fonts of a run for every script, so that no machine chooses its own for Chinese."""
    return f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{east}" w:cs="{latin}"/>'


def template(body: str = "") -> bytes:
    """The document as a file, with this WordprocessingML as its body; empty where none is given."""
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        for name, text in _parts().items():
            archive.writestr(name, text)
        content = f"{body}{_section()}"
        archive.writestr(
            "word/document.xml",
            f'{_HEAD}<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{content}</w:body></w:document>',
        )
    return stream.getvalue()


@cache
def _parts() -> dict[str, str]:
    """Every part except the document itself."""
    return {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(
            ("rId1", f"{R}/officeDocument", "word/document.xml"),
            ("rId2", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"/>',
        "word/_rels/document.xml.rels": _relations(
            ("rId1", f"{R}/styles", "styles.xml"),
            ("rId2", f"{R}/numbering", "numbering.xml"),
            ("rId3", f"{R}/settings", "settings.xml"),
        ),
        "word/styles.xml": _styles(),
        "word/numbering.xml": _numbering(),
        "word/settings.xml": _settings(),
    }


def _content_types() -> str:
    main = ("document.main", "word/document.xml"), ("styles", "word/styles.xml")
    more = ("numbering", "word/numbering.xml"), ("settings", "word/settings.xml")
    overrides = "".join(
        f'<Override PartName="/{path}" ContentType="{_OFFICE}.{kind}+xml"/>' for kind, path in (*main, *more)
    )
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


def _section() -> str:
    """A4, with room for head and foot; the first page, the cover, has no running head."""
    return (
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1474" w:right="1361" w:bottom="1361" w:left="1361" '
        'w:header="794" w:footer="680" w:gutter="0"/><w:titlePg/></w:sectPr>'
    )


def _styles() -> str:
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
    return f'{_HEAD}<w:styles xmlns:w="{W}">{basis}{"".join(style.xml() for style in STYLES)}</w:styles>'


def _numbering() -> str:
    """第一条, 第二条 … and Article 1, Article 2 …: Word counts them itself."""
    forms = {"zh": ("chineseCountingThousand", "第%1条"), "en": ("decimal", "Article %1")}
    face = fonts("Arial", HEI)
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{number}"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0">'
        f'<w:start w:val="1"/><w:numFmt w:val="{forms[language][0]}"/><w:suff w:val="space"/>'
        f'<w:lvlText w:val="{forms[language][1]}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="0" w:firstLine="0"/></w:pPr><w:rPr>{face}</w:rPr></w:lvl></w:abstractNum>'
        for number, language in _LISTS.items()
    )
    used = "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n in _LISTS)
    return f'{_HEAD}<w:numbering xmlns:w="{W}">{abstract}{used}</w:numbering>'


def _settings() -> str:
    return (
        f'{_HEAD}<w:settings xmlns:w="{W}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/>'
        '<w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:compatSetting '
        'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        '<w:themeFontLang w:val="en-GB" w:eastAsia="zh-CN"/></w:settings>'
    )
