"""Rules of the releases app: facts in, all reasons out. No query, clock, request or permission."""

from __future__ import annotations

from .gate import Case, Gate, Verdict
from .judging import (
    findings_for,
    findings_for_market_release,
    findings_for_production_release,
    findings_of,
    judge,
    stopping,
)
from .registration import findings_for_registration, findings_for_take_over
from .statement import Review, topics
from .table import GATES
from .unjudged import NOT_JUDGED, NotJudged

__all__ = [
    "GATES",
    "NOT_JUDGED",
    "Case",
    "Gate",
    "NotJudged",
    "Review",
    "Verdict",
    "findings_for",
    "findings_for_market_release",
    "findings_for_production_release",
    "findings_for_registration",
    "findings_for_take_over",
    "findings_of",
    "judge",
    "stopping",
    "topics",
]
