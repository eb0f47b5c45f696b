"""What cover, contents, heads and feet of a dossier say, before it is known whether they become PDF or DOCX."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from cmo.paper.words import Language, Words, same

from .sheets import Dossier, Section, Span, Tone

REGISTRANT = Words("委托方（注册人、备案人）", "Registrant")
CONTRACTOR = Words("受托方（受托生产企业）", "Contractor")
NUMBER = Words("委托关系编号", "Pair no.")
AS_OF = Words("截至", "As of")
INSTANT = Words("数据时点", "Records read up to")
SCOPE = Words("范围", "Scope")
MARKED_FOR = Words("本副本供", "Copy for")
LANGUAGE = Words("语言", "Language")
VERSION = Words("软件版本", "Product version")
CHAIN = Words("记录链", "Chain of records")
STREAM = Words("所属委托关系", "Of the pair")
LENGTH = Words("记录条数", "Entries")
HEAD = Words("末位哈希（SHA-256）", "Hash of the last entry (SHA-256)")
ZONE = Words("时间：UTC+8", "times in UTC+8")
CHECK = Words("如何核对本文件", "How to check this file")
CONTENTS = Words("目录", "Contents")
NOTES = Words("说明", "Notes")
CAUTION = Words("注意", "Caution")
SOURCE = Words("来源", "Source")
NO_RECORDS = Words("无记录。", "No records.")
PAGES = Words("第 {page} 页 共 {pages} 页", "Page {page} of {pages}")
UPDATE = Words(
    "打开时目录不含页码；在文字处理软件中更新目录域后即显示页码。",
    "The contents show page numbers once the field is updated in the word processor.",
)

LANE = Words("项目", "Lane")
WHEN = Words("起止日期", "From and to")
WHAT = Words("内容", "What")
STATE = Words("状态", "State")
ITEM = Words("序号", "No.")
STILL = Words("至今", "still going on")
TONES: dict[Tone, Words] = {
    "good": Words("合格、有效", "in order"),
    "bad": Words("异常", "not in order"),
    "pending": Words("待定", "pending"),
    "idle": Words("未开始或已结束", "not active"),
    "active": Words("进行中", "under way"),
}
_LANGUAGES: dict[Language, Words] = {
    "zh": Words("中文", "Chinese"),
    "en": Words("英文", "English"),
    "both": Words("中文、英文对照", "Chinese and English side by side"),
}
#: The language that a file names, as in BCP 47.
TAGS: dict[Language, str] = {"zh": "zh-CN", "en": "en", "both": "zh-CN"}
_BEIJING = ZoneInfo("Asia/Shanghai")
_GROUP = 8
#: More contents than this and a reader finds nothing; the outline beside the pages names every section all the same.
_MOST_ENTRIES = 150

#: Label and value.
Labelled = tuple[Words, Words]


def facts(dossier: Dossier, language: Language) -> list[Labelled]:
    """What a reader looks for first: parties, number, day, instant, scope, language and version."""
    pin = dossier.pin
    return [
        (REGISTRANT, dossier.registrant),
        (CONTRACTOR, dossier.contractor),
        (NUMBER, same(pin.pair_number)),
        (AS_OF, as_of(dossier)),
        (INSTANT, same(moment(pin.instant))),
        (SCOPE, dossier.scope),
        *([(MARKED_FOR, same(dossier.marked_for))] if dossier.marked_for else []),
        (LANGUAGE, _LANGUAGES[language]),
        (VERSION, same(pin.product_version or "—")),
    ]


def as_of(dossier: Dossier) -> Words:
    """The day that is shown: to its end, or of the day on which the file was made to that moment."""
    day, at = dossier.pin.as_of.isoformat(), dossier.pin.instant.astimezone(_BEIJING)
    if (at.hour, at.minute, at.second) == (23, 59, 59):
        return Words(f"{day}（当日结束时）", f"{day} (end of the day)")
    return Words(f"{day}（到下列时点）", f"{day} (up to the moment below)")


def moment(at: datetime) -> str:
    """A moment in Beijing time, to the second, with its zone."""
    return f"{at.astimezone(_BEIJING):%Y-%m-%d %H:%M:%S} (UTC+8)"


def groups(head: str) -> list[str]:
    """A hash in groups that can be compared by eye."""
    return [head[start : start + _GROUP] for start in range(0, len(head), _GROUP)]


def steps(dossier: Dossier) -> list[Words]:
    """How to check the file without us."""
    seq, number = dossier.pin.seq, dossier.pin.pair_number
    return [
        Words(
            "本文件与核对程序 verify.py 在同一压缩包内。在装有 Python 3 的电脑上运行：python verify.py 压缩包文件名。程序不联网，逐一核对"
            "清单、文件、整条记录链和每次决定时固定的内容。",
            "This file lies in one archive with the program verify.py. On a computer with Python 3 run: python verify.py "
            "followed by the name of the archive. It needs no network and checks the manifest, every file, the whole "
            "chain, and what was frozen with each decision.",
        ),
        Words(
            "将上述末位哈希与对方单位的档案或者以前的档案封面上的末位哈希相比较；加上参数 --head 和该哈希，程序即核对它是否在链上。",
            "Compare the hash above with the one on the cover of an earlier dossier or of the other party's; with --head "
            "and that hash the program checks that it is part of this chain.",
        ),
        Words(
            f"{number} 的记录链到 {moment(dossier.pin.instant)} 有 {seq:,} 条；以后的记录不在本文件内。",
            f"At {moment(dossier.pin.instant)} the chain of {number} had {seq:,} entries; later ones are not in this file.",
        ),
    ]


def foot(dossier: Dossier) -> Words:
    """What every page says in its foot: what it is bound to, and the zone of all times."""
    pin = dossier.pin
    day, start = pin.as_of.isoformat(), pin.head[:16]
    return Words(
        f"截至 {day}　记录链 {pin.seq:,} 条　末位哈希 {start}…　{ZONE.zh}",
        f"As of {day}   {pin.seq:,} entries   head {start}…   {ZONE.en}",
    )


def binding(dossier: Dossier) -> str:
    """What a file says in its properties, for programs: chain, length, last hash, pair, day and kind of scope."""
    pin = dossier.pin
    said = (
        pin.stream,
        pin.seq,
        "SHA-256",
        pin.head,
        quote(pin.pair_number[:60], errors="replace"),
        pin.as_of.isoformat(),
        pin.scope[0],
    )
    return " ".join(map(str, said))


def title_of(dossier: Dossier, language: Language) -> str:
    """The title that a file bears."""
    return f"{dossier.title.joined('en' if language == 'en' else 'zh')} {dossier.pin.pair_number}"


def page(number: int, of: int) -> Words:
    """``第 3 页 共 12 页`` and ``Page 3 of 12``."""
    return Words(PAGES.zh.format(page=number, pages=of), PAGES.en.format(page=number, pages=of))


def records(section: Section) -> Words | None:
    """How many records a section shows; None where it counts none."""
    if not section.count:
        return None
    return Words(f"{section.count:,} 条", f"{section.count:,} record{'' if section.count == 1 else 's'}")


def lasting(span: Span) -> Words:
    """From when to when, last day included."""
    first = span.starts_on.isoformat()
    if span.ends_on is None:
        return Words(f"{first} {STILL.zh}", f"{first}, {STILL.en}")
    return same(f"{first} – {span.ends_on.isoformat()}")


def depth(dossier: Dossier) -> int:
    """Down to which level the contents go: as deep as stays readable, and never above the second."""
    levels = [level for level, _section in dossier.walk()]
    deepest = max(levels, default=1)
    return next((n for n in range(deepest, 2, -1) if sum(level <= n for level in levels) <= _MOST_ENTRIES), 2)


def until(day: date) -> Words:
    """The day of the dossier on a timeline."""
    return Words(f"截至 {day.isoformat()}", f"as of {day.isoformat()}")
