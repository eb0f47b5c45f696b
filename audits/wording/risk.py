"""Words of the reasons for which a contractor is audited early."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cmo.catalogue.models import DeviceVersion

from .severities import SEVERITY_WORDS

#: Severities of deviations, which have a word of their own for the lightest.
DEVIATION_WORDS = {**SEVERITY_WORDS, "minor": SEVERITY_WORDS["general"]}


def reason_words(key: str, points: int, facts: Mapping[str, Any]) -> str:
    """``class III (3)``: what it is, with the points it gives."""
    return _("%(what)s (+%(points)d)") % {"what": _what(key, facts), "points": points}


def _what(key: str, facts: Mapping[str, Any]) -> str:
    if key == "class":
        return str(DeviceVersion.DeviceClass(facts["device_class"]).label)
    if key in {"findings", "deviations"}:
        word = _("open findings: %(counts)s") if key == "findings" else _("deviations: %(counts)s")
        return word % {"counts": _counts(facts)}
    return _plain(key, facts)


def _plain(key: str, facts: Mapping[str, Any]) -> str:
    n = facts.get("lots", facts.get("n", facts.get("months", 0)))
    words = {
        "implantable": _("implantable"),
        "volume": ngettext("%(n)d lot in twelve months", "%(n)d lots in twelve months", n),
        "repeated": ngettext("%(n)d repeated finding", "%(n)d repeated findings", n),
        "rejected": ngettext("%(n)d rejected lot", "%(n)d rejected lots", n),
        "holds": ngettext("%(n)d hold in force", "%(n)d holds in force", n),
        "never_audited": _("never audited"),
        "months": ngettext("%(n)d month since the last audit", "%(n)d months since the last audit", n),
    }
    return words[key] % {"n": n}


def _counts(facts: Mapping[str, int]) -> str:
    shown = [(name, facts[name]) for name in DEVIATION_WORDS if facts.get(name)]
    return str(_(", ")).join(f"{DEVIATION_WORDS[name]} {n}" for name, n in shown)
