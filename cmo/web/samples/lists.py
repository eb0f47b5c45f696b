"""A sample list and sample forms, with every kind of column and field."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import django_tables2 as tables
from django import forms
from django.utils.translation import gettext_lazy as _

from cmo.web.samples.records import say
from cmo.web.tables import DayColumn, MomentColumn, NumberColumn, OpenColumn, RecordTable, StatusColumn


@dataclass(frozen=True)
class Lot:
    """One row of the sample list."""

    number: str
    device_zh: str
    device_en: str
    quantity: int
    made_on: date
    recorded_at: datetime
    tone: str
    state: Any

    @property
    def device(self) -> str:
        return say(self.device_zh, self.device_en)

    @property
    def status(self) -> tuple[str, Any]:
        return self.tone, self.state

    def get_absolute_url(self) -> str:
        return f"#{self.number}"


def lots() -> list[Lot]:
    """Sixty lots in every state."""
    states = [
        ("good", _("released to market")),
        ("active", _("production released")),
        ("pending", _("waiting for review")),
        ("bad", _("stopped")),
        ("idle", _("registered")),
    ]
    devices = [
        ("髋关节假体 陶瓷球头", "Hip prosthesis, ceramic head"),
        ("外周血管支架系统", "Peripheral stent system"),
        (
            "一次性使用无菌导尿管（亲水涂层型，带球囊，双腔，规格 16Fr，含润滑剂）",
            "Sterile urinary catheter, hydrophilic",
        ),
    ]
    return [
        Lot(
            f"HT2611{n:03d}",
            *devices[n % 3],
            quantity=1200 * (n % 7) + 48,
            made_on=date(2026, 11, 1 + n % 20),
            recorded_at=datetime(2026, 11, 1 + n % 20, 6, n % 60, tzinfo=UTC),
            tone=states[n % 5][0],
            state=states[n % 5][1],
        )
        for n in range(1, 61)
    ]


class LotTable(RecordTable):
    """The sample list."""

    number = OpenColumn(verbose_name=_("Lot number"))
    device = tables.Column(verbose_name=_("Device"))
    quantity = NumberColumn(verbose_name=_("Quantity"))
    made_on = DayColumn(verbose_name=_("Made on"))
    recorded_at = MomentColumn(verbose_name=_("Recorded"))
    status = StatusColumn(verbose_name=_("State"))

    always = ("number",)
    hidden_at_first = ("recorded_at",)
    export_name = "lots"


class ListForm(forms.Form):
    """Filters of the sample list."""

    q = forms.CharField(label=_("Lot number or device"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("all")), ("stopped", _("stopped"))])


class SampleForm(forms.Form):
    """Every kind of field."""

    number = forms.CharField(label=_("Lot number"), help_text=_("As printed on the label, for example HT2611007."))
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1)
    made_on = forms.DateField(label=_("Made on"), widget=forms.DateInput(attrs={"type": "date"}))
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=[("full", _("whole lot")), ("part", _("part of it"))], widget=forms.RadioSelect
    )
    device = forms.ChoiceField(label=_("Device"), choices=[("a", "髋关节假体"), ("b", "外周血管支架系统")])
    remark = forms.CharField(label=_("Remark"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    reviewed = forms.BooleanField(label=_("I have reviewed the whole release file."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quantity"].unit = _("pieces")  # type: ignore[attr-defined]


class PasswordForm(forms.Form):
    """Stands for the re-authentication of a signature."""

    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "off"}))
