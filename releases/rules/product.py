"""Gates about the product: its certificate and the prohibited catalogue."""

from __future__ import annotations

from ..facts.values import MARKET
from .gate import N38, O47, O739, Case, Verdict, gate
from .manufacture import REGISTRANT_QUALITY
from .periods import STANDINGS, lapsed_since, throughout
from .validity import IN_FORCE, certificate_on


@gate(
    "certificate_at_manufacture",
    "整个生产期间产品注册证（备案）有效",
    "The product's certificate was valid on every day of manufacture",
    basis="law",
    citation="O47-112",
    applies_from=O47,
    stages=(MARKET,),
    who=REGISTRANT_QUALITY,
)
def certificate_at_manufacture(case: Case, verdict: Verdict) -> None:
    entrustment = case.entrustment
    used = certificate_on(entrustment, case.lot.produced_to)
    last = used.last_day if used else None
    verdict.rests_on(certificate=used.number if used else None, certificate_last_day=last)
    first = min((v.first_day for v in entrustment.certificates), default=None)
    zh = "生产期间（{gap}）没有经确认且在有效期内的注册证（备案），该批不得上市。"
    en = "During manufacture (on {gap}) no confirmed certificate was valid; the lot may not be marketed."
    unknown = ("投产时的注册证", "the certificate at that time")
    throughout(case, verdict, lambda day: certificate_on(entrustment, day) is not None, first, (zh, en), unknown)


@gate(
    "certificate_now",
    "放行之日注册证（备案）未失效、未撤销",
    "The certificate has not lapsed and is not revoked on the day of release",
    basis="law",
    citation="O739-22",
    applies_from=O739,
    stages=(MARKET,),
    who=REGISTRANT_QUALITY,
)
def certificate_now(case: Case, verdict: Verdict) -> None:
    current = case.entrustment.certificate
    used = certificate_on(case.entrustment, case.on)
    shown = used or current
    last = shown.last_day if shown else None
    verdict.rests_on(certificate=shown.number if shown else None, certificate_last_day=last, day=case.on)
    if current is not None and current.standing != IN_FORCE:
        zh, en = STANDINGS[current.standing]
        verdict.blocks(
            f"产品注册证（备案）{zh}，不得上市放行。", f"The product's certificate is {en}; it may not be marketed."
        )
    elif used is None:
        made_in_time = certificate_on(case.entrustment, case.lot.produced_to) is not None
        lapsed_since(case, verdict, "产品注册证", "product's certificate", made_in_time)


@gate(
    "contractor_on_certificate",
    "注册证生产地址栏载有受托方地址并注明“（委托生产）”",
    "The certificate shows the contractor's address marked “(委托生产)”",
    basis="announcement",
    citation="N38-29",
    applies_from=N38,
    stages=(MARKET,),
    who=REGISTRANT_QUALITY,
    todo=(
        "由注册人办理注册证变更，登记新版本并确认。",
        "The registrant has the certificate changed, enters and confirms it.",
    ),
)
def contractor_on_certificate(case: Case, verdict: Verdict) -> None:
    used = certificate_on(case.entrustment, case.lot.produced_to) or case.entrustment.certificate
    now = case.entrustment.certificate
    marked = any(version is not None and version.contractor_on_certificate for version in (used, now))
    verdict.rests_on(certificate=used.number if used else None, contractor_on_certificate=marked)
    if not marked:
        zh = "注册证生产地址栏未载明受托方生产地址并注明“（委托生产）”。"
        verdict.blocks(zh, "The certificate does not show the contractor's address with the mark “(委托生产)”.")


@gate(
    "catalogue",
    "生产时产品不在禁止委托生产目录内",
    "The product was not on the prohibited catalogue when it was made",
    basis="law",
    citation="O739-34",
    applies_from=O739,
    who=REGISTRANT_QUALITY,
    todo=(
        "由注册人质量负责人补充产品事实或签署判定。",
        "The registrant's quality completes the product's facts or signs a determination.",
    ),
)
def catalogue(case: Case, verdict: Verdict) -> None:
    lot, determined = case.lot, case.entrustment.determined_under(case.lot.catalogue_edition)
    verdict.rests_on(outcome=lot.catalogue, edition=lot.catalogue_edition, determination=determined or None)
    if lot.catalogue == "prohibited":
        zh = f"该产品列入生产时施行的禁止委托生产医疗器械目录（{lot.catalogue_edition}版），不得委托生产。"
        en = f"The edition in force at manufacture ({lot.catalogue_edition}) prohibits entrusting this product."
        verdict.blocks(zh, en, code="catalogue_prohibited", todo_zh="", todo_en="")
    elif lot.catalogue != "allowed" and determined != "allowed":
        zh = "该产品是否列入禁止委托生产目录尚未确定，也没有质量人员签署的判定。"
        en = "Whether the catalogue prohibits this product is undetermined, and no signed determination clears it."
        verdict.blocks(zh, en, code="catalogue_undetermined")
