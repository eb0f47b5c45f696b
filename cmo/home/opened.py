"""What was opened by name to somebody who reads from outside: whose pair, until when, how much of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cmo.parties.access import DossierGrant, Scope
from cmo.parties.context import display_names
from cmo.parties.outside import Opened, limit_words, opened_to


@dataclass(frozen=True, slots=True)
class Opening:
    """One pair opened by name. ``whole``: every page of it and not the dossier alone; ``limits``: what the dossier is limited to,
    in words, empty for all of it; ``takes``: whether the dossier may be carried away as a file."""

    pair: Opened
    sides: str
    whole: bool
    limits: tuple[str, ...]
    takes: bool


def openings(user: Any, scope: Scope) -> tuple[Opening, ...]:
    """Everything that is open by name to this person, by pair number; two queries, none for people to whom nothing is."""
    if not scope.by_name:
        return ()
    found = sorted(opened_to(user, scope.on).values(), key=lambda one: one.number)
    names = display_names({side for one in found for side in (one.registrant_id, one.contractor_id)})
    return tuple(_opening(one, scope, names) for one in found)


def _opening(one: Opened, scope: Scope, names: dict[int, str]) -> Opening:
    dossiers = [grant for grant in scope.dossiers if grant.pair_id == one.pair_id]
    whole = one.pair_id in scope.granted_pair_ids
    return Opening(
        pair=one,
        sides=f"{names.get(one.registrant_id, '')} × {names.get(one.contractor_id, '')}",
        whole=whole,
        limits=() if whole else tuple(_limits(dossiers)),
        takes=any(grant.takes for grant in dossiers),
    )


def _limits(dossiers: Iterable[DossierGrant]) -> list[str]:
    """Nothing where one of the grants opens the whole dossier."""
    said = [limit_words(grant.kind, grant.key) for grant in dossiers]
    return list(dict.fromkeys(said)) if all(said) else []
