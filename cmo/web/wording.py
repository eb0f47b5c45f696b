"""How dates, times, numbers and two-language values are written, everywhere the same.

Pure functions; the template filters of ``templatetags/look.py``, the tables and the exports all use them.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

SHANGHAI = ZoneInfo("Asia/Shanghai")


def is_chinese() -> bool:
    """Whether the active language is Chinese."""
    return (get_language() or "zh-hans").startswith("zh")


def day(value: date | datetime | None) -> str:
    """``2026-11-22``; a datetime gives its day in Shanghai; nothing gives an empty string."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date() if value.tzinfo else value.date()
    return value.isoformat()


def moment(value: datetime | None) -> str:
    """``2026-11-22 14:05 (UTC+8)``, always in Shanghai and always with its zone.

    :raises ValueError: for a datetime without a zone, because nobody could say which moment it means.
    """
    if value is None or value == "":
        return ""
    if value.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M} (UTC+8)"


def number(value: Decimal | float | None) -> str:
    """``12,345``: thousands separated, decimals as they are; nothing gives an empty string."""
    return "" if value is None or value == "" else f"{value:,}"


def short_hash(value: str | None) -> str:
    """The first twelve characters of a hash: enough to compare by eye, grouped by four."""
    text = (value or "").removeprefix("sha256:")[:12]
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def _read(subject: Any, name: str) -> Any:
    found = subject.get(name, "") if isinstance(subject, Mapping) else getattr(subject, name, "")
    return found() if callable(found) else found


def bilingual(subject: Any, name: str) -> str:
    """``<name>_zh`` or ``<name>_en`` of an object or mapping by active language, the other one when it is empty."""
    first, second = ("_zh", "_en") if is_chinese() else ("_en", "_zh")
    return str(_read(subject, name + first) or _read(subject, name + second) or "")


#: How companies end in Chinese and English; an abbreviated name goes without.
_LEGAL_FORM = re.compile(
    r"(股份有限公司|有限责任公司|有限公司|集团公司|公司)$|,?\s*\b(Co\.?,?\s*Ltd|Company Limited|Ltd|Limited|Inc|Corp|GmbH|AG|LLC)\.?$",
    re.IGNORECASE,
)


def short_name(name: str) -> str:
    """``示例恒筑精密制造（浙江）有限公司`` → ``示例恒筑精密制造（浙江）``: the name of a company without its legal form."""
    return _LEGAL_FORM.sub("", name.strip()).strip() or name


def in_language(finding: Any) -> str:
    """The sentence of a finding (or of its frozen dictionary) in the active language."""
    first, second = ("zh", "en") if is_chinese() else ("en", "zh")
    return str(_read(finding, first) or _read(finding, second) or "")


_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def browser(user_agent: str) -> str:
    """``Chrome 131 · Windows`` from a User-Agent text; what is not recognised is returned as sent, cut at 60."""
    name = next(((mark, word) for mark, word in _BROWSERS if mark in user_agent), None)
    if name is None:
        return user_agent[:60]
    version = user_agent.split(name[0], 1)[1].split(".", maxsplit=1)[0].split(" ", maxsplit=1)[0]
    system = next((word for mark, word in _SYSTEMS if mark in user_agent), "")
    return f"{name[1]} {version}" + (f" · {system}" if system else "")


def file_size(value: int | None) -> str:
    """Bytes as people read them: ``812 B``, ``24 KB``, ``3.1 MB``; nothing gives an empty string."""
    if not isinstance(value, int):
        return ""
    if value < 1000:
        return f"{value} B"
    size, unit = value / 1000, "KB"
    for larger in ("MB", "GB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    return f"{size:.0f} {unit}" if size >= 10 else f"{size:.1f} {unit}"
