"""The 2017 classification catalogue in memory: 22 sub-catalogues, IVD reagents, and about 1,100 product categories.

The table is a transcription with known gaps (data/PROVENANCE.md). :func:`classification` returning None therefore means
*unknown*, never "not prohibited".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cmo.regulation.folding import folded
from cmo.regulation.loading import DATA, Checker, Row, read_csv

SUB_CATALOGUES_FILE = DATA / "sub_catalogues.csv"
FILE = DATA / "classification_2017.csv"
IVD = "IVD"
IMPLANTABLE = ("yes", "no", "ask")
SUB_CATALOGUES_COLUMNS = ("number", "name_zh", "name_en")
COLUMNS = (
    "code",
    "name_zh",
    "name_en",
    "sub_catalogue",
    "group",
    "implantable_default",
    "verified",
    "note_zh",
    "note_en",
)


@dataclass(frozen=True, slots=True)
class SubCatalogue:
    """One of the 22 sub-catalogues (``01`` … ``22``) or ``IVD``."""

    number: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Classification:
    """One product category. ``implantable_default`` is a starting value; certificate and intended use decide."""

    code: str
    name_zh: str
    name_en: str
    sub_catalogue: str
    group: str
    implantable_default: str
    verified: bool
    note_zh: str
    note_en: str


def sub_catalogues() -> list[SubCatalogue]:
    """The 22 sub-catalogues in order, then IVD reagents."""
    return list(_sub_catalogues().values())


def sub_catalogue(number: str) -> SubCatalogue | None:
    """The sub-catalogue with this number (``01`` … ``22`` or ``IVD``), or None."""
    return _sub_catalogues().get(number)


def classifications() -> list[Classification]:
    """Every category we hold, by code."""
    return list(_table().values())


def classification(code: str) -> Classification | None:
    """The category with exactly this code (``13-07-02``), or None when we do not hold it (*unknown*)."""
    return _table().get(code)


def known_codes() -> frozenset[str]:
    """Every code we hold; a code outside it is unknown."""
    return frozenset(_table())


def group(prefix: str) -> list[Classification]:
    """The categories of one group (``13-07``)."""
    return [item for item in _table().values() if item.group == prefix]


def search(text: str, limit: int | None = 50, *, sub_catalogue: str = "") -> list[Classification]:
    """Categories whose code or name contains every word of ``text``, best first: code, whole name, beginning, rest.

    Width and case do not matter; an empty text finds all. ``sub_catalogue`` narrows to one sub-catalogue.
    """
    words = folded(text).split()
    whole = " ".join(words)
    found = [
        (_rank(haystack, whole), number, item)
        for number, (haystack, item) in enumerate(_haystacks())
        if (not sub_catalogue or item.sub_catalogue == sub_catalogue) and all(word in haystack for word in words)
    ]
    return [item for _, _, item in sorted(found, key=lambda hit: hit[:2])][:limit]


def _rank(haystack: str, whole: str) -> int:
    parts = haystack.split("\n")
    if whole in parts:
        return 0
    if any(part.startswith(whole) for part in parts):
        return 1
    return 2 if whole in haystack else 3


@lru_cache(maxsize=1)
def _haystacks() -> list[tuple[str, Classification]]:
    return [
        ("\n".join(folded(part) for part in (item.code, item.name_zh, item.name_en)), item)
        for item in _table().values()
    ]


@lru_cache(maxsize=1)
def _sub_catalogues() -> dict[str, SubCatalogue]:
    return load_sub_catalogues(SUB_CATALOGUES_FILE)


@lru_cache(maxsize=1)
def _table() -> dict[str, Classification]:
    return load(FILE, _sub_catalogues())


def load_sub_catalogues(path: Path) -> dict[str, SubCatalogue]:
    """Read and check the file of sub-catalogues: 01 to 22 and IVD, each once.

    :raises LoadError: with every fault of the file.
    """
    check = Checker(path)
    found: dict[str, SubCatalogue] = {}
    for row in read_csv(path, SUB_CATALOGUES_COLUMNS):
        number = check.text(row, "number")
        if number in found:
            check.fault(row, "number", f"「{number}」重复", f"“{number}” is given twice")
        found[number] = SubCatalogue(number, check.text(row, "name_zh"), check.text(row, "name_en"))
    wanted = [*(f"{number:02d}" for number in range(1, 23)), IVD]
    for number in sorted(set(wanted) ^ set(found)):
        missing = number in wanted
        check.fault(
            {},
            "number",
            f"缺少子目录 {number}" if missing else f"没有子目录「{number}」",
            f"sub-catalogue {number} is missing" if missing else f"there is no sub-catalogue “{number}”",
        )
    check.finish()
    return found


def load(path: Path, known: dict[str, SubCatalogue]) -> dict[str, Classification]:
    """Read and check the classification table against the sub-catalogues.

    :raises LoadError: with every fault of the file.
    """
    check = Checker(path)
    table: dict[str, Classification] = {}
    for row in read_csv(path, COLUMNS):
        item = _classification(check, row)
        _check_numbering(check, row, item, known)
        if item.code in table:
            check.fault(row, "code", f"「{item.code}」重复", f"“{item.code}” is given twice")
        table[item.code] = item
    if not table:
        check.fault({}, "", "没有任何条目", "there is no entry")
    check.finish()
    return table


def _classification(check: Checker, row: Row) -> Classification:
    return Classification(
        check.text(row, "code"),
        check.text(row, "name_zh"),
        check.text(row, "name_en"),
        check.text(row, "sub_catalogue"),
        check.text(row, "group"),
        check.choice(row, "implantable_default", IMPLANTABLE),
        check.choice(row, "verified", ("yes", "no")) == "yes",
        row["note_zh"],
        row["note_en"],
    )


def _check_numbering(check: Checker, row: Row, item: Classification, known: dict[str, SubCatalogue]) -> None:
    parts = item.code.split("-")
    if len(parts) != 3 or not all(len(part) == 2 and part.isascii() and part.isdigit() for part in parts):
        check.fault(row, "code", f"「{item.code}」应如 13-07-02", f"“{item.code}” must read like 13-07-02")
        return
    if item.group != "-".join(parts[:2]):
        check.fault(row, "group", f"与编码 {item.code} 不符", f"does not agree with code {item.code}")
    if item.sub_catalogue != parts[0]:
        check.fault(row, "sub_catalogue", f"与编码 {item.code} 不符", f"does not agree with code {item.code}")
    if item.sub_catalogue not in known:
        check.fault(row, "sub_catalogue", f"没有子目录「{item.sub_catalogue}」", f"unknown: “{item.sub_catalogue}”")
