"""What expires first: renewal windows at their edges, extensions, the loaded chain, lapse on the day after, pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from agreements import actions as agreement_actions
from agreements import duties
from agreements.chains import bars_of, first_of
from agreements.extending import extendable
from agreements.facts import load_entrustment_facts
from agreements.facts.validity import Chain, CoverDays, Link, live, load_validity
from agreements.models import Entrustment
from agreements.rules.validity import counting, extension_of, warnings_about, window_of
from agreements.stranding import strands_of
from cmo import clock
from cmo.catalogue.models import DeviceVersion
from cmo.errors import Refused
from cmo.parties.access import scope_of
from cmo.parties.models import LicenceVersion
from cmo.workdays import add_working_days
from releases.facts import load_lot_facts
from releases.rules import findings_for
from tests import make
from tests.agreements import build
from tests.agreements.build import AT, TODAY, C, R
from tests.catalogue import build as catalogue
from tests.releases import build as releases

LAST = date(2026, 12, 15)
#: 90 and 30 working days before 15 December 2026, with the make-up days of September and October 2026.
OPENS, CLOSES = date(2026, 8, 5), date(2026, 11, 3)


def link(kind: str = "licence", last_day: date | None = LAST, **changes: Any) -> Link:
    side = {"licence": C, "certificate": R}.get(kind, "")
    return replace(Link(kind, "N", date(2021, 12, 16), last_day, 7, side), **changes)


def test_the_licence_is_renewed_from_ninety_to_thirty_working_days_before_its_last_day() -> None:
    window = window_of(link(), date(2026, 6, 1))
    assert (window.opens_on, window.closes_on) == (add_working_days(LAST, -90), add_working_days(LAST, -30))
    assert (window.opens_on, window.closes_on) == (OPENS, CLOSES)
    assert window.announced


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (OPENS - timedelta(days=1), "not_open"),
        (OPENS, "open"),
        (CLOSES - timedelta(days=31), "open"),
        (CLOSES - timedelta(days=30), "closing"),
        (CLOSES, "closing"),
        (CLOSES + timedelta(days=1), "missed"),
        (LAST, "missed"),
        (LAST + timedelta(days=1), "over"),
    ],
)
def test_a_window_is_not_open_then_open_then_missed(on: date, state: str) -> None:
    assert window_of(link(), on).state == state


@pytest.mark.parametrize(
    ("last_day", "opens_on", "closes_on"),
    [
        ("2028-06-30", "2027-06-30", "2027-12-30"),
        ("2027-08-31", "2026-08-31", "2027-02-28"),
        ("2028-02-29", "2027-02-28", "2027-08-29"),
    ],
)
def test_the_certificate_is_renewed_six_calendar_months_before(last_day: str, opens_on: str, closes_on: str) -> None:
    window = window_of(link("certificate", date.fromisoformat(last_day)), TODAY)
    assert (window.opens_on, window.closes_on) == (date.fromisoformat(opens_on), date.fromisoformat(closes_on))


def test_the_agreement_is_renewed_up_to_its_last_day() -> None:
    window = window_of(link("term"), LAST)
    assert (window.opens_on, window.closes_on, window.state) == (add_working_days(LAST, -60), LAST, "closing")


@pytest.mark.parametrize(
    ("given", "state"),
    [
        (link(deemed_renewed=True, last_day=None, filed_on=CLOSES), "filed"),
        (link(filed_on=CLOSES), "filed"),
        (link("certificate", None), "none"),
        (link("post"), "none"),
    ],
)
def test_what_was_applied_for_or_never_ends_asks_for_nothing(given: Link, state: str) -> None:
    on = CLOSES + timedelta(days=5)
    assert window_of(given, on).state == state
    assert window_of(given, on).closes_on is None


def test_a_renewal_applied_for_does_not_hide_that_the_last_day_passed() -> None:
    assert window_of(link(filed_on=CLOSES), LAST + timedelta(days=1)).state == "over"


def test_a_year_without_announced_holidays_is_said() -> None:
    far = link(last_day=date(2034, 6, 30))
    window = window_of(far, TODAY)
    assert not window.announced
    assert window.opens_on is not None
    codes = [f.code for f in warnings_about(chain(far), window.opens_on)]
    assert codes == ["validity_licence_open", "window_not_announced"]


def chain(*links: Link, **changes: Any) -> Chain:
    cover = CoverDays(1, "QA", 1, 1, date(2026, 1, 1), LAST, LAST, "term", in_force=True)
    values: dict[str, Any] = {"cover": cover, "earlier_cap": LAST, "present_cap": LAST}
    return Chain(1, "ET", 1, 1, 2, 3, 4, links=links, **values | changes)


def test_what_ends_first_counts_only_the_longest_licence() -> None:
    short, long = link(last_day=date(2026, 7, 1)), link(last_day=date(2029, 7, 1))
    certificate, filing = link("certificate", date(2027, 1, 1)), link("certificate", None)
    assert first_of(chain(short, long, certificate)) == certificate
    assert counting(chain(short, long)) == (long,)
    assert first_of(chain(filing)) is None
    assert first_of(chain(short, link("post", date(2026, 6, 30)))) == link("post", date(2026, 6, 30))


@pytest.mark.parametrize(
    ("earlier", "now", "expected"),
    [
        (LAST, date(2031, 12, 15), (LAST, date(2031, 12, 15))),
        (LAST, None, (LAST, None)),
        (LAST, LAST, None),
        (LAST - timedelta(days=200), date(2031, 12, 15), (LAST, date(2031, 12, 15))),
        (LAST - timedelta(days=200), LAST, None),
        (LAST + timedelta(days=31), date(2031, 12, 15), (LAST, date(2031, 12, 15))),
        (LAST + timedelta(days=32), date(2031, 12, 15), None),
        (None, None, None),
        (date.min, date(2031, 12, 15), None),
    ],
)
def test_an_agreement_can_be_extended_where_the_renewed_paper_had_bounded_it(
    earlier: date | None, now: date | None, expected: Any
) -> None:
    assert extension_of(chain(earlier_cap=earlier, present_cap=now)) == expected


def test_only_an_agreement_in_force_can_be_extended_and_each_is_listed_once() -> None:
    gained = chain(earlier_cap=LAST, present_cap=date(2031, 12, 15))
    assert gained.cover is not None
    over = replace(gained, cover=replace(gained.cover, in_force=False))
    assert extension_of(over) is None
    assert extension_of(replace(gained, cover=None)) is None
    sooner = replace(gained, entrustment_id=2, present_cap=date(2030, 1, 1))
    (row,) = extendable([gained, sooner, over])
    assert (row.ends_on, row.until) == (LAST, date(2030, 1, 1))


# ── with the database ──


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Any) -> build.World:
    settings.MEDIA_ROOT = str(tmp_path)
    return build.world()


def chains(world: build.World, on: date = TODAY, *, texts: bool = False) -> list[Chain]:
    return load_validity(live(Entrustment.objects.filter(pair=world.pair)), on, texts=texts)


@pytest.mark.parametrize("texts", [False, True])
def test_the_chain_says_the_same_as_the_facts_of_the_entrustment(world: build.World, texts: bool) -> None:
    entrustment = world.entrust()
    build.concluded(world, [entrustment])
    (found,) = chains(world, texts=texts)
    (cover,) = load_entrustment_facts([entrustment])[entrustment.pk].coverage
    assert found.cover is not None
    assert (found.cover.last_day, found.cover.capped_by) == (cover.last_day, cover.capped_by)
    assert found.cover.in_force
    assert {each.kind for each in found.links} >= {"certificate", "licence", "term", "post"}
    with override("en"):
        assert [bar.label.split()[0] for bar in bars_of(found, TODAY)] == ["certificate", "licence", "agreement"]


FAR, LEAP = date(2032, 12, 31), date(2028, 2, 29)


@pytest.mark.parametrize("last", [LEAP, date(2027, 3, 31)])
@pytest.mark.parametrize("capped_by", ["term", "licence", "certificate"])
def test_the_cover_lapses_by_itself_on_the_day_after(world: build.World, capped_by: str, last: date) -> None:
    days = {"term": FAR, "licence": FAR, "certificate": FAR, capped_by: last}
    renew_licence(world, days["licence"])
    catalogue.new_version(world.device, world.relation.registrant, last_day=days["certificate"])
    entrustment = world.entrust()
    build.concluded(world, [entrustment], ends_on=days["term"])
    (cover,) = load_entrustment_facts([entrustment])[entrustment.pk].coverage
    assert (cover.last_day, cover.capped_by) == (last, capped_by)
    for day, effective in ((last, True), (last + timedelta(days=1), False)):
        (found,) = chains(world, day)
        assert found.cover is not None
        assert (found.cover.last_day, found.cover.capped_by) == (last, capped_by)
        assert found.cover.in_force is effective
        assert cover.effective_on(day) is effective


@pytest.mark.parametrize("capped_by", ["term", "licence", "certificate"])
def test_no_lot_made_on_the_day_after_passes_the_gates(db: None, settings: Any, tmp_path: Any, capped_by: str) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    made = releases.world()
    last = releases.MADE_TO
    if capped_by == "term":
        agreement = made.revision.agreement
        draft = agreement.draft
        agreement_actions.set_draft_terms(
            draft=draft,
            seen_edition=draft.edition,
            starts_on=made.revision.starts_on,
            ends_on=last,
            entrustments=[made.entrustment],
            by=made.actor("quality_manager"),
            at=releases.BEGAN,
        )
        revision = agreement_actions.offer_for_signature(
            agreement=agreement, by=made.actor("quality_manager"), at=releases.BEGAN
        )
        for firm in (made.registrant, made.contractor):
            proof = make.proof(revision)
            agreement_actions.sign_agreement(
                revision=revision, proof=proof, by=firm.actor("signatory"), at=releases.BEGAN
            )
    elif capped_by == "licence":
        current = LicenceVersion.objects.get(licence__organisation=made.contractor.organisation)
        version = make.new_licence_version(current, made.contractor, last_day=last, at=releases.BEGAN)
        make.accepted_licence(made.relation, version, at=releases.BEGAN)
    else:
        certificate = DeviceVersion.objects.get(device=made.device)
        catalogue.new_version(certificate, made.registrant, last_day=last, at=releases.BEGAN)
    in_time = releases.lot(made)
    refused = {"licence": ["site_not_licensed"], "certificate": ["certificate_not_valid"]}
    if capped_by in refused:  # such a lot is not even registered
        with pytest.raises(Refused) as refusal:
            releases.lot(made, produced_to=last + timedelta(days=1))
        assert refusal.value.codes == refused[capped_by]
        return
    late = releases.lot(made, produced_to=last + timedelta(days=1))
    today = clock.day_of(releases.AT)
    codes = {
        pk: {finding.code for finding in findings_for("production", facts, today) if finding.blocks}
        for pk, facts in load_lot_facts([in_time.pk, late.pk]).items()
    }
    assert codes[late.pk] - codes[in_time.pk] == {"agreement_at_manufacture"}


def renew_licence(world: build.World, last_day: date, *, accept: bool = True, moment: Any = AT) -> LicenceVersion:
    """The contractor's licence in a version with another last day, confirmed and accepted."""
    version = make.new_licence_version(world.licence, world.relation.contractor, last_day=last_day, at=moment)
    if accept:
        make.accepted_licence(world.relation, version, at=moment)
    return version


def test_a_renewed_licence_makes_the_agreement_extendable_once_it_is_accepted(world: build.World) -> None:
    catalogue.new_version(world.device, world.relation.registrant, last_day=FAR)
    entrustment = world.entrust()
    build.concluded(world, [entrustment], ends_on=world.licence.last_day)
    assert extendable(chains(world)) == []
    later = build.at(3)
    version = renew_licence(world, date(2034, 5, 31), accept=False, moment=later)
    assert extendable(chains(world)) == []
    make.accepted_licence(world.relation, version, at=later)
    (row,) = extendable(chains(world))
    assert row.ends_on == world.licence.last_day
    assert row.until is not None
    assert row.until > row.ends_on
    titles = {d.title for d in waiting(world, R)}
    assert "Extend the agreement" in titles
    assert "Extend the agreement" in {d.title for d in waiting(world, C)}
    assert "Extend the agreement" not in {d.title for d in waiting(world, R, "viewer")}


def waiting(world: build.World, side: str, role: str = "quality_manager", on: date = TODAY) -> list[Any]:
    firm = world.relation.registrant if side == R else world.relation.contractor
    with override("en"):
        found = duties.waiting_on(scope_of(firm.user(role, side), on), on)
        return [replace(duty, title=str(duty.title)) for duty in found]


def test_each_side_is_asked_for_its_own_renewals(world: build.World) -> None:
    build.concluded(world, [world.entrust()], ends_on=date(2028, 5, 31))
    on = add_working_days(date(2029, 5, 31), -60)
    licence = "Apply for renewal of the production licence"
    assert licence in {d.title for d in waiting(world, C, on=on)}
    assert licence not in {d.title for d in waiting(world, R, on=on)}
    assert licence not in {d.title for d in waiting(world, C, on=date(2028, 1, 1))}
    (duty,) = [d for d in waiting(world, C, on=on) if d.title == licence]
    assert duty.due_on == add_working_days(date(2029, 5, 31), -30)
    ends = world.device.last_day
    assert ends is not None
    certificate = "Apply for renewal of the certificate"
    assert certificate in {d.title for d in waiting(world, R, on=ends - timedelta(days=200))}
    assert certificate not in {d.title for d in waiting(world, C, on=ends - timedelta(days=200))}


def test_the_renewal_of_a_term_comes_up_before_it_is_due_and_its_end_once_per_agreement(world: build.World) -> None:
    build.concluded(world, [world.entrust()], ends_on=date(2028, 5, 31))
    begins = add_working_days(date(2028, 5, 31), -60)
    scope = scope_of(world.relation.contractor.user("viewer", C), begins - timedelta(days=10))
    found = duties.coming_up(scope, begins - timedelta(days=10), date(2028, 5, 31))
    days = {d.code: d.due_on for d in found if d.code.startswith("agreed_term")}
    assert days == {"agreed_term_renewal": begins, "agreed_term_ends": date(2028, 5, 31)}


def test_lots_that_would_strand_are_counted(db: None, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    made = releases.world()
    releases.lot(made)
    releases.lot(made, produced_to=releases.MADE_TO + timedelta(days=1))
    pk = made.entrustment.pk
    (found,) = strands_of({pk: releases.MADE_TO})[pk]
    assert (found.open, found.after) == (2, 1)
    assert found.url == reverse("releases:pair_lots", args=[made.pair.pk])
    assert strands_of({pk + 1: releases.MADE_TO}) == {pk + 1: []}


def test_the_number_of_queries_does_not_depend_on_the_number_of_entrustments(world: build.World) -> None:
    first = world.entrust()
    revision = build.concluded(world, [first])
    few = build.queries(lambda: chains(world))
    build.many(first, revision, 30)
    assert len(chains(world)) == 30
    assert build.queries(lambda: chains(world)) == few <= 8
    scope = scope_of(world.relation.contractor.user("quality_manager", C), TODAY)
    many = build.queries(lambda: duties.coming_up(scope, TODAY, TODAY + timedelta(days=90)))
    build.many(first, revision, 5, prefix="EX")
    assert build.queries(lambda: duties.coming_up(scope, TODAY, TODAY + timedelta(days=90))) == many


def page(world: build.World, name: str, *args: Any, lang: str = "en", side: str = R, **query: Any) -> str:
    firm = world.relation.registrant if side == R else world.relation.contractor
    client = Client(headers={"accept-language": lang})
    client.force_login(firm.user("quality_manager", side))
    answer = client.get(reverse(f"agreements:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(("lang", "words"), [("en", "What expires first"), ("zh-hans", "最先届满的事项")])
def test_the_list_and_the_pair_show_what_expires_first(
    world: build.World, lang: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    entrustment = world.entrust()
    build.concluded(world, [entrustment])
    text = page(world, "validity", lang=lang)
    assert words in text
    assert entrustment.number in text
    assert "2028-05-31" in text
    assert entrustment.number not in page(world, "validity", lang=lang, within=30)
    assert entrustment.number not in page(world, "validity", lang=lang, kind="certificate")
    assert entrustment.number in page(world, "validity", lang=lang, kind="term", q=entrustment.number)
    drawn = page(world, "pair_validity", world.pair.pk, lang=lang)
    assert "drawing-chain" in drawn
    assert "chart-renewal" in drawn
    assert "drawing-chain" in page(world, "entrustment", entrustment.pk, lang=lang)


def test_the_list_is_exported(world: build.World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    entrustment = world.entrust()
    build.concluded(world, [entrustment])
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.relation.registrant.user("quality_manager", R))
    answer = client.get(reverse("agreements:validity"), {"export": "csv"})
    body = b"".join(answer) if answer.streaming else answer.content
    assert entrustment.number in body.decode("utf-8-sig")
    assert "2028-05-31" in body.decode("utf-8-sig")
