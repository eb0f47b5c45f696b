"""Who may read and add files to a record, and on which trail stream that is kept: told by the app that owns the record.

Each owning app calls these functions in its ``ready()`` for each kind of record (``app.model``, lower case).
A record nobody spoke for has no evidence: reading and writing answer 404.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import models

from cmo.errors import Finding
from cmo.trail.actions import subject_key
from cmo.trail.actor import Actor

#: (user, primary key, on) -> may this person see the record on that day?
Reader = Callable[[Any, int, date], bool]
#: (user, primary key, on) -> the actor under which this person may add a file; raises PermissionDenied otherwise.
Writer = Callable[[Any, int, date], Actor]
#: (primary key) -> trail stream of the record.
Owner = Callable[[int], str]
#: (primary key, whether an earlier file is replaced) -> what stands against it; called in the transaction that writes, so
#: that it may lock the record.
Judge = Callable[[int, bool], list[Finding]]

_readers: dict[str, Reader] = {}
_writers: dict[str, Writer] = {}
_owners: dict[str, Owner] = {}
_judges: dict[str, Judge] = {}
_kinds: dict[str, Any] = {}


def register_reader(label: str, reader: Reader) -> None:
    """Say who reads the files of records of this kind."""
    _readers[label] = reader


def readable() -> list[str]:
    """The kinds of record that files hang on."""
    return sorted(_readers)


def register_writer(label: str, writer: Writer) -> None:
    """Say who adds files to records of this kind."""
    _writers[label] = writer


def register_owner(label: str, owner: Owner) -> None:
    """Say on which trail stream files of such a record are kept."""
    _owners[label] = owner


def register_judge(label: str, judge: Judge) -> None:
    """Say when files of records of this kind may no longer be added or replaced; without a judge they always may."""
    _judges[label] = judge


def register_kind(key: str, words: Any) -> None:
    """Give a kind of file its (lazily translated) words."""
    _kinds[key] = words


def kind_words(key: str) -> str:
    """The words for a kind of file; the key itself where nobody gave any."""
    return str(_kinds.get(key, key))


def kinds() -> list[tuple[str, Any]]:
    """All kinds of files with their words, for a choice."""
    return sorted(_kinds.items(), key=lambda item: (item[0] != "document", item[0]))


def may_read(user: Any, subject: str, on: date) -> bool:
    """Whether this person sees the record ``app.model:pk``; unknown kinds and keys are seen by nobody."""
    label, pk = split(subject)
    reader = _readers.get(label)
    return reader is not None and pk is not None and reader(user, pk, on)


def writer_of(user: Any, subject: str, on: date) -> Actor:
    """The actor under which this person adds a file.

    :raises PermissionDenied: when they may not, or nobody spoke for this kind of record.
    """
    label, pk = split(subject)
    writer = _writers.get(label)
    if writer is None or pk is None:
        raise PermissionDenied(subject)
    return writer(user, pk, on)


def judged(subject: str, *, replaces: bool) -> list[Finding]:
    """What stands against a further file of this record, as its app says."""
    label, pk = split(subject)
    judge = _judges.get(label)
    return [] if judge is None or pk is None else judge(pk, replaces)


def stream_of(subject: str) -> str:
    """The trail stream of the record.

    :raises LookupError: when no app spoke for this kind of record.
    """
    label, pk = split(subject)
    if label not in _owners or pk is None:
        raise LookupError(f"no app owns evidence of {subject!r}")
    return _owners[label](pk)


def load(subject: str) -> models.Model | None:
    """The record itself, or None."""
    label, pk = split(subject)
    if label not in _readers or pk is None:
        return None
    return apps.get_model(label)._default_manager.filter(pk=pk).first()


def split(subject: str) -> tuple[str, int | None]:
    """``app.model`` and primary key of a subject key; no key when it is not a whole number."""
    label, _, pk = subject.partition(":")
    return label, int(pk) if pk.isascii() and pk.isdecimal() and len(pk) < 19 else None


def key_of(subject: models.Model | str) -> str:
    """``app.model:pk`` of a saved row; a key passes through."""
    return subject_key(subject)
