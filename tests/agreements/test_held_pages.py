"""Pages of holds say what else is locked; the page of an agreement says whose signature is missing."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from agreements.pages import hold_tile
from cmo.parties.access import scope_of
from releases import actions as releases
from tests import make
from tests.agreements import build as agreed
from tests.releases import build

pytestmark = pytest.mark.django_db
HELD = "1 lot is locked."


def page(user, name: str, *args: int) -> str:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client.get(reverse(name, args=args)).content.decode()


def test_a_lot_that_is_locked_by_itself_is_told_on_the_pages_of_holds() -> None:
    w = build.world()
    reader, lot = w.registrant.user("quality_manager"), build.lot(w)
    with override("en"):
        assert hold_tile(w.pair, scope_of(reader, make.TODAY), make.TODAY).tone == "good"
        assert HELD not in page(reader, "agreements:holds")
        releases.place_lot_hold(lot=lot, reason="包装破损", by=w.contractor.actor("quality_manager"), at=build.AT)
        tile = hold_tile(w.pair, scope_of(reader, make.TODAY), make.TODAY)
    assert (tile.tone, str(tile.sentence)) == ("bad", HELD)
    for shown in (page(reader, "agreements:holds"), page(reader, "agreements:pair_holds", w.pair.pk)):
        assert HELD in shown
        assert f"{reverse('releases:lots')}?held=yes" in shown
    stranger = make.pair().registrant.user("quality_manager")
    assert HELD not in page(stranger, "agreements:holds")


def test_an_agreement_says_whose_signature_is_missing_and_leads_there() -> None:
    world = agreed.world()
    revision = agreed.offered(world, [world.entrust()])
    reader = world.relation.registrant.user("quality_manager")
    shown = page(reader, "agreements:agreement", revision.agreement_id)
    assert "waits for the signatory: registrant" in shown.lower()
    assert reverse("agreements:revision", args=[revision.pk]) in shown
    agreed.sign(world, revision, agreed.R)
    shown = page(reader, "agreements:agreement", revision.agreement_id).lower()
    assert "waits for the signatory: contractor" in shown
    agreed.sign(world, revision, agreed.C)
    assert "waits for the signatory" not in page(reader, "agreements:agreement", revision.agreement_id)
