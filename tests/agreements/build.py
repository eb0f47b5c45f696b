"""Builders of entrustments and agreements, made through the actions like everything in ``tests.make``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements import actions
from agreements.actions.ending import notice_of
from agreements.models import (
    Agreement,
    AgreementRevision,
    DraftClause,
    DraftDuty,
    Entrustment,
    Hold,
    Preparation,
    RevisionCoverage,
    RevisionEvent,
)
from agreements.termination import proposed
from cmo.catalogue.models import Device, DeviceVersion
from cmo.parties.models import LicenceVersion, Pair, Site
from cmo.signing.models import Signature
from cmo.trail.actor import Actor
from tests import make, replay
from tests.catalogue import build as catalogue

R, C = make.REGISTRANT, make.CONTRACTOR
#: Everything is ready before this moment.
AT, TODAY = make.AT, make.TODAY
KINDS = tuple(Preparation.Kind.values)


def at(days: int = 0) -> datetime:
    """The tests' moment, some days later."""
    return AT + timedelta(days=days)


@dataclass
class World:
    """A pair with a site, an accepted licence, a shared and screened device and what was prepared for it."""

    relation: make.Relation
    site: Site
    licence: LicenceVersion
    device: DeviceVersion
    preparations: dict[str, Preparation] = field(default_factory=dict)

    @property
    def pair(self) -> Pair:
        return self.relation.pair

    def by(self, side: str = R, role: str = "quality_manager", nth: int = 0) -> Actor:
        """The actor of a post on a side of the pair."""
        firm = self.relation.registrant if side == R else self.relation.contractor
        return firm.actor(role, side, nth=nth)

    def entrust(self, *, starts_on: date | None = None, moment: datetime = AT, device: Any = None) -> Entrustment:
        """Open the entrustment."""
        return actions.open_entrustment(
            pair=self.pair,
            device=device or self.device.device,
            site=self.site,
            starts_on=starts_on or moment.astimezone(make.SHANGHAI).date(),
            by=self.by(),
            at=moment,
        )


def marked(contractor: make.Firm) -> list[dict[str, Any]]:
    """The production address on a certificate with the contractor and the mark (N38-29)."""
    return [
        {
            "address": "浙江省杭州市示例区二号路 2 号",
            "entrusted": True,
            "contractor_name": contractor.data.name_zh,
            "contractor_uscc": contractor.uscc,
        }
    ]


@replay.kept
def lean_pair() -> make.Relation:
    """A pair with only the posts that these tests need, because people take the longest to make."""
    posts = ("signatory", "viewer", "management_representative")
    return make.pair(make.organisation(sides=(R,), posts=posts), make.organisation(sides=(C,), posts=posts))


@replay.kept
def world(relation: make.Relation | None = None, *, prepared: Iterable[str] = KINDS, **device: Any) -> World:
    """Everything ready for opening an entrustment; ``prepared`` lists the preparations that are accepted."""
    relation = relation or lean_pair()
    site = make.site(relation.contractor)
    licence = make.licence(relation.contractor, sites=[site])
    make.accepted_licence(relation, licence)
    content = {"production_addresses": marked(relation.contractor), "name_zh": "髋关节假体", **HIP, **device}
    version = catalogue.device(relation.registrant, **content)
    catalogue.share(relation, version.device)
    catalogue.screening(relation.registrant, version.device)
    built = World(relation, site, licence, version)
    for kind in prepared:
        built.preparations[kind] = accepted(built, kind)
    return built


#: A hip prosthesis: implantable, on neither edition of the catalogue.
HIP = {"name_en": "Hip prosthesis", "classification_code": "13-04-01", "vascular_site": "unknown"}


def upload(name: str = "report.txt", text: str = "报告") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode(), content_type="text/plain")


def preparation_content(built: World, kind: str = "on_site_evaluation", **changes: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "device": built.device.device,
        "site": built.site,
        "event_on": date(2026, 4, 1),
        "expires_on": None,
        "reference": "PG-2026-01",
        "summary": "符合要求",
        **changes,
    }


def recorded(built: World, kind: str = "on_site_evaluation", *, file: bool = True, **changes: Any) -> Preparation:
    """A preparation recorded by the registrant's first quality manager."""
    return actions.record_preparation(
        pair=built.pair,
        content=preparation_content(built, kind, **changes),
        upload=upload() if file else None,
        by=built.by(),
        at=make.FOUNDED,
    )


def accepted(built: World, kind: str = "on_site_evaluation", **changes: Any) -> Preparation:
    """A preparation that the registrant's second quality manager accepted."""
    row = recorded(built, kind, **changes)
    actions.answer_preparation(preparation=row, accepted=True, by=built.by(nth=1), at=make.FOUNDED)
    return row


def second_device(built: World, **changes: Any) -> Device:
    """Another device of the same pair, ready to be entrusted at the same site."""
    content = {"production_addresses": marked(built.relation.contractor), **HIP, "name_zh": "膝关节假体", **changes}
    version = catalogue.device(built.relation.registrant, **content)
    catalogue.share(built.relation, version.device)
    catalogue.screening(built.relation.registrant, version.device)
    for kind in KINDS:
        accepted(built, kind, device=version.device)
    return version.device


def agreement(
    built: World,
    entrustments: Iterable[Entrustment],
    *,
    starts_on: date = TODAY,
    ends_on: date = date(2028, 5, 31),
    moment: datetime = AT,
) -> Agreement:
    """An agreement drafted from the template."""
    return actions.create_agreement(
        pair=built.pair,
        starts_on=starts_on,
        ends_on=ends_on,
        entrustments=entrustments,
        by=built.by(),
        at=moment,
    )


def offered(built: World, entrustments: Iterable[Entrustment], **terms: Any) -> AgreementRevision:
    """A revision that waits for both signatures."""
    moment = terms.get("moment", AT)
    row = agreement(built, entrustments, **terms)
    return actions.offer_for_signature(agreement=row, by=built.by(), at=moment)


def sign(built: World, revision: AgreementRevision, side: str, *, moment: datetime = AT) -> Signature:
    """The signatory of one side signs what stands there."""
    by = built.by(side, "signatory")
    return actions.sign_agreement(revision=revision, proof=make.proof(revision), by=by, at=moment)


def concluded(built: World, entrustments: Iterable[Entrustment], **terms: Any) -> AgreementRevision:
    """A revision signed by both sides."""
    revision = offered(built, entrustments, **terms)
    for side in (R, C):
        sign(built, revision, side, moment=terms.get("moment", AT))
    return revision


def next_revision(built: World, row: Agreement, *, moment: datetime = AT, **terms: Any) -> AgreementRevision:
    """The draft offered again, with another term where given."""
    draft = row.draft
    draft.refresh_from_db()
    if terms:
        actions.set_draft_terms(
            draft=draft,
            seen_edition=draft.edition,
            starts_on=terms.get("starts_on", draft.starts_on),
            ends_on=terms.get("ends_on", draft.ends_on),
            entrustments=terms.get("entrustments", [c.entrustment for c in draft.coverage.all()]),
            by=built.by(),
            at=moment,
        )
    return actions.offer_for_signature(agreement=row, by=built.by(), at=moment)


NOTICE = {
    "reason": "受托方连续两次审核不合格",
    "post_market": "投诉、不良事件和召回由委托方处理，受托方配合。",
    "documents_return": "三十日内返还技术文件和留样。",
}


def give_notice(
    built: World,
    revision: AgreementRevision,
    side: str = R,
    *,
    ended_on: date = TODAY,
    moment: datetime = AT,
    **words: str,
) -> RevisionEvent:
    """The signed notice of one side's signatory."""
    said = NOTICE | words
    notice = notice_of(revision=revision, ended_on=ended_on, **said)
    return actions.terminate_revision(
        revision=revision,
        ended_on=ended_on,
        **said,
        proof=make.proof(notice),
        by=built.by(side, "signatory"),
        at=moment,
    )


def termination(
    built: World, row: Agreement, ended_on: date, *, moment: datetime = AT, signed: bool = True
) -> AgreementRevision:
    """The end of an agreement as proposed, signed by both sides unless told otherwise."""
    revision = actions.offer_termination(
        agreement=row, ended_on=ended_on, arrangements=proposed()[1], by=built.by(), at=moment
    )
    for side in (R, C) if signed else ():
        sign(built, revision, side, moment=moment)
    return revision


def paper_content(**changes: Any) -> dict[str, Any]:
    return {
        "starts_on": date(2025, 1, 1),
        "ends_on": date(2027, 12, 31),
        "title_zh": "质量协议",
        "title_en": "Quality agreement",
        "signed_on": date(2024, 12, 20),
        "registrant_signatory": "甲某",
        "contractor_signatory": "乙某",
        "sealed_by_registrant": True,
        "sealed_by_contractor": True,
        "lots_made_in_time": "第十八条",
        **changes,
    }


def paper(built: World, entrustments: Iterable[Entrustment], **changes: Any) -> AgreementRevision:
    """An agreement on paper, registered by the registrant's quality and confirmed by nobody yet."""
    return actions.register_paper_agreement(
        pair=built.pair,
        content=paper_content(**changes),
        entrustments=entrustments,
        scan=upload("agreement.txt", "协议扫描件"),
        by=built.by(),
        at=AT,
    )


def confirm_paper(built: World, revision: AgreementRevision, side: str) -> Signature:
    by = built.by(side)
    return actions.confirm_paper_agreement(revision=revision, proof=make.proof(revision), by=by, at=AT)


def hold(built: World, *, side: str = C, reason: str = "灭菌参数存疑", **scope: Any) -> Hold:
    """A hold placed by a viewer of that side."""
    return actions.place_hold(pair=built.pair, reason=reason, by=built.by(side, "viewer"), at=AT, **scope)


def clause(row: Agreement, key: str = "scope") -> DraftClause:
    return row.draft.clauses.get(key=key)


def duty(row: Agreement, key: str = "labels") -> DraftDuty:
    return row.draft.duties.get(key=key)


def many(first: Entrustment, revision: AgreementRevision, count: int, prefix: str = "ET") -> list[Entrustment]:
    """Further entrustments beside the first, covered by the same revision; written at once, as an import would."""
    names = ("pair_id", "registrant_id", "contractor_id", "device_id", "site_id", "starts_on", "facts", "findings")
    same = {name: getattr(first, name) for name in names}
    rows = [
        Entrustment(number=f"{prefix}-{n}", recorded_by_name="导入", recorded_at=AT, **same) for n in range(count - 1)
    ]
    Entrustment.objects.bulk_create(rows)
    RevisionCoverage.objects.bulk_create(RevisionCoverage(revision=revision, entrustment=row) for row in rows)
    return [first, *rows]


def queries(call: Callable[[], Any]) -> int:
    """How many queries a call makes."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)
