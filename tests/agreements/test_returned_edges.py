"""A Word file that came back, at its edges: what was dropped, misplaced or told of the wrong person must not be again."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from lxml import etree

from agreements import actions
from agreements.models import Agreement, DraftRemark, ProposedChange, ReturnedFile
from agreements.word.authors import load_against
from agreements.word.marks import OurMarks
from agreements.word.matching import settled_of, split
from agreements.word.sources import Key, load_source
from agreements.word.writing import Order, write
from cmo import clock
from cmo.paper.word.text import Change, Context, Piece, Stretch
from tests.agreements import build
from tests.agreements.build import AT, C, R
from tests.agreements.test_returned import half, refused, take, text, upload
from tests.agreements.test_returned_pages import chosen, client_of
from tests.agreements.word_as_word import ENGINEER, LAWYER, File, edited, w, went_out
from tests.effort import calls, ends

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> build.World:
    return build.world()


@pytest.fixture
def agreement(world: build.World) -> Agreement:
    return build.agreement(world, [world.entrust()])


def keys(agreement: Agreement) -> list[str]:
    return list(agreement.draft.clauses.order_by("position").values_list("key", flat=True))


def proposed(world: build.World, agreement: Agreement, side: str, day: int, **after: Any) -> ProposedChange:
    row = build.clause(agreement, "scope")
    who = {"by": world.by(side), "at": build.at(day)}
    return actions.propose_change(
        agreement=agreement, kind="clause", act="change", row_key="scope", seen_edition=row.edition, after=after, **who
    )


def against_first_round(agreement: Agreement) -> bytes:
    earlier, later = load_source(agreement, Key("round", 1)), load_source(agreement, Key("draft"))
    return write(Order(later, "both", load_against(agreement, earlier, later)))


def test_a_change_of_ours_that_is_rejected_names_nobody_for_the_others(
    world: build.World, agreement: Agreement
) -> None:
    actions.hand_over(agreement=agreement, by=world.by(R), at=AT)
    clause = build.clause(agreement, "scope")
    for day, words in ((1, "Amended. "), (3, "Amended. Twice. ")):
        side, other = (C, R) if day == 1 else (R, C)
        row = proposed(world, agreement, side, day, text_en=f"{words}{clause.text_en}")
        actions.hand_over(agreement=agreement, by=world.by(side), at=build.at(day))
        actions.answer_change(change=row, accepted=True, by=world.by(other), at=build.at(day + 1))
    out = File(against_first_round(agreement))
    inserted = [node for node in out.control("scope", "en").iter(w("ins")) if "".join(node.itertext())]
    assert len(inserted) == 2
    inserted[1].getparent().remove(inserted[1])  # rejected in Word: no mark is left of it
    out.replace("scope", "en", clause.text_en[-12:], "the end.", LAWYER)
    found = half(upload(world, agreement, out.saved()), "scope", "en")
    assert found["untracked"] is True
    assert {piece["author"] for piece in found["tracked"]} == {LAWYER[0]}


def test_direct_edits_before_the_first_round_are_told_of_whoever_made_them(
    world: build.World, agreement: Agreement
) -> None:
    revision = load_source(agreement, Key("draft"))
    row = build.clause(agreement, "scope")
    names = ("heading_zh", "heading_en", "text_zh", "text_en")
    content = {name: getattr(row, name) for name in names}
    edit = {"seen_edition": row.edition, "by": world.by(R), "at": build.at(1)}
    actions.edit_draft_clause(clause=row, content=content | {"text_zh": f"甲{row.text_zh}"}, **edit)
    actions.hand_over(agreement=agreement, by=world.by(R), at=build.at(2))
    change = proposed(world, agreement, C, 3, text_zh=f"甲{row.text_zh}乙")
    actions.hand_over(agreement=agreement, by=world.by(C), at=build.at(3))
    actions.answer_change(change=change, accepted=True, by=world.by(R), at=build.at(4))
    later = load_source(agreement, Key("draft"))
    made = load_against(agreement, revision, later).made["scope"]
    registrant, contractor = (later.body["parties"][side]["name_zh"] for side in (R, C))
    assert [step.change.author for step in made] == [
        f"{registrant} · {world.by(R).name}",
        f"{contractor} · {world.by(C).name}",
    ]


def test_thousands_of_moments_cost_no_more_than_the_text_is_long() -> None:
    def work(moments: int) -> int:
        pieces = [Piece("原文。", end=False)]
        for number in range(moments):
            mark = Change("inserted", "X", f"2026-01-01T{number:06d}Z")
            pieces.append(Piece(f"{number} ", Context(came=mark)))
        stretch = Stretch((*pieces, Piece("", end=True)))

        def settle() -> None:
            settled, all_tracked = settled_of(stretch, split(("原文。0 1 2",)), OurMarks())
            assert (len(settled), all_tracked) == (3, True)
            assert settled_of(stretch, split(("别的",)), OurMarks()) == (frozenset(), False)

        return calls(settle)

    work(20)
    with ends():
        assert work(4000) < 4.4 * work(1000)


def typed_at_the_end(out: File, *lines: str) -> None:
    body = out.root.find(w("body"))
    for line in lines:
        paragraph = etree.Element(w("p"))
        paragraph.append(out._run(line))
        body.insert(len(body) - 1, paragraph)


def test_an_annex_typed_at_the_end_without_tracking_is_shown_as_one_text(
    world: build.World, agreement: Agreement
) -> None:
    out = File(went_out(agreement))
    typed_at_the_end(out, "附件一 价格", "单价另行约定。")
    (loose,) = upload(world, agreement, out.saved()).report["loose"]
    assert (loose["why"], loose["text"]) == ("outside", "附件一 价格\n单价另行约定。")


def test_a_table_changed_without_tracking_is_shown(world: build.World, agreement: Agreement) -> None:
    out = File(went_out(agreement))
    duty = agreement.draft.duties.first()
    node = next(node for node in out.root.iter(w("t")) if node.text == duty.duty_en)
    node.text = "Somebody else decides."
    (loose,) = upload(world, agreement, out.saved()).report["loose"]
    assert loose["why"] == "row"
    assert "Somebody else decides." in loose["text"]


def comment_on(out: File, paragraph: Any, words: str) -> None:
    number = str(len(out.comments))
    out.comments.append((int(number), words, LAWYER))
    paragraph.append(etree.Element(w("commentRangeStart"), {w("id"): number}))
    paragraph.append(etree.Element(w("commentRangeEnd"), {w("id"): number}))
    etree.SubElement(etree.SubElement(paragraph, w("r")), w("commentReference"), {w("id"): number})


def test_a_comment_on_cover_or_table_becomes_a_remark_on_the_agreement_as_a_whole(
    world: build.World, agreement: Agreement
) -> None:
    actions.hand_over(agreement=agreement, by=world.by(R), at=AT)
    out = File(went_out(agreement))
    comment_on(out, next(out.root.iter(w("p"))), "封面")
    comment_on(out, next(next(reversed(list(out.root.iter(w("tr"))))).iter(w("p"))), "Table")
    file = upload(world, agreement, out.saved())
    assert [loose["why"] for loose in file.report["loose"]] == ["outside", "row"]
    end = take(world, file, remarks=["loose:1", "loose:2", "scope"])
    assert {(row.kind, row.row_key) for row in DraftRemark.objects.all()} == {("terms", "")}
    assert DraftRemark.objects.count() == 2
    assert end.chosen == ["remarks:loose:1", "remarks:loose:2"]  # nothing was said about the scope


def move(out: File, key: str, behind: str) -> None:
    for language in ("en", "zh"):
        out.control(behind, "en").addnext(out.control(key, language))


def test_clauses_in_another_order_are_told_and_their_places_can_be_taken_over(
    world: build.World, agreement: Agreement
) -> None:
    before = keys(agreement)
    out = File(went_out(agreement))
    move(out, before[1], before[4])
    file = upload(world, agreement, out.saved())
    moved = {row["key"]: row["moved_behind"] for row in file.report["clauses"] if "moved_behind" in row}
    assert moved == {before[1]: before[4]}
    page = client_of(world).get(reverse("agreements:returned_file", args=[file.pk])).content.decode()
    assert f'value="move:{before[1]}">' in page
    take(world, file, f"move:{before[1]}")
    assert keys(agreement) == [before[0], *before[2:5], before[1], *before[5:]]


def test_a_proposed_place_follows_its_neighbour_whatever_else_was_accepted(
    world: build.World, agreement: Agreement
) -> None:
    actions.hand_over(agreement=agreement, by=world.by(R), at=AT)
    before = keys(agreement)
    out = File(went_out(agreement))
    move(out, before[1], before[4])
    out.type_behind(before[2], "en", "First new one.")
    out.type_behind(before[7], "en", "Second new one.")
    file = upload(world, agreement, out.saved())
    take(world, file, f"move:{before[1]}", mapped={one["id"]: "new:en" for one in file.report["loose"]})
    removal = {"act": "remove", "row_key": before[0], "after": {}}
    edition = build.clause(agreement, before[0]).edition
    who = {"by": world.by(C), "at": AT}
    actions.propose_change(agreement=agreement, kind="clause", seen_edition=edition, **removal, **who)
    actions.hand_over(agreement=agreement, by=world.by(C), at=AT)
    rows = list(ProposedChange.objects.order_by("-id"))
    actions.accept_changes(changes=rows, by=world.by(R), at=build.at(1))
    texts = list(agreement.draft.clauses.order_by("position").values_list("key", "text_en"))
    names = [words if words.endswith("new one.") else key for key, words in texts]
    assert names[:8] == [before[2], "First new one.", before[3], before[4], before[1], *before[5:8]]
    assert names[8] == "Second new one."


@pytest.mark.parametrize("negotiated", [False, True])
def test_several_new_clauses_behind_one_keep_their_order(
    world: build.World, agreement: Agreement, negotiated: bool
) -> None:
    if negotiated:
        actions.hand_over(agreement=agreement, by=world.by(R), at=AT)
    out = File(went_out(agreement))
    for words in ("Third.", "Second.", "First."):
        out.type_behind("scope", "zh" if words == "Second." else "en", words)
        out.control("scope", "en").addnext(out.copy_control("scope", "en")) if words == "Third." else None
    file = upload(world, agreement, out.saved())
    loose = {one["text"]: one["id"] for one in file.report["loose"]}
    mapped = {number: "new:en" for words, number in loose.items() if words.endswith(".") and len(words) < 10}
    take(world, file, mapped=mapped)
    if negotiated:
        actions.hand_over(agreement=agreement, by=world.by(C), at=AT)
        rows = list(ProposedChange.objects.order_by("id"))
        actions.accept_changes(changes=rows, by=world.by(R), at=build.at(1))
    wanted = [one["text"] for one in file.report["loose"] if one["id"] in mapped]
    texts = list(agreement.draft.clauses.order_by("position").values_list("text_en", flat=True))
    start = keys(agreement).index("scope") + 1
    assert len(wanted) > 1
    assert texts[start : start + len(wanted)] == wanted


def test_a_clause_moved_with_tracking_is_no_emptied_one(world: build.World, agreement: Agreement) -> None:
    out = File(went_out(agreement))
    copy = out.copy_control("scope", "en")
    first = out.control("scope", "en")
    for node, kind in ((first, "moveFrom"), (copy, "moveTo")):
        for paragraph in node.iter(w("p")):
            for run in list(paragraph.iterchildren(w("r"))):
                mark = out._mark(kind, LAWYER)
                run.addprevious(mark)
                mark.append(run)
    file = upload(world, agreement, out.saved())
    assert half(file, "scope", "en")["state"] == "same"
    assert file.report["loose"] == []


def test_what_is_left_of_a_file_is_taken_from_a_further_upload(world: build.World, agreement: Agreement) -> None:
    out = edited(agreement)
    out.replace("definitions", "en", text(agreement, "definitions", "text_en")[:5], "Hereby", LAWYER)
    content = out.saved()
    file = upload(world, agreement, content)
    take(world, file, "scope")
    again = upload(world, agreement, content)
    assert again != file
    take(world, again, "definitions")
    assert text(agreement, "definitions", "text_en").startswith("Hereby")


def blank_english(world: build.World, agreement: Agreement) -> None:
    row = build.clause(agreement, "scope")
    content = {"heading_zh": row.heading_zh, "text_zh": row.text_zh, "heading_en": "", "text_en": ""}
    actions.edit_draft_clause(clause=row, seen_edition=row.edition, content=content, by=world.by(R), at=AT)


def test_a_clause_without_english_is_removed_through_a_file_in_both_languages(
    world: build.World, agreement: Agreement
) -> None:
    blank_english(world, agreement)
    out = File(went_out(agreement))
    out.strike_out("scope", "zh", LAWYER)
    file = upload(world, agreement, out.saved())
    take(world, file, "scope")
    assert "scope" not in keys(agreement)


def test_a_file_in_one_language_never_removes_the_other(world: build.World, agreement: Agreement) -> None:
    out = File(went_out(agreement, "en"))
    out.strike_out("scope", "en", LAWYER)
    file = upload(world, agreement, out.saved())
    page = client_of(world).get(reverse("agreements:returned_file", args=[file.pk])).content.decode()
    assert "that text stays in the draft" in page
    words = text(agreement, "scope", "text_zh")
    take(world, file, "scope")
    assert (text(agreement, "scope", "text_en"), text(agreement, "scope", "text_zh")) == ("", words)


def test_authors_of_both_languages_of_a_new_clause_are_kept(world: build.World, agreement: Agreement) -> None:
    actions.hand_over(agreement=agreement, by=world.by(R), at=AT)
    out = File(went_out(agreement))
    for language, words, author in (("zh", "新增条款。", LAWYER), ("en", "A new clause.", ENGINEER)):
        out.type_behind("scope" if language == "zh" else "definitions", "en", words)
        (run,) = [node.getparent() for node in out.root.iter(w("t")) if node.text == words]
        mark = out._mark("ins", author)
        run.addprevious(mark)
        mark.append(run)
    file = upload(world, agreement, out.saved())
    take(world, file, mapped={one["id"]: f"new:{one['language']}" for one in file.report["loose"]})
    (row,) = ProposedChange.objects.all()
    assert {one["author"] for one in row.word_authors} == {LAWYER[0], ENGINEER[0]}


def test_comments_become_remarks_out_of_turn_and_the_page_says_so_afterwards(
    world: build.World, agreement: Agreement
) -> None:
    actions.hand_over(agreement=agreement, by=world.by(C), at=clock.now())  # now it is the registrant's turn
    out = edited(agreement)
    out.comment("scope", "en", "Exports, too?", LAWYER)
    file, client = upload(world, agreement, out.saved()), client_of(world)
    url = reverse("agreements:returned_file", args=[file.pk])
    page = client.get(url).content.decode()
    assert 'name="chosen"' not in page
    assert "Make the chosen comments remarks" in page
    client.post(reverse("agreements:take_over_file", args=[file.pk]), chosen(client, file, remarks=["scope"]))
    assert DraftRemark.objects.get().row_key == "scope"
    assert "comments became remarks" in client.get(url).content.decode()


def test_a_signatory_may_make_comments_remarks_and_nothing_else(world: build.World, agreement: Agreement) -> None:
    out = edited(agreement)
    out.comment("scope", "en", "Exports, too?", LAWYER)
    file, client = upload(world, agreement, out.saved()), client_of(world, C, "signatory")
    url = reverse("agreements:take_over_file", args=[file.pk])
    assert client.post(url, chosen(client, file, "scope")).status_code == 403
    assert client.post(url, chosen(client, file, remarks=["scope"])).status_code == 302
    assert DraftRemark.objects.get().row_key == "scope"


def test_a_remark_before_the_first_round_is_shown_on_draft_and_negotiation(
    world: build.World, agreement: Agreement
) -> None:
    who = {"by": world.by(R), "at": AT}
    actions.remark(agreement=agreement, kind="clause", row_key="scope", text="Exports, too?", **who)
    actions.hand_over(agreement=agreement, by=world.by(R), at=build.at(1))
    for name in ("draft", "negotiation"):
        page = client_of(world, R).get(reverse(f"agreements:{name}", args=[agreement.pk])).content.decode()
        assert "Exports, too?" in page


def test_a_file_with_far_more_than_belongs_to_the_clauses_is_refused(world: build.World, agreement: Agreement) -> None:
    out = File(went_out(agreement))
    for row in agreement.draft.clauses.all()[:20]:
        out.type_behind(row.key, "en", row.key)
    for _number in range(301):
        out.copy_control("scope", "en")
    refused(lambda: upload(world, agreement, out.saved()), "word_too_many_loose")
    out = File(went_out(agreement))
    out.replace("scope", "en", text(agreement, "scope", "text_en")[:5], "x" * 50_001, LAWYER)
    refused(lambda: upload(world, agreement, out.saved()), "word_clause_too_long")
    assert not ReturnedFile.objects.exists()
