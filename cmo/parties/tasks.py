"""What the queue worker does for this app: the mail to somebody invited, again and again while the server does not take it."""

from __future__ import annotations

import logging
from datetime import timedelta
from smtplib import SMTPException

from cmo import clock
from cmo.queue import task

from .invitation_mail import message_of
from .models import Invitation

logger = logging.getLogger(__name__)

#: Minutes until each further attempt: about a day in all.
PAUSES = (1, 5, 15, 60, 180, 360, 720)


@task()
def send_invitation(invitation_id: int, number: str, attempt: int = 0) -> str:
    """Hand one invitation to the mail server. ``number``: the token is made from it.

    What was withdrawn or answered meanwhile, or is past, is not sent.
    """
    row = Invitation.objects.select_related("pair", "answer").get(pk=invitation_id)
    if row.ends_on < clock.today() or hasattr(row, "answer"):
        return "not open any more"
    try:
        message_of(row, number).send()
    except (OSError, SMTPException) as error:
        if attempt >= len(PAUSES):
            raise
        logger.warning("The mail of invitation %s was not taken (attempt %s): %s", invitation_id, attempt + 1, error)
        later = clock.now() + timedelta(minutes=PAUSES[attempt])
        send_invitation.using(run_after=later).enqueue(invitation_id, number, attempt + 1)
        return "put off"
    return "sent"
