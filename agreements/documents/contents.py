"""What the sections of the paper say, before it is known whether they become PDF or DOCX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cmo.paper.words import Words, same

from . import wording
from .sheets import AgreementDocument, CoveredSheet, DutySheet, ObligationSheet, PaperSheet, PartySheet, SignatureSheet

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
    """Number, revision, what it is and follows, its term or the day from which it ends the agreement."""
    facts = [
        (wording.NUMBER, same(document.number)),
        (wording.REVISION, wording.revision(document.revision)),
        (wording.WHAT_KIND, wording.KINDS[document.kind]),
    ]
    if document.parent:
        follows = {"renewal": wording.RENEWS, "termination": wording.ENDS}.get(document.kind, wording.AMENDS)
        facts.append((follows, wording.revision(document.parent)))
    facts.append(term_fact(document))
    if document.paper is None:
        facts.append((wording.ORDER, document.signing_order))
    return facts


def term_fact(document: AgreementDocument) -> Fact:
    """From when to when it applies; a termination: from when on nothing does."""
    if document.ends:
        return wording.ENDS_ON, wording.from_day(document.starts_on)
    return wording.TERM, wording.period(document.starts_on, document.ends_on)


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


def obligations_table(document: AgreementDocument) -> Table:
    """What each side does again and again, and the record that proves it."""
    return Table(
        (
            Heading(wording.POSITION, 0.08, centred=True),
            Heading(wording.WHAT, 0.34),
            Heading(wording.WHO, 0.13, centred=True),
            Heading(wording.HOW_OFTEN, 0.17),
            Heading(wording.PROOF, 0.28),
        ),
        tuple(_obligation_row(row) for row in document.obligations),
    )


def _obligation_row(row: ObligationSheet) -> tuple[Words, ...]:
    side = wording.REGISTRANT_SHORT if row.side == "registrant" else wording.CONTRACTOR_SHORT
    marks = [row.proof, wording.article(row.clause)] if row.clause else [row.proof]
    often = [words for words in (row.frequency, wording.within(row.days_allowed)) if words.zh]
    return (same(str(row.position)), row.what, side, lines_of(often), lines_of(marks))


def signature_facts(signature: SignatureSheet) -> list[Fact]:
    """Printed name, time and meaning, as every signature shows them (21 CFR 11.50)."""
    facts = [
        (wording.SIGNER, same(signature.signer)),
        (wording.POST, signature.post),
        (wording.MEANING, signature.meaning),
        (wording.SIGNED_AT, wording.moment(signature.signed_at)),
        (wording.METHOD, signature.method),
    ]
    if signature.authorisation is not None:
        written = signature.authorisation
        facts.insert(2, (wording.AUTHORISATION, wording.authorised(written.reference, written.authorised_on)))
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
    if closing.notice is None:
        return [
            (wording.KIND, closing.kind),
            (wording.ON, wording.day(closing.event_on)),
            (wording.BY, same(closing.by)),
            (wording.REASON, same(closing.reason)),
        ]
    return [
        (wording.ENDED_ON, wording.from_day(closing.event_on)),
        (wording.REASON, same(closing.reason)),
        (wording.POST_MARKET, same(closing.post_market)),
        (wording.DOCUMENTS_RETURN, same(closing.documents_return)),
    ]


def closing_title(document: AgreementDocument) -> Words:
    """What the section about the end is called."""
    return wording.NOTICE if document.closing and document.closing.notice else wording.CLOSED


def full_title(document: AgreementDocument) -> Words:
    """The agreement's title; a termination says that it ends it."""
    title = document.title
    if not document.ends:
        return title
    return Words(f"{title.zh}之终止协议", f"Termination: {title.en}")


def title_of(document: AgreementDocument, language: str) -> str:
    """The title a file bears: the agreement's own, and its number."""
    title = full_title(document)
    return f"{title.en if language == 'en' else title.zh} {document.label}"


def lines_of(words: Sequence[Words]) -> Words:
    """Several texts as lines of one."""
    return Words("\n".join(word.zh for word in words), "\n".join(word.en for word in words))
