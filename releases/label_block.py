"""The label block of one lot: what the law demands of an entrusted device, its dates and number, and its UDI carrier.

Pure. Labels on the Chinese market are Chinese, so the block is; what is not on record is listed, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cmo.catalogue.facts_identifiers import IdentifierFact
from cmo.codes.gs1_writing import written
from cmo.errors import Finding

from .labels import ITEMS, LabelFacts

#: Stands in the numbers of class I filings and never in those of certificates and licences.
_FILED = "备"


@dataclass(frozen=True, slots=True)
class LotOnLabel:
    """What the label says of the lot itself."""

    number: str
    model: str
    produced_to: date
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the label: name and value, as printed; ``key`` is that of the demanded item."""

    key: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class LabelBlock:
    """Everything the drawing needs; ``hri`` is empty without a UDI carrier, ``missing`` says what is not on record."""

    product_name: str
    lines: tuple[Line, ...]
    lot_lines: tuple[Line, ...]
    hri: str
    di: str
    missing: tuple[Finding, ...]

    @property
    def spoken(self) -> str:
        """The whole block as plain text, line by line."""
        named = [f"{line.name}：{line.value}" for line in (*self.lines, *self.lot_lines)]
        return "\n".join([self.product_name, *named, *([f"UDI {self.hri}"] if self.hri else [])])


def label_block(facts: LabelFacts, lot: LotOnLabel, identifier: IdentifierFact | None) -> LabelBlock:
    """The block of one lot from the facts as confirmed on its last production day."""
    hri, against = _carrier(lot, identifier)
    lines = [line for line in _lines(facts, lot) if line.value]
    return LabelBlock(
        product_name=facts.product_name,
        lines=tuple(lines),
        lot_lines=tuple(line for line in _lot_lines(lot) if line.value),
        hri=hri,
        di=identifier.code if identifier else "",
        missing=(*_missing(facts, lot), *(against if facts.udi_due or identifier else ())),
    )


def _lines(facts: LabelFacts, lot: LotOnLabel) -> tuple[Line, ...]:
    filed, licence_filed = _FILED in facts.certificate, _FILED in facts.licence
    return (
        Line("model", "型号规格", lot.model),
        Line("certificate", "备案编号" if filed else "注册证编号", facts.certificate),
        Line("registrant", "备案人" if filed else "注册人", facts.registrant),
        Line("registrant_address", "住所", facts.registrant_address),
        Line("registrant_contact", "联系方式", facts.registrant_contact),
        Line("contractor", "受托生产企业（委托生产）", facts.contractor),
        Line("contractor_address", "住所", facts.contractor_address),
        Line("contractor_contact", "联系方式", facts.contractor_contact),
        Line("production_address", "生产地址", facts.production_address),
        Line("licence", "生产备案编号" if licence_filed else "生产许可证编号", facts.licence),
    )


def _lot_lines(lot: LotOnLabel) -> tuple[Line, ...]:
    return (
        Line("lot", "生产批号", lot.number),
        Line("made_on", "生产日期", lot.produced_to.isoformat()),
        Line("use_by", "使用期限至", lot.expires_on.isoformat() if lot.expires_on else ""),
    )


def _missing(facts: LabelFacts, lot: LotOnLabel) -> list[Finding]:
    known = {line.key: line.value for line in (*_lines(facts, lot), *_lot_lines(lot))}
    known["product_name"] = facts.product_name
    return [_not_on_record(key) for key, value in known.items() if not value]


def _carrier(lot: LotOnLabel, identifier: IdentifierFact | None) -> tuple[str, tuple[Finding, ...]]:
    """The element string of the lot, or why none can be drawn."""
    if identifier is None:
        return "", (_NO_DI,)
    if identifier.agency != "gs1":
        return "", (_OTHER_AGENCY,)
    done = written(
        gtin=identifier.code,
        made_on=lot.produced_to,
        expires_on=lot.expires_on,
        lot=lot.number,
        today=lot.produced_to,
    )
    against = tuple(Finding(m.code, "warns", "announcement", m.zh, m.en, "UDI-DI") for m in done.errors)
    if identifier.uploaded_on is None:
        against = (*against, _NOT_UPLOADED)
    return done.hri, against


def _not_on_record(key: str) -> Finding:
    item = ITEMS[key]
    zh = f"标签应载明“{item.zh}”，生产之日没有已确认的信息。"
    en = f"The label must state “{item.en}”; nothing confirmed was on record on the day of manufacture."
    return Finding(f"label_without_{key}", "warns", "law", zh, en, item.citation)


_NO_DI = Finding(
    "no_di_of_the_model",
    "warns",
    "announcement",
    "该型号规格的销售单元在生产之日没有产品标识，不能生成唯一标识数据载体。",
    "The sales unit of this model had no DI on the day of manufacture; no UDI carrier can be drawn.",
    "UDI-DI",
)
_OTHER_AGENCY = Finding(
    "carrier_of_another_agency",
    "warns",
    "announcement",
    "该产品标识不是 GS1 标识；此处只绘制 GS1 DataMatrix。",
    "The DI is not of GS1; only GS1 DataMatrix carriers are drawn here.",
    "UDI-DI",
)
_NOT_UPLOADED = Finding(
    "di_not_uploaded_yet",
    "warns",
    "announcement",
    "该产品标识尚未上传国家数据库；上市销售前必须上传。",
    "This DI is not uploaded to the national database yet; it must be before marketing.",
    "UDI-UPLOAD",
)
