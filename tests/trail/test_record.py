"""Writing the trail: one gapless chain per stream, inside the transaction of the action."""

from datetime import UTC, datetime, timedelta, timezone
from importlib import import_module

import pytest
from django.db import connection, transaction

from cmo.errors import Finding, Refused
from cmo.trail.actions import GENESIS, record, record_refusal, subject_key
from cmo.trail.actor import SYSTEM, Actor
from cmo.trail.canonical import sha256
from cmo.trail.models import Entry, Head
from cmo.trail.verbs import all_verbs
from cmo.trail.verify import verify

AT = datetime(2026, 6, 1, 9, 0, tzinfo=timezone(timedelta(hours=8)))
BY = Actor(7, "林知夏", "quality_manager", "registrant", 3, "甲公司")


def write(stream="pair:1", **changes):
    with transaction.atomic():
        return record("join.requested", **{"by": BY, "at": AT, "subject": "x.y:1", "stream": stream, **changes})


@pytest.mark.django_db
def test_each_entry_carries_the_hash_of_the_one_before():
    hashes = [write(data={"n": n}) for n in range(3)]
    entries = list(Entry.objects.of_stream("pair:1"))
    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert [entry.prev_hash for entry in entries] == [GENESIS, *hashes[:2]]
    assert [entry.hash for entry in entries] == [sha256(e.prev_hash + e.payload) for e in entries] == hashes
    head = Head.objects.get(stream="pair:1")
    assert (head.seq, head.hash) == (3, hashes[2])


@pytest.mark.django_db
def test_streams_do_not_know_each_other():
    write("pair:1")
    write("pair:2")
    assert Entry.objects.of_stream("pair:2").get().prev_hash == GENESIS


@pytest.mark.django_db
def test_columns_are_what_the_payload_says():
    write(reason="因故", data={"day": "2026-06-01"}, subject="parties.pair:5", label="QA-5")
    entry = Entry.objects.get()
    content = entry.content
    assert (entry.stream, entry.seq, entry.verb) == (content["stream"], content["seq"], content["verb"])
    assert (entry.subject, entry.actor_name) == (content["subject"], content["by_name"]) == ("parties.pair:5", "林知夏")
    assert entry.at_utc == content["at"] == "2026-06-01T01:00:00.000000+00:00"
    assert content["label"] == "QA-5"
    assert content["reason"] == "因故"
    assert list(Entry.objects.about("parties.pair:5")) == [entry]


@pytest.mark.django_db
def test_the_database_states_when_it_wrote():
    write()
    written = Entry.objects.get().written_at
    assert abs(datetime.now(UTC) - written) < timedelta(minutes=2)


@pytest.mark.django_db
def test_the_system_itself_is_named_as_actor():
    write(by=SYSTEM)
    assert Entry.objects.get().content["by_side"] == "system"


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded():
    with pytest.raises(RuntimeError, match="transaction"):
        record("join.requested", by=BY, at=AT, subject="x", stream="s")
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_rollback_takes_the_entry_and_the_head_back():
    write()
    with transaction.atomic():
        record("join.requested", by=BY, at=AT, subject="x", stream="pair:1")
        transaction.set_rollback(True)
    assert Entry.objects.count() == Head.objects.get().seq == 1
    write()
    assert verify().ok


@pytest.mark.django_db
def test_a_verb_nobody_declared_is_refused():
    with pytest.raises(ValueError, match="declared"):
        write_verb("lot.vanished")


def write_verb(verb):
    with transaction.atomic():
        record(verb, by=BY, at=AT, subject="x", stream="s")


@pytest.mark.django_db
def test_data_that_cannot_be_hashed_is_refused_before_anything_is_written():
    with pytest.raises(TypeError):
        write(data={"weight": 1.5})
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_recorded_after_the_rollback_with_its_codes():
    refusal = Refused([Finding("licence_lapsed", "blocks", "law", "许可证已过期。", "The licence lapsed.")])
    record_refusal(
        "lot.released", refusal, by=BY, at=AT, subject="releases.lot:1", stream="pair:1", data={"stage": "p"}
    )
    content = Entry.objects.get().content
    assert content["verb"] == "refused"
    assert content["data"] == {"attempted": "lot.released", "codes": ["licence_lapsed"], "stage": "p"}
    assert content["reason"] == "The licence lapsed."


@pytest.mark.django_db
def test_a_refusal_without_findings_keeps_its_kind_and_words():
    record_refusal("lot.released", PermissionError("no post"), by=BY, at=AT, subject="x", stream="s")
    content = Entry.objects.get().content
    assert (content["data"]["codes"], content["reason"]) == (["PermissionError"], "no post")


@pytest.mark.django_db
def test_a_saved_row_is_named_by_model_and_key():
    write()
    assert subject_key(Head.objects.get()) == "trail.head:pair:1"


def test_a_verb_is_declared_once(monkeypatch):
    monkeypatch.setitem(import_module("cmo.signing.verbs").VERBS, "refused", ("拒", "twice"))
    with pytest.raises(ValueError, match="declared twice"):
        all_verbs.__wrapped__()


def test_every_verb_has_words_in_both_languages():
    assert all(zh.strip() and en.strip() and zh != en for zh, en in all_verbs().values())
    assert "signature.given" in all_verbs()


def test_an_actor_can_be_written_into_a_record():
    assert BY.as_data()["organisation_id"] == 3


@pytest.mark.django_db
def test_appending_takes_three_statements_at_most(django_assert_max_num_queries):
    with transaction.atomic(), django_assert_max_num_queries(3):
        record("join.requested", by=BY, at=AT, subject="x", stream="s")
    assert connection.in_atomic_block
