"""What a change would do to lots, as the page that confirms it says beforehand."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from cmo.clock import day_of
from cmo.parties.access import Scope
from cmo.parties.models import PostEnd
from cmo.parties.sections import Preview
from cmo.web.wording import day

from .actions.supposing import consequences_of
from .facts import MARKET
from .models import Lot
from .releasers import LeftAlone, left_alone

#: Lots that a preview names; the others are counted.
MOST_NAMED = 20


def lots_preview(row: Model, scope: Scope, at: datetime) -> Preview | None:
    """How many lots would be stopped, listed or left without anybody who may release them, with the first of them; None
    where no release rests on such a row."""
    found = consequences_of(row=row, scope=scope, at=at)
    if found is None:
        return None
    alone = left_alone(row, scope, day_of(at)) if isinstance(row, PostEnd) else None
    sentences = [*_alone(alone), *_counted(len(found.stopped), len(found.concerned))]
    title = gettext("What this does to lots")
    if not sentences:
        return Preview(title, (("good", gettext("No lot is concerned.")),))
    named = [*(alone.lots if alone else ()), *(one.lot_id for one in (*found.stopped, *found.concerned))]
    lots = list(dict.fromkeys(named))
    return Preview(title, tuple(sentences), _named(lots[:MOST_NAMED]), max(len(lots) - MOST_NAMED, 0))


def _alone(found: LeftAlone | None) -> list[tuple[str, str]]:
    if found is None or not found.lots:
        return []
    number = len(found.lots)
    if found.stage == MARKET:
        words = ngettext(
            "From %(day)s on nobody may release to market the %(n)d lot that waits for it.",
            "From %(day)s on nobody may release to market the %(n)d lots that wait for it.",
            number,
        )
    else:
        words = ngettext(
            "From %(day)s on nobody may take the production release of the %(n)d lot that waits for it.",
            "From %(day)s on nobody may take the production release of the %(n)d lots that wait for it.",
            number,
        )
    return [("bad", words % {"n": number, "day": day(found.on)})]


def _counted(stopped: int, concerned: int) -> list[tuple[str, str]]:
    sentences = []
    if stopped:
        words = ngettext("%(n)d lot not released will be stopped.", "%(n)d lots not released will be stopped.", stopped)
        sentences.append(("bad", words % {"n": stopped}))
    if concerned:
        words = ngettext("%(n)d released lot is concerned.", "%(n)d released lots are concerned.", concerned)
        sentences.append(("pending", words % {"n": concerned}))
    return sentences


def _named(lots: list[int]) -> tuple[tuple[str, str], ...]:
    numbers = dict(Lot.objects.filter(pk__in=lots).values_list("pk", "number"))
    return tuple((numbers[pk], reverse("releases:lot", args=[pk])) for pk in lots)
