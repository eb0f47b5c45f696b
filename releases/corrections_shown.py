"""What the page of a lot shows of corrections: of the lot, old and new side by side, and of its key material lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from cmo.catalogue.models import LabelVersion
from cmo.clock import day_of
from cmo.web.charts import Lane, Mark

from .facts.correcting import FIELDS, content_data
from .models import Lot, LotCorrection, LotMaterial

PRINTS = frozenset({"label_version", "ifu_version"})


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a correction changed; empty where nothing was or is said."""

    term: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class CorrectionShown:
    """One correction of a lot with everything it changed."""

    row: LotCorrection
    changes: Sequence[Change]


@dataclass(slots=True)
class MaterialShown:
    """A key material line that counts, or the stroke of one that does not, with what stood before, latest first."""

    row: LotMaterial
    earlier: list[LotMaterial] = field(default_factory=list)

    @property
    def struck(self) -> bool:
        return self.row.void


def corrections_of(lot: Lot) -> list[CorrectionShown]:
    """The corrections of a lot, latest first; two queries."""
    rows = list(LotCorrection.objects.filter(lot=lot).order_by("-id"))
    said = [(row, row.before, content_data(row)) for row in rows]
    prints = {whole[name] for _row, *both in said for whole in both for name in PRINTS} - {None}
    versions = dict(LabelVersion.objects.filter(pk__in=prints).values_list("pk", "version")) if prints else {}
    return [CorrectionShown(row, list(_changes(before, after, versions))) for row, before, after in said]


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], versions: Mapping[int, str]) -> Iterable[Change]:
    for name, one in FIELDS.items():
        old, new = before[name], after[name]
        if old != new:
            known = versions if name in PRINTS else {}
            yield Change(_term(name, one), *(str(known.get(value, value)) if value else "" for value in (old, new)))


def _term(name: str, one: Any) -> str:
    prints = {"label_version": _("Label version"), "ifu_version": _("Version of the instructions for use")}
    return prints.get(name) or str(one.verbose_name)


def materials_of(lot: Lot) -> list[MaterialShown]:
    """The key material lines of a lot in the order of their first entry, struck ones last; one query."""
    rows = list(LotMaterial.objects.filter(lot=lot).select_related("corrected_by").order_by("id"))
    by_id, replaced = {row.pk: row for row in rows}, {row.corrects_id for row in rows}
    shown = []
    for row in (row for row in rows if row.pk not in replaced):
        line, before = MaterialShown(row), row.corrects_id
        while before is not None:
            line.earlier.append(by_id[before])
            before = by_id[before].corrects_id
        shown.append(line)
    return sorted(shown, key=lambda line: (line.struck, (line.earlier or [line.row])[-1].pk))


def correction_lanes(corrections: Sequence[CorrectionShown]) -> list[Lane]:
    """One mark for each day of corrections, with their reasons."""
    days: dict[date, list[str]] = defaultdict(list)
    for shown in reversed(corrections):
        days[day_of(shown.row.recorded_at)].append(shown.row.reason)
    marks = [Mark(day, _("Lot corrected"), "pending", "; ".join(reasons)) for day, reasons in days.items()]
    return [Lane(_("Corrections"), marks=marks)] if marks else []
