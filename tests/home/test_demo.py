"""The demo world: built whole through the actions, once, with every state that a screen can show."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command

from agreements.facts import load_negotiation
from agreements.models import AgreementRevision, Entrustment, NegotiationRound
from cmo import clock
from cmo.catalogue.facts_identifiers import load_identifiers
from cmo.catalogue.models import Device, DeviceIdentifier, Screening
from cmo.catalogue.rules.identifiers import findings_about_code, identifier_for
from cmo.home.collect import inbox_of
from cmo.home.demo import build, cast
from cmo.parties.access import scope_of, visible_pairs
from cmo.parties.models import LicenceVersion, Organisation, User
from cmo.trail.models import Entry
from releases.deciding import judge_now
from releases.facts import MARKET, PRODUCTION, load_lot_facts
from releases.models import Lot
from releases.rules import Review

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: None, django_db_blocker: Any) -> Any:
    """The demo world, built once for the tests of this file and rolled back after them."""
    from django.contrib.auth.hashers import MD5PasswordHasher
    from django.db import connection, transaction
    from django.test import override_settings

    fast = f"{MD5PasswordHasher.__module__}.{MD5PasswordHasher.__qualname__}"
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=[fast]):
        outer = transaction.atomic()
        outer.__enter__()
        try:
            assert build(clock.today()) is True
            yield
        finally:
            connection.set_rollback(True)
            outer.__exit__(None, None, None)


def rows_of_everything() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def answer_of(*arguments: str) -> Any:
    """What a command says as JSON; it must end well."""
    out = io.StringIO()
    try:
        call_command(*arguments, stdout=out)
    except SystemExit as end:
        if end.code:
            pytest.fail(out.getvalue())
    return json.loads(out.getvalue())


def screened(name: str) -> set[str]:
    return set(Screening.objects.filter(version__name_zh__startswith=name).values_list("outcome", flat=True))


def found_in(number: str, stage: str, username: str) -> dict[str, bool]:
    """What a releaser finds about a lot today: code of each finding, and whether it blocks."""
    lot = Lot.objects.get(number=number)
    complete = Review("released", lot.quantity, "已审核。", "", ())
    judged = judge_now(lot, stage, clock.today(), User.objects.get(username=username), complete)
    return {finding.code: finding.blocks for finding in judged.findings}


def test_building_it_a_second_time_changes_nothing() -> None:
    before = rows_of_everything()
    assert build(clock.today()) is False
    call_command("demo", stdout=io.StringIO(), stderr=io.StringIO())
    assert rows_of_everything() == before


def test_the_list_of_accounts_names_everybody_with_password_organisation_side_and_post() -> None:
    listed = {row["username"]: row for row in answer_of("demo", "--accounts", "--json")}
    assert listed.keys() == set(User.objects.values_list("username", flat=True))
    for username, row in listed.items():
        assert User.objects.get(username=username).check_password(row["password"]), username
        assert row["side"], username
        assert row["post"], username
    assert {row["side"] for row in listed.values()} == {"registrant", "contractor", "outside", "system"}
    assert listed["kanglan.market"]["organisation"] == cast.KANGLAN.name_zh


def test_every_person_listed_with_a_post_holds_it() -> None:
    for row in answer_of("demo", "--accounts", "--json"):
        held = {(p.side, p.role) for p in scope_of(User.objects.get(username=row["username"]), clock.today()).posts}
        assert held == {(post["side"], post["post"]) for post in row["posts"]}, row["username"]


def test_its_trail_verifies() -> None:
    verdict = answer_of("verify_trail", "--json")
    assert (verdict["ok"], verdict["first_bad"]) == (True, None)
    assert verdict["entries"] == Entry.objects.count() > 300


def test_none_of_its_rows_breaks_an_invariant() -> None:
    assert answer_of("verify_invariants", "--json")["ok"] is True


def test_a_coronary_stent_is_refused_a_dural_patch_undetermined_and_the_rest_allowed() -> None:
    assert screened("药物洗脱冠状动脉支架") == {"prohibited"}
    assert screened("硬脑(脊)膜补片") == {"undetermined"}
    for name in ("外周血管支架", "髋关节假体", "一次性使用无菌注射器", "肌钙蛋白", "一次性使用无菌手术刀"):
        assert screened(name) == {"allowed"}, name
    refusals = [entry.content for entry in Entry.objects.filter(verb="refused")]
    assert any("entrustment.opened" in json.dumps(content) for content in refusals)
    assert not Entrustment.objects.filter(device__versions__name_zh__startswith="药物洗脱").exists()


def test_its_lots_are_in_every_state() -> None:
    facts = load_lot_facts(list(Lot.objects.all())).values()
    states = {fact.state for fact in facts}
    assert states == {"registered", "production_rejected", "production_released", "on_market"}
    outcomes = {decision.outcome for fact in facts for decision in (*fact.production, *fact.market)}
    assert outcomes == {"released", "conditional", "rejected"}
    assert any(decision.quantity < fact.quantity for fact in facts for decision in fact.market)
    assert any(fact.holds for fact in facts)
    assert any(fact.returns for fact in facts)


def test_a_lot_made_before_the_licence_lapsed_is_free_and_one_made_after_is_not() -> None:
    licence = LicenceVersion.objects.current().get(licence__organisation__versions__name_zh__contains="润诺")
    before, after = Lot.objects.get(number="Z261001"), Lot.objects.get(number="Z261101")
    assert licence.last_day is not None
    assert licence.last_day < clock.today()
    assert before.produced_to <= licence.last_day < after.produced_to
    first, second = found_in("Z261001", MARKET, "kanglan.market"), found_in("Z261101", PRODUCTION, "runnuo.release")
    assert first["licence_now_lapsed_since"] is False
    assert not any(first.values())
    assert second["licence_at_manufacture"] is True
    assert second["licence_now"] is True


def test_one_agreement_is_negotiated_in_its_second_round_with_proposals_of_both_sides() -> None:
    agreement = NegotiationRound.objects.order_by("id")[0].agreement
    facts = load_negotiation(agreement, clock.today())
    assert (facts.open, facts.round, facts.sides_in_turn) == (True, 2, ("registrant",))
    assert (facts.open_for("registrant"), facts.open_for("contractor")) == (1, 2)
    steps = {step.what for places in facts.rows.values() for place in places for step in place.history}
    assert steps == {"proposed", "accepted", "declined", "countered", "remarked"}
    assert {"agreed", "changed_in_round", "waits_on_registrant", "waits_on_contractor", "untouched"} >= {
        place.state for places in facts.rows.values() for place in places
    }


def test_agreements_are_concluded_waiting_for_a_signature_and_on_paper() -> None:
    signed = {row.pk: row.signatures.count() for row in AgreementRevision.objects.all()}
    assert set(signed.values()) == {1, 2}
    assert set(AgreementRevision.objects.values_list("route", flat=True)) == {"electronic", "paper"}


def test_lots_for_measurement_are_added_to_the_entrustments_and_the_trail_still_verifies() -> None:
    before = Lot.objects.count()
    call_command("demo", "--lots", "30", stdout=io.StringIO(), stderr=io.StringIO())
    assert Lot.objects.count() == before + 30
    assert Entrustment.objects.filter(lots__isnull=True).count() == 0
    assert answer_of("verify_trail", "--json")["ok"] is True


def test_the_inspector_reads_one_pair_and_no_other() -> None:
    inspector = User.objects.get(username=cast.INSPECTOR.username)
    (pair,) = visible_pairs(scope_of(inspector, clock.today()))
    assert Organisation.objects.get(pk=pair.registrant_id).versions.get().name_zh == cast.KANGLAN.name_zh
    assert list(visible_pairs(scope_of(inspector, clock.today() + timedelta(days=30)))) == []


def test_everybody_with_a_post_has_an_inbox_and_quality_managers_have_something_in_it() -> None:
    on = clock.today()
    for row in answer_of("demo", "--accounts", "--json"):
        page = inbox_of(scope_of(User.objects.get(username=row["username"]), on), on)
        assert page.has_pairs == (row["side"] != "system"), row["username"]
        if row["username"] in {"hengzhu.qm1", "runnuo.qm2", "kanglan.qm1", "qiheng.qm1", "kanglan.market"}:
            assert page.number > 0, row["username"]


def test_every_lot_has_a_di_that_was_uploaded_before_it_was_made() -> None:
    known = load_identifiers(Device.objects.values_list("pk", flat=True))
    for lot in Lot.objects.all():
        found = identifier_for(known[lot.device_id], lot.model, lot.site_id, lot.produced_to)
        assert found is not None, lot
        assert found.uploaded_on is not None, lot
        assert found.uploaded_on <= lot.produced_from, lot


def test_every_label_and_ifu_used_is_checked_and_complete_by_the_data_of_its_lots_last_day() -> None:
    for facts in load_lot_facts(Lot.objects.all()).values():
        for check in (facts.label_check, facts.ifu_check):
            assert check is not None, facts.number
            assert check.complete, (facts.number, check.missing)
            assert check.confirmed_since == (), facts.number


def test_every_code_is_without_fault_and_exactly_one_waits_for_its_upload() -> None:
    for row in DeviceIdentifier.objects.all():
        assert findings_about_code(row.code, row.agency, row.level) == [], row
    facts = [fact for found in load_identifiers(Device.objects.values_list("pk", flat=True)).values() for fact in found]
    assert [fact.model for fact in facts if fact.state == "submitted"] == ["KL-PS 8×60"]
    assert [fact.state for fact in facts if fact.model == "KL-H120"] == ["retired", "uploaded"]
