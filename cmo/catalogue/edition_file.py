"""Reading an edition file (YAML, the shape of ``data/prohibited_catalogue.yaml``) and checking all of it.

A catalogue decides what may not be made under contract, so a file is taken whole or not at all, and a person who
prepares one sees every fault at once with the place where it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from .edition_checks import FULL_CODE, GROUP_CODE, Checked, EditionError, Problem
from .editions import SCOPES, Condition, Edition, Entry, Exclusion, printed_alike
from .facts_vocabulary import NO, VALUES, YES, plain_name

BUILT_IN = Path(__file__).parent / "data" / "prohibited_catalogue.yaml"

#: Words of the file for the facts of a screening.
ATTRIBUTES = {
    "contains_animal_derived_material": "contains_animal_derived",
    "contains_allogeneic_material": "contains_allogeneic",
    "directly_taken_from_animal_tissue": "directly_from_animal_tissue",
    "intended_vascular_site": "vascular_site",
    "implantable": "implantable",
}
MATERIALS = {
    "animal_derived": "contains_animal_derived",
    "allogeneic": "contains_allogeneic",
    "directly_taken_from_animal_tissue": "directly_from_animal_tissue",
}

_TOP = {
    "schema_version", "status_checked_on", "condition_vocabulary", "editions",
    "earlier_editions_for_information", "drafts_never_in_force",
}  # fmt: skip
_EDITION = {
    "edition", "edition_number", "title", "title_en", "issuer", "document_no", "issued_on", "effective_from",
    "effective_from_note", "effective_to", "legal_basis", "repealed_by", "repeals", "classification_basis", "entries",
    "source", "note",
}  # fmt: skip
_ENTRY = {
    "key", "group", "group_zh", "group_en", "code", "name_zh", "name_zh_in_classification_catalogue", "name_en",
    "also_named", "scope", "material", "implantable_only", "requires_material", "indicative_codes_2017", "exclusions",
    "note",
}  # fmt: skip
_EXCLUSION = {"code_or_condition", "zh", "en", "note"}
_CONDITION = {
    "zh", "en", "product_attribute", "product_attributes", "excluded_when", "undetermined_when", "bound_to_codes",
    "judgement_codes", "code", "note",
}  # fmt: skip


def read_editions(text: str) -> tuple[Edition, ...]:
    """All editions of a file, by first day. :raises EditionError: with every fault of the file."""
    return _File(_load(text)).editions()


def built_in_editions() -> tuple[Edition, ...]:
    """The editions that come with the product (2014 No. 18 and 2022 No. 17)."""
    return read_editions(BUILT_IN.read_text(encoding="utf-8"))


def new_editions(read: Iterable[Edition], held: Iterable[Edition]) -> tuple[Edition, ...]:
    """Those of a file's editions that are not held yet; each must begin after everything held.

    :raises EditionError: when a held key prints something else, or a new edition begins too early.
    """
    held = list(held)
    by_key = {edition.key: edition for edition in held}
    last = max((edition.effective_from for edition in held), default=date.min)
    problems, new = [], []
    for edition in read:
        known = by_key.get(edition.key)
        if known is None:
            new.append(edition)
            if edition.effective_from <= last:
                problems.append(_begins_too_early(edition, last))
        elif not printed_alike(known, edition):
            problems.append(_prints_otherwise(edition))
    if problems:
        raise EditionError(problems)
    return tuple(new)


def only_new_edition(edition: Edition, held: Iterable[Edition]) -> Edition:
    """The edition itself, when it may be added to those held.

    :raises EditionError: when it is held already, prints something else under a held key, or begins too early.
    """
    if not new_editions([edition], held):
        raise EditionError(
            [Problem(f"editions[{edition.key}]", "该版本已收录", "this edition is held already; nothing is loaded")]
        )
    return edition


def _begins_too_early(edition: Edition, last: date) -> Problem:
    return Problem(
        f"editions[{edition.key}].effective_from",
        f"{edition.effective_from} 不晚于已收录版本的起始日 {last}，施行日期重叠",
        f"{edition.effective_from} is not after {last}, the first day of an edition held already: they overlap",
    )


def _prints_otherwise(edition: Edition) -> Problem:
    return Problem(
        f"editions[{edition.key}]",
        "该版本已收录而内容不同；已收录的版本不能改写，请使用新的版本键",
        "this edition is held already with other content; a held edition is never rewritten, use a new key",
    )


class _DistinctKeys(yaml.SafeLoader):
    """YAML whose mappings may not name a key twice (the second would silently win)."""


def _mapping(loader: _DistinctKeys, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: dict[Any, yaml.Node] = {}
    for key_node, _value in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            line = key_node.start_mark.line + 1
            raise EditionError(
                [Problem(f"line {line}", f"键“{key}”重复", f"the key “{key}” stands twice in one mapping")]
            )
        seen[key] = key_node
    return loader.construct_mapping(node, deep=True)


_DistinctKeys.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def _load(text: str) -> dict[str, Any]:
    try:
        data = yaml.load(text, Loader=_DistinctKeys)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "file"
        raise EditionError([Problem(place, "不是有效的 YAML", f"not valid YAML: {error}")]) from error
    except EditionError:
        raise
    except (ValueError, TypeError, RecursionError) as error:
        raise EditionError(
            [Problem("file", "含有无法读取的值", f"holds a value that cannot be read: {error}")]
        ) from error
    if not isinstance(data, dict):
        raise EditionError(
            [Problem("file", "应为一个映射，含 editions 列表", "must be a mapping with a list “editions”")]
        )
    return data


class _File(Checked):
    """One file being checked: reads what it can and collects what is wrong."""

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__()
        self.data = data
        self.conditions: dict[str, Condition] = {}

    def editions(self) -> tuple[Edition, ...]:
        self.known_keys(self.data, _TOP, "file")
        for key, raw in self.mapping(self.data.get("condition_vocabulary") or {}, "condition_vocabulary").items():
            self._condition(str(key), raw)
        rows = self.rows(self.data.get("editions"), "editions", empty=False)
        found = [self._edition(raw, f"editions[{index}]") for index, raw in enumerate(rows)]
        editions = sorted((e for e in found if e), key=lambda edition: edition.effective_from)
        self.distinct([e.key for e in editions], "editions", "版本", "edition")
        self._no_overlap(editions)
        if self.problems:
            raise EditionError(self.problems)
        return tuple(editions)

    def _condition(self, key: str, raw: Any) -> None:
        path = f"condition_vocabulary.{key}"
        raw = self.mapping(raw, path)
        self.known_keys(raw, _CONDITION, path)
        named = self.rows(raw.get("product_attributes") or [], f"{path}.product_attributes")
        named = [*named, *([raw["product_attribute"]] if "product_attribute" in raw else [])]
        attributes = tuple(self.word(word, ATTRIBUTES, f"{path}.product_attribute") for word in named)
        code = self.code(raw["code"], f"{path}.code") if "code" in raw else None
        if bool(attributes) == bool(code):
            self.wrong(path, "应当恰好给出 code 或 product_attribute 之一", "give either code or product_attribute")
        self.conditions[key] = Condition(
            key=key,
            zh=self.text(raw, "zh", path),
            en=self.text(raw, "en", path),
            code=code,
            attributes=tuple(filter(None, attributes)),
            frees_when=self._frees_when(raw.get("excluded_when"), attributes, path) if attributes else None,
            judgement_when=self._judgement(raw, attributes, path),
            bound_to_codes=self.codes(raw, "bound_to_codes", path),
            judgement_codes=self.codes(raw, "judgement_codes", path),
        )

    def _frees_when(self, raw: Any, attributes: tuple[str | None, ...], path: str) -> str | None:
        value = {"False": NO, "True": YES, "both false": NO, "all false": NO}.get(str(raw), str(raw))
        for attribute in filter(None, attributes):
            if value not in VALUES[attribute]:
                known = ", ".join(VALUES[attribute])
                self.wrong(f"{path}.excluded_when", f"无效的值；可用：{known}", f"not a value of it; use: {known}")
                return None
        return value

    def _judgement(self, raw: Mapping[str, Any], attributes: tuple[str | None, ...], path: str) -> tuple[str, ...]:
        values = [str(v) for v in self.rows(raw.get("undetermined_when") or [], f"{path}.undetermined_when")]
        known = {value for attribute in filter(None, attributes) for value in VALUES[attribute]} | {"unknown"}
        for value in values:
            if value not in known:
                self.wrong(f"{path}.undetermined_when", f"未知的值“{value}”", f"unknown value “{value}”")
        return tuple(value for value in values if value != "unknown")

    def _edition(self, raw: Any, path: str) -> Edition | None:
        raw = self.mapping(raw, path)
        self.known_keys(raw, _EDITION, path)
        first, last = self.date(raw, "effective_from", path), self.date(raw, "effective_to", path, needed=False)
        issued = self.date(raw, "issued_on", path)
        if first and last and last < first:
            self.wrong(f"{path}.effective_to", "早于 effective_from", "lies before effective_from")
        rows = self.rows(raw.get("entries"), f"{path}.entries", empty=False)
        entries = tuple(self._entry(row, f"{path}.entries[{index}]") for index, row in enumerate(rows))
        self.distinct([entry.key for entry in entries], f"{path}.entries", "条目", "entry")
        self.distinct([e.code for e in entries if e.code], f"{path}.entries", "编码", "code")
        texts = {key: self.text(raw, key, path) for key in ("edition", "title", "title_en", "issuer", "document_no")}
        if not first or not issued:
            return None
        return Edition(
            key=texts["edition"],
            title_zh=texts["title"],
            title_en=texts["title_en"],
            issuer=texts["issuer"],
            document_no=texts["document_no"],
            issued_on=issued,
            effective_from=first,
            effective_to=last,
            entries=entries,
        )

    def _entry(self, raw: Any, path: str) -> Entry:
        raw = self.mapping(raw, path)
        self.known_keys(raw, _ENTRY, path)
        scope = self.text(raw, "scope", path)
        if scope and scope not in SCOPES:
            known = ", ".join(SCOPES)
            self.wrong(f"{path}.scope", f"未知的范围“{scope}”；可用：{known}", f"unknown scope “{scope}”; use: {known}")
        exclusions = self.rows(raw.get("exclusions") or [], f"{path}.exclusions")
        found = [self._exclusion(row, f"{path}.exclusions[{index}]") for index, row in enumerate(exclusions)]
        name = self.text(raw, "name_zh", path)
        return Entry(
            key=self.text(raw, "key", path),
            group=str(raw.get("group") or ""),
            scope=scope,
            name_zh=name,
            name_en=self.text(raw, "name_en", path),
            code=self._entry_code(raw.get("code"), scope, path),
            names=self._names(raw, name, scope, path),
            material=self._material(raw, scope, path),
            implantable_only=self.flag(raw, "implantable_only", path),
            requires_material=self.word(raw.get("requires_material"), MATERIALS, f"{path}.requires_material"),
            indicative_codes=self.codes(raw, "indicative_codes_2017", path),
            exclusions=tuple(filter(None, found)),
        )

    def _names(self, raw: Mapping[str, Any], name: str, scope: str, path: str) -> tuple[str, ...]:
        """Every exact name of the entry: the line as printed, and each of the names it strings together with 、."""
        also = [str(item) for item in self.rows(raw.get("also_named") or [], f"{path}.also_named")]
        listed = [] if scope == "material" else [name, *name.split("、"), *also]
        return tuple(dict.fromkeys(plain_name(item) for item in listed if item.strip()))

    def _entry_code(self, raw: Any, scope: str, path: str) -> str | None:
        if scope in {"code", "code_prefix"}:
            return self.code(raw, f"{path}.code", FULL_CODE if scope == "code" else GROUP_CODE)
        if raw is not None:
            self.wrong(f"{path}.code", "只有 code 和 code_prefix 可以有编码", "only code and code_prefix have a code")
        return None

    def _material(self, raw: Mapping[str, Any], scope: str, path: str) -> str | None:
        if scope == "material" and not raw.get("material"):
            self.wrong(f"{path}.material", "缺失", "is missing")
        if scope != "material" and raw.get("material"):
            self.wrong(f"{path}.material", "只用于 material 范围", "belongs to the scope material only")
        return self.word(raw.get("material"), MATERIALS, f"{path}.material")

    def _exclusion(self, raw: Any, path: str) -> Exclusion | None:
        raw = self.mapping(raw, path)
        self.known_keys(raw, _EXCLUSION, path)
        key, zh, en = (self.text(raw, name, path) for name in ("code_or_condition", "zh", "en"))
        if key in self.conditions:
            return Exclusion(zh, en, self.conditions[key])
        if FULL_CODE.fullmatch(key) or GROUP_CODE.fullmatch(key):
            return Exclusion(zh, en, Condition(key=key, zh=zh, en=en, code=key))
        if key:
            self.wrong(
                f"{path}.code_or_condition",
                f"“{key}”既不是编码，也不是 condition_vocabulary 中的条件",
                f"“{key}” is neither a code nor a condition of condition_vocabulary",
            )
        return None

    def _no_overlap(self, editions: list[Edition]) -> None:
        for earlier, later in pairwise(editions):
            if earlier.effective_to is None or earlier.effective_to >= later.effective_from:
                self.wrong(
                    f"editions[{earlier.key}].effective_to",
                    f"与版本 {later.key} 的起始日 {later.effective_from} 重叠",
                    f"overlaps with edition {later.key}, which begins on {later.effective_from}",
                )
