"""Audits a person may see, and the one way in which a page of theirs calls an action."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest

from cmo import clock
from cmo.clock import day_of
from cmo.parties.access import Can, require
from cmo.parties.models import Pair
from cmo.parties.pages import act, get_visible_or_404
from cmo.trail.actor import Actor

from .. import actions
from ..facts import AuditFacts, load_audits
from ..models import Audit

T = TypeVar("T")


def audit_or_404(request: HttpRequest, pk: int) -> tuple[Audit, AuditFacts]:
    """The audit with its pair and template, and its facts. :raises Http404: unless this person may know of it."""
    row = get_visible_or_404(request, Audit.objects.select_related("pair__end", "template"), pk=pk)
    return row, load_audits([row])[row.pk]


def permitted(request: HttpRequest, can: Can, audit: Audit) -> Actor:
    """The actor under which the person may do this today. :raises PermissionDenied:"""
    return require(request.user, can, audit.pair, clock.today())  # type: ignore[arg-type]


def act_on_audit(
    request: HttpRequest,
    form: forms.BaseForm | None,
    verb: str,
    *,
    can: Can,
    audit: Audit,
    facts: AuditFacts,
    do: Callable[..., T],
    **arguments: Any,
) -> T | None:
    """Run one action; a refusal goes on the pair's chain, or on the audit's own while the contractor must not know."""

    def at_once(at: datetime) -> T:
        by = require(request.user, can, audit.pair, day_of(at))  # type: ignore[arg-type]
        return do(audit=audit, **arguments, by=by, at=at)

    stream = audit.pair.stream if facts.known_to_contractor else audit.stream
    return act(request, form, verb, subject=audit, stream=stream, do=at_once)


def plan_in_pair(
    request: HttpRequest, form: forms.BaseForm, pair: Pair, *, announced: bool, **arguments: Any
) -> Audit | None:
    """Plan a new audit; a refusal goes on the pair's chain, or on the registrant's own when the contractor must not know."""

    def at_once(at: datetime) -> Audit:
        by = require(request.user, Can.PLAN_AUDIT, pair, day_of(at))  # type: ignore[arg-type]
        return actions.plan_audit(pair=pair, announced=announced, **arguments, by=by, at=at)

    stream = pair.stream if announced else f"organisation:{pair.registrant_id}"
    return act(request, form, "audit.planned", subject=pair, stream=stream, do=at_once)
