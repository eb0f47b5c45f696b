"""A lot of an implantable in a real browser: nobody on site for a day, an exception, two holds, a licence that lapsed after
manufacture, and both releases; every step by the person whose post it is. In 中文 on SQLite, in English on PostgreSQL."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Locator

from agreements.facts import load_entrustment_facts
from agreements.models import Hold, Posting, PresenceEntry
from cmo import clock
from cmo.catalogue.actions import load_builtin_editions
from cmo.parties.models import LicenceAcceptance, LicenceVersion
from cmo.trail.models import Entry
from releases.models import ExceptionDecision, Lot, LotException, LotHold, MarketRelease, ProductionRelease
from releases.verbs import VERBS
from tests import make
from tests.agreements import build_supervision as on_site
from tests.browser import CHINESE, Person
from tests.releases import build

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files are served from where they are written
]

PHONE = 390
#: Days from today: the lot is made from the first to the second of them, and nobody came on the third.
MADE_FROM, MADE_TO, NOBODY = -10, -6, -8
LAPSED = -3
JUSTIFICATION, EFFECT = "派驻人员当日突发疾病，当日工序已逐项复核。", "对产品安全和性能无影响。"
DOUBT, WIDER_DOUBT = "焊接记录存疑，待核对。", "灭菌参数存疑，待核对。"


@dataclass
class Journey:
    """A pair with a supervised lot whose release file is complete, and whoever has signed in so far by post."""

    people: Callable[..., Person]
    world: build.World
    posting: Posting
    lot: Lot
    today: date
    _known: dict[tuple[str, str, int], Person]

    def person(self, side: str, role: str = "quality_manager", nth: int = 0, **browser: Any) -> Person:
        """The holder of a post at their browser."""
        key = (side, role, nth)
        if key not in self._known:
            firm = self.world.registrant if side == make.REGISTRANT else self.world.contractor
            self._known[key] = self.people(firm.user(role, side, nth=nth).username, **browser)
        return self._known[key]

    def registrant(self, role: str = "quality_manager", nth: int = 0, **browser: Any) -> Person:
        return self.person(make.REGISTRANT, role, nth, **browser)

    def contractor(self, role: str = "quality_manager", nth: int = 0) -> Person:
        return self.person(make.CONTRACTOR, role, nth)

    @property
    def resident(self) -> Person:
        """The resident supervisor, who works on a phone."""
        return self.registrant("resident_supervisor", width=PHONE)

    def day(self, offset: int) -> date:
        return self.today + timedelta(days=offset)


@pytest.fixture
def journey(people: Callable[..., Person]) -> Journey:
    """Everything about the lot is in order, except that nobody was there on one day of its manufacture."""
    load_builtin_editions(at=make.FOUNDED)
    today = clock.today()

    def moment(offset: int, hour: float) -> Any:
        return on_site.moment(today + timedelta(days=offset), hour)

    began = moment(-40, 9)
    world = build.world(at=began, supervised=False)
    first = began.date()
    days = {"starts_on": first, "ends_on": today + timedelta(days=100), "trained_on": first, "appointed_on": first}
    posting = on_site.posted(world.relation, world.site, at=began, **days)
    made = {"produced_from": today + timedelta(days=MADE_FROM), "produced_to": today + timedelta(days=MADE_TO)}
    on_site.present(posting, *made.values(), skip=[today + timedelta(days=NOBODY)])
    registered = moment(MADE_TO + 1, 10)
    lot = build.lot(world, at=registered, expires_on=today + timedelta(days=900), **made)
    build.filed(world, lot, at=registered)
    return Journey(people, world, posting, lot, today, {})


def test_a_lot_with_a_gap_of_supervision_is_excepted_held_and_released_after_its_licence_lapsed(
    journey: Journey,
) -> None:
    _check_in_and_out(journey)
    _see_the_gap(journey)
    _production_is_blocked(journey)
    exception = _request_an_exception(journey)
    _approve(journey, exception)
    _lock_twice(journey)
    _lift_both(journey)
    _release_production(journey)
    lapsed = _let_the_licence_lapse(journey)
    _accept(journey, lapsed)
    _market_is_warned(journey)
    _release_to_market(journey)
    _read_the_decision(journey)
    _everything_agrees(journey)


# ── on site ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _check_in_and_out(journey: Journey) -> None:
    """One tap each, on a phone; the page never scrolls sideways."""
    resident, before = journey.resident.visit("releases:supervision"), PresenceEntry.objects.count()
    resident.sees("not on site").press("Check in").press("Check out").sees("not on site")
    _fits_the_phone(resident)
    added = PresenceEntry.objects.order_by("id")[before:]
    assert [(row.posting_id, row.kind) for row in added] == [(journey.posting.pk, "in"), (journey.posting.pk, "out")]


def _fits_the_phone(person: Person) -> None:
    assert person.page.evaluate("document.documentElement.scrollWidth") <= PHONE, person.page.url


def _see_the_gap(journey: Journey) -> None:
    """The one day without anybody, in words, with the number of the lot."""
    reader = journey.contractor("viewer").visit("releases:pair_supervision", journey.world.pair.pk)
    gaps = reader.page.locator(".gaps li")
    assert gaps.count() == 1
    shown = gaps.inner_text()
    assert journey.lot.number in shown
    assert f"{journey.day(NOBODY)}" in shown
    assert reader.say("qualified presence: %(present)s of %(needed)s minutes", present=0, needed=1) in shown


# ── the exception ────────────────────────────────────────────────────────────────────────────────────────────────────


def _condition(person: Person, stage: str, code: str) -> Locator:
    """A condition in one column of the lot's page."""
    return person.page.locator(f"section[aria-labelledby=stage-{stage}] li.gate[data-code={code}]")


def _gap_in_words(person: Person, day: date) -> str:
    """What the condition on supervision says about one day without anybody."""
    return f"{day}（在场0分钟，须1分钟）" if person.language == CHINESE else f"{day} (0 of 1 minutes)"


def _production_is_blocked(journey: Journey) -> None:
    releaser = journey.contractor("production_releaser").visit("releases:lot", journey.lot.pk)
    for stage in ("production", "market"):
        coverage = _condition(releaser, stage, "coverage")
        assert "gate-blocks" in str(coverage.get_attribute("class"))
        assert _gap_in_words(releaser, journey.day(NOBODY)) in coverage.inner_text()


def _request_an_exception(journey: Journey) -> LotException:
    """The registrant's first quality manager asks, for the whole lot, and cannot decide on it."""
    first = journey.registrant().visit("releases:lot", journey.lot.pk)
    first.press("Request an exception").sees(_gap_in_words(first, journey.day(NOBODY)))
    first.fill("Justification", JUSTIFICATION).fill("Effect on the product", EFFECT)
    first.press("Request an exception")
    row = LotException.objects.get()
    assert first.at("releases:exception", row.pk)
    assert (row.lot_id, row.code, row.quantity) == (journey.lot.pk, "coverage", journey.lot.quantity)
    first.sees(JUSTIFICATION, EFFECT, "awaits the registrant's quality")
    blocked = first.page.locator("details.blocked-action", has_text=first.say("Decide on the exception"))
    blocked.locator("summary").click()
    own = "申请人不得审批自己的例外申请。" if first.language == CHINESE else "Nobody decides on their own request."
    assert own in blocked.inner_text()
    return row


def _approve(journey: Journey, exception: LotException) -> None:
    """The other one signs; the condition warns from now on and names the exception."""
    second = journey.registrant(nth=1).visit("releases:exception", exception.pk)
    second.press("Decide on the exception").tick("Approve the exception").fill("Reason", "同意，风险可接受。")
    second.press("Continue to the signature").sees(JUSTIFICATION, EFFECT).sign()
    assert second.at("releases:exception", exception.pk)
    second.sees("approved, counts")
    assert ExceptionDecision.objects.get().approved
    releaser = journey.contractor("production_releaser").visit("releases:lot", journey.lot.pk)
    for stage in ("production", "market"):
        coverage = _condition(releaser, stage, "coverage")
        assert "gate-warns" in str(coverage.get_attribute("class"))
        assert _waived_in_words(journey, releaser) in coverage.inner_text()


def _waived_in_words(journey: Journey, person: Person) -> str:
    name = journey.world.user("quality_manager", make.REGISTRANT, nth=1).printed_name
    if person.language == CHINESE:
        return f"已由{name}批准例外1：{JUSTIFICATION}"
    return f"Waived by exception 1, approved by {name}: {JUSTIFICATION}"


# ── two holds ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _lock_twice(journey: Journey) -> None:
    """The resident supervisor locks the lot from their phone, a viewer of the contractor the whole entrustment."""
    resident = journey.resident.visit("releases:supervision")
    resident.page.locator(".gaps a", has_text=journey.lot.number).click()
    resident.press("Lock this lot").fill("Reason", DOUBT).press("Lock this lot").sees(DOUBT)
    _fits_the_phone(resident)
    viewer = journey.contractor("viewer").visit("agreements:pair_holds", journey.world.pair.pk)
    viewer.press("Place a hold").choose("What is locked", f"entrustment-{journey.world.entrustment.pk}")
    viewer.fill("Reason", WIDER_DOUBT).press("Place a hold").sees(WIDER_DOUBT)
    assert LotHold.objects.get().side == make.REGISTRANT
    assert Hold.objects.get().side == make.CONTRACTOR
    _production_is_refused(journey, DOUBT, WIDER_DOUBT)


def _lift_both(journey: Journey) -> None:
    """Each side's quality lifts its own; the one that is left stops the lot by itself."""
    registrant, contractor = journey.registrant(), journey.contractor()
    contractor.visit("releases:lot", journey.lot.pk).sees(DOUBT)
    assert contractor.page.get_by_role("link", name=contractor.say("Lift this hold")).count() == 0
    registrant.visit("releases:lot", journey.lot.pk).press("Lift this hold")
    registrant.fill("Reason", "焊接记录已核对，一致。").press("Lift this hold").sees("lifted")
    _production_is_refused(journey, WIDER_DOUBT)
    hold = Hold.objects.get()
    registrant.visit("agreements:hold", hold.pk)
    assert registrant.page.locator("details.blocked-action", has_text=registrant.say("Lift the hold")).count() == 1
    contractor.visit("agreements:hold", hold.pk).press("Lift the hold")
    contractor.fill("Reason", "灭菌参数已核对，符合要求。").press("Lift the hold").sees(
        "lifted", "灭菌参数已核对，符合要求。"
    )


def _production_is_refused(journey: Journey, *reasons: str) -> None:
    """Even with everything filled in there is nothing to sign, and the page says why."""
    releaser = journey.contractor("production_releaser").visit("releases:release_production", journey.lot.pk)
    _fill_in(releaser, "批生产记录和检验记录完整、可追溯。")
    releaser.page.locator(".form-errors").first.wait_for()
    refused = releaser.page.locator(".form-errors").first.inner_text()
    assert [reason for reason in (DOUBT, WIDER_DOUBT) if reason in refused] == list(reasons)
    assert releaser.page.locator(".signing-form").count() == 0
    assert not ProductionRelease.objects.exists()


# ── both releases, and the licence between them ──────────────────────────────────────────────────────────────────────


def _fill_in(person: Person, statement: str) -> None:
    """Decide to release, confirm what the system does not judge, and go on to the signature."""
    person.tick("Release")
    for box in person.page.locator("input[name=confirmed]").all():
        box.check()
    person.fill("Statement of review", statement).press("Continue to the signature")


def _release_production(journey: Journey) -> None:
    releaser = journey.contractor("production_releaser").visit("releases:lot", journey.lot.pk)
    releaser.press("Decide on the production release").sees("Nothing on record stands against a release.")
    _fill_in(releaser, "批生产记录和检验记录完整、可追溯，结果符合要求。")
    releaser.sees(_waived_in_words(journey, releaser)).sign()
    row = ProductionRelease.objects.get()
    assert (row.lot_id, row.outcome, row.quantity) == (journey.lot.pk, "released", journey.lot.quantity)
    releaser.visit("releases:production_release", row.pk).sees(_waived_in_words(journey, releaser))


def _let_the_licence_lapse(journey: Journey) -> LicenceVersion:
    """The contractor corrects the last day; whoever confirms it reads beforehand which lots it concerns."""
    licence = LicenceVersion.objects.current().get(licence__organisation=journey.world.contractor.organisation)
    first, second = journey.contractor(), journey.contractor(nth=1)
    first.visit("parties:licence", licence.licence_id).press("Propose a new state")
    first.fill("last day of validity", journey.day(LAPSED)).fill("Reason", "更正有效期截止日")
    first.press("Propose a new state of this licence")
    second.visit("parties:organisation_licences", journey.world.contractor.pk).press("Check and confirm")
    second.sees("What this does to lots")
    assert second.page.locator(".change-preview a", has_text=journey.lot.number).count() == 1
    second.sign()
    version = LicenceVersion.objects.current().get(licence=licence.licence)
    assert (version.number, version.last_day) == (licence.number + 1, journey.day(LAPSED))
    return version


def _accept(journey: Journey, lapsed: LicenceVersion) -> None:
    """Until the registrant has accepted it for the pair, the new version stops the lot."""
    market = journey.registrant("market_releaser").visit("releases:lot", journey.lot.pk)
    assert "gate-blocks" in str(_condition(market, "market", "licence_accepted").get_attribute("class"))
    quality = journey.registrant().visit("parties:pair_licences", journey.world.pair.pk)
    quality.press("Accept this licence").sees("accepted")
    assert LicenceAcceptance.objects.filter(pair=journey.world.pair, version=lapsed).count() == 1


def _market_is_warned(journey: Journey) -> None:
    """A lot made in time stays lawful: the lapse is pointed out with the agreement's clause and blocks nothing."""
    market = journey.registrant("market_releaser").visit("releases:lot", journey.lot.pk)
    now = _condition(market, "market", "licence_now")
    assert "gate-warns" in str(now.get_attribute("class"))
    assert _lapsed_in_words(journey, market) in now.inner_text()
    assert market.page.locator("section[aria-labelledby=stage-market] li.gate-blocks").count() == 0


def _lapsed_in_words(journey: Journey, person: Person) -> str:
    entrustment = journey.world.entrustment
    clause = load_entrustment_facts([entrustment])[entrustment.pk].coverage[0].lots_made_in_time_clause
    assert clause
    if person.language == CHINESE:
        return f"受托方生产许可在生产之后已失效；本批在其有效期内生产。质量协议约定：{clause}"
    said = "The contractor's production licence has lapsed since manufacture; this lot was made within its validity."
    return f"{said} The agreement says: {clause}"


def _release_to_market(journey: Journey) -> None:
    market = journey.registrant("market_releaser").visit("releases:lot", journey.lot.pk)
    market.press("Decide on the market release").sees("Nothing on record stands against a release.")
    _fill_in(market, "已审核全部放行资料和例外批准，本批在许可有效期内生产，符合上市放行要求。")
    market.sees(_waived_in_words(journey, market), _lapsed_in_words(journey, market)).sign()
    row = MarketRelease.objects.get()
    assert (row.lot_id, row.outcome, row.quantity) == (journey.lot.pk, "released", journey.lot.quantity)


# ── afterwards ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_the_decision(journey: Journey) -> None:
    """Both warnings are frozen with the decision, for either side to read."""
    for reader in (journey.registrant(), journey.contractor("viewer")):
        reader.visit("releases:market_release", MarketRelease.objects.get().pk).sees("As judged at that moment")
        reader.sees(_waived_in_words(journey, reader), _lapsed_in_words(journey, reader))


def _everything_agrees(journey: Journey) -> None:
    """The trail of the lot tells every act in order; chain and invariants hold."""
    reader = journey.contractor("viewer").visit("releases:lot_trail", journey.lot.pk)
    told = [
        "lot.exception_requested",
        "lot.exception_approved",
        "lot.hold_placed",
        "lot.hold_lifted",
        "lot.production_released",
        "lot.released_to_market",
    ]
    verbs = Entry.objects.of_stream(journey.world.pair.stream).order_by("seq").values_list("verb", flat=True)
    assert [verb for verb in verbs if verb in told] == told
    assert {"presence.recorded", "hold.placed", "hold.lifted", "pair.licence_accepted"} <= set(verbs)
    sentences = [VERBS[verb][0 if reader.language == CHINESE else 1] for verb in ["lot.registered", *told]]
    reader.sees(*sentences, JUSTIFICATION, DOUBT)
    reader.visit("parties:pair_trail", journey.world.pair.pk).press("Verify this chain").sees(WIDER_DOUBT)
    assert reader.page.locator(".note.tone-good").count() == 1
    assert _answer("verify_trail")["entries"] == Entry.objects.count()
    assert _answer("verify_invariants")["ok"] is True


def _answer(*arguments: str) -> Any:
    out = io.StringIO()
    code: Any = 0
    try:
        call_command(*arguments, "--json", stdout=out)
    except SystemExit as stop:
        code = stop.code
    assert not code, out.getvalue()
    return json.loads(out.getvalue())
