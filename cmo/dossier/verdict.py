"""What is said of a file that somebody shows: whole, ours, up to date; each with a word, a tone and a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from cmo.paper.words import Words, same

from .recognising import Recognised
from .sheets import Tone

KINDS: dict[str, Words] = {
    "zip": Words("委托生产档案压缩包（ZIP）", "package of a dossier (ZIP)"),
    "pdf": Words("委托生产档案的 PDF", "PDF of a dossier"),
    "docx": Words("委托生产档案的Word文件（DOCX）", "Word file of a dossier (DOCX)"),
    "json": Words("委托生产档案的数据文件（JSON）", "data of a dossier (JSON)"),
}
SCOPES: dict[str, Words] = {
    "whole": Words("全部记录", "all records"),
    "period": Words("某一期间（见封面）", "a period, named on the cover"),
    "device": Words("某一产品（见封面）", "one device, named on the cover"),
    "lot": Words("某一批次（见封面）", "one lot, named on the cover"),
    "agreement": Words("某一质量协议（见封面）", "one quality agreement, named on the cover"),
}
_WHOLE, _OURS, _CURRENT = (
    Words("是否完整、未被改动", "Is it whole and unaltered?"),
    Words("是否出自本系统", "Is it ours?"),
    Words("是否为最新", "Is it up to date?"),
)

APPENDED = Words(
    "这不是导出的原件：以本系统导出的 PDF 开头，但其后又附加了内容，可能改变所显示的文字。请索取原件。",
    "This is not the original: it begins with a PDF exported here, but something was appended afterwards that may change what "
    "you see. Take the original.",
)
TOO_LARGE = Words(
    "文件过大，无法在此查看；请运行其中的 verify.py。", "Too large to be looked into here; run the enclosed verify.py."
)
NO_ORIGINAL = Words(
    "这不是导出的原件：它写有本系统记录链的哈希，但与登记的任何导出文件都不同。请索取原件。",
    "This is not the original: it names a hash of our chain, but differs from every file recorded as exported here. Take the "
    "original.",
)
_PARTS = Words(
    "这不是导出的原件：压缩包内的文件名与委托生产档案的相同，但压缩包已损坏、被重新打包或改动，或者由他人制作。",
    "This is not the original: the archive holds files named as those of a dossier, but it is damaged, was packed anew or "
    "changed, or was made by somebody else.",
)
_PARTS_NEXT = Words(
    "请索取原件。也可以解压，再用取自可信档案的 verify.py 核对解压后的文件夹，查明哪个文件不符。",
    "Take the original. Or unpack the archive and check the folder with verify.py out of a dossier that you trust, which names "
    "the file that differs.",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one question about a file."""

    question: Words
    tone: Tone
    word: Words
    sentence: Words


def headline(found: Recognised) -> tuple[Tone, Words]:
    """The one sentence that a reader takes away."""
    if found.exact:
        return _headline_of_ours(found)
    if found.made == "content":
        return "bad", APPENDED
    if _in_parts(found):
        return "bad", _PARTS
    if found.said is None and not found.unlooked:
        return "bad", Words(
            "这不是本系统的委托生产档案，或者已损坏到无法辨认。",
            "This is no dossier of this system, or too damaged to tell.",
        )
    if found.whole is False:
        return "bad", Words(
            "本文件已损坏或者被改动，不可采信。", "This file is damaged or was changed. Do not rely on it."
        )
    if found.said is not None and not found.ours:
        return "bad", Words("本文件不是出自本系统。", "This file does not come from this system.")
    return ("bad", NO_ORIGINAL) if found.said is not None else ("pending", TOO_LARGE)


def next_step(found: Recognised) -> Words | None:
    """What to do about a file of which nothing else is said; None where the verdicts say it."""
    return _PARTS_NEXT if _in_parts(found) else None


def _in_parts(found: Recognised) -> bool:
    """Whether it is an archive that holds what a dossier holds, and so broken that it says nothing of itself."""
    return found.said is None and found.parts and not found.unlooked


def _headline_of_ours(found: Recognised) -> tuple[Tone, Words]:
    if not found.ours:
        return "bad", Words(
            "本文件由本系统导出，未被改动；但本系统的记录链已与其不符。请保存本文件并通知系统管理员。",
            "This file was exported here and is unaltered, but the chain of this system no longer holds what it states. Keep it "
            "and tell the administrator.",
        )
    return "good", Words(
        "本文件出自本系统，与导出时逐字节相同。", "This file is ours, byte for byte as it was exported."
    )


def verdicts(found: Recognised, later: int | None) -> list[Verdict]:
    """Whole, ours, and of an original up to date; ``later``: by how many entries the chain has grown, None for who may not
    know."""
    answers = [_whole(found), _ours(found)]
    return [*answers, _current(found, later)] if found.exact and found.ours else answers


def _whole(found: Recognised) -> Verdict:
    if found.whole is False:
        return Verdict(_WHOLE, "bad", Words("否", "no"), _changed(found))
    if found.exact:
        said = Words("与导出时登记的 SHA-256 一致。", "It has the SHA-256 that was recorded when it was exported.")
        return Verdict(_WHOLE, "good", Words("是", "yes"), said)
    if found.ours:
        return Verdict(_WHOLE, "bad", Words("不是导出的原件", "not the original"), _differing(found))
    return Verdict(_WHOLE, "pending", Words("无法判断", "cannot be told"), TOO_LARGE if found.unlooked else _UNTOLD)


def _changed(found: Recognised) -> Words:
    """What is known to be wrong."""
    if found.made == "content":
        begin, rest = f"{found.begin:,}", f"{found.size - found.begin:,}"
        return Words(
            f"前 {begin} 字节与本系统导出的 PDF 相同，其后的 {rest} 字节不是导出时的内容。",
            f"The first {begin} bytes are those of a PDF exported here; the {rest} bytes after them are not what was exported.",
        )
    if found.fault is not None and not found.unlooked:
        return Words(f"发现的第一处问题：{found.fault.zh}。", f"The first thing that is wrong: {found.fault.en}.")
    return Words(
        "末位哈希与本系统相同，但此前有记录的哈希与本系统不同：记录链曾被改写。",
        "The last hash is that of this system, but an entry before it has another hash here: the chain was rewritten.",
    )


_UNTOLD = Words(
    "仅凭这一个文件无法判断。请上传整个压缩包（ZIP），其中含有核对所需的清单和记录链。",
    "This file alone does not tell. Upload the whole package (ZIP), which holds the manifest and the chain it is checked by.",
)


def _differing(found: Recognised) -> Words:
    """What is known of a file that names our chain and is none that was exported here."""
    if found.unlooked:
        return Words(
            "与登记的任何导出文件都不同，可能被改动过，或者由他人制作；文件过大，无法在此查明不同之处。请索取原件。",
            "It differs from every file recorded as exported here: it may have been changed, or made by somebody else. It is too "
            "large to be looked into here. Take the original.",
        )
    if found.kind == "zip":
        return Words(
            "与登记的任何导出文件都不同。随附核对程序的检查均通过（清单、每个文件、记录链、决定时固定的内容）；但各章文字、PDF 和 "
            "Word文件可能被改动后重新封装，限定范围的档案还可能被删减。请与自行导出的比较。",
            "It differs from every file recorded as exported here. Every check of the enclosed program passes (manifest, files, "
            "chain, what was frozen with decisions), but chapters, PDF and Word file could have been changed and sealed anew, and "
            "a limited dossier shortened. Compare it with one that you export yourself.",
        )
    return Words(
        "与登记的任何导出文件都不同，可能被改动过，或者由他人制作；仅凭这一个文件无法查明不同之处。请索取原件。",
        "It differs from every file recorded as exported here: it may have been changed, or made by somebody else. This file alone "
        "does not tell what differs. Take the original.",
    )


def _ours(found: Recognised) -> Verdict:
    if found.exact:
        return _recorded(found)
    if not found.ours:
        said = Words(
            "本系统没有这样的记录链，或者链上的哈希与本文件所载不同。",
            "This system has no such chain, or its chain has other hashes than the file names.",
        )
        return Verdict(_OURS, "bad", Words("否", "no"), said)
    if found.kind == "zip" and found.fault is None:
        said = Words(
            "记录链逐条与本系统相同；但这一文件不在导出登记中，可能曾重新打包或者改动。",
            "Every entry of its chain is that of this system, but this very file is not among the recorded exports: it may have "
            "been packed anew or changed.",
        )
        return Verdict(_OURS, "pending", Words("记录链是，文件未登记", "its chain is, the file is not on record"), said)
    said = Words(
        "所载末位哈希在本系统记录链的同一位置上，但任何人都可以在别的文件里写上同样的哈希；这一文件不在导出登记中，内容可能被改过。",
        "Its last hash stands at the same place in our chain, but anybody can write the same hash into another file; this one is "
        "not among the recorded exports and may have been changed.",
    )
    return Verdict(_OURS, "pending", Words("无法确认", "not confirmed"), said)


def _recorded(found: Recognised) -> Verdict:
    """Of a file that was exported here."""
    command = found.made == "command"
    by = Words("（由运维人员以命令导出）", " by the operator's command") if command else same("")
    if not found.ours:
        said = Words(
            f"已登记为本系统导出的文件{by.zh}；但其末位哈希已不在本系统的记录链上。",
            f"It is recorded as exported here{by.en}, but its last hash does not stand in our chain any more.",
        )
        return Verdict(_OURS, "bad", Words("是，但记录链不符", "yes, but the chain differs"), said)
    said = Words(
        f"已登记为本系统导出的文件{by.zh}，其末位哈希在本系统的记录链上。",
        f"It is recorded as exported here{by.en}, and its last hash stands in our chain.",
    )
    return Verdict(_OURS, "good", Words("是", "yes"), said)


def _current(found: Recognised, later: int | None) -> Verdict:
    if not found.later:
        said = Words("此后没有新的记录。", "No entry has been added since.")
        return Verdict(_CURRENT, "good", Words("是", "yes"), said)
    if later is None:
        said = Words(
            "此后又有新的记录；请向委托双方索取新的档案。",
            "Entries were added since; ask either party for a new dossier.",
        )
    else:
        said = Words(
            f"此后又有 {later} 条记录。", f"Since then {later} {'entry was' if later == 1 else 'entries were'} added."
        )
    return Verdict(_CURRENT, "pending", Words("已不是最新", "no longer"), said)
