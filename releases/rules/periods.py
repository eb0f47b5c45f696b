"""What gates about periods say: a day of manufacture without cover, days before any record, what lapsed since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from .gate import Case, Verdict
from .validity import coverage_on, gap_on_record, latest_coverage

Words = tuple[str, str]


def throughout(
    case: Case,
    verdict: Verdict,
    holds: Callable[[date], bool],
    first_on_record: date | None,
    says: Words,
    unknown: Words,
) -> None:
    """Block for the first production day on which ``holds`` is false; days before any record need a statement."""
    gap, before_records = gap_on_record(case, holds, first_on_record)
    if gap is not None:
        verdict.blocks(says[0].format(gap=gap), says[1].format(gap=gap))
    elif before_records:
        beyond_records(verdict, *unknown)


def beyond_records(verdict: Verdict, what_zh: str, what_en: str) -> None:
    verdict.warns(
        f"本批于系统启用前投产，{what_zh}无法由系统记录判断，须由放行人在审核声明中确认。",
        f"This lot was in production before records began here; {what_en} cannot be judged from records and the "
        "releaser's statement must cover it.",
        code=f"{verdict.gate.code}_before_records",
        basis="policy",
        todo_zh="请核对系统外的记录，并在审核声明中逐项确认。",
        todo_en="Check the records kept elsewhere and confirm the point in the statement.",
    )


def lapsed_since(case: Case, verdict: Verdict, what_zh: str, what_en: str, made_in_time: bool) -> None:
    """A lot made in time stays lawful; the agreement's clause for that case is quoted (invariant 6).

    A lot not made in time is stopped by the gate on the days of manufacture; here it is only not called in time.
    """
    code = f"{verdict.gate.code}_lapsed_since"
    if not made_in_time:
        zh = f"{what_zh}在放行之日无效；生产期间是否有效见相应条件。"
        en = f"The {what_en} is not valid today; whether it was during manufacture is judged by its own condition."
        verdict.warns(zh, en, code=code)
        return
    cover = coverage_on(case.entrustment, case.lot.produced_to) or latest_coverage(case.entrustment)
    clause = cover.lots_made_in_time_clause if cover else ""
    verdict.rests_on(lots_made_in_time_clause=clause or None)
    said_zh = f"质量协议约定：{clause}" if clause else "质量协议对此没有约定，请在审核声明中说明依据。"
    said_en = f"The agreement says: {clause}" if clause else "The agreement is silent on this; give your grounds."
    zh = f"{what_zh}在生产之后已失效；本批在其有效期内生产。{said_zh}"
    en = f"The {what_en} has lapsed since manufacture; this lot was made within its validity. {said_en}"
    grounds = {"todo_zh": "请在审核声明中说明放行的依据。", "todo_en": "Give your grounds in the statement."}
    verdict.warns(zh, en, code=code, who=case.decider, **grounds)


#: How a licence or certificate that is no longer in force stands, in both languages.
STANDINGS = {
    "suspended": ("已被暂停", "suspended"),
    "revoked": ("已被吊销", "revoked"),
    "cancelled": ("已被注销", "cancelled"),
}
