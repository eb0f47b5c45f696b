"""The working draft: rows added, edited, moved, removed and put back; what is recorded, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from agreements import actions
from agreements.facts import load_draft_facts
from agreements.models import Agreement, DraftClause, DraftDuty, DraftObligation
from agreements.rules import blockers_to_offer
from agreements.templates_data import templates
from cmo.errors import Refused
from cmo.trail.models import Entry
from tests.agreements import build
from tests.agreements.build import AT, TODAY, C, R

pytestmark = pytest.mark.django_db

CLAUSE = {"heading_zh": "包装", "heading_en": "Packaging", "text_zh": "按规程包装。", "text_en": "Packed as laid down."}
DUTY = {
    "duty_zh": "包装验证",
    "duty_en": "Validate packaging",
    "registrant_part": "A",
    "contractor_part": "R",
    "clause_key": "scope",
}
OBLIGATION = {
    "what_zh": "报送包装数据",
    "what_en": "Report packaging data",
    "side": "contractor",
    "frequency": "monthly",
    "days_allowed": 5,
    "clause_key": "scope",
    "proof_zh": "数据表",
    "proof_en": "Data sheet",
}


@pytest.fixture
def world() -> build.World:
    return build.world()


@pytest.fixture
def agreement(world: build.World) -> Agreement:
    return build.agreement(world, [world.entrust()])


def refused(call, *codes: str) -> Refused:
    with pytest.raises(Refused) as caught:
        call()
    assert sorted(caught.value.codes) == sorted(codes)
    return caught.value


def last(world: build.World) -> tuple[str, dict[str, Any]]:
    """Verb and data of the newest entry of the pair."""
    entry = Entry.objects.filter(stream=world.pair.stream).order_by("-seq")[0]
    return entry.verb, entry.content["data"]


def order(agreement: Agreement) -> list[str]:
    rows = list(agreement.draft.clauses.order_by("position", "id").values_list("key", "position"))
    assert [position for _key, position in rows] == list(range(1, len(rows) + 1))
    return [key for key, _position in rows]


def codes(agreement: Agreement) -> list[str]:
    return [finding.code for finding in blockers_to_offer(load_draft_facts(agreement.draft, TODAY), TODAY)]


def test_a_new_draft_has_the_rows_of_its_template_in_their_order_and_nothing_against_it(agreement: Agreement) -> None:
    template, variants = templates()[0], {"implantable", "sterile"}
    assert order(agreement) == [row.key for row in template.clauses_for(variants)]
    draft = agreement.draft
    keys = [row.key for row in template.obligations_for(variants)]
    assert list(draft.obligations.order_by("position").values_list("key", flat=True)) == keys
    assert list(draft.duties.order_by("position").values_list("key", flat=True)) == [
        row.key for row in template.duties_for(variants)
    ]
    assert codes(agreement) == []


def test_a_clause_of_ones_own_is_added_where_it_belongs_and_may_be_unfinished(
    world: build.World, agreement: Agreement
) -> None:
    before = order(agreement)
    third = actions.add_draft_clause(draft=agreement.draft, content=CLAUSE, position=3, by=world.by(), at=AT)
    assert order(agreement) == [*before[:2], third.key, *before[2:]]
    verb, data = last(world)
    assert verb == "agreement.clause_added"
    assert (data["clause"], data["position"], data["text_zh"]) == (third.key, 3, CLAUSE["text_zh"])
    empty = actions.add_draft_clause(draft=agreement.draft, content={}, by=world.by(C), at=AT)
    assert order(agreement)[-1] == empty.key
    assert codes(agreement) == ["clause_incomplete_zh", "clause_incomplete_en"]


@pytest.mark.parametrize("position", [0, 99])
def test_a_clause_is_added_and_moved_to_existing_places_only(
    world: build.World, agreement: Agreement, position: int
) -> None:
    by, first = world.by(), build.clause(agreement)
    add = {"draft": agreement.draft, "content": CLAUSE, "position": position, "by": by, "at": AT}
    refused(lambda: actions.add_draft_clause(**add), "position_unknown")
    move = {"clause": first, "seen_edition": 1, "position": position, "by": by, "at": AT}
    refused(lambda: actions.move_draft_clause(**move), "position_unknown")


def test_a_clause_covers_only_elements_that_the_guide_has(world: build.World, agreement: Agreement) -> None:
    content = {**CLAUSE, "elements": ["QA-50"]}
    refused(
        lambda: actions.add_draft_clause(draft=agreement.draft, content=content, by=world.by(), at=AT),
        "element_unknown",
    )
    row = build.clause(agreement, "recall")
    texts = {name: getattr(row, name) for name in CLAUSE}
    edit = {"clause": row, "seen_edition": 1, "by": world.by(), "at": AT}
    refused(lambda: actions.edit_draft_clause(**edit, content={**texts, "elements": ["QA-00"]}), "element_unknown")
    actions.edit_draft_clause(**edit, content={**texts, "elements": []})
    assert codes(agreement) == ["element_missing"]


def test_a_clause_moves_and_all_the_others_close_ranks(world: build.World, agreement: Agreement) -> None:
    before = order(agreement)
    row = DraftClause.objects.get(draft=agreement.draft, key=before[0])
    moved = actions.move_draft_clause(clause=row, seen_edition=1, position=4, by=world.by(), at=AT)
    assert order(agreement) == [*before[1:4], before[0], *before[4:]]
    assert last(world) == (
        "agreement.clause_moved",
        {"clause": before[0], "edition": 2, "before": 1, "position": 4},
    )
    refused(
        lambda: actions.move_draft_clause(clause=row, seen_edition=1, position=1, by=world.by(), at=AT),
        "edited_meanwhile",
    )
    entries = Entry.objects.count()
    same = actions.move_draft_clause(clause=moved, seen_edition=2, position=4, by=world.by(), at=AT)
    assert (same.edition, Entry.objects.count()) == (2, entries)


def test_a_removed_clause_is_gone_from_the_draft_and_kept_whole_on_the_trail(
    world: build.World, agreement: Agreement
) -> None:
    row = build.clause(agreement, "disputes")
    before = order(agreement)
    actions.remove_draft_clause(clause=row, seen_edition=1, by=world.by(), at=AT)
    assert order(agreement) == [key for key in before if key != "disputes"]
    verb, data = last(world)
    assert verb == "agreement.clause_removed"
    assert {name: data[name] for name in CLAUSE} == {name: getattr(row, name) for name in CLAUSE}
    assert (data["elements"], data["citation"]) == (["QA-39"], "QA-39")
    assert codes(agreement) == ["element_missing"]
    late = {"clause": row, "by": world.by(), "at": AT}
    refused(lambda: actions.edit_draft_clause(**late, seen_edition=1, content=CLAUSE), "removed_meanwhile")
    refused(lambda: actions.remove_draft_clause(**late, seen_edition=1), "removed_meanwhile")


@pytest.mark.parametrize(
    ("kind", "key"), [("clause", "disputes"), ("duty", "labels"), ("obligation", "supervision_log")]
)
def test_what_was_removed_comes_back_from_the_template_to_its_place(
    world: build.World, agreement: Agreement, kind: str, key: str
) -> None:
    draft = agreement.draft
    rows = {"clause": draft.clauses, "duty": draft.duties, "obligation": draft.obligations}[kind]
    before = list(rows.order_by("position").values_list("key", flat=True))
    remove = getattr(actions, f"remove_draft_{kind}")
    back = {"draft": draft, "kind": kind, "key": key, "by": world.by(), "at": AT}
    refused(lambda: actions.put_back_draft_row(**back), "template_row_held")
    remove(**{kind: rows.get(key=key)}, seen_edition=1, by=world.by(), at=AT)
    actions.put_back_draft_row(**back)
    assert list(rows.order_by("position").values_list("key", flat=True)) == before
    assert last(world)[0] == f"agreement.{kind}_added"
    assert codes(agreement) == []


@pytest.mark.parametrize(
    ("kind", "key"), [("clause", "ivd_materials"), ("duty", "nothing"), ("obligation", "nothing"), ("party", "scope")]
)
def test_only_rows_that_the_template_has_for_these_devices_come_back(
    world: build.World, agreement: Agreement, kind: str, key: str
) -> None:
    back = {"draft": agreement.draft, "kind": kind, "key": key, "by": world.by(), "at": AT}
    refused(lambda: actions.put_back_draft_row(**back), "template_row_unknown")


def test_keeping_what_stands_there_writes_and_records_nothing(world: build.World, agreement: Agreement) -> None:
    entries = Entry.objects.count()
    clause, duty = build.clause(agreement), build.duty(agreement)
    obligation = agreement.draft.obligations.get(key="agreement_review")
    by = {"seen_edition": 1, "by": world.by(), "at": AT}
    texts = {name: getattr(clause, name) for name in CLAUSE}
    assert actions.edit_draft_clause(clause=clause, content=texts, **by).edition == 1
    same = {name: getattr(duty, name) for name in DUTY}
    assert actions.edit_draft_duty(duty=duty, content=same, **by).edition == 1
    same = {name: getattr(obligation, name) for name in OBLIGATION}
    assert actions.edit_draft_obligation(obligation=obligation, content=same, **by).edition == 1
    assert Entry.objects.count() == entries


def test_a_duty_is_added_linked_changed_and_removed(world: build.World, agreement: Agreement) -> None:
    draft = agreement.draft
    wrong = {**DUTY, "registrant_part": "AX", "clause_key": "nowhere"}
    refused(
        lambda: actions.add_draft_duty(draft=draft, content=wrong, by=world.by(), at=AT),
        "unknown_part",
        "clause_unknown",
    )
    row = actions.add_draft_duty(draft=draft, content=DUTY, by=world.by(), at=AT)
    assert last(world)[0] == "agreement.duty_added"
    assert draft.duties.order_by("-position")[0] == row
    edit = {"duty": row, "by": world.by(C), "at": AT}
    changed = actions.edit_draft_duty(**edit, seen_edition=1, content={**DUTY, "contractor_part": "RC"})
    assert codes(agreement) == ["duty_letters_contradict"]
    told = refused(lambda: actions.edit_draft_duty(**edit, seen_edition=1, content=DUTY), "edited_meanwhile")
    assert world.by(C).name in told.findings[0].en
    refused(
        lambda: actions.remove_draft_duty(duty=row, seen_edition=1, by=world.by(), at=AT),
        "edited_meanwhile",
    )
    actions.remove_draft_duty(duty=changed, seen_edition=2, by=world.by(), at=AT)
    verb, data = last(world)
    assert (verb, data["duty_zh"], data["contractor_part"]) == ("agreement.duty_removed", DUTY["duty_zh"], "RC")
    assert not DraftDuty.objects.filter(pk=row.pk).exists()


def test_a_duty_that_the_law_fixes_stays(world: build.World, agreement: Agreement) -> None:
    row = build.duty(agreement, "recall")
    refused(lambda: actions.remove_draft_duty(duty=row, seen_edition=1, by=world.by(), at=AT), "duty_stays")
    content = {"registrant_part": "R", "contractor_part": "A", "clause_key": "scope", "duty_en": "Something else"}
    kept = actions.edit_draft_duty(duty=row, seen_edition=1, content=content, by=world.by(), at=AT)
    assert (kept.contractor_part, kept.clause_key, kept.duty_en) == ("A", "recall", row.duty_en)


def test_a_row_may_keep_the_clause_that_was_removed_until_another_is_chosen(
    world: build.World, agreement: Agreement
) -> None:
    actions.remove_draft_clause(clause=build.clause(agreement, "storage"), seen_edition=1, by=world.by(), at=AT)
    row = build.duty(agreement, "storage_shipment")
    edit = {"duty": row, "by": world.by(), "at": AT}
    content = {"registrant_part": "C", "contractor_part": "R", "clause_key": "storage"}
    actions.edit_draft_duty(**edit, seen_edition=1, content=content)
    assert codes(agreement) == ["element_missing", "duty_without_clause"]
    actions.edit_draft_duty(**edit, seen_edition=2, content={**content, "clause_key": "scope"})
    assert codes(agreement) == ["element_missing"]


def test_an_obligation_is_added_changed_and_removed(world: build.World, agreement: Agreement) -> None:
    draft = agreement.draft
    unlinked = {**OBLIGATION, "clause_key": "nowhere"}
    refused(lambda: actions.add_draft_obligation(draft=draft, content=unlinked, by=world.by(), at=AT), "clause_unknown")
    with pytest.raises(ValidationError):
        actions.add_draft_obligation(draft=draft, content={**OBLIGATION, "days_allowed": 367}, by=world.by(), at=AT)
    row = actions.add_draft_obligation(draft=draft, content=OBLIGATION, by=world.by(), at=AT)
    assert last(world)[0] == "agreement.obligation_added"
    edit = {"obligation": row, "by": world.by(C), "at": AT}
    actions.edit_draft_obligation(**edit, seen_edition=1, content={**OBLIGATION, "proof_en": "", "clause_key": ""})
    assert last(world)[0] == "agreement.obligation_edited"
    assert codes(agreement) == ["obligation_without_clause", "obligation_without_proof"]
    refused(lambda: actions.edit_draft_obligation(**edit, seen_edition=1, content=OBLIGATION), "edited_meanwhile")
    remove = {"obligation": row, "by": world.by(), "at": AT}
    refused(lambda: actions.remove_draft_obligation(**remove, seen_edition=1), "edited_meanwhile")
    actions.remove_draft_obligation(**remove, seen_edition=2)
    verb, data = last(world)
    assert (verb, data["what_zh"]) == ("agreement.obligation_removed", OBLIGATION["what_zh"])
    assert not DraftObligation.objects.filter(pk=row.pk).exists()


def test_the_order_of_signing_is_set_once_per_change(world: build.World, agreement: Agreement) -> None:
    change = {"draft": agreement.draft, "by": world.by(), "at": AT}
    row = actions.set_signing_order(**change, seen_edition=1, signing_order="contractor_first")
    assert (row.signing_order, row.edition) == ("contractor_first", 2)
    assert last(world) == ("agreement.order_set", {"before": "any", "order": "contractor_first"})
    refused(
        lambda: actions.set_signing_order(**change, seen_edition=1, signing_order="any"),
        "edited_meanwhile",
    )
    assert actions.set_signing_order(**change, seen_edition=2, signing_order="contractor_first").edition == 2
    with pytest.raises(ValidationError):
        actions.set_signing_order(**change, seen_edition=2, signing_order="nobody")


def test_only_quality_drafts(world: build.World, agreement: Agreement) -> None:
    draft, clause, duty = agreement.draft, build.clause(agreement), build.duty(agreement)
    obligation = draft.obligations.get(key="agreement_review")
    by = {"by": world.by(R, "viewer"), "at": AT}
    seen = {"seen_edition": 1, **by}
    for call in (
        lambda: actions.add_draft_clause(draft=draft, content=CLAUSE, **by),
        lambda: actions.edit_draft_clause(clause=clause, content=CLAUSE, **seen),
        lambda: actions.move_draft_clause(clause=clause, position=1, **seen),
        lambda: actions.remove_draft_clause(clause=clause, **seen),
        lambda: actions.add_draft_duty(draft=draft, content=DUTY, **by),
        lambda: actions.edit_draft_duty(duty=duty, content=DUTY, **seen),
        lambda: actions.remove_draft_duty(duty=duty, **seen),
        lambda: actions.add_draft_obligation(draft=draft, content=OBLIGATION, **by),
        lambda: actions.edit_draft_obligation(obligation=obligation, content=OBLIGATION, **seen),
        lambda: actions.remove_draft_obligation(obligation=obligation, **seen),
        lambda: actions.put_back_draft_row(draft=draft, kind="duty", key="labels", **by),
        lambda: actions.set_signing_order(draft=draft, signing_order="any", **seen),
    ):
        with pytest.raises(PermissionDenied):
            call()


def test_judging_a_draft_costs_the_same_queries_for_two_rows_and_for_sixty(
    world: build.World, agreement: Agreement
) -> None:
    draft = agreement.draft
    load = lambda: load_draft_facts(draft, TODAY)  # noqa: E731
    many = build.queries(load)
    assert sum(len(rows) for rows in (load().clauses, load().duties, load().obligations)) > 60
    for rows in (draft.clauses, draft.duties, draft.obligations):
        rows.exclude(pk__in=list(rows.values_list("pk", flat=True)[:2])).delete()
    assert build.queries(load) == many
