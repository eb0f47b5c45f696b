"""Words shown in more than one component: kinds of basis, tones, time left."""

from datetime import date

from django.utils.translation import gettext, gettext_lazy, ngettext

#: Status tones. Colour carries status and nothing else, so there are exactly five, each with its icon.
TONE_ICONS = {
    "good": "circle-check",
    "bad": "circle-x",
    "pending": "alert-triangle",
    "idle": "circle-minus",
    "active": "progress",
}

BASIS_WORDS = {
    "law": gettext_lazy("Law"),
    "announcement": gettext_lazy("Announcement"),
    "guide": gettext_lazy("Guide"),
    "agreement": gettext_lazy("Agreement"),
    "policy": gettext_lazy("Policy"),
}

STEP_WORDS = {
    "done": gettext_lazy("done"),
    "current": gettext_lazy("now"),
    "blocked": gettext_lazy("blocked"),
    "todo": gettext_lazy("not yet"),
}

#: Days before a date at which it starts to be shown as near.
NEAR_DAYS = 30


def tone_icon(tone: str) -> str:
    """The icon of a tone.

    :raises ValueError: for a tone that does not exist, so that a typing error is seen at once.
    """
    if tone not in TONE_ICONS:
        raise ValueError(f"Unknown tone {tone!r}; there are {', '.join(TONE_ICONS)}.")
    return TONE_ICONS[tone]


def days_left(on: date, today: date) -> str:
    """How far away the last day ``on`` is, in words; the last day itself still counts."""
    days = (on - today).days
    if days == 0:
        return gettext("today is the last day")
    if days > 0:
        return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    return ngettext("%(days)d day overdue", "%(days)d days overdue", -days) % {"days": -days}


def due_tone(on: date, today: date) -> str:
    """Tone of a due date: past is bad, within a month is pending, else idle."""
    days = (on - today).days
    if days < 0:
        return "bad"
    return "pending" if days <= NEAR_DAYS else "idle"
