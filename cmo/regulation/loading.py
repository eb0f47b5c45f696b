"""Read data files strictly and report *all* faults at once, each with file, row, column and what is wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a data file. ``row`` is the line in the file (1 = first); 0 means the file as a whole."""

    file: str
    row: int
    column: str
    zh: str
    en: str

    def text(self, language: str) -> str:
        """The whole sentence with its place."""
        chinese = language.startswith("zh")
        place = self.file
        if self.row:
            place += f" 第 {self.row} 行" if chinese else f", line {self.row}"
        if self.column:
            place += f"「{self.column}」" if chinese else f", {self.column}"
        return f"{place}：{self.zh}" if chinese else f"{place}: {self.en}"

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {"file": self.file, "row": self.row, "column": self.column, "zh": self.zh, "en": self.en}


class LoadError(ValueError):
    """A data file cannot be used; ``faults`` holds every reason."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: list[Fault] = list(faults)
        super().__init__("\n".join(fault.text("en") for fault in self.faults))


class Row(dict[str, Any]):
    """One record of a file with the line it starts on."""

    line: int = 0


def read_csv(path: Path, columns: tuple[str, ...]) -> list[Row]:
    """The rows of a UTF-8 CSV file whose header must be exactly ``columns``.

    :raises LoadError: for a missing or unreadable file, another header, or rows with too few or too many cells.
    """
    reader = csv.reader(io.StringIO(_read_text(path)))
    try:
        header = next(reader, [])
        if tuple(header) != columns:
            raise LoadError([_wrong_header(path, header, columns)])
        rows, faults = _csv_rows(path, reader, columns)
    except csv.Error as error:
        raise LoadError(
            [Fault(path.name, reader.line_num, "", f"不是有效的 CSV：{error}", f"no valid CSV: {error}")]
        ) from error
    if faults:
        raise LoadError(faults)
    return rows


def _csv_rows(path: Path, reader: Any, columns: tuple[str, ...]) -> tuple[list[Row], list[Fault]]:
    rows: list[Row] = []
    faults: list[Fault] = []
    for cells in reader:
        if len(cells) != len(columns):
            faults.append(
                Fault(
                    path.name,
                    reader.line_num,
                    "",
                    f"应有 {len(columns)} 列，现有 {len(cells)} 列",
                    f"{len(columns)} cells expected, {len(cells)} found",
                )
            )
            continue
        row = Row(zip(columns, (cell.strip() for cell in cells), strict=True))
        row.line = reader.line_num
        rows.append(row)
    return rows, faults


def read_yaml(path: Path) -> Any:
    """The content of a UTF-8 YAML file; every mapping is a :class:`Row` that knows its line.

    :raises LoadError: for a missing or unreadable file, YAML that cannot be read, or a key given twice.
    """
    try:
        return yaml.load(_read_text(path), Loader=_LinedLoader)  # noqa: S506  # a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        problem = f"{error.problem or error.context}"
        raise LoadError(
            [Fault(path.name, line, "", f"YAML 无法读取：{problem}", f"unreadable YAML: {problem}")]
        ) from error
    except yaml.YAMLError as error:
        raise LoadError([Fault(path.name, 0, "", f"YAML 无法读取：{error}", f"unreadable YAML: {error}")]) from error


class _LinedLoader(yaml.SafeLoader):
    """A safe loader that keeps line numbers and refuses a key given twice."""


def _construct_row(loader: yaml.SafeLoader, node: yaml.MappingNode) -> Row:
    row = Row()
    row.line = node.start_mark.line + 1
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str) or key in row:
            raise yaml.constructor.ConstructorError(
                None, None, f"key {key!r} is given twice or is no text", key_node.start_mark
            )
        row[key] = loader.construct_object(value_node, deep=True)
    return row


_LinedLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _construct_row)


class Checker:
    """Collects the faults of one file while its records are read."""

    def __init__(self, path: Path) -> None:
        self.file = path.name
        self.faults: list[Fault] = []

    def fault(self, row: Mapping[str, Any], column: str, zh: str, en: str) -> None:
        """Note one fault at the row's line."""
        self.faults.append(Fault(self.file, getattr(row, "line", 0), column, zh, en))

    def text(self, row: Mapping[str, Any], column: str) -> str:
        """A required text of a row; empty, with a fault, when it is missing or no text."""
        value = row.get(column)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.fault(row, column, "缺少内容", "is missing")
        return ""

    def choice(self, row: Mapping[str, Any], column: str, allowed: tuple[str, ...]) -> str:
        """One of the allowed words; with a fault otherwise."""
        value = row.get(column)
        if value not in allowed:
            words = ", ".join(allowed)
            self.fault(row, column, f"应为 {words} 之一，现为「{value}」", f"must be one of {words}, not “{value}”")
        return str(value)

    def finish(self) -> None:
        """:raises LoadError: when any fault was noted."""
        if self.faults:
            raise LoadError(self.faults)


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise LoadError([Fault(path.name, 0, "", "文件不存在", "the file does not exist")]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise LoadError([Fault(path.name, 0, "", f"文件无法读取：{error}", f"cannot be read: {error}")]) from error


def _wrong_header(path: Path, header: list[str], columns: tuple[str, ...]) -> Fault:
    wanted, found = ",".join(columns), ",".join(header)
    return Fault(path.name, 1, "", f"表头应为 {wanted}，现为 {found}", f"the header must be {wanted}, not {found}")
