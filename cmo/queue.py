"""The queue of long work: how a task is declared, and how a step of one is repeated when the database asks for it.

``manage.py db_worker`` runs what was enqueued. A task is enqueued inside the transaction of the action that asks for it,
so that neither exists without the other. Where tasks come from is known here only.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError
from django_tasks import task

__all__ = ["repeated", "task"]

T = TypeVar("T")

#: Seconds between the attempts of one step: a deadlock or a locked database file clears within them.
PAUSES = (0.2, 1.0, 5.0)


def repeated(
    step: Callable[[], T], pauses: tuple[float, ...] = PAUSES, wait: Callable[[float], None] = time.sleep
) -> T:
    """Do ``step`` again after each pause when the database gave up on it (deadlock, locked file, lost connection).

    ``step`` must be one transaction: what did not come through left nothing behind.

    :raises OperationalError: when it fails after the last pause too.
    """
    for pause in pauses:
        try:
            return step()
        except OperationalError:
            wait(pause)
    return step()
