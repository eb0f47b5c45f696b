"""One revision: its frozen text, signatures, what it covers; signing it, and confirming one signed on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.clock import day_of
from cmo.errors import Finding
from cmo.evidence.facts import panel_of
from cmo.parties.access import Can
from cmo.parties.models import Role, Side
from cmo.parties.pages import reasons_against, scope_for
from cmo.parties.trail_pages import entries_for, post_word
from cmo.signing.actions import record_hash
from cmo.signing.facts import SignatureState, signatures_under
from cmo.signing.forms import SigningForm
from cmo.signing.models import Meaning
from cmo.signing.statement import STATEMENT, VERSION
from cmo.trail.actor import Actor
from cmo.web import wording

from .. import actions
from ..comparing import CHANGED, compare, replaced_in
from ..facts import (
    AgreementState,
    RevisionFacts,
    agreement_states,
    authorisations_given,
    load_authorisation,
    load_concluded_facts,
    load_revision_facts,
)
from ..facts.coverage import signed_by
from ..facts.entrustment_loading import revisions_with_signatures
from ..models import AgreementRevision, RevisionEvent
from ..rules import (
    blockers_to_confirm_paper,
    blockers_to_follow,
    blockers_to_restore,
    blockers_to_sign,
    sides_in_turn,
)
from ..states import revision_state
from .agreements import coverage_rows
from .comparing import summary
from .records import act_in_pair, permitted, revision_or_404

PAPER = AgreementRevision.Route.PAPER
TERMINATION = AgreementRevision.Kind.TERMINATION
TERMINATED = RevisionEvent.Kind.TERMINATED
LANGUAGES = (("zh", "中文"), ("en", "English"), ("both", "中文 | English"))


@require_safe
def revision(request: HttpRequest, pk: int) -> HttpResponse:
    """The text as it was frozen, who signed, what it replaced and was replaced by, and what can be done next."""
    row, on = revision_or_404(request, pk), clock.today()
    facts, coverage, body = load_revision_facts(row), coverage_rows(row), row.content
    standing = agreement_states([row.agreement_id], on)[row.agreement_id]
    in_force = standing.effective == row and any(item["cover"].last_day >= on for item in coverage)
    context = {
        "revision": row,
        "agreement": row.agreement,
        "body": body,
        "registrant_word": Side.REGISTRANT.label,
        "contractor_word": Side.CONTRACTOR.label,
        "state": revision_state(facts, in_force, superseded=_superseded(row, standing)),
        "facts": facts,
        "is_end": row.kind == TERMINATION,
        "coverage": coverage,
        "hash": record_hash(row),
        "today": on,
        "paper": getattr(row, "paper", None),
        "panel": panel_of(row, request.user, on) if row.route == PAPER else None,
        "languages": LANGUAGES,
        "entries": entries_for(row),
        **_text(row, body),
        **_signatures(row, facts),
        **_ways_on(request, row, facts, standing),
    }
    return render(request, "agreements/revision.html", context)


def _text(row: AgreementRevision, body: dict[str, Any]) -> dict[str, Any]:
    """Clauses, each with what replaced it since, and what this revision changed in its parent."""
    later = [r for r in _concluded_after(row) if r.kind != TERMINATION]
    by_number = {r.number: r for r in later}
    replaced = replaced_in(body, ((r.number, r.content) for r in later)) if row.kind != TERMINATION else {}
    clauses = []
    for clause in body["clauses"]:
        number, status = replaced.get(clause["key"], (0, ""))
        mark = {"revision": by_number[number], "changed": status == CHANGED} if number else None
        clauses.append({"row": clause, "replaced": mark})
    changes = compare(row.parent.content, body) if row.parent and row.kind != TERMINATION else None
    return {
        "clauses": clauses,
        "replaced": replaced,
        "changes": summary(changes) if changes else [],
        "ended_by": next((r for r in _concluded_after(row) if r.kind == TERMINATION), None),
    }


def _superseded(row: AgreementRevision, standing: AgreementState) -> bool:
    """Whether a later revision is in force."""
    return standing.effective is not None and row.number < standing.effective.number


def _concluded_after(row: AgreementRevision) -> list[AgreementRevision]:
    """Later revisions that both sides signed, oldest first; none while this one is not concluded itself."""
    rows = revisions_with_signatures().filter(agreement=row.agreement_id, number__gte=row.number).order_by("number")
    concluded = [r for r in rows if signed_by(r).complete_on is not None]
    return [r for r in concluded if r != row] if row in concluded else []


def _signatures(row: AgreementRevision, facts: RevisionFacts) -> dict[str, Any]:
    """One place per side, with the signature that stands there or whose turn it is; and the signed notice."""
    authorised = authorisations_given(row)
    given = {state.signature.side: state for state in next(iter(signatures_under([row]).values()))}
    turn = sides_in_turn(facts.signing_order, facts.signers)
    closed, concluded_on = bool(facts.closed), _concluded_on(row, facts, given.values())
    places = []
    for side in Side:
        state = given.get(side.value)
        places.append(
            {
                "label": side.label,
                "signature": state,
                "authorisation": authorised.get(state.signature.pk) if state else None,
                "waiting_for": "" if closed or state or row.route == PAPER else Role.SIGNATORY.label,
                "later": not closed and not state and side.value not in turn,
            }
        )
    event = getattr(row, "event", None)
    notice = next(iter(signatures_under([event]).values()))[:1] if event and event.kind == TERMINATED else []
    return {
        "concluded_on": concluded_on,
        "in_force_from": _in_force_from(row, facts, concluded_on),
        "signatures": places,
        "notice": event if notice else None,
        "notice_signature": notice[0] if notice else None,
        "notice_authorisation": authorised.get(notice[0].signature.pk) if notice else None,
    }


def _concluded_on(row: AgreementRevision, facts: RevisionFacts, given: Iterable[SignatureState]) -> date | None:
    """The day of the second signature, or the one that a paper bears; None while both do not stand."""
    if not facts.complete:
        return None
    paper = getattr(row, "paper", None)
    return paper.signed_on if paper else max(day_of(state.signature.signed_at) for state in given)


def _in_force_from(row: AgreementRevision, facts: RevisionFacts, concluded_on: date | None) -> date | None:
    """The first day on which the text binds: never before it was concluded; None for one that never came into force."""
    if concluded_on is None or row.kind == TERMINATION:
        return None
    first = max(row.starts_on, concluded_on)
    return None if facts.notice_on and facts.notice_on <= first else first


def _ways_on(
    request: HttpRequest, row: AgreementRevision, facts: RevisionFacts, standing: AgreementState
) -> dict[str, Any]:
    """What can still be done with the revision, with the reasons against it for this person."""
    scope, pair = scope_for(request), row.agreement.pair
    can = Can.CONFIRM_PAPER if row.route == PAPER else Can.SIGN_AGREEMENT
    against_drafting = reasons_against(scope, Can.DRAFT_AGREEMENT, pair)
    concluded = load_concluded_facts(row.agreement)
    has_text = bool(row.content["clauses"])
    return {
        "open": not facts.closed and not facts.complete,
        "concluded": facts.complete and not facts.closed,
        "latest": standing.last == row,
        "against_signing": reasons_against(scope, can, pair) or _against_signing(request, row, facts, can),
        "against_declining": reasons_against(scope, can, pair),
        "against_withdrawing": against_drafting,
        "against_terminating": reasons_against(scope, Can.SIGN_AGREEMENT, pair),
        "against_renewing": against_drafting or blockers_to_follow(concluded),
        "against_restoring": against_drafting or blockers_to_restore(concluded, facts, has_text=has_text),
    }


def _against_signing(request: HttpRequest, row: AgreementRevision, facts: RevisionFacts, can: Can) -> list[Finding]:
    by, today = permitted(request, can, row.agreement.pair), clock.today()
    if row.route == PAPER:
        return blockers_to_confirm_paper(facts, by.side, by.user_id)
    return blockers_to_sign(facts, by.side, by.user_id, today, load_authorisation(by, today))


@dataclass(frozen=True, slots=True)
class _Signing:
    """One way of signing a revision as a page."""

    can: Can
    verb: str
    title: Any
    meaning: Meaning
    consequence: Any
    first: Any
    second: Any
    do: Callable[..., Any]


_SIGN = _Signing(
    Can.SIGN_AGREEMENT,
    "agreement.signed",
    gettext_lazy("Sign the quality agreement"),
    Meaning.AGREES,
    gettext_lazy("With both signatures the agreement is concluded and binds both parties for its term."),
    gettext_lazy("Your signature is on record. The agreement is not concluded before the other side has signed."),
    gettext_lazy("You signed as the second party: %(number)s is concluded, in force from %(day)s."),
    actions.sign_agreement,
)
_END = _Signing(
    Can.SIGN_AGREEMENT,
    "agreement.signed",
    gettext_lazy("Sign the termination of the agreement"),
    Meaning.AGREES,
    gettext_lazy(
        "With both signatures the agreement ends: from the day of termination on no lot may be begun under it."
    ),
    gettext_lazy("Your signature is on record. The agreement does not end before the other side has signed."),
    gettext_lazy("You signed as the second party: the agreement ends, from %(day)s on."),
    actions.sign_agreement,
)
_CONFIRM = _Signing(
    Can.CONFIRM_PAPER,
    "agreement.paper_confirmed",
    gettext_lazy("Confirm the agreement signed on paper"),
    Meaning.CONFIRMS_PAPER,
    gettext_lazy("Once both sides have confirmed it, lots can be made and released under this agreement."),
    gettext_lazy(
        "Your confirmation is on record. The agreement does not count before the other side has confirmed it."
    ),
    gettext_lazy("You confirmed as the second party: %(number)s is concluded, in force from %(day)s."),
    actions.confirm_paper_agreement,
)


def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """The signing panel of a signatory."""
    row = revision_or_404(request, pk)
    return _signing_page(request, row, _END if row.kind == TERMINATION else _SIGN)


def confirm_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The signing panel of quality for an agreement on paper."""
    return _signing_page(request, revision_or_404(request, pk), _CONFIRM)


def _signing_page(request: HttpRequest, row: AgreementRevision, way: _Signing) -> HttpResponse:
    pair = row.agreement.pair
    by = permitted(request, way.can, pair)
    form = SigningForm(
        request.POST or None, user=request.user, by=by, record_hash=record_hash(row), subject=row, stream=pair.stream
    )
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request, form, way.verb, can=way.can, within=pair, subject=row, do=way.do, revision=row, proof=form.proof
        )
        if done:
            messages.info(request, _done(row, way))
            return redirect("agreements:revision", row.pk)
    words = panel(row, by, way.title, way.meaning, way.consequence, record_hash(row))
    return render(request, "agreements/sign.html", words | {"form": form, "is_end": row.kind == TERMINATION})


def _done(row: AgreementRevision, way: _Signing) -> str:
    """What a signature brought about: the first one alone nothing yet, the second one the conclusion."""
    facts = load_revision_facts(row)
    if not facts.complete:
        return str(way.first)
    given = next(iter(signatures_under([row]).values()))
    day = _in_force_from(row, facts, _concluded_on(row, facts, given)) or row.starts_on
    return str(way.second) % {"number": str(row), "day": wording.day(day)}


def panel(
    row: AgreementRevision, by: Actor, title: Any, meaning: Meaning, consequence: Any, digest: str
) -> dict[str, Any]:
    """What every signing panel about a revision shows."""
    post, side = post_word(by.post), Side(by.side).label
    signs = by.post == Role.SIGNATORY
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return {
        "row": row,
        "title": title,
        "hash": digest,
        "meaning": meaning.label,
        "signer": {"name": by.name, "organisation": by.organisation, "post": post, "side": side},
        "shown_as": f"{by.name} · {post} · {by.organisation}",
        "consequence": consequence,
        "body": row.content,
        "authorisation": load_authorisation(by, clock.today()) if signs else None,
        "statement": STATEMENT[language],
        "statement_version": VERSION,
        "page": reverse("agreements:revision", args=[row.pk]),
    }
