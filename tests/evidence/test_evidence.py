"""Files are attached under the record's rights, kept under their hash, never overwritten, and checked before they leave."""

import json
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from urllib.parse import quote

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.urls import reverse

from cmo.errors import Refused
from cmo.evidence import registry, store
from cmo.evidence.actions import attach
from cmo.evidence.facts import files_of, panel_of, verify_store
from cmo.evidence.models import File
from cmo.parties.access import Can, require_for, scope_of
from cmo.parties.models import Organisation
from cmo.trail.models import Entry
from tests import make
from tests.evidence.uploads import pdf, upload
from tests.files import place_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def _rights(monkeypatch):
    """Organisations stand for any record: read by who holds a post there, written by quality."""
    for table in ("_readers", "_writers", "_owners"):
        monkeypatch.setattr(registry, table, dict(getattr(registry, table)))
    label = "parties.organisation"
    registry.register_reader(label, lambda user, pk, on: pk in scope_of(user, on).organisation_ids)
    registry.register_writer(label, lambda user, pk, on: require_for(user, Can.PROPOSE_BASE_DATA, pk, on))
    registry.register_owner(label, lambda pk: f"organisation:{pk}")


@pytest.fixture
def firm():
    return make.organisation("甲公司", posts=["viewer"])


def add(firm, content=None, **changes):
    values = {
        "upload": upload("现场评估.pdf", content or pdf()),
        "title": "现场评估报告",
        "event_on": date(2026, 5, 20),
        "by": firm.actor(),
        "at": make.AT,
        **changes,
    }
    return attach(firm.organisation, **values)


def test_an_attached_file_is_described_hashed_and_on_the_trail(firm):
    content = pdf()
    row = add(firm, content, expires_on=date(2027, 5, 19), kind="document")
    assert (row.subject, row.name, row.size) == (f"parties.organisation:{firm.pk}", "现场评估.pdf", len(content))
    assert place_of(store.name_of(row.sha256)).read_bytes() == content
    entry = Entry.objects.of_stream(firm.stream).last().content
    assert (entry["verb"], entry["subject"]) == ("evidence.attached", row.subject)
    assert entry["data"] == {
        "file": row.pk,
        "title": "现场评估报告",
        "name": "现场评估.pdf",
        "sha256": row.sha256,
        "event_on": "2026-05-20",
        "expires_on": "2027-05-19",
        "kind": "document",
        "size": len(content),
        "replaces": None,
    }


def test_a_file_proves_something_from_its_date_to_its_last_day(firm):
    row = add(firm, event_on=date(2026, 1, 1), expires_on=date(2026, 3, 31))
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 1)]
    assert [row.valid_on(day) for day in days] == [False, True, True, False]
    assert add(firm).valid_on(date(2099, 1, 1))


def test_a_better_version_is_a_new_row_and_the_old_one_stays(firm):
    old = add(firm)
    new = add(firm, pdf(lambda d: d.add_blank_page()), replaces=old)
    assert list(File.objects.standing()) == [new]
    assert list(File.objects.of(old.subject)) == [new, old]
    assert Entry.objects.of_stream(firm.stream).last().verb == "evidence.replaced"
    with pytest.raises(Refused) as refusal:
        add(firm, replaces=old)
    assert refusal.value.codes == ["replaced_already"]
    with pytest.raises(DatabaseError), transaction.atomic():
        File.objects.filter(pk=old.pk).update(sha256=new.sha256)


def test_a_file_replaces_only_files_of_its_own_record(firm):
    other = add(make.organisation("乙公司", posts=[]))
    with pytest.raises(Refused) as refusal:
        add(firm, replaces=other)
    assert refusal.value.codes == ["replaces_file_of_other_record"]


def test_the_same_content_lies_in_the_store_once(firm):
    content = pdf()
    assert add(firm, content).sha256 == add(firm, content).sha256
    assert len(list(store.everything())) == 1
    assert File.objects.count() == 2


def test_dates_that_cannot_be_are_refused_together(firm):
    with pytest.raises(Refused) as refusal:
        add(firm, event_on=make.TODAY + timedelta(days=1), expires_on=make.TODAY)
    assert refusal.value.codes == ["event_in_the_future", "expires_before_event"]


def test_the_database_itself_refuses_a_file_that_expires_before_its_date(firm):
    row = add(firm)
    row.pk, row.expires_on = None, row.event_on - timedelta(days=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)


def test_content_that_is_not_what_its_hash_says_is_never_stored():
    with pytest.raises(ValueError, match="changed while"):
        store.put([b"something else"], "0" * 64)
    assert list(store.everything()) == []


def test_nothing_is_written_for_a_refused_file(firm):
    before = Entry.objects.count()
    with pytest.raises(Refused):
        attach(
            firm.organisation,
            upload=upload("a.html", b"<script>"),
            title="x",
            event_on=make.TODAY,
            by=firm.actor(),
            at=make.AT,
        )
    assert (File.objects.count(), Entry.objects.count(), list(store.everything())) == (0, before, [])


def test_a_rollback_leaves_a_stray_file_and_nothing_else(firm):
    with transaction.atomic():
        add(firm)
        transaction.set_rollback(True)
    verdict = verify_store()
    assert (verdict.ok, verdict.files, verdict.stray) == (True, 0, 1)


def test_who_may_not_write_attaches_nothing(firm):
    for by in (firm.actor("viewer"), make.organisation("乙公司", posts=[]).actor(), make.administrator_actor()):
        with pytest.raises(PermissionDenied):
            add(firm, by=by)


def test_nobody_attaches_in_the_name_of_another_organisation(firm):
    other = make.organisation("乙公司", posts=[])
    with pytest.raises(PermissionDenied):
        add(firm, by=replace(firm.actor(), organisation_id=other.pk))


def test_a_dismissed_person_attaches_nothing(firm):
    by = firm.actor()
    make.dismissed(firm.user())
    with pytest.raises(PermissionDenied):
        add(firm, by=by)


def test_records_nobody_spoke_for_have_no_files(firm, client):
    assert not registry.may_read(firm.user(), "trail.entry:1", make.TODAY)
    with pytest.raises(PermissionDenied):
        registry.writer_of(firm.user(), "trail.entry:1", make.TODAY)
    with pytest.raises(LookupError):
        registry.stream_of("trail.entry:1")
    assert registry.load("trail.entry:1") is None


@pytest.mark.parametrize(
    "key", ["parties.organisation:x", "parties.organisation", "x", "", "parties.organisation:" + "9" * 30]
)
def test_keys_that_are_none_are_seen_by_nobody(firm, key):
    assert not registry.may_read(firm.user(), key, make.TODAY)


def test_files_of_many_records_take_one_query(firm, django_assert_num_queries):
    rows = [add(firm) for _ in range(3)]
    with django_assert_num_queries(1):
        found = files_of([firm.organisation, Organisation(pk=999)])
    assert found == {f"parties.organisation:{firm.pk}": rows, "parties.organisation:999": []}


# ── pages ──


def signed_in(client, user):
    client.force_login(user)
    return client


def test_a_reader_gets_exactly_the_bytes_as_a_download(firm, client):
    content = pdf()
    row = add(firm, content)
    answer = signed_in(client, firm.user("viewer")).get(reverse("evidence:download", args=[row.pk]))
    assert b"".join(answer) == content
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{quote('现场评估.pdf')}"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Length"] == str(len(content))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "no-store"


def test_strangers_get_404_and_visitors_the_sign_in_page(firm, client):
    url = reverse("evidence:download", args=[add(firm).pk])
    assert client.get(url).status_code == 302
    stranger = make.organisation("乙公司", posts=[]).user()
    assert signed_in(client, stranger).get(url).status_code == 404
    assert client.get(reverse("evidence:download", args=[999])).status_code == 404
    assert client.post(url).status_code == 405


@pytest.mark.parametrize("damage", ["altered", "missing"])
def test_a_damaged_file_is_not_handed_out_and_goes_on_the_trail(firm, client, damage):
    row = add(firm)
    place = place_of(store.name_of(row.sha256))
    place.chmod(0o600)
    place.write_bytes(b"%PDF-forged") if damage == "altered" else place.unlink()
    answer = signed_in(client, firm.user("viewer")).get(reverse("evidence:download", args=[row.pk]))
    assert answer.status_code == 500
    assert row.sha256 in answer.content.decode()
    entry = Entry.objects.of_stream(firm.stream).last().content
    assert (entry["verb"], entry["data"]) == ("evidence.found_damaged", {"file": row.pk, "sha256": row.sha256})


def test_attaching_the_same_content_again_repairs_a_damaged_copy(firm):
    content = pdf()
    row = add(firm, content)
    place = place_of(store.name_of(row.sha256))
    place.chmod(0o600)
    place.write_bytes(b"forged")
    add(firm, content)
    assert verify_store().ok


def form_data(**changes):
    return {"title": "评估报告", "kind": "document", "event_on": "2026-05-20", "expires_on": "", **changes}


def attach_url(firm):
    return reverse("evidence:attach", args=[f"parties.organisation:{firm.pk}"])


def test_the_upload_page_attaches_and_leads_back(firm, client):
    signed_in(client, firm.user())
    assert client.get(attach_url(firm)).status_code == 200
    answer = client.post(attach_url(firm), form_data(upload=upload("a.pdf", pdf()), next="/account/"))
    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    assert File.objects.get().title == "评估报告"


def test_the_upload_page_never_leads_to_another_site(firm, client):
    signed_in(client, firm.user())
    answer = client.post(attach_url(firm), form_data(upload=upload("a.pdf", pdf()), next="https://evil.example/"))
    assert (answer.status_code, File.objects.count()) == (200, 1)


def test_a_refused_upload_is_told_at_its_field_with_nothing_typed_lost(firm, client):
    signed_in(client, firm.user())
    answer = client.post(attach_url(firm), form_data(upload=upload("a.html", b"<p>")))
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["upload"]
    assert 'value="评估报告"' in answer.content.decode()
    answer = client.post(attach_url(firm), form_data(upload=upload("a.pdf", pdf()), event_on="2999-01-01"))
    assert list(answer.context["form"].errors) == ["event_on"]


def test_the_upload_page_is_for_writers_only(firm, client):
    signed_in(client, firm.user("viewer"))
    assert client.get(attach_url(firm)).status_code == 403
    signed_in(client, make.organisation("乙公司", posts=[]).user())
    assert client.get(attach_url(firm)).status_code == 404
    assert client.get(reverse("evidence:attach", args=["no.such:1"])).status_code == 404


def test_a_panel_offers_attaching_to_writers_only(firm):
    row = add(firm)
    panel = panel_of(firm.organisation, firm.user(), make.TODAY)
    assert [item.pk for item in panel.items] == [row.pk]
    assert panel.items[0].url == reverse("evidence:download", args=[row.pk])
    assert panel.attach_url == attach_url(firm)
    assert panel_of(firm.organisation, firm.user("viewer"), make.TODAY).attach_url == ""


# ── command ──


def run(*args):
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_evidence", *args, stdout=out, stderr=err)
    except SystemExit as exit_:
        return exit_.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_the_command_finds_altered_and_missing_files(firm):
    altered, missing = add(firm), add(firm, pdf(lambda d: d.add_blank_page()))
    assert run() == (0, "ok: 2 files, 0 stray\n", "")
    place_of(store.name_of(altered.sha256)).chmod(0o600)
    place_of(store.name_of(altered.sha256)).write_bytes(b"forged")
    place_of(store.name_of(missing.sha256)).unlink()
    code, out, err = run("--json")
    assert code == 1
    assert json.loads(out) == {
        "ok": False,
        "files": 2,
        "missing": [missing.sha256],
        "altered": [altered.sha256],
        "stray": 0,
    }
    assert err == f"FAULT: missing: {missing.sha256}\nFAULT: altered: {altered.sha256}\n"
