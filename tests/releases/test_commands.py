"""explain_lot and verify_invariants: what they answer, with which exit code, and that each invariant can be broken."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from cmo.trail import append_only
from releases.invariants import CHECKS
from releases.models import Lot
from tests.releases import build

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(build.AT, tick=False):
        yield


@pytest.fixture
def w() -> build.World:
    return build.world()


def run(*args: Any, **options: Any) -> tuple[int, str]:
    """Exit code and output of a command."""
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(*args, stdout=out, **options)
    return int(ended.value.code), out.getvalue()


def test_a_lot_in_order_is_explained_with_what_is_not_judged(w: build.World) -> None:
    row = build.material(w, build.filed(w, build.lot(w)))
    name = w.user("production_releaser").username
    code, text = run("explain_lot", row.number, "--release", "production", "--by", name, "--json")
    answer = json.loads(text)
    assert (code, answer["allowed"], answer["findings"]) == (0, True, [])
    assert {topic["code"] for topic in answer["not_judged"]} == {"batch_records", "changes", "marking"}


def test_a_refused_lot_names_every_finding_in_both_languages(w: build.World) -> None:
    row = build.lot(w, label_version=None)
    code, text = run("explain_lot", row.number, "--release", "market", "--json")
    answer = json.loads(text)
    assert (code, answer["allowed"]) == (2, False)
    found = {finding["code"]: finding for finding in answer["findings"]}
    assert {"production_release_stands", "documents_present", "label_version_missing"} <= set(found)
    keys = {"code", "severity", "basis", "zh", "en", "citation", "facts"}
    assert all(set(finding) == keys for finding in answer["findings"])
    assert "releaser" in {topic["code"] for topic in answer["not_judged"]}


def test_the_wrong_person_is_a_finding(w: build.World) -> None:
    row = build.filed(w, build.lot(w))
    name = w.user("viewer", "contractor").username
    code, text = run("explain_lot", row.number, "--release", "production", "--by", name, "--json")
    assert code == 2
    assert "releaser_post" in {finding["code"] for finding in json.loads(text)["findings"]}


def test_plain_text_answers_too(w: build.World) -> None:
    row = build.lot(w)
    code, text = run("explain_lot", row.number, "--release", "production")
    assert code == 2
    assert "不得放行" in text
    assert "The release file is incomplete" in text


def test_unknown_and_ambiguous_numbers_and_people_are_said(w: build.World) -> None:
    build.lot(w, number="L-1")
    other = build.world()
    mine = build.lot(other, number="L-1")
    for args in (["NONE", "--release", "market"], ["L-1", "--release", "market"]):
        with pytest.raises(CommandError) as refused:
            call_command("explain_lot", *args)
        assert refused.value.returncode == 1
    assert other.pair.number in str(refused.value)
    code, _text = run("explain_lot", "L-1", "--pair", other.pair.number, "--release", "production", "--json")
    assert code == 2
    code, _text = run("explain_lot", mine.number, "--pair", str(other.pair.pk), "--release", "production")
    assert code == 2
    with pytest.raises(CommandError, match="nobody"):
        call_command("explain_lot", "L-1", "--pair", other.pair.number, "--release", "market", "--by", "nobody")


# ── invariants ───────────────────────────────────────────────────────────────────────────────────────────────────────


def broken() -> dict[str, set[str]]:
    """Check → the rows it names."""
    code, text = run("verify_invariants", "--json")
    answer = json.loads(text)
    assert code == (0 if answer["ok"] else 1)
    found: dict[str, set[str]] = {}
    for one in answer["broken"]:
        found.setdefault(one["check"], set()).add(one["row"])
    return found


@contextmanager
def tampering() -> Iterator[Any]:
    """A database whose triggers somebody took away."""
    with append_only.suspended(connection), connection.cursor() as cursor:
        yield cursor


def sold(w: build.World) -> tuple[Lot, Any, Any]:
    row = build.filed(w, build.lot(w))
    return row, build.released(w, row), build.marketed(w, row)


def test_a_sound_database_breaks_nothing(w: build.World) -> None:
    sold(w)
    assert broken() == {}
    code, text = run("verify_invariants")
    assert code == 0
    assert f"{len(CHECKS)} checks, 0 broken" in text


TAMPERINGS = [
    (
        "UPDATE releases_productionrelease SET findings = %s WHERE id = %s",
        lambda _w, _row, made, _sold: ['{"findings":[{"code":"holds","severity":"blocks"}]}', made.pk],
        {"released_against_reasons", "signature_void"},
    ),
    (
        "UPDATE releases_marketrelease SET findings = %s WHERE id = %s",
        lambda _w, _row, _made, market: ["{", market.pk],
        {"released_against_reasons", "signature_void"},
    ),
    (
        "UPDATE releases_marketrelease SET quantity = 1001 WHERE id = %s",
        lambda _w, _row, _made, market: [market.pk],
        {"quantity_exceeded", "signature_void"},
    ),
    (
        "UPDATE releases_productionrelease SET organisation_id = %s WHERE id = %s",
        lambda w, _row, made, _sold: [w.registrant.pk, made.pk],
        {"same_person_or_entity"},
    ),
    (
        "DELETE FROM signing_signature WHERE record_key = %s",
        lambda _w, _row, made, _sold: [f"releases.productionrelease:{made.pk}"],
        {"signature_void"},
    ),
    (
        "UPDATE releases_lot SET registrant_id = %s WHERE id = %s",
        lambda w, row, _made, _sold: [w.contractor.pk, row.pk],
        {"tenant_columns_wrong", "same_person_or_entity"},
    ),
    (
        "UPDATE releases_lot SET produced_from = %s WHERE id = %s",
        lambda _w, row, _made, _sold: ["2020-01-01", row.pk],
        {"lapsed_agreement_used", "gap_without_exception"},
    ),
    (
        "UPDATE parties_licenceversion SET number_printed = 'X' WHERE content_hash <> %s",
        lambda *_: [""],
        {"base_data_altered"},
    ),
    (
        (
            "UPDATE parties_licencedecision SET decided_by_id = (SELECT proposed_by_id FROM parties_licenceversion v "
            "WHERE v.id = version_id) WHERE outcome <> %s"
        ),
        lambda *_: [""],
        {"base_data_confirmed_alone"},
    ),
    (
        "UPDATE agreements_entrustment SET findings = %s",
        lambda *_: ['[{"code":"licence_missing","severity":"blocks"}]'],
        {"entrustment_opened_against_reasons"},
    ),
]


@pytest.mark.parametrize(("statement", "values", "checks"), TAMPERINGS)
def test_what_somebody_tampered_with_is_named(w: build.World, statement: str, values: Any, checks: set[str]) -> None:
    row, made, market = sold(w)
    with tampering() as cursor:
        cursor.execute(statement, values(w, row, made, market))
    assert set(broken()) == checks


def test_a_release_of_a_lot_with_a_gap_and_without_its_exception_is_named(w: build.World) -> None:
    row = build.filed(w, build.lot_with_gap(w, at=build.AT - timedelta(hours=2)))
    asked = build.exception_on(w, row)
    decision = build.decided(w, asked)
    made = build.released(w, row)
    assert broken() == {}
    with tampering() as cursor:
        cursor.execute("UPDATE releases_lotexception SET waived = '{}' WHERE id = %s", [asked.pk])
    assert broken()["gap_without_exception"] == {f"releases.productionrelease:{made.pk}"}
    with tampering() as cursor:
        cursor.execute("UPDATE releases_lotexception SET waived = %s WHERE id = %s", [asked.waived, asked.pk])
        cursor.execute(
            "UPDATE releases_exceptiondecision SET recorded_at = %s WHERE id = %s",
            [build.AT + timedelta(hours=1), decision.pk],
        )
    assert broken()["gap_without_exception"] == {f"releases.productionrelease:{made.pk}"}


def test_a_release_whose_presence_somebody_took_away_is_named(w: build.World) -> None:
    _row, made, market = sold(w)
    with tampering() as cursor:
        cursor.execute("DELETE FROM agreements_presenceentry WHERE kind <> %s", ["x"])
    named = {f"releases.productionrelease:{made.pk}", f"releases.marketrelease:{market.pk}"}
    assert broken() == {"gap_without_exception": named}


def test_an_active_entrustment_of_a_device_that_is_prohibited_by_now_is_named(w: build.World) -> None:
    with tampering() as cursor:
        cursor.execute("UPDATE catalogue_deviceversion SET vascular_site = 'coronary'")
    assert broken()["prohibited_device_entrusted"] == {f"agreements.entrustment:{w.entrustment.pk}"}
