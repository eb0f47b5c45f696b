"""What the queue worker does for this app: handing over mails, again and again while the mail server does not take them."""

from __future__ import annotations

import logging
from datetime import timedelta
from smtplib import SMTPException

from cmo import clock
from cmo.queue import repeated, task

from .actions import record_sent
from .mail import message_of
from .models import Digest

logger = logging.getLogger(__name__)

#: Minutes until each further attempt: about a day in all. What is left then goes out with the next days' runs.
PAUSES = (1, 5, 15, 60, 180, 360, 720)


@task()
def send_digest(digest_id: int, attempt: int = 0) -> str:
    """Hand one digest to the mail server and note it; a digest that was sent is left alone."""
    digest = Digest.objects.filter(pk=digest_id, sent__isnull=True).first()
    if digest is None:
        return "sent before"
    try:
        message_of(digest).send()
    except (OSError, SMTPException) as error:
        if attempt >= len(PAUSES):
            raise
        logger.warning("Mail %s was not taken (attempt %s): %s", digest_id, attempt + 1, error)
        later = clock.now() + timedelta(minutes=PAUSES[attempt])
        send_digest.using(run_after=later).enqueue(digest_id, attempt + 1)
        return "put off"
    repeated(lambda: record_sent(digest=digest, at=clock.now()))
    return "sent"
