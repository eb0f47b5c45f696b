"""Files that must not be taken are refused with the right code, within bounded memory and time."""

from __future__ import annotations

import tracemalloc
from io import BytesIO

import pytest

from cmo.paper.word.opening import MOST_BYTES, NotTaken, opened
from cmo.paper.word.reading import read
from tests.effort import ends
from tests.paper_word import build
from tests.paper_word.corpus import CORPUS, _good

#: A bomb of 200 MB must cost less than this, and so must everything else.
MOST_MEMORY = 96 * 1024 * 1024


def taken(content: bytes) -> object:
    return read(opened(BytesIO(content)))


@pytest.mark.parametrize("name", CORPUS)
def test_a_broken_or_hostile_file_is_refused_with_its_reason(name: str) -> None:
    code, make = CORPUS[name]
    content = make()
    tracemalloc.start()
    try:
        with ends(), pytest.raises(NotTaken) as refusal:
            taken(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refusal.value.code == code
    assert peak < MOST_MEMORY


def test_the_corpus_is_built_from_a_file_that_is_taken() -> None:
    assert taken(_good()).items[0].text.after == ("范围", "本协议适用于全部产品。")
    assert len(CORPUS) >= 15


def test_a_file_larger_than_the_limit_is_never_read() -> None:
    class Endless(BytesIO):
        def seek(self, place: int, whence: int = 0) -> int:
            return 200 * 1024 * 1024 if whence == 2 else 0

        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError("was read")

    with pytest.raises(NotTaken) as refusal:
        opened(Endless())
    assert (refusal.value.code, refusal.value.facts) == ("too_large", {"limit": str(MOST_BYTES // 1024 // 1024)})


def test_nothing_outside_the_file_is_followed_and_what_pointed_out_is_told() -> None:
    related = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://x/attachedTemplate" Target="http://evil.example/t.dotm" TargetMode="External"/>'
        '<Relationship Id="r2" Type="http://x/hyperlink" Target="http://example.org" TargetMode="External"/></Relationships>'
    )
    file = opened(BytesIO(build.docx("文字", more={"word/_rels/settings.xml.rels": related.encode()})))
    assert file.external == ("attachedTemplate: http://evil.example/t.dotm",)
    assert read(file).oddities == ("external",)


def test_embedded_objects_are_left_alone_and_told() -> None:
    file = opened(BytesIO(build.docx("文字", more={"word/embeddings/oleObject1.bin": b"MZ"})))
    assert file.objects == ("word/embeddings/oleObject1.bin",)
    assert read(file).oddities == ("objects",)
