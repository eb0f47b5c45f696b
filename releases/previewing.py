"""What a change would do to lots, as the page that confirms it says beforehand."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from cmo.parties.access import Scope
from cmo.parties.sections import Preview

from .actions.supposing import consequences_of
from .models import Lot

#: Lots that a preview names; the others are counted.
MOST_NAMED = 20


def lots_preview(row: Model, scope: Scope, at: datetime) -> Preview | None:
    """How many lots would be stopped or listed, with the first of them; None where no release rests on such a row."""
    found = consequences_of(row=row, scope=scope, at=at)
    if found is None:
        return None
    title = gettext("What this does to lots")
    if not found.stopped and not found.concerned:
        return Preview(title, (("good", gettext("No lot is concerned.")),))
    stopped, concerned = len(found.stopped), len(found.concerned)
    sentences = []
    if stopped:
        words = ngettext("%(n)d lot not released will be stopped.", "%(n)d lots not released will be stopped.", stopped)
        sentences.append(("bad", words % {"n": stopped}))
    if concerned:
        words = ngettext("%(n)d released lot is concerned.", "%(n)d released lots are concerned.", concerned)
        sentences.append(("pending", words % {"n": concerned}))
    lots = [one.lot_id for one in (*found.stopped, *found.concerned)]
    return Preview(title, tuple(sentences), _named(lots[:MOST_NAMED]), max(len(lots) - MOST_NAMED, 0))


def _named(lots: list[int]) -> tuple[tuple[str, str], ...]:
    numbers = dict(Lot.objects.filter(pk__in=lots).values_list("pk", "number"))
    return tuple((numbers[pk], reverse("releases:lot", args=[pk])) for pk in lots)
