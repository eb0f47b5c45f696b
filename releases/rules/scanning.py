"""Comparing one scan of a label with the lot in front of it, element by element. Nothing is changed by a scan."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cmo.catalogue.facts_identifiers import IdentifierFact
from cmo.catalogue.rules.identifiers import SALES_UNIT
from cmo.codes import CodeResult

from ..facts.demands import same_model

MATCH, MISMATCH, NOTE = "match", "mismatch", "note"


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan says; empty where it says nothing. ``kind``: gs1, gtin, ma, or unknown."""

    kind: str
    di: str = ""
    lot: str = ""
    made_on: str = ""
    use_by: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class ScannedLot:
    """The lot that the scan is held against."""

    number: str
    model: str
    produced_from: date
    produced_to: date
    expires_on: date | None
    site_id: int


@dataclass(frozen=True, slots=True)
class Compared:
    """One element of the scan: what it says, what the lot says, and how they stand to each other in words."""

    key: str
    verdict: str
    scanned: str
    expected: str
    zh: str
    en: str


_MA_SCAN = re.compile(r"(MA\.[0-9]{3}\.M0\.[0-9A-Z]{6}\.[0-9A-Z]{8})((?:\.[LSMDVE][0-9A-Za-z\-]+)*)", re.IGNORECASE)
_MA_PARTS = {"L": "lot", "M": "made_on", "V": "use_by", "E": "use_by", "S": "serial"}


def scan_of(text: str, judged: CodeResult) -> Scan:
    """The scan from its text and the parser's judgement of it."""
    if judged.kind in {"gs1", "gtin"}:
        found = judged.fields
        di, made, use_by = found.get("gtin14", ""), found.get("production_date", ""), found.get("expiry_date", "")
        return Scan(judged.kind, di, found.get("lot", ""), made, use_by, found.get("serial", ""))
    ma = _MA_SCAN.fullmatch("".join(text.split()))
    if ma is None:
        return Scan("unknown")
    said = {_MA_PARTS.get(part[:1].upper(), ""): part[1:] for part in ma[2].split(".")}
    made, use_by = (_day(said.get(name, "")) for name in ("made_on", "use_by"))
    return Scan("ma", ma[1].upper(), said.get("lot", ""), made, use_by, said.get("serial", ""))


def _day(digits: str) -> str:
    """A date of six or eight digits as ISO text; anything else as it stands."""
    wide = f"20{digits}" if len(digits) == 6 else digits
    return f"{wide[:4]}-{wide[4:6]}-{wide[6:]}" if len(wide) == 8 and wide.isdigit() else digits


def compare_scan(scan: Scan, lot: ScannedLot, identifiers: Iterable[IdentifierFact]) -> list[Compared]:
    """Every element held against the lot; ``identifiers`` are all DIs of its device."""
    return [
        *_about_di(scan, lot, list(identifiers)),
        _about_lot(scan, lot),
        _about_made(scan, lot),
        _about_use_by(scan, lot),
        *([_serial(scan.serial)] if scan.serial else []),
    ]


def _about_di(scan: Scan, lot: ScannedLot, identifiers: list[IdentifierFact]) -> list[Compared]:
    if not scan.di:
        return [_absent("di", "", "标签上没有产品标识（DI）。", "The scan has no device identifier (DI).")]
    found = next((fact for fact in identifiers if fact.code == scan.di), None)
    if found is None:
        zh, en = "该产品标识不属于本批产品。", "This DI is none of this lot's device."
        return [Compared("di", MISMATCH, scan.di, _codes_of(lot, identifiers), zh, en)]
    return [_about_standing(found, lot), _about_model(found, lot), _about_level(found)]


def _codes_of(lot: ScannedLot, identifiers: list[IdentifierFact]) -> str:
    units = [f for f in identifiers if f.level == SALES_UNIT and same_model(f.model, lot.model)]
    here = (fact for fact in units if fact.site_id in {None, lot.site_id})
    return "、".join(fact.code for fact in here if fact.stands_on(lot.produced_to))


def _about_standing(found: IdentifierFact, lot: ScannedLot) -> Compared:
    of_place = found.site_id in {None, lot.site_id}
    if of_place and found.stands_on(lot.produced_to):
        return Compared("di", MATCH, found.code, found.code, "属于本批产品。", "It belongs to this lot's device.")
    if not of_place:
        zh, en = "该产品标识用于另一生产地址。", "This DI is for another place of production."
    else:
        zh, en = "生产之日该产品标识未在使用。", "This DI was not in use on the day of manufacture."
    return Compared("di", MISMATCH, found.code, "", zh, en)


def _about_model(found: IdentifierFact, lot: ScannedLot) -> Compared:
    if same_model(found.model, lot.model):
        return Compared("model", MATCH, found.model, lot.model, "型号规格一致。", "Same model.")
    zh, en = "该产品标识属于另一型号规格。", "This DI is of another model."
    return Compared("model", MISMATCH, found.model, lot.model, zh, en)


def _about_level(found: IdentifierFact) -> Compared:
    if found.level == SALES_UNIT:
        zh, en = "最小销售单元的标识。", "The DI of the smallest sales unit."
    else:
        zh, en = "不是最小销售单元，而是其他包装级别的标识。", "Of another package level than the smallest sales unit."
    return Compared("level", NOTE, found.level, "", zh, en)


def _about_lot(scan: Scan, lot: ScannedLot) -> Compared:
    if not scan.lot:
        return _absent("lot", lot.number, "标签上没有生产批号。", "The scan has no lot number.")
    if scan.lot == lot.number:
        return Compared("lot", MATCH, scan.lot, lot.number, "生产批号一致。", "Same lot number.")
    if scan.lot.casefold() == lot.number.casefold():
        zh, en = "生产批号只有大小写不同。", "The lot numbers differ in upper and lower case only."
    else:
        zh, en = "生产批号不同。", "Another lot number."
    return Compared("lot", MISMATCH, scan.lot, lot.number, zh, en)


def _about_made(scan: Scan, lot: ScannedLot) -> Compared:
    window = f"{lot.produced_from} – {lot.produced_to}"
    if not scan.made_on:
        return _absent("made_on", window, "标签上没有生产日期。", "The scan has no production date.")
    if lot.produced_from.isoformat() <= scan.made_on <= lot.produced_to.isoformat():
        return Compared("made_on", MATCH, scan.made_on, window, "在生产期间内。", "Within the days of manufacture.")
    zh, en = "不在生产期间内。", "Outside the days of manufacture."
    return Compared("made_on", MISMATCH, scan.made_on, window, zh, en)


def _about_use_by(scan: Scan, lot: ScannedLot) -> Compared:
    expected = lot.expires_on.isoformat() if lot.expires_on else ""
    if not scan.use_by:
        return _absent("use_by", expected, "标签上没有使用期限。", "The scan has no use-by date.")
    if not expected:
        zh, en = "本批未登记使用期限，无法比较。", "No use-by date is registered for the lot; nothing to compare with."
        return Compared("use_by", NOTE, scan.use_by, "", zh, en)
    if scan.use_by == expected:
        return Compared("use_by", MATCH, scan.use_by, expected, "使用期限一致。", "Same use-by date.")
    return Compared("use_by", MISMATCH, scan.use_by, expected, "使用期限不同。", "Another use-by date.")


def _serial(serial: str) -> Compared:
    zh, en = "序列号不按批登记，仅供查看。", "Serial numbers are not registered for lots; shown as read."
    return Compared("serial", NOTE, serial, "", zh, en)


def _absent(key: str, expected: str, zh: str, en: str) -> Compared:
    return Compared(key, NOTE, "", expected, zh, en)
