"""Sentences about the settings of reminders."""

from cmo.errors import Sentence

REMINDING = {
    "reminder_kind_unknown": Sentence(
        "没有这一类事项。",
        "There is no such kind of duty.",
        basis="policy",
    ),
    "lead_days_needed": Sentence(
        "请至少填写一个提前天数。",
        "Give at least one number of days ahead.",
        basis="policy",
        todo_zh="例如：90、30、7。",
        todo_en="For example 90, 30, 7.",
    ),
    "lead_days_out_of_range": Sentence(
        "提前天数应为1至{longest}之间的整数，现有{days}。",
        "Days ahead are whole numbers from 1 to {longest}; here is {days}.",
        basis="policy",
    ),
    "lead_days_too_many": Sentence(
        "提前提醒最多设{most}次。",
        "There are at most {most} reminders ahead.",
        basis="policy",
    ),
    "escalation_out_of_range": Sentence(
        "逾期后升级的工作日数应为0至{longest}之间的整数，现为{days}。",
        "Working days until escalation are a whole number from 0 to {longest}; here is {days}.",
        basis="policy",
    ),
    "reminder_reason_needed": Sentence(
        "请写明改变提醒设置的理由。",
        "Say why the reminders are changed.",
        basis="policy",
    ),
    "reminder_setting_unchanged": Sentence(
        "设置与现行设置相同，无需保存。",
        "This is what is set already.",
        basis="policy",
    ),
}
