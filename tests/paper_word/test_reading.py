"""What a Word file says is read in both texts, with every tracked piece, its author and its date."""

from __future__ import annotations

from io import BytesIO
from random import Random

import pytest

from cmo.paper.word.opening import opened
from cmo.paper.word.reading import Control, Loose, Reading, read
from cmo.paper.word.text import Stretch, Tracked
from tests.paper_word.build import (
    WHEN,
    comment,
    commented,
    control,
    deleted,
    docx,
    inserted,
    moved_from,
    moved_to,
    paragraph,
    reply,
    table,
    text,
)
from tests.paper_word.editing import AUTHORS, Edited, changes_of

CASES = 600


def reading(*blocks: str, **more: object) -> Reading:
    return read(opened(BytesIO(docx(*blocks, **more))))


def stretch(*blocks: str) -> Stretch:
    (item,) = reading(control("qa/scope/e1/zh", *blocks)).items
    return item.text


def line(*runs: str) -> tuple[str, ...]:
    return stretch(paragraph(*runs)).after


@pytest.mark.parametrize("batch", range(12))
def test_of_random_edits_by_three_authors_both_texts_and_every_change_are_found(batch: int) -> None:
    for case in range(CASES // 12):
        judge(Random(batch * CASES + case))


def judge(random: Random) -> None:
    letters = "一二三 four five，六。"
    paragraphs = ["".join(random.choices(letters, k=random.randint(0, 30))) for _n in range(random.randint(1, 5))]
    edited = Edited(paragraphs, random)
    for _step in range(random.randint(1, 25)):
        edited.step(random.randrange(len(AUTHORS)))
    found = stretch(edited.paragraphs())
    assert "".join(p + "\n" for p in found.after) == edited.new
    assert "".join(p + "\n" for p in found.before) == edited.old == "".join(p + "\n" for p in paragraphs)
    for kind in ("inserted", "deleted"):
        for author, at in AUTHORS:
            expected = "".join(t for k, a, t in changes_of(edited) if (k, a) == (kind, author))
            pieces = [t for t in found.tracked() if (t.kind, t.author) == (kind, author)]
            assert "".join(t.text for t in pieces) == expected
            assert {t.at for t in pieces} <= {at}


def test_a_control_is_read_as_it_was_and_as_it_became() -> None:
    found = stretch("适用范围", paragraph("适用于", deleted("骨科"), inserted("全部", "Ann"), "产品。"))
    assert found.before == ("适用范围", "适用于骨科产品。")
    assert found.after == ("适用范围", "适用于全部产品。")
    assert found.tracked() == (
        Tracked("deleted", "王律师", WHEN, "骨科"),
        Tracked("inserted", "Ann", WHEN, "全部"),
    )


def test_an_inserted_paragraph_and_a_joined_one_are_told_by_their_marks() -> None:
    found = stretch(
        paragraph("甲", mark="ins"),
        paragraph(inserted("新段")),
        paragraph("乙", mark="del"),
        paragraph("丙"),
    )
    assert found.before == ("甲", "乙", "丙")
    assert found.after == ("甲", "新段", "乙丙")


def test_a_paragraph_deleted_whole_leaves_no_empty_one() -> None:
    found = stretch("甲", paragraph(deleted("乙"), mark="del"), "丙")
    assert (found.before, found.after) == (("甲", "乙", "丙"), ("甲", "丙"))


def test_moved_text_stands_where_it_was_and_where_it_went() -> None:
    found = stretch(paragraph(moved_from("先"), "后", moved_to("先")))
    assert (found.before, found.after) == (("先后",), ("后先",))
    assert [t.kind for t in found.tracked()] == ["moved_away", "moved_here"]


def test_what_one_inserted_and_another_deleted_is_in_neither_text_and_told_of_both() -> None:
    found = stretch(paragraph("甲", inserted("", inside=deleted("乙", "Ann")), "丙"))
    assert (found.before, found.after) == (("甲丙",), ("甲丙",))
    assert {(t.kind, t.author) for t in found.tracked()} == {("inserted", "王律师"), ("deleted", "Ann")}


def test_changes_that_were_in_the_file_when_it_went_out_count_as_settled() -> None:
    found = stretch(paragraph("甲", inserted("乙", "Ann"), deleted("丙", "Ann"), inserted("丁", "王律师")))
    settled = [change for change in found.changes() if change.author == "Ann"]
    assert found.without(settled) == ("甲乙",)
    assert found.tracked(settled) == (Tracked("inserted", "王律师", WHEN, "丁"),)


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t></w:r>", "a\tb"),
        ("<w:r><w:t>a</w:t><w:br/><w:t>b</w:t></w:r>", "a\nb"),
        ('<w:r><w:t>a</w:t><w:br w:type="page"/><w:t>b</w:t></w:r>', "ab"),
        ("<w:r><w:t>co</w:t><w:noBreakHyphen/><w:t>op</w:t></w:r>", "co\u2011op"),
        ("<w:r><w:t>co</w:t><w:softHyphen/><w:t>op</w:t></w:r>", "co\u00adop"),
        ('<w:r><w:t>±</w:t><w:sym w:font="Symbol" w:char="F0B3"/></w:r>', "±≥"),
        ('<w:r><w:t xml:space="preserve"> a </w:t></w:r><w:r><w:t> b </w:t></w:r>', " a b"),
        ('<w:hyperlink r:id="rId9"><w:r><w:t>链接</w:t></w:r></w:hyperlink>', "链接"),
        ("<w:smartTag><w:r><w:t>智能</w:t></w:r></w:smartTag>", "智能"),
        ('<w:fldSimple w:instr=" DATE "><w:r><w:t>2026</w:t></w:r></w:fldSimple>', "2026"),
        (
            (
                '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>REF x</w:instrText></w:r>'
                '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>第三条</w:t></w:r>'
                '<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>款</w:t></w:r>'
            ),
            "第三条款",
        ),
        (
            '<w:sdt><w:sdtPr><w:tag w:val="x"/></w:sdtPr><w:sdtContent><w:r><w:t>内</w:t></w:r></w:sdtContent></w:sdt>',
            "内",
        ),
        (
            (
                "<w:r><mc:AlternateContent><mc:Choice><w:t>新</w:t></mc:Choice><mc:Fallback><w:t>旧</w:t></mc:Fallback>"
                "</mc:AlternateContent></w:r>"
            ),
            "新",
        ),
        (
            (
                "<w:r><w:ruby><w:rt><w:r><w:t>zhi</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>质</w:t></w:r></w:rubyBase></w:ruby>"
                "</w:r>"
            ),
            "质",
        ),
        ('<w:proofErr w:type="spellStart"/><w:r><w:lastRenderedPageBreak/><w:t>字</w:t></w:r>', "字"),
    ],
)
def test_everything_that_is_text_in_a_paragraph_is_read_and_nothing_else(runs: str, words: str) -> None:
    assert line(runs) == (words,)


def test_what_is_no_text_is_told() -> None:
    found = stretch(
        paragraph(
            text("密", "<w:vanish/>"),
            "<w:r><w:footnoteReference w:id='2'/></w:r>",
            "<w:r><w:drawing/></w:r>",
            '<w:r><w:sym w:font="Webdings" w:char="F061"/></w:r>',
        )
    )
    assert found.oddities == ("hidden_text", "footnote", "picture", "symbol")
    assert found.after == ("密\ufffd",)


def test_text_boxes_are_read_apart_from_the_control_that_holds_them() -> None:
    box = f"<w:r><w:drawing><wps:txbx><w:txbxContent>{paragraph('框内')}</w:txbxContent></wps:txbx></w:drawing></w:r>"
    held, boxed = reading(control("qa/scope/e1/zh", paragraph("正文", box))).items
    assert (held.text.after, boxed.text.after) == (("正文",), ("框内",))


def test_controls_in_tables_and_in_each_other_are_found_where_they_stand() -> None:
    inner = control("qa/b/e1/zh", "内")
    zh, en, outer, held = reading(
        table((control("qa/a/e1/zh", "甲"), control("qa/a/e1/en", "A"))), control("qa/c/e1/zh", "外", inner)
    ).items
    assert [item.tag for item in (zh, en, outer, held)] == ["qa/a/e1/zh", "qa/a/e1/en", "qa/c/e1/zh", "qa/b/e1/zh"]
    assert (outer.text.after, held.text.after, held.within) == (("外",), ("内",), "qa/c/e1/zh")


def test_a_control_around_rows_or_cells_is_read() -> None:
    cells = "<w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc>"
    row = f"<w:tr><w:sdt><w:sdtPr><w:tag w:val='x'/></w:sdtPr><w:sdtContent>{cells}</w:sdtContent></w:sdt></w:tr>"
    (item,) = reading(f"<w:tbl>{row}</w:tbl>").items
    assert item.text.after == ("甲",)


def test_an_untagged_control_is_only_its_text() -> None:
    (item,) = reading(control("", "目录")).items
    assert isinstance(item, Loose)
    assert item.text.after == ("目录",)


def test_a_placeholder_left_in_a_control_is_told() -> None:
    (item,) = reading(control("qa/a/e1/zh", "单击此处输入", properties="<w:showingPlcHdr/>")).items
    assert isinstance(item, Control)
    assert item.placeholder


def test_rows_of_a_table_are_lines_and_keep_what_was_tracked() -> None:
    first, second = reading(table(("职责", "委托方"), ("检验", paragraph(deleted("A"), inserted("R"))))).items
    assert first.row
    assert first.text.after == ("职责 | 委托方",)
    assert (second.text.before, second.text.after) == (("检验 | A",), ("检验 | R",))


def test_a_row_that_was_inserted_is_not_in_the_earlier_text() -> None:
    row = '<w:tr><w:trPr><w:ins w:id="1" w:author="Ann" w:date="2026-06-03T00:00:00Z"/></w:trPr><w:tc><w:p><w:r><w:t>新</w:t></w:r></w:p></w:tc></w:tr>'
    (item,) = reading(f"<w:tbl>{row}</w:tbl>").items
    assert (item.text.before, item.text.after) == ((), ("新",))
    assert {t.author for t in item.text.tracked()} == {"Ann"}


def test_comments_say_whose_they_are_where_they_hang_and_what_they_answer() -> None:
    held, *_more = reading(
        control("qa/a/e1/zh", "标题", paragraph(commented(1, "三十日"), "内")),
        comments=comment(1, "太长", para="0A") + comment(2, "改为十五日", "Ann", para="0B"),
        replies=reply("0B", "0A"),
    ).items
    first, second = held.text.comments
    assert (first.author, first.text, first.about, first.at, first.answers) == ("李法务", "太长", "三十日", WHEN, "")
    assert (second.author, second.text, second.answers) == ("Ann", "改为十五日", "李法务")


def test_a_comment_over_two_controls_hangs_where_it_began() -> None:
    one = control("qa/a/e1/zh", paragraph('<w:commentRangeStart w:id="1"/>', "甲"))
    two = control(
        "qa/b/e1/zh", paragraph("乙", '<w:commentRangeEnd w:id="1"/>', '<w:r><w:commentReference w:id="1"/></w:r>')
    )
    first, second = reading(one, two, comments=comment(1, "两条一起看")).items
    assert [c.about for c in first.text.comments] == ["甲乙"]
    assert second.text.comments == ()


def test_marks_that_programs_leave_of_a_control_are_kept_with_the_paragraph() -> None:
    marked = '<w:bookmarkStart w:id="1" w:name="_qa_zh_e1_ab"/>'
    inner = f'<w:sdt><w:sdtPr><w:alias w:val="保密"/></w:sdtPr><w:sdtContent>{text("保密")}</w:sdtContent></w:sdt>'
    between, within = reading(marked, paragraph("一"), paragraph(marked, inner)).items
    assert between.marks == ("_qa_zh_e1_ab",)
    assert within.marks == ("_qa_zh_e1_ab", "保密")


def test_properties_and_the_program_are_read() -> None:
    app = b"<Properties><Application>WPS Office</Application></Properties>"
    app = app.replace(b"<Properties>", b'<Properties xmlns="http://x">')
    found = reading("字", properties={"QualityAgreement": "QA2026-000001"}, more={"docProps/app.xml": app})
    assert found.properties == {"QualityAgreement": "QA2026-000001"}
    assert found.program == "WPS Office"


def test_a_file_saved_as_strict_is_read_alike() -> None:
    strict = docx(control("qa/a/e1/zh", "甲"))
    from zipfile import ZipFile

    from .build import packed

    with ZipFile(BytesIO(strict)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    usual, other = (
        b"schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"purl.oclc.org/ooxml/wordprocessingml/main",
    )
    parts["word/document.xml"] = parts["word/document.xml"].replace(usual, other)
    (item,) = read(opened(BytesIO(packed(parts)))).items
    assert item.tag == "qa/a/e1/zh"
