"""Rules of the catalogue: the screening itself, and what speaks against entering, sharing and determining."""

from .devices import blockers_to_propose_device, warnings_about_device
from .screening import Catalogue, Lookup, questions, screen
from .verdicts import blockers_to_determine, findings_of_screening

__all__ = [
    "Catalogue",
    "Lookup",
    "blockers_to_determine",
    "blockers_to_propose_device",
    "findings_of_screening",
    "questions",
    "screen",
    "warnings_about_device",
]
