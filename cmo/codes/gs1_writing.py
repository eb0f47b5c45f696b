"""Writing GS1 element strings for a label: built from their parts, then judged by the parser that reads scans."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from cmo.codes.gs1 import parse_gs1
from cmo.codes.result import Message

#: What a lot number (10) may contain: the GS1 characters without the brackets, which print as identifiers do.
LOT = re.compile(r"[!\"%&'*+,\-./0-9:;<=>?A-Z_a-z]{1,20}")


@dataclass(frozen=True, slots=True)
class Written:
    """An element string in its printed form, or why there is none."""

    hri: str
    errors: tuple[Message, ...] = ()


def written(*, gtin: str, made_on: dt.date | None, expires_on: dt.date | None, lot: str, today: dt.date) -> Written:
    """``(01)DI(11)made(17)use-by(10)lot``: identifiers of fixed length first, the lot last, so that it needs no separator.

    Dates that are not known are left out; a day is read back against ``today`` to be sure of its century.
    """
    if not LOT.fullmatch(lot):
        return Written("", (_LOT,))
    days = (("11", "production_date", made_on), ("17", "expiry_date", expires_on))
    known = [(ai, name, day) for ai, name, day in days if day is not None]
    dates = "".join(f"({ai}){day:%y%m%d}" for ai, _name, day in known)
    hri = f"(01){gtin}{dates}(10){lot}"
    read = parse_gs1(hri, today=today)
    if read.errors:
        return Written("", tuple(read.errors))
    meant = {"gtin": gtin, "lot": lot, **{name: day.isoformat() for _ai, name, day in known}}
    wrong = [name for name, value in meant.items() if read.fields.get(name) != value]
    return Written("", (_NOT_READ_BACK,)) if wrong else Written(hri)


_LOT = Message(
    "gs1.lot_cannot_be_encoded",
    "生产批号不能写入 GS1 数据载体：最多 20 位，只能使用字母、数字和部分符号，不能有汉字、空格和括号。",
    "The lot number cannot stand in a GS1 carrier: at most 20 letters, digits and some signs, no Chinese, blanks or "
    "brackets.",
)
_NOT_READ_BACK = Message(
    "gs1.not_read_back",
    "写入的内容不能被同样地读出，请核对日期。",
    "What would be written cannot be read back alike; check the dates.",
)
