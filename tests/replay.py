"""Worlds that many tests begin with, built once per process and put back row by row afterwards.

``@kept`` on a builder without positional arguments lets its first call run: everything goes through the actions. What
rows it left is remembered, and a later test that asks for the same gets exactly these rows and copies of the same objects,
in a twentieth of the time. ``tests/test_replay.py`` holds the copy against the original, row by row.

Keys must not meet when several worlds are put back in one test: PostgreSQL's sequences never run back, and on SQLite each
first building counts from a range of its own. The n-th call in a test is another world than the first.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import wraps
from itertools import count
from typing import Any, TypeVar

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from cmo.evidence import store
from cmo.evidence.models import File
from cmo.trail.models import Head

F = TypeVar("F", bound=Callable[..., Any])
#: Keys of one first building on SQLite lie between two multiples of this.
RANGE = 10_000_000


@dataclass(frozen=True, slots=True)
class Rows:
    """What a building left in one table."""

    table: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class World:
    """The rows, table by table in the order of their references, what the builder returned, and the stored files by hash."""

    rows: list[Rows]
    result: Any
    files: dict[str, bytes]


_kept: dict[Any, World | None] = {}
_asked: Counter[Any] = Counter()
_ranges = count(1)
_building: list[bool] = []


def forget_calls() -> None:
    """A test begins: its first call asks for the first world again."""
    _asked.clear()


def kept(build: F) -> F:
    """Remember what this builder leaves behind, by its keyword arguments."""

    @wraps(build)
    def once(*args: Any, **options: Any) -> Any:
        if args or _building or not all(_plain(value) for value in options.values()):
            return build(*args, **options)
        key = (build.__module__, build.__qualname__, tuple(sorted(options.items())))
        _asked[key] += 1
        return _again((*key, _asked[key]), lambda: build(**options))

    return once  # type: ignore[return-value]


def _plain(value: Any) -> bool:
    """Whether a value may be part of a world's name."""
    if isinstance(value, tuple):
        return all(map(_plain, value))
    return value is None or isinstance(value, str | int | date)


def _again(key: Any, build: Callable[[], Any]) -> Any:
    if key not in _kept:
        result, rows = remembered(build)
        _kept[key] = World(rows, copy.deepcopy(result), _stored(rows)) if rows else None
        return result
    world = _kept[key]
    if world is None or not _fits(world):
        return build()
    return copy.deepcopy(world.result)


def _fits(world: World) -> bool:
    """Put the rows back; False when something in the way (the one administrator, say) belongs to this test already."""
    try:
        with transaction.atomic():
            put_back(world.rows)
    except IntegrityError:
        return False
    for sha256, content in world.files.items():
        store.put([content], sha256)
    return True


def _stored(rows: list[Rows]) -> dict[str, bytes]:
    """The stored files that these rows name: a later test may keep its files in a folder of its own."""
    named = (part for part in rows if part.table == File._meta.db_table)
    hashes = {row[part.columns.index("sha256")] for part in named for row in part.rows}
    return {sha256: _content(sha256) for sha256 in hashes}


def _content(sha256: str) -> bytes:
    file = store.open_intact(sha256)
    assert file is not None, sha256
    with file:
        return file.read()


def remembered(build: Callable[[], Any]) -> tuple[Any, list[Rows]]:
    """The builder's result and the rows it left; no rows when it also changed what was there before."""
    before = {table: set(keys) for table, keys in _keys().items()}
    heads = dict(Head.objects.values_list("stream", "seq"))
    with _building_in_own_range():
        result = build()
    changed = any(seq != heads[stream] for stream, seq in Head.objects.values_list("stream", "seq") if stream in heads)
    if changed:
        return result, []
    found = [_new(model, before[model._meta.db_table]) for model in _in_order()]
    return result, [rows for rows in found if rows.rows]


@contextmanager
def _building_in_own_range() -> Iterator[None]:
    if connection.vendor == "sqlite":
        first = next(_ranges) * RANGE
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM sqlite_sequence")
            tables = [(model._meta.db_table, first) for model in _in_order()]
            cursor.executemany("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", tables)
    _building.append(True)
    try:
        yield
    finally:
        _building.pop()


def put_back(rows: list[Rows]) -> None:
    """Insert the rows as they were."""
    with connection.cursor() as cursor:
        for part in rows:
            columns = ", ".join(connection.ops.quote_name(name) for name in part.columns)
            one = f"({', '.join(['%s'] * len(part.columns))})"
            for chunk in _chunks(part.rows, 900 // len(part.columns)):
                values = ", ".join([one] * len(chunk))
                sql = f"INSERT INTO {connection.ops.quote_name(part.table)} ({columns}) VALUES {values}"
                cursor.execute(sql, [value for row in chunk for value in row])


def _chunks(rows: list[tuple[Any, ...]], size: int) -> Iterator[list[tuple[Any, ...]]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _tables() -> list[type[models.Model]]:
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and not model._meta.proxy]


def _in_order() -> list[type[models.Model]]:
    """Every model after the ones it refers to."""
    found: dict[type[models.Model], None] = {}

    def add(model: type[models.Model], above: frozenset[type[models.Model]]) -> None:
        for field in model._meta.local_concrete_fields:
            other = field.related_model
            if isinstance(other, type) and other is not model and other not in above:
                add(other, above | {model})
        found.setdefault(model, None)

    for model in _tables():
        add(model, frozenset({model}))
    return list(found)


def _keys() -> dict[str, list[Any]]:
    return {model._meta.db_table: _column(model, model._meta.pk.column) for model in _tables()}


def _column(model: type[models.Model], column: str) -> list[Any]:
    with connection.cursor() as cursor:
        quoted = connection.ops.quote_name
        cursor.execute(f"SELECT {quoted(column)} FROM {quoted(model._meta.db_table)}")
        return [row[0] for row in cursor.fetchall()]


def _new(model: type[models.Model], before: set[Any]) -> Rows:
    """The rows of one table that were not there before, oldest first; generated columns are the database's own."""
    fields = [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]
    columns, key = tuple(field.column for field in fields), model._meta.pk.column
    quoted = connection.ops.quote_name
    listed = ", ".join(map(quoted, columns))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {listed} FROM {quoted(model._meta.db_table)} ORDER BY {quoted(key)}")
        rows = [tuple(row) for row in cursor.fetchall()]
    place = columns.index(key)
    return Rows(model._meta.db_table, columns, [row for row in rows if row[place] not in before])
