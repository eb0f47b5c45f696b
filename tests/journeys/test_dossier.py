"""An outside auditor in a real browser: invited to a pair's dossier, reads it, takes it, checks it without us, and is shut
out at the click after the invitation ended. In 中文 on SQLite, in English on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.urls import reverse

from cmo import clock
from cmo.dossier import tasks
from cmo.dossier.models import Export
from cmo.parties.models import User
from cmo.trail.models import Entry
from tests import make
from tests.browser import CHINESE, Person
from tests.dossier.packing import checked
from tests.releases import build

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files are served from where they are written
]

NAME, FIRM, ACCOUNT = "陈审计(示例)", "示例认证审核有限公司", "chen.audit"
LOT = "H2611-D"


@dataclass
class Journey:
    """The pair with a lot on the market, and whoever sits at a browser."""

    people: Callable[..., Person]
    visitor: Person
    world: build.World
    today: date


@pytest.fixture
def journey(people: Callable[..., Person], browser: Any, live_server: Any, settings: Any, tmp_path: Path) -> Journey:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    settings.SITE_URL = live_server.url
    world = build.world()
    sold = build.filed(world, build.lot(world, number=LOT))
    build.released(world, sold)
    build.marketed(world, sold)
    quality = people(world.registrant.user("quality_manager", "registrant").username)
    visitor = Person(browser.new_context().new_page(), live_server.url, quality.language)
    return Journey(lambda *who: quality if not who else people(*who), visitor, world, clock.today())


def test_an_auditor_answers_an_invitation_takes_the_dossier_checks_it_and_is_shut_out(
    journey: Journey, tmp_path: Path
) -> None:
    quality = journey.people()
    auditor = _accept(journey, _invite(journey, quality))
    export = _export(journey, auditor)
    _read(auditor, export)
    _take_and_check(auditor, export, tmp_path)
    _what_happened_is_on_record(export)
    _end(journey, quality)
    _nothing_is_open_any_more(auditor, export)
    assert journey.visitor.complaints == []


def _invite(journey: Journey, quality: Person) -> str:
    """Quality invites by mail to the dossier alone; the address that opens it."""
    quality.visit("parties:pair_grants", journey.world.pair.pk).press("Invite an auditor or inspector")
    quality.tick("outside auditor", "the dossier only")
    quality.fill("name", NAME).fill("authority or firm", FIRM).fill("e-mail", "chen@audit.example")
    quality.tick("may take the dossier away as a file").fill("last day", journey.today + timedelta(days=20))
    quality.fill("Reason", "年度第三方审核").press("Send the invitation").sees("Invitation sent")
    return str(quality.page.locator("#invitation-address").input_value())


def _accept(journey: Journey, address: str) -> Person:
    """The invited person makes their account and its second factor."""
    visitor = journey.visitor
    visitor.page.goto(address)
    visitor.sees(NAME).fill("user name", ACCOUNT).fill("password", make.PASSWORD)
    visitor.fill("password once more", make.PASSWORD).press("Accept and make my account")
    auditor = journey.people(ACCOUNT, make.PASSWORD).visit("mfa_activate_totp")
    if auditor.at("account_reauthenticate"):
        auditor.page.locator("input[name=password]").fill(make.PASSWORD)
        auditor.press("Confirm")
    secret = auditor.page.locator("#authenticator_secret").input_value()
    counters = list(yield_hotp_counters_from_time())
    code = format_hotp_value(hotp_value(secret, counters[len(counters) // 2]))
    auditor.page.locator("input[name=code]").fill(code)
    return auditor.press("Use the app from now on")


def _export(journey: Journey, auditor: Person) -> Export:
    """From what was opened to them to a finished export; the page notices by itself that the queue has done its work."""
    pair = journey.world.pair
    assert auditor.page.goto(auditor.address + reverse("parties:pair", args=[pair.pk])).status == 404
    auditor.visit("dossier:mine").sees("Opened to you")
    auditor.page.get_by_role("link", name=pair.number).first.click()
    button = auditor.page.get_by_role("button", name=auditor.say("Export the dossier"))
    button.wait_for()
    auditor.sees("批次和两次放行" if auditor.language == CHINESE else "Lots and both releases")
    auditor.press("Export the dossier")
    export = Export.objects.get()
    assert auditor.at("dossier:export", export.pk)
    auditor.sees("waits for the queue")
    tasks.run_export.call(export.pk)
    auditor.page.get_by_role("link", name=auditor.say("Take the ZIP")).wait_for()
    return Export.objects.get()


def _read(auditor: Person, export: Export) -> None:
    auditor.press("Read on screen").sees("Cover", NAME)
    chapter = "批次和两次放行" if auditor.language == CHINESE else "Lots and both releases"
    auditor.page.locator(".reading-contents").get_by_role("link", name=chapter).click()
    auditor.page.locator(".reading-section h2", has_text=chapter).wait_for()
    auditor.sees(LOT)
    assert auditor.at("dossier:read_section", export.pk, "lots")


def _take_and_check(auditor: Person, export: Export, folder: Path) -> None:
    """The archive says by its own program that it is whole, and bears the name of whoever took it."""
    auditor.visit("dossier:export", export.pk)
    with auditor.page.expect_download() as taken:
        auditor.page.get_by_role("link", name=auditor.say("Take the ZIP")).click()
    place = folder / taken.value.suggested_filename
    taken.value.save_as(place)
    with ZipFile(place) as archive:
        (folder / "verify.py").write_bytes(archive.read("verify.py"))
        assert NAME in archive.read("dossier.json").decode()
    verdict = checked(place, "--head", export.head)
    assert (verdict.returncode, verdict.stderr) == (0, "")


def _what_happened_is_on_record(export: Export) -> None:
    auditor = User.objects.get(username=ACCOUNT)
    entries = Entry.objects.filter(stream=f"user:{auditor.pk}", subject=f"dossier.export:{export.pk}").order_by("seq")
    verbs = [entry.verb for entry in entries if entry.verb.startswith("dossier.")]
    assert verbs == ["dossier.asked", "dossier.made", "dossier.read", "dossier.read", "dossier.taken"]


def _end(journey: Journey, quality: Person) -> None:
    """Quality sees that it was exported, and by whom, and ends the invitation."""
    quality.visit("dossier:pair", journey.world.pair.pk).sees(NAME, "outsider")
    quality.visit("parties:pair_grants", journey.world.pair.pk).press("End the invitation", within=NAME)
    quality.fill("Reason", "审核结束").press("End the invitation")


def _nothing_is_open_any_more(auditor: Person, export: Export) -> None:
    """The next click ends the session; whatever is asked for afterwards is the sign-in."""
    auditor.visit("dossier:read_section", export.pk, "lots")
    assert LOT not in auditor.page.content()
    assert reverse("account_login") in auditor.page.url
    answer = auditor.page.request.get(auditor.address + reverse("dossier:take", args=[export.pk]))
    assert "application/zip" not in answer.headers["content-type"]
