"""A Word file that came back: what is found in it, what is taken over, and what stands against either."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from agreements import actions
from agreements.models import Agreement, DraftRemark, ProposedChange, ReturnedFile, ReturnedFileEnd
from agreements.word.sources import Key, load_source
from agreements.word.writing import Order, write
from cmo.errors import Refused
from cmo.trail.models import Entry
from tests.agreements import build
from tests.agreements.build import AT, C, R
from tests.agreements.word_as_word import ENGINEER, LAWYER, File, edited, uploaded, went_out
from tests.paper_word import build as word
from tests.paper_word.corpus import CORPUS

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> build.World:
    return build.world()


@pytest.fixture
def agreement(world: build.World) -> Agreement:
    return build.agreement(world, [world.entrust()])


@pytest.fixture
def negotiated(world: build.World, agreement: Agreement) -> Agreement:
    actions.hand_over(agreement=agreement, by=world.by(R), at=AT)
    return agreement


def upload(world: build.World, agreement: Agreement, content: bytes, side: str = C) -> ReturnedFile:
    return uploaded(world, agreement, side=side, content=content)


def seen(agreement: Agreement) -> dict[str, int]:
    return dict(agreement.draft.clauses.values_list("key", "edition"))


def take(world: build.World, file: ReturnedFile, *chosen: str, side: str = C, **more: Any) -> ReturnedFileEnd:
    given: dict[str, Any] = {"chosen": chosen, "mapped": {}, "seen": seen(file.agreement), **more}
    return actions.take_over_changes(file=file, by=world.by(side), at=AT, **given)


def half(file: ReturnedFile, key: str, language: str) -> dict[str, Any]:
    (row,) = [row for row in file.report["clauses"] if row["key"] == key]
    return row["halves"][language]


def states(file: ReturnedFile) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in file.report["clauses"]:
        for one in row["halves"].values():
            found[one["state"]] = found.get(one["state"], 0) + 1
    return found


def refused(call: Any, *codes: str) -> Refused:
    with pytest.raises(Refused) as caught:
        call()
    assert sorted(caught.value.codes) == sorted(codes)
    return caught.value


def text(agreement: Agreement, key: str, name: str) -> str:
    return getattr(agreement.draft.clauses.get(key=key), name)


def test_a_file_that_comes_back_as_it_went_out_changes_nothing(world: build.World, agreement: Agreement) -> None:
    file = upload(world, agreement, went_out(agreement))
    assert states(file) == {"same": 2 * agreement.draft.clauses.count()}
    assert file.report["loose"] == []
    assert file.report["made_from"] == f"draft e{agreement.draft.edition}"


def test_what_two_authors_tracked_is_told_clause_by_clause(world: build.World, agreement: Agreement) -> None:
    file = upload(world, agreement, edited(agreement).saved())
    words = text(agreement, "scope", "text_zh")
    found = half(file, "scope", "zh")
    assert found["state"] == "changed"
    assert found["file"]["text"] == "本修订协议" + words[4:] + "\n双方另有约定的除外。"
    assert (found["base"]["text"], found["untracked"]) == (words, False)
    assert [(t["kind"], t["author"], t["at"], t["text"]) for t in found["tracked"]] == [
        ("deleted", *LAWYER, words[:4]),
        ("inserted", *LAWYER, "本修订协议"),
        ("inserted", *ENGINEER, "\n双方另有约定的除外。"),
    ]
    assert states(file)["changed"] == 2


def test_before_a_negotiation_the_chosen_changes_go_into_the_draft(world: build.World, agreement: Agreement) -> None:
    content = edited(agreement).saved()
    file = upload(world, agreement, content)
    take(world, file, "scope")
    assert text(agreement, "scope", "text_zh") == half(file, "scope", "zh")["file"]["text"]
    assert text(agreement, "scope", "text_en").startswith("Hereby")
    assert ProposedChange.objects.count() == 0
    assert bytes(ReturnedFile.objects.get().content) == content


def test_in_a_negotiation_they_become_proposals_with_the_authors_of_the_file(
    world: build.World, negotiated: Agreement
) -> None:
    before = text(negotiated, "scope", "text_zh")
    file = upload(world, negotiated, edited(negotiated).saved())
    take(world, file, "scope", reason="见法务意见")
    row = ProposedChange.objects.get()
    assert (row.side, row.row_key, row.file, row.reason) == (C, "scope", file, "见法务意见")
    assert {(a["author"], a["at"]) for a in row.word_authors} == {LAWYER, ENGINEER}
    assert row.after["text_zh"] == half(file, "scope", "zh")["file"]["text"]
    assert text(negotiated, "scope", "text_zh") == before
    actions.hand_over(agreement=negotiated, by=world.by(C), at=AT)
    actions.answer_change(change=row, accepted=True, by=world.by(R), at=AT)
    assert text(negotiated, "scope", "text_zh") == row.after["text_zh"]


def test_comments_become_remarks_with_their_author_where_that_is_chosen(
    world: build.World, negotiated: Agreement
) -> None:
    out = File(went_out(negotiated))
    out.comment("scope", "en", "Is this meant for exports, too?", LAWYER)
    file = upload(world, negotiated, out.saved())
    assert [c["text"] for c in half(file, "scope", "en")["comments"]] == ["Is this meant for exports, too?"]
    take(world, file, remarks=["scope"])
    remark = DraftRemark.objects.get()
    assert (remark.word_author, remark.word_at, remark.row_key, remark.file) == (*LAWYER, "scope", file)
    assert remark.text.endswith("Is this meant for exports, too?")


def test_a_change_without_tracking_is_told_as_such(world: build.World, agreement: Agreement) -> None:
    out = File(went_out(agreement))
    out.replace("scope", "en", text(agreement, "scope", "text_en")[:5], "Hereby", LAWYER, tracked=False)
    found = half(upload(world, agreement, out.saved()), "scope", "en")
    assert (found["state"], found["untracked"], found["tracked"]) == ("changed", True, [])


def test_what_the_file_tracked_when_it_went_out_is_nobodys_change_now(
    world: build.World, negotiated: Agreement
) -> None:
    clause = build.clause(negotiated, "scope")
    row = actions.propose_change(
        agreement=negotiated,
        kind="clause",
        act="change",
        row_key="scope",
        seen_edition=clause.edition,
        after={"text_en": clause.text_en + " Amended."},
        by=world.by(C),
        at=AT,
    )
    actions.hand_over(agreement=negotiated, by=world.by(C), at=AT)
    actions.answer_change(change=row, accepted=True, by=world.by(R), at=build.at(1))
    from agreements.word.authors import load_against

    earlier, later = load_source(negotiated, Key("round", 1)), load_source(negotiated, Key("draft"))
    content = write(Order(later, "both", load_against(negotiated, earlier, later)))
    assert states(upload(world, negotiated, content)) == {"same": 2 * negotiated.draft.clauses.count()}
    out = File(content)
    out.replace("scope", "en", " Amended.", " Altered.", LAWYER)
    found = half(upload(world, negotiated, out.saved()), "scope", "en")
    assert found["untracked"] is False
    assert {t["author"] for t in found["tracked"]} == {LAWYER[0]}


def test_a_clause_that_changed_meanwhile_keeps_what_the_file_left_alone(
    world: build.World, agreement: Agreement
) -> None:
    content = edited(agreement).saved()
    row = build.clause(agreement, "scope")
    now = {name: getattr(row, name) for name in ("heading_zh", "heading_en", "text_zh", "text_en")}
    actions.edit_draft_clause(
        clause=row, seen_edition=row.edition, content=now | {"heading_en": "Purview"}, by=world.by(R), at=AT
    )
    file = upload(world, agreement, content)
    assert half(file, "scope", "en")["base"]["heading"] == now["heading_en"]
    assert half(file, "scope", "en")["base_known"]
    take(world, file, "scope")
    assert text(agreement, "scope", "heading_en") == "Purview"
    assert text(agreement, "scope", "text_en").startswith("Hereby")


def test_whoever_chose_on_a_page_that_is_old_is_told_and_nothing_is_taken(
    world: build.World, agreement: Agreement
) -> None:
    file = upload(world, agreement, edited(agreement).saved())
    row = build.clause(agreement, "scope")
    old = seen(agreement)
    names = ("heading_zh", "heading_en", "text_zh", "text_en")
    content = {name: getattr(row, name) for name in names} | {"heading_en": "Purview"}
    actions.edit_draft_clause(clause=row, seen_edition=row.edition, content=content, by=world.by(R), at=AT)
    refusal = refused(lambda: take(world, file, "scope", seen=old), "returned_step")
    assert refusal.findings[0].en.startswith("Clause “")
    assert not ReturnedFileEnd.objects.exists()


def test_either_all_chosen_changes_are_taken_or_none(world: build.World, agreement: Agreement) -> None:
    out = edited(agreement)
    out.replace("definitions", "en", text(agreement, "definitions", "text_en")[:5], "Hereby", LAWYER)
    out.replace("definitions", "en", text(agreement, "definitions", "heading_en"), "H" * 250, LAWYER)
    file = upload(world, agreement, out.saved())
    before = text(agreement, "scope", "text_zh")
    refused(lambda: take(world, file, "scope", "definitions"), "returned_long_heading")
    assert text(agreement, "scope", "text_zh") == before
    old = seen(agreement) | {"definitions": 99}
    fine = edited(agreement)
    fine.replace("definitions", "en", text(agreement, "definitions", "text_en")[:5], "Hereby", LAWYER)
    second = upload(world, agreement, fine.saved())
    refused(lambda: take(world, second, "scope", "definitions", seen=old), "returned_step")
    assert text(agreement, "scope", "text_zh") == before
    assert not ReturnedFileEnd.objects.exists()


def test_text_typed_between_clauses_is_put_where_somebody_says(world: build.World, agreement: Agreement) -> None:
    out = File(went_out(agreement))
    out.type_behind("scope", "en", "Data protection", "Personal data stay in China.")
    file = upload(world, agreement, out.saved())
    (loose,) = file.report["loose"]
    assert (loose["text"], loose["behind"], loose["language"]) == (
        "Data protection\nPersonal data stay in China.",
        "scope",
        "en",
    )
    take(world, file, mapped={loose["id"]: "new:en"})
    keys = list(agreement.draft.clauses.order_by("position").values_list("key", flat=True))
    row = agreement.draft.clauses.get(heading_en="Data protection")
    assert row.text_en == "Personal data stay in China."
    assert keys.index(row.key) == keys.index("scope") + 1


def test_text_typed_behind_a_clause_can_be_added_to_it(world: build.World, agreement: Agreement) -> None:
    out = File(went_out(agreement))
    out.type_behind("scope", "en", "Nothing else is covered.")
    file = upload(world, agreement, out.saved())
    (loose,) = file.report["loose"]
    assert loose["suggested"] == "add:scope:en"
    before = text(agreement, "scope", "text_en")
    take(world, file, mapped={loose["id"]: "add:scope:en"})
    assert text(agreement, "scope", "text_en") == f"{before}\nNothing else is covered."


def test_a_missing_control_is_told_and_its_text_is_found_by_its_heading(
    world: build.World, agreement: Agreement
) -> None:
    out = File(went_out(agreement))
    out.take_out_control("scope", "zh")
    file = upload(world, agreement, out.saved())
    assert half(file, "scope", "zh") == {"state": "missing"}
    out = File(went_out(agreement))
    out.forget_tags("bookmarkStart")
    out.take_out_control("scope", "zh", text=True)
    found = half(upload(world, agreement, out.saved()), "scope", "zh")
    assert (found["state"], found["how"]) == ("same", "heading")


@pytest.mark.parametrize(("gone", "how"), [(("tag",), "bookmark"), (("tag", "bookmarkStart"), "title")])
def test_a_file_without_tags_is_matched_by_what_is_left(
    world: build.World, agreement: Agreement, gone: tuple[str, ...], how: str
) -> None:
    out = edited(agreement)
    out.forget_tags(*gone)
    file = upload(world, agreement, out.saved())
    assert states(file)["changed"] == 2
    assert half(file, "scope", "zh")["how"] == how
    assert "missing" not in states(file)


def test_a_doubled_control_counts_once_and_the_copy_is_put_by_hand(world: build.World, agreement: Agreement) -> None:
    out = File(went_out(agreement))
    copy = out.copy_control("scope", "en")
    next(copy.iter("{{{}}}t".format("http://schemas.openxmlformats.org/wordprocessingml/2006/main"))).text = "Other"
    file = upload(world, agreement, out.saved())
    (loose,) = file.report["loose"]
    assert (loose["why"], loose["suggested"], loose["twin"]) == ("doubled", "set:scope:en", False)
    take(world, file, mapped={loose["id"]: "set:scope:en"})
    assert text(agreement, "scope", "heading_en") == "Other"


def test_two_texts_for_one_place_are_refused_by_name(world: build.World, agreement: Agreement) -> None:
    out = edited(agreement)
    out.type_behind("scope", "en", "Something else.")
    file = upload(world, agreement, out.saved())
    (loose,) = file.report["loose"]
    refused(lambda: take(world, file, "scope", mapped={loose["id"]: "set:scope:en"}), "returned_claimed")


def test_a_clause_struck_out_in_both_languages_is_removed_where_that_is_chosen(
    world: build.World, agreement: Agreement
) -> None:
    out = File(went_out(agreement))
    for language in ("zh", "en"):
        out.strike_out("scope", language, LAWYER)
    file = upload(world, agreement, out.saved())
    assert half(file, "scope", "zh")["state"] == "emptied"
    take(world, file, "scope")
    assert not agreement.draft.clauses.filter(key="scope").exists()


def test_a_file_of_another_agreement_is_refused_by_its_number(world: build.World, agreement: Agreement) -> None:
    other = build.agreement(world, [world.entrust(device=build.second_device(world))])
    refusal = refused(lambda: upload(world, agreement, went_out(other)), "word_other_agreement")
    assert other.number in refusal.findings[0].en


def test_a_file_without_any_clause_is_refused(world: build.World, agreement: Agreement) -> None:
    refused(lambda: upload(world, agreement, word.docx("某合同")), "word_no_clauses")


def test_hostile_files_are_refused_in_words_and_leave_the_database_as_it_was(
    world: build.World, agreement: Agreement
) -> None:
    before = (ReturnedFile.objects.count(), Entry.objects.count())
    for code, content in CORPUS.values():
        refusal = refused(lambda content=content: upload(world, agreement, content()), f"word_{code}")
        assert all((f.zh, f.en, f.todo_zh, f.todo_en) for f in refusal.findings)
    assert (ReturnedFile.objects.count(), Entry.objects.count()) == before


def test_the_same_bytes_again_are_the_same_file_until_it_was_put_aside(
    world: build.World, agreement: Agreement
) -> None:
    content = edited(agreement).saved()
    file = upload(world, agreement, content)
    assert upload(world, agreement, content) == file
    actions.put_file_aside(file=file, reason="未经法务审核", by=world.by(C), at=AT)
    assert upload(world, agreement, content) != file


def test_a_file_ends_once_and_says_why_it_was_put_aside(world: build.World, agreement: Agreement) -> None:
    file = upload(world, agreement, edited(agreement).saved())
    refused(lambda: actions.put_file_aside(file=file, reason=" ", by=world.by(C), at=AT), "reason_needed")
    actions.put_file_aside(file=file, reason="未经法务审核", by=world.by(C), at=AT)
    refused(lambda: take(world, file, "scope"), "returned_ended")


def test_nothing_chosen_and_what_the_file_does_not_have_are_refused(world: build.World, agreement: Agreement) -> None:
    file = upload(world, agreement, edited(agreement).saved())
    refused(lambda: take(world, file), "returned_nothing_chosen")
    refused(lambda: take(world, file, "definitions"), "returned_unknown")
    refused(lambda: take(world, file, mapped={"1": "set:scope:en"}), "returned_nothing_chosen")


def test_only_the_organisation_that_uploaded_acts_on_the_file(world: build.World, agreement: Agreement) -> None:
    file = upload(world, agreement, edited(agreement).saved(), side=C)
    with pytest.raises(PermissionDenied):
        take(world, file, "scope", side=R)
    with pytest.raises(PermissionDenied):
        actions.put_file_aside(file=file, reason="x", by=world.by(R), at=AT)
    with pytest.raises(PermissionDenied):
        actions.take_returned_file(agreement=agreement, file=BytesIO(b""), name="x", by=world.by(C, "viewer"), at=AT)


def test_the_other_side_reads_nothing_of_the_file_on_the_pairs_trail(world: build.World, agreement: Agreement) -> None:
    pair = Entry.objects.filter(stream=world.pair.stream).count()
    file = upload(world, agreement, edited(agreement).saved())
    actions.put_file_aside(file=file, reason="未经法务审核", by=world.by(C), at=AT)
    assert Entry.objects.filter(stream=world.pair.stream).count() == pair
    own = Entry.objects.filter(stream=f"organisation:{world.relation.contractor.organisation.pk}").order_by("-seq")[:2]
    assert [entry.verb for entry in own] == ["negotiation.file_put_aside", "negotiation.file_returned"]
    assert own[1].content["data"]["sha256"] == file.sha256


def test_the_number_of_queries_does_not_grow_with_the_clauses(world: build.World, agreement: Agreement) -> None:
    few = build.queries(lambda: upload(world, agreement, went_out(agreement)))
    for number in range(20):
        content = {"heading_zh": f"附加{number}", "heading_en": f"More {number}", "text_zh": "文", "text_en": "text"}
        actions.add_draft_clause(draft=agreement.draft, content=content, by=world.by(), at=AT)
    agreement.refresh_from_db()
    assert build.queries(lambda: upload(world, agreement, went_out(agreement))) <= few
