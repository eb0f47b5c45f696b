"""The state of a lot as a tone and a word, for badges in pages, tables and exports. Pure functions."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(NamedTuple):
    """A tone (``good`` …) and the word that goes with it."""

    tone: str
    word: str | Promise


STATES: dict[str, State] = {
    "registered": State("active", _("waits for production release")),
    "production_rejected": State("bad", _("rejected by production")),
    "production_released": State("active", _("waits for market release")),
    "market_rejected": State("bad", _("rejected for the market")),
    "on_market": State("good", _("released to market")),
}
ON_HOLD = State("bad", _("on hold"))
TAKEN_OVER = State("idle", _("taken over at go-live"))

OUTCOMES: dict[str, State] = {
    "released": State("good", _("released")),
    "conditional": State("pending", _("released with conditions")),
    "rejected": State("bad", _("rejected")),
}
GATE_STATES: dict[str, State] = {
    "passed": State("good", _("met")),
    "warns": State("pending", _("look at this")),
    "blocks": State("bad", _("not met")),
}
WITHDRAWN = State("idle", _("withdrawn"))

#: What came of a row of an imported file, and where a run stands.
IMPORT_ROWS: dict[str, State] = {
    "new": State("good", _("new")),
    "changed": State("pending", _("corrected")),
    "same": State("idle", _("already on record")),
    "wrong": State("bad", _("not imported")),
}
IMPORT_STATES: dict[str, State] = {
    "waiting": State("active", _("waits for the queue")),
    "running": State("active", _("running")),
    "stopped": State("bad", _("interrupted")),
    "done": State("good", _("done")),
    "failed": State("bad", _("failed")),
}

PLAN_STATES: dict[str, State] = {
    "planned": State("active", _("planned")),
    "running": State("active", _("running now")),
    "over": State("idle", _("over")),
    "ended": State("idle", _("no longer planned")),
}
DEVIATION_STATES: dict[str, State] = {
    "open": State("bad", _("not closed")),
    "closure_proposed": State("pending", _("closure proposed")),
    "closure_returned": State("bad", _("closure returned")),
    "closed": State("good", _("closed")),
}
SEVERITIES: dict[str, str] = {"critical": "bad", "major": "pending", "minor": "idle"}
#: What a supervisor observed, the gravest last.
OBSERVED: dict[str, State] = {
    "in_order": State("good", _("in order")),
    "remark": State("pending", _("in order with a remark")),
    "doubtful": State("bad", _("doubtful")),
}

#: Why a released lot is looked at again.
REASON_GROUPS: dict[str, str | Promise] = {
    "licence": _("licence"),
    "certificate": _("certificate or device data"),
    "entrustment": _("entrustment or pair"),
    "agreement": _("quality agreement"),
    "catalogue": _("prohibited catalogue"),
    "label": _("label or instructions"),
    "post": _("releaser's post"),
    "hold": _("hold or veto"),
    "supervision": _("supervision on site"),
    "supplier": _("supplier or outside process"),
    "udi": _("unique device identification"),
}
STAGES: dict[str, State] = {
    "market": State("good", _("released to market")),
    "production": State("active", _("released by production")),
}

#: What the lots of one pair are narrowed to (``releases.figures.SHOWN``).
SHOWN_LOTS: dict[str, str | Promise] = {
    "made": _("made in the period"),
    "market_released": _("released to market in the period"),
    "market_rejected": _("rejected for the market in the period"),
    "production_rejected": _("rejected by production in the period"),
    "held": _("put on hold in the period"),
}
