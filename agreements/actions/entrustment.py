"""Opening an entrustment, its states, and the reports the law asks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from cmo.catalogue.models import Device
from cmo.clock import day_of
from cmo.errors import Finding, refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.parties.models import Pair, Site
from cmo.parties.tenancy import tenant
from cmo.trail.actions import record
from cmo.trail.actor import Actor
from cmo.trail.canonical import canonical, sha256

from .. import rules
from ..facts import EntrustmentFacts, load_entrustment_facts, load_opening_facts, load_screening
from ..models import Entrustment, EntrustmentEvent
from .recording import new_number, recorded

Kind = EntrustmentEvent.Kind


@transaction.atomic
def open_entrustment(
    *, pair: Pair, device: Device, site: Site, starts_on: date, by: Actor, at: datetime
) -> Entrustment:
    """Entrust one device to one site of the contractor; the judged facts and findings are frozen with it.

    :raises Refused: with every blocker. :raises PermissionDenied:
    """
    still_allowed(by, Can.OPEN_ENTRUSTMENT, pair, day_of(at))
    Pair.objects.select_for_update(no_key=True).get(pk=pair.pk)
    facts = load_opening_facts(pair, device, site, day_of(at), starts_on)
    found = refuse_if_any(rules.blockers_to_open_entrustment(facts))
    row = Entrustment(
        number=new_number("ET", at),
        device=device,
        site=site,
        starts_on=starts_on,
        facts=canonical(facts.as_data()),
        findings=canonical([finding.as_dict() for finding in found]),
        **tenant(pair),
        **recorded(by, at),
    )
    row.full_clean()
    row.save(force_insert=True)
    judged = {"facts_sha256": sha256(row.facts), "findings_sha256": sha256(row.findings)}
    data = {"entrustment": row.pk, "device": device.pk, "site": site.pk, "starts_on": starts_on.isoformat(), **judged}
    record("entrustment.opened", by=by, at=at, subject=row, stream=pair.stream, data=data)
    return row


@transaction.atomic
def suspend_entrustment(
    *, entrustment: Entrustment, event_on: date, reason: str, by: Actor, at: datetime
) -> EntrustmentEvent:
    """Stop new lots until it is resumed. :raises Refused: :raises PermissionDenied:"""

    def judge(facts: EntrustmentFacts) -> list[Finding]:
        return rules.blockers_to_suspend(facts, event_on, day_of(at), reason)

    return _change(entrustment, Kind.SUSPENDED, judge, event_on, reason, by=by, at=at)


@transaction.atomic
def resume_entrustment(
    *, entrustment: Entrustment, event_on: date, reason: str, by: Actor, at: datetime
) -> EntrustmentEvent:
    """Take a suspension back from today on; the days until then stay suspended.

    :raises Refused: for an earlier day; when the catalogue prohibits the device by now. :raises PermissionDenied:
    """

    def judge(facts: EntrustmentFacts) -> list[Finding]:
        outcome = load_screening(facts.device_id, day_of(at)).outcome
        return rules.blockers_to_resume(facts, event_on, day_of(at), reason, outcome)

    return _change(entrustment, Kind.RESUMED, judge, event_on, reason, by=by, at=at)


@transaction.atomic
def end_entrustment(
    *, entrustment: Entrustment, event_on: date, reason: str, by: Actor, at: datetime
) -> EntrustmentEvent:
    """End it for good; what the law asks of each side afterwards shows as open reports (N38-33, N38-34).

    :raises Refused: :raises PermissionDenied:
    """

    def judge(facts: EntrustmentFacts) -> list[Finding]:
        return rules.blockers_to_end(facts, event_on, day_of(at), reason)

    return _change(entrustment, Kind.ENDED, judge, event_on, reason, by=by, at=at)


def _change(
    entrustment: Entrustment,
    kind: EntrustmentEvent.Kind,
    judge: Callable[[EntrustmentFacts], list[Finding]],
    event_on: date,
    reason: str,
    *,
    by: Actor,
    at: datetime,
) -> EntrustmentEvent:
    still_allowed(by, Can.CHANGE_ENTRUSTMENT, entrustment.pair, day_of(at))
    row = Entrustment.objects.select_for_update(no_key=True).get(pk=entrustment.pk)
    refuse_if_any(judge(load_entrustment_facts([row])[row.pk]))
    event = EntrustmentEvent(entrustment=row, kind=kind, event_on=event_on, reason=reason, **recorded(by, at))
    event.save(force_insert=True)
    data = {"event_on": event_on.isoformat()}
    stream = entrustment.pair.stream
    record(f"entrustment.{kind.value}", by=by, at=at, subject=row, stream=stream, reason=reason, data=data)
    return event


@transaction.atomic
def report_entrustment(
    *, entrustment: Entrustment, kind: str, event_on: date, proof: str, by: Actor, at: datetime
) -> EntrustmentEvent:
    """Record a report to the authority with its proof: start, change, end, contractor's address removed.

    :raises Refused: of the other side, too early, twice, in the future, without proof. :raises PermissionDenied:
    """
    still_allowed(by, Can.REPORT_ENTRUSTMENT, entrustment.pair, day_of(at))
    row = Entrustment.objects.select_for_update(no_key=True).get(pk=entrustment.pk)
    reported = set(row.events.values_list("kind", flat=True))
    facts = load_entrustment_facts([row])[row.pk]
    refuse_if_any(rules.blockers_to_report(facts, kind, reported, by.side, event_on, day_of(at), proof))
    event = EntrustmentEvent(entrustment=row, kind=kind, event_on=event_on, proof=proof, **recorded(by, at))
    event.full_clean()
    event.save(force_insert=True)
    data = {"kind": kind, "event_on": event_on.isoformat(), "proof": proof}
    record("entrustment.reported", by=by, at=at, subject=row, stream=entrustment.pair.stream, data=data)
    return event
