"""Pages of devices and screening: who sees what, what is asked, and that typing and signing lead to the action."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cmo import clock
from cmo.catalogue.duties import coming_up, waiting_on
from cmo.catalogue.forms import DeviceForm
from cmo.catalogue.models import Determination, DeviceShare, DeviceVersion, LabelVersion, Screening, TechnicalDocument
from cmo.parties.access import scope_of
from cmo.signing.actions import record_hash
from cmo.trail.models import Entry
from tests import make

from . import build

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_builders(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    monkeypatch.setattr(clock, "now", lambda: make.AT)
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def world() -> make.Relation:
    return make.pair()


def signed_in(user: Any, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def quality(world: make.Relation, nth: int = 0) -> Client:
    return signed_in(world.registrant.user("quality_manager", nth=nth))


def page(client: Client, name: str, *args: Any, **query: Any) -> str:
    response = client.get(reverse(f"catalogue:{name}", args=args), query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def sign(client: Client, url: str, **typed: Any) -> Any:
    """Fill in the signing form as the page shows it and send it with the password."""
    shown = client.post(url, typed) if typed else client.get(url)
    form = shown.context["form"]
    tokens = {name: form.initial[name] for name in ("seen_hash", "token")}
    return client.post(url, {**typed, **tokens, "password": make.PASSWORD})


# ── may this be entrusted? ───────────────────────────────────────────────────────────────────────────────────────────


def test_anybody_signed_in_may_ask_and_nobody_else(world: make.Relation) -> None:
    url = reverse("catalogue:may_entrust")
    assert Client().get(url).status_code == 302
    assert "Type a classification code" in page(signed_in(make.person()), "may_entrust")


def test_only_the_questions_that_matter_are_asked_and_the_answer_builds_up(world: make.Relation) -> None:
    client = signed_in(make.person())
    first = page(client, "may_entrust", q="13-07-02")
    assert 'name="vascular_site"' in first
    assert 'name="contains_animal_derived"' not in first
    assert "undetermined" in first
    coronary = page(client, "may_entrust", q="13-07-02", vascular_site="coronary")
    assert "prohibited" in coronary
    assert "13-07 心血管植入物" in coronary
    assert "外周血管支架除外" in coronary
    assert 'name="implantable"' not in coronary
    answers = {"implantable": "yes", "contains_allogeneic": "no", "directly_from_animal_tissue": "no"}
    peripheral = page(client, "may_entrust", q="13-07-02", vascular_site="peripheral", **answers)
    assert "tone-good" in peripheral


def test_an_answer_that_does_not_matter_for_the_code_is_not_used(world: make.Relation) -> None:
    shown = page(signed_in(make.person()), "may_entrust", q="12-01-01", implantable="no", vascular_site="peripheral")
    assert "verdict tone-bad" in shown
    assert 'type="radio"' not in shown


def test_a_name_in_either_language_leads_to_codes(world: make.Relation) -> None:
    client = signed_in(make.person())
    for typed in ("vascular stent", "血管支架"):
        assert "code=13-07-02" in page(client, "may_entrust", q=typed)
    assert "verdict tone-pending" in page(client, "may_entrust", q="某不存在的产品")


def test_another_product_begins_anew_with_no_answer_of_the_one_before(world: make.Relation) -> None:
    answers = {"implantable": "no", "vascular_site": "peripheral"}
    client = signed_in(make.person())
    same = page(client, "may_entrust", q="13-07-02", about="13-07-02", code="13-07-02", **answers)
    assert "verdict tone-good" in same
    other = page(client, "may_entrust", q="13-04-01", about="13-07-02", code="13-07-02", **answers)
    assert "verdict tone-pending" in other
    named = page(client, "may_entrust", q="hip joint", about="13-07-02", code="13-07-02", **answers)
    assert 'href="?q=hip+joint&amp;about=hip+joint&amp;code=13-04-01&amp;on=&amp;compare="' in named


def test_two_dates_stand_side_by_side(world: make.Relation) -> None:
    client = signed_in(make.person())
    shown = page(client, "may_entrust", q="12-01-01", on="2022-04-30", compare="2022-05-01")
    assert "verdicts-two" in shown
    assert shown.index("verdict tone-pending") < shown.index("verdict tone-bad")
    assert "edition of 2014" in shown
    assert "no edition held" in page(client, "may_entrust", q="12-01-01", on="2014-09-25")


def test_contradicting_answers_are_said_at_once_and_nothing_typed_is_lost(world: make.Relation) -> None:
    answers = {"contains_animal_derived": "no", "directly_from_animal_tissue": "yes"}
    shown = page(
        signed_in(make.person()), "may_entrust", q="13-06-04", on="2022-04-30", compare="2024-01-01", **answers
    )
    assert "contradict" in shown
    assert 'value="13-06-04"' in shown


def test_a_bad_date_is_said_and_the_page_still_answers(world: make.Relation) -> None:
    assert "Date of the act:" in page(signed_in(make.person()), "may_entrust", q="12-01-01", on="yesterday")


def test_the_part_below_the_search_box_comes_alone_for_htmx(world: make.Relation) -> None:
    client = signed_in(make.person())
    response = client.get(reverse("catalogue:may_entrust"), {"q": "12-01-01"}, headers={"hx-request": "true"})
    assert "<html" not in response.content.decode()
    assert 'id="answer"' in response.content.decode()


def test_the_page_speaks_chinese(world: make.Relation) -> None:
    response = signed_in(make.person(), "zh-hans").get(reverse("catalogue:may_entrust"), {"q": "12-01-01"})
    shown = response.content.decode()
    assert "目录原文条目" in shown
    assert "禁止" in shown


def test_the_editions_are_shown_as_printed(world: make.Relation) -> None:
    shown = page(signed_in(make.person()), "editions")
    assert "国家药监局通告2022年第17号" in shown
    assert "硬脑(脊)膜补片" in shown
    assert "2022-04-30" in shown


# ── devices ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_foreign_device_does_not_exist_for_others(world: make.Relation) -> None:
    row = build.device(world.registrant).device
    screening = build.screening(world.registrant, row)
    stranger = signed_in(make.organisation(posts=()).user("quality_manager"))
    contractor = signed_in(world.contractor.user("quality_manager"))
    names = ["device", "device_versions", "device_documents", "device_screenings", "device_trail", "propose_device"]
    for client in (stranger, contractor):
        for name in names:
            assert client.get(reverse(f"catalogue:{name}", args=[row.pk])).status_code == 404
        assert client.get(reverse("catalogue:screening", args=[screening.pk])).status_code == 404
        assert client.post(reverse("catalogue:record_screening", args=[row.pk])).status_code == 404
        assert "外周血管支架系统" not in page(client, "devices")


def test_a_contractor_reads_a_shared_device_but_neither_proposals_nor_trail(world: make.Relation) -> None:
    version = build.device(world.registrant)
    build.share(world, version.device)
    build.new_version(version, world.registrant, confirmed=False, name_en="Secret plan", name_zh="保密计划")
    client = signed_in(world.contractor.user("quality_manager"))
    assert "Peripheral vascular stent system" in page(client, "devices")
    for name in ("device", "device_versions", "device_documents", "device_screenings"):
        shown = page(client, name, version.device_id)
        assert "Secret plan" not in shown
        assert "保密计划" not in shown
    assert client.get(reverse("catalogue:device_trail", args=[version.device_id])).status_code == 404
    assert client.get(reverse("catalogue:propose_device", args=[version.device_id])).status_code == 403


def test_the_device_page_says_what_it_is_and_whether_it_may_be_entrusted(world: make.Relation) -> None:
    version = build.device(world.registrant, vascular_site="coronary")
    shown = page(quality(world), "device", version.device_id)
    assert version.number_printed in shown
    assert "device_prohibited" in shown
    assert "PS-6-40" in shown
    viewer = page(signed_in(world.registrant.user("viewer")), "device", version.device_id)
    assert "None of your posts allows this" in viewer


def form_data(content: dict[str, Any]) -> dict[str, Any]:
    """What a person would type for this content."""
    form = DeviceForm(content=content)
    typed = {name: form[name].value() for name in form.fields}
    data = {name: value.isoformat() if isinstance(value, date) else value for name, value in typed.items()}
    return {name: value for name, value in data.items() if value not in (None, False)} | {"reason": "建档"}


def test_a_device_is_entered_confirmed_and_listed(world: make.Relation) -> None:
    content = build.device_content(
        production_addresses=[
            {
                "address": "浙江省杭州市示例区三号路",
                "entrusted": True,
                "contractor_name": world.contractor.data.name_zh,
                "contractor_uscc": world.contractor.uscc,
            }
        ]
    )
    url = reverse("catalogue:open_device", args=[world.registrant.pk])
    client = quality(world)
    assert client.get(url).status_code == 200
    response = client.post(url, form_data(content))
    version = DeviceVersion.objects.get()
    assert response.status_code == 302
    assert version.content()["production_addresses"] == content["production_addresses"]
    assert version.address_of_contractor(world.contractor.uscc) == "浙江省杭州市示例区三号路"
    assert version.release_documents == content["release_documents"]
    confirm = reverse("catalogue:confirm_version", args=[version.pk])
    assert confirm in page(quality(world, 1), "devices")
    assert sign(quality(world, 1), confirm).status_code == 302
    assert DeviceVersion.objects.current().get() == version
    assert "Peripheral vascular stent system" in page(quality(world), "devices", q="13-07")
    assert "Peripheral vascular stent system" not in page(quality(world), "devices", q="12-01")


def test_a_refused_proposal_says_why_keeps_what_was_typed_and_is_on_the_trail(world: make.Relation) -> None:
    url = reverse("catalogue:open_device", args=[world.registrant.pk])
    response = quality(world).post(url, form_data(build.device_content(name_zh="某支架", last_day=None)))
    shown = response.content.decode()
    assert response.status_code == 200
    assert "has a last day of validity" in shown
    assert "某支架" in shown
    assert Entry.objects.filter(stream=world.registrant.stream).order_by("-seq")[0].verb == "refused"


def test_proposing_starts_from_the_present_data_and_turning_down_needs_a_reason(world: make.Relation) -> None:
    version = build.device(world.registrant)
    url = reverse("catalogue:propose_device", args=[version.device_id])
    client = quality(world)
    assert "外周血管支架系统" in client.get(url).content.decode()
    client.post(url, form_data({**version.content(), "name_zh": "外周支架"}))
    proposed = DeviceVersion.objects.undecided().get()
    down = reverse("catalogue:turn_down_version", args=[proposed.pk])
    assert quality(world, 1).post(down, {"reason": ""}).status_code == 200
    assert quality(world, 1).post(down, {"reason": "名称与注册证不符"}).status_code == 302
    assert not DeviceVersion.objects.undecided().exists()
    assert "名称与注册证不符" in page(client, "device_versions", version.device_id)


def test_only_quality_enters_devices_and_only_for_its_own_firm(world: make.Relation) -> None:
    url = reverse("catalogue:open_device", args=[world.registrant.pk])
    assert signed_in(world.registrant.user("viewer")).get(url).status_code == 403
    assert signed_in(world.contractor.user("quality_manager")).get(url).status_code == 404


def test_a_device_is_shared_and_the_share_withdrawn(world: make.Relation) -> None:
    row = build.device(world.registrant).device
    client = quality(world)
    url = reverse("catalogue:share_device", args=[row.pk])
    assert world.pair.number in client.get(url).content.decode()
    assert client.post(url, {"pair": world.pair.pk}).status_code == 302
    share = DeviceShare.objects.get()
    assert world.contractor.data.name_zh in page(signed_in(client_user(world), "zh-hans"), "device", row.pk)
    withdraw = reverse("catalogue:withdraw_share", args=[share.pk])
    assert signed_in(world.contractor.user("quality_manager")).get(withdraw).status_code == 403
    assert client.post(withdraw, {"reason": "合作终止"}).status_code == 302
    assert not DeviceShare.objects.standing().exists()


def client_user(world: make.Relation) -> Any:
    return world.registrant.user("quality_manager")


def test_documents_and_labels_are_listed_and_withdrawn(world: make.Relation) -> None:
    row = build.device(world.registrant).device
    client = quality(world)
    document = {
        "kind": "process",
        "reference": "WI-01",
        "version": "A/1",
        "title_zh": "激光切割",
        "effective_from": "2026-01-01",
    }
    add = reverse("catalogue:add_document", args=[row.pk])
    assert client.get(add).status_code == 200
    assert client.post(add, document).status_code == 302
    assert client.post(add, document).status_code == 200
    assert TechnicalDocument.objects.count() == 1
    label = {"kind": "ifu", "version": "V2", "effective_from": "2026-01-01"}
    assert client.post(reverse("catalogue:add_label", args=[row.pk]), label).status_code == 302
    withdraw = reverse("catalogue:withdraw_label", args=[LabelVersion.objects.get().pk])
    early = client.post(withdraw, {"last_used_on": "2025-01-01", "reason": "改版"})
    assert "before the first day" in early.content.decode()
    assert client.post(withdraw, {"last_used_on": "2026-05-31", "reason": "改版"}).status_code == 302
    shown = page(client, "device_documents", row.pk)
    assert "WI-01" in shown
    assert "no longer used" in shown
    assert client.get(withdraw).status_code == 200
    viewer = signed_in(world.registrant.user("viewer"))
    assert viewer.get(add).status_code == 403


# ── screenings on record ─────────────────────────────────────────────────────────────────────────────────────────────


def test_an_undetermined_device_is_screened_proved_and_determined_through_the_pages(world: make.Relation) -> None:
    row = build.device(world.registrant, vascular_site="aortic").device
    client = quality(world)
    response = client.post(reverse("catalogue:record_screening", args=[row.pk]), {"acted_on": "2026-06-01"})
    screening = Screening.objects.get()
    assert response["Location"] == reverse("catalogue:screening", args=[screening.pk])
    determine = reverse("catalogue:determine", args=[screening.pk])
    assert determine in page(client, "screening", screening.pk)
    assert "evidence_missing" in page(client, "determine", screening.pk)
    build.evidence(world.registrant, screening)
    assert "Continue to the signature" in page(client, "determine", screening.pk)
    typed = {"outcome": "allowed", "reason": "腹主动脉分支以远，属外周"}
    done = sign(client, determine, **typed)
    assert done.status_code == 302
    assert Determination.objects.get().reason == typed["reason"]
    shown = page(client, "screening", screening.pk)
    assert typed["reason"] in shown
    assert determine not in shown
    assert "determined" in page(client, "device_screenings", row.pk)
    assert "determined by a quality person" in page(client, "device", row.pk)


def test_a_wrong_password_determines_nothing(world: make.Relation) -> None:
    screening = build.screening(world.registrant, build.device(world.registrant, vascular_site="aortic").device)
    build.evidence(world.registrant, screening)
    client = quality(world)
    url = reverse("catalogue:determine", args=[screening.pk])
    typed = {"outcome": "allowed", "reason": "见声明"}
    form = client.post(url, typed).context["form"]
    tokens = {name: form.initial[name] for name in ("seen_hash", "token")}
    response = client.post(url, {**typed, **tokens, "password": "wrong"})
    assert response.status_code == 200
    assert "见声明" in response.content.decode()
    assert not Determination.objects.exists()
    other = client.post(url, {**typed, "reason": "另一个理由", **tokens, "password": make.PASSWORD})
    assert other.status_code == 200
    assert not Determination.objects.exists()


def test_only_quality_determines_and_a_date_is_needed_to_screen(world: make.Relation) -> None:
    row = build.device(world.registrant, vascular_site="aortic").device
    screening = build.screening(world.registrant, row)
    viewer = signed_in(world.registrant.user("viewer"))
    assert viewer.get(reverse("catalogue:determine", args=[screening.pk])).status_code == 403
    assert "None of your posts" in page(viewer, "screening", screening.pk)
    response = quality(world).post(reverse("catalogue:record_screening", args=[row.pk]), {"acted_on": ""})
    assert response.status_code == 200
    assert Screening.objects.count() == 1


def test_the_trail_of_a_device_reads_as_sentences(world: make.Relation) -> None:
    version = build.device(world.registrant)
    build.screening(world.registrant, version.device)
    shown = page(quality(world), "device_trail", version.device_id)
    assert "was screened against the prohibited catalogue" in shown


def test_lists_take_as_many_queries_for_one_device_as_for_many(
    world: make.Relation, django_assert_max_num_queries: Any
) -> None:
    build.share(world, build.device(world.registrant).device)
    client = quality(world)
    page(client, "devices")
    with django_assert_max_num_queries(25) as few:
        page(client, "devices")
    for _number in range(5):
        build.device(world.registrant)
    with django_assert_max_num_queries(25) as many:
        page(client, "devices")
    assert len(many) == len(few)


# ── duties ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_waits_is_named_once_for_who_can_do_it(world: make.Relation) -> None:
    version = build.device(world.registrant, vascular_site="aortic")
    build.screening(world.registrant, version.device)
    build.new_version(version, world.registrant, confirmed=False, name_zh="新名称")
    second = waiting_on(scope_of(world.registrant.user("quality_manager", nth=1), make.TODAY), make.TODAY)
    assert [str(duty.kind) for duty in second] == ["confirm", "review"]
    first = waiting_on(scope_of(world.registrant.user("quality_manager"), make.TODAY), make.TODAY)
    assert [str(duty.kind) for duty in first] == ["review"]
    assert waiting_on(scope_of(world.contractor.user("quality_manager"), make.TODAY), make.TODAY) == []
    assert waiting_on(scope_of(world.registrant.user("viewer"), make.TODAY), make.TODAY) == []


def test_a_certificate_that_runs_out_comes_up_for_its_registrant(world: make.Relation) -> None:
    version = build.device(world.registrant)
    build.share(world, version.device)
    viewer = scope_of(world.registrant.user("viewer"), make.TODAY)
    last_day = date(2028, 6, 30)

    def days(on: date, until: date) -> dict[str, date | None]:
        return {d.code.removeprefix("certificate_"): d.due_on for d in coming_up(viewer, on, until)}

    opens, closes = date(2027, 6, 30), date(2027, 12, 30)
    assert days(make.TODAY, date(2027, 6, 29)) == {}
    assert days(make.TODAY, opens) == {"window_opens": opens}
    assert days(opens, closes) == {"window_opens": opens, "window_closes": closes}
    assert days(closes + timedelta(days=1), last_day) == {"window_closes": closes, "ends": last_day}
    assert days(last_day + timedelta(days=1), last_day) == {"ends": last_day}
    assert {d.owner_ids for d in coming_up(viewer, make.TODAY, last_day)} == {frozenset({world.registrant.pk})}
    assert coming_up(scope_of(world.contractor.user("viewer"), make.TODAY), make.TODAY, date(2029, 1, 1)) == []


def test_the_page_of_a_determination_shows_the_hash_that_is_signed(world: make.Relation) -> None:
    screening = build.screening(world.registrant, build.device(world.registrant, vascular_site="aortic").device)
    build.evidence(world.registrant, screening)
    response = quality(world).post(
        reverse("catalogue:determine", args=[screening.pk]), {"outcome": "prohibited", "reason": "属主动脉"}
    )
    assert response.context["hash"] == record_hash(response.context["row"])
