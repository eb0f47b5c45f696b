"""A program that edits as Word does while changes are tracked, with several authors; it keeps the plain text beside."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from random import Random
from xml.sax.saxutils import quoteattr

from tests.paper_word import build

AUTHORS = (
    ("王律师", "2026-06-02T09:00:00Z"),
    ("Ann Lee", "2026-06-03T10:30:00Z"),
    ('赵 "Q" <质量>', "2026-06-04T23:59:00Z"),
)
_LETTERS = "质量协议受托方委托方放行 abc DEF 12.5%<&>\"'，。；\t"


@dataclass
class Letter:
    """One character, or ``\\n`` for the end of a paragraph; ``came``, ``went``: number of the author who tracked it."""

    text: str
    came: int | None = None
    went: int | None = None


class Edited:
    """Text that several authors edit with tracking on. ``plain``: what each of them sees, kept on its own."""

    def __init__(self, paragraphs: list[str], random: Random) -> None:
        self.random = random
        self.letters = [Letter(letter) for letter in "".join(p + "\n" for p in paragraphs)]
        self.plain = [letter.text for letter in self.letters]

    def step(self, author: int) -> None:
        """One insertion or deletion somewhere; the end of the last paragraph stays."""
        if self.random.random() < 0.55 or len(self.plain) < 3:
            letters = "".join(self.random.choices(_LETTERS, k=self.random.randint(1, 9)))
            words = letters[: self.random.randint(1, 9)] + ("\n" if self.random.random() < 0.2 else "")
            self._insert(author, self.random.randint(0, len(self.plain) - 1), words)
        else:
            begin = self.random.randint(0, len(self.plain) - 2)
            self._delete(author, begin, min(len(self.plain) - 1, begin + self.random.randint(1, 12)))

    def _seen(self) -> list[int]:
        return [n for n, letter in enumerate(self.letters) if letter.went is None]

    def _insert(self, author: int, place: int, words: str) -> None:
        at = self._seen()[place]
        self.letters[at:at] = [Letter(letter, came=author) for letter in words]
        self.plain[place:place] = list(words)

    def _delete(self, author: int, begin: int, end: int) -> None:
        gone = []
        for n in self._seen()[begin:end]:
            if self.letters[n].came == author:
                gone.append(n)  # what one inserted oneself goes without a trace
            else:
                self.letters[n].went = author
        for n in reversed(gone):
            del self.letters[n]
        del self.plain[begin:end]

    @property
    def old(self) -> str:
        return "".join(letter.text for letter in self.letters if letter.came is None)

    @property
    def new(self) -> str:
        return "".join(self.plain)

    def paragraphs(self) -> str:
        """The markup."""
        found, line = [], []
        for letter in self.letters:
            if letter.text != "\n":
                line.append(letter)
                continue
            mark = "".join(
                _opening(name, who) + "/>"
                for name, who in (("ins", letter.came), ("del", letter.went))
                if who is not None
            )
            properties = f"<w:pPr><w:rPr>{mark}</w:rPr></w:pPr>" if mark else ""
            found.append(f"<w:p>{properties}{''.join(self._runs(line))}</w:p>")
            line = []
        return "".join(found)

    def _runs(self, line: list[Letter]) -> list[str]:
        found = []
        for (came, went), group in groupby(line, key=lambda letter: (letter.came, letter.went)):
            words = "".join(letter.text for letter in group)
            run = "".join(self._run(piece, went is not None) for piece in _cut(words, self.random))
            if went is not None:
                run = f"{_opening('del', went)}>{run}</w:del>"
            found.append(f"{_opening('ins', came)}>{run}</w:ins>" if came is not None else run)
        return found

    def _run(self, words: str, deleted: bool) -> str:
        name = "delText" if deleted else "t"
        pieces = (f'<w:{name} xml:space="preserve">{build.escape(piece)}</w:{name}>' for piece in words.split("\t"))
        return f"<w:r>{'<w:tab/>'.join(pieces)}</w:r>"


def _cut(words: str, random: Random) -> list[str]:
    """The words in one or two runs, as spelling and fonts cut them."""
    place = random.randint(0, len(words))
    return [piece for piece in (words[:place], words[place:]) if piece]


def _opening(name: str, author: int) -> str:
    said, at = AUTHORS[author]
    return f'<w:{name} w:id="1" w:author={quoteattr(said)} w:date="{at}"'


def changes_of(edited: Edited) -> list[tuple[str, str, str]]:
    """Kind, author and text of each tracked change, letter by letter."""
    found = []
    for letter in edited.letters:
        for kind, who in (("inserted", letter.came), ("deleted", letter.went)):
            if who is not None:
                found.append((kind, AUTHORS[who][0], letter.text))
    return found
