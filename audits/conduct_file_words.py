"""What the script of the checklist page says of photos and files, in the reader's language."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

EVIDENCE_OF = _("Item %s, evidence")

WORDS = {
    "file_waits": _("waiting to be sent"),
    "file_sending": _("sending, %s"),
    "file_checked": _("sent, being checked"),
    "file_not_kept": _("not kept by the server:"),
    "file_loose": _(
        "This device could not keep it (no room left, or a private window): it is in this page alone. Leave the page open "
        "until it is sent, or press the name to save a copy."
    ),
    "file_remove": _("Remove"),
    "file_remove_asks": _(
        "Remove this file? It is taken off this device and not sent. If it had arrived already, it stays with the item."
    ),
    "file_send_again": _("Send again"),
    "files_wait": _("files wait: %s"),
    "files_refused": _("files not kept: %s"),
    "file_not_taken": _("Not taken:"),
    "file_too_large": _("The file is larger than the limit of %s MB."),
    "file_empty": _("The file is empty."),
    "file_kind": _("This kind of file is not accepted. Choose PDF, DOCX, XLSX, PNG, JPG, TXT or CSV."),
    "file_unreadable": _("The file cannot be read on this device any more. Choose it again."),
    "file_gone": _(
        "This item is not open to you any more. Press the name to save a copy, and ask the leader of the audit."
    ),
    "files_of_other": _(
        "Photos and files of %s wait on this device: %d. They are sent when this person signs in here and opens the checklist."
    ),
}


def file_words() -> dict[str, str]:
    """Every word, the limit of a file filled in."""
    found = {name: str(text) for name, text in WORDS.items()}
    limit = settings.EVIDENCE_MAX_BYTES // (1024 * 1024)
    return found | {"file_too_large": found["file_too_large"] % limit}
