"""What the sections of the paper say, before it is known whether they become PDF or DOCX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cmo.paper.words import Words, same

from . import wording
from .sheets import AgreementDocument, CoveredSheet, DutySheet, PaperSheet, PartySheet, SignatureSheet

#: Label and value.
Fact = tuple[Words, Words]


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a table's column, its share of the width, and whether its cells are centred."""

    words: Words
    share: float
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table before it is set."""

    columns: tuple[Heading, ...]
    rows: tuple[tuple[Words, ...], ...]


def party_facts(party: PartySheet) -> list[Fact]:
    """A party as it stands at the head of the agreement."""
    facts = [
        (wording.NAME, party.name),
        (wording.USCC, same(party.uscc)),
        (wording.ADDRESS, party.address),
        (wording.LEGAL_REPRESENTATIVE, same(party.legal_representative)),
    ]
    for licence in party.licences:
        end = wording.until(licence.last_day)
        facts.append((wording.LICENCE, Words(f"{licence.number}（{end.zh}）", f"{licence.number} ({end.en})")))
    return facts


def identity_facts(document: AgreementDocument) -> list[Fact]:
    """Number, revision and term."""
    facts = [
        (wording.NUMBER, same(document.number)),
        (wording.REVISION, wording.revision(document.revision)),
        (wording.TERM, wording.period(document.starts_on, document.ends_on)),
    ]
    if document.parent:
        facts.insert(2, (wording.AMENDS, wording.revision(document.parent)))
    return facts


def coverage_table(document: AgreementDocument) -> Table:
    """The covered entrustments, each with its own last day and what limits it."""
    return Table(
        (
            Heading(wording.ENTRUSTMENT, 0.16),
            Heading(wording.PRODUCT, 0.28),
            Heading(wording.MODELS, 0.14),
            Heading(wording.SITE, 0.24),
            Heading(wording.LAST_DAY, 0.18),
        ),
        tuple(_covered_row(row) for row in document.covered),
    )


def _covered_row(row: CoveredSheet) -> tuple[Words, ...]:
    kind, end = wording.device_class(row.device_class), wording.until(row.certificate_last_day)
    product = Words(
        f"{row.device.zh}\n{row.certificate}\n{kind.zh}，{end.zh}",
        f"{row.device.en}\n{row.certificate}\n{kind.en}, {end.en}",
    )
    last, cap = wording.day(row.last_day), row.cap
    return (
        same(row.number),
        product,
        same("\n".join(row.models) or "—"),
        Words(f"{row.site.zh}\n{row.address.zh}", f"{row.site.en}\n{row.address.en}"),
        Words(f"{last.zh}\n取决于：{cap.zh}", f"{last.en}\nlimited by: {cap.en}"),
    )


def matrix_table(document: AgreementDocument) -> Table:
    """The responsibility matrix."""
    return Table(
        (
            Heading(wording.POSITION, 0.08, centred=True),
            Heading(wording.DUTY, 0.32),
            Heading(wording.REGISTRANT_SHORT, 0.125, centred=True),
            Heading(wording.CONTRACTOR_SHORT, 0.125, centred=True),
            Heading(wording.BASIS, 0.35),
        ),
        tuple(_duty_row(row) for row in document.duties),
    )


def _duty_row(row: DutySheet) -> tuple[Words, ...]:
    marks = [wording.BY_LAW] if row.locked else []
    if row.clause:
        marks.append(wording.article(row.clause))
    place = Words("，".join(word.zh for word in marks), ", ".join(word.en for word in marks))
    basis = lines_of([word for word in (place, row.citation) if word is not None and word.zh])
    parts = wording.part(row.registrant), wording.part(row.contractor)
    return (same(str(row.position)), row.duty, *parts, basis if basis.zh else same("—"))


def signature_facts(signature: SignatureSheet) -> list[Fact]:
    """Printed name, time and meaning, as every signature shows them (21 CFR 11.50)."""
    facts = [
        (wording.SIGNER, same(signature.signer)),
        (wording.POST, signature.post),
        (wording.MEANING, signature.meaning),
        (wording.SIGNED_AT, wording.moment(signature.signed_at)),
        (wording.METHOD, signature.method),
    ]
    return facts if signature.stands else [*facts, (wording.VALIDITY, wording.VOID)]


def paper_facts(paper: PaperSheet) -> list[Fact]:
    """What the paper says about its signing."""
    return [
        (wording.SIGNED_ON, wording.day(paper.signed_on)),
        (wording.REGISTRANT_SIGNATORY, same(paper.registrant_signatory)),
        (wording.CONTRACTOR_SIGNATORY, same(paper.contractor_signatory)),
        (wording.SEALS, _seals(paper)),
        (wording.LOTS_IN_TIME, same(paper.lots_made_in_time or "—")),
        (wording.SCAN, same(paper.scan_sha256)),
    ]


def _seals(paper: PaperSheet) -> Words:
    return {
        (True, True): wording.BOTH_SEALS,
        (True, False): wording.REGISTRANT_SEAL,
        (False, True): wording.CONTRACTOR_SEAL,
        (False, False): wording.NO_SEAL,
    }[paper.sealed_by_registrant, paper.sealed_by_contractor]


def closing_facts(document: AgreementDocument) -> list[Fact]:
    """How the revision was declined, withdrawn or terminated; empty when it was not."""
    closing = document.closing
    if closing is None:
        return []
    return [
        (wording.KIND, closing.kind),
        (wording.ON, wording.day(closing.event_on)),
        (wording.BY, same(closing.by)),
        (wording.REASON, same(closing.reason)),
    ]


def title_of(document: AgreementDocument, language: str) -> str:
    """The title a file bears: the agreement's own, and its number."""
    title = document.title.en if language == "en" else document.title.zh
    return f"{title} {document.label}"


def lines_of(words: Sequence[Words]) -> Words:
    """Several texts as lines of one."""
    return Words("\n".join(word.zh for word in words), "\n".join(word.en for word in words))
