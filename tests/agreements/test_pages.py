"""Pages of entrustments, agreements and holds, in both languages: what they say, and that typing leads to the action."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from agreements import actions
from agreements.models import (
    Agreement,
    AgreementRevision,
    DraftClause,
    Entrustment,
    EntrustmentEvent,
    Hold,
    PairDuty,
    Preparation,
    RevisionSignature,
)
from cmo import clock
from cmo.trail.models import Entry
from tests import make
from tests.agreements import build
from tests.agreements.build import AT, TODAY, C, R

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_builders(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def world() -> build.World:
    return build.world()


def client_of(
    world: build.World, side: str = R, role: str = "quality_manager", nth: int = 0, lang: str = "en"
) -> Client:
    firm = world.relation.registrant if side == R else world.relation.contractor
    client = Client(headers={"accept-language": lang})
    client.force_login(firm.user(role, side, nth=nth))
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"agreements:{name}", args=args)


def page(client: Client, name: str, *args: Any, **query: Any) -> str:
    response = client.get(url(name, *args), query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def words(client: Client, address: str) -> str:
    """What a page says, without its markup."""
    return strip_tags(client.get(address).content.decode())


def posted(client: Client, name: str, *args: Any, **data: Any) -> Any:
    return client.post(url(name, *args), data)


def signing(client: Client, name: str, *args: Any, **more: Any) -> Any:
    """Fill in the signing form as the page shows it."""
    form = client.get(url(name, *args)).context["form"]
    tokens = {field: form.initial[field] for field in ("seen_hash", "token")}
    return posted(client, name, *args, **tokens, password=make.PASSWORD, **more)


def test_every_page_of_a_full_pair_speaks_both_languages(world: build.World) -> None:
    entrustment = world.entrust()
    concluded, waiting = build.concluded(world, [entrustment]), build.offered(world, [entrustment])
    paper, hold = build.paper(world, [entrustment]), build.hold(world, entrustment=entrustment)
    preparation = world.preparations["transfer"]
    pages = [
        ("entrustments",),
        ("open_entrustment",),
        ("entrustment", entrustment.pk),
        ("pair_entrustments", world.pair.pk),
        ("preparations", world.pair.pk),
        ("preparation", preparation.pk),
        ("agreements",),
        ("agreement", concluded.agreement_id),
        ("draft", concluded.agreement_id),
        ("pair_agreements", world.pair.pk),
        ("revision", concluded.pk),
        ("revision", waiting.pk),
        ("revision", paper.pk),
        ("holds",),
        ("hold", hold.pk),
        ("pair_holds", world.pair.pk),
    ]
    english, chinese = client_of(world), client_of(world, lang="zh-hans")
    for name, *args in pages:
        in_english, in_chinese = page(english, name, *args), page(chinese, name, *args)
        heading = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
        assert heading.search(in_english), name
        assert in_english != in_chinese, name
        assert re.search("[\u4e00-\u9fff]", in_chinese[in_chinese.index("<main") :]), name


def test_the_opening_page_counts_what_is_missing_and_the_count_shrinks(world: build.World) -> None:
    device = build.catalogue.device(
        world.relation.registrant, production_addresses=build.marked(world.relation.contractor), **build.HIP
    )
    build.catalogue.share(world.relation, device.device)
    client = client_of(world)
    query = {"device": device.device_id}
    first = page(client, "open_entrustment", **query)
    assert "9 reasons stop it" in first
    assert "No screening of the device" in first
    assert "Open the entrustment</button>" not in first
    build.catalogue.screening(world.relation.registrant, device.device)
    assert "8 reasons stop it" in page(client, "open_entrustment", **query)
    refused = posted(client, "open_entrustment", **query, starts_on=TODAY.isoformat())
    assert "The entrustment was not opened" in refused.content.decode()
    assert Entry.objects.filter(verb="refused", stream=world.pair.stream).count() == 1
    for kind in build.KINDS:
        build.accepted(world, kind, device=device.device)
    assert "Nothing stands against opening this entrustment." in page(client, "open_entrustment", **query)
    done = posted(client, "open_entrustment", **query, starts_on=TODAY.isoformat())
    assert done.status_code == 302
    assert Entrustment.objects.get().device_id == device.device_id


def test_htmx_gets_only_the_part_that_changes(world: build.World) -> None:
    response = client_of(world).get(url("open_entrustment"), headers={"HX-Request": "true"})
    assert response.content.decode().lstrip().startswith('<div id="opening"')


def test_a_preparation_is_recorded_with_its_file_returned_and_recorded_again(world: build.World) -> None:
    client, second = client_of(world), client_of(world, nth=1)
    data = {
        "kind": "transfer",
        "device": world.device.device_id,
        "site": world.site.pk,
        "event_on": "2026-04-01",
        "reference": "ZY-7",
        "summary": "完成",
    }
    file = SimpleUploadedFile("report.txt", "转移报告".encode(), content_type="text/plain")
    posted(client, "record_preparation", world.pair.pk, **data, upload=file)
    row = Preparation.objects.get(reference="ZY-7")
    assert "report.txt" in page(client, "preparation", row.pk) or "SHA-256" in page(client, "preparation", row.pk)
    own = client.post(url("accept_preparation", row.pk), follow=True).content.decode()
    assert "Whoever recorded it cannot accept it" in own
    posted(second, "return_preparation", row.pk, reason="缺少签名页")
    assert not Preparation.objects.get(pk=row.pk).answer.accepted
    wrong = posted(client, "record_preparation", world.pair.pk, **{**data, "event_on": "2027-01-01"})
    assert "lies in the future" in wrong.content.decode()
    assert "ZY-7" in wrong.content.decode()


def test_an_entrustment_is_suspended_ended_and_its_reports_recorded(world: build.World) -> None:
    row = world.entrust()
    client, contractor = client_of(world), client_of(world, C)
    posted(client, "suspend", row.pk, event_on=TODAY.isoformat(), reason="检修")
    posted(client, "resume", row.pk, event_on=TODAY.isoformat(), reason="完成")
    posted(client, "report", row.pk, kind="start_reported", event_on=TODAY.isoformat(), proof="BG-1")
    posted(client, "end", row.pk, event_on=TODAY.isoformat(), reason="停产")
    shown = page(client, "entrustment", row.pk)
    assert "the registrant has the contractor" in shown
    assert "reports to its provincial authority in time" in shown
    posted(contractor, "report", row.pk, kind="end_reported", event_on=TODAY.isoformat(), proof="BG-2")
    kinds = set(EntrustmentEvent.objects.values_list("kind", flat=True))
    assert kinds == {"suspended", "resumed", "start_reported", "ended", "end_reported"}
    again = posted(client, "suspend", row.pk, event_on=TODAY.isoformat(), reason="x")
    assert "has ended" in again.content.decode()


def test_lists_are_searched_filtered_and_exported(world: build.World) -> None:
    row = world.entrust()
    build.concluded(world, [row])
    client = client_of(world)
    assert row.number in page(client, "entrustments", q="髋关节")
    assert row.number not in page(client, "entrustments", q="膝关节")
    assert row.number in page(client, "entrustments", state="active")
    assert row.number not in page(client, "entrustments", state="ended")
    export = client.get(url("entrustments"), {"export": "csv"})
    text = export.getvalue().decode()  # type: ignore[attr-defined]
    assert row.number in text
    assert "active" in text
    number = Agreement.objects.get().number
    assert number in page(client, "agreements", q="Quality")
    assert number not in page(client, "agreements", q="nothing")


def test_a_stale_clause_page_says_who_changed_it_and_keeps_what_was_typed(world: build.World) -> None:
    clause = build.clause(build.agreement(world, [world.entrust()]))
    text = {"heading_zh": "范围", "heading_en": "Scope", "text_zh": "甲", "text_en": "first"}
    assert posted(client_of(world), "edit_clause", clause.pk, **text, seen_edition=1).status_code == 302
    late = posted(client_of(world, C), "edit_clause", clause.pk, **{**text, "text_en": "second"}, seen_edition=1)
    shown = late.content.decode()
    assert "changed this after you opened it" in shown
    assert "second" in shown
    assert DraftClause.objects.get(pk=clause.pk).text_en == "first"


def test_from_draft_to_two_signatures(world: build.World) -> None:
    entrustment = world.entrust()
    client = client_of(world)
    terms = {"starts_on": TODAY.isoformat(), "ends_on": "2027-05-31"}
    posted(client, "create_agreement", world.pair.pk, **terms, entrustments=[entrustment.pk])
    agreement = Agreement.objects.get()
    assert "Nothing stands against offering" in page(client, "draft", agreement.pk)
    draft = {**terms, "ends_on": "2027-11-30", "seen_edition": 1, "entrustments": [entrustment.pk]}
    posted(client, "draft_terms", agreement.pk, **draft)
    duty = build.duty(agreement)
    posted(
        client,
        "edit_duty",
        duty.pk,
        registrant_part=["R"],
        contractor_part=["A"],
        seen_edition=1,
        duty_zh=duty.duty_zh,
        duty_en=duty.duty_en,
    )
    duty.refresh_from_db()
    assert (duty.registrant_part, duty.contractor_part) == ("R", "A")
    posted(client, "offer", agreement.pk)
    revision = AgreementRevision.objects.get()
    assert revision.ends_on.isoformat() == "2027-11-30"
    for side in (R, C):
        assert signing(client_of(world, side, "signatory"), "sign", revision.pk).status_code == 302
    assert RevisionSignature.objects.count() == 2
    shown = page(client, "revision", revision.pk)
    assert "in force" in shown
    assert "Give notice of termination" in shown


def test_a_wrong_password_signs_nothing_and_is_on_the_trail(world: build.World) -> None:
    revision = build.offered(world, [world.entrust()])
    client = client_of(world, C, "signatory")
    form = client.get(url("sign", revision.pk)).context["form"]
    tokens = {field: form.initial[field] for field in ("seen_hash", "token")}
    posted(client, "sign", revision.pk, **tokens, password="wrong")
    assert not RevisionSignature.objects.exists()
    assert Entry.objects.filter(verb="signature.failed", stream=world.pair.stream).exists()


def test_declining_and_withdrawing_close_the_revision(world: build.World) -> None:
    entrustment = world.entrust()
    declined, withdrawn = build.offered(world, [entrustment]), build.offered(world, [entrustment])
    posted(client_of(world, C, "signatory"), "decline", declined.pk, reason="条款不清")
    posted(client_of(world), "withdraw", withdrawn.pk, reason="修改")
    kinds = {r.event.kind for r in AgreementRevision.objects.select_related("event")}
    assert kinds == {"declined", "withdrawn"}
    assert (
        "declined, withdrawn or terminated"
        in signing(client_of(world, R, "signatory"), "sign", declined.pk).content.decode()
    )


def test_paper_is_registered_with_its_scan_and_confirmed_by_both_sides(world: build.World) -> None:
    entrustment = world.entrust()
    content = build.paper_content()
    data = {key: value.isoformat() if isinstance(value, date) else value for key, value in content.items()}
    scan = build.upload("scan.txt", "协议")
    done = posted(
        client_of(world, C), "register_paper", world.pair.pk, **data, entrustments=[entrustment.pk], scan=scan
    )
    assert done.status_code == 302
    revision = AgreementRevision.objects.get()
    for side in (R, C):
        signing(client_of(world, side), "confirm_paper", revision.pk)
    shown = page(client_of(world), "revision", revision.pk)
    assert "第十八条" in shown
    assert "in force" in shown


@pytest.mark.parametrize(
    ("side", "role", "reason"),
    [
        (C, "quality_manager", None),
        (R, "quality_manager", "This hold was placed by the contractor; only quality of that side lifts it."),
        (C, "viewer", "None of your posts allows this."),
    ],
)
def test_the_page_of_a_hold_offers_lifting_only_to_quality_of_its_side(
    world: build.World, side: str, role: str, reason: str | None
) -> None:
    row = build.hold(world, side=C)
    shown = page(client_of(world, side, role), "hold", row.pk)
    assert (url("lift_hold", row.pk) in shown) == (reason is None)
    assert reason is None or reason in shown


def test_holds_are_placed_vetoed_lifted_and_listed(world: build.World) -> None:
    entrustment = world.entrust()
    viewer, quality = client_of(world, C, "viewer"), client_of(world, C)
    posted(viewer, "place_hold", world.pair.pk, scope=f"entrustment-{entrustment.pk}", reason="参数存疑")
    posted(viewer, "place_hold", world.pair.pk, scope=f"site-{world.site.pk}", reason="停电")
    veto = client_of(world, R, "management_representative")
    posted(veto, "veto", world.pair.pk, scope="pair", reason="趋势异常")
    first = Hold.objects.get(entrustment=entrustment)
    listed = page(quality, "holds")
    assert all(reason in listed for reason in ("参数存疑", "停电", "趋势异常"))
    posted(quality, "lift_hold", first.pk, reason="已查明")
    assert "参数存疑" not in page(quality, "holds")
    assert "参数存疑" in page(quality, "holds", state="", q="参数")
    refused = posted(quality, "lift_hold", Hold.objects.get(kind="veto").pk, reason="x")
    assert "only quality of that side lifts it" in refused.content.decode()


def test_a_yearly_duty_shows_on_the_pair(world: build.World) -> None:
    client = client_of(world)
    form = page(client, "record_duty", world.pair.pk)
    assert "before this pair was taken in here on 2026-05-02" in form
    data = {"kind": "review", "done_on": "2026-05-02", "next_due_on": "2027-05-02", "reference": "PS-1"}
    refused = posted(client, "record_duty", world.pair.pk, **data, upload=build.upload("minutes.txt"))
    assert "not by an entry" in refused.content.decode()
    data |= {"done_on": "2026-05-01", "next_due_on": "2027-05-01"}
    assert "This field is required" in posted(client, "record_duty", world.pair.pk, **data).content.decode()
    assert not PairDuty.objects.exists()
    posted(client, "record_duty", world.pair.pk, **data, upload=build.upload("minutes.txt"))
    assert PairDuty.objects.get().reference == "PS-1"
    assert "minutes.txt" in page(client_of(world, C), "pair_holds", world.pair.pk)
    overview = words(client, reverse("parties:pair", args=[world.pair.pk]))
    assert "Done on 2026-05-01, next due on 2027-05-01." in overview
    assert "No device is entrusted yet." in overview


def test_the_tiles_of_a_pair_tell_what_is_not_covered_and_what_is_held(world: build.World) -> None:
    row = world.entrust()
    client = client_of(world)
    address = reverse("parties:pair", args=[world.pair.pk])
    assert "1 entrustment is not covered" in words(client, address)
    build.concluded(world, [row])
    build.hold(world)
    actions.suspend_entrustment(entrustment=row, event_on=TODAY, reason="检修", by=world.by(), at=AT)
    overview = words(client, address)
    assert "the first cover ends on 2028-05-31" in overview
    assert "1 hold is in force." in overview
    assert "1 entrustment is suspended." in overview


def test_an_agreement_is_over_the_day_after_the_last_cover_whatever_its_term_says(
    world: build.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    revision = build.concluded(world, [world.entrust()], ends_on=date(2029, 12, 31))
    for day, word in ((date(2028, 6, 30), "in force"), (date(2028, 7, 1), "over")):
        monkeypatch.setattr(clock, "now", lambda day=day: AT.replace(year=day.year, month=day.month, day=day.day))
        client = client_of(world)
        assert f"<span>{word}</span>" in page(client, "agreements")
        assert f"<span>{word}</span>" in page(client, "agreement", revision.agreement_id)
    assert "2028-06-30" in page(client, "agreements")
    assert "<span>not in force today</span>" in page(client, "revision", revision.pk)


def test_lists_cost_the_same_queries_for_two_and_for_forty_rows(world: build.World) -> None:
    row = world.entrust()
    revision = build.concluded(world, [row])
    client = client_of(world)
    build.many(row, revision, 2)
    page(client, "entrustments")
    few = build.queries(lambda: page(client, "entrustments"))
    build.many(row, revision, 38, prefix="EU")
    assert build.queries(lambda: page(client, "entrustments")) == few
