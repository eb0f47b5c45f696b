"""The contractor never entrusts further: the clause that says so stays, and no other row says otherwise.

Judged sentence by sentence from the words: a ban is a sentence that speaks of entrusting further and forbids it without
a condition. Wording can be more inventive than any rule; what is caught here are the ways in which drafts are softened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmo.errors import Finding

from ..facts.draft import ClauseFacts, DraftFacts
from ..wording import finding

#: The clause that no agreement may lack.
NO_SUB_ENTRUSTING = "no_sub_entrusting"

_SENTENCES_ZH, _SENTENCES_EN = re.compile(r"[。；;！\n]"), re.compile(r"[.;!\n]")
_SPEAKS_ZH = re.compile(r"(再|再行|再次|转|二次)委托|转包|转让生产|分包生产")
_SPEAKS_EN = re.compile(
    r"\b(sub-?|re-?)entrust|\bentrust(s|ed|ing)?\b[^.;]*\b(further|onwards?|anybody|anyone|another|others?|third|sub-?contractors?)\b"
    r"|\bsub-?contract(s|ed|ing)?\b[^.;]*\bproduction\b",
    re.IGNORECASE,
)
_FORBIDS_ZH = re.compile(r"不得|禁止|不可|不允许|不能|无权|严禁")
_FORBIDS_EN = re.compile(
    r"\b(may not|must not|shall not|does not|do not|cannot|never|not permitted|not allowed|prohibited|forbidden|nobody)\b",
    re.IGNORECASE,
)
_CONDITION_ZH = re.compile(r"未经|除非|除外|同意后|批准后|但书|经.{0,12}(同意|批准|许可)")
_CONDITION_EN = re.compile(
    r"\b(without|unless|except|save|provided)\b|\b(prior|written)\b[^.;]*\b(consent|approval)\b", re.IGNORECASE
)


def faults_of_sub_entrusting(facts: DraftFacts) -> Iterator[Finding]:
    """The ban missing or rewritten, and every row that lets the contractor entrust further."""
    ban = next((clause for clause in facts.clauses if clause.key == NO_SUB_ENTRUSTING and clause.complete), None)
    if ban is None:
        yield finding("sub_entrusting_allowed", anchor="clauses")
    elif not _forbids(ban):
        yield finding("sub_entrusting_rewritten", position=ban.position, anchor=f"clause-{ban.key}")
    for place_zh, place_en, anchor, zh, en in _other_rows(facts):
        if lets_sub_entrust(zh, en):
            yield finding("sub_entrusting_let", place_zh=place_zh, place_en=place_en, anchor=anchor)


def _forbids(clause: ClauseFacts) -> bool:
    zh, en = clause.text_zh, clause.text_en.casefold()
    says = "不得" in zh and ("再委托" in zh or "再行委托" in zh) and "may not" in en and "entrust" in en
    return says and not lets_sub_entrust(zh, en)


def _other_rows(facts: DraftFacts) -> Iterator[tuple[str, str, str, str, str]]:
    for c in facts.clauses:
        if c.key != NO_SUB_ENTRUSTING:
            words = (f"{c.heading_zh}\n{c.text_zh}", f"{c.heading_en}\n{c.text_en}")
            yield f"第{c.position}条", f"Clause {c.position}", f"clause-{c.key}", *words
    for d in facts.duties:
        yield f"职责“{d.duty_zh}”", f"The duty “{d.duty_en}”", f"duty-{d.key}", d.duty_zh, d.duty_en
    for o in facts.obligations:
        yield f"约定事项“{o.what_zh}”", f"The obligation “{o.what_en}”", f"obligation-{o.key}", o.what_zh, o.what_en


def lets_sub_entrust(zh: str, en: str) -> bool:
    """Whether a text speaks of entrusting further without forbidding it outright."""
    return _lets(_SENTENCES_ZH.split(zh), _SPEAKS_ZH, _FORBIDS_ZH, _CONDITION_ZH) or _lets(
        _SENTENCES_EN.split(en), _SPEAKS_EN, _FORBIDS_EN, _CONDITION_EN
    )


def _lets(sentences: list[str], speaks: re.Pattern[str], forbids: re.Pattern[str], condition: re.Pattern[str]) -> bool:
    spoken = [sentence for sentence in sentences if speaks.search(sentence)]
    return any(not forbids.search(sentence) or condition.search(sentence) for sentence in spoken)
