"""What comes in is what it says it is, holds nothing active, and unpacks to something sane."""

import hashlib
import io
import zipfile

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name

from cmo.errors import Refused
from cmo.evidence import inspection
from cmo.evidence.inspection import clean_name, inspect
from tests.evidence.uploads import image, pdf, sheet, upload, with_member, word

GOOD = {
    "a.pdf": (pdf(), "application/pdf"),
    "a.docx": (word(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "a.xlsx": (sheet(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "a.PNG": (image(), "image/png"),
    "a.jpg": (image("JPEG"), "image/jpeg"),
    "a.jpeg": (image("JPEG"), "image/jpeg"),
    "a.txt": ("评估合格\r\n".encode(), "text/plain; charset=utf-8"),
    "a.csv": ("批号,数量\n1,2\n".encode("gb18030"), "text/csv; charset=gb18030"),
}


@pytest.mark.parametrize("name", GOOD)
def test_each_accepted_kind_comes_in_unchanged_and_hashed(name):
    content, kind = GOOD[name]
    found = inspect(upload(name, content))
    assert (found.name, found.content_type, found.size) == (name, kind, len(content))
    assert found.sha256 == hashlib.sha256(content).hexdigest()


def code_of(name, content):
    with pytest.raises(Refused) as refusal:
        inspect(upload(name, content))
    [finding] = refusal.value.findings
    assert finding.zh
    assert finding.en
    assert "{" not in finding.zh + finding.en
    return finding.code


@pytest.mark.parametrize(
    "name", ["a.svg", "a.html", "a.exe", "a.zip", "a.pdf.exe", "a", ".pdf", "a.docm", "a.pdf\u202eexe"]
)
def test_other_kinds_are_refused(name):
    assert code_of(name, b"x") == "kind_not_accepted"


def test_an_empty_file_is_refused():
    assert code_of("a.pdf", b"") == "file_is_empty"


def test_a_file_over_the_limit_is_refused(settings):
    settings.EVIDENCE_MAX_BYTES = 1024 * 1024
    assert code_of("a.txt", b"x" * (1024 * 1024 + 1)) == "file_too_large"
    assert inspect(upload("a.txt", b"x" * 1024 * 1024)).size == 1024 * 1024


@pytest.mark.parametrize("named", GOOD)
def test_a_name_that_lies_is_found_by_the_content(named):
    for other, (content, kind) in GOOD.items():
        text = kind.startswith("text")
        if kind != GOOD[named][1] and not (text and GOOD[named][1].startswith("text")):
            assert code_of(named, content) == "content_differs_from_name", (named, other)


def add_script(document):
    document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def add_script_on_page(document):
    document.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=pikepdf.String("x")))


def add_launch(document):
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, A=Dictionary(S=Name.Launch, F=pikepdf.String("calc.exe")))
    document.pages[0].obj.Annots = Array([document.make_indirect(link)])


def add_attachment(document):
    document.attachments["virus.exe"] = b"MZ"


def open_elsewhere(document):
    document.Root.OpenAction = Dictionary(S=Name.URI, URI=pikepdf.String("https://example.org"))


def add_form_script(document):
    document.Root.AcroForm = Dictionary(XFA=Array([]))


@pytest.mark.parametrize(
    "change", [add_script, add_script_on_page, add_launch, add_attachment, open_elsewhere, add_form_script]
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_pdf_that_does_something_is_refused(change, packed):
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    assert code_of("a.pdf", pdf(change, object_stream_mode=mode)) == "pdf_is_active"


def test_a_pdf_that_opens_on_a_certain_page_is_accepted():
    def goto(document):
        document.Root.OpenAction = Array([document.pages[0].obj, Name.Fit])

    assert inspect(upload("a.pdf", pdf(goto))).content_type == "application/pdf"


def test_a_locked_pdf_is_refused():
    assert code_of("a.pdf", pdf(encryption=pikepdf.Encryption(owner="o", user="u"))) == "file_is_locked"


def test_damaged_files_are_refused():
    assert code_of("a.pdf", b"%PDF-1.7\nnothing") == "file_is_damaged"
    assert code_of("a.docx", word()[:-200]) == "file_is_damaged"
    assert code_of("a.png", image(size=(500, 500))[:-300]) == "file_is_damaged"
    assert code_of("a.jpg", image("JPEG", (800, 800))[:-2000]) == "file_is_damaged"


def test_a_pdf_with_too_many_objects_is_refused(monkeypatch):
    monkeypatch.setattr(inspection, "MAX_PDF_OBJECTS", 3)
    assert code_of("a.pdf", pdf(lambda d: [d.add_blank_page() for _ in range(4)])) == "pdf_too_complex"


def test_a_pdf_nested_without_end_is_refused():
    def nest(document):
        inner = Array([])
        for _ in range(80):
            inner = Array([inner])
        document.Root.Nested = inner

    assert code_of("a.pdf", pdf(nest)) == "pdf_too_complex"


def test_a_locked_document_is_refused():
    out = bytearray(word())
    for start in (b"PK\x03\x04", b"PK\x01\x02"):
        place = out.find(start) + (6 if start.endswith(b"\x04") else 8)
        out[place] |= 1
    assert code_of("a.docx", bytes(out)) == "file_is_locked"


def test_an_embedded_file_without_a_name_tree_is_refused():
    def embed(document):
        stream = document.make_stream(b"MZ")
        stream.Type = Name.EmbeddedFile
        document.Root.Stray = document.make_indirect(stream)

    assert code_of("a.pdf", pdf(embed)) == "pdf_is_active"


def test_a_flipped_byte_inside_a_document_is_found():
    content = bytearray(word())
    content[len(content) // 2] ^= 0xFF
    assert code_of("a.docx", bytes(content)) == "file_is_damaged"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("word/vbaProject.bin", b"x"),
        ("word/embeddings/oleObject1.bin", b"x"),
        ("word/activeX/activeX1.xml", b"<x/>"),
        ("word/extra.xml", b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
        ("word/extra.xml", "<?xml version='1.0'?><!doctype a><a/>".encode("utf-16")),
    ],
)
def test_a_document_with_macros_programs_or_entities_is_refused(name, content):
    assert code_of("a.docx", with_member(word(), name, content)) == "office_is_active"


def test_a_bomb_is_refused_by_its_ratio():
    assert code_of("a.xlsx", with_member(sheet(), "xl/big.xml", b" " * 20_000_000)) == "unpacks_too_large"


def test_a_bomb_is_refused_by_its_size_and_by_its_members(monkeypatch):
    monkeypatch.setattr(inspection, "MAX_UNPACKED", 1000)
    assert code_of("a.xlsx", sheet()) == "unpacks_too_large"
    monkeypatch.undo()
    monkeypatch.setattr(inspection, "MAX_MEMBERS", 3)
    assert code_of("a.xlsx", sheet()) == "unpacks_too_large"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_archive_with_two_members_of_one_name_is_refused():
    assert code_of("a.docx", with_member(word(), "word/document.xml", b"<other/>")) == "file_is_damaged"


def test_a_plain_archive_is_no_document():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("virus.exe", b"MZ")
    assert code_of("a.docx", out.getvalue()) == "content_differs_from_name"


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(inspection, "MAX_PIXELS", 100)
    assert code_of("a.png", image()) == "too_many_pixels"


def test_a_real_pixel_bomb_is_refused():
    assert code_of("a.png", image(size=(20_000, 10_000))) == "too_many_pixels"


def test_text_with_control_characters_is_no_text():
    assert code_of("a.txt", b"MZ\x00\x01\x02") == "content_differs_from_name"


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\a\\报告.pdf", "报告.pdf"),
        ("报告\u202efdp.exe.pdf", "报告fdp.exe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ('a"b;c.pdf', "a_b_c.pdf"),
        ("...pdf", "pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ("\u200b\ufeff .pdf", "pdf"),
    ],
)
def test_names_are_cleaned(given_name, kept):
    assert clean_name(given_name) == kept


@given(st.text(max_size=400))
def test_a_clean_name_is_short_flat_and_stays_clean(name):
    clean = clean_name(name)
    assert len(clean) <= inspection.LONGEST_NAME
    assert not set(clean) & set('/\\\r\n\x00"<>:|?*;')
    assert clean_name(clean) == clean
