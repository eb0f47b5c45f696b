"""One place of a draft, as proposing and accepting a change of it see it: a row that is there or could be, or the terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..models import AgreementDraft, Entrustment, ProposedChange
from ..templates_data import TemplateClause, TemplateDuty, TemplateRow
from .columns import CLAUSE, COLUMNS, DUTY, GIVEN, MODELS, OBLIGATION, TERMS, Row, terms_of, values_of
from .draft import template_of, variants_of

#: Member of a template's row → the draft's column, where they are called otherwise.
_NAMES = {"registrant_part": "registrant", "contractor_part": "contractor", "clause_key": "clause"}


@dataclass(frozen=True, slots=True)
class OpenChange:
    """A proposed change that nobody answered."""

    id: int
    act: str
    side: str
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the draft (``held``), one that could be added (``known``), or the terms.

    ``values``: its columns now; of a row that is not there, what the template gives it; ``given``: what it has besides,
    of an added row; ``position``: its number among ``places`` rows, of an added one where the template has it;
    ``clauses``: keys of the draft's clauses; ``entrustments``: numbers of the pair's.
    """

    kind: str
    key: str
    held: bool
    known: bool
    values: Mapping[str, Any]
    given: Mapping[str, Any]
    locked: bool
    edition: int
    edited_by_name: str
    position: int
    places: int
    clauses: frozenset[str]
    entrustments: frozenset[str]
    open: tuple[OpenChange, ...]
    #: The keys of the rows of this kind in their order.
    order: tuple[str, ...] = ()


def load_place(draft: AgreementDraft, kind: str, key: str) -> Place:
    """The place as it stands in the locked draft; ``key`` empty: the terms, or a row that comes from no template."""
    if kind == TERMS:
        return _terms(draft)
    rows = _ordered(draft, kind)
    row = next((held for held in rows if held.key == key), None)
    clauses = rows if kind == CLAUSE else draft.clauses.all()
    common: dict[str, Any] = {
        "kind": kind,
        "key": key,
        "places": len(rows),
        "order": tuple(held.key for held in rows),
        "clauses": frozenset(clause.key for clause in clauses),
        "entrustments": frozenset(),
        "open": open_changes(draft, kind, key),
    }
    return _held(row, rows, common) if row is not None else _missing(draft, rows, common)


def open_changes(draft: AgreementDraft, kind: str, key: str) -> tuple[OpenChange, ...]:
    """What is proposed for this place and not answered; nothing for a row that has no key yet."""
    if kind != TERMS and not key:
        return ()
    rows = ProposedChange.objects.filter(agreement=draft.agreement_id, kind=kind, row_key=key, answer__isnull=True)
    return tuple(OpenChange(row.pk, row.act, row.side, row.after) for row in rows.order_by("id"))


def covered_numbers(draft: AgreementDraft) -> list[str]:
    """The numbers of the entrustments that the draft covers."""
    return list(draft.coverage.order_by("entrustment__number").values_list("entrustment__number", flat=True))


def _ordered(draft: AgreementDraft, kind: str) -> list[Any]:
    return list(MODELS[kind]._default_manager.filter(draft=draft).order_by("position", "id"))


def _terms(draft: AgreementDraft) -> Place:
    numbers = Entrustment.objects.filter(pair=draft.agreement.pair_id).values_list("number", flat=True)
    return Place(
        kind=TERMS,
        key="",
        held=True,
        known=True,
        values=terms_of(draft, covered_numbers(draft)),
        given={},
        locked=False,
        edition=draft.edition,
        edited_by_name=draft.edited_by_name,
        position=1,
        places=1,
        clauses=frozenset(),
        entrustments=frozenset(numbers),
        open=open_changes(draft, TERMS, ""),
    )


def _held(row: Row, rows: list[Any], common: dict[str, Any]) -> Place:
    return Place(
        held=True,
        known=True,
        values=values_of(common["kind"], row),
        given={},
        locked=bool(getattr(row, "locked", False)),
        edition=row.edition,
        edited_by_name=row.edited_by_name,
        position=rows.index(row) + 1,
        **common,
    )


def _missing(draft: AgreementDraft, rows: list[Any], common: dict[str, Any]) -> Place:
    kind, key = common["kind"], common["key"]
    offered = _offered(draft, kind) if key else {}
    item = offered.get(key)
    earlier = bool(key) and ProposedChange.objects.filter(agreement=draft.agreement_id, kind=kind, row_key=key).exists()
    before = set(list(offered)[: list(offered).index(key)]) if item else set()
    place = max((n for n, held in enumerate(rows, 1) if held.key in before), default=0) + 1 if item else len(rows) + 1
    given = _given(kind, item)
    return Place(
        held=False,
        known=not key or item is not None or earlier,
        values=_of_template(kind, item) if item else {},
        given=given,
        locked=bool(given.get("locked")),
        edition=0,
        edited_by_name="",
        position=place,
        **common,
    )


def _offered(draft: AgreementDraft, kind: str) -> dict[str, TemplateRow]:
    """The rows that the draft's template has for its devices, by key and in its order."""
    template = template_of(draft)
    if template is None:
        return {}
    variants = variants_of(Entrustment.objects.filter(pk__in=draft.coverage.values("entrustment_id")))
    rows: Iterable[TemplateRow] = template.rows_for(kind, variants)
    return {row.key: row for row in rows}


def _of_template(kind: str, item: TemplateRow) -> dict[str, Any]:
    values = {name: getattr(item, _NAMES.get(name, name)) for name in COLUMNS[kind]}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _given(kind: str, item: TemplateRow | None) -> dict[str, Any]:
    if item is None or kind == OBLIGATION:
        return dict(GIVEN[kind])
    found: dict[str, Any] = {"citation": item.citation} if isinstance(item, TemplateClause | TemplateDuty) else {}
    return found | ({"locked": bool(item.fixed)} if kind == DUTY and isinstance(item, TemplateDuty) else {})
