"""Pages of a negotiation: what each side sees and can do, what is kept when somebody was faster, and how much they ask."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from agreements import actions
from agreements.models import Agreement, ChangeAnswer, DraftClause, ProposedChange
from cmo import clock
from cmo.trail.models import Entry
from tests.agreements import build
from tests.agreements.build import AT, C, R

pytestmark = pytest.mark.django_db

OTHER = {"text_zh": "每月书面确认一次。", "text_en": "Confirmed in writing every month."}
IN_PLACE = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_builders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT + timedelta(hours=1))


@pytest.fixture
def world() -> build.World:
    return build.world()


@pytest.fixture
def agreement(world: build.World) -> Agreement:
    """In its first round: the contractor's turn."""
    row = build.agreement(world, [world.entrust()])
    actions.hand_over(agreement=row, note="请在两周内答复", by=world.by(R), at=AT)
    return row


def client_of(world: build.World, side: str = C, role: str = "quality_manager", lang: str = "en") -> Client:
    firm = world.relation.registrant if side == R else world.relation.contractor
    client = Client(headers={"accept-language": lang})
    client.force_login(firm.user(role, side))
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"agreements:{name}", args=args)


def main_of(response: Any) -> str:
    assert response.status_code == 200
    return response.content.decode().split("<main")[-1]


def words_of(markup: str) -> str:
    return " ".join(strip_tags(markup.replace("<", " <")).split())


def row_of(markup: str, anchor: str) -> str:
    """The article of one place."""
    found = re.search(rf'<article[^>]* id="{anchor}".*?</article>', markup, re.DOTALL)
    assert found is not None, anchor
    return found[0]


def propose(world: build.World, row: Agreement, side: str = C, key: str = "scope", **said: Any) -> ProposedChange:
    given = {"kind": "clause", "act": "change", "row_key": key, "seen_edition": 1, "after": OTHER, **said}
    return actions.propose_change(agreement=row, **{"by": world.by(side), "at": AT, **given})


def hand_over(world: build.World, row: Agreement, side: str = C) -> None:
    actions.hand_over(agreement=row, by=world.by(side), at=AT)


def clause_sent(row: DraftClause, **changes: Any) -> dict[str, Any]:
    """What the form of a clause sends, with changes."""
    names = ("heading_zh", "heading_en", "text_zh", "text_en", "elements")
    return {name: getattr(row, name) for name in names} | {"seen_edition": row.edition, "reason": ""} | changes


def test_the_page_says_which_round_it_is_whose_turn_and_what_is_open(world: build.World, agreement: Agreement) -> None:
    propose(world, agreement)
    hand_over(world, agreement)
    said = words_of(main_of(client_of(world, R).get(url("negotiation", agreement.pk))))
    assert "round 2" in said
    assert "our turn" in said
    assert "open proposals of the registrant 0 open proposals of the contractor 1" in said
    other = words_of(main_of(client_of(world, C).get(url("negotiation", agreement.pk))))
    assert "the other side&#x27;s turn" in other
    assert "It is the registrant&#x27;s turn" in other


def test_a_proposal_is_marked_in_the_text_and_waits_on_the_other_side(world: build.World, agreement: Agreement) -> None:
    build.clause(agreement)
    propose(world, agreement, reason="月度排产")
    hand_over(world, agreement)
    ours = row_of(main_of(client_of(world, R).get(url("negotiation", agreement.pk))), "clause-scope")
    assert "waits on us" in ours
    assert "<del>" in ours
    assert "<ins>" in ours
    assert "月度排产" in ours
    assert "Accept the change" in ours
    theirs = row_of(main_of(client_of(world, C).get(url("negotiation", agreement.pk))), "clause-scope")
    assert "waits on them" in theirs
    assert "Accept the change" not in theirs
    assert "Withdraw the proposal" in theirs


def test_somebody_who_only_reads_sees_proposals_and_no_forms(world: build.World, agreement: Agreement) -> None:
    propose(world, agreement)
    hand_over(world, agreement)
    page = main_of(client_of(world, R, "viewer").get(url("negotiation", agreement.pk)))
    assert "<ins>" in page
    assert "data-act" not in page
    assert 'name="change"' not in page
    assert "None of your posts allows this" in page


@pytest.mark.parametrize(("show", "shown"), [("us", {"clause-scope"}), ("them", set()), ("remarks", {"duty-labels"})])
def test_the_choice_of_places_stands_in_the_address(
    world: build.World, agreement: Agreement, show: str, shown: set[str]
) -> None:
    propose(world, agreement)
    actions.remark(agreement=agreement, kind="duty", row_key="labels", text="请说明", by=world.by(C), at=AT)
    hand_over(world, agreement)
    page = main_of(client_of(world, R).get(url("negotiation", agreement.pk) + f"?show={show}"))
    assert set(re.findall(r'<article[^>]* id="([^"]+)"', page)) == shown


def test_accepting_takes_the_text_into_the_draft_and_leads_back_to_the_place(
    world: build.World, agreement: Agreement
) -> None:
    change = propose(world, agreement)
    hand_over(world, agreement)
    response = client_of(world, R).post(url("accept_change", change.pk))
    assert response.headers["Location"] == url("negotiation", agreement.pk) + "#clause-scope"
    assert build.clause(agreement).text_zh == OTHER["text_zh"]
    page = main_of(client_of(world, R).get(url("negotiation", agreement.pk)))
    assert "changed in this round" in row_of(page, "clause-scope")


def test_in_place_only_the_row_the_round_and_the_tree_come_back(world: build.World, agreement: Agreement) -> None:
    change = propose(world, agreement)
    hand_over(world, agreement)
    response = client_of(world, R).post(url("accept_change", change.pk), headers=IN_PLACE)
    said = response.content.decode()
    assert said.count("<article") == 1
    assert "changed in this round" in row_of(said, "clause-scope")
    assert said.count('hx-swap-oob="true"') == 2
    assert "<html" not in said


def test_declining_needs_a_reason_and_the_reason_is_read(world: build.World, agreement: Agreement) -> None:
    change = propose(world, agreement)
    hand_over(world, agreement)
    client = client_of(world, R)
    page = main_of(client.post(url("decline_change", change.pk), {"reason": " "}))
    assert "field-errors" in page
    assert not ChangeAnswer.objects.exists()
    client.post(url("decline_change", change.pk), {"reason": "与规程不符"})
    assert ChangeAnswer.objects.get().outcome == "declined"
    line = words_of(main_of(client.get(url("negotiated_row", agreement.pk, "clause", "scope"))))
    assert "declined the proposal" in line
    assert "与规程不符" in line


def test_whoever_was_slower_keeps_what_they_typed_and_reads_who_and_what(
    world: build.World, agreement: Agreement
) -> None:
    """The form was opened before another proposal was accepted; sent again it is a proposal on the present text."""
    seen = build.clause(agreement)
    first = propose(world, agreement)
    hand_over(world, agreement)
    actions.answer_change(change=first, accepted=True, by=world.by(R), at=AT)
    sent = clause_sent(seen, text_zh="我的文本", reason="理由")
    client = client_of(world, R)
    response = client.post(url("propose_change", agreement.pk, "clause", "scope"), sent)
    said = response.content.decode()
    assert response.status_code == 409
    assert first.recorded_by_name in words_of(said)
    assert OTHER["text_zh"] in said
    assert "我的文本" in said
    again = re.search(r'name="seen_edition" value="(\d+)"', said)
    assert again is not None
    client.post(url("propose_change", agreement.pk, "clause", "scope"), sent | {"seen_edition": again[1]})
    assert ProposedChange.objects.latest("id").after["text_zh"] == "我的文本"


def test_a_text_typed_for_a_clause_that_was_removed_meanwhile_is_shown_again(
    world: build.World, agreement: Agreement
) -> None:
    seen = build.clause(agreement, "definitions")
    removal = propose(world, agreement, key="definitions", act="remove", after={})
    hand_over(world, agreement)
    actions.answer_change(change=removal, accepted=True, by=world.by(R), at=AT)
    address = url("propose_change", agreement.pk, "clause", "definitions")
    client = client_of(world, R)
    response = client.post(address, clause_sent(seen, text_zh="我的文本"))
    assert response.status_code == 409
    assert "我的文本" in response.content.decode()
    assert client.get(address).status_code == 404


def test_an_answer_to_what_was_withdrawn_meanwhile_says_who_was_faster(
    world: build.World, agreement: Agreement
) -> None:
    change = propose(world, agreement)
    hand_over(world, agreement)
    actions.withdraw_change(change=change, by=world.by(C), at=AT)
    client = client_of(world, R)
    in_place = client.post(url("accept_change", change.pk), headers=IN_PLACE)
    assert in_place.status_code == 409
    assert world.by(C).name in words_of(row_of(in_place.content.decode(), "clause-scope"))
    declined = client.post(url("decline_change", change.pk), {"reason": "我的理由"})
    assert declined.status_code == 409
    assert "我的理由" in declined.content.decode()


def test_another_text_answers_the_proposal_and_the_history_marks_one_against_the_other(
    world: build.World, agreement: Agreement
) -> None:
    change = propose(world, agreement)
    hand_over(world, agreement)
    client = client_of(world, R)
    form = main_of(client.get(url("counter_change", change.pk)))
    assert OTHER["text_zh"] in form
    sent = clause_sent(build.clause(agreement), text_zh="每季书面确认一次。", text_en=OTHER["text_en"])
    client.post(url("counter_change", change.pk), sent)
    assert ChangeAnswer.objects.get().outcome == "countered"
    line = main_of(client.get(url("negotiated_row", agreement.pk, "clause", "scope")))
    assert "每<del>月</del><ins>季</ins>书面确认一次。" in line
    assert f"marked against the proposal of {change.recorded_by_name}" in words_of(line)


def test_chosen_proposals_are_listed_once_more_and_accepted_together(world: build.World, agreement: Agreement) -> None:
    changes = [propose(world, agreement, key=key) for key in ("scope", "definitions")]
    left = propose(world, agreement, key="recall")
    hand_over(world, agreement)
    client, asked = client_of(world, R), {"change": [change.pk for change in changes]}
    page = main_of(client.get(url("accept_changes", agreement.pk), asked))
    assert page.count('class="proposal"') == 2
    assert not ChangeAnswer.objects.exists()
    client.post(url("accept_changes", agreement.pk), asked)
    assert set(ChangeAnswer.objects.values_list("change_id", flat=True)) == {change.pk for change in changes}
    assert Entry.objects.filter(verb="negotiation.accepted").count() == 2
    assert build.clause(agreement, "recall").text_zh == left.before["text_zh"]


def test_of_chosen_proposals_none_is_accepted_when_one_cannot_be(world: build.World, agreement: Agreement) -> None:
    changes = [propose(world, agreement, key=key) for key in ("scope", "definitions")]
    hand_over(world, agreement)
    actions.withdraw_change(change=changes[0], by=world.by(C), at=AT)
    response = client_of(world, R).post(
        url("accept_changes", agreement.pk), {"change": [change.pk for change in changes]}
    )
    assert response.status_code == 409
    said = words_of(response.content.decode())
    assert build.clause(agreement).heading_en in said
    assert world.by(C).name in said
    assert not ChangeAnswer.objects.filter(outcome="accepted").exists()
    assert Entry.objects.filter(verb="refused").count() == 1


def test_a_clause_is_proposed_after_another_moved_and_removed(world: build.World, agreement: Agreement) -> None:
    client, scope = client_of(world), build.clause(agreement)
    address = url("propose_addition", agreement.pk, "clause") + "?after=scope"
    form = main_of(client.get(address))
    assert re.search(rf'<option value="{scope.position + 1}" selected>', form)
    added = {"position": scope.position + 1, "heading_zh": "包装", "heading_en": "Packaging", **OTHER, "reason": ""}
    client.post(address, added)
    client.post(url("propose_move", agreement.pk, "scope"), {"seen_edition": 1, "position": 1, "reason": ""})
    client.post(url("propose_removal", agreement.pk, "clause", "recall"), {"seen_edition": 1, "reason": "重复"})
    made = dict(ProposedChange.objects.values_list("act", "after"))
    assert made["add"]["position"] == scope.position + 1
    assert made["move"] == {"position": 1, "behind": []}
    assert made["remove"] == {}
    page = main_of(client.get(url("negotiation", agreement.pk)))
    assert "Packaging" in page
    assert "proposed move" in row_of(page, "clause-scope")
    assert "proposed removal" in row_of(page, "clause-recall")


def test_the_holder_that_the_law_fixes_is_explained_and_stays(world: build.World, agreement: Agreement) -> None:
    client, duty = client_of(world), agreement.draft.duties.filter(locked=True, registrant_part="R").first()
    assert duty is not None
    address = url("propose_change", agreement.pk, "duty", duty.key)
    form = main_of(client.get(address))
    assert "The law fixes who holds this duty: its R stays where it is." in form
    assert 'value="R"' not in form
    client.post(address, {"seen_edition": 1, "contractor_part": ["A"], "reason": ""})
    after = ProposedChange.objects.get().after
    assert (after["registrant_part"], after["contractor_part"]) == ("R", "A")


def test_other_terms_are_proposed_with_coverage_and_order(world: build.World, agreement: Agreement) -> None:
    client = client_of(world)
    (covered,) = agreement.draft.coverage.values_list("entrustment_id", flat=True)
    sent = {
        "seen_edition": agreement.draft.edition,
        "starts_on": agreement.draft.starts_on.isoformat(),
        "ends_on": "2028-03-31",
        "entrustments": [covered],
        "signing_order": "registrant_first",
        "reason": "",
    }
    response = client.post(url("propose_change", agreement.pk, "terms", "terms"), sent)
    assert response.headers["Location"].endswith("#terms")
    after = ProposedChange.objects.get().after
    assert (after["ends_on"], after["signing_order"]) == ("2028-03-31", "registrant_first")
    assert "<ins>2028-03-31</ins>" in row_of(main_of(client.get(url("negotiation", agreement.pk))), "terms")


def test_a_remark_is_read_by_both_sides_at_any_time(world: build.World, agreement: Agreement) -> None:
    client_of(world, R).post(url("remark_on_row", agreement.pk, "clause", "scope"), {"text": "请说明依据"})
    page = main_of(client_of(world, C).get(url("negotiation", agreement.pk)))
    assert "请说明依据" in row_of(page, "clause-scope")


def test_while_it_is_negotiated_the_draft_has_no_fields_and_leads_to_the_negotiation(
    world: build.World, agreement: Agreement
) -> None:
    page = main_of(client_of(world).get(url("draft", agreement.pk)))
    assert "<textarea" not in page
    assert "being negotiated, round 1" in words_of(page)
    assert url("negotiation", agreement.pk) in page


def test_before_the_first_round_the_page_says_how_it_begins(world: build.World) -> None:
    row = build.agreement(world, [world.entrust()])
    client = client_of(world, R)
    assert "not been handed to the other side yet" in main_of(client.get(url("negotiation", row.pk)))
    client.post(url("hand_over", row.pk), {"note": "请查收"})
    assert "请查收" in main_of(client.get(url("negotiation", row.pk)))


def test_any_two_rounds_and_the_draft_are_compared(world: build.World, agreement: Agreement) -> None:
    change = propose(world, agreement)
    hand_over(world, agreement)
    actions.answer_change(change=change, accepted=True, by=world.by(R), at=AT)
    client = client_of(world, R)
    address = url("negotiation_rounds", agreement.pk)
    same = main_of(client.get(address, {"from": 1, "to": 2, "show": "changes"}))
    assert "Both texts are the same." in same
    changed = main_of(client.get(address, {"from": 1, "to": "draft", "show": "changes"}))
    assert "1 clause changed" in changed
    assert "请在两周内答复" in changed
    assert client.get(address, {"from": "no", "to": "draft"}).status_code == 200


def test_the_page_asks_as_much_for_five_clauses_and_one_round_as_for_sixty_and_three(
    world: build.World, agreement: Agreement
) -> None:
    client, address = client_of(world, R), url("negotiation", agreement.pk)
    draft = agreement.draft
    draft.clauses.exclude(key__in=list(draft.clauses.order_by("id").values_list("key", flat=True))[:5]).delete()
    propose(world, agreement, key=draft.clauses.order_by("id").first().key)
    few = _asked(client, address)
    _grow(draft, 60)
    for side in (C, R):
        for clause in draft.clauses.order_by("-id")[:20]:
            propose(world, agreement, side, clause.key, after={"text_zh": f"{side} 的文本"})
            actions.remark(agreement=agreement, kind="clause", row_key=clause.key, text="?", by=world.by(side), at=AT)
        hand_over(world, agreement, side)
    assert draft.clauses.count() == 60
    assert _asked(client, address) == few
    line = url("negotiated_row", agreement.pk, "clause", draft.clauses.order_by("-id").first().key)
    assert _asked(client, line) <= few


def _asked(client: Client, address: str) -> int:
    client.get(address)
    return build.queries(lambda: client.get(address))


def _grow(draft: Any, count: int) -> None:
    """Further clauses, written at once."""
    first = draft.clauses.order_by("id").first()
    names = ("heading_zh", "heading_en", "text_zh", "text_en", "edited_by_name", "edited_at")
    same = {name: getattr(first, name) for name in names}
    held = draft.clauses.count()
    DraftClause.objects.bulk_create(
        DraftClause(draft=draft, key=f"own_{n}", position=n, **same) for n in range(held + 1, count + 1)
    )
