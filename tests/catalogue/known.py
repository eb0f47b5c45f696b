"""What the tests of the catalogue share: the held editions over the classification table, and facts made quickly."""

from __future__ import annotations

from datetime import date
from typing import Any

from cmo.catalogue.edition_file import built_in_editions
from cmo.catalogue.facts_vocabulary import ScreeningFacts
from cmo.catalogue.judgement import ScreeningResult
from cmo.catalogue.known_codes import known_codes
from cmo.catalogue.rules import Catalogue, screen

CATALOGUE = Catalogue(built_in_editions(), known_codes())
IN_2014, IN_2022 = date(2020, 6, 1), date(2026, 6, 1)

#: An implant of metal or polymer: nothing allogeneic, nothing animal.
PLAIN_IMPLANT = {"implantable": "yes", "contains_animal_derived": "no", "contains_allogeneic": "no"}


def judge(code: str | None, on: date = IN_2022, **facts: Any) -> ScreeningResult:
    """Screen one product against the built-in editions."""
    return screen(ScreeningFacts(code=code, **facts), CATALOGUE, on)
