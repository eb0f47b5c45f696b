"""A returned Word file as its page shows it: the stored report beside the draft as it stands now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cmo.parties.trail_pages import listed

from .forms.returned import LANGUAGES
from .models import DraftClause, ReturnedFile
from .word.known import TEXTS
from .word.matching import CHANGED, EMPTIED, MISSING, authors_of, part_of
from .word.planning import MOVING, also_removed, differs, emptied, place_of_comments
from .word.returned import names_in

ODDITIES = {
    "picture": gettext_lazy("pictures are not read"),
    "object": gettext_lazy("embedded objects are not read"),
    "objects": gettext_lazy("embedded objects are not read"),
    "text_box": gettext_lazy("a text box was read apart from its clause"),
    "footnote": gettext_lazy("footnotes are not read"),
    "formula": gettext_lazy("a formula was read as plain text"),
    "hidden_text": gettext_lazy("contains text that is hidden in Word"),
    "symbol": gettext_lazy("contains a symbol of a special font that may read differently"),
    "placeholder": gettext_lazy("a placeholder was left in the control"),
    "nested": gettext_lazy("the control stands inside that of another clause"),
    "external": gettext_lazy("points to files outside of it; none was opened"),
    "comments_elsewhere": gettext_lazy("has comments that hang on no text of it, such as in notes; they are not read"),
    "other_file": gettext_lazy("contains another file, which is not read"),
}
HOW = {
    "bookmark": gettext_lazy("recognised by its bookmark"),
    "title": gettext_lazy("recognised by its title"),
    "heading": gettext_lazy("recognised by its heading"),
}
#: Rows that the file tracks as inserted, and rows that it went out without, of a table that is ours or a new one.
ADDED, TYPED = "added_rows", "typed_rows"
WHY = {
    "between": gettext_lazy("typed between the clauses"),
    "outside": gettext_lazy("changed or typed outside of the clauses"),
    "row": gettext_lazy("changed in a table"),
    ADDED: gettext_lazy("rows added in a table"),
    TYPED: gettext_lazy("rows of a table, added or changed without tracking"),
    "doubled": gettext_lazy("second copy of a clause"),
    "unknown_clause": gettext_lazy("a clause that the draft does not have"),
    "foreign_control": gettext_lazy("in a control of another document"),
}


@dataclass(frozen=True, slots=True)
class Half:
    """One clause in one language. ``now``: the draft's heading and text, where they differ from the base."""

    lang: str
    label: Any
    state: str
    how: Any
    base: Mapping[str, str]
    text: Mapping[str, str]
    now: Mapping[str, str] | None
    untracked: bool
    base_known: bool
    authors: list[dict[str, str]]
    comments: list[Mapping[str, str]]
    oddities: list[Any]


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the file. ``edition``: of its row in the draft now, 0 when it is gone; ``meanwhile``: the draft changed;
    ``moved``: that it stands elsewhere in the file, and behind what; ``staying``: languages that the file does not have,
    in which an emptied clause stays."""

    key: str
    number: int
    heading: str
    halves: list[Half]
    differs: bool
    removed: bool
    meanwhile: bool
    edition: int
    comments: int
    chosen: bool
    remarked: bool
    moved: str
    moving: bool
    staying: list[Any]


@dataclass(frozen=True, slots=True)
class Loose:
    """Text of the file that is no clause's; ``place``: where it stands in the file; ``field``: where it goes, unless it
    stands in a table; ``placeless``: its comments belong to no clause; ``rows``: of a table, where several were added."""

    id: str
    why: Any
    place: str
    text: str
    before: str
    twin: bool
    authors: list[dict[str, str]]
    comments: list[Mapping[str, str]]
    field: Any
    remarked: bool
    placeless: bool
    rows: int


@dataclass(slots=True)
class Shown:
    """Everything on the page."""

    clauses: list[Clause]
    loose: list[Loose]
    changed: int
    moved: int
    unchanged: int
    missing: list[str]
    notes: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """How many clauses the file changes, moves and leaves, and how much stands outside of them."""
        said = [
            (self.changed, ngettext("%(n)s clause changed", "%(n)s clauses changed", self.changed)),
            (self.moved, ngettext("%(n)s clause moved", "%(n)s clauses moved", self.moved)),
            (1, ngettext("%(n)s clause as it was", "%(n)s clauses as they were", self.unchanged)),
            (
                len(self.loose),
                ngettext("%(n)s text outside of the clauses", "%(n)s texts outside of the clauses", len(self.loose)),
            ),
        ]
        numbers = (self.changed, self.moved, self.unchanged, len(self.loose))
        return listed(words % {"n": n} for (shown, words), n in zip(said, numbers, strict=True) if shown)

    @property
    def commented(self) -> bool:
        """Whether the file has comments that could become remarks."""
        return any(clause.comments for clause in self.clauses) or any(loose.comments for loose in self.loose)

    @property
    def empty(self) -> bool:
        """Whether the file brings nothing that could be taken over."""
        return not self.loose and not any(clause.differs or clause.comments or clause.moved for clause in self.clauses)


def shown(file: ReturnedFile, rows: list[DraftClause], form: Any, picked: Mapping[str, Collection[str]]) -> Shown:
    """The report laid beside the draft; ``picked``: what was ticked (``chosen``, ``remarks``)."""
    report, names = file.report, names_in(file.base)
    now = {row.key: row for row in rows}
    clauses = [_clause(row, now.get(row["key"]), names, picked) for row in report["clauses"]]
    worth = [clause for clause in clauses if clause.halves or clause.moved]
    changed, moved = sum(clause.differs for clause in clauses), sum(bool(clause.moved) for clause in clauses)
    unchanged = sum(not (clause.differs or clause.moved) for clause in clauses)
    missing = [
        f"{_name(row, names)} · {LANGUAGES[language]}"
        for row in report["clauses"]
        for language, half in row["halves"].items()
        if half["state"] == MISSING
    ]
    last = report["clauses"][-1]["key"] if report["clauses"] else ""
    loose = [_loose(ones, names, form, picked["remarks"], last) for ones in _together(report["loose"])]
    return Shown(worth, loose, changed, moved, unchanged, missing, list(_notes(report)))


def _together(loose: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """Each piece of loose text; rows of a table that stand one below the other, without comments, are one piece."""

    def block(one: Mapping[str, Any]) -> tuple[str, str]:
        kind = _rows(one)
        return (kind, one["behind"]) if kind and not one["comments"] else ("", one["id"])

    for _block, ones in groupby(loose, block):
        yield list(ones)


def _rows(one: Mapping[str, Any]) -> str:
    """As what a row of a table is told: added by tracking, or typed without it, which may be a changed row; or empty."""
    if one["why"] != "row" or not one["text"]:
        return ""
    if not one["before"]:
        return ADDED
    return TYPED if one["before"] == one["text"] and not one["tracked"] else ""


def first_choice(report: Mapping[str, Any], rows: list[DraftClause]) -> list[str]:
    """What is ticked at first: every change of a clause that nobody changed in the draft meanwhile."""
    now = {row.key: row for row in rows}
    return [row["key"] for row in report["clauses"] if differs(row) and row["key"] in now and not _meanwhile(row, now)]


def _meanwhile(row: Mapping[str, Any], now: Mapping[str, DraftClause]) -> bool:
    return any(_now_of(half, now[row["key"]], language) for language, half in row["halves"].items())


def _now_of(half: Mapping[str, Any], row: DraftClause, language: str) -> dict[str, str] | None:
    """The draft's heading and text where the file changed something that the draft has otherwise by now."""
    if half["state"] not in {CHANGED, EMPTIED}:
        return None
    names = (f"heading_{language}", f"text_{language}")
    heading, text = part_of({name: getattr(row, name) for name in names}, language)
    now = {"heading": heading, "text": text}
    touched = [name for name in now if half["file"][name] != half["base"][name]]
    return now if any(now[name] not in {half["base"][name], half["file"][name]} for name in touched) else None


def _clause(
    row: Mapping[str, Any],
    now: DraftClause | None,
    names: Mapping[str, tuple[str, str]],
    picked: Mapping[str, Collection[str]],
) -> Clause:
    halves = [_half(language, half, now) for language, half in row["halves"].items() if _worth(half)]
    comments = sum(len(half.comments) for half in halves)
    staying = also_removed(row, {name: getattr(now, name) for name in TEXTS}) if now is not None else []
    return Clause(
        key=row["key"],
        number=row["number"],
        heading=_name(row, names),
        halves=halves,
        differs=differs(row),
        removed=emptied(row) and not staying,
        meanwhile=any(half.now is not None for half in halves),
        edition=now.edition if now is not None else 0,
        comments=comments,
        chosen=row["key"] in picked["chosen"],
        remarked=row["key"] in picked["remarks"],
        moved=_moved(row, names),
        moving=f"{MOVING}{row['key']}" in picked["chosen"],
        staying=[LANGUAGES[language] for language in staying],
    )


def _moved(row: Mapping[str, Any], names: Mapping[str, tuple[str, str]]) -> str:
    """Where the clause stands in the file, unless it stands there as in the draft."""
    if "moved_behind" not in row:
        return ""
    behind = _either(names.get(row["moved_behind"], ("", "")))
    return _("moved behind “%(name)s”") % {"name": behind} if behind else _("moved to the beginning")


def _worth(half: Mapping[str, Any]) -> bool:
    """Whether a half is shown: it differs, bears a comment, or something about it is to be looked at."""
    if half["state"] == MISSING:
        return False
    return half["state"] in {CHANGED, EMPTIED} or bool(half["comments"] or half["oddities"])


def _half(language: str, half: Mapping[str, Any], now: DraftClause | None) -> Half:
    nothing = {"heading": "", "text": ""}
    return Half(
        lang="zh-Hans" if language == "zh" else "en",
        label=LANGUAGES[language],
        state=half["state"],
        how=HOW.get(half["how"], ""),
        base=half.get("base", nothing),
        text=half.get("file", nothing),
        now=_now_of(half, now, language) if now is not None else None,
        untracked=half.get("untracked", False),
        base_known=half["base_known"],
        authors=authors_of(half.get("tracked", ())),
        comments=half["comments"],
        oddities=[ODDITIES[code] for code in half["oddities"]],
    )


def _loose(
    ones: Sequence[Mapping[str, Any]],
    names: Mapping[str, tuple[str, str]],
    form: Any,
    remarked: Collection[str],
    last: str,
) -> Loose:
    one = ones[0]
    rows = _rows(one)
    return Loose(
        id=one["id"],
        why=WHY[rows or one["why"]],
        place=_place(one, names, last),
        text="\n".join(row["text"] for row in ones),
        before=one["before"],
        twin=one["twin"],
        authors=authors_of(piece for row in ones for piece in row["tracked"]),
        comments=one["comments"],
        field=form[f"to_{one['id']}"] if f"to_{one['id']}" in form.fields else None,
        remarked=f"loose:{one['id']}" in remarked,
        placeless=not place_of_comments(one),
        rows=len(ones) if rows else 0,
    )


def _place(one: Mapping[str, Any], names: Mapping[str, tuple[str, str]], last: str) -> str:
    """Behind which clause a text stands; what follows the clauses belongs to none of them."""
    if one["why"] in {"row", "outside"} and one["behind"] == last:
        return _("after the last clause")
    behind = _either(names.get(one["behind"], ("", "")))
    return _("behind “%(name)s”") % {"name": behind} if behind else ""


def _name(row: Mapping[str, Any], names: Mapping[str, tuple[str, str]]) -> str:
    return _either(names.get(row["key"], ("", ""))) or row["key"]


def _either(words: tuple[str, str]) -> str:
    return " · ".join(word for word in words if word)


def _notes(report: Mapping[str, Any]) -> Iterator[str]:
    """What is to be known about the file as a whole."""
    for code in report["oddities"]:
        yield str(ODDITIES[code])
    found = {half.get("how") for row in report["clauses"] for half in row["halves"].values()}
    if found & {"bookmark", "title", "heading"}:
        yield _("the program that saved it dropped the names of some controls; their clauses were recognised otherwise")
