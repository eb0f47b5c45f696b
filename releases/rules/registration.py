"""May this lot be registered? Every problem at once, before a lot exists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from agreements.facts import EntrustmentFacts
from cmo.errors import Finding

from ..facts.values import RegistrationFacts
from ..on_day import certified_on, covers_product, covers_site, licences_on
from .gate import first_day_without
from .validity import edges_of


def findings_for_registration(facts: RegistrationFacts) -> list[Finding]:
    """Every reason against registering this lot for manufacture under its entrustment."""
    return [*_typed(facts), *_entrusted(facts), *_licensed(facts), *_catalogue(facts)]


def findings_for_take_over(facts: RegistrationFacts, on: date) -> list[Finding]:
    """Every reason against taking over a lot that was in progress when the system went live for its entrustment."""
    found = [*_typed(facts), *in_progress_findings(facts)]
    if not facts.note.strip():
        found.append(
            _block("note_missing", "请说明接管的原因与依据。", "Say why the lot is taken over and on what records.")
        )
    if facts.entrustment.state_on(on) not in {"active", "suspended"}:
        zh, en = (
            "该委托生产未在执行中，不能接管其批次。",
            "The entrustment is not running; its lots cannot be taken over.",
        )
        found.append(_block("entrustment_not_active", zh, en, "O739-34"))
    return found


def in_progress_findings(facts: RegistrationFacts) -> list[Finding]:
    """Production of a lot taken over began before records did."""
    if facts.produced_from < facts.go_live_on:
        return []
    zh = f"投产日（{facts.produced_from}）不早于系统启用日（{facts.go_live_on}），请按新批登记。"
    en = (
        f"Production began on {facts.produced_from}, not before records began ({facts.go_live_on}): register it as new."
    )
    return [_block("not_in_progress_at_go_live", zh, en, "GMP25-81", basis="announcement")]


def _typed(facts: RegistrationFacts) -> list[Finding]:
    found = []
    if not facts.number.strip():
        found.append(_block("number_missing", "请填写批号。", "Enter the lot number."))
    if facts.number_known:
        found.append(number_taken(facts.number))
    return [*found, *content_findings(facts)]


def content_findings(facts: RegistrationFacts) -> list[Finding]:
    """Every reason against what is said of a lot beside its number."""
    found = []
    if not facts.model.strip():
        found.append(_block("model_missing", "请填写型号、规格。", "Enter the model or specification."))
    if facts.quantity < 1:
        found.append(_block("quantity_missing", "生产数量至少为1。", "The quantity produced is at least 1."))
    return [*found, *_dates(facts), *_prints(facts)]


def number_taken(number: str) -> Finding:
    """The contractor has used this number for this device (the other firm's numbers are never looked at)."""
    zh = f"批号“{number}”已为该产品登记，请核对“批号”一栏。"
    en = f"Lot number “{number}” is registered for this device already; check the field “Lot number”."
    return _block("number_taken", zh, en, "GMP25-81", basis="announcement")


def _dates(facts: RegistrationFacts) -> list[Finding]:
    found = []
    if facts.produced_to < facts.produced_from:
        zh, en = "生产结束日早于开始日。", "The last production day lies before the first."
        found.append(_block("window_reversed", zh, en))
    if facts.expires_on is not None and facts.expires_on <= facts.produced_to:
        zh, en = "使用期限须晚于生产结束日。", "The use-by date must lie after the last production day."
        found.append(_block("use_by_date_early", zh, en))
    return found


def _prints(facts: RegistrationFacts) -> list[Finding]:
    found = []
    if not facts.label_fits:
        found.append(
            _block("label_of_other_device", "所选标签版本不属于该产品。", "The label version is not of this device.")
        )
    if not facts.ifu_fits:
        zh, en = "所选说明书版本不属于该产品。", "The version of the instructions for use is not of this device."
        found.append(_block("ifu_of_other_device", zh, en))
    return found


def _entrusted(facts: RegistrationFacts) -> list[Finding]:
    found, entrustment = [], facts.entrustment
    gap = _gap(facts, lambda day: entrustment.state_on(day) == "active")
    if gap is not None:
        zh = f"该委托生产在{gap}不处于有效状态，不能登记该生产期间的批次。"
        en = f"The entrustment is not active on {gap}; a lot of this production window cannot be registered."
        found.append(_block("entrustment_not_active", zh, en, "O739-34"))
    if entrustment.pair_ended_on is not None and facts.produced_to >= entrustment.pair_ended_on:
        ended = entrustment.pair_ended_on
        found.append(_block("pair_ended", f"委托关系已于{ended}终止。", f"The pair ended on {ended}.", "O739-34"))
    return found


def _is_licensed(entrustment: EntrustmentFacts, day: date) -> bool:
    """Whether a licence in force on that day covers product and site."""
    valid = licences_on(entrustment, day)
    return any(covers_product(licence, entrustment) and covers_site(licence, entrustment) for licence in valid)


def _licensed(facts: RegistrationFacts) -> list[Finding]:
    found, entrustment = [], facts.entrustment
    if (gap := _gap(facts, lambda day: _is_licensed(entrustment, day))) is not None:
        zh = f"在{gap}没有覆盖该产品和生产场地、在有效期内且未被暂停、吊销或者注销的生产许可（备案）。"
        en = f"On {gap} no confirmed production licence that is within its validity and in force covers product and site."
        found.append(_block("site_not_licensed", zh, en, "O53-14"))
    if (gap := _gap(facts, lambda day: certified_on(entrustment, day))) is not None:
        zh = f"在{gap}没有经确认、在有效期内且未被撤销或者注销的注册证（备案）。"
        en = f"On {gap} no confirmed certificate of the product is within its validity and in force."
        found.append(_block("certificate_not_valid", zh, en, "O47-112"))
    return found


def _catalogue(facts: RegistrationFacts) -> list[Finding]:
    if facts.catalogue != "prohibited":
        return []
    zh = "该产品列入投产日施行的禁止委托生产医疗器械目录，不得委托生产。"
    en = "The catalogue in force on the first production day prohibits entrusting this product."
    return [_block("catalogue_prohibited", zh, en, "O739-34")]


def _gap(facts: RegistrationFacts, holds: Callable[[date], bool]) -> date | None:
    if facts.produced_to < facts.produced_from:
        return None
    return first_day_without(holds, facts.produced_from, facts.produced_to, edges_of(facts.entrustment))


def _block(code: str, zh: str, en: str, citation: str = "", basis: str = "") -> Finding:
    return Finding(code, "blocks", basis or ("law" if citation else "policy"), zh, en, citation)  # type: ignore[arg-type]
