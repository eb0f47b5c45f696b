"""How an organisation is reminded: values, defaults and history on the page, setting a kind, who may, and the trail."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cmo.calendar import actions
from cmo.calendar.facts.reminding import Setting, current_settings, settings_history
from cmo.calendar.models import ReminderSetting
from cmo.errors import Refused
from cmo.parties.models import User
from cmo.trail.models import Entry
from tests import make, replay

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_builders() -> Any:
    with time_machine.travel(make.AT, tick=False):
        yield


@replay.kept
def firm() -> make.Firm:
    return make.organisation(posts=("viewer", "management_representative"))


def client(user: User, language: str = "en") -> Client:
    found = Client()
    found.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    found.cookies["django_language"] = language
    return found


def put(f: make.Firm, kind: str = "renew", days: tuple[int, ...] = (120, 30), after: int = 2, **changes: Any) -> Any:
    values: dict[str, Any] = {"reason": "换证准备时间长", "by": f.actor(), "at": make.AT}
    setting = Setting(days, after)
    return actions.set_reminders(organisation=f.organisation, kind=kind, setting=setting, **values | changes)


def test_the_latest_setting_of_a_kind_counts_and_all_stay_readable() -> None:
    f = firm()
    put(f)
    put(f, days=(30, 60, 30), after=0)
    put(f, kind="audit", days=(5,), after=1)
    assert current_settings() == {(f.pk, "renew"): Setting((60, 30), 0), (f.pk, "audit"): Setting((5,), 1)}
    assert [each.setting for each in settings_history(f.pk)["renew"]] == [Setting((60, 30), 0), Setting((120, 30), 2)]


def test_only_quality_of_the_organisation_sets_reminders_and_says_why() -> None:
    f, other = firm(), make.organisation(posts=())
    for by in (f.actor("management_representative"), f.actor("viewer"), other.actor()):
        with pytest.raises(PermissionDenied):
            put(f, by=by)
    with pytest.raises(Refused) as refusal:
        put(f, reason=" ", days=(0, 400), after=99)
    assert refusal.value.codes == ["lead_days_out_of_range", "escalation_out_of_range", "reminder_reason_needed"]
    for kind in ("sign", "release", "confirm"):
        with pytest.raises(Refused) as refusal:
            put(f, kind=kind)
        assert refusal.value.codes == ["reminder_kind_unknown"], kind
    put(f)
    with pytest.raises(Refused) as refusal:
        put(f, days=(30, 120))
    assert refusal.value.codes == ["reminder_setting_unchanged"]
    assert ReminderSetting.objects.count() == 1
    entry = Entry.objects.get(verb="reminders.set")
    assert (entry.stream, entry.content["reason"]) == (f.stream, "换证准备时间长")
    assert entry.content["data"] == {"kind": "renew", "lead_days": [120, 30], "escalate_after": 2}


def test_the_page_shows_what_holds_who_set_it_the_default_and_the_history() -> None:
    f = firm()
    put(f)
    put(f, days=(150,), reason="再提前")
    address = reverse("calendar:reminders", args=[f.pk])
    text = client(f.user("viewer")).get(address).content.decode()
    for expected in (
        "150",
        "120, 30",
        "90, 30, 7",
        "再提前",
        "换证准备时间长",
        f.user().printed_name,
        "as the default",
    ):
        assert expected in text, expected
    assert "None of your posts allows this" in text
    chinese = client(f.user(), "zh-hans").get(address).content.decode()
    assert "同默认值" in chinese
    assert reverse("calendar:set_reminders", args=[f.pk, "renew"]) in chinese


def test_the_page_costs_the_same_however_long_the_history_is() -> None:
    f = firm()
    visitor, address = client(f.user()), reverse("calendar:reminders", args=[f.pk])

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert visitor.get(address).status_code == 200
        return len(caught)

    put(f)
    queries()
    few = queries()
    for n in range(1, 20):
        put(f, days=(n,))
    assert queries() == few


@pytest.mark.parametrize("typed", ["120, 30", "120，30", "30 120", "120、30", " 120;30; "])
def test_a_setting_is_made_through_the_page_however_days_are_separated(typed: str) -> None:
    f = firm()
    data = {"lead_days": typed, "escalate_after": "2", "reason": "换证准备时间长"}
    answer = client(f.user()).post(reverse("calendar:set_reminders", args=[f.pk, "renew"]), data)
    assert answer.status_code == 302
    assert current_settings()[f.pk, "renew"] == Setting((120, 30), 2)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("a lot", "Write whole numbers of days"),
        ("-7", "Write whole numbers of days"),
        ("99999999999999999999", "Write whole numbers of days"),
        ("400", "Days ahead are whole numbers from 1 to 365; here is 400."),
        ("90, 30, 7", "This is what is set already."),
    ],
)
def test_what_cannot_be_set_is_said_at_the_form(typed: str, sentence: str) -> None:
    f = firm()
    data = {"lead_days": typed, "escalate_after": "3", "reason": "x"}
    answer = client(f.user()).post(reverse("calendar:set_reminders", args=[f.pk, "renew"]), data)
    assert answer.status_code == 200
    assert sentence in re.sub(r"<[^>]+>", "", answer.content.decode())
    assert not ReminderSetting.objects.exists()


def test_a_kind_that_does_not_exist_has_no_page() -> None:
    f = firm()
    assert client(f.user()).get(reverse("calendar:set_reminders", args=[f.pk, "nonsense"])).status_code == 404


def test_the_short_address_leads_home_or_says_that_there_is_none() -> None:
    f = firm()
    address = reverse("calendar:reminders_home")
    assert client(f.user()).get(address)["Location"] == reverse("calendar:reminders", args=[f.pk])
    assert "You hold no post" in client(make.person()).get(address).content.decode()
