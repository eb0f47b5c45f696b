"""A dossier from a pair: everything read in one moment, then turned into sections, frozen texts and files."""

from __future__ import annotations

from datetime import date, datetime

from cmo.paper.words import Words, same
from cmo.parties.models import Pair

from .collecting import sections_of
from .collecting.files import Look, attached, elsewhere, hashed, own
from .collecting.saying import bilingual
from .collecting.scope import scope_in_words
from .collecting.shown import left_out_keys
from .collecting.versions import ORGANISATION, current
from .frozen import KINDS, frozen_texts
from .pinning import one_moment, pin_for
from .scoping import WHOLE, Scope, refuse_unknown_scope
from .sheets import Dossier, Pin
from .snapshot import Snapshot
from .withholding import withheld

TITLE = Words("医疗器械委托生产档案", "Dossier of contract manufacturing of medical devices")


def dossier_of(
    pair: Pair, as_of: date, now: datetime, scope: Scope = WHOLE, marked_for: str = "", look: Look = hashed
) -> Dossier:
    """The dossier of a pair as of the end of a day, or of today up to now; ``marked_for``: an outsider's copy says so;
    ``look``: how stored files are looked at.

    :raises Refused: for a day to come, or a scope that names nothing of this pair; before anything else is read.
    """
    with one_moment():
        pin = pin_for(pair, as_of, now, scope)
        refuse_unknown_scope(pair, scope, pin.instant)
        snapshot = Snapshot(pair, pin.instant)
        attached(snapshot, pin, look)
        return built(snapshot, pin, marked_for)


def built(snapshot: Snapshot, pin: Pin, marked_for: str = "") -> Dossier:
    """The dossier that these rows and this pin make; the same rows give the same dossier. :raises Refused: as above."""
    scope = scope_in_words(snapshot, pin)
    texts, without = frozen_texts(snapshot, pin)
    pair, files = snapshot.pair, attached(snapshot, pin)
    without_text = withheld(snapshot, pin, marked_for, texts, files)
    return Dossier(
        pin=pin,
        title=TITLE,
        registrant=name_of(snapshot, pair.registrant_id),
        contractor=name_of(snapshot, pair.contractor_id),
        sections=sections_of(snapshot, pin),
        frozen=texts,
        files=files,
        scope=scope,
        marked_for=marked_for,
        withheld=without_text,
        notes=(
            *_PLAIN,
            *_outside(snapshot, pin),
            *_withheld(len(without_text)),
            *_own_files(own(snapshot)),
            *_without_entry(without),
        ),
    )


def name_of(snapshot: Snapshot, organisation_id: int) -> Words:
    """The confirmed name of an organisation at the moment of the dossier."""
    row = current(snapshot, ORGANISATION, organisation_id)
    return bilingual(row, "name") if row is not None else same(str(organisation_id))


_PLAIN = (
    Words(
        "日期和时间均为北京时间（UTC+8）；期间的最后一日包含在内。",
        "Days and times are those of Beijing (UTC+8); the last day of a period belongs to it.",
    ),
    Words("法规名称和条款以官方中文文本为准。", "Laws are cited in translation; the official Chinese texts prevail."),
)


def _outside(snapshot: Snapshot, pin: Pin) -> list[Words]:
    """What a limited dossier does not hold, counted."""
    if pin.scope[0] == "whole":
        return []
    frozen = {kind.label for kind in KINDS}
    texts = sum(1 for key in left_out_keys(snapshot, pin) if key.partition(":")[0] in frozen)
    files = elsewhere(snapshot, pin)
    return [
        Words(
            f"本档案限定了范围：范围以外的 {texts} 项决定或者文本、{files} 份证明文件未收入；各章载明未列入的记录数。",
            f"This dossier is limited in scope: {texts} decisions or texts and {files} evidence files outside the scope are "
            "not in it; each chapter says how many records it leaves out.",
        )
    ]


def _withheld(count: int) -> list[Words]:
    """That an outsider's limited copy does not hold the text of every entry of the chain."""
    if not count:
        return []
    return [
        Words(
            f"本副本供外部人员使用：记录链中范围以外的 {count} 条只给出哈希。verify.py 不能证明此前的记录未被改动；只有本系统的核对页面逐条比较哈希，请在该页面上传本文件。",
            f"This is an outsider's copy: of {count} entries of the chain outside the scope it holds the hash alone. verify.py "
            "cannot show that what stands before them is unaltered; the system's verification page compares every hash. Show "
            "this file there.",
        )
    ]


def _own_files(count: int) -> list[Words]:
    """That files which one side keeps to itself are not enclosed."""
    if not count:
        return []
    return [
        Words(
            f"另有 {count} 份文件仅供一方内部查阅（如注册人的技术文件、各方人员的授权材料），不随本档案提供。",
            f"Files that one side keeps to itself, such as technical documents and authorisations, are not enclosed: {count}.",
        )
    ]


def _without_entry(keys: tuple[str, ...]) -> list[Words]:
    """That the chain holds nothing of some decisions."""
    if not keys:
        return []
    named = "、".join(keys[:20])
    return [
        Words(
            f"注意：{len(keys)} 项决定在记录链上没有对应的记录，其内容无法核对：{named}",
            f"Caution: the chain holds no entry for {len(keys)} decisions, which cannot be checked: {', '.join(keys[:20])}",
        )
    ]
