"""The lists of the parties app as tables with sort, columns and export."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_tables2 import Column

from cmo.trail.models import Entry
from cmo.web import badges, wording
from cmo.web.tables import DayColumn, MomentColumn, OpenColumn, RecordTable, StatusColumn
from cmo.web.wording import bilingual

from .models import OrganisationVersion, Pair


def name_of(version: OrganisationVersion | None) -> str:
    """An organisation's name in the active language."""
    return bilingual(version, "name") if version else ""


class PairTable(RecordTable):
    """Pairs; ``names`` maps organisation ids to their current data, loaded once for the page."""

    number = OpenColumn(verbose_name=_("pair number"))
    registrant = Column(verbose_name=_("Registrant"), accessor="registrant_id", orderable=False)
    registrant_uscc = Column(verbose_name=_("Registrant's credit code"), accessor="registrant_id", orderable=False)
    contractor = Column(verbose_name=_("Contractor"), accessor="contractor_id", orderable=False)
    contractor_uscc = Column(verbose_name=_("Contractor's credit code"), accessor="contractor_id", orderable=False)
    created_at = DayColumn(verbose_name=_("formed on"))
    state = StatusColumn(verbose_name=_("state"), accessor="pk")

    always = ("number",)
    hidden_at_first = ("registrant_uscc", "contractor_uscc")
    export_name = "pairs"

    class Meta:
        order_by = "-created_at"

    def __init__(self, *args: Any, names: dict[int, OrganisationVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names

    def row_url(self, record: Pair) -> str:
        return reverse("parties:pair", args=[record.pk])

    def render_registrant(self, value: int) -> str:
        return name_of(self.names.get(value))

    def render_contractor(self, value: int) -> str:
        return name_of(self.names.get(value))

    def render_registrant_uscc(self, value: int) -> Any:
        return _code(self.names.get(value))

    def render_contractor_uscc(self, value: int) -> Any:
        return _code(self.names.get(value))

    def value_registrant(self, value: int) -> str:
        return name_of(self.names.get(value))

    def value_contractor(self, value: int) -> str:
        return name_of(self.names.get(value))

    def render_state(self, record: Pair) -> Any:
        return badges.badge(*pair_state(record))

    def value_state(self, record: Pair) -> str:
        return pair_state(record)[1]


def pair_state(pair: Pair) -> tuple[str, str]:
    """Tone and word of a pair; needs ``select_related("end")``."""
    return ("idle", gettext("ended")) if hasattr(pair, "end") else ("good", gettext("in force"))


def _code(version: OrganisationVersion | None) -> Any:
    return format_html('<span class="figure">{}</span>', version.uscc) if version else ""


class OrganisationTable(RecordTable):
    """Every organisation, for the administrator; rows are current organisation versions."""

    name_zh = OpenColumn(verbose_name=_("name (Chinese)"))
    name_en = Column(verbose_name=_("name (English)"))
    uscc = Column(verbose_name=_("unified social credit code"), attrs={"td": {"class": "figure"}})
    province = Column(verbose_name=_("province"))

    always = ("name_zh",)
    export_name = "organisations"

    class Meta:
        order_by = "name_zh"

    def row_url(self, record: OrganisationVersion) -> str:
        return reverse("parties:founding", args=[record.organisation_id])


class AccountTable(RecordTable):
    """Every account, for the administrator."""

    username = OpenColumn(verbose_name=_("user name"))
    printed_name = Column(verbose_name=_("printed name"))
    email = Column(verbose_name=_("e-mail"))
    date_joined = DayColumn(verbose_name=_("created on"))
    last_login = MomentColumn(verbose_name=_("last signed in"))
    is_active = StatusColumn(verbose_name=_("state"))

    always = ("username",)
    export_name = "accounts"

    class Meta:
        order_by = "username"

    def row_url(self, record: Any) -> str:
        return reverse("parties:account_of", args=[record.pk])

    def render_is_active(self, record: Any) -> Any:
        return badges.badge(*account_state(record.is_active))

    def value_is_active(self, record: Any) -> str:
        return account_state(record.is_active)[1]


def account_state(active: bool) -> tuple[str, str]:
    """Tone and word of an account."""
    return ("good", gettext("account open")) if active else ("bad", gettext("account closed"))


class ShownTable(RecordTable):
    """What was shown to an outsider and what they took; rows are entries of the trail."""

    at = Column(verbose_name=_("when"), accessor="at_utc", order_by="id")
    what = Column(verbose_name=_("what happened"), accessor="verb", orderable=False)
    title = Column(verbose_name=_("page or file"), accessor="payload", orderable=False)
    path = Column(verbose_name=_("address"), accessor="payload", orderable=False)
    size = Column(verbose_name=_("size"), accessor="payload", orderable=False)

    always = ("at", "title")
    hidden_at_first = ("path",)
    export_name = "shown-and-taken"

    def row_url(self, record: Entry) -> str | None:
        """The page again; a file is not taken by a click on its row."""
        return str(record.content["data"]["path"]) if record.verb == "outside.shown" else None

    def render_at(self, record: Entry) -> Any:
        return wording.moment(self.value_at(record))

    def value_at(self, record: Entry) -> datetime:
        return datetime.fromisoformat(record.content["at"])

    def render_what(self, value: str) -> Any:
        return badges.badge(*_shown_state(value))

    def value_what(self, value: str) -> str:
        return _shown_state(value)[1]

    def render_title(self, record: Entry) -> Any:
        url, label = self.row_url(record), record.content["label"]
        return format_html('<a href="{}">{}</a>', url, label) if url else label

    def value_title(self, record: Entry) -> str:
        return str(record.content["label"])

    def render_path(self, record: Entry) -> str:
        return str(record.content["data"]["path"])

    value_path = render_path

    def render_size(self, record: Entry) -> Any:
        size = self.value_size(record)
        return wording.file_size(size) if isinstance(size, int) else "—"

    def value_size(self, record: Entry) -> Any:
        size = record.content["data"].get("size")
        return "" if size is None else size


def _shown_state(verb: str) -> tuple[str, str]:
    return ("active", gettext("file taken")) if verb == "outside.taken" else ("idle", gettext("page shown"))
