"""Gates about the days of manufacture and about today: pair, entrustment, agreement, licence."""

from __future__ import annotations

from datetime import date

from ..on_day import IN_FORCE, best_licence, covers_product, covers_site, licence_standing, licences_on
from .gate import MARKET_RELEASER, O53, O739, Case, Verdict, gate
from .periods import STANDINGS, lapsed_since, throughout
from .validity import coverage_on, gap_in_window, latest_coverage

REGISTRANT_QUALITY = "registrant:quality_manager"
CONTRACTOR_QUALITY = "contractor:quality_manager"


@gate(
    "pair_standing",
    "委托关系未终止",
    "The pair has not ended",
    basis="law",
    citation="O739-34",
    applies_from=O739,
    who=REGISTRANT_QUALITY,
    todo=(
        "由放行人拒绝本批；确需继续委托的，由双方重新建立委托关系。",
        "Reject the lot; to go on together, both sides open a new pair.",
    ),
)
def pair_standing(case: Case, verdict: Verdict) -> None:
    ended = case.entrustment.pair_ended_on
    verdict.rests_on(pair_ended_on=ended)
    if ended is None or (not case.for_market and case.on < ended):
        return
    if case.for_market and case.lot.produced_to < ended:
        if case.on >= ended:
            zh, en = "委托关系已于{0}终止；本批在终止前生产。", "The pair ended on {0}; this lot was made before that."
            grounds = {"todo_zh": "请在审核声明中说明放行的依据。", "todo_en": "Give your grounds in the statement."}
            verdict.warns(zh.format(ended), en.format(ended), who=MARKET_RELEASER, **grounds)
        return
    verdict.blocks(f"委托关系已于{ended}终止。", f"The pair ended on {ended}.")


@gate(
    "entrustment_at_manufacture",
    "整个生产期间委托生产有效",
    "The entrustment was active on every day of manufacture",
    basis="law",
    citation="O739-34",
    applies_from=O739,
    who=REGISTRANT_QUALITY,
    todo=(
        "由放行人拒绝本批；生产期间登记有误的，由受托方生产计划员更正批记录。",
        "Reject the lot; if its days are recorded wrongly, the contractor's production planner corrects the lot.",
    ),
)
def entrustment_at_manufacture(case: Case, verdict: Verdict) -> None:
    entrustment, lot = case.entrustment, case.lot
    verdict.rests_on(entrustment=entrustment.number, produced_from=lot.produced_from, produced_to=lot.produced_to)
    first = entrustment.states[0][0] if entrustment.states else None
    zh = "生产期间（{gap}）委托生产不处于有效状态，该批不得放行。"
    en = "The entrustment was not active during manufacture (on {gap}); the lot may not be released."
    unknown = ("投产时的委托关系", "the entrustment at that time")
    throughout(case, verdict, lambda day: entrustment.state_on(day) == "active", first, (zh, en), unknown)


@gate(
    "entrustment_now",
    "放行之日委托生产有效",
    "The entrustment is active on the day of release",
    basis="law",
    citation="O739-34",
    applies_from=O739,
    who=REGISTRANT_QUALITY,
    todo=(
        "由注册人质量负责人恢复委托，或拒绝放行。",
        "The registrant's quality resumes the entrustment, or reject the lot.",
    ),
)
def entrustment_now(case: Case, verdict: Verdict) -> None:
    state = case.entrustment.state_on(case.on)
    verdict.rests_on(entrustment=case.entrustment.number, state=state, day=case.on)
    if state == "active":
        return
    word_zh, word_en = _STATES[state]
    if case.for_market:
        zh = f"委托生产现为{word_zh}；本批在有效期间生产的，须说明处理依据。"
        verdict.warns(zh, f"The entrustment is {word_en} now; say on what grounds this lot, made before, is released.")
        return
    verdict.blocks(
        f"委托生产{word_zh}，不得生产放行。", f"The entrustment is {word_en}; production release is not possible."
    )


_STATES = {
    "suspended": ("已暂停", "suspended"),
    "ended": ("已终止", "ended"),
    "not_started": ("尚未开始", "not begun"),
}


@gate(
    "agreement_at_manufacture",
    "整个生产期间质量协议有效",
    "A quality agreement was in effect on every day of manufacture",
    basis="law",
    citation="O53-32",
    applies_from=O53,
    who="registrant:signatory, contractor:signatory",
    todo=(
        "协议已签而未登记的，由双方登记纸质协议；否则由放行人拒绝本批。",
        "If an agreement was signed on paper, both sides record it; otherwise reject the lot.",
    ),
)
def agreement_at_manufacture(case: Case, verdict: Verdict) -> None:
    entrustment = case.entrustment
    used = coverage_on(entrustment, case.lot.produced_to)
    number = f"{used.agreement_number}/{used.revision_number}" if used else None
    verdict.rests_on(agreement=number, agreement_last_day=used.last_day if used else None)
    first = min((c.starts_on for c in entrustment.coverage), default=None)
    zh = "生产期间（{gap}）没有双方签署且在有效期内的质量协议覆盖该委托，该批不得放行。"
    en = "During manufacture (on {gap}) no signed quality agreement in its term covered the entrustment."
    unknown = ("投产时的质量协议", "the quality agreement at that time")
    throughout(case, verdict, lambda day: coverage_on(entrustment, day) is not None, first, (zh, en), unknown)


@gate(
    "agreement_now",
    "放行之日质量协议有效",
    "A quality agreement is in effect on the day of release",
    basis="law",
    citation="O53-32",
    applies_from=O53,
    who="registrant:signatory, contractor:signatory",
    todo=("双方签署新的质量协议版本。", "Both sides sign a new revision of the agreement."),
)
def agreement_now(case: Case, verdict: Verdict) -> None:
    used = coverage_on(case.entrustment, case.on) or latest_coverage(case.entrustment)
    number = f"{used.agreement_number}/{used.revision_number}" if used else None
    verdict.rests_on(agreement=number, agreement_last_day=used.last_day if used else None, day=case.on)
    if coverage_on(case.entrustment, case.on) is not None:
        return
    if case.for_market:
        made_in_time = coverage_on(case.entrustment, case.lot.produced_to) is not None
        lapsed_since(case, verdict, "质量协议", "quality agreement", made_in_time)
        return
    zh = "放行之日没有有效的质量协议覆盖该委托，不得生产放行。"
    verdict.blocks(
        zh, "No quality agreement in effect covers the entrustment today; production release is not possible."
    )


@gate(
    "licence_at_manufacture",
    "整个生产期间受托方生产许可（备案）有效",
    "The contractor's production licence was valid on every day of manufacture",
    basis="law",
    citation="O53-14",
    applies_from=O53,
    who=CONTRACTOR_QUALITY,
    todo=(
        "许可证当时有效而未登记的，由受托方登记并由其质量负责人确认；否则由放行人拒绝本批。",
        "If a licence was valid then but is not recorded, the contractor enters it and its quality confirms; otherwise reject the lot.",
    ),
)
def licence_at_manufacture(case: Case, verdict: Verdict) -> None:
    entrustment = case.entrustment
    used = best_licence(entrustment, case.lot.produced_to)
    last = used.last_day if used else None
    verdict.rests_on(licence=used.number if used else None, licence_last_day=last, produced_to=case.lot.produced_to)
    first = min((v.first_day for v in entrustment.licences), default=None)
    zh = "生产期间（{gap}）受托方没有经确认、在有效期内且未被暂停、吊销或者注销的生产许可（备案），该批不得放行。"
    en = (
        "During manufacture (on {gap}) the contractor had no confirmed production licence that was within its validity "
        "and not suspended, revoked or cancelled."
    )
    unknown = ("投产时的生产许可", "the production licence at that time")
    throughout(case, verdict, lambda day: bool(licences_on(entrustment, day)), first, (zh, en), unknown)


@gate(
    "licence_covers_product",
    "生产许可范围覆盖产品所属子目录",
    "The licence covers the product's sub-catalogue",
    basis="law",
    citation="O53-15",
    applies_from=O53,
    who=CONTRACTOR_QUALITY,
    todo=(
        "许可范围已变更的，由受托方登记新版本并由其质量负责人确认；否则由放行人拒绝本批。",
        "If the scope was changed in time, the contractor enters that version and its quality confirms it; otherwise reject the lot.",
    ),
)
def licence_covers_product(case: Case, verdict: Verdict) -> None:
    entrustment, certificate = case.entrustment, case.entrustment.certificate
    used = best_licence(entrustment, case.lot.produced_to)
    scope = " ".join(used.scope) if used else None
    verdict.rests_on(sub_catalogue=certificate.sub_catalogue if certificate else None, licence_scope=scope)

    def covered(day: date) -> bool:
        valid = licences_on(entrustment, day)
        return not valid or any(covers_product(licence, entrustment) for licence in valid)

    if (gap := gap_in_window(case, covered)) is not None:
        zh = f"生产期间（{gap}）受托方生产许可范围不包含该产品所属子目录。"
        verdict.blocks(zh, f"During manufacture (on {gap}) the licence's scope lacks the product's sub-catalogue.")


@gate(
    "licence_names_site",
    "生产场地载于生产许可",
    "The production site is on the licence",
    basis="law",
    citation="O53-15",
    applies_from=O53,
    who=CONTRACTOR_QUALITY,
    todo=(
        "许可证已载明该场地的，由受托方登记新版本并由其质量负责人确认；否则由放行人拒绝本批。",
        "If the licence names the site, the contractor enters that version and its quality confirms it; otherwise reject the lot.",
    ),
)
def licence_names_site(case: Case, verdict: Verdict) -> None:
    entrustment = case.entrustment
    used = best_licence(entrustment, case.lot.produced_to)
    verdict.rests_on(site=entrustment.site_id, licence=used.number if used else None)

    def named(day: date) -> bool:
        fitting = [licence for licence in licences_on(entrustment, day) if covers_product(licence, entrustment)]
        return not fitting or any(covers_site(licence, entrustment) for licence in fitting)

    if (gap := gap_in_window(case, named)) is not None:
        zh = f"生产期间（{gap}）该生产场地未载于受托方的生产许可。"
        verdict.blocks(zh, f"During manufacture (on {gap}) the production site was not on the contractor's licence.")


@gate(
    "licence_accepted",
    "注册人已认可该生产许可",
    "The registrant has accepted this licence",
    basis="policy",
    citation="POLICY-BASE-DATA",
    applies_from=None,
    who=REGISTRANT_QUALITY,
    todo=(
        "由注册人质量负责人在委托关系页认可许可证。",
        "The registrant's quality accepts the licence on the pair's page.",
    ),
)
def licence_accepted(case: Case, verdict: Verdict) -> None:
    used = best_licence(case.entrustment, case.lot.produced_to if case.for_market else case.on)
    verdict.rests_on(licence=used.number if used else None, licence_version=used.version_id if used else None)
    if used is not None and not used.accepted:
        zh = "注册人尚未认可受托方的该许可证版本。"
        verdict.blocks(zh, "The registrant has not accepted this version of the contractor's licence.")


@gate(
    "licence_now",
    "放行之日生产许可（备案）有效",
    "The production licence is valid on the day of release",
    basis="law",
    citation="O53-14",
    applies_from=O53,
    who=CONTRACTOR_QUALITY,
    todo=(
        "受托方登记延续后的许可证并由质量人员确认。",
        "The contractor enters the renewed licence; its quality confirms it.",
    ),
)
def licence_now(case: Case, verdict: Verdict) -> None:
    used, valid = best_licence(case.entrustment, case.on), licences_on(case.entrustment, case.on)
    stopped = _stopped_licence(case)
    number, last_day = (used.number, used.last_day) if used else (None, None)
    verdict.rests_on(licence=number, licence_last_day=last_day, day=case.on)
    if stopped is not None:
        zh, en = STANDINGS[stopped]
        verdict.blocks(f"受托方生产许可{zh}，不得放行。", f"The contractor's licence is {en}; no release is possible.")
    elif not valid and case.for_market:
        made_in_time = bool(licences_on(case.entrustment, case.lot.produced_to))
        lapsed_since(case, verdict, "受托方生产许可", "contractor's production licence", made_in_time)
    elif not valid:
        en = "The contractor has no confirmed licence within its validity today; production release stops."
        verdict.blocks("放行之日受托方没有经确认且在有效期内的生产许可（备案），不得生产放行。", en)


def _stopped_licence(case: Case) -> str | None:
    """How the licence under which the lot was made stands on the day of the act, or by its latest version, when that is
    not in force."""
    entrustment = case.entrustment
    used = best_licence(entrustment, case.lot.produced_to) or best_licence(entrustment, case.on)
    if used is None:
        return None
    latest = [v.standing for v in entrustment.licences if v.licence_id == used.licence_id and v.current]
    found = (licence_standing(entrustment, used, case.on), *latest)
    return next((standing for standing in found if standing != IN_FORCE), None)
