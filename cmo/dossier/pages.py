"""What the dossier gives to the pages of others: a tab and a tile of every pair, the own exports on the page of the account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cmo import clock
from cmo.parties.access import Scope, may, scope_of
from cmo.parties.models import Pair, User
from cmo.parties.rights import Can
from cmo.parties.sections import Panel, Tile, register_account_section, register_pair_tab, register_pair_tile
from cmo.parties.trail_pages import Streams, register_streams
from cmo.trail.models import Head
from cmo.web.wording import is_chinese

from .actions.commanding import STREAM
from .listed import listed
from .rights import visible_exports

#: Exports on the page of the account; all of them have a page of their own.
MOST = 5


def register() -> None:
    """Called when Django starts."""
    register_pair_tab("dossier", _("Dossier"), "dossier:pair", 95)
    register_pair_tile(tile, 90)
    register_account_section(own_exports, 60)
    register_streams(Streams(STREAM, _("Dossiers exported by command"), commanded_pairs, pair_numbers))


def commanded_pairs(scope: Scope) -> list[int]:
    """Pairs of this person's organisations of which an operator has exported a dossier by command."""
    begin = f"{STREAM}:"
    streams = Head.objects.filter(stream__startswith=begin).values_list("stream", flat=True)
    told = {int(stream.removeprefix(begin)) for stream in streams}
    own = Q(registrant_id__in=sorted(scope.registrant_ids)) | Q(contractor_id__in=sorted(scope.contractor_ids))
    rows = Pair.objects.filter(own, pk__in=sorted(told)).order_by("pk").values_list("pk", flat=True)
    return [pk for pk in rows if scope.limited_to is None or pk in scope.limited_to]


def pair_numbers(pks: Iterable[int]) -> dict[int, str]:
    """The numbers of pairs, by key."""
    return dict(Pair.objects.filter(pk__in=sorted(pks)).values_list("pk", "number"))


def own_exports(person: User) -> Panel:
    """The latest exports that this person asked for."""
    scope = scope_of(person, clock.today())
    rows = visible_exports(scope).filter(recorded_by_id=person.pk).select_related("pair").order_by("-pk")[:MOST]
    return Panel("dossier/account.html", {"exports": listed(rows, scope, clock.now())})


def tile(pair: Pair, scope: Scope, _on: date) -> Tile | None:
    """When a dossier of this pair was exported last, and the way to one; nothing for people who may not have any."""
    if may(scope, Can.TAKE_DOSSIER, pair) is None and pair.pk not in _opened(scope):
        return None
    last = visible_exports(scope).filter(pair=pair).order_by("-pk").values_list("as_of", flat=True).first()
    sentence = _told(last, scope.stands_in(pair))
    return Tile(gettext("Dossier"), "idle", sentence, reverse("dossier:pair", args=[pair.pk]))


def _told(last: date | None, within: bool) -> str:
    """When one was exported last, of those that this reader may know of: a party does not know of the other side's, and who
    reads from outside knows of their own alone."""
    if last is not None and within:
        return gettext("Last exported as of %(day)s.") % {"day": last.isoformat()}
    if last is not None:
        return gettext("You last exported one as of %(day)s.") % {"day": last.isoformat()}
    what = gettext("One file with everything about this pair, which anybody can check.")
    none = gettext("Your organisation has exported none.") if within else gettext("You have exported none.")
    return what + ("" if is_chinese() else " ") + none


def _opened(scope: Scope) -> frozenset[int]:
    return scope.granted_pair_ids | {grant.pair_id for grant in scope.dossiers}
