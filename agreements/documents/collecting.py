"""From a stored revision to its ``AgreementDocument``: the frozen text, the signatures under it, and how it was closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import translation

from cmo.paper.words import Words
from cmo.parties.models import Side
from cmo.regulation.references import UnknownReference, reference
from cmo.signing.actions import record_hash
from cmo.signing.facts import SignatureState, signatures_under
from cmo.signing.statement import STATEMENT, VERSION

from ..facts import Authorisation, authorisations_given
from ..models import AgreementRevision, Frequency, RevisionEvent, SigningOrder
from ..states import cap_word
from . import wording
from .sheets import (
    AgreementDocument,
    AuthorisationSheet,
    ClauseSheet,
    ClosingSheet,
    CoveredSheet,
    DutySheet,
    LicenceSheet,
    ObligationSheet,
    PaperSheet,
    PartySheet,
    PlaceSheet,
    SignatureSheet,
)

Row = dict[str, Any]
#: Signature → the written authorisation frozen with it.
Authorised = dict[int, Authorisation]


def collect(revision: AgreementRevision) -> AgreementDocument:
    """Everything the paper of this revision says; reads signatures and event, and no clock."""
    body = revision.content
    document = document_of(body, record_hash=record_hash(revision), at=revision.recorded_at)
    authorised = authorisations_given(revision)
    signatures = _signatures(revision, authorised)
    parties = {"registrant": document.registrant, "contractor": document.contractor}
    return replace(
        document,
        revision=revision.number,
        kind=revision.kind,
        signing_order=in_both(lambda: SigningOrder(revision.signing_order).label),
        starts_on=revision.starts_on,
        ends_on=revision.ends_on,
        places=tuple(PlaceSheet(party.side, party.name, signatures.get(Side(side))) for side, party in parties.items()),
        paper=_paper(body["paper"]),
        closing=_closing(revision, authorised, parties),
        statement=statement_under(signatures),
    )


def document_of(body: Row, *, record_hash: str, at: datetime) -> AgreementDocument:
    """A text as it goes on paper before anybody signed; ``body`` as ``agreements.body`` makes it, of any schema."""
    registrant = _party(body["parties"]["registrant"], wording.REGISTRANT)
    contractor = _party(body["parties"]["contractor"], wording.CONTRACTOR)
    clause_numbers = {clause["key"]: int(clause["position"]) for clause in body["clauses"]}
    return AgreementDocument(
        number=body["agreement"]["number"],
        revision=body["revision"],
        kind=body.get("kind", "agreement"),
        parent=body["parent"],
        signing_order=in_both(lambda: SigningOrder(body.get("signing_order", SigningOrder.ANY)).label),
        title=_words(body["agreement"], "title"),
        template_version=body["template"].get("version", ""),
        starts_on=date.fromisoformat(body["term"]["starts_on"]),
        ends_on=date.fromisoformat(body["term"]["ends_on"]),
        registrant=registrant,
        contractor=contractor,
        covered=tuple(_covered(row) for row in body["coverage"]),
        clauses=tuple(_clause(row) for row in body["clauses"]),
        duties=tuple(_duty(row, clause_numbers) for row in body["duties"]),
        obligations=tuple(_obligation(row, clause_numbers) for row in body.get("obligations", ())),
        places=tuple(PlaceSheet(party.side, party.name, None) for party in (registrant, contractor)),
        paper=None,
        closing=None,
        statement=None,
        statement_version=VERSION,
        record_hash=record_hash,
        frozen_at=at,
    )


def _words(row: Row, name: str) -> Words:
    return Words(row[f"{name}_zh"], row[f"{name}_en"])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def in_both(word: Callable[[], Any]) -> Words:
    """A word of the pages' catalogues in both languages."""
    with translation.override("zh-hans"):
        zh = str(word())
    with translation.override("en"):
        return Words(zh, str(word()))


def _party(row: Row, side: Words) -> PartySheet:
    return PartySheet(
        side=side,
        name=_words(row, "name"),
        uscc=row["uscc"],
        address=_words(row, "address"),
        legal_representative=row["legal_representative"],
        licences=tuple(LicenceSheet(item["number"], _day(item["last_day"])) for item in row.get("licences", ())),
    )


def _covered(row: Row) -> CoveredSheet:
    device, site = row["device"], row["site"]
    return CoveredSheet(
        number=row["number"],
        device=_words(device, "name"),
        certificate=device["number"],
        device_class=device["device_class"],
        models=tuple(device["models"]),
        certificate_last_day=_day(device["last_day"]),
        site=_words(site, "name"),
        address=_words(site, "address"),
        last_day=date.fromisoformat(row["last_day"]),
        cap=in_both(lambda: cap_word(row["capped_by"])),
    )


def citation_words(key: str) -> Words | None:
    """Law and article in words; a key nobody knows stands as it is, never silently dropped."""
    if not key:
        return None
    try:
        found = reference(key)
    except UnknownReference:
        return Words(key, key)
    return Words(found.label_zh, found.label_en)


def _clause(row: Row) -> ClauseSheet:
    heading, text = _words(row, "heading"), _words(row, "text")
    return ClauseSheet(int(row["position"]), heading, text, citation_words(row["citation"]))


def _duty(row: Row, clause_numbers: dict[str, int]) -> DutySheet:
    return DutySheet(
        position=int(row["position"]),
        duty=_words(row, "duty"),
        registrant=row["registrant"],
        contractor=row["contractor"],
        locked=bool(row["locked"]),
        citation=citation_words(row["citation"]),
        clause=clause_numbers.get(row["clause"], 0),
    )


def _obligation(row: Row, clause_numbers: dict[str, int]) -> ObligationSheet:
    return ObligationSheet(
        position=int(row["position"]),
        what=_words(row, "what"),
        side=row["side"],
        frequency=in_both(lambda: Frequency(row["frequency"]).label),
        days_allowed=int(row["days_allowed"]),
        proof=_words(row, "proof"),
        clause=clause_numbers.get(row["clause"], 0),
    )


def _signatures(revision: AgreementRevision, authorised: Authorised) -> dict[str, SignatureSheet]:
    """Side → its signature. Only those that count for the revision; a stray row of the signing app does not."""
    counted = set(revision.signatures.values_list("signature_id", flat=True))
    states = (state for found in signatures_under([revision]).values() for state in found)
    return {
        state.signature.side: signature_sheet(state, authorised) for state in states if state.signature.pk in counted
    }


def signature_sheet(state: SignatureState, authorised: Authorised) -> SignatureSheet:
    """One signature as it stands on paper; ``authorised``: the written authorisations frozen with some."""
    row = state.signature
    written = authorised.get(row.pk)
    return SignatureSheet(
        number=row.pk,
        signer=row.signer_name,
        post=in_both(lambda: state.post),
        organisation=row.organisation,
        meaning=in_both(lambda: state.meaning),
        method=in_both(lambda: state.method),
        signed_at=row.signed_at,
        record_hash=row.record_hash,
        stands=state.valid,
        statement_version=row.statement_version,
        address=settings.SITE_URL.rstrip("/") + row.get_absolute_url(),
        authorisation=AuthorisationSheet(written.reference, written.authorised_on) if written else None,
    )


def statement_under(signatures: dict[str, SignatureSheet]) -> Words | None:
    """The statement on electronic signatures (E16): the one the signers accepted, or will accept."""
    if any(signature.statement_version != VERSION for signature in signatures.values()):
        return None
    return Words(STATEMENT["zh"], STATEMENT["en"])


def _paper(row: Row | None) -> PaperSheet | None:
    if not row:
        return None
    return PaperSheet(
        signed_on=date.fromisoformat(row["signed_on"]),
        registrant_signatory=row["registrant_signatory"],
        contractor_signatory=row["contractor_signatory"],
        sealed_by_registrant=bool(row["sealed_by_registrant"]),
        sealed_by_contractor=bool(row["sealed_by_contractor"]),
        scan_sha256=row["scan_sha256"],
        lots_made_in_time=row["lots_made_in_time"],
    )


def _closing(
    revision: AgreementRevision, authorised: Authorised, parties: dict[str, PartySheet]
) -> ClosingSheet | None:
    event = RevisionEvent.objects.filter(revision=revision).select_related("revision").first()
    if event is None:
        return None
    signed = next(iter(signatures_under([event]).values()))
    notice = next((signature_sheet(state, authorised) for state in signed), None)
    side = signed[0].signature.side if signed else ""
    return ClosingSheet(
        kind=in_both(event.get_kind_display),
        event_on=event.event_on,
        by=event.recorded_by_name,
        reason=event.reason,
        post_market=event.post_market,
        documents_return=event.documents_return,
        notice=PlaceSheet(parties[side].side, parties[side].name, notice) if side in parties else None,
    )
