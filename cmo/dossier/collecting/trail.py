"""An extract of the pair's chain up to the pin: what was done how often, then entry by entry with its hash.

The whole chain, word by word, is a file of the package; what stands here is for reading.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from django.apps import apps

from agreements.documents.collecting import in_both
from cmo.catalogue.models import LabelVersion
from cmo.clock import day_of
from cmo.paper.words import Words, same
from cmo.parties.models import Grant, Role
from cmo.parties.rights import ADMINISTRATOR
from cmo.trail.verbs import all_verbs

from ..sheets import Block, Facts, Pin, Section, Text
from ..snapshot import ChainEntry, Snapshot
from .confirmed import lots_within
from .performed import obligations
from .reach import left_out, reach
from .saying import NONE, choice, fact, figure, joined, moment, plain, reason, table
from .shown import of_lot

TITLE = Words("记录链摘录", "Extract of the chain of records")
REFUSED = "refused"
_WHOLE_ELSEWHERE = Words(
    "下列记录摘自本委托关系的记录链，逐条列出事项、时间、记录人、理由和哈希。记录链全文是压缩包内的单独文件，可用随附的核对程序核对。",
    "These entries are taken from the chain of this pair: what was done, when, by whom, why, and the hash. The whole chain is "
    "a file of its own in the package and can be checked with the enclosed program.",
)
_EMPTY = Words("截至本档案时点，记录链（范围内）没有记录。", "The chain holds no entry within the scope.")
_SUMMARY = (
    ("what", Words("事项", "What"), 50.0),
    ("first", Words("首次", "First"), 16.0),
    ("last", Words("末次", "Last"), 16.0),
    ("count", Words("次数", "Times"), 10.0),
)
_COLUMNS = (
    ("seq", Words("序号", "No."), 5.5),
    ("at", Words("时间", "At"), 17.0),
    ("who", Words("记录人、岗位、单位", "By, post, organisation"), 20.0),
    ("what", Words("事项", "What"), 18.0),
    ("reason", Words("理由", "Reason"), 15.0),
    ("hash", Words("哈希（SHA-256）", "Hash (SHA-256)"), 24.5),
)
#: Who acts without a post at either party.
_SYSTEM = "system"
_OTHER_POSTS = {_SYSTEM: Words("系统", "the system"), ADMINISTRATOR: Words("管理员", "administrator")}

#: An entry with its content.
Read = tuple[ChainEntry, dict[str, Any]]


def sections(snapshot: Snapshot, pin: Pin) -> list[Section]:
    """One chapter: length and head, counts by what was done, every entry within the scope."""
    every = [(entry, json.loads(entry.payload)) for entry in snapshot.entries if entry.seq <= pin.seq]
    shown = within(snapshot, pin, every)
    duties = obligations(snapshot)
    lines = [_line(read, duties) for read in shown]
    blocks: tuple[Block, ...] = (
        Text(_WHOLE_ELSEWHERE),
        *left_out(len(every) - len(shown), Words("记录", "entries of the chain")),
        Facts(
            (
                fact("记录链", "Chain", Words(f"委托关系 {pin.pair_number}", f"pair {pin.pair_number}")),
                fact("截至本档案时点的条数", "Entries at the moment of this dossier", figure(pin.seq)),
                fact("末位哈希", "Hash of the last entry", same(pin.head)),
            )
        ),
        table("summary", _SUMMARY, _counts(shown), Words("按事项统计", "Counts by what was done"), _EMPTY, {"count"}),
        table("entries", _COLUMNS, lines, Words("逐条记录", "Entry by entry"), _EMPTY),
    )
    return [Section("trail", TITLE, blocks, len(shown))]


#: What entries about readers from outside are about.
OF_READERS = frozenset({"parties.invitation", "parties.grant"})


def within(snapshot: Snapshot, pin: Pin, every: list[Read]) -> list[Read]:
    """The entries that the scope reaches; a limited dossier leaves out whom else the pair was opened to."""
    known = _subjects(snapshot, pin)
    reached, whole = reach(snapshot, pin), pin.scope[0] == "whole"

    def inside(content: dict[str, Any]) -> bool:
        subject: str = content["subject"]
        open_to_all = whole or subject.partition(":")[0] not in OF_READERS
        return open_to_all and (known is None or subject in known) and reached.within(day_of(_at(content)))

    return [read for read in every if inside(read[1])]


def _at(content: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(content["at"])


def _counts(shown: list[Read]) -> Iterator[tuple[Words, ...]]:
    """By verb, in the order of the alphabet of their codes, so that what is about one thing stands together."""
    times = Counter(content["verb"] for _entry, content in shown)
    days: dict[str, list[str]] = {}
    about: dict[str, set[str]] = {}
    for _entry, content in shown:
        days.setdefault(content["verb"], []).append(day_of(_at(content)).isoformat())
        about.setdefault(content["verb"], set()).add(content["subject"].partition(":")[0])
    for verb, count in sorted(times.items()):
        zh, en = all_verbs().get(verb, (verb, verb))
        found = days[verb]
        yield Words(zh, f"{_kind(verb, about[verb])} {en}"), same(min(found)), same(max(found)), figure(count)


def _kind(verb: str, labels: set[str]) -> str:
    """What an English verb is said of; in Chinese the verb names it."""
    if verb == REFUSED:
        return "an act"
    names = {_named(label) for label in labels}
    return names.pop() if len(names) == 1 else "a record"


@cache
def _named(label: str) -> str:
    """A kind of record in English; one that nobody knows any more is just a record."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return "a record"
    return in_both(lambda: model._meta.verbose_name).en


def _line(read: Read, duties: Mapping[str, Words]) -> tuple[Words, ...]:
    entry, content = read
    return (
        figure(entry.seq),
        same(moment(_at(content))),
        _who(content),
        sentence(content, duties),
        reason(content["reason"]),
        same(entry.hash),
    )


def _who(content: dict[str, Any]) -> Words:
    name, post, organisation = content["by_name"], _post(content["by_post"]), content["by_organisation"]
    named = NONE if content["by_post"] == _SYSTEM == name else plain(name)
    said = [one for one in (named, post) if one != NONE]
    first = Words("　".join(one.zh for one in said), ", ".join(one.en for one in said))
    return joined([*([first] if said else []), *([same(organisation)] if organisation else [])])


def _post(post: str) -> Words:
    if post in Role.values:
        return choice("parties.post", "role", post)
    return _OTHER_POSTS.get(post, plain(post))


def sentence(content: dict[str, Any], duties: Mapping[str, Words] = MappingProxyType({})) -> Words:
    """What happened to what; a refusal says what did not happen. ``duties``: obligations in words, by key."""
    refused = content["verb"] == REFUSED
    verb = content["data"].get("attempted", "") if refused else content["verb"]
    zh, en = all_verbs().get(verb, (verb, verb))
    label = _label(content, duties)
    before = Words("被拒绝，未执行：", "Refused, did not happen: ") if refused else same("")
    return Words(f"{before.zh}{zh}：{label.zh}", f"{before.en}{label.en} {en}")


def _label(content: dict[str, Any], duties: Mapping[str, Words]) -> Words:
    """What an entry is about; keys and kinds that its label names stand in words."""
    data, more = content["data"], []
    if data.get("role") in Role.values:
        more.append(choice("parties.post", "role", data["role"]))
    if data.get("permission") in Grant.Permission.values:
        more.append(choice("parties.grant", "permission", data["permission"]))
    label = joined([_part(part, duties) for part in content["label"].split(" · ")], " · ")
    if not more:
        return label if content["label"] else NONE
    zh, en = "、".join(one.zh for one in more), ", ".join(one.en for one in more)
    return Words(f"{label.zh}，{zh}", f"{label.en} ({en})")


def _part(text: str, duties: Mapping[str, Words]) -> Words:
    kind, _, version = text.partition(" ")
    if kind in LabelVersion.Kind.values and version:
        word = choice("catalogue.labelversion", "kind", kind)
        return Words(f"{word.zh} {version}", f"{word.en} {version}")
    return duties.get(text, same(text))


def _subjects(snapshot: Snapshot, pin: Pin) -> frozenset[str] | None:
    """Keys of the records that a device, a lot or an agreement reaches; None where the scope is no such thing."""
    if pin.scope[0] not in {"device", "lot", "agreement"}:
        return None
    keys = {row.key for lot in lots_within(snapshot, pin)[0] for row in of_lot(snapshot, lot)}
    if pin.scope[0] != "lot":
        keys |= _of_reach(snapshot, pin)
    files = {row.key for row in snapshot.rows("evidence.file") if row["subject"] in keys}
    return frozenset(keys | files)


def _of_reach(snapshot: Snapshot, pin: Pin) -> set[str]:
    reached = reach(snapshot, pin)
    agreements = reached.agreements or frozenset()
    revisions = (row for row in snapshot.rows("agreements.agreementrevision") if row["agreement_id"] in agreements)
    return {
        *(f"catalogue.device:{pk}" for pk in reached.devices or ()),
        *(f"agreements.entrustment:{pk}" for pk in reached.entrustments or ()),
        *(f"agreements.agreement:{pk}" for pk in agreements),
        *(row.key for row in revisions),
    }
