"""Gates about the product: its certificate and the prohibited catalogue."""

from __future__ import annotations

from ..facts.values import MARKET
from ..on_day import IN_FORCE, certificate_on, certified_on, standing_on
from .gate import N38, O47, O739, Case, Verdict, gate
from .manufacture import REGISTRANT_QUALITY
from .periods import STANDINGS, lapsed_since, throughout


@gate(
    "certificate_at_manufacture",
    "整个生产期间产品注册证（备案）有效",
    "The product's certificate was valid on every day of manufacture",
    basis="law",
    citation="O47-112",
    applies_from=O47,
    who=REGISTRANT_QUALITY,
    todo=(
        "注册证当时有效而未登记的，由注册人登记并由其质量负责人确认；否则由放行人拒绝本批。",
        "If a certificate was valid then but is not recorded, the registrant enters it and its quality confirms; otherwise reject the lot.",
    ),
)
def certificate_at_manufacture(case: Case, verdict: Verdict) -> None:
    entrustment = case.entrustment
    used = certificate_on(entrustment, case.lot.produced_to)
    last = used.last_day if used else None
    verdict.rests_on(certificate=used.number if used else None, certificate_last_day=last)
    first = min((v.first_day for v in entrustment.certificates), default=None)
    zh = "生产期间（{gap}）没有经确认、在有效期内且未被撤销或者注销的注册证（备案），该批不得放行。"
    en = "During manufacture (on {gap}) no confirmed certificate was valid and in force; the lot may not be released."
    unknown = ("投产时的注册证", "the certificate at that time")
    throughout(case, verdict, lambda day: certified_on(entrustment, day), first, (zh, en), unknown)


@gate(
    "certificate_now",
    "放行之日注册证（备案）未失效、未撤销",
    "The certificate has not lapsed and is not revoked on the day of release",
    basis="law",
    citation="O739-22",
    applies_from=O739,
    stages=(MARKET,),
    who=REGISTRANT_QUALITY,
    todo=(
        "注册证已恢复的，由注册人登记新版本并由其质量负责人确认；否则由放行人拒绝本批。",
        "If the certificate is in force again, the registrant enters that version and its quality confirms it; otherwise reject the lot.",
    ),
)
def certificate_now(case: Case, verdict: Verdict) -> None:
    current = case.entrustment.certificate
    used = certificate_on(case.entrustment, case.on)
    shown = used or current
    last = shown.last_day if shown else None
    verdict.rests_on(certificate=shown.number if shown else None, certificate_last_day=last, day=case.on)
    found = (standing_on(case.entrustment.certificates, case.on), current.standing if current else IN_FORCE)
    stopped = next((standing for standing in found if standing != IN_FORCE), None)
    if stopped is not None:
        zh, en = STANDINGS[stopped]
        verdict.blocks(
            f"产品注册证（备案）{zh}，不得上市放行。", f"The product's certificate is {en}; it may not be marketed."
        )
    elif used is None:
        made_in_time = certified_on(case.entrustment, case.lot.produced_to)
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


_PROHIBITED = {
    "todo_zh": "由放行人拒绝本批，并由注册人终止该委托生产。",
    "todo_en": "Reject the lot; the registrant ends the entrustment.",
}


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
    """A determination clears the edition that it was made under and no other: each that leaves it open needs its own."""
    lot, editions = case.lot, list(case.lot.catalogue_editions)
    determined = dict(zip(lot.catalogue_editions, lot.catalogue_determined, strict=False))
    open_ones = [key for key in editions if determined.get(key) != "allowed"]
    said = [word for word in determined.values() if word]
    verdict.rests_on(outcome=lot.catalogue, edition=editions, determination=said)
    if lot.catalogue == "prohibited":
        zh = f"该产品列入生产时施行的禁止委托生产医疗器械目录（{'、'.join(editions)}版），不得委托生产。"
        en = f"The edition in force at manufacture ({', '.join(editions)}) prohibits entrusting this product."
        verdict.blocks(zh, en, code="catalogue_prohibited", **_PROHIBITED)
    elif lot.catalogue != "allowed" and open_ones:
        under_zh, under_en = _under(open_ones)
        zh = f"该产品是否列入禁止委托生产目录{under_zh}尚未确定，也没有质量人员签署的判定。"
        en = f"Whether the catalogue{under_en} prohibits this product is undetermined, and no signed determination clears it."
        verdict.blocks(zh, en, code="catalogue_undetermined")


def _under(editions: list[str]) -> tuple[str, str]:
    """The editions held, as a sentence names them; nothing when none is."""
    held = [key for key in editions if key]
    return (f"（{'、'.join(held)}版）", f" ({', '.join(held)})") if held else ("", "")
