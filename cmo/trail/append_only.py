"""Triggers that make the database itself refuse changes to append-only tables, and guard rows of other kinds.

One idempotent step after every ``migrate`` (re)installs them, because SQLite drops triggers silently when a table is
rebuilt; a system check reports a missing one. Apps may add guards of their own: a model's ``Guards`` class lists
SQL per database vendor.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection as default_connection
from django.db import models

from .models import AppendOnlyModel, Follows

PREFIX = "append_only_"


def protected_tables() -> list[str]:
    """Names of all append-only tables of the installed apps, sorted."""
    return sorted(m._meta.db_table for m in apps.get_models() if issubclass(m, AppendOnlyModel))


def insert_guards() -> list[tuple[str, str, str]]:
    """(table, name, condition) of every insert guard: a row that makes ``condition`` true is refused.

    A model declares ``insert_guards = {"name": "SQL condition over NEW"}`` with SQL that both databases understand.
    """
    found = []
    for model in apps.get_models():
        for name, condition in getattr(model, "insert_guards", {}).items():
            found.append((model._meta.db_table, name, condition))
    return sorted(found)


def refused_changes() -> dict[str, str]:
    """Table that follows corrections → the SQL condition over OLD and NEW under which an update of a row is refused:
    another column changes, or the common ones become anything but what the newest correction says."""
    return {model._meta.db_table: _unlike_its_correction(model) for model in apps.get_models() if _follows(model)}


def _follows(model: type[models.Model]) -> Follows | None:
    return model.follows if issubclass(model, AppendOnlyModel) else None


def _unlike_its_correction(model: type[models.Model]) -> str:
    follows = _follows(model)
    assert follows is not None
    table, key = f'"{follows.table}"', f'"{follows.key}"'
    others = (field.column for field in model._meta.concrete_fields if field.column not in follows.columns)
    unchanged = " AND ".join(f'NEW."{name}" IS NOT DISTINCT FROM OLD."{name}"' for name in others)
    says = " AND ".join(f'c."{name}" IS NOT DISTINCT FROM NEW."{name}"' for name in follows.columns)
    newest = f"(SELECT MAX(n.id) FROM {table} n WHERE n.{key} = NEW.id)"
    return f"NOT ({unchanged} AND EXISTS (SELECT 1 FROM {table} c WHERE c.id = {newest} AND {says}))"


def install(connection: Any = default_connection) -> None:
    """Install every trigger; safe to repeat. Tables that do not exist yet are skipped."""
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        for statement in _statements(connection.vendor, existing):
            cursor.execute(statement)


def _statements(vendor: str, existing: set[str]) -> Iterator[str]:
    make = {"sqlite": _sqlite, "postgresql": _postgresql}[vendor]
    guard = {"sqlite": _sqlite_guard, "postgresql": _postgresql_guard}[vendor]
    if vendor == "postgresql":
        yield _REFUSE_FUNCTION
    follows = refused_changes()
    for table in protected_tables():
        if table in existing:
            yield from make(table, follows.get(table, ""))
    for table, name, condition in insert_guards():
        if table in existing:
            yield from guard(table, name, condition)


def _sqlite(table: str, refused: str) -> Iterator[str]:
    for event in ("update", "delete"):
        name, when = f"{PREFIX}{table}_{event}", ""
        if refused and event == "update":
            yield f'DROP TRIGGER IF EXISTS "{name}"'
            when = f"WHEN ({refused}) "
        yield (
            f'CREATE TRIGGER IF NOT EXISTS "{name}" BEFORE {event.upper()} ON "{table}" {when}'
            f"BEGIN SELECT RAISE(ABORT, 'append-only: {table} refuses {event}'); END"
        )


def _sqlite_guard(table: str, name: str, condition: str) -> Iterator[str]:
    yield f'DROP TRIGGER IF EXISTS "guard_{name}"'
    yield (
        f'CREATE TRIGGER "guard_{name}" BEFORE INSERT ON "{table}" WHEN ({condition}) '
        f"BEGIN SELECT RAISE(ABORT, 'guard: {name}'); END"
    )


_REFUSE_FUNCTION = """
CREATE OR REPLACE FUNCTION append_only_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'append-only: % refuses %', TG_TABLE_NAME, lower(TG_OP) USING ERRCODE = 'restrict_violation'; END $$
"""


def _postgresql(table: str, refused: str) -> Iterator[str]:
    events = "DELETE OR TRUNCATE" if refused else "UPDATE OR DELETE OR TRUNCATE"
    yield (
        f'CREATE OR REPLACE TRIGGER "{PREFIX}{table}" BEFORE {events} ON "{table}" '
        "FOR EACH STATEMENT EXECUTE FUNCTION append_only_refuse()"
    )
    if refused:
        name = f"{PREFIX}{table}_update"
        yield (
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ({refused}) THEN '
            f"RAISE EXCEPTION 'append-only: {table} refuses update' USING ERRCODE = 'restrict_violation'; END IF; "
            "RETURN NEW; END $$"
        )
        yield (
            f'CREATE OR REPLACE TRIGGER "{name}" BEFORE UPDATE ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{name}"()'
        )


def _postgresql_guard(table: str, name: str, condition: str) -> Iterator[str]:
    yield (
        f'CREATE OR REPLACE FUNCTION "guard_{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
        f"IF ({condition}) THEN RAISE EXCEPTION 'guard: {name}' USING ERRCODE = 'restrict_violation'; END IF; "
        "RETURN NEW; END $$"
    )
    yield (
        f'CREATE OR REPLACE TRIGGER "guard_{name}" BEFORE INSERT ON "{table}" '
        f'FOR EACH ROW EXECUTE FUNCTION "guard_{name}"()'
    )


def missing_triggers(connection: Any = default_connection) -> list[str]:
    """Names of append-only tables and guards that lack a trigger in this database."""
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        cursor.execute(query)
        present = {row[0] for row in cursor.fetchall()}
    wanted = {table: _names(table, connection.vendor) for table in protected_tables() if table in tables}
    missing = [table for table, names in wanted.items() if not present.issuperset(names)]
    return missing + [name for table, name, _ in insert_guards() if table in tables and f"guard_{name}" not in present]


def _names(table: str, vendor: str) -> list[str]:
    """The triggers that keep one table append-only."""
    if vendor == "sqlite":
        return [f"{PREFIX}{table}_update", f"{PREFIX}{table}_delete"]
    return [f"{PREFIX}{table}", *([f"{PREFIX}{table}_update"] if table in refused_changes() else [])]


def remove(connection: Any = default_connection) -> None:
    """Drop the append-only triggers. Only test teardown and restore drills call this."""
    with connection.cursor() as cursor:
        for table in protected_tables():
            of = "" if connection.vendor == "sqlite" else f' ON "{table}"'
            for name in _names(table, connection.vendor):
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{of}')


@contextmanager
def suspended(connection: Any = default_connection) -> Iterator[None]:
    """Take the triggers away for the length of a block.

    :raises RuntimeError: unless the database is a test database: in memory, named ``test_…``, or named by ``TEST``.
    """
    name = str(connection.settings_dict["NAME"])
    named = connection.settings_dict.get("TEST", {}).get("NAME")
    if not ("memory" in name or name.rsplit("/", 1)[-1].startswith("test_") or name == named):
        raise RuntimeError("append-only triggers are suspended in test databases only")
    remove(connection)
    try:
        yield
    finally:
        install(connection)


def install_after_migrate(sender: Any, **kwargs: Any) -> None:
    """Receiver of Django's ``post_migrate``: runs once, for the app that comes last."""
    if sender.label == list(apps.get_app_configs())[-1].label:
        from django.db import connections

        install(connections[kwargs.get("using", "default")])


def is_append_only(model: type[models.Model]) -> bool:
    """Whether the database refuses changes to this model's rows."""
    return issubclass(model, AppendOnlyModel)
