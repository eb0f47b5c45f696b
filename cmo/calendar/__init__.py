"""Composition: every duty of every app on one calendar, the feed of it, reminders by mail, and recurring reports.

May import every app below it. Duties are derived each time; what is stored here is what was done about them: reports
filed, reminders sent, settings, and tokens of feeds.
"""
