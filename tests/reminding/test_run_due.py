"""The reminders of a day: who is told what once, mails, escalation, repetition, and what they cost."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from io import StringIO
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from cmo.calendar import actions, daily_run, tasks
from cmo.calendar.daily_run import run
from cmo.calendar.facts.reminding import Setting
from cmo.calendar.mail import compose, html_of
from cmo.calendar.models import Digest, DigestSent, DueRun, Reminder
from cmo.calendar.rules.reminding import Notice
from cmo.clock import SHANGHAI
from cmo.duty import Duty, Kind
from cmo.parties.models import LicenceVersion, User
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from tests import make, replay

pytestmark = pytest.mark.django_db
R, C = make.REGISTRANT, make.CONTRACTOR
D = date.fromisoformat
#: The last day of the licence; 90 and 30 working days before it lie its renewal's first and last day.
LAST = D("2027-03-31")


@replay.kept
def firm() -> make.Firm:
    """A contractor with two quality managers, a representative and a planner, whose licence ends on 31 March 2027."""
    found = make.organisation(sides=(C,), posts=("management_representative", "production_planner"))
    make.licence(found, last_day=LAST)
    return found


def moment(day: date, hour: int = 6) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def ran(day: str) -> dict[str, Any]:
    return run(D(day), moment(D(day))).as_data()


def told(user: User) -> list[tuple[str, str]]:
    """(first part of the duty's key, stage) of what a person was told, in order."""
    rows = Reminder.objects.filter(person=user).order_by("id")
    return [(row.duty_key.partition("|")[0], row.stage) for row in rows]


def about_licence(user: User) -> list[str]:
    return [stage for code, stage in told(user) if code == "licence_ends"]


def worked() -> None:
    """What the queue worker does with everything that waits, without its closing of connections."""
    for row in DBTaskResult.objects.ready():
        row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])


def test_each_stage_is_told_once_on_its_day_and_the_days_between_are_quiet() -> None:
    f = firm()
    quality = f.user()
    ran("2026-12-30")
    assert about_licence(quality) == []
    for day, stages in [
        ("2026-12-31", ["lead:90"]),
        ("2027-01-01", ["lead:90"]),
        ("2027-03-01", ["lead:90", "lead:30"]),
        ("2027-03-24", ["lead:90", "lead:30", "lead:7"]),
        ("2027-03-31", ["lead:90", "lead:30", "lead:7", "due"]),
        ("2027-04-01", ["lead:90", "lead:30", "lead:7", "due", "overdue"]),
        ("2027-04-02", ["lead:90", "lead:30", "lead:7", "due", "overdue"]),
        # the 5th is Qingming, so the third working day after the last is the 6th
        ("2027-04-06", ["lead:90", "lead:30", "lead:7", "due", "overdue", "escalated"]),
        ("2027-05-06", ["lead:90", "lead:30", "lead:7", "due", "overdue", "escalated"]),
    ]:
        ran(day)
        assert about_licence(quality) == stages, day


def test_a_second_run_of_a_day_makes_nothing_and_says_so() -> None:
    firm()
    first = ran("2027-03-31")
    assert first["digests"] == 3
    before = (Reminder.objects.count(), Digest.objects.count(), DBTaskResult.objects.count(), Entry.objects.count())
    assert ran("2027-03-31") == {
        "day": "2027-03-31",
        "done_before": True,
        "dry_run": False,
        "persons": 0,
        "digests": 0,
        "reminders": {"lead": 0, "due": 0, "overdue": 0, "escalated": 0},
        "failed": 0,
    }
    after = (Reminder.objects.count(), Digest.objects.count(), DBTaskResult.objects.count(), Entry.objects.count())
    assert (after, DueRun.objects.count()) == (before, 1)


def test_days_without_a_run_lose_nothing() -> None:
    f = firm()
    ran("2027-02-01")
    ran("2027-04-20")
    assert about_licence(f.user()) == ["lead:90", "overdue", "escalated"]


def test_only_those_are_told_whose_post_answers_for_it() -> None:
    f = firm()
    ran("2027-03-31")
    assert about_licence(f.user(nth=0)) == about_licence(f.user(nth=1)) == ["due"]
    assert about_licence(f.user("management_representative")) == ["due"]
    planner = f.user("production_planner")
    assert told(planner) == []
    assert not Digest.objects.filter(person=planner).exists()


def test_nobody_without_a_post_or_an_account_is_told() -> None:
    f = firm()
    gone, outsider = f.user(nth=1), make.person()
    make.dismissed(gone)
    assert ran("2027-03-31")["persons"] == 3
    assert told(gone) == told(outsider) == []


def test_a_duty_with_a_new_last_day_is_told_anew() -> None:
    f = firm()
    ran("2027-04-01")
    current = LicenceVersion.objects.current().get(licence__organisation=f.organisation)
    days = {"first_day": D("2027-04-02"), "last_day": D("2027-04-30")}
    make.new_licence_version(current, f, **days, at=moment(D("2027-04-02")))
    ran("2027-04-03")
    keys = Reminder.objects.filter(person=f.user(), duty_key__startswith="licence_ends").order_by("id")
    assert [(key.rpartition("|")[2], stage) for key, stage in keys.values_list("duty_key", "stage")] == [
        ("2027-03-31", "overdue"),
        ("2027-04-30", "lead:30"),
    ]


def test_an_organisations_own_setting_decides_and_only_for_its_people() -> None:
    f, other = firm(), make.organisation(sides=(C,), posts=())
    make.licence(other, last_day=LAST)
    actions.set_reminders(
        organisation=f.organisation,
        kind="renew",
        setting=Setting((200,), 0),
        reason="换证准备时间长",
        by=f.actor(),
        at=make.AT,
    )
    ran("2026-09-12")
    ran("2027-04-01")
    assert about_licence(f.user()) == ["lead:200", "overdue", "escalated"]
    assert about_licence(other.user()) == ["overdue"]


def test_the_other_side_is_told_of_the_end_but_only_the_owner_is_escalated_to() -> None:
    w = make.pair(make.organisation(sides=(R,), posts=()), make.organisation(sides=(C,), posts=()))
    make.licence(w.contractor, last_day=LAST)
    ran("2027-04-20")
    assert about_licence(w.contractor.user()) == ["overdue", "escalated"]
    assert about_licence(w.registrant.user()) == ["overdue"]


def test_who_is_limited_to_single_pairs_is_not_escalated_to() -> None:
    w = make.pair(make.organisation(sides=(R,), posts=()), make.organisation(sides=(C,), posts=()))
    make.licence(w.contractor, last_day=LAST)
    limited = w.contractor.user(nth=1)
    make.grant(w, limited, permission="limited_to_pair", ends_on=D("2027-06-01"))
    ran("2027-04-20")
    assert "escalated" not in [stage for _code, stage in told(limited)]
    assert "escalated" in [stage for _code, stage in told(w.contractor.user(nth=0))]


# ── mails ──


def digest_of(user: User) -> Digest:
    return Digest.objects.get(person=user)


def test_the_mail_is_in_the_persons_language_with_links_and_what_is_late_comes_first(settings: Any) -> None:
    settings.SITE_URL = "https://cmo.example.test/"
    f = firm()
    chinese, english = f.user(nth=0), f.user(nth=1)
    User.objects.filter(pk=english.pk).update(language="en")
    ran("2027-04-01")
    zh, en = digest_of(chinese), digest_of(english)
    assert zh.subject.startswith("【委托生产】2027-04-01：")
    assert f"{chinese.printed_name}，您好：" in zh.body
    assert "■ 逾期：续期" in zh.body
    assert "《医疗器械生产监督管理办法》" in zh.body
    assert en.subject.startswith("[Contract manufacturing] 2027-04-01: ")
    assert "Production licence ends" in en.body
    assert "Last day was 2027-03-31, 1 day ago" in en.body
    assert "Basis: Measures for the Supervision of Medical Device Production" in en.body
    assert "https://cmo.example.test/licences/" in en.body
    assert "https://cmo.example.test//" not in en.body
    headings = [line for line in en.body.splitlines() if line.startswith("■ ")]
    late = [heading.startswith("■ Overdue") for heading in headings]
    assert late == sorted(late, reverse=True)
    assert any(late)


def test_an_unknown_language_is_answered_in_chinese() -> None:
    f = firm()
    User.objects.filter(pk=f.user().pk).update(language="xx")
    ran("2027-03-31")
    assert digest_of(f.user()).subject.startswith("【委托生产】")


def test_the_mail_goes_out_after_the_run_as_text_and_html_and_is_noted_once(settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "委托生产 <no-reply@cmo.example.test>"
    f = firm()
    ran("2027-03-31")
    assert (mail.outbox, DigestSent.objects.count()) == ([], 0)
    worked()
    assert DigestSent.objects.count() == len(mail.outbox) == 3
    digest = digest_of(f.user())
    (message,) = [each for each in mail.outbox if each.to == [f.user().email]]
    assert (message.subject, message.body) == (digest.subject, digest.body)
    (html,) = [content for content, kind in message.alternatives if kind == "text/html"]
    assert 'lang="zh-hans"' in html
    assert html.count("<a href=") == digest.body.count("http")
    assert "style=" not in html
    assert message.extra_headers["Message-ID"] == f"<digest-{digest.pk}@cmo.example.test>"
    assert tasks.send_digest.call(digest.pk) == "sent before"
    assert len(mail.outbox) == 3


def test_what_a_name_or_record_says_stays_text_in_the_html() -> None:
    duty = Duty(Kind.RENEW, "续期", "<b>髋关节</b> & 附件", "/x/?a=1&b=2", due_on=D("2027-03-31"), code="c")
    _subject, body = compose("<甲>", "zh-hans", D("2027-03-31"), [Notice(duty, "due")])
    html = html_of(body, "zh-hans")
    assert "<b>" not in html
    assert "&lt;b&gt;髋关节&lt;/b&gt; &amp; 附件" in html
    assert "&lt;甲&gt;" in html


class Unwilling:
    """A mail server that hangs up."""

    def __init__(self, **_options: Any) -> None:
        pass

    def send_messages(self, _messages: Any) -> int:
        raise SMTPServerDisconnected("busy")


def test_a_mail_server_that_fails_is_tried_again_later_until_it_takes_the_mail(settings: Any) -> None:
    f = firm()
    ran("2027-03-31")
    settings.EMAIL_BACKEND = f"{__name__}.Unwilling"
    at = moment(D("2027-03-31"))
    with time_machine.travel(at, tick=False):
        assert tasks.send_digest.call(digest_of(f.user()).pk) == "put off"
    again = DBTaskResult.objects.exclude(run_after=None).filter(run_after__gt=at).latest("enqueued_at")
    assert again.run_after == at + timedelta(minutes=tasks.PAUSES[0])
    assert again.args_kwargs["args"] == [digest_of(f.user()).pk, 1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert tasks.send_digest.call(*again.args_kwargs["args"]) == "sent"
    assert [each.to for each in mail.outbox] == [[f.user().email]]


def test_after_the_last_attempt_the_task_fails_and_the_next_days_run_queues_the_mail_again(settings: Any) -> None:
    f = firm()
    ran("2027-03-31")
    settings.EMAIL_BACKEND = f"{__name__}.Unwilling"
    left = digest_of(f.user())
    with pytest.raises(SMTPServerDisconnected):
        tasks.send_digest.call(left.pk, len(tasks.PAUSES))
    DBTaskResult.objects.all().delete()
    ran("2027-04-01")
    queued = [row.args_kwargs["args"][0] for row in DBTaskResult.objects.all()]
    assert queued.count(left.pk) == 1
    DBTaskResult.objects.all().delete()
    ran("2027-04-08")
    assert left.pk not in [row.args_kwargs["args"][0] for row in DBTaskResult.objects.all()]


# ── on record ──


def test_what_a_person_was_told_stands_on_their_trail() -> None:
    f = firm()
    ran("2027-03-31")
    entry = Entry.objects.get(verb="reminders.sent", stream=f"user:{f.user().pk}")
    assert entry.content["by_post"] == "system"
    reminders = Reminder.objects.filter(person=f.user())
    assert entry.content["data"]["reminders"] == [
        {"duty": r.duty_key, "stage": r.stage} for r in reminders.order_by("id")
    ]
    assert verify().ok


def test_a_person_whose_duties_cannot_be_read_stops_nobody_and_the_day_stays_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    f = firm()
    broken, real = f.user(nth=0).pk, daily_run.coming_up

    def read(scope: Any, *rest: Any) -> Any:
        if scope.user_id == broken:
            raise ValueError("a fault")
        return real(scope, *rest)

    monkeypatch.setattr(daily_run, "coming_up", read)
    found = ran("2027-03-31")
    assert (found["failed"], found["digests"], DueRun.objects.count()) == (1, 2, 0)
    monkeypatch.setattr(daily_run, "coming_up", real)
    found = ran("2027-03-31")
    assert (found["failed"], found["digests"], DueRun.objects.count()) == (0, 1, 1)


def test_a_run_that_broke_off_is_completed_without_telling_anybody_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    firm()
    real, turns = daily_run.remind, iter([1])

    def once(**arguments: Any) -> Any:
        next(turns)
        return real(**arguments)

    monkeypatch.setattr(daily_run, "remind", once)
    with pytest.raises(StopIteration):
        ran("2027-03-31")
    assert (Digest.objects.count(), DueRun.objects.count()) == (1, 0)
    monkeypatch.setattr(daily_run, "remind", real)
    assert ran("2027-03-31")["digests"] == 2
    assert Digest.objects.values("person").distinct().count() == Digest.objects.count() == 3
    assert DBTaskResult.objects.count() == 3


# ── the command ──


def called(*arguments: str) -> Any:
    out = StringIO()
    call_command("run_due", *arguments, stdout=out)
    return out.getvalue()


@time_machine.travel(moment(D("2027-04-01")), tick=False)
def test_the_command_answers_as_json() -> None:
    firm()
    answer = json.loads(called("--on", "2027-03-31", "--json"))
    assert answer.keys() == {"day", "done_before", "dry_run", "persons", "digests", "reminders", "failed"}
    assert answer["dry_run"] is False
    assert (answer["day"], answer["persons"], answer["digests"]) == ("2027-03-31", 4, 3)
    assert answer["reminders"].keys() == {"lead", "due", "overdue", "escalated"}
    assert answer["reminders"]["due"] == Reminder.objects.filter(stage="due").count() > 0
    assert json.loads(called("--on", "2027-03-31", "--json"))["done_before"] is True
    assert "made before" in called("--on", "2027-03-31")


def test_a_day_that_has_not_come_is_counted_and_nothing_is_told_until_it_comes() -> None:
    f = firm()

    def rows() -> tuple[int, ...]:
        return tuple(m.objects.count() for m in (Reminder, Digest, DueRun, DBTaskResult, Entry))

    before = rows()
    with time_machine.travel(moment(D("2027-03-30"), 23), tick=False):
        ahead = json.loads(called("--on", "2027-03-31", "--json"))
        assert (ahead["dry_run"], ahead["done_before"], ahead["digests"]) == (True, False, 3)
        assert json.loads(called("--on", "2027-03-31", "--json")) == ahead
        assert "nothing sent or recorded" in called("--on", "2027-03-31")
    assert rows() == before
    with time_machine.travel(moment(D("2027-03-31"), 0), tick=False):
        told_then = json.loads(called("--on", "2027-03-31", "--json"))
    assert told_then == {**ahead, "dry_run": False}
    assert "due" in about_licence(f.user())
    assert json.loads(called("--on", "2027-03-31", "--json"))["done_before"] is True


def test_closing_a_day_reads_only_mails_of_the_last_days_that_have_an_address() -> None:
    f = firm()
    person = f.user()
    values = {"person": person, "language": "en", "subject": "s", "body": "b", "made_at": make.AT}
    for days, address in ((8, "a@example.com"), (7, "b@example.com"), (3, ""), (0, "c@example.com")):
        Digest.objects.create(day=LAST - timedelta(days=days), address=address, **values)
    with CaptureQueriesContext(connection) as caught:
        assert actions.close_day(day=LAST, at=moment(LAST))
    queued = [row.args_kwargs["args"][0] for row in DBTaskResult.objects.all()]
    assert queued == [Digest.objects.get(address="b@example.com").pk]
    (reading,) = [q["sql"] for q in caught if "calendar_digest" in q["sql"] and "SELECT" in q["sql"]]
    assert "body" not in reading


def test_without_a_day_the_command_takes_the_legal_day_of_shanghai() -> None:
    firm()
    with time_machine.travel(datetime(2027, 3, 30, 23, 30, tzinfo=SHANGHAI) + timedelta(hours=1), tick=False):
        assert json.loads(called("--json"))["day"] == "2027-03-31"


@pytest.mark.parametrize("text", ["31.3.2027", "2027-02-29", "tomorrow"])
def test_a_day_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(CommandError) as error:
        called("--on", text)
    assert error.value.returncode == 1


# ── cost ──


def test_the_queries_of_a_person_do_not_depend_on_the_number_of_their_duties() -> None:
    f = firm()

    def queries(day: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert ran(day)["digests"] == 3
        return len(caught)

    few = queries("2027-03-31")
    for _more in range(8):
        make.licence(f, sites=[make.site(f)], last_day=D("2027-04-30"))
    assert queries("2027-04-30") == few
    assert Reminder.objects.filter(stage="due", day=D("2027-04-30"), person=f.user()).count() >= 8


def test_the_queries_of_a_run_grow_with_the_number_of_people_only() -> None:
    firm()

    def queries(day: str) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as caught:
            persons = ran(day)["persons"]
        return len(caught), persons

    one, persons = queries("2026-12-01")
    for _more in range(3):
        make.licence(make.organisation(sides=(C,), posts=("management_representative", "production_planner")))
    four, more = queries("2026-12-02")
    assert (persons, more) == (4, 16)
    assert four <= 4 * one
