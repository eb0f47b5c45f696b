"""Pages of a dossier: each is written as soon as it is full, so that no more than one is kept as marks."""

from __future__ import annotations

from dataclasses import dataclass, field

from cmo.paper.pdf import Layout, Leaf, Sheet, written
from cmo.paper.pdf.layout import MM

PORTRAIT = Sheet(left=20 * MM, right=20 * MM)
LANDSCAPE = Sheet(width=297 * MM, height=210 * MM, left=20 * MM, right=20 * MM, top=24 * MM, bottom=21 * MM)


@dataclass(slots=True)
class Pages(Layout):
    """A layout that writes finished pages; ``running``: for each, the section that stands in its head."""

    sheet: Sheet = PORTRAIT
    pad: float = 3.4
    finished: list[Leaf] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    current: str = ""
    shown: str = ""

    def turn(self) -> None:
        """Write this page and begin a new one."""
        self._finish()
        self.leaves[-1] = []
        self.y = self.sheet.top
        self.shown = self.current

    def onto(self, sheet: Sheet) -> None:
        """Go on with pages of this size."""
        if sheet == self.sheet:
            return
        if not self.fresh:
            self.turn()
        self.sheet = sheet
        self.y = sheet.top

    def begin(self, title: str) -> None:
        """A section begins here; a page that it begins on top of bears its name."""
        self.current = title
        if self.fresh:
            self.shown = title

    def close(self) -> None:
        """Write the last page."""
        if not self.fresh or not self.finished:
            self._finish()
            self.leaves[-1] = []

    @property
    def number(self) -> int:
        """Place of this page among those of this layout, from 0."""
        return len(self.finished)

    def _finish(self) -> None:
        self.finished.append(written(self.leaves[-1], self.sheet))
        self.running.append(self.shown)
