"""From what somebody chose of a returned file to what is to be done with the draft. Pure.

Only what the file changed is taken: a heading or text that the file left as it was stays as the draft has it now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .known import LANGUAGES, NUMBER, Base, ClauseNow, plain
from .matching import CHANGED, EMPTIED, authors_of, likely

ADD, CHANGE, REMOVE, MOVE = "add", "change", "remove", "move"
#: Before the key of a clause of which the place is chosen.
MOVING = "move:"
#: A first line that is longer is no heading.
LONGEST_HEADING = 60
_WITH_HEADING = {"doubled", "unknown_clause", "foreign_control"}


@dataclass(slots=True)
class Step:
    """One thing to do: a clause changed, added, moved or removed. ``behind``: the clause that an added or moved one
    follows; empty: none."""

    act: str
    key: str = ""
    after: dict[str, str] = field(default_factory=dict)
    authors: list[dict[str, str]] = field(default_factory=list)
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen: keys of clauses (``move:key``: its place alone), and id of loose text → ``set:key:zh``,
    ``add:key:zh`` or ``new:zh``."""

    chosen: Collection[str]
    mapped: Mapping[str, str]


@dataclass(slots=True)
class Plan:
    """What is to be done, and what cannot be: keys that the draft does not have, places that two texts claim."""

    steps: list[Step] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    claimed: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def plan_of(report: Mapping[str, Any], clauses: Sequence[ClauseNow], choice: Choice) -> Plan:
    """Everything that follows from a choice."""
    plan = Plan()
    now = {clause.key: clause for clause in clauses}
    rows = {row["key"]: row for row in report["clauses"]}
    steps: dict[str, Step] = {}
    moving: list[str] = []
    for chosen in choice.chosen:
        key = chosen.removeprefix(MOVING)
        moves = chosen != key
        if key not in rows or not ("moved_behind" in rows[key] if moves else differs(rows[key])):
            plan.unknown.append(chosen)
        elif key not in now:
            plan.gone.append(key)
        elif moves:
            moving.append(key)
        else:
            steps[key] = _changed(rows[key], now[key])
    added = _mapped(report, now, choice.mapped, steps, plan)
    plan.steps = [*steps.values(), *_moved(report, moving, steps), *added]
    return plan


def _moved(report: Mapping[str, Any], moving: Collection[str], steps: Mapping[str, Step]) -> list[Step]:
    """The moves in the order of the file, so that each follows a clause that has its place; a removed one stays."""
    rows = {row["key"]: row for row in report["clauses"]}
    wanted = [key for key in report.get("order", ()) if key in moving and not _removes(steps.get(key))]
    return [Step(MOVE, key, behind=rows[key]["moved_behind"]) for key in wanted]


def _removes(step: Step | None) -> bool:
    return step is not None and step.act == REMOVE


def differs(row: Mapping[str, Any]) -> bool:
    """Whether a clause of the report differs from its base in any language."""
    return any(half["state"] in {CHANGED, EMPTIED} for half in row["halves"].values())


def emptied(row: Mapping[str, Any]) -> bool:
    """Whether nothing is left of a clause in any language of the file; a language in which it said nothing when the file
    went out does not count."""
    halves = [half for half in row["halves"].values() if half["state"] == EMPTIED or not half.get("blank")]
    return bool(halves) and all(half["state"] == EMPTIED for half in halves)


def also_removed(row: Mapping[str, Any], now: Base) -> list[str]:
    """The languages that the file does not have, in which an emptied clause says something: they go with it."""
    if not emptied(row):
        return []
    left = [language for language in LANGUAGES if language not in row["halves"]]
    return [language for language in left if any(now[f"{name}_{language}"].strip() for name in ("heading", "text"))]


def _changed(row: Mapping[str, Any], now: ClauseNow) -> Step:
    tracked = [piece for half in row["halves"].values() for piece in half.get("tracked", ())]
    step = Step(CHANGE, row["key"], authors=authors_of(tracked))
    if emptied(row) and not also_removed(row, now.texts):
        step.act = REMOVE
        return step
    for language, half in row["halves"].items():
        if half["state"] in {CHANGED, EMPTIED}:
            for name in ("heading", "text"):
                if half["file"][name] != half["base"][name]:
                    step.after[f"{name}_{language}"] = half["file"][name]
    return step


def _mapped(
    report: Mapping[str, Any],
    now: Mapping[str, ClauseNow],
    mapped: Mapping[str, str],
    steps: dict[str, Step],
    plan: Plan,
) -> list[Step]:
    """Loose text put to its places; what becomes a new clause comes back."""
    added: list[Step] = []
    last = ""
    for loose in report["loose"]:
        target = mapped.get(loose["id"], "")
        act, _colon, place = target.partition(":")
        if target and not loose["text"]:
            plan.unknown.append(target)
        elif act == "new" and place in {"zh", "en"}:
            _new(loose, place, added, joins=last == "new")
        elif act in {"set", "add"}:
            _put(loose, act, place, now, steps, plan)
        elif target:
            plan.unknown.append(target)
        last = act
    return added


def _new(loose: Mapping[str, Any], language: str, added: list[Step], *, joins: bool) -> None:
    """A clause of its own; the same one as the text before it where that is its other language."""
    heading, text = _parted(loose["text"])
    step = added[-1] if joins and added and f"text_{language}" not in added[-1].after else None
    if step is None:
        step = Step(ADD, behind=loose["behind"])
        added.append(step)
    step.after |= {f"heading_{language}": heading, f"text_{language}": text}
    step.authors += [author for author in authors_of(loose["tracked"]) if author not in step.authors]


def _parted(words: str) -> tuple[str, str]:
    first, _end, rest = words.partition("\n")
    heading = NUMBER.sub("", plain(first))
    return (heading, rest.strip("\n")) if rest.strip() and len(heading) <= LONGEST_HEADING else ("", words)


def _put(
    loose: Mapping[str, Any],
    act: str,
    place: str,
    now: Mapping[str, ClauseNow],
    steps: dict[str, Step],
    plan: Plan,
) -> None:
    key, _colon, language = place.rpartition(":")
    if key not in now:
        plan.gone.append(key)
        return
    if language not in {"zh", "en"}:
        plan.unknown.append(place)
        return
    step = steps.setdefault(key, Step(CHANGE, key))
    text, heading = f"text_{language}", f"heading_{language}"
    if act == "add":
        held = step.after.get(text, now[key].texts[text])
        step.after[text] = f"{held}\n{loose['text']}" if held else loose["text"]
    elif text in step.after or step.act == REMOVE:
        plan.claimed.append((key, language))
    else:
        step.after |= _replacing(loose, now[key].texts[heading], heading, text)
    step.authors += [author for author in authors_of(loose["tracked"]) if author not in step.authors]


def _replacing(loose: Mapping[str, Any], known: str, heading: str, text: str) -> dict[str, str]:
    """Text in place of a clause's; its first line is the heading where it was one or reads like it."""
    first, _end, rest = loose["text"].partition("\n")
    said = NUMBER.sub("", plain(first))
    if loose["why"] in _WITH_HEADING or likely(said, plain(known)):
        return {heading: said, text: rest.strip("\n")}
    return {text: loose["text"]}


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment to become a remark. ``key``: its clause, empty: on the terms; ``source``: by what it was asked for."""

    key: str
    source: str
    comment: Mapping[str, str]


def comments_for(report: Mapping[str, Any], wanted: Iterable[str], mapped: Mapping[str, str]) -> list[Remark]:
    """The comments that are wanted, by clause or by piece of loose text (``loose:3``)."""
    asked = set(wanted)
    found = []
    for row in report["clauses"]:
        if row["key"] in asked:
            comments = [c for half in row["halves"].values() for c in half.get("comments", ())]
            found += [Remark(row["key"], row["key"], comment) for comment in comments]
    for loose in report["loose"]:
        source = f"loose:{loose['id']}"
        if source in asked:
            key = place_of_comments(loose, mapped.get(loose["id"], ""))
            found += [Remark(key, source, comment) for comment in loose["comments"]]
    return found


def place_of_comments(loose: Mapping[str, Any], target: str = "") -> str:
    """The clause to which comments in loose text belong; empty: none, they are about the agreement as a whole."""
    act, _colon, place = target.partition(":")
    if act in {"set", "add"}:
        return place.rpartition(":")[0]
    return "" if loose["why"] in {"row", "outside"} else str(loose["behind"])
