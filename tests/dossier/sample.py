"""A dossier written by hand: every kind of block, sections in sections, long texts, long tables, and hostile words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from cmo.dossier.sheets import (
    Caution,
    Column,
    Dossier,
    Fact,
    Facts,
    Lane,
    Mark,
    Pin,
    Section,
    Span,
    Table,
    Text,
    Timeline,
    Tone,
)
from cmo.paper.words import Words, same

HEAD = "7b1d94c0e6f2a35899d04417c2be5fa0183c6de97f04b2a1c85d3e60f9a2474b"
DAY = date(2026, 11, 22)
PIN = Pin(
    pair_id=7,
    pair_number="P2025-000017",
    as_of=DAY,
    instant=datetime(2026, 11, 22, 15, 59, 59, 999999, tzinfo=UTC),
    stream="pair:7",
    seq=4183,
    head=HEAD,
    product_version="1.4.0",
)
#: What people, machines and villains type; each must come out as plain text.
HOSTILE = (
    "<b>unclosed & <w:p>",
    '<a href="javascript:alert(1)">x</a>',
    "&lt;para&gt; &#60; %%EOF (\\) <</JS (x)>>",
    "${x} {{ 7*7 }} {% load %}",
    '=HYPERLINK("http://quality.example/","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "发票\u202egpj.exe \x00 \x07 \ud800 \ufffe",
    "😀👩\u200d🔬 龘𣲗𪚥 ﷽ ㍿",
    "../../etc/passwd\u2028C:\\CON",
    "]]>-->\x1b[31m\t\tred",
)
WORD_WITHOUT_END = "x" * 4000

_ZH = (
    "委托方对受托生产的医疗器械质量负责，按照《医疗器械生产质量管理规范》对受托方的质量管理体系进行评估，并在委托生产期间对其实施监督；"
    "受托方按照质量协议和经委托方确认的技术文件组织生产，对生产行为负责，接受委托方的审核和监管部门的检查（检查记录保存不少于5年）。"
)
_EN = (
    "The registrant answers for the quality of the devices made under contract, evaluates the contractor's quality "
    "management system before entrusting and supervises it while production lasts. The contractor makes the devices by "
    "the agreement and the technical documents that the registrant confirmed, and admits audits and inspections. "
)


def text(times: int = 1) -> Words:
    """Long text of several paragraphs."""
    return Words("\n".join([_ZH * 2] * times), "\n".join([_EN * 2] * times))


def dossier(lots: int = 520, lanes: int = 9) -> Dossier:
    """The whole sample; ``lots``: rows of the longest table."""
    sections = (parties(), agreements(), supervision(lanes), releases(lots), hostile(), trail(lots))
    return Dossier(
        pin=PIN,
        title=Words("委托生产关系档案", "Dossier of a contract manufacturing relation"),
        registrant=Words("宁波甬康医疗科技有限公司", "Ningbo Yongkang Medical Technology Co., Ltd."),
        contractor=Words("苏州澄源精密制造有限公司", "Suzhou Chengyuan Precision Manufacturing Co., Ltd."),
        sections=sections,
        notes=(
            Words(
                "法规名称和条款以官方中文文本为准。",
                "Names and articles of law are translated; the Chinese texts prevail.",
            ),
            Words(
                "日期均为北京时间的日历日；期间的最后一日包含在内。",
                "Days are calendar days in Beijing; the last day of a period belongs to it.",
            ),
        ),
    )


def volume(times: int) -> Dossier:
    """As many times the same records, for what grows with them."""
    one = dossier(0, 1)
    sections = tuple(
        section for _ in range(times) for section in (parties(), agreements(), supervision(4), releases(90), trail(90))
    )
    return replace(one, sections=sections)


def facts(name: str) -> Facts:
    """The particulars of a party."""
    return Facts(
        (
            Fact(Words("名称", "Name"), Words(f"{name}有限公司", f"{name} Co., Ltd."), "V3 2026-02-01"),
            Fact(Words("统一社会信用代码", "Unified social credit code"), same("91330200MA2AXXXX5K")),
            Fact(
                Words("住所", "Registered address"),
                Words(
                    "浙江省宁波市鄞州区学士路655号科信大厦B座1201室",
                    "Room 1201, 655 Xueshi Road, Yinzhou, Ningbo, Zhejiang",
                ),
                "V2 2025-06-30",
            ),
            Fact(
                Words("生产许可证编号", "Production licence"),
                same("浙药监械生产许20210123号"),
                "《医疗器械生产监督管理办法》",
            ),
        ),
        Words("登记事项", "Particulars"),
    )


def parties() -> Section:
    """Both parties with their licences."""
    columns = (
        Column("number", Words("证书编号", "Certificate"), 0.28),
        Column("device", Words("产品", "Device"), 0.32),
        Column("until", Words("有效期至", "Valid until"), 0.2, "centre"),
        Column("state", Words("状态", "State"), 0.2, "centre"),
    )
    rows = tuple(
        (
            same(f"浙械注准2023202{n:04d}"),
            Words(f"一次性使用无菌注射器（{n}号）", f"Sterile syringe for single use no. {n}"),
            same((DAY + timedelta(days=37 * n)).isoformat()),
            Words("有效", "valid"),
        )
        for n in range(1, 13)
    )
    children = tuple(
        Section(key, title, (facts(name), Table("certificates", columns, rows, Words("注册证", "Certificates"))), 12)
        for key, title, name in (
            ("registrant", Words("委托方", "Registrant"), "宁波甬康医疗科技"),
            ("contractor", Words("受托方", "Contractor"), "苏州澄源精密制造"),
        )
    )
    return Section("parties", Words("双方、许可证和注册证", "Parties, licences and certificates"), (), 24, children)


def agreements() -> Section:
    """Revisions of an agreement, with quoted text and the responsibility matrix."""
    columns = (
        Column("no", Words("序号", "No."), 0.08, "centre"),
        Column("duty", Words("职责", "Duty"), 0.42),
        Column("registrant", Words("委托方", "Registrant"), 0.14, "centre"),
        Column("contractor", Words("受托方", "Contractor"), 0.14, "centre"),
        Column("basis", Words("依据", "Basis"), 0.22),
    )
    rows = tuple(
        (
            same(str(n)),
            Words(
                "原材料和关键零部件的采购控制、进货检验和放行",
                "Purchasing, incoming inspection and release of materials",
            ),
            Words("批准", "approves"),
            Words("负责", "responsible"),
            Words(f"第{n}条", f"Article {n}"),
        )
        for n in range(1, 41)
    )
    revisions = tuple(
        Section(
            f"revision-{n}",
            Words(f"质量协议第{n}版", f"Quality agreement, revision {n}"),
            (
                Text(text(n), Words("条款", "Clauses"), quoted=True),
                Table("matrix", columns, rows, Words("职责分工表", "Responsibility matrix")),
            ),
            1,
            (Section(f"signatures-{n}", Words("签署", "Signatures"), (facts("签署"),), 2),),
        )
        for n in (1, 2)
    )
    intro = (
        Text(text()),
        Caution(
            Words(
                "第1版的一份签名与内容不符，签署无效。",
                "One signature under revision 1 no longer matches what was signed.",
            )
        ),
        Caution(text()),
    )
    return Section(
        "agreements", Words("质量协议及其各版本", "Quality agreement and its revisions"), intro, 2, revisions
    )


def supervision(lanes: int) -> Section:
    """Presence as a timeline."""
    tones: tuple[Tone, ...] = ("good", "bad", "pending", "idle", "active")
    first = date(2025, 3, 1)
    found = [
        Lane(
            Words(f"驻厂人员{n}：程守信", f"Resident supervisor {n}: Cheng Shouxin"),
            tuple(
                Span(
                    first + timedelta(days=61 * k + 9 * n),
                    None if k == 8 else first + timedelta(days=61 * k + 40 + 9 * n),
                    Words(f"在厂监督第{k + 1}期", f"On site, period {k + 1}"),
                    tones[(n + k) % 5],
                )
                for k in range(9)
            ),
            tuple(
                Mark(first + timedelta(days=83 * k + 5 * n), Words("现场巡查", "Round on site"), tones[(n + 2 * k) % 5])
                for k in range(6)
            ),
        )
        for n in range(1, lanes + 1)
    ]
    busy = Lane(
        Words("批次放行", "Releases of lots"),
        marks=tuple(
            Mark(first + timedelta(days=n % 600), Words(f"放行批次{n}", f"Lot {n} released"), "good") for n in range(60)
        ),
    )
    timeline = Timeline(Words("驻厂监督的时间分布", "Supervision on site over time"), (*found, busy), DAY)
    empty = Table(
        "gaps",
        (Column("day", Words("日期", "Day"), 1.0),),
        (),
        Words("空缺", "Gaps"),
        Words("没有空缺。", "There were no gaps."),
    )
    return Section("supervision", Words("驻厂监督", "Supervision on site"), (timeline, empty), 60)


def lot_number(n: int) -> str:
    return f"SJ26{n:05d}A"


def releases(lots: int) -> Section:
    """A long table of nine columns, on pages across, and one of six."""
    shares = (0.13, 0.18, 0.09, 0.09, 0.08, 0.12, 0.1, 0.12, 0.09)
    heads = (
        Words("批号", "Lot"),
        Words("产品", "Device"),
        Words("生产日期", "Made on"),
        Words("失效日期", "Expires"),
        Words("数量", "Quantity"),
        Words("生产放行人", "Production release by"),
        Words("生产放行", "Released"),
        Words("上市放行人", "Market release by"),
        Words("上市放行", "Released"),
    )
    columns = tuple(
        Column(f"c{n}", words, share, "right" if n == 4 else "left")
        for n, (words, share) in enumerate(zip(heads, shares, strict=True))
    )
    rows = tuple(
        (
            same(lot_number(n)),
            Words("一次性使用无菌注射器", "Sterile syringe for single use"),
            same((date(2025, 1, 2) + timedelta(days=n)).isoformat()),
            same((date(2028, 1, 1) + timedelta(days=n)).isoformat()),
            same(f"{1000 + 17 * n:,}"),
            same("程守信"),
            same((date(2025, 1, 9) + timedelta(days=n)).isoformat()),
            same("方启明"),
            same((date(2025, 1, 12) + timedelta(days=n)).isoformat()),
        )
        for n in range(1, lots + 1)
    )
    table = Table("lots", columns, rows, Words("全部批次", "All lots"))
    after = Section(
        "deviations", Words("偏差", "Deviations"), (Text(text(), Words("处理", "Handling")), facts("偏差")), 4
    )
    return Section("releases", Words("批次及其两次放行", "Lots and both their releases"), (table,), lots, (after,))


def hostile() -> Section:
    """Everything that must stay plain text, in every kind of block."""
    words = [Words(typed, f"{typed} en") for typed in HOSTILE]
    columns = tuple(Column(f"k{n}", Words(f"列{n}", f"Column {n}"), 0.25) for n in range(4))
    rows = tuple(tuple(Words(w.zh, w.en) for _ in columns) for w in words)
    long = Table(
        "long",
        columns,
        ((same(WORD_WITHOUT_END), same("字" * 900), same(""), Words("短", "short")),),
        Words("长", "Long"),
    )
    blocks = (
        Facts(tuple(Fact(w, w, w.zh) for w in words), words[0]),
        Table("typed", columns, rows, words[1]),
        long,
        *(Text(w, w, quoted=n % 2 == 0) for n, w in enumerate(words)),
        Text(same(WORD_WITHOUT_END)),
        *(Caution(w) for w in words[:4]),
        Timeline(
            words[2],
            (
                Lane(words[3], (Span(DAY, None, words[6]),), (Mark(DAY, words[7], "bad"),)),
                Lane(same(WORD_WITHOUT_END[:300]), (Span(date(2026, 1, 1), DAY, words[4], "pending"),)),
            ),
            DAY,
        ),
    )
    child = Section("typed-child", words[6], (), 0)
    return Section("typed", Words(f"他人填写的文字 {HOSTILE[0]}", f"Typed text {HOSTILE[0]}"), blocks, 10, (child,))


def trail(entries: int) -> Section:
    """An extract of the trail with whole hashes."""
    columns = (
        Column("seq", Words("序号", "No."), 0.09, "right"),
        Column("at", Words("时间", "At"), 0.2),
        Column("who", Words("记录人", "By"), 0.13),
        Column("what", Words("事项", "What"), 0.28),
        Column("hash", Words("哈希", "Hash"), 0.3),
    )
    rows = tuple(
        (
            same(str(n)),
            same(f"2026-{1 + n % 12:02d}-{1 + n % 28:02d} 14:05"),
            same("程守信"),
            Words("作出生产放行的决定", "Decided on production release"),
            same(HEAD[n % 7 :] + HEAD[: n % 7]),
        )
        for n in range(1, entries + 1)
    )
    return Section("trail", Words("记录摘录", "Extract of the trail"), (Table("entries", columns, rows),), entries)
