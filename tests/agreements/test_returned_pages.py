"""The pages of a Word file that came back, as a browser asks for them."""

from __future__ import annotations

import re
import tracemalloc
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT
from django.urls import reverse
from django.utils.html import strip_tags

from agreements import actions
from agreements.models import Agreement, ProposedChange, ReturnedFile, ReturnedFileEnd
from agreements.word.planning import differs
from cmo.trail.models import Entry
from tests.agreements import build
from tests.agreements.build import AT, C, R
from tests.agreements.word_as_word import LAWYER, File, edited, uploaded, went_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> build.World:
    return build.world()


@pytest.fixture
def agreement(world: build.World) -> Agreement:
    return build.agreement(world, [world.entrust()])


def client_of(world: build.World, side: str = C, role: str = "quality_manager") -> Client:
    firm = world.relation.contractor if side == C else world.relation.registrant
    client = Client(headers={"accept-language": "en"})
    client.force_login(firm.user(role, side))
    return client


def send(client: Client, agreement: Agreement, content: bytes, name: str = "修订.docx") -> Any:
    url = reverse("agreements:return_word", args=[agreement.pk])
    return client.post(url, {"upload": SimpleUploadedFile(name, content)})


def chosen(client: Client, file: ReturnedFile, *keys: str, **more: Any) -> dict[str, Any]:
    """What a browser sends: the fields that the page hides, and what somebody ticked on it."""
    page = client.get(reverse("agreements:returned_file", args=[file.pk])).content.decode()
    seen = re.findall(r'<input type="hidden" name="(seen_[^"]+)" value="(\d+)">', page)
    return {"chosen": list(keys), **dict(seen), **more}


def test_an_uploaded_file_leads_to_what_was_found_in_it(world: build.World, agreement: Agreement) -> None:
    client = client_of(world)
    answer = send(client, agreement, edited(agreement).saved())
    file = ReturnedFile.objects.get()
    assert answer.url == reverse("agreements:returned_file", args=[file.pk])
    page = client.get(answer.url).content.decode()
    assert "王律师" in page
    assert "<ins>本修订协议</ins>" in page
    assert 'name="chosen" value="scope" checked' in page


def test_the_same_file_again_leads_to_the_report_that_is_kept(world: build.World, agreement: Agreement) -> None:
    client, content = client_of(world), edited(agreement).saved()
    first, second = send(client, agreement, content), send(client, agreement, content)
    assert second.url == f"{first.url}?again=1"
    assert 'role="status"' in client.get(second.url).content.decode()
    assert ReturnedFile.objects.count() == 1


def test_a_file_that_is_not_taken_is_refused_in_words_and_on_the_own_trail(
    world: build.World, agreement: Agreement
) -> None:
    answer = send(client_of(world), agreement, b"%PDF-1.7 and so on")
    assert "This is a PDF, not a Word file" in answer.content.decode()
    entry = Entry.objects.order_by("-id").first()
    assert entry.stream == f"organisation:{world.relation.contractor.organisation.pk}"
    assert not ReturnedFile.objects.exists()


class Streamed:
    """A form of two hundred megabytes as it comes over the wire; nothing of it is held."""

    def __init__(self, megabytes: int) -> None:
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="upload"; filename="a.docx"\r\n'
            "Content-Type: application/octet-stream\r\n\r\nPK\x03\x04"
        )
        self.head, self.tail = head.encode(), f"\r\n--{BOUNDARY}--\r\n".encode()
        self.length = len(self.head) + megabytes * 1024 * 1024 + len(self.tail)
        self.place = 0

    def readline(self, size: int = -1) -> bytes:
        raise AssertionError("nobody reads a form by lines")

    def read(self, size: int = -1) -> bytes:
        size = min(size if size >= 0 else 65536, self.length - self.place, 65536)
        body = self.length - len(self.tail)
        if self.place < len(self.head):
            part = self.head[self.place : self.place + size]
        elif self.place < body:
            part = b"\x00" * min(size, body - self.place)
        else:
            part = self.tail[self.place - body : self.place - body + size]
        self.place += len(part)
        return part


def test_two_hundred_megabytes_are_refused_without_being_held(world: build.World, agreement: Agreement) -> None:
    client, stream = client_of(world), Streamed(200)
    client.get(reverse("agreements:return_word", args=[agreement.pk]))
    tracemalloc.start()
    try:
        answer = client.generic(
            "POST",
            reverse("agreements:return_word", args=[agreement.pk]),
            b"",
            **{"wsgi.input": stream, "CONTENT_LENGTH": str(stream.length), "CONTENT_TYPE": MULTIPART_CONTENT},
        )
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "and was not read" in answer.content.decode()
    assert stream.place == stream.length
    assert peak < 32 * 1024 * 1024
    assert not ReturnedFile.objects.exists()


def test_the_upload_is_guarded_against_foreign_pages(world: build.World, agreement: Agreement) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.relation.contractor.user("quality_manager", C))
    assert send(client, agreement, edited(agreement).saved()).status_code == 403


def test_the_other_side_finds_neither_page_nor_file(world: build.World, agreement: Agreement) -> None:
    file = uploaded(world, agreement)
    for name in ("returned_file", "returned_content", "put_file_aside"):
        url = reverse(f"agreements:{name}", args=[file.pk])
        assert client_of(world, R).get(url).status_code == 404
        assert client_of(world, C).get(url).status_code == 200
    url = reverse("agreements:take_over_file", args=[file.pk])
    assert client_of(world, R).post(url, chosen(client_of(world), file, "scope")).status_code == 404
    listed = client_of(world, R).get(reverse("agreements:return_word", args=[agreement.pk])).content.decode()
    assert file.file_name not in listed


def test_what_is_chosen_is_proposed_and_the_page_says_what_became_of_the_file(
    world: build.World, agreement: Agreement
) -> None:
    actions.hand_over(agreement=agreement, by=world.by(R), at=AT)
    file, client = uploaded(world, agreement), client_of(world)
    url = reverse("agreements:take_over_file", args=[file.pk])
    answer = client.post(url, chosen(client, file, "scope", reason="见法务意见"))
    assert answer.url == reverse("agreements:returned_file", args=[file.pk])
    assert ProposedChange.objects.get().reason == "见法务意见"
    page = client.get(answer.url).content.decode()
    assert page.count("<span>taken over</span>") == 2
    assert 'name="chosen"' not in page


def test_a_refusal_names_its_reasons_and_keeps_what_was_ticked(world: build.World, agreement: Agreement) -> None:
    file, client = uploaded(world, agreement), client_of(world)
    url = reverse("agreements:take_over_file", args=[file.pk])
    answer = client.post(url, {**chosen(client, file, "scope"), "seen_scope": "99"})
    page = answer.content.decode()
    assert "Nothing was taken over" in page
    assert 'name="chosen" value="scope" checked' in page
    assert not ReturnedFileEnd.objects.exists()


def test_text_between_clauses_can_be_put_somewhere_on_the_page(world: build.World, agreement: Agreement) -> None:
    out = File(went_out(agreement))
    out.type_behind("scope", "en", "Nothing else is covered.")
    file, client = uploaded(world, agreement, content=out.saved()), client_of(world)
    page = client.get(reverse("agreements:returned_file", args=[file.pk])).content.decode()
    assert '<option value="add:scope:en" selected>' in page
    client.post(reverse("agreements:take_over_file", args=[file.pk]), chosen(client, file, to_1="add:scope:en"))
    assert agreement.draft.clauses.get(key="scope").text_en.endswith("\nNothing else is covered.")


def test_putting_a_file_aside_asks_why(world: build.World, agreement: Agreement) -> None:
    file, client = uploaded(world, agreement), client_of(world)
    url = reverse("agreements:put_file_aside", args=[file.pk])
    assert client.post(url, {"reason": ""}).status_code == 200
    assert client.post(url, {"reason": "未经法务审核"}).status_code == 302
    assert "未经法务审核" in client.get(reverse("agreements:returned_file", args=[file.pk])).content.decode()


def test_the_file_itself_comes_back_as_it_was_uploaded(world: build.World, agreement: Agreement) -> None:
    content = edited(agreement).saved()
    file = uploaded(world, agreement, content=content)
    answer = client_of(world).get(reverse("agreements:returned_content", args=[file.pk]))
    assert b"".join(answer.streaming_content) == content
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_what_a_file_says_is_shown_as_text_and_never_as_markup(world: build.World, agreement: Agreement) -> None:
    out = File(went_out(agreement))
    evil = "<script>alert(1)</script>"
    out.replace("scope", "en", agreement.draft.clauses.get(key="scope").text_en[:5], evil, (evil, LAWYER[1]))
    out.comment("scope", "en", evil, (evil, LAWYER[1]))
    out.type_behind("scope", "zh", evil)
    file = uploaded(world, agreement, content=out.saved())
    page = client_of(world).get(reverse("agreements:returned_file", args=[file.pk])).content.decode()
    assert "alert(1)" in page
    assert evil not in page


def test_a_change_of_the_draft_meanwhile_is_shown_beside_the_file(world: build.World, agreement: Agreement) -> None:
    file = uploaded(world, agreement)
    row = build.clause(agreement, "scope")
    names = ("heading_zh", "heading_en", "text_zh", "text_en")
    content = {name: getattr(row, name) for name in names} | {"text_en": "Rewritten here."}
    actions.edit_draft_clause(clause=row, seen_edition=row.edition, content=content, by=world.by(R), at=AT)
    page = client_of(world).get(reverse("agreements:returned_file", args=[file.pk])).content.decode()
    assert "the draft changed meanwhile" in page
    assert "Rewritten here." in page
    assert 'name="chosen" value="scope">' in page


def test_the_number_of_queries_does_not_grow_with_what_the_file_changes(
    world: build.World, agreement: Agreement
) -> None:
    few, client = uploaded(world, agreement), client_of(world)
    out = edited(agreement)
    for row in agreement.draft.clauses.exclude(key="scope"):
        out.replace(row.key, "en", row.text_en[:3], "XYZ", LAWYER)
        out.type_behind(row.key, "en", f"Further {row.key}.")
    many = uploaded(world, agreement, content=out.saved())
    urls = [reverse("agreements:returned_file", args=[file.pk]) for file in (few, many)]
    client.get(urls[0])
    one, other = (build.queries(lambda url=url: client.get(url)) for url in urls)
    assert one == other


def test_a_clause_that_only_moved_is_counted_apart_and_what_was_not_taken_says_so(
    world: build.World, agreement: Agreement
) -> None:
    actions.hand_over(agreement=agreement, by=world.by(R), at=AT)
    client, out = client_of(world), edited(agreement)
    out.type_behind("recall", "zh", "另行约定。")
    file = uploaded(world, agreement, content=out.saved())
    moved = next(row for row in file.report["clauses"] if not differs(row))
    moved["moved_behind"] = ""
    changed = [row["key"] for row in file.report["clauses"] if differs(row)]
    left = len(file.report["clauses"]) - len(changed) - 1
    file = again(file)
    page = said(client, file)
    assert f"{len(changed)} clause{'s' if len(changed) > 1 else ''} changed, 1 clause moved, {left} clauses as" in page
    assert "if one of them cannot be, none is" in page
    assert "not taken over" not in page.replace("Tables are not taken over", "")
    assert "See the proposals made from it" not in page
    client.post(reverse("agreements:take_over_file", args=[file.pk]), chosen(client, file, changed[0], reason="x"))
    page = said(client, file)
    assert "place not taken over" in page
    assert page.count("See the proposals made from it") == 1
    assert page.count("not taken over") == len(changed) - 1 + 1 + len(file.report["loose"])


@pytest.mark.parametrize(
    ("tracked", "words"),
    [(True, "rows added in a table"), (False, "rows of a table, added or changed without tracking")],
)
def test_a_table_typed_behind_the_clauses_is_one_text_that_is_not_taken_over(
    world: build.World, agreement: Agreement, tracked: bool, words: str
) -> None:
    file = uploaded(world, agreement, content=edited(agreement).saved())
    last = file.report["clauses"][-1]["key"]
    row = {"why": "row", "behind": last, "language": "zh", "twin": False, "suggested": ""}
    row |= {"tracked": [], "comments": [], "oddities": []}
    file.report["loose"] = [
        row | {"id": str(n), "text": f"行{n}", "before": "" if tracked else f"行{n}"} for n in range(3)
    ]
    page = said(client_of(world), again(file))
    assert "1 text outside of the clauses" in page
    assert page.count(words) == 1
    assert "3 rows" in page
    assert "after the last clause" in page
    assert "Tables are not taken over." in page


def said(client: Client, file: ReturnedFile) -> str:
    page = client.get(reverse("agreements:returned_file", args=[file.pk])).content.decode()
    return " ".join(unescape(strip_tags(page)).split())


def again(file: ReturnedFile) -> ReturnedFile:
    """Another file with the report as it was changed in memory."""
    file.pk = None
    file._state.adding = True
    file.save(force_insert=True)
    return file
