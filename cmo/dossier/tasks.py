"""What the queue worker does for this app: making exports, telling that one is ready, removing one past its time."""

from __future__ import annotations

import logging
from datetime import timedelta
from smtplib import SMTPException

from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction

from cmo import clock
from cmo.errors import Refused
from cmo.paper.words import Words
from cmo.queue import repeated, task
from cmo.storage import Unreachable

from . import exporting
from .actions import keeping, making
from .facts import under_way
from .mail import ready_mail
from .package import FileChangedError
from .signing_pdf import SigningKeyError
from .wording import PROBLEMS

logger = logging.getLogger(__name__)

#: Minutes until each further attempt to hand a mail over: about a day in all.
PAUSES = (1, 5, 15, 60, 180, 360, 720)


@task()
def run_export(export_id: int) -> str:
    """Make one export; a second worker on the same finds nothing to do.

    A database that gives up for good leaves it where it stands: it is seen as stopped and can be asked for again.
    """
    repeated(lambda: keeping.sweep_exports(at=clock.now()))
    work = repeated(lambda: making.take_up(export_id=export_id, at=clock.now()))
    if work is None:
        return "nothing to do"
    try:
        exporting.export(work)
    except exporting.NoLongerOurs:
        return "given up"
    except Refused as refusal:
        said = [Words(f"{one.zh}{one.todo_zh}", f"{one.en} {one.todo_en}".strip()) for one in refusal.findings]
        return _failed(work, said, refusal.codes[0])
    except PermissionDenied:
        return _failed(work, [PROBLEMS["not_allowed"]], "not_allowed")
    except OperationalError:
        raise
    except Exception as error:
        code = _CODES.get(type(error), "failed")
        outcome = _failed(work, [PROBLEMS[code]], code)
        logger.exception("Export %s, attempt %s: %s", export_id, work.attempt, outcome)
        return outcome
    return "made"


_CODES: dict[type[Exception], str] = {
    FileChangedError: "file_changed",
    SigningKeyError: "signing_key",
    Unreachable: "files_away",
    exporting.ChainGrewError: "chain_grew",
}


def _failed(work: making.Work, problems: list[Words], code: str) -> str:
    """What became of it: an export that another worker has taken over does not fail with this one, whose file is swept."""
    unbound = code == "chain_grew"
    is_ours = repeated(lambda: making.fail(work=work, problems=problems, code=code, at=clock.now(), unbound=unbound))
    return "failed" if is_ours else "given up"


@task()
def remove_expired_export(export_id: int) -> None:
    """Remove the bytes of an export whose time is over."""
    repeated(lambda: keeping.remove_expired(export_id=export_id, at=clock.now()))


@task()
def look_after(export_id: int, attempt: int) -> None:
    """Look again and again whether the worker of this attempt still lives, until the attempt is over. The next look is
    arranged first, so that it comes whatever becomes of this one."""
    repeated(lambda: _look_again(export_id, attempt))
    repeated(lambda: keeping.sweep_exports(at=clock.now()))


@transaction.atomic
def _look_again(export_id: int, attempt: int) -> None:
    if under_way(export_id, attempt):
        look_after.using(run_after=clock.now() + keeping.LOOK_AFTER).enqueue(export_id, attempt)


@task()
def tell_ready(export_id: int, attempt: int = 0) -> str:
    """Hand the mail over that says an export is ready; nobody is told of one that is gone or no longer theirs."""
    message = ready_mail(export_id, clock.now())
    if message is None:
        return "nothing to tell"
    try:
        message.send()
    except (OSError, SMTPException) as error:
        if attempt >= len(PAUSES):
            raise
        logger.warning("The mail on export %s was not taken (attempt %s): %s", export_id, attempt + 1, error)
        later = clock.now() + timedelta(minutes=PAUSES[attempt])
        tell_ready.using(run_after=later).enqueue(export_id, attempt + 1)
        return "put off"
    return "sent"
