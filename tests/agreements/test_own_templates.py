"""A company's own templates: kept whole, never rewritten, never without what the law fixes."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from agreements import actions
from agreements.facts.templates import content_of, find_template, own_key, template_for, templates_offered
from agreements.models import OwnTemplate
from agreements.template_file import read_file, write_file
from agreements.templates_data import TemplateError, template_on
from cmo import clock
from cmo.errors import Refused
from cmo.trail.models import Entry
from tests import make

pytestmark = pytest.mark.django_db

TODAY = make.TODAY


def content() -> dict[str, Any]:
    template = template_on("quality_agreement", date(2026, 11, 22))
    assert template is not None
    return content_of(template)


def kept(relation: make.Relation, *, changed: dict[str, Any] | None = None, **more: Any) -> OwnTemplate:
    given = {
        "key": "standard",
        "effective_from": TODAY,
        "by": relation.registrant.actor("quality_manager"),
        "at": make.AT,
    }
    return actions.keep_template(
        organisation=relation.registrant.organisation, content=changed or content(), **{**given, **more}
    )


def codes(refusal: Any) -> set[str]:
    return {found.code for found in refusal.value.findings}


def test_a_template_is_kept_with_its_hash_and_an_entry_on_the_organisations_trail() -> None:
    relation = make.pair()
    row = kept(relation)
    assert (row.version, row.body_hash) == (1, row.body_hash)
    assert len(row.body_hash) == 64
    entry = Entry.objects.filter(stream=f"organisation:{row.organisation_id}", verb="template.kept").get()
    assert entry.content["data"]["body_hash"] == row.body_hash


def test_the_same_key_again_makes_the_next_version_and_new_drafts_begin_from_the_latest_in_force() -> None:
    relation = make.pair()
    first = kept(relation)
    later = deepcopy(content())
    later["clauses"][0]["text_zh"] += "（修订）"
    kept(relation, changed=later, effective_from=TODAY + timedelta(days=30))
    key = own_key(first)
    versions = {
        day: template_for(relation.pair, key, day)
        for day in (TODAY, TODAY + timedelta(days=29), TODAY + timedelta(days=30))
    }
    assert [found.version for found in versions.values() if found] == ["1", "1", "2"]
    old = find_template(key, "1")
    assert old is not None
    assert "（修订）" not in old.clauses[0].text_zh


def test_a_draft_begun_from_an_own_template_has_its_wording_and_names_it() -> None:
    relation = make.pair()
    changed = deepcopy(content())
    changed["clauses"][0]["text_zh"] = "甲方与乙方自行约定的首条。"
    row = kept(relation, changed=changed)
    agreement = actions.create_agreement(
        pair=relation.pair,
        starts_on=TODAY,
        ends_on=TODAY + timedelta(days=300),
        entrustments=[],
        template_key=own_key(row),
        by=relation.contractor.actor("quality_manager"),
        at=make.AT,
    )
    draft = agreement.draft
    assert (draft.template_key, draft.template_version) == (own_key(row), "1")
    assert draft.clauses.order_by("position").first().text_zh == "甲方与乙方自行约定的首条。"


def test_a_stranger_to_the_pair_offers_it_no_template() -> None:
    row, other = kept(make.pair()), make.pair()
    assert template_for(other.pair, own_key(row), TODAY) is None
    with pytest.raises(Refused) as refusal:
        actions.create_agreement(
            pair=other.pair,
            starts_on=TODAY,
            ends_on=TODAY,
            entrustments=[],
            template_key=own_key(row),
            by=other.registrant.actor("quality_manager"),
            at=make.AT,
        )
    assert codes(refusal) == {"template_unknown"}


@pytest.mark.parametrize("key", ["own:1:none", "own:x:y", "own:1", "own::", "nothing"])
def test_a_key_that_nobody_keeps_finds_nothing(key: str) -> None:
    assert find_template(key, "1") is None
    assert find_template(key, "x") is None


def _without(rows: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["key"] != key]


def test_every_duty_that_the_law_fixes_must_stand_in_a_template_as_the_law_has_it() -> None:
    relation, whole = make.pair(), content()
    fixed = [row["key"] for row in whole["duties"] if row.get("fixed")]
    assert len(fixed) > 8
    for key in fixed:
        with pytest.raises(Refused) as refusal:
            kept(relation, changed=whole | {"duties": _without(whole["duties"], key)})
        assert codes(refusal) == {"template_lacks_fixed_duty"}, key
        moved = deepcopy(whole)
        next(row for row in moved["duties"] if row["key"] == key)["fixed"] = ""
        with pytest.raises(Refused) as refusal:
            kept(relation, changed=moved)
        assert codes(refusal) == {"template_moves_fixed_duty"}, key


def test_a_template_without_the_ban_on_sub_entrusting_is_refused() -> None:
    whole = content()
    lacking = deepcopy(whole)
    lacking["clauses"] = _without(lacking["clauses"], "no_sub_entrusting")
    for name in ("duties", "obligations"):
        for row in lacking.get(name, []):
            if row.get("clause") == "no_sub_entrusting":
                row["clause"] = lacking["clauses"][0]["key"]
    with pytest.raises(Refused) as refusal:
        kept(make.pair(), changed=lacking)
    assert codes(refusal) == {"sub_entrusting_allowed"}


def test_a_faulty_row_is_named_with_its_place_in_both_languages() -> None:
    wrong = deepcopy(content())
    wrong["clauses"][2]["text_en"] = ""
    with pytest.raises(Refused) as refusal:
        kept(make.pair(), changed=wrong)
    (found,) = refusal.value.findings
    assert found.code == "template_wrong"
    assert found.facts["place"] == "template.clauses[2].text_en"
    assert "缺少内容" in found.zh
    assert "is missing" in found.en


@pytest.mark.parametrize(("days", "refused"), [(-1, True), (0, False), (1, False)])
def test_a_template_is_never_dated_back(days: int, refused: bool) -> None:
    relation, day = make.pair(), TODAY + timedelta(days=days)
    if refused:
        with pytest.raises(Refused) as refusal:
            kept(relation, effective_from=day)
        assert codes(refusal) == {"template_in_past"}
    else:
        assert kept(relation, effective_from=day).effective_from == day


def test_a_withdrawn_version_is_offered_no_more_and_stays_readable() -> None:
    relation = make.pair()
    row = kept(relation)
    by = relation.registrant.actor("quality_manager", nth=1)
    actions.withdraw_template(template=row, reason="改用新版", by=by, at=make.AT)
    assert [item.organisation_id for item in templates_offered(relation.pair, TODAY)] == [None]
    assert find_template(own_key(row), "1") is not None
    with pytest.raises(Refused) as refusal:
        actions.withdraw_template(template=row, reason=" ", by=by, at=make.AT)
    assert codes(refusal) == {"template_withdrawn_already", "reason_needed"}


def test_only_quality_of_the_own_organisation_keeps_and_withdraws() -> None:
    relation = make.pair()
    for actor in (relation.registrant.actor("viewer"), relation.contractor.actor("quality_manager")):
        with pytest.raises(PermissionDenied):
            kept(relation, by=actor)
        with pytest.raises(PermissionDenied):
            actions.withdraw_template(template=kept(relation), reason="停用", by=actor, at=make.AT)


def test_a_file_gives_back_the_content_it_was_written_from() -> None:
    assert read_file(write_file(content())) == content()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- a\n- b", "must be a mapping"),
        ("title_zh: [", "not valid YAML"),
        ("title_zh: a\ntitle_zh: b", "stands twice"),
        ("a: &x [1]\nb: *x", "aliases"),
        ("title_zh: 2026-13-45", "cannot be read"),
        ("surprise: 1", "not a known key"),
        ("x" * 400_001, "too large"),
        ("title_zh: !!python/object/apply:os.system [ls]", "not valid YAML"),
    ],
)
def test_a_file_that_is_no_template_says_why(text: str, sentence: str) -> None:
    with pytest.raises(TemplateError, match=sentence):
        read_file(text)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_quality_keeps_reads_takes_and_withdraws_a_template_on_the_pages(language: str, client: Client) -> None:
    relation = make.pair()
    client.force_login(relation.registrant.user("quality_manager"))
    client.cookies["django_language"] = language
    upload = SimpleUploadedFile("t.yaml", write_file(content()).encode(), content_type="application/yaml")
    typed = {
        "organisation": relation.registrant.organisation.pk,
        "key": "Standard",
        "effective_from": (clock.today() + timedelta(days=400)).isoformat(),
        "upload": upload,
    }
    answer = client.post(reverse("agreements:keep_template"), typed)
    row = OwnTemplate.objects.get()
    assert answer.url == reverse("agreements:own_template", args=[row.pk])
    assert row.key == "standard"
    page = client.get(answer.url).content.decode()
    assert ("尚未施行" if language == "zh-hans" else "not in force yet") in page
    file = client.get(reverse("agreements:template_file", args=[row.pk])).content.decode()
    assert read_file(file) == content()
    client.post(reverse("agreements:withdraw_template", args=[row.pk]), {"reason": "不再使用"})
    listed = client.get(reverse("agreements:templates")).content.decode()
    assert ("已停用" if language == "zh-hans" else "no longer offered") in listed


def test_a_broken_file_is_answered_at_the_field_and_what_was_typed_stays(client: Client) -> None:
    relation = make.pair()
    client.force_login(relation.registrant.user("quality_manager"))
    client.cookies["django_language"] = "en"
    typed = {"organisation": relation.registrant.organisation.pk, "key": "ours", "effective_from": "2030-01-01"}
    upload = SimpleUploadedFile("t.yaml", b"a: [", content_type="application/yaml")
    page = client.post(reverse("agreements:keep_template"), typed | {"upload": upload}).content.decode()
    assert "this is not valid YAML" in page
    assert 'value="ours"' in page
    assert 'value="2030-01-01"' in page


def test_another_organisations_template_is_not_to_be_found(client: Client) -> None:
    row = kept(make.pair())
    client.force_login(make.pair().registrant.user("quality_manager"))
    for name in ("own_template", "template_file", "withdraw_template"):
        assert client.get(reverse(f"agreements:{name}", args=[row.pk])).status_code == 404
