"""What somebody reviewed, decided or accepted keeps its files: other bytes need a document, a review, a decision of their own."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cmo.clock import day_of
from cmo.errors import Refused
from cmo.evidence.actions import attach
from cmo.evidence.models import File
from releases import actions
from releases.models import DocumentReview, Lot, LotDocument
from tests.processes import race
from tests.releases import build, making


@pytest.fixture
def w() -> build.World:
    return build.world()


def put(w: build.World, record: Any, content: str, replaces: File | None = None) -> File:
    by = w.contractor.actor("production_planner")
    upload = SimpleUploadedFile(f"{content}.txt", content.encode())
    return attach(
        record, upload=upload, title=content, event_on=day_of(build.AT), replaces=replaces, by=by, at=build.AT
    )


def added(w: build.World, lot: Lot, reference: str, kind: str = "production_record") -> LotDocument:
    by = w.contractor.actor("production_planner")
    return actions.add_document(lot=lot, kind=kind, reference=reference, by=by, at=build.AT)


def reviewed(w: build.World, document: LotDocument, side: str = "contractor", **more: Any) -> DocumentReview:
    by = getattr(w, side).actor("quality_manager")
    return actions.review_document(document=document, by=by, at=build.AT, **more)


def refusal(call: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        call()
    return list(refused.value.codes)


@pytest.mark.django_db
@pytest.mark.parametrize("side", ["contractor", "registrant"])
def test_a_reviewed_document_keeps_its_files_and_news_is_a_document_reviewed_anew(w: build.World, side: str) -> None:
    lot = build.lot(w)
    document = added(w, lot, "BR-1")
    first = put(w, document, "first")
    second = put(w, document, "second", replaces=first)
    reviewed(w, document, side)
    assert refusal(lambda: put(w, document, "third")) == ["document_reviewed_already"]
    assert refusal(lambda: put(w, document, "third", replaces=second)) == ["document_reviewed_already"]
    later = added(w, lot, "BR-1 rev. 2")
    put(w, later, "third")
    assert File.objects.of(f"releases.lotdocument:{document.pk}").count() == 2


@pytest.mark.django_db
def test_a_later_document_stops_the_release_until_both_sides_reviewed_it(w: build.World) -> None:
    lot = build.filed(w, build.material(w, build.lot(w)))
    build.released(w, lot)
    later = added(w, lot, "BR-2")
    put(w, later, "swapped")
    codes = refusal(lambda: build.marketed(w, lot))
    assert [code for code in codes if code.startswith("documents_reviewed")], codes
    for side in ("contractor", "registrant"):
        reviewed(w, later, side)
    build.marketed(w, lot)


@pytest.mark.django_db
def test_no_file_comes_to_a_document_while_a_market_decision_stands_reviewed_or_not(w: build.World) -> None:
    lot = build.filed(w, build.material(w, build.lot(w)))
    further = added(w, lot, "X-1", kind="other")
    build.released(w, lot)
    put(w, further, "still open")
    build.marketed(w, lot)
    assert refusal(lambda: put(w, further, "late")) == ["file_closed"]
    document = lot.documents.order_by("id").first()
    assert refusal(lambda: put(w, document, "late")) == ["file_closed", "document_reviewed_already"]


@pytest.mark.django_db
def test_files_of_the_lot_may_always_come_but_are_not_replaced_under_a_decision(w: build.World) -> None:
    lot = build.filed(w, build.material(w, build.lot(w)))
    first = put(w, lot, "first")
    second = put(w, lot, "second", replaces=first)
    decision = build.released(w, lot)
    put(w, lot, "further")
    assert refusal(lambda: put(w, lot, "third", replaces=second)) == ["file_decided_on"]
    by = w.contractor.actor("production_releaser")
    actions.withdraw_production(release=decision, reason="复核", by=by, at=build.AT)
    put(w, lot, "third", replaces=second)


@pytest.mark.django_db
def test_an_answered_closure_keeps_its_files_and_the_deviation_takes_more(w: build.World) -> None:
    lot = build.lot(w)
    deviation = making.deviation(w, lot)
    report = put(w, deviation, "report")
    closure = making.closure(w, deviation)
    proof = put(w, closure, "proof")
    put(w, closure, "better proof", replaces=proof)
    making.accepted(w, closure)
    assert refusal(lambda: put(w, closure, "other")) == ["closure_answered"]
    assert refusal(lambda: put(w, deviation, "other", replaces=report)) == ["closure_answered"]
    put(w, deviation, "what came later")


@pytest.mark.django_db
def test_a_review_counts_only_for_the_files_that_lay_there(w: build.World, client: Any) -> None:
    document = added(w, build.lot(w), "BR-1")
    first = put(w, document, "first")
    assert refusal(lambda: reviewed(w, document, seen=())) == ["files_changed_meanwhile"]
    second = put(w, document, "second", replaces=first)
    assert refusal(lambda: reviewed(w, document, seen=(first.pk,))) == ["files_changed_meanwhile"]
    client.force_login(w.contractor.user("quality_manager"))
    address = reverse("releases:review_document", args=[document.pk])
    client.post(f"{address}?seen={first.pk}")
    assert not document.reviews.exists()
    client.post(f"{address}?seen={second.pk}")
    assert document.reviews.count() == 1


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_file_and_a_review_at_once_come_one_after_the_other(postgres: None) -> None:
    w = build.world()
    documents = [added(w, build.lot(w), f"BR-{n}") for n in range(10)]
    seen = {document.pk: {put(w, document, f"first {document.pk}").pk} for document in documents}

    def work(number: int) -> list[str]:
        answers = []
        for document in documents:
            try:
                if number % 2:
                    put(w, document, f"second {document.pk} {number}")
                else:
                    reviewed(w, document, seen=seen[document.pk])
                answers.append("done")
            except Refused as refused:
                answers.append(refused.codes[0])
        return answers

    answers = race(work, 2)
    for review, file in zip(*answers, strict=True):
        assert (review, file) in {("done", "document_reviewed_already"), ("files_changed_meanwhile", "done")}
