"""Revisions of an agreement: what each one is, what it follows, and how it begins, ends and is signed."""

from __future__ import annotations

from datetime import date

import pytest

from agreements import actions
from agreements.models import DraftObligation
from tests.agreements import build
from tests.agreements.build import AT, C

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> build.World:
    return build.world()


def obliged(row, **changes) -> DraftObligation:
    """An obligation of the agreement's draft."""
    content = {
        "key": "own_meeting",
        "position": 99,
        "clause_key": "scope",
        "what_zh": "召开质量例会",
        "what_en": "Hold the quality meeting",
        "side": C,
        "frequency": "quarterly",
        "days_allowed": 15,
        "proof_zh": "会议纪要",
        "proof_en": "Minutes",
        "edited_by_name": "",
        "edited_at": AT,
        **changes,
    }
    return DraftObligation.objects.create(draft=row.draft, **content)


# ── kind and parent ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_body_freezes_kind_order_and_obligations(world: build.World) -> None:
    row = build.agreement(world, [world.entrust()])
    obliged(row)
    row.draft.signing_order = "contractor_first"
    row.draft.save()
    revision = actions.offer_for_signature(agreement=row, by=world.by(), at=AT)
    body = revision.content
    assert body["schema"] == 2
    assert (body["kind"], revision.kind) == ("agreement", "agreement")
    assert (body["signing_order"], revision.signing_order) == ("contractor_first", "contractor_first")
    assert body["obligations"][-1] == {
        "key": "own_meeting",
        "position": len(body["obligations"]),
        "clause": "scope",
        "what_zh": "召开质量例会",
        "what_en": "Hold the quality meeting",
        "side": C,
        "frequency": "quarterly",
        "days_allowed": 15,
        "proof_zh": "会议纪要",
        "proof_en": "Minutes",
    }


def test_the_same_text_for_another_term_is_a_renewal_and_anything_else_an_amendment(world: build.World) -> None:
    first = build.concluded(world, [world.entrust()])
    renewal = build.next_revision(world, first.agreement, ends_on=date(2028, 4, 30))
    assert (renewal.kind, renewal.parent) == ("renewal", first)
    for side in (build.R, C):
        build.sign(world, renewal, side)
    obliged(first.agreement)
    amendment = build.next_revision(world, first.agreement)
    assert (amendment.kind, amendment.parent, amendment.content["parent"]) == ("amendment", renewal, 2)


def test_a_declined_or_withdrawn_revision_is_nobodys_parent(world: build.World) -> None:
    first = build.offered(world, [world.entrust()])
    actions.withdraw_revision(revision=first, reason="改期", by=world.by(), at=AT)
    second = build.next_revision(world, first.agreement)
    assert (second.number, second.kind, second.parent, second.content["parent"]) == (2, "agreement", None, None)
    actions.decline_revision(revision=second, reason="不同意", by=world.by(C, "signatory"), at=AT)
    third = build.next_revision(world, first.agreement)
    assert (third.number, third.kind, third.parent) == (3, "agreement", None)
