"""What a file that came back says about each clause, against the text it was made from: the report that is kept. Pure.

The draft may go on changing; the report holds only the file and its base, and is laid beside the draft when it is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from difflib import SequenceMatcher
from typing import Any

from cmo.paper.plain import visible
from cmo.paper.word.reading import Reading
from cmo.paper.word.text import Comment, Settled, Stretch

from ..comparing import moved
from .known import LANGUAGES, Base, ClauseNow, Wanted
from .locating import Found, Located, LooseText
from .marks import OurMarks
from .tags import MADE_FROM_PROPERTY, NOTE_AUTHOR, TRACKED_PROPERTY

SCHEMA = 1
SAME, CHANGED, EMPTIED, MISSING = "same", "changed", "emptied", "missing"
#: Two texts as like as this are taken for the same one, changed.
ALIKE = 0.6
_LONGEST_COMPARED = 2000
#: Loose texts times missing clauses; beyond that nobody is told where a text probably belongs.
_MOST_COMPARED = 4_000
#: How many moments are tried at most to find the one at which a clause read as it went out.
_MOST_FITTING = 50
_SOFT_HYPHEN = "\u00ad"

Part = tuple[str, str]


def report_of(
    reading: Reading, located: Located, clauses: Sequence[ClauseNow], bases: Mapping[Wanted, Base]
) -> dict[str, Any]:
    """Everything found in the file, JSON-ready: ``clauses`` by key, ``loose`` text, ``languages``, ``oddities``."""
    languages = [one for one in LANGUAGES if any(language == one for _key, language in located.found)]
    ours = OurMarks.said(reading.properties.get(TRACKED_PROPERTY, ""))
    worth = list(_worth(located.loose))
    order = list(dict.fromkeys(key for key, _language in located.found))
    moves = _moves(order, clauses)
    missing = _missing(located, clauses, len(worth))
    return {
        "schema": SCHEMA,
        "program": reading.program,
        "made_from": reading.properties.get(MADE_FROM_PROPERTY, ""),
        "languages": languages,
        "clauses": [_clause(clause, located, languages, bases, ours) | moves.get(clause.key, {}) for clause in clauses],
        "order": order,
        "loose": [_loose(number, loose, located, missing) for number, loose in enumerate(worth, 1)],
        "oddities": list(reading.oddities),
    }


def _moves(order: Sequence[str], clauses: Iterable[ClauseNow]) -> dict[str, dict[str, str]]:
    """The clauses that stand in the file in another order than in the draft → behind which one they stand there."""
    gone = moved([clause.key for clause in clauses], order)
    return {key: {"moved_behind": order[n - 1] if n else ""} for n, key in enumerate(order) if key in gone}


def wanted_in(located: Located) -> set[Wanted]:
    """The texts that the clauses of the file were made from."""
    return {found.place.wanted for found in located.found.values() if found.place.wanted is not None}


def _clause(
    clause: ClauseNow, located: Located, languages: Iterable[str], bases: Mapping[Wanted, Base], ours: OurMarks
) -> dict[str, Any]:
    halves = {}
    for language in languages:
        found = located.found.get((clause.key, language))
        halves[language] = {"state": MISSING} if found is None else _half(found, clause, language, bases, ours)
    return {"key": clause.key, "number": clause.number, "edition": clause.edition, "halves": halves}


def _half(
    found: Found, clause: ClauseNow, language: str, bases: Mapping[Wanted, Base], ours: OurMarks
) -> dict[str, Any]:
    """One clause in one language: its base, its text in the file, and who tracked what."""
    known = bases.get(found.place.wanted) if found.place.wanted is not None else clause.texts
    base = part_of(known, language) if known is not None else split(found.text.before)
    settled, tracked_all = settled_of(found.text, base, ours)
    text = split(found.text.after)
    state = SAME if alike(text, base) else EMPTIED if not any(text) else CHANGED
    half: dict[str, Any] = {"state": state, "how": found.how, "base_known": known is not None}
    half |= {"blank": True} if state == SAME and not any(text) else {}
    comments = [asdict(comment) for comment in _remarks(found.text.comments)]
    oddities = [*found.text.oddities, *(["nested"] if found.nested else [])]
    oddities += ["placeholder"] if found.placeholder and "placeholder" not in oddities else []
    half |= {"comments": comments, "oddities": oddities}
    if state != SAME:
        half |= {
            "base": {"heading": base[0], "text": base[1]},
            "file": {"heading": text[0], "text": text[1]},
            "tracked": [asdict(piece) for piece in found.text.tracked(settled)],
            "untracked": known is not None and not tracked_all,
        }
    return half


def split(paragraphs: Sequence[str]) -> Part:
    """Heading and text of a control's paragraphs: the first one and the others."""
    lines = [visible(line.replace(_SOFT_HYPHEN, "")) for line in paragraphs]
    heading = " ".join(lines[0].split()) if lines else ""
    return heading, "\n".join(line.rstrip() for line in lines[1:]).rstrip("\n")


def part_of(texts: Base, language: str) -> Part:
    """Heading and text of a clause as a file would hold them."""
    return split([texts[f"heading_{language}"], *visible(texts[f"text_{language}"]).split("\n")])


def alike(one: Part, other: Part) -> bool:
    """Whether two parts read the same; blank lines at the end and blanks at ends of lines do not count."""
    return one == other


def settled_of(text: Stretch, base: Part, ours: OurMarks) -> tuple[Settled, bool]:
    """The changes that were tracked already when the file went out, and whether all others were tracked, too.

    With those settled and all others rejected the text is the base. They are those that the file says we wrote; where it
    says nothing any more, those up to some moment, as whoever tracks later has a later date. Where neither gives the
    base, something was changed without tracking, or one of ours was rejected: ours are nobody's new ones all the same.
    """
    own = frozenset(change for change in text.changes() if ours.wrote(change))
    for settled in (own, *_up_to_moments(text, base)):
        if alike(split(text.without(settled)), base):
            return settled, True
    return own, False


def _up_to_moments(text: Stretch, base: Part) -> Iterator[Settled]:
    """The changes up to each moment at which the text has the signs of its base: only there can both read the same.

    Every piece is looked at once, however many moments there are.
    """
    changes = text.changes()
    now, later = _sums(text)
    wanted = _sum("".join(base))
    found = [""] if now == wanted else []
    for moment in sorted({change.at for change in changes}):
        now += later[moment]
        if moment and now == wanted:
            found.append(moment)
    for moment in found[:_MOST_FITTING]:
        yield frozenset(change for change in changes if moment and change.at <= moment)


def _sums(text: Stretch) -> tuple[int, Counter[str]]:
    """The sum of the text's signs with every change rejected, and by how much it changes at each moment."""
    first, later = 0, Counter[str]()
    for piece in text.pieces:
        came, went, signs = piece.within.came, piece.within.went, _sum(piece.text)
        if came is None:
            first += signs
        elif went is None or came.at < went.at:
            later[came.at] += signs
        if went is not None and (came is None or came.at < went.at):
            later[went.at] -= signs
    return first, later


def _sum(words: str) -> int:
    """A number that is the same for the same signs, whatever their order and the blanks between them."""
    return sum(ord(sign) ** 2 for sign in "".join(visible(words.replace(_SOFT_HYPHEN, "")).split()))


def _remarks(comments: Iterable[Comment]) -> Iterator[Comment]:
    """The comments of people; those that the product wrote itself are nobody's."""
    return (comment for comment in comments if comment.author != NOTE_AUTHOR)


def _worth(loose: Iterable[LooseText]) -> Iterator[LooseText]:
    """Loose text that says something, and a second copy of a clause only where it differs from the first."""
    for one in loose:
        if any(line.strip() for line in one.text.after) or one.text.changes() or one.text.comments:
            yield one


Missing = Mapping[str, Sequence[tuple[str, str]]]


def _missing(located: Located, clauses: Sequence[ClauseNow], loose: int) -> Missing:
    """Language → key and text of the clauses that the file lacks; nothing where too much would have to be compared."""
    found = {
        language: [
            (clause.key, "\n".join(part_of(clause.texts, language)))
            for clause in clauses
            if (clause.key, language) not in located.found
        ]
        for language in LANGUAGES
    }
    return {language: rows if loose * len(rows) <= _MOST_COMPARED else [] for language, rows in found.items()}


def _loose(number: int, loose: LooseText, located: Located, missing: Missing) -> dict[str, Any]:
    lines = [visible(line.replace(_SOFT_HYPHEN, "")).rstrip() for line in loose.text.after]
    words = "\n".join(lines).strip("\n")
    first = located.found.get((loose.place.key, loose.place.language)) if loose.place else None
    return {
        "id": str(number),
        "why": loose.why,
        "behind": loose.behind,
        "text": words,
        "before": "\n".join(visible(line) for line in loose.text.before),
        "language": language_of(words),
        "twin": first is not None and split(first.text.after) == split(loose.text.after),
        "suggested": _suggested(loose, words, missing),
        "tracked": [asdict(piece) for piece in loose.text.tracked()],
        "comments": [asdict(comment) for comment in _remarks(loose.text.comments)],
        "oddities": list(loose.text.oddities),
    }


def language_of(words: str) -> str:
    """``zh`` where Chinese characters stand, else ``en``."""
    return "zh" if any("\u4e00" <= letter <= "\u9fff" for letter in words) else "en"


def _suggested(loose: LooseText, words: str, missing: Missing) -> str:
    """Where the text probably belongs: ``set:key:zh`` in place of a clause, ``add:key:zh`` behind it, ``new:zh``, or nothing."""
    if loose.why in {"row", "outside"} or not words:
        return ""
    if loose.place is not None:
        return f"set:{loose.place.key}:{loose.place.language}"
    language = language_of(words)
    best, likeness = "", ALIKE
    for key, text in missing[language]:
        found = _likeness(words, text)
        if found > likeness:
            best, likeness = key, found
    if best:
        return f"set:{best}:{language}"
    return f"add:{loose.behind}:{language}" if loose.behind and loose.why == "between" else f"new:{language}"


def _likeness(one: str, other: str) -> float:
    """From 0 to 1; cheap bounds first, so that hundreds of clauses stay affordable."""
    matcher = SequenceMatcher(None, one[:_LONGEST_COMPARED], other[:_LONGEST_COMPARED], autojunk=True)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0.0
    return matcher.ratio()


def likely(one: str, other: str) -> bool:
    """Whether two texts are probably the same one, changed."""
    return one == other or _likeness(one, other) > ALIKE


def authors_of(tracked: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Who tracked what, one entry for each author and moment: ``author``, ``at``, ``inserted``, ``deleted``."""
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for piece in tracked:
        held = found.setdefault((piece["author"], piece["at"]), {"inserted": [], "deleted": []})
        held["inserted" if piece["kind"] in {"inserted", "moved_here"} else "deleted"].append(piece["text"])
    return [
        {"author": author, "at": at, **{name: " … ".join(texts)[:2000] for name, texts in held.items()}}
        for (author, at), held in found.items()
    ]
