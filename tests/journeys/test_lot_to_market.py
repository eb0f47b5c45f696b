"""The main job in a real browser: from the question whether a stent may be entrusted to a lot on the market, every
step by the person whose post it is. In 中文 on SQLite, in English on PostgreSQL."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from agreements import actions as agreement_actions
from agreements.models import AgreementRevision, Entrustment, Preparation
from cmo import clock
from cmo.catalogue.actions import load_builtin_editions
from cmo.catalogue.models import Device, DeviceShare, Screening
from cmo.catalogue.release_documents import USUAL
from cmo.parties.models import Site
from cmo.trail.models import Entry
from releases import actions as lot_actions
from releases.models import Lot, MarketRelease, ProductionRelease
from tests import make
from tests.agreements import build_supervision as on_site
from tests.browser import CHINESE, Person
from tests.catalogue import build_identifiers as identifiers
from tests.releases import build as lots

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files are served from where they are written
]

STENT, NUMBER, MODEL = "外周血管支架(示例)", "国械注准20233130789", "KL-PS 6×40"
LOT = "H261122"
TUBES, STERILISER = "示例管材有限公司", "示例环氧乙烷灭菌有限公司"
DOCUMENTS = ("production_record", "finished_inspection")


@dataclass
class Journey:
    """The two firms, and whoever has signed in so far by post."""

    people: Callable[..., Person]
    relation: make.Relation
    site: Site
    today: date
    _known: dict[tuple[str, str, int], Person]

    def person(self, side: str, role: str = "quality_manager", nth: int = 0) -> Person:
        """The holder of a post at their browser."""
        key = (side, role, nth)
        if key not in self._known:
            firm = self.relation.registrant if side == make.REGISTRANT else self.relation.contractor
            self._known[key] = self.people(firm.user(role, side, nth=nth).username)
        return self._known[key]

    def registrant(self, role: str = "quality_manager", nth: int = 0) -> Person:
        return self.person(make.REGISTRANT, role, nth)

    def contractor(self, role: str = "quality_manager", nth: int = 0) -> Person:
        return self.person(make.CONTRACTOR, role, nth)

    def day(self, offset: int) -> date:
        return self.today + timedelta(days=offset)


@pytest.fixture
def journey(people: Callable[..., Person]) -> Journey:
    """What the onboarding journey leads to: two organisations with all posts, a pair, and an accepted licence."""
    today = clock.today()
    load_builtin_editions(at=make.FOUNDED)
    relation = make.pair()
    site = make.site(relation.contractor)
    validity = {"first_day": today - timedelta(days=900), "last_day": today + timedelta(days=900)}
    inspected = today - timedelta(days=200)
    licence = make.licence(relation.contractor, sites=[site], **validity, qms_inspected_on=inspected)
    make.accepted_licence(relation, licence)
    return Journey(people, relation, site, today, {})


def test_a_peripheral_stent_reaches_the_market_and_a_coronary_one_is_never_entrusted(journey: Journey) -> None:
    """Part C of the main job, click by click."""
    _ask_the_catalogue(journey.registrant())
    device = _enter_device(journey)
    _screen_and_share(journey, device)
    _opening_is_stopped_by_what_is_missing(journey)
    _prepare(journey, device)
    entrustment = _open(journey)
    _agree(journey, entrustment)
    _supervise_and_identify(journey, entrustment)
    lot = _register(journey, entrustment)
    _complete_the_file(journey, lot)
    _release_production(journey, lot)
    _release_to_market(journey, lot)
    _everything_agrees(journey, lot)


# ── may this be entrusted? ───────────────────────────────────────────────────────────────────────────────────────────


def _ask_the_catalogue(reader: Person) -> None:
    """13-07-02 is undetermined until the vascular site is known. Coronary is refused at once; peripheral raises the
    questions that are left, and only their answers allow it."""
    reader.visit("catalogue:may_entrust").fill("Classification code or product name", "13-07-02").press("Judge")
    assert _verdict(reader) == "tone-pending"
    for site, tone in (("coronary", "tone-bad"), ("peripheral", "tone-pending")):
        reader.choose("Where in the vessels is it used?", site)
        reader.page.locator(f".verdict.{tone}").wait_for()
    for question, answer in (
        ("implantable", "yes"),
        ("contains_allogeneic", "no"),
        ("directly_from_animal_tissue", "no"),
    ):
        assert _verdict(reader) == "tone-pending"
        with reader.page.expect_response(lambda response: "/screening/" in response.url):
            reader.page.locator(f"input[name={question}][value={answer}] + span").click()
    reader.page.locator(".verdict.tone-good").wait_for()
    assert not Screening.objects.exists()


def _verdict(reader: Person) -> str:
    classes = reader.page.locator(".verdict").first.get_attribute("class") or ""
    return classes.split()[-1]


# ── the device ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _enter_device(journey: Journey) -> Device:
    first, second = journey.registrant(nth=0), journey.registrant(nth=1)
    site, contractor = make.site_version(journey.site), journey.relation.contractor
    first.visit("catalogue:devices").press("Enter a device")
    first.choose("kind of certificate", "registration").fill("certificate or filing number", NUMBER)
    first.fill("product name (Chinese)", STENT).fill("product name (English)", "Peripheral vascular stent (demo)")
    first.choose("management class", "III").choose("sub-catalogue", "13").fill("classification code", "13-07-02")
    first.fill("first day of validity", journey.day(-600)).fill("last day of validity", journey.day(1200))
    first.fill("models and specifications", f"{MODEL}\nKL-PS 8×60").tick("sterile").choose("implantable", "yes")
    for fact in (
        "contains animal-derived material",
        "taken directly from animal tissue",
        "contains allogeneic material",
    ):
        first.choose(fact, "no")
    first.choose("vascular site", "peripheral").fill("device life in months", "120")
    first.choose("listed in UDI batch 1 to 3", "yes").tick(*(_document(first, key) for key in DOCUMENTS))
    first.fill("production address %(number)s on the certificate", site.address_zh, number=1)
    first.tick(first.say("address %(number)s carries the mark “(委托生产)”", number=1))
    first.fill("address %(number)s: contractor named in the remarks", contractor.data.name_zh, number=1)
    first.fill("address %(number)s: contractor's credit code in the remarks", contractor.uscc, number=1)
    first.fill("Reason", "产品建档").press("Enter a device")
    second.visit("catalogue:devices").press("Confirm with signature", within=NUMBER).sees(NUMBER).sign()
    device = Device.objects.get()
    assert second.at("catalogue:device", device.pk)
    for kind in ("label", "ifu"):
        first.visit("catalogue:device_documents", device.pk).press("List a label or IFU version")
        first.choose("kind", kind).fill("version", "A/1").fill("effective from", journey.day(-30))
        first.press("List a label or IFU version").sees("A/1", "in use")
    return device


def _document(person: Person, key: str) -> str:
    """Name of a document of the release file."""
    zh, en = USUAL[key]
    return zh if person.language == CHINESE else en


def _screen_and_share(journey: Journey, device: Device) -> None:
    person = journey.registrant()
    person.visit("catalogue:device_screenings", device.pk).press("Screen the device on record")
    assert _verdict(person) == "tone-good"
    assert Screening.objects.get().outcome == "allowed"
    person.visit("catalogue:device", device.pk).press("Share with a contractor").press("Share the device")
    person.sees(DeviceShare.objects.get().pair.number)


# ── before entrusting ────────────────────────────────────────────────────────────────────────────────────────────────


def _opening_is_stopped_by_what_is_missing(journey: Journey) -> None:
    """Pair, device and site are the only ones and chosen already; the button counts what stands against it."""
    person = journey.registrant().visit("agreements:open_entrustment")
    button = person.page.locator("#opening button[disabled]")
    assert button.count() == 1
    assert person.page.locator(".finding").count() >= len(Preparation.Kind.values) - 1
    assert not Entrustment.objects.exists()


def _prepare(journey: Journey, device: Device) -> None:
    """Two preparations by hand, with a file, recorded by one quality manager and accepted by the other."""
    pair, first, second = journey.relation.pair, journey.registrant(nth=0), journey.registrant(nth=1)
    site = journey.site
    for kind in ("on_site_evaluation", "trial_production"):
        first.visit("agreements:preparations", pair.pk).press("Record a preparation")
        first.choose("kind", kind).choose("Device", str(device.pk)).choose("Site", str(site.pk))
        first.fill("date of the event", journey.day(-20)).fill("document reference", f"PG-{kind}")
        first.fill("result", "符合要求。").attach("File", "report.txt", "示例报告(虚构)").press("Record a preparation")
        row = Preparation.objects.get(kind=kind)
        first.sees(f"PG-{kind}", "SHA-256")
        # Whoever recorded it does not accept it.
        assert first.page.locator("details.blocked-action", has_text=first.say("Accept the preparation")).count() == 1
        second.visit("home:inbox").sees("Accept a preparation")
        second.visit("agreements:preparation", row.pk).press("Accept the preparation").sees("accepted")
    _prepare_the_rest(journey, device, site)


def _prepare_the_rest(journey: Journey, device: Device, site: Any) -> None:
    by, other = (journey.relation.registrant.actor(nth=n) for n in (0, 1))
    for kind in set(Preparation.Kind.values) - {"on_site_evaluation", "trial_production"}:
        content = {
            "kind": kind,
            "device": device,
            "site": site,
            "event_on": journey.day(-20),
            "expires_on": None,
            "reference": f"PG-{kind}",
            "summary": "符合要求。",
        }
        upload = SimpleUploadedFile("report.txt", "示例报告(虚构)".encode(), content_type="text/plain")
        at = clock.now()
        row = agreement_actions.record_preparation(
            pair=journey.relation.pair, content=content, upload=upload, by=by, at=at
        )
        agreement_actions.answer_preparation(preparation=row, accepted=True, by=other, at=at)


def _open(journey: Journey) -> Entrustment:
    person = journey.registrant().visit("agreements:open_entrustment")
    person.sees("Nothing stands against opening this entrustment.").press("Open the entrustment")
    entrustment = Entrustment.objects.get()
    assert person.at("agreements:entrustment", entrustment.pk)
    person.sees(entrustment.number)
    return entrustment


# ── the agreement ────────────────────────────────────────────────────────────────────────────────────────────────────


def _agree(journey: Journey, entrustment: Entrustment) -> None:
    pair, quality = journey.relation.pair, journey.registrant()
    quality.visit("agreements:pair_agreements", pair.pk).press("Draft a quality agreement")
    quality.fill("term: first day", journey.today).fill("term: last day", journey.day(365))
    quality.page.locator("input[name=entrustments]").check()
    quality.press("Draft the agreement").sees(entrustment.number).press("Offer for signature")
    revision = AgreementRevision.objects.get()
    assert quality.at("agreements:revision", revision.pk)
    for person in (journey.registrant("signatory"), journey.contractor("signatory")):
        person.visit("home:inbox").press_entry("Sign the quality agreement")
        person.press("Sign the quality agreement").sign()
        assert person.at("agreements:revision", revision.pk)
    assert revision.signatures.count() == 2
    quality.visit("agreements:revision", revision.pk).sees("in force")


# ── supervision, suppliers, identification, labels ───────────────────────────────────────────────────────────────────


def _supervise_and_identify(journey: Journey, entrustment: Entrustment) -> None:
    """What an implantable sterile lot rests on besides the agreement: somebody on site, approved suppliers, a DI whose
    data are uploaded, and labels that name both parties."""
    relation, at = journey.relation, clock.now()
    days = {"starts_on": journey.today, "ends_on": journey.day(300)}
    proofs = {"trained_on": journey.today, "appointed_on": journey.today}
    posting = on_site.posted(relation, journey.site, at=at, **days, **proofs)
    on_site.entered(posting, "in", on_site.moment(journey.today, 0), at=clock.now())
    on_site.entered(posting, "out", clock.now())
    approved = {"audited_on": journey.day(-5), "approved_from": journey.today}
    on_site.supplier(relation, supplier=TUBES, scope="key_material", covers="镍钛合金管材", **approved, at=at)
    on_site.supplier(relation, supplier=STERILISER, scope="sterilisation", covers="环氧乙烷灭菌", **approved, at=at)
    identifiers.registered(relation.registrant, entrustment.device, MODEL, at=at)
    for row in entrustment.device.label_versions.order_by("id"):
        lots.check_print(relation.registrant, entrustment, row, at=at)


# ── the lot ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _register(journey: Journey, entrustment: Entrustment) -> Lot:
    planner = journey.contractor("production_planner")
    planner.visit("releases:lots").press("Register a lot")
    if planner.page.locator("select[name=entrustment]").count():
        planner.choose("Entrustment", str(entrustment.pk)).press("Enter the lot's data")
    planner.fill("Lot number", LOT).choose("Model / specification", MODEL)
    planner.fill("Production: first day", journey.today).fill("Production: last day", journey.today)
    planner.fill("Quantity produced", "240").fill("Use-by date", journey.day(1500))
    for label in ("Label version used", "Version of the instructions for use"):
        planner.page.get_by_label(planner.say(label)).select_option(index=1)
    planner.press("Register a lot")
    lot = Lot.objects.get()
    assert planner.at("releases:lot", lot.pk)
    planner.press("Add a key material lot").fill("Material", "镍钛合金管材").fill("Material lot", "M-2611")
    planner.fill("Supplier", TUBES)
    planner.press("Add a key material lot").sees("M-2611")
    _sterilise(journey, lot)
    return lot


def _sterilise(journey: Journey, lot: Lot) -> None:
    now = clock.now()
    done = {
        "name": "环氧乙烷灭菌",
        "kind": "sterilisation",
        "starts_at": now,
        "ends_at": now,
        "performed_by": STERILISER,
    }
    planner = journey.relation.contractor.actor("production_planner")
    lot_actions.record_step(lot=lot, content=done, by=planner, at=clock.now())


def _complete_the_file(journey: Journey, lot: Lot) -> None:
    """Documents by the planner; before they are reviewed the releaser can only reject."""
    planner, releaser = journey.contractor("production_planner"), journey.contractor("production_releaser")
    releaser.visit("releases:release_production", lot.pk)
    assert releaser.page.locator(".stage-note.tone-bad").count() == 1
    for key in DOCUMENTS:
        planner.visit("releases:lot", lot.pk).press("Add a document")
        planner.choose("Document", key).fill("Document reference", f"{LOT}-{key}")
        planner.press("Add a document to the release file").sees(f"{LOT}-{key}")
    for key in DOCUMENTS:
        releaser.visit("releases:lot", lot.pk).press("Mark as reviewed", within=f"{LOT}-{key}")
    for key in DOCUMENTS:
        name = journey.relation.contractor.user("production_releaser").printed_name
        assert releaser.page.locator("tr", has_text=f"{LOT}-{key}").filter(has_text=name).count() == 1


def _release_production(journey: Journey, lot: Lot) -> None:
    market = journey.registrant("market_releaser").visit("releases:lot", lot.pk)
    assert market.page.locator(".stage-waits").count() == 1
    releaser = journey.contractor("production_releaser").visit("home:inbox").sees(LOT)
    releaser.visit("releases:lot", lot.pk).press("Decide on the production release")
    releaser.sees("Nothing on record stands against a release.")
    _decide(releaser, "批生产记录和检验记录完整、可追溯,结果符合要求。")
    row = ProductionRelease.objects.get()
    assert (row.lot_id, row.outcome, row.quantity) == (lot.pk, "released", 240)


def _release_to_market(journey: Journey, lot: Lot) -> None:
    market = journey.registrant("market_releaser")
    for key in DOCUMENTS:
        market.visit("releases:lot", lot.pk).press("Mark as reviewed", within=f"{LOT}-{key}")
    market.visit("home:inbox").sees("Decide on the market release")
    market.visit("releases:lot", lot.pk).press("Decide on the market release")
    market.sees("Nothing on record stands against a release.")
    _decide(market, "已审核全部放行资料,符合上市放行要求。")
    row = MarketRelease.objects.get()
    assert (row.lot_id, row.outcome, row.quantity) == (lot.pk, "released", 240)
    market.visit("releases:lot", lot.pk)
    assert market.page.locator(".signature, .signature-block").count() >= 2


def _decide(person: Person, statement: str) -> None:
    """Fill in the decision and sign it."""
    person.tick("Release")
    for box in person.page.locator("input[name=confirmed]").all():
        box.check()
    person.fill("Statement of review", statement).press("Continue to the signature").sees(statement).sign()
    person.sees(LOT)


# ── afterwards ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _everything_agrees(journey: Journey, lot: Lot) -> None:
    reader = journey.contractor("viewer").visit("parties:pair_trail", lot.pair_id).press("Verify this chain")
    assert reader.page.locator(".note.tone-good").count() == 1
    assert _answer("verify_trail")["entries"] == Entry.objects.count()
    assert _answer("verify_invariants")["ok"] is True
    for stage in ("production", "market"):
        answer = _answer("explain_lot", LOT, "--release", stage, exits=2)
        assert answer["allowed"] is False, "it is released already"
        assert answer["findings"], stage


def _answer(*arguments: str, exits: int = 0) -> Any:
    out = io.StringIO()
    code: Any = 0
    try:
        call_command(*arguments, "--json", stdout=out)
    except SystemExit as stop:
        code = stop.code
    assert code == exits, arguments
    return json.loads(out.getvalue())
