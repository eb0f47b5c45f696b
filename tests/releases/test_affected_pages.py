"""Pages about affected lots: the list with filters and export, the tile of the pair, and what a change says beforehand."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from agreements import actions as agreement_actions
from agreements.models import Agreement
from agreements.termination import proposed
from cmo.clock import day_of
from cmo.parties.models import Licence, Post
from cmo.signing.models import Signature
from releases.affected import affected_lots, change_of
from releases.facts import load_lot_facts
from releases.facts.affected import Change
from releases.rules import findings_for
from tests import make
from tests.catalogue import build as build_devices
from tests.releases import build
from tests.releases.test_affected import LATER, confirmed, device_version, hold, licence_version, sold, withdraw_label
from tests.releases.test_pages import signed_in, url

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def w() -> build.World:
    return build.world()


@pytest.mark.parametrize(("language", "word"), [("en", "hold or veto"), ("zh-hans", "锁定或否决")])
def test_the_list_names_lots_and_reasons_in_both_languages(w: build.World, language: str, word: str) -> None:
    client = signed_in(w.user("quality_manager", "registrant"), language)
    lot = sold(w)
    assert lot.number not in client.get(url("affected")).content.decode()
    hold(w)
    page = client.get(url("affected")).content.decode()
    assert lot.number in page
    assert page.count(word) >= 2
    assert "飞行检查" in page


def test_the_list_is_narrowed_by_what_the_address_says_and_exported(w: build.World) -> None:
    lot = sold(w)
    hold(w)
    client = signed_in(w.user("quality_manager", "registrant"))
    asked = [
        ("", True),
        (f"?pair={w.pair.pk}", True),
        (f"?device={w.device.pk}&reason=hold", True),
        ("?reason=licence", False),
        ("?since=2027-01-01", False),
        ("?since=nonsense", True),
        ("?pair=987654", False),
        (f"?contractor={w.contractor.pk}", True),
        (f"?contractor={w.registrant.pk}", False),
        (f"?person={w.user('market_releaser').pk}", True),
        (f"?person={w.user('production_releaser').pk}", False),
        (f"?person={w.user('viewer', 'registrant').pk}", False),
    ]
    for query, shown in asked:
        assert (f">{lot.number}<" in client.get(url("affected") + query).content.decode()) is shown, query
    book = load_workbook(io.BytesIO(client.get(url("affected") + "?export=xlsx").content))
    lines = list(book.active.iter_rows(values_only=True))
    assert [line[0] for line in lines[1:]] == [lot.number]
    assert "飞行检查" in lines[1][7]
    assert client.get(url("affected") + "?export=csv").content.decode().count(lot.number) == 1


@pytest.mark.parametrize(("language", "word"), [("en", "Lots this touches"), ("zh-hans", "批次受影响情况")])
def test_the_pages_of_what_releases_rest_on_lead_to_the_lots_they_touch(
    w: build.World, language: str, word: str
) -> None:
    lot = sold(w)
    client, maker = (signed_in(w.user("quality_manager", side), language) for side in ("registrant", "contractor"))
    licence = Licence.objects.get(organisation=w.contractor.organisation)
    agreement = Agreement.objects.get(pair=w.pair)
    releaser = w.user("market_releaser")
    pages = [
        (maker, reverse("parties:licence", args=[licence.pk]), f"contractor={w.contractor.pk}&reason=licence"),
        (client, reverse("catalogue:device", args=[w.device.pk]), f"device={w.device.pk}"),
        (client, reverse("agreements:agreement", args=[agreement.pk]), f"pair={w.pair.pk}&reason=agreement"),
        (client, reverse("parties:organisation_people", args=[w.registrant.pk]), f"person={releaser.pk}&reason=post"),
    ]
    for reader, address, query in pages:
        page = reader.get(address).content.decode()
        leading = f'href="{url("affected")}?{query.replace("&", "&amp;")}">{word}</a>'
        assert page.count(leading) == 1, address
        assert page.count(f">{word}</a>") == 1, address
    touched = f"{url('affected')}?{pages[0][2]}"
    assert f">{lot.number}<" not in client.get(touched).content.decode()
    confirmed(w, licence_version(w, site_ids=[make.site(w.contractor).pk]), "contractor")
    assert f">{lot.number}<" in client.get(touched).content.decode()


def test_a_record_without_lots_finds_none_rather_than_all(w: build.World) -> None:
    lot = sold(w)
    hold(w)
    other = build_devices.device(w.registrant).device
    client = signed_in(w.user("quality_manager", "registrant"))
    for pk, shown in ((w.device.pk, True), (other.pk, False)):
        page = client.get(f"{url('affected')}?device={pk}").content.decode()
        assert (f">{lot.number}<" in page) is shown


def test_the_pair_says_how_many_of_its_released_lots_are_affected(w: build.World) -> None:
    sold(w)
    client = signed_in(w.user("viewer", "registrant"))
    address = reverse("parties:pair", args=[w.pair.pk])
    assert "Affected lots" not in client.get(address).content.decode()
    hold(w)
    page = client.get(address).content.decode()
    assert "1 released lot would not be released today." in page
    assert f"{url('affected')}?pair={w.pair.pk}" in page


def test_the_confirmation_of_a_licence_says_what_it_does_to_lots(w: build.World) -> None:
    released, waiting = sold(w), build.lot(w)
    version = licence_version(w, site_ids=[make.site(w.contractor).pk])
    address = reverse("parties:confirm_version", args=["licence", version.pk])
    client = signed_in(w.contractor.user("quality_manager", nth=1))
    page = client.get(address).content.decode()
    assert "1 lot not released will be stopped." in page
    assert "1 released lot is concerned." in page
    assert url("lot", waiting.pk) in page
    assert url("lot", released.pk) in page
    assert (
        "1批尚未放行" in signed_in(w.contractor.user("quality_manager", nth=1), "zh-hans").get(address).content.decode()
    )


def test_the_confirmation_of_device_data_says_that_nothing_is_concerned(w: build.World) -> None:
    sold(w)
    version = device_version(w, name_en="Another name")
    client = signed_in(w.registrant.user("quality_manager", nth=1))
    assert (
        "No lot is concerned." in client.get(reverse("catalogue:confirm_version", args=[version.pk])).content.decode()
    )


def test_suspending_ending_and_locking_say_what_they_stop_and_resuming_does_not_ask(w: build.World) -> None:
    for _ in range(22):
        build.lot(w)
    client = signed_in(w.user("quality_manager", "registrant"))
    addresses = [reverse(f"agreements:{change}", args=[w.entrustment.pk]) for change in ("suspend", "end")]
    addresses += [reverse("agreements:place_hold", args=[w.pair.pk])]
    addresses += [f"{addresses[-1]}?scope=entrustment-{w.entrustment.pk}", f"{addresses[-1]}?scope=site-{w.site.pk}"]
    for address in addresses:
        page = client.get(address).content.decode()
        assert "22 lots not released will be stopped." in page, address
        assert "and 2 more" in page
    resume = client.get(reverse("agreements:resume", args=[w.entrustment.pk])).content.decode()
    assert "What this does to lots" not in resume


def test_withdrawing_a_label_retiring_a_di_ending_an_agreement_or_a_post_names_the_lots_beforehand(
    w: build.World,
) -> None:
    quality, signatory = w.user("quality_manager", "registrant"), w.user("signatory", "registrant")
    lot = build.lot(w, at=LATER, produced_from=day_of(LATER), produced_to=day_of(LATER) + timedelta(days=2))
    late = build.filed(w, build.lot(w))
    build.released(w, late, at=LATER)
    build.marketed(w, late, at=LATER)
    identifier = w.device.identifiers.get()
    post = Post.objects.get(user=w.user("market_releaser"), role="market_releaser")
    pages = [
        (quality, "catalogue:withdraw_label", w.label, "last_used_on", lot, "1 lot not released will be stopped."),
        (quality, "catalogue:retire_identifier", identifier, "event_on", lot, "1 lot not released will be stopped."),
        (signatory, "agreements:terminate", w.revision, "ended_on", lot, "1 lot not released will be stopped."),
        (quality, "parties:end_post", post, "ended_on", late, "1 released lot is concerned."),
    ]
    for user, name, row, field, named, sentence in pages:
        client, address = signed_in(user), reverse(name, args=[row.pk])
        page = client.get(address).content.decode()
        assert sentence in page, name
        assert f'href="{url("lot", named.pk)}">{named.number}</a>' in page, name
        assert f'hx-include="#id_{field}"' in page, name
        after = f"{address}?{field}={day_of(LATER) + timedelta(days=3)}"
        assert "No lot is concerned." in client.get(after).content.decode(), name
        assert sentence in client.get(f"{address}?{field}=nonsense").content.decode(), name
        typed = client.post(address, {field: f"{day_of(LATER) + timedelta(days=3)}"}).content.decode()
        assert "No lot is concerned." in typed, name
    assert affected_lots(Change(), None, day_of(LATER)) == []


def test_signing_a_termination_names_the_lots_beforehand_on_both_sides(w: build.World) -> None:
    lot = build.lot(w, at=LATER, produced_from=day_of(LATER), produced_to=day_of(LATER) + timedelta(days=2))
    ended, agreement = day_of(LATER) + timedelta(days=1), w.revision.agreement
    by = w.registrant.actor("quality_manager")
    offer = {"agreement": agreement, "arrangements": proposed()[1], "by": by, "at": LATER}
    row = agreement_actions.offer_termination(ended_on=ended, **offer)
    address, signatures = reverse("agreements:sign", args=[row.pk]), Signature.objects.count()
    for firm in (w.registrant, w.contractor):
        page = signed_in(firm.user("signatory")).get(address).content.decode()
        assert "1 lot not released will be stopped." in page
        assert f'href="{url("lot", lot.pk)}">{lot.number}</a>' in page
        assert Signature.objects.count() == signatures
        by = firm.actor("signatory")
        agreement_actions.sign_agreement(revision=row, proof=make.proof(row), by=by, at=LATER)
        signatures += 1
    assert "What this does to lots" not in signed_in(w.registrant.user("signatory")).get(address).content.decode()
    facts = load_lot_facts([lot])[lot.pk]
    assert "agreement_at_manufacture" in {f.code for f in findings_for("production", facts, day_of(LATER))}, (
        "as foretold"
    )


@pytest.mark.parametrize(("days", "stopped"), [(2, True), (3, False)])
def test_a_termination_spares_lots_made_before_its_first_day(w: build.World, days: int, stopped: bool) -> None:
    build.lot(w, at=LATER, produced_from=day_of(LATER), produced_to=day_of(LATER) + timedelta(days=2))
    ended, by = day_of(LATER) + timedelta(days=days), w.registrant.actor("quality_manager")
    offer = {"agreement": w.revision.agreement, "arrangements": proposed()[1], "by": by, "at": LATER}
    row = agreement_actions.offer_termination(ended_on=ended, **offer)
    page = signed_in(w.user("signatory", "contractor")).get(reverse("agreements:sign", args=[row.pk])).content.decode()
    assert ("1 lot not released will be stopped." in page) is stopped
    assert ("No lot is concerned." in page) is not stopped


def test_the_first_text_of_an_agreement_and_a_revision_taken_back_have_no_preview(w: build.World) -> None:
    build.lot(w)
    by = w.registrant.actor("quality_manager")
    offer = {"agreement": w.revision.agreement, "arrangements": proposed()[1], "by": by, "at": LATER}
    row = agreement_actions.offer_termination(ended_on=day_of(LATER), **offer)
    assert change_of(w.revision) is None
    agreement_actions.withdraw_revision(revision=row, reason="更正", by=by, at=LATER)
    page = signed_in(w.user("signatory", "registrant")).get(reverse("agreements:sign", args=[row.pk])).content.decode()
    assert "What this does to lots" not in page


def test_the_confirmation_of_a_certificate_renewed_late_names_the_released_lot_whose_label_lacks_it(
    w: build.World,
) -> None:
    released = sold(w)
    version = device_version(w, first_day=build.MADE_TO, number_printed="国械注准20263130077")
    client = signed_in(w.registrant.user("quality_manager", nth=1))
    page = client.get(reverse("catalogue:confirm_version", args=[version.pk])).content.decode()
    assert "1 released lot is concerned." in page
    assert f'href="{url("lot", released.pk)}">{released.number}</a>' in page
    confirmed(w, version, "registrant")
    listed = client.get(f"{url('affected')}?reason=label").content.decode()
    assert f">{released.number}<" in listed
    assert "Certificate or filing number" in listed


def test_what_was_ended_before_has_no_preview(w: build.World) -> None:
    build.lot(w)
    withdraw_label(w)
    client = signed_in(w.user("quality_manager", "registrant"))
    page = client.get(reverse("catalogue:withdraw_label", args=[w.label.pk])).content.decode()
    assert "What this does to lots" not in page


def test_the_list_costs_the_same_for_few_and_many_lots() -> None:
    costs = []
    for number in (1, 5):
        w = build.world()
        for _ in range(number):
            sold(w)
        hold(w)
        client = signed_in(w.user("quality_manager", "registrant"))
        client.get(url("affected"))
        with CaptureQueriesContext(connection) as captured:
            client.get(url("affected"))
        costs.append(len(captured))
    assert costs[0] == costs[1]
