"""Real processes on PostgreSQL answer one checklist at once, each answer and each photo sent by several of them: each is
kept once, none is lost, and nobody's words give way to somebody who had not seen them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from uuid import UUID, uuid5

import pytest

from audits import actions
from audits.actions.conduct import keep_file
from audits.facts import load_items
from audits.facts.sent_files import FileSaid
from audits.models import ItemAnswer, SentFile, Settled
from cmo.errors import Refused
from cmo.evidence.models import File
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from tests.audits import build
from tests.audits.build import AT, at
from tests.evidence.uploads import image, upload
from tests.processes import race

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SPACE = UUID("6f1a52d0-53c0-4f0e-9a5e-0d8f2b6f3c11")
PROCESSES, ITEMS = 8, 12


def test_racing_auditors_with_doubled_answers_keep_each_answer_once(postgres: None) -> None:
    built = build.world()
    row = build.begun(built)
    people = (built.auditor, built.second)
    base = {s: build.answer(built, row, s, build.said("ok")).answer_id for s in range(1, ITEMS + 1)}

    def work(number: int) -> list[tuple[int, int]]:
        """Two people, each at four devices; the devices of a person send the same answers, all over what stood first."""
        who = number % 2
        kept = []
        for serial in range(1, ITEMS + 1):
            said = build.said(
                "defect", f"{who}-{serial}", client_key=uuid5(SPACE, f"{who}-{serial}"), replaces=base[serial]
            )
            done = actions.answer_item(audit_id=row.pk, serial=serial, said=said, by=people[who], at=at(minutes=5))
            kept.append((serial, done.answer_id))
        return kept

    results = race(work, PROCESSES)
    assert all(isinstance(result, list) for result in results), results
    assert Counter(ItemAnswer.objects.exclude(pk__in=base.values()).values_list("note", flat=True)) == Counter(
        f"{who}-{serial}" for who in (0, 1) for serial in range(1, ITEMS + 1)
    )
    assert len({tuple(result) for result in results}) == 2  # every device of a person was told the same numbers
    items = load_items(row)[:ITEMS]
    assert all({a.note for a in item.standing} == {f"0-{item.serial}", f"1-{item.serial}"} for item in items)
    assert Entry.objects.filter(stream=row.stream, verb="audit.item_answered").count() == 3 * ITEMS
    assert verify([row.stream]).ok


def test_two_who_settle_the_same_item_at_once_settle_it_once(postgres: None) -> None:
    built = build.world()
    row = build.begun(built)
    people = (built.auditor, built.second)
    said = {}
    for serial in range(1, ITEMS + 1):
        one = build.answer(built, row, serial, build.said("ok"))
        other = build.answer(built, row, serial, build.said("na", "不涉及"), by=built.second)
        said[serial] = build.said("na", "已核对", replaces=other.answer_id, settles=(one.answer_id,))

    def work(number: int) -> list[str]:
        found = []
        for serial, content in said.items():
            own = replace(content, client_key=uuid5(SPACE, f"{number}-{serial}"), note=f"已核对{number}")
            try:
                actions.answer_item(audit_id=row.pk, serial=serial, said=own, by=people[number % 2], at=at(minutes=5))
            except Refused as refusal:
                found.append(",".join(refusal.codes))
            else:
                found.append("settled")
        return found

    results = race(work, 4)
    for outcomes in zip(*results, strict=True):
        assert sorted(outcomes) == ["answer_settles_nothing"] * 3 + ["settled"]
    assert Settled.objects.count() == ITEMS
    assert not any(item.differs for item in load_items(row))
    assert verify([row.stream]).ok


def test_no_answer_slips_in_behind_the_report(postgres: None) -> None:
    built = build.world()
    row = build.begun(built)
    build.fill(built, row)

    def work(number: int) -> str:
        try:
            if number == 0:
                build.report(built, row, moment=at(minutes=6))
                return "reported"
            build.answer(built, row, number, build.said("defect", "迟到"), moment=at(minutes=6))
        except Refused as refusal:
            return ",".join(refusal.codes)
        return "kept"

    results = race(work, PROCESSES)
    late = ItemAnswer.objects.filter(note="迟到").count()
    assert results.count("kept") == late
    allowed = {"kept", "reported", "audit_reported_meanwhile", "items_differ", "record_changed"}
    assert set(results) <= allowed, results
    assert verify([row.stream, row.pair.stream]).ok


def test_photos_sent_by_several_tabs_at_once_are_kept_once_each_and_under_one_name(postgres: None) -> None:
    built = build.world()
    row = build.begun(built)
    people = (built.auditor, built.second)
    photos = [image(size=(20, 10 + n)) for n in range(ITEMS)]

    def work(number: int) -> list[int | str]:
        """Every tab of two people sends every photo under the same key; whose comes first has it."""
        kept: list[int | str] = []
        for serial, photo in enumerate(photos, start=1):
            key, sent = uuid5(SPACE, f"photo-{serial}"), upload(f"{serial}.png", photo)
            said = FileSaid(key, sent, "证据", AT)
            try:
                done = keep_file(audit_id=row.pk, serial=serial, said=said, by=people[number % 2], at=at(minutes=5))
            except Refused as refusal:
                kept.append(",".join(refusal.codes))
            else:
                kept.append(done.file_id)
        return kept

    results = race(work, PROCESSES)
    assert all(isinstance(result, list) for result in results), results
    for serial, outcomes in enumerate(zip(*results, strict=True), start=1):
        sides = {tuple({outcomes[n] for n in range(who, PROCESSES, 2)}) for who in (0, 1)}
        (file,) = File.objects.filter(subject=f"audits.audititem:{row.items.get(serial=serial).pk}")
        assert sides == {(file.pk,), ("key_of_another_file",)}, outcomes
    assert SentFile.objects.count() == ITEMS
    assert Entry.objects.filter(stream=row.stream, verb="evidence.attached").count() == ITEMS
    assert verify([row.stream]).ok
