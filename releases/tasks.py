"""What the queue worker does for this app: imports, chunk by chunk, with the clock read for each."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import OperationalError

from cmo import clock
from cmo.queue import repeated, task

from .actions import import_rows


@task()
def run_import(run_id: int) -> None:
    """Work on one run until its rows are done; a second worker on the same run finds nothing to do.

    A database that gives up for good leaves the run where it stands: it is seen as stopped and can be continued.
    """
    try:
        work = import_rows.take_up(run_id=run_id, at=clock.now())
        while work is not None and repeated(lambda: import_rows.work_on(work=work, at=clock.now())):
            pass
    except PermissionDenied:
        import_rows.fail(run_id=run_id, code="not_allowed", at=clock.now())
    except OperationalError:
        raise
    except Exception:
        import_rows.fail(run_id=run_id, code="failed", at=clock.now())
        raise
