"""Trail tables: entries (append-only), one head per stream, and the base of every append-only table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Follows:
    """Which table corrects a row: its name, the column there that names the row, and the columns both have in common."""

    table: str
    key: str
    columns: tuple[str, ...]


class AppendOnlyModel(models.Model):
    """Base of tables whose rows are facts: the database refuses UPDATE, DELETE and TRUNCATE (see ``append_only``).

    A table that ``follows`` insert-only corrections repeats the newest one in its own columns, so that lists filter and sort
    by what counts now: to that, and to nothing else, the database lets these columns of a row be changed.
    """

    follows: ClassVar[Follows | None] = None

    class Meta:
        abstract = True


class FromPayload(models.Func):
    """One top-level member of the canonical payload, as the database reads it."""

    output_field: models.Field = models.TextField()

    def __init__(self, member: str, output_field: models.Field | None = None) -> None:
        super().__init__(models.F("payload"), output_field=output_field or models.TextField())
        self.member = member

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        return f"json_extract({sql}, '$.{self.member}')", params

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
        sql, params = compiler.compile(self.source_expressions[0])
        cast = "::bigint" if isinstance(self.output_field, models.BigIntegerField) else ""
        return f"(({sql}::json ->> '{self.member}'){cast})", params

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        kwargs = {} if isinstance(self.output_field, models.TextField) else {"output_field": self.output_field}
        return "cmo.trail.models.FromPayload", (self.member,), kwargs


def _member(name: str) -> models.GeneratedField:
    return models.GeneratedField(expression=FromPayload(name), output_field=models.TextField(), db_persist=True)


class EntryQuerySet(models.QuerySet["Entry"]):
    def of_stream(self, stream: str) -> EntryQuerySet:
        return self.filter(stream=stream).order_by("seq")

    def about(self, subject: str) -> EntryQuerySet:
        """Entries whose subject is ``subject`` (a key such as ``parties.pair:3``), newest first."""
        return self.filter(subject=subject).order_by("-id")


class Entry(AppendOnlyModel):
    """One thing that happened. Only ``payload``, ``prev_hash`` and ``hash`` are written; the other columns are
    generated from the payload by the database, so they can never disagree with what was hashed. ``at_utc`` is ISO text
    of fixed length in UTC, so that it sorts and compares like the moment itself."""

    payload = models.TextField(verbose_name=_("canonical text"))
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    written_at = models.DateTimeField(db_default=Now())
    stream = _member("stream")
    seq = models.GeneratedField(
        expression=FromPayload("seq", output_field=models.BigIntegerField()),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    verb = _member("verb")
    subject = _member("subject")
    actor_name = _member("by_name")
    at_utc = _member("at")

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("trail entry")
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="one_entry_per_stream_and_number")]
        indexes = [models.Index(fields=["subject", "-id"], name="trail_entry_subject")]

    def __str__(self) -> str:
        return f"{self.stream}#{self.seq} {self.verb}"

    @property
    def content(self) -> dict[str, Any]:
        """The payload as a dictionary (keys: stream, seq, at, verb, subject, label, by_*, reason, data)."""
        return json.loads(self.payload)


class Head(models.Model):
    """Length and last two hashes of one stream; written only by ``actions.record``."""

    stream = models.TextField(primary_key=True)
    seq = models.BigIntegerField()
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("trail head")

    def __str__(self) -> str:
        return f"{self.stream}@{self.seq}"
