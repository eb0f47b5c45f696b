"""From the yearly programme to a closed finding in a real browser: quality adopts, auditors conduct and report, the
contractor answers, the registrant decides, checks and closes. In 中文 on SQLite, in English on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from agreements.models import Hold, PairDuty
from audits.facts import load_audits
from audits.models import Audit, AuditFinding, AuditReport, Programme
from audits.reporting import load_report_facts
from cmo import clock
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from tests import make
from tests.audits import build
from tests.browser import Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files are served from where they are written
]

FOUND, CRITICAL = "抽查的批记录缺少复核人签名。", "现场使用的灭菌参数与确认的参数不一致。"
#: Items found defective: one as the checklist marks it, one weighed as critical.
DEFECT, WORST = 5, 6


@dataclass
class Journey:
    """A pair, and whoever has signed in so far by post."""

    people: Callable[..., Person]
    world: build.World
    today: date
    _known: dict[tuple[str, str, int], Person]

    def person(self, side: str, role: str = "quality_manager", nth: int = 0) -> Person:
        """The holder of a post at their browser."""
        key = (side, role, nth)
        if key not in self._known:
            relation = self.world.relation
            firm = relation.registrant if side == make.REGISTRANT else relation.contractor
            self._known[key] = self.people(firm.user(role, side, nth=nth).username)
        return self._known[key]

    def registrant(self, role: str = "quality_manager", nth: int = 0) -> Person:
        return self.person(make.REGISTRANT, role, nth)

    def contractor(self) -> Person:
        return self.person(make.CONTRACTOR)

    def day(self, offset: int) -> date:
        return self.today + timedelta(days=offset)


@pytest.fixture
def journey(people: Callable[..., Person]) -> Journey:
    return Journey(people, build.world(), clock.today(), {})


def test_a_year_begins_with_the_programme_and_ends_with_a_closed_audit(journey: Journey) -> None:
    audit = _adopt_the_programme(journey)
    _move_it_to_today(journey, audit)
    _conduct(journey, audit)
    _sign_the_report(journey, audit)
    finding, worst = AuditFinding.objects.order_by("item__serial")
    _answer(journey, finding)
    _return_and_answer_again(journey, finding)
    _complete_and_check(journey, finding)
    _withdraw(journey, worst)
    _lift_its_hold(journey, worst)
    _close(journey, audit)
    _everything_agrees(journey, audit)


def _adopt_the_programme(journey: Journey) -> Audit:
    """The management representative adopts what the ranking proposes; the audit is planned with it."""
    year = journey.today.year + 1
    representative = journey.registrant("management_representative")
    representative.visit("audits:programme", year, query="?days=12").sees("never audited", "not adopted")
    leader = journey.world.relation.registrant.user("auditor")
    representative.choose("leader of the audits", str(leader.pk)).choose("checklist", build.SHORT)
    representative.press("Adopt the programme and plan its audits").sees("adopted", "planned")
    assert Programme.objects.get().year == year
    return Audit.objects.get()


def _move_it_to_today(journey: Journey, audit: Audit) -> None:
    """Quality brings it forward and adds a second auditor; the contractor sees the plan."""
    quality = journey.registrant().visit("audits:audit", audit.pk).press("Change the plan")
    quality.fill("first day", journey.today).fill("last day", journey.day(1)).fill("Reason", "提前到本周")
    quality.tick(build.person(journey.world.second).printed_name)
    quality.press("Change the plan").sees("提前到本周")
    journey.contractor().visit("audits:pair_audits", journey.world.pair.pk).sees(audit.number)


def _conduct(journey: Journey, audit: Audit) -> None:
    """The leader begins; the answers come in from both; until the last one the report cannot be signed."""
    leader = journey.registrant("auditor").visit("audits:audit", audit.pk).press("Begin the audit")
    leader.page.wait_for_url("**/checklist/**")
    now = clock.now()
    build.answer(journey.world, audit, DEFECT, build.said("defect", FOUND, stated_at=now), moment=now)
    worst = build.said("defect", CRITICAL, severity="critical", stated_at=now)
    build.answer(journey.world, audit, WORST, worst, by=journey.world.second, moment=now)
    leader.visit("audits:report_audit", audit.pk).sees("What is missing before the report can be signed")
    build.fill(journey.world, audit, moment=now)
    journey.contractor().visit("audits:audit", audit.pk)
    assert FOUND not in journey.contractor().text()


def _sign_the_report(journey: Journey, audit: Audit) -> None:
    """The leader signs; findings, a hold and the yearly duty follow in the same moment."""
    leader = journey.registrant("auditor").visit("audits:report_audit", audit.pk).sees(FOUND, CRITICAL)
    leader.fill("summary", "按计划完成现场审核。").fill("conclusion", "体系基本有效，限期整改。")
    leader.press("Continue to the signature").sign()
    assert leader.at("audits:audit", audit.pk)
    assert AuditFinding.objects.count() == 2
    assert Hold.objects.get().kind == Hold.Kind.CRITICAL_FINDING
    duty = PairDuty.objects.get()
    assert (duty.kind, duty.done_on, duty.reference) == ("audit", journey.today, audit.number)
    journey.contractor().visit("audits:report", audit.pk).sees(FOUND, "体系基本有效，限期整改。")


def _answer(journey: Journey, finding: AuditFinding) -> None:
    """The contractor's inbox leads to the finding; the plan says cause, correction, action and days."""
    contractor = journey.contractor().visit("home:inbox").press_entry("Answer a finding")
    contractor.visit("audits:plan_capa", finding.pk)
    _plan(journey, contractor, "复核要求没有写入作业指导书。")
    contractor.sees("复核要求没有写入作业指导书。")


def _plan(journey: Journey, contractor: Person, cause: str) -> None:
    contractor.fill("Root cause", cause).fill("Correction", "补签并评估涉及批次。")
    contractor.fill("Correction done by", journey.day(2)).fill("Corrective action", "修订作业指导书并培训。")
    contractor.fill("Corrective action done by", journey.day(10)).press("Submit the plan")


def _return_and_answer_again(journey: Journey, finding: AuditFinding) -> None:
    """A cause that does not convince is returned; the second plan is accepted with the day of its check."""
    quality, contractor = journey.registrant(), journey.contractor()
    quality.visit("audits:answer_plan", finding.plans.get().pk).tick("Return it")
    quality.fill("Reason for the return", "请分析为什么没有写入。")
    _submit(quality)
    contractor.visit("audits:finding", finding.pk).sees("请分析为什么没有写入。")
    contractor.visit("audits:plan_capa", finding.pk)
    _plan(journey, contractor, "文件修订时没有对照规范逐条核对。")
    plan = finding.plans.order_by("-pk")[0]
    quality.visit("audits:answer_plan", plan.pk).tick("Accept the plan")
    quality.fill("Check of effectiveness by", journey.day(40))
    _submit(quality)


def _submit(person: Person) -> None:
    person.page.locator("main form .form-buttons button[type=submit]").click()
    person.page.wait_for_load_state()
    assert person.at("audits:finding", person.number), person.text()


def _complete_and_check(journey: Journey, finding: AuditFinding) -> None:
    """The contractor proves the action; the registrant finds it effective, which closes the finding."""
    plan = finding.plans.order_by("-pk")[0]
    contractor = journey.contractor().visit("audits:complete_capa", plan.pk)
    contractor.fill("Done on", journey.today).fill("What was done", "已修订并培训全部操作人员。")
    contractor.attach("Proof", "training.txt", "培训记录")
    _submit(contractor)
    quality = journey.registrant().visit("audits:check_effectiveness", plan.completion.pk)
    quality.tick("Effective: close the finding").fill("Day of the check", journey.today)
    quality.fill("What was checked and seen", "抽查5批记录，均有复核签名。")
    _submit(quality)
    quality.sees("closed")


def _withdraw(journey: Journey, worst: AuditFinding) -> None:
    """The critical finding proves wrong; it is withdrawn with a reason, and its hold stays until it is lifted."""
    quality = journey.registrant().visit("audits:withdraw_finding", worst.pk)
    quality.fill("Reason", "确认报告附页中有该参数的再确认。")
    _submit(quality)
    assert not hasattr(Hold.objects.get(), "lift")


def _lift_its_hold(journey: Journey, worst: AuditFinding) -> None:
    quality = journey.registrant().visit("agreements:lift_hold", worst.hold_id)
    quality.fill("Reason", "缺陷项已撤销。").press("Lift the hold")
    assert Hold.objects.get().lift.reason == "缺陷项已撤销。"


def _close(journey: Journey, audit: Audit) -> None:
    journey.registrant().visit("audits:audit", audit.pk).press("Close the audit").sees("closed")


def _everything_agrees(journey: Journey, audit: Audit) -> None:
    """The state is derived, the chains hold, and the report witnesses the working papers."""
    row = Audit.objects.select_related("template").get(pk=audit.pk)
    assert load_audits([row])[row.pk].state == "closed"
    assert verify([journey.world.pair.stream, row.stream]).ok
    witnessed = AuditReport.objects.get().content["chain"]
    assert witnessed == dict(load_report_facts(row, journey.today).chain)
    verbs = list(Entry.objects.filter(stream=journey.world.pair.stream).order_by("seq").values_list("verb", flat=True))
    expected = ["audit.begun", "audit.reported", "capa.returned", "capa.accepted", "capa.completed", "audit.closed"]
    assert [verb for verb in verbs if verb in expected] == expected
    assert not Entry.objects.filter(verb="refused").exists()
