"""A new edition: what it would stop is said before, and everything live is screened against it after."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from cmo import clock
from cmo.catalogue.edition_file import BUILT_IN
from cmo.catalogue.models import HeldEdition, Screening
from cmo.trail.models import Entry
from tests import make
from tests.agreements import build
from tests.agreements.build import AT, R

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_builders(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    settings.MEDIA_ROOT = str(tmp_path)


def edition_file(tmp_path: Path, **changes: Any) -> Path:
    """The built-in file with a further edition that prohibits hip prostheses from 2027 on."""
    data = yaml.safe_load(BUILT_IN.read_text(encoding="utf-8"))
    latest = {key: value for key, value in data["editions"][-1].items() if key != "repealed_by"}
    new = {
        **latest,
        "edition": "2027",
        "edition_number": 4,
        "document_no": "国家药监局通告2026年第99号",
        "issued_on": AT.date(),
        "effective_from": AT.date().replace(year=2027, month=1, day=1),
        "effective_to": None,
        "entries": [
            *latest["entries"],
            {
                "key": "2027-I-1",
                "group": "I",
                "code": "13-04-01",
                "name_zh": "髋关节假体",
                "name_en": "hip prosthesis",
                "scope": "code",
                "exclusions": [],
            },
        ],
        **changes,
    }
    new = {key: value for key, value in new.items() if value is not None or key == "effective_to"}
    data["editions"][-1]["effective_to"] = new["effective_from"].replace(year=2026, month=12, day=31)
    data["editions"].append(new)
    path = tmp_path / "edition.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return path


def command(*args: Any) -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    try:
        call_command("load_edition", *args, "--json", stdout=out)
    except SystemExit as stop:
        return int(stop.code or 0), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_a_dry_run_names_devices_and_live_entrustments_and_loads_nothing(tmp_path: Path) -> None:
    world = build.world()
    entrustment = world.entrust()
    code, answer = command(edition_file(tmp_path), "--dry-run")
    assert code == 0
    (edition,) = answer["editions"]
    assert edition["effective_from"] == "2027-01-01"
    (stop,) = edition["stops"]
    assert stop["device"] == world.device.number_printed
    assert stop["entrustments"] == [{"number": entrustment.number, "pair": world.pair.number}]
    assert (answer["loaded"], HeldEdition.objects.filter(key="2027").exists()) == (False, False)


def test_loading_screens_every_device_for_the_first_day(tmp_path: Path) -> None:
    world = build.world()
    world.entrust()
    code, answer = command(edition_file(tmp_path))
    assert (code, answer["loaded"]) == (0, True)
    screening = Screening.objects.filter(device=world.device.device).latest("id")
    assert (screening.outcome, screening.acted_on.isoformat()) == ("prohibited", "2027-01-01")
    assert Entry.objects.filter(verb="edition.loaded").count() >= 1
    assert command(edition_file(tmp_path)) == (0, {"ok": True, "loaded": False, "editions": []})


def test_a_faulty_file_says_where_and_loads_nothing(tmp_path: Path) -> None:
    path = edition_file(tmp_path, document_no="")
    code, answer = command(path)
    assert code == 1
    assert [problem["path"] for problem in answer["problems"]] == ["editions[2].document_no"]
    assert command(tmp_path / "nothing.yaml")[1]["problems"][0]["path"] == "file"
    assert not HeldEdition.objects.filter(key="2027").exists()


def test_a_quality_manager_signs_on_the_console_with_their_password(tmp_path: Path, monkeypatch) -> None:
    world = build.world()
    path = edition_file(tmp_path)
    user = world.relation.registrant.user()
    monkeypatch.setattr("sys.stdin", io.StringIO("wrong\n"))
    assert command(path, "--by", user.username)[0] == 1
    viewer = world.relation.registrant.user("viewer")
    assert command(path, "--by", viewer.username)[1]["problems"][0]["path"] == "by"
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{make.PASSWORD}\n"))
    assert command(path, "--by", user.username)[0] == 0
    assert HeldEdition.objects.get(key="2027").recorded_by_name == user.printed_name
    assert Entry.objects.filter(verb="signature.given", stream="catalogue").count() == 1


def test_the_page_shows_only_what_the_person_may_know_of_and_signs(tmp_path: Path) -> None:
    world, stranger = build.world(), make.organisation()
    entrustment = world.entrust()
    path = edition_file(tmp_path)
    address = reverse("agreements:load_edition")

    def preview(user: Any) -> tuple[Client, Any]:
        client = Client(headers={"accept-language": "en"})
        client.force_login(user)
        with path.open("rb") as upload:
            return client, client.post(address, {"upload": upload})

    _client, foreign = preview(stranger.user())
    assert entrustment.number not in foreign.content.decode()
    client, shown = preview(world.relation.registrant.user("quality_manager", R))
    assert entrustment.number in shown.content.decode()
    form = shown.context["form"]
    tokens = {name: form.initial[name] for name in ("seen_hash", "token")}
    done = client.post(address, {**tokens, "text": shown.context["text"], "password": make.PASSWORD})
    assert done.status_code == 302
    assert HeldEdition.objects.filter(key="2027").exists()


def test_a_faulty_upload_gets_its_sentences_at_the_field(tmp_path: Path) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make.organisation().user())
    answer = client.post(reverse("agreements:load_edition"), {"upload": build.upload("x.yaml", "editions: 5")})
    assert "editions: must be" in answer.content.decode()
