"""What our blocks need in a file with other styles: our styles beside its own, two lists that count articles, tracking."""

from __future__ import annotations

from typing import Any

from lxml import etree

from cmo.paper.docx.existing import Existing, W
from cmo.paper.docx.parts import Part
from cmo.paper.docx.template import STYLES, article_list

_NAMESPACE = W.strip("{}")
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
#: The styles of our tables, notes and places to sign.
_NEEDED = frozenset(("Cell", "CellMiddle", "CellHead", "CellHeadMiddle", "Small", "Fact", "FactLabel", "Side", "Fine"))
#: Settings that stand before the one for tracking.
_BEFORE_TRACKING = frozenset(
    {
        *(
            "writeProtection",
            "view",
            "zoom",
            "removePersonalInformation",
            "removeDateAndTime",
            "doNotDisplayPageBoundaries",
        ),
        *("displayBackgroundShape", "printPostScriptOverText", "printFractionalCharacterWidth", "printFormsData"),
        *("embedTrueTypeFonts", "embedSystemFonts", "saveSubsetFonts", "saveFormsData", "mirrorMargins"),
        *("alignBordersAndEdges", "bordersDoNotSurroundHeader", "bordersDoNotSurroundFooter", "gutterAtTop"),
        *(
            "hideSpellingErrors",
            "hideGrammaticalErrors",
            "activeWritingStyle",
            "proofState",
            "formsDesign",
            "linkStyles",
        ),
        *("stylePaneFormatFilter", "stylePaneSortMethod", "documentType", "revisionView"),
    }
)


def bring_styles(file: Existing) -> None:
    """Add our styles that the file lacks; its own stay as they are."""
    root = _part(file, "styles")
    known = {node.get(f"{W}styleId") for node in root.iter(f"{W}style")}
    for style in STYLES:
        if style.key in _NEEDED - known:
            root.append(_made(style.xml()))


def counted(file: Existing) -> dict[str, int]:
    """Add a list that counts articles for each language; language → its number."""
    root = _part(file, "numbering")
    abstract = _free(root, "abstractNum", "abstractNumId")
    number = _free(root, "num", "numId")
    first = root.find(f"{W}num")
    found = {}
    for step, language in enumerate(("zh", "en")):
        node = _made(article_list(abstract + step, language))
        if first is None:
            root.append(node)
        else:
            first.addprevious(node)
        found[language] = number + step
    for step, at in enumerate(found.values()):
        kept = root.find(f"{W}numIdMacAtCleanup")
        node = _made(f'<w:num w:numId="{at}"><w:abstractNumId w:val="{abstract + step}"/></w:num>')
        root.append(node) if kept is None else kept.addprevious(node)
    return found


def track_changes(file: Existing) -> None:
    """Let Word track what is changed from now on."""
    root = _part(file, "settings")
    if root.find(f"{W}trackRevisions") is not None:
        return
    before = [node for node in root if _name(node) in _BEFORE_TRACKING]
    node = etree.Element(f"{W}trackRevisions")
    before[-1].addnext(node) if before else root.insert(0, node)


def _part(file: Existing, kind: str) -> Any:
    """The root of the part of this kind; an empty one is added where there is none."""
    found = file.related(kind)
    if not found:
        xml = f'<w:{kind} xmlns:w="{_NAMESPACE}"/>'
        file.add(Part(f"word/{kind}.xml", f"{_KIND}.{kind}+xml", f"{_OFFICE}/{kind}", xml))
        found = file.related(kind)
    return file.tree(found[0])


def _free(root: Any, element: str, name: str) -> int:
    taken = (node.get(f"{W}{name}", "") for node in root.iter(f"{W}{element}"))
    return max((int(value) for value in taken if value.isdecimal()), default=0) + 1


def _name(node: Any) -> str:
    return node.tag.removeprefix(W) if isinstance(node.tag, str) else ""


def _made(xml: str) -> Any:
    return etree.fromstring(f'<w:x xmlns:w="{_NAMESPACE}">{xml}</w:x>')[0]
