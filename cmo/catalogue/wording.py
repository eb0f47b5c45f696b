"""The reasons of a judgement as full sentences, in Chinese and English.

Every entry that decides, or that something unknown keeps open, gets one sentence; a product that may be entrusted is told
why the entries that looked at it let it go and why the material rules do.
"""

from __future__ import annotations

from collections.abc import Iterable

from .editions import Entry, Exclusion
from .facts_vocabulary import CLAUSES, NO, UNKNOWN, WORDS, YES
from .judgement import ALLOWED, ASKS, FALLS_UNDER, PROHIBITED, Judged, Reason
from .places import INDICATED, LISTED, PERSON_DECIDES, SHUT


def deciding_entry(judged: Judged) -> int | None:
    """The entry a judgement is about: the first that decides or stays open, else the first that let the product go."""
    certain = [i for i, found in enumerate(judged.statuses) if found == {FALLS_UNDER}]
    touched = [i for i in range(len(judged.statuses)) if _touched(judged, i)]
    still_open = [i for i, found in enumerate(judged.statuses) if found & {FALLS_UNDER, ASKS}]
    if judged.outcome == PROHIBITED:
        return (certain or still_open)[0]
    first = [i for i in touched if i in still_open] if judged.outcome != ALLOWED else touched
    return next(iter([*first, *(still_open if judged.outcome != ALLOWED else [])]), None)


def exclusion_that_matters(judged: Judged, index: int) -> Exclusion | None:
    """The exclusion of an entry that this product's code leaves open or that frees it."""
    entry = judged.edition.entries[index]
    doors = {place.doors[index] for place in judged.places}
    return next(
        (x for k, x in enumerate(entry.exclusions) if any(row[k] != SHUT for row in doors)),
        None,
    )


def reasons(judged: Judged) -> tuple[Reason, ...]:
    """All sentences of a judgement, the deciding one first."""
    if judged.outcome == PROHIBITED:
        return tuple(_prohibits(judged, i) for i in _in_order(judged, _certain(judged)))
    if judged.outcome == ALLOWED:
        freed = [_lets_go(judged, i) for i in range(len(judged.statuses)) if _touched(judged, i)]
        return (*(freed or [_not_listed(judged)]), _material_rules_let_go(judged))
    open_entries = [i for i, found in enumerate(judged.statuses) if found & {FALLS_UNDER, ASKS}]
    found = [_stays_open(judged, i) for i in _in_order(judged, open_entries)]
    return (*found, *([_code_open(judged)] if "code" in judged.missing else []))


def _certain(judged: Judged) -> list[int]:
    certain = [i for i, found in enumerate(judged.statuses) if found == {FALLS_UNDER}]
    return certain or [i for i, found in enumerate(judged.statuses) if FALLS_UNDER in found]


def _in_order(judged: Judged, indexes: Iterable[int]) -> list[int]:
    first = deciding_entry(judged)
    return sorted(indexes, key=lambda index: (index != first, index))


def _touched(judged: Judged, index: int) -> bool:
    """Whether the product's code or name (not its material) touches an entry."""
    return index in judged.named or any(place.hits[index] in {LISTED, INDICATED} for place in judged.places)


def _citation(judged: Judged, entry: Entry | None = None) -> str:
    return judged.edition.document_no + (f" {entry.key}" if entry else "")


def _prohibits(judged: Judged, index: int) -> Reason:
    entry = judged.edition.entries[index]
    if entry.material is not None:
        clauses = _known_clauses(judged, ["implantable"] if entry.implantable_only else [], entry.material)
        return Reason(
            f"不论分类编码，目录均列有“{entry.name_zh}”；本产品{clauses[0]}，不得委托生产。",
            f"Whatever the code, the catalogue lists “{entry.name_en}”; {clauses[1]}, so it may not be entrusted.",
            _citation(judged, entry),
        )
    zh, en = _exclusion_fails(judged, index)
    return Reason(
        f"目录列有“{entry.printed_zh}”，本产品属于该项，不得委托生产。{zh}",
        f"The catalogue lists “{entry.printed_en}”; this product falls under it and may not be entrusted.{en}",
        _citation(judged, entry),
    )


def _known_clauses(judged: Judged, facts: Iterable[str], last: str) -> tuple[str, str]:
    pairs = [CLAUSES[fact, YES] for fact in (*facts, last)]
    return "，".join(zh for zh, _ in pairs), " and ".join(en for _, en in pairs)


def _exclusion_fails(judged: Judged, index: int) -> tuple[str, str]:
    """Why the exclusion that matters does not free a prohibited product; empty when none could."""
    exclusion = exclusion_that_matters(judged, index)
    if exclusion is None:
        return "", ""
    against = [
        CLAUSES[fact, value]
        for fact in exclusion.condition.attributes
        if (value := getattr(judged.facts, fact)) not in {UNKNOWN, exclusion.condition.frees_when}
    ]
    because = ("，".join(zh for zh, _ in against), " and ".join(en for _, en in against))
    zh = f"“{exclusion.zh}”不适用" + (f"：本产品{because[0]}。" if against else "。")
    en = f" The exclusion “{exclusion.en}” does not apply" + (f": {because[1]}." if against else ".")
    return zh, en


def _lets_go(judged: Judged, index: int) -> Reason:
    """Why an entry that touches the code or the name does not catch an allowed product."""
    entry = judged.edition.entries[index]
    exclusion = exclusion_that_matters(judged, index)
    if entry.requires_material is not None and getattr(judged.facts, entry.requires_material) == NO:
        clause = CLAUSES[entry.requires_material, NO]
        zh, en = f"但该项只限动物源产品，本产品{clause[0]}", f"but only of animal origin, and {clause[1]}"
    elif exclusion is not None and exclusion.condition.attributes:
        clauses = [CLAUSES[a, str(exclusion.condition.frees_when)] for a in exclusion.condition.attributes]
        zh = f"但“{exclusion.zh}”：本产品" + "，".join(clause[0] for clause in clauses)
        en = f"but “{exclusion.en}”: " + " and ".join(clause[1] for clause in clauses)
    elif exclusion is not None:
        zh, en = f"但“{exclusion.zh}”", f"but “{exclusion.en}”"
    else:  # the one limit left
        zh, en = "但该项只限植入性医疗器械，本产品不是", "but implantable devices only, and it is none"
    return Reason(
        f"目录列有“{entry.printed_zh}”，{zh}，因此不属于该项。",
        f"The catalogue lists “{entry.printed_en}”, {en}; so this product does not fall under it.",
        _citation(judged, entry),
    )


def _not_listed(judged: Judged) -> Reason:
    return Reason(
        "目录未列出本产品的分类编码或名称。",
        "The catalogue lists neither the classification code nor the name of this product.",
        _citation(judged),
    )


def _material_rules_let_go(judged: Judged) -> Reason:
    facts = judged.facts
    decisive = [
        (fact, NO)
        for fact in ("implantable", "contains_allogeneic", "directly_from_animal_tissue")
        if getattr(facts, fact) == NO
    ]
    if not any(fact == "directly_from_animal_tissue" for fact, _ in decisive):
        decisive += [("contains_animal_derived", NO)] if facts.contains_animal_derived == NO else []
    zh = "，".join(CLAUSES[pair][0] for pair in decisive)
    en = " and ".join(CLAUSES[pair][1] for pair in decisive)
    return Reason(
        f"不论编码均适用的材料规则也不禁止：本产品{zh}。" if zh else "目录没有不论编码均适用的材料规则。",
        f"The material rules, which apply whatever the code is, do not prohibit it either: {en}."
        if en
        else "The catalogue has no material rule that applies whatever the code is.",
        _citation(judged),
    )


def _stays_open(judged: Judged, index: int) -> Reason:
    entry = judged.edition.entries[index]
    words = [WORDS[fact] for fact in judged.open_facts[index]]
    parts = [(f"尚缺：{'、'.join(w[0] for w in words)}", f"unknown: {', '.join(w[1] for w in words)}")] if words else []
    parts += _only_a_person(judged, index)
    if not parts:
        parts = [("须有完整的分类编码才能判定", "the full classification code decides")]
    return Reason(
        f"是否属于“{entry.printed_zh}”尚不能判定：{'；'.join(zh for zh, _ in parts)}。",
        f"Whether it falls under “{entry.printed_en}” cannot be judged yet: {'; '.join(en for _, en in parts)}.",
        _citation(judged, entry),
    )


def _only_a_person(judged: Judged, index: int) -> list[tuple[str, str]]:
    """What of an entry only a person can judge."""
    if ASKS not in judged.statuses[index]:
        return []
    entry = judged.edition.entries[index]
    parts = []
    hits = {place.hits[index] for place in judged.places}
    if index in judged.named and entry.scope != "product_name" and LISTED not in hits:
        parts.append(
            (
                "产品名称与该项一致而分类编码不同，须由人员判定",
                "the product carries the name of this entry under another code; a person must judge",
            )
        )
    elif INDICATED in hits and index not in judged.named:
        parts.append(
            (
                "该版目录只列名称、不列编码，分类编码仅提示可能属于该项，须以所列名称核对或由人员判定",
                (
                    "this edition lists names and no codes; the code only hints at this entry, a listed name or a person "
                    "must decide"
                ),
            )
        )
    exclusion = exclusion_that_matters(judged, index)
    if exclusion is not None and _needs_a_person(judged, index, exclusion):
        clause = CLAUSES.get(("vascular_site", judged.facts.vascular_site))
        zh, en = (f"本产品{clause[0]}，", f"{clause[1]}, and ") if clause else ("", "")
        parts.append(
            (
                f"{zh}“{exclusion.zh}”是否适用须由人员判定，系统不予放行",
                f"{en}whether “{exclusion.en}” applies needs a person's judgement; no rule clears it",
            )
        )
    return parts


def _needs_a_person(judged: Judged, index: int, exclusion: Exclusion) -> bool:
    position = judged.edition.entries[index].exclusions.index(exclusion)
    if {place.doors[index][position] for place in judged.places} == {PERSON_DECIDES}:
        return True
    values = {getattr(judged.facts, attribute) for attribute in exclusion.condition.attributes}
    return bool(values & set(exclusion.condition.judgement_when))


def _code_open(judged: Judged) -> Reason:
    if judged.code_is_known:
        return Reason(
            "只给出了一级类别；该类别下各编码的结论不同，请填写完整的分类编码。",
            "Only a group was given, and its codes are judged differently; give the full classification code.",
            _citation(judged),
        )
    if judged.facts.code is None:
        zh, en = "未填写分类编码", "No classification code was given"
    else:
        zh, en = "分类编码不在本系统收录的分类目录内", "The classification code is not in the table held here"
    return Reason(
        f"{zh}；缺少编码绝不表示允许委托，请先核实编码。",
        f"{en}; that never means that entrusting is allowed. Establish the code first.",
        _citation(judged),
    )
