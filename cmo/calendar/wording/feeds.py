"""Sentences about personal calendar feeds."""

from cmo.errors import Sentence

FEEDS = {
    "feed_label_needed": Sentence(
        "请填写用途，以便日后知道撤销的是哪一个。",
        "Say what the feed is for, so that you know later which one you revoke.",
        basis="policy",
    ),
    "feed_language_unknown": Sentence(
        "本系统没有“{language}”这一语言。",
        "This product does not speak “{language}”.",
        basis="policy",
    ),
    "feed_too_many": Sentence(
        "每人最多可有{most}个未撤销的日历订阅，请先撤销不再使用的订阅。",
        "One person has at most {most} open calendar feeds; revoke one that is no longer used first.",
        basis="policy",
    ),
    "feed_revoked_already": Sentence(
        "该日历订阅已经撤销。",
        "This calendar feed was revoked already.",
        basis="policy",
    ),
}
