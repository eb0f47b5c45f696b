"""Pages of the draft: what they say in both languages, what is kept while typing, and what two editors are told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from agreements.models import Agreement, AgreementRevision, DraftClause, DraftDuty, DraftObligation
from cmo import clock
from cmo.trail.models import Entry
from tests.agreements import build
from tests.agreements.build import AT, C, R

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_builders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def world() -> build.World:
    return build.world()


@pytest.fixture
def agreement(world: build.World) -> Agreement:
    return build.agreement(world, [world.entrust()])


def client_of(world: build.World, side: str = R, role: str = "quality_manager", lang: str = "en") -> Client:
    firm = world.relation.registrant if side == R else world.relation.contractor
    client = Client(headers={"accept-language": lang})
    client.force_login(firm.user(role, side))
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"agreements:{name}", args=args)


def text(client: Client, name: str, *args: Any) -> str:
    response = client.get(url(name, *args))
    assert response.status_code == 200
    return response.content.decode()


def sent(row: Any, **changes: Any) -> dict[str, Any]:
    """What the page sends for a row as it stands, with changes."""
    names = {
        DraftClause: ("heading_zh", "heading_en", "text_zh", "text_en"),
        DraftDuty: ("duty_zh", "duty_en", "clause_key"),
        DraftObligation: (
            *("what_zh", "what_en", "side", "frequency"),
            *("days_allowed", "clause_key", "proof_zh", "proof_en"),
        ),
    }[type(row)]
    values: dict[str, Any] = {name: getattr(row, name) for name in names} | {"seen_edition": row.edition}
    if isinstance(row, DraftDuty):
        values |= {"registrant_part": list(row.registrant_part), "contractor_part": list(row.contractor_part)}
    return values | changes


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ["49 of 49 elements covered", "Order of signing", "fixed by law", "Obligations", "Add a clause"]),
        ("zh-hans", ["49个要素已覆盖49个", "签署顺序", "法规确定", "应履行事项", "增加条款"]),
    ],
)
def test_the_editor_says_what_is_complete_and_offers_every_text_in_place(
    world: build.World, agreement: Agreement, lang: str, said: list[str]
) -> None:
    page = text(client_of(world, lang=lang), "draft", agreement.pk)
    words = strip_tags(page)
    assert not [sentence for sentence in said if sentence not in words]
    draft = agreement.draft
    assert page.count("data-autosave=") == draft.clauses.count() + draft.duties.count() + draft.obligations.count()
    assert page.count('class="square tone-good"') == 49
    assert "style=" not in page.split("<main")[1].split("</main>")[0]


def test_somebody_who_only_reads_sees_texts_and_no_fields(world: build.World, agreement: Agreement) -> None:
    page = text(client_of(world, role="viewer"), "draft", agreement.pk)
    main = page.split("<main")[1]
    assert "<textarea" not in main
    assert "data-autosave" not in main
    assert "js/draft.js" not in page
    assert "None of your posts allows this" in main
    assert build.clause(agreement, "recall").text_zh[:12] in main


def test_a_clause_keeps_itself_and_the_count_of_findings_follows(world: build.World, agreement: Agreement) -> None:
    client, row = client_of(world), build.clause(agreement, "recall")
    answer = client.post(url("autosave_clause", row.pk), sent(row, text_en="  "))
    assert answer.status_code == 200
    assert answer.json() | {"saved_at": ""} == {
        "edition": 2,
        "saved_at": "",
        "saved_by": world.by().name,
        "findings": 2,
        "blocking": 2,
    }
    fragment = text(client, "draft_findings", agreement.pk)
    assert "stopped by 2 reasons" in strip_tags(fragment)
    assert f'href="#clause-{row.key}"' in fragment
    assert 'class="square tone-pending"' in fragment
    assert "48 of 49" in strip_tags(fragment)
    assert not {"<html", "<main"} & set(re.findall(r"<\w+", fragment))


def test_of_two_editors_the_second_is_told_who_and_what_and_overwrites_nothing(
    world: build.World, agreement: Agreement
) -> None:
    row = build.clause(agreement)
    first, second = client_of(world, R), client_of(world, C)
    assert first.post(url("autosave_clause", row.pk), sent(row, text_zh="甲的文本")).status_code == 200
    answer = second.post(url("autosave_clause", row.pk), sent(row, text_zh="乙的文本"))
    assert answer.status_code == 409
    told = answer.json()
    assert told["edited_by"] == world.by(R).name
    assert world.by(R).name in told["reasons"][0]
    assert (told["edition"], told["latest"]["text_zh"]) == (2, ["甲的文本"])
    assert DraftClause.objects.get(pk=row.pk).text_zh == "甲的文本"
    over = sent(row, text_zh="乙的文本", seen_edition=told["edition"])
    assert second.post(url("autosave_clause", row.pk), over).json()["edition"] == 3
    verbs = Entry.objects.filter(stream=world.pair.stream).order_by("-seq").values_list("verb", "actor_name")
    assert [name for verb, name in verbs[:3]] == [world.by(C).name, world.by(C).name, world.by(R).name]


def test_who_types_into_a_removed_row_is_told(world: build.World, agreement: Agreement) -> None:
    row = build.clause(agreement)
    client = client_of(world)
    client.post(url("remove_clause", row.pk), {"seen_edition": 1})
    assert client.post(url("autosave_clause", row.pk), sent(row)).status_code == 404


def test_what_cannot_be_kept_is_answered_with_its_reasons(world: build.World, agreement: Agreement) -> None:
    client, clause, market = client_of(world), build.clause(agreement), build.duty(agreement, "market_release")
    answer = client.post(url("autosave_clause", clause.pk), sent(clause, heading_en="x" * 201))
    assert answer.status_code == 422
    assert "200" in answer.json()["reasons"][0]
    moved = client.post(url("autosave_duty", market.pk), sent(market, registrant_part=["I"], contractor_part=["R"]))
    assert moved.status_code == 422
    assert "fixes" in moved.json()["reasons"][0]
    unknown = client.post(url("autosave_duty", market.pk), sent(market, registrant_part=["X"]))
    assert unknown.status_code == 422
    assert build.duty(agreement, "market_release").edition == 1


def test_line_ends_of_a_browser_change_nothing(world: build.World, agreement: Agreement) -> None:
    row = build.clause(agreement)
    assert "\n" in row.text_zh
    answer = client_of(world).post(url("autosave_clause", row.pk), sent(row, text_zh=row.text_zh.replace("\n", "\r\n")))
    assert answer.json()["edition"] == 1


def test_cells_of_the_matrix_and_obligations_keep_themselves(world: build.World, agreement: Agreement) -> None:
    client, duty = client_of(world, C), build.duty(agreement)
    kept = client.post(url("autosave_duty", duty.pk), sent(duty, registrant_part=["A", "R"], contractor_part=[]))
    assert kept.status_code == 200
    assert (build.duty(agreement).registrant_part, build.duty(agreement).contractor_part) == ("RA", "")
    row = agreement.draft.obligations.get(key="agreement_review")
    answer = client.post(url("autosave_obligation", row.pk), sent(row, days_allowed=45, proof_en=""))
    assert answer.json()["blocking"] == 1
    row.refresh_from_db()
    assert (row.days_allowed, row.edition) == (45, 2)
    assert client.post(url("autosave_obligation", row.pk), sent(row, days_allowed=400)).status_code == 422


def test_a_viewer_keeps_nothing(world: build.World, agreement: Agreement) -> None:
    row = build.clause(agreement)
    answer = client_of(world, role="viewer").post(url("autosave_clause", row.pk), sent(row, text_zh="别的"))
    assert answer.status_code == 403


def test_without_a_script_every_row_has_its_form(world: build.World, agreement: Agreement) -> None:
    client, row = client_of(world), build.clause(agreement, "scope")
    in_place = sent(row, text_zh="范围", shown="in place")
    answer = client.post(url("edit_clause", row.pk), in_place)
    assert answer.url == url("draft", agreement.pk) + "#clause-scope"
    row.refresh_from_db()
    assert (row.text_zh, row.elements) == ("范围", ["QA-01"])
    stale = client.post(url("edit_clause", row.pk), in_place)
    assert "changed this after you opened it" in strip_tags(stale.content.decode())
    whole = sent(row, elements=["QA-01", "QA-39"])
    client.post(url("edit_clause", row.pk), whole)
    row.refresh_from_db()
    assert row.elements == ["QA-01", "QA-39"]
    duty = build.duty(agreement)
    client.post(url("edit_duty", duty.pk), sent(duty, registrant_part=["R"], contractor_part=["A"]))
    assert build.duty(agreement).contractor_part == "A"
    obligation = agreement.draft.obligations.get(key="agreement_review")
    client.post(url("edit_obligation", obligation.pk), sent(obligation, what_en="Review it"))
    assert DraftObligation.objects.get(pk=obligation.pk).what_en == "Review it"


def test_rows_are_added_moved_removed_and_put_back(world: build.World, agreement: Agreement) -> None:
    client, draft = client_of(world), agreement.draft
    content = {"heading_zh": "包装", "heading_en": "Packaging", "text_zh": "甲", "text_en": "a", "elements": ["QA-44"]}
    added = client.post(url("add_clause", agreement.pk), {**content, "position": 2})
    row = draft.clauses.get(heading_en="Packaging")
    assert (row.position, row.elements) == (2, ["QA-44"])
    assert added.url.endswith(f"#clause-{row.key}")
    client.post(url("move_clause", row.pk), {"seen_edition": 1, "position": 1})
    row.refresh_from_db()
    assert row.position == 1
    page = text(client, "remove_clause", row.pk)
    assert "stays readable on the trail" in page
    client.post(url("remove_clause", row.pk), {"seen_edition": 1})
    assert DraftClause.objects.filter(pk=row.pk).exists()
    client.post(url("remove_clause", row.pk), {"seen_edition": 2})
    assert not DraftClause.objects.filter(pk=row.pk).exists()
    labels = build.duty(agreement)
    client.post(url("remove_duty", labels.pk), {"seen_edition": 1})
    page = text(client, "draft", agreement.pk)
    assert 'value="duty:labels"' in page
    assert "Put it back" in page
    client.post(url("put_back", agreement.pk), {"row": "duty:labels"})
    assert draft.duties.filter(key="labels").exists()
    duty = {"duty_zh": "甲", "duty_en": "a", "registrant_part": ["R"], "contractor_part": ["I"], "clause_key": "scope"}
    client.post(url("add_duty", agreement.pk), duty)
    assert draft.duties.get(duty_en="a").contractor_part == "I"
    what = {"what_zh": "甲", "what_en": "b", "side": "registrant", "frequency": "once", "days_allowed": 0}
    client.post(url("add_obligation", agreement.pk), {**what, "clause_key": "scope", "proof_zh": "", "proof_en": ""})
    obligation = draft.obligations.get(what_en="b")
    client.post(url("remove_obligation", obligation.pk), {"seen_edition": 1})
    assert not draft.obligations.filter(what_en="b").exists()


def test_a_row_that_the_law_fixes_is_not_removed_and_nonsense_put_back_is_refused(
    world: build.World, agreement: Agreement
) -> None:
    client, recall = client_of(world), build.duty(agreement, "recall")
    answer = client.post(url("remove_duty", recall.pk), {"seen_edition": 1})
    assert "it stays in the matrix" in strip_tags(answer.content.decode())
    for row in ("duty:nothing", "party:x", ""):
        answer = client.post(url("put_back", agreement.pk), {"row": row}, follow=True)
        assert "no such row" in strip_tags(answer.content.decode())


def test_the_order_of_signing_is_chosen_beside_the_coverage(world: build.World, agreement: Agreement) -> None:
    client = client_of(world)
    client.post(url("set_order", agreement.pk), {"seen_edition": 1, "signing_order": "registrant_first"})
    agreement.draft.refresh_from_db()
    assert agreement.draft.signing_order == "registrant_first"
    stale = client.post(url("set_order", agreement.pk), {"seen_edition": 1, "signing_order": "any"})
    assert "changed this after you opened it" in strip_tags(stale.content.decode())


def test_a_refused_offer_names_the_gap_and_the_page_links_to_it(world: build.World, agreement: Agreement) -> None:
    client = client_of(world)
    client.post(url("remove_clause", build.clause(agreement, "disputes").pk), {"seen_edition": 1})
    answer = client.post(url("offer", agreement.pk), follow=True)
    page = answer.content.decode()
    assert not AgreementRevision.objects.exists()
    assert "QA-39: settling disputes" in strip_tags(page)
    assert 'href="#element-QA-39"' in page
    assert 'id="element-QA-39"' in page
    assert 'value="clause:disputes"' in page


def test_the_page_costs_the_same_queries_for_two_rows_and_for_sixty(world: build.World, agreement: Agreement) -> None:
    client, draft = client_of(world), agreement.draft
    address = url("draft", agreement.pk)
    client.get(address)
    many = build.queries(lambda: client.get(address))
    assert draft.clauses.count() + draft.duties.count() + draft.obligations.count() > 60
    for rows in (draft.clauses, draft.duties, draft.obligations):
        rows.exclude(pk__in=list(rows.values_list("pk", flat=True)[:2])).delete()
    assert build.queries(lambda: client.get(address)) == many


def test_another_pairs_rows_are_not_to_be_found(world: build.World, agreement: Agreement) -> None:
    stranger = client_of(build.world())
    clause, duty = build.clause(agreement), build.duty(agreement)
    assert stranger.get(url("draft_findings", agreement.pk)).status_code == 404
    assert stranger.post(url("autosave_clause", clause.pk), sent(clause)).status_code == 404
    assert stranger.post(url("autosave_duty", duty.pk), sent(duty)).status_code == 404
