"""``manage.py load_reference``: checks the data files and loads the built-in editions, once."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from cmo.catalogue.models import HeldEdition
from cmo.home.management.commands import load_reference
from cmo.regulation.loading import Fault, LoadError

pytestmark = pytest.mark.django_db


def said() -> str:
    out = io.StringIO()
    call_command("load_reference", stdout=out)
    return out.getvalue().strip()


def test_both_editions_are_loaded_once_and_a_second_run_changes_nothing() -> None:
    assert said() == "editions loaded: 2014, 2022"
    rows = list(HeldEdition.objects.order_by("key").values_list("key", "sha256"))
    assert [key for key, _ in rows] == ["2014", "2022"]
    assert said() == "editions loaded: none (all present)"
    assert list(HeldEdition.objects.order_by("key").values_list("key", "sha256")) == rows


def test_a_damaged_data_file_stops_everything_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged() -> None:
        raise LoadError(
            [Fault("classification_2017.csv", 7, "code", "编码 13-07 只有两段", "code 13-07 has two parts")]
        )

    monkeypatch.setattr(load_reference, "check_all", damaged)
    with pytest.raises(CommandError, match="two parts"):
        said()
    assert not HeldEdition.objects.exists()
