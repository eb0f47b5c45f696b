"""Lots that wait for a decision which nobody may take any more once a post has ended."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cmo.parties.access import Scope
from cmo.parties.models import Post, PostEnd

from .facts import MARKET, PRODUCTION, load_lot_facts
from .facts.loading import releaser_fact
from .models import Lot
from .rules.affected import LOOKED_BACK, reasons
from .rules.gate import Case
from .rules.people import ROLES

#: Post → the stage that it decides on.
STAGE_OF = {role: stage for stage, (role, _zh, _en) in ROLES.items()}
#: What is asked of whoever decides.
OF_THE_PERSON = {code: group for code, group in LOOKED_BACK.items() if group == "post"}
#: Stage → the side that decides on it, and the state of the lots that wait for it.
_WAITING = {PRODUCTION: ("contractor", "registered"), MARKET: ("registrant", "production_released")}


class LeftAlone(NamedTuple):
    """Lots of one stage that wait for a decision nobody may take from ``on`` on."""

    stage: str
    on: date
    lots: tuple[int, ...]


def left_alone(end: PostEnd, scope: Scope, today: date) -> LeftAlone | None:
    """The lots that this person sees which only the holder of the ending post may decide on; None for posts that decide on
    no lot. A constant number of queries.
    """
    stage, on = STAGE_OF.get(end.post.role), max(end.ended_on, today)
    if stage is None:
        return None
    side, state = _WAITING[stage]
    rows = Lot.objects.visible_to(scope).filter(**{f"{side}_id": end.post.organisation_id}).in_state(state)
    waiting = tuple(rows.order_by("id").values_list("pk", flat=True))
    able = _able(stage, end.post, waiting[0], on) if waiting else []
    return LeftAlone(stage, on, waiting if able == [end.post_id] else ())


def _able(stage: str, ending: Post, lot: int, on: date) -> list[int]:
    """The posts under which lots like this one could be decided on, as if the ending one did not end."""
    facts = load_lot_facts([lot])[lot]
    posts = Post.objects.confirmed().filter(organisation_id=ending.organisation_id, role=ending.role)
    held = ((post.pk, releaser_fact(post.user, post)) for post in posts.select_related("user", "end"))
    return [pk for pk, person in held if not reasons(Case(stage, facts, on, person), OF_THE_PERSON)]
