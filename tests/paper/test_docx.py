"""DOCX: opens, says what was typed as plain text, names East-Asian fonts everywhere, and is the same every time."""

from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn

from cmo.paper.code import qr_code
from cmo.paper.docx import Body, Cell, Properties, Run, packed
from cmo.paper.docx.template import template
from cmo.paper.plain import visible
from tests.paper.test_pdf import HOSTILE

ABOUT = Properties(
    "题目", "作者", "主题", "zh-CN", datetime(2026, 6, 1, tzinfo=UTC), "页眉", "页脚", "第 {page} 页 共 {pages} 页"
)


def sample(typed: str = "正文") -> Body:
    body = Body()
    body.text(f"{typed}\n第二段", "BodyZh")
    body.table([Run(typed, "CellHead"), Run("b", "CellHead")], [[Run(typed, "Cell"), Run("1\n2", "Cell")]], (0.5, 0.5))
    body.columns([[Cell((Run(typed, "Fact"),)), Cell((), picture="code")]], (0.5, 0.5), framed=True)
    return body


def file_of(body: Body, about: Properties = ABOUT) -> bytes:
    return packed(body, about, {"code": qr_code("https://quality.example/verify/1/")})


@pytest.mark.parametrize("typed", HOSTILE)
def test_typed_text_stays_text(typed: str) -> None:
    about = Properties(typed, typed, typed, "zh-CN", ABOUT.created_at, typed, typed, ABOUT.pages)
    document = Document(BytesIO(file_of(sample(typed), about)))
    shown = visible(typed)
    assert document.paragraphs[0].text == shown
    assert document.tables[0].rows[0].cells[0].text == shown
    assert document.tables[0].rows[1].cells[0].text == shown
    assert document.core_properties.title == shown
    assert document.sections[0].header.paragraphs[0].text == shown
    links = [rel for part in document.part.package.iter_parts() for rel in part.rels.values() if rel.is_external]
    assert links == []


def test_the_same_body_gives_the_same_bytes_with_fixed_dates() -> None:
    first = file_of(sample())
    assert first == file_of(sample())
    with ZipFile(BytesIO(first)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"
        assert not any("stylesWithEffects" in name for name in archive.namelist())
    assert Document(BytesIO(first)).core_properties.created == datetime(2026, 6, 1, tzinfo=UTC)


def test_every_style_names_its_east_asian_font() -> None:
    document = Document(BytesIO(template()))
    paragraphs = [style for style in document.styles if style.type is not None and style.name != "Normal Table"]
    assert len(paragraphs) > 20
    for style in paragraphs:
        assert style.element.find(f".//{qn('w:rFonts')}").get(qn("w:eastAsia")) in {"宋体", "黑体"}, style.name


def test_every_style_used_exists_and_the_head_of_a_table_is_repeated() -> None:
    document = Document(BytesIO(file_of(sample())))
    known = {style.style_id for style in document.styles}
    used = {element.get(qn("w:val")) for element in document.element.iter(qn("w:pStyle"))}
    assert used <= known
    (head,) = document.element.iter(qn("w:tblHeader"))
    assert head.getparent().getparent() is document.tables[0].rows[0]._tr


def test_line_feeds_are_paragraphs_in_text_and_breaks_in_cells() -> None:
    document = Document(BytesIO(file_of(sample())))
    assert [paragraph.text for paragraph in document.paragraphs[:2]] == ["正文", "第二段"]
    assert document.tables[0].rows[1].cells[1].text == "1\n2"


def test_the_code_is_a_picture_in_its_cell_and_pages_are_counted_by_word() -> None:
    document = Document(BytesIO(file_of(sample())))
    assert len(document.inline_shapes) == 1
    codes = [field.get(qn("w:instr")).strip() for field in document.sections[0].footer._element.iter(qn("w:fldSimple"))]
    assert codes == ["PAGE", "NUMPAGES"]


def test_a_typed_bookmark_name_places_no_picture() -> None:
    body = sample()
    body.text('<w:bookmarkStart w:id="0" w:name="code"/>', "BodyZh")
    assert len(Document(BytesIO(file_of(body))).inline_shapes) == 1
