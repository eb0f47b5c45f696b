"""Every kind of tampering is found, in the database itself or against heads that were kept elsewhere."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from cmo.trail import append_only
from cmo.trail.actions import GENESIS, record
from cmo.trail.actor import Actor
from cmo.trail.canonical import canonical, sha256
from cmo.trail.models import Entry
from cmo.trail.verify import heads, verify

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 1, tzinfo=UTC)
BY = Actor(1, "沈怀瑾")


@pytest.fixture(autouse=True)
def chains():
    """Three streams of five entries each."""
    for stream in ("pair:1", "pair:2", "pair:3"):
        for number in range(5):
            with transaction.atomic():
                record("join.requested", by=BY, at=AT, subject="x", stream=stream, data={"n": number})


def sql(statement, *params):
    with append_only.suspended(), connection.cursor() as cursor:
        cursor.execute(statement, params)


def fault(**kwargs):
    bad = verify(**kwargs).first_bad
    return (bad.stream, bad.seq, bad.kind) if bad else None


def test_untouched_chains_are_intact():
    verdict = verify()
    assert (verdict.ok, verdict.entries, verdict.streams, verdict.first_bad) == (True, 15, 3, None)
    assert verdict.as_dict() == {"ok": True, "entries": 15, "streams": 3, "first_bad": None}


def test_one_changed_character_is_found():
    sql("UPDATE trail_entry SET payload = replace(payload, '\"n\":2', '\"n\":7') WHERE stream = 'pair:2' AND seq = 3")
    assert fault() == ("pair:2", 3, "altered")


def test_a_changed_hash_is_found():
    sql("UPDATE trail_entry SET hash = %s WHERE stream = 'pair:2' AND seq = 3", "f" * 64)
    assert fault()[:2] == ("pair:2", 3)


def test_a_changed_last_hash_is_found():
    sql("UPDATE trail_entry SET hash = %s WHERE stream = 'pair:2' AND seq = 5", "f" * 64)
    assert fault() == ("pair:2", 5, "altered")


def test_a_deleted_entry_is_found():
    sql("DELETE FROM trail_entry WHERE stream = 'pair:2' AND seq = 3")
    assert fault() == ("pair:2", 3, "missing")


def test_a_deleted_first_entry_is_found():
    sql("DELETE FROM trail_entry WHERE stream = 'pair:2' AND seq = 1")
    assert fault() == ("pair:2", 1, "missing")


def test_two_entries_that_changed_places_are_found():
    second, third = Entry.objects.of_stream("pair:2")[1:3]
    for entry, seq in ((second, 99), (third, 2), (second, 3)):
        payload = canonical({**json.loads(entry.payload), "seq": seq})
        digest = sha256(entry.prev_hash + payload)
        sql("UPDATE trail_entry SET payload = %s, hash = %s WHERE id = %s", payload, digest, entry.pk)
    assert fault() == ("pair:2", 2, "reordered")


def test_an_entry_added_behind_the_back_of_the_head_is_found():
    last = Entry.objects.of_stream("pair:2").last()
    payload = canonical({**last.content, "seq": 6})
    sql(
        "INSERT INTO trail_entry (payload, prev_hash, hash) VALUES (%s, %s, %s)",
        payload,
        last.hash,
        sha256(last.hash + payload),
    )
    assert fault() == ("pair:2", 6, "forged_head")


def test_a_cut_tail_is_found():
    sql("DELETE FROM trail_entry WHERE stream = 'pair:2' AND seq > 3")
    assert fault() == ("pair:2", 4, "truncated")


def test_a_stream_emptied_below_its_head_is_found():
    sql("DELETE FROM trail_entry WHERE stream = 'pair:2'")
    assert fault() == ("pair:2", 1, "truncated")


def test_a_deleted_head_is_found():
    sql("DELETE FROM trail_head WHERE stream = 'pair:2'")
    assert fault() == ("pair:2", 5, "forged_head")


def test_a_stream_dropped_with_its_head_is_found_only_against_kept_heads():
    kept = heads()
    sql("DELETE FROM trail_entry WHERE stream = 'pair:2'")
    sql("DELETE FROM trail_head WHERE stream = 'pair:2'")
    assert fault() is None
    assert fault(witnessed=kept) == ("pair:2", 5, "unknown_stream")


def test_a_tail_cut_with_its_head_is_found_only_against_kept_heads():
    kept = heads()
    sql("DELETE FROM trail_entry WHERE stream = 'pair:2' AND seq > 3")
    fourth = Entry.objects.of_stream("pair:2").get(seq=3)
    sql("UPDATE trail_head SET seq = 3, hash = %s WHERE stream = 'pair:2'", fourth.hash)
    assert fault() is None
    assert fault(witnessed=kept) == ("pair:2", 5, "behind_witness")


def test_a_stream_rewritten_with_fresh_hashes_is_found_only_against_kept_heads():
    kept = heads()
    prev = GENESIS
    for entry in Entry.objects.of_stream("pair:2"):
        payload = entry.payload.replace("沈怀瑾", "何亦舟")
        digest = sha256(prev + payload)
        change = "UPDATE trail_entry SET payload = %s, prev_hash = %s, hash = %s WHERE id = %s"
        sql(change, payload, prev, digest, entry.pk)
        prev = digest
    sql("UPDATE trail_head SET hash = %s WHERE stream = 'pair:2'", prev)
    assert fault() is None
    assert fault(witnessed=kept) == ("pair:2", 5, "behind_witness")


def test_kept_heads_of_shorter_streams_still_agree():
    kept = heads()
    with transaction.atomic():
        record("join.requested", by=BY, at=AT, subject="x", stream="pair:2")
    assert fault(witnessed=kept) is None


def test_only_the_streams_asked_for_are_judged():
    sql("DELETE FROM trail_entry WHERE stream = 'pair:2' AND seq = 3")
    assert verify(["pair:1"]).as_dict() == {"ok": True, "entries": 5, "streams": 1, "first_bad": None}
    assert fault(streams=["pair:1", "pair:2"]) == ("pair:2", 3, "missing")


def run(*args):
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_trail", *args, stdout=out, stderr=err)
    except SystemExit as exit_:
        return exit_.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_the_command_answers_in_json_and_keeps_heads(tmp_path):
    file = tmp_path / "heads.json"
    code, out, _ = run("--json", "--write-heads", str(file))
    assert (code, json.loads(out)) == (0, {"ok": True, "entries": 15, "streams": 3, "first_bad": None})
    assert json.loads(file.read_text())["pair:1"][0] == 5
    assert run("--heads", str(file))[:2] == (0, "ok: 15 entries in 3 streams\n")


def test_the_command_exits_1_and_names_the_first_fault(tmp_path):
    file = tmp_path / "heads.json"
    run("--write-heads", str(file))
    sql("DELETE FROM trail_entry WHERE stream = 'pair:3' AND seq = 2")
    code, out, err = run("--json", "--write-heads", str(tmp_path / "never.json"))
    assert code == 1
    assert json.loads(out)["first_bad"] == {"stream": "pair:3", "seq": 2, "kind": "missing"}
    assert err == "FAULT: stream pair:3, entry 2: missing\n"
    assert not (tmp_path / "never.json").exists()


@pytest.mark.parametrize("content", ["", "[]", '{"pair:1": 5}', '{"pair:1": ["x", "y"]}'])
def test_a_file_that_holds_no_heads_is_refused_with_its_name(tmp_path, content):
    file = tmp_path / "heads.json"
    file.write_text(content)
    with pytest.raises(CommandError, match=r"heads\.json"):
        run("--heads", str(file))
