"""What a person read of an export on screen, or carried away: on their own stream, before they get it."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from cmo.clock import day_of
from cmo.errors import Refused
from cmo.parties.access import scope_of
from cmo.parties.models import User
from cmo.trail.actor import Actor

from ..facts import expired
from ..models import Export
from ..rights import may_read, may_take, still_taking
from ..wording import SENTENCES
from .telling import tell


@transaction.atomic
def record_taken(*, export: Export, name: str, by: Actor, at: datetime) -> Export:
    """Note that a file of the export is carried away; ``name``: the ZIP's own or that of a member.

    :raises Refused: it is not ready or its file is gone. :raises PermissionDenied:
    """
    row = _judged(export, by, at)
    if not may_take(scope_of(_person(by), day_of(at)), row):
        raise PermissionDenied
    tell("dossier.taken", row, by=by, at=at, name=name)
    return row


@transaction.atomic
def record_read(*, export: Export, section: str, by: Actor, at: datetime) -> Export:
    """Note that a section of the export, or its evidence file of this name, is shown on screen.

    :raises Refused: it is not ready or its file is gone. :raises PermissionDenied:
    """
    row = _judged(export, by, at)
    if not may_read(scope_of(_person(by), day_of(at)), row):
        raise PermissionDenied
    tell("dossier.read", row, by=by, at=at, section=section)
    return row


def _judged(export: Export, by: Actor, at: datetime) -> Export:
    row = Export.objects.select_related("pair").get(pk=export.pk)
    still_taking(by, row.pair, day_of(at))
    if row.state != Export.State.READY or expired(row, at):
        raise Refused([SENTENCES["dossier_file_gone"].finding("dossier_file_gone")])
    return row


def _person(by: Actor) -> User:
    return User.objects.get(pk=by.user_id or 0)
