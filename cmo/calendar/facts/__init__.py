"""Facts of the calendar: what recurring reports and reminders rest on, loaded set-wise into frozen values."""
