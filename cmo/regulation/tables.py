"""The list of product categories."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cmo.regulation.cards import IMPLANTABLE
from cmo.regulation.classification import Classification, sub_catalogue
from cmo.web.tables import RecordTable
from cmo.web.wording import bilingual, is_chinese


class ClassificationTable(RecordTable):
    """Product categories of the 2017 catalogue; ``verified`` says whether a row was compared with an official text."""

    always = ("code", "name_zh")
    hidden_at_first = ("verified",)
    export_name = "classification"

    code = tables.Column(verbose_name=_("Code"), attrs={"td": {"class": "open figures"}})
    name_zh = tables.Column(verbose_name=_("Name"))
    sub_catalogue = tables.Column(verbose_name=_("Sub-catalogue"))
    implantable_default = tables.Column(verbose_name=_("Implantable by default"))
    verified = tables.Column(verbose_name=_("Compared with notice 2022 No. 17"))

    class Meta:
        attrs = {"label": _("Product categories")}

    def render_name_zh(self, record: Classification) -> SafeString:
        first, second = (record.name_zh, record.name_en) if is_chinese() else (record.name_en, record.name_zh)
        return format_html('{}<span class="fact-source">{}</span>', first, second)

    def value_name_zh(self, record: Classification) -> str:
        return f"{record.name_zh} / {record.name_en}"

    def render_sub_catalogue(self, value: str) -> str:
        found = sub_catalogue(value)
        return f"{value} {bilingual(found, 'name')}" if found else value

    def render_implantable_default(self, value: str, record: Classification) -> SafeString:
        note = bilingual(record, "note")
        return format_html(
            "{}{}", IMPLANTABLE[value], format_html('<span class="fact-source">{}</span>', note) if note else ""
        )

    def value_implantable_default(self, value: str) -> str:
        return str(IMPLANTABLE[value])

    def render_verified(self, value: bool) -> str:
        return gettext("yes") if value else gettext("no")
