"""Preparations, entrustments, agreements, yearly duties and holds of the demo world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from agreements import actions
from agreements.models import Agreement, AgreementRevision, Entrustment, PairDuty, Preparation
from agreements.rules.hold import a_year_after
from cmo.catalogue.models import Device
from cmo.errors import Refused
from cmo.parties.access import Can
from cmo.parties.models import Site
from cmo.trail.actions import record_refusal

from .products import PRODUCTS, Products
from .stage import Stage

Kind = Preparation.Kind
#: What concerns the whole pair, and what concerns one product at one site: (kind, summary).
OF_PAIR = (
    (Kind.ON_SITE_EVALUATION, "现场评估合格，质量保证能力和风险管理能力满足要求。"),
    (Kind.CREDIT_STATEMENT, "信用情况说明：近三年无行政处罚记录。"),
    (Kind.ENTRUSTMENT_CONTRACT, "委托生产合同已由双方签署并归档。"),
)
OF_PRODUCT = (
    (Kind.TRANSFER, "设计转换与生产转移完成，转移清单已确认。"),
    (Kind.TRIAL_PRODUCTION, "试生产三批合格，覆盖全部转移的生产过程和质量控制过程。"),
    (Kind.VALIDATION, "关键工序验证、特殊过程确认完成。"),
    (Kind.PRODUCT_REPORTED, "已在生产许可证项下报告生产产品品种。"),
)
NECESSITY = (Kind.NECESSITY, "自有产能不足，拟委托具备同类植入产品经验的企业生产，已论证必要性。")

#: pair → (product, starts on, agreement starts on, agreement ends on); days as offsets from today
ENTRUSTED = {
    "kanglan-hengzhu": ("hip", -380, -379, 330),
    "kanglan-runnuo": ("syringe", -380, -379, 180),
    "boyuan-hengzhu": ("scalpel", -360, -359, 400),
}


@dataclass
class Entrusted:
    """Entrustments by product key and revisions by pair key."""

    entrustments: dict[str, Entrustment] = field(default_factory=dict)
    revisions: dict[str, AgreementRevision] = field(default_factory=dict)


def build(stage: Stage, products: Products) -> Entrusted:
    """Everything between the pair and the first lot, in every state a screen can show."""
    done = Entrusted()
    for pair_key, (product_key, starts, first, last) in ENTRUSTED.items():
        _prepare(stage, pair_key, OF_PAIR, None, stage.sites[pair_key.split("-")[1]], -387)
        _open(stage, products, done, pair_key, product_key, starts)
        _sign(stage, done, pair_key, (product_key,), first, last)
    _prepare(stage, "qiheng-boyuan", OF_PAIR, None, stage.sites["boyuan"], -387)
    _open(stage, products, done, "qiheng-boyuan", "ivd", -375)
    _on_paper(stage, done)
    _yearly_duties(stage)
    _stent_agreement_waits(stage, products, done)
    _refused(stage, products)
    return done


def _prepare(
    stage: Stage,
    pair_key: str,
    kinds: Sequence[tuple[str, str]],
    device: Device | None,
    site: Site | None,
    offset: int,
) -> None:
    pair = stage.pairs[pair_key]
    registrant, contractor = pair_key.split("-")
    for number, (kind, summary) in enumerate(kinds, 1):
        at = stage.at(offset)
        who = contractor if kind in {Kind.CREDIT_STATEMENT, Kind.PRODUCT_REPORTED} else registrant
        content = {
            "kind": kind,
            "device": device,
            "site": site,
            "event_on": stage.day(offset - 1),
            "expires_on": None,
            "reference": f"{registrant[:2].upper()}-{str(kind)[:4].upper()}-{device.pk if device else 0:02d}{number}",
            "summary": summary,
        }
        row = actions.record_preparation(
            pair=pair,
            content=content,
            upload=_file(f"{kind}.txt", f"示例文件（虚构）\n{summary}\n"),
            by=stage.as_(f"{who}.qm2", Can.RECORD_PREPARATION, pair, at),
            at=at,
        )
        at = stage.at(offset)
        actions.answer_preparation(
            preparation=row,
            accepted=True,
            reason="",
            by=stage.as_(f"{registrant}.qm1", Can.ACCEPT_PREPARATION, pair, at),
            at=at,
        )


def _file(name: str, text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode(), content_type="text/plain")


def _open(stage: Stage, products: Products, done: Entrusted, pair_key: str, product_key: str, starts: int) -> None:
    pair = stage.pairs[pair_key]
    registrant, contractor = pair_key.split("-")
    device, site = products.devices[product_key], stage.sites[contractor]
    product = next(p for p in PRODUCTS if p.key == product_key)
    kinds = (*OF_PRODUCT, NECESSITY) if product.implantable == "yes" else OF_PRODUCT
    _prepare(stage, pair_key, kinds, device, site, starts - 3)
    at = stage.at(starts - 1)
    row = actions.open_entrustment(
        pair=pair,
        device=device,
        site=site,
        starts_on=stage.day(starts),
        by=stage.as_(f"{registrant}.qm1", Can.OPEN_ENTRUSTMENT, pair, at),
        at=at,
    )
    done.entrustments[product_key] = row
    if product_key != "stent":
        at = stage.at(starts + 5)
        actions.report_entrustment(
            entrustment=row,
            kind="start_reported",
            event_on=stage.day(starts + 5),
            proof=f"省局回执 {product_key.upper()}-2025",
            by=stage.as_(f"{registrant}.qm1", Can.REPORT_ENTRUSTMENT, pair, at),
            at=at,
        )


def _draft(stage: Stage, done: Entrusted, pair_key: str, keys: Sequence[str], starts: int, ends: int) -> Agreement:
    pair, registrant = stage.pairs[pair_key], pair_key.split("-", maxsplit=1)[0]
    at = stage.at(starts - 2)
    draft: Any = actions.create_agreement(
        pair=pair,
        starts_on=stage.day(starts),
        ends_on=stage.day(ends),
        entrustments=[done.entrustments[key] for key in keys],
        by=stage.as_(f"{registrant}.qm1", Can.DRAFT_AGREEMENT, pair, at),
        at=at,
    )
    return draft if isinstance(draft, Agreement) else draft.agreement


def _offer(stage: Stage, done: Entrusted, pair_key: str, agreement: Agreement, offset: int) -> AgreementRevision:
    pair, registrant = stage.pairs[pair_key], pair_key.split("-", maxsplit=1)[0]
    at = stage.at(offset)
    by = stage.as_(f"{registrant}.qm1", Can.DRAFT_AGREEMENT, pair, at)
    done.revisions[pair_key] = actions.offer_for_signature(agreement=agreement, by=by, at=at)
    return done.revisions[pair_key]


def _sign(stage: Stage, done: Entrusted, pair_key: str, keys: Sequence[str], starts: int, ends: int) -> None:
    agreement = _draft(stage, done, pair_key, keys, starts, ends)
    revision = _offer(stage, done, pair_key, agreement, starts - 1)
    for firm in pair_key.split("-"):
        _sign_for(stage, pair_key, revision, firm, starts - 1)


def _sign_for(stage: Stage, pair_key: str, revision: AgreementRevision, firm: str, offset: int) -> None:
    at = stage.at(offset)
    by = stage.as_(f"{firm}.sign", Can.SIGN_AGREEMENT, stage.pairs[pair_key], at)
    actions.sign_agreement(revision=revision, proof=stage.proof(revision), by=by, at=at)


def _on_paper(stage: Stage, done: Entrusted) -> None:
    """The reagent's agreement was signed on paper before go-live and is confirmed by both sides."""
    pair_key = "qiheng-boyuan"
    pair = stage.pairs[pair_key]
    at = stage.at(-374)
    content = {
        "title_zh": "体外诊断试剂委托生产质量协议",
        "title_en": "Quality agreement on contract manufacturing of IVD reagents",
        "starts_on": stage.day(-373),
        "ends_on": stage.day(300),
        "signed_on": stage.day(-376),
        "registrant_signatory": "方启明",
        "contractor_signatory": "穆博",
        "sealed_by_registrant": True,
        "sealed_by_contractor": True,
        "lots_made_in_time": "",
    }
    revision = actions.register_paper_agreement(
        pair=pair,
        content=content,
        entrustments=[done.entrustments["ivd"]],
        scan=_file("agreement-scan.txt", "示例：已签署纸质质量协议的扫描件（虚构）\n"),
        by=stage.as_("qiheng.qm1", Can.REGISTER_PAPER, pair, at),
        at=at,
    )
    done.revisions[pair_key] = revision
    for username in ("qiheng.qm2", "boyuan.qm1"):
        at = stage.at(-373)
        by = stage.as_(username, Can.CONFIRM_PAPER, pair, at)
        actions.confirm_paper_agreement(revision=revision, proof=stage.proof(revision), by=by, at=at)


def _stent_agreement_waits(stage: Stage, products: Products, done: Entrusted) -> None:
    """The stent is entrusted; its agreement is signed by the registrant and waits for the contractor."""
    pair_key = "kanglan-hengzhu"
    _open(stage, products, done, pair_key, "stent", -40)
    agreement = _draft(stage, done, pair_key, ("stent",), -6, 320)
    revision = _offer(stage, done, pair_key, agreement, -5)
    _sign_for(stage, pair_key, revision, "kanglan", -5)


def _refused(stage: Stage, products: Products) -> None:
    """Nobody can entrust the coronary stent: the attempt is refused and stays on the trail."""
    pair, at = stage.pairs["kanglan-hengzhu"], stage.at(-100)
    by = stage.as_("kanglan.qm1", Can.OPEN_ENTRUSTMENT, pair, at)
    device, site = products.devices["coronary"], stage.sites["hengzhu"]
    try:
        with transaction.atomic():
            actions.open_entrustment(pair=pair, device=device, site=site, starts_on=stage.day(-90), by=by, at=at)
    except Refused as refusal:
        record_refusal("entrustment.opened", refusal, by=by, at=at, subject=device, stream=pair.stream)


def _yearly_duties(stage: Stage) -> None:
    """Two pairs bring their last audit with them from before they were taken in; the third one's first audit and review
    are about to be due, a year after its beginning."""
    for pair_key in ("kanglan-hengzhu", "kanglan-runnuo"):
        pair, done_on, at = stage.pairs[pair_key], stage.day(-396), stage.at(-379)
        actions.record_pair_duty(
            pair=pair,
            kind=PairDuty.Kind.AUDIT,
            done_on=done_on,
            next_due_on=a_year_after(done_on),
            reference=f"SH-{done_on:%Y%m}",
            upload=_file("audit.txt", "示例文件（虚构）\n上一年度现场审核报告\n"),
            by=stage.as_("kanglan.qm1", Can.RECORD_YEARLY_DUTY, pair, at),
            at=at,
        )


def hold_on_scalpel(stage: Stage, done: Entrusted) -> None:
    """The registrant stops one entrustment for the time being."""
    pair = stage.pairs["boyuan-hengzhu"]
    at = stage.at(-8)
    actions.place_hold(
        pair=pair,
        entrustment=done.entrustments["scalpel"],
        reason="收到无菌屏障封口强度异常的反馈，查明原因前暂停放行。",
        by=stage.as_("boyuan.qm2", Can.PLACE_HOLD, pair, at),
        at=at,
    )
