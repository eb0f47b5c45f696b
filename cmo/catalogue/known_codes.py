"""The codes a screening may trust: the classification table held here, and IVD reagents, which stand outside it."""

from __future__ import annotations

from functools import lru_cache

from cmo.regulation.classification import IVD, classification, classifications


@lru_cache(maxsize=1)
def known_codes() -> frozenset[str]:
    """Every full code of the table, and ``IVD``."""
    return frozenset(item.code for item in classifications()) | {IVD}


def implantable_default(code: str, sub_catalogue: str) -> str | None:
    """What the code alone says about being implantable (``yes``, ``no``, ``ask``); None for a code we do not hold."""
    if not code:
        return "no" if sub_catalogue == IVD else None
    found = classification(code)
    return found.implantable_default if found else None
