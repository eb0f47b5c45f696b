"""Plain values of a file one by one: what is wrong is collected with its place, so that everything is said at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from agreements.templates_data import Fault

LONGEST_TEXT, LONGEST_KEY, MOST_LINES = 2000, 60, 40
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*")


class PlainValues:
    """Plain values one by one; what is wrong is collected and replaced by something harmless."""

    def __init__(self, known_keys: Mapping[str, set[str]]) -> None:
        """``known_keys``: kind of mapping → the keys that it may hold; a kind left out may hold any."""
        self.known_keys = known_keys
        self.faults: list[Fault] = []

    def wrong(self, place: str, zh: str, en: str) -> None:
        self.faults.append(Fault(place, zh, en))

    def known(self, raw: Mapping[Any, Any], kind: str, place: str) -> None:
        for key in raw if kind in self.known_keys else ():
            if key not in self.known_keys[kind]:
                self.wrong(at(place, str(key)[:60]), "不是已知的键", "is not a known key")

    def text(self, raw: Mapping[str, Any], key: str, place: str, most: int, *, required: bool = True) -> str:
        value = raw.get(key)
        if value is None or (isinstance(value, str) and not value.strip()):
            if required:
                self.wrong(at(place, key), "缺少内容", "is missing")
            return ""
        if type(value) is int or (isinstance(value, date) and key == "issued"):
            value = str(value)
        if not isinstance(value, str):
            self.wrong(
                at(place, key), "应为文字；数字、日期请加引号", "must be text; put numbers and dates into quotes"
            )
            return ""
        return self._bounded(value.strip(), at(place, key), most)

    def _bounded(self, value: str, place: str, most: int) -> str:
        if len(value) > most:
            self.wrong(place, f"超过{most}个字符", f"has more than {most} characters")
            return value[:most]
        if any((ord(sign) < 32 and sign not in "\n\t") or 0xD800 <= ord(sign) <= 0xDFFF for sign in value):
            self.wrong(place, "含有控制字符", "holds a control character")
            return ""
        return value

    def key(self, raw: Mapping[str, Any], place: str) -> str:
        value = self.text(raw, "key", place, LONGEST_KEY)
        if value and not _KEY.fullmatch(value):
            self.wrong(
                at(place, "key"),
                f"“{value}”：只能用小写字母、数字、连字符和下划线",
                f"{value!r}: lower-case letters, digits, hyphens and underscores only",
            )
        return value

    def both(self, raw: Mapping[str, Any], key: str, place: str) -> tuple[str, str]:
        """Chinese and English of a text that may be missing."""
        value, here = raw.get(key, {}), at(place, key)
        if not isinstance(value, dict):
            self.wrong(here, "应有 zh 和 en", "must have zh and en")
            return "", ""
        self.known(value, "both", here)
        zh, en = (self.text(value, language, here, LONGEST_TEXT, required=False) for language in ("zh", "en"))
        return zh, en

    def texts(self, raw: Mapping[str, Any], key: str, place: str, *, required: bool = True) -> tuple[str, ...]:
        """A list of lines."""
        value = raw.get(key, [])
        if not isinstance(value, list) or (required and not value):
            self.wrong(at(place, key), "应为至少含一行的列表", "must be a list with at least one line")
            return ()
        if len(value) > MOST_LINES:
            self.wrong(at(place, key), f"超过{MOST_LINES}行", f"has more than {MOST_LINES} lines")
            return ()
        lines = {f"{key}[{number}]": line for number, line in enumerate(value)}
        return tuple(self.text(lines, name, place, LONGEST_TEXT) for name in lines)

    def rows(
        self, raw: Mapping[str, Any], key: str, place: str, most: int, *, required: bool = True
    ) -> list[tuple[str, dict[str, Any]]]:
        """Place and mapping of each row of a list."""
        rows, here = raw.get(key), at(place, key)
        if rows is None and not required:
            return []
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
            self.wrong(here, "应为至少含一项的列表，每项为键值对", "must be a list of mappings with at least one")
            return []
        if len(rows) > most:
            self.wrong(here, f"超过{most}项", f"has more than {most} entries")
            return []
        return [(f"{here}[{number}]", row) for number, row in enumerate(rows)]

    def distinct(self, found: list[tuple[str, str]]) -> None:
        """``found``: place and key of each row."""
        seen: set[str] = set()
        for place, key in found:
            if key and key in seen:
                self.wrong(at(place, "key"), f"“{key}”出现两次", f"{key!r} stands twice")
            seen.add(key)


def at(place: str, key: str) -> str:
    """A key inside a place."""
    return f"{place}.{key}" if place else key
