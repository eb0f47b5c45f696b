"""Expectations for the addresses of evidence: a file of the pair, and adding one to it."""

from __future__ import annotations

from cmo.evidence import actions
from tests import make
from tests.evidence.uploads import pdf, upload

from . import DOES_IN_PAIR, SEES_PAIR, Page, World


def build(world: World) -> None:
    """One file on the pair."""
    world.things["file"] = actions.attach(
        world.pair,
        upload=upload("contract.pdf", pdf()),
        title="委托合同",
        event_on=make.TODAY,
        by=world.registrant.actor(),
        at=make.AT,
    )


def _subject(world: World) -> dict[str, str]:
    return {"subject": f"parties.pair:{world.pair.pk}"}


PAGES = {
    "evidence:download": Page(get=SEES_PAIR, kwargs=lambda w: {"pk": w.things["file"].pk}),
    "evidence:attach": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_subject),
}
