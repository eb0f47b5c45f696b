"""A company's own Word file as a template: what is taken, what is refused and where, what is put in; nothing in it is run."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from docx import Document

from agreements import actions
from agreements.facts.word_templates import offered_by
from agreements.models import WordTemplate
from agreements.rules.word_template import blockers_to_keep_word_template
from agreements.word.filling import fill
from agreements.word.judging import Fault, judge
from agreements.word.placeholders import BLOCKS, VALUES
from agreements.word.sample import sample
from agreements.word.sources import Source
from agreements.word.tags import Tag
from agreements.word.writing import Order
from cmo.errors import Refused
from cmo.trail.models import Entry
from tests import make
from tests.agreements import build, build_word, word_reading
from tests.agreements.build_word import in_body, template
from tests.agreements.word_reading import W

R_NS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DOCUMENT, RELATIONS, SETTINGS = "word/document.xml", "word/_rels/document.xml.rels", "word/settings.xml"
NUMBER, CLAUSES = "{{agreement.number}}", "{{clauses}}"


def faults(data: bytes) -> set[tuple[str, str]]:
    return {(fault.code, fault.what) for fault in judge(data).faults}


def field(code: str, *, runs: int = 1) -> str:
    """A field in a paragraph, its code cut into runs."""
    step = -(-len(code) // runs)
    pieces = [code[n : n + step] for n in range(0, len(code), step)]
    codes = "".join(f'<w:r><w:instrText xml:space="preserve">{piece}</w:instrText></w:r>' for piece in pieces)
    begin, end = ('<w:r><w:fldChar w:fldCharType="' + kind + '"/></w:r>' for kind in ("begin", "end"))
    return f"<w:p>{begin}{codes}{end}</w:p>"


def related(data: bytes, kind: str, target: str, *, external: bool = True) -> bytes:
    mode = ' TargetMode="External"' if external else ""
    node = f'<Relationship Id="rIdX" Type="{R_NS}/{kind}" Target="{target}"{mode}/>'
    return build_word.changed(data, {RELATIONS: ("</Relationships>", f"{node}</Relationships>")})


def test_a_plain_company_file_is_taken_with_its_placeholders_in_order() -> None:
    found = judge(template(head="甲集团 {{agreement.text_zh}}", foot="{{contractor.uscc}}", table="{{term.ends_on}}"))
    assert not found.faults
    assert found.placeholders[0] == "agreement.number"
    assert set(found.placeholders) > {"clauses", "matrix", "agreement.text_zh", "contractor.uscc", "term.ends_on"}


def test_every_placeholder_that_is_offered_is_known_and_filled() -> None:
    lines = [
        *(f"{name}: {{{{{name}}}}}" for name in VALUES),
        *(f"{{{{{name}}}}}" for name in BLOCKS if "_" not in name),
    ]
    data = template(lines)
    assert not judge(data).faults
    assert "{{" not in text_of(fill(data, Order(sample(), "both")))


@pytest.mark.parametrize(
    ("lines", "code", "what"),
    [
        ((NUMBER, CLAUSES, "{{agreement.nummer}}"), "unknown", "agreement.nummer"),
        ((NUMBER, CLAUSES, "{{协议编号}}"), "unknown", "协议编号"),
        ((NUMBER, CLAUSES, "{{}}"), "unknown", ""),
        ((NUMBER, CLAUSES, "{% for x in y %}"), "code", "{%"),
        ((NUMBER, CLAUSES, "{# note #}"), "code", "{#"),
        ((NUMBER, CLAUSES, "${x}"), "code", "${"),
        ((NUMBER, CLAUSES, "{{ agreement.number|upper }}"), "code", "agreement.number|upper"),
        ((NUMBER, CLAUSES, "{{ ''.__class__ }}"), "code", "''.__class__"),
        ((NUMBER, CLAUSES, "{{ agreement.__init__ }}"), "code", "agreement.__init__"),
        ((NUMBER, CLAUSES, "{{ config.items() }}"), "code", "config.items()"),
        ((NUMBER, CLAUSES, "{{agreement.title_zh"), "unclosed", "{{"),
        ((NUMBER, "条款：{{clauses}}"), "not_alone", "clauses"),
        ((NUMBER, CLAUSES, CLAUSES), "doubled", ""),
        ((NUMBER, CLAUSES, "{{clauses_zh}}"), "doubled", ""),
        ((NUMBER, "{{clauses_zh}}"), "clauses_missing", ""),
        ((NUMBER,), "clauses_missing", ""),
        ((CLAUSES,), "number_missing", ""),
    ],
)
def test_what_is_wrong_with_the_placeholders_is_named(lines: tuple[str, ...], code: str, what: str) -> None:
    assert faults(template(lines)) == {(code, what)}


def test_a_fault_is_named_with_part_and_paragraph_in_both_languages() -> None:
    found = judge(template((NUMBER, CLAUSES, "{{wrong}}"), head="{{matrix}}"))
    assert [(f.code, f.part, f.paragraph) for f in found.faults] == [("unknown", "body", 3), ("not_alone", "header", 1)]
    first, second = blockers_to_keep_word_template(found.faults)
    assert (first.zh, first.en) == (
        "正文第3段有未知的占位符“wrong”。",
        "There is an unknown placeholder “wrong” (body, paragraph 3).",
    )
    assert "页眉" in second.zh


def test_of_very_many_faults_the_rest_is_counted() -> None:
    found = blockers_to_keep_word_template([Fault("unknown", "body", n, "x") for n in range(1, 31)])
    assert len(found) == 21
    assert "10" in found[-1].en


@pytest.mark.parametrize("runs", [2, 5, 18])
def test_a_placeholder_that_word_cut_into_runs_is_understood_and_takes_the_look_of_its_begin(runs: int) -> None:
    name = "{{agreement.number}}"
    step = -(-len(name) // runs)
    pieces = [name[n : n + step] for n in range(0, len(name), step)]
    xml = "".join(
        f'<w:r><w:rPr><w:b w:val="{n % 2}"/></w:rPr><w:t>{piece}</w:t></w:r>' for n, piece in enumerate(pieces)
    )
    data = in_body(template((CLAUSES,)), f"<w:p><w:r><w:t>编号：</w:t></w:r>{xml}<w:r><w:t>。</w:t></w:r></w:p>")
    assert not judge(data).faults
    paragraph = next(iter(word_reading.body_of(fill(data, Order(sample(), "zh")))))
    assert "".join(node.text or "" for node in paragraph.iter(f"{W}t")) == "编号：QA2026-000000。"
    filled = next(run for run in paragraph.iter(f"{W}r") if run.findtext(f"{W}t") == "QA2026-000000")
    assert filled.find(f"{W}rPr/{W}b").get(f"{W}val") == "0"


@pytest.mark.parametrize(
    "code",
    [
        "DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe",
        "ddeauto x y",
        'INCLUDETEXT "//host/a.docx"',
        'INCLUDEPICTURE "http://example.invalid/a.png"',
        "LINK Excel.Sheet.8 x",
        "MACROBUTTON Run x",
        'HYPERLINK "file:///etc/passwd"',
        'HYPERLINK "javascript:alert(1)"',
        "QUOTE 123",
        "   ",
    ],
)
@pytest.mark.parametrize("runs", [1, 4])
def test_a_field_that_reads_or_runs_something_is_refused(code: str, runs: int) -> None:
    assert {found for found, _what in faults(in_body(template(), field(code, runs=runs)))} == {"field"}


def test_a_field_within_a_field_and_a_simple_one_are_judged_as_well() -> None:
    inner = field("DDE a b").removeprefix("<w:p>").removesuffix("</w:p>")
    nested = field("PAGE").replace("<w:r><w:instrText", f"{inner}<w:r><w:instrText", 1)
    assert faults(in_body(template(), nested)) == {("field", "DDE a b")}
    simple = '<w:p><w:fldSimple w:instr=" INCLUDETEXT x "><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p>'
    assert faults(in_body(template(), simple)) == {("field", "INCLUDETEXT x")}


@pytest.mark.parametrize(
    "code", [" PAGE ", 'TOC \\o "1-3" \\h', 'HYPERLINK "https://example.invalid/a"', "HYPERLINK \\l _Toc1"]
)
def test_fields_about_the_document_itself_may_stay(code: str) -> None:
    assert not faults(in_body(template(), field(code)))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (related(template(), "attachedTemplate", "file:///x.dotm"), "part"),
        (related(template(), "image", "http://example.invalid/a.png"), "outside"),
        (related(template(), "hyperlink", "file:///etc/passwd"), "outside"),
        (related(template(), "oleObject", "embeddings/a.bin", external=False), "part"),
        (related(template(), "aFChunk", "a.html", external=False), "part"),
        (related(template(), "control", "activeX1.xml", external=False), "part"),
        (related(template(), "subDocument", "b.docx"), "part"),
        (related(template(), "comments", "comments.xml", external=False), "comments"),
        (in_body(template(), "<w:altChunk/>"), "part"),
        (in_body(template(), "<w:p><w:r><w:object/></w:r></w:p>"), "part"),
        (in_body(template(), '<w:p><w:ins w:id="1" w:author="x"><w:r><w:t>y</w:t></w:r></w:ins></w:p>'), "tracked"),
        (
            in_body(
                template(),
                '<w:sdt><w:sdtPr><w:tag w:val="qa/a/e1/zh"/></w:sdtPr><w:sdtContent><w:p/></w:sdtContent></w:sdt>',
            ),
            "controls",
        ),
    ],
)
def test_content_that_is_more_than_text_is_refused(data: bytes, code: str) -> None:
    assert {found for found, _what in faults(data)} == {code}


@pytest.mark.parametrize(
    ("setting", "code"),
    [("documentProtection", "protected"), ("mailMerge", "mail_merge"), ("attachedTemplate", "outside")],
)
def test_settings_that_hinder_or_lead_outside_are_refused(setting: str, code: str) -> None:
    data = build_word.changed(template(), {SETTINGS: ("</w:settings>", f"<w:{setting}/></w:settings>")})
    assert {found for found, _what in faults(data)} == {code}


def test_an_ordinary_link_may_stay() -> None:
    assert not faults(related(template(), "hyperlink", "https://example.invalid/"))


def text_of(data: bytes) -> str:
    return "\n".join("".join(n.text or "" for n in p.iter(f"{W}t")) for p in word_reading.body_of(data).iter(f"{W}p"))


def hostile(words: str) -> Source:
    found = sample()
    body = {**found.body, "agreement": {"number": "QA-1", "title_zh": words, "title_en": words}}
    body["parties"] = {**body["parties"], "registrant": {**body["parties"]["registrant"], "name_zh": words}}
    return Source(found.key, body, found.at, found.change, 1, found.editions)


@pytest.mark.parametrize(
    "words",
    ["{{clauses}}", "{{contractor.name_zh}}", "<w:p/>&amp;", "{% x %}", "\x00\x1b\u202e]]>", "甲\n乙", "a\\1\\g<0>"],
)
def test_hostile_text_of_an_agreement_stays_text_and_is_never_read_again(words: str) -> None:
    data = fill(
        template((NUMBER, "{{agreement.title_zh}}", "甲方：{{registrant.name_zh}}。", CLAUSES)),
        Order(hostile(words), "zh"),
    )
    shown = (
        words.replace("\x00", "[U+0000]").replace("\x1b", "[U+001B]").replace("\u202e", "[U+202E]").replace("\n", " ")
    )
    assert text_of(data).split("\n")[1:3] == [shown, f"甲方：{shown}。"]
    assert len(word_reading.controls(data)) == len(sample().body["clauses"])


def test_the_filled_file_holds_our_controls_bookmarks_and_properties_and_keeps_everything_of_the_company() -> None:
    data = template(head="甲集团 {{agreement.number}}")
    filled = fill(data, Order(sample(), "both"))
    found = word_reading.controls(filled)
    clauses = sample().body["clauses"]
    assert list(found)[:2] == [str(Tag(clauses[0]["key"], "e", 1, language)) for language in ("zh", "en")]
    assert word_reading.text(found[str(Tag(clauses[0]["key"], "e", 1, "zh"))], accepted=True) == [
        clauses[0]["heading_zh"],
        *clauses[0]["text_zh"].split("\n"),
    ]
    assert "draft e1" in word_reading.part_of(filled, "docProps/custom.xml")
    assert "trackRevisions" in word_reading.part_of(filled, "word/settings.xml")
    with ZipFile(BytesIO(data)) as before, ZipFile(BytesIO(filled)) as after:
        assert set(after.namelist()) == {*before.namelist(), "docProps/custom.xml"}
        assert before.read("word/theme/theme1.xml") == after.read("word/theme/theme1.xml")
    assert Document(BytesIO(filled)).sections[0].header.paragraphs[0].text == "甲集团 QA2026-000000"
    assert filled == fill(data, Order(sample(), "both"))


def test_chinese_and_english_may_stand_in_two_places_and_articles_are_counted_in_lists_of_their_own() -> None:
    data = fill(template((NUMBER, "{{clauses_zh}}", "English", "{{clauses_en}}")), Order(sample(), "zh"))
    languages = [tag.rpartition("/")[2] for tag in word_reading.controls(data)]
    count = len(sample().body["clauses"])
    assert languages == ["zh"] * count + ["en"] * count
    lists = {node.get(f"{W}val") for node in word_reading.body_of(data).iter(f"{W}numId")}
    numbering = word_reading.part_of(data, "word/numbering.xml")
    assert len(lists) == 2
    assert all(f'w:numId="{number}"' in numbering for number in lists)


def test_a_section_that_ends_with_a_block_still_ends_there() -> None:
    section = '<w:pPr><w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:pPr>'
    data = in_body(template((NUMBER, CLAUSES)), f"<w:p>{section}<w:r><w:t>{{{{matrix}}}}</w:t></w:r></w:p>")
    body = word_reading.body_of(fill(data, Order(sample(), "zh")))
    assert len(list(body.iter(f"{W}sectPr"))) == 2


def codes(refusal: Any) -> set[str]:
    return {found.code for found in refusal.value.findings}


@pytest.mark.django_db
def test_a_template_is_kept_with_its_hash_and_the_same_name_again_makes_the_next_version() -> None:
    relation = build.lean_pair()
    first, second = (build_word.kept(relation.registrant) for _n in range(2))
    assert (first.version, second.version) == (1, 2)
    assert [row.pk for row in offered_by([relation.registrant.organisation.pk])] == [second.pk]
    entry = Entry.objects.filter(verb="word_template.kept", stream=f"organisation:{first.organisation_id}").first()
    assert entry is not None
    assert entry.content["data"]["sha256"] == first.sha256
    actions.withdraw_word_template(
        template=second, reason="改版", by=relation.registrant.actor("quality_manager"), at=make.AT
    )
    assert [row.pk for row in offered_by([relation.registrant.organisation.pk])] == [first.pk]
    with pytest.raises(Refused) as refusal:
        actions.withdraw_word_template(
            template=second, reason="", by=relation.registrant.actor("quality_manager"), at=make.AT
        )
    assert codes(refusal) == {"word_template_withdrawn_already", "reason_needed"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "word_empty"),
        (b"%PDF-1.7", "word_pdf"),
        (b"PK\x03\x04xx", "word_broken"),
        (template((CLAUSES,)), "word_template_number_missing"),
    ],
)
def test_a_file_that_cannot_be_a_template_is_refused_and_nothing_is_kept(content: bytes, code: str) -> None:
    relation = build.lean_pair()
    with pytest.raises(Refused) as refusal:
        build_word.kept(relation.registrant, content=content)
    assert codes(refusal) == {code}
    assert not WordTemplate.objects.exists()


@pytest.mark.django_db
def test_only_quality_keeps_templates() -> None:
    relation = build.lean_pair()
    with pytest.raises(PermissionDenied):
        actions.keep_word_template(
            organisation=relation.registrant.organisation,
            name="x",
            file_name="x.docx",
            content=template(),
            by=relation.registrant.actor("viewer"),
            at=make.AT,
        )


@pytest.mark.django_db
def test_a_template_is_uploaded_shown_and_used_for_an_agreement_and_unknown_to_the_other_side(client: Client) -> None:
    built = build.world()
    row = build.agreement(built, [built.entrust()])
    client.force_login(built.relation.registrant.user("quality_manager", build.R))
    upload = SimpleUploadedFile("../集团<b>.docx", template())
    organisation = built.relation.registrant.organisation.pk
    typed = {"organisation": organisation, "name": "集团版式", "upload": upload}
    answer = client.post(reverse("agreements:keep_word_template"), typed)
    kept = WordTemplate.objects.get()
    assert answer.url == reverse("agreements:word_template", args=[kept.pk])  # type: ignore[attr-defined]
    assert "{{clauses}}" in client.get(answer.url).content.decode()  # type: ignore[attr-defined]
    asked = {"text": "draft", "language": "zh", "layout": kept.pk}
    response = client.get(reverse("agreements:word_file", args=[row.pk]), asked)
    filled = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert f"质量协议 {row.number}" in text_of(filled)
    client.force_login(built.relation.contractor.user("quality_manager", build.C))
    assert client.get(reverse("agreements:word_file", args=[row.pk]), asked).status_code == 400
    for name in ("word_template", "word_template_file", "word_template_preview", "withdraw_word_template"):
        assert client.get(reverse(f"agreements:{name}", args=[kept.pk])).status_code == 404


@pytest.mark.django_db
def test_the_page_names_every_fault_of_an_uploaded_file(client: Client) -> None:
    relation = build.lean_pair()
    client.force_login(relation.registrant.user("quality_manager", build.R))
    upload = SimpleUploadedFile("a.docx", template(("{{wrong}}", "{% if %}")))
    typed = {"organisation": relation.registrant.organisation.pk, "name": "x", "upload": upload}
    page = client.post(
        reverse("agreements:keep_word_template"), typed, headers={"accept-language": "en"}
    ).content.decode()
    for words in ("unknown placeholder “wrong” (body, paragraph 1)", "program code", "no placeholder for the clauses"):
        assert words in page
