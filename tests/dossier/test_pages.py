"""Pages of the dossier: asking with a preview, following an export, and what each costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cmo.dossier import actions, archive
from cmo.dossier.models import EVIDENCE, Export
from cmo.evidence.actions import attach
from cmo.evidence.store import name_of
from cmo.parties.actions import revoke_grant
from cmo.parties.models import Grant, User
from cmo.trail.models import Entry
from tests import make
from tests.dossier.jobs import LATER, TODAY, asked, by_of, granted, held_by, made, outsider
from tests.files import place_of
from tests.releases import build
from tests.releases.test_pages import signed_in

pytestmark = pytest.mark.django_db
CHINESE, ENGLISH = "zh-hans", "en"


@pytest.fixture(autouse=True)
def _now(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def w() -> build.World:
    return build.world()


def url(name: str, *args: Any) -> str:
    return reverse(f"dossier:{name}", args=args)


def quality(w: build.World, language: str = ENGLISH) -> Client:
    return signed_in(w.registrant.user("quality_manager", "registrant"), language)


def outside_client(user: User) -> Client:
    """An outsider at a browser, with the second factor without which they get nowhere."""
    make.second_factor(user)
    return signed_in(user, ENGLISH)


def status(client: Client, address: str) -> int:
    """What the address answers; a file is read to its end."""
    answer = client.get(address)
    if answer.streaming:
        list(answer.streaming_content)
    return int(answer.status_code)


def text(client: Client, address: str, **data: Any) -> str:
    answer = client.get(address, data)
    assert answer.status_code == 200, (address, answer.status_code)
    return " ".join(answer.content.decode().split())


WISH = {"as_of": TODAY.isoformat(), "scope": "whole", "language": "en"}


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_will_be_inside_is_counted_without_writing_anything(w):
    build.lot(w)
    client = quality(w)
    with CaptureQueriesContext(connection) as queries:
        page = text(client, url("pair", w.pair.pk), **WISH)
    written = [
        q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE")) and "session" not in q["sql"]
    ]
    assert written == []
    assert 'Lots and both releases</td><td class="number">1</td>' in page
    assert "Export the dossier" in page
    assert not Export.objects.exists()


def test_the_same_counts_come_alone_while_the_form_changes(w):
    answer = quality(w).get(url("pair", w.pair.pk), WISH, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert page.lstrip().startswith('<section id="inside"')
    assert "<html" not in page


def test_a_click_exports_what_was_shown(w):
    answer = quality(w).post(url("pair", w.pair.pk), WISH | {"language": "both"})
    export = Export.objects.get()
    assert answer.url == url("export", export.pk)
    assert (export.scope_kind, export.language, export.as_of) == ("whole", "both", TODAY)


@pytest.mark.parametrize(
    ("scope", "stored"),
    [
        ({"scope": "period", "first": "2026-01-01", "last": "2026-03-31"}, ("period", "2026-01-01/2026-03-31")),
        ({"scope": "period", "first": "2026-01-01", "last": "2026-01-01"}, ("period", "2026-01-01/2026-01-01")),
        ({"scope": "lot", "lot": " L-1 "}, ("lot", "L-1")),
        ({"scope": "device", "device": "国械注准20223130456"}, None),
        ({"scope": "agreement", "agreement": "none"}, None),
        ({"scope": "lot", "lot": "L-2"}, None),
        ({"scope": "lot", "lot": ""}, None),
        ({"scope": "period", "first": "2026-03-31", "last": "2026-01-01"}, None),
        ({"scope": "period", "first": "2026-03-31"}, None),
        ({"scope": "everything"}, None),
        ({"scope": "whole", "as_of": (TODAY + timedelta(days=1)).isoformat()}, None),
    ],
)
def test_a_scope_is_exported_when_it_names_something_of_the_pair(w, scope, stored):
    build.lot(w, number="L-1")
    answer = quality(w).post(url("pair", w.pair.pk), WISH | scope)
    if stored is None:
        assert answer.status_code == 200
        assert not Export.objects.exists()
    else:
        export = Export.objects.get()
        assert (export.scope_kind, export.scope_key) == stored


def test_devices_and_agreements_are_chosen_by_name_and_lots_found_while_typing(w):
    build.lot(w, number="L-1")
    build.lot(w, number="M-7")
    client = quality(w)
    page = text(client, url("pair", w.pair.pk))
    device = w.device.versions.get()
    assert f'<option value="{device.number_printed}">{device.name_en} {device.number_printed}</option>' in page
    found = text(client, url("lots", w.pair.pk), lot="m-")
    assert 'value="M-7"' in found
    assert "L-1" not in found
    answer = client.post(url("pair", w.pair.pk), WISH | {"scope": "device", "device": device.number_printed})
    assert answer.status_code == 302
    assert Export.objects.get().scope_key == device.number_printed


def test_a_limited_outsider_chooses_among_what_was_opened_and_nothing_else(w):
    build.lot(w, number="L-1")
    user = outsider(w, scope=("lot", "L-1"))
    client = outside_client(user)
    page = text(client, url("pair", w.pair.pk))
    assert "Lot L-1" in page
    assert "a period" not in page
    assert client.get(url("lots", w.pair.pk)).status_code == 404
    client.post(url("pair", w.pair.pk), WISH | {"scope": "0", "lot": "L-2", "device": "x"})
    assert Export.objects.get().scope_key == "L-1"


def test_what_the_rules_refuse_is_said_beside_the_counts(w):
    for _n in range(2):
        asked(w)
    page = quality(w).post(url("pair", w.pair.pk), WISH).content.decode()
    assert "2 of your dossiers are waiting or being made." in page
    assert "Export the dossier" in page
    assert Export.objects.count() == 2


def test_an_empty_list_teaches_and_a_full_one_names_state_and_person(w):
    client = quality(w)
    assert "Everybody with a post in this pair exports one above" in text(client, url("pair", w.pair.pk))
    export = made(asked(w))
    page = text(client, url("pair", w.pair.pk))
    assert export.recorded_by_name in page
    assert url("take", export.pk) in page
    chinese = text(quality(w, CHINESE), url("pair", w.pair.pk))
    assert export.recorded_by_name in chinese


def test_exports_of_outsiders_stand_in_the_list_without_a_way_into_them(w):
    user = outsider(w)
    export = made(asked(w, held_by(user, w).actor))
    page = text(quality(w), url("pair", w.pair.pk))
    assert user.printed_name in page
    assert "outsider" in page
    assert url("take", export.pk) not in page
    assert "its content is theirs alone" in text(quality(w), url("export", export.pk))
    for name in ("read", "take"):
        assert quality(w).get(url(name, export.pk)).status_code == 404


def test_the_list_costs_the_same_with_many_exports(w):
    def cost() -> int:
        client = quality(w)
        with CaptureQueriesContext(connection) as queries:
            text(client, url("pair", w.pair.pk))
        return len(queries)

    made(asked(w))
    one = cost()
    made(asked(w))
    for _n in range(2):
        asked(w, by_of(w, "viewer"))
    made(asked(w, held_by(outsider(w), w).actor))
    assert len(Export.objects.all()) == 5
    assert cost() == one


# ── following ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_waiting_export_renews_itself_and_asks_for_the_whole_page_once_it_is_over(w):
    export = asked(w)
    client = quality(w)
    page = text(client, url("export", export.pk))
    assert "waits for the queue" in page
    assert "tone-pending" not in page
    assert f'hx-get="{url("progress", export.pk)}"' in page
    assert "HX-Refresh" not in client.get(url("progress", export.pk)).headers
    made(export)
    assert client.get(url("progress", export.pk)).headers["HX-Refresh"] == "true"
    ready = text(client, url("export", export.pk))
    assert 'hx-trigger="every' not in ready
    assert "python verify.py" in ready


@pytest.mark.parametrize(("language", "title"), [(CHINESE, "双方企业"), (ENGLISH, "Both parties")])
def test_progress_names_the_section_being_worked_on(w, language, title):
    export = asked(w)
    told = [{"key": "parties", "zh": "双方企业", "en": "Both parties", "count": 3}]
    Export.objects.filter(pk=export.pk).update(
        state="running", step="parties", done=0, total=4, contents=told, beat_at=LATER
    )
    page = text(quality(w, language), url("progress", export.pk))
    assert title in page
    assert 'max="4" value="0"' in page


def test_a_ready_export_shows_every_hash_its_pin_and_how_to_check_it(w):
    export = made(asked(w, language="both"))
    page = text(quality(w), url("export", export.pk))
    for file in export.files.all():
        assert file.sha256 in page
    assert export.sha256 in page
    assert export.head[:8] in page
    assert export.head[8:16] in page
    assert "2026" in page


def test_only_whoever_asked_cancels_and_it_can_be_tried_again(w):
    export = asked(w)
    colleague = signed_in(w.registrant.user("viewer", "registrant"), ENGLISH)
    assert url("cancel", export.pk) not in text(colleague, url("export", export.pk))
    colleague.post(url("cancel", export.pk))
    assert Export.objects.get().state == "waiting"
    client = quality(w)
    assert client.post(url("cancel", export.pk)).url == url("export", export.pk)
    assert "called off before it was ready" in text(client, url("export", export.pk))
    client.post(url("again", export.pk))
    assert Export.objects.get().state == "waiting"


def test_a_failure_is_said_in_the_readers_language(w):
    export = asked(w)
    Export.objects.filter(pk=export.pk).update(state="failed", problem_zh="出错了。", problem_en="It broke.")
    assert "出错了。" in text(quality(w, CHINESE), url("export", export.pk))
    assert "It broke." in text(quality(w, ENGLISH), url("export", export.pk))


def test_a_worker_that_is_gone_is_said_and_another_is_called(w):
    export = asked(w)
    Export.objects.filter(pk=export.pk).update(state="running", beat_at=LATER - timedelta(minutes=3))
    page = text(quality(w), url("export", export.pk))
    assert "interrupted" in page
    assert url("again", export.pk) in page


# ── whose pages ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_other_side_of_the_pair_does_not_know_of_our_exports(w):
    export = made(asked(w))
    other = signed_in(w.contractor.user("quality_manager", "contractor"), ENGLISH)
    assert other.get(url("export", export.pk)).status_code == 404
    assert "Everybody with a post" in text(other, url("pair", w.pair.pk))


def test_ending_a_grant_closes_every_page_at_the_next_click(w):
    user = outsider(w)
    export = made(asked(w, held_by(user, w).actor))
    client = outside_client(user)
    pages = [url("pair", w.pair.pk), *(url(name, export.pk) for name in ("export", "read", "take", "progress"))]
    assert [status(client, page) for page in pages] == [200] * len(pages)
    revoke_grant(grant=Grant.objects.get(user=user), reason="结束", by=w.registrant.actor("quality_manager"), at=LATER)
    # Nothing is open to them any more, so that the session ends with this click; signed in again they find nothing.
    assert status(client, pages[1]) == 302
    client = outside_client(user)
    assert [status(client, page) for page in pages] == [404] * len(pages)
    assert client.post(url("again", export.pk)).status_code == 404
    assert "Opened to you" not in text(client, url("mine"))


def test_whoever_is_limited_to_a_scope_does_not_find_an_export_of_another(w):
    build.lot(w, number="L-1")
    user = outsider(w)
    whole = made(asked(w, held_by(user, w).actor))
    revoke_grant(grant=Grant.objects.get(user=user), reason="缩小", by=w.registrant.actor("quality_manager"), at=LATER)
    granted(w, user, "take_dossier", ("lot", "L-1"))
    client = outside_client(user)
    lot = made(asked(w, held_by(user, w).actor, scope=("lot", "L-1")))
    for name in ("export", "read", "take"):
        assert status(client, url(name, whole.pk)) == 404
        assert status(client, url(name, lot.pk)) == 200


def test_reading_only_shows_everything_and_hands_out_nothing(w):
    user = outsider(w, "read_dossier")
    export = made(asked(w, held_by(user, w).actor))
    client = outside_client(user)
    page = text(client, url("export", export.pk))
    assert "its files are not handed out" in page
    assert url("take", export.pk) not in page
    assert client.get(url("read", export.pk)).status_code == 200
    assert client.get(url("take", export.pk)).status_code == 403
    assert client.get(url("take_document", export.pk, "dossier.pdf")).status_code == 403


def test_my_exports_are_mine_alone_and_lead_from_the_account(w):
    mine, theirs = made(asked(w)), made(asked(w, by_of(w, "viewer")))
    client = quality(w)
    page = text(client, url("mine"))
    assert url("export", mine.pk) in page
    assert url("export", theirs.pk) not in page
    assert url("export", mine.pk) in text(client, reverse("parties:account"))


def test_the_pair_tells_when_its_dossier_was_exported_last(w):
    client = quality(w)
    overview = reverse("parties:pair", args=[w.pair.pk])
    assert "Your organisation has exported none." in text(client, overview)
    asked(w)
    assert f"Last exported as of {TODAY.isoformat()}." in text(client, overview).replace(
        "<span class=unbroken>", ""
    ).replace("</span>", "")


def test_whoever_reads_from_outside_is_told_of_their_own_exports_alone(w):
    asked(w)
    user = make.person("检查员甲", accepts=False)
    make.grant(w, user)
    page = text(outside_client(user), reverse("parties:pair", args=[w.pair.pk]))
    assert "You have exported none." in page
    assert "None has been exported" not in page
    asked(w, held_by(user, w).actor)
    assert "You last exported one as of" in text(outside_client(user), reverse("parties:pair", args=[w.pair.pk]))


@pytest.mark.parametrize(("language", "said"), [(ENGLISH, True), (CHINESE, False)])
def test_the_command_that_checks_speaks_the_language_of_the_page(w, language, said):
    page = text(quality(w, language), url("export", made(asked(w)).pk))
    assert (page.count("--lang en") == 2, "--lang en" in page) == (said, said)


def test_the_log_of_what_was_shown_names_the_chapter_and_keeps_no_polling(w):
    user = outsider(w)
    export = made(asked(w, held_by(user, w).actor))
    client = outside_client(user)
    client.get(url("read_section", export.pk, "lots"))
    client.get(url("progress", export.pk))
    client.get(url("pair", w.pair.pk), WISH, headers={"HX-Request": "true"})
    client.get(reverse("account_reauthenticate"))
    rows = Entry.objects.filter(stream=f"user:{user.pk}", verb="outside.shown").order_by("id")
    labels = [row.content["label"] for row in rows]
    assert labels[0] == f"Lots and both releases – Dossier {w.pair.number}"
    assert not [row for row in rows if row.content["data"]["view"] == "dossier:progress"]
    assert not [label for label in labels if label.startswith("/") or "?" in label]


def test_an_export_whose_time_is_over_says_so_and_is_made_again(w):
    export = made(asked(w))
    later = LATER + timedelta(days=8)
    with time_machine.travel(later, tick=False):
        client = quality(w)
        assert actions.remove_expired(export_id=export.pk, at=later)
        for name in ("read", "take"):
            answer = client.get(url(name, export.pk))
            assert answer.status_code == 410
            assert "removed after its time" in answer.content.decode()
        page = text(client, url("export", export.pk))
        assert "Make it again" in page
        again = client.post(url("again", export.pk))
    newest = Export.objects.order_by("-pk")[0]
    assert again.url == url("export", newest.pk)
    assert newest.pk != export.pk


@pytest.mark.parametrize("how", ["missing", "altered"])
def test_an_export_whose_file_is_missing_or_altered_says_so_and_is_made_again(w, how):
    export = made(asked(w))
    place, client = place_of(archive.name_of(export.pk, export.attempt)), quality(w)
    assert "Make it again" not in text(client, url("export", export.pk))
    data = place.read_bytes()
    place.unlink()
    if how == "missing":
        page = text(client, url("export", export.pk))
        assert "file missing or altered" in page
        assert url("again", export.pk) in page
        assert url("take", export.pk) not in page
    else:
        place.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    answer = client.get(url("take", export.pk))
    assert answer.status_code == 410
    assert url("again", export.pk) in answer.content.decode()
    again = client.post(url("again", export.pk))
    newest = Export.objects.order_by("-pk")[0]
    assert again.url == url("export", newest.pk)
    assert (newest.pk == export.pk, newest.instant) == (False, export.instant)


def test_the_preview_says_that_bytes_are_checked_when_the_export_is_made(w):
    page = quality(w).get(reverse("dossier:pair", args=[w.pair.pk]), WISH).content.decode()
    assert "their bytes are checked when the export is made" in page


def test_whoever_hands_an_export_over_is_told_that_evidence_is_not_enclosed(w):
    upload = SimpleUploadedFile("report.txt", b"a report")
    by = w.contractor.actor("quality_manager")
    file = attach(w.pair, upload=upload, title="检验报告", event_on=TODAY, by=by, at=LATER)
    client, whole = quality(w), made(asked(w))
    assert "not enclosed" not in text(client, url("export", whole.pk))
    place_of(name_of(file.sha256)).unlink()
    export = made(asked(w))
    page = text(client, url("export", export.pk))
    assert "1 evidence file is missing or altered in the storage and not enclosed" in page
    assert url("read_section", export.pk, EVIDENCE) in page
    assert "检验报告" in text(client, url("read_section", export.pk, EVIDENCE))
    assert "1 evidence file not enclosed" in text(client, reverse("dossier:pair", args=[w.pair.pk]))
