"""Comments of a Word file: whose they are, what they say, what they hang on and which they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .names import W14, W15, w
from .opening import Opened, tree_of
from .runs import Inline
from .text import PLAIN, Collecting, Comment

_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Said:
    """A comment before it is known where it hangs. ``answers``: number of the comment it replies to."""

    author: str
    at: str
    text: str
    answers: str = ""


def comments_of(file: Opened) -> dict[str, Said]:
    """Every comment of the file by its number."""
    name = _named(file, "/comments.xml")
    if not name:
        return {}
    paragraphs: dict[str, str] = {}
    found: dict[str, Said] = {}
    for node in tree_of(name, file.parts[name]).iter(w("comment")):
        number = node.get(w("id"), "")
        for paragraph in node.iter(w("p")):
            paragraphs[paragraph.get(f"{{{W14}}}paraId", "")] = number
        author = " ".join(node.get(w("author"), "").split())[:200]
        found[number] = Said(author, node.get(w("date"), "")[:40], _text(node)[:_LONGEST])
    answers = _answers(file, paragraphs)
    return {n: Said(said.author, said.at, said.text, answers.get(n, "")) for n, said in found.items()}


def _named(file: Opened, end: str) -> str:
    return next((name for name in file.parts if name.lower().endswith(end)), "")


def _text(node: Any) -> str:
    collecting = Collecting()
    inline = Inline(boxes=lambda _box: None)
    for paragraph in node.iter(w("p")):
        inline.read(paragraph, collecting, PLAIN)
        collecting.end_paragraph(PLAIN)
    return "\n".join(collecting.result().after).strip()


def _answers(file: Opened, paragraphs: Mapping[str, str]) -> dict[str, str]:
    """Number of a comment → number of the one that it answers."""
    name = _named(file, "/commentsextended.xml")
    if not name:
        return {}
    found = {}
    for node in tree_of(name, file.parts[name]).iter(f"{{{W15}}}commentEx"):
        own, parent = node.get(f"{{{W15}}}paraId", ""), node.get(f"{{{W15}}}paraIdParent", "")
        if own in paragraphs and parent in paragraphs:
            found[paragraphs[own]] = paragraphs[parent]
    return found


def hung(comments: Mapping[str, Said], inline: Inline) -> bool:
    """Put each comment where its range began, an answer where its question hangs; whether all of them have a place."""
    left = 0
    for number, (began, words) in inline.ranges.items():
        inline.placed.setdefault(number, (began, "".join(words)))
    for number, said in comments.items():
        asked = comments.get(said.answers)
        place = inline.placed.get(number) or inline.placed.get(said.answers)
        if place is not None:
            answered = asked.author if asked else ""
            place[0].comments.append(Comment(said.author, said.at, said.text, place[1][:300], answered))
        else:
            left += 1
    return not left
