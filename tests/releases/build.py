"""Builders of entrustments, agreements and lots, made through the actions like everything in ``tests.make``.

``world()`` gives a pair with one entrusted device, an agreement signed by both sides and everything else that lots rest
on: a resident supervisor who stays on site until the releases, an uploaded identifier, checked labels, an approved
supplier. ``lot(w)`` is a lot of it that nothing stands against, ``filed(w, lot)`` completes and reviews its release file
for both sides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from agreements import actions as agreement_actions
from agreements.models import AgreementRevision, Entrustment, Posting, Preparation
from agreements.rules.coverage import LONGEST_STAY
from cmo.catalogue import actions as catalogue_actions
from cmo.catalogue.models import Device, LabelVersion
from cmo.clock import day_of
from cmo.parties.models import Pair, Site, User
from cmo.signing.actions import Proof
from cmo.trail.actor import Actor
from releases import actions
from releases.deciding import judge_now, record_of
from releases.facts import MARKET, PRODUCTION
from releases.facts.labels import load_label_facts
from releases.labels import expected_for
from releases.models import ExceptionDecision, Lot, LotException, LotStep, MarketRelease, ProductionRelease
from releases.rules import Review
from tests import make, replay
from tests.agreements import build_supervision as on_site
from tests.catalogue import build as devices
from tests.catalogue import build_identifiers as identifiers

#: The day on which the entrustment begins, and the moment of releases.
BEGAN = make.FOUNDED
AT = make.AT
#: Whose key materials may be used.
SUPPLIER = "示例原材料供应商"
MADE_FROM, MADE_TO = day_of(BEGAN) + timedelta(days=8), day_of(BEGAN) + timedelta(days=12)
_serial = count(1)


@dataclass
class World:
    """A pair that makes one device at one site under a signed agreement."""

    relation: make.Relation
    device: Device
    site: Site
    entrustment: Entrustment
    revision: AgreementRevision
    label: LabelVersion
    ifu: LabelVersion

    @property
    def pair(self) -> Pair:
        return self.relation.pair

    @property
    def registrant(self) -> make.Firm:
        return self.relation.registrant

    @property
    def contractor(self) -> make.Firm:
        return self.relation.contractor

    def actor(self, role: str, side: str = "", *, nth: int = 0) -> Actor:
        """The actor of a post at whichever side has it (registrant first)."""
        firm = self.firm_of(role, side)
        return firm.actor(role, nth=nth)

    def user(self, role: str, side: str = "", *, nth: int = 0) -> User:
        return self.firm_of(role, side).user(role, nth=nth)

    def firm_of(self, role: str, side: str = "") -> make.Firm:
        firms = [self.registrant, self.contractor]
        return next(f for f in firms for s, r in f.people if r == role and side in {"", s})


@replay.kept
def world(
    relation: make.Relation | None = None, *, at: datetime = BEGAN, supervised: bool = True, **device: Any
) -> World:
    """A pair with everything that an entrustment and its lots need; ``device`` changes facts of the device.

    Without ``supervised`` nobody is posted to the site, so that lots of the implantable device have a gap.
    """
    relation = relation or make.pair()
    registrant, contractor = relation.registrant, relation.contractor
    site = make.site(contractor, at=at)
    make.accepted_licence(relation, make.licence(contractor, sites=[site], at=at), at=at)
    address = {
        "address": "浙江省杭州市示例区二号路 2 号",
        "entrusted": True,
        "contractor_name": contractor.data.name_zh,
        "contractor_uscc": contractor.uscc,
    }
    version = devices.device(registrant, at=at, **{"production_addresses": [address], "sterile": False, **device})
    devices.share(relation, version.device, at=at)
    devices.screening(registrant, version.device, acted_on=day_of(at), at=at)
    _prepare(relation, version.device, site, at)
    by = registrant.actor("quality_manager")
    opened = agreement_actions.open_entrustment(
        pair=relation.pair, device=version.device, site=site, starts_on=day_of(at), by=by, at=at
    )
    revision = agreement(relation, [opened], at=at)
    prints = [label(registrant, version.device, kind, at=at) for kind in ("label", "ifu")]
    w = World(relation, version.device, site, opened, revision, *prints)
    for row in prints:
        check_print(registrant, opened, row, at=at)
    identifiers.registered(registrant, version.device, version.models_and_specifications[0], at=at)
    on_site.supplier(relation, supplier=SUPPLIER, scope="key_material", covers="关键物料", **_approved(at), at=at)
    if supervised:
        supervise(w, at, max(AT, at + timedelta(hours=1)))
    return w


def _approved(at: datetime) -> dict[str, Any]:
    return {"audited_on": day_of(at) - timedelta(days=5), "approved_from": day_of(at)}


def check_print(registrant: make.Firm, entrustment: Entrustment, row: LabelVersion, *, at: datetime) -> None:
    """A complete check of a label or IFU version for an entrustment."""
    by = registrant.actor("quality_manager")
    expected = expected_for(row.kind, load_label_facts(entrustment, day_of(at)))
    text = "\n".join(values[0] for values in expected.values() if values)
    actions.check_label(entrustment=entrustment, label=row, text=text, by=by, at=at)


def supervise(w: World, begins: datetime, ends: datetime) -> Posting:
    """A resident supervisor of their own, posted to the site, who is there from ``begins`` to ``ends``: in stays of a day
    each, one after the other, because no longer one counts."""
    person = make.post(w.registrant, "resident_supervisor", make.REGISTRANT)
    first = day_of(begins)
    days = {"starts_on": first, "trained_on": first, "appointed_on": first}
    posting = on_site.posted(w.relation, w.site, person=person, at=begins, **days)
    while begins < ends:
        left = min(begins + LONGEST_STAY, ends)
        for kind, moment in (("in", begins), ("out", left)):
            on_site.entered(posting, kind, moment)
        begins = left
    return posting


def _prepare(relation: make.Relation, device: Device, site: Site, at: datetime) -> None:
    first, second = (relation.registrant.actor("quality_manager", nth=n) for n in (0, 1))
    for kind in Preparation.Kind.values:
        content = {
            "kind": kind,
            "device": device,
            "site": site,
            "event_on": day_of(at) - timedelta(days=10),
            "expires_on": None,
            "reference": f"YZ-{next(_serial)}",
            "summary": "符合要求。",
        }
        upload = SimpleUploadedFile("report.txt", f"{kind} 报告".encode(), content_type="text/plain")
        row = agreement_actions.record_preparation(pair=relation.pair, content=content, upload=upload, by=first, at=at)
        agreement_actions.answer_preparation(preparation=row, accepted=True, by=second, at=at)


def agreement(
    relation: make.Relation,
    entrustments: list[Entrustment],
    *,
    starts_on: date | None = None,
    ends_on: date = date(2027, 12, 31),
    at: datetime = BEGAN,
) -> AgreementRevision:
    """A quality agreement from the template, signed by both sides."""
    by = relation.registrant.actor("quality_manager")
    begun = agreement_actions.create_agreement(
        pair=relation.pair,
        starts_on=starts_on or day_of(at),
        ends_on=ends_on,
        entrustments=entrustments,
        by=by,
        at=at,
    )
    revision = agreement_actions.offer_for_signature(agreement=begun, by=by, at=at)
    for firm in (relation.registrant, relation.contractor):
        actor = firm.actor("signatory")
        agreement_actions.sign_agreement(revision=revision, proof=make.proof(revision), by=actor, at=at)
    return revision


def label(
    firm: make.Firm, device: Device, kind: str = "label", *, at: datetime = BEGAN, **changes: Any
) -> LabelVersion:
    """A label or IFU version in use from long before."""
    content = {"kind": kind, "version": f"V{next(_serial)}", "effective_from": date(2025, 1, 1), "effective_to": None}
    by = firm.actor("quality_manager")
    return catalogue_actions.list_label_version(device=device, content=content | changes, by=by, at=at)


def lot_content(w: World, **changes: Any) -> dict[str, Any]:
    """What a planner types for a lot that nothing stands against."""
    return {
        "number": f"L{next(_serial):05d}",
        "model": "PS-6-40",
        "produced_from": MADE_FROM,
        "produced_to": MADE_TO,
        "quantity": 1000,
        "unit": "件",
        "expires_on": date(2029, 5, 1),
        "label_version": w.label,
        "ifu_version": w.ifu,
        **changes,
    }


def lot(w: World, *, at: datetime = AT, **changes: Any) -> Lot:
    """A registered lot."""
    by = w.contractor.actor("production_planner")
    return actions.register_lot(entrustment=w.entrustment, content=lot_content(w, **changes), by=by, at=at)


def material(w: World, row: Lot, *, at: datetime = AT) -> Lot:
    """With a key material of the approved supplier; without one the condition on suppliers warns."""
    by = w.contractor.actor("production_planner")
    actions.add_material(lot=row, name="关键物料", material_lot=f"M-{row.number}", supplier=SUPPLIER, by=by, at=at)
    return row


def filed(w: World, row: Lot, *, at: datetime = AT, sides: tuple[str, ...] = ("contractor", "registrant")) -> Lot:
    """Add every required document and have it reviewed by a quality manager of each side."""
    for required in ("production_record", "finished_inspection"):
        by = w.contractor.actor("production_planner")
        document = actions.add_document(lot=row, kind=required, reference=f"{required}-{row.number}", by=by, at=at)
        for side in sides:
            actions.review_document(document=document, by=getattr(w, side).actor("quality_manager"), at=at)
    return row


def review(
    row: Lot,
    stage: str,
    by: Actor,
    *,
    at: datetime = AT,
    outcome: str = "released",
    quantity: int | None = None,
    **more: Any,
) -> Review:
    """A complete review: every topic that the system does not judge is confirmed."""
    amount = 0 if outcome == "rejected" else (row.quantity if quantity is None else quantity)
    plain = Review(outcome, amount, more.pop("statement", "已审核全部放行资料。"), more.pop("conditions", ""))
    judged = judge_now(row, stage, day_of(at), User.objects.get(pk=by.user_id), plain)
    confirmed = more.pop("confirmed", tuple(topic.code for topic in judged.topics))
    return Review(plain.outcome, plain.quantity, plain.statement, plain.conditions, confirmed)


def released(w: World, row: Lot, *, at: datetime = AT, by: Actor | None = None, **changes: Any) -> ProductionRelease:
    """The contractor's decision on a lot."""
    by = by or w.contractor.actor("production_releaser")
    typed = review(row, PRODUCTION, by, at=at, **changes)
    return actions.release_production(lot=row, review=typed, proof=Proof("password"), by=by, at=at)


def marketed(w: World, row: Lot, *, at: datetime = AT, by: Actor | None = None, **changes: Any) -> MarketRelease:
    """The registrant's decision on a lot."""
    by = by or w.registrant.actor("market_releaser")
    typed = review(row, MARKET, by, at=at, **changes)
    return actions.release_to_market(lot=row, review=typed, proof=Proof("password"), by=by, at=at)


def lot_with_gap(w: World, *, at: datetime = AT) -> Lot:
    """A lot with a key step in the early morning of the first day, before the resident supervisor had come."""
    row = lot(w, produced_from=day_of(BEGAN), at=at)
    uncovered_step(w, row, at=at)
    return row


def uncovered_step(w: World, row: Lot, *, hour: int = 5, at: datetime = AT) -> LotStep:
    """One hour of welding on the day on which the supervisor came only at nine."""
    starts = on_site.moment(day_of(BEGAN), hour)
    content = {"name": "焊接", "kind": "key", "starts_at": starts, "ends_at": starts + timedelta(hours=1)}
    by = w.contractor.actor("production_planner")
    return actions.record_step(lot=row, content=content | {"performed_by": ""}, by=by, at=at)


def exception_on(w: World, row: Lot | None = None, *, at: datetime = AT, **changes: Any) -> LotException:
    """A request by the contractor's quality to waive a gap of presence; by default on a lot that has one."""
    row = row or lot_with_gap(w, at=at)
    said = {"justification": "派驻人员当日突发疾病，过程记录已逐项复核。", "effect": "无影响。", "quantity": None}
    asked = {"code": "coverage", "stage": PRODUCTION, **said, **changes}
    by = asked.pop("by", None) or w.contractor.actor("quality_manager")
    return actions.request_exception(lot=row, **asked, by=by, at=at)


def decided(w: World, row: LotException, *, approved: bool = True, at: datetime = AT) -> ExceptionDecision:
    """The answer of the registrant's quality."""
    reason, by = "同意，风险可接受。" if approved else "不同意。", w.registrant.actor("quality_manager")
    return actions.decide_exception(
        exception=row, approved=approved, reason=reason, proof=Proof("password"), by=by, at=at
    )


def seen(w: World, row: Lot, stage: str, typed: Review, by: Actor, *, at: datetime = AT) -> Proof:
    """The proof as the signing page hands it over: bound to the record that the page showed."""
    judged = judge_now(row, stage, day_of(at), User.objects.get(pk=by.user_id), typed)
    return make.proof(record_of(judged, typed, row))
