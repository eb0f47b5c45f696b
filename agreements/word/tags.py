"""The tags of content controls: which clause in which language a piece of a Word file is, and what it was made from.

``qa/confidentiality/e12/zh``: clause, edition 12 of its row in the draft, Chinese; ``r3`` instead of an edition: as in
revision 3. Word allows 64 characters, so that a longer key is shortened to a digest of itself.

LibreOffice keeps a control but drops its tag; a bookmark at the begin of the control's first paragraph survives it and
says the same (``Tag.bookmark``). Between the bookmarks ``CLAUSES_BEGIN`` and ``CLAUSES_END`` a file that we wrote holds
nothing but controls, so that text between controls there was typed by somebody. A control whose every paragraph is
deleted is a clause that the file shows as removed from the earlier text; the text it was made from does not have it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from cmo.trail.canonical import sha256

#: Hidden bookmarks in the paragraph before the first control and in the paragraph after the last one.
CLAUSES_BEGIN, CLAUSES_END = "_qa_clauses", "_qa_clauses_end"
#: Custom properties of the file: the agreement's number, and which text it was made from (``draft e3``, ``round 2``,
#: ``revision 1``).
AGREEMENT_PROPERTY, MADE_FROM_PROPERTY = "QualityAgreement", "MadeFrom"
#: A third one: until when and by whom changes were tracked in the file when it went out (``agreements.word.marks``).
TRACKED_PROPERTY = "TrackedUntil"
#: Author of the comments that the product itself puts into a file; nobody's remark.
NOTE_AUTHOR = "QualityAgreement"
LONGEST = 64
_KEY = 44
_TAG = re.compile(r"qa/([^/]{1,44})/(e|r)(\d{1,6})/(zh|en)")


@dataclass(frozen=True, slots=True)
class Tag:
    """``key``: clause key as :func:`short_key` makes it; ``made_from``: ``e`` an edition of the draft's row, ``r`` a revision."""

    key: str
    made_from: Literal["e", "r"]
    number: int
    language: Literal["zh", "en"]

    def __str__(self) -> str:
        return f"qa/{self.key}/{self.made_from}{self.number}/{self.language}"

    @property
    def bookmark(self) -> str:
        """The name of its bookmark, which has room for a digest of the key alone: letters, digits and underscores, at most 40."""
        return f"_qa_{self.language}_{self.made_from}{self.number}_{sha256(self.key)[:20]}"


def short_key(key: str) -> str:
    """The clause key as it stands in a tag."""
    return key if len(key) <= _KEY and "/" not in key else f"sha_{sha256(key)[:32]}"


def read_tag(text: str) -> Tag | None:
    """The tag that a content control bears, or None when it is none of ours."""
    found = _TAG.fullmatch(text)
    if found is None:
        return None
    key, made_from, number, language = found.groups()
    return Tag(key, made_from, int(number), language)  # type: ignore[arg-type]
