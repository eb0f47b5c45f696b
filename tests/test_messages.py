"""The message tool asks for exactly the texts that Django looks up at run time, and no translation is missing."""

import gettext
import io
from pathlib import Path

import polib
import pytest
from django.template import Context, Engine
from django.utils import translation
from django.utils.translation import trans_real

from scripts import messages

TEMPLATE = """{% load i18n %}
{% translate "Plain" %}
{% translate "Order" context "of a list" as order %}
{% comment %}{% translate "Never shown" %}{% endcomment %}
{{ missing|default:_("Nothing yet") }}
{% blocktranslate trimmed with name="Lot" %}
    {{ name }} is
    100 % reviewed
{% endblocktranslate %}
{% blocktranslate count n=2 trimmed %}
    {{ n }} lot
{% plural %}
    {{ n }} lots
{% endblocktranslate %}
<c-badge :label="_('In an attribute')" plain="_('Only text')" />
"""
FOUND = {
    "Plain",
    "of a list|Order",
    "Nothing yet",
    "%(name)s is 100 %% reviewed",
    "%(n)s lot",
    "In an attribute",
}


def test_templates_yield_every_translatable_text_and_nothing_else() -> None:
    assert {message.key for message in messages.template_messages(TEMPLATE, "page.html")} == FOUND


def test_run_time_finds_what_was_collected_from_a_template(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [
        polib.POEntry(msgid=m.text, msgid_plural=m.plural, msgstr_plural={0: f"译 {m.text}"}, msgctxt=m.context)
        if m.plural
        else polib.POEntry(msgid=m.text, msgstr=f"译 {m.text}", msgctxt=m.context)
        for m in messages.template_messages(TEMPLATE, "page.html")
    ]
    binary = io.BytesIO(messages.catalogue(entries).to_binary())
    with translation.override("zh-hans"):
        active = trans_real.catalog()
        monkeypatch.setattr(active, "_catalog", trans_real.TranslationCatalog(gettext.GNUTranslations(binary)))
        engine = Engine(libraries={"i18n": "django.templatetags.i18n"})
        shown = engine.from_string(TEMPLATE + "{{ order }}").render(Context())
    for text in ("译 Plain", "译 Order", "译 Nothing yet", "译 Lot is 100 % reviewed", "译 2 lot"):
        assert text in shown


def test_python_calls_are_collected_with_plural_and_context() -> None:
    source = '_("One" " text")\nngettext("%(n)s day", "%(n)s days", 3)\ntranslation.pgettext("verb", "Sign")\n_(name)'
    assert set(messages.python_messages(source, "x.py")) == {
        messages.Message("One text"),
        messages.Message("%(n)s day", "%(n)s days"),
        messages.Message("Sign", context="verb"),
    }


def test_a_translated_f_string_is_refused_with_its_place() -> None:
    with pytest.raises(messages.Fault, match=r"views\.py:1"):
        list(messages.python_messages('_(f"Lot {number}")', "views.py"))


def test_a_tag_inside_blocktranslate_is_refused_with_its_place() -> None:
    with pytest.raises(messages.Fault, match=r"page\.html:1"):
        list(
            messages.template_messages(
                "{% blocktranslate %}a{% if x %}b{% endif %}{% endblocktranslate %}", "page.html"
            )
        )


@pytest.mark.parametrize(
    ("msgid", "msgstr", "fault"),
    [
        ("Lot %(n)s", "批号 %(n)s", ""),
        ("Lot %(n)s", "批号 %(m)s", "placeholders"),
        ("Lot {number}", "批号", "placeholders"),
        ("Lot", " ", "no Chinese"),
    ],
)
def test_a_translation_that_would_break_the_page_is_a_fault(msgid: str, msgstr: str, fault: str) -> None:
    faults = list(messages.entry_faults(polib.POEntry(msgid=msgid, msgstr=msgstr)))
    assert (fault in faults[0]) if fault else not faults


def test_filling_and_compiling_keeps_other_translations_and_is_repeatable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "catalogue_path", lambda label: tmp_path / label / "django.po")
    messages.write("parties", [polib.POEntry(msgid="Post", msgstr="岗位"), polib.POEntry(msgid="Pair")])
    table = tmp_path / "new.tsv"
    table.write_text("Pair\t委托关系\nUnknown\t未知\n", encoding="utf-8")
    messages.fill(table, ["parties"])
    first = (tmp_path / "parties" / "django.mo").read_bytes()
    messages.compile_(["parties"])
    assert (tmp_path / "parties" / "django.mo").read_bytes() == first
    assert {key: messages.chinese(e) for key, e in messages.load("parties").items()} == {
        "Pair": "委托关系",
        "Post": "岗位",
    }


def test_every_message_has_a_current_chinese_translation(capsys: pytest.CaptureFixture[str]) -> None:
    assert messages.check() == 0, capsys.readouterr().err
