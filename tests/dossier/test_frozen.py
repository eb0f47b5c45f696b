"""What decisions rested on, tied to the chain: reviews, audit reports, agreements on paper; and which files both may read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cmo.clock import day_of
from cmo.dossier.building import name_of
from cmo.dossier.collecting import sections_of
from cmo.dossier.collecting.files import SECTIONS, attached, own, replaced
from cmo.dossier.frozen import frozen_texts
from cmo.dossier.pinning import pin_for
from cmo.dossier.sheets import Pin
from cmo.dossier.snapshot import Row, Snapshot
from cmo.evidence import registry
from cmo.parties.models import Pair
from cmo.trail.canonical import sha256
from cmo.trail.models import Entry
from tests.agreements import build as agreements
from tests.agreements import build_reviews as reviews
from tests.audits import build as audits

AT = datetime(2026, 6, 1, tzinfo=UTC)
WHOLE = Pin(7, "P7", AT.date(), AT, "pair:7", 0, "0" * 64)


def kept(pair: Pair, at: datetime) -> tuple[dict[str, str], tuple[str, ...]]:
    """Key of each frozen text → the hash that its entry keeps; rows without an entry."""
    pin = pin_for(pair, day_of(at), at)
    texts, without = frozen_texts(Snapshot(pair, at), pin)
    found = {}
    for one in texts:
        entry = Entry.objects.get(stream=pair.stream, seq=one.seq)
        found[one.key] = entry.content["data"][one.path.removeprefix("data.")]
        assert sha256(one.text) == one.sha256 == found[one.key]
    return found, without


@pytest.mark.django_db
def test_a_review_offered_is_frozen_with_its_body():
    built = agreements.world()
    agreement = agreements.concluded(built, [built.entrust()]).agreement
    review = reviews.offered(built.relation, agreement)
    found, without = kept(built.pair, reviews.AT)
    assert found[f"agreements.agreementreview:{review.pk}.body"] == review.body_hash
    assert without == ()


@pytest.mark.django_db
def test_an_audit_report_is_frozen_with_its_body():
    built, row = audits.with_findings()
    found, without = kept(built.pair, audits.at(60))
    assert found == {f"audits.auditreport:{row.report.pk}.body": row.report.body_hash}
    assert without == ()


@pytest.mark.django_db
def test_an_agreement_on_paper_is_frozen_once_somebody_confirmed_it():
    built = agreements.world()
    entrusted = built.entrust()
    revision = agreements.paper(built, [entrusted])
    judged = {f"agreements.entrustment:{entrusted.pk}.{name}" for name in ("facts", "findings")}
    found, without = kept(built.pair, reviews.AT)
    assert (set(found), without) == (judged, ())
    agreements.confirm_paper(built, revision, "registrant")
    agreements.confirm_paper(built, revision, "contractor")
    found, without = kept(built.pair, reviews.AT)
    assert found.keys() - judged == {f"agreements.agreementrevision:{revision.pk}.body"}
    assert found[f"agreements.agreementrevision:{revision.pk}.body"] == revision.body_hash
    assert without == ()


def file(pk: int, subject: str, replaces: int | None = None) -> Row:
    values = {"subject": subject, "title": "文件", "name": "a.pdf", "content_type": "application/pdf", "size": 3}
    return Row("evidence.file", pk, {"id": pk, **values, "sha256": f"{pk:064x}", "replaces_id": replaces})


def of(*rows: Row) -> Snapshot:
    return Snapshot.of_rows(Pair(pk=7, number="P7", registrant_id=1, contractor_id=2, created_at=AT), AT, rows)


def test_files_that_one_side_keeps_to_itself_are_counted_and_not_enclosed(settings: Any, tmp_path: Any):
    settings.MEDIA_ROOT = str(tmp_path)
    snapshot = of(
        file(1, "parties.pair:7"),
        file(2, "catalogue.technicaldocument:1"),
        file(3, "parties.post:4"),
        file(4, "releases.lot:9"),
        file(5, "releases.lot:9", replaces=4),
    )
    assert [(one.file_id, one.section, one.state) for one in attached(snapshot, WHOLE)] == [
        (1, "parties", "missing"),
        (4, "lots", "missing"),
        (5, "lots", "missing"),
    ]
    assert own(snapshot) == 2
    assert replaced(snapshot) == {4}


def test_every_file_belongs_to_a_section_that_there_is():
    known = {section.key for section in sections_of(of(), WHOLE)}
    assert set(SECTIONS.values()) <= known


#: Records whose files one side keeps to itself, or that stand on a chain of their own.
OWN = {
    *("catalogue.device", "catalogue.deviceversion", "catalogue.labelversion", "catalogue.screening"),
    *("audits.audititem", "calendar.periodicreport", "catalogue.technicaldocument", "parties.post"),
}


def test_files_of_every_kind_of_record_are_enclosed_or_said_to_be_one_sides_own():
    assert set(registry.readable()) == SECTIONS.keys() | OWN
    assert not SECTIONS.keys() & OWN


def version(pk: int, number: int, name_en: str = "") -> Row:
    content = {"organisation_id": 1, "number": number, "name_zh": f"第{number}版", "name_en": name_en}
    return Row("parties.organisationversion", pk, {"id": pk, **content})


def decision(pk: int, version_id: int, outcome: str) -> Row:
    return Row("parties.organisationdecision", pk, {"id": pk, "version_id": version_id, "outcome": outcome})


def test_a_party_bears_the_name_that_was_confirmed_last():
    rows = (version(1, 1), version(2, 2))
    decided = (decision(1, 1, "confirmed"), decision(2, 2, "confirmed"))
    assert name_of(of(*rows, *decided), 1).zh == "第2版"
    assert name_of(of(*rows, *decided), 1).en == "第2版"
    assert name_of(of(), 1).zh == "1"
