"""Photos and files that a device sends, perhaps hours after they were taken and more than once: each is kept once, under
its sender's name, at its own item, and nobody learns of a file by its key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from audits.actions.conduct import FileKept, keep_file
from audits.evidence_rights import key_of
from audits.facts.sent_files import FileSaid
from audits.models import Audit, AuditItem, SentFile
from cmo.errors import Refused
from cmo.evidence.models import File
from cmo.parties.models import User
from cmo.trail.actor import Actor
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from tests import make
from tests.audits import build
from tests.audits.build import AT, TODAY, C, R, at
from tests.evidence.uploads import image, pdf, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _moment() -> Iterator[None]:
    with time_machine.travel(at(minutes=5), tick=False):
        yield


def said(content: bytes = b"", *, key: UUID | None = None, name: str = "photo.png", **changes: Any) -> FileSaid:
    """A photo as a device sends it, with a key of its own unless one is given."""
    fields = {"upload": upload(name, content or image()), "title": "第1项证据", "taken_at": AT}
    return FileSaid(client_key=key or uuid4(), **(fields | changes))


def keep(built: build.World, row: Audit, file: FileSaid, serial: int = 1, by: Actor | None = None) -> FileKept:
    return keep_file(audit_id=row.pk, serial=serial, said=file, by=by or built.auditor, at=at(minutes=5))


def codes(built: build.World, row: Audit, file: FileSaid, **more: Any) -> list[str]:
    """Why a file is refused."""
    with pytest.raises(Refused) as refusal:
        keep(built, row, file, **more)
    return list(refusal.value.codes)


# ── the key ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_sent_twice_is_kept_once_and_told_so() -> None:
    built = build.world()
    row, key = build.begun(built), uuid4()
    first = keep(built, row, said(key=key))
    again = keep(built, row, said(key=key))
    assert (again.file_id, first.repeated, again.repeated) == (first.file_id, False, True)
    file = File.objects.get()
    assert (file.subject, file.uploaded_by_id) == (key_of(row.items.get(serial=1).pk), built.auditor.user_id)
    assert Entry.objects.filter(stream=row.stream, verb="evidence.attached").count() == 1
    assert verify([row.stream]).ok


def test_the_same_photo_taken_for_two_items_is_two_files() -> None:
    built = build.world()
    row = build.begun(built)
    assert keep(built, row, said()).file_id != keep(built, row, said(), serial=2).file_id
    assert File.objects.count() == 2


def test_a_key_tells_nothing_to_another_person_for_another_item_audit_or_file() -> None:
    built = build.world()
    row, other, key = build.begun(built), build.begun(built), uuid4()
    keep(built, row, said(key=key))
    taken = ["key_of_another_file"]
    assert codes(built, row, said(key=key), by=built.second) == taken
    assert codes(built, row, said(key=key), serial=2) == taken
    assert codes(built, other, said(key=key)) == taken
    assert codes(built, row, said(image(size=(21, 10)), key=key)) == taken
    assert codes(built, row, said(pdf(), key=key, name="photo.pdf")) == taken
    assert (File.objects.count(), SentFile.objects.count()) == (1, 1)


def test_a_file_whose_key_came_meanwhile_leaves_neither_row_nor_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    built = build.world()
    row, key = build.begun(built), uuid4()
    first = keep(built, row, said(key=key))
    late = iter([None])  # the first look finds nothing, as when both arrive at once
    looked = keep_file.__globals__["sent_before"]
    monkeypatch.setitem(keep_file.__globals__, "sent_before", lambda one: next(late, looked(one)))
    assert keep(built, row, said(key=key)) == FileKept(first.file_id, True)
    assert (File.objects.count(), SentFile.objects.count()) == (1, 1)
    assert Entry.objects.filter(stream=row.stream, verb="evidence.attached").count() == 1


def test_the_database_keeps_a_key_once_and_for_good() -> None:
    built = build.world()
    row, key = build.begun(built), uuid4()
    keep(built, row, said(key=key))
    second = File.objects.get(pk=keep(built, row, said(image(size=(9, 9)))).file_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        SentFile(client_key=key, file=second).save(force_insert=True)
    with pytest.raises(Exception, match="append"), transaction.atomic():
        SentFile.objects.all().delete()


# ── when and by whom ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_is_dated_when_it_was_taken_and_never_later_than_it_came() -> None:
    built = build.world()
    row = build.begun(built)
    early = File.objects.get(pk=keep(built, row, said(taken_at=AT - timedelta(days=1))).file_id)
    ahead = File.objects.get(pk=keep(built, row, said(taken_at=AT + timedelta(days=9))).file_id)
    assert (early.event_on, ahead.event_on) == (TODAY - timedelta(days=1), TODAY)
    assert early.title.startswith("第1项证据 ")
    assert early.uploaded_at == at(minutes=5)


def test_a_file_that_was_kept_before_the_report_is_recognised_after_it_and_a_new_one_refused() -> None:
    built = build.world()
    row, key = build.begun(built), uuid4()
    first = keep(built, row, said(key=key))
    build.fill(built, row)
    build.report(built, row)
    assert keep(built, row, said(key=key)) == FileKept(first.file_id, True)
    assert codes(built, row, said()) == ["audit_reported_already"]
    assert File.objects.count() == 1


def test_a_file_before_the_audit_has_begun_is_refused() -> None:
    built = build.world()
    assert codes(built, build.planned(built), said()) == ["audit_not_begun"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("photo.heic", image(), "kind_not_accepted"),
        ("photo.png", image("JPEG"), "content_differs_from_name"),
        ("notes.txt", b"\x00\x01", "content_differs_from_name"),
    ],
    ids=["kind", "picture", "text"],
)
def test_what_is_no_evidence_is_refused_with_its_reason_and_its_key_stays_free(
    name: str, content: bytes, code: str
) -> None:
    built = build.world()
    row, key = build.begun(built), uuid4()
    assert codes(built, row, said(content, key=key, name=name)) == [code]
    assert not SentFile.objects.exists()
    assert not keep(built, row, said(key=key)).repeated


def test_only_people_of_the_registrant_whose_posts_attach_evidence_send_files() -> None:
    built = build.world()
    row = build.begun(built)
    for by in (built.by(C), built.by(role="viewer")):
        with pytest.raises(PermissionDenied):
            keep(built, row, said(), by=by)
    with pytest.raises(AuditItem.DoesNotExist):
        keep(built, row, said(), serial=999)
    assert not File.objects.exists()


# ── the address ──────────────────────────────────────────────────────────────────────────────────────────────────────


def signed_in(user: User, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(user)
    return client


def post(client: Client, row: Audit, serial: int = 1, headers: dict[str, str] | None = None, **changes: Any) -> Any:
    """What the script sends; a change to None leaves the field out."""
    fields = {"upload": upload("photo.png", image()), "client_key": str(uuid4()), "taken_at": AT.isoformat()} | changes
    content = {name: value for name, value in fields.items() if value is not None}
    return client.post(reverse("audits:file", args=[row.pk, serial]), content, headers=headers)


def test_the_script_is_told_the_files_of_the_item_and_told_the_same_again() -> None:
    built = build.world()
    row, key = build.begun(built), str(uuid4())
    client = signed_in(build.person(built.auditor))
    first, again = (post(client, row, client_key=key).json() for _ in range(2))
    assert (first["file_id"], first["repeated"], again["repeated"]) == (again["file_id"], False, True)
    (shown,) = again["files"]["1"]
    assert shown["url"] == reverse("evidence:download", args=[first["file_id"]])
    assert shown["title"] == File.objects.get().title


@pytest.mark.parametrize(
    "changes",
    [
        {"upload": None},
        {"upload": "photo.png"},
        {"client_key": None},
        {"client_key": "no key"},
        {"taken_at": None},
        {"taken_at": "yesterday"},
        {"taken_at": "1999-12-31T00:00:00Z"},
        {"person": "me"},
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(changes: dict[str, Any]) -> None:
    built = build.world()
    row = build.begun(built)
    response = post(signed_in(build.person(built.auditor)), row, **changes)
    assert (response.status_code, bool(response.json()["reasons"])) == (400, True)
    assert not File.objects.exists()


def test_no_file_is_kept_under_the_name_of_whoever_signed_in_meanwhile() -> None:
    built = build.world()
    row, client = build.begun(built), signed_in(build.person(built.second))
    assert post(client, row, person=built.auditor.user_id).status_code == 409
    assert not File.objects.exists()
    assert post(client, row, person=built.second.user_id).status_code == 200


def test_refusals_say_why_and_stand_on_the_audits_own_chain() -> None:
    built = build.world()
    row, key = build.begun(built), str(uuid4())
    post(signed_in(build.person(built.auditor)), row, client_key=key)
    response = post(signed_in(build.person(built.second)), row, client_key=key)
    assert (response.status_code, len(response.json()["reasons"])) == (422, 1)
    assert post(signed_in(built.relation.registrant.user("viewer")), row).status_code == 403
    assert post(signed_in(make.organisation(sides=(R,)).user()), row).status_code == 404
    assert post(signed_in(build.person(built.auditor)), row, serial=999).status_code == 404
    found = Entry.objects.filter(stream=row.stream, verb="refused").order_by("seq")
    assert [entry.content["data"]["codes"] for entry in found] == [["key_of_another_file"], ["PermissionDenied"]]
    assert verify([row.stream]).ok


def test_whoever_is_signed_out_is_led_to_sign_in_and_another_site_sends_nothing() -> None:
    built = build.world()
    row = build.begun(built)
    response = post(Client(), row)
    assert (response.status_code, response["Location"].partition("?")[0]) == (302, reverse("account_login"))
    client = signed_in(build.person(built.auditor), enforce_csrf_checks=True)
    assert post(client, row).status_code == 403
    token = client.get(reverse("audits:answers", args=[row.pk])).json()["token"]
    assert post(client, row, headers={"X-CSRFToken": token}).status_code == 200
    assert File.objects.count() == 1


def test_the_page_tells_its_script_where_files_go_and_what_is_taken(settings: Any) -> None:
    settings.EVIDENCE_MAX_BYTES = 7 * 1024 * 1024
    built = build.world()
    row = build.begun(built)
    page = signed_in(build.person(built.auditor)).get(
        reverse("audits:conduct", args=[row.pk]), headers={"Accept-Language": "en"}
    )
    config, words = page.context["config"], page.context["words"]
    assert config["file"] == reverse("audits:file", args=[row.pk, 0])
    assert (config["most_file_bytes"], set(config["file_kinds"]) >= {"pdf", "jpg"}) == (7 * 1024 * 1024, True)
    assert "7 MB" in words["file_too_large"]
