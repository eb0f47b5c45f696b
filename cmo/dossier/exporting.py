"""Making one export in a worker: reading, setting, packing, each step told before it begins.

The same pin gives the same bytes whoever builds them and however often; a signature alone is new each time.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import IO, Any, cast

from django.conf import settings
from django.db import DatabaseError

from cmo import clock
from cmo.evidence.store import open_intact
from cmo.paper.words import Language
from cmo.queue import repeated

from . import archive, formats
from .actions import making
from .actions.making import Made, Work
from .building import dossier_of
from .chain import chain_lines
from .package import Document, write_package
from .sections_cache import kept_section
from .sheets import Dossier

#: Steps that are no section, in their order.
STEPS = (*formats.STEPS, "json", "archive")
#: Seconds after which a worker that packs file after file gives its next sign of life.
BREATH = 5


class NoLongerOurs(Exception):
    """The export was cancelled, or another worker has taken it over."""


class ChainGrewError(Exception):
    """Entries bearing a time before the moment that the export is bound to were written after it was read."""


class Watch:
    """Tells the export's row what is being worked on; stops the work when the export is no longer this worker's."""

    def __init__(self, work: Work) -> None:
        self._work, self._step, self._done = work, "collecting", 0
        self._told_at: datetime | None = None

    def step(self, key: str) -> None:
        """The next step begins. :raises NoLongerOurs:"""
        self._done += self._step != "collecting"
        self._step = key
        self._tell(clock.now())

    def alive(self) -> None:
        """The step goes on. :raises NoLongerOurs:"""
        now = clock.now()
        if self._told_at is None or (now - self._told_at).total_seconds() >= BREATH:
            self._tell(now)

    def _tell(self, now: datetime) -> None:
        ours(lambda: making.count(work=self._work, step=self._step, done=self._done, at=now))
        self._told_at = now


def ours(write: Callable[[], bool]) -> None:
    """Write to the export's row, again where the database asks for it. :raises NoLongerOurs:"""
    if not repeated(write):
        raise NoLongerOurs


def export(work: Work) -> None:
    """Make the export that was taken up, and finish it.

    :raises NoLongerOurs: :raises Refused: :raises PermissionDenied: :raises FileChangedError: :raises SigningKeyError:
    :raises ChainGrewError: it was bound by a worker before, and would not say the same any more.
    """
    by = making.judge(work=work, at=clock.now())
    now = clock.now()
    dossier = dossier_of(work.pair, work.as_of, work.instant or now, work.scope, work.marked_for)
    if work.chain not in {None, (dossier.pin.seq, dossier.pin.head)}:
        raise ChainGrewError
    steps = len(dossier.sections) + len(STEPS)
    ours(lambda: making.bind(work=work, dossier=dossier, steps=steps, at=clock.now()))
    watch = Watch(work)
    documents = formats.documents_of(dossier, cast("Language", work.language), kept_section, watch.step)
    made = packed(work, dossier, documents, watch)
    try:
        ours(lambda: making.finish(work=work, made=made, by=by, at=clock.now()))
    except BaseException:
        with suppress(DatabaseError):  # where it cannot be asked, the file stays until a sweep knows whose it is
            repeated(lambda: making.discard(work=work))
        raise


def packed(work: Work, dossier: Dossier, documents: tuple[Document, ...], watch: Watch) -> Made:
    """The ZIP in its place, and what is in it."""
    manifest: dict[str, Any] = {}

    def opened(sha256: str) -> IO[bytes] | None:
        watch.alive()
        return open_intact(sha256)

    def fill(file: IO[bytes]) -> None:
        lines = chain_lines(dossier.pin.stream, dossier.pin.seq, dossier.withheld)
        manifest.update(write_package(file, dossier, documents, lines, opened, settings.DOSSIER_LARGEST))

    watch.step("archive")
    sha256, size = archive.write(work.export_id, work.attempt, fill)
    return Made(sha256, size, tuple(recorded_files(manifest, documents)))


def recorded_files(manifest: dict[str, Any], documents: tuple[Document, ...]) -> list[tuple[str, int, str, str]]:
    """The documents that are recognised when somebody shows one alone: name, size, SHA-256, and that without a signature."""
    unsigned = {row["name"]: row["unsigned_sha256"] for row in manifest["signed"]}
    wanted = {*(document.name for document in documents), "dossier.json"}
    rows = [row for row in manifest["files"] if row["name"] in wanted]
    return [(row["name"], row["size"], row["sha256"], unsigned.get(row["name"], "")) for row in rows]
