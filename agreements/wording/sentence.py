"""The shape of one worded finding, and the keys of the posts that resolve it."""

from __future__ import annotations

from cmo.errors import Sentence

__all__ = ["QUALITY_BOTH", "QUALITY_C", "QUALITY_R", "SIGNATORY_BOTH", "Sentence"]

QUALITY_R = "registrant:quality_manager"
QUALITY_C = "contractor:quality_manager"
QUALITY_BOTH = "registrant:quality_manager, contractor:quality_manager"
SIGNATORY_BOTH = "registrant:signatory, contractor:signatory"
