"""Dates, times, numbers, hashes and two-language values are written the same everywhere."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape

import pytest
from django.utils.translation import override

from cmo.errors import Finding
from cmo.web import word_diff, wording, words
from cmo.web.templatetags import look
from tests.effort import ends

FINDING = Finding(
    "late", "blocks", "law", "协议 QA-2026-014 已于 2026-10-31 到期。", "It ended.", todo_zh="签署。", todo_en=""
)


def test_a_moment_is_shown_in_shanghai_with_its_zone() -> None:
    assert wording.moment(datetime(2026, 11, 22, 17, 5, tzinfo=UTC)) == "2026-11-23 01:05 (UTC+8)"


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        wording.moment(datetime(2026, 11, 22, 6, 5))


def test_the_day_of_a_moment_is_the_day_in_shanghai() -> None:
    assert wording.day(datetime(2026, 11, 22, 17, 5, tzinfo=UTC)) == "2026-11-23"
    assert wording.day(date(2026, 2, 3)) == "2026-02-03"


def test_nothing_is_shown_as_nothing() -> None:
    assert [wording.day(None), wording.moment(None), wording.number(None), wording.file_size(None)] == [""] * 4
    assert [look.day(None), look.moment(None), look.short_hash("")] == [""] * 3


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (12345, "12,345"), (Decimal("1234.50"), "1,234.50"), (-1000, "-1,000")]
)
def test_numbers_separate_thousands(value: int, shown: str) -> None:
    assert wording.number(value) == shown


@pytest.mark.parametrize(
    ("size", "shown"),
    [(812, "812 B"), (9500, "9.5 KB"), (24_000, "24 KB"), (3_120_044, "3.1 MB"), (5 * 10**9, "5.0 GB")],
)
def test_file_sizes_are_rounded_for_people(size: int, shown: str) -> None:
    assert wording.file_size(size) == shown


def test_a_hash_is_cut_to_three_groups_and_whole_on_hover() -> None:
    assert wording.short_hash("sha256:" + "abcdef0123456789" * 4) == "abcd ef01 2345"
    assert 'title="abcdef0123456789"' in look.short_hash("abcdef0123456789")


def test_a_two_language_value_falls_back_to_the_other_language() -> None:
    name = {"name_zh": "杭州衡泰", "name_en": ""}
    with override("en"):
        assert wording.bilingual(name, "name") == "杭州衡泰"
    with override("zh-hans"):
        assert wording.bilingual({"name_zh": "杭州衡泰", "name_en": "Hengtai"}, "name") == "杭州衡泰"
        assert wording.bilingual(FINDING, "todo") == "签署。"


def test_a_finding_and_its_frozen_dictionary_read_the_same() -> None:
    for language, sentence in (("zh-hans", FINDING.zh), ("en", FINDING.en)):
        with override(language):
            assert wording.in_language(FINDING) == wording.in_language(FINDING.as_dict()) == sentence


def test_dates_and_numbers_in_a_sentence_do_not_break_and_the_rest_is_escaped() -> None:
    assert look.unbroken("<b> QA-2026-014 2026-10-31") == (
        "&lt;b&gt; <span class=unbroken>QA-2026-014</span> <span class=unbroken>2026-10-31</span>"
    )


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36",
            "Chrome 131 · Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0", "Edge 131 · Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
            "Safari 18 · iPhone",
        ),
        ("curl/8.5", "curl/8.5"),
    ],
)
def test_a_session_names_its_browser(agent: str, shown: str) -> None:
    assert wording.browser(agent) == shown


@pytest.mark.parametrize(
    ("on", "words_en", "tone"),
    [
        (date(2026, 11, 22), "today is the last day", "pending"),
        (date(2026, 11, 23), "1 day left", "pending"),
        (date(2026, 12, 22), "30 days left", "pending"),
        (date(2026, 12, 23), "31 days left", "idle"),
        (date(2026, 11, 21), "1 day overdue", "bad"),
    ],
)
def test_the_last_day_still_counts_and_a_month_before_it_is_near(on: date, words_en: str, tone: str) -> None:
    with override("en"):
        assert words.days_left(on, date(2026, 11, 22)) == words_en
    assert words.due_tone(on, date(2026, 11, 22)) == tone


def test_there_are_exactly_five_tones() -> None:
    assert set(words.TONE_ICONS) == {"good", "bad", "pending", "idle", "active"}
    with pytest.raises(ValueError, match="purple"):
        words.tone_icon("purple")


def test_chinese_is_compared_by_character_and_english_by_word() -> None:
    assert word_diff.side("48 小时内通知", "24 小时内书面通知", "after") == "<ins>24</ins> 小时内<ins>书面</ins>通知"
    assert word_diff.side("within 48 hours", "within 24 hours", "before") == "within <del>48</del> hours"


def test_a_comparison_escapes_what_people_typed() -> None:
    assert word_diff.side("a", "a<script>", "after") == "a<ins>&lt;script&gt;</ins>"
    with pytest.raises(ValueError, match="middle"):
        word_diff.side("a", "b", "middle")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("每季度书面确认", "每月确认"),
        ("two of the three", "one or the other"),
        ("", "new"),
        ("任何一方可以向有管辖权的人民法院起诉。", "提交双方共同选定的仲裁机构仲裁。"),
        ("甲、乙\n丙，丁 <戊>", "己、庚\n辛，壬 <癸>"),
        ("old", ""),
        ("a < b", "a > b"),
    ],
)
def test_a_redline_holds_both_texts(before: str, after: str) -> None:
    marked = word_diff.redline(before, after)
    assert unescape(re.sub("<ins>.*?</ins>|</?del>", "", marked, flags=re.DOTALL)) == before
    assert unescape(re.sub("<del>.*?</del>|</?ins>", "", marked, flags=re.DOTALL)) == after
    assert unescape(re.sub("</?del>", "", word_diff.side(before, after, "before"))) == before
    assert unescape(re.sub("</?ins>", "", word_diff.side(before, after, "after"))) == after


def test_a_redline_strikes_a_blank_between_two_changes_with_them() -> None:
    assert word_diff.redline("is confirmed now", "is set down now") == "is <del>confirmed</del><ins>set down</ins> now"
    assert word_diff.redline("a b c", "x y c") == "<del>a b</del><ins>x y</ins> c"


FROM_COURT = ("任何一方可以向有管辖权的人民法院起诉。", "提交双方共同选定的仲裁机构仲裁。")


def test_one_or_two_chinese_characters_between_two_changes_are_struck_with_them() -> None:
    before, after = FROM_COURT
    assert word_diff.redline(before, after) == f"<del>{before[:-1]}</del><ins>{after[:-1]}</ins>。"
    assert word_diff.side(before, after, "after") == f"<ins>{after[:-1]}</ins>。"
    assert word_diff.redline("甲方通知乙", "丙方通告丁") == "<del>甲方通知乙</del><ins>丙方通告丁</ins>"


def test_three_chinese_characters_and_a_word_of_two_letters_stay_between_two_changes() -> None:
    assert word_diff.redline("甲应当在乙", "丙应当在丁") == "<del>甲</del><ins>丙</ins>应当在<del>乙</del><ins>丁</ins>"
    assert word_diff.redline("one of us", "two of them").count(" of ") == 1


def test_long_texts_are_compared_in_bounded_time_and_still_hold_both() -> None:
    before, after = "a b " * 20_000 + "\n甲\nend x", "b a " * 20_000 + "\n甲\nend y"
    with ends():
        marked = word_diff.redline(before, after)
    assert unescape(re.sub("<ins>.*?</ins>|</?del>", "", marked, flags=re.DOTALL)) == before
    assert unescape(re.sub("<del>.*?</del>|</?ins>", "", marked, flags=re.DOTALL)) == after


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("示例恒筑精密制造（浙江）有限公司", "示例恒筑精密制造（浙江）"),
        ("示例医疗股份有限公司", "示例医疗"),
        (
            "Demo Hengzhu Precision Manufacturing (Zhejiang) Co., Ltd.",
            "Demo Hengzhu Precision Manufacturing (Zhejiang)",
        ),
        ("Demo Notified Body GmbH", "Demo Notified Body"),
        ("示例研究院", "示例研究院"),
        ("公司", "公司"),
        ("", ""),
    ],
)
def test_a_short_name_goes_without_the_legal_form(name: str, short: str) -> None:
    assert wording.short_name(name) == short


@pytest.mark.parametrize(
    ("cell", "room"),
    [
        ("现场", "one-line"),
        ("2026-11-13", "one-line"),
        ("<b>年度审核</b>  <i>叶</i>", "one-line"),
        ("示例恒筑精密制造", ""),
        ("抽查5名操作人员的培训记录，1名新转岗人员缺少记录", "wide"),
        ("", "one-line"),
    ],
)
def test_a_short_cell_stays_on_one_line_and_a_long_one_has_room(cell: str, room: str) -> None:
    assert look.cell_room(cell) == (f' data-room="{room}"' if room else "")
