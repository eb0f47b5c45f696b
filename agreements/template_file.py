"""An agreement template as a YAML file that people download, change and upload again."""

from __future__ import annotations

from typing import Any

import yaml

from .templates_data import Fault, TemplateError

#: What a file holds; titles, clauses and duties must be there.
PARTS = ("title_zh", "title_en", "clauses", "duties", "obligations")
MOST_CHARACTERS = 400_000


class _PlainLoader(yaml.SafeLoader):
    """YAML without aliases (a few lines could otherwise stand for gigabytes) and without keys that stand twice."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            line = self.peek_event().start_mark.line + 1
            raise TemplateError([Fault(f"line {line}", "不允许使用别名（*）", "aliases (*) are not allowed")])
        return super().compose_node(parent, index)


def _mapping(loader: _PlainLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _value in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            line = key_node.start_mark.line + 1
            raise TemplateError([Fault(f"line {line}", f"键{key!r}出现两次", f"{key!r} stands twice in one mapping")])
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_PlainLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_file(text: str) -> dict[str, Any]:
    """The content of an uploaded file, its rows not judged yet. :raises TemplateError: when it is no template file."""
    data = read_mapping(text)
    unknown = [Fault(str(key), "不是已知的键", "is not a known key") for key in data if key not in PARTS]
    if unknown:
        raise TemplateError(unknown)
    return data


def read_mapping(text: str) -> dict[str, Any]:
    """The plain values of a YAML file by key, whatever the keys.

    :raises TemplateError: when it is too large, no YAML, no mapping, or made to exhaust its reader.
    """
    if len(text) > MOST_CHARACTERS:
        raise TemplateError([Fault("file", "文件过大", "the file is too large")])
    try:
        data = yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a SafeLoader
    except TemplateError:
        raise
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "file"
        raise TemplateError([Fault(place, "不是有效的 YAML", "this is not valid YAML")]) from error
    except (ValueError, TypeError, RecursionError) as error:
        raise TemplateError([Fault("file", "含有无法读取的值", "it holds a value that cannot be read")]) from error
    if not isinstance(data, dict):
        raise TemplateError([Fault("file", "应为键值对", "it must be a mapping")])
    return data


def write_file(content: dict[str, Any]) -> str:
    """The same content as a file; ``read_file`` gives it back."""
    body = yaml.safe_dump(
        {name: content[name] for name in PARTS if name in content}, allow_unicode=True, sort_keys=False, width=110
    )
    head = (
        "# when: always, implantable, sterile, animal_derived, ivd\n"
        "# registrant, contractor: R responsible, A approves, C consulted, I informed; fixed: the law fixes the holder\n"
    )
    return head + body
