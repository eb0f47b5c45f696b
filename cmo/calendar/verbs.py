"""Trail verbs of the calendar."""

VERBS: dict[str, tuple[str, str]] = {
    "report.recorded": ("登记定期报告", "was recorded"),
    "reminders.set": ("设置提醒", "reminders were set"),
    "reminders.sent": ("生成提醒邮件", "was made as the day's reminder"),
    "feed.made": ("生成日历订阅", "was made as a calendar feed"),
    "feed.revoked": ("撤销日历订阅", "was revoked as a calendar feed"),
}
