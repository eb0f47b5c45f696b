"""The values of an edition file, read one by one: a value that is wrong becomes a problem with its key path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

FULL_CODE = re.compile(r"\d\d-\d\d-\d\d", re.ASCII)
GROUP_CODE = re.compile(r"\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of an edition file: where (key path) and what, in both languages."""

    path: str
    zh: str
    en: str


class EditionError(ValueError):
    """An edition file that cannot be used; ``problems`` lists every fault."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{p.path}: {p.en}" for p in self.problems))


class Checked:
    """Readers of values that collect what is wrong in ``problems`` instead of stopping at the first fault."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def wrong(self, path: str, zh: str, en: str) -> None:
        self.problems.append(Problem(path, zh, en))

    def mapping(self, raw: Any, path: str) -> dict[Any, Any]:
        if isinstance(raw, dict):
            return raw
        self.wrong(path, "应为映射", "must be a mapping")
        return {}

    def rows(self, raw: Any, path: str, *, empty: bool = True) -> list[Any]:
        if isinstance(raw, list) and (raw or empty):
            return raw
        self.wrong(path, "应为非空列表" if not empty else "应为列表", f"must be a {'' if empty else 'non-empty '}list")
        return []

    def known_keys(self, raw: Mapping[Any, Any], known: set[str], path: str) -> None:
        for key in raw:
            if key not in known:
                self.wrong(f"{path}.{key}", "未知的键", "unknown key")

    def text(self, raw: Mapping[str, Any], key: str, path: str) -> str:
        value = raw.get(key)
        if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
            self.wrong(f"{path}.{key}", "缺失或不是文本", "is missing or not a text")
            return ""
        return str(value).strip()

    def flag(self, raw: Mapping[str, Any], key: str, path: str) -> bool:
        value = raw.get(key, False)
        if not isinstance(value, bool):
            self.wrong(f"{path}.{key}", "应为 true 或 false", "must be true or false")
        return value is True

    def date(self, raw: Mapping[str, Any], key: str, path: str, *, needed: bool = True) -> date | None:
        value: Any = raw.get(key)
        if value is None and not needed:
            return None
        if type(value) is date:
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.wrong(f"{path}.{key}", "应为 YYYY-MM-DD 格式的日期", "must be a date, YYYY-MM-DD")
            return None

    def word(self, raw: Any, words: Mapping[str, str], path: str) -> str | None:
        if raw is None or (isinstance(raw, str) and raw in words):
            return words[raw] if raw else None
        known = ", ".join(words)
        self.wrong(path, f"未知的词“{raw}”；可用：{known}", f"unknown word “{raw}”; use: {known}")
        return None

    def codes(self, raw: Mapping[str, Any], key: str, path: str) -> tuple[str, ...]:
        listed = self.rows(raw.get(key) or [], f"{path}.{key}")
        return tuple(filter(None, (self.code(item, f"{path}.{key}[{i}]") for i, item in enumerate(listed))))

    def code(self, raw: Any, path: str, shape: re.Pattern[str] | None = None) -> str | None:
        shapes = [shape] if shape else [FULL_CODE, GROUP_CODE]
        if isinstance(raw, str) and any(pattern.fullmatch(raw) for pattern in shapes):
            return raw
        wanted = " / ".join("NN-NN-NN" if pattern is FULL_CODE else "NN-NN" for pattern in shapes)
        self.wrong(path, f"“{raw}”不是编码，应为 {wanted}", f"“{raw}” is not a code; write {wanted}")
        return None

    def distinct(self, keys: list[str], path: str, zh: str, en: str) -> None:
        for key in sorted({key for key in keys if key and keys.count(key) > 1}):
            self.wrong(path, f"{zh}“{key}”重复", f"the {en} “{key}” stands twice")
