"""Words and tones of severities."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SEVERITY_WORDS = {"critical": _("critical"), "major": _("major"), "general": _("general")}
SEVERITY_TONES = {"critical": "bad", "major": "pending", "general": "idle"}
