"""The database itself refuses changes to append-only tables, whoever asks and whatever was migrated in between."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.core import checks
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from cmo.signing.models import Acceptance
from cmo.trail import append_only
from cmo.trail.append_only import missing_triggers, protected_tables

PAYLOAD = '{"at":"2026-06-01T00:00:00.000000+00:00","by_name":"n","seq":1,"stream":"s","subject":"x","verb":"v"}'
MODELS = {model._meta.db_table: model for model in apps.get_models() if append_only.is_append_only(model)}
NONSENSE = {
    models.BinaryField: b"x",
    models.BooleanField: False,
    models.UUIDField: UUID(int=1),
    models.DateTimeField: datetime(2026, 6, 1, tzinfo=ZoneInfo("Asia/Shanghai")),
    models.DateField: date(2026, 6, 1),
    models.JSONField: [],
    models.IntegerField: 1,
    models.DecimalField: 1,
}


def some_value(field):
    """A value the column takes; rows here need no sense, only existence."""
    if field.null:
        return None
    if field.name == "payload":
        return PAYLOAD
    return next((value for kind, value in NONSENSE.items() if isinstance(field, kind)), "x")


def insert_anything(model):
    """A row past all rules but the triggers: SQLite fires its triggers per row, so there must be one."""
    values = {
        field.attname: 1 if field.is_relation and not field.null else some_value(field)
        for field in model._meta.concrete_fields
        if not field.generated and not field.primary_key
    }
    if connection.vendor == "postgresql":
        return  # statement triggers fire on empty tables too
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        for table, name, _ in append_only.insert_guards():
            if table == model._meta.db_table:
                cursor.execute(f'DROP TRIGGER "guard_{name}"')
    models.Model.save_base(model(**values), raw=True, force_insert=True)


@pytest.fixture
def forgotten(db):
    """Takes everything back, so that the nonsense is never checked."""
    mark = transaction.savepoint()
    yield
    transaction.savepoint_rollback(mark)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


@pytest.mark.parametrize("table", protected_tables())
def test_every_append_only_table_refuses_update_delete_and_truncate(forgotten, table):
    insert_anything(MODELS[table])
    column = MODELS[table]._meta.pk.column
    statements = [f'UPDATE "{table}" SET "{column}" = "{column}"', f'DELETE FROM "{table}"']
    if connection.vendor == "postgresql":
        statements.append(f'TRUNCATE "{table}" CASCADE')
        if table in append_only.refused_changes():
            del statements[0]  # judged row by row: tests/releases/test_correcting.py
    for statement in statements:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_tables_one_expects_are_protected():
    assert {"trail_entry", "signing_signature", "signing_acceptance", "evidence_file", "parties_pair"} <= set(
        protected_tables()
    )


@pytest.mark.django_db
def test_the_orm_is_refused_like_anybody():
    Acceptance.objects.create(
        user_id=1, user_name="n", statement_version="1", accepted_at=NONSENSE[models.DateTimeField]
    )
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Acceptance.objects.update(user_name="m")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Acceptance.objects.get().delete()


EXTRA = models.CheckConstraint(condition=~models.Q(user_name="nobody"), name="acceptance_by_somebody")


@pytest.mark.django_db(transaction=True)
def test_triggers_come_back_after_a_table_was_rebuilt():
    try:
        with connection.schema_editor() as editor:
            editor.add_constraint(Acceptance, EXTRA)
        if connection.vendor == "sqlite":
            assert missing_triggers() == ["signing_acceptance"]
            assert [found.id for found in checks.run_checks(databases=["default"]) if found.id == "trail.E001"]
        call_command("migrate", verbosity=0)
        assert missing_triggers() == []
        test_the_orm_is_refused_like_anybody()
    finally:
        with append_only.suspended(), connection.schema_editor() as editor:
            editor.remove_constraint(Acceptance, EXTRA)
        append_only.install()


@pytest.mark.django_db
def test_the_system_check_names_a_table_without_its_trigger():
    assert not [found for found in checks.run_checks(databases=["default"]) if found.id == "trail.E001"]
    name = "append_only_trail_entry" + ("_update" if connection.vendor == "sqlite" else "")
    on_table = ' ON "trail_entry"' if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{name}"{on_table}')
    found = [found for found in checks.run_checks(databases=["default"]) if found.id == "trail.E001"]
    assert [fault.msg for fault in found] == ["trail_entry has no append-only trigger."]
    append_only.install()
    assert missing_triggers() == []


def test_triggers_are_never_suspended_in_a_real_database(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "NAME", "/srv/production.sqlite3")
    with pytest.raises(RuntimeError, match="test databases only"), append_only.suspended():
        pass
