"""Read every reference data file afresh, past all caches, and collect the faults of all of them."""

from __future__ import annotations

from cmo.regulation import classification, reference_file
from cmo.regulation.loading import Fault, LoadError

__all__ = ["LoadError", "check_all", "examine"]


def check_all() -> dict[str, int]:
    """Entries per file.

    :raises LoadError: with every fault of every file.
    """
    counts, faults = examine()
    if faults:
        raise LoadError(faults)
    return counts


def examine() -> tuple[dict[str, int], list[Fault]]:
    """Entries per sound file, and every fault of the others."""
    counts: dict[str, int] = {}
    faults: list[Fault] = []
    known: dict[str, classification.SubCatalogue] = {}
    try:
        known = classification.load_sub_catalogues(classification.SUB_CATALOGUES_FILE)
        counts[classification.SUB_CATALOGUES_FILE.name] = len(known)
    except LoadError as error:
        faults += error.faults
    try:
        counts[classification.FILE.name] = len(classification.load(classification.FILE, known))
    except LoadError as error:
        faults += error.faults
    try:
        counts[reference_file.FILE.name] = len(reference_file.load(reference_file.FILE))
    except LoadError as error:
        faults += error.faults
    return counts, faults
